package research

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohortbot/bot/consents"
	"cohortbot/bot/people"
)

// This file holds several releases against each other, with what makes it easiest:
// whoever did something did it all the time, and the attacker knows who stood in which
// release, those left out by lot included.

// life is a programme over several releases: people come, agree, take it back, agree
// again and are erased in between.
type life struct {
	said   map[people.ID][]consents.Consent
	stood  map[people.ID]bool
	before []Release
	at     time.Time
	born   int
	gone   map[people.ID]bool
}

func newLife() *life {
	return &life{said: map[people.ID][]consents.Consent{}, stood: map[people.ID]bool{}, gone: map[people.ID]bool{}, at: time.Date(2031, 2, 3, 9, 0, 0, 0, time.UTC)}
}

func (l *life) says(p people.ID, yes bool) {
	l.at = l.at.Add(time.Minute)
	l.said[p] = append(l.said[p], consents.Consent{Person: p, Purpose: consents.Research, Given: yes, At: l.at})
	if !yes {
		delete(l.stood, p)
	}
}

func (l *life) joins() people.ID {
	l.born++
	p := people.ID(fmt.Sprintf("p%02d", l.born-1))
	l.says(p, true)
	return p
}

func (l *life) erased(p people.ID) {
	delete(l.said, p)
	delete(l.stood, p)
	l.gone[p] = true
}

// everybody gives those who were ever there, in the order in which they came.
func (l *life) everybody() (all []people.ID) {
	for i := range l.born {
		all = append(all, people.ID(fmt.Sprintf("p%02d", i)))
	}
	return all
}

// rule chooses who may be in the next release.
type rule func(l *life, p people.ID) bool

// once is ours: nobody is in two.
func once(l *life, p people.ID) bool { return !l.stood[p] && mayStand(l.said[p], l.before) }

// always takes whoever agrees now, each time.
func always(l *life, p people.ID) bool {
	said := l.said[p]
	return len(said) > 0 && said[len(said)-1].Given
}

// releases gives who is in the next one, after the lot; nobody where they are too few.
func (l *life) releases(t rapid.TB, r rule, least int, lot uint64) (in []people.ID) {
	l.at = l.at.Add(time.Hour)
	var all []subject
	for _, p := range l.everybody() {
		if !l.gone[p] && r(l, p) {
			all = append(all, subject{person: p})
		}
	}
	kept, err := sample(all, lots(lot))
	if err != nil {
		t.Fatal(err)
	}
	if len(kept) < least {
		return nil
	}
	for _, s := range kept {
		in = append(in, s.person)
		l.stood[s.person] = true
	}
	l.before = append(l.before, Release{At: l.at, Listed: true})
	return in
}

// lives draws a life and gives who was in each release.
func lives(t *rapid.T, r rule, least, first, most int) (l *life, in [][]people.ID) {
	l = newLife()
	for range first {
		l.joins()
	}
	for i := range rapid.IntRange(2, 6).Draw(t, "releases") {
		if i > 0 {
			for range rapid.IntRange(0, 2*least).Draw(t, "join") {
				if l.born < most {
					l.joins()
				}
			}
			for _, p := range l.everybody() {
				if l.gone[p] {
					continue
				}
				switch rapid.IntRange(0, 9).Draw(t, "does") {
				case 0:
					l.says(p, false)
				case 1:
					l.erased(p)
				case 2:
					l.says(p, true)
				case 3:
					l.says(p, false)
					l.says(p, true)
				}
			}
		}
		if who := l.releases(t, r, least, rapid.Uint64().Draw(t, "lot")); who != nil {
			in = append(in, who)
		}
	}
	return l, in
}

// groups finds all groups of people whom adding and taking away whole releases leads
// to, each of them so many times.
func groups(all []people.ID, in [][]people.ID, times int) map[string]int {
	size := map[string]int{} // of each group, by who is in it
	weight := make([]int, len(in))
	var try func(i int)
	try = func(i int) {
		if i < len(in) {
			for w := -times; w <= times; w++ {
				weight[i] = w
				try(i + 1)
			}
			return
		}
		who := ""
		for _, p := range all {
			n := 0
			for r, members := range in {
				if slices.Contains(members, p) {
					n += weight[r]
				}
			}
			switch n {
			case 0:
			case 1:
				who += string(p) + " "
			default:
				return // somebody counts twice, or against the others: that is no group
			}
		}
		if who != "" {
			size[who] = len(who) / 4
		}
	}
	try(0)
	return size
}

