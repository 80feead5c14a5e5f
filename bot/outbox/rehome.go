package outbox

import (
	"cohortbot/bot/chat"
	"cohortbot/bot/store"
)

// Rehome has what a cohort is still to be told in one place said in another. What
// goes into a thread stays where that thread is.
func Rehome(tx store.Tx, cohort string, from, to chat.Place) error {
	for row, err := range Table.By(tx, "lane", from.Root().String()) {
		if err != nil {
			return err
		}
		i := row.Value
		if i.Cohort != cohort || i.State != Pending || i.Under != "" || i.Place.Thread != "" {
			continue
		}
		i.Place = to
		if err := Table.Put(tx, i.Key, i); err != nil {
			return err
		}
	}
	return nil
}
