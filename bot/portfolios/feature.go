package portfolios

import (
	"cohortbot/bot/attestations"
	"cohortbot/bot/deeds"
	"cohortbot/bot/evidence"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Options is what this package needs from outside.
type Options struct {
	Library evidence.Library
	Pages   string // where the bot's pages are found; empty: nobody outside can be given a link
}

type feature struct{ Options }

// Feature is what this package brings to the bot.
func Feature(o Options) deeds.Feature {
	return deeds.Feature{
		Tables: []store.Prepared{Table, Texts, Versions, Steps, Snapshots, frozens, Scholarships, Appointments, Assessments},
	}
}

// ForAttestations gives the portfolios that a person can ask for attestations for,
// the youngest first.
func ForAttestations(l evidence.Library) func(tx store.Tx, p people.ID) ([]attestations.Portfolio, error) {
	return func(tx store.Tx, p people.ID) ([]attestations.Portfolio, error) {
		own, err := Of(tx, p)
		var found []attestations.Portfolio
		for i := len(own) - 1; i >= 0; i-- {
			f, _ := l.Framework(own[i].Asks.Framework)
			found = append(found, attestations.Portfolio{ID: string(own[i].ID), Title: own[i].Asks.Title, Slots: own[i].Asks.Slots, Framework: f})
		}
		return found, err
	}
}
