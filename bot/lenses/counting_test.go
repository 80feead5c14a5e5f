package lenses

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"cohortbot/bot/frameworks"
	"cohortbot/bot/people"
)

// one is an instrument of one statement.
var one = Options{Dimensions: frameworks.Framework{Items: []frameworks.Item{{
	ID: "d", Text: "We are kind", Items: []frameworks.Item{{ID: "s", Text: "We greet."}},
}}}}

// steps is how many answers there are in the attack: the fewer, the more can be
// worked out.
const steps = 3

// mostAttacked is how many people there are in the attack: it tries all that they
// can have said.
const mostAttacked = 6

func fewSteps(t *testing.T) {
	usual := scale
	t.Cleanup(func() { scale = usual })
	scale.Steps = scale.Steps[:steps]
}

// person is who answers: at which of two looks, and what.
type person struct {
	id   people.ID
	here [2]bool
	says [2]int
}

func answers(all []person, look int) []Answer {
	var given []Answer
	for _, p := range all {
		if p.here[look] {
			given = append(given, Answer{Person: p.id, Sees: Counted, Values: map[string]int{"s": p.says[look]}})
		}
	}
	return given
}

// pictures gives what is shown after each look.
func pictures(t rapid.TB, all []person) (shown [2]map[string]Cell) {
	var earlier []Look
	for n := range shown {
		cells, err := one.count(answers(all, n), earlier, func(id LookID) ([]Answer, error) {
			return answers(all, slices.Index([]LookID{"0", "1"}, id)), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		shown[n] = cells
		earlier = append(earlier, Look{ID: LookID(fmt.Sprint(n)), Cells: cells})
	}
	return shown
}

// attack is somebody who holds two pictures against each other. They know how
// pictures are made, who answered when and, where it is one of them, what they said
// themself. It gives somebody of whom they can tell what they said at one time, and
// true. Of each sort of people who answered at the same times it is enough to try
// how many said what: the pictures do not tell them apart.
func attack(all []person, insider int, sees func([]person) [2]Cell) (people.ID, bool) {
	want := sees(all)
	guess := slices.Clone(all)
	sorts := map[string][]int{}
	for i, p := range all {
		key := fmt.Sprint(i == insider, p.here)
		sorts[key] = append(sorts[key], i)
	}
	var order [][]int
	for _, members := range sorts {
		order = append(order, members)
	}
	could := make([][2]map[int]bool, len(order)) // what one of a sort could have said at each look
	for i := range could {
		could[i] = [2]map[int]bool{{}, {}}
	}
	var try func(sort, member, least int)
	try = func(sort, member, least int) {
		if sort == len(order) {
			if sees(guess) != want {
				return
			}
			for s, members := range order {
				for _, i := range members {
					for n := range 2 {
						could[s][n][guess[i].says[n]] = true
					}
				}
			}
			return
		}
		if member == len(order[sort]) {
			try(sort+1, 0, 0)
			return
		}
		i := order[sort][member]
		if i == insider {
			try(sort, member+1, 0)
			return
		}
		for v := least; v < steps*steps; v++ {
			guess[i].says = [2]int{v%steps + 1, v/steps + 1}
			if !guess[i].here[0] && guess[i].says[0] != 1 || !guess[i].here[1] && guess[i].says[1] != 1 {
				continue // never said, so one guess will do
			}
			try(sort, member+1, v)
		}
	}
	try(0, 0, 0)
	for s, members := range order {
		for n := range 2 {
			if i := members[0]; i != insider && all[i].here[n] && len(could[s][n]) == 1 {
				return all[i].id, true
			}
		}
	}
	return "", false
}

func TestNobodysAnswerCanBeWorkedOutFromPicturesHeldAgainstEachOther(t *testing.T) {
	fewSteps(t)
	rapid.Check(t, func(t *rapid.T) {
		var all []person
		for i := range rapid.IntRange(5, mostAttacked).Draw(t, "people") {
			one := rapid.IntRange(1, steps)
			p := person{id: people.ID(fmt.Sprint(i)), says: [2]int{one.Draw(t, "then"), one.Draw(t, "now")}}
			p.here = rapid.SampledFrom([][2]bool{{true, true}, {true, true}, {true, true}, {true, true}, {true, false}, {false, true}}).Draw(t, "here")
			all = append(all, p)
		}
		sees := func(all []person) [2]Cell {
			shown := pictures(t, all)
			return [2]Cell{shown[0]["s"], shown[1]["s"]}
		}
		insider := rapid.IntRange(-1, len(all)-1).Draw(t, "insider")
		if victim, found := attack(all, insider, sees); found {
			t.Fatalf("%d can tell what %s said: %+v shows %+v", insider, victim, all, sees(all))
		}
	})
}

// Whoever takes it that nobody has changed their mind learns nothing from a later
// picture, whoever came or went: it is the same for all.
func TestALaterPictureSaysNothingNewWhereNobodyHasMoved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []person
		for i := range rapid.IntRange(5, 12).Draw(t, "people") {
			n := rapid.IntRange(1, len(scale.Steps)).Draw(t, "says")
			here := rapid.SampledFrom([][2]bool{{true, true}, {true, true}, {true, false}, {false, true}}).Draw(t, "here")
			all = append(all, person{id: people.ID(fmt.Sprint(i)), here: here, says: [2]int{n, n}})
		}
		shown := pictures(t, all)
		later, ok := shown[1]["s"]
		if len(shown[0]) == 0 || !ok {
			return
		}
		if later.Level != shown[0]["s"].Level {
			t.Fatalf("shown first %+v and later %+v", shown[0]["s"], later)
		}
	})
}

