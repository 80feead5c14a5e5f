package attestations

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
)

var now = time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)

// given fills a store with three attestations, of which one was corrected and one
// withdrawn.
func given(t *testing.T) (store.Store, ed25519.PublicKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := storetest.New(t, Table, Entries, heads)
	f := feature{Options{Key: private}}
	update(t, s, func(tx store.Tx) error {
		for i := range 3 {
			a := Attestation{
				ID: ID(fmt.Sprint("a", i)), Learner: "ana", Writer: "mere", Given: now,
				Content: Content{ID: ID(fmt.Sprint("a", i)), Saw: "She listened.", Salt: salt()},
			}
			if err := f.chain(tx, a, WasGiven, now); err != nil {
				return err
			}
		}
		a, err := Table.Get(tx, "a1")
		if err != nil {
			return err
		}
		a.Content.Saw, a.Content.Corrected = "She listened well.", true
		if err := f.chain(tx, a, WasCorrected, now); err != nil {
			return err
		}
		return f.chain(tx, Attestation{ID: "a2", Learner: "ana", Given: now, Withdrawn: now}, WasWithdrawn, now)
	})
	return s, public
}

func update(t *testing.T, s store.Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func faults(t *testing.T, s store.Store, keys ...ed25519.PublicKey) (all []Fault) {
	t.Helper()
	if err := s.View(context.Background(), func(tx store.Tx) (err error) {
		all, err = Verify(tx, keys...)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAChainThatNobodyTouchedHasNoFaults(t *testing.T) {
	s, key := given(t)
	if all := faults(t, s, key); len(all) > 0 {
		t.Error(all)
	}
	if all := faults(t, s); len(all) > 0 {
		t.Error(all)
	}
	other, _, _ := ed25519.GenerateKey(nil)
	if all := faults(t, s, other); len(all) != 5 {
		t.Errorf("%d faults with another organisation's key, want one for each of 5 entries", len(all))
	}
}

func TestWhatWasChangedAfterwardsIsFound(t *testing.T) {
	entry := func(n int, change func(*Entry)) func(store.Tx) error {
		return func(tx store.Tx) error {
			e, err := Entries.Get(tx, number(n))
			if err != nil {
				return err
			}
			change(&e)
			return Entries.Put(tx, number(n), e)
		}
	}
	attestation := func(id ID, change func(*Attestation)) func(store.Tx) error {
		return func(tx store.Tx) error {
			a, err := Table.Get(tx, id)
			if err != nil {
				return err
			}
			change(&a)
			return Table.Put(tx, id, a)
		}
	}
	for name, tamper := range map[string]func(store.Tx) error{
		"a word":                     attestation("a0", func(a *Attestation) { a.Content.Saw = "She listens." }),
		"whose it is":                attestation("a0", func(a *Attestation) { a.Learner = "ben" }),
		"who wrote it":               attestation("a0", func(a *Attestation) { a.Writer = "ben" }),
		"the slot":                   attestation("a0", func(a *Attestation) { a.Slot = "colleague" }),
		"a consent":                  attestation("a1", func(a *Attestation) { a.Content.Show = true }),
		"how its writer was reached": attestation("a1", func(a *Attestation) { a.Content.Reached = ByAccount }),
		"the day":                    attestation("a1", func(a *Attestation) { a.Given = a.Given.Add(time.Second) }),
		"back before the correction": attestation("a1", func(a *Attestation) { a.Content.Saw, a.Entry = "She listened.", 2 }),
		"withdrawn behind its back":  attestation("a0", func(a *Attestation) { a.Withdrawn, a.Content = now, Content{} }),
		"brought back":               attestation("a2", func(a *Attestation) { a.Withdrawn = time.Time{} }),
		"removed":                    func(tx store.Tx) error { return Table.Delete(tx, "a0") },
		"a tombstone removed":        func(tx store.Tx) error { return Table.Delete(tx, "a2") },
		"one put in": func(tx store.Tx) error {
			return Table.Put(tx, "a9", Attestation{ID: "a9", Learner: "ana", Given: now, Entry: 1})
		},
		"another's entry":   attestation("a0", func(a *Attestation) { a.Entry = 4 }),
		"an entry's hash":   entry(1, func(e *Entry) { e.Hash = e.Before }),
		"an entry's day":    entry(1, func(e *Entry) { e.At = e.At.Add(time.Hour) }),
		"an entry's kind":   entry(4, func(e *Entry) { e.What = WasGiven }),
		"the last entry":    entry(5, func(e *Entry) { e.At = e.At.Add(time.Hour) }),
		"a signature":       entry(2, func(e *Entry) { e.Signature = e.Hash }),
		"no signature":      entry(2, func(e *Entry) { e.Key, e.Signature = "", "" }),
		"an entry removed":  func(tx store.Tx) error { return Entries.Delete(tx, number(3)) },
		"the first removed": func(tx store.Tx) error { return Entries.Delete(tx, number(1)) },
		"the end cut off": func(tx store.Tx) error {
			if err := Entries.Delete(tx, number(5)); err != nil {
				return err
			}
			return Table.Delete(tx, "a2")
		},
		"the head": func(tx store.Tx) error { return heads.Delete(tx, headKey) },
		"two entries swapped": func(tx store.Tx) error {
			one, err := Entries.Get(tx, number(1))
			if err != nil {
				return err
			}
			two, err := Entries.Get(tx, number(2))
			if err != nil {
				return err
			}
			if err := Entries.Put(tx, number(1), two); err != nil {
				return err
			}
			return Entries.Put(tx, number(2), one)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, key := given(t)
			update(t, s, tamper)
			if len(faults(t, s, key)) == 0 {
				t.Error("nobody would notice")
			}
		})
	}
}

// What leaves the bot as JSON is checked elsewhere, on a machine that has nothing
// but it.
func TestAnAttestationIsCheckedBesideItsEntryAlone(t *testing.T) {
	s, key := given(t)
	var a Attestation
	var e Entry
	if err := s.View(context.Background(), func(tx store.Tx) (err error) {
		if a, err = Table.Get(tx, "a1"); err == nil {
			e, err = Proof(tx, a)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	var read Attestation
	if err := json.Unmarshal(data, &read); err != nil {
		t.Fatal(err)
	}
	if err := Check(read, e, key); err != nil {
		t.Error(err)
	}
	for i, b := range data {
		changed := append([]byte(nil), data...)
		changed[i] = b ^ 1
		var read Attestation
		if json.Unmarshal(changed, &read) != nil {
			continue
		}
		again, err := json.Marshal(read)
		if err != nil || string(again) == string(data) { // a field's name: nothing of what it says
			continue
		}
		if read.Entry != a.Entry { // the proof has the number itself
			continue
		}
		if Check(read, e, key) == nil {
			t.Errorf("byte %d changed from %q, and nobody would notice", i, b)
		}
	}
}
