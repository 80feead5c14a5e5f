package bot_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/people"
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

func mustSay(t testing.TB, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("missing %q in:\n%s", part, text)
		}
	}
}

func auckland(day int, month time.Month, hour, minute int) time.Time {
	return time.Date(2026, month, day, hour, minute, 0, 0, schedules.MustZone("Pacific/Auckland").Location())
}

func TestASessionIsTypedConfirmedAndAnnounced(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Do("Wiremu", qAndA)
		mustSay(t, w.Answer("Wiremu"), "**Q\\&A session**, Thursday 5 November, 9:00–10:00 am (Auckland), in three days.", "2 people will be told.")
		if n := len(w.Posts(c.Place)); n != 0 {
			t.Fatalf("%d posts before anything was confirmed", n)
		}
		w.Press("Wiremu", "Schedule it")
		post := only(w, w.Posts(c.Place))
		mustSay(t, post.Message.Text, "**Q\\&A session**", "(time:2026-11-05T09:00:00+13:00)", "for an hour", "**0 coming**")
		if len(post.Message.Buttons) != 3 {
			t.Errorf("%d buttons, want three", len(post.Message.Buttons))
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
		mustSay(t, out.Errors["when"], "has passed", "tomorrow 9am")
		w.Submit("Wiremu", map[string]string{"title": "Harbour walk", "when": "fri 17:30", "length": "90 min", "where": "the *old* pier"})
		mustSay(t, w.Answer("Wiremu"), "Friday 6 November, 5:30–7:00 pm (Auckland)", "1 person will be told.")
		w.Press("Wiremu", "Change")
		w.Submit("Wiremu", map[string]string{"title": "Harbour walk", "when": "sat 10am", "length": "2h", "where": "the *old* pier"})
		mustSay(t, w.Answer("Wiremu"), "Saturday 7 November, 10:00 am–12:00 pm (Auckland)")
		w.Press("Wiremu", "Schedule it")
		mustSay(t, only(w, w.Posts(c.Place)).Message.Text, "Harbour walk", `the \*old\* pier`, "for 2 hours")
	})
}

func TestWhatCannotBeScheduledIsSaidInWords(t *testing.T) {
	for _, c := range []struct{ name, as, typed, want string }{
		{"no such day", "Wiremu", `/session schedule title:"Hui" when:"next blursday"`, "next blursday"},
		{"given back", "Wiremu", `/session schedule title:"Hui" when:"next blursday"`, "Here is what you typed"},
		{"past", "Wiremu", `/session schedule title:"Hui" when:"today 8am"`, "has passed"},
		{"too long", "Wiremu", `/session schedule title:"Hui" when:"fri 9am" length:"3 days"`, "from a minute to a day"},
		{"a member", "Ana", `/session schedule title:"Hui" when:"fri 9am"`, "Only facilitators in Explorers"},
		{"a stranger", "Cara", `/session list`, "Only members in Explorers"},
		{"nothing to move", "Wiremu", `/session move`, "No session is planned"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bottest.Run(t, func(w *bottest.World) {
				place := w.Cohort("Explorers", "Wiremu", "Ana").Place
				w.Do(c.as, c.typed)
				mustSay(t, w.Answer(c.as), c.want)
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
		mustSay(t, w.Answer("Wiremu"), "The clocks go forward over 2:30 am that day, so this is 3:00 am.")
		w.Person("Tama", "Australia/Sydney")
		w.Do("Tama", "/session list")
	})
}

func TestAFacilitatorElsewhereSeesBothTimes(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Person("Tama", "Australia/Sydney")
		w.Cohort("Explorers", "Tama", "Ana")
		w.Do("Tama", qAndA)
		mustSay(t, w.Answer("Tama"), "11:00 am–12:00 pm (Auckland)", "I read that as Thursday 5 November, 9:00 am in Sydney.")
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
		mustSay(t, got.Message.Text, "**100 coming** · 50 maybe · 50 can't make it")
		if got.Edits == 0 || got.Edits > 10 {
			t.Errorf("%d edits for 200 answers, want a few", got.Edits)
		}
	})
}

// slept makes somebody be disturbed at any hour.
func slept(w *bottest.World, name string) {
	change(w, name, func(p *people.Person) { p.Quiet = schedules.Quiet{} })
}

func change(w *bottest.World, name string, fn func(*people.Person)) {
	p := w.Known(name)
	fn(&p)
	w.Update(func(tx store.Tx) error { return people.Table.Put(tx, p.ID, p) })
}

