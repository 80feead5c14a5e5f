package privacy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Erasure remembers that somebody was erased, and how far the work that follows has
// come. It holds no name and no words, and their accounts only for as long as other
// places are still to let go of them.
type Erasure struct {
	Person   people.ID   `json:"person"`
	At       time.Time   `json:"at"`
	Accounts []chat.User `json:"accounts,omitempty"`

	// Quiet is set for a single record that somebody took back, such as their interest
	// in a programme, and Person then names that record. See [Forget].
	Quiet bool `json:"quiet,omitempty"`

	Swept     bool      `json:"swept,omitempty"` // nothing is left in the records
	Tell      chat.User `json:"tell,omitzero"`   // who is still to be told: the account that asked
	Left      bool      `json:"left,omitempty"`  // the ledger has it, the files are gone, other places have let go
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
	// Accounts are those that the person had, for [Ledger.Add] to make marks of: they
	// stand in no ledger.
	Accounts []chat.User
	Marks    []string
}

// Ledger remembers who was erased where no backup takes it back: an erasure is done
// again in a store that comes from an earlier day, and what a platform tells of an
// account that was erased is not taken up. It holds ids alone, and marks of accounts
// that lead to nobody without a key of its own.
type Ledger interface {
	// Add adds a line, durably. One that is there already is no error.
	Add(ctx context.Context, e Erased) error
	// All gives every line, the oldest first.
	All(ctx context.Context) ([]Erased, error)
	// Knows tells whether an account is one that was erased.
	Knows(u chat.User) (bool, error)
}

// Begin has somebody erased: from this transaction on nothing leads to them any more.
// What they wrote follows at once, see [Options.Sweep], and what is slow, such as
// files, after that; [Eraser] does both.
func (o Options) Begin(tx store.Tx, id people.ID, now time.Time) error {
	p, err := people.Table.Get(tx, id)
	if err != nil || !p.Erased.IsZero() {
		return err
	}
	for _, h := range o.Holdings() {
		if !h.First {
			continue
		}
		if err := h.Erase(tx, id, now); err != nil {
			return fmt.Errorf("erasing %s: %w", h.Table, err)
		}
	}
	if err := people.Erase(tx, id, now); err != nil {
		return err
	}
	return Erasures.Put(tx, id, Erasure{Person: id, At: now, Accounts: p.Accounts})
}

// passes is how often all tables are gone over: a deed of somebody else's may have
// copied what was still there in the first.
const passes = 2

// Sweep takes away all that is kept in the store about somebody whose erasure has
// begun. Cut off, it is begun anew.
func (o Options) Sweep(ctx context.Context, s store.Store, id people.ID, now time.Time) error {
	for range passes {
		for _, h := range o.Holdings() {
			if h.Nothing != "" || h.First {
				continue
			}
			if err := h.Sweep(ctx, s, id, now); err != nil {
				return fmt.Errorf("erasing %s: %w", h.Table, err)
			}
		}
	}
	if o.Scrub != nil {
		if err := o.Scrub(ctx, s); err != nil {
			return fmt.Errorf("erasing what others have open: %w", err)
		}
	}
	return change(ctx, s, id, func(e *Erasure) { e.Swept = true })
}

