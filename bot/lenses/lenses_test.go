package lenses_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
)

var five = []string{"Ana", "Ben", "Cara", "Dan", "Eru"}

// named is a group with a collaboration of everybody's, which Ana gave its name.
func named(w *bottest.World, members ...string) chat.Place {
	c := w.Cohort("Explorers", "Wiremu", members...)
	w.Do("Ana", "/lens name name:\"The harbour kitchen\"")
	w.Press("Ana", "Ask the group")
	return c.Place
}

// answer has somebody answer every statement, the first with one value and all
// others with another.
func answer(w *bottest.World, who, sees string, first, others int) chat.Outcome {
	w.T.Helper()
	w.Do(who, "/lens answer")
	answers := map[string]string{}
	if sees != "" {
		answers["sees"] = sees
	}
	for i := 1; i <= 16; i++ {
		answers[fmt.Sprintf("s%d", i)] = fmt.Sprint(others)
	}
	answers["s1"] = fmt.Sprint(first)
	return w.Submit(who, answers)
}

func picture(w *bottest.World, who string) chat.Message {
	w.T.Helper()
	out := w.Do(who, "/lens picture")
	if out.Reply == nil {
		w.T.Fatalf("no picture: %s", w.Answer(who))
	}
	return out.Reply.Message
}

func TestAGroupIsAskedAndSeesItsPictureFromFiveOn(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		at := named(w, five...)
		bottest.Says(t, w.Posts(at)[0].Message.Text, "The harbour kitchen", "at the start", "16 short statements", "We see what others know")
		for _, who := range five[:4] {
			answer(w, who, "group", 2, 3)
			bottest.Says(t, w.Answer(who), "Nobody sees your answers")
		}
		m := picture(w, "Wiremu")
		bottest.Says(t, m.Text, "There is no picture yet", "Four people have answered so far", "nobody can be singled out")
		if m.Chart != nil || m.Document != nil {
			t.Error("four people's answers are shown")
		}
		w.Press("Wiremu", "Make the picture")
		bottest.Says(t, w.Answer("Wiremu"), "Four people", "there is no picture of it")
		answer(w, "Eru", "group", 5, 4)
		if m := picture(w, "Wiremu"); m.Chart != nil {
			t.Error("a picture changes while people answer")
		}
		w.Press("Wiremu", "Make the picture")
		w.Press("Wiremu", "Make the picture")
		posts := w.Posts(at)
		bottest.Says(t, posts[0].Message.Text, "This look is over")
		made := posts[len(posts)-1].Message
		if made.Chart == nil || len(made.Chart.Series) != 1 {
			t.Fatalf("no picture: %s", made.Text)
		}
		bottest.Says(t, made.Chart.Alt, "Confident: some.", "Influential: some.")
		bottest.Says(t, made.Document.Text, "around a little", "We keep the wider outcomes in view")
		for _, own := range []string{"as much as could be", "a good deal", "Eru", "Ana"} {
			if strings.Contains(made.Document.Text, own) {
				t.Errorf("%q is somebody's own and stands in the picture", own)
			}
		}
	})
}

func TestThenAndNowStandBesideEachOther(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		at := named(w, five...)
		for _, who := range five {
			answer(w, who, "group", 2, 2)
		}
		w.Do("Ana", "/lens picture")
		w.Press("Ana", "Make the picture")
		w.Press("Ana", "Make the picture")
		w.Advance(30 * 24 * time.Hour)
		w.Do("Ben", "/lens picture")
		if out := w.Do("Ben", "/lens look"); out.Reply == nil || !strings.Contains(out.Reply.Text, "for a facilitator") {
			t.Errorf("Ben may ask the group: %s", w.Answer("Ben"))
		}
		w.Do("Ana", "/lens picture")
		w.Press("Ana", "Look again, at the end")
		w.Press("Ana", "Ask the group")
		for _, who := range five {
			answer(w, who, "group", 4, 4)
		}
		w.Do("Ana", "/lens picture")
		w.Press("Ana", "Make the picture")
		w.Press("Ana", "Make the picture")
		posts := w.Posts(at)
		made := posts[len(posts)-1].Message
		if made.Chart == nil || len(made.Chart.Series) != 2 {
			t.Fatalf("not two: %+v", made.Chart)
		}
		bottest.Says(t, made.Chart.Alt, "Further than on 2 November: Confident by two steps (from a little to a good deal)")
		own := w.Press("Cara", "Mine")
		bottest.Says(t, own.Reply.Chart.Alt, "Further than on 2 November")
	})
}

