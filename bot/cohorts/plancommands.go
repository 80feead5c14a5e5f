package cohorts

import (
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
)

// planDeeds is what people can do with the plan of their cohort.
func planDeeds() []deeds.Deed { return nil }

// planReasons is what is said when a plan has moved.
func planReasons() []outbox.Reason { return nil }

// planTables keeps what the plan needs beside the plans themselves.
func planTables() []store.Prepared { return nil }
