package portfolios_test

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/attestations"
	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/chat/markdown"
	"cohortbot/bot/evidence"
	"cohortbot/bot/hours"
	"cohortbot/bot/people"
	"cohortbot/bot/portfolios"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// hostile is all that a text could try to become: tags, links, pictures, headings,
// quotations, lists, strong words, code.
const hostile = "<script>pwned()</script><img src=x onerror=pwned()> [pwned](javascript:pwned()) [pwned](https://evil.example/) " +
	"![pwned](https://evil.example/x.png) <https://evil.example/auto> **pwned** __pwned__ `pwned` [pwned](time:2027-01-01T00:00:00Z) &lt;pwned&gt; &#60;pwned>\n# pwned\n> pwned\n- pwned\n1. pwned\n```\npwned\n```"

// became finds what a text must not have become.
var became = regexp.MustCompile(`(?i)<(script|img|svg|iframe|object|h[1-6]|li|pre|em|del|s|code|strong|b|time|a)\b[^>]*>[^<]{0,3}pwned|javascript:[^<]*"|href="[^"]*evil\.example|<(script|img|svg)\b`)

// poison puts a text in the place of every text that is in v, whatever it is called.
// What has a type of its own, such as an id, is no text; what keep names stays.
func poison(v reflect.Value, text string, keep ...string) (n int) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !slices.Contains(keep, f.Name) && f.Type != reflect.TypeFor[time.Time]() && f.Type.PkgPath() != "cohortbot/schedules" {
				n += poison(v.Field(i), text, keep...)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			n += poison(v.Index(i), text, keep...)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			x := reflect.New(v.Type().Elem()).Elem()
			x.Set(v.MapIndex(key))
			n += poison(x, text, keep...)
			v.SetMapIndex(key, x)
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString(text)
			n++
		}
	}
	return n
}

// poisoned rewrites a table with texts poisoned.
func poisoned[ID ~string, T any](w *bottest.World, t *store.Table[ID, T], keep ...string) {
	w.T.Helper()
	w.Update(func(tx store.Tx) error {
		var all []store.Row[ID, T]
		for row, err := range t.All(tx) {
			if err != nil {
				return err
			}
			all = append(all, row)
		}
		if len(all) == 0 {
			w.T.Errorf("of %s there is nothing to poison", t.Name())
		}
		for _, row := range all {
			x := row.Value
			if poison(reflect.ValueOf(&x).Elem(), hostile, keep...) == 0 {
				w.T.Errorf("%s has no texts", t.Name())
			}
			if err := t.Put(tx, row.ID, x); err != nil {
				return err
			}
		}
		return nil
	})
}

// harmless fails where something that stands in a message became more than text.
func harmless(w *bottest.World, where string, m chat.Message) {
	w.T.Helper()
	texts := map[string]string{"text": m.Text, "note": m.Note}
	if m.Document != nil {
		texts["page"] = m.Document.Text
	}
	for part, said := range texts {
		for _, reader := range []string{"message", "page"} {
			parse := markdown.Parser
			if reader == "page" {
				parse = markdown.Pages
			}
			html, err := markdown.HTML(said, parse)
			if err != nil {
				w.T.Fatal(err)
			}
			if found := became.FindString(html); found != "" {
				w.T.Errorf("%s, %s, read as a %s: %.200q", where, part, reader, found)
			}
		}
	}
}

