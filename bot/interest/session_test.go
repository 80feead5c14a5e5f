package interest_test

import (
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/interest"
	"cohortbot/bot/store"
)

func TestASessionForQuestionsIsPlannedBeforeThereIsAnyGroup(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Pages = "https://bot.example"
		w.Restart()
		w.Admin("Hine")
		w.Do("Ana", "/interest session programme:community-builder title:Q&A when:\"thu 9am\"")
		bottest.Says(t, w.Answer("Ana"), "Only facilitators")
		w.Do("Hine", "/interest list programme:community-builder")
		w.Press("Hine", "Plan a session for questions")
		w.Submit("Hine", map[string]string{"when": "thu 9am", "where": "The hall"})
		bottest.Says(t, w.Answer("Hine"), "Nobody who registered interest is here yet")
		if said := w.Answer("Hine"); strings.Contains(said, "The group is not told") {
			t.Errorf("there is no group: %s", said)
		}
		register(w, "Ana", builder)
		w.Press("Hine", "Schedule it")
		bottest.Says(t, w.Answer("Hine"), "Scheduled")
		outside(w, "Mere", builder)
		bottest.Says(t, w.Answer("Mere"), "Thursday 5 November, 9:00–10:00 am (Auckland)", "The hall")
		w.Press("Mere", "I'm coming")
		w.Advance(time.Minute)
		bottest.Says(t, w.Last("Ana"), "You registered interest in **Community builder**", "Hine invites you")
		w.Press("Ana", "I'll come")
		w.Do("Hine", "/interest list programme:community-builder")
		bottest.Says(t, w.Answer("Hine"), "2 coming, 0 not coming, 0 not answered")
		w.Press("Hine", "The session")
		bottest.Says(t, w.Answer("Hine"), "Sessions in Interested in Community builder", "3 coming", "Coming: Hine, Ana, Mere")

		// It is a group for nobody: nobody is in it, and no list has it.
		w.Do("Hine", "/cohort list")
		bottest.Says(t, w.Answer("Hine"), "You are in no cohort yet")
		w.Do("Ana", "/interest mine")
		if said := w.Answer("Ana"); strings.Contains(said, "Interested in") {
			t.Errorf("offered as a group: %s", said)
		}
		n := 0
		w.View(func(tx store.Tx) error {
			for row, err := range cohorts.Table.All(tx) {
				if err != nil {
					return err
				}
				if n++; !row.Value.Waiting {
					t.Errorf("a group was made: %+v", row.Value)
				}
			}
			return nil
		})
		if n != 1 {
			t.Errorf("%d stand for those who wait, want 1", n)
		}
		// A second session hangs on the same, and a facilitator of any group may move it.
		c := w.Cohort("Others", "Wiremu")
		w.Do("Wiremu", `/interest session programme:community-builder title:"More Q&A" when:"fri 9am"`)
		w.Press("Wiremu", "Schedule it")
		w.Do("Wiremu", "/interest list programme:community-builder")
		w.Press("Wiremu", "The session")
		bottest.Says(t, w.Answer("Wiremu"), "More Q\\&A")
		w.Press("Wiremu", "Move it")
		w.Submit("Wiremu", map[string]string{"when": "thu 11am"})
		w.Press("Wiremu", "Move it")
		bottest.Says(t, w.Answer("Wiremu"), "Moved")
		before := len(w.Inbox("Ana"))
		w.Advance(4 * 24 * time.Hour)
		if n := len(w.Inbox("Ana")) - before; n < 2 {
			t.Errorf("Ana got %d messages of the move and the reminders", n)
		}
		if n := len(w.Posts(c.Place)); n != 0 {
			t.Errorf("another group was told %d times", n)
		}
		// Once there is a group of the programme, its facilitators plan with it.
		x := w.Cohort("Explorers", "Wiremu")
		x.From.Programme = builder
		w.Update(func(tx store.Tx) error { return cohorts.Table.Put(tx, x.ID, x) })
		w.Do("Wiremu", `/interest session programme:community-builder title:"Third" when:"fri 9am"`)
		bottest.Says(t, w.Answer("Wiremu"), "The group is not told")
	})
}

func TestThoseOutsideHearOfAMovedAndACancelledSession(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Pages = "https://bot.example"
		w.Restart()
		w.Admin("Hine")
		w.Do("Hine", `/interest session programme:community-builder title:"Come and ask" when:"thu 9am"`)
		w.Press("Hine", "Schedule it")
		outside(w, "Mere", builder)
		change := func(button string, answers map[string]string, sure string) {
			w.Do("Hine", "/interest list programme:community-builder")
			w.Press("Hine", "The session")
			w.Press("Hine", button)
			if answers != nil {
				w.Submit("Hine", answers)
			}
			w.Press("Hine", sure)
			bottest.Says(t, w.Answer("Hine"), "1 person outside can't be told by me")
			w.Press("Hine", "A message for each")
		}
		change("Move it", map[string]string{"when": "thu 11am"}, "Move it")
		bottest.Says(t, w.Answer("Hine"), "Hello Mere,", "has another time than before: Come and ask, Thursday 5 November, 11:00 am")
		change("Cancel it", nil, "Cancel the session")
		bottest.Says(t, w.Answer("Hine"), "Hello Mere,", "The session for questions on Thursday 5 November, 11:00 am", "is cancelled. No session for questions is planned in its place yet")
		w.Advance(7 * 24 * time.Hour)
		w.Do("Hine", "/interest message programme:community-builder")
		if said := w.Answer("Hine"); strings.Contains(said, "cancelled") {
			t.Errorf("a week later: %s", said)
		}
	})
}

func TestWhoeverHasNoZoneIsAskedForItBeforeAnyGroup(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		p := w.Person("Hine", "")
		w.Admin("Hine")
		w.Ask("Hine", chat.Request{At: chat.Direct(p.User), Text: `interest session programme:community-builder title:Q&A when:"thu 9am"`})
		bottest.Says(t, w.Answer("Hine"), "I don't know your time zone yet", "/settings zone")
	})
}

func TestAProgrammeThatIsNoLongerOfferedKeepsItsListAndItsPages(t *testing.T) {
	world(t, func(w *bottest.World, c cohorts.Cohort) {
		secret := outside(w, "Mere", builder)
		i := kept(w, builder)[0]
		i.Programme = "gone"
		w.Update(func(tx store.Tx) error { return interest.Table.Put(tx, i.ID, i) })
		if _, err := w.Follow("Mere", secret); err != nil {
			t.Fatal(err)
		}
		bottest.Says(t, w.Answer("Mere"), "no longer offered here")
		w.Do("Wiremu", "/interest list programme:gone")
		bottest.Says(t, w.Answer("Wiremu"), "1 person", "**Mere**")
		w.Press("Wiremu", "Plan a session for questions")
		w.Submit("Wiremu", map[string]string{"when": "thu 9am"})
		bottest.Says(t, w.Answer("Wiremu"), "no longer offered here")
		w.Press("Mere", "Take me off the list")
		bottest.Says(t, w.Answer("Mere"), "You're off the list")
	})
}
