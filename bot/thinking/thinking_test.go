package thinking_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/store"
	"cohortbot/bot/thinking"
)

// answer has somebody answer the question that they see.
func answer(w *bottest.World, who, text, sees string) {
	w.T.Helper()
	w.Press(who, "Answer")
	given := map[string]string{"text": text}
	if sees != "" {
		given["sees"] = sees
	}
	w.Submit(who, given)
}

func group(c cohorts.Cohort) string        { return "cohort/" + string(c.ID) }
func facilitators(c cohorts.Cohort) string { return "facilitators/" + string(c.ID) }

// holds tells whether some words are anywhere in the store.
func holds(w *bottest.World, words string) bool {
	found := false
	w.View(func(tx store.Tx) error {
		for kv, err := range tx.Scan(nil, nil, false) {
			if err != nil {
				return err
			}
			found = found || strings.Contains(string(kv.Value), words)
		}
		return nil
	})
	return found
}

func stands(w *bottest.World, c cohorts.Cohort, words string) int {
	n := 0
	for _, p := range w.Posts(c.Place) {
		if strings.Contains(p.Message.Text, words) {
			n++
		}
	}
	return n
}

func TestWithoutAGroupOneAnswersForOneselfLeavesAndComesBack(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Person("Ana", "Pacific/Auckland")
		w.Do("Ana", "/think chapter what is")
		bottest.Says(t, w.Answer("Ana"), "What is community?** · question 1 of 5", "Where do you belong?")
		form := w.Press("Ana", "Answer").Form
		if len(form.Fields) != 1 || !strings.Contains(form.Note, "Only you read this") {
			t.Errorf("asked %v; %s", form.Fields, form.Note)
		}
		w.Submit("Ana", map[string]string{"text": "The choir, the *street*, the pool."})
		bottest.Says(t, w.Answer("Ana"), "Kept. Only you can read it.")
		w.Press("Ana", "Next question")
		bottest.Says(t, w.Answer("Ana"), "question 2 of 5", "Earlier, to “Where do you belong?", `> The choir, the \*street\*, the pool.`, "2 November 2026")
		w.Press("Ana", "Another question")
		bottest.Says(t, w.Answer("Ana"), "question 3 of 5")

		w.Advance(40 * 24 * time.Hour)
		if n := len(w.Inbox("Ana")); n != 0 {
			t.Errorf("%d messages to somebody who only left off", n)
		}
		w.Do("Ana", "/home")
		bottest.Says(t, w.Answer("Ana"), "You left **What is community?** at question 3 of 5")
		w.Press("Ana", "Go on thinking")
		bottest.Says(t, w.Answer("Ana"), "question 3 of 5")
		w.Do("Ana", "/think chapter")
		bottest.Says(t, w.Answer("Ana"), "**What is community?** · 1 of 5 answered")
		w.Press("Ana", "Go on with What is community?, question 3")
		answer(w, "Ana", "The board speaks; the young ones are seldom in it.", "")
		w.Press("Ana", "Next question")
		bottest.Says(t, w.Answer("Ana"), "question 4 of 5")
		w.Press("Ana", "Another question")
		bottest.Says(t, w.Answer("Ana"), "question 5 of 5", "The choir", "The board speaks")
		// Named by another chapter.
		w.Do("Ana", "/think chapter equality-and-justice")
		w.Press("Ana", "Another question")
		bottest.Says(t, w.Answer("Ana"), "Who is hardly ever there", "The board speaks", "12 December 2026")
	})
}

