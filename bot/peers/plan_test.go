package peers

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohortbot/bot/people"
	"cohortbot/schedules"
)

// always is somebody who never sleeps.
const always = Hours(1<<48 - 1)

func seated(seats ...int) []Seated {
	var all []Seated
	for _, s := range seats {
		all = append(all, Seated{ID: people.ID(fmt.Sprintf("p%02d", s)), Seat: s, Awake: always})
	}
	return all
}

func upTo(n int) []int {
	seats := make([]int, n)
	for i := range seats {
		seats[i] = i
	}
	return seats
}

// worth is what counts in a plan, the weightiest first.
type worth struct{ alone, otherSize, repeats, missed, apart int }

func (w worth) less(v worth) bool {
	a, b := [5]int{w.alone, w.otherSize, w.repeats, w.missed, w.apart}, [5]int{v.alone, v.otherSize, v.repeats, v.missed, v.apart}
	return slices.Compare(a[:], b[:]) < 0
}

// judge looks at a plan without any help of the planner, and fails the test where
// it breaks a rule.
func judge(t rapid.TB, c Circle, groups [][]people.ID, left []people.ID) worth {
	t.Helper()
	awake := map[people.ID]Hours{}
	for _, s := range c.People {
		awake[s.ID] = s.Awake
	}
	placed := map[people.ID]int{}
	w := worth{alone: len(left)}
	for _, p := range left {
		placed[p]++
	}
	for _, g := range groups {
		if len(g) != 2 && len(g) != 3 {
			t.Fatalf("a group of %d: %v", len(g), g)
		}
		if len(g) != max(c.Size, 2) {
			w.otherSize++
		}
		for i, a := range g {
			placed[a]++
			for _, b := range g[i+1:] {
				if c.Never[PairOf(a, b)] {
					t.Fatalf("%s and %s are never to be put together", a, b)
				}
				w.repeats += c.Together[PairOf(a, b)]
				w.missed += c.Missed[PairOf(a, b)]
				w.apart += awake[a].apart(awake[b])
			}
		}
	}
	for _, s := range c.People {
		if placed[s.ID] != 1 {
			t.Fatalf("%s is placed %d times in %v, left %v", s.ID, placed[s.ID], groups, left)
		}
	}
	if len(placed) != len(c.People) {
		t.Fatalf("somebody is placed who is not there: %v", groups)
	}
	return w
}

// leastWorth tries every way of putting people together.
func leastWorth(t rapid.TB, c Circle) worth {
	best, found := worth{}, false
	var try func(rest []Seated, groups [][]people.ID, left []people.ID)
	try = func(rest []Seated, groups [][]people.ID, left []people.ID) {
		if len(rest) == 0 {
			if w := judge(t, c, groups, left); !found || w.less(best) {
				best, found = w, true
			}
			return
		}
		a, others := rest[0], rest[1:]
		try(others, groups, append(slices.Clip(left), a.ID))
		for i, b := range others {
			if c.Never[PairOf(a.ID, b.ID)] {
				continue
			}
			without := slices.Delete(slices.Clone(others), i, i+1)
			try(without, append(slices.Clip(groups), []people.ID{a.ID, b.ID}), left)
			for k, d := range without[i:] {
				if !c.Never[PairOf(a.ID, d.ID)] && !c.Never[PairOf(b.ID, d.ID)] {
					try(slices.Delete(slices.Clone(without), i+k, i+k+1), append(slices.Clip(groups), []people.ID{a.ID, b.ID, d.ID}), left)
				}
			}
		}
	}
	try(c.People, nil, nil)
	return best
}

