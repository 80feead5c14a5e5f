package pages_test

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/pages"
	"cohortbot/bot/attestations"
	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/evidence"
	"cohortbot/bot/portfolios"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

// script is what somebody could write into every field of a form.
const script = `<script>alert(1)</script><img src=x onerror=alert(2)>"'><svg onload=alert(3)> [go](javascript:alert(4)) ![x](https://evil.example/x.png)`

// picture is a drawing that would run a script if a browser showed it as a page.
const picture = `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(5)</script></svg>`

func mine(w *bottest.World, who string) portfolios.Portfolio {
	w.T.Helper()
	var all []portfolios.Portfolio
	id := w.Known(who).ID
	w.View(func(tx store.Tx) (err error) {
		all, err = portfolios.Of(tx, id)
		return err
	})
	return all[len(all)-1]
}

// submitted has somebody submit a portfolio in which every word could be a script,
// with one file of that name.
func submitted(w *bottest.World, who, file string) portfolios.Portfolio {
	w.T.Helper()
	w.Do(who, "/portfolio start programme:facilitation-credential group:alone")
	p, owner := mine(w, who), w.Known(who)
	w.Ask(who, chat.Request{At: w.At, Path: "evidence add", Answers: chat.Answers{
		"text": chat.Given(script), "title": chat.Given(script[:110]),
		"file": {Files: []chat.File{{Name: file, Type: "image/png", Alt: script, Data: []byte(picture)}}},
	}})
	bottest.Says(w.T, w.Answer(who), "Kept: ")
	w.Do(who, `/evidence add link:"https://example.org/minutes?a=%22%3E%3Cscript%3E"`)
	w.Update(func(tx store.Tx) error {
		p.Items = nil
		items, err := evidence.Items(tx, owner.ID)
		if err != nil {
			return err
		}
		for _, i := range items {
			p.Items = append(p.Items, i.ID)
			i.Note, i.Named = script, script
			for n := range i.Files {
				i.Files[n].Shows = evidence.Agreed
			}
			i.Tags = []evidence.Tag{{Framework: "facilitation", Item: "plan"}}
			if err := evidence.Table.Put(tx, i.ID, i); err != nil {
				return err
			}
		}
		for n, role := range []programmes.Role{programmes.Participant, programmes.Participant, programmes.Mentor} {
			id := attestations.ID(store.NewID(w.Now().Add(time.Duration(n))))
			if err := attestations.Table.Put(tx, id, attestations.Attestation{ID: id, Learner: owner.ID, Given: w.Now(), Content: attestations.Content{
				ID: id, Role: role, Learner: script, Writer: script, About: script, Saw: script, Helped: script, Grow: script,
				Relation: script, Since: script, Conflict: script, Recorder: script, Reached: attestations.OnPaper, At: w.Now(), Show: true,
			}}); err != nil {
				return err
			}
		}
		return portfolios.Table.Put(tx, p.ID, p)
	})
	for _, part := range []string{"background", "case-study", "reflections", "next"} {
		w.Ask(who, chat.Request{At: w.At, Path: "portfolio write", Record: string(p.ID), Choice: part, Answers: chat.Answers{"text": chat.Given(script)}})
	}
	w.Ask(who, chat.Request{At: w.At, Path: "portfolio submit", Record: string(p.ID)})
	w.Press(who, "Submit it")
	bottest.Says(w.T, w.Answer(who), "**Submitted:**")
	return mine(w, who)
}

// assesses is a world with Ana's submitted portfolio and an assessor outside who was
// given a link.
func assesses(t *testing.T, test func(w *bottest.World, v *visitor, log *strings.Builder)) {
	t.Helper()
	bottest.Run(t, func(w *bottest.World) {
		w.Pages = "https://bot.example"
		w.Restart()
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		var log strings.Builder
		h := pages.New(pages.Options{Guests: w.Bot, Writers: w.Bot, Base: w.Pages, Log: slog.New(slog.NewTextHandler(&log, nil))})
		p := submitted(w, "Ana", "../../x.svg")
		appoint(w, p)
		test(w, &visitor{t: t, h: h, path: "/l/" + w.Token("Wiremu"), header: http.Header{}}, &log)
		if strings.Contains(log.String(), "alert") {
			t.Errorf("what somebody wrote is in the log: %s", log.String())
		}
	})
}

func appoint(w *bottest.World, p portfolios.Portfolio) {
	w.T.Helper()
	w.Ask("Wiremu", chat.Request{At: w.At, Path: "portfolio assessor", Record: string(p.ID), Answers: chat.Answers{"outside": chat.Given("Hine " + script[:20])}})
	if strings.Contains(w.Answer("Wiremu"), "takes over") {
		w.Press("Wiremu", "Appoint instead")
	}
}

// harmless fails for a page in which something that somebody wrote would run.
func (v *visitor) harmless() *visitor {
	v.t.Helper()
	low := strings.ToLower(v.page)
	low = strings.ReplaceAll(low, `<script src="/draft.js" defer></script>`, "")
	low = strings.ReplaceAll(low, `<script src="/write.js" defer></script>`, "")
	for _, part := range []string{"<script", "<img", "<svg", "javascript:", "evil.example/x.png\"", "onerror=alert(2)>\""} {
		if strings.Contains(low, part) && part != "javascript:" || strings.Contains(low, `href="javascript:`) {
			v.t.Errorf("%s stands in the page %s", part, v.path)
		}
	}
	if !strings.Contains(v.got.Get("Content-Security-Policy"), "default-src 'none'") {
		v.t.Errorf("%s has the policy %q", v.path, v.got.Get("Content-Security-Policy"))
	}
	return v
}

