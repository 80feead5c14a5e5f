package peers_test

import (
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/peers"
	"cohortbot/bot/store"
)

const draft = "We could open the hall on Sundays."

// asked has Ana ask Ben for a reflection on a draft.
func asked(w *bottest.World) {
	w.T.Helper()
	w.Do("Ana", `/peer ask text:"`+draft+`" who:@ben`)
	bottest.Says(w.T, w.Answer("Ana"), "**Ben** reads this, and nobody else:", draft, "with their name")
	w.Press("Ana", "Ask")
	bottest.Says(w.T, w.Answer("Ana"), "Asked.")
}

func given(w *bottest.World) {
	w.T.Helper()
	asked(w)
	w.Press("Ben", "Write a few lines")
	w.Submit("Ben", map[string]string{"q1": "The *Sundays* stay with me."})
	bottest.Says(w.T, w.Answer("Ben"), "Sent to Ana, and to nobody else")
}

// nobodyElse fails the test if a text stands anywhere but with these people.
func nobodyElse(w *bottest.World, text string, allowed ...string) {
	w.T.Helper()
	for _, p := range w.Platform.All() {
		ours := false
		for _, name := range allowed {
			ours = ours || p.At.Place.User == strings.ToLower(name)
		}
		if !ours && strings.Contains(p.Message.Text, text) {
			w.T.Errorf("%s reads %q", p.At.Place, p.Message.Text)
		}
	}
}

func TestAReflectionIsBetweenTwo(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Chen")
		given(w)
		bottest.Says(t, w.Inbox("Ben")[0].Message.Text, "[Ana](person:test/ana) asked you", "You have answered")
		p := last(w, "Ana")
		bottest.Says(t, p.Message.Text, "A reflection from [Ben]", "What stays with you from this?", `The \*Sundays\* stay with me`)
		bottest.Says(t, p.Message.Note, "Only you and [Ben]")
		w.PressOn("Ana", p, "Thank them")
		bottest.Says(t, last(w, "Ben").Message.Text, "thanks you")
		w.PressOn("Ana", p, "Write back")
		w.Submit("Ana", map[string]string{"text": "And what about Saturdays?"})
		bottest.Says(t, last(w, "Ben").Message.Text, "writes back", "And what about Saturdays?")
		w.Press("Ben", "Write back")
		w.Submit("Ben", map[string]string{"text": "Saturdays too."})
		w.Press("Ana", "Show all of it")
		bottest.Says(t, w.Answer("Ana"), "**You** asked Ben", draft, "The \\*Sundays", "And what about Saturdays?", "Saturdays too.")
		for _, text := range []string{"Sundays", "Saturdays"} {
			nobodyElse(w, text, "Ana", "Ben")
		}
		for _, name := range []string{"Chen", "Wiremu"} { // with the very button
			w.PressOn(name, p, "Write back")
			bottest.Says(t, w.Answer(name), "between two other people")
			w.Do(name, "/peer list")
			if strings.Contains(w.Answer(name), "Reflections**") {
				t.Errorf("%s reads %q", name, w.Answer(name))
			}
		}
		w.Do("Wiremu", "/cohort panel")
		if strings.Contains(w.Answer("Wiremu"), "reflection") {
			t.Errorf("the panel says %q", w.Answer("Wiremu"))
		}
	})
}

