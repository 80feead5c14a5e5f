package peers

import "slices"

// best puts these people together in the best way that there is, by going
// through all of them: the first one stays alone, or goes with each other one, or
// with each other two, and the best is known for whoever remains.
func (t table) best(who []int) [][]int {
	n := len(who)
	least := make([]int64, 1<<n) // by the set of those who are placed: what the others cost
	with := make([][2]int8, 1<<n)
	for set := len(least) - 2; set >= 0; set-- {
		i := 0
		for set>>i&1 == 1 {
			i++
		}
		next := set | 1<<i
		least[set], with[set] = t.of(who[i:i+1])+least[next], [2]int8{-1, -1}
		for j := i + 1; j < n; j++ {
			if next>>j&1 == 1 {
				continue
			}
			pair := t.cost[who[i]][who[j]]
			if pair >= impossible {
				continue
			}
			both := next | 1<<j
			cost := pair
			if t.size != 2 {
				cost += otherSize
			}
			if cost += least[both]; cost < least[set] {
				least[set], with[set] = cost, [2]int8{int8(j), -1}
			}
			for k := j + 1; k < n; k++ {
				if both>>k&1 == 1 {
					continue
				}
				cost := pair + t.cost[who[i]][who[k]] + t.cost[who[j]][who[k]]
				if cost >= impossible {
					continue
				}
				if t.size != 3 {
					cost += otherSize
				}
				if cost += least[both|1<<k]; cost < least[set] {
					least[set], with[set] = cost, [2]int8{int8(j), int8(k)}
				}
			}
		}
	}
	var groups [][]int
	for set := 0; set < len(least)-1; {
		i := 0
		for set>>i&1 == 1 {
			i++
		}
		group := []int{who[i]}
		set |= 1 << i
		for _, j := range with[set&^(1<<i)] {
			if j >= 0 {
				group = append(group, who[j])
				set |= 1 << j
			}
		}
		groups = append(groups, group)
	}
	return groups
}

// first puts many people together quickly: whoever comes next with those who cost
// least. Pairs of the turn go before all others, since they cost nothing.
func (t table) first() [][]int {
	type choice struct {
		i, j int
		cost int64
	}
	var choices []choice
	for i := range t.people {
		for j := range i {
			if t.cost[i][j] < impossible {
				choices = append(choices, choice{j, i, t.cost[i][j]})
			}
		}
	}
	slices.SortStableFunc(choices, func(a, b choice) int {
		switch {
		case a.cost < b.cost:
			return -1
		case a.cost > b.cost:
			return 1
		}
		return 0
	})
	placed := make([]bool, len(t.people))
	var groups [][]int
	for _, c := range choices {
		if placed[c.i] || placed[c.j] {
			continue
		}
		group := []int{c.i, c.j}
		placed[c.i], placed[c.j] = true, true
		if t.size == 3 {
			third, least := -1, int64(impossible)
			for k := range t.people {
				if cost := t.cost[c.i][k] + t.cost[c.j][k]; !placed[k] && cost < least {
					third, least = k, cost
				}
			}
			if third >= 0 {
				group, placed[third] = append(group, third), true
			}
		}
		groups = append(groups, group)
	}
	for i := range placed {
		if !placed[i] {
			groups = append(groups, []int{i})
		}
	}
	return groups
}

// improve puts the people of any three groups together anew, as long as that
// makes the whole better. A group that has nothing against it is touched only for
// the sake of another. What the groups cost together only ever falls, so there is
// an end.
func (t table) improve(groups [][]int) [][]int {
	for again := true; again; {
		again = false
		for i := 0; i < len(groups) && !again; i++ {
			if t.of(groups[i]) < farAway {
				continue
			}
			for j := 0; j < len(groups) && !again; j++ {
				for k := range j {
					if i == j || i == k {
						continue
					}
					three := slices.Concat(groups[i], groups[j], groups[k])
					better := t.best(three)
					if t.total(better) < t.of(groups[i])+t.of(groups[j])+t.of(groups[k]) {
						var rest [][]int
						for x, g := range groups {
							if x != i && x != j && x != k {
								rest = append(rest, g)
							}
						}
						groups, again = append(rest, better...), true
						break
					}
				}
			}
		}
	}
	return groups
}

func (t table) total(groups [][]int) int64 {
	var sum int64
	for _, g := range groups {
		sum += t.of(g)
	}
	return sum
}
