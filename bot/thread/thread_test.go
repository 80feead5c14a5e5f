package thread_test

import (
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

const day = 24 * time.Hour

// group is a cohort of Wiremu, who facilitates, Ana and Ben, with three weeks
// ahead: the first question goes out on Monday a week from the beginning.
func group(w *bottest.World) cohorts.Cohort {
	w.T.Helper()
	c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
	w.Update(func(tx store.Tx) error {
		c, plan, _, err := cohorts.Load(tx, c.ID)
		if err != nil {
			return err
		}
		c.First = schedules.DateOf(w.Now().In(c.Zone.Location())).AddDays(1)
		if err := cohorts.Table.Put(tx, c.ID, c); err != nil {
			return err
		}
		for i, title := range []string{"Together", "The star", "A hunch"} {
			plan.Weeks = append(plan.Weeks, cohorts.Week{ID: cohorts.WeekID([]string{"w1", "w2", "w3"}[i]), Title: title, Prompt: "What did you see?"})
		}
		if err := cohorts.Plans.Put(tx, c.ID, plan); err != nil {
			return err
		}
		return cohorts.Reschedule(tx, c, plan, w.Now())
	})
	return c
}

// menu has somebody use a command of the menu on a message.
func menu(w *bottest.World, as, path string, on chat.Target) chat.Outcome {
	return w.Ask(as, chat.Request{At: on.Address.Place, Path: path, Message: &on})
}

// message is something that somebody wrote in a channel.
func message(w *bottest.World, c cohorts.Cohort, author, id, text string) chat.Target {
	return chat.Target{
		Address: chat.Address{Place: c.Place, ID: id}, Text: text,
		Author: w.Known(author).Account(bottest.Workspace),
	}
}

func texts(posts []bottest.Post) string {
	var all []string
	for _, p := range posts {
		all = append(all, p.Message.Text+"\n"+p.Message.Note)
	}
	return strings.Join(all, "\n---\n")
}

func TestWhatIsParkedIsToldOnceAndComesBackInItsWeek(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w)
		hall := message(w, c, "Ana", "m-hall", "Who pays for the hall?")
		menu(w, "Wiremu", "thread park", hall)
		bottest.Says(t, w.Answer("Wiremu"), "[form] Park it for later")
		w.Submit("Wiremu", map[string]string{"back": "week/w2"})
		bottest.Says(t, w.Answer("Wiremu"), "Parked. It comes back in **Week 2 · The star**, Monday 16 November")

		posts := w.Posts(c.Place)
		if len(posts) != 1 || posts[0].At.Place.Thread != "m-hall" {
			t.Fatalf("told %d times: %s", len(posts), texts(posts))
		}
		bottest.Says(t, texts(posts), "Who pays for the hall?", "Week 2 · The star", "Parked by Wiremu")

		menu(w, "Wiremu", "thread park", hall)
		bottest.Says(t, w.Answer("Wiremu"), "This is parked already")
		w.Do("Ana", "/thread parked")
		bottest.Says(t, w.Answer("Ana"), "Who pays for the hall?", "Week 2 · The star")
		w.Do("Wiremu", "/plan preview week:2")
		bottest.Says(t, w.Answer("Wiremu"), "Parked and promised for this week", "Who pays for the hall?")

		w.Advance(8 * day)
		if got := texts(w.Inbox("Wiremu")); strings.Contains(got, "promised for now") {
			t.Fatalf("reminded too early: %s", got)
		}
		w.Advance(7 * day)
		bottest.Says(t, texts(w.Inbox("Wiremu")), "this was parked, and promised for now: **Who pays for the hall?**")
		w.Do("Wiremu", "/cohort panel")
		bottest.Says(t, w.Answer("Wiremu"), "Parked for later:** 1", "Promised for now: **Who pays for the hall?**")
		inbox := w.Inbox("Wiremu")
		w.PressOn("Wiremu", inbox[len(inbox)-1], "It came back")
		bottest.Says(t, texts(w.Posts(c.Place)), "It came back on")
		w.Do("Ana", "/thread parked")
		bottest.Says(t, w.Answer("Ana"), "Nothing is parked")
	})
}

func TestAPromiseIsReadAsPeopleWriteIt(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		group(w)
		w.Do("Wiremu", `/session schedule title:"Harbour walk" when:"thu 12 nov 10am" length:"1 hour"`)
		w.Press("Wiremu", "Schedule it")
		for typed, want := range map[string]string{
			"week 3":           "in **Week 3 · A hunch**",
			"2":                "in **Week 2",
			"the star":         "in **Week 2",
			"next session":     "in **Harbour walk**",
			"harbour walk":     "in **Harbour walk**",
			"thu 19 nov":       "on Thursday 19 November",
			"5 March 2027":     "on Friday 5 March 2027",
			"next blursday":    "as a day",
			"yesterday":        "is not ahead",
			"week 9":           "There is no week 9",
			"5 November 2028":  "more than a year away",
			"the next session": "in **Harbour walk**",
		} {
			w.Do("Wiremu", `/thread park about:"The hall" back:"`+typed+`"`)
			bottest.Says(t, w.Answer("Wiremu"), want)
		}
	})
}

