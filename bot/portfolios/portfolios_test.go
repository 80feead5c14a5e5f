package portfolios_test

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/attestations"
	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/evidence"
	"cohortbot/bot/portfolios"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

// started has somebody start a portfolio for the built-in programme.
func started(w *bottest.World, who string) portfolios.Portfolio {
	w.T.Helper()
	if out := w.Do(who, "/portfolio start programme:facilitation-credential"); out.Form != nil {
		w.Submit(who, nil)
	}
	bottest.Says(w.T, w.Answer(who), "Your portfolio is started", "0 of 6 parts")
	return only(w, who)
}

// only gives somebody's one portfolio, as it is kept.
func only(w *bottest.World, who string) portfolios.Portfolio {
	w.T.Helper()
	var all []portfolios.Portfolio
	w.View(func(tx store.Tx) (err error) {
		all, err = portfolios.Of(tx, w.Known(who).ID)
		return err
	})
	if len(all) != 1 {
		w.T.Fatalf("%s has %d portfolios, want one", who, len(all))
	}
	return all[0]
}

// given fills the slots and gives one piece of evidence with a file.
func given(w *bottest.World, who string) {
	w.T.Helper()
	owner, now := w.Known(who), w.Now()
	w.Update(func(tx store.Tx) error {
		for n, role := range []programmes.Role{programmes.Participant, programmes.Participant, programmes.Mentor} {
			id := attestations.ID(store.NewID(now))
			if err := attestations.Table.Put(tx, id, attestations.Attestation{
				ID: id, Learner: owner.ID, Given: now, Content: attestations.Content{
					ID: id, Role: role, Writer: "Writer " + string(rune('A'+n)), About: "the harbour hui", Saw: "She listened to everybody.",
					Relation: "We met there", Reached: attestations.ByLink, At: now,
				},
			}); err != nil {
				return err
			}
		}
		if err := evidence.Contents.Put(tx, fileHash, evidence.Content{Hash: fileHash, Size: 12}); err != nil {
			return err
		}
		return evidence.Table.Put(tx, "item-1", evidence.Item{
			ID: "item-1", Owner: owner.ID, At: now, Kind: evidence.OfFile, Title: "Minutes of the hui", Workspace: bottest.Workspace,
			Files: []evidence.File{{Name: "minutes.pdf", Copy: evidence.Here, Hash: fileHash, Size: 12}},
			Tags:  []evidence.Tag{{Framework: "facilitation", Item: "plan"}},
		})
	})
}

var fileHash = strings.Repeat("ab", 32)

// complete fills every part of somebody's portfolio.
func complete(w *bottest.World, who string) portfolios.Portfolio {
	w.T.Helper()
	p := started(w, who)
	given(w, who)
	for _, part := range []string{"background", "case-study", "reflections", "next"} {
		w.Do(who, "/portfolio write part:"+part+` text:"What I did about `+part+`"`)
		bottest.Says(w.T, w.Answer(who), "Kept.")
	}
	w.Do(who, "/portfolio papers")
	w.Submit(who, map[string]string{"items1": "item-1"})
	bottest.Says(w.T, w.Answer(who), "1 piece of evidence")
	w.Press(who, "Say who agreed")
	w.Submit(who, map[string]string{"file1": "not needed"})
	bottest.Says(w.T, w.Answer(who), "can go to an assessor")
	return p
}

func submit(w *bottest.World, who string) {
	w.T.Helper()
	w.Do(who, "/portfolio submit")
	bottest.Says(w.T, w.Answer(who), "I take a copy of")
	w.Press(who, "Submit it")
	bottest.Says(w.T, w.Answer(who), "**Submitted:** copy")
}