// Whatever people write, name or are called, it stays text wherever a portfolio shows
// it: each text of each record is tried.
func TestNothingThatPeopleWroteBecomesMoreThanText(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Pages = "https://bot.example"
		w.Restart()
		w.Cohort("Explorers", "Wiremu", "Ana")
		p := complete(w, "Ana")
		w.Update(func(tx store.Tx) error {
			return hours.Table.Put(tx, "h1", hours.Entry{ID: "h1", Person: w.Known("Ana").ID, On: schedules.DateOf(w.Now()), Minutes: 90, What: "x", Band: p.Asks.Hours[0].ID, At: w.Now()})
		})
		w.Do("Ana", `/portfolio write part:background text:"Another text"`)
		poisoned(w, evidence.Table, "Hash", "Type", "Looks", "Framework", "Item", "ID")
		poisoned(w, attestations.Table, "Salt", "Framework", "Criteria", "Portfolio", "Slot")
		poisoned(w, hours.Table, "Band")
		poisoned(w, portfolios.Texts, "Part")
		poisoned(w, portfolios.Versions, "Part")
		w.Update(func(tx store.Tx) error { // what the programme says is poisoned too: it is somebody's file
			x, err := portfolios.Table.Get(tx, p.ID)
			if err != nil {
				return err
			}
			poison(reflect.ValueOf(&x.Asks).Elem(), hostile, "ID", "Framework", "Currency")
			x.Asks.Fee.Currency = "NZD"
			return portfolios.Table.Put(tx, p.ID, x)
		})
		shown := 0
		does := func(who, command string) {
			t.Helper()
			out := w.Do(who, command)
			switch {
			case out.Reply != nil:
				shown++
				harmless(w, command, out.Reply.Message)
				if strings.Contains(out.Reply.Text, "I don't know") {
					t.Errorf("%s is no command", command)
				}
			case out.Form != nil:
				shown++
				harmless(w, command, chat.Message{Text: out.Form.Intro, Note: out.Form.Note})
			}
		}
		hers := func() {
			for _, command := range []string{"open", "read", "versions part:background", "write part:background", "add part:background", "submit", "results", "export", "papers", "list", "recovery", "scholarship", "delete", "page"} {
				does("Ana", "/portfolio "+command)
			}
			does("Ana", "/home")
			does("Ana", "/evidence coverage")
		}
		hers()
		submit(w, "Ana")
		w.Known("Mere")
		w.Ask("Wiremu", chat.Request{At: w.At, Path: "portfolio assessor", Record: string(p.ID), Answers: chat.Answers{"person": chat.Given("mere")}})
		met(w, "Mere")
		poisoned(w, portfolios.Appointments, "Conflict")
		w.Update(func(tx store.Tx) error {
			for row, err := range portfolios.Assessments.All(tx) {
				if err != nil {
					return err
				}
				x := row.Value
				x.Asked = []portfolios.Question{{Text: "x", At: w.Now()}}
				for id, j := range x.Judged {
					j.Feedback = hostile
					x.Judged[id] = j
				}
				poison(reflect.ValueOf(&x).Elem(), hostile)
				if err := portfolios.Assessments.Put(tx, row.ID, x); err != nil {
					return err
				}
			}
			return nil
		})
		poisoned(w, portfolios.Steps)
		poisoned(w, people.Table, "Accounts", "Administers") // until each of them acts again
		for _, command := range []string{"assess", "judge", "more", "files", "decide"} {
			does("Mere", "/portfolio "+command)
		}
		w.Submit("Mere", map[string]string{"words": hostile})
		w.Press("Mere", "Give the result")
		hers()
		poisoned(w, people.Table, "Accounts", "Administers")
		for _, command := range []string{"desk", "fee state:paid", "award answer:yes", "assessor person:@mere"} {
			does("Wiremu", "/portfolio "+command)
		}
		does("Wiremu", "/cohort panel")
		kept := code(w, "Ana")
		w.Do("Ana", "/portfolio start programme:facilitation-credential group:alone")
		w.Press("Ana", "Start another")
		does("Ana", "/portfolio list")
		poisoned(w, people.Table, "Accounts", "Administers")
		does("Nana", "/portfolio claim code:"+kept)
		for _, who := range []string{"Ana", "Wiremu", "Mere"} {
			for n, post := range w.Inbox(who) {
				shown++
				harmless(w, fmt.Sprintf("message %d to %s, %s", n+1, who, post.Key[:12]), post.Message)
			}
		}
		if shown < 40 {
			t.Errorf("only %d answers and messages were looked at", shown)
		}
	})
}

// The test above finds what it looks for.
func TestATextThatIsNotMadePlainIsFound(t *testing.T) {
	for _, reader := range []string{"message", "page"} {
		parse := markdown.Parser
		if reader == "page" {
			parse = markdown.Pages
		}
		for _, said := range strings.Split(hostile, " ") {
			html, err := markdown.HTML(said, parse)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(said, "**") && !became.MatchString(html) {
				t.Errorf("%q became %q, which is not found", said, html)
			}
		}
		if html, _ := markdown.HTML(chat.Plain(hostile), parse); became.MatchString(html) {
			t.Errorf("made plain, it became %q", html)
		}
	}
}