// got compares when somebody's direct messages came, in their own zone.
func got(w *bottest.World, name string, want ...string) {
	w.T.Helper()
	zone := w.Known(name).Zone
	var when []string
	for _, p := range w.Inbox(name) {
		when = append(when, p.Sent.In(zone.Location()).Format("Mon 2 Jan 15:04"))
	}
	if strings.Join(when, ", ") != strings.Join(want, ", ") {
		w.T.Errorf("%s was written to at %q, want %q:%s", name, when, want, texts(w.Inbox(name)))
	}
}

func TestRemindersComeInEachOnesZoneOverAChangeOfTheClocks(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		// New York leaves daylight saving on Sunday 1 November 2026 at 2 am: the
		// session is at 8 pm on that Sunday there, and 1 am on Monday in London.
		w.Person("Ana", "Pacific/Auckland")
		w.Person("Ben", "America/New_York")
		w.Person("Cara", "Europe/London")
		w.Person("Dan", "America/New_York")
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Cara", "Dan")
		w.Do("Wiremu", `/session schedule title:"Hui" when:"2027-11-08 14:00"`) // the change is on 7 November 2027
		w.Press("Wiremu", "Schedule it")
		w.Press("Ana", "I'll come")
		w.Press("Ben", "I'll come")
		w.Press("Cara", "Maybe")
		w.Press("Dan", "Can't make it")
		w.AdvanceTo(time.Date(2027, time.November, 9, 0, 0, 0, 0, time.UTC))
		got(w, "Ana", "Sun 7 Nov 14:00", "Mon 8 Nov 13:00")
		// 14:00 in Auckland is 20:00 on the day before in New York, which is where
		// Ben's quiet hours begin: the day before waits for the morning, and the
		// hour before is still allowed.
		got(w, "Ben", "Sun 7 Nov 08:00", "Sun 7 Nov 19:00")
		// 1 am in London: who said maybe is left to sleep.
		got(w, "Cara", "Sun 7 Nov 08:00")
		got(w, "Dan")
	})
}

func TestWhoComesInTheirQuietHoursIsRemindedAnHourBefore(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Person("Cara", "Europe/London")
		scheduled(w, "Ana", "Cara") // 9 am is 8 pm on Wednesday in London
		change(w, "Ana", func(p *people.Person) { p.Quiet.To = schedules.TimeOfDay{Hour: 8, Minute: 30} })
		change(w, "Cara", func(p *people.Person) { p.Quiet.From = schedules.TimeOfDay{Hour: 18} })
		w.Press("Ana", "I'll come")
		w.Press("Cara", "I'll come")
		w.Advance(5 * 24 * time.Hour)
		got(w, "Ana", "Wed 4 Nov 09:00", "Thu 5 Nov 08:30") // an hour before is quiet: when the quiet hours end
		got(w, "Cara", "Wed 4 Nov 08:00", "Wed 4 Nov 19:00")
	})
}

func TestNobodyIsRemindedOnLeaveOverBudgetOrWhenOff(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		scheduled(w, "Ana", "Ben", "Cara", "Dan")
		change(w, "Ana", func(p *people.Person) {
			p.Leave = schedules.Calendar{{From: schedules.Date{Year: 2026, Month: 11, Day: 4}, To: schedules.Date{Year: 2026, Month: 11, Day: 6}}}
		})
		change(w, "Ben", func(p *people.Person) { p.Reminders = people.Fewer })
		change(w, "Cara", func(p *people.Person) { p.Reminders = people.Off })
		change(w, "Dan", func(p *people.Person) {
			p.Budget = people.Budget{Week: schedules.Date{Year: 2026, Month: 11, Day: 2}, Spent: 2}
		})
		for _, name := range []string{"Ana", "Ben", "Cara", "Dan"} {
			w.Press(name, "I'll come")
		}
		mustSay(t, w.Answer("Dan"), "You're down as coming", "I'll remind you the day before and an hour before")
		mustSay(t, w.Answer("Ben"), "one a week at most")
		mustSay(t, w.Answer("Cara"), "/settings reminders")
		w.Advance(5 * 24 * time.Hour)
		got(w, "Ana")
		got(w, "Ben", "Wed 4 Nov 09:00")
		got(w, "Cara")
		got(w, "Dan", "Wed 4 Nov 09:00")
	})
}

