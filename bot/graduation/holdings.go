package graduation

import (
	"errors"
	"slices"
	"time"

	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// holdings is what this package keeps about people.
func holdings() []deeds.Holding {
	return []deeds.Holding{
		deeds.Holds(Waivers, deeds.Records[string, Waiver]{
			What: "what a facilitator let you pass, or you let somebody pass, and why", Purpose: deeds.TakingPart, Seen: "the graduate and the facilitators",
			Stays: "That you let somebody graduate without a requirement stays, since it counts for them; why you did goes.",
			Mine:  func(_ string, w Waiver, p people.ID) bool { return w.Person == p || w.by(p) },
			Erase: func(tx store.Tx, p people.ID, id string, w Waiver, _ time.Time) error {
				if w.Person == p {
					return Waivers.Delete(tx, id)
				}
				const erased = "The reason was erased with the data of whoever gave it."
				if w.By == p {
					w.Why = erased
				}
				w.Before = slices.Clone(w.Before)
				for i := range w.Before {
					if w.Before[i].By == p {
						w.Before[i].Why = erased
					}
				}
				return Waivers.Put(tx, id, w)
			},
		}),
		deeds.Holds(Graduations, deeds.Records[string, Graduation]{
			What: "that you graduated, or whose graduation you confirmed", Purpose: deeds.TakingPart, Seen: "the facilitators, and the group where the graduate had it told",
			Stays: "Graduations that you confirmed stay, since they count for the graduates. They no longer lead to you.",
			Mine:  func(_ string, g Graduation, p people.ID) bool { return g.Person == p || g.By == p },
			Erase: func(tx store.Tx, p people.ID, id string, g Graduation, _ time.Time) error {
				if g.Person != p {
					return nil
				}
				return errors.Join(Graduations.Delete(tx, id), outbox.Touch(tx, toldKind, id), outbox.Touch(tx, graduatedKind, id))
			},
		}),
		deeds.Holds(Gifts, deeds.Records[GiftID, Gift]{
			What: "what you left for the next group", Purpose: deeds.Sharing, Seen: "the groups that come after yours, with your name where you said so",
			Mine: func(_ GiftID, g Gift, p people.ID) bool { return g.Person == p },
			Erase: func(tx store.Tx, _ people.ID, id GiftID, g Gift, _ time.Time) error {
				return errors.Join(Gifts.Delete(tx, id), touchReceivers(tx, g.Cohort))
			},
		}),
		deeds.Holds(Passings, deeds.Records[string, Passing]{
			What: "to which groups you handed on what another left", Purpose: deeds.TakingPart, Seen: "the facilitators of that group",
			Stays: "What you handed on to a group stays handed on. It no longer leads to you.",
			Mine:  func(_ string, x Passing, p people.ID) bool { return x.By == p }, Erase: deeds.Stay[string, Passing],
		}),
	}
}
