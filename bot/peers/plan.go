package peers

import (
	"math/bits"
	"slices"
	"time"

	"cohortbot/bot/people"
	"cohortbot/schedules"
)

// Pair is two people, the lesser id first; see [PairOf].
type Pair [2]people.ID

// PairOf gives the pair of two people in either order.
func PairOf(a, b people.ID) Pair {
	if b < a {
		a, b = b, a
	}
	return Pair{a, b}
}

// Seated is somebody who is there to be put together with somebody.
type Seated struct {
	ID people.ID
	// Seat counts those who joined before, whoever of them left included. As long as
	// people keep their seats, a round prepares for the next ones.
	Seat  int
	Awake Hours
}

// Hours are the half hours of a day in UTC, a bit each from midnight on.
type Hours uint64

// AwakeOf gives when somebody who lives in z is outside their quiet hours, on the
// day of now.
func AwakeOf(quiet schedules.Quiet, z schedules.Zone, now time.Time) Hours {
	var h Hours
	day := now.UTC().Truncate(24 * time.Hour)
	for i := range 48 {
		local := day.Add(time.Duration(i) * 30 * time.Minute).In(z.Location())
		if !quiet.Has(schedules.TimeOfDay{Hour: local.Hour(), Minute: local.Minute()}) {
			h |= 1 << i
		}
	}
	return h
}

// apart is how many half hours under [nearby] two people are awake together.
func (h Hours) apart(other Hours) int { return max(0, nearby-bits.OnesCount64(uint64(h&other))) }

// nearby is how many half hours two people need in common to find a time easily.
const nearby = 6

// Circle is all that decides who meets whom.
type Circle struct {
	People   []Seated
	Together map[Pair]int  // how often two met before, as far as anybody said
	Missed   map[Pair]int  // how often two were put together and somebody said that they did not meet
	Never    map[Pair]bool // are never put together
	Size     int           // of a group: 2 or 3; 0 is 2
}

// What a plan costs. Each is more than all of the lesser ones together can be, so
// that the lesser only decide where the greater leave a choice.
const (
	impossible = 1 << 61 // two who are never put together
	alone      = 1 << 54 // somebody without a partner
	otherSize  = 1 << 46 // three in place of two, two in place of three
	repeated   = 1 << 30 // each time that two met before
	missed     = 1 << 21 // each time that two were put together and did not meet
	farAway    = 1 << 10 // each half hour that two lack to find a time easily
	outOfTurn  = 1       // a pair of another turn; see turn
)

// exactly is up to how many people the plan is the best there is. Of more, no
// three groups could be put together better among themselves: see improve.
const exactly = 14

// Plan puts everybody into groups: as few as can be are left alone, groups have
// their size and the odd one joins a pair, nobody is put together with somebody
// they never are, and what two people were together before is as little as it can
// be. In particular, where everybody can meet somebody new, everybody does. Among
// such plans, two who did not meet when they were to are put together after others,
// and people whose days overlap first.
//
// Up to 14 people that is exact. Of more it holds for any three groups: their
// people cannot be put together better. In twos, an even number of people who stay
// and are awake together meets everybody once before anybody meets somebody again,
// however many they are.
//
// It is the same for the same circle. In each group the people stand in the order
// of their seats, the odd one last; groups in the order of their first.
func (c Circle) Plan() (groups [][]people.ID, left []people.ID) {
	p := c.table()
	var found [][]int
	if n := len(c.People); n <= exactly {
		found = p.best(p.everybody())
	} else {
		found = p.improve(p.first())
	}
	for _, g := range found {
		slices.Sort(g)
	}
	slices.SortFunc(found, func(a, b []int) int { return a[0] - b[0] })
	for _, g := range found {
		if len(g) == 1 {
			left = append(left, p.people[g[0]].ID)
			continue
		}
		var ids []people.ID
		for _, i := range p.oddLast(g) {
			ids = append(ids, p.people[i].ID)
		}
		groups = append(groups, ids)
	}
	return groups, left
}

// table is a circle as numbers: people by their place in the order of seats.
type table struct {
	people []Seated
	size   int
	cost   [][]int64 // of putting two together
}

func (c Circle) table() table {
	t := table{people: slices.Clone(c.People), size: max(c.Size, 2)}
	slices.SortFunc(t.people, func(a, b Seated) int { return a.Seat - b.Seat })
	n := len(t.people)
	t.cost = make([][]int64, n)
	for i := range t.cost {
		t.cost[i] = make([]int64, n)
	}
	for i, a := range t.people {
		for j, b := range t.people[:i] {
			pair := PairOf(a.ID, b.ID)
			cost := int64(min(c.Together[pair], 1<<8))*repeated + int64(min(c.Missed[pair], 1<<2))*missed + int64(a.Awake.apart(b.Awake))*farAway
			if c.Never[pair] {
				cost = impossible
			}
			t.cost[i][j], t.cost[j][i] = cost, cost
		}
	}
	if t.size == 2 {
		t.takeTurns()
	}
	return t
}

// takeTurns lets one turn come before the others. All pairs of an even number of
// seats fall into as many turns as a seat has others, each of which has everybody
// once: the way in which a tournament is drawn. A cohort that took pairs as they
// come could end with some who have nobody new left though others have.
func (t table) takeTurns() {
	n := len(t.people)
	if n == 0 {
		return
	}
	seats := t.people[n-1].Seat + 1
	seats += seats % 2
	turn := func(i, j int) int {
		a, b := t.people[i].Seat, t.people[j].Seat
		switch seats - 1 {
		case a:
			return 2 * b % (seats - 1)
		case b:
			return 2 * a % (seats - 1)
		}
		return (a + b) % (seats - 1)
	}
	usual := int64(impossible) // what the cheapest pair costs; everybody may have met everybody
	for i := range n {
		for j := range i {
			usual = min(usual, t.cost[i][j])
		}
	}
	worth := make([]int64, seats-1) // what a turn costs, less what it would leave open
	for i := range n {
		for j := range i {
			if t.cost[i][j] < impossible {
				worth[turn(i, j)] += t.cost[i][j] - usual - 4*repeated
			}
		}
	}
	now := 0
	for k := range worth {
		if worth[k] < worth[now] {
			now = k
		}
	}
	for i := range n {
		for j := range i {
			if turn(i, j) != now {
				t.cost[i][j] += outOfTurn
				t.cost[j][i] += outOfTurn
			}
		}
	}
}

// of gives what a group costs.
func (t table) of(group []int) int64 {
	var sum int64
	switch len(group) {
	case 1:
		return alone
	case t.size:
	default:
		sum = otherSize
	}
	for k, i := range group {
		for _, j := range group[:k] {
			sum += t.cost[i][j]
			if sum >= impossible {
				return impossible
			}
		}
	}
	return sum
}

// oddLast puts the one of three last without whom the other two make the best
// pair.
func (t table) oddLast(g []int) []int {
	if len(g) < 3 {
		return g
	}
	odd := 2
	for k := range g {
		if t.cost[g[(k+1)%3]][g[(k+2)%3]] < t.cost[g[(odd+1)%3]][g[(odd+2)%3]] {
			odd = k
		}
	}
	return append(slices.Delete(slices.Clone(g), odd, odd+1), g[odd])
}

func (t table) everybody() []int {
	all := make([]int, len(t.people))
	for i := range all {
		all[i] = i
	}
	return all
}
