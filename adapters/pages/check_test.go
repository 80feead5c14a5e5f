package pages_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"cohortbot/adapters/pages"
	"cohortbot/bot"
	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
)

// known stands for what signs and knows credentials: it repeats what it was asked.
type known struct{ bot *bot.Bot }

func (k known) Check(ctx context.Context, file []byte, number, name string) (chat.Message, bool, error) {
	if string(file) == "broken" {
		return chat.Message{}, false, errors.New("it broke")
	}
	if len(file) > 0 {
		return chat.Message{Text: "**A file of " + chat.Plain(string(file)) + "**\n\nName: " + chat.Plain(name)}, false, nil
	}
	c, err := k.bot.Checked(ctx, number, name)
	return c.Message(), true, err
}

func (known) Status(context.Context) ([]byte, error) { return []byte(`{"list":1}`), nil }
func (known) Issuer() ([]byte, error)                { return nil, nil }

// shelf has two files for whoever may have them.
type shelf struct{ bot *bot.Bot }

func (shelf) Held(string) []chat.File {
	return []chat.File{
		{Name: "shown.png", Type: "image/png", Alt: "What is in the picture"},
		{Name: "all.zip", Type: "application/zip", Alt: "All of it"},
	}
}

type opened struct{ *strings.Reader }

func (opened) Close() error { return nil }

func (s shelf) Take(ctx context.Context, token, archive, name string) (io.ReadSeekCloser, bool, error) {
	may, err := s.bot.MayTake(ctx, token, archive)
	return opened{strings.NewReader("bytes of " + name)}, may, err
}

func checking(t *testing.T) (*bottest.World, http.Handler) {
	t.Helper()
	w := bottest.New(t)
	w.Pages = "https://bot.example"
	w.Restart()
	return w, pages.New(pages.Options{Guests: w.Bot, Checks: known{w.Bot}, Archives: shelf{w.Bot}, Base: w.Pages, Log: slog.New(slog.DiscardHandler)})
}

func TestAnybodyChecksACredentialByItsNumberOrItsFile(t *testing.T) {
	_, h := checking(t)
	ask := func(method, path, kind string, body io.Reader) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, body)
		r.Header.Set("Content-Type", kind)
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		return rec
	}
	form := func(v url.Values) *httptest.ResponseRecorder {
		return ask(http.MethodPost, "/credential", "application/x-www-form-urlencoded", strings.NewReader(v.Encode()))
	}
	var upload bytes.Buffer
	m := multipart.NewWriter(&upload)
	part, _ := m.CreateFormFile("file", "credential.json")
	_, _ = part.Write([]byte("<script>"))
	_ = m.WriteField("name", "Ana")
	_ = m.Close()
	for name, c := range map[string]struct {
		got  *httptest.ResponseRecorder
		code int
		says string
	}{
		"the form":         {ask(http.MethodGet, "/credential", "", nil), 200, "Does a certificate stand?"},
		"a number":         {ask(http.MethodGet, "/credential/0b8f7a526f0e4d3c9a512f7f6f1f0c11", "", nil), 200, "says nothing for or against it"},
		"no number":        {ask(http.MethodGet, "/credential/<script>", "", nil), 200, "Unknown"},
		"an uploaded file": {ask(http.MethodPost, "/credential", m.FormDataContentType(), &upload), 200, "A file of &lt;script&gt;"},
		"a pasted file":    {form(url.Values{"text": {" {} "}, "name": {"Ana"}}), 200, "Name: Ana"},
		"nothing":          {form(url.Values{"name": {"Ana"}}), 422, "Nothing to check yet"},
		"far too much":     {form(url.Values{"text": {strings.Repeat("x", 3<<20)}}), 413, "more than fits"},
		"a fault of ours":  {form(url.Values{"text": {"broken"}}), 500, "did not work just now"},
		"the list":         {ask(http.MethodGet, "/credential/status", "", nil), 200, `{"list":1}`},
		"no such issuer":   {ask(http.MethodGet, "/.well-known/did.json", "", nil), 404, "nothing at this address"},
	} {
		if body := c.got.Body.String(); c.got.Code != c.code || !strings.Contains(body, c.says) || strings.Contains(body, "<script>") {
			t.Errorf("%s: %d %s", name, c.got.Code, body)
		}
	}
	if got := ask(http.MethodGet, "/credential/status", "", nil).Header().Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf("programs elsewhere are let in by %q", got)
	}
	for i := range 30 {
		if got := form(url.Values{"number": {"x"}}); got.Code == http.StatusTooManyRequests {
			if i < 5 {
				t.Error("held back at once")
			}
			return
		}
	}
	t.Error("whoever guesses numbers is never held back")
}

