package sessions_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/sessions"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

const qAndA = `/session schedule title:"Q&A session" when:"thu 5 nov 9am"`

// scheduled has a cohort with a session on Thursday 5 November, 9 am in
// Auckland, and gives the announcement.
func scheduled(w *bottest.World, members ...string) (cohorts.Cohort, bottest.Post) {
	w.T.Helper()
	c := w.Cohort("Explorers", "Wiremu", members...)
	w.Do("Wiremu", qAndA)
	w.Press("Wiremu", "Schedule it")
	return c, only(w, w.Posts(c.Place))
}

func only(w *bottest.World, posts []bottest.Post) bottest.Post {
	w.T.Helper()
	if len(posts) != 1 {
		w.T.Fatalf("%d posts, want one:%s", len(posts), texts(posts))
	}
	return posts[0]
}

func texts(posts []bottest.Post) string {
	var b strings.Builder
	for _, p := range posts {
		fmt.Fprintf(&b, "\n- %s %s: %s", p.Sent.Format(time.RFC3339), p.Key, strings.ReplaceAll(p.Message.Text, "\n", " / "))
	}
	return b.String()
}

func auckland(day int, month time.Month, hour, minute int) time.Time {
	return time.Date(2026, month, day, hour, minute, 0, 0, schedules.MustZone("Pacific/Auckland").Location())
}

func TestASessionIsTypedConfirmedAndAnnounced(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Do("Wiremu", qAndA)
		bottest.Says(t, w.Answer("Wiremu"), "**Q\\&A session**, Thursday 5 November, 9:00–10:00 am (Auckland), in three days.", "2 people will be told.")
		if n := len(w.Posts(c.Place)); n != 0 {
			t.Fatalf("%d posts before anything was confirmed", n)
		}
		w.Press("Wiremu", "Schedule it")
		post := only(w, w.Posts(c.Place))
		bottest.Says(t, post.Message.Text, "**Q\\&A session**", "(time:2026-11-05T09:00:00+13:00)", "for an hour", "**0 coming**")
		if len(post.Message.Buttons) != 4 {
			t.Errorf("%d buttons, want three answers and the agenda", len(post.Message.Buttons))
		}
	})
}

func TestASessionIsScheduledByForm(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Wiremu", "/session schedule")
		out := w.Submit("Wiremu", map[string]string{"title": "Harbour walk", "when": "next blursday"})
		if !strings.Contains(out.Errors["when"], "next blursday") {
			t.Errorf("errors %v, want one at the field when", out.Errors)
		}
		out = w.Submit("Wiremu", map[string]string{"title": "Harbour walk", "when": "1 Nov 2026 9am"})
		bottest.Says(t, out.Errors["when"], "has passed", "tomorrow 9am")
		w.Submit("Wiremu", map[string]string{"title": "Harbour walk", "when": "fri 17:30", "length": "90 min", "where": "the *old* pier"})
		bottest.Says(t, w.Answer("Wiremu"), "Friday 6 November, 5:30–7:00 pm (Auckland)", "1 person will be told.")
		w.Press("Wiremu", "Change")
		w.Submit("Wiremu", map[string]string{"title": "Harbour walk", "when": "sat 10am", "length": "2h", "where": "the *old* pier"})
		bottest.Says(t, w.Answer("Wiremu"), "Saturday 7 November, 10:00 am–12:00 pm (Auckland)")
		w.Press("Wiremu", "Schedule it")
		bottest.Says(t, only(w, w.Posts(c.Place)).Message.Text, "Harbour walk", `the \*old\* pier`, "for 2 hours")
	})
}

func TestWhatCannotBeScheduledIsSaidInWords(t *testing.T) {
	for _, c := range []struct{ name, as, typed, want string }{
		{"no such day", "Wiremu", `/session schedule title:"Hui" when:"next blursday"`, "next blursday"},
		{"given back", "Wiremu", `/session schedule title:"Hui" when:"next blursday"`, "Here is what you typed"},
		{"past", "Wiremu", `/session schedule title:"Hui" when:"today 8am"`, "has passed"},
		{"too long", "Wiremu", `/session schedule title:"Hui" when:"fri 9am" length:"3 days"`, "from a minute to a day"},
		{"a member", "Ana", `/session schedule title:"Hui" when:"fri 9am"`, "Only facilitators of Explorers"},
		{"a stranger", "Cara", `/session list`, "Only members of Explorers"},
		{"nothing to move", "Wiremu", `/session move`, "No session is planned"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bottest.Run(t, func(w *bottest.World) {
				place := w.Cohort("Explorers", "Wiremu", "Ana").Place
				w.Do(c.as, c.typed)
				bottest.Says(t, w.Answer(c.as), c.want)
				if n := len(w.Posts(place)); n != 0 {
					t.Errorf("%d posts, want none", n)
				}
			})
		})
	}
}

func TestATimeThatTheClocksJumpOverIsSaid(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Wiremu", `/session schedule title:"Night watch" when:"2027-09-26 02:30"`)
		bottest.Says(t, w.Answer("Wiremu"), "The clocks go forward over 2:30 am that day, so this is 3:00 am.")
	})
}

