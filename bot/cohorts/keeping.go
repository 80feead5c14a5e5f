package cohorts

import (
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
)

// This file is what a facilitator puts right: a group that began in the wrong
// channel, ended too soon, or has somebody as a facilitator who is to be none.

// movedKind is the kind of what a group's new channel is told.
const movedKind = "cohort moved"

// channelDeed has a group meet in another channel.
func channelDeed() deeds.Deed {
	fields := []chat.Field{{Name: "channel", Label: "Where the group meets from now on", Kind: chat.InPlace, Required: true, Example: "#explorers-2"}}
	return deeds.Deed{
		Scoped:  true,
		Command: chat.Command{Path: "cohort channel", Summary: "Have the group meet in another channel", Role: chat.Facilitator, Fields: fields},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := Get(tx, ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			to := c.Given["channel"].Place
			if to == cohort.Place {
				return chat.Outcome{}, deeds.RefuseField("channel", "%s meets there already. Choose another channel, or leave it as it is.", chat.Plain(cohort.Name))
			}
			if there, ok, err := At(tx, to); err != nil {
				return chat.Outcome{}, err
			} else if ok && there.State != Ended {
				return chat.Outcome{}, deeds.RefuseField("channel", "%s meets in that channel. Choose another, so that answers find the right group.", chat.Plain(there.Name))
			}
			if !c.Sure {
				return deeds.Confirm("**"+chat.Plain(cohort.Name)+"** will meet in "+chat.InChannel(to)+". Everything from now on goes out there, and I say so there. What stands in "+chat.InChannel(cohort.Place)+" stays, and its buttons and threads still work. I have to be in the new channel; the members, too.", "Meet there"), nil
			}
			if err := outbox.Rehome(tx, c.Cohort, cohort.Place, to); err != nil {
				return chat.Outcome{}, err
			}
			cohort.Place = to
			if err := Table.Put(tx, cohort.ID, cohort); err != nil {
				return chat.Outcome{}, err
			}
			if cohort.State == Draft || cohort.State == Ended {
				return chat.Say("From now on it is " + chat.InChannel(to) + ". Nobody was told, since nothing is going on there."), nil
			}
			err = outbox.Say(tx, outbox.Item{Key: movedKind + "/" + c.ID, Kind: movedKind, Record: c.Cohort, Cohort: c.Cohort, Place: to}, c.Now)
			return chat.Say("From now on it is " + chat.InChannel(to) + ". I am saying so there."), err
		},
	}
}

func sayMoved(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	c, err := Get(tx, ID(i.Record))
	if err != nil || c.State == Deleted || c.Place != i.Place && i.State != outbox.Sent {
		return chat.Message{}, false, err
	}
	return chat.Message{
		Text: "**" + chat.Plain(c.Name) + "** meets here from now on.", Note: whoSees,
		Buttons: []chat.Button{{Label: "Join", Command: "cohort join", Record: string(c.ID)}},
	}, true, nil
}

// reopenDeed goes on with a group that was ended with weeks still ahead.
func reopenDeed() deeds.Deed {
	return deeds.Deed{
		Scoped:  true,
		Command: chat.Command{Path: "cohort reopen", Summary: "Go on with a cohort that was ended too soon", Role: chat.Facilitator},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, plan, dates, err := Load(tx, ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			if cohort.State != Ended {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "%s has not ended, so there is nothing to reopen. /plan resume goes on with a plan that is paused.", chat.Plain(cohort.Name))
			}
			if there, ok, err := At(tx, cohort.Place); err != nil {
				return chat.Outcome{}, err
			} else if ok && there.ID != cohort.ID && there.State != Ended {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "%s meets in that channel by now. Choose another one with /cohort channel first.", chat.Plain(there.Name))
			}
			if _, ahead := Next(dates); !ahead {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "Every week of %s has gone out, so there is nothing to go on with. /cohort clone starts the next group from its plan.", chat.Plain(cohort.Name))
			}
			plan = notInThePast(cohort, plan, nil, true, c.Now)
			cohort.State = Open
			next, _ := Next(cohort.Dates(plan))
			when := cohort.When(next, c.Now)
			if !c.Sure {
				return deeds.Confirm("**"+chat.Plain(cohort.Name)+"** goes on: "+next.Label()+" goes out "+when+", and the others after it.", "Go on"), nil
			}
			if err := Table.Put(tx, cohort.ID, cohort); err != nil {
				return chat.Outcome{}, err
			}
			if err := Plans.Put(tx, cohort.ID, plan); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("It goes on. The next question comes " + when + "."), Reschedule(tx, cohort, plan, c.Now)
		},
	}
}

// memberDeed makes an ordinary member of a facilitator.
func memberDeed() deeds.Deed {
	fields := []chat.Field{{Name: "person", Label: "Who is no longer a facilitator", Kind: chat.Person, Required: true, Example: "@mere"}}
	return deeds.Deed{
		Scoped:  true,
		Command: chat.Command{Path: "cohort member", Summary: "Make an ordinary member of a facilitator", Role: chat.Facilitator, Fields: fields},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p := c.Given["person"].Person
			name := chat.Plain(p.Name)
			m, ok, err := MemberOf(tx, ID(c.Cohort), p.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !ok || !m.Facilitator {
				return chat.Outcome{}, deeds.RefuseField("person", "%s is not a facilitator here, so there is nothing to change.", name)
			}
			all, err := Facilitators(tx, ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(all) == 1 {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "%s is the only facilitator. Add another first with /cohort facilitator.", name)
			}
			if !c.Sure {
				return deeds.Confirm("**"+name+"** stays in the group as a member. They no longer change the plan, nor read what is for facilitators; what they read so far they have read. They are not told; you may want to talk to them.", "Make them a member"), nil
			}
			m.Facilitator = false
			return chat.Say(name + " is a member now."), Members.Put(tx, MemberID(m.Cohort, m.Person), m)
		},
	}
}