// The attack finds somebody where pictures are made of whoever answers, so it would
// find them in ours.
func TestTheAttackWorksOnPicturesOfWhoeverAnswered(t *testing.T) {
	fewSteps(t)
	both, late := [2]bool{true, true}, [2]bool{false, true}
	all := []person{
		{"a", both, [2]int{1, 1}},
		{"b", both, [2]int{1, 1}},
		{"c", both, [2]int{2, 2}},
		{"d", both, [2]int{3, 3}},
		{"e", both, [2]int{3, 3}},
		{"f", late, [2]int{1, 1}},
	}
	naive := func(all []person) (shown [2]Cell) {
		for n := range 2 {
			var sorted []int
			for _, p := range all {
				if n == 1 && p.here[0] && p.says[0] != p.says[1] {
					return shown // they take it that nobody has changed their mind
				}
				if p.here[n] {
					sorted = append(sorted, p.says[n])
				}
			}
			slices.Sort(sorted)
			shown[n].Level = sorted[(len(sorted)-1)/2]
		}
		return shown
	}
	if victim, found := attack(all, 2, naive); !found || victim != "f" {
		t.Errorf("the attack finds %q, %t, want f", victim, found)
	}
}

func TestFourAreTooFewAndSoIsWhatOnlyFourAnswered(t *testing.T) {
	var all []person
	for i := range 5 {
		all = append(all, person{id: people.ID(fmt.Sprint(i)), here: [2]bool{true, true}, says: [2]int{2, 3}})
	}
	all[4].here = [2]bool{false, true}
	if shown := pictures(t, all); len(shown[0]) != 0 || len(shown[1]) != 1 || shown[1]["s"].Since != "" {
		t.Errorf("four, then five: %v", shown)
	}
	all[4].here = [2]bool{true, false}
	if shown := pictures(t, all); len(shown[0]) != 1 || len(shown[1]) != 0 {
		t.Errorf("five, then four: %v", shown)
	}
	given := answers(all, 0)
	given[0].Sees = OnlyMe
	if cells, _ := one.count(given, nil, nil); len(cells) != 0 {
		t.Errorf("what is somebody's alone counts: %v", cells)
	}
	given[0].Sees, given[0].Values = Counted, map[string]int{}
	if cells, _ := one.count(given, nil, nil); len(cells) != 0 {
		t.Errorf("a statement that was passed over counts: %v", cells)
	}
}

// Any number of looks. Whatever one person said at each of them, everything that is
// shown could be so: had all others but one always said just what is shown, it would
// be. Of five who count, three at least are such others, and three of five make the
// middle. So whoever holds all pictures against each other, and knows what they said
// themself, knows nothing of anybody.
func TestWhateverSomebodySaidAllPicturesCouldBeTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		looks, n := rapid.IntRange(1, 6).Draw(t, "looks"), rapid.IntRange(4, 7).Draw(t, "people")
		value := rapid.IntRange(1, len(scale.Steps))
		said := make([][]int, n) // by whom, at each look; 0 is nothing
		for i := range said {
			said[i] = make([]int, looks)
			for l := range said[i] {
				if rapid.IntRange(0, 7).Draw(t, "away") < 7 {
					said[i][l] = value.Draw(t, "says")
				}
			}
		}
		shown := manyPictures(t, said, looks)
		insider, victim := 0, rapid.IntRange(1, n-1).Draw(t, "victim")
		other := make([][]int, n)
		for i := range other {
			other[i] = slices.Clone(said[i])
			level := 1
			for l := range other[i] {
				if c, ok := shown[l]["s"]; ok {
					level = c.Level
				}
				switch {
				case other[i][l] == 0 || i == insider:
				case i == victim:
					other[i][l] = value.Draw(t, "could have said")
				default:
					other[i][l] = level
				}
			}
		}
		if got := manyPictures(t, other, looks); fmt.Sprint(got) != fmt.Sprint(shown) {
			t.Fatalf("%v shows %v, and %v shows %v", said, shown, other, got)
		}
	})
}

