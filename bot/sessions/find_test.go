package sessions_test

import (
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
)

const hui = `/session find title:"Hui" first:"thu 5 nov 9am" second:"fri 6 nov 5pm" third:"sat 7 nov 10am" where:"The pier"`

func TestATimeIsFoundByWhatSuitsAndPickedWithOneButton(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Person("Ben", "Europe/London")
		c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Cara")
		w.Do("Wiremu", hui)
		bottest.Says(t, w.Answer("Wiremu"), "2. Friday 6 November, 5:00–6:00 pm (Auckland)", "The pier", "3 people will be told.")
		w.Press("Wiremu", "Ask the group")
		question := only(w, w.Posts(c.Place))
		bottest.Says(t, question.Message.Text, "Which of these suits you for **Hui**, for an hour?", "Nobody has said anything yet.")

		w.PressOn("Ana", question, "1 suits me")
		w.PressOn("Ana", question, "2 suits me")
		bottest.Says(t, w.Answer("Ana"), "2. [Friday 6 November, 5:00 pm](time:2026-11-06T17:00:00+13:00): **suits you**")
		w.PressOn("Ben", question, "2 suits me")
		bottest.Says(t, w.Answer("Ben"), "[Friday 6 November, 4:00 am]")
		w.PressOn("Cara", question, "None of them")
		bottest.Says(t, w.Answer("Cara"), "none of them suits you")
		w.PressOn("Ana", question, "1 suits me") // takes it back
		posts := w.Posts(c.Place)
		bottest.Says(t, posts[0].Message.Text, "suits **0**", "suits **2**", "3 people have said what suits.")
		count := only(w, w.Inbox("Wiremu"))
		bottest.Says(t, count.Message.Text, "2. [Friday 6 November, 5:00 pm](time:2026-11-06T17:00:00+13:00): 2 (Ana, Ben)", "None of them suits 1 (Cara).")

		w.Do("Ana", "/home")
		if strings.Contains(w.Answer("Ana"), "looking for a time") {
			t.Errorf("asked again: %s", w.Answer("Ana"))
		}
		w.PressOn("Ana", count, "Take 2")
		bottest.Says(t, w.Answer("Ana"), "Only facilitators of Explorers")
		w.PressOn("Wiremu", count, "Take 2")
		bottest.Says(t, w.Answer("Wiremu"), "Picked: **Hui**, Friday 6 November, 5:00–6:00 pm (Auckland).")
		posts = w.Posts(c.Place)
		if len(posts) != 2 {
			t.Fatalf("want the question and the announcement:%s", texts(posts))
		}
		bottest.Says(t, posts[0].Message.Text, "A time for **Hui** is found")
		bottest.Says(t, posts[1].Message.Text, "**Hui**", "Friday 6 November, 5:00 pm", "The pier", "**0 coming**")
		bottest.Says(t, only(w, w.Inbox("Wiremu")).Message.Text, "is found")
		w.PressOn("Cara", question, "1 suits me")
		bottest.Says(t, w.Answer("Cara"), "A time has been found")
		w.PressOn("Wiremu", count, "Take 1") // a second press plans no second session
		if n := len(w.Posts(c.Place)); n != 2 {
			t.Errorf("%d posts, want two", n)
		}
	})
}

func TestWhatPassedMeanwhileIsNotPicked(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Wiremu", hui)
		w.Press("Wiremu", "Ask the group")
		question, count := only(w, w.Posts(c.Place)), only(w, w.Inbox("Wiremu"))
		w.AdvanceTo(auckland(5, time.November, 12, 0))
		w.PressOn("Ana", question, "1 suits me")
		bottest.Says(t, w.Answer("Ana"), "That time has passed")
		w.PressOn("Wiremu", count, "Take 1")
		bottest.Says(t, w.Answer("Wiremu"), "That time has passed")
		w.Do("Wiremu", "/cohort panel")
		w.Press("Wiremu", "Pick a time")
		w.Press("Wiremu", "None of them")
		bottest.Says(t, only(w, w.Posts(c.Place)).Message.Text, "was given up")
		w.PressOn("Ana", question, "2 suits me")
		bottest.Says(t, w.Answer("Ana"), "was given up")
	})
}

func TestTimesThatCannotBeProposedAreSaidInWords(t *testing.T) {
	for typed, want := range map[string]string{
		`/session find title:"Hui" first:"thu 9am" second:"thu 9am"`:   "the same time as one above",
		`/session find title:"Hui" first:"thu 9am" second:"today 1am"`: "the time (second) as today, 1:00 am, which has passed",
		`/session find title:"Hui" first:"blursday"`:                   "blursday",
	} {
		bottest.Run(t, func(w *bottest.World) {
			w.Cohort("Explorers", "Wiremu", "Ana")
			w.Do("Wiremu", typed)
			bottest.Says(t, w.Answer("Wiremu"), want)
		})
	}
}

func TestAQuestionWhoseTimesHavePassedKeepsNoButtons(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Wiremu", hui)
		w.Press("Wiremu", "Ask the group")
		w.AdvanceTo(auckland(7, time.November, 10, 1))
		for _, post := range []bottest.Post{only(w, w.Posts(c.Place)), only(w, w.Inbox("Wiremu"))} {
			bottest.Says(t, post.Message.Text, "have passed")
			if len(post.Message.Buttons) > 0 {
				t.Errorf("buttons that only refuse: %v", post.Message.Buttons)
			}
		}
	})
}

func TestTimesStandInTheOrderInWhichTheyCome(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Wiremu", `/session find title:"Hui" first:"sat 7 nov 10am" second:"thu 5 nov 9am"`)
		bottest.Says(t, w.Answer("Wiremu"), "1. Thursday 5 November, 9:00–10:00 am", "2. Saturday 7 November")
	})
}
