package research

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// lots gives the same random bytes for the same seed.
func lots(seed uint64) io.Reader { return &stream{seed: seed} }

type stream struct {
	seed, n uint64
	left    []byte
}

func (s *stream) Read(p []byte) (int, error) {
	if len(s.left) == 0 {
		var block [16]byte
		binary.LittleEndian.PutUint64(block[:], s.seed)
		binary.LittleEndian.PutUint64(block[8:], s.n)
		sum := sha256.Sum256(block[:])
		s.left, s.n = sum[:], s.n+1
	}
	n := copy(p, s.left)
	s.left = s.left[n:]
	return n, nil
}

// seen is all that a release says of one programme's people: the rows without their
// ids, which come from nothing, and the counts.
func seen(t rapid.TB, all []subject, least int) string {
	people, counts, err := hide("p", all, least, lots(1))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, p := range people {
		lines = append(lines, fmt.Sprint(p.Answers))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + fmt.Sprint(counts)
}

// An attacker of the exhaustive kind knows how releases are made, who is in one, and
// all that one of them did, being that one themself; and of somebody else everything
// but one thing. They think through every way in which all others can have lived,
// and keep those of which the same would have been given out. Where the one thing is
// the same in all that are left, they know it.
type attacker struct {
	things int                                    // that each person did or did not do
	person func(did int) subject                  // of the things whose bits are set
	sees   func(t rapid.TB, all []subject) string // of a group in some order: the first one is the target, the second the attacker
}

// known gives what they find out about somebody in groups of n, each as a sentence.
func (a attacker) known(t rapid.TB, n int) []string {
	t.Helper()
	// What is seen, by what the target and the attacker did: the others in any order.
	worlds := map[string]map[[2]int]bool{}
	others := make([]int, n-2)
	var try func(i, least int, target, insider int)
	try = func(i, least, target, insider int) {
		if i == len(others) {
			all := []subject{a.person(target), a.person(insider)}
			for _, did := range others {
				all = append(all, a.person(did))
			}
			key := a.sees(t, all)
			if worlds[key] == nil {
				worlds[key] = map[[2]int]bool{}
			}
			worlds[key][[2]int{target, insider}] = true
			return
		}
		for did := least; did < 1<<a.things; did++ {
			others[i] = did
			try(i+1, did, target, insider)
		}
	}
	for target := range 1 << a.things {
		for insider := range 1 << a.things {
			try(0, 0, target, insider)
		}
	}
	var found []string
	for key, could := range worlds {
		for pair := range could {
			for thing := range a.things {
				if !could[[2]int{pair[0] ^ 1<<thing, pair[1]}] {
					found = append(found, fmt.Sprintf("thing %d of %b, known to %b, from %q", thing, pair[0], pair[1], key))
				}
			}
		}
	}
	return found
}

// twoColumns makes the table of people narrow, so that all of it can be thought through.
func twoColumns(t *testing.T) {
	usual := columns
	t.Cleanup(func() { columns = usual })
	columns = []column{
		{"a", "", []map[string]string{{some: some}}},
		{"b", "", []map[string]string{{some: some}}},
	}
}

func inColumns(did int) subject {
	s := subject{columns: map[string]string{}, answers: map[string]string{}}
	for i, name := range []string{"a", "b"} {
		if did>>i&1 == 1 {
			s.columns[name] = some
		}
	}
	return s
}

func inCounts(did int) subject {
	s := subject{columns: map[string]string{}, answers: map[string]string{}}
	for i, name := range []string{"week 1", "week 2"} {
		if did>>i&1 == 1 {
			s.answers[name] = "yes"
		}
	}
	return s
}

// both has a column and a question.
func both(did int) subject {
	s := inColumns(did & 1)
	s.answers = inCounts(did >> 1).answers
	return s
}

func TestNobodyWhoKnowsAlmostEverythingLearnsTheRest(t *testing.T) {
	twoColumns(t)
	const least = 2 // the fewest among whom anybody could hide at all
	sees := func(t rapid.TB, all []subject) string { return seen(t, all, least) }
	for _, c := range []struct {
		name   string
		things int
		person func(int) subject
		sizes  []int
	}{
		{"columns", 2, inColumns, []int{2, 3, 4, 5, 8, 9, 10}},
		{"counts", 2, inCounts, []int{2, 3, 4, 5, 6}},
		{"a column and counts", 3, both, []int{4, 5, 6}},
	} {
		for _, n := range c.sizes {
			for i, leak := range (attacker{c.things, c.person, sees}).known(t, n) {
				if i < 3 {
					t.Errorf("%s of %d people: %s", c.name, n, leak)
				}
			}
		}
	}
}

// The attack is shown to work on what others give out: everything from one person
// on; what few did not being left to be worked out from a total; the same people
// twice, before and after somebody took their consent back.
func TestTheAttackWorksOnCarelessReleases(t *testing.T) {
	twoColumns(t)
	careless := map[string]attacker{
		"from one person on": {2, inColumns, func(t rapid.TB, all []subject) string { return seen(t, all, 1) }},
		"large counts beside a total": {1, inCounts, func(t rapid.TB, all []subject) string {
			n := 0
			for _, s := range all {
				n += len(s.answers)
			}
			if n < 2 {
				n = -1
			}
			return fmt.Sprint(n, " of ", len(all))
		}},
		"the same people twice": {1, inCounts, func(t rapid.TB, all []subject) string {
			return seen(t, all, 2) + seen(t, all[1:], 2) // the target is in the first alone
		}},
	}
	for name, a := range careless {
		if len(a.known(t, 5)) == 0 {
			t.Errorf("%s: nothing was found out, so the attack is none", name)
		}
	}
}

// population draws people who live alike or apart, with questions that few or most
// of them answer.
func population(t *rapid.T) []subject {
	n := rapid.IntRange(0, 60).Draw(t, "people")
	often := rapid.SampledFrom([]int{0, 1, 5, 30, 50, 80, 97, 100})
	chances := map[string]int{}
	for _, c := range columns {
		chances[c.name] = often.Draw(t, c.name)
	}
	asked := rapid.IntRange(0, 6).Draw(t, "questions")
	for q := range asked {
		chances[fmt.Sprint("q", q)] = often.Draw(t, "often")
	}
	percent := rapid.IntRange(0, 99)
	all := make([]subject, n)
	for i := range all {
		s := subject{columns: map[string]string{}, answers: map[string]string{}}
		for _, c := range columns {
			if percent.Draw(t, "did") < chances[c.name] {
				s.columns[c.name] = rapid.SampledFrom(slices.Sorted(maps.Keys(c.coded[0]))).Draw(t, "how")
			}
		}
		for q := range asked {
			if name := fmt.Sprint("q", q); percent.Draw(t, "said") < chances[name] {
				s.answers[name] = rapid.SampledFrom([]string{"yes", "yes", "more"}).Draw(t, "what")
			}
		}
		all[i] = s
	}
	return all
}

// Differencing: whatever groups an attacker makes by columns, and takes from each
// other or from all, nobody is left, or enough are; and in no group does an answer
// follow.
func TestNoGroupAndNoRestIsSmall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := population(t)
		least := rapid.SampledFrom([]int{Least, LeastPublic}).Draw(t, "least")
		people, counts, err := hide("p", all, least, lots(rapid.Uint64().Draw(t, "lot")))
		if err != nil {
			t.Fatal(err)
		}
		if len(people) != 0 && len(people) != len(all) {
			t.Fatalf("%d of %d are left: the others can be counted", len(people), len(all))
		}
		for known := range 1 << len(columns) {
			groups := map[string][]Person{}
			for _, p := range people {
				key := ""
				for i, c := range columns {
					if known>>i&1 == 1 {
						key += p.Answers[c.name] + "/"
					}
				}
				groups[key] = append(groups[key], p)
			}
			for key, group := range groups {
				if len(group) < least {
					t.Fatalf("%d people in %s", len(group), key)
				}
				for i, c := range columns {
					answers := map[string]bool{}
					for _, p := range group {
						answers[p.Answers[c.name]] = true
					}
					if known>>i&1 == 0 && len(answers) == 1 && !answers[hidden] {
						t.Fatalf("whoever is in %s is %v in %s", key, answers, c.name)
					}
				}
			}
		}
		rest := map[string]int{}
		for _, c := range counts {
			if _, there := rest[c.Question]; !there {
				rest[c.Question] = len(people)
			}
			rest[c.Question] -= c.People
			if c.People < least {
				t.Fatalf("a count of %d", c.People)
			}
		}
		for question, n := range rest {
			if n < least {
				t.Fatalf("%d have not answered %s", n, question)
			}
		}
	})
}

