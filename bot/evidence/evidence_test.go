package evidence_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/evidence"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

const day = 24 * time.Hour

// menu has somebody use "Keep as evidence" on a message that somebody wrote.
func menu(w *bottest.World, as, author, id, text string, files ...chat.File) chat.Outcome {
	w.T.Helper()
	return w.Ask(as, chat.Request{At: w.At, Path: "evidence keep", Message: &chat.Target{
		Address: chat.Address{Place: w.At, ID: id}, Author: w.Known(author).Accounts[0], Text: text, Files: files,
	}})
}

// add has somebody hand in a text and files.
func add(w *bottest.World, as, text string, files ...chat.File) chat.Outcome {
	w.T.Helper()
	return w.Ask(as, chat.Request{At: w.At, Path: "evidence add", Answers: chat.Answers{
		"text": chat.Given(text), "file": {Files: files},
	}})
}

func items(w *bottest.World, name string) (all []evidence.Item) {
	w.T.Helper()
	p := w.Known(name)
	w.View(func(tx store.Tx) (err error) {
		all, err = evidence.Items(tx, p.ID)
		return err
	})
	return all
}

func texts(posts []bottest.Post) string {
	var all []string
	for _, p := range posts {
		all = append(all, p.Message.Text+"\n"+p.Message.Note)
	}
	return strings.Join(all, "\n---\n")
}

func hashes(w *bottest.World) (all []string) {
	w.T.Helper()
	for h, err := range w.Files.All(w.T.Context()) {
		if err != nil {
			w.T.Fatal(err)
		}
		all = append(all, h)
	}
	return all
}

func agenda(data string) chat.File {
	return chat.File{Name: "agenda.pdf", Type: "application/pdf", Data: []byte(data)}
}

func TestOnesOwnMessageIsKeptAtOnceAndItsFilesAreCopied(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		// What was sent somewhere can be opened from there.
		w.Hear("Ana", chat.Said{Address: chat.Address{Place: chat.Direct(w.Known("Ana").Accounts[0]), ID: "d"}, Files: []chat.File{{ID: "F1", Name: "hui.png", Data: []byte("\x89PNG\r\n\x1a\nrest")}}})
		out := menu(w, "Ana", "Ana", "m1", "We planned the hui together", chat.File{Workspace: bottest.Workspace, ID: "F1", Name: "hui.png", Type: "image/png"})
		bottest.Says(t, out.Reply.Text+out.Reply.Note, "Kept: **We planned the hui together**", "Only you see what you keep")
		all := items(w, "Ana")
		if len(all) != 1 || len(all[0].Missing()) != 0 || !all[0].Files[0].Shown() || len(hashes(w)) != 1 {
			t.Fatalf("kept %+v, %d contents", all, len(hashes(w)))
		}
		again := menu(w, "Ana", "Ana", "m1", "We planned the hui together")
		bottest.Says(t, again.Reply.Text, "keep this already")
		if len(items(w, "Ana")) != 1 || len(items(w, "Ben")) != 0 {
			t.Error("kept twice, or by somebody else")
		}
	})
}

func TestSomebodyElsesWordsAreKeptOnlyWithTheirYes(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		menu(w, "Ana", "Ben", "m1", "Ana made room for all of us")
		bottest.Says(t, w.Answer("Ana"), "they decide", "> Ana made room for all of us")
		if got := w.Inbox("Ben"); len(got) != 0 {
			t.Fatalf("asked before Ana was sure: %s", texts(got))
		}
		w.Press("Ana", "Ask Ben")
		w.Advance(time.Minute)
		inbox := w.Inbox("Ben")
		bottest.Says(t, texts(inbox), "**Ana** asks whether they may keep this", "> Ana made room for all of us", "the people who judge it", "no reason for a no", "nobody is told")
		if len(items(w, "Ana")) != 0 {
			t.Error("kept before he said yes")
		}
		bottest.Says(t, w.Do("Ana", "/evidence list").Reply.Text, "You keep nothing as evidence yet.", "Not answered yet: Ben")
		w.Ask("Wiremu", w.Pressing(inbox[0], "Yes, keep it"))
		bottest.Says(t, w.Answer("Wiremu"), "Only the person who wrote this")
		w.PressOn("Ben", inbox[0], "Yes, keep it")
		bottest.Says(t, texts(w.Inbox("Ana")), "Ben said yes")
		if all := items(w, "Ana"); len(all) != 1 || all[0].Named != "Ben" {
			t.Fatalf("kept %+v", all)
		}
		w.Press("Ben", "Take it back")
		w.Press("Ben", "Take it back")
		if len(items(w, "Ana")) != 0 {
			t.Error("still kept after he took it back")
		}
	})
}

