package documents_test

import (
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cohortbot/adapters/documents"
	"cohortbot/bot/chat"
)

var update = flag.Bool("update", false, "write the golden file anew")

var summary = chat.Document{
	Name: "week-3", Title: "Week 3 & what <you> said",
	Text: "Two of you wrote, " + chat.Time(time.Date(2027, 2, 3, 20, 0, 0, 0, time.UTC), "Thursday 4 February, 9 am") + ".\n\n" +
		"## Moments\n\n" + chat.Quote("We met at <the> harbour & *sang*.\n# Twice.\n<script>alert(1)</script>") + "\n\n" +
		"### For next week\n\n- **bring** one question\n- read [the notes](https://example.org/notes?a=1&b=2)\n- ask " +
		chat.Mention(chat.User{Workspace: "w", ID: "1"}, "Āwhina") + "\n\n1. listen\n2. `ask`\n\n" +
		"[nothing](javascript:alert(1)) ![pic](https://example.org/x.png) <https://example.org/y>\n\n# Never above the title",
}

func render(t testing.TB, d chat.Document) string {
	t.Helper()
	data, err := documents.HTML(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestADocumentAsAPage(t *testing.T) {
	got := render(t, summary)
	path := filepath.Join("testdata", "golden", "week-3.html")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the page is not as it was; run with -update where that is right (-was +is):\n%s", diff)
	}
}

// allowed are the tags of a page, and the attributes that each may have.
var allowed = map[string][]string{
	"html": {"lang"}, "head": nil, "meta": {"charset", "http-equiv", "content", "name"}, "title": nil, "style": nil, "body": nil, "main": nil,
	"h1": nil, "h2": nil, "h3": nil, "h4": nil, "h5": nil, "h6": nil, "p": nil, "ul": nil, "ol": {"start"}, "li": nil, "blockquote": nil,
	"strong": nil, "em": nil, "code": nil, "br": nil, "a": {"href", "rel"}, "time": {"datetime"},
}

// mustBeHarmless holds every tag of a page against those, and every address.
func mustBeHarmless(t interface {
	Helper()
	Errorf(string, ...any)
}, got string,
) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(got, "<!DOCTYPE html>")))
	d.Strict, d.AutoClose, d.Entity = false, []string{"meta", "br"}, xml.HTMLEntity
	for {
		token, err := d.Token()
		if token == nil {
			break
		}
		if err != nil {
			t.Errorf("the page cannot be read: %v", err)
			return
		}
		tag, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		attributes, known := allowed[tag.Name.Local]
		if !known {
			t.Errorf("there is a tag <%s>", tag.Name.Local)
		}
		for _, a := range tag.Attr {
			if !slices.Contains(attributes, a.Name.Local) {
				t.Errorf("<%s> has an attribute %s", tag.Name.Local, a.Name.Local)
			}
			if a.Name.Local == "href" && !strings.HasPrefix(a.Value, "http://") && !strings.HasPrefix(a.Value, "https://") && !strings.HasPrefix(a.Value, "mailto:") {
				t.Errorf("a link leads to %q", a.Value)
			}
		}
	}
}

func TestNothingThatIsWrittenBecomesATag(t *testing.T) {
	mustBeHarmless(t, render(t, summary))
	rapid.Check(t, func(r *rapid.T) {
		words := rapid.StringOf(rapid.OneOf(
			rapid.RuneFrom([]rune("ab <>&\"'/=!-#*_`[]()\\:.\n")), rapid.Rune().Filter(func(c rune) bool { return c > ' ' && c != 0xfffe && c != 0xffff }),
		))
		hostile := rapid.SampledFrom([]string{"<script>", "</title><img src=x onerror=1>", "[x](javascript:1)", "![x](data:text/html,1)", "<a href=x>", "&lt;b&gt;", "</style>", "<!--", "]]>", "<javascript:x>"})
		got, err := documents.HTML(chat.Document{
			Name: "n", Title: words.Draw(r, "title") + hostile.Draw(r, "hostile title"),
			Text: words.Draw(r, "text") + hostile.Draw(r, "hostile") + words.Draw(r, "more"),
		})
		if err != nil {
			r.Fatal(err)
		}
		mustBeHarmless(r, string(got))
	})
}