func TestAChangedAnswerKeepsHowItReadBeforeAndDeletingMeansGone(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Garden", "Wiremu", "Ana", "Ben")
		w.Do("Ana", "/think chapter power")
		answer(w, "Ana", "marker-one: nobody asked me.", group(c))
		w.Advance(24 * time.Hour)
		w.Do("Ana", "/think back power")
		bottest.Says(t, w.Answer("Ana"), "decided without you", "marker-one")
		w.Press("Ana", "Open 1")
		w.Press("Ana", "Change it")
		w.Submit("Ana", map[string]string{"text": "marker-two: I did not ask either."})
		bottest.Says(t, w.Answer("Ana"), "How it read before is kept for you")
		w.Press("Ana", "More")
		w.Press("Ana", "How it read before")
		bottest.Says(t, w.Answer("Ana"), "From 2 November 2026", "marker-one", "Since 3 November 2026", "marker-two")
		w.Settle()
		if stands(w, c, "marker-two") != 1 || stands(w, c, "marker-one") != 0 {
			t.Errorf("the group reads %v", w.Posts(c.Place))
		}
		w.Do("Ben", "/think group")
		bottest.Says(t, w.Answer("Ben"), "**Ana** to “Remember a time", "marker-two")
		if strings.Contains(w.Answer("Ben"), "marker-one") {
			t.Error("how it read before is shown to another")
		}
		if !holds(w, "marker-one") || !holds(w, "marker-two") {
			t.Fatal("looking in the wrong place")
		}
		w.Do("Ana", "/think back power")
		w.Press("Ana", "Open 1")
		w.Press("Ana", "More")
		w.Press("Ana", "Delete")
		w.Press("Ana", "Delete it")
		w.Settle()
		if stands(w, c, "marker") != 0 || stands(w, c, "A question to think about") != 0 {
			t.Errorf("the group still reads %v", w.Posts(c.Place))
		}
		w.Advance(40 * 24 * time.Hour) // outcomes and forms are kept for some days, for whoever repeats one
		if holds(w, "marker-") {
			t.Error("its words are still in the store")
		}
	})
}

func TestWhoMayReadIsChosenAndChangedAndNobodyElseReads(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		garden := w.Cohort("Garden", "Wiremu", "Ana", "Ben")
		river := w.Cohort("River", "Mere", "Ana", "Tui")
		w.Do("Ana", "/think chapter influence")
		answer(w, "Ana", "My aunt, by waiting.", facilitators(garden))
		bottest.Says(t, w.Answer("Ana"), "You and the facilitators of Garden can read it.")
		reads := func(who string, c cohorts.Cohort, want bool) {
			t.Helper()
			w.DoIn(who, c.Place, "/think group")
			if got := strings.Contains(w.Answer(who), "My aunt"); got != want {
				t.Errorf("%s reads it in %s: %v", who, c.Name, got)
			}
		}
		reads("Wiremu", garden, true)
		reads("Ben", garden, false)
		reads("Mere", river, false)
		bottest.Says(t, w.DoIn("Wiremu", garden.Place, "/cohort panel").Reply.Text, "shown to you or to the group:** 1")

		change := func(to string) {
			t.Helper()
			w.DoIn("Ana", garden.Place, "/think back influence")
			w.Press("Ana", "Open 1")
			w.Press("Ana", "More")
			w.Press("Ana", "Who may read it")
			w.Submit("Ana", map[string]string{"sees": to})
			w.Settle()
		}
		change(group(garden))
		reads("Ben", garden, true)
		if stands(w, garden, "My aunt") != 1 || stands(w, garden, "1 answer in the thread") != 1 {
			t.Errorf("Garden has %v", w.Posts(garden.Place))
		}
		change(group(river))
		reads("Ben", garden, false)
		reads("Tui", river, true)
		if stands(w, garden, "My aunt") != 0 || stands(w, garden, "to think about") != 0 || stands(w, river, "My aunt") != 1 {
			t.Errorf("moved: Garden %v, River %v", w.Posts(garden.Place), w.Posts(river.Place))
		}
		change("me")
		reads("Tui", river, false)
		change(group(garden)) // and once more, as if new
		if stands(w, garden, "My aunt") != 1 {
			t.Errorf("shown again: %v", w.Posts(garden.Place))
		}

		// Who left keeps what they showed, can take it back, and shows nothing new there.
		w.DoIn("Ana", garden.Place, "/cohort quit")
		w.Press("Ana", "Leave it")
		reads("Ben", garden, true)
		w.DoIn("Ana", chat.Direct(w.Person("Ana", "Pacific/Auckland").User), "/think back influence")
		w.Press("Ana", "Open 1")
		w.Press("Ana", "Change it")
		out := w.Submit("Ana", map[string]string{"text": "My aunt, by waiting, and my uncle."})
		bottest.Says(t, out.Reply.Text, "Kept")
		change(facilitators(garden))
		bottest.Says(t, w.Answer("Ana"), "is not one of the choices")
		change("me")
		reads("Ben", garden, false)
	})
}

