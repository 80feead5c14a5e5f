package web

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/store"
)

// What is kept. Field names are for ever.

type (
	personID  string
	channelID string
	messageID string
	fileID    string
	partID    string // a file's id, a slash, the number of the part
	formID    string
	eventID   string
	queueID   string
	counterID string
)

type person struct {
	Profile chat.Profile `json:"profile"`
	Closed  bool         `json:"closed,omitempty"` // takes no direct messages from the bot
	Added   int64        `json:"added"`            // people are shown in the order in which they came
}

type channel struct {
	Topic string `json:"topic,omitempty"`
	Added int64  `json:"added"`
}

// message is what somebody said. The text of a person is plain, that of the bot
// is Markdown. Files carry ids; their bytes are kept apart.
type message struct {
	Place   chat.Place   `json:"place"`
	Author  string       `json:"author"`
	At      time.Time    `json:"at"`
	Body    chat.Message `json:"body"`
	For     string       `json:"for,omitempty"` // the only person who sees it
	Key     string       `json:"key,omitempty"` // the occasion, for what the bot sent
	Edited  bool         `json:"edited,omitempty"`
	Deleted bool         `json:"deleted,omitempty"` // stands empty, because replies hang under it
	Replies int          `json:"replies,omitempty"`
	Latest  time.Time    `json:"latest,omitzero"` // when the latest reply came
}

func (m message) address(id messageID) chat.Address {
	return chat.Address{Place: m.Place, ID: string(id)}
}

// file is a file's particulars; its bytes lie in parts.
type file struct {
	File  chat.File `json:"file"`
	Parts int       `json:"parts"`
	By    string    `json:"by,omitempty"` // who uploaded it
}

type part struct {
	Data []byte `json:"data"`
}

// form is a form that was opened for somebody.
type form struct {
	Person string       `json:"person"`
	At     chat.Place   `json:"at"`
	Form   chat.Form    `json:"form"`
	Open   bool         `json:"open,omitempty"`
	Target *chat.Target `json:"target,omitempty"` // the message that it was opened from
}

// result is what came of an event, so that a repeat gets the same answer.
type result struct {
	Message messageID        `json:"message,omitempty"`
	Form    formID           `json:"form,omitempty"`
	Errors  chat.FieldErrors `json:"errors,omitempty"`
}

// delivery is something that the bot has not taken yet.
type delivery struct {
	Person string        `json:"person"`
	Said   *chat.Said    `json:"said,omitempty"`
	Meet   *chat.Profile `json:"meet,omitempty"`
}

type counter struct {
	Last int64 `json:"last"`
}

var (
	people   = store.NewTable[personID, person]("web people", 1)
	channels = store.NewTable[channelID, channel]("web channels", 1)
	messages = store.NewTable[messageID, message]("web messages", 1,
		store.Index[message]{Name: "by place", Keys: func(m message) [][]byte {
			return [][]byte{store.Key(m.Place.String())}
		}},
		store.Index[message]{Name: "by key", Keys: func(m message) [][]byte {
			if m.Key == "" {
				return nil
			}
			return [][]byte{store.Key(m.Key)}
		}})
	files = store.NewTable[fileID, file]("web files", 1)
	parts = store.NewTable[partID, part]("web parts", 1)
	forms = store.NewTable[formID, form]("web forms", 1,
		store.Index[form]{Name: "open", Keys: func(f form) [][]byte {
			if !f.Open {
				return nil
			}
			return [][]byte{store.Key(f.Person)}
		}})
	results = store.NewTable[eventID, result]("web results", 1)
	queue   = store.NewTable[queueID, delivery]("web queue", 1,
		store.Index[delivery]{Name: "by person", Keys: func(d delivery) [][]byte {
			return [][]byte{store.Key(d.Person)}
		}})
	counters = store.NewTable[counterID, counter]("web counters", 1)

	tables = []store.Prepared{people, channels, messages, files, parts, forms, results, queue, counters}
)

// Tables gives every table of a workspace's store.
func Tables() []store.Prepared { return slices.Clone(tables) }

// next counts on. Ids are made of it, because the civil clock may stand still or
// stand earlier after a restart, and messages must keep their order.
func next(tx store.Tx) (int64, error) {
	c, err := counters.Get(tx, "ids")
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return 0, err
	}
	c.Last++
	return c.Last, counters.Put(tx, "ids", c)
}

// nextID makes an id that sorts after all before it.
func nextID(tx store.Tx, prefix string) (string, error) {
	n, err := next(tx)
	return fmt.Sprintf("%s%010d", prefix, n), err
}
