package hours

import "cohortbot/bot/deeds"

// holdings is what this package keeps about people.
func holdings() []deeds.Holding {
	return []deeds.Holding{
		deeds.Holds(Table, deeds.Records[ID, Entry]{
			What: "the hours that you wrote down", Purpose: deeds.Attesting, Seen: "you, and an assessor once you submit them", Index: "person",
		}),
	}
}
