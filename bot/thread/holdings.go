package thread

import (
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// holdings is what this package keeps about people.
func holdings(planner Planner) []deeds.Holding {
	return []deeds.Holding{
		deeds.Holds(Lot, deeds.Records[ParkedID, Parked]{
			What: "what you parked for later, what was parked of yours, or for a session of yours", Purpose: deeds.TakingPart, Seen: "the members of the group",
			Stays: "That something was parked and when it is to come back stays for the group, without your words.",
			Of: func(tx store.Tx, p people.ID) ([]ParkedID, error) {
				var ids []ParkedID
				for row, err := range Lot.All(tx) {
					if err != nil {
						return nil, err
					}
					by, err := planner(tx, row.Value.Session)
					if err != nil {
						return nil, err
					}
					if row.Value.By == p || row.Value.Author == p || by == p {
						ids = append(ids, row.ID)
					}
				}
				return ids, nil
			},
			Show: func(_ store.Tx, p people.ID, x Parked) (any, error) {
				if x.Author != p && (x.Quoted || x.By != p) {
					x.About = "" // somebody else's words
				}
				return x, nil
			},
			Erase: func(tx store.Tx, p people.ID, _ ParkedID, x Parked, _ time.Time) error {
				by, err := planner(tx, x.Session)
				if err != nil {
					return err
				}
				if by == p {
					x.Title = "a session"
				}
				if x.Author == p || x.By == p && !x.Quoted {
					x.About, x.Quoted = "", false
				}
				if err := Lot.Put(tx, x.ID, x); err != nil {
					return err
				}
				return x.follow(tx)
			},
		}),
		deeds.Holds(Shares, deeds.Records[ShareID, Share]{
			What: "what you showed in an open channel, or were asked to", Purpose: deeds.Sharing, Seen: "whoever reads the open channel, once you said yes",
			Index: "author",
			Erase: func(tx store.Tx, _ people.ID, _ ShareID, s Share, _ time.Time) error { return s.remove(tx) },
		}),
		deeds.Holds(Openings, deeds.Records[cohorts.ID, Opening]{
			What: "which open channel you named for a group", Purpose: deeds.TakingPart, Seen: "the members of the group",
			Stays: "The open channel that you named stays the group's. It no longer leads to you.",
			Mine:  func(_ cohorts.ID, o Opening, p people.ID) bool { return o.By == p }, Erase: deeds.Stay[cohorts.ID, Opening],
		}),
	}
}
