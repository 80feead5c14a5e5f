package experiments_test

import (
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/experiments"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

const day = 24 * time.Hour

// textOf reads posts as a person does.
func textOf(posts []bottest.Post) string {
	var all []string
	for _, p := range posts {
		words := p.Message.Text + "\n" + p.Message.Note
		for _, b := range p.Message.Buttons {
			words += " [" + b.Label + "]"
		}
		all = append(all, words)
	}
	return strings.Join(all, "\n---\n")
}

func mustNot(t testing.TB, text string, unwanted ...string) {
	t.Helper()
	for _, u := range unwanted {
		if strings.Contains(text, u) {
			t.Errorf("expected no %q in:\n%s", u, text)
		}
	}
}

// begin has somebody begin an experiment; the hunch names them.
func begin(w *bottest.World, who string) {
	w.T.Helper()
	w.Do(who, "/experiment start")
	w.Submit(who, map[string]string{
		"hunch": "If " + who + " asks first, people talk longer", "with": "the secret cooks",
		"try": "ask before I tell", "know": "somebody stays on",
	})
	bottest.Says(w.T, w.Answer(who), "Kept.", "at 4:00 pm")
}

// of gives somebody's experiments.
func of(w *bottest.World, c cohorts.ID, who string) (own []experiments.Experiment) {
	w.T.Helper()
	w.View(func(tx store.Tx) (err error) {
		own, err = experiments.Of(tx, c, w.Known(who).ID)
		return err
	})
	return own
}

// sure gives the label of the button that confirms what somebody was last shown.
func sure(w *bottest.World, who string) string {
	w.T.Helper()
	if strings.Contains(w.Answer(who), "Pause the plan?") {
		return "Pause it"
	}
	return "Resume it"
}

func doneBy(w *bottest.World, c cohorts.ID, who string) (done, told int) {
	w.T.Helper()
	w.View(func(tx store.Tx) (err error) {
		if done, err = experiments.DoneBy(tx, c, w.Known(who).ID); err != nil {
			return err
		}
		told, err = experiments.ToldBy(tx, c, w.Known(who).ID)
		return err
	})
	return done, told
}

func TestFiveDaysAMinuteEach(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		begin(w, "Ana")
		bottest.Says(t, w.Answer("Ana"), "Mon 2, Tue 3, Wed 4, Thu 5 and Fri 6 Nov")
		if n := len(w.Inbox("Ana")); n != 0 {
			t.Fatalf("%d messages before the first day's hour", n)
		}
		w.Advance(8 * time.Hour) // 5 pm
		bottest.Says(t, textOf(w.Inbox("Ana")), "Day 1 of 5.", "Did anything happen?", "[Yes, a few words] [Nothing today] [Stop here]", "Only you read")
		w.Press("Ana", "Yes, a few words")
		w.Submit("Ana", map[string]string{"text": "they *laughed*"})
		bottest.Says(t, w.Answer("Ana"), "Kept with day 1", "tomorrow, 4:00 pm")
		w.Advance(day)
		w.Press("Ana", "Nothing today")
		bottest.Says(t, w.Answer("Ana"), "Noted for day 2: nothing")
		w.Advance(day)
		w.SaidDirect("Ana", "somebody stayed for an hour")
		bottest.Says(t, textOf(w.Inbox("Ana")), "Kept with day 3")
		w.Advance(2 * day) // day 4 stays open
		inbox := w.Inbox("Ana")
		last := inbox[len(inbox)-1]
		bottest.Says(t, textOf([]bottest.Post{last}), "Day 5 of 5.", "Day 4 is open too")
		w.PressOn("Ana", last, "Nothing today")
		bottest.Says(t, w.Answer("Ana"), "your experiment is over")
		before := len(w.Inbox("Ana"))
		w.Advance(10 * day)
		if n := len(w.Inbox("Ana")); n != before {
			t.Errorf("more came after the last answer:\n%s", textOf(w.Inbox("Ana")[before:]))
		}
		w.Do("Ana", "/experiment show")
		bottest.Says(t, w.Answer("Ana"), "its five days are over", `they \*laughed\*`, "somebody stayed", "nothing.", "open; late words count")
		// Late words count.
		w.PressOn("Ana", w.Inbox("Ana")[len(w.Inbox("Ana"))-2], "Yes, a few words")
		w.Submit("Ana", map[string]string{"text": "late but here"})
		bottest.Says(t, w.Answer("Ana"), "Kept with day 4")
		if done, told := doneBy(w, c.ID, "Ana"); done != 1 || told != 0 {
			t.Errorf("done %d, told %d", done, told)
		}
	})
}