// manyPictures gives what is shown after each of many looks.
func manyPictures(t rapid.TB, said [][]int, looks int) (shown []map[string]Cell) {
	given := map[LookID][]Answer{}
	var earlier []Look
	for l := range looks {
		id := LookID(fmt.Sprint(l))
		for i := range said {
			if said[i][l] > 0 {
				given[id] = append(given[id], Answer{Person: people.ID(fmt.Sprint(i)), Sees: Counted, Values: map[string]int{"s": said[i][l]}})
			}
		}
		cells, err := one.count(given[id], earlier, func(id LookID) ([]Answer, error) { return given[id], nil })
		if err != nil {
			t.Fatal(err)
		}
		shown = append(shown, cells)
		earlier = append(earlier, Look{ID: id, Cells: cells})
	}
	return shown
}

// Brute force on three looks: everything that all others can have said is tried, and
// whatever leads to the same pictures is kept.
func TestNobodysAnswerCanBeWorkedOutFromThreePictures(t *testing.T) {
	fewSteps(t)
	const looks = 3
	for name, said := range map[string][][]int{
		"all move as one":            {{1, 3, 1}, {1, 3, 1}, {1, 3, 1}, {1, 3, 1}, {1, 3, 1}},
		"the last one goes":          {{2, 2, 2}, {1, 1, 1}, {1, 2, 3}, {3, 2, 1}, {3, 3, 3}, {1, 0, 0}},
		"one comes for the last two": {{2, 3, 3}, {1, 1, 2}, {1, 2, 3}, {3, 2, 2}, {3, 3, 1}, {0, 3, 1}},
		"one is away in between":     {{1, 2, 3}, {1, 2, 3}, {2, 2, 2}, {3, 1, 1}, {3, 3, 3}, {2, 0, 1}},
		"too few in the middle":      {{1, 0, 3}, {1, 2, 3}, {2, 2, 2}, {3, 1, 1}, {3, 3, 3}},
	} {
		shown := fmt.Sprint(manyPictures(t, said, looks))
		// What one who answered at the same times could have said: bits of values, a look each.
		could := make([][looks]int, len(said))
		guess := make([][]int, len(said))
		for i := range said {
			guess[i] = slices.Clone(said[i])
		}
		here := func(i int) string { return fmt.Sprint(said[i][0] > 0, said[i][1] > 0, said[i][2] > 0) }
		const insider = 0
		tried := 0
		open := func() bool { // of somebody it is not yet found that they could have said two things
			for who := 1; who < len(said); who++ {
				for l := range looks {
					if bits := could[who][l]; said[who][l] > 0 && bits&(bits-1) == 0 {
						return true
					}
				}
			}
			return false
		}
		var try func(i, least int)
		try = func(i, least int) {
			if !open() {
				return
			}
			if i == len(said) {
				if tried++; fmt.Sprint(manyPictures(t, guess, looks)) != shown {
					return
				}
				for who := 1; who < len(said); who++ {
					for same := 1; same < len(said); same++ {
						for l := range looks {
							if here(who) == here(same) {
								could[who][l] |= 1 << guess[same][l]
							}
						}
					}
				}
				return
			}
			for v := least; v < steps*steps*steps; v++ {
				at := [looks]int{v%steps + 1, v/steps%steps + 1, v/steps/steps + 1}
				twice := false // the same guess, but for a look at which they were not
				for l := range looks {
					twice = twice || said[i][l] == 0 && at[l] != 1
					if guess[i][l] = at[l]; said[i][l] == 0 {
						guess[i][l] = 0
					}
				}
				if twice {
					continue
				}
				next := 0
				if i+1 < len(said) && here(i+1) == here(i) {
					next = v // those who answered at the same times are one like the other
				}
				try(i+1, next)
			}
		}
		try(insider+1, 0)
		if open() {
			t.Errorf("%s: of somebody it is known what they said, after trying %d: %v", name, tried, could)
		}
	}
}
