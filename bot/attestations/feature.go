package attestations

import (
	"crypto/ed25519"

	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Options is what this package needs from outside.
type Options struct {
	// Portfolios gives those that a person can ask for, the likeliest first. Nil
	// gives none: words are then kept until there is one.
	Portfolios func(tx store.Tx, p people.ID) ([]Portfolio, error)
	Pages      string             // where the bot's pages are found; empty: nobody outside can be given a link
	Key        ed25519.PrivateKey // signs what is given; nil signs nothing
}

type feature struct{ Options }

// Feature is what this package brings to the bot.
func Feature(o Options) deeds.Feature {
	if o.Portfolios == nil {
		o.Portfolios = func(store.Tx, people.ID) ([]Portfolio, error) { return nil, nil }
	}
	_ = feature{o}
	return deeds.Feature{
		Tables: []store.Prepared{Requests, Table, Entries, heads},
	}
}
