package graduation

import (
	"slices"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// GiftID names a gift for ever.
type GiftID string

// Gift is something that a member leaves for the group that comes after theirs.
// There is no gift without its giver's consent: giving says who will read it.
type Gift struct {
	ID     GiftID      `json:"id"`
	Cohort cohorts.ID  `json:"cohort"`
	Person people.ID   `json:"person"`
	Kind   Kind        `json:"kind"`
	Text   string      `json:"text"` // as typed
	Files  []chat.File `json:"files,omitempty"`
	Named  bool        `json:"named,omitempty"` // the giver's name may stand beside it
	At     time.Time   `json:"at"`
}

// mostGifts is how many one person leaves in a group: what one list shows with a
// button each.
const mostGifts = 10

// Kind is what sort of gift it is.
type Kind string

// The kinds of gifts.
const (
	Advice Kind = "advice"
	Tool   Kind = "tool"
	Story  Kind = "story"
	Mentor Kind = "mentor"
	Attest Kind = "attest"
)

type kindWords struct {
	kind      Kind
	label     string // in the form
	heading   string // on the page
	one, many string // in a count
	named     bool   // it is of no use without the giver's name
}

// kinds says how each kind is spoken of, in the order in which they are shown.
var kinds = []kindWords{
	{Advice, "A piece of advice", "Advice", "a piece of advice", "pieces of advice", false},
	{Tool, "A tool or something to read", "Tools and things to read", "a tool", "tools", false},
	{Story, "A story", "Stories", "a story", "stories", false},
	{Mentor, "An offer to walk alongside somebody", "People who would walk alongside you", "an offer to walk alongside", "offers to walk alongside", true},
	{Attest, "An offer to say what I see somebody do", "People who would say what they see you do", "an offer to attest", "offers to attest", true},
}

// words says how a gift is spoken of.
func (g Gift) words() kindWords {
	return kinds[slices.IndexFunc(kinds, func(k kindWords) bool { return k.kind == g.Kind })]
}

// Gifts keeps all gifts. One that is taken back is gone.
var Gifts = store.NewTable[GiftID, Gift]("gifts", 1,
	store.Index[Gift]{Name: "cohort", Keys: func(g Gift) [][]byte {
		return [][]byte{store.Key(string(g.Cohort), g.At, string(g.ID))}
	}},
	store.Index[Gift]{Name: "giver", Keys: func(g Gift) [][]byte {
		return [][]byte{store.Key(string(g.Cohort), string(g.Person), g.At, string(g.ID))}
	}})

// Passing says that a cohort was handed what another left.
type Passing struct {
	From cohorts.ID `json:"from"`
	To   cohorts.ID `json:"to"`
	By   people.ID  `json:"by"` // a facilitator of To
	At   time.Time  `json:"at"`
}

// Passings keeps what was handed on, by [passingID].
var Passings = store.NewTable[string, Passing]("passings", 1,
	store.Index[Passing]{Name: "to", Keys: func(p Passing) [][]byte {
		return [][]byte{store.Key(string(p.To), p.At, string(p.From))}
	}})

func passingID(to, from cohorts.ID) string { return string(to) + "/" + string(from) }

// left gives the gifts of a cohort in the order in which they were given.
func left(tx store.Tx, c cohorts.ID) ([]Gift, error) {
	var all []Gift
	for row, err := range Gifts.By(tx, "cohort", string(c)) {
		if err != nil {
			return nil, err
		}
		all = append(all, row.Value)
	}
	return all, nil
}

// given gives the gifts of one person to a cohort's successors.
func given(tx store.Tx, c cohorts.ID, p people.ID) ([]Gift, error) {
	var all []Gift
	for row, err := range Gifts.By(tx, "giver", string(c), string(p)) {
		if err != nil {
			return nil, err
		}
		all = append(all, row.Value)
	}
	return all, nil
}

func giftsOf(tx store.Tx, c cohorts.ID, p people.ID) (int, error) {
	all, err := given(tx, c, p)
	return len(all), err
}
