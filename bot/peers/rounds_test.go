package peers_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/peers"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

const aDay = 24 * time.Hour

// round has a facilitator put everybody together.
func round(w *bottest.World) {
	w.T.Helper()
	w.Do("Wiremu", "/peer round")
	w.Press("Wiremu", "Start the round")
}

// last gives the youngest message that somebody got.
func last(w *bottest.World, name string) bottest.Post {
	w.T.Helper()
	posts := w.Inbox(name)
	if len(posts) == 0 {
		w.T.Fatalf("%s got nothing", name)
	}
	return posts[len(posts)-1]
}

func labels(p bottest.Post) (all []string) {
	for _, b := range p.Message.Buttons {
		all = append(all, b.Label)
	}
	return all
}

// none fails the test if somebody got anything.
func none(w *bottest.World, names ...string) {
	w.T.Helper()
	for _, name := range names {
		if posts := w.Inbox(name); len(posts) > 0 {
			w.T.Errorf("%s got %q", name, posts[len(posts)-1].Message.Text)
		}
	}
}

// onLeave sends somebody on leave for the next days.
func onLeave(w *bottest.World, name, until string) {
	w.T.Helper()
	w.Do(name, "/settings leave until "+until)
	bottest.Says(w.T, w.Answer(name), "you are away")
}

func TestEverybodyIsToldWhomTheyMeetAndThreeThatTheyAreThree(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Chen", "Dalia", "Eru")
		w.Do("Wiremu", "/peer round")
		bottest.Says(t, w.Answer("Wiremu"), "5 people will each be told")
		none(w, "Ana", "Ben")
		w.Press("Wiremu", "Start the round")
		three := 0
		for _, name := range []string{"Ana", "Ben", "Chen", "Dalia", "Eru"} {
			posts := w.Inbox(name)
			if len(posts) != 1 {
				t.Fatalf("%s got %d messages", name, len(posts))
			}
			text := posts[0].Message.Text
			bottest.Says(t, text, "**You meet [", "Write to [", "One way to begin: *")
			if strings.Contains(text, "The number is odd") {
				three++
			}
		}
		if three != 3 {
			t.Errorf("%d were told that they are three", three)
		}
		none(w, "Wiremu")
	})
}

// Four people have three ways to be two and two. Whichever pair did not meet is put
// together again before anybody meets somebody twice.
func TestWhoDidNotMeetIsPutTogetherAgainBeforeOthersMeetTwice(t *testing.T) {
	for missing := range 3 {
		bottest.Run(t, func(w *bottest.World) {
			c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Chen", "Dalia")
			with := func() string { // whom Ana meets
				t.Helper()
				for _, name := range []string{"Ben", "Chen", "Dalia"} {
					var there bool
					w.View(func(tx store.Tx) error {
						g, ok, err := peers.Current(tx, c.ID, w.Known("Ana").ID, w.Now())
						there = ok && slices.Contains(g.People, w.Known(name).ID)
						return err
					})
					if there {
						return name
					}
				}
				t.Fatal("Ana is to meet nobody")
				return ""
			}
			missed, seen := "", map[string]bool{}
			for n := range 3 {
				round(w)
				other := with()
				if seen[other] {
					t.Fatalf("in round %d Ana is to meet %s again", n+1, other)
				}
				seen[other] = true
				if n == missing {
					missed = other
					w.PressOn(other, last(w, other), "Not this time")
				}
				w.Advance(7 * aDay)
			}
			round(w)
			if got := with(); got != missed {
				t.Errorf("having missed %s in round %d, Ana is to meet %s a second time first", missed, missing+1, got)
			}
		})
	}
}

func TestARoundLeavesOutWhoIsAwayReadsAlongOrWouldRatherNot(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Chen", "Dalia", "Eru")
		onLeave(w, "Chen", "friday")
		w.Update(func(tx store.Tx) error {
			m, err := cohorts.Members.Get(tx, cohorts.MemberID(c.ID, w.Known("Dalia").ID))
			if err != nil {
				return err
			}
			m.ReadingAlong = true
			return cohorts.Members.Put(tx, cohorts.MemberID(c.ID, m.Person), m)
		})
		w.Do("Eru", "/peer apart")
		bottest.Says(t, w.Answer("Eru"), "left out of the rounds")
		round(w)
		bottest.Says(t, last(w, "Ana").Message.Text, "You meet [Ben]")
		none(w, "Chen", "Dalia", "Eru")
		w.Do("Wiremu", "/cohort panel")
		bottest.Says(t, w.Answer("Wiremu"), "of 1 group put together on Monday 2 November, 0 have met", "Chen, Dalia, Eru")
		w.Press("Eru", "Take part again")
		round(w)
		if len(w.Inbox("Eru")) != 1 {
			t.Error("Eru takes part again and was not told")
		}
	})
}