// lived draws a cohort in the midst of its life: who is available, what was
// before, whom somebody never wants to meet, and where they live.
func lived(t *rapid.T, least, most int) Circle {
	c := Circle{Together: map[Pair]int{}, Missed: map[Pair]int{}, Never: map[Pair]bool{}, Size: rapid.IntRange(2, 3).Draw(t, "size")}
	seats := rapid.SliceOfNDistinct(rapid.IntRange(0, most+3), least, most, rapid.ID).Draw(t, "seats")
	c.People = seated(seats...)
	zones := []Hours{always, always, 0xFFFFFF, 0xFFFFFF << 20}
	for i := range c.People {
		c.People[i].Awake = rapid.SampledFrom(zones).Draw(t, "awake")
		for _, other := range c.People[:i] {
			pair := PairOf(c.People[i].ID, other.ID)
			switch rapid.IntRange(0, 9).Draw(t, "before") {
			case 0:
				c.Never[pair] = true
			case 1, 2, 3, 4:
				c.Together[pair] = rapid.IntRange(1, 3).Draw(t, "times")
			case 5, 6:
				c.Missed[pair] = rapid.IntRange(1, 2).Draw(t, "missed")
			}
		}
	}
	return c
}

func TestNoOtherPlanIsBetter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := lived(t, 0, 7)
		groups, left := c.Plan()
		got, least := judge(t, c, groups, left), leastWorth(t, c)
		if got != least {
			t.Fatalf("planned %v, left %v: %+v; %+v is possible", groups, left, got, least)
		}
	})
}

// Larger cohorts are too many to try every way; of any three groups it is tried.
func TestNoThreeGroupsCouldBePutTogetherBetter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := lived(t, exactly+1, 40)
		groups, left := c.Plan()
		judge(t, c, groups, left)
		for _, p := range left {
			groups = append(groups, []people.ID{p})
		}
		three := rapid.SliceOfNDistinct(rapid.IntRange(0, len(groups)-1), 3, 3, rapid.ID).Draw(t, "three")
		part := c
		part.People = nil
		var some [][]people.ID
		var alone []people.ID
		for _, i := range three {
			if len(groups[i]) == 1 {
				alone = append(alone, groups[i][0])
			} else {
				some = append(some, groups[i])
			}
			for _, s := range c.People {
				if slices.Contains(groups[i], s.ID) {
					part.People = append(part.People, s)
				}
			}
		}
		if len(part.People) > 7 {
			return
		}
		got, least := judge(t, part, some, alone), leastWorth(t, part)
		if got != least {
			t.Fatalf("planned %v, left %v: %+v; %+v is possible", some, alone, got, least)
		}
	})
}

// A cohort lives through rounds: people join, leave, are away for a round, and
// name others whom they never want to meet.
func TestNobodyMeetsSomebodyAgainWhileSomebodyNewIsFreeForThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		together, avoid := map[Pair]int{}, map[Pair]bool{}
		joined, gone := rapid.IntRange(2, 6).Draw(t, "at first"), map[int]bool{}
		for range rapid.IntRange(1, 12).Draw(t, "rounds") {
			joined += rapid.IntRange(0, 1).Draw(t, "join")
			if rapid.IntRange(0, 5).Draw(t, "leaves") == 0 {
				gone[rapid.IntRange(0, joined-1).Draw(t, "who leaves")] = true
			}
			if rapid.IntRange(0, 5).Draw(t, "names") == 0 {
				all := seated(upTo(joined)...)
				a, b := rapid.SampledFrom(all).Draw(t, "a"), rapid.SampledFrom(all).Draw(t, "b")
				if a.ID != b.ID {
					avoid[PairOf(a.ID, b.ID)] = true
				}
			}
			var there []int
			for seat := range joined {
				if !gone[seat] && rapid.IntRange(0, 6).Draw(t, "away") > 0 && len(there) < 7 {
					there = append(there, seat)
				}
			}
			c := Circle{People: seated(there...), Together: together, Never: avoid}
			groups, left := c.Plan()
			got, least := judge(t, c, groups, left), leastWorth(t, c)
			if got.alone != least.alone || got.repeats != least.repeats {
				t.Fatalf("%v, left %v: %+v; %+v is possible", groups, left, got, least)
			}
			if len(avoid) == 0 && len(there) > 1 && len(left) > 0 {
				t.Fatalf("%v are left alone for no reason", left)
			}
			for _, g := range groups {
				for i, a := range g {
					for _, b := range g[i+1:] {
						together[PairOf(a, b)]++
					}
				}
			}
		}
	})
}