func TestANoIsToldToNobodyAndSilenceIsANo(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		menu(w, "Ana", "Ben", "m1", "Ana made room for all of us")
		w.Press("Ana", "Ask Ben")
		w.Advance(time.Minute)
		w.PressOn("Ben", w.Inbox("Ben")[0], "No, thank you")
		menu(w, "Ana", "Ben", "m2", "And then she listened")
		w.Press("Ana", "Ask Ben")
		w.Advance(15 * day)
		if got := texts(w.Inbox("Ana")); got != "" {
			t.Errorf("Ana was told: %s", got)
		}
		if got := texts(w.Inbox("Ben")); strings.Contains(got, "listened") {
			t.Errorf("still asked: %s", got)
		}
		w.View(func(tx store.Tx) error {
			for row, err := range evidence.Table.All(tx) {
				t.Errorf("still there: %+v, %v", row, err)
			}
			return nil
		})
	})
}

func TestAnAuthorOnLeaveIsAskedWhenTheyAreBack(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Update(func(tx store.Tx) error {
			p := w.Known("Ben")
			today := schedules.DateOf(w.Now().In(p.Zone.Location()))
			p.Leave = append(p.Leave, schedules.Span{From: today, To: today.AddDays(10)})
			return people.Table.Put(tx, p.ID, p)
		})
		menu(w, "Ana", "Ben", "m1", "Ana made room for all of us")
		w.Press("Ana", "Ask Ben")
		w.Advance(9 * day)
		if got := texts(w.Inbox("Ben")); strings.Contains(got, "made room") {
			t.Fatalf("disturbed on leave: %s", got)
		}
		w.Advance(3 * day)
		bottest.Says(t, texts(w.Inbox("Ben")), "> Ana made room for all of us")
	})
}

func TestAYesWaitsForWhoeverAskedAndIsOnLeave(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		menu(w, "Ana", "Ben", "m1", "Ana made room for all of us")
		w.Press("Ana", "Ask Ben")
		w.Advance(time.Minute)
		w.Away("Ana", 10)
		w.PressOn("Ben", w.Inbox("Ben")[0], "Yes, keep it")
		if len(items(w, "Ana")) != 1 {
			t.Error("what he agreed to is not kept")
		}
		w.Advance(3 * day)
		if got := texts(w.Inbox("Ana")); strings.Contains(got, "said yes") {
			t.Fatalf("disturbed on leave: %s", got)
		}
		w.Advance(9 * day)
		if n := strings.Count(texts(w.Inbox("Ana")), "Ben said yes"); n != 1 {
			t.Errorf("told %d times when she is back", n)
		}
	})
}

func TestAFileThatCannotBeCopiedIsToldToItsOwner(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Limits = evidence.Limits{File: 100, Person: 150, Types: []string{"pdf", "png"}}
		w.Restart()
		w.Cohort("Explorers", "Wiremu", "Ana")
		add(w, "Ana", "three files", agenda("an agenda"), chat.File{Name: "run.exe", Data: []byte("MZ")}, chat.File{Name: "large.pdf", Data: bytes.Repeat([]byte("x"), 101)})
		inbox := texts(w.Inbox("Ana"))
		bottest.Says(t, inbox, "**run.exe**: files of that type", "**large.pdf**: it is larger")
		if strings.Contains(inbox, "agenda.pdf") || len(hashes(w)) != 1 {
			t.Errorf("told: %s; %d kept", inbox, len(hashes(w)))
		}
		menu(w, "Ana", "Ana", "m1", "gone", chat.File{Workspace: bottest.Workspace, ID: "nowhere", Name: "gone.pdf"})
		bottest.Says(t, texts(w.Inbox("Ana")), "**gone.pdf**: it was taken away before")
		add(w, "Ana", "more", chat.File{Name: "b.pdf", Data: bytes.Repeat([]byte("b"), 90)})
		add(w, "Ana", "too much", chat.File{Name: "c.pdf", Data: bytes.Repeat([]byte("c"), 90)})
		bottest.Says(t, texts(w.Inbox("Ana")), "all the room that one person has")
	})
}

