// Package credentials is what a confirmed result leads to: a signed file that its
// holder keeps, a certificate to hang up, and an answer to whoever asks later
// whether it stands. Start reading at [Issue]; [Badge] is what a credential says,
// words.go how it says so to people.
package credentials

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// ID names a credential, or one person's word in it, for ever: a random UUID.
type ID string

func (id ID) ok() bool {
	u, err := uuid.Parse(string(id))
	return err == nil && u.String() == string(id)
}

// Number gives an id as people read it out: eight groups of four.
func (id ID) Number() string {
	var groups []string
	for group := range slices.Chunk([]byte(strings.ReplaceAll(string(id), "-", "")), 4) {
		groups = append(groups, string(group))
	}
	return strings.Join(groups, " ")
}

// short is an id without its hyphens, as it stands in an address.
func (id ID) short() string { return strings.ReplaceAll(string(id), "-", "") }

// Numbered gives the id that somebody typed, read from a certificate or from a file;
// false where it is none.
func Numbered(typed string) (ID, bool) {
	text := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(typed)), "urn:uuid:")
	if len(text) > 80 {
		return "", false
	}
	text = strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(text)
	u, err := uuid.Parse(text)
	return ID(u.String()), err == nil && len(text) == 32
}

// Issued is one credential that somebody holds.
type Issued struct {
	ID        ID        `json:"id"`
	Person    people.ID `json:"person"`    // who holds it
	Portfolio string    `json:"portfolio"` // the record that the result is about
	By        people.ID `json:"by"`        // who confirmed the result
	At        time.Time `json:"at"`
	Badge     Badge     `json:"badge"`
	Said      []string  `json:"said,omitempty"` // the attestations that were judged with it
	File      []byte    `json:"file,omitempty"` // as it was signed; empty until somebody asks for it
	Revoked   Revoked   `json:"revoked,omitzero"`
}

// Revoked says that a credential does not stand any more.
type Revoked struct {
	At     time.Time `json:"at"`
	By     people.ID `json:"by"`
	Reason string    `json:"reason"` // for the holder and the programme; never public
}

// Table keeps all credentials.
var Table = store.NewTable[ID, Issued]("credentials", 1,
	store.Index[Issued]{Name: "person", Keys: func(i Issued) [][]byte { return [][]byte{store.Key(string(i.Person), i.At)} }},
	store.Index[Issued]{Name: "portfolio", Keys: func(i Issued) [][]byte { return [][]byte{store.Key(i.Portfolio, i.At)} }},
)

// place is one bit of the status list. It outlives what it is about, so that no
// bit ever comes to mean something else.
type place struct {
	Of      ID        `json:"of"`
	In      ID        `json:"in"` // the credential that it is, or stands in
	Revoked time.Time `json:"revoked,omitzero"`
}

// Places keeps the status list by index.
var Places = store.NewTable[string, place]("credential places", 1,
	store.Index[place]{Name: "of", Keys: func(p place) [][]byte { return [][]byte{store.Key(string(p.Of))} }},
	store.Index[place]{Name: "revoked", Keys: func(p place) [][]byte {
		if p.Revoked.IsZero() {
			return nil
		}
		return [][]byte{store.Key(p.Revoked)}
	}},
)

// ListSize is how many places the status list has: the least that its standard
// allows, so that nobody is known by their place.
const ListSize = 131_072

// What keeps a credential from being given or taken back. Each is for a person to
// read.
var (
	ErrOwn    = errors.New("nobody confirms a result of their own; somebody else who may has to")
	ErrThere  = errors.New("there is a credential for this portfolio already; withdraw it first if it is wrong")
	ErrFull   = errors.New("the list of credentials is full, so that no more can be given")
	ErrReason = errors.New("say why it is withdrawn, in up to 500 characters; its holder will read it")
	ErrOver   = errors.New("it is withdrawn already")
)

const maxReason = 500

// Issue gives somebody the credential of a result that by has just confirmed; that
// by may is for the caller to know. It gives ids and places in the status list to
// the badge and its supporters.
func Issue(tx store.Tx, holder people.ID, portfolio string, b Badge, by people.ID, now time.Time) (Issued, error) {
	if by == "" || by == holder {
		return Issued{}, ErrOwn
	}
	if _, there, err := For(tx, portfolio); err != nil || there {
		return Issued{}, cmp.Or(err, ErrThere)
	}
	b = b.clone()
	for i := range b.Supporters {
		if b.Supporters[i].ID == "" {
			b.Supporters[i].ID = newID()
		}
	}
	if err := b.Check(); err != nil {
		return Issued{}, err
	}
	var err error
	if b.Index, err = take(tx, b.ID, b.ID); err != nil {
		return Issued{}, err
	}
	for i := range b.Supporters {
		if b.Supporters[i].Index, err = take(tx, b.Supporters[i].ID, b.ID); err != nil {
			return Issued{}, err
		}
	}
	made := Issued{ID: b.ID, Person: holder, Portfolio: portfolio, By: by, At: now, Badge: b}
	return made, Table.Put(tx, made.ID, made)
}

