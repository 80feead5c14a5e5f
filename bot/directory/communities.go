package directory

import (
	"slices"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// CommunityID names a community of practice for ever.
type CommunityID string

// Community is a group of people who learn from each other, from when it asks to be
// listed. It teaches no content, and is approved for no competency.
type Community struct {
	ID        CommunityID    `json:"id"`
	By        people.ID      `json:"by"` // who offered it
	At        time.Time      `json:"at"`
	Workspace chat.Workspace `json:"w"` // where they are told what came of it

	Name   string     `json:"name"`
	About  string     `json:"about"`
	Cohort cohorts.ID `json:"cohort,omitempty"` // the group here that it is
	How    string     `json:"how,omitempty"`    // how to join, where it is elsewhere
	Link   string     `json:"link,omitempty"`

	State State `json:"state"`

	Retired   time.Time `json:"retired,omitzero"`
	RetiredBy people.ID `json:"retired_by,omitempty"`
	Why       string    `json:"why,omitempty"` // it was taken off the list
}

// Consideration is what somebody found when they looked at how people meet in a
// community: a note on its design, and one on each of the principles.
type Consideration struct {
	ID        string      `json:"id"`
	Community CommunityID `json:"community"`
	By        people.ID   `json:"by"`
	At        time.Time   `json:"at"`

	Lists     bool   `json:"lists"`
	Design    string `json:"design"`    // who decides what the group does, and how
	Knowledge string `json:"knowledge"` // everyone has knowledge to share
	Learning  string `json:"learning"`  // everyone has learning to do
	Ways      string `json:"ways"`      // many identities and ways of knowing
}

// Communities keeps all communities.
var Communities = store.NewTable[CommunityID, Community]("communities", 1,
	store.Index[Community]{Name: "state", Keys: func(x Community) [][]byte {
		return [][]byte{store.Key(string(x.State), x.At, string(x.ID))}
	}},
	store.Index[Community]{Name: "person", Keys: func(x Community) [][]byte {
		return [][]byte{store.Key(string(x.By), x.At)}
	}})

// Considerations keeps what was found of them, for ever.
var Considerations = store.NewTable[string, Consideration]("community considerations", 1,
	store.Index[Consideration]{Name: "community", Keys: func(x Consideration) [][]byte {
		return [][]byte{store.Key(string(x.Community), x.At, x.ID)}
	}},
	store.Index[Consideration]{Name: "person", Keys: func(x Consideration) [][]byte {
		return [][]byte{store.Key(string(x.By), x.At)}
	}})

func communitiesIn(tx store.Tx, s State) ([]Community, error) {
	return values(Communities.By(tx, "state", string(s)))
}

// Listed gives the communities that somebody can join, each that is here with its
// group. One whose group has ended is not among them.
func Listed(tx store.Tx) ([]Community, error) {
	all, err := communitiesIn(tx, Approved)
	var open []Community
	for _, x := range all {
		_, runs, err := x.group(tx)
		if err != nil {
			return nil, err
		}
		if runs {
			open = append(open, x)
		}
	}
	return open, err
}

// group gives the group here that a community is; false where it has ended, and true
// for one elsewhere.
func (x Community) group(tx store.Tx) (cohorts.Cohort, bool, error) {
	if x.Cohort == "" {
		return cohorts.Cohort{}, true, nil
	}
	g, there, err := cohorts.Table.Find(tx, x.Cohort)
	return g, there && (g.State == cohorts.Open || g.State == cohorts.Paused), err
}

// notes gives what was found of a community, the oldest first.
func (x Community) notes(tx store.Tx) ([]Consideration, error) {
	return values(Considerations.By(tx, "community", string(x.ID)))
}

// offerable gives the communities of practice here that somebody is in and that are
// not listed or waiting already.
func offerable(tx store.Tx, p people.ID) ([]cohorts.Cohort, error) {
	own, err := cohorts.Of(tx, p)
	if err != nil {
		return nil, err
	}
	var taken []cohorts.ID
	for _, s := range []State{Suggested, Approved} {
		all, err := communitiesIn(tx, s)
		if err != nil {
			return nil, err
		}
		for _, x := range all {
			taken = append(taken, x.Cohort)
		}
	}
	return slices.DeleteFunc(own, func(g cohorts.Cohort) bool {
		return !g.Programme.Community || g.State == cohorts.Ended || g.State == cohorts.Draft || slices.Contains(taken, g.ID)
	}), nil
}