func TestFilesAreHandedOutToWhomTheyAreForAlone(t *testing.T) {
	w, h := checking(t)
	w.Do("Ana", "/portfolio start programme:facilitation-credential group:alone")
	w.Do("Ana", "/portfolio recovery")
	anas := w.Token("Ana")
	w.Do("Ben", "/portfolio start programme:facilitation-credential group:alone")
	w.Do("Ben", "/portfolio recovery")
	bens := w.Token("Ben")
	get := func(path string) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		return rec
	}
	page := get("/l/" + anas).Body.String()
	link := func(page string) string {
		_, rest, _ := strings.Cut(page, `<a href="/l/`)
		path, _, _ := strings.Cut(rest, `"`)
		return "/l/" + path
	}
	zip := strings.Replace(link(page), "shown.png", "all.zip", 1)
	if got := get(zip); got.Code != 200 || got.Body.String() != "bytes of all.zip" || !strings.Contains(got.Header().Get("Content-Disposition"), "attachment") {
		t.Fatalf("%s: %d %s\n%s", zip, got.Code, got.Body, page)
	}
	if !strings.Contains(page, `alt="What is in the picture"`) {
		t.Error("the picture is in no words")
	}
	for name, path := range map[string]string{
		"with somebody else's link": strings.Replace(zip, anas, bens, 1),
		"with no link":              strings.Replace(zip, anas, strings.Repeat("x", 43), 1),
		"of another name":           strings.Replace(zip, "all.zip", "all.exe", 1),
		"of nothing":                "/l/" + anas + "/all.zip",
		"of another archive":        "/l/" + anas + "/all.zip?of=credential/6f1c3c1e-8f0e-4b57-9d62-0d9fb1a6d0aa",
		"of a path":                 "/l/" + anas + "/all.zip?of=portfolio/copy/../../x",
	} {
		if got := get(path); got.Code != 404 || strings.Contains(got.Body.String(), "bytes of") {
			t.Errorf("%s: %d %s", name, got.Code, got.Body)
		}
	}
}

func TestCheckingReadsWellOnAPhone(t *testing.T) {
	p := newPhone(t)
	w, h := checking(t)
	w.Do("Ana", "/portfolio start programme:facilitation-credential group:alone")
	w.Do("Ana", "/portfolio recovery")
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	for _, scripts := range []bool{false, true} {
		p.Scripts(true)
		p.Dark(scripts)
		p.Scripts(scripts)
		name := map[bool]string{false: "old", true: "new"}[scripts]
		p.Open(server.URL + "/credential")
		p.Reads("Does a certificate stand?")
		p.Look(name + "-check-1")
		p.Fill("number", "0b8f 7a52 6f0e 4d3c 9a51 2f7f 6f1f 0c11")
		p.Fill("name", "Ana")
		p.Tap("Check it")
		p.Reads("Unknown", "says nothing for or against it")
		p.Look(name + "-check-2")
		p.Open(server.URL + "/l/" + w.Token("Ana"))
		p.Reads("Your portfolio", "All of it")
		p.Look(name + "-check-3")
	}
}
