package bot

import (
	"slices"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/graduation"
	"cohortbot/bot/programmes"
	"cohortbot/bot/prompts"
	"cohortbot/bot/sessions"
	"cohortbot/bot/settings"
	"cohortbot/bot/stars"
)

// features is the one list of what the bot can do.
func features(o Options) []deeds.Feature {
	library := cohorts.Library{Programmes: slices.Clone(o.Programmes), Holidays: o.Holidays}
	for _, p := range programmes.BuiltIn() { // an own programme takes the place of a built-in one
		if !slices.ContainsFunc(o.Programmes, func(own programmes.Programme) bool { return own.ID == p.ID }) {
			library.Programmes = append(library.Programmes, p)
		}
	}
	return []deeds.Feature{
		cohorts.Feature(library),
		prompts.Feature(),
		sessions.Feature(),
		stars.Feature(),
		settings.Feature(),
		graduation.Feature(),
	}
}