func TestDeletingMeansGoneWhenNobodyElseHoldsTheSameBytes(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		add(w, "Ana", "mine", agenda("the same agenda"))
		add(w, "Ben", "his", agenda("the same agenda"))
		if len(hashes(w)) != 1 {
			t.Fatalf("%d contents of one file", len(hashes(w)))
		}
		w.Do("Ana", "/evidence delete 1")
		w.Press("Ana", "Delete it")
		bottest.Says(t, w.Answer("Ana"), "Nothing of it is left")
		if len(hashes(w)) != 1 || len(items(w, "Ana")) != 0 {
			t.Errorf("Ben's file is gone, or Ana's item is not: %v", hashes(w))
		}
		hash := items(w, "Ben")[0].Files[0].Hash
		w.Update(func(tx store.Tx) error { return evidence.Hold(tx, hash, "snapshot/1") })
		w.Do("Ben", "/evidence delete 1")
		w.Press("Ben", "Delete it")
		if len(hashes(w)) != 1 {
			t.Error("what was submitted is gone")
		}
		w.Update(func(tx store.Tx) error { return evidence.Release(tx, "snapshot/1") })
		w.Advance(time.Minute)
		if len(hashes(w)) != 0 {
			t.Error("the bytes are still there")
		}
		w.Update(func(tx store.Tx) error {
			if err := evidence.Hold(tx, hash, "snapshot/2"); !errors.Is(err, evidence.ErrNoContent) {
				t.Errorf("held what is gone: %v", err)
			}
			return nil
		})
	})
}

func TestNobodyReachesWhatSomebodyElseKeeps(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		add(w, "Ana", "a secret of hers")
		id := string(items(w, "Ana")[0].ID)
		for _, path := range []string{"evidence show", "evidence tag", "evidence delete", "evidence agree", "evidence again", "evidence yes", "evidence no", "evidence withdraw"} {
			out := w.Ask("Ben", chat.Request{At: w.At, Path: path, Record: id})
			if got := w.Answer("Ben"); out.Reply == nil || strings.Contains(got, "secret") || len(out.Reply.Buttons) > 1 {
				t.Errorf("%s: %s", path, got)
			}
		}
		w.Ask("Ben", chat.Request{At: w.At, Path: "evidence also", Record: id + "/facilitation"})
		if strings.Contains(w.Answer("Ben"), "secret") || len(items(w, "Ana")[0].Tags) != 0 {
			t.Error("Ben tagged it")
		}
	})
}

func TestDoingAndKnowingAreCoveredApartAndValuesAreNeverMissing(t *testing.T) {
	l := evidence.NewLibrary(nil, nil)
	f, ok := l.Framework("partnerships")
	if !ok {
		t.Fatal("the framework is gone")
	}
	do, know, lens := l.Coverage(f, nil).Do[0].Item.ID, l.Coverage(f, nil).Know[0].Item.ID, l.Coverage(f, nil).Lens[0].Item.ID
	c := l.Coverage(f, []evidence.Item{
		{ID: "1", Tags: []evidence.Tag{{Framework: f.ID, Item: do}, {Framework: f.ID, Item: lens}}},
		{ID: "2", Tags: []evidence.Tag{{Framework: f.ID, Item: do}, {Framework: f.ID, Item: know}, {Framework: "other", Item: know}}},
	})
	got := fmt.Sprint(evidence.Covered(c.Do), len(c.Do), evidence.Covered(c.Know), len(c.Know), c.Do[0].Items, c.Know[0].Items, len(evidence.Gaps(c.Do)))
	if got != "1 14 1 18 [1 2] [2] 13" {
		t.Errorf("covered %s", got)
	}
}

