package research

import (
	"cmp"
	"encoding/base32"
	"io"
	"maps"
	"slices"
	"strings"

	"cohortbot/bot/people"
)

// This file decides what is given out, so that nobody can be singled out:
//
//   - Of each programme's people, a tenth is left out by lot, one at least. Nobody can
//     know of anybody that they are in it, and whoever knows all others cannot take
//     them away.
//   - In the table of people, everybody has at least [least]-1 others who look the
//     same. And whatever somebody knows of one of them in some columns, in every other
//     column at least two answers are left, so that nothing more follows. A column that
//     would break this is not given for that programme.
//   - In the table of counts, a question is answered only where each of its answers has
//     at least that many people, those who gave none included. So no rest is small,
//     whatever is taken from what. A question is in one table only, and no question
//     follows from another: answers to one could belong to any others of the
//     programme's people, and everything given out would be the same.
//   - A question that is not answered is not named. Whether few did it, or all but a
//     few, or nobody was asked, looks the same.
//
// Whoever stands in a release stands in no other: see [Make]. So releases are about
// others each, whatever people did and however much of it they did all the time; taken
// together in any way they are about all people of some of them, and never about a few.
//
// The attacks that this holds against are in hiding_test.go.

// subject is what one person did in one programme. Each has the same questions; an
// answer that is missing is none.
type subject struct {
	person  people.ID         // to mark that they stood in a release; never given out
	columns map[string]string // by the column's name: as finely as it is known
	answers map[string]string // to questions that are counted
}

// column is a column of the table of people.
type column struct {
	name, says string
	// coded gives the coarser answers that finer ones are taken for, the finest coding
	// first. Whoever has none has done nothing of the sort.
	coded []map[string]string
}

const (
	none = "none"
	some = "some"
	// hidden stands where a column is not given.
	hidden = "not given"
)

// columns are all of them, the most useful first: what cannot be given together with
// those before it is not given.
var columns = []column{
	{
		"experiments", "Experiments of one's own: none, begun, or told as a story; or none and some.",
		[]map[string]string{{"begun": "begun", "told": "told"}, {"begun": some, "told": some}},
	},
	{
		"sessions", "Sessions that the person was at or caught up with: none, one, more; or none and some.",
		[]map[string]string{{"one": "one", "more": "more"}, {"one": some, "more": some}},
	},
	{"thinking", "Whether the person answered questions to think about: none or some.", []map[string]string{{some: some}}},
	{"portfolio", "Whether the person began or handed in a portfolio: none or some.", []map[string]string{{some: some}}},
}

func (c column) code(fine string, coding int) string {
	if coarse, ok := c.coded[coding][fine]; ok {
		return coarse
	}
	return none
}

// Person is a row of the table of people.
type Person struct {
	ID        string            `json:"id"` // drawn for this release alone
	Programme string            `json:"programme"`
	Answers   map[string]string `json:"answers"` // by the column's name
}

// Count is how many people of a programme gave an answer to a question.
type Count struct {
	Programme string `json:"programme"`
	Question  string `json:"question"`
	Answer    string `json:"answer"`
	People    int    `json:"people"`
}

// hide gives what may be given out of one programme's people: nothing, where they
// are too few.
func hide(programme string, all []subject, least int, random io.Reader) ([]Person, []Count, error) {
	if len(all) < least {
		return nil, nil, nil
	}
	coding := codings(all, least)
	people := make([]Person, len(all))
	for i, s := range all {
		id, err := drawn(random)
		if err != nil {
			return nil, nil, err
		}
		people[i] = Person{ID: id, Programme: programme, Answers: coding.row(s)}
	}
	slices.SortFunc(people, func(a, b Person) int { return cmp.Compare(a.ID, b.ID) }) // in no order of theirs
	var counts []Count
	for _, question := range questions(all) {
		n := map[string]int{none: 0} // had everybody answered, so would have anybody
		for _, s := range all {
			n[cmp.Or(s.answers[question], none)]++
		}
		if !spread(n, least) {
			continue
		}
		for _, answer := range slices.Sorted(maps.Keys(n)) {
			if answer != none { // it is what is left, and no answer
				counts = append(counts, Count{programme, question, answer, n[answer]})
			}
		}
	}
	return people, counts, nil
}

// spread tells whether each of at least two answers was given by enough people.
func spread(n map[string]int, least int) bool {
	for _, people := range n {
		if people < least {
			return false
		}
	}
	return len(n) > 1
}

func questions(all []subject) []string {
	found := map[string]bool{}
	for _, s := range all {
		for q := range s.answers {
			found[q] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// coding says how finely each column is given; one that is missing is not.
type coding map[int]int

// codings finds how finely the columns can be given, one after the other.
func codings(all []subject, least int) coding {
	chosen := coding{}
	for i, c := range columns {
		for fine := range c.coded {
			chosen[i] = fine
			if chosen.holds(all, least) {
				break
			}
			delete(chosen, i)
		}
	}
	return chosen
}

func (c coding) row(s subject) map[string]string {
	row := map[string]string{}
	for i, column := range columns {
		if fine, given := c[i]; given {
			row[column.name] = column.code(s.columns[column.name], fine)
		} else {
			row[column.name] = hidden
		}
	}
	return row
}

// holds tells whether these columns can be given together: all who look the same
// are enough, and whoever is known by some columns could have several answers in
// each other one.
func (c coding) holds(all []subject, least int) bool {
	given := slices.Sorted(maps.Keys(c))
	for known := range 1 << len(given) { // a set of columns, a bit each
		alike := map[string][]map[string]string{}
		for _, s := range all {
			row, key := c.row(s), ""
			for bit, i := range given {
				if known>>bit&1 == 1 {
					key += row[columns[i].name] + "\x00"
				}
			}
			alike[key] = append(alike[key], row)
		}
		for _, rows := range alike {
			if len(rows) < least {
				return false
			}
			for bit, i := range given {
				if known>>bit&1 == 0 && !slices.ContainsFunc(rows, func(r map[string]string) bool {
					return r[columns[i].name] != rows[0][columns[i].name]
				}) {
					return false
				}
			}
		}
	}
	return true
}

// drawnBytes is how many random bytes an id has.
const drawnBytes = 10

// drawn draws an id. It comes from nothing of the person's, so that there is nothing
// to find it again by.
func drawn(random io.Reader) (string, error) {
	var id [drawnBytes]byte
	if _, err := io.ReadFull(random, id[:]); err != nil {
		return "", err
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(id[:])), nil
}

// sample leaves out a tenth by lot, one at least.
func sample(all []subject, random io.Reader) ([]subject, error) {
	type lot struct {
		id string
		subject
	}
	var lots []lot
	for _, s := range all {
		id, err := drawn(random)
		if err != nil {
			return nil, err
		}
		lots = append(lots, lot{id, s})
	}
	slices.SortFunc(lots, func(a, b lot) int { return cmp.Compare(a.id, b.id) })
	var kept []subject
	for _, l := range lots[:len(lots)-(len(lots)+9)/10] {
		kept = append(kept, l.subject)
	}
	return kept, nil
}
