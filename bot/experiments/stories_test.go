package experiments_test

import (
	"errors"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/experiments"
	"cohortbot/bot/store"
)

func TestTheBoardHasStatesAndNoPrivateWord(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Mere", "Dalia")
		begin(w, "Ana")
		begin(w, "Ben")
		begin(w, "Mere")
		w.Advance(8 * time.Hour)
		w.SaidDirect("Ana", "PRIVATE note")
		w.Do("Ben", "/experiment stop")
		w.Submit("Ben", map[string]string{"surprise": "PRIVATE surprise"})
		w.Press("Ben", "Tell the story")
		w.Submit("Ben", map[string]string{"text": "PRIVATE for facilitators", "sees": "facilitators"})
		w.Do("Mere", "/experiment story")
		w.Submit("Mere", map[string]string{"text": "PRIVATE kept story", "sees": "me"})
		w.Do("Wiremu", "/experiment board")
		board := w.Answer("Wiremu")
		bottest.Says(t, board, "Ana: day 1 of 5.", "Ben: stopped after one day; a story told to facilitators.", "Mere: day 1 of 5.", "Dalia: none yet.")
		mustNot(t, board, "PRIVATE", "asks first", "cooks")
		w.Press("Wiremu", "Read the stories")
		bottest.Says(t, w.Answer("Wiremu"), "PRIVATE for facilitators", "for facilitators alone")
		mustNot(t, w.Answer("Wiremu"), "kept story")
		bottest.Says(t, textOf(w.Inbox("Wiremu")), "PRIVATE for facilitators")
		w.Do("Dalia", "/experiment stories")
		bottest.Says(t, w.Answer("Dalia"), "No story has been shared")
		w.Do("Dalia", "/experiment board")
		bottest.Says(t, w.Answer("Dalia"), "Only facilitators")
		w.Do("Wiremu", "/cohort panel")
		bottest.Says(t, w.Answer("Wiremu"), "2 under way, 1 over, 1 story told")
		mustNot(t, textOf(w.Posts(c.Place)), "PRIVATE")
		if _, told := doneBy(w, c.ID, "Mere"); told != 0 {
			t.Error("a story that is kept counts as told")
		}
	})
}

func TestASharedStoryFollowsItsAuthorAndDeletingMeansGone(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		begin(w, "Ana")
		w.Do("Ana", "/experiment story")
		w.Submit("Ana", map[string]string{"text": "We sang.", "sees": "cohort"})
		bottest.Says(t, textOf(w.Posts(c.Place)), "The story of an experiment, by **Ana**", "> We sang.")
		mustNot(t, textOf(w.Posts(c.Place)), "asks first")
		w.Press("Ana", "Change")
		w.Submit("Ana", map[string]string{"text": "We sang twice."})
		bottest.Says(t, textOf(w.Posts(c.Place)), "> We sang twice.", "Changed since.")
		w.Press("Ana", "Just my facilitators")
		mustNot(t, textOf(w.Posts(c.Place)), "We sang")
		bottest.Says(t, textOf(w.Inbox("Wiremu")), "We sang twice.")
		w.Press("Ana", "Share with the group")
		mustNot(t, textOf(w.Inbox("Wiremu")), "We sang")
		bottest.Says(t, textOf(w.Posts(c.Place)), "We sang twice.")
		w.Press("Ana", "Delete")
		w.Press("Ana", "Delete it")
		mustNot(t, textOf(w.Posts(c.Place)), "We sang")
		w.Do("Ana", "/experiment stories")
		bottest.Says(t, w.Answer("Ana"), "No story has been shared")
	})
}

func TestDeletingAnExperimentLeavesNothing(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		begin(w, "Ana")
		w.Do("Ana", "/experiment companion @ben")
		w.Press("Ana", "Ask in private")
		w.Press("Ben", "I'll walk alongside")
		w.Advance(8 * time.Hour)
		w.SaidDirect("Ana", "a note")
		w.Do("Ana", "/experiment story")
		w.Submit("Ana", map[string]string{"text": "a story", "sees": "cohort"})
		w.Do("Ana", "/experiment show")
		w.Press("Ana", "Delete it")
		w.Press("Ana", "Delete it")
		bottest.Says(t, w.Answer("Ana"), "Deleted.")
		for _, posts := range [][]bottest.Post{w.Inbox("Ana"), w.Inbox("Ben"), w.Posts(c.Place)} {
			mustNot(t, textOf(posts), "asks first", "a note", "a story", "alongside")
		}
		if own := of(w, c.ID, "Ana"); len(own) != 0 {
			t.Errorf("still kept: %+v", own)
		}
		w.View(func(tx store.Tx) error {
			_, note, err := store.First(experiments.Notes.All(tx))
			_, day, err2 := store.First(experiments.Days.All(tx))
			_, companion, err3 := store.First(experiments.Companions.All(tx))
			if note || day || companion {
				t.Errorf("left: a note %t, a day %t, a companion %t", note, day, companion)
			}
			return errors.Join(err, err2, err3)
		})
		w.Advance(10 * day)
		mustNot(t, textOf(w.Inbox("Ana")), "Day")
	})
}
