package chat_test

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"pgregory.net/rapid"

	"cohortbot/bot/chat"
)

var tag = regexp.MustCompile(`<[^>]*>`)

// seen renders Markdown and gives the text that a reader sees, its white space
// collapsed, and the elements that it stands in.
func seen(t interface{ Fatalf(string, ...any) }, markdown string) (text string, elements map[string]bool) {
	var b bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.TaskList, extension.DefinitionList, extension.Footnote))
	if err := md.Convert([]byte(markdown), &b); err != nil {
		t.Fatalf("%q: %v", markdown, err)
	}
	elements = map[string]bool{}
	for _, e := range tag.FindAllString(b.String(), -1) {
		elements[strings.Trim(e, "</> ")] = true
	}
	return squeeze(html.UnescapeString(tag.ReplaceAllString(b.String(), " "))), elements
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// typed is text that tries to be mark-up.
func typed() *rapid.Generator[string] {
	part := rapid.OneOf(
		rapid.SampledFrom([]string{
			"\n", "\n\n", "\r\n", "\r", "    ", "\t", "  \n", "\\", "\\\n", "1. ", "12) ", "1.", "007)", "1234567890. ", "- ", "+ ", "* ", "> ", "# ", "###### ", "---", "===", "***",
			"```", "~~~", "~~a~~", "`a`", "<b>", "<!-- ", "</p>", "<https://a.b>", "&amp;", "&#35;", "&", "[a](b)", "![a](b)", "[^1]", "[^1]: a", "[a]: b", "[ ] ", "|a|b|\n|-|-|", "a | b\n--- | ---",
			": ", "\\*", "_a_", "__a__", "a", "ā", "@everyone", "\u202e", "\u2060", "\u00a0", "\x00", "\f", "\v", "-", "!", "https://a.b/c_d_e",
		}), rapid.String())
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(part, 0, 10).Draw(t, "parts"), "")
	})
}

// visible is what the typed text should be read as.
func visible(s string) string {
	return squeeze(strings.NewReplacer("\x00", "\ufffd", "\u202d", "", "\u202e", "").Replace(strings.ToValidUTF8(s, "\ufffd")))
}

func TestPlainShowsWhatWasTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := typed().Draw(t, "typed")
		got, elements := seen(t, chat.Plain(s))
		if got != visible(s) {
			t.Fatalf("%q became %q and reads %q", s, chat.Plain(s), got)
		}
		delete(elements, "p")
		delete(elements, "br")
		if len(elements) > 0 {
			t.Fatalf("%q became %q with %v", s, chat.Plain(s), elements)
		}
		for _, around := range []string{"**%s**", "*%s*", "[%s](time:2027-02-01T09:00:00Z)"} {
			one := squeeze(strings.Map(func(r rune) rune {
				if r == '\n' || r == '\r' {
					return ' '
				}
				return r
			}, s))
			if got, _ := seen(t, "See "+strings.Replace(around, "%s", chat.Plain("a"+one+"a"), 1)+" there"); got != squeeze("See a"+visible(one)+"a there") {
				t.Fatalf("%q in %s reads %q", one, around, got)
			}
		}
	})
}

func TestQuoteShowsWhatWasTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := typed().Draw(t, "typed")
		got, elements := seen(t, "Before\n\n"+chat.Quote(s)+"\n\nAfter")
		if want := squeeze("Before " + visible(s) + " After"); got != want {
			t.Fatalf("%q became %q and reads %q, want %q", s, chat.Quote(s), got, want)
		}
		for _, e := range []string{"p", "br", "blockquote"} {
			delete(elements, e)
		}
		if len(elements) > 0 {
			t.Fatalf("%q became %q with %v", s, chat.Quote(s), elements)
		}
	})
}

func TestPlainEscapesTheMarkItself(t *testing.T) {
	for typed, want := range map[string]string{
		"1. one\n12) two":  "1\\. one\n12\\) two",
		"9:30, 1.5 km":     "9:30, 1.5 km",
		"1.5 km":           "1\\.5 km",
		"a\r# b\r\n- c":    "a\n\\# b\n\\- c",
		"well-known - yes": "well-known - yes",
		"    far":          "far",
		"*Āwhina* & <co>":  `\*Āwhina\* \& \<co\>`,
	} {
		if got := chat.Plain(typed); got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}

func TestQuoteKeepsEachLine(t *testing.T) {
	got := chat.Quote("one\ntwo\r\n\n1. three\n")
	const want = "> one  \n> two  \n>\n> 1\\. three"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	_, elements := seen(t, got)
	if !elements["br"] || !elements["blockquote"] {
		t.Errorf("%q has %v", got, elements)
	}
}

func FuzzPlainShowsWhatWasTyped(f *testing.F) {
	for _, s := range []string{"1. a", "- a", "<b>", "a\\\nb", "    a", "\r\n\r# a", "[^1]: a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		if got, _ := seen(t, chat.Plain(s)); got != visible(s) {
			t.Fatalf("%q became %q and reads %q", s, chat.Plain(s), got)
		}
	})
}

func TestWhoHasNoAccountAnyMoreIsNamedWithoutALink(t *testing.T) {
	if got := chat.Mention(chat.User{}, "Someone who left"); got != "Someone who left" {
		t.Errorf("%q", got)
	}
	if got := chat.Mention(chat.User{Workspace: "local", ID: "ana"}, "Ana"); got != "[Ana](person:local/ana)" {
		t.Errorf("%q", got)
	}
}
