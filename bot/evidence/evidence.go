// Package evidence keeps what a person wants to show of their work: messages,
// texts, links, files, experiments, reflections and the notes of sessions, each
// copied when it is kept, and tagged to the criteria and the knowledge of a
// framework. Start reading at [Item]; [Library.Coverage] says what is shown
// already, copying.go brings the bytes of files home, and asking.go asks others
// whether their words may be kept.
//
// What is kept is its owner's alone, in no cohort and for no portfolio in
// particular: any number of portfolios can draw on it ([Items]).
package evidence

import (
	"errors"
	"slices"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// ID names a piece of evidence for ever.
type ID string

// Item is one thing that somebody keeps to show what they can do or know.
type Item struct {
	ID    ID        `json:"id"`
	Owner people.ID `json:"owner"`
	At    time.Time `json:"at"` // when it was kept
	Kind  Kind      `json:"kind"`
	// On is the day that it is about, where its owner said one: when a training ended.
	On schedules.Date `json:"on,omitzero"`

	Title string `json:"title,omitempty"` // what its owner calls it; see [Item.Name]
	Text  string `json:"text,omitempty"`  // as typed, copied when it was kept
	Link  string `json:"link,omitempty"`  // http or https
	Files []File `json:"files,omitempty"`
	Note  string `json:"note,omitempty"` // what its owner says of it

	// Author is who wrote it, where that is somebody else; by name, too, since it
	// has to be readable when they have gone.
	Author people.ID `json:"author,omitempty"`
	Named  string    `json:"named,omitempty"`
	// Consent is how that author stands to it. What they have not agreed to is shown
	// to nobody, its owner included.
	Consent Consent   `json:"consent,omitempty"`
	Agreed  time.Time `json:"agreed,omitzero"`

	Source    chat.Address   `json:"source,omitzero"`    // the message that it was, if it was one
	Record    string         `json:"record,omitempty"`   // what of the bot's own it was copied from: "experiment/<id>"
	Cohort    cohorts.ID     `json:"cohort,omitempty"`   // the group that it comes from, if it comes from one
	Workspace chat.Workspace `json:"workspace"`          // where its owner kept it, and is told about it
	Tags      []Tag          `json:"tags,omitempty"`     // what it is evidence for
	Suggested []Tag          `json:"suggest,omitempty"`  // what others say it may be evidence for; its owner decides
	Imported  string         `json:"imported,omitempty"` // where it was brought from, if from elsewhere
}

// Kind is what sort of thing a piece of evidence is.
type Kind string

// The kinds of evidence.
const (
	OfMessage    Kind = "message"
	OfText       Kind = "text"
	OfLink       Kind = "link"
	OfFile       Kind = "file"
	OfExperiment Kind = "experiment"
	OfAnswer     Kind = "answer"     // to a week's question
	OfReflection Kind = "reflection" // by a peer
	OfSession    Kind = "session"    // its notes
	OfTraining   Kind = "training"   // that its owner has done
)

// Consent is how somebody stands to having their words kept by another.
type Consent string

// The ways to stand to it.
const (
	Own     Consent = ""        // the owner's own: nobody needs to be asked
	Asking  Consent = "asking"  // not answered yet
	Given   Consent = "agreed"  // they said yes
	Outside Consent = "outside" // by somebody who cannot be asked here; the owner says that they agreed
)

// Tag says that an item is evidence for one item of a framework.
type Tag struct {
	Framework string `json:"framework"`
	Item      string `json:"item"`
}

// Kept tells whether the item may be shown, to its owner first of all.
func (i Item) Kept() bool { return i.Consent != Asking }

// Has tells whether the item has a tag.
func (i Item) Has(t Tag) bool { return slices.Contains(i.Tags, t) }

// Table keeps all evidence.
var Table = store.NewTable[ID, Item]("evidence", 2,
	store.Index[Item]{Name: "owner", Keys: func(i Item) [][]byte {
		return [][]byte{store.Key(string(i.Owner), i.At, string(i.ID))}
	}},
	store.Index[Item]{Name: "source", Keys: func(i Item) [][]byte {
		switch {
		case !i.Source.IsZero():
			return [][]byte{store.Key(string(i.Owner), i.Source.String())}
		case i.Record != "":
			return [][]byte{store.Key(string(i.Owner), i.Record)}
		}
		return nil
	}},
	store.Index[Item]{Name: "author", Keys: func(i Item) [][]byte {
		if i.Author == "" {
			return nil
		}
		return [][]byte{store.Key(string(i.Author), i.At)}
	}},
	store.Index[Item]{Name: "wanted", Keys: func(i Item) [][]byte {
		var keys [][]byte
		for _, f := range i.Files {
			if f.Copy == Wanted && i.Kept() {
				keys = append(keys, store.Key(f.Next))
			}
		}
		return keys
	}}).Upgrade(1, store.Amend(func(i *Item) {
	if i.Kind == OfSession { // it had a copy of the session's name, which is somebody else's words
		i.Title = ofSession
	}
}))

// ofSession is what the notes of a session are called that somebody keeps. The name
// of the session is of whoever planned it, who may have their words erased.
const ofSession = "Notes of a session"

// Items gives what a person keeps and may show, the oldest first.
func Items(tx store.Tx, p people.ID) ([]Item, error) {
	var all []Item
	for row, err := range Table.By(tx, "owner", string(p)) {
		if err != nil {
			return nil, err
		}
		if row.Value.Kept() {
			all = append(all, row.Value)
		}
	}
	return all, nil
}

// Get gives one item of a person. False where there is none, where it is somebody
// else's, and where its author has not agreed.
func Get(tx store.Tx, p people.ID, id ID) (Item, bool, error) {
	i, err := Table.Get(tx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Item{}, false, nil
	}
	if err != nil || i.Owner != p || !i.Kept() {
		return Item{}, false, err
	}
	return i, true, nil
}
