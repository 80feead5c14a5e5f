package verdicts

import (
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
)

// holdings is what this package keeps about people.
func holdings() []deeds.Holding {
	return []deeds.Holding{
		deeds.Holds(Table, deeds.Records[string, Verdict]{
			What: "what you would keep, change or drop of a programme", Purpose: deeds.TakingPart,
			Seen:  "the facilitators, as counts and words without names",
			Group: func(v Verdict) (string, people.ID) { return string(v.Cohort), v.Person },
			Mine:  func(_ string, v Verdict, p people.ID) bool { return v.Person == p },
		}),
	}
}