// change changes what is kept of an erasure.
func change(ctx context.Context, s store.Store, id people.ID, fn func(*Erasure)) error {
	return s.Update(ctx, func(tx store.Tx) error {
		e, err := Erasures.Get(tx, id)
		if err != nil {
			return err
		}
		fn(&e)
		return Erasures.Put(tx, id, e)
	})
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
// again, and gives how many those were. What they wrote is left to [Options.Finish].
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
			if c, holds, err := given(tx, string(e.Person)); err != nil || holds {
				done = false // nobody was erased
				return errors.Join(err, o.takeBackAgain(tx, c, now))
			}
			if known, err := people.Table.Has(tx, e.Person); err != nil || known {
				return errors.Join(err, o.Begin(tx, e.Person, now))
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

// Finish takes away what is still kept of all whose erasure was begun and cut off.
func (o Options) Finish(ctx context.Context, s store.Store, now time.Time) error {
	unfinished, err := open(ctx, s)
	for _, e := range unfinished {
		if !e.Swept && !e.Quiet {
			err = errors.Join(err, o.Sweep(ctx, s, e.Person, now))
		}
	}
	return err
}

// standing tells whether what a line of the ledger names is in the store.
func (o Options) standing(tx store.Tx, id people.ID) (bool, error) {
	p, err := people.Table.Get(tx, id)
	if !errors.Is(err, store.ErrNotFound) {
		return err == nil && p.Erased.IsZero(), err
	}
	if _, holds, err := given(tx, string(id)); err != nil || holds {
		return holds, err
	}
	if o.Stands == nil || o.Again == nil {
		return false, nil
	}
	return o.Stands(tx, string(id))
}

// open gives the erasures that go on.
func open(ctx context.Context, s store.Store) (all []Erasure, err error) {
	err = s.View(ctx, func(tx store.Tx) error {
		all = nil
		for row, err := range Erasures.By(tx, "open") {
			if err != nil {
				return err
			}
			all = append(all, row.Value)
		}
		return nil
	})
	return all, err
}

// Pending tells whether an account is one whose erasure goes on, and so may not be in
// the ledger yet.
func Pending(tx store.Tx, u chat.User) (bool, error) {
	for row, err := range Erasures.By(tx, "open") {
		if err != nil || slices.Contains(row.Value.Accounts, u) {
			return err == nil, err
		}
	}
	return false, nil
}

// rewriteAfter has everything rewritten after something other than a person was
// erased.
func rewriteAfter(tx store.Tx, what string, now time.Time) error {
	return Erasures.Put(tx, people.ID(what), Erasure{Person: people.ID(what), At: now, Swept: true, Left: true})
}

func (f feature) eraseDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: erasePath, Summary: "Erase what I hold about you; you see first what goes and what stays", Role: chat.Anyone, Fields: []chat.Field{personField}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if err := onlyOwn(c, erasePath); err != nil {
				return chat.Outcome{}, err
			}
			if !c.Sure {
				text, err := f.preview(tx, c.Person.ID, c.Choice == inDetail)
				if err != nil {
					return chat.Outcome{}, err
				}
				out := deeds.Confirm(text, "Erase it for good")
				out.Reply.Buttons = append(out.Reply.Buttons[:1], chat.Button{Label: "Take a copy first", Command: exportPath})
				if c.Choice != inDetail {
					out.Reply.Buttons = append(out.Reply.Buttons, chat.Button{Label: "What goes, what stays", Command: erasePath, Choice: inDetail})
				}
				out.Reply.Note = "Only you see this. If you leave it here, nothing happens."
				return out, nil
			}
			if err := f.Begin(tx, c.Person.ID, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			e, err := Erasures.Get(tx, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			e.Tell = c.Profile.User
			return chat.Say("**Erased: I no longer know you.** What you wrote here with me is being taken away now. I tell you in a message when nothing is left, most often within a minute.\n\nIf you use me again, we begin anew."), Erasures.Put(tx, e.Person, e)
		},
	}
}

// erasedMessage tells somebody that nothing of theirs is left.
func erasedMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	there, err := Erasures.Has(tx, people.ID(i.Record))
	return chat.Message{
		Text: "**It is done.** Nothing of what I held about you is left in my records. The last bytes go from my disk within minutes.",
		Note: "Backups are kept for a while by whoever runs me. If one is ever put back, you are erased from it again at once.",
	}, there, err
}

// BeginAnew tells somebody who had everything erased, and is here again by an act of
// their own, that they are new.
func BeginAnew(tx store.Tx, p people.Person, u chat.User, now time.Time) error {
	return outbox.Say(tx, outbox.Item{Key: anewKind + "/" + string(p.ID), Kind: anewKind, Record: string(p.ID), Person: string(p.ID), Place: chat.Direct(u), Silent: true}, now)
}

func anewMessage(store.Tx, outbox.Item, time.Time) (chat.Message, bool, error) {
	return chat.Message{
		Text:    "Welcome. You had everything erased here, so we begin anew: I know your name and your account again, as of everybody who uses me, and nothing from before.",
		Buttons: []chat.Button{{Label: "What I hold about you", Command: dataPath}, {Label: "Erase it again", Command: erasePath}},
	}, true, nil
}

// preview says what erasing means, or in detail what goes and what stays.
func (f feature) preview(tx store.Tx, p people.ID, detail bool) (string, error) {
	all, err := f.held(tx, p)
	if err != nil {
		return "", err
	}
	var goes, stays []string
	n := 0
	for _, h := range all {
		if len(h.records) == 0 {
			continue
		}
		if h.Table != people.Table.Name() && !h.remembered() {
			n += len(h.records)
			goes = append(goes, capital(h.What)+times(len(h.records)))
		}
		if h.Stays != "" && !slices.Contains(stays, h.Stays) {
			stays = append(stays, h.Stays)
		}
	}
	if !detail {
		return fmt.Sprintf("**This erases what I hold about you, in all groups, for good.** Nobody can bring it back.\n\n"+
			"**What goes:** your name, your accounts and settings, your place in your groups, and what you wrote and shared here with me: %s.\n\n"+
			"**What stays:** what others wrote, and what a group or somebody else goes by, without your name.", records(n)), nil
	}
	goes = append(goes, "Your name here, your accounts and your settings; you leave your groups")
	stays = append(
		stays,
		"What others wrote stays theirs, where they answered you or speak of you, too.",
		"This workspace's own list of people is the platform's. When it tells me of you again I keep nothing of it, until you use me yourself; I know your account by a mark that leads to nobody.",
		"What you wrote in channels yourself stands there until you delete it. Copies that somebody saved can't be called back.",
	)
	return "**What goes**\n\n- " + strings.Join(goes, "\n- ") + "\n\n**What stays, and why**\n\n- " + strings.Join(stays, "\n- "), nil
}

// inDetail is the choice of the button that shows all that goes and stays.
const inDetail = "detail"

func times(n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf(" (%d)", n)
}