func TestNobodyIsToldInTheirQuietHours(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Person("Ben", "Europe/Berlin") // 9 pm there
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		round(w)
		bottest.Says(t, last(w, "Ana").Message.Text, "You meet [Ben]", "You live far apart")
		none(w, "Ben")
		w.Advance(12 * time.Hour)
		if got := last(w, "Ben").Sent.In(w.Known("Ben").Zone.Location()).Format("15:04"); got != "08:00" {
			t.Errorf("told at %s", got)
		}
	})
}

func TestARoundComesWithAWeekOfTheProgrammeAndIsNotDoubled(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Chen", "Dalia")
		w.Update(func(tx store.Tx) error {
			return cohorts.Plans.Put(tx, c.ID, cohorts.Plan{Weeks: []cohorts.Week{
				{ID: "w1", Title: "Listening", Prompt: "Whom did you hear?", With: []programmes.Activity{programmes.DoPairs}},
			}})
		})
		w.Do("Wiremu", "/peer rhythm every two weeks")
		bottest.Says(t, w.Answer("Wiremu"), "every 2 weeks, next on Monday 9 November")
		w.Do("Wiremu", "/plan post")
		w.Press("Wiremu", "Post it now")
		w.Advance(time.Minute)
		if got := labels(w.Posts(c.Place)[0]); !slices.Contains(got, "Who I meet") {
			t.Errorf("under the question: %q", got)
		}
		w.Press("Ana", "Who I meet")
		bottest.Says(t, w.Answer("Ana"), "You meet [")
		first := last(w, "Ana").Message.Text
		w.Advance(6 * aDay) // the rhythm's own round comes on the 9th, a week after
		if n := len(w.Inbox("Ana")); n != 2 {
			t.Errorf("Ana got %d messages, not whom she meets and whether she did", n)
		}
		w.Do("Wiremu", "/peer round") // a week from now there is one anyway
		w.Press("Wiremu", "Start the round")
		w.Advance(2 * aDay)
		second := last(w, "Ana").Message.Text
		if second == first || !strings.Contains(second, "You meet [") {
			t.Errorf("the second round: %q", second)
		}
		if n := len(w.Inbox("Ana")); n != 2 { // the question about the first round was taken back
			t.Errorf("Ana sees %d messages: the rhythm doubled a round", n)
		}
	})
}

func TestFacilitatorsAloneStartRoundsAndSetTheRhythm(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Do("Ana", "/peer round")
		bottest.Says(t, w.Answer("Ana"), "Only facilitators")
		w.Do("Ana", "/peer rhythm off")
		bottest.Says(t, w.Answer("Ana"), "Only facilitators")
		w.Do("Wiremu", `/peer rhythm every:"now and then"`)
		bottest.Says(t, w.Answer("Wiremu"), "Every two weeks")
		w.Do("Wiremu", `/peer rhythm every:"every week" first:"yesterday"`)
		bottest.Says(t, w.Answer("Wiremu"), "not ahead")
		w.Do("Wiremu", `/peer rhythm every:"every week" first:"wed 4 nov"`)
		bottest.Says(t, w.Answer("Wiremu"), "every week, next on Wednesday 4 November")
		w.Advance(2 * aDay)
		bottest.Says(t, last(w, "Ana").Message.Text, "You meet [Ben]")
		w.Do("Wiremu", "/peer rhythm off")
		w.Advance(14 * aDay)
		if n := len(w.Inbox("Ana")); n != 2 { // whom they meet, and whether they did
			t.Errorf("Ana got %d messages", n)
		}
	})
}

// settings changes what is kept of the cohort.
func settings(w *bottest.World, id cohorts.ID, change func(*cohorts.Cohort)) {
	w.T.Helper()
	w.Update(func(tx store.Tx) error {
		c, err := cohorts.Get(tx, id)
		if err != nil {
			return err
		}
		change(&c)
		return cohorts.Table.Put(tx, id, c)
	})
}

