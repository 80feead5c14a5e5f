package portfolios

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"cohortbot/bot/attestations"
	"cohortbot/bot/evidence"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/hours"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

// SnapshotID names a snapshot for ever.
type SnapshotID string

// Snapshot is a portfolio as it was when it was submitted. It never changes; what
// its owner writes afterwards is for the next one.
type Snapshot struct {
	ID        SnapshotID           `json:"id"`
	Portfolio ID                   `json:"portfolio"`
	Owner     people.ID            `json:"owner"`
	Name      string               `json:"name"`   // the owner's, as it was then
	Number    int                  `json:"number"` // of this portfolio's snapshots, from 1
	At        time.Time            `json:"at"`
	Programme string               `json:"programme"`
	Asks      programmes.Portfolio `json:"asks"`
	Criteria  []Criterion          `json:"criteria"` // what it is judged by
	Version   string               `json:"version"`  // of the framework
	Pieces    []Piece              `json:"pieces"`
	// Hash is the SHA-256 of all of the above as JSON, in lower-case hexadecimal. It
	// holds the hash of every piece, so that nothing can be changed without notice.
	Hash string `json:"hash,omitempty"`
}

// Criterion is one item of the framework that an assessor judges.
type Criterion struct {
	ID     string            `json:"id"`
	Code   string            `json:"code,omitempty"`
	Text   string            `json:"text"`
	Covers frameworks.Covers `json:"covers"`
}

// Piece is one thing in a snapshot.
type Piece struct {
	Kind PieceKind `json:"kind"`
	Part string    `json:"part,omitempty"` // of the portfolio
	ID   string    `json:"id"`             // of what it was copied from; of a file, the evidence that it belongs to
	Name string    `json:"name,omitempty"` // of a file
	Size int64     `json:"size"`           // bytes
	Hash string    `json:"sha256"`         // of its bytes, in lower-case hexadecimal
}

// PieceKind is what sort of piece it is.
type PieceKind string

// The kinds of pieces. All but files are kept with the snapshot; the bytes of files
// are kept by bot/evidence, which holds on to them for the snapshot.
const (
	OfText        PieceKind = "text"        // as typed
	OfAttestation PieceKind = "attestation" // JSON of [Attested]
	OfItem        PieceKind = "evidence"    // JSON of evidence.Item
	OfHours       PieceKind = "hours"       // JSON of []hours.Entry
	OfFile        PieceKind = "file"
)

// Attested is an attestation with the entry of the chain that proves it.
type Attested struct {
	Attestation attestations.Attestation `json:"attestation"`
	Entry       attestations.Entry       `json:"entry"`
}

// Snapshots keeps all snapshots.
var Snapshots = store.NewTable[SnapshotID, Snapshot]("portfolio snapshots", 1,
	store.Index[Snapshot]{Name: "portfolio", Keys: func(s Snapshot) [][]byte {
		return [][]byte{store.Key(string(s.Portfolio), s.Number)}
	}})

// frozen is the bytes of a piece.
type frozen struct {
	Data []byte `json:"data"`
	// Erased tells that whoever wrote it had it erased, or took it back: the place stays
	// empty. Its hash stays in the snapshot, so that all else in it can be checked.
	Erased bool `json:"erased,omitempty"`
}

var frozens = store.NewTable[string, frozen]("portfolio frozen", 1)

func frozenID(s SnapshotID, n int) string { return string(s) + "/" + strconv.Itoa(n) }

// Holder is what bot/evidence knows a snapshot by.
func (s SnapshotID) Holder() string { return "snapshot/" + string(s) }

// SnapshotsOf gives what was submitted of a portfolio, the oldest first.
func SnapshotsOf(tx store.Tx, p ID) ([]Snapshot, error) {
	var found []Snapshot
	for row, err := range Snapshots.By(tx, "portfolio", string(p)) {
		if err != nil {
			return nil, err
		}
		found = append(found, row.Value)
	}
	return found, nil
}

