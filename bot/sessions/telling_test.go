package sessions_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

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
		w.Skip(time.Date(2027, time.November, 5, 0, 0, 0, 0, time.UTC).Sub(w.Now())) // nothing is due for a year
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
		bottest.Says(t, w.Answer("Dan"), "You're down as coming", "I'll remind you the day before and an hour before")
		bottest.Says(t, w.Answer("Ben"), "one a week at most")
		bottest.Says(t, w.Answer("Cara"), "/settings reminders")
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
		bottest.Says(t, w.Answer("Wiremu"), "moves from Thursday 5 November, 9:00–10:00 am (Auckland) to Saturday 7 November, 10:00–11:00 am (Auckland)",
			"3 people will be told; of them, the 2 who answered")
		w.Press("Wiremu", "Move it")
		w.Settle()
		w.Advance(0)

		posts := w.Posts(c.Place)
		if len(posts) != 2 {
			t.Fatalf("%d posts in the channel, want the announcement and the move:%s", len(posts), texts(posts))
		}
		bottest.Says(t, posts[0].Message.Text, "(time:2026-11-07T10:00:00+13:00)", "1 coming", "2 of them answered before it moved")
		bottest.Says(t, posts[1].Message.Text, "has moved", "(time:2026-11-07T10:00:00+13:00)", "(time:2026-11-05T09:00:00+13:00)")

		w.AdvanceTo(auckland(9, time.November, 0, 0))
		got(w, "Ana", "Wed 4 Nov 09:00", "Wed 4 Nov 10:00", "Fri 6 Nov 10:00", "Sat 7 Nov 09:00")
		bottest.Says(t, w.Inbox("Ana")[1].Message.Text, "has moved to", "You had said you'd come")
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
		bottest.Says(t, posts[1].Message.Text, "moved again since")
		got(w, "Ana")
		w.AdvanceTo(auckland(3, time.November, 12, 0))
		got(w, "Ana", "Tue 3 Nov 08:00")
		bottest.Says(t, w.Inbox("Ana")[0].Message.Text, "(time:2026-11-06T11:00:00+13:00)", "It was planned for [Thursday 5 November, 9:00 am]")

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
		bottest.Says(t, w.Answer("Wiremu"), "[form]") // one session, picked already
		w.Submit("Wiremu", nil)
		bottest.Says(t, w.Answer("Wiremu"), "will be cancelled", "3 people will be told")
		w.Press("Wiremu", "Cancel the session")
		w.Advance(0)
		posts := w.Posts(c.Place)
		if len(posts) != 2 {
			t.Fatalf("want the announcement and the news:%s", texts(posts))
		}
		for _, p := range posts {
			bottest.Says(t, p.Message.Text, "is cancelled", `The hall is \*closed\*`)
			if len(p.Message.Buttons) > 0 {
				t.Errorf("buttons under a cancelled session: %v", p.Message.Buttons)
			}
		}
		w.Advance(5 * 24 * time.Hour)
		got(w, "Ana", "Tue 3 Nov 09:00")
		got(w, "Ben")
		w.Do("Ana", "/session list")
		bottest.Says(t, w.Answer("Ana"), "No session is planned")
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
		bottest.Says(t, only(w, w.Posts(c.Place)).Message.Text, "(time:2026-11-06T09:00:00+13:00)")
	})
}

func TestAReminderThatWaitsIsNotSaidOnceTheSessionMoved(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		scheduled(w, "Ana")
		w.Press("Ana", "I'll come")
		w.Clock.MoveTo(auckland(4, time.November, 9, 0))
		if err := w.Bot.RunDue(w.T.Context(), w.Now()); err != nil { // the reminder waits to be said
			t.Fatal(err)
		}
		w.Hold = true
		w.Do("Wiremu", `/session move "Q&A session" sat 9am`)
		w.Press("Wiremu", "Move it")
		w.Hold = false
		w.Advance(time.Minute)
		bottest.Says(t, only(w, w.Inbox("Ana")).Message.Text, "has moved to")
	})
}

