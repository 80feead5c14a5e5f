// Package peers is how members meet in twos and threes, and how they ask each
// other for a reflection on something of their own.
//
// Start reading at [Group], two or three people who are to meet, and at
// [Circle.Plan], which decides who meets whom: plain arithmetic, without a store.
// rounds.go puts a whole cohort together, seek.go finds a partner for one person
// who wants to meet, meeting.go is what becomes of a group. [Reflection] is one
// peer asked by one member; asking.go and giving.go are how both reach it.
//
// There is no anonymous mode: in a small group people would guess, and a promise
// of it could not be kept.
package peers

import (
	"errors"
	"slices"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// GroupID names two or three people who were put together, for ever.
type GroupID string

// Group is two or three people who are to meet.
type Group struct {
	ID     GroupID     `json:"id"`
	Cohort cohorts.ID  `json:"cohort"`
	People []people.ID `json:"people"` // the odd one last
	Made   time.Time   `json:"made"`
	Round  string      `json:"round,omitempty"` // of the whole cohort; empty where one person wanted to meet

	State State                `json:"state"`
	Said  map[people.ID]Answer `json:"said,omitempty"` // whether they met
	Out   []people.ID          `json:"out,omitempty"`  // of three, who cannot make it: the others go on

	Proposals int       `json:"proposals,omitempty"` // counts them
	Proposal  *Proposal `json:"proposal,omitempty"`  // the youngest
}

// State is what became of a group.
type State string

// The states of a group.
const (
	Open State = "open"
	Met  State = "met"  // somebody said so
	Off  State = "off"  // it won't happen
	Past State = "past" // the next round came, or nobody said anything for long
)

// Answer is what one person says of whether the group has met.
type Answer string

// The answers.
const (
	HaveMet Answer = "met"
	NotYet  Answer = "not-yet"
	WillNot Answer = "will-not"
)

// Proposal is a time that one of a group suggests to the others.
type Proposal struct {
	By    people.ID      `json:"by"`
	Wall  schedules.Wall `json:"wall"`
	Zone  schedules.Zone `json:"zone"` // in which it was said
	Where string         `json:"where,omitempty"`
	Suits []people.ID    `json:"suits,omitempty"` // of the others
}

// Instant gives the moment that is meant.
func (p Proposal) Instant() time.Time { return p.Wall.In(p.Zone) }

// lasting is how long a group waits to meet before it counts as past, if no round
// comes first.
const lasting = 21 * 24 * time.Hour

// Groups keeps everybody who was ever put together.
var Groups = store.NewTable[GroupID, Group]("peer groups", 1,
	store.Index[Group]{Name: "cohort", Keys: func(g Group) [][]byte {
		return [][]byte{store.Key(string(g.Cohort), g.Made)}
	}},
	store.Index[Group]{Name: "person", Keys: func(g Group) [][]byte {
		var keys [][]byte
		for _, p := range g.People {
			keys = append(keys, store.Key(string(p), string(g.Cohort), g.Made))
		}
		return keys
	}})

// In gives those who are still in the group, in their order.
func (g Group) In() []people.ID {
	return slices.DeleteFunc(slices.Clone(g.People), func(p people.ID) bool { return slices.Contains(g.Out, p) })
}

// Others gives those who are still in the group beside one of them.
func (g Group) Others(but people.ID) []people.ID {
	return slices.DeleteFunc(g.In(), func(p people.ID) bool { return p == but })
}

// Waits tells whether the group is still to meet.
func (g Group) Waits(now time.Time) bool {
	return g.State == Open && now.Sub(g.Made) < lasting
}

// Agreed tells whether a time suits everybody.
func (g Group) Agreed() bool {
	if g.Proposal == nil {
		return false
	}
	for _, p := range g.Others(g.Proposal.By) {
		if !slices.Contains(g.Proposal.Suits, p) {
			return false
		}
	}
	return true
}

// Current gives the group in which a person is to meet somebody now: the
// youngest; false where there is none, or everybody else of it has left.
func Current(tx store.Tx, c cohorts.ID, p people.ID, now time.Time) (Group, bool, error) {
	prefix := store.Key(string(p), string(c))
	for row, err := range Groups.Range(tx, "person", prefix, store.PrefixEnd(prefix), true) {
		if err != nil {
			return Group{}, false, err
		}
		g := row.Value
		if !g.Waits(now) || !slices.Contains(g.In(), p) {
			continue
		}
		if left, err := g.left(tx, p); err != nil || !left {
			return g, err == nil, err
		}
	}
	return Group{}, false, nil
}

// History counts how often any two of a cohort met, and how often they were put
// together and did not, because somebody said so. Where nobody says anything, they
// are taken to have met: most who do say nothing of it.
func History(tx store.Tx, c cohorts.ID) (met, missed map[Pair]int, err error) {
	met, missed = map[Pair]int{}, map[Pair]int{}
	for row, err := range Groups.By(tx, "cohort", string(c)) {
		if err != nil {
			return nil, nil, err
		}
		g := row.Value
		for i, a := range g.People {
			for _, b := range g.People[i+1:] {
				if g.apart(a, b) {
					missed[PairOf(a, b)]++
				} else {
					met[PairOf(a, b)]++
				}
			}
		}
	}
	return met, missed, nil
}

// apart tells whether two who were put together did not meet, as somebody of the
// group said. One of three who could not make it missed the others; while a group
// is still to meet, nobody did.
func (g Group) apart(a, b people.ID) bool {
	switch {
	case slices.Contains(g.Out, a) || slices.Contains(g.Out, b):
		return true
	case g.State == Off:
		return true
	case g.State == Met || g.State == Open:
		return false
	}
	for _, said := range g.Said {
		if said == HaveMet {
			return false
		}
	}
	return len(g.Said) > 0
}

// Avoided is whom one person never wants to be put together with. It is theirs
// alone: nobody else is ever shown it, and it works both ways.
type Avoided struct {
	Person people.ID   `json:"person"`
	Never  []people.ID `json:"never"`
}

// Avoids keeps the lists of those who have one.
var Avoids = store.NewTable[people.ID, Avoided]("peer avoids", 1)

// never gives the pairs that are never made among these people.
func never(tx store.Tx, among []people.ID) (map[Pair]bool, error) {
	pairs := map[Pair]bool{}
	for _, p := range among {
		list, err := Avoids.Get(tx, p)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		for _, other := range list.Never {
			pairs[PairOf(p, other)] = true
		}
	}
	return pairs, nil
}

// Apart is somebody who takes no part in the rounds of one cohort, by
// their own word. They can still meet somebody when they want to.
type Apart struct {
	Cohort cohorts.ID `json:"cohort"`
	Person people.ID  `json:"person"`
	At     time.Time  `json:"at"`
}

// Aparts keeps them, by [cohorts.MemberID].
var Aparts = store.NewTable[string, Apart]("peer aparts", 1)
