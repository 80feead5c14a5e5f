package bot

import (
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
)

// features is the one list of what the bot can do.
func features() []deeds.Feature {
	return []deeds.Feature{
		cohorts.Feature(),
	}
}
