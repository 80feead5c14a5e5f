package hours

import (
	"cohortbot/bot/deeds"
	"cohortbot/bot/evidence"
	"cohortbot/bot/store"
)

// Feature is what this package brings to the bot.
func Feature(l evidence.Library) deeds.Feature {
	return deeds.Feature{Tables: []store.Prepared{Table}}
}
