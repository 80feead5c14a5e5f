// Package lenses is a group looking at how it works together: statements in a few
// dimensions, answered as "we" about a collaboration that has a name, several
// times, so that then and now can be seen side by side; put into the group's own
// words; turned into a work plan; and a map of who brings what. Start reading at
// [Collaboration], then [Look] and counting.go, which holds what nobody may be
// singled out by; answering.go, showing.go, again.go, wording.go, planning.go and parts.go
// are how people reach it.
//
// Nothing here adds a person or a group up to one number, or puts anybody in an
// order.
package lenses

import (
	"errors"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/shapes"
	"cohortbot/bot/store"
)

// Options is what lenses need from outside.
type Options struct {
	// Dimensions is what is looked at: dimensions, and under each its statements.
	Dimensions frameworks.Framework
	// Calendar makes a calendar file of a plan's steps. Nil makes none.
	Calendar func(name string, events []chat.Event, now time.Time) []byte
}

// ID names a collaboration for ever.
type ID string

// Collaboration is something that people do together and want to look at. It is
// between everybody in a cohort, or between a few partners in it.
type Collaboration struct {
	ID     ID         `json:"id"`
	Cohort cohorts.ID `json:"cohort"`
	Name   string     `json:"name"` // as people call it
	By     people.ID  `json:"by"`
	At     time.Time  `json:"at"`
	// Partners are those few, By among them; empty: everybody. Between partners
	// there is no picture without names, since they are too few to hide among.
	Partners []people.ID       `json:"partners,omitempty"`
	Words    map[string]string `json:"words,omitempty"`   // the group's own, by the statement's id
	Steps    int               `json:"steps,omitempty"`   // of the work plan so far; numbers them
	Offered  []Stage           `json:"offered,omitempty"` // at which it was proposed to look again
}

// few tells whether it is between partners.
func (x Collaboration) few() bool { return len(x.Partners) > 0 }

// LookID names a look for ever.
type LookID string

// Look is one time at which people look at a collaboration. While it is open,
// they answer; when it is closed, what may be shown of a whole group's answers is
// worked out once and never again, so that no two versions can be compared.
type Look struct {
	ID            LookID     `json:"id"`
	Collaboration ID         `json:"collaboration"`
	Cohort        cohorts.ID `json:"cohort"`
	Stage         Stage      `json:"stage"`
	By            people.ID  `json:"by"`
	Opened        time.Time  `json:"opened"`
	Closed        time.Time  `json:"closed,omitzero"`
	// Words are the group's own as they stood when it opened: everybody answers to
	// the same.
	Words map[string]string `json:"words,omitempty"`
	Cells map[string]Cell   `json:"cells,omitempty"` // by the statement's id
}

// Open tells whether people can still answer.
func (l Look) Open() bool { return l.Closed.IsZero() }

// Stage is when in the life of a collaboration a look is.
type Stage string

// The stages. There may be several looks in the middle.
const (
	Start  Stage = "start"
	Middle Stage = "middle"
	End    Stage = "end"
)

// words stand after a name or a verb.
func (s Stage) words() string {
	switch s {
	case Start:
		return "at the start"
	case End:
		return "at the end"
	}
	return "in the middle"
}

// Cell is what is shown of a group's answers to one statement.
type Cell struct {
	Level int `json:"level"` // the middle
	// Since is the look whose level this one comes from, by the moves of those who
	// answered both times; empty: it was looked at afresh.
	Since LookID `json:"since,omitempty"`
}

// Answer is what one person says about a collaboration at one time.
type Answer struct {
	ID            string         `json:"id"` // see [answerID]; for themself alone any
	Collaboration ID             `json:"collaboration"`
	Cohort        cohorts.ID     `json:"cohort"`
	Look          LookID         `json:"look,omitempty"` // empty: for themself alone
	Person        people.ID      `json:"person"`
	At            time.Time      `json:"at"`
	Values        map[string]int `json:"values"` // from 1, by the statement's id; one that was passed over is missing
	Note          string         `json:"note,omitempty"`
	Sees          Sees           `json:"sees"`
}

// Sees is who may see somebody's answers.
type Sees string

// Who may see them.
const (
	OnlyMe  Sees = "me"       // nobody else, and they count nowhere
	Counted Sees = "group"    // nobody, but they count in the group's picture
	Named   Sees = "partners" // the partners, with the name
)