// take finds a free place by chance: places in order would say who came after whom.
func take(tx store.Tx, of, in ID) (int, error) {
	for range 128 {
		n := rand.IntN(ListSize)
		_, err := Places.Get(tx, placeKey(n))
		if err == nil {
			continue
		}
		if !errors.Is(err, store.ErrNotFound) {
			return 0, err
		}
		return n, Places.Put(tx, placeKey(n), place{Of: of, In: in})
	}
	return 0, ErrFull
}

func placeKey(n int) string { return fmt.Sprintf("%06d", n) }

// Revoke takes a credential back, for a reason that its holder gets to read.
func Revoke(tx store.Tx, id ID, by people.ID, reason string, now time.Time) (Issued, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" || len([]rune(reason)) > maxReason {
		return Issued{}, ErrReason
	}
	i, err := Table.Get(tx, id)
	if err != nil {
		return Issued{}, err
	}
	if !i.Revoked.At.IsZero() {
		return Issued{}, ErrOver
	}
	i.Revoked = Revoked{At: now, By: by, Reason: reason}
	if _, err := strike(tx, id, now); err != nil {
		return Issued{}, err
	}
	return i, Table.Put(tx, id, i)
}

// Withdraw takes back one person's word, which they may do at any time. The
// credential goes on without it: the words are gone from here, the file is signed
// anew when it is next asked for, and copies of the old one name a struck place.
func Withdraw(tx store.Tx, word ID, now time.Time) error {
	p, err := strike(tx, word, now)
	if err != nil {
		return err
	}
	i, err := Table.Get(tx, p.In)
	if errors.Is(err, store.ErrNotFound) {
		return nil // forgotten meanwhile
	}
	if err != nil {
		return err
	}
	i.Badge.Supporters = slices.DeleteFunc(i.Badge.Supporters, func(s Support) bool { return s.ID == word })
	i.File = nil
	return Table.Put(tx, p.In, i)
}

func strike(tx store.Tx, of ID, now time.Time) (place, error) {
	for row, err := range Places.By(tx, "of", string(of)) {
		if err != nil {
			return place{}, err
		}
		p := row.Value
		if !p.Revoked.IsZero() {
			return p, nil
		}
		p.Revoked = now
		return p, Places.Put(tx, row.ID, p)
	}
	return place{}, store.ErrNotFound
}

// Of gives what somebody holds, in the order that it was given.
func Of(tx store.Tx, holder people.ID) ([]Issued, error) {
	var all []Issued
	for row, err := range Table.By(tx, "person", string(holder)) {
		if err != nil {
			return nil, err
		}
		all = append(all, row.Value)
	}
	return all, nil
}

// Forget deletes what somebody holds, texts and file and all. Their places in the
// status list stay as they are, and name nobody.
func Forget(tx store.Tx, holder people.ID) error {
	all, err := Of(tx, holder)
	for _, i := range all {
		err = errors.Join(err, Table.Delete(tx, i.ID))
	}
	return err
}

// List gives the places that are struck, in order.
func List(tx store.Tx) ([]int, error) {
	var struck []int
	for row, err := range Places.By(tx, "revoked") {
		if err != nil {
			return nil, err
		}
		n, err := strconv.Atoi(row.ID)
		if err != nil {
			return nil, err
		}
		struck = append(struck, n)
	}
	slices.Sort(struck)
	return struck, nil
}

// Signer makes the file of a badge. The same badge must give the same bytes.
type Signer interface {
	Credential(b Badge) ([]byte, error)
}

// File gives the signed file of a credential. It is signed when somebody first asks
// for it and kept then, so that a new key changes nothing that was signed. pages is
// where the bot's pages are now, empty where it has none: what was signed before there
// were any names no status list, and is signed anew to name it.
func File(ctx context.Context, s store.Store, signer Signer, pages string, id ID) ([]byte, error) {
	list := Options{Pages: pages}.list()
	for {
		var i Issued
		err := s.View(ctx, func(tx store.Tx) (err error) {
			i, err = Table.Get(tx, id)
			return err
		})
		late := err == nil && i.Badge.List == "" && list != "" && i.Revoked.At.IsZero()
		if err != nil || len(i.File) > 0 && !late {
			return i.File, err
		}
		was := i.Badge
		if late {
			i.Badge.List = list
		}
		file, err := signer.Credential(i.Badge)
		if err != nil {
			return nil, err
		}
		outdated := false
		err = s.Update(ctx, func(tx store.Tx) error {
			now, err := Table.Get(tx, id)
			if err != nil {
				return err
			}
			// Somebody may have taken words back while they were being signed.
			if outdated = !reflect.DeepEqual(now.Badge, was); outdated {
				return nil
			}
			now.Badge, now.File = i.Badge, file
			return Table.Put(tx, id, now)
		})
		if err != nil || !outdated {
			return file, err
		}
	}
}