func TestWhatEitherDeletesIsGone(t *testing.T) {
	for _, who := range []string{"Ana", "Ben"} {
		t.Run(who, func(t *testing.T) {
			bottest.Run(t, func(w *bottest.World) {
				w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
				given(w)
				w.PressOn("Ana", last(w, "Ana"), "Write back")
				w.Submit("Ana", map[string]string{"text": "Thank you for that."})
				theirs, others := []string{"Sundays* stay"}, []string{draft, "Thank you for that."}
				if who == "Ana" {
					theirs, others = others, theirs
				}
				w.Do(who, "/peer list")
				w.Press(who, "Open 1")
				w.Press(who, "Delete mine")
				bottest.Says(t, w.Answer(who), "cannot be brought back")
				w.Press(who, "Delete it")
				w.Advance(0)
				for _, p := range w.Platform.All() {
					for _, text := range theirs {
						if strings.Contains(strings.ReplaceAll(p.Message.Text, `\`, ""), text) {
							t.Errorf("%q still stands with %s", text, p.At.Place.User)
						}
					}
				}
				w.View(func(tx store.Tx) error {
					for row, err := range peers.Reflections.All(tx) {
						if err != nil {
							return err
						}
						r := row.Value
						all := r.Text + strings.Join(r.Answers, " ")
						for _, l := range r.Lines {
							all += l.Text
						}
						for _, text := range theirs {
							if strings.Contains(all, text) {
								t.Errorf("%q is still kept", text)
							}
						}
						for _, text := range others {
							if !strings.Contains(all, text) {
								t.Errorf("%q is the other's, and gone", text)
							}
						}
					}
					return nil
				})
			})
		})
	}
}

func TestAPeerMaySayNoWithoutAReasonOrLetItGoBy(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Chen")
		asked(w)
		w.Press("Ben", "Not this time")
		bottest.Says(t, w.Answer("Ben"), "hears that you can't this time, and no more")
		bottest.Says(t, last(w, "Ana").Message.Text, "[Ben](person:test/ben) can't give you a reflection this time", "a draft that begins “We could")
		w.Press("Ana", "Ask somebody else") // what she wrote stands in the form
		w.Submit("Ana", map[string]string{"who": "chen"})
		bottest.Says(t, w.Answer("Ana"), "**Chen** reads this", draft)
		w.Press("Ana", "Ask")
		w.Advance(8 * aDay)
		if n := len(w.Inbox("Chen")); n != 2 {
			t.Fatalf("Chen got %d messages, not the question and one reminder", n)
		}
		bottest.Says(t, last(w, "Chen").Message.Text, "still open, if you feel like it")
		bottest.Says(t, last(w, "Chen").Message.Note, "I don't bring it up again")
		w.Advance(8 * aDay)
		bottest.Says(t, last(w, "Ana").Message.Text, "Two weeks have gone by", "[Chen]")
		if n := len(w.Inbox("Chen")); n != 1 {
			t.Errorf("Chen still sees %d messages", n)
		}
		bottest.Says(t, last(w, "Chen").Message.Text, "It has run out, and nothing is needed")
		if n := len(w.Inbox("Ben")); n != 1 {
			t.Errorf("Ben was told %d things after saying no", n)
		}
	})
}

func TestAPeerOnLeaveIsAskedWhenTheyAreBack(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		onLeave(w, "Ben", "friday")
		w.Do("Ana", `/peer ask text:"`+draft+`" who:@ben`)
		w.Press("Ana", "Ask")
		bottest.Says(t, w.Answer("Ana"), "Ben can't be asked just now")
		if strings.Contains(w.Answer("Ana"), "leave") {
			t.Errorf("Ana learns of the leave: %q", w.Answer("Ana"))
		}
		w.Advance(4 * aDay)
		none(w, "Ben")
		w.Advance(2 * aDay)
		bottest.Says(t, last(w, "Ben").Message.Text, "asks you for a reflection")
		if at := last(w, "Ben").Sent.In(w.Known("Ben").Zone.Location()).Format("Mon 15:04"); at != "Sat 08:00" {
			t.Errorf("asked on %s", at)
		}
		onLeave(w, "Ben", "30 nov")
		w.Advance(20 * aDay)
		if got(w, "Ana", "Two weeks have gone by") {
			t.Error("it ran out while Ben was on leave")
		}
		if n := len(w.Inbox("Ben")); n != 1 {
			t.Errorf("Ben was reminded on leave")
		}
		w.Advance(14 * aDay)
		bottest.Says(t, last(w, "Ana").Message.Text, "Two weeks have gone by")
	})
}

// Asked late in the evening of the last day before a leave.
func TestAQuestionIsNotLostBetweenQuietHoursAndLeave(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Do("Ben", "/settings leave tomorrow to friday")
		w.Advance(12 * time.Hour) // 9 pm
		w.Do("Ana", `/peer ask text:"`+draft+`" who:@ben`)
		w.Press("Ana", "Ask")
		w.Advance(4 * aDay)
		none(w, "Ben")
		w.Advance(aDay)
		bottest.Says(t, last(w, "Ben").Message.Text, "asks you for a reflection")
	})
}

func TestAReflectionIsAskedOnAMessageOfOnesOwnAlone(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Chen")
		menu := func(as, author string) {
			w.Ask(as, chat.Request{At: c.Place, Path: "peer ask", Message: &chat.Target{
				Address: chat.Address{Place: c.Place, ID: "m1"}, Author: chat.User{Workspace: bottest.Workspace, ID: author}, Text: "I tried *circles*.",
				Files: []chat.File{{ID: "F1", Name: "room.png", Type: "image/png"}},
			}})
		}
		menu("Ben", "ana")
		bottest.Says(t, w.Answer("Ben"), "somebody else's", "/peer ask")
		menu("Ben", "stranger")
		bottest.Says(t, w.Answer("Ben"), "somebody else's")
		menu("Ana", "ana")
		bottest.Says(t, w.Answer("Ana"), "[form] Ask a peer")
		w.Submit("Ana", map[string]string{"text": "It was the first time.", "also": "ana"})
		bottest.Says(t, w.Answer("Ana"), "That is you")
		w.Submit("Ana", map[string]string{"text": "It was the first time.", "also": ""})
		bottest.Says(t, w.Answer("Ana"), "**Ben** reads this", `I tried \*circles\*`, "With a photo", "It was the first time.")
		w.Press("Ana", "Ask")
		bottest.Says(t, last(w, "Ben").Message.Text, "on a message they wrote", `I tried \*circles\*`, "It was the first time.")
		if len(last(w, "Ben").Message.Files) != 1 {
			t.Error("the photo is missing")
		}
		none(w, "Chen", "Wiremu")
	})
}

func TestWhoeverWasAskedLeastIsAskedNext(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Chen", "Dalia")
		w.Do("Dalia", "/peer avoid @ana") // never suggested, either way
		asked(w)
		for _, want := range []string{"Chen", "Ben", "Chen"} {
			w.Do("Ana", "/peer ask")
			w.Submit("Ana", map[string]string{"text": draft})
			bottest.Says(t, w.Answer("Ana"), "**"+want+"** reads this")
			w.Press("Ana", "Ask")
		}
		none(w, "Dalia", "Wiremu")
		w.Do("Ana", `/peer ask text:"x" who:@ben also:@chen third:@dalia`)
		bottest.Says(t, w.Answer("Ana"), "**Ben**, **Chen** and **Dalia** each read this")
		w.Press("Ana", "Ask")
		bottest.Says(t, last(w, "Dalia").Message.Text, "asks you for a reflection")
		w.Do("Ana", `/peer ask text:"x" who:@stranger`)
		bottest.Says(t, w.Answer("Ana"), "stranger")
		w.Person("Eru", "Pacific/Auckland")
		w.Do("Ana", `/peer ask text:"x" who:@eru`)
		bottest.Says(t, w.Answer("Ana"), "Eru is not in Explorers")
	})
}

func TestAReflectionCanBeChangedAndIsReceivedForAPortfolio(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		given(w)
		w.Press("Ben", "Change it")
		w.Submit("Ben", map[string]string{"q2": "How many came?"})
		w.Advance(0)
		bottest.Says(t, last(w, "Ana").Message.Text, "stay with me", "How many came?")
		bottest.Says(t, last(w, "Ana").Message.Note, "changed it since")
		w.View(func(tx store.Tx) error {
			all, err := peers.Received(tx, w.Known("Ana").ID)
			if len(all) != 1 || all[0].Answers[1] != "How many came?" {
				t.Errorf("received %+v", all)
			}
			return err
		})
	})
}

// What somebody replies under a message of ours in private is not sent on, and is
// not taken for an answer to the week's question.
func TestAReplyInPrivateGoesNowhere(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		asked(w)
		p := last(w, "Ben")
		place := p.At.Place
		place.Thread = p.At.ID
		w.Hear("Ben", chat.Said{Address: chat.Address{Place: place, ID: "x1"}, Text: "My secret thoughts"})
		bottest.Says(t, last(w, "Ben").Message.Text, "I have not sent that on or kept it")
		nobodyElse(w, "My secret thoughts")
		w.Press("Ben", "Write a few lines")
		bottest.Says(t, w.Answer("Ben"), "[form] A reflection")
	})
}

func TestNothingReachesWhoHasLeft(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		asked(w)
		w.Do("Ben", "/cohort quit")
		w.Press("Ben", "Leave it")
		before := len(w.Inbox("Ben"))
		w.Advance(10 * aDay)
		if n := len(w.Inbox("Ben")); n != before {
			t.Errorf("Ben got %q", last(w, "Ben").Message.Text)
		}
		w.Advance(6 * aDay)
		bottest.Says(t, last(w, "Ana").Message.Text, "Two weeks have gone by")
		w.Advance(time.Hour)
	})
}