func TestTheDayOfAParkedThingTookNoSessionAlthoughItsRefusalNamedOne(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		group(w)
		w.Do("Wiremu", `/session schedule title:"Harbour walk" when:"thu 12 nov 10am" length:"1 hour"`)
		w.Press("Wiremu", "Schedule it")
		w.Do("Wiremu", `/thread park about:"The hall"`)
		w.Submit("Wiremu", map[string]string{"day": "next session"})
		bottest.Says(t, w.Answer("Wiremu"), "Parked. It comes back", "Harbour walk")
	})
}

func TestAPromiseForASessionFollowsTheSession(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w)
		w.Do("Wiremu", `/session schedule title:"Harbour walk" when:"thu 12 nov 10am" length:"1 hour"`)
		w.Press("Wiremu", "Schedule it")
		w.Do("Wiremu", `/thread park about:"The hall" back:"next session"`)
		w.Do("Wiremu", `/session list`)
		w.Press("Wiremu", "Move it")
		w.Submit("Wiremu", map[string]string{"when": "thu 19 nov 10am"})
		w.Press("Wiremu", "Move it")
		w.AdvanceTo(time.Date(2026, 11, 18, 12, 0, 0, 0, c.Zone.Location()))
		if got := texts(w.Inbox("Wiremu")); strings.Contains(got, "promised for now") {
			t.Errorf("reminded of the old time: %s", got)
		}
		bottest.Says(t, texts(w.Posts(c.Place)), "19 November")
		w.AdvanceTo(time.Date(2026, 11, 19, 9, 30, 0, 0, c.Zone.Location()))
		bottest.Says(t, texts(w.Inbox("Wiremu")), "promised for now: **The hall**")
	})
}

func TestWhoseWeekWasLeftOutIsRemindedAllTheSame(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		group(w)
		w.Do("Wiremu", `/thread park about:"The hall" back:"week 2"`)
		w.Do("Wiremu", `/plan skip week:2`)
		w.Press("Wiremu", "Leave it out")
		w.Do("Ana", "/thread parked")
		bottest.Says(t, w.Answer("Ana"), "left out since")
		w.Advance(15 * day)
		bottest.Says(t, texts(w.Inbox("Wiremu")), "promised for now: **The hall**")
	})
}

func TestOnlyFacilitatorsParkUnlessItIsACommunity(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w)
		w.Do("Ana", `/thread park about:"The hall" back:"week 2"`)
		bottest.Says(t, w.Answer("Ana"), "Only facilitators")
		w.Update(func(tx store.Tx) error {
			x, err := cohorts.Get(tx, c.ID)
			x.Programme.Community = true
			if err != nil {
				return err
			}
			return cohorts.Table.Put(tx, x.ID, x)
		})
		w.Do("Ana", `/thread park about:"The hall" back:"week 2"`)
		bottest.Says(t, w.Answer("Ana"), "Parked.")
	})
}

func TestAFacilitatorOnLeaveIsRemindedWhenTheyAreBack(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w)
		w.Do("Wiremu", `/thread park about:"The hall" back:"wed 4 nov"`)
		w.Away("Wiremu", 6)
		w.AdvanceTo(time.Date(2026, 11, 8, 23, 0, 0, 0, c.Zone.Location()))
		if got := texts(w.Inbox("Wiremu")); strings.Contains(got, "promised for now") {
			t.Fatalf("disturbed on leave: %s", got)
		}
		w.AdvanceTo(time.Date(2026, 11, 9, 12, 0, 0, 0, c.Zone.Location()))
		bottest.Says(t, texts(w.Inbox("Wiremu")), "promised for now: **The hall**")
	})
}

func TestWordsThatTheirAuthorDeletedAreNotKeptInTheLot(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w)
		w.Advance(8 * day)
		question := w.Posts(c.Place)[0]
		at := w.Said("Ana", question, "A secret about the hall")
		said := chat.Target{Address: at, Text: "A secret about the hall", Author: w.Known("Ana").Account(bottest.Workspace)}
		menu(w, "Wiremu", "thread park", said)
		w.Submit("Wiremu", map[string]string{"back": "week/w2"})
		bottest.Says(t, texts(w.Posts(c.Place)), "Parked for later: **A secret about the hall**")
		w.Hear("Ana", chat.Said{Address: at, Deleted: true})
		if got := texts(w.Posts(c.Place)); strings.Contains(got, "A secret") {
			t.Errorf("still there: %s", got)
		}
		bottest.Says(t, texts(w.Posts(c.Place)), "something that its author has taken back")
	})
}
