package prompts_test

import (
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/programmes"
	"cohortbot/bot/prompts"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

const day = 24 * time.Hour

// weeks is a small programme: three weeks with a question, one without.
func group(w *bottest.World, members ...string) cohorts.Cohort {
	w.T.Helper()
	c := w.Cohort("Explorers", "Wiremu", members...)
	w.Update(func(tx store.Tx) error {
		c, plan, _, err := cohorts.Load(tx, c.ID)
		if err != nil {
			return err
		}
		c.First = schedules.DateOf(w.Now().In(c.Zone.Location())).AddDays(1)
		c.Programme.Nudges = programmes.Nudges{After: "3 days", Weekly: 2}
		if err := cohorts.Table.Put(tx, c.ID, c); err != nil {
			return err
		}
		for i, title := range []string{"Together", "The star", "A hunch", "Later"} {
			week := cohorts.Week{ID: cohorts.WeekID([]string{"w1", "w2", "w3", "w4"}[i]), Title: title}
			if i < 3 {
				week.Prompt = "What did you see, {{.Member}}, in week {{.Week}}?"
			}
			plan.Weeks = append(plan.Weeks, week)
		}
		if err := cohorts.Plans.Put(tx, c.ID, plan); err != nil {
			return err
		}
		return cohorts.Reschedule(tx, c, plan, w.Now())
	})
	return c
}

func textOf(posts []bottest.Post) string {
	var all []string
	for _, p := range posts {
		all = append(all, p.Message.Text+"\n"+p.Message.Note)
	}
	return strings.Join(all, "\n---\n")
}

func must(t testing.TB, text, want string) {
	t.Helper()
	if !strings.Contains(text, want) {
		t.Errorf("expected %q in:\n%s", want, text)
	}
}

func mustNot(t testing.TB, text, unwanted string) {
	t.Helper()
	if strings.Contains(text, unwanted) {
		t.Errorf("expected no %q in:\n%s", unwanted, text)
	}
}

// week lets the question of the week go out, and gives its post.
func week(w *bottest.World, c cohorts.Cohort) bottest.Post {
	w.T.Helper()
	before := len(w.Posts(c.Place))
	w.Advance(7 * day)
	for _, p := range w.Posts(c.Place)[before:] {
		if strings.HasPrefix(p.Key, "prompt/") {
			return p
		}
	}
	w.T.Fatalf("no question went out; the channel reads:\n%s", textOf(w.Posts(c.Place)))
	return bottest.Post{}
}

func TestQuestionsGoOutEachWeekOnce(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		w.Advance(15 * day)
		w.Restart()
		w.Advance(time.Hour)
		n := 0
		for _, p := range w.Posts(c.Place) {
			if strings.HasPrefix(p.Key, "prompt/") {
				n++
			}
		}
		if n != 2 {
			t.Errorf("%d questions went out in two weeks:\n%s", n, textOf(w.Posts(c.Place)))
		}
		must(t, textOf(w.Posts(c.Place)), "What did you see, member, in week 2?")
	})
}

func TestThreeWaysOfAnswering(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana", "Ben", "Mere")
		q := week(w, c)

		w.Said("Ana", q, "Neighbours fixed the fence")
		w.PressOn("Ben", q, "Answer")
		w.Submit("Ben", map[string]string{"text": "We sang *together* <b>"})
		must(t, w.Answer("Ben"), "Kept")
		w.SaidDirect("Mere", "I only watched")

		channel := textOf(w.Posts(c.Place))
		must(t, channel, "**Ben**")
		must(t, channel, `We sang \*together\* \<b\>`)
		mustNot(t, channel, "I only watched")
		must(t, textOf(w.Inbox("Mere")), "Your facilitators can read it, and nobody else.")
		must(t, channel, "from 2 people")

		w.Press("Mere", "Share with the group")
		must(t, textOf(w.Posts(c.Place)), "I only watched")
		must(t, textOf(w.Posts(c.Place)), "from 3 people")
		w.Press("Mere", "Just my facilitators")
		mustNot(t, textOf(w.Posts(c.Place)), "I only watched")
	})
}