func TestNobodyIsChasedAndTheDaysEndByThemselves(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		begin(w, "Ana")
		w.Advance(20 * day)
		text := textOf(w.Inbox("Ana"))
		if n := len(w.Inbox("Ana")); n != 6 {
			t.Fatalf("%d messages, want five check-ins and the end:\n%s", n, text)
		}
		bottest.Says(t, text, "The days of your experiment are over.")
		if done, _ := doneBy(w, c.ID, "Ana"); done != 0 {
			t.Error("counted without a word about it")
		}
		place := w.Inbox("Ana")[5].At.Place // under the very message
		place.Thread = w.Inbox("Ana")[5].At.ID
		w.Hear("Ana", chat.Said{Address: chat.Address{Place: place, ID: "late"}, Text: "that I forgot it all"})
		if done, _ := doneBy(w, c.ID, "Ana"); done != 1 {
			t.Error("not counted though something was said about it")
		}
		w.Do("Ana", "/experiment show")
		bottest.Says(t, w.Answer("Ana"), "What surprised you:\n\n> that I forgot it all")
	})
}

func TestStoppingEarlyCounts(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		begin(w, "Ana")
		w.Advance(32 * time.Hour)
		w.Press("Ana", "Stop here")
		w.Submit("Ana", map[string]string{"surprise": "nobody minded"})
		bottest.Says(t, w.Answer("Ana"), "You stopped after two days. It counts like any other experiment")
		if done, _ := doneBy(w, c.ID, "Ana"); done != 1 {
			t.Error("a stopped experiment does not count")
		}
		n := len(w.Inbox("Ana"))
		w.Advance(10 * day)
		if len(w.Inbox("Ana")) != n {
			t.Error("check-ins go on after the stop")
		}
		mustNot(t, textOf(w.Inbox("Ana")), "[Stop here]")

		// Taken up again for two days, then begun anew from it.
		w.Press("Ana", "Add two days")
		bottest.Says(t, w.Answer("Ana"), "Your check-ins come on")
		w.Advance(4 * day)
		if got := of(w, c.ID, "Ana")[0]; got.Asked != 4 || got.Days != 4 {
			t.Errorf("asked %d of %d", got.Asked, got.Days)
		}
		w.Do("Ana", "/experiment stop")
		w.Submit("Ana", nil)
		w.Press("Ana", "Begin again")
		w.Submit("Ana", map[string]string{"hunch": "If I wait, they begin"})
		own := of(w, c.ID, "Ana")
		if len(own) != 2 || own[1].From != own[0].ID || own[1].Try != "ask before I tell" {
			t.Fatalf("begun again: %+v", own)
		}
		w.Do("Ana", "/experiment start")
		bottest.Says(t, w.Answer("Ana"), "You are in the middle of one")
		w.Do("Ana", "/experiment show")
		bottest.Says(t, w.Answer("Ana"), "Begun again from the one of 2 November (stopped after four days)")
	})
}

func TestWhatWasStoppedBeforeItsFirstDayIsNoExperimentDone(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		begin(w, "Ana")
		w.Do("Ana", "/experiment stop")
		w.Submit("Ana", nil)
		mustNot(t, w.Answer("Ana"), "counts")
		if done, _ := doneBy(w, c.ID, "Ana"); done != 0 {
			t.Error("counted")
		}
	})
}

func TestTheDaysMoveOnForLeaveAndHolidaysAndOneIsToldOnce(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		begin(w, "Ana")
		w.Advance(8 * time.Hour)
		w.Do("Ana", "/settings leave tomorrow to thursday")
		w.Update(func(tx store.Tx) error {
			c, err := cohorts.Get(tx, c.ID)
			if err != nil {
				return err
			}
			friday := schedules.Date{Year: 2026, Month: time.November, Day: 6}
			c.Holidays = schedules.Calendar{{From: friday, To: friday, Name: "Show day"}}
			return cohorts.Table.Put(tx, c.ID, c)
		})
		w.Advance(6 * day) // Sunday evening
		if n := len(w.Inbox("Ana")); n != 1 {
			t.Fatalf("%d messages on leave:\n%s", n, textOf(w.Inbox("Ana")))
		}
		w.Advance(2 * day)
		inbox := w.Inbox("Ana")
		bottest.Says(t, textOf(inbox[1:2]), "Day 2 of 5.", "You were away, so your days have moved on. The last one comes on Thu 12 Nov.")
		if n := strings.Count(textOf(inbox), "moved on"); n != 1 {
			t.Errorf("told %d times:\n%s", n, textOf(inbox))
		}
		w.Do("Ana", "/home")
		bottest.Says(t, w.Answer("Ana"), "Your experiment: day 3 of 5.")
	})
}