// criteriaOf gives what a portfolio is judged by: what its owner can do, then what
// they know. Values are a lens, and are judged by nobody.
func criteriaOf(f frameworks.Framework) []Criterion {
	var found []Criterion
	for _, how := range []frameworks.Covers{frameworks.Do, frameworks.Know} {
		for _, i := range f.Covering(how) {
			found = append(found, Criterion{ID: i.ID, Code: i.Code, Text: i.Text, Covers: how})
		}
	}
	return found
}

// freeze copies a portfolio as it is. It does not look whether anything is missing.
func freeze(tx store.Tx, l evidence.Library, p Portfolio, owner people.Person, id SnapshotID, now time.Time) (Snapshot, [][]byte, error) {
	s := Snapshot{
		ID: id, Portfolio: p.ID, Owner: p.Owner, Name: owner.Name, Number: p.Snapshots + 1, At: now.UTC(),
		Programme: p.Programme, Asks: p.Asks,
	}
	if f, ok := l.Framework(p.Asks.Framework); ok {
		s.Criteria, s.Version = criteriaOf(f), f.Version
	}
	var bytes [][]byte
	add := func(k PieceKind, part, id string, data []byte) {
		s.Pieces = append(s.Pieces, Piece{Kind: k, Part: part, ID: id, Size: int64(len(data)), Hash: hashOf(data)})
		bytes = append(bytes, data)
	}
	addJSON := func(k PieceKind, part, id string, v any) error {
		data, err := json.Marshal(v)
		add(k, part, id, data)
		return err
	}
	for _, part := range p.Asks.Parts {
		switch part.Holds {
		case programmes.HoldsText:
			t, err := TextOf(tx, p.ID, part.ID)
			if err != nil {
				return s, nil, err
			}
			add(OfText, part.ID, part.ID, []byte(t.Text))
		case programmes.HoldsAttestations:
			given, err := attestations.For(tx, p.Owner, string(p.ID))
			if err != nil {
				return s, nil, err
			}
			for _, a := range given {
				e, err := attestations.Proof(tx, a)
				if err != nil && !errors.Is(err, store.ErrNotFound) {
					return s, nil, err
				}
				if err := addJSON(OfAttestation, part.ID, string(a.ID), Attested{a, e}); err != nil {
					return s, nil, err
				}
			}
		case programmes.HoldsDocuments:
			items, err := itemsOf(tx, p)
			if err != nil {
				return s, nil, err
			}
			for _, i := range items {
				if err := addJSON(OfItem, part.ID, string(i.ID), i); err != nil {
					return s, nil, err
				}
				for _, f := range i.Files {
					s.Pieces = append(s.Pieces, Piece{Kind: OfFile, Part: part.ID, ID: string(i.ID), Name: f.SafeName(), Size: f.Size, Hash: f.Hash})
					bytes = append(bytes, nil)
				}
			}
		}
	}
	entries, err := hours.Of(tx, p.Owner)
	if err != nil {
		return s, nil, err
	}
	if err := addJSON(OfHours, "", "hours", entries); err != nil {
		return s, nil, err
	}
	s.Hash, err = s.sum()
	return s, bytes, err
}

// keep keeps a snapshot for good, and the bytes of its pieces; those of files are
// held on to.
func (s Snapshot) keep(tx store.Tx, bytes [][]byte) error {
	for n, piece := range s.Pieces {
		var err error
		if piece.Kind == OfFile {
			err = evidence.Hold(tx, piece.Hash, s.ID.Holder())
		} else {
			err = frozens.Put(tx, frozenID(s.ID, n), frozen{Data: bytes[n]})
		}
		if err != nil {
			return err
		}
	}
	return Snapshots.Put(tx, s.ID, s)
}