func TestARoundMakesWayForHolidaysAndBreaksAndIsNotMadeUpForLate(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		day := func(d int) schedules.Date { return schedules.Date{Year: 2026, Month: time.November, Day: d} }
		settings(w, c.ID, func(c *cohorts.Cohort) {
			c.Holidays = schedules.Calendar{{From: day(9), To: day(9), Name: "A holiday"}}
			c.Breaks = schedules.Calendar{{From: day(15), To: day(20), Name: "A break"}}
		})
		w.Do("Wiremu", "/peer rhythm every week")
		w.Advance(7 * aDay)
		none(w, "Ana")
		w.Advance(aDay)
		bottest.Says(t, last(w, "Ana").Message.Text, "You meet [Ben]")
		w.Press("Ana", "We met")
		w.Advance(10 * aDay) // the 16th lies in the break
		if n := len(w.Inbox("Ana")); n != 1 {
			t.Errorf("Ana got %q in a break", last(w, "Ana").Message.Text)
		}
		w.Skip(8 * aDay) // nothing ran from the 20th to the 28th: the 23rd is past
		if n := len(w.Inbox("Ana")); n != 1 {
			t.Errorf("a round was made up for five days late: %q", last(w, "Ana").Message.Text)
		}
		w.Advance(3 * aDay)
		if n := len(w.Inbox("Ana")); n != 2 {
			t.Errorf("Ana has %d messages after the round of the 30th", n)
		}
	})
}

func TestNothingIsSaidWhileAGroupRests(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Do("Wiremu", "/peer rhythm every week")
		for state, words := range map[cohorts.State]string{cohorts.Paused: "is paused", cohorts.Ended: "has ended"} {
			settings(w, c.ID, func(c *cohorts.Cohort) { c.State = state })
			w.Do("Wiremu", "/peer round")
			bottest.Says(t, w.Answer("Wiremu"), words)
			w.Do("Ana", "/peer meet")
			bottest.Says(t, w.Answer("Ana"), words)
		}
		w.Advance(15 * aDay)
		none(w, "Ana", "Ben")
	})
}

// Ana never wants to meet Ben. Nobody can tell: who is left without a partner
// reads the same as somebody who was the only one there.
func TestAnAvoidedPairIsNeverMadeAndNothingTellsWhy(t *testing.T) {
	var alone []string
	for _, avoiding := range []bool{true, false} {
		bottest.Run(t, func(w *bottest.World) {
			w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Chen")
			if avoiding {
				w.Do("Ana", "/peer avoid @ben")
				bottest.Says(t, w.Answer("Ana"), "never put together")
			}
			w.Do("Wiremu", "/peer rhythm every week")
			onLeave(w, "Chen", "sunday 22 nov")
			if !avoiding {
				onLeave(w, "Ana", "sunday 22 nov")
			}
			w.Advance(8 * aDay)
			bottest.Says(t, last(w, "Ben").Message.Text, "I have nobody for you")
			alone = append(alone, last(w, "Ben").Message.Text+last(w, "Ben").Message.Note)
			w.Press("Ben", "Meet somebody")
			alone = append(alone, w.Answer("Ben"))
			w.Do("Wiremu", "/cohort panel")
			for _, name := range []string{"Ben", "Wiremu"} {
				if strings.Contains(strings.ToLower(w.Answer(name)), "avoid") {
					t.Errorf("%s reads %q", name, w.Answer(name))
				}
			}
			w.Advance(8 * aDay) // nobody was found
			i := slices.IndexFunc(w.Inbox("Ben"), func(p bottest.Post) bool { return strings.Contains(p.Message.Text, "I found nobody") })
			if i < 0 {
				t.Fatal("Ben was not told that nobody was found")
			}
			alone = append(alone, w.Inbox("Ben")[i].Message.Text)
			if avoiding && strings.Contains(last(w, "Ana").Message.Text, "Ben") {
				t.Errorf("Ana reads %q", last(w, "Ana").Message.Text)
			}
		})
	}
	if !slices.Equal(alone[:3], alone[3:]) {
		t.Errorf("the two read differently:\n%q\n%q", alone[:3], alone[3:])
	}
}

func TestTheListOfAvoidedIsTheirOwnAndCanBeTakenBack(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Do("Ana", "/peer avoid")
		w.Submit("Ana", map[string]string{"who": "ana"})
		bottest.Says(t, w.Answer("Ana"), "That is you")
		w.Submit("Ana", map[string]string{"who": "ben"})
		bottest.Says(t, w.Answer("Ana"), "never put together")
		for _, name := range []string{"Ben", "Wiremu"} {
			w.Do(name, "/peer avoid")
			if got := w.Answer(name); got != "[form] Never together" {
				t.Errorf("%s reads %q", name, got)
			}
		}
		round(w)
		bottest.Says(t, last(w, "Ben").Message.Text, "nobody for you")
		w.Do("Ana", "/peer avoid")
		bottest.Says(t, w.Answer("Ana"), "never put together with: Ben")
		w.Press("Ana", "Take back Ben")
		w.Advance(aDay)
		round(w)
		bottest.Says(t, last(w, "Ben").Message.Text, "You meet [Ana]")
	})
}