func TestAReminderFollowsQuietHoursThatChangedMeanwhile(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		scheduled(w, "Ana")
		w.Press("Ana", "I'll come")
		w.Do("Ana", "/settings quiet 8pm to 10am")
		w.Advance(5 * 24 * time.Hour)
		got(w, "Ana", "Wed 4 Nov 10:00", "Thu 5 Nov 08:00") // the session is in her quiet hours, and she said that she comes
	})
}

func TestWhoLeftIsNeitherCountedNorRemindedNorTold(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c, _ := scheduled(w, "Ana", "Ben")
		w.Press("Ana", "I'll come")
		w.Press("Ben", "I'll come")
		w.Update(func(tx store.Tx) error {
			id := cohorts.MemberID(c.ID, w.Known("Ana").ID)
			m, err := cohorts.Members.Get(tx, id)
			if err != nil {
				return err
			}
			m.Left = w.Now()
			return cohorts.Members.Put(tx, id, m)
		})
		w.AdvanceTo(auckland(4, time.November, 12, 0))
		w.Do("Wiremu", `/session move "Q&A session" sat 9am`)
		w.Press("Wiremu", "Move it")
		w.Advance(5 * 24 * time.Hour)
		got(w, "Ana")
		bottest.Says(t, w.Posts(c.Place)[0].Message.Text, "**1 coming**")
	})
}

func TestTheButtonOfAReminderTurnsRemindersDown(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		scheduled(w, "Ana")
		w.Press("Ana", "I'll come")
		w.AdvanceTo(auckland(4, time.November, 10, 0))
		w.Press("Ana", "Fewer reminders")
		w.AdvanceTo(auckland(6, time.November, 10, 0))
		got(w, "Ana", "Wed 4 Nov 09:00")
	})
}

func TestTheDayBeforeIsTheSameHourThoughTheClocksChange(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Person("Ben", "America/New_York")
		w.Cohort("Explorers", "Wiremu", "Ben")
		w.Do("Wiremu", `/session schedule title:"Hui" when:"2027-11-08 04:00"`) // 10 am on Sunday in New York, the clocks go back that night
		w.Press("Wiremu", "Schedule it")
		w.Press("Ben", "I'll come")
		w.Skip(time.Date(2027, time.November, 5, 0, 0, 0, 0, time.UTC).Sub(w.Now())) // nothing is due for a year
		w.AdvanceTo(time.Date(2027, time.November, 9, 0, 0, 0, 0, time.UTC))
		got(w, "Ben", "Sat 6 Nov 10:00", "Sun 7 Nov 09:00")
	})
}

func TestWhoIsOnLeaveHearsOfAMoveWhenTheyAreBack(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Do("Wiremu", `/session schedule title:"Hui" when:"fri 13 nov 9am"`)
		w.Press("Wiremu", "Schedule it")
		w.Press("Ana", "I'll come")
		w.Press("Ben", "I'll come")
		w.Do("Ana", "/settings leave tomorrow to 8 nov")
		w.Do("Ben", "/settings leave tomorrow to 30 nov")
		w.AdvanceTo(auckland(4, time.November, 22, 0))
		w.Do("Wiremu", `/session move "Hui" thu 12 nov 9am`)
		w.Press("Wiremu", "Move it")
		w.AdvanceTo(auckland(10, time.November, 0, 0))
		got(w, "Ana", "Mon 9 Nov 08:00")
		got(w, "Ben", "Wed 4 Nov 22:00") // his leave ends too late to wait for
		if n := len(w.Posts(c.Place)); n != 2 {
			t.Errorf("%d posts in the channel, want two", n)
		}
	})
}

func TestAPausedCohortRemindsNobody(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c, _ := scheduled(w, "Ana")
		w.Press("Ana", "I'll come")
		w.Update(func(tx store.Tx) error {
			c.State = cohorts.Paused
			return cohorts.Table.Put(tx, c.ID, c)
		})
		w.Advance(5 * 24 * time.Hour)
		got(w, "Ana")
	})
}