func TestComingBackEarlyBringsTheDaysBack(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		begin(w, "Ana")
		w.Do("Ana", "/settings leave today to 30 nov")
		w.Advance(2 * day)
		w.Do("Ana", "/settings leave back")
		w.Advance(day)
		if got := of(w, c.ID, "Ana")[0]; got.Asked != 1 {
			t.Errorf("%d check-ins a day after coming back", got.Asked)
		}
	})
}

func TestAPausedGroupAndALeavingMemberGetNoCheckIns(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		begin(w, "Ana")
		begin(w, "Ben")
		w.Do("Wiremu", "/plan pause")
		w.Press("Wiremu", sure(w, "Wiremu"))
		w.Advance(3 * day)
		if n := len(w.Inbox("Ana")) + len(w.Inbox("Ben")); n != 0 {
			t.Fatalf("%d messages while the group is paused", n)
		}
		w.Do("Ben", "/cohort quit")
		w.Press("Ben", "Leave it")
		w.Do("Wiremu", "/plan resume tomorrow")
		w.Press("Wiremu", sure(w, "Wiremu"))
		w.Advance(2 * day)
		bottest.Says(t, textOf(w.Inbox("Ana")), "Day 1 of 5.")
		if n := len(w.Inbox("Ben")); n != 0 {
			t.Errorf("who left got:\n%s", textOf(w.Inbox("Ben")))
		}
		w.Do("Ben", "/experiment show") // what they made stays theirs
		bottest.Says(t, w.Answer("Ben"), "If Ben asks first")
	})
}

func TestWhoComesBackInTheMiddleOfAnExperimentGetsTheNextCheckIns(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		begin(w, "Ana")
		w.Advance(day + 8*time.Hour) // one check-in
		w.Do("Ana", "/cohort quit")
		w.Press("Ana", "Leave it")
		w.Advance(4 * day)
		before := len(w.Inbox("Ana"))
		w.Ask("Ana", chat.Request{At: w.At, Path: "cohort join", Record: string(c.ID)})
		w.Submit("Ana", nil)
		bottest.Says(t, w.Answer("Ana"), "Your experiment goes on where it stood. Your check-ins come on")
		w.Ask("Ana", chat.Request{At: w.At, Path: "cohort join", Record: string(c.ID)}) // once more
		mustNot(t, w.Answer("Ana"), "goes on where it stood")
		w.Advance(4 * day)
		if n := len(w.Inbox("Ana")) - before; n == 0 {
			t.Error("no check-in comes any more")
		}
		w.Advance(14 * day)
		bottest.Says(t, textOf(w.Inbox("Ana")), "Day 5 of 5.")
		mustNot(t, w.Answer("Ana"), "no more check-ins come")
	})
}

func TestOthersKeepTheirHandsOff(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		begin(w, "Ana")
		id := string(of(w, c.ID, "Ana")[0].ID)
		for _, path := range []string{
			"experiment checkin", "experiment stop", "experiment story", "experiment show", "experiment when", "experiment extend",
			"experiment companion", "experiment start", "experiment change", "experiment surprise", "experiment delete", "experiment share", "experiment untell",
		} {
			for _, who := range []string{"Ben", "Wiremu"} {
				out := w.Ask(who, chat.Request{At: w.At, Path: path, Record: id, Choice: "cohort"})
				if out.Reply == nil || !strings.Contains(out.Reply.Text, "Only the person") && !strings.Contains(out.Reply.Text, "somebody else's") {
					t.Errorf("%s by %s: %s", path, who, w.Answer(who))
				}
				mustNot(t, w.Answer(who), "asks first")
			}
		}
	})
}

