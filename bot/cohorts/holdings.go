package cohorts

import (
	"errors"
	"strings"
	"time"

	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// holdings is what this package keeps about people.
func holdings() []deeds.Holding {
	return []deeds.Holding{
		deeds.Holds(Members, deeds.Records[string, Member]{
			What: "which groups you are in or were in, and what you chose there", Purpose: deeds.TakingPart, Seen: "the members of each group",
			Stays: "What you wrote into a plan, such as the question or the title of a week, stays the group's. Whose hand it was is not kept.",
			Index: "person", Erase: eraseMember,
		}),
		deeds.Holds(Table, deeds.Records[ID, Cohort]{
			What: "which groups you started", Purpose: deeds.TakingPart, Seen: "the members of each group",
			Stays: "Groups that you started go on for those who are in them, with the name and the questions that they have. They no longer lead to you.",
			Mine:  func(_ ID, c Cohort, p people.ID) bool { return c.By == p }, Erase: deeds.Stay[ID, Cohort],
		}),
		deeds.HoldsNothing(Plans, "the weeks of a group, and whose hand wrote which is not kept"),
		deeds.Holds(Appointments, deeds.Records[people.ID, Appointment]{
			What: "that you may start groups, or let others do so", Purpose: deeds.Running, Seen: "you and administrators",
			Mine: func(_ people.ID, a Appointment, p people.ID) bool { return a.Person == p || a.By == p },
			Erase: func(tx store.Tx, p people.ID, _ people.ID, a Appointment, _ time.Time) error {
				if a.Person != p {
					return nil
				}
				return Appointments.Delete(tx, p)
			},
		}),
		deeds.Holds(Revisions, deeds.Records[ID, Revision]{
			What: "what you chose to change for a next group", Purpose: deeds.TakingPart, Seen: "the facilitators of that group",
			Stays: "What you chose for a next group stays for its facilitators; it is a list of ticks, and no longer leads to you.",
			Mine:  func(_ ID, r Revision, p people.ID) bool { return r.By == p }, Erase: deeds.Stay[ID, Revision],
		}),
		deeds.Holds(PlanChanges, deeds.Records[string, PlanChange]{
			What: "changes that you made to a plan, or proposed", Purpose: deeds.TakingPart, Seen: "the members of the group",
			Stays: "Changes that you made to a plan stay, since the group goes by them. Your name is taken off what I said of them.",
			Mine:  func(_ string, c PlanChange, p people.ID) bool { return c.By == p || c.Proposed == p },
			Erase: func(tx store.Tx, _ people.ID, _ string, c PlanChange, _ time.Time) error {
				return outbox.Touch(tx, planMovedReason, c.id())
			},
		}),
		deeds.Holds(shownChanges, deeds.Records[string, shownChange]{
			What: "the change of a plan that you were shown last", Purpose: deeds.Running, Seen: "nobody but you",
			Mine: func(id string, _ shownChange, p people.ID) bool { return strings.HasSuffix(id, "/"+string(p)) },
		}),
		deeds.Holds(Proposals, deeds.Records[string, Proposal]{
			What: "changes of a plan that you proposed, or did not make and said why", Purpose: deeds.TakingPart, Seen: "the members of the group",
			Mine: func(_ string, x Proposal, p people.ID) bool { return x.By == p || x.Left == p },
			Show: func(_ store.Tx, p people.ID, x Proposal) (any, error) {
				if x.By != p { // somebody else's words, but for why it was left
					x.Given = nil
				}
				return x, nil
			},
			Erase: func(tx store.Tx, who people.ID, id string, p Proposal, _ time.Time) error {
				if p.By != who {
					p.Why = "The reason was erased with the data of whoever gave it."
					return errors.Join(Proposals.Put(tx, id, p), p.touch(tx), outbox.Touch(tx, proposalEndKind, id))
				}
				for row, err := range Voices.By(tx, "proposal", p.ID) {
					if err == nil {
						err = Voices.Delete(tx, row.ID)
					}
					if err != nil {
						return err
					}
				}
				if err := Proposals.Delete(tx, p.ID); err != nil {
					return err
				}
				return p.touch(tx)
			},
		}),
		deeds.Holds(Voices, deeds.Records[string, Voice]{
			What: "what you said to changes that others proposed", Purpose: deeds.TakingPart, Seen: "the members of the group",
			Index: "person",
			Erase: func(tx store.Tx, _ people.ID, id string, v Voice, _ time.Time) error {
				if err := Voices.Delete(tx, id); err != nil {
					return err
				}
				return Proposal{ID: v.Proposal}.touch(tx)
			},
		}),
	}
}

// eraseMember takes somebody out of a group. Where they were the last to run it,
// the administrators of its workspace are asked to appoint somebody.
func eraseMember(tx store.Tx, p people.ID, id string, m Member, now time.Time) error {
	if err := Members.Delete(tx, id); err != nil || !m.Facilitator || !m.Active() {
		return err
	}
	c, err := Get(tx, m.Cohort)
	if err != nil || c.State == Deleted {
		return err
	}
	left, err := Facilitators(tx, c.ID)
	if err != nil || len(left) > 0 {
		return err
	}
	admins, err := people.Admins(tx, c.Place.Workspace)
	if err != nil {
		return err
	}
	told := false
	for _, a := range admins {
		if a.ID == p {
			continue
		}
		told = true
		if err := outbox.Say(tx, outbox.Item{
			Key: orphanedKind + "/" + store.NewID(now) + "/" + string(a.ID), Kind: orphanedKind, Record: string(c.ID), Cohort: string(c.ID),
			Person: string(a.ID), Place: a.Direct(c.Place.Workspace),
		}, now); err != nil {
			return err
		}
	}
	if told {
		return nil
	}
	// There is nobody else to tell but the group itself.
	return outbox.Say(tx, outbox.Item{Key: orphanedKind + "/" + store.NewID(now), Kind: orphanedKind, Record: string(c.ID), Cohort: string(c.ID), Place: c.Place}, now)
}