func TestAnEditInTheThreadIsFollowedAndADeletionMeansGone(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		q := week(w, c)
		at := w.Said("Ana", q, "first words")
		w.Hear("Ana", chat.Said{Address: at, Text: "second words", Edited: true})

		var a prompts.Answer
		var before []prompts.Version
		read := func() (n int) {
			w.View(func(tx store.Tx) error {
				all, err := prompts.OfWeek(tx, c.ID, "w1")
				if n = len(all); err != nil || n == 0 {
					return err
				}
				a = all[0]
				before, err = prompts.HistoryOf(tx, a.ID)
				return err
			})
			return n
		}
		if read() != 1 || a.Text != "second words" || len(before) != 1 || before[0].Text != "first words" {
			t.Errorf("after the edit: %+v, before that %+v", a, before)
		}
		id := a.ID
		w.Hear("Ana", chat.Said{Address: at, Deleted: true})
		if n := read(); n != 0 {
			t.Errorf("%d answers are left after the deletion", n)
		}
		w.View(func(tx store.Tx) error {
			before, err := prompts.HistoryOf(tx, id)
			if len(before) != 0 {
				t.Errorf("%d versions are left after the deletion", len(before))
			}
			return err
		})
		mustNot(t, textOf(w.Posts(c.Place)), "from one person")
	})
}

func TestADeletionCountsThoughItIsForgottenWhereTheMessageHung(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		at := w.Said("Ana", week(w, c), "taken back later")
		at.Place = at.Place.Root()
		w.Hear("Ana", chat.Said{Address: at, Deleted: true})
		w.View(func(tx store.Tx) error {
			all, err := prompts.OfWeek(tx, c.ID, "w1")
			if len(all) != 0 {
				t.Errorf("kept are %+v", all)
			}
			return err
		})
		w.Hear("Ana", chat.Said{Address: chat.Address{Place: c.Place, ID: "chatter"}, Text: "only said"})
		mustNot(t, textOf(w.Posts(c.Place)), "from one person")
	})
}

func TestDeletingByTheBotSaysThatTheChatMessageStands(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		w.Said("Ana", week(w, c), "in the thread")
		w.Do("Ana", "answers")
		w.Press("Ana", "Delete 1")
		must(t, w.Answer("Ana"), "still stands")
		w.Press("Ana", "Not now")
		must(t, w.Answer("Ana"), "Nothing was changed.")
		w.Do("Ana", "answers")
		must(t, w.Answer("Ana"), "in the thread")
		w.Press("Ana", "Delete 1")
		w.Press("Ana", "Delete it")
		must(t, w.Answer("Ana"), "Deleted.")
		w.Do("Ana", "answers")
		must(t, w.Answer("Ana"), "not answered anything")
	})
}

func TestOwnAnswersAreListedAPageAtATime(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		q := week(w, c)
		for _, n := range []string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"} {
			w.Said("Ana", q, "answer "+n)
		}
		w.Do("Ana", "answers")
		must(t, w.Answer("Ana"), "answer ten")
		mustNot(t, w.Answer("Ana"), "answer seven")
		w.Press("Ana", "Earlier ones")
		must(t, w.Answer("Ana"), "answer seven")
		mustNot(t, w.Answer("Ana"), "answer ten")
	})
}

func TestALateAnswerGoesToItsOwnWeek(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		first := week(w, c)
		week(w, c)
		w.Said("Ana", first, "late, but here")
		w.View(func(tx store.Tx) error {
			all, err := prompts.OfWeek(tx, c.ID, "w1")
			if len(all) != 1 {
				t.Errorf("%d answers to week 1", len(all))
			}
			return err
		})
	})
}

func TestANudgeComesOnceAndOnlyWhereItIsWelcome(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana", "Ben", "Mere", "Sione", "Tui", "Kiri")
		w.Do("Ben", "settings reminders off")
		w.Do("Mere", "settings leave until 25 Nov")
		w.Do("Kiri", "settings reading on")
		q := week(w, c)
		w.Said("Sione", q, "answered")
		w.PressOn("Tui", q, "Not this week")
		w.Advance(4 * day)
		nudges := func(name string) (n int) {
			for _, p := range w.Inbox(name) {
				if strings.HasPrefix(p.Key, "nudge/") {
					n++
				}
			}
			return n
		}
		for name, want := range map[string]int{"Ana": 1, "Ben": 0, "Mere": 0, "Sione": 0, "Tui": 0, "Kiri": 0} {
			if got := nudges(name); got != want {
				t.Errorf("%s was reminded %d times, not %d:\n%s", name, got, want, textOf(w.Inbox(name)))
			}
		}
		must(t, textOf(w.Inbox("Ana")), "still open")
		w.PressOn("Ana", w.Inbox("Ana")[len(w.Inbox("Ana"))-1], "Answer")
		w.Submit("Ana", map[string]string{"text": "now I have"})
		must(t, textOf(w.Posts(c.Place)), "now I have")
	})
}

