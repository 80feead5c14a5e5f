package sessions_test

import (
	"strings"
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

func TestMembersAddToTheAgendaAndTakeOutTheirOwn(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c, post := scheduled(w, "Ana", "Ben")
		w.PressOn("Ana", post, "Add to the agenda")
		w.Submit("Ana", map[string]string{"add": "The *hall*\nand its roof"})
		bottest.Says(t, w.Answer("Ana"), "It is on the agenda.", `1. The \*hall\* and its roof (Ana)`)
		w.Do("Ben", "/session agenda Who brings bread?")
		bottest.Says(t, w.Answer("Ben"), "2. Who brings bread? (Ben)")
		bottest.Says(t, only(w, w.Posts(c.Place)).Message.Text, "**On the agenda**", "2. Who brings bread? (Ben)")
		w.Do("Ben", "/session agenda")
		for _, b := range w.Ask("Ben", w.Pressing(post, "Add to the agenda")).Form.Fields {
			if b.Name != "add" {
				t.Errorf("the form asks for %q", b.Name)
			}
		}
		w.Do("Ana", "/session agenda")
		w.Press("Ana", "Take out 1")
		bottest.Says(t, w.Answer("Ana"), "Taken out.", "1. Who brings bread? (Ben)")
		if text := only(w, w.Posts(c.Place)).Message.Text; strings.Contains(text, "roof") {
			t.Errorf("what was taken out still stands: %s", text)
		}
		w.Do("Cara", "/session agenda A stranger's")
		bottest.Says(t, w.Answer("Cara"), "Only members of Explorers")
		w.Do("Ben", `/session agenda session:"Picnic"`)
		bottest.Says(t, w.Answer("Ben"), "I know no session called “Picnic” here. There is “Q\\&A session”, for one.")
	})
}

func TestAnAgendaItemOfAnotherGroupStaysWhereItIs(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c, _ := scheduled(w, "Ana")
		w.Do("Ana", "/session agenda Who brings bread?")
		var item, other string
		w.View(func(tx store.Tx) error {
			for row, err := range sessions.Agendas.All(tx) {
				if err != nil {
					return err
				}
				item = row.ID
			}
			return nil
		})
		// Hine facilitates a group of her own, and presses a button that was made by hand.
		w.At = chat.Channel(bottest.Workspace, "others")
		w.Cohort("Others", "Hine")
		w.Do("Hine", qAndA)
		w.Press("Hine", "Schedule it")
		w.View(func(tx store.Tx) error {
			for row, err := range sessions.Table.All(tx) {
				if err != nil {
					return err
				}
				if row.Value.Cohort != c.ID {
					other = string(row.ID)
				}
			}
			return nil
		})
		w.Ask("Hine", chat.Request{At: w.At, Path: "session agenda", Record: other, Choice: item})
		w.View(func(tx store.Tx) error {
			if there, err := sessions.Agendas.Has(tx, item); err != nil || !there {
				t.Errorf("it was taken out: %v", err)
			}
			return nil
		})
		bottest.Says(t, only(w, w.Posts(c.Place)).Message.Text, "Who brings bread?")
	})
}

func TestStagesAreAskedBeforeAtAndAfterUnderTheAnnouncement(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c, post := scheduled(w, "Ana")
		w.Do("Wiremu", "/session stages")
		w.Submit("Wiremu", map[string]string{"plan": "What would be <i>enough</i>?", "engage": ""})
		bottest.Says(t, w.Answer("Wiremu"), "Kept. The group is asked under the announcement")
		w.Do("Ana", "/session stages")
		bottest.Says(t, w.Answer("Ana"), "Only facilitators of Explorers")
		w.AdvanceTo(auckland(3, time.November, 10, 0))
		w.Do("Wiremu", `/session move "Q&A session" fri 6 nov 9am`)
		w.Press("Wiremu", "Move it")
		w.AdvanceTo(auckland(7, time.November, 12, 0))
		var when []string
		for _, p := range w.Posts(c.Place) {
			if p.At.Place.Thread == post.At.ID {
				when = append(when, p.Sent.In(auckland(1, 1, 0, 0).Location()).Format("Mon 15:04 ")+strings.ReplaceAll(p.Message.Text, "\n", " "))
			}
		}
		want := []string{
			`Tue 09:00 **Before Q\&A session**  What would be \<i\>enough\</i\>?`,
			`Fri 10:00 **After Q\&A session**  What did we learn about how we meet, and what do we do differently next time?`,
		}
		if strings.Join(when, "\n") != strings.Join(want, "\n") {
			t.Errorf("asked\n%s\nwant\n%s", strings.Join(when, "\n"), strings.Join(want, "\n"))
		}
	})
}

func TestNotesAreAskedForOnceAndCanBeLeft(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c, announced := scheduled(w, "Ana")
		w.Do("Wiremu", "/session notes")
		bottest.Says(t, w.Answer("Wiremu"), "No session has taken place yet")
		w.AdvanceTo(auckland(20, time.November, 0, 0))
		got(w, "Wiremu", "Thu 5 Nov 10:00")
		bottest.Says(t, w.Inbox("Wiremu")[0].Message.Text, "is over")
		post := only(w, w.Posts(c.Place))
		bottest.Says(t, post.Message.Text, "It is over.")
		if len(post.Message.Buttons) > 0 {
			t.Errorf("buttons under a session that is over: %v", post.Message.Buttons)
		}
		w.PressOn("Ana", announced, "I'll come") // on a screen that still shows them
		bottest.Says(t, w.Answer("Ana"), "is over")
		w.Do("Ana", "/session attend")
		bottest.Says(t, w.Answer("Ana"), "There are no notes of it yet.")
	})
}