// answerID names somebody's answers in a look: one each.
func answerID(l LookID, p people.ID) string { return string(l) + "/" + string(p) }

// scale is how far a statement is so. The words fit a group and a person alike.
var scale = shapes.Scale{
	Steps: []string{"hardly", "a little", "some", "a good deal", "as much as could be"},
	More:  "further", Less: "less far",
}

// Collaborations keeps all of them.
var Collaborations = store.NewTable[ID, Collaboration]("lenses", 1,
	store.Index[Collaboration]{Name: "cohort", Keys: func(x Collaboration) [][]byte {
		return [][]byte{store.Key(string(x.Cohort), x.At)}
	}})

// Looks keeps all looks.
var Looks = store.NewTable[LookID, Look]("lenslooks", 1,
	store.Index[Look]{Name: "collaboration", Keys: func(l Look) [][]byte {
		return [][]byte{store.Key(string(l.Collaboration), l.Opened)}
	}})

// Answers keeps all answers.
var Answers = store.NewTable[string, Answer]("lensanswers", 1,
	store.Index[Answer]{Name: "look", Keys: func(a Answer) [][]byte {
		if a.Look == "" {
			return nil
		}
		return [][]byte{store.Key(string(a.Look), a.At, string(a.Person))}
	}},
	store.Index[Answer]{Name: "own", Keys: func(a Answer) [][]byte {
		return [][]byte{store.Key(string(a.Collaboration), string(a.Person), a.At)}
	}},
	store.Index[Answer]{Name: "person", Keys: func(a Answer) [][]byte {
		return [][]byte{store.Key(string(a.Person), a.At)}
	}})

// Feature is what this package brings to the bot.
func Feature(o Options) deeds.Feature {
	return deeds.Feature{
		Deeds: []deeds.Deed{
			nameDeed(), o.answerDeed(), o.pictureDeed(), o.rewordDeed(), o.planDeed(), o.rolesDeed(),
			lookDeed(), o.closeDeed(), deleteDeed(), renameDeed(), removeDeed(),
			o.suggestDeed(), o.agreeDeed(), withdrawDeed(),
			o.addDeed(), o.exportDeed(), o.stepDeed(), doneDeed(), changeDeed(), letGoDeed(), takeDeed(),
			o.partDeed(), partGoneDeed(),
		},
		Jobs: []jobs.Kind{{Name: tellKind, Run: telling}, {Name: wordingDue, Run: wordingIsDue}, {Name: againJob, Run: lookingAgain}},
		Reasons: []outbox.Reason{
			{Kind: askedKind, Render: o.askedMessage},
			{Kind: madeKind, Render: o.madeMessage},
			{Kind: invitedKind, Render: invitedMessage},
			{Kind: wordingKind, Render: o.wordingMessage},
			{Kind: wordsKind, Render: o.wordingMessage},
			{Kind: planKind, Render: o.planMessage},
			{Kind: askKind, Render: o.askMessage},
			{Kind: mayKind, Render: o.askMessage},
			{Kind: freedKind, Render: o.askMessage},
			{Kind: againKind, Render: againMessage},
		},
		Tables:   []store.Prepared{Collaborations, Looks, Answers, Wordings, Steps, Parts},
		Holdings: holdings(),
		Home:     home,
		Panel:    panel,
	}
}

// statement is one sentence that a group says of itself.
type statement struct {
	id, dimension string
	title         string // of the dimension: "Confident"
	number, of    int    // within the dimension
	text          string
}

// name is the short of it: "Confident, 1 of 3".
func (s statement) name() string {
	return s.title + ", " + number(s.number) + " of " + number(s.of)
}

// statements gives all of them, in these words of the group's own where it has
// some.
func (o Options) statements(own map[string]string) []statement {
	var all []statement
	for _, d := range o.Dimensions.Items {
		for i, s := range d.Items {
			one := statement{id: s.ID, dimension: d.ID, title: titleOf(d), number: i + 1, of: len(d.Items), text: s.Text}
			if words := own[s.ID]; words != "" {
				one.text = words
			}
			all = append(all, one)
		}
	}
	return all
}