func TestWhatIsForOneselfAloneCountsNowhere(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		named(w, five...)
		for _, who := range five[:4] {
			answer(w, who, "group", 2, 3)
		}
		answer(w, "Eru", "me", 5, 5)
		bottest.Says(t, w.Answer("Eru"), "for you alone")
		answer(w, "Ana", "me", 5, 5)
		bottest.Says(t, w.Answer("Ana"), "still with the others")
		bottest.Says(t, picture(w, "Ana").Text, "Four people")
		w.Do("Dan", "/lens picture")
		w.Press("Dan", "Mine")
		w.Press("Dan", "Delete mine of 2 November, which count")
		bottest.Says(t, w.Answer("Dan"), "cannot be brought back")
		w.Press("Dan", "Delete them")
		bottest.Says(t, picture(w, "Ana").Text, "Three people")
	})
}

// Whoever comes to the second look only would stand out if the two pictures were
// held against each other, so theirs does not show.
func TestALateComerDoesNotShowInTheDifference(t *testing.T) {
	for _, late := range []int{1, 5} {
		bottest.Run(t, func(w *bottest.World) {
			at := named(w, append(five, "Fay")...)
			look := func(who []string, says int) chat.Message {
				for _, p := range who {
					if p == "Fay" {
						answer(w, p, "group", late, late)
						continue
					}
					answer(w, p, "group", says, 3)
				}
				w.Do("Ana", "/lens picture")
				w.Press("Ana", "Make the picture")
				w.Press("Ana", "Make the picture")
				posts := w.Posts(at)
				return posts[len(posts)-1].Message
			}
			look(five, 2)
			w.Do("Ana", "/lens picture")
			w.Press("Ana", "Look again, in the middle")
			w.Press("Ana", "Ask the group")
			m := look(append(five, "Fay"), 2)
			bottest.Says(t, m.Chart.Title, "The same shape as before")
			bottest.Says(t, m.Chart.Alt, "As it was: Confident (some), Inclusive (some)")
			if strings.Contains(m.Document.Text, "hardly") || strings.Contains(m.Document.Text, "as much as could be") {
				t.Errorf("what Fay says stands in the picture: %s", m.Document.Text)
			}
		})
	}
}

func TestWhoTurnedRemindersOffIsToldNothingAndFindsItAtHome(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.DoIn("Ben", chat.Direct(w.Known("Ben").Accounts[0]), "/settings reminders off")
		w.Do("Ana", "/lens name name:Soup partner1:ben")
		w.Advance(20 * 24 * time.Hour)
		if n := len(w.Inbox("Ben")); n != 0 {
			t.Errorf("Ben was told %d things", n)
		}
		w.Do("Ben", "/home")
		bottest.Says(t, w.Answer("Ben"), "How do you work together in **Soup**?")
	})
}

func TestPartnersSeeEachOtherByNameOrNot(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Cara")
		w.Do("Ana", "/lens name")
		w.Submit("Ana", map[string]string{"name": "Soup", "partner1": "ben"})
		if n := len(w.Posts(c.Place)); n != 0 {
			t.Errorf("%d posts in the channel", n)
		}
		if n := len(w.Inbox("Ben")); n != 1 {
			t.Fatalf("Ben got %d messages", n)
		}
		w.Press("Ben", "Answer")
		w.Submit("Ben", map[string]string{"s1": "3", "s4": "2", "s7": "4", "s11": "1", "s15": "5", "sees": "partners"})
		answer(w, "Ana", "me", 1, 1)
		m := picture(w, "Ana")
		bottest.Says(t, m.Chart.Alt, "Ana shows no answers. Ben, 2 November. Confident: some.")
		w.Do("Cara", "/lens picture soup")
		bottest.Says(t, w.Answer("Cara"), "I know no collaboration called")
		w.Do("Wiremu", "/lens picture")
		bottest.Says(t, w.Answer("Wiremu"), "No collaboration has a name here yet")
	})
}
