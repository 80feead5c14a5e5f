// Package outbox keeps what is still to be said, and says it once. It keeps
// reasons, not words: a key that names the occasion, a place, and the record
// that it is about. The words are made from the records at the moment of
// sending, so that nothing outdated is ever said. Start reading at [Item] and
// [Reason]; [Outbox] does the sending.
//
// The life of an item: pending, then sending (committed before the platform is
// called), then sent. What stands in sending after a crash may have been said:
// the platform is asked before it is said again.
package outbox

import (
	"errors"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/store"
)

// Item is one thing to be said in one place.
type Item struct {
	Key    string     `json:"key"`    // the occasion and the destination, by stable ids: "prompt/<week>"
	Kind   string     `json:"kind"`   // names the Reason that has the words
	Record string     `json:"record"` // what it is about
	Cohort string     `json:"cohort,omitempty"`
	Person string     `json:"person,omitempty"` // for whom, if for one
	Place  chat.Place `json:"place"`
	Under  string     `json:"under,omitempty"`  // key of the item in whose thread this one goes
	Until  time.Time  `json:"until,omitzero"`   // not to be said after that, in the civil clock; zero is always
	Silent bool       `json:"silent,omitempty"` // nobody needs to be told if it cannot be said

	State   State        `json:"state"`
	Order   string       `json:"order"`          // grows with time; the order within a place
	Since   time.Time    `json:"since,omitzero"` // when it was first being sent, in the civil clock
	Address chat.Address `json:"address,omitzero"`
	// Words are what is being said while the item is sending, and no longer: a
	// platform may know a message again by its words alone, and by then the records
	// may make others.
	Words *chat.Message `json:"words,omitempty"`
	Tries int           `json:"tries,omitempty"`
	Fault string        `json:"fault,omitempty"`
	Stale int           `json:"stale,omitempty"` // counts the marks since it was last rendered; 0 is up to date
}

// State is how far an item has come.
type State string

// The states of an item.
const (
	Pending State = "pending"
	Sending State = "sending" // may have been said
	Sent    State = "sent"
	Dropped State = "dropped" // was no longer to be said, or was taken away again
	Failed  State = "failed"  // cannot be said; somebody was told
	Missed  State = "missed"  // could not be delivered to a person who will be shown it at their next visit
)

func (i Item) lane() string { return i.Place.Root().String() }

// Table keeps all items by key.
var Table = store.NewTable[string, Item]("outbox", 1,
	store.Index[Item]{Name: "lane", Keys: func(i Item) [][]byte {
		if i.State != Pending && i.State != Sending {
			return nil
		}
		return [][]byte{store.Key(i.lane(), i.Order)}
	}},
	store.Index[Item]{Name: "stale", Keys: func(i Item) [][]byte {
		if i.State != Sent || i.Stale == 0 {
			return nil
		}
		return [][]byte{store.Key(i.lane(), i.Order)}
	}},
	store.Index[Item]{Name: "address", Keys: func(i Item) [][]byte {
		if i.Address.IsZero() {
			return nil
		}
		return [][]byte{store.Key(i.Address.String())}
	}},
	store.Index[Item]{Name: "record", Keys: func(i Item) [][]byte {
		return [][]byte{store.Key(i.Kind, i.Record)}
	}},
	store.Index[Item]{Name: "missed", Keys: func(i Item) [][]byte {
		if i.State != Missed {
			return nil
		}
		return [][]byte{store.Key(i.Person, i.Order)}
	}},
)

// Reason has the words of one kind of item.
type Reason struct {
	Kind string
	// Render makes the message from what is stored. False means that it is no
	// longer to be said, or where it stands already, to be taken away.
	Render func(tx store.Tx, i Item, now time.Time) (chat.Message, bool, error)
}

// Say puts an item in the outbox. One whose key is there already is left as it
// is: an occasion is said once.
func Say(tx store.Tx, i Item, now time.Time) error {
	if i.Place.IsZero() { // it is for somebody who was erased, and has no account any more
		return nil
	}
	there, err := Table.Has(tx, i.Key)
	if err != nil || there {
		return err
	}
	i.State, i.Order = Pending, store.NewID(now)
	return Table.Put(tx, i.Key, i)
}

// Touch marks what was said of this kind about a record as out of date: it is
// rendered and edited again, many marks in one edit. What is still to be said
// needs no mark.
func Touch(tx store.Tx, kind, record string) error {
	for row, err := range Table.By(tx, "record", kind, record) {
		if err != nil {
			return err
		}
		if i := row.Value; i.State == Sent || i.State == Sending {
			i.Stale++
			if err := Table.Put(tx, i.Key, i); err != nil {
				return err
			}
		}
	}
	return nil
}

// At gives the item that was said at an address; false where it is none of ours.
func At(tx store.Tx, a chat.Address) (Item, bool, error) {
	row, ok, err := store.First(Table.By(tx, "address", a.String()))
	return row.Value, ok, err
}

// Visit hands over the items that a person missed because their direct messages
// were closed, the oldest first, and marks them as shown; where show gives false,
// this one and those after it wait for another visit. It tells whether there were
// any.
func Visit(tx store.Tx, person string, show func(Item) bool) (any bool, err error) {
	for row, err := range Table.By(tx, "missed", person) {
		if err != nil {
			return any, err
		}
		any = true
		i := row.Value
		if !show(i) {
			return any, nil
		}
		i.State = Dropped
		if err := Table.Put(tx, i.Key, i); err != nil {
			return any, err
		}
	}
	return any, nil
}

// under tells whether the item that i goes under is not said yet, and
// gives its address if it is.
func under(tx store.Tx, i Item) (thread string, wait bool, err error) {
	if i.Under == "" {
		return i.Place.Thread, false, nil
	}
	parent, ok, err := Table.Find(tx, i.Under)
	if err != nil || !ok {
		return "", false, err
	}
	switch parent.State {
	case Sent:
		if parent.Address.Place.Thread != "" {
			return parent.Address.Place.Thread, false, nil
		}
		return parent.Address.ID, false, nil
	case Pending, Sending:
		return "", true, nil
	}
	return "", false, nil // the parent cannot be said: stand in the channel
}

// ErrBeingSaid tells that something is being said in a place at this moment, so
// that it cannot be known yet whether a message there answers it.
var ErrBeingSaid = errors.New("a message is being sent in this place; try again in a moment")

// NotBeingSaid gives ErrBeingSaid where an item of this place is being sent.
func NotBeingSaid(tx store.Tx, p chat.Place) error {
	for row, err := range Table.By(tx, "lane", p.Root().String()) {
		if err != nil {
			return err
		}
		if row.Value.State == Sending {
			return ErrBeingSaid
		}
	}
	return nil
}

// Again forgets what was dropped of this kind about a record, so that it can be
// said anew.
func Again(tx store.Tx, kind, record string) error {
	for row, err := range Table.By(tx, "record", kind, record) {
		if err != nil {
			return err
		}
		if row.Value.State == Dropped {
			if err := Forget(tx, row.Value.Key); err != nil {
				return err
			}
		}
	}
	return nil
}

// Forget takes an item out of the outbox, so that the same occasion can be said
// anew. What was said already stands where it stands.
func Forget(tx store.Tx, key string) error { return Table.Delete(tx, key) }
