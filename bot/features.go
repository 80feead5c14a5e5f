package bot

import (
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/sessions"
	"cohortbot/bot/settings"
)

// features is the one list of what the bot can do.
func features() []deeds.Feature {
	return []deeds.Feature{
		cohorts.Feature(),
		sessions.Feature(),
		settings.Feature(),
	}
}