func TestACohortThatStaysMeetsInFullBeforeAnybodyMeetsAgain(t *testing.T) {
	for _, n := range []int{2, 4, 6, 12, 14, 16, 26, 40} {
		together := map[Pair]int{}
		for cycle := 1; cycle <= 2; cycle++ {
			for range n - 1 {
				groups, left := Circle{People: seated(upTo(n)...), Together: together}.Plan()
				if len(left) > 0 || len(groups) != n/2 {
					t.Fatalf("%d people: %v, left %v", n, groups, left)
				}
				for _, g := range groups {
					together[PairOf(g[0], g[1])]++
				}
			}
			if len(together) != n*(n-1)/2 {
				t.Errorf("%d people: %d pairs have met after %d rounds, not all", n, len(together), n-1)
			}
			for pair, times := range together {
				if times != cycle {
					t.Errorf("%d people: %v were together %d times in cycle %d", n, pair, times, cycle)
				}
			}
		}
	}
}

func TestTheOddOneIsLastAndIsNotAlwaysTheSame(t *testing.T) {
	together, odd := map[Pair]int{}, map[people.ID]bool{}
	for range 5 {
		groups, left := Circle{People: seated(upTo(5)...), Together: together}.Plan()
		if len(left) > 0 || len(groups) != 2 {
			t.Fatalf("%v, left %v", groups, left)
		}
		for _, g := range groups {
			if len(g) == 3 {
				odd[g[2]] = true
			}
			for i, a := range g {
				for _, b := range g[i+1:] {
					together[PairOf(a, b)]++
				}
			}
		}
	}
	if len(odd) < 2 {
		t.Errorf("the odd one was always %v", odd)
	}
	if len(together) != 10 {
		t.Errorf("%d pairs have met in five rounds, not all ten", len(together))
	}
}

func TestPeopleWhoAreAwakeTogetherMeetFirst(t *testing.T) {
	quiet := schedules.Quiet{From: schedules.TimeOfDay{Hour: 20}, To: schedules.TimeOfDay{Hour: 8}}
	now := time.Date(2026, time.November, 2, 0, 0, 0, 0, time.UTC)
	circle := Circle{People: seated(0, 1, 2, 3)}
	for i, zone := range []string{"Pacific/Auckland", "Europe/Berlin", "Pacific/Auckland", "Europe/Berlin"} {
		circle.People[i].Awake = AwakeOf(quiet, schedules.MustZone(zone), now)
	}
	groups, _ := circle.Plan()
	if got := fmt.Sprint(groups); got != "[[p00 p02] [p01 p03]]" {
		t.Errorf("put together %s", got)
	}
	circle.Together = map[Pair]int{{"p00", "p02"}: 1} // somebody new matters more
	groups, _ = circle.Plan()
	if got := fmt.Sprint(groups); got == "[[p00 p02] [p01 p03]]" {
		t.Errorf("the same again: %s", got)
	}
}

// The time that the longest plan takes, a cohort of 40 in which much happened.
func BenchmarkPlanOf40(b *testing.B) {
	c := Circle{People: seated(upTo(39)...), Together: map[Pair]int{}, Never: map[Pair]bool{}}
	n := uint32(1)
	for i := range c.People {
		c.People[i].Awake = []Hours{0xFFFFFF, 0xFFFFFF << 12, 0xFFFFFF << 24}[i%3]
		for _, other := range c.People[:i] {
			n = n*1664525 + 1013904223
			c.Together[PairOf(c.People[i].ID, other.ID)] = int(n >> 30)
			c.Never[PairOf(c.People[i].ID, other.ID)] = n>>20&15 == 0
		}
	}
	for b.Loop() {
		c.Plan()
	}
}