// Intersecting: an answer to a question could belong to any others of the people as
// well. So no linear combination of what is given out says anything about a person,
// nor about those who answered two questions.
func TestAnswersCouldBelongToOthersAndAllWouldBeTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := population(t)
		if len(all) == 0 {
			return
		}
		want := seen(t, all, Least)
		question := fmt.Sprint("q", rapid.IntRange(0, 5).Draw(t, "question"))
		order := make([]int, len(all))
		for i := range order {
			order[i] = i
		}
		order = rapid.Permutation(order).Draw(t, "order")
		mixed := make([]subject, len(all))
		for i, s := range all {
			mixed[i] = subject{columns: s.columns, answers: maps.Clone(s.answers)}
			delete(mixed[i].answers, question)
			if a, ok := all[order[i]].answers[question]; ok {
				mixed[i].answers[question] = a
			}
		}
		if got := seen(t, mixed, Least); got != want {
			t.Fatalf("given out\n%s\nand with the answers of others\n%s", want, got)
		}
	})
}

func TestATenthIsLeftOutByLotAndAnyoneCanBeOfIt(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 0, 6: 5, 10: 9, 11: 9, 60: 54} {
		all := make([]subject, n)
		for i := range all {
			all[i] = subject{answers: map[string]string{"q": fmt.Sprint(i)}}
		}
		out := map[string]bool{}
		for seed := range uint64(200) {
			kept, err := sample(all, lots(seed))
			if err != nil || len(kept) != want {
				t.Fatalf("%d of %d are left: %v", len(kept), n, err)
			}
			for _, s := range all {
				if !slices.ContainsFunc(kept, func(k subject) bool { return k.answers["q"] == s.answers["q"] }) {
					out[s.answers["q"]] = true
				}
			}
		}
		if n <= 11 && len(out) != n {
			t.Errorf("of %d, only %v were ever left out", n, out)
		}
	}
}
