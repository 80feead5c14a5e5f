package research

import (
	"cohortbot/bot/frameworks"
	"cohortbot/bot/store"
)

// Gathered gives the questions that the people of a programme answered in the weeks
// of a release, and the columns that they did something in: what each did, before
// anything is hidden.
func Gathered(tx store.Tx, r Release, dimensions frameworks.Framework, programme string) (all []map[string]string, err error) {
	found, err := gather(tx, r, dimensions)
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