func TestNoSumOfReleasesIsAboutFewerThanFive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, in := lives(t, once, Least, rapid.IntRange(0, 20).Draw(t, "first"), 40)
		for who, n := range groups(l.everybody(), in, 1) {
			if n < Least {
				t.Fatalf("%v lead to %s", in, who)
			}
		}
	})
}

// Three releases, no two of which lead to anybody: the sum finds the one all the same
// where somebody may be in several of them.
func TestTheSumFindsSomebodyInThreeCarelessReleases(t *testing.T) {
	l := newLife()
	var a, b []people.ID
	for range 10 {
		a, b = append(a, l.joins()), append(b, l.joins())
	}
	victim := l.joins()
	in := [][]people.ID{slices.Concat(a, b), b, append(slices.Clone(a), victim)}
	few := func(in [][]people.ID) (found bool) {
		for _, n := range groups(l.everybody(), in, 1) {
			found = found || n < Least
		}
		return found
	}
	for left := range in {
		if few(slices.Delete(slices.Clone(in), left, left+1)) {
			t.Errorf("without the one numbered %d, two of them are enough", left)
		}
	}
	if !few(in) {
		t.Error("three of them are not enough, so the attack is none")
	}
	if len(in[0]) < Least || len(in[1]) < Least || len(in[2]) < Least {
		t.Error("one alone is too small")
	}
}

// known thinks through everything that all people can have done: one thing each, all
// the time. They keep those lives of which the same would have been given out, and give
// who can be told to have done it or not by one of them, who knows their own.
func known(t rapid.TB, all []people.ID, in [][]people.ID, least int) (found []string) {
	worlds := map[string][]int{} // what was seen, and the lives in which it was
	for did := range 1 << len(all) {
		key := ""
		for _, members := range in {
			var there []subject
			for i, p := range all {
				if slices.Contains(members, p) {
					there = append(there, inCounts(did>>i&1))
				}
			}
			key += seen(t, there, least) + "|"
		}
		worlds[key] = append(worlds[key], did)
	}
	for key, lives := range worlds {
		for insider := range all {
			for own := range 2 {
				some, every := 0, 1<<len(all)-1 // who did it in one of the lives, and in each
				n := 0
				for _, did := range lives {
					if did>>insider&1 == own {
						some, every, n = some|did, every&did, n+1
					}
				}
				for target := range all {
					if n > 0 && target != insider && (some>>target&1 == 0 || every>>target&1 == 1) {
						found = append(found, fmt.Sprintf("%s can tell of %s, from %q", all[insider], all[target], key))
					}
				}
			}
		}
	}
	return found
}

func TestNobodyWhoHoldsAllReleasesAgainstEachOtherLearnsAboutSomebody(t *testing.T) {
	const least = 3 // the fewest of whom two are left when one of them looks
	rapid.Check(t, func(t *rapid.T) {
		l, in := lives(t, once, least, rapid.IntRange(3, 8).Draw(t, "first"), 9)
		if leaks := known(t, l.everybody(), in, least); len(leaks) > 0 {
			t.Fatalf("%v: %s", in, leaks[0])
		}
	})
}

// The same attack finds somebody where whoever agrees is in every release.
func TestTheAttackOnSeveralReleasesWorksWhereSomebodyIsInTwo(t *testing.T) {
	l := newLife()
	for range 8 {
		l.joins()
	}
	var in [][]people.ID
	for range 3 {
		var all []people.ID
		for _, p := range l.everybody() {
			if always(l, p) {
				all = append(all, p)
			}
		}
		in = append(in, all)
		l.says(all[0], false)
	}
	if len(known(t, l.everybody(), in, 3)) == 0 {
		t.Error("nothing was found out, so the attack is none")
	}
	if len(known(t, l.everybody(), in[:1], 3)) > 0 {
		t.Error("the first alone is enough")
	}
}
