package web_test

import (
	"flag"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohortbot/adapters/web"
	"cohortbot/bot/chat"
	"cohortbot/bot/chat/chattest"
	"cohortbot/bot/store/storetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// What a chart, an event and a document are on the page: the chart is drawn there,
// the others are files to download.
func TestWhatMessagesCarryAsHTML(t *testing.T) {
	thursday := time.Date(2027, 2, 3, 20, 0, 0, 0, time.UTC)
	w := open(t, storetest.New(t), web.Options{Attach: chattest.Attach})
	words := open(t, storetest.New(t), web.Options{})
	for name, m := range chattest.Carried(thursday) {
		var b strings.Builder
		for _, x := range []struct {
			how string
			w   *web.Workspace
		}{{"attached", w}, {"in words", words}} {
			at, err := x.w.Send(ctx, chat.Channel(web.Name, "explorers"), name, m)
			if err != nil {
				t.Fatal(err)
			}
			seen, _, err := x.w.See(ctx, "ana", chat.Channel(web.Name, "explorers"), "", 0)
			if err != nil || seen[len(seen)-1].ID != at.ID {
				t.Fatalf("it is not seen: %v", err)
			}
			s := seen[len(seen)-1]
			fmt.Fprintf(&b, "<!-- %s -->\n%s", x.how, s.HTML)
			if s.Chart != nil {
				fmt.Fprintf(&b, "<figure><figcaption>%s</figcaption>\n%s\n<p>%s</p></figure>\n", html.EscapeString(s.Chart.Title), strings.ReplaceAll(s.Chart.SVG, "><", ">\n<"), html.EscapeString(s.Chart.Alt))
			}
			for _, f := range s.Files {
				fmt.Fprintf(&b, "<a download=%q type=%q>%s, %d bytes</a>\n", f.Name, f.Type, html.EscapeString(f.Alt), f.Size)
			}
		}
		path := filepath.Join("testdata", "golden", "carrying-"+name+".html")
		if *update {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), b.String()); diff != "" {
			t.Errorf("%s is not as it was; run with -update where that is right (-was +is):\n%s", path, diff)
		}
	}
}