func TestANudgeKeepsToTheMembersOwnDay(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Person("Lena", "Europe/Berlin")
		c := group(w, "Lena")
		week(w, c)
		w.Advance(4 * day)
		for _, p := range w.Inbox("Lena") {
			berlin := p.Sent.In(w.Known("Lena").Zone.Location())
			if h := berlin.Hour(); h < 8 || h >= 20 {
				t.Errorf("reminded at %s, in the night", berlin)
			}
		}
		if len(w.Inbox("Lena")) != 1 {
			t.Errorf("reminded %d times", len(w.Inbox("Lena")))
		}
	})
}

func TestTheFacilitatorSeesWhoIsQuiet(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana", "Ben", "Mere")
		w.Said("Ana", week(w, c), "one")
		q := week(w, c)
		w.Said("Ana", q, "two")
		w.Do("Mere", "settings reading on")
		w.Advance(2 * day)
		w.Do("Wiremu", "cohort panel")
		text := w.Answer("Wiremu")
		must(t, text, "1 of 3 have answered: Ana")
		must(t, text, "**Quiet this fortnight:** Ben.")
		must(t, text, "Ana: two")
		w.Said("Wiremu", q, "Thank you for that")
		w.Do("Wiremu", "cohort panel")
		mustNot(t, w.Answer("Wiremu"), "Ana: two")

		w.Do("Ana", "cohort panel")
		must(t, w.Answer("Ana"), "Only facilitators")
	})
}

func TestWhatIsOnlyMineIsCountedNowhere(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		w.PressOn("Ana", week(w, c), "Answer")
		w.Submit("Ana", map[string]string{"text": "a secret", "sees": "me"})
		w.Do("Wiremu", "cohort panel")
		must(t, w.Answer("Wiremu"), "0 of 1")
		mustNot(t, textOf(w.Posts(c.Place))+w.Answer("Wiremu"), "secret")
	})
}

func TestWhatIsForFacilitatorsReachesThemAndNobodyElse(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana", "Ben")
		q := week(w, c)
		w.PressOn("Ana", q, "Just to my facilitators")
		w.Submit("Ana", map[string]string{"text": "between us"})
		must(t, textOf(w.Inbox("Wiremu")), "**Ana** answered Week 1")
		must(t, textOf(w.Inbox("Wiremu")), "> between us")
		w.Do("Wiremu", "cohort read")
		must(t, w.Answer("Wiremu"), "Ana, for facilitators alone")
		mustNot(t, textOf(w.Posts(c.Place))+textOf(w.Inbox("Ben")), "between us")
		w.Do("Ben", "cohort read")
		must(t, w.Answer("Ben"), "Only facilitators")
		w.Admin("Kura") // administering the workspace opens nothing that was said to facilitators
		for _, command := range []string{"cohort read", "cohort panel"} {
			w.Do("Kura", command)
			must(t, w.Answer("Kura"), "Only the group's facilitators")
			mustNot(t, w.Answer("Kura"), "between us")
		}

		w.Do("Ana", "answers")
		w.Press("Ana", "Delete 1")
		w.Press("Ana", "Delete it")
		mustNot(t, textOf(w.Inbox("Wiremu")), "between us")
	})
}

func TestTheWeaveQuotesOnlyWhoAllowsItAndIsPostedByAPerson(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana", "Ben")
		w.Do("Ana", "settings quote yes")
		q := week(w, c)
		w.Said("Ana", q, "the fence")
		w.Said("Ben", q, "the song")
		w.Advance(5 * day)
		inbox := w.Inbox("Wiremu")
		must(t, textOf(inbox), "the fence")
		mustNot(t, textOf(inbox), "the song")
		mustNot(t, textOf(w.Posts(c.Place)), "The thread of")
		w.PressOn("Wiremu", inbox[len(inbox)-1], "Write it up")
		w.Submit("Wiremu", map[string]string{"text": "> Ana: the fence\n\nWe mend *things*."})
		w.Press("Wiremu", "Post it")
		must(t, textOf(w.Posts(c.Place)), "The thread of Week 1")
		must(t, textOf(w.Posts(c.Place)), `We mend \*things\*.`)
	})
}