func TestAPortfolioIsStartedWithoutAGroupAndShowsWhatIsMissing(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Do("Ana", "/portfolio open")
		bottest.Says(t, w.Answer("Ana"), "You have no portfolio yet")
		started(w, "Ana")
		buttons := w.Do("Ana", "/portfolio open").Reply.Buttons
		if len(buttons) != 3 || !buttons[0].Main || buttons[2].Label != "More" {
			t.Errorf("the buttons are %+v", buttons)
		}
		bottest.Says(t, w.Answer("Ana"), "0 of 6 parts", "**Background and role**: still empty",
			"People who took part: 0 of 2; 2 still missing", "Somebody who knows your work: 0 of 1",
			"**Papers and pictures**: nothing is chosen yet", "0 h of about 20-40 h", "as a guide and never a condition",
			"199 NZD, due when you submit", "for an awarding body to decide, and none is named", "5 of 5 still to be given", "Not submitted yet")
		w.Press("Ana", "More")
		bottest.Says(t, w.Answer("Ana"), "What else you can do")
		w.Press("Ana", "Read it as a page")
		w.Do("Ana", "/home")
		bottest.Says(t, w.Answer("Ana"), "**Facilitating in a community**: 0 of 6 parts have what they need. Still to come: Background and role, A case study, What others saw (3 more) and 3 more.")
	})
}

func TestSeveralPortfoliosAreToldApart(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		started(w, "Ana")
		if p := only(w, "Ana"); p.Cohort != c.ID {
			t.Errorf("started in the group's channel, and it belongs to %q", p.Cohort)
		}
		w.Do("Ana", "/portfolio start programme:facilitation-credential group:alone")
		bottest.Says(t, w.Answer("Ana"), "You have a portfolio for **Facilitating in a community** already")
		w.Advance(48 * time.Hour)
		w.Press("Ana", "Start another")
		w.Do("Ana", "/portfolio open")
		bottest.Says(t, w.Answer("Ana"), "You have 2 portfolios")
		w.Press("Ana", "Facilitating in a community, begun 4 November 2026")
		bottest.Says(t, w.Answer("Ana"), "0 of 6 parts")
		// Nobody reaches somebody else's by its id.
		var mine portfolios.Portfolio
		w.View(func(tx store.Tx) error {
			all, err := portfolios.Of(tx, w.Known("Ana").ID)
			mine = all[0]
			return err
		})
		for _, path := range []string{"portfolio open", "portfolio write", "portfolio read", "portfolio versions", "portfolio submit", "portfolio delete", "portfolio results", "portfolio lock", "portfolio page", "portfolio recover", "portfolio assess"} {
			w.Ask("Ben", chat.Request{At: w.At, Path: path, Record: string(mine.ID), Choice: "background"})
			if !strings.Contains(w.Answer("Ben"), "no such portfolio") && !strings.Contains(w.Answer("Ben"), "othing") {
				t.Errorf("%s: Ben got %q", path, w.Answer("Ben"))
			}
			said := w.Answer("Ben") // whether there is such a one is nobody's business
			w.Ask("Ben", chat.Request{At: w.At, Path: path, Record: strings.Repeat("0", len(mine.ID)), Choice: "background"})
			if w.Answer("Ben") != said {
				t.Errorf("%s: of one that is there Ben reads %q, of none %q", path, said, w.Answer("Ben"))
			}
		}
	})
}

func TestWhatIsWrittenKeepsItsVersions(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		p := started(w, "Ana")
		w.Do("Ana", "/portfolio write")
		bottest.Says(t, w.Answer("Ana"), "Which part?")
		w.Press("Ana", "Background and role")
		w.Submit("Ana", map[string]string{"text": "I keep *the* hall."})
		bottest.Says(t, w.Answer("Ana"), "now has 4 words")
		w.Do("Ana", "/portfolio write part:background")
		form := w.Submit("Ana", map[string]string{"text": "I look after the hall and its garden."})
		bottest.Says(t, form.Reply.Text, "now has 8 words")
		w.Do("Ana", `/portfolio add part:background text:"And the kettle."`)
		bottest.Says(t, w.Answer("Ana"), "now has 11 words")
		w.Do("Ana", "/portfolio versions part:background")
		bottest.Says(t, w.Answer("Ana"), "**Version 2**", "**Version 1**", `I keep \*the\* hall.`)
		w.Press("Ana", "Bring back version 1")
		bottest.Says(t, w.Answer("Ana"), "reads as in version 1 again")
		w.View(func(tx store.Tx) error {
			now, err := portfolios.TextOf(tx, p.ID, "background")
			if now.Text != "I keep *the* hall." || now.Changes != 3 {
				t.Errorf("stands: %+v", now)
			}
			return err
		})
		out := w.Do("Ana", "/portfolio read")
		bottest.Says(t, out.Reply.Document.Text, "## Background and role", `I keep \*the\* hall.`, "Nothing is written here yet", "## Hours")
		w.Do("Ana", `/portfolio write part:garden text:"x"`)
		bottest.Says(t, w.Answer("Ana"), "is no part that is written")
	})
}