// remove takes a snapshot away for good, and what assessors were sent of it.
func (s Snapshot) remove(tx store.Tx) error {
	for row, err := range Appointments.By(tx, "portfolio", string(s.Portfolio)) {
		if err == nil {
			err = s.close(tx, row.ID)
		}
		if err != nil {
			return err
		}
	}
	for n := range s.Pieces {
		if err := frozens.Delete(tx, frozenID(s.ID, n)); err != nil {
			return err
		}
	}
	if err := evidence.Release(tx, s.ID.Holder()); err != nil {
		return err
	}
	return Snapshots.Delete(tx, s.ID)
}

// sum gives the hash of all that a snapshot says.
func (s Snapshot) sum() (string, error) {
	s.Hash = ""
	data, err := json.Marshal(s)
	return hashOf(data), err
}

// same tells whether two snapshots hold the same.
func (s Snapshot) same(other Snapshot) bool {
	if len(s.Pieces) != len(other.Pieces) {
		return false
	}
	for i := range s.Pieces {
		if s.Pieces[i] != other.Pieces[i] {
			return false
		}
	}
	return true
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Contents is what is in a snapshot.
type Contents struct {
	Texts    map[string]string // by part
	Attested []Attested
	// Withdrawn are attestations that their writers took back after the snapshot was
	// made: nothing of their words is shown any more.
	Withdrawn []attestations.ID
	// Erased counts pieces of evidence that whoever wrote them had erased since.
	Erased int
	Items  []evidence.Item
	Hours  []hours.Entry
}

// ErrChanged is returned for a snapshot of which something was changed behind the
// back of the bot.
var ErrChanged = errors.New("the snapshot is not what was submitted")

// Read gives what is in a snapshot, every byte checked against its hash. Errors:
// ErrChanged.
func Read(tx store.Tx, s Snapshot) (Contents, error) {
	c := Contents{Texts: map[string]string{}}
	if sum, err := s.sum(); err != nil || sum != s.Hash {
		return c, errors.Join(ErrChanged, err)
	}
	for n, piece := range s.Pieces {
		if piece.Kind == OfFile {
			continue
		}
		if piece.Kind == OfAttestation {
			stands, err := standing(tx, attestations.ID(piece.ID))
			if err != nil {
				return c, err
			}
			if !stands {
				c.Withdrawn = append(c.Withdrawn, attestations.ID(piece.ID))
				continue
			}
		}
		f, err := frozens.Get(tx, frozenID(s.ID, n))
		if err == nil && f.Erased {
			c.Erased++
			continue
		}
		if errors.Is(err, store.ErrNotFound) || err == nil && hashOf(f.Data) != piece.Hash {
			return c, fmt.Errorf("%w: %s %q", ErrChanged, piece.Kind, piece.ID)
		}
		if err != nil {
			return c, err
		}
		if err := c.add(piece, f.Data); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (c *Contents) add(piece Piece, data []byte) error {
	switch piece.Kind {
	case OfText:
		c.Texts[piece.Part] = string(data)
	case OfAttestation:
		var a Attested
		if err := json.Unmarshal(data, &a); err != nil {
			return err
		}
		c.Attested = append(c.Attested, a)
	case OfItem:
		var i evidence.Item
		if err := json.Unmarshal(data, &i); err != nil {
			return err
		}
		c.Items = append(c.Items, i)
	case OfHours:
		return json.Unmarshal(data, &c.Hours)
	}
	return nil
}

// Blank takes the words of an attestation that was withdrawn out of everything that
// was submitted with it.
func Blank(tx store.Tx, learner people.ID, id attestations.ID) error {
	own, err := Of(tx, learner)
	if err != nil {
		return err
	}
	for _, p := range own {
		submitted, err := SnapshotsOf(tx, p.ID)
		if err != nil {
			return err
		}
		for _, s := range submitted {
			for n, piece := range s.Pieces {
				if piece.Kind != OfAttestation || piece.ID != string(id) {
					continue
				}
				if err := frozens.Put(tx, frozenID(s.ID, n), frozen{Erased: true}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// standing tells whether an attestation was not withdrawn since.
func standing(tx store.Tx, id attestations.ID) (bool, error) {
	a, ok, err := attestations.Table.Find(tx, id)
	return ok && a.Stands(), err
}
