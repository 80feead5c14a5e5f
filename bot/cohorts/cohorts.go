// Package cohorts keeps groups of people who go through a programme together:
// who they are, which role each has, and the plan that moves. Start reading at
// [Cohort], then [Plan].
package cohorts

import (
	"slices"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// ID names a cohort for ever.
type ID string

// Cohort is a group on its way through its own copy of a programme.
type Cohort struct {
	ID   ID     `json:"id"`
	Name string `json:"name"`
	// Programme is the cohort's copy, without its weeks: those stand in the Plan.
	Programme programmes.Programme `json:"programme"`
	From      Provenance           `json:"from"`

	Place  chat.Place     `json:"place"` // the channel where the group meets
	Zone   schedules.Zone `json:"zone"`
	First  schedules.Date `json:"first"` // the plan begins on this day or after it
	Rhythm schedules.Rule `json:"rhythm"`
	// A week that falls into a break is passed over; a prompt that falls on a
	// holiday goes out on the next day that is none.
	Breaks   schedules.Calendar `json:"breaks,omitempty"`
	Holidays schedules.Calendar `json:"holidays,omitempty"`

	// Waiting is set for what is no group yet, and never becomes one: it stands for
	// those who wait for one, so that there can be a session for their questions. It
	// has no channel, no weeks and no members. See [WaitingFor].
	Waiting bool `json:"waiting,omitempty"`

	State   State     `json:"state"`
	Created time.Time `json:"created"`
	By      people.ID `json:"by"`
	Changes int       `json:"changes,omitempty"` // of the plan; numbers them
}

// State is how far a cohort has come.
type State string

// The states of a cohort.
const (
	Draft   State = "draft"   // nobody has been told yet
	Open    State = "open"    // people are invited, and prompts go out when their day comes
	Paused  State = "paused"  // nothing goes out
	Ended   State = "ended"   // the last week has gone by
	Deleted State = "deleted" // given up
)

// Provenance says where the programme of a cohort comes from.
type Provenance struct {
	Programme string `json:"programme"`        // id of the programme
	Cohort    ID     `json:"cohort,omitempty"` // the cohort whose plan was taken over
	Name      string `json:"name,omitempty"`   // that cohort's name at the time
}

// Member is one person's place in one cohort.
type Member struct {
	Cohort       ID        `json:"cohort"`
	Person       people.ID `json:"person"`
	Facilitator  bool      `json:"facilitator,omitempty"`
	Joined       time.Time `json:"joined"`
	Left         time.Time `json:"left,omitzero"`
	ReadingAlong bool      `json:"reading_along,omitempty"` // reads without answering: on no list of the quiet, never nudged
	Quote        bool      `json:"quote,omitempty"`         // what they write for the group may be quoted in the weave
}

// Active tells whether the person is still there.
func (m Member) Active() bool { return m.Left.IsZero() }

// Learner tells whether the person is there to answer prompts.
func (m Member) Learner() bool { return m.Active() && !m.Facilitator }

// Table keeps all cohorts.
var Table = store.NewTable[ID, Cohort]("cohorts", 1,
	store.Index[Cohort]{Name: "place", Keys: func(c Cohort) [][]byte {
		if c.State == Deleted || c.Waiting {
			return nil
		}
		return [][]byte{store.Key(c.Place.String(), c.Created)}
	}})

// Members keeps all members, by [MemberID].
var Members = store.NewTable[string, Member]("members", 1,
	store.Index[Member]{Name: "cohort", Keys: func(m Member) [][]byte {
		return [][]byte{store.Key(string(m.Cohort), m.Joined, string(m.Person))}
	}},
	store.Index[Member]{Name: "person", Keys: func(m Member) [][]byte {
		return [][]byte{store.Key(string(m.Person), m.Joined)}
	}})

// MemberID names one person's place in one cohort.
func MemberID(c ID, p people.ID) string { return string(c) + "/" + string(p) }

// Get gives a cohort. Its error is store.ErrNotFound where there is none.
func Get(tx store.Tx, id ID) (Cohort, error) { return Table.Get(tx, id) }

// At gives the cohort that meets in a place: the youngest that has not ended,
// else the youngest. False where there is none.
func At(tx store.Tx, p chat.Place) (Cohort, bool, error) {
	var found Cohort
	for row, err := range Table.By(tx, "place", p.Root().String()) {
		if err != nil {
			return found, false, err
		}
		if c := row.Value; found.ID == "" || c.State != Ended || found.State == Ended {
			found = c
		}
	}
	return found, found.ID != "", nil
}

// MemberOf gives a person's place in a cohort; false where they have none or
// have left.
func MemberOf(tx store.Tx, c ID, p people.ID) (Member, bool, error) {
	m, ok, err := Members.Find(tx, MemberID(c, p))
	return m, ok && m.Active(), err
}

// Group gives everybody who is in a cohort now, in the order of joining.
func Group(tx store.Tx, c ID) ([]Member, error) {
	var group []Member
	for row, err := range Members.By(tx, "cohort", string(c)) {
		if err != nil {
			return nil, err
		}
		if row.Value.Active() {
			group = append(group, row.Value)
		}
	}
	return group, nil
}

// Facilitators gives those who run a cohort.
func Facilitators(tx store.Tx, c ID) ([]people.Person, error) {
	group, err := Group(tx, c)
	if err != nil {
		return nil, err
	}
	var facilitators []people.Person
	for _, m := range group {
		if m.Facilitator {
			p, err := people.Table.Get(tx, m.Person)
			if err != nil {
				return nil, err
			}
			facilitators = append(facilitators, p)
		}
	}
	return facilitators, nil
}

// Of gives the cohorts that a person is in now, the youngest membership first.
func Of(tx store.Tx, p people.ID) ([]Cohort, error) {
	var all []Cohort
	for row, err := range Members.By(tx, "person", string(p)) {
		if err != nil {
			return nil, err
		}
		if !row.Value.Active() {
			continue
		}
		c, err := Table.Get(tx, row.Value.Cohort)
		if err != nil {
			return nil, err
		}
		if c.State != Deleted {
			all = append(all, c)
		}
	}
	slices.Reverse(all)
	return all, nil
}

// ZoneOf gives the zone in which somebody's days are counted: their own, or where none
// is known, that of the group that they joined last, one that has not ended first. It
// is UTC only for somebody who is in no group either, and administers no workspace in
// which there is one. A deed or a message about one group takes that group's for its
// second choice instead.
func ZoneOf(tx store.Tx, p people.Person) (schedules.Zone, error) {
	if p.HasZone {
		return p.Zone, nil
	}
	own, err := Of(tx, p.ID)
	if err == nil && len(own) == 0 {
		own, err = administered(tx, p)
	}
	if err != nil || len(own) == 0 {
		return schedules.Zone{}, err
	}
	if live := slices.IndexFunc(own, func(c Cohort) bool { return c.State != Ended }); live >= 0 {
		return own[live].Zone, nil
	}
	return own[0].Zone, nil
}

// administered gives the cohorts of the workspaces that a person administers, the
// youngest first.
func administered(tx store.Tx, p people.Person) ([]Cohort, error) {
	if len(p.Administers) == 0 {
		return nil, nil
	}
	var all []Cohort
	for row, err := range Table.All(tx) {
		if err != nil {
			return nil, err
		}
		if c := row.Value; c.State != Deleted && slices.Contains(p.Administers, c.Place.Workspace) {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b Cohort) int { return b.Created.Compare(a.Created) })
	return all, nil
}

// RoleIn gives what a person is in a cohort. Who administers its workspace is an
// administrator there, and so may do all that a facilitator may.
func RoleIn(tx store.Tx, c Cohort, p people.Person) (chat.Role, error) {
	if slices.Contains(p.Administers, c.Place.Workspace) {
		return chat.Admin, nil
	}
	if c.Waiting {
		return roleInWaiting(tx, c, p.ID)
	}
	m, ok, err := MemberOf(tx, c.ID, p.ID)
	switch {
	case err != nil:
		return chat.Anyone, err
	case ok && m.Facilitator:
		return chat.Facilitator, nil
	case ok:
		return chat.Member, nil
	}
	return chat.Anyone, nil
}

// Running tells whether prompts, nudges and reminders go out now.
func (c Cohort) Running(now time.Time) bool {
	if c.State != Open {
		return false
	}
	_, resting := c.Breaks.On(schedules.DateOf(now.In(c.Zone.Location())))
	return !resting
}

// Today gives the date in the cohort's zone.
func (c Cohort) Today(now time.Time) schedules.Date {
	return schedules.DateOf(now.In(c.Zone.Location()))
}

// Over gives when a cohort came to its end: a week after its last question. False
// for one that has not ended.
func Over(tx store.Tx, c Cohort) (time.Time, bool, error) {
	if c.State != Ended {
		return time.Time{}, false, nil
	}
	plan, err := Plans.Get(tx, c.ID)
	if err != nil {
		return time.Time{}, false, err
	}
	last := c.Created
	for _, w := range plan.Weeks {
		if w.Posted.After(last) {
			last = w.Posted
		}
	}
	return last.Add(7 * 24 * time.Hour), true, nil
}
