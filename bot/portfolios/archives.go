package portfolios

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/evidence"
	"cohortbot/bot/links"
	"cohortbot/bot/people"
	"cohortbot/bot/portfolios/bundle"
	"cohortbot/bot/store"
)

// This file is what can be packed as one zip. What is packed goes by a name that says
// what it is, so that a message can carry the name and the zip is made anew each time:
// nothing that was withdrawn meanwhile is in it.

const (
	draftArchive    = "portfolio/now/"      // and a portfolio: as it is now
	copyArchive     = "portfolio/copy/"     // and a snapshot: for its owner
	assessorArchive = "portfolio/assessor/" // and an appointment, a slash and a snapshot: for that assessor

	lightArchive = "portfolio/light/" // and the name of another: that without its heaviest files
	pieceArchive = "portfolio/piece/" // and a hash, a number and the name of another: a piece of what that leaves out
)

// IsArchive tells whether a name is that of a portfolio.
func IsArchive(name string) bool { return strings.HasPrefix(name, "portfolio/") }

// archived is what a name stands for.
type archived struct {
	portfolio   Portfolio
	snapshot    Snapshot // the zero one is the portfolio as it is now
	appointment AppointmentID
}

// named gives what a name stands for; false where there is nothing, or nothing any
// more.
func named(tx store.Tx, archive string) (a archived, ok bool, err error) {
	if id, is := strings.CutPrefix(archive, draftArchive); is {
		a.portfolio, ok, err = Get(tx, ID(id))
		return a, ok, err
	}
	id, is := strings.CutPrefix(archive, copyArchive)
	if !is {
		by, of, found := strings.Cut(strings.TrimPrefix(archive, assessorArchive), "/")
		if !strings.HasPrefix(archive, assessorArchive) || !found {
			return a, false, nil
		}
		x, there, err := appointment(tx, by)
		if err != nil || !there || !x.Reads() {
			return a, false, err
		}
		id, a.appointment = of, x.ID
	}
	a.snapshot, err = Snapshots.Get(tx, SnapshotID(id))
	if errors.Is(err, store.ErrNotFound) {
		return a, false, nil
	}
	if err != nil {
		return a, false, err
	}
	a.portfolio, ok, err = Get(tx, a.snapshot.Portfolio)
	if ok && a.appointment != "" { // of theirs, and the newest alone
		x, _, err := appointment(tx, string(a.appointment))
		if err != nil || x.Portfolio != a.portfolio.ID || a.portfolio.Latest != a.snapshot.ID {
			return a, false, err
		}
		over, err := judged(tx, a.portfolio, x.ID) // it is theirs for as long as they judge it
		return a, !over, err
	}
	return a, ok, err
}

// Pack gives what is packed under a name; false where there is nothing, or nothing
// any more. Errors: ErrChanged.
func Pack(tx store.Tx, l evidence.Library, archive string, now time.Time) (bundle.Bundle, bool, error) {
	if whole, light := strings.CutPrefix(archive, lightArchive); light {
		b, ok, err := Pack(tx, l, whole, now)
		return b.Within(mostInChat), ok, err
	}
	a, ok, err := named(tx, archive)
	if err != nil || !ok {
		return bundle.Bundle{}, false, err
	}
	if a.snapshot.ID != "" {
		c, err := Read(tx, a.snapshot)
		if err != nil {
			return bundle.Bundle{}, false, err
		}
		b, err := bundled(tx, l, a.snapshot, c, a.appointment, now)
		return b, err == nil, err
	}
	owner, err := people.Table.Get(tx, a.portfolio.Owner)
	if err != nil {
		return bundle.Bundle{}, false, err
	}
	s, bytes, err := freeze(tx, l, a.portfolio, owner, "", now)
	if err != nil {
		return bundle.Bundle{}, false, err
	}
	s.At, s.Number, s.Hash = time.Time{}, 0, "" // it was not submitted
	c := Contents{Texts: map[string]string{}}
	for n, piece := range s.Pieces {
		if piece.Kind == OfFile {
			continue
		}
		if err := c.add(piece, bytes[n]); err != nil {
			return bundle.Bundle{}, false, err
		}
	}
	for n := range c.Items {
		c.Items[n] = drafted(c.Items[n])
	}
	b, err := bundled(tx, l, s, c, "", now)
	return b, err == nil, err
}