func TestAnAssessorOutsideReadsJudgesAndOpensTheFilesOfTheCopyAlone(t *testing.T) {
	assesses(t, func(w *bottest.World, v *visitor, log *strings.Builder) {
		link := v.path
		file := func(n string) *visitor {
			x := &visitor{t: t, h: v.h, path: link + "/file/" + n, header: http.Header{}}
			return x.open()
		}
		v.open().harmless().sees("Before you read", "A conflict of interest")
		if f := file("1"); f.status != http.StatusNotFound {
			t.Errorf("before they have said whether there is a conflict: %d", f.status)
		}
		v.hand(map[string]string{"conflict": "none"}).harmless().sees("The portfolio of", "You see this copy and nothing else", "Files", "x.svg", "1 kB")
		f := file("1")
		want := map[string]string{
			"Content-Type": "application/octet-stream", "Content-Disposition": "attachment; filename=x.svg", "X-Content-Type-Options": "nosniff",
			"Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow",
		}
		for name, value := range want {
			if f.got.Get(name) != value {
				t.Errorf("%s is %q, want %q", name, f.got.Get(name), value)
			}
		}
		if f.status != http.StatusOK || f.page != picture {
			t.Errorf("the file is %d %q", f.status, f.page)
		}
		for _, n := range []string{"0", "2", "-1", "x", "1x", "99999999999999999999", "..%2f1", "%00"} {
			if f := file(n); f.status != http.StatusNotFound || f.page == picture {
				t.Errorf("file %s: %d", n, f.status)
			}
		}
		if !strings.Contains(log.String(), "a file that the link does not open") {
			t.Errorf("the log is %s", log.String())
		}

		// What is added afterwards is not in the copy; a file of somebody else's is not
		// either, whatever the portfolio says.
		w.Ask("Ana", chat.Request{At: w.At, Path: "evidence add", Answers: chat.Answers{"file": {Files: []chat.File{{Name: "later.pdf", Data: []byte("later")}}}}})
		submitted(w, "Ben", "ben.pdf")
		if papers, err := w.Bot.Papers(context.Background(), strings.TrimPrefix(link, "/l/")); err != nil || len(papers) != 1 {
			t.Errorf("the link opens %d files, %v", len(papers), err)
		}

		v.at(link).press("Judge a criterion").harmless()
		v.sees("2 Facilitate groups whose people differ, so that each of them can take part") // whole
		v.hand(map[string]string{"criterion": "plan", "result": "not yet", "feedback": ""}).sees("needs a few words")
		v.hand(map[string]string{"criterion": "plan", "result": "not yet", "feedback": script}).harmless().sees("Kept: not yet")
		for range 4 {
			v.press("The next criterion").harmless()
			v.hand(map[string]string{"criterion": chosen(v), "result": "met", "feedback": script}).harmless()
		}
		v.press("Decide").hand(map[string]string{"words": script}).harmless().sees("The result is: not yet")
		v.press("Give the result").harmless().sees("Done.")
		if f := file("1"); f.status != http.StatusNotFound {
			t.Errorf("after the result: %d", f.status)
		}
		v.at(link).harmless().sees("You decided: not yet")
		if strings.Contains(v.page, "/file/") {
			t.Error("files are offered after the result")
		}
		w.Do("Ana", "/portfolio results")
		appoint(w, mine(w, "Ana"))
		if v.at(link); v.status != http.StatusNotFound {
			t.Errorf("after somebody else took over: %d", v.status)
		}
	})
}

// chosen gives what is chosen already in a form.
func chosen(v *visitor) string {
	_, after, _ := strings.Cut(v.page, `name="q.criterion" value="`)
	for {
		value, rest, ok := strings.Cut(after, `"`)
		if !ok || strings.HasPrefix(rest, " checked") {
			return value
		}
		_, after, ok = strings.Cut(rest, `name="q.criterion" value="`)
		if !ok {
			return value
		}
	}
}

func TestAnAssessorInTheWorkspaceGetsAPageWithTheFiles(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		p := submitted(w, "Ana", "minutes.pdf")
		w.Person("Mere", "Pacific/Auckland")
		w.Ask("Wiremu", chat.Request{At: w.At, Path: "portfolio assessor", Record: string(p.ID), Answers: chat.Answers{"person": chat.Given("mere")}})
		w.Do("Mere", "/portfolio files")
		bottest.Says(t, w.Answer("Mere"), "First say whether you have a conflict")
		w.Do("Mere", "/portfolio assess")
		w.Submit("Mere", map[string]string{"conflict": "none"})
		w.Pages = "https://bot.example"
		w.Restart()
		w.Do("Mere", "/portfolio assess")
		w.Press("Mere", "Open the files")
		h := pages.New(pages.Options{Guests: w.Bot, Writers: w.Bot, Base: w.Pages, Log: slog.New(slog.DiscardHandler)})
		v := &visitor{t: t, h: h, path: "/l/" + w.Token("Mere"), header: http.Header{}}
		first := v.path
		v.open().sees("The portfolio of Ana", "Files", "minutes.pdf")
		if v.at(first + "/file/1"); v.page != picture {
			t.Errorf("the file is %d", v.status)
		}
		w.Do("Mere", "/portfolio files")
		if v.at(first); v.status != http.StatusNotFound {
			t.Errorf("the first of two links: %d", v.status)
		}
		w.Do("Ben", "/portfolio files")
		bottest.Says(t, w.Answer("Ben"), "Nothing is waiting for you to assess")
	})
}