func TestAMoveAfterTheReminderTellsWhoWasReminded(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c, _ := scheduled(w, "Ana", "Ben", "Cara")
		w.Press("Ana", "I'll come")
		w.Press("Ben", "Can't make it")
		w.AdvanceTo(auckland(4, time.November, 10, 0))
		got(w, "Ana", "Wed 4 Nov 09:00")

		w.Do("Wiremu", "/session move sat 10am") // which one is asked, the time stands there already
		w.Submit("Wiremu", nil)
		mustSay(t, w.Answer("Wiremu"), "moves from Thursday 5 November, 9:00–10:00 am (Auckland) to Saturday 7 November, 10:00–11:00 am (Auckland)",
			"3 people will be told; of them, the 2 who answered")
		w.Press("Wiremu", "Move it")
		w.Settle()
		w.Advance(0)

		posts := w.Posts(c.Place)
		if len(posts) != 2 {
			t.Fatalf("%d posts in the channel, want the announcement and the move:%s", len(posts), texts(posts))
		}
		mustSay(t, posts[0].Message.Text, "(time:2026-11-07T10:00:00+13:00)", "1 coming", "2 of them answered before it moved")
		mustSay(t, posts[1].Message.Text, "has moved", "(time:2026-11-07T10:00:00+13:00)", "(time:2026-11-05T09:00:00+13:00)")

		w.AdvanceTo(auckland(9, time.November, 0, 0))
		got(w, "Ana", "Wed 4 Nov 09:00", "Wed 4 Nov 10:00", "Fri 6 Nov 10:00", "Sat 7 Nov 09:00")
		mustSay(t, w.Inbox("Ana")[1].Message.Text, "has moved to", "You had said you'd come")
		got(w, "Ben", "Wed 4 Nov 10:00")
		got(w, "Cara") // was told in the channel alone, and is again
	})
}

func TestAMoveAtNightIsToldInTheMorningAndOnce(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c, _ := scheduled(w, "Ana", "Ben")
		w.Press("Ana", "I'll come")
		w.AdvanceTo(auckland(2, time.November, 23, 0))
		for _, when := range []string{"fri 10am", "fri 11am"} {
			w.Do("Wiremu", `/session move session:"q&a session" when:"`+when+`"`)
			w.Press("Wiremu", "Move it")
		}
		w.Advance(5 * time.Minute)
		posts := w.Posts(c.Place)
		if len(posts) != 3 {
			t.Fatalf("want the announcement and two moves:%s", texts(posts))
		}
		mustSay(t, posts[1].Message.Text, "moved again since")
		got(w, "Ana")
		w.AdvanceTo(auckland(3, time.November, 12, 0))
		got(w, "Ana", "Tue 3 Nov 08:00")
		mustSay(t, w.Inbox("Ana")[0].Message.Text, "(time:2026-11-06T11:00:00+13:00)", "You knew of [Thursday 5 November, 9:00 am]")

		// To and fro before anybody is told is no news.
		w.AdvanceTo(auckland(3, time.November, 22, 0))
		for _, when := range []string{"fri 1pm", "fri 11am"} {
			w.Do("Wiremu", `/session move session:"Q&A session" when:"`+when+`"`)
			w.Press("Wiremu", "Move it")
		}
		w.AdvanceTo(auckland(4, time.November, 12, 0))
		got(w, "Ana", "Tue 3 Nov 08:00")
	})
}

func TestACancelledSessionIsEditedToldAndForgotten(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c, _ := scheduled(w, "Ana", "Ben", "Cara")
		w.Press("Ana", "Maybe")
		w.Press("Ben", "Can't make it")
		w.AdvanceTo(auckland(3, time.November, 9, 0))
		w.Do("Wiremu", `/session cancel why:"The hall is *closed*"`)
		mustSay(t, w.Answer("Wiremu"), "[form]") // one session, picked already
		w.Submit("Wiremu", nil)
		mustSay(t, w.Answer("Wiremu"), "will be cancelled", "3 people will be told")
		w.Press("Wiremu", "Cancel the session")
		w.Advance(0)
		posts := w.Posts(c.Place)
		if len(posts) != 2 {
			t.Fatalf("want the announcement and the news:%s", texts(posts))
		}
		for _, p := range posts {
			mustSay(t, p.Message.Text, "is cancelled", `The hall is \*closed\*`)
			if len(p.Message.Buttons) > 0 {
				t.Errorf("buttons under a cancelled session: %v", p.Message.Buttons)
			}
		}
		w.Advance(5 * 24 * time.Hour)
		got(w, "Ana", "Tue 3 Nov 09:00")
		got(w, "Ben")
		w.Do("Ana", "/session list")
		mustSay(t, w.Answer("Ana"), "No session is planned")
	})
}