func TestNobodyStandsOnAListForNotBeingThere(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c, _ := scheduled(w, "Ana", "Ben", "Cara", "Dan")
		w.Press("Ana", "I'll come")
		w.Press("Ben", "Can't make it")
		w.AdvanceTo(auckland(5, time.November, 10, 5))
		w.Press("Wiremu", "Write the notes")
		w.Submit("Wiremu", map[string]string{"text": "We walked *slowly*.\n" + strings.Repeat("And we talked. ", 80) + "The end.", "question": "What slows you down?"})
		bottest.Says(t, w.Answer("Wiremu"), "What slows you down?", "4 people will be told.")
		w.Press("Wiremu", "Share them")
		posts := w.Posts(c.Place)
		notes := posts[len(posts)-1].Message
		bottest.Says(t, notes.Text, `**Notes of Q\&A session**, Thursday 5 November, written by Wiremu`, `We walked \*slowly\*.`, "The rest is in the page below.")
		if notes.Document == nil || !strings.Contains(notes.Document.Text, "The end.") {
			t.Errorf("the page is %+v, want all of the notes", notes.Document)
		}

		w.Press("Wiremu", "Who was there")
		w.Submit("Wiremu", nil) // who said beforehand that they come, or can't
		bottest.Says(t, w.Answer("Wiremu"), "There: Ana.", "Sent word: Ben.")
		w.Do("Cara", "/home")
		bottest.Says(t, w.Answer("Cara"), "The notes of Q\\&A session are there to read.")
		w.Press("Cara", "Catch up")
		bottest.Says(t, w.Answer("Cara"), "[form] Catch up")
		w.Submit("Cara", map[string]string{"answer": "My phone does."})
		bottest.Says(t, w.Answer("Cara"), "You're caught up with")
		w.Do("Cara", "/home")
		if strings.Contains(w.Answer("Cara"), "notes of") {
			t.Errorf("still asked to catch up: %s", w.Answer("Cara"))
		}
		w.Do("Ben", "/session attend")
		w.Press("Ben", "Catch up")
		w.Submit("Ben", map[string]string{"answer": "Hills."})

		w.Do("Wiremu", "/session attend")
		answer := w.Answer("Wiremu")
		bottest.Says(t, answer, "There: Ana.", "Caught up: Ben, Cara.", "What slows you down?", "My phone does.")
		if strings.Contains(answer, "Dan") || strings.Contains(strings.ToLower(answer), "absent") {
			t.Errorf("somebody is shown for not being there: %s", answer)
		}
		w.Do("Dan", "/session attend")
		w.Press("Dan", "I was there")
		bottest.Says(t, w.Answer("Dan"), "Noted: you were at")
		w.Do("Ana", "/session notes")
		bottest.Says(t, w.Answer("Ana"), "We walked")
		w.Do("Ana", `/session notes text:"Mine"`)
		bottest.Says(t, w.Answer("Ana"), "Only Wiremu, who planned it, and the facilitators")

		w.Do("Wiremu", "/session notes")
		w.Press("Wiremu", "Change them")
		w.Submit("Wiremu", map[string]string{"text": "Shorter."})
		posts = w.Posts(c.Place)
		bottest.Says(t, posts[len(posts)-1].Message.Text, "Shorter.")
	})
}

func TestWhoIsOnLeaveIsNotAskedForNotes(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		scheduled(w, "Ana")
		change(w, "Wiremu", func(p *people.Person) {
			p.Leave = schedules.Calendar{{From: schedules.Date{Year: 2026, Month: 11, Day: 5}, To: schedules.Date{Year: 2026, Month: 11, Day: 9}}}
		})
		w.AdvanceTo(auckland(10, time.November, 0, 0))
		got(w, "Wiremu")
	})
}

func TestALateJoinerIsShownTheNextSession(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		scheduled(w, "Ana")
		w.Do("Wiremu", `/session schedule title:"Picnic" when:"sat 7 nov 11am" where:"The old pier"`)
		w.Press("Wiremu", "Schedule it")
		w.Person("Eve", "Europe/London")
		w.AdvanceTo(auckland(5, time.November, 12, 0)) // the first is over
		w.Do("Eve", "/cohort join")
		w.Submit("Eve", map[string]string{"quote": "no"})
		bottest.Says(t, w.Answer("Eve"), "The group meets next for **Picnic**, [Friday 6 November, 10:00 pm](time:2026-11-07T11:00:00+13:00), for an hour.", "The old pier")
		w.Press("Eve", "I'll come")
		bottest.Says(t, w.Answer("Eve"), "You're down as coming: **Picnic**")
	})
}

func TestNothingOfASessionGoesOutOnceItsCohortIsGone(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c, _ := scheduled(w, "Ana")
		w.Press("Ana", "I'll come")
		w.Do("Wiremu", "/session stages")
		w.Submit("Wiremu", nil)
		w.Update(func(tx store.Tx) error {
			c.State = cohorts.Deleted
			return cohorts.Table.Put(tx, c.ID, c)
		})
		before := len(w.Platform.All())
		w.Advance(7 * 24 * time.Hour)
		if n := len(w.Platform.All()); n != before {
			t.Errorf("%d messages went out", n-before)
		}
	})
}
