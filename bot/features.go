package bot

import (
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/programmes"
	"cohortbot/bot/prompts"
	"cohortbot/bot/sessions"
	"cohortbot/bot/settings"
)

// features is the one list of what the bot can do.
func features(o Options) []deeds.Feature {
	library := cohorts.Library{Programmes: append(o.Programmes[:len(o.Programmes):len(o.Programmes)], programmes.BuiltIn()...), Holidays: o.Holidays}
	return []deeds.Feature{
		cohorts.Feature(library),
		prompts.Feature(),
		sessions.Feature(),
		settings.Feature(),
	}
}