func TestAFacilitatorPutsAQuestionToTheGroupOnce(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Garden", "Wiremu", "Ana", "Ben")
		w.Do("Ana", "/think chapter power")
		for _, b := range w.Do("Ana", "/think chapter power").Reply.Buttons {
			if b.Label == "Put it to the group" {
				t.Error("a member is offered to put a question to the group")
			}
		}
		w.Ask("Ana", chat.Request{Path: "think ask", Record: "power/without", At: c.Place})
		bottest.Says(t, w.Answer("Ana"), "Only the facilitators", "show your answer")

		w.Do("Wiremu", "/think chapter power")
		w.Press("Wiremu", "Put it to the group")
		bottest.Says(t, w.Answer("Wiremu"), "This goes to everyone in", "decided without you")
		if stands(w, c, "to think about") != 0 {
			t.Error("it went out before it was confirmed")
		}
		w.Press("Wiremu", "Put it to the group")
		w.Settle()
		if stands(w, c, "Wiremu puts this to the group.") != 1 {
			t.Errorf("Garden has %v", w.Posts(c.Place))
		}
		// There the group is what is offered first; elsewhere it is nobody.
		if form := w.Press("Ben", "Answer").Form; form == nil || form.Filled["sees"].Text() != group(c) {
			t.Errorf("offered %v", form)
		}
		w.Submit("Ben", map[string]string{"text": "The hall was sold."})
		w.Settle()
		if stands(w, c, "The hall was sold.") != 1 {
			t.Errorf("Garden has %v", w.Posts(c.Place))
		}
		w.Do("Wiremu", "/think chapter power")
		w.Press("Wiremu", "Put it to the group")
		bottest.Says(t, w.Answer("Wiremu"), "was put to Garden on 2 November 2026")

		// A cohort that is given up shows nothing more.
		w.Update(func(tx store.Tx) error {
			c, err := cohorts.Get(tx, c.ID)
			c.State = cohorts.Deleted
			return errors.Join(err, cohorts.Table.Put(tx, c.ID, c))
		})
		w.Do("Ben", "/think back power")
		w.Press("Ben", "Open 1")
		bottest.Says(t, w.Answer("Ben"), "The hall was sold.")
	})
}

func TestAnAnswerOutlivesItsQuestion(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Person("Ana", "Pacific/Auckland")
		w.Do("Ana", "/think chapter power")
		answer(w, "Ana", "Nobody asked.", "")
		w.Update(func(tx store.Tx) error {
			for row, err := range thinking.Answers.All(tx) {
				if err != nil {
					return err
				}
				a := row.Value
				a.Chapter, a.Title, a.Question, a.Asked = "ours", "Our own", "gone", "What was it?"
				return thinking.Answers.Put(tx, a.ID, a)
			}
			return nil
		})
		w.Do("Ana", "/think back")
		bottest.Says(t, w.Answer("Ana"), "**Our own** · 1 answer")
		w.Do("Ana", "/think back our own")
		w.Press("Ana", "Open 1")
		bottest.Says(t, w.Answer("Ana"), "What was it?", "Nobody asked.")
		w.Press("Ana", "Change it")
		w.Submit("Ana", map[string]string{"text": "Somebody asked."})
		bottest.Says(t, w.Answer("Ana"), "Kept")
		w.Ask("Ana", chat.Request{Path: "think question", Record: "ours/never", At: w.At})
		bottest.Says(t, w.Answer("Ana"), "This question is no longer there.")
	})
}