func TestAMemberSaysWhatThingsShowAndSeesWhatIsCovered(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		add(w, "Ana", "I planned a gathering together with the people it was for")
		form := w.Press("Ana", "Say what it shows").Form
		if form == nil {
			t.Fatalf("answered %s", w.Answer("Ana"))
		}
		bottest.Says(t, form.Intro+form.Note, "1 Plan a process", "a guess and nothing is ticked", "You decide")
		if v := form.Filled["do"].Values; len(v) != 0 {
			t.Errorf("ticked by itself: %v", v)
		}
		w.Ask("Ana", chat.Request{At: w.At, Form: form.ID, Path: form.Command, Answers: chat.Answers{"do": {Values: []string{"plan", "reflect"}}}})
		bottest.Says(t, w.Answer("Ana"), "Plan a process", "Reflect critically")
		out := w.Do("Ana", "/evidence coverage")
		bottest.Says(t, out.Reply.Text, "**Doing:** 2 of 5", "1 Plan a process", "**1 piece**", "**nothing yet**")
		if out.Reply.Chart == nil || !strings.Contains(out.Reply.Chart.Alt, "doing 1: 1, doing 2: 0") {
			t.Errorf("drawn %+v", out.Reply.Chart)
		}
		// What is taken away is gone, and what is left stays.
		form = w.Do("Ana", "/evidence tag 1").Form
		w.Ask("Ana", chat.Request{At: w.At, Form: form.ID, Path: form.Command, Answers: chat.Answers{"do": {Values: []string{"reflect"}}}})
		if tags := items(w, "Ana")[0].Tags; fmt.Sprint(tags) != "[{facilitation reflect}]" {
			t.Errorf("tagged %v", tags)
		}
	})
}

func TestAGroupsCoverageHasNoNamesAndIsShownFromFivePeopleOn(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		names := []string{"Ana", "Ben", "Chen", "Dalia", "Emre"}
		w.Cohort("Explorers", "Wiremu", names...)
		for n, name := range names {
			add(w, name, "the words of "+name)
			out := w.Do("Wiremu", "/evidence group")
			if !strings.Contains(out.Reply.Text, "Fewer than five") {
				t.Fatalf("shown with %d people: %s", n, out.Reply.Text)
			}
			w.Update(func(tx store.Tx) error {
				i := items(w, name)[0]
				i.Tags = []evidence.Tag{{Framework: "facilitation", Item: []string{"plan", "reflect"}[n%2]}}
				return evidence.Table.Put(tx, i.ID, i)
			})
		}
		out := w.Do("Wiremu", "/evidence group")
		bottest.Says(t, out.Reply.Text, "5 people", "**3 people**", "**2 people**", "**nobody yet**")
		for _, name := range names {
			if strings.Contains(out.Reply.Text+out.Reply.Note+out.Reply.Chart.Alt, name) {
				t.Errorf("%s is named", name)
			}
		}
		w.Do("Ana", "/evidence group")
		bottest.Says(t, w.Answer("Ana"), "Only facilitators")
		w.Do("Ana", "/cohort quit")
		w.Press("Ana", "Leave it")
		w.Do("Wiremu", "/evidence group")
		bottest.Says(t, w.Answer("Wiremu"), "Fewer than five")
	})
}

func TestOfSeveralProgrammesTheOneIsAskedForAndItemsServeAll(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		w.Update(func(tx store.Tx) error { // the group prepares by another standard
			own, err := cohorts.Get(tx, c.ID)
			if err != nil {
				return err
			}
			own.Programme = evidence.NewLibrary(nil, nil).Programmes[0]
			own.Programme.ID, own.Programme.Portfolio.Framework = "ours", "partnerships"
			return cohorts.Table.Put(tx, c.ID, own)
		})
		add(w, "Ana", "a text")
		form := w.Press("Ana", "Say what it shows").Form
		bottest.Says(t, form.Intro, "artner")
		w.Do("Ana", "/evidence aim facilitation-credential")
		bottest.Says(t, w.Answer("Ana"), "counts for any other portfolio")
		form = w.Do("Ana", "/evidence tag 1").Form
		bottest.Says(t, form.Intro, "Facilitating in a community")
		w.Do("Ana", "/evidence aim nonsense")
		bottest.Says(t, w.Answer("Ana"), "no portfolio called")
	})
}

func TestAFileWaitsForTheWordOfThoseWhoAreShown(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		add(w, "Ana", "two files", agenda("1"), chat.File{Name: "../../hui.png", Type: "image/png", Data: []byte("2")})
		if n := len(items(w, "Ana")[0].Unsettled()); n != 2 {
			t.Fatalf("%d unsettled", n)
		}
		form := w.Press("Ana", "Say who agreed").Form
		bottest.Says(t, form.Intro, "iwi")
		if form.Fields[1].Label != "hui.png" {
			t.Errorf("asked about %q", form.Fields[1].Label)
		}
		w.Submit("Ana", map[string]string{"file1": "not needed", "file2": "asked"})
		bottest.Says(t, w.Answer("Ana"), "1 file stays with you")
		w.Do("Ana", "/evidence agree 1")
		w.Submit("Ana", map[string]string{"file2": "agreed"})
		bottest.Says(t, w.Answer("Ana"), "All of it can go")
	})
}
