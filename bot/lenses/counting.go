package lenses

import (
	"slices"

	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// This file decides what of a group's answers is shown, so that nobody's can be
// worked out:
//
//   - A picture is made once, when its look is closed. Whoever watches it change as
//     somebody answers, changes their mind or withdraws would see what they said.
//   - A statement is shown from [least] people's answers on, and of these only the
//     middle. The ends would be somebody's own; and if it were shown between what
//     most lie, the one who says something else would know what each of the others
//     said.
//   - How far a statement is so is looked at afresh once. After that, the middle of
//     the moves of those counts who answered both times. Two pictures of nearly the
//     same people could be held against each other: what is different would be what
//     the one said who came or went. Of moves, nothing is left over for them; and
//     where nobody has changed their mind, a later picture says nothing new.
//   - A move never leads beyond the ends of the scale, where it would tell who
//     cannot have been there.
//
// Nothing is kept of whose answers a picture was made. The attacks that this holds
// against are in counting_test.go.

// least is how many people's answers a statement is shown from. Any one of them
// knows their own, which leaves four.
const least = 5

// count gives what is shown of a look's answers, by the statement's id. Earlier
// are the looks before at the same collaboration; said gives what counted in them,
// as far as it is still there.
func (o Options) count(answers []Answer, earlier []Look, said func(LookID) ([]Answer, error)) (map[string]Cell, error) {
	cells := map[string]Cell{}
	for _, s := range o.statements(nil) {
		now := valuesOf(answers, s.id)
		i := len(earlier) - 1
		for i >= 0 {
			if _, shown := earlier[i].Cells[s.id]; shown {
				break
			}
			i--
		}
		var sorted []int
		cell := Cell{}
		if i < 0 {
			for _, n := range now {
				sorted = append(sorted, n)
			}
		} else {
			cell.Since = earlier[i].ID
			cell.Level = earlier[i].Cells[s.id].Level
			before, err := said(earlier[i].ID)
			if err != nil {
				return nil, err
			}
			for p, n := range valuesOf(before, s.id) {
				if m, both := now[p]; both {
					sorted = append(sorted, m-n)
				}
			}
		}
		if len(sorted) < least {
			continue
		}
		slices.Sort(sorted)
		cell.Level = min(max(cell.Level+sorted[(len(sorted)-1)/2], 1), len(scale.Steps))
		cells[s.id] = cell
	}
	return cells, nil
}

// valuesOf gives what each person whose answers count says to a statement.
func valuesOf(answers []Answer, statement string) map[people.ID]int {
	all := map[people.ID]int{}
	for _, a := range answers {
		if n := a.Values[statement]; a.Sees == Counted && n > 0 {
			all[a.Person] = n
		}
	}
	return all
}

// counted gives the answers that count in a look.
func counted(tx store.Tx, l LookID) ([]Answer, error) {
	all, err := values(Answers.By(tx, "look", string(l)))
	return slices.DeleteFunc(all, func(a Answer) bool { return a.Sees != Counted }), err
}

// levels gives how far each statement is so by the last of these looks that shows
// it.
func levels(looks []Look) map[string]int {
	all := map[string]int{}
	for _, l := range looks {
		for id, c := range l.Cells {
			all[id] = c.Level
		}
	}
	return all
}