func TestAWeekWithoutAQuestionIsAskedForAndWaits(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		for range 3 {
			week(w, c)
		}
		w.Advance(5 * day)
		must(t, textOf(w.Inbox("Wiremu")), "has no question yet. What would you like to ask?")
		w.Advance(3 * day)
		must(t, textOf(w.Inbox("Wiremu")), "did not go out, because it has no question yet")
		w.Press("Wiremu", "Write it")
		w.Submit("Wiremu", map[string]string{"prompt": "And now?"})
		w.Advance(7 * day)
		must(t, textOf(w.Posts(c.Place)), "And now?")
		w.Advance(14 * day)
		must(t, textOf(w.Inbox("Wiremu")), "The last week of")
	})
}

func TestAHeldWeekWaitsUntilItIsPostedNow(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		w.Do("Wiremu", "plan hold")
		w.Advance(7 * day)
		mustNot(t, textOf(w.Posts(c.Place)), "What did you see")
		must(t, textOf(w.Inbox("Wiremu")), "because you hold it")
		mustNot(t, textOf(w.Posts(c.Place)), "takes a little longer")
		w.Advance(2 * day)
		must(t, textOf(w.Posts(c.Place)), "comes [Monday 16 November, 9:00 am]")
		w.Press("Wiremu", "Post it now")
		w.Press("Wiremu", "Post it now")
		must(t, textOf(w.Posts(c.Place)), "What did you see")
	})
}

func TestAfterALongStandstillTheFacilitatorDecides(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		w.Skip(12 * day) // the question was due after seven
		mustNot(t, textOf(w.Posts(c.Place)), "What did you see")
		must(t, textOf(w.Inbox("Wiremu")), "because I was not running")
	})
}

func TestSomebodyWhoHasNotJoinedIsToldAndNothingIsKept(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		q := week(w, c)
		w.Said("Passer", q, "hello")
		must(t, textOf(w.Inbox("Passer")), "you have not joined it")
		w.View(func(tx store.Tx) error {
			all, err := prompts.OfWeek(tx, c.ID, "w1")
			if len(all) != 0 {
				t.Errorf("%d answers kept", len(all))
			}
			return err
		})
	})
}

func TestAPhotoOrAVoiceNoteIsAnAnswer(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		q := week(w, c)
		w.Said("Ana", q, "", chat.File{ID: "f1", Name: "note.ogg", Type: "audio/ogg"})
		w.Do("Wiremu", "cohort panel")
		must(t, w.Answer("Wiremu"), "1 of 1 have answered: Ana")
		must(t, w.Answer("Wiremu"), "Ana: a voice note")
	})
}

func TestAnAnswerTypedInOneGoIsKeptWithoutAForm(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		week(w, c)
		w.Do("Ana", `reflect "We waited together" sees:cohort`)
		must(t, w.Answer("Ana"), "Kept")
		must(t, textOf(w.Posts(c.Place)), "We waited together")
	})
}

func TestWhoHasLeftCanStillDeleteTheirAnswers(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		w.Said("Ana", week(w, c), "mine")
		w.Do("Ana", "cohort quit")
		w.Press("Ana", "Leave it")
		w.Do("Ana", "answers")
		must(t, w.Answer("Ana"), "mine")
		w.Press("Ana", "Delete 1")
		w.Press("Ana", "Delete it")
		must(t, w.Answer("Ana"), "Deleted.")
	})
}

func TestAnAnswerIsKeptAsEvidenceByOneTap(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		week(w, c)
		w.Do("Ana", "reflect")
		w.Submit("Ana", map[string]string{"text": "I asked the quiet ones first.", "sees": "me"})
		w.Press("Ana", "Keep as evidence")
		must(t, w.Answer("Ana"), "Kept: **I asked the quiet ones first**")
		w.SaidDirect("Ana", "And then I waited.")
		w.Do("Ana", "answers")
		w.Press("Ana", "Keep 1 as evidence")
		must(t, w.Answer("Ana"), "Kept: **And then I waited**")
		w.Do("Ana", "answers")
		w.Press("Ana", "Keep 2 as evidence")
		must(t, w.Answer("Ana"), "You keep this already.")
	})
}