func TestASubmissionIsRefusedWithWhatIsMissingAndFrozenOnceItIsThere(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		started(w, "Ana")
		w.Do("Ana", "/portfolio submit")
		bottest.Says(t, w.Answer("Ana"), "can't be submitted yet", "**A case study** is still empty", "needs the words of 2 people more", "**Papers and pictures** has nothing in it")
		given(w, "Ana")
		for _, part := range []string{"background", "case-study", "reflections", "next"} {
			w.Do("Ana", "/portfolio write part:"+part+` text:"First words"`)
		}
		w.Do("Ana", "/portfolio papers")
		w.Submit("Ana", map[string]string{"items1": "item-1"})
		w.Do("Ana", "/portfolio submit")
		bottest.Says(t, w.Answer("Ana"), "not said yet whether those who can be seen or heard agreed")
		w.Press("Ana", "Say who agreed")
		w.Submit("Ana", map[string]string{"file1": "asked"})
		bottest.Says(t, w.Answer("Ana"), "1 file stays with you")
		w.Do("Ana", "/portfolio submit")
		w.Press("Ana", "Say who agreed")
		w.Submit("Ana", map[string]string{"file1": "agreed"})
		submit(w, "Ana")
		bottest.Says(t, w.Answer("Ana"), "fee of 199 NZD is due now")
		inbox := w.Inbox("Wiremu")
		bottest.Says(t, inbox[len(inbox)-1].Message.Text, "**Ana** has submitted a portfolio", "fee of 199 NZD is due")

		// The copy stays as it was, whatever becomes of the original.
		first := only(w, "Ana")
		w.Do("Ana", "/portfolio submit")
		bottest.Says(t, w.Answer("Ana"), "Nothing has changed since")
		w.Do("Ana", `/portfolio write part:background text:"Second words"`)
		w.View(func(tx store.Tx) error {
			s, err := portfolios.Snapshots.Get(tx, first.Latest)
			if err != nil {
				return err
			}
			x, err := portfolios.Read(tx, s)
			if err != nil || x.Texts["background"] != "First words" || len(x.Attested) != 3 || len(x.Items) != 1 {
				t.Errorf("the copy has %+v, %v", x, err)
			}
			return nil
		})
		submit(w, "Ana")
		if p := only(w, "Ana"); p.Snapshots != 2 || p.Latest == first.Latest || p.Fee.State != portfolios.Due {
			t.Errorf("after the second: %+v", p)
		}
		w.Do("Wiremu", "/cohort panel")
		bottest.Says(t, w.Answer("Wiremu"), "**Portfolios:** 1 begun, 1 submitted, 1 needs an assessor, 1 fee is due; 5 of 5 scholarships are left")
		if strings.Contains(w.Answer("Wiremu"), "Second words") {
			t.Error("the panel shows what is written")
		}
	})
}

func TestAChangedByteOfASnapshotIsFound(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		complete(w, "Ana")
		submit(w, "Ana")
		p := only(w, "Ana")
		var s portfolios.Snapshot
		w.View(func(tx store.Tx) (err error) {
			s, err = portfolios.Snapshots.Get(tx, p.Latest)
			return err
		})
		for name, change := range map[string]func(*portfolios.Snapshot){
			"a name":      func(s *portfolios.Snapshot) { s.Name = "Ben" },
			"a day":       func(s *portfolios.Snapshot) { s.At = s.At.Add(time.Second) },
			"a criterion": func(s *portfolios.Snapshot) { s.Criteria = s.Criteria[1:] },
			"a piece":     func(s *portfolios.Snapshot) { s.Pieces = s.Pieces[1:] },
			"a hash":      func(s *portfolios.Snapshot) { s.Pieces[0].Hash = s.Pieces[1].Hash },
		} {
			changed := s
			changed.Pieces = append([]portfolios.Piece(nil), s.Pieces...)
			change(&changed)
			w.View(func(tx store.Tx) error {
				if _, err := portfolios.Read(tx, changed); err == nil {
					t.Errorf("%s was changed, and nobody would notice", name)
				}
				return nil
			})
		}
	})
}

