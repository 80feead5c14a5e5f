// Package verdicts is what a group would keep, change and drop: a verdict of one
// press on each element of the programme once it is over, what the facilitator
// sees of them beside the programme's file, and their choices for the next cohort.
// Start reading at [Verdict]; give.go is how members look back, table.go and
// next.go what the facilitator makes of it.
//
// The elements come from the plan, see cohorts.Elements; the choices are applied
// by cohorts.Successor. Nothing is ever chosen by counting: the group's verdicts
// stand beside the choice, and a facilitator makes it.
package verdicts

import (
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

// Verdict is what one person said of one element.
type Verdict struct {
	Cohort  cohorts.ID `json:"cohort"`
	Element string     `json:"element"`
	Person  people.ID  `json:"person"`
	Say     Say        `json:"say"`
	Words   string     `json:"words,omitempty"` // for facilitators, who are not told whose they are
	At      time.Time  `json:"at"`
}

// Say is what is said of an element.
type Say string

// What can be said. A pass is no verdict: it says not to ask again.
const (
	Keep   Say = "keep"
	Change Say = "change"
	Drop   Say = "drop"
	Pass   Say = "pass"
)

// says are the verdicts, in the order in which they are shown.
var says = []Say{Keep, Change, Drop}

// Table keeps all verdicts, by [verdictID].
var Table = store.NewTable[string, Verdict]("verdicts", 1,
	store.Index[Verdict]{Name: "cohort", Keys: func(v Verdict) [][]byte {
		return [][]byte{store.Key(string(v.Cohort), v.Element)}
	}},
	store.Index[Verdict]{Name: "person", Keys: func(v Verdict) [][]byte {
		return [][]byte{store.Key(string(v.Cohort), string(v.Person))}
	}})

func verdictID(c cohorts.ID, element string, p people.ID) string {
	return string(c) + "/" + element + "/" + string(p)
}

// Feature is what this package brings to the bot.
func Feature() deeds.Feature {
	return deeds.Feature{
		Deeds:    []deeds.Deed{giveDeed(), sayDeed(), wordsDeed(), changeDeed(), tableDeed(), nextDeed()},
		Tables:   []store.Prepared{Table},
		Holdings: holdings(),
		Home:     home,
		Panel:    panel,
	}
}

// ofPerson gives what a person said, by the element.
func ofPerson(tx store.Tx, c cohorts.ID, p people.ID) (map[string]Verdict, error) {
	said := map[string]Verdict{}
	for row, err := range Table.By(tx, "person", string(c), string(p)) {
		if err != nil {
			return nil, err
		}
		said[row.Value.Element] = row.Value
	}
	return said, nil
}

// open gives the elements that are over and that a person has said nothing of.
func open(all []cohorts.Element, said map[string]Verdict) []cohorts.Element {
	return slices.DeleteFunc(slices.Clone(all), func(e cohorts.Element) bool {
		_, done := said[e.ID]
		return done || !e.Ended
	})
}

// Tally is what a group said of one element. Nobody is named in it.
type Tally struct {
	Count map[Say]int
	Words []string // of those who are still there, in no order that tells whose they are
}

// voices counts the verdicts.
func (t Tally) voices() int { return t.Count[Keep] + t.Count[Change] + t.Count[Drop] }

// most gives what more than half of the verdicts say; false where none does.
func (t Tally) most() (Say, bool) {
	for _, s := range says {
		if 2*t.Count[s] > t.voices() {
			return s, true
		}
	}
	return "", false
}

// tallies counts the verdicts of a cohort, by the element. Who has left counts and
// is no longer quoted.
func tallies(tx store.Tx, c cohorts.ID) (map[string]Tally, error) {
	all := map[string]Tally{}
	for row, err := range Table.By(tx, "cohort", string(c)) {
		if err != nil {
			return nil, err
		}
		v := row.Value
		if v.Say == Pass {
			continue
		}
		t, ok := all[v.Element]
		if !ok {
			t.Count = map[Say]int{}
		}
		t.Count[v.Say]++
		if _, there, err := cohorts.MemberOf(tx, c, v.Person); err != nil {
			return nil, err
		} else if there && v.Words != "" {
			t.Words = append(t.Words, v.Words)
		}
		all[v.Element] = t
	}
	for _, t := range all {
		slices.SortFunc(t.Words, strings.Compare)
	}
	return all, nil
}

// named gives an element of a cohort; false where it is no longer in the plan.
func named(all []cohorts.Element, id string) (cohorts.Element, bool) {
	i := slices.IndexFunc(all, func(e cohorts.Element) bool { return e.ID == id })
	if i < 0 {
		return cohorts.Element{}, false
	}
	return all[i], true
}

// record names an element for a button: the cohort and the element.
func record(c cohorts.ID, e cohorts.Element) string { return string(c) + "/" + e.ID }

func cohortOf(_ store.Tx, record string) (string, error) {
	id, _, _ := strings.Cut(record, "/")
	return id, nil
}

// load gives what a call is about: the cohort, its elements, and the one that the
// record names, if it names one.
func load(tx store.Tx, c deeds.Call) (cohort cohorts.Cohort, all []cohorts.Element, about cohorts.Element, err error) {
	cohort, _, dates, err := cohorts.Load(tx, cohorts.ID(c.Cohort))
	if err != nil {
		return cohort, nil, about, err
	}
	all = cohorts.Elements(cohort, dates)
	_, id, _ := strings.Cut(c.Record, "/")
	about, _ = named(all, id)
	return cohort, all, about, nil
}

// label is an element's title as an option or a button shows it.
func label(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}

func home(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	g := deeds.Glance{Later: true}
	cohort, _, dates, err := cohorts.Load(tx, cohorts.ID(c.Cohort))
	if err != nil || c.Role >= chat.Facilitator {
		return g, err
	}
	asked := slices.ContainsFunc(dates, func(d cohorts.Dated) bool { return d.Gone() && slices.Contains(d.With, programmes.DoVerdict) })
	if !asked {
		return g, nil
	}
	said, err := ofPerson(tx, cohort.ID, c.Person.ID)
	if err != nil {
		return g, err
	}
	switch n := len(open(cohorts.Elements(cohort, dates), said)); n {
	case 0:
	case 1:
		g.Lines = []string{"One thing to look back on, if you like: keep, change or drop."}
	default:
		g.Lines = []string{"Some things to look back on, if you like: keep, change or drop."}
	}
	if len(g.Lines) > 0 {
		g.Buttons = []chat.Button{{Label: "Keep, change or drop", Command: givePath, Record: c.Cohort}}
	}
	return g, nil
}
