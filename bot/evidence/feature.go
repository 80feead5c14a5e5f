package evidence

import (
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

// Feature is what this package brings to the bot.
func Feature(l Library) deeds.Feature {
	return deeds.Feature{Tables: []store.Prepared{Table, AimsTable, Contents, holds}}
}
