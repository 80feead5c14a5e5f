// Package shelf keeps what is of use to somebody, or to their group: links, and words
// to come back to. Start reading at [Resource]; commands.go is how people reach it.
//
// It is neither evidence, which shows what somebody did, nor a gift to those who come
// next: a group's own repertoire, and each person's.
package shelf

import (
	"errors"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// ID names a resource for ever.
type ID string

// Resource is one thing on a shelf.
type Resource struct {
	ID     ID         `json:"id"`
	By     people.ID  `json:"by"`
	At     time.Time  `json:"at"`
	Cohort cohorts.ID `json:"cohort,omitempty"` // whose shelf it stands on; empty: the person's own

	Link  string `json:"link,omitempty"` // http or https
	Words string `json:"words,omitempty"`
	Use   string `json:"use,omitempty"` // what it is good for
}

// Table keeps all resources.
var Table = store.NewTable[ID, Resource]("shelf", 1,
	store.Index[Resource]{Name: "person", Keys: func(r Resource) [][]byte {
		return [][]byte{store.Key(string(r.By), r.At, string(r.ID))}
	}},
	store.Index[Resource]{Name: "cohort", Keys: func(r Resource) [][]byte {
		if r.Cohort == "" {
			return nil
		}
		return [][]byte{store.Key(string(r.Cohort), r.At, string(r.ID))}
	}})

// Own gives what stands on somebody's own shelf, the youngest first.
func Own(tx store.Tx, p people.ID) ([]Resource, error) {
	all, err := list(tx, "person", string(p))
	return slices.DeleteFunc(all, func(r Resource) bool { return r.Cohort != "" }), err
}

// OfGroup gives what stands on a group's shelf, the youngest first.
func OfGroup(tx store.Tx, c cohorts.ID) ([]Resource, error) { return list(tx, "cohort", string(c)) }

func list(tx store.Tx, index, key string) ([]Resource, error) {
	var all []Resource
	for row, err := range Table.By(tx, index, key) {
		if err != nil {
			return nil, err
		}
		all = append(all, row.Value)
	}
	slices.Reverse(all)
	return all, nil
}

// removable gives what somebody can take away: what they put there, and what stands
// on the shelf of a group that they facilitate.
func removable(tx store.Tx, p people.ID) ([]Resource, error) {
	all, err := list(tx, "person", string(p))
	if err != nil {
		return nil, err
	}
	groups, err := cohorts.Of(tx, p)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		m, in, err := cohorts.MemberOf(tx, g.ID, p)
		if err != nil {
			return nil, err
		}
		if !in || !m.Facilitator {
			continue
		}
		there, err := OfGroup(tx, g.ID)
		if err != nil {
			return nil, err
		}
		for _, r := range there {
			if r.By != p {
				all = append(all, r)
			}
		}
	}
	return all, nil
}

// nameOf gives the name of whoever put something there, who may have gone since.
func nameOf(tx store.Tx, id people.ID) (string, error) {
	p, err := people.Table.Get(tx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && p.Name == "" {
		return "somebody who has left", nil
	}
	return p.Name, err
}

// contains tells whether all words that were typed stand in a resource.
func (r Resource) contains(typed string) bool {
	text := strings.ToLower(r.Link + " " + r.Words + " " + r.Use)
	for _, w := range strings.Fields(strings.ToLower(typed)) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

func holdings() []deeds.Holding {
	return []deeds.Holding{
		deeds.Holds(Table, deeds.Records[ID, Resource]{
			What: "what you put on a shelf", Purpose: deeds.TakingPart, Seen: "only you, or the members of the group whose shelf it is", Index: "person",
		}),
	}
}
