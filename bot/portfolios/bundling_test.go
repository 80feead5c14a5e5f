package portfolios

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/attestations"
	"cohortbot/bot/evidence"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/hours"
	"cohortbot/bot/people"
	"cohortbot/bot/portfolios/bundle"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
	"cohortbot/schedules"
)

// A snapshot becomes a zip without faults, in which nobody reads how the fee was
// paid, and out of which no more comes what was withdrawn or tampered with.
func TestASnapshotIsPackedAsItWasSubmitted(t *testing.T) {
	now := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	s := storetest.New(t, people.Table, evidence.Table, evidence.Contents, hours.Table, attestations.Table, attestations.Requests, attestations.Entries, Table, Texts, Versions, Steps, Snapshots, frozens, Assessments)
	l := evidence.NewLibrary(nil, nil)
	x, ok := l.Programme("facilitation-credential")
	if !ok {
		t.Fatal("there is no programme to try it with")
	}
	f, _ := l.Framework(x.Portfolio.Framework)
	do := f.Covering(frameworks.Do)[0]
	ana := people.Person{ID: "ana", Name: "Ana Tūī", HasZone: true, Zone: schedules.MustZone("Pacific/Auckland")}
	p := Portfolio{ID: "p", Owner: ana.ID, Programme: x.ID, Asks: x.Portfolio, Items: []evidence.ID{"e1"}}
	var snapshot Snapshot
	in := func(fn func(tx store.Tx) error) {
		t.Helper()
		if err := s.Update(context.Background(), fn); err != nil {
			t.Fatal(err)
		}
	}
	in(func(tx store.Tx) error {
		_, wrote := Write(tx, p.ID, "background", "Hui, and hui.", now)
		given := attestations.Attestation{ID: "a1", Learner: ana.ID, Writer: "mere", Given: now, Content: attestations.Content{ID: "a1", Writer: "Mere", Saw: "She listened.", Show: true, Framework: f.ID, Criteria: []string{do.ID}}}
		err := errors.Join(wrote,
			people.Table.Put(tx, ana.ID, ana),
			attestations.Table.Put(tx, "a1", given),
			hours.Table.Put(tx, "h1", hours.Entry{ID: "h1", Person: ana.ID, On: schedules.DateOf(now), Minutes: 90, What: "planning", Band: "practice", At: now}),
			evidence.Table.Put(tx, "e1", evidence.Item{ID: "e1", Owner: ana.ID, At: now, Kind: evidence.OfText, Text: "Minutes", Tags: []evidence.Tag{{Framework: f.ID, Item: do.ID}}}),
			Step{Portfolio: p.ID, At: now, What: WasSubmitted, Number: 1}.keep(tx),
			Step{Portfolio: p.ID, At: now, What: WasWaived, Name: "Wiremu"}.keep(tx),
		)
		if err != nil {
			return err
		}
		var data [][]byte
		if snapshot, data, err = freeze(tx, l, p, ana, "s1", now); err != nil {
			return err
		}
		return snapshot.keep(tx, data)
	})
	bundled := func() (b bundle.Bundle) {
		t.Helper()
		in(func(tx store.Tx) (err error) {
			b, err = Bundled(tx, l, snapshot, now.Add(time.Hour))
			return err
		})
		return b
	}
	b := bundled()
	if b.Name != "Ana Tūī" || b.Submitted.Format("15:04") != "22:00" || b.Parts[0].Text != "Hui, and hui." || len(b.Evidence) != 1 || b.Evidence[0].Part != "documents" ||
		!slices.Equal(b.Criteria[0].Evidence, []string{"e1"}) || !slices.Equal(b.Criteria[0].Said, []string{"a1"}) || b.Result != nil || len(b.Steps) != 1 {
		t.Errorf("bundled as %+v", b)
	}
	if n := slices.IndexFunc(b.Hours.Bands, func(x bundle.Band) bool { return x.ID == "practice" }); n < 0 || b.Hours.Bands[n].Minutes != 90 {
		t.Errorf("hours %+v", b.Hours)
	}
	var zip bytes.Buffer
	pages := []bundle.Page{{Path: bundle.PagePath}, {Path: bundle.PrintPath}}
	none := func(context.Context, string) (io.ReadCloser, error) { return nil, errors.New("there are no files") }
	if err := bundle.Write(context.Background(), &zip, b.Ready(), pages, nil, none); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(zip.String(), "Wiremu") {
		t.Error("who waived the fee stands in it")
	}

	in(func(tx store.Tx) error {
		decided := Assessment{ID: "x", Portfolio: p.ID, Snapshot: snapshot.ID, Name: "Sina", At: now, Judged: map[string]Judgement{do.ID: {Result: Met, Feedback: "Clear."}}}
		if err := Assessments.Put(tx, decided.ID, decided); err != nil {
			return err
		}
		b, err := Bundled(tx, l, snapshot, now)
		if err != nil || b.Result != nil || b.Criteria[0].Feedback != "" {
			t.Errorf("before it was decided: %v %+v", err, b.Result)
		}
		decided.Result, decided.Decided = Met, now
		return errors.Join(Assessments.Put(tx, decided.ID, decided), attestations.Table.Put(tx, "a1", attestations.Attestation{ID: "a1", Learner: ana.ID, Given: now, Withdrawn: now}))
	})
	if b = bundled(); b.Result == nil || b.Criteria[0].Feedback != "Clear." || len(b.Attestations) != 0 || len(b.Criteria[0].Said) != 0 {
		t.Errorf("after it was decided, and words were withdrawn: %+v", b)
	}
	in(func(tx store.Tx) error {
		if err := frozens.Put(tx, frozenID(snapshot.ID, 0), frozen{Data: []byte("Something else")}); err != nil {
			return err
		}
		if _, err := Bundled(tx, l, snapshot, now); !errors.Is(err, ErrChanged) {
			t.Errorf("of a changed snapshot: %v", err)
		}
		return nil
	})
}