// statement gives one of them; false where there is none.
func (o Options) statement(own map[string]string, id string) (statement, bool) {
	all := o.statements(own)
	i := slices.IndexFunc(all, func(s statement) bool { return s.id == id })
	if i < 0 {
		return statement{}, false
	}
	return all[i], true
}

// points gives the dimensions as the points of a shape.
func (o Options) points() []programmes.Point {
	var points []programmes.Point
	for _, d := range o.Dimensions.Items {
		points = append(points, programmes.Point{ID: d.ID, Title: titleOf(d)})
	}
	return points
}

// titleOf is a dimension in one word: "Confident" for "We are confident".
func titleOf(d frameworks.Item) string {
	short := strings.TrimPrefix(d.Text, "We are ")
	return strings.ToUpper(short[:1]) + short[1:]
}

// dimensions gives the middle of each dimension's statements, by the dimension's
// id; one of which nothing is known is missing.
func (o Options) dimensions(values map[string]int) map[string]int {
	all := map[string]int{}
	for _, d := range o.Dimensions.Items {
		var known []int
		for _, s := range d.Items {
			if n := values[s.ID]; n > 0 {
				known = append(known, n)
			}
		}
		slices.Sort(known)
		if n := len(known); n > 0 {
			all[d.ID] = (known[(n-1)/2] + known[n/2]) / 2
		}
	}
	return all
}

// collaborationOf gives what a record is or belongs to; false where it is none of
// ours.
func collaborationOf(tx store.Tx, record string) (Collaboration, bool, error) {
	id := ID(record)
	for _, belongs := range []func() (ID, error){
		func() (ID, error) { l, err := Looks.Get(tx, LookID(record)); return l.Collaboration, err },
		func() (ID, error) { a, err := Answers.Get(tx, record); return a.Collaboration, err },
		func() (ID, error) { p, err := Parts.Get(tx, PartID(record)); return p.Collaboration, err },
		func() (ID, error) { w, err := Wordings.Get(tx, WordingID(record)); return w.Collaboration, err },
		func() (ID, error) { s, err := Steps.Get(tx, StepID(record)); return s.Collaboration, err },
	} {
		found, err := belongs()
		if err == nil {
			id = found
			break
		}
		if !errors.Is(err, store.ErrNotFound) {
			return Collaboration{}, false, err
		}
	}
	return Collaborations.Find(tx, id)
}

// cohortOf gives the cohort of a record that is ours, a week's or a cohort's.
func cohortOf(tx store.Tx, record string) (string, error) {
	if record == "" {
		return "", nil
	}
	x, ok, err := collaborationOf(tx, record)
	if err != nil || ok {
		return string(x.Cohort), err
	}
	c, _ := cohorts.ParseWeekRecord(record)
	return string(c), nil
}

// circle gives everybody whom a collaboration is between and who is in the cohort
// now.
func circle(tx store.Tx, x Collaboration) ([]people.ID, error) {
	group, err := cohorts.Group(tx, x.Cohort)
	var all []people.ID
	for _, m := range group {
		if !x.few() || slices.Contains(x.Partners, m.Person) {
			all = append(all, m.Person)
		}
	}
	return all, err
}

// open to tells whether somebody in the cohort may know of it.
func (x Collaboration) openTo(p people.ID) bool { return !x.few() || slices.Contains(x.Partners, p) }

// known gives the collaborations of a cohort that somebody may know of, the
// youngest first.
func known(tx store.Tx, c cohorts.ID, p people.ID) ([]Collaboration, error) {
	all, err := values(Collaborations.By(tx, "cohort", string(c)))
	all = slices.DeleteFunc(all, func(x Collaboration) bool { return !x.openTo(p) })
	slices.Reverse(all)
	return all, err
}

// looksOf gives all looks at a collaboration, the oldest first.
func looksOf(tx store.Tx, x Collaboration) ([]Look, error) {
	return values(Looks.By(tx, "collaboration", string(x.ID)))
}

// openLook gives the one that people can answer; false where there is none.
func openLook(tx store.Tx, x Collaboration) (Look, bool, error) {
	all, err := looksOf(tx, x)
	if err != nil || len(all) == 0 {
		return Look{}, false, err
	}
	last := all[len(all)-1]
	return last, last.Open(), nil
}

func values[K ~string, T any](rows func(func(store.Row[K, T], error) bool)) ([]T, error) {
	var all []T
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		all = append(all, row.Value)
	}
	return all, nil
}
