package cohorts

import (
	"slices"
	"time"

	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// The kinds of jobs that keep a plan going; each has one job a cohort, under the
// kind and the cohort's id. What they do is kept with the prompts.
const (
	PromptJob = "prompt"     // the next week is due
	AskJob    = "ask-prompt" // a week that comes soon has no prompt yet
	EndJob    = "end"        // the step after the last week has come
)

// askAhead is how many days before its date a missing prompt is asked for, at
// askAt in the cohort's zone.
const askAhead = 3

var askAt = schedules.TimeOfDay{Hour: 9}

// Reschedule sets the jobs of a cohort as its plan wants them now, in the place
// of those that were set before. Whatever changes a plan, the state of a cohort,
// or marks a week as gone out calls it in the same transaction. The joining
// message follows, since it names the next date.
func Reschedule(tx store.Tx, c Cohort, p Plan, now time.Time) error {
	if err := outbox.Touch(tx, joinKind, string(c.ID)); err != nil {
		return err
	}
	due := dueTimes(c, p, now)
	for _, kind := range []string{PromptJob, AskJob, EndJob} {
		key := kind + "/" + string(c.ID)
		at, wanted := due[kind]
		var err error
		if wanted {
			err = jobs.Set(tx, jobs.Job{Key: key, Kind: kind, Record: string(c.ID), Cohort: string(c.ID), Due: at})
		} else {
			err = jobs.Drop(tx, key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// dueTimes gives when each job of a cohort is due; one that is not to be set is
// missing.
func dueTimes(c Cohort, p Plan, now time.Time) map[string]time.Time {
	due := map[string]time.Time{}
	if c.State != Open {
		return due
	}
	dates := c.Dates(p)
	if next, ok := Next(dates); ok {
		due[PromptJob] = next.On.In(c.Zone)
	}
	unwritten := slices.IndexFunc(dates, func(d Dated) bool {
		return d.Ahead() && d.Prompt == "" && !d.Asked && !d.On.IsZero()
	})
	if unwritten >= 0 {
		ask := schedules.Wall{Date: dates[unwritten].On.Date.AddDays(-askAhead), Time: askAt}.In(c.Zone)
		if ask.Before(now) {
			ask = now
		}
		due[AskJob] = ask
	}
	if slices.ContainsFunc(p.Weeks, Week.Ahead) || c.Programme.OwnPace {
		return due
	}
	if last, ok := Current(dates); ok {
		if _, end, _, ok := c.step(later(last.Slot, last.On)); ok {
			due[EndJob] = end.In(c.Zone)
		}
	}
	return due
}
