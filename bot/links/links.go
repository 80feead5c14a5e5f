// Package links is the addresses by which somebody without an account reaches one
// deed: a page to write on, a form to answer. Start reading at [Link]; [Make] makes
// one, [Open] finds it again.
//
// A link is a permission, so it is 256 bits that nobody guesses, it ends by itself,
// and it can be taken back. What may be done by it, and how often, is for the deed
// to say: a link is for a submission, and opening it uses nothing up.
package links

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"regexp"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/store"
)

// Guests is the workspace of those who come by a link. Their account is the link's
// id: somebody who comes by two links is two guests.
const Guests = chat.Workspace("pages")

// ID names a link for ever. It is no secret: the token cannot be found from it.
type ID string

// Link is one address.
type Link struct {
	ID      ID     `json:"id"`
	Token   string `json:"token,omitempty"` // the secret part of the address; gone once the link has ended
	Command string `json:"command"`         // path of the deed that it opens
	Record  string `json:"record"`          // what that is about

	Made    time.Time `json:"made"`
	Expires time.Time `json:"expires"`
	Ended   time.Time `json:"ended,omitzero"` // when it was taken back, or used up

	// Once is set for an address that opens nothing by itself: it is exchanged, one
	// time, for the session of one browser. See [Enter].
	Once bool `json:"once,omitempty"`
	// Session is set for what is no address: its token stands in one browser alone,
	// and is kept nowhere else. See [OpenSession].
	Session bool `json:"session,omitempty"`
	// By names the showing of a page by which a link was exchanged, hashed.
	By string `json:"by,omitempty"`
}

// Guest gives the account of whoever comes by the link.
func (l Link) Guest() chat.User { return chat.User{Workspace: Guests, ID: string(l.ID)} }

// Path gives the address below the bot's pages, such as "/l/…".
func (l Link) Path() string { return "/l/" + l.Token }

// Over tells whether nobody can come by it any more.
func (l Link) Over(now time.Time) bool { return !l.Ended.IsZero() || !now.Before(l.Expires) }

// Table keeps all links.
var Table = store.NewTable[ID, Link]("links", 1,
	store.Index[Link]{Name: "record", Keys: func(l Link) [][]byte {
		return [][]byte{store.Key(l.Command, l.Record, l.Made, string(l.ID))}
	}})

// ErrNone is returned where no link is open by a token: there is none, or none any
// more. Which of the two is not told.
var ErrNone = errors.New("no link is open here")

// Make makes a link to a deed, open until expires.
func Make(tx store.Tx, command, record string, expires, now time.Time) (Link, error) {
	secret := make([]byte, 32)
	rand.Read(secret) // never fails
	token := base64.RawURLEncoding.EncodeToString(secret)
	l := Link{ID: idOf(token), Token: token, Command: command, Record: record, Made: now, Expires: expires}
	return l, Table.Put(tx, l.ID, l)
}

// MakeOnce makes a link that can be exchanged one time for a session, see [Enter].
func MakeOnce(tx store.Tx, command, record string, expires, now time.Time) (Link, error) {
	l, err := Make(tx, command, record, expires, now)
	l.Once = true
	return l, errors.Join(err, Table.Put(tx, l.ID, l))
}

// again is for how long an exchange can be repeated by who made it: they pressed
// twice, or the answer was lost.
const again = time.Minute