// IsPiece tells whether a name is that of a piece of a portfolio that comes apart.
func IsPiece(name string) bool { return strings.HasPrefix(name, pieceArchive) }

// PieceOf gives the file that a name is a piece of, and which, counted from 1; false
// where there is nothing, or nothing any more. Errors: ErrChanged.
func PieceOf(tx store.Tx, l evidence.Library, archive string, now time.Time) (f bundle.File, piece int, ok bool, err error) {
	named := strings.SplitN(strings.TrimPrefix(archive, pieceArchive), "/", 3)
	if !IsPiece(archive) || len(named) != 3 {
		return f, 0, false, nil
	}
	b, ok, err := Pack(tx, l, lightArchive+named[2], now)
	if err != nil || !ok {
		return f, 0, false, err
	}
	all := b.Ready().Beside()
	i := slices.IndexFunc(all, func(f bundle.File) bool { return f.Hash == named[0] })
	piece, err = strconv.Atoi(named[1])
	if i < 0 || err != nil || piece < 1 || piece > all[i].Pieces() {
		return f, 0, false, nil
	}
	return all[i], piece, true, nil
}

// Whose gives the portfolio of which a name is a copy for its owner, with its result;
// false for others, and for what was not submitted.
func Whose(tx store.Tx, archive string) (ID, bool, error) {
	a, ok, err := named(tx, strings.TrimPrefix(archive, lightArchive))
	return a.portfolio.ID, ok && a.snapshot.ID != "" && a.appointment == "", err
}

// drafted leaves out of a piece of evidence the files that are not here, and says so;
// likewise which nobody has said yet whether those who are shown agreed.
func drafted(i evidence.Item) evidence.Item {
	var notes []string
	if i.Note != "" {
		notes = append(notes, i.Note)
	}
	for _, f := range i.Missing() {
		notes = append(notes, fmt.Sprintf("The file “%s” is not in this copy: it had not come yet, or could not be kept.", f.SafeName()))
	}
	i.Files = slices.DeleteFunc(slices.Clone(i.Files), func(f evidence.File) bool { return f.Copy != evidence.Here })
	if n := len(i.Unsettled()); n > 0 {
		notes = append(notes, fmt.Sprintf("Of %s it is not said yet whether those who are seen or heard agreed to be shown.", plural(n, "file", "files")))
	}
	i.Note = strings.Join(notes, "\n\n")
	return i
}

// MayTake tells whether whoever came by a link may have what is packed under a name.
func MayTake(tx store.Tx, l links.Link, archive string) (bool, error) {
	switch l.Command {
	case downloadPath:
		return l.Record == archive, nil
	case assessPath:
		return strings.HasPrefix(archive, assessorArchive+l.Record+"/"), nil
	case recoverPath:
		a, ok, err := named(tx, archive)
		return ok && a.appointment == "" && string(a.portfolio.Owner) == l.Record, err
	}
	return false, nil
}

// weight gives how many bytes the files in an archive have together.
func (a archived) weight(tx store.Tx) (total int64, err error) {
	if a.snapshot.ID != "" {
		for _, piece := range a.snapshot.Pieces {
			if piece.Kind == OfFile {
				total += piece.Size
			}
		}
		return total, nil
	}
	items, err := itemsOf(tx, a.portfolio)
	for _, i := range items {
		for _, f := range i.Files {
			if f.Copy == evidence.Here {
				total += f.Size
			}
		}
	}
	return total, err
}

// called is how a zip is spoken of, and the name of its file.
func (a archived) called() (words, file string) {
	if a.snapshot.ID == "" {
		return "as it is now", "portfolio-draft"
	}
	return fmt.Sprintf("copy %d", a.snapshot.Number), fmt.Sprintf("portfolio-copy-%d", a.snapshot.Number)
}