func TestWordsThatWereTakenBackAreInNoCopy(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		complete(w, "Ana")
		w.Do("Ana", `/attest ask who:@ben role:peer about:"the working bee"`)
		w.Advance(time.Minute)
		inbox := w.Inbox("Ben")
		w.PressOn("Ben", inbox[len(inbox)-1], "Write a few words")
		w.Submit("Ben", map[string]string{"saw": "She mended the zyzzyva gate.", "relation": "neighbours", "show": "yes", "badge": "no", "conflict": "no"})
		submit(w, "Ana")
		first := only(w, "Ana").Latest
		kept := func() (texts string) {
			w.View(func(tx store.Tx) error {
				for kv, err := range tx.Scan(nil, []byte{0xff}, false) {
					if err != nil {
						return err
					}
					if strings.Contains(string(kv.Key), "portfolio") {
						texts += string(kv.Value)
					}
				}
				return nil
			})
			return texts
		}
		words := base64.StdEncoding.EncodeToString([]byte("She mended the zyzzyva gate."))[4:20]
		hidden := func(texts string) bool {
			for n := range 3 { // bytes are kept in base64, and may begin at any of three places
				part := base64.StdEncoding.EncodeToString([]byte("zyzzyva gate")[n:])
				if strings.Contains(texts, part[:8]) {
					return false
				}
			}
			return !strings.Contains(texts, "zyzzyva") && !strings.Contains(texts, words)
		}
		if hidden(kept()) {
			t.Fatal("the words are not found where they stand, so that this test would find nothing")
		}
		w.Press("Ben", "Take it back")
		w.Press("Ben", "Delete what I wrote")
		if !hidden(kept()) {
			t.Error("the words are kept still")
		}
		w.View(func(tx store.Tx) error {
			s, err := portfolios.Snapshots.Get(tx, first)
			if err != nil {
				return err
			}
			x, err := portfolios.Read(tx, s)
			if err != nil || len(x.Withdrawn) != 1 || len(x.Attested) != 3 {
				t.Errorf("the copy has %d and %d that were taken back, %v", len(x.Attested), len(x.Withdrawn), err)
			}
			faults, err := attestations.Verify(tx)
			if err != nil || slices.ContainsFunc(faults, func(f attestations.Fault) bool { return f.About == x.Withdrawn[0] }) {
				t.Errorf("the chain: %v, %v", faults, err)
			}
			return nil
		})
		out := w.Do("Ana", "/portfolio read")
		if strings.Contains(out.Reply.Document.Text, "zyzzyva") {
			t.Error("the words are shown")
		}
		w.Do("Ana", `/portfolio write part:background text:"Changed"`)
		submit(w, "Ana")
		if !hidden(kept()) {
			t.Error("the words are in a later copy")
		}
	})
}

func TestTheFeeIsWrittenDownByAFacilitatorAndNeverByTheOwner(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		p := complete(w, "Ana")
		fee := func(who, state string) {
			w.Ask(who, chat.Request{At: w.At, Path: "portfolio fee", Record: string(p.ID), Answers: chat.Answers{"state": chat.Given(state), "note": chat.Given("receipt 1")}})
		}
		fee("Wiremu", "paid")
		bottest.Says(t, w.Answer("Wiremu"), "No fee is due")
		submit(w, "Ana")
		fee("Ana", "paid")
		bottest.Says(t, w.Answer("Ana"), "Only facilitators")
		fee("Wiremu", "paid")
		bottest.Says(t, w.Answer("Wiremu"), "the fee of Ana is **paid**")
		inbox := w.Inbox("Ana")
		bottest.Says(t, inbox[len(inbox)-1].Message.Text, "Wiremu wrote down that the fee of your portfolio is **paid**")
		got := only(w, "Ana").Fee
		if got.State != portfolios.Paid || got.By != w.Known("Wiremu").ID || got.At.IsZero() || got.Note != "receipt 1" {
			t.Errorf("written down: %+v", got)
		}
		w.Cohort("Others", "Hine")
		fee("Hine", "due")
		bottest.Says(t, w.Answer("Hine"), "no such portfolio that you look after")
	})
}