func TestWrongInputIsGivenBack(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Ana", "/experiment stop")
		bottest.Says(t, w.Answer("Ana"), "You have no experiment here yet")
		w.Do("Ana", "/experiment start")
		w.Submit("Ana", map[string]string{"hunch": "If", "hour": "sometime"})
		bottest.Says(t, w.Answer("Ana"), "I couldn't read “sometime” as a time of day")
		w.Submit("Ana", map[string]string{"hunch": "If", "hour": "8:30pm"})
		bottest.Says(t, w.Answer("Ana"), "at 8:30 pm", "in your quiet hours; you chose it")
		w.Do("Ana", "/experiment extend 99")
		bottest.Says(t, w.Answer("Ana"), "at most 30 days")
		w.Do("Ana", "/experiment when 9am")
		bottest.Says(t, w.Answer("Ana"), "Tue 3, Wed 4", "at 9:00 am")
	})
}

func TestAWeekOffersTheExperimentAndItsStory(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		w.At = chat.Channel(bottest.Workspace, "elsewhere")
		week := cohorts.Dated{Week: cohorts.Week{ID: "0192f3c4-0000-7000-8000-000000000001", With: []programmes.Activity{programmes.DoExperiment, programmes.DoStory}}}
		press := func(label string) {
			t.Helper()
			for _, b := range week.Buttons(c.ID) {
				if b.Label == label {
					w.Ask("Ana", chat.Request{At: w.At, Path: b.Command, Record: b.Record})
					return
				}
			}
			t.Fatalf("the week offers no %q", label)
		}
		press("Tell the story")
		bottest.Says(t, w.Answer("Ana"), "You have no experiment here yet")
		press("Begin an experiment")
		w.Submit("Ana", map[string]string{"hunch": "If I wait"})
		bottest.Says(t, w.Answer("Ana"), "Kept.")
		press("Tell the story")
		w.Submit("Ana", map[string]string{"text": "I waited.", "sees": "cohort"})
		bottest.Says(t, textOf(w.Posts(c.Place)), "> I waited.")
	})
}

func TestAnyWeekByChoice(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Ana", "/settings workdays sunday, monday, tuesday, wednesday, thursday")
		bottest.Says(t, w.Answer("Ana"), "Your working days are Monday, Tuesday, Wednesday, Thursday and Sunday.")
		begin(w, "Ana")
		bottest.Says(t, w.Answer("Ana"), "Mon 2, Tue 3, Wed 4, Thu 5 and Sun 8 Nov")
		w.Advance(14 * day)
		if got := of(w, c.ID, "Ana")[0]; got.Last.Weekday() != time.Sunday {
			t.Errorf("the last check-in was on %s", got.Last.Long())
		}
	})
}

func TestAfterAStandstillACheckInComesLateOnlyWhileItIsOfUse(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		begin(w, "Ana")
		w.Skip(9 * time.Hour) // 6 pm: two hours late
		bottest.Says(t, textOf(w.Inbox("Ana")), "Day 1 of 5.")
		w.Skip(27 * time.Hour) // 9 pm on Tuesday: five hours late
		w.Restart()
		if n := len(w.Inbox("Ana")); n != 1 {
			t.Fatalf("late at night came:\n%s", textOf(w.Inbox("Ana")[1:]))
		}
		w.Advance(day)
		bottest.Says(t, textOf(w.Inbox("Ana")), "Day 2 of 5.", "Your days have moved on a little. The last one comes on Mon 9 Nov.")
		w.Skip(14 * day) // one check-in then, not ten
		if got := of(w, c.ID, "Ana")[0]; got.Asked > 3 {
			t.Errorf("%d check-ins after a fortnight's standstill", got.Asked)
		}
	})
}

func TestQuietHoursSetLaterAreKept(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		begin(w, "Ana")
		w.Do("Ana", "/settings quiet 3pm to 9am")
		w.Advance(day + 5*time.Hour + 29*time.Minute) // 4 pm today is in them, and half past two has gone by unseen
		if n := len(w.Inbox("Ana")); n != 0 {
			t.Fatalf("too early:\n%s", textOf(w.Inbox("Ana")))
		}
		w.Advance(time.Hour)
		bottest.Says(t, textOf(w.Inbox("Ana")), "Day 1 of 5.")
		w.Do("Ana", "/experiment when 4pm") // chosen now, quiet or not
		w.Advance(day)
		if n := len(w.Inbox("Ana")); n != 1 {
			t.Fatalf("before the hour that was chosen:\n%s", textOf(w.Inbox("Ana")))
		}
		w.Advance(time.Hour)
		bottest.Says(t, textOf(w.Inbox("Ana")), "Day 2 of 5.")
	})
}
