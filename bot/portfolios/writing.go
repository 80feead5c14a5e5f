package portfolios

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/links"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// Writing is a portfolio as the page for writing shows it: the parts that are
// written, in their order, and nothing else.
type Writing struct {
	Portfolio ID
	Title     string
	Zone      schedules.Zone // in which its owner lives
	Until     time.Time      // when the page ends
	Left      time.Duration  // until then
	Parts     []WrittenPart
}

// WrittenPart is one part of it.
type WrittenPart struct {
	programmes.Part
	Now  Text
	Mark string // of what stands there now, see [Mark]
}

// Part gives the part with an id; false where nothing is written under it.
func (w Writing) Part(id string) (WrittenPart, bool) {
	i := slices.IndexFunc(w.Parts, func(p WrittenPart) bool { return p.ID == id })
	if i < 0 {
		return WrittenPart{}, false
	}
	return w.Parts[i], true
}

// Words is how many words a text has.
func (t Text) Words() int { return len(strings.Fields(t.Text)) }

// Mark names a text by what it says: who saves a changed text brings the mark of the
// one that they changed.
func Mark(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// WritingBy gives what somebody writes on who came by a session of the page for
// writing. Errors: links.ErrNone where it is for something else, or its portfolio is
// gone.
func WritingBy(tx store.Tx, session links.Link, now time.Time) (Writing, error) {
	p, ok, err := Get(tx, ID(session.Record))
	if err == nil && (!ok || session.Command != writingPath) {
		err = links.ErrNone
	}
	if err != nil {
		return Writing{}, err
	}
	w := Writing{Portfolio: p.ID, Title: p.Asks.Title, Until: session.Expires, Left: session.Expires.Sub(now)}
	owner, err := people.Table.Get(tx, p.Owner)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return w, err
	}
	if w.Zone, err = cohorts.ZoneOf(tx, owner); err != nil {
		return w, err
	}
	for _, part := range p.Asks.Parts {
		if part.Holds != programmes.HoldsText {
			continue
		}
		t, err := TextOf(tx, p.ID, part.ID)
		if err != nil {
			return w, err
		}
		w.Parts = append(w.Parts, WrittenPart{Part: part, Now: t, Mark: Mark(t.Text)})
	}
	return w, nil
}

// Errors of [Save].
var (
	ErrNoPart  = errors.New("nothing is written under this part")
	ErrTooLong = errors.New("the text is longer than a part can be")
)

// Saved is what became of a text that was saved.
type Saved struct {
	Text
	Mark string
	// Added is what was added below the text elsewhere, since it was shown: it stands
	// below what was saved.
	Added string
	// Other is the version with what stood there where it had been changed elsewhere
	// in any other way. Zero where it had not.
	Other int
}

// Save keeps the text of a part as it was written on a page that showed the text
// with the mark base. Where it was changed elsewhere since, both are kept. Errors:
// ErrNoPart, ErrTooLong.
func Save(tx store.Tx, w Writing, part, base, text string, sitting links.ID, now time.Time) (Saved, error) {
	stands, ok := w.Part(part)
	if !ok {
		return Saved{}, ErrNoPart
	}
	if utf8.RuneCountInString(text) > MostText {
		return Saved{}, ErrTooLong
	}
	t := stands.Now
	if base == stands.Mark || text == t.Text {
		t, err := t.change(tx, text, sitting, now)
		return Saved{Text: t, Mark: Mark(t.Text)}, err
	}
	added, err := addedTo(tx, t, base)
	if err != nil {
		return Saved{}, err
	}
	if whole := text + "\n\n" + added; added != "" && utf8.RuneCountInString(whole) <= MostText {
		t, err := t.change(tx, whole, "", now)
		return Saved{Text: t, Mark: Mark(whole), Added: added}, err
	}
	t, err = t.change(tx, text, "", now) // no sitting: what stood there becomes a version
	s := Saved{Text: t, Mark: Mark(text)}
	if stands.Now.Text != "" {
		s.Other = t.Changes
	}
	return s, err
}

// addedTo gives what stands in t below the text with a mark, where that text is its
// beginning.
func addedTo(tx store.Tx, t Text, mark string) (string, error) {
	before, err := VersionsOf(tx, t.Portfolio, t.Part)
	for _, v := range slices.Backward(before) {
		if Mark(v.Text) == mark {
			rest, ok := strings.CutPrefix(t.Text, v.Text)
			if !ok || !strings.HasPrefix(rest, "\n") {
				return "", err
			}
			return strings.TrimSpace(rest), err
		}
	}
	return "", err
}

// Restore brings a version of a part back, or puts it below what stands there. False
// where it is no longer kept, or all of it would not fit.
func Restore(tx store.Tx, w Writing, part string, number int, below bool, now time.Time) (bool, error) {
	stands, ok := w.Part(part)
	if !ok {
		return false, nil
	}
	v, ok, err := Versions.Find(tx, versionID(Version{Portfolio: w.Portfolio, Part: part, Number: number}))
	if err != nil || !ok {
		return false, err
	}
	text := v.Text
	if below && stands.Now.Text != "" {
		text = stands.Now.Text + "\n\n" + text
	}
	if utf8.RuneCountInString(text) > MostText {
		return false, nil
	}
	_, err = stands.Now.change(tx, text, "", now)
	return err == nil, err
}

// stopWriting ends every link to the page for writing of a portfolio, and every
// session of it, and tells how many there were.
func stopWriting(tx store.Tx, p ID, now time.Time) (int, error) {
	open, err := links.To(tx, writingPath, string(p), now)
	for _, l := range open {
		if err := links.End(tx, l.ID, now); err != nil {
			return 0, err
		}
	}
	return len(open), err
}
