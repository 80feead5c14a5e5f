package evidence

import (
	"time"

	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
)

// Feature is what this package brings to the bot.
func Feature(l Library) deeds.Feature {
	return deeds.Feature{
		Deeds: []deeds.Deed{
			addDeed(), keepDeed(), listDeed(l), showDeed(l), tagDeed(l), suggestedDeed(l), searchDeed(l), coverageDeed(l), aimDeed(l),
			agreeDeed(), deleteDeed(), groupDeed(l), replaceDeed(), yesDeed(), noDeed(), withdrawDeed(),
		},
		Jobs: []jobs.Kind{
			{Name: askKind, Run: askAuthor},
			{Name: lapseKind, Run: lapse},
			// What is due stands in the records; that a job ran wakes the copier.
			{Name: againKind, Run: func(store.Tx, jobs.Job, time.Time) error { return nil }},
		},
		Reasons: []outbox.Reason{
			{Kind: askKind, Render: askMessage},
			{Kind: agreedKind, Render: agreedMessage},
			{Kind: failedKind, Render: failedMessage},
		},
		Tables:   []store.Prepared{Table, AimsTable, Contents, holds},
		Holdings: holdings(),
	}
}
