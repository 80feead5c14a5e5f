package thread

import (
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// ShareID names something shared for ever.
type ShareID string

// Share is something of somebody's own that they show to the open channel. It is
// only an offer until its author presses the button that says so, and nobody
// else can press it.
type Share struct {
	ID     ShareID    `json:"id"`
	Cohort cohorts.ID `json:"cohort"`
	Author people.ID  `json:"author"`
	By     people.ID  `json:"by"` // who offered it: the author, or who asked them
	At     time.Time  `json:"at"` // when it was offered

	Text   string       `json:"text,omitempty"`
	Files  []chat.File  `json:"files,omitempty"`
	Source chat.Address `json:"source,omitzero"` // the message that it was, if it was one

	Place  chat.Place `json:"place"`           // the open channel that its author was told of
	Shared time.Time  `json:"shared,omitzero"` // when its author said yes; zero is an offer
}

// Offered tells whether the author has not said yes yet.
func (s Share) Offered() bool { return s.Shared.IsZero() }

// Opening is the open channel of a cohort, named by a facilitator.
type Opening struct {
	Cohort cohorts.ID `json:"cohort"`
	Place  chat.Place `json:"place"`
	By     people.ID  `json:"by"`
	At     time.Time  `json:"at"`
}

// Shares keeps what is shared, and what is offered.
var Shares = store.NewTable[ShareID, Share]("shares", 1,
	store.Index[Share]{Name: "shared", Keys: func(s Share) [][]byte {
		if s.Offered() {
			return nil
		}
		return [][]byte{store.Key(string(s.Cohort), s.Shared, string(s.ID))}
	}},
	store.Index[Share]{Name: "author", Keys: func(s Share) [][]byte {
		return [][]byte{store.Key(string(s.Author), string(s.Cohort), s.At)}
	}},
	store.Index[Share]{Name: "source", Keys: func(s Share) [][]byte {
		if s.Source.IsZero() {
			return nil
		}
		return [][]byte{store.Key(s.Source.String())}
	}})

// Openings keeps the open channel of each cohort that has one.
var Openings = store.NewTable[cohorts.ID, Opening]("openings", 1)

// opening gives the open channel of a cohort; false where none is named.
func opening(tx store.Tx, c cohorts.ID) (Opening, bool, error) {
	return Openings.Find(tx, c)
}

// Aloud gives what a cohort has shared, in the order in which it was.
func Aloud(tx store.Tx, c cohorts.ID) ([]Share, error) {
	var all []Share
	for row, err := range Shares.By(tx, "shared", string(c)) {
		if err != nil {
			return nil, err
		}
		all = append(all, row.Value)
	}
	return all, nil
}

// offered gives what was offered or shared of a message.
func offered(tx store.Tx, a chat.Address) (Share, bool, error) {
	row, ok, err := store.First(Shares.By(tx, "source", a.String()))
	return row.Value, ok, err
}

// lapseAfter is how long an offer waits for its author. Its words are then
// forgotten: silence is no consent.
const lapseAfter = 14 * 24 * time.Hour

// offer keeps an offer until it lapses.
func (s Share) offer(tx store.Tx, now time.Time) error {
	if err := Shares.Put(tx, s.ID, s); err != nil {
		return err
	}
	return jobs.Set(tx, jobs.Job{
		Key: lapseKind + "/" + string(s.ID), Kind: lapseKind, Record: string(s.ID), Cohort: string(s.Cohort), Due: now.Add(lapseAfter),
	})
}

// post shows it in the open channel.
func (s Share) post(tx store.Tx, now time.Time) error {
	s.Shared = now
	if err := Shares.Put(tx, s.ID, s); err != nil {
		return err
	}
	if err := s.drop(tx); err != nil {
		return err
	}
	return outbox.Say(tx, outbox.Item{
		Key: sharedKind + "/" + string(s.ID), Kind: sharedKind, Record: string(s.ID), Cohort: string(s.Cohort), Place: s.Place,
	}, now)
}

// remove takes it away for good, wherever it was shown.
func (s Share) remove(tx store.Tx) error {
	if err := Shares.Delete(tx, s.ID); err != nil {
		return err
	}
	if err := outbox.Touch(tx, sharedKind, string(s.ID)); err != nil {
		return err
	}
	return s.drop(tx)
}

// drop lets go of what waits for the author's answer.
func (s Share) drop(tx store.Tx) error {
	for _, kind := range []string{lapseKind, askKind} {
		if err := jobs.Drop(tx, kind+"/"+string(s.ID)); err != nil {
			return err
		}
	}
	return outbox.Touch(tx, askKind, string(s.ID))
}

// lapse forgets an offer that nobody answered.
func lapse(tx store.Tx, j jobs.Job, _ time.Time) error {
	s, err := Shares.Get(tx, ShareID(j.Record))
	if err != nil || !s.Offered() {
		return ignoreMissing(err)
	}
	return s.remove(tx)
}

// askAuthor asks somebody whether what they wrote may be shown, outside their
// quiet hours and their leave. A person asks them, so it is no reminder and takes
// nothing from their budget; it is asked once.
func askAuthor(tx store.Tx, j jobs.Job, now time.Time) error {
	s, err := Shares.Get(tx, ShareID(j.Record))
	if err != nil || !s.Offered() {
		return ignoreMissing(err)
	}
	c, err := cohorts.Get(tx, s.Cohort)
	if err != nil {
		return err
	}
	if _, ok, err := cohorts.MemberOf(tx, c.ID, s.Author); err != nil {
		return err
	} else if !ok || c.State == cohorts.Deleted {
		return s.remove(tx)
	}
	p, err := people.Table.Get(tx, s.Author)
	if err != nil {
		return err
	}
	if p.OnLeave(now, c.Zone) {
		j.Due = p.Quiet.Open(now.Add(24*time.Hour), p.ZoneOr(c.Zone))
		// They have as long to answer as anybody, from when they are asked.
		if err := jobs.Set(tx, jobs.Job{
			Key: lapseKind + "/" + j.Record, Kind: lapseKind, Record: j.Record, Cohort: j.Cohort, Due: j.Due.Add(lapseAfter),
		}); err != nil {
			return err
		}
		return jobs.Set(tx, j)
	}
	return outbox.Say(tx, outbox.Item{
		Key: askKind + "/" + j.Record, Kind: askKind, Record: j.Record, Cohort: j.Cohort, Person: string(p.ID),
		Place: p.Direct(c.Place.Workspace), Silent: true,
	}, now)
}