func TestAScholarshipCoversTheFeeAndThereAreNoMoreThanThereAre(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		names := []string{"Ana", "Ben", "Cleo", "Dan", "Eva", "Fay"}
		w.Cohort("Explorers", "Wiremu", names...)
		for n, name := range names {
			p := started(w, name)
			w.Do(name, "/portfolio scholarship")
			w.Submit(name, map[string]string{"why": "It has been a dry year"})
			inbox := w.Inbox("Wiremu")
			bottest.Says(t, inbox[len(inbox)-1].Message.Text, "**"+name+"** asks for a scholarship")
			w.Ask("Wiremu", chat.Request{At: w.At, Path: "portfolio award", Record: string(p.ID), Answers: chat.Answers{"answer": chat.Given("yes")}})
			if n == 5 {
				bottest.Says(t, w.Answer("Wiremu"), "All 5 scholarships are awarded")
				continue
			}
			bottest.Says(t, w.Answer("Wiremu"), "Awarded to "+name)
			inbox = w.Inbox(name)
			bottest.Says(t, inbox[len(inbox)-1].Message.Text, "You have a scholarship")
		}
		// One that is taken back can be given to somebody else.
		w.Ask("Wiremu", chat.Request{At: w.At, Path: "portfolio award", Record: string(only(w, "Ben").ID), Answers: chat.Answers{"answer": chat.Given("back")}})
		w.Press("Wiremu", "Take it back")
		w.Ask("Wiremu", chat.Request{At: w.At, Path: "portfolio award", Record: string(only(w, "Fay").ID), Answers: chat.Answers{"answer": chat.Given("yes")}})
		bottest.Says(t, w.Answer("Wiremu"), "Awarded to Fay", "0 of 5 are left")
	})
}

func TestALostAccountLosesNothing(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Pages = "https://bot.example"
		w.Restart()
		p := started(w, "Ana")
		w.Do("Ana", `/portfolio write part:background text:"Still here"`)
		w.Do("Ana", "/portfolio recovery")
		given := w.Answer("Ana")
		l, out := follow(w, given, "")
		bottest.Says(t, out.Reply.Document.Text, "Still here")
		w.Do("Ben", "/portfolio claim code:"+strings.Repeat("x", 43))
		bottest.Says(t, w.Answer("Ben"), "Nothing is kept under this code")
		w.Cohort("Explorers", "Wiremu", "Ben")
		w.Do("Ben", "/portfolio claim code:"+l.Token)
		bottest.Says(t, w.Answer("Ben"), "has things of its own already")
		w.Do("Nana", "/portfolio claim code:"+l.Token)
		w.Press("Nana", "Go on from here")
		bottest.Says(t, w.Answer("Nana"), "Welcome back")
		w.Do("Nana", "/portfolio open")
		bottest.Says(t, w.Answer("Nana"), "**Background and role**: 2 words")
		if got := only(w, "Nana"); got.ID != p.ID || got.Owner != p.Owner {
			t.Errorf("it is %+v", got)
		}
		inbox := w.Inbox("Ana")
		bottest.Says(t, inbox[len(inbox)-1].Message.Text, "taken up from another account")
		w.Do("Ben", "/portfolio claim code:"+l.Token)
		bottest.Says(t, w.Answer("Ben"), "Nothing is kept under this code")
	})
}

func TestADeletedPortfolioIsGoneWithItsCopies(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		complete(w, "Ana")
		submit(w, "Ana")
		w.Do("Ana", "/portfolio delete")
		w.Press("Ana", "Delete it for good")
		w.View(func(tx store.Tx) error {
			for row, err := range portfolios.Snapshots.All(tx) {
				t.Errorf("a copy is left: %v, %v", row.ID, err)
			}
			for row, err := range portfolios.Texts.All(tx) {
				t.Errorf("a text is left: %v, %v", row.ID, err)
			}
			c, err := evidence.Contents.Get(tx, fileHash)
			if errors.Is(err, store.ErrNotFound) {
				return nil // the bytes are gone already
			}
			if err == nil && !c.Unheld {
				t.Error("the copy's file is still held")
			}
			return err
		})
	})
}