func TestAnOldButtonUnderACancelledSessionSaysSo(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		_, post := scheduled(w, "Ana")
		w.Do("Wiremu", "/session list")
		w.Press("Wiremu", "Cancel it")
		w.Press("Wiremu", "Cancel the session")
		w.PressOn("Ana", post, "I'll come")
		mustSay(t, w.Answer("Ana"), "is cancelled already")
	})
}

func TestARestartNeitherRepeatsNorLoses(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c, _ := scheduled(w, "Ana", "Ben")
		w.Press("Ana", "I'll come")
		lost := false
		w.Platform.Fault = func(op string, to chat.Place) error {
			if op == "send" && to.IsDirect() && !lost {
				lost = true
				return chat.ErrUnclear // it was said, and the answer was lost
			}
			return nil
		}
		for range 16 {
			w.Advance(6 * time.Hour)
			w.Restart()
			w.Settle()
		}
		got(w, "Ana", "Wed 4 Nov 09:00", "Thu 5 Nov 08:00")
		only(w, w.Posts(c.Place))
	})
}

func TestAReminderThatComesTooLateIsDropped(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		scheduled(w, "Ana")
		w.Press("Ana", "I'll come")
		w.Skip(3*24*time.Hour - 30*time.Minute) // down until half past eight on the day
		got(w, "Ana", "Thu 5 Nov 08:30")        // the hour before, late but useful; not the day before as well
		w.Skip(24 * time.Hour)
		got(w, "Ana", "Thu 5 Nov 08:30")
	})
	bottest.Run(t, func(w *bottest.World) {
		scheduled(w, "Ana")
		w.Press("Ana", "I'll come")
		w.Skip(4 * 24 * time.Hour)
		got(w, "Ana")
	})
}

func TestMoreThanAPageIsToldOfAMove(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		var names []string
		for i := range 105 {
			names = append(names, fmt.Sprintf("P%03d", i))
		}
		_, post := scheduled(w, names...)
		for _, name := range names {
			w.PressOn(name, post, "I'll come")
		}
		w.Do("Wiremu", `/session move session:"Q&A session" when:"fri 9am"`)
		w.Press("Wiremu", "Move it")
		w.Advance(time.Minute)
		for _, name := range names {
			if n := len(w.Inbox(name)); n != 1 {
				t.Errorf("%s got %d messages, want one", name, n)
			}
		}
	})
}

func TestTheListSaysWhoComesToFacilitatorsAlone(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c, _ := scheduled(w, "Ana", "Ben")
		w.Press("Ana", "I'll come")
		w.Do("Wiremu", "/session list")
		mustSay(t, w.Answer("Wiremu"), "Coming: Ana.", "1 coming")
		w.Do("Ben", "/session list")
		if strings.Contains(w.Answer("Ben"), "Ana") {
			t.Errorf("a member reads who comes: %s", w.Answer("Ben"))
		}
		w.Press("Ben", "Maybe")
		mustSay(t, w.Answer("Ben"), "You're down as maybe coming")
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
		mustSay(t, w.Answer("Wiremu"), "today, 11:00 am, which has passed")
		w.Press("Wiremu", "Change it")
		w.Submit("Wiremu", map[string]string{"when": "tomorrow 11am"})
		w.Press("Wiremu", "Schedule it")
		only(w, w.Posts(c.Place))
	})
}

func TestAMoveBeforeTheAnnouncementIsNoNews(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		w.Hold = true
		w.Do("Wiremu", qAndA)
		w.Press("Wiremu", "Schedule it")
		w.Do("Wiremu", `/session move "q&a session" fri 9am`)
		w.Press("Wiremu", "Move it")
		w.Hold = false
		w.Settle()
		mustSay(t, only(w, w.Posts(c.Place)).Message.Text, "(time:2026-11-06T09:00:00+13:00)")
	})
}

func TestAmongSeveralSessionsOneIsPicked(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c, _ := scheduled(w, "Ana")
		w.Do("Wiremu", `/session schedule title:"Hui" when:"fri 11pm" length:"2h"`)
		mustSay(t, w.Answer("Wiremu"), "Friday 6 November, 11:00 pm to Saturday 7 November, 1:00 am (Auckland)")
		w.Press("Wiremu", "Schedule it")
		out := w.Do("Wiremu", "/session cancel")
		if out.Form == nil || len(out.Form.Fields[0].Options) != 2 {
			t.Fatalf("want a form with two sessions to pick from, got %+v", out)
		}
		hui := out.Form.Fields[0].Options[1]
		mustSay(t, hui.Label, "Friday 6 November, 11:00 pm · Hui")
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
