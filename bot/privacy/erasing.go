package privacy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Erasure remembers that somebody was erased, and how far the slow work that
// follows has come. It holds no name and no words, and their accounts only for as
// long as other places are still to let go of them.
type Erasure struct {
	Person   people.ID   `json:"person"`
	At       time.Time   `json:"at"`
	Accounts []chat.User `json:"accounts,omitempty"`

	// Quiet is set for a single record that somebody took back, such as their interest
	// in a programme, and Person then names that record. See [Forget].
	Quiet bool `json:"quiet,omitempty"`

	Left      bool      `json:"left,omitempty"` // the ledger has it, the files are gone, other places have let go
	Rewritten int       `json:"rewritten,omitempty"`
	Settled   time.Time `json:"settled,omitzero"` // no byte is left
}

// Erasures keeps them by the person's id.
var Erasures = store.NewTable[people.ID, Erasure]("erasures", 1,
	store.Index[Erasure]{Name: "open", Keys: func(e Erasure) [][]byte {
		if !e.Settled.IsZero() {
			return nil
		}
		return [][]byte{store.Key(e.At)}
	}})

// Erased is one line of a [Ledger].
type Erased struct {
	Person people.ID
	At     time.Time
}

// Ledger remembers who was erased where no backup takes it back: an erasure is done
// again in a store that comes from an earlier day. It holds ids alone.
type Ledger interface {
	// Add adds a line, durably. One that is there already is no error.
	Add(ctx context.Context, e Erased) error
	// All gives every line, the oldest first.
	All(ctx context.Context) ([]Erased, error)
}

// Erase takes away all that is kept about a person in the store, in this
// transaction. What is slow, such as files, follows: see [Eraser].
func (o Options) Erase(tx store.Tx, id people.ID, now time.Time) error {
	p, err := people.Table.Get(tx, id)
	if err != nil {
		return err
	}
	var values []any
	for _, h := range o.Holdings() {
		if h.Nothing != "" || h.Purpose == deeds.Running { // in those no words are kept
			continue
		}
		held, err := h.Of(tx, id)
		if err != nil {
			return fmt.Errorf("erasing, reading %s: %w", h.Table, err)
		}
		for _, x := range held {
			values = append(values, x.Value)
		}
	}
	words, err := newWords(values)
	if err != nil {
		return err
	}
	for _, h := range o.Holdings() {
		if h.Nothing != "" {
			continue
		}
		if err := h.Erase(tx, id, now); err != nil {
			return fmt.Errorf("erasing %s: %w", h.Table, err)
		}
	}
	if o.Scrub != nil {
		if err := o.Scrub(tx, words); err != nil {
			return err
		}
	}
	return Erasures.Put(tx, id, Erasure{Person: id, At: now, Accounts: p.Accounts})
}

// Forget remembers that a single record was deleted because somebody took it back, so
// that no backup brings it back: what names it, and [Options.Again] deletes it again.
// The last bytes of it go with the next rewriting of everything, within [quietRest]:
// whoever can take something back from a public page must not be able to have
// everything rewritten as often as they like.
func Forget(tx store.Tx, what string, now time.Time) error {
	return Erasures.Put(tx, people.ID(what), Erasure{Person: people.ID(what), At: now, Quiet: true})
}

// Replay erases again whoever the ledger names and the store still has, or has
// again. It gives how many those were.
func Replay(ctx context.Context, s store.Store, o Options, l Ledger, now time.Time) (again int, err error) {
	lines, err := l.All(ctx)
	if err != nil {
		return 0, fmt.Errorf("who was erased cannot be read: %w", err)
	}
	for _, e := range lines {
		done := false
		// Almost always there is nothing to do, and to find that out writes nothing.
		if err := s.View(ctx, func(tx store.Tx) (err error) {
			done, err = o.standing(tx, e.Person)
			return err
		}); err != nil {
			return again, err
		}
		if !done {
			continue
		}
		if err := s.Update(ctx, func(tx store.Tx) (err error) {
			if done, err = o.standing(tx, e.Person); err != nil || !done {
				return err
			}
			if known, err := people.Table.Has(tx, e.Person); err != nil || known {
				return errors.Join(err, o.Erase(tx, e.Person, now))
			}
			return o.Again(tx, string(e.Person), now)
		}); err != nil {
			return again, err
		}
		if done {
			again++
		}
	}
	return again, nil
}

// standing tells whether what a line of the ledger names is in the store.
func (o Options) standing(tx store.Tx, id people.ID) (bool, error) {
	p, err := people.Table.Get(tx, id)
	if !errors.Is(err, store.ErrNotFound) {
		return err == nil && p.Erased.IsZero(), err
	}
	if o.Stands == nil || o.Again == nil {
		return false, nil
	}
	return o.Stands(tx, string(id))
}

// rewriteAfter has everything rewritten after something other than a person was
// erased.
func rewriteAfter(tx store.Tx, what string, now time.Time) error {
	return Erasures.Put(tx, people.ID(what), Erasure{Person: people.ID(what), At: now, Left: true})
}

func (f feature) eraseDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: erasePath, Summary: "Erase what I hold about you; you see first what goes and what stays", Role: chat.Anyone, Fields: []chat.Field{personField}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if err := onlyOwn(c, erasePath); err != nil {
				return chat.Outcome{}, err
			}
			if !c.Sure {
				text, err := f.preview(tx, c.Person.ID)
				if err != nil {
					return chat.Outcome{}, err
				}
				out := deeds.Confirm(text, "Erase it for good")
				out.Reply.Buttons = append(out.Reply.Buttons[:1], chat.Button{Label: "Take a copy first", Command: exportPath})
				out.Reply.Note = "Only you see this. If you leave it here, nothing happens."
				return out, nil
			}
			if err := f.Erase(tx, c.Person.ID, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("**Erased.** I no longer know you. What I had posted for you is being taken away now, and the last bytes go from my disk within minutes. Backups are kept for a while by whoever runs me; if one is ever put back, you are erased from it again at once.\n\nIf you use me again, we begin anew."), nil
		},
	}
}

// preview says what goes and what stays.
func (f feature) preview(tx store.Tx, p people.ID) (string, error) {
	all, err := f.held(tx, p)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("**This erases what I hold about you, in all groups, for good.** It can't be undone, and nobody can bring it back.\n\n**What goes**\n\n")
	for _, h := range all {
		if h.Table != people.Table.Name() && len(h.records) > 0 && !h.remembered() {
			fmt.Fprintf(&b, "- %s%s\n", capital(h.What), times(len(h.records)))
		}
	}
	b.WriteString("- Your name here, your accounts and your settings; you leave your groups\n\n**What stays, and why**\n\n")
	seen := map[string]bool{}
	for _, h := range all {
		if len(h.records) > 0 && h.Stays != "" && !seen[h.Stays] {
			fmt.Fprintf(&b, "- %s\n", h.Stays)
			seen[h.Stays] = true
		}
	}
	b.WriteString("- What others wrote stays theirs, where they answered you or speak of you, too.\n- This workspace's own list of people is the platform's. When it tells me of you again, or somebody picks you in a command, I know your name and your time zone as I do everybody's there, and nothing from before.\n- What you wrote in channels yourself stands there until you delete it. Copies that somebody saved can't be called back.\n")
	return b.String(), nil
}

func times(n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf(" (%d)", n)
}
