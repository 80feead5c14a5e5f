package research

import (
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// Gathered gives the questions that the people of a programme answered before a day,
// and the columns that they did something in: what each did, before anything is
// hidden.
func Gathered(tx store.Tx, to schedules.Date, programme string) (all []map[string]string, err error) {
	g := gathering{tx: tx, to: start(to), running: true}
	found, err := g.gather()
	for _, s := range found[programme] {
		did := map[string]string{}
		for name, v := range s.columns {
			did[name] = v
		}
		for name, v := range s.answers {
			did[name] = v
		}
		all = append(all, did)
	}
	return all, err
}

// Stood tells whether it is kept that somebody stood in a release.
func Stood(tx store.Tx, p people.ID) bool {
	ok, err := Standings.Has(tx, p)
	return ok && err == nil
}