// Enter exchanges a link that is open once for a session that lasts so long, and
// gives it with its token. showing names the page that it was done on, as long and
// as secret as a token: the same can do so again within a minute, and gets the same.
// Errors: [ErrNone].
func Enter(tx store.Tx, token, showing string, lasts time.Duration, now time.Time) (Link, error) {
	if !form.MatchString(token) || len(showing) < 32 {
		return Link{}, ErrNone
	}
	l, err := Table.Get(tx, idOf(token))
	if errors.Is(err, store.ErrNotFound) || err == nil && !l.Once {
		return Link{}, ErrNone
	}
	if err != nil {
		return Link{}, err
	}
	// Nobody has to keep it to give it out again: whoever asks again brings both.
	sum := sha256.Sum256([]byte("session " + token + " " + showing))
	secret := base64.RawURLEncoding.EncodeToString(sum[:])
	by := string(idOf(showing))
	if !l.Ended.IsZero() {
		if l.By != by || now.Sub(l.Ended) > again {
			return Link{}, ErrNone
		}
		return OpenSession(tx, secret, now)
	}
	if l.Over(now) {
		return Link{}, ErrNone
	}
	l.Ended, l.Token, l.By = now, "", by
	if err := Table.Put(tx, l.ID, l); err != nil {
		return Link{}, err
	}
	s := Link{ID: idOf(secret), Command: l.Command, Record: l.Record, Made: now, Expires: now.Add(lasts), Session: true}
	err = Table.Put(tx, s.ID, s)
	s.Token = secret
	return s, err
}

// OpenSession gives the session that is open by a token, or [ErrNone].
func OpenSession(tx store.Tx, token string, now time.Time) (Link, error) {
	l, err := open(tx, token, now)
	if err == nil && !l.Session {
		return Link{}, ErrNone
	}
	l.Token = token
	return l, err
}

// Named gives the id that a link has, or would have, by its token.
func Named(token string) ID { return idOf(token) }

// idOf keeps tokens out of keys, where they could be guessed letter by letter from
// how long a search takes.
func idOf(token string) ID {
	sum := sha256.Sum256([]byte(token))
	return ID(hex.EncodeToString(sum[:]))
}

var form = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// Open gives the link that is open by a token, or [ErrNone].
func Open(tx store.Tx, token string, now time.Time) (Link, error) {
	l, err := open(tx, token, now)
	if err == nil && l.Session {
		return Link{}, ErrNone
	}
	return l, err
}

func open(tx store.Tx, token string, now time.Time) (Link, error) {
	if !form.MatchString(token) {
		return Link{}, ErrNone
	}
	l, err := Table.Get(tx, idOf(token))
	if errors.Is(err, store.ErrNotFound) || err == nil && l.Over(now) {
		return Link{}, ErrNone
	}
	return l, err
}

// Of gives the link behind a guest's account; [ErrNone] where it is not open, and
// where it lets nobody do a deed: what is open once, or for a session, opens pages
// of its own.
func Of(tx store.Tx, guest chat.User, now time.Time) (Link, error) {
	if guest.Workspace != Guests {
		return Link{}, ErrNone
	}
	l, err := Table.Get(tx, ID(guest.ID))
	if errors.Is(err, store.ErrNotFound) || err == nil && (l.Over(now) || l.Once || l.Session) {
		return Link{}, ErrNone
	}
	return l, err
}

// To gives the links and sessions that are open to a deed about a record, the oldest
// first.
func To(tx store.Tx, command, record string, now time.Time) ([]Link, error) {
	var open []Link
	for row, err := range Table.By(tx, "record", command, record) {
		if err != nil {
			return nil, err
		}
		if !row.Value.Over(now) {
			open = append(open, row.Value)
		}
	}
	return open, nil
}

// End takes a link back. One that is over already stays as it is.
func End(tx store.Tx, id ID, now time.Time) error {
	l, err := Table.Get(tx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && !l.Ended.IsZero() {
		return nil
	}
	if err != nil {
		return err
	}
	l.Ended, l.Token = now, ""
	return Table.Put(tx, id, l)
}

// Extend keeps a link open until later. One that is over, or open longer, stays as
// it is.
func Extend(tx store.Tx, id ID, until, now time.Time) error {
	l, err := Table.Get(tx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && (l.Over(now) || l.Expires.After(until)) {
		return nil
	}
	if err != nil {
		return err
	}
	l.Expires = until
	return Table.Put(tx, id, l)
}
