package pages_test

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/pages"
	"cohortbot/bot/chat"
	"cohortbot/bot/evidence"
	"cohortbot/bot/links"
)

// nasty is what a text could try to become on a page.
const nasty = `pwned"><script>pwned()</script><img src=x onerror=pwned()>'"<svg/onload=pwned()> [go](javascript:pwned()) <javascript:pwned()> ![x](https://evil.example/x.png) ` +
	"</textarea></title></style><iframe src=//evil.example> &lt;script&gt; {{.}} \u202egnp.exe"

// showing is a bot that shows what it is given, to whoever comes.
type showing struct {
	out    chat.Outcome
	form   chat.Form
	papers []evidence.File
}

func (s *showing) Follow(context.Context, string, string) (links.Link, chat.Outcome, error) {
	return links.Link{ID: "l"}, s.out, nil
}

func (s *showing) Linked(context.Context, string) (links.Link, error) {
	return links.Link{ID: "l"}, nil
}

func (s *showing) Repeated(context.Context, string) (o chat.Outcome, ok bool, err error) {
	return o, false, nil
}

func (s *showing) Opened(context.Context, chat.User, chat.FormID) (chat.Form, bool, error) {
	return s.form, true, nil
}

func (s *showing) Do(context.Context, chat.Request) (chat.Outcome, error) { return s.out, nil }

func (s *showing) Papers(context.Context, string) ([]evidence.File, error) { return s.papers, nil }

func (s *showing) Paper(context.Context, string, int) (f evidence.File, r io.ReadCloser, err error) {
	return f, nil, evidence.ErrNoContent
}

// spoil puts nasty in the place of every text in v, and gives how many there were.
func spoil(v reflect.Value) (n int) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return spoil(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Type != reflect.TypeFor[time.Time]() && f.Name != "Name" && f.Name != "Command" && f.Name != "Archive" {
				n += spoil(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			n += spoil(v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			x := reflect.New(v.Type().Elem()).Elem()
			x.Set(v.MapIndex(key))
			n += spoil(x)
			v.SetMapIndex(key, x)
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString(nasty)
			return 1
		}
	}
	return n
}

// tagsAllowed are those that a page of ours has a use for.
var tagsAllowed = strings.Fields("html head meta title link script body a main header p h1 h2 h3 h4 h5 h6 ul ol li section article div dl dt dd form fieldset legend label input textarea select option button blockquote br hr em strong code pre del time span small figure figcaption details summary nav footer svg path")

// quiet fails for each tag and attribute that somebody's text became.
func quiet(t *testing.T, where, page string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(page, "<!DOCTYPE html>")))
	d.Strict, d.AutoClose, d.Entity = false, []string{"meta", "br", "hr", "img", "link", "input"}, xml.HTMLEntity
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
		x, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if !slices.Contains(tagsAllowed, x.Name.Local) && x.Name.Local != "img" {
			t.Errorf("%s: there is a tag <%s>", where, x.Name.Local)
		}
		src, own := "", false
		for _, a := range x.Attr {
			switch {
			case strings.HasPrefix(a.Name.Local, "on"), a.Name.Local == "style", a.Name.Local == "srcdoc":
				t.Errorf("%s: <%s> has %s", where, x.Name.Local, a.Name.Local)
			case a.Name.Local == "src":
				src, own = a.Value, x.Name.Local == "img" && strings.HasPrefix(a.Value, "/l/") // a picture of what the page is about
			case a.Name.Local == "href" || a.Name.Local == "action" || a.Name.Local == "formaction":
				u, err := url.Parse(a.Value)
				if err != nil || !slices.Contains([]string{"", "http", "https", "mailto"}, u.Scheme) {
					t.Errorf("%s: <%s> leads to %.60q", where, x.Name.Local, a.Value)
				}
				if x.Name.Local != "a" && (u == nil || u.Host != "") {
					t.Errorf("%s: <%s> goes elsewhere: %.60q", where, x.Name.Local, a.Value)
				}
			}
		}
		if src != "" && !own && src != "/draft.js" && src != "/write.js" || x.Name.Local == "script" && src == "" {
			t.Errorf("%s: <%s> loads %.60q", where, x.Name.Local, src)
		}
	}
}

