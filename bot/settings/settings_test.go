package settings_test

import (
	"strings"
	"testing"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

func date(s string) schedules.Date {
	d, err := schedules.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestRemindersAreTurnedDownAndOff(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Ana", "/settings reminders")
		bottest.Says(t, w.Answer("Ana"), "usual")
		w.Press("Ana", "Fewer reminders")
		if got := w.Known("Ana").Reminders; got != people.Fewer {
			t.Errorf("reminders are %q, want fewer", got)
		}
		bottest.Says(t, w.Answer("Ana"), "at most one private reminder a week")
		w.Do("Ana", "/settings reminders off")
		if got := w.Known("Ana").Reminders; got != people.Off {
			t.Errorf("reminders are %q, want off", got)
		}
		w.Press("Ana", "The usual")
		if got := w.Known("Ana").Reminders; got != people.Usual {
			t.Errorf("reminders are %q, want the usual", got)
		}
		w.Do("Ana", "/settings reminders level:hourly")
		bottest.Says(t, w.Answer("Ana"), "hourly", "Fewer")
	})
}

func TestLeaveIsReadAsPeopleWriteIt(t *testing.T) {
	for _, c := range []struct{ typed, from, to string }{
		{"5 nov to 12 nov", "2026-11-05", "2026-11-12"},
		{"from 5 Nov until 12 Nov", "2026-11-05", "2026-11-12"},
		{"from:5nov to:12nov", "2026-11-05", "2026-11-12"},
		{"5 Nov – 12 Nov", "2026-11-05", "2026-11-12"},
		{"2026-11-05 - 2026-11-12", "2026-11-05", "2026-11-12"},
		{"tomorrow", "2026-11-03", "2026-11-03"},
		{"until friday", "2026-11-02", "2026-11-06"},
		{"next monday to friday", "2026-11-09", "2026-11-13"},
		{"28 dec to 3 jan", "2026-12-28", "2027-01-03"},
		{"30 oct to 5 nov", "2026-10-30", "2026-11-05"}, // begun already
		{"20 oct to 25 oct", "2027-10-20", "2027-10-25"},
	} {
		t.Run(c.typed, func(t *testing.T) {
			bottest.Run(t, func(w *bottest.World) {
				w.Cohort("Explorers", "Wiremu", "Ana")
				w.Do("Ana", "/settings leave "+c.typed)
				leave := w.Known("Ana").Leave
				if len(leave) != 1 || leave[0].From != date(c.from) || leave[0].To != date(c.to) {
					t.Fatalf("leave is %v, want %s to %s; answered %s", leave, c.from, c.to, w.Answer("Ana"))
				}
				bottest.Says(t, w.Answer("Ana"), "no reminders", "nobody sees you as quiet")
				w.Press("Ana", "I'm back")
				if n := len(w.Known("Ana").Leave); n != 0 {
					t.Errorf("%d spans of leave after coming back", n)
				}
			})
		})
	}
}

func TestLeaveThatCannotBeIsGivenBack(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"whenever", "couldn't read “whenever”"},
		{"5 nov to someday", "couldn't read “someday”"},
		{"2026-11-12 to 2026-11-05", "ends before it begins"},
		{"2026-10-01 to 2026-10-05", "is past"},
	} {
		t.Run(c.typed, func(t *testing.T) {
			bottest.Run(t, func(w *bottest.World) {
				w.Cohort("Explorers", "Wiremu", "Ana")
				w.Do("Ana", "/settings leave "+c.typed)
				bottest.Says(t, w.Answer("Ana"), c.want, "5 Nov to 12 Nov", "Here is what you typed")
				if leave := w.Known("Ana").Leave; len(leave) != 0 {
					t.Errorf("leave is %v", leave)
				}
			})
		})
	}
}

