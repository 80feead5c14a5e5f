package cohorts

import (
	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Joined gives a person's place in a cohort, or a refusal that offers to join:
// who administers a workspace may look into its cohorts without being in them.
func Joined(tx store.Tx, c Cohort, p people.ID) (Member, error) {
	m, ok, err := MemberOf(tx, c.ID, p)
	if err == nil && !ok {
		err = &deeds.Error{
			Code: deeds.Conflict, Say: "You have not joined " + chat.Plain(c.Name) + ", so there is nothing to answer for you.",
			Buttons: []chat.Button{{Label: "Join", Command: "cohort join", Record: string(c.ID), Main: true}},
		}
	}
	return m, err
}

// InCommunity tells whether somebody with this role in a cohort is a member of a
// community of practice, where what facilitators do elsewhere is for every member
// to do. It is meant for [deeds.Deed]'s Also.
func InCommunity(tx store.Tx, cohort string, role chat.Role) (bool, error) {
	c, err := Get(tx, ID(cohort))
	return err == nil && c.Programme.Community && role.Includes(chat.Member), err
}

func appointDeed() deeds.Deed {
	fields := []chat.Field{{Name: "person", Label: "Who may start cohorts", Kind: chat.Person, Required: true, Example: "@wiremu"}}
	return deeds.Deed{
		Command: chat.Command{Path: "cohort appoint", Summary: "Let somebody start cohorts", Role: chat.Admin, Fields: fields},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p := c.Given["person"].Person
			err := Appointments.Put(tx, p.ID, Appointment{Person: p.ID, By: c.Person.ID, At: c.Now})
			return chat.Say(chat.Plain(p.Name) + " can now start a cohort with /cohort start. They have not been told; you may want to tell them."), err
		},
	}
}

func facilitatorDeed() deeds.Deed {
	fields := []chat.Field{{Name: "person", Label: "Who joins you as facilitator", Kind: chat.Person, Required: true, Example: "@mere"}}
	return deeds.Deed{
		Scoped:  true,
		Command: chat.Command{Path: "cohort facilitator", Summary: "Add another facilitator to the cohort", Role: chat.Facilitator, Fields: fields},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p := c.Given["person"].Person
			m, was, err := MemberOf(tx, ID(c.Cohort), p.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			if was && m.Facilitator {
				return chat.Say(chat.Plain(p.Name) + " is a facilitator already."), nil
			}
			if !c.Sure {
				return deeds.Confirm("Make **"+chat.Plain(p.Name)+"** a facilitator? They can then change the plan, see who is quiet, and read what members wrote for facilitators, earlier answers included.", "Make them a facilitator"), nil
			}
			if !was {
				m = Member{Cohort: ID(c.Cohort), Person: p.ID, Joined: c.Now}
			}
			m.Facilitator = true
			if err := Members.Put(tx, MemberID(m.Cohort, m.Person), m); err != nil {
				return chat.Outcome{}, err
			}
			err = outbox.Say(tx, outbox.Item{
				Key: facilitatorKind + "/" + c.ID, Kind: facilitatorKind, Record: c.Cohort, Cohort: c.Cohort,
				Person: string(p.ID), Place: p.Direct(c.Profile.User.Workspace),
			}, c.Now)
			return chat.Say(chat.Plain(p.Name) + " is a facilitator now, and I am telling them in private."), err
		},
	}
}

func (l Library) quitDeed() deeds.Deed {
	return deeds.Deed{
		Scoped:  true,
		Command: chat.Command{Path: "cohort quit", Summary: "Leave the cohort", Role: chat.Member},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := Get(tx, ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			m, ok, err := MemberOf(tx, cohort.ID, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !ok {
				return chat.Say("You are not in " + chat.Plain(cohort.Name) + ", so there is nothing to leave."), nil
			}
			others, err := Facilitators(tx, cohort.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			last := m.Facilitator && len(others) == 1
			admins, err := people.Admins(tx, cohort.Place.Workspace)
			if err != nil {
				return chat.Outcome{}, err
			}
			if last && len(admins) == 0 {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "You are the only facilitator, and I know no administrator who could find another. Add somebody first with /cohort facilitator.")
			}
			var stays deeds.Glance
			for _, look := range l.Leaving {
				g, err := look(tx, cohort, c.Person, c.Now)
				if err != nil {
					return chat.Outcome{}, err
				}
				stays.Lines, stays.Buttons = append(stays.Lines, g.Lines...), append(stays.Buttons, g.Buttons...)
			}
			if !c.Sure {
				text := "You leave **" + chat.Plain(cohort.Name) + "**. You get no more questions or reminders for it. What you wrote stays, unless you delete it: /answers in this channel shows it, now and later."
				if last {
					text += " You are its only facilitator, so the administrators of this workspace will be told and asked to appoint somebody."
				}
				for _, line := range stays.Lines {
					text += "\n\n" + line
				}
				return deeds.Confirm(text, "Leave it"), nil
			}
			m.Left = c.Now
			if err := Members.Put(tx, MemberID(m.Cohort, m.Person), m); err != nil {
				return chat.Outcome{}, err
			}
			if last {
				for _, a := range admins {
					if err := outbox.Say(tx, outbox.Item{
						Key: orphanedKind + "/" + c.ID + "/" + string(a.ID), Kind: orphanedKind, Record: c.Cohort, Cohort: c.Cohort,
						Person: string(a.ID), Place: a.Direct(cohort.Place.Workspace),
					}, c.Now); err != nil {
						return chat.Outcome{}, err
					}
				}
			}
			return chat.Say("You have left "+chat.Plain(cohort.Name)+". You are welcome back: press Join under its joining message.", stays.Buttons...), nil
		},
	}
}

// MustFacilitate refuses whoever only administers the workspace: they may change
// a plan in need, and people were told that facilitators read what is for them.
func MustFacilitate(tx store.Tx, c deeds.Call) error {
	m, ok, err := MemberOf(tx, ID(c.Cohort), c.Person.ID)
	if err != nil || ok && m.Facilitator {
		return err
	}
	return deeds.Refuse(deeds.Forbidden, "Only the group's facilitators see this. You administer this workspace, so you can make somebody a facilitator with /cohort facilitator.")
}
