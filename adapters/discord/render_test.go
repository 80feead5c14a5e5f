package discord_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cohortbot/adapters/discord"
	"cohortbot/bot/chat"
)

var spaces = regexp.MustCompile(`[ \t]*\n\s*`)

func flat(s string) string { return strings.TrimSpace(spaces.ReplaceAllString(s, "\n")) }

func TestWhatPeopleWriteReadsAsTheyWroteIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.StringOfN(rapid.SampledFrom([]rune("ab1.)(*_~`|\\<>[]#-+=:!&;@/ \nā ")), 1, 60, -1).Draw(t, "words")
		if strings.TrimSpace(words) == "" {
			return
		}
		for _, safe := range []string{chat.Plain(words), chat.Quote(words)} {
			got := unmark(strings.Join(discord.Marked(safe), "\n\n"))
			if flat(got.text) != flat(words) {
				t.Fatalf("%q is read as %q", flat(words), flat(got.text))
			}
			if len(got.links) > 0 {
				t.Fatalf("%q has the links %q", words, got.links)
			}
		}
	})
}

func TestWhatIsCopiedHasNoEscapesWhereNoneAreNeeded(t *testing.T) {
	for _, words := range []string{"ana_maria@example.org", "+64 21 555 0123", "9.30 at the hall", "-5 degrees"} {
		if got := strings.Join(discord.Marked(chat.Plain(words)), "\n\n"); got != words {
			t.Errorf("%q is copied as %q", words, got)
		}
	}
	for words, want := range map[string]string{"_so_": `\_so\_`, "a__b__": `a\_\_b\_\_`, "- a": `\- a`, "1. a": `1\. a`, "last_ word": `last\_ word`} {
		if got := strings.Join(discord.Marked(chat.Plain(words)), "\n\n"); got != want {
			t.Errorf("%q is %q, want %q", words, got, want)
		}
	}
}

func TestNothingIsLostWhereTextIsSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-zā😀]{1,12}|\\[*_]|<t:1:F>|\[two words\]\(<https://x\.org>\)`)
		line := rapid.Custom(func(t *rapid.T) string {
			return rapid.SampledFrom([]string{"", "> ", "-# "}).Draw(t, "lead") + strings.Join(rapid.SliceOfN(word, 1, 12).Draw(t, "words"), " ")
		})
		blocks := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(line, 1, 4).Draw(t, "lines"), "\n")
		}), 1, 3).Draw(t, "blocks")
		room := rapid.IntRange(60, 200).Draw(t, "room")
		var pieces []string
		for rest := blocks; len(rest) > 0; {
			var piece string
			piece, rest = discord.Pack(rest, room)
			if piece == "" || discord.Size(piece) > room {
				t.Fatalf("a piece of %d where %d fit", discord.Size(piece), room)
			}
			pieces = append(pieces, piece)
		}
		bare := func(s string) string {
			s = regexp.MustCompile(`(?m)^(> |-# )`).ReplaceAllString(s, "")
			return strings.Join(strings.Fields(s), " ")
		}
		if got, want := bare(strings.Join(pieces, "\n")), bare(strings.Join(blocks, "\n")); got != want {
			t.Fatalf("got %q\nwant %q", got, want)
		}
		for _, p := range pieces {
			if strings.Count(p, "[") != strings.Count(p, "](") || strings.Count(p, "<") != strings.Count(p, ">")-len(regexp.MustCompile(`(?m)^> `).FindAllString(p, -1)) {
				t.Fatalf("a link or a time is cut in %q", p)
			}
		}
	})
}

func TestALongTextGoesOnInAnEmbedAndThenInAFile(t *testing.T) {
	for _, c := range []struct {
		words  int
		embeds int
		files  int
	}{{100, 0, 0}, {600, 1, 0}, {1200, 2, 0}, {3000, 0, 1}} {
		text := strings.Repeat("some words. ", c.words/2)
		text = regexp.MustCompile(`(?:some words\. ){40}`).ReplaceAllString(text, "$0\n\n")
		out, err := discord.Render(chat.Message{Text: text, Note: "Only this group reads it."})
		if err != nil {
			t.Fatal(err)
		}
		if faults := discord.Faults(out); faults != nil {
			t.Errorf("%d words: %v", c.words, faults)
		}
		if len(out.Embeds) != c.embeds || len(out.Attachments) != c.files {
			t.Errorf("%d words: %d embeds and %d files", c.words, len(out.Embeds), len(out.Attachments))
		}
	}
}

func TestWhatDiscordWouldRefuseIsRefusedHere(t *testing.T) {
	twice := chat.Button{Label: "Yes", Command: "home", Record: "r"}
	var many []chat.Button
	for i := range 26 {
		many = append(many, chat.Button{Label: "B", Command: "home", Choice: string(rune('a' + i))})
	}
	for path, m := range map[string]chat.Message{
		"components[0].components[1].custom_id": {Text: "x", Buttons: []chat.Button{twice, twice}},
		"components[0].components[0].custom_id": {Text: "x", Buttons: []chat.Button{{Label: "Yes", Command: "home", Record: strings.Repeat("r", 100)}}},
		"components[0].components[0].label":     {Text: "x", Buttons: []chat.Button{{Command: "home"}}},
		"components: 6 of them":                 {Text: "x", Buttons: many},
		"attachments: 11 of them":               {Text: "x", Files: make([]chat.File, 11)},
	} {
		out, err := discord.Render(m)
		if err != nil {
			t.Fatal(err)
		}
		if faults := strings.Join(discord.Faults(out), "; "); !strings.Contains(faults, path) {
			t.Errorf("%s is not found in %q", path, faults)
		}
	}
	if _, err := discord.Render(chat.Message{}); !errors.Is(err, chat.ErrRefused) {
		t.Errorf("an empty message gives %v", err)
	}
}

func TestWhatIsTypedAfterACommandIsReadBackAsItWas(t *testing.T) {
	c := chat.Command{Path: "session schedule", Fields: []chat.Field{{Name: "title", Kind: chat.Text, Label: "Title"}, {Name: "when", Kind: chat.When, Label: "When"}}}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("ab \"\\“”:=title,;")), 1, 30, -1).Draw(t, "text")
		got, err := c.ParseTyped("title:" + discord.Quoted(text) + " when:" + discord.Quoted("thu 9am"))
		if err != nil || got["title"].Text() != text || got["when"].Text() != "thu 9am" {
			t.Fatalf("%q is read back as %q, %v", text, got["title"].Text(), err)
		}
	})
}

func TestAChannelIsShownAsDiscordKnowsIt(t *testing.T) {
	room := chat.Channel("discord:1130650140672000000", "1130650140672000001")
	if got := strings.Join(discord.Marked("Look in "+chat.InChannel(room)+"."), ""); got != "Look in <#1130650140672000001>." {
		t.Errorf("it reads %q", got)
	}
	elsewhere := chat.Channel("local", "explorers")
	if got := strings.Join(discord.Marked("Look in "+chat.InChannel(elsewhere)+"."), ""); strings.Contains(got, "<#") || !strings.Contains(got, "explorers") {
		t.Errorf("a channel of another platform reads %q", got)
	}
}