func TestAFacilitatorElsewhereSeesBothTimes(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Person("Tama", "Australia/Sydney")
		w.Cohort("Explorers", "Tama", "Ana")
		w.Do("Tama", qAndA)
		bottest.Says(t, w.Answer("Tama"), "11:00 am–12:00 pm (Auckland)", "I read that as Thursday 5 November, 9:00 am in Sydney.")
	})
}

func TestTwoHundredAnswerAtOnceAndTheCountIsExact(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		var names []string
		for i := range 200 {
			names = append(names, fmt.Sprintf("P%03d", i))
		}
		c, post := scheduled(w, names...)
		ctx, cancel := context.WithCancel(w.T.Context())
		var running, pressing sync.WaitGroup
		running.Go(func() { _ = w.Bot.Run(ctx) })
		for i, name := range names {
			r := w.Pressing(post, []string{"I'll come", "I'll come", "Maybe", "Can't make it"}[i%4])
			r.Event, r.Profile = "press-"+name, w.Person(name, "Pacific/Auckland")
			for range 2 { // the platform delivers twice
				pressing.Go(func() {
					out, err := w.Bot.Do(ctx, r)
					if err != nil || out.Reply == nil || !strings.Contains(out.Reply.Text, "You're down as") {
						t.Errorf("%s: %+v, %v", name, out.Reply, err)
					}
				})
			}
		}
		pressing.Wait()
		time.Sleep(10 * time.Second) // simulated: until the last edit
		cancel()
		running.Wait()
		got := only(w, w.Posts(c.Place))
		bottest.Says(t, got.Message.Text, "**100 coming** · 50 maybe · 50 can't make it")
		if got.Edits == 0 || got.Edits > 10 {
			t.Errorf("%d edits for 200 answers, want a few", got.Edits)
		}
	})
}

func TestAnOldButtonUnderACancelledSessionSaysSo(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		_, post := scheduled(w, "Ana")
		w.Do("Wiremu", "/session list")
		w.Press("Wiremu", "Cancel it")
		w.Press("Wiremu", "Cancel the session")
		w.PressOn("Ana", post, "I'll come")
		bottest.Says(t, w.Answer("Ana"), "is cancelled already")
	})
}

func TestTheListSaysWhoComesToFacilitatorsAlone(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c, _ := scheduled(w, "Ana", "Ben")
		w.Press("Ana", "I'll come")
		w.Do("Wiremu", "/session list")
		bottest.Says(t, w.Answer("Wiremu"), "Coming: Ana.", "1 coming")
		w.Do("Ben", "/session list")
		if strings.Contains(w.Answer("Ben"), "Ana") {
			t.Errorf("a member reads who comes: %s", w.Answer("Ben"))
		}
		w.Press("Ben", "Maybe")
		bottest.Says(t, w.Answer("Ben"), "You're down as maybe: ")
		w.View(func(tx store.Tx) error {
			next, err := sessions.Upcoming(tx, c.ID, w.Now(), 5)
			if len(next) != 1 {
				t.Errorf("%d sessions coming up, want one", len(next))
			}
			return err
		})
	})
}

func TestAConfirmationThatComesTooLateIsRefusedInWords(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Wiremu", "/session schedule")
		w.Submit("Wiremu", map[string]string{"title": "Hui", "when": "today 11am"})
		w.Advance(3 * time.Hour)
		w.Press("Wiremu", "Schedule it")
		bottest.Says(t, w.Answer("Wiremu"), "today, 11:00 am, which has passed")
		w.Press("Wiremu", "Change it")
		w.Submit("Wiremu", map[string]string{"when": "tomorrow 11am"})
		w.Press("Wiremu", "Schedule it")
		only(w, w.Posts(c.Place))
	})
}

func TestAmongSeveralSessionsOneIsPicked(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c, _ := scheduled(w, "Ana")
		w.Do("Wiremu", `/session schedule title:"Hui" when:"fri 11pm" length:"2h"`)
		bottest.Says(t, w.Answer("Wiremu"), "Friday 6 November, 11:00 pm to Saturday 7 November, 1:00 am (Auckland)")
		w.Press("Wiremu", "Schedule it")
		out := w.Do("Wiremu", "/session cancel")
		if out.Form == nil || len(out.Form.Fields[0].Options) != 2 {
			t.Fatalf("want a form with two sessions to pick from, got %+v", out)
		}
		hui := out.Form.Fields[0].Options[1]
		bottest.Says(t, hui.Label, "Friday 6 November, 11:00 pm · Hui")
		w.Submit("Wiremu", map[string]string{"pick": hui.Value})
		w.Press("Wiremu", "Cancel the session")
		w.View(func(tx store.Tx) error {
			next, err := sessions.Upcoming(tx, c.ID, w.Now(), 5)
			if len(next) != 1 || next[0].Title != "Q&A session" {
				t.Errorf("coming up: %+v", next)
			}
			return err
		})
	})
}
