package web_test

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"cohortbot/adapters/web"
	"cohortbot/bot/chat"
)

func markdown(t testing.TB, text string) string {
	t.Helper()
	zone, err := time.LoadLocation("Pacific/Auckland")
	if err != nil {
		t.Fatal(err)
	}
	return web.Markdown(text, map[string]string{"ben": "Ben <1>"}, zone, start)
}

func TestMarkdownIsShownAndNothingElse(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"marks", "**a** *b* `c`", "<p><strong>a</strong> <em>b</em> <code>c</code></p>\n"},
		{"a line break", "a\nb", "<p>a<br>\nb</p>\n"},
		{"a list", "- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"},
		{"a quotation", "> a", "<blockquote>\n<p>a</p>\n</blockquote>\n"},
		{"a link", "[a](https://example.org/?x=1&y=2)", `<p><a href="https://example.org/?x=1&amp;y=2" rel="noreferrer noopener" target="_blank">a</a></p>` + "\n"},
		{"a time in this year", "[soon](time:2027-02-03T20:00:00Z)", `<p><time datetime="2027-02-03T20:00:00Z">Thursday 4 February, 9:00 am</time></p>` + "\n"},
		{"a time in another year", "[later](time:2028-07-01T09:00:00+12:00)", `<p><time datetime="2028-07-01T09:00:00+12:00">Saturday 1 July 2028, 9:00 am</time></p>` + "\n"},
		{"a time that is none", "[soon](time:soon)", "<p>soon</p>\n"},
		{"a person", "[them](person:local/ben)", `<p><span class="person" data-person="ben">Ben &lt;1&gt;</span></p>` + "\n"},
		{"a person from elsewhere", "[Them](person:other/ben)", `<p><span class="person">Them</span></p>` + "\n"},
		{"a script link", "[a](javascript:alert(1))", "<p>a</p>\n"},
		{"a script link in disguise", "[a](JaVaScRiPt:alert(1)) [b](data:text/html,x) [c](vbscript:x)", "<p>a b c</p>\n"},
		{"a link to a place of this site", "[a](/api/state) [b](//evil.example)", "<p>a b</p>\n"},
		{"an automatic script link", "<javascript:alert(1)>", "<p>javascript:alert(1)</p>\n"},
		{"a picture elsewhere", "![a](https://evil.example/x.png)", `<p><a href="https://evil.example/x.png" rel="noreferrer noopener" target="_blank">a</a></p>` + "\n"},
		{"a tag", "<b onclick=x>a</b>", "<p>&lt;b onclick=x&gt;a&lt;/b&gt;</p>\n"},
		{"a block of tags", "<script>\nalert(1)\n</script>", "<p>&lt;script&gt;<br>\nalert(1)<br>\n&lt;/script&gt;</p>\n"},
		{"what is not in the vocabulary", "# a\n\n    b", "<p># a</p>\n<p>b</p>\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := markdown(t, c.text); got != c.want {
				t.Errorf("%q is shown as\n%q, want\n%q", c.text, got, c.want)
			}
		})
	}
}

var element = regexp.MustCompile(`<(/?)([a-z]+)([^<>]*)>`)

// safe reports what of a piece of HTML a browser could follow or run.
func safe(t *testing.T, markup string) {
	t.Helper()
	rest := element.ReplaceAllStringFunc(markup, func(tag string) string {
		m := element.FindStringSubmatch(tag)
		if !slices.Contains([]string{"p", "br", "strong", "em", "code", "ul", "ol", "li", "blockquote", "a", "time", "span"}, m[2]) {
			t.Errorf("the element %q in %q", tag, markup)
		}
		for _, attribute := range regexp.MustCompile(`([a-z-]+)="([^"]*)"`).FindAllStringSubmatch(m[3], -1) {
			switch attribute[1] {
			case "href":
				scheme, _, _ := strings.Cut(attribute[2], ":")
				if scheme != "http" && scheme != "https" && scheme != "mailto" {
					t.Errorf("the link %q in %q", tag, markup)
				}
			case "rel", "target", "datetime", "class", "data-person", "start":
			default:
				t.Errorf("the attribute %q in %q", tag, markup)
			}
		}
		return ""
	})
	if strings.ContainsAny(rest, "<>") {
		t.Errorf("%q holds a tag that is none", markup)
	}
}

func FuzzNoTextBecomesMarkup(f *testing.F) {
	for _, text := range []string{"<b>", "[a](javascript:x)", "<http://a\"onclick=x>", "[a](http://b\"c)", "![x](y \"z\")", "`<i>`", "1. a\n   > b", "[a]: http://b\n[a]", "https://a.b/\"><script>", "[t](time:2027-02-03T20:00:00Z\"x)", "3) x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		safe(t, markdown(t, text))
		safe(t, web.PlainHTML(text))
	})
}

func FuzzWhatPeopleWroteIsReadAsTheyWroteIt(f *testing.F) {
	for _, text := range []string{"a", "    a\n\tb", "1. a\n10) b", "<b>&amp;</b>", "* a\n\n    b", "a\\", "- \n-", "`a\n\n`", "\u2028a", "a  \n b", "\\\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r == utf8.RuneError }) {
			return // nobody types that
		}
		want := strings.Join(strings.Fields(text), " ")
		for _, form := range []string{chat.Plain(text), chat.Quote(text)} {
			if got := strings.Join(strings.Fields(rendered(markdown(t, form))), " "); got != want {
				t.Errorf("%q, as %q, is read as %q", text, form, got)
			}
		}
	})
}

func TestChartsAreDrawn(t *testing.T) {
	c := chat.Chart{
		Title: "t", Alt: "a", Axes: []string{"One <1>", "Two", "Three"}, Max: 5,
		Series: []chat.Series{{Name: "Then & there", Values: []float64{1, 2.5, 5}}, {Name: "Now", Values: []float64{math.NaN(), -3}}},
	}
	for _, kind := range []chat.ChartKind{chat.Bars, chat.Radar, chat.Heatmap, "unheard of"} {
		t.Run(string(kind), func(t *testing.T) {
			c.Kind = kind
			drawing := web.Draw(c)
			d := xml.NewDecoder(strings.NewReader(drawing))
			for {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatalf("not XML: %v in %s", err, drawing)
				}
			}
			for _, words := range []string{"One &lt;1&gt;", "Then &amp; ", "Now"} {
				if !strings.Contains(drawing, words) {
					t.Errorf("%q is not in %s", words, drawing)
				}
			}
			if strings.Contains(drawing, "NaN") || strings.Contains(drawing, "style=") {
				t.Errorf("it cannot be shown: %s", drawing)
			}
		})
	}
	if got := web.Draw(chat.Chart{Kind: chat.Radar}); got != "" {
		t.Errorf("a chart of nothing is drawn as %s", got)
	}
}
