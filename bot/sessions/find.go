package sessions

import (
	"slices"
	"strconv"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// FindID names a search for a time for ever.
type FindID string

// Find is the search for a time that suits: up to three are proposed, people mark
// what suits them, and whoever asked picks one. A session comes of it, or not.
type Find struct {
	ID      FindID     `json:"id"`
	Cohort  cohorts.ID `json:"cohort"`
	Title   string     `json:"title"`
	Times   []Time     `json:"times"`
	Minutes int        `json:"minutes"`
	Where   string     `json:"where,omitempty"`
	By      people.ID  `json:"by"`
	Made    time.Time  `json:"made"`

	Session ID        `json:"session,omitempty"` // that came of it
	Left    time.Time `json:"left,omitzero"`     // when it was given up
}

// Open tells whether times can be marked and picked: one at least is still to
// come.
func (f Find) Open(now time.Time) bool {
	if f.Session != "" || !f.Left.IsZero() {
		return false
	}
	for _, t := range f.Times {
		if t.Instant().After(now) {
			return true
		}
	}
	return false
}

// Suits is which of the times suit one person. Each has a record of their own, so
// that many can mark at once. One without times says that none suits.
type Suits struct {
	Find   FindID    `json:"find"`
	Person people.ID `json:"person"`
	Times  []int     `json:"times,omitempty"` // indexes of Find.Times, in order
	At     time.Time `json:"at"`
}

// Finds keeps the searches.
var Finds = store.NewTable[FindID, Find]("finds", 1,
	store.Index[Find]{Name: "open", Keys: func(f Find) [][]byte {
		if f.Session != "" || !f.Left.IsZero() {
			return nil
		}
		return [][]byte{store.Key(string(f.Cohort), f.Made)}
	}})

// Suiting keeps what suits whom, by the find's and the person's id.
var Suiting = store.NewTable[string, Suits]("suits", 1,
	store.Index[Suits]{Name: "find", Keys: func(s Suits) [][]byte {
		return [][]byte{store.Key(string(s.Find), string(s.Person))}
	}},
	store.Index[Suits]{Name: "person", Keys: func(s Suits) [][]byte {
		return [][]byte{store.Key(string(s.Person), s.At)}
	}})

func suitsID(f FindID, p people.ID) string { return string(f) + "/" + string(p) }

// openFinds gives the searches of a cohort in which something can still be marked.
func openFinds(tx store.Tx, c cohorts.ID, now time.Time) ([]Find, error) {
	var open []Find
	for row, err := range Finds.By(tx, "open", string(c)) {
		if err != nil {
			return nil, err
		}
		if row.Value.Open(now) {
			open = append(open, row.Value)
		}
	}
	return open, nil
}

// standing is how a search stands: whom each time suits, of those in the cohort now.
type standing struct {
	suits [][]people.ID // a list a time
	none  []people.ID   // marked that none suits
}

// answered counts who has said anything.
func (s standing) answered() int {
	seen := map[people.ID]bool{}
	for _, list := range append(s.suits[:len(s.suits):len(s.suits)], s.none) {
		for _, p := range list {
			seen[p] = true
		}
	}
	return len(seen)
}

func standingOf(tx store.Tx, f Find) (standing, error) {
	s := standing{suits: make([][]people.ID, len(f.Times))}
	for row, err := range Suiting.By(tx, "find", string(f.ID)) {
		if err != nil {
			return s, err
		}
		_, here, err := cohorts.MemberOf(tx, f.Cohort, row.Value.Person)
		if err != nil {
			return s, err
		}
		if !here {
			continue
		}
		for _, i := range row.Value.Times {
			s.suits[i] = append(s.suits[i], row.Value.Person)
		}
		if len(row.Value.Times) == 0 {
			s.none = append(s.none, row.Value.Person)
		}
	}
	return s, nil
}

// The keys of what is said of a search.
func findKey(id FindID) string     { return "find/" + string(id) }
func findPickKey(id FindID) string { return "find/" + string(id) + "/pick" }

// lookFor keeps a search, asks the group, and gives whoever asked the count.
func lookFor(tx store.Tx, c cohorts.Cohort, f Find, by people.Person, now time.Time) error {
	if err := Finds.Put(tx, f.ID, f); err != nil {
		return err
	}
	last := slices.MaxFunc(f.Times, func(a, b Time) int { return a.Instant().Compare(b.Instant()) })
	if err := jobs.Set(tx, jobs.Job{
		Key: findKey(f.ID) + "/over", Kind: findOverKind, Record: string(f.ID), Cohort: string(c.ID), Due: last.Instant(),
	}); err != nil {
		return err
	}
	if err := outbox.Say(tx, outbox.Item{
		Key: findKey(f.ID), Kind: findKind, Record: string(f.ID), Cohort: string(c.ID), Place: c.Place,
	}, now); err != nil {
		return err
	}
	return outbox.Say(tx, outbox.Item{
		Key: findPickKey(f.ID), Kind: findPickKind, Record: string(f.ID), Cohort: string(c.ID),
		Person: string(by.ID), Place: by.Direct(c.Place.Workspace),
	}, now)
}

// touchFind has the counts brought up to date.
func touchFind(tx store.Tx, id FindID) error {
	if err := outbox.Touch(tx, findKind, string(id)); err != nil {
		return err
	}
	return outbox.Touch(tx, findPickKind, string(id))
}

// findOverDue takes the buttons away when the last of the times has come.
func findOverDue(tx store.Tx, j jobs.Job, _ time.Time) error { return touchFind(tx, FindID(j.Record)) }

// pickTime makes a session of one of the times, and ends the search.
func pickTime(tx store.Tx, c cohorts.Cohort, f Find, i int, by people.ID, id ID, now time.Time) (Session, error) {
	s := Session{
		ID: id, Cohort: c.ID, Title: f.Title, Time: f.Times[i], Minutes: f.Minutes, Where: f.Where, By: by, Made: now,
	}
	f.Session = s.ID
	if err := Finds.Put(tx, f.ID, f); err != nil {
		return s, err
	}
	if err := schedule(tx, c, s, now); err != nil {
		return s, err
	}
	return s, touchFind(tx, f.ID)
}

// index reads the number of a time from a button.
func (f Find) index(choice string) (int, bool) {
	i, err := strconv.Atoi(choice)
	return i, err == nil && i >= 0 && i < len(f.Times)
}
