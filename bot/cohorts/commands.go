package cohorts

import (
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Feature is what this package brings to the bot.
func Feature() deeds.Feature {
	return deeds.Feature{
		Tables: []store.Prepared{Table, Members, Plans},
	}
}

// Appointed tells whether somebody may start cohorts.
func Appointed(tx store.Tx, p people.ID) (bool, error) { return false, nil }
