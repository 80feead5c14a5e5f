package attestations

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"cohortbot/bot/store"
)

// Entry is one link of the chain: something was given, corrected or withdrawn. An
// entry holds no words, so it stays when what it is about is erased.
type Entry struct {
	Number int       `json:"number"` // from 1
	About  ID        `json:"about"`
	What   What      `json:"what"`
	At     time.Time `json:"at"`
	Hash   string    `json:"hash"`   // SHA-256 of the attestation's JSON, with its Entry 0, in base64
	Before string    `json:"before"` // SHA-256 of the entry before, in base64; of the first, nothing
	// Key is the public key by which Signature can be checked, both in base64.
	// Empty where this bot had no key.
	Key       string `json:"key,omitempty"`
	Signature string `json:"signature,omitempty"`
}

// What happened to an attestation.
type What string

// What can happen.
const (
	WasGiven     What = "given"
	WasCorrected What = "corrected"
	WasWithdrawn What = "withdrawn"
)

// Entries keeps the chain, by number.
var Entries = store.NewTable[string, Entry]("attestation chain", 1)

// head is where the chain ends, so that an end that was cut off is missed.
type head struct {
	Number int    `json:"number"`
	Hash   string `json:"hash"` // of that entry
}

var heads = store.NewTable[string, head]("attestation chain head", 1)

const headKey = "head"

// signed gives what the signature of an entry is made over.
func (e Entry) signed() []byte {
	e.Signature = ""
	data, err := json.Marshal(e)
	if err != nil {
		panic("attestations: " + err.Error()) // it has texts, a number and a time
	}
	return append([]byte("cohortbot attestation\n"), data...)
}

// hash gives the hash by which the next entry holds on to this one.
func (e Entry) hash() string { return sum(append(e.signed(), e.Signature...)) }

func (a Attestation) hash() (string, error) {
	a.Entry = 0
	data, err := json.Marshal(a)
	return sum(data), err
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return base64.StdEncoding.EncodeToString(s[:])
}

func salt() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.StdEncoding.EncodeToString(b[:])
}

// chain adds an entry about a to the end of the chain, and keeps a.
func (f feature) chain(tx store.Tx, a Attestation, what What, now time.Time) error {
	last, err := heads.Get(tx, headKey)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	e := Entry{Number: last.Number + 1, About: a.ID, What: what, At: now.UTC(), Before: last.Hash}
	if e.Hash, err = a.hash(); err != nil {
		return err
	}
	if len(f.Key) == ed25519.PrivateKeySize {
		e.Key = base64.StdEncoding.EncodeToString(f.Key.Public().(ed25519.PublicKey))
		e.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(f.Key, e.signed()))
	}
	a.Entry = e.Number
	if err := Table.Put(tx, a.ID, a); err != nil {
		return err
	}
	if err := Entries.Put(tx, number(e.Number), e); err != nil {
		return err
	}
	return heads.Put(tx, headKey, head{Number: e.Number, Hash: e.hash()})
}

// number makes a key that sorts as numbers do.
func number(n int) string { return fmt.Sprintf("%012d", n) }

// Proof gives the entry that holds an attestation as it is now.
func Proof(tx store.Tx, a Attestation) (Entry, error) { return Entries.Get(tx, number(a.Entry)) }

// Check tells what is wrong with an attestation beside the entry that was made for
// it: nil where not a byte was changed. With keys, one of them must have signed it;
// without any, the key that the entry names itself counts.
func Check(a Attestation, e Entry, keys ...ed25519.PublicKey) error {
	hash, err := a.hash()
	switch {
	case err != nil:
		return err
	case a.ID != e.About:
		return errors.New("the proof is about another attestation")
	case hash != e.Hash:
		return errors.New("what it says is not what was signed")
	case a.Stands() == (e.What == WasWithdrawn):
		return errors.New("it counts as withdrawn or not, and the chain says otherwise")
	}
	return e.check(keys)
}

// check tells what is wrong with the signature of an entry.
func (e Entry) check(keys []ed25519.PublicKey) error {
	if e.Signature == "" {
		if len(keys) > 0 {
			return errors.New("it is not signed")
		}
		return nil
	}
	key, err := base64.StdEncoding.DecodeString(e.Key)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return errors.New("the key of its signature cannot be read")
	}
	known := len(keys) == 0
	for _, k := range keys {
		known = known || bytes.Equal(k, key)
	}
	signature, err := base64.StdEncoding.DecodeString(e.Signature)
	switch {
	case !known:
		return errors.New("it was signed with a key that is not this organisation's")
	case err != nil, !ed25519.Verify(key, e.signed(), signature):
		return errors.New("its signature is not right")
	}
	return nil
}

// Entered gives how many entries the chain has.
func Entered(tx store.Tx) (int, error) {
	last, err := heads.Get(tx, headKey)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return last.Number, err
}

// Fault is something that was changed behind the back of the bot.
type Fault struct {
	Entry int // the number of the entry; 0 where it is about none
	About ID  // empty where it is about none
	Err   error
}

// Error says what it is about and what is wrong.
func (f Fault) Error() string {
	return fmt.Sprintf("attestation %q, entry %d of the chain: %v", f.About, f.Entry, f.Err)
}

// Unwrap gives the cause.
func (f Fault) Unwrap() error { return f.Err }

// Verify goes over the whole chain and everything that it holds, and gives all
// that was changed, left out or put in between; none where all is as it was given.
// It tells nothing of a store that was put back as a whole to an earlier day. keys
// are as in [Check].
func Verify(tx store.Tx, keys ...ed25519.PublicKey) ([]Fault, error) {
	var faults []Fault
	fault := func(n int, about ID, format string, args ...any) {
		faults = append(faults, Fault{n, about, fmt.Errorf(format, args...)})
	}
	newest := map[ID]Entry{}
	var last Entry
	before, next := "", 1
	for row, err := range Entries.All(tx) {
		if err != nil {
			return nil, err
		}
		e := row.Value
		switch {
		case e.Number != next || row.ID != number(e.Number):
			fault(e.Number, e.About, "the entries before it are not all there")
		case e.Before != before:
			fault(e.Number, e.About, "it does not follow from the entry before")
		}
		if err := e.check(keys); err != nil {
			fault(e.Number, e.About, "%w", err)
		}
		newest[e.About], last = e, e
		before, next = e.hash(), e.Number+1
	}
	end, err := heads.Get(tx, headKey)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if end.Number != last.Number || end.Hash != before {
		fault(last.Number, last.About, "the chain does not end where it should: the end was cut off, or the last entry was changed")
	}
	for row, err := range Table.All(tx) {
		if err != nil {
			return nil, err
		}
		a := row.Value
		e, there := newest[a.ID]
		delete(newest, a.ID)
		switch {
		case !there || a.Entry != e.Number:
			fault(a.Entry, a.ID, "the chain does not hold it")
		default:
			if err := Check(a, e); err != nil {
				fault(e.Number, a.ID, "%w", err)
			}
		}
	}
	for id, e := range newest {
		fault(e.Number, id, "the chain holds it, and it is gone")
	}
	return faults, nil
}