func TestWhatPeopleSayAboutTheQuestionsReachesWhoLooksAfterThem(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Admin("Hine")
		w.Cohort("Garden", "Wiremu", "Ana")
		w.Cohort("River", "Mere", "Tui")
		w.Do("Ana", "/think tell")
		w.Submit("Ana", map[string]string{"about": "power", "text": "=More about money, please."})
		bottest.Says(t, w.Answer("Ana"), "Thank you")
		for who, want := range map[string]bool{"Hine": true, "Wiremu": true, "Mere": false} {
			out := w.Do(who, "/think told")
			if got := strings.Contains(out.Reply.Text, "More about money"); got != want {
				t.Errorf("%s reads it: %v", who, got)
			}
			if want && (len(out.Reply.Files) != 1 || string(out.Reply.Files[0].Data) != "date,name,about,text\n2026-11-02,Ana,power,\"'=More about money, please.\"\n") {
				t.Errorf("the file: %s", out.Reply.Files[0].Data)
			}
		}
		w.Do("Ana", "/think told")
		bottest.Says(t, w.Answer("Ana"), "Only facilitators")
		w.Do("Ana", "/think back")
		w.Press("Ana", "Take back what you told us, 2 November 2026")
		w.Press("Ana", "Take it back")
		w.Do("Hine", "/think told")
		bottest.Says(t, w.Answer("Hine"), "Nobody has said anything")
	})
}

func TestAWordThatIsNoChapterIsAskedAbout(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Person("Ana", "Pacific/Auckland")
		w.Do("Ana", "/think chapter pwoer")
		bottest.Says(t, w.Answer("Ana"), "Power** · question 1")
		w.Do("Ana", "/think chapter community")
		bottest.Says(t, w.Answer("Ana"), "no single chapter called “community”", "“What is community?”")
		w.Do("Ana", "/think chapter gardening")
		bottest.Says(t, w.Answer("Ana"), "“gardening”", "“Power”")
	})
}

// However somebody changes their mind, every reading that stood is kept once, in
// its order, and the youngest is what is shown.
func TestNoReadingOfAnAnswerIsLost(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Person("Ana", "Pacific/Auckland")
		words := rapid.SampledFrom([]string{"one", "two", "three"})
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			if n++; n > 20 {
				return // a world is slow; twenty histories are many
			}
			w.Do("Ana", "/think chapter")
			var stood []string
			for _, text := range rapid.SliceOfN(words, 1, 6).Draw(rt, "texts") {
				w.Ask("Ana", chat.Request{Path: "think answer", Record: "power/without", At: w.At})
				w.Submit("Ana", map[string]string{"text": text})
				if len(stood) == 0 || stood[len(stood)-1] != text {
					stood = append(stood, text)
				}
			}
			var got []string
			if err := w.Store.Update(context.Background(), func(tx store.Tx) error {
				got = nil
				for row, err := range thinking.Answers.All(tx) {
					if err != nil {
						return err
					}
					before, err := thinking.HistoryOf(tx, row.ID)
					if err != nil {
						return err
					}
					for _, v := range before {
						got = append(got, v.Text)
						if err := thinking.Versions.Delete(tx, fmt.Sprintf("%s/%d", row.ID, v.Number)); err != nil {
							return err
						}
					}
					got = append(got, row.Value.Text)
					return thinking.Answers.Delete(tx, row.ID)
				}
				return nil
			}); err != nil {
				rt.Fatal(err)
			}
			if !slices.Equal(got, stood) {
				rt.Fatalf("stood %v, kept %v", stood, got)
			}
		})
	})
}