func TestASecondLeaveStandsBesideTheFirstUnlessTheyOverlap(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Ana", "/settings leave 5 nov to 12 nov")
		w.Do("Ana", "/settings leave 20 dec to 3 jan")
		w.Do("Ana", "/settings leave 6 nov to 10 nov")
		leave := w.Known("Ana").Leave
		if len(leave) != 2 || leave[0].From != date("2026-11-06") || leave[1].From != date("2026-12-20") {
			t.Errorf("leave is %v", leave)
		}
		w.Clock.MoveTo(w.Now().AddDate(0, 0, 10)) // the first is over
		w.Do("Ana", "/settings leave 1 feb to 2 feb")
		if leave := w.Known("Ana").Leave; len(leave) != 2 || leave[0].From != date("2026-12-20") {
			t.Errorf("leave that is over is kept: %v", leave)
		}
		w.Do("Ana", "/settings leave")
		w.Submit("Ana", map[string]string{"dates": "back"})
		bottest.Says(t, w.Answer("Ana"), "Welcome back")
	})
}

func TestQuietHoursAreReadAsPeopleWriteThem(t *testing.T) {
	at := func(h, m int) schedules.TimeOfDay { return schedules.TimeOfDay{Hour: h, Minute: m} }
	for _, c := range []struct {
		typed string
		want  schedules.Quiet
	}{
		{"9pm to 7am", schedules.Quiet{From: at(21, 0), To: at(7, 0)}},
		{"from 21:30 until 07:00", schedules.Quiet{From: at(21, 30), To: at(7, 0)}},
		{"9pm-7am", schedules.Quiet{From: at(21, 0), To: at(7, 0)}},
		{"none", schedules.Quiet{}},
	} {
		t.Run(c.typed, func(t *testing.T) {
			bottest.Run(t, func(w *bottest.World) {
				w.Do("Ana", "/settings quiet "+c.typed)
				if q := w.Known("Ana").Quiet; q != c.want {
					t.Errorf("quiet hours are %v, want %v; answered %s", q, c.want, w.Answer("Ana"))
				}
			})
		})
	}
	for _, typed := range []string{"9pm", "sometimes to never", "9pm to 9pm"} {
		t.Run(typed, func(t *testing.T) {
			bottest.Run(t, func(w *bottest.World) {
				w.Do("Ana", "/settings quiet "+typed)
				if q := w.Known("Ana").Quiet; q != people.DefaultQuiet {
					t.Errorf("quiet hours became %v", q)
				}
				bottest.Says(t, w.Answer("Ana"), "Try ")
			})
		})
	}
}

func TestAZoneThatWasChosenStays(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Do("Ana", "/settings zone sydney")
		bottest.Says(t, w.Answer("Ana"), "Sydney, where it is 7:00 am now")
		w.Person("Ana", "Europe/London") // the platform says otherwise
		if z := w.Known("Ana").Zone.String(); z != "Australia/Sydney" {
			t.Errorf("the zone is %s", z)
		}
	})
}

func TestQuotingAndReadingAlongAreSetForOneCohort(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		one := w.Cohort("Explorers", "Wiremu", "Ana")
		two := w.Cohort("Harbour", "Wiremu", "Ana")
		member := func(c cohorts.Cohort) (m cohorts.Member) {
			w.View(func(tx store.Tx) (err error) {
				m, _, err = cohorts.MemberOf(tx, c.ID, w.Known("Ana").ID)
				return err
			})
			return m
		}
		w.Do("Ana", "/settings quote")
		bottest.Says(t, w.Answer("Ana"), "In Explorers, nothing you write is quoted")
		w.Press("Ana", "You may quote me")
		w.DoIn("Ana", two.Place, "/settings reading yes")
		if m := member(one); !m.Quote || m.ReadingAlong {
			t.Errorf("in the first cohort: %+v", m)
		}
		if m := member(two); m.Quote || !m.ReadingAlong {
			t.Errorf("in the second cohort: %+v", m)
		}
		w.Do("Ana", "/settings show")
		bottest.Says(t, w.Answer("Ana"), "In Explorers, you take part, and you may be quoted", "In Harbour, you read along, and you are not quoted", "Auckland")

		// In private it is not clear which cohort is meant.
		w.DoIn("Ana", chat.Direct(w.Person("Ana", "Pacific/Auckland").User), "/settings quote no")
		w.Submit("Ana", map[string]string{"cohort": string(one.ID)})
		if member(one).Quote {
			t.Errorf("still quoted; answered %s", w.Answer("Ana"))
		}
		w.Do("Cara", "/settings reading yes")
		if !strings.Contains(w.Answer("Cara"), "Only members") {
			t.Errorf("a stranger was answered %s", w.Answer("Cara"))
		}
	})
}