// Each text of whatever a page can show is tried: of messages with all that can hang on
// them, of forms with fields of every kind, of what was wrong with them, of files.
func TestNoTextOnAPageBecomesAnythingElse(t *testing.T) {
	file := []evidence.File{{Name: nasty, Size: 12}}
	message := chat.Message{
		Text: "x", Note: "x", Document: &chat.Document{Name: "x", Title: "x", Text: "x", Archive: "portfolio/now/x"},
		Buttons: []chat.Button{{Label: "x", Command: "portfolio open", Record: "x", Choice: "x"}},
		Chart:   &chat.Chart{Title: "x", Alt: "x", Axes: []string{"x"}, Series: []chat.Series{{Name: "x", Values: []float64{1}}}},
		Event:   &chat.Event{UID: "x", Title: "x", Where: "x", About: "x", Start: time.Unix(0, 0), End: time.Unix(60, 0)},
	}
	form := chat.Form{ID: "f", Command: "portfolio open", Title: "x", Intro: "x", Note: "x", Submit: "x", Filled: chat.Answers{}, Errors: chat.FieldErrors{}}
	for n, kind := range []chat.FieldKind{chat.Text, chat.LongText, chat.Choice, chat.Choices, chat.Number, chat.When, chat.YesNo, chat.Person} {
		f := chat.Field{Name: fmt.Sprintf("q%d", n), Kind: kind, Label: "x", Hint: "x", Example: "x"}
		if kind == chat.Choice || kind == chat.Choices {
			f.Options = []chat.Option{{Value: "x", Label: "x", Whole: "x"}}
		}
		form.Fields, form.Filled[f.Name], form.Errors[f.Name] = append(form.Fields, f), chat.Given("x"), "x"
	}
	many := form
	many.Fields = slices.Clone(form.Fields)
	many.Fields[2].Options = slices.Repeat([]chat.Option{{Value: "x", Label: "x", Whole: "x"}}, 30) // a list to open
	found := 0
	for _, x := range []any{&message, &form, &many} {
		found += spoil(reflect.ValueOf(x).Elem())
	}
	if found < 100 {
		t.Fatalf("only %d texts were found", found)
	}
	for name, bot := range map[string]*showing{
		"a message": {out: chat.Outcome{Reply: &chat.Reply{Message: message}}, papers: file},
		"a form":    {out: chat.Asking(form)}, "a form with lists": {out: chat.Asking(many)},
		"what was wrong": {out: chat.Outcome{Errors: form.Errors}, form: form},
	} {
		h := pages.New(pages.Options{Guests: bot, Base: "https://bot.example", Log: slog.New(slog.DiscardHandler), Archives: heldNasty{}})
		v := &visitor{t: t, h: h, header: http.Header{}, path: "/l/" + strings.Repeat("a", 43)}
		v.open()
		if v.status != http.StatusOK && name != "what was wrong" || name != "what was wrong" && !strings.Contains(v.page, "pwned") {
			t.Fatalf("%s: %d, and nothing of it is shown: %s", name, v.status, v.words())
		}
		quiet(t, name, v.page)
		if strings.Contains(v.page, "\u202e") && bot.out.Reply != nil {
			t.Errorf("%s: a text turns the direction of those around it", name)
		}
		v.request(http.MethodPost, url.Values{"form": {"f"}, "event": {strings.Repeat("0", 32)}, "q.q0": {nasty}, "q.q1": {nasty}}.Encode())
		quiet(t, name+", handed in", v.page)
		if name == "what was wrong" && !strings.Contains(v.page, "pwned") {
			t.Errorf("%s: nothing of it is shown: %s", name, v.words())
		}
	}
}

// heldNasty offers a file with a name of somebody's.
type heldNasty struct{}

func (heldNasty) Held(string) []chat.File {
	return []chat.File{{Name: nasty, Type: "image/png", Alt: nasty}}
}

func (heldNasty) Take(context.Context, string, string, string) (io.ReadSeekCloser, bool, error) {
	return nil, false, nil
}
