package peers

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
)

// The kinds of jobs.
const (
	roundKind   = "peer round"   // a cohort is put together
	sayKind     = "peer say"     // somebody's quiet hours are over
	silenceKind = "peer silence" // looks after a group of which somebody says nothing
	seekKind    = "peer seek"    // the next person is to be invited, or none
)

// The kinds of what is said, each to one person. Where a job says it, it has the
// same name.
const (
	pairKind   = "peer pair"   // whom they meet
	aloneKind  = "peer alone"  // a round without a partner for them
	checkKind  = "peer check"  // did they meet?
	otherKind  = "peer other"  // somebody else instead?
	offKind    = "peer off"    // it won't happen
	lessKind   = "peer less"   // two of three go on
	timeKind   = "peer time"   // a time is suggested
	agreedKind = "peer agreed" // it suits the others
	inviteKind = "peer invite" // somebody wants to meet somebody
	nobodyKind = "peer nobody" // nobody was found

	askKind      = "peer ask"        // a question for a reflection
	remindKind   = "peer remind"     // it is still open
	expireKind   = "peer expire"     // it ran out: to the asker
	givenKind    = "peer reflection" // the answer
	declinedKind = "peer declined"
	thankKind    = "peer thank"
	lineKind     = "peer line"  // something written back
	strayKind    = "peer stray" // to who replies where nobody reads
)

// Feature is what this package brings to the bot.
func Feature() deeds.Feature {
	return deeds.Feature{
		Deeds: []deeds.Deed{
			listDeed(), meetDeed(), swapDeed(), avoidDeed(), roundDeed(), rhythmDeed(),
			metDeed(), timeDeed(), suitsDeed(), invitedDeed(), apartDeed(),
			askDeed(), giveDeed(), declineDeed(), thankDeed(), writeDeed(), readDeed(), deleteDeed(),
		},
		Jobs: []jobs.Kind{
			{Name: roundKind, Run: roundDue},
			{Name: sayKind, Run: sayDue},
			{Name: checkKind, Run: check},
			{Name: silenceKind, Run: silence},
			{Name: seekKind, Run: seekDue},
			{Name: inviteKind, Run: inviteDue},
			{Name: askKind, Run: askDue},
			{Name: remindKind, Run: remindDue},
			{Name: expireKind, Run: expireDue},
		},
		Listeners: listeners(),
		Reasons: []outbox.Reason{
			{Kind: pairKind, Render: sayPair},
			{Kind: aloneKind, Render: sayAlone},
			{Kind: checkKind, Render: sayCheck},
			{Kind: otherKind, Render: sayOther},
			{Kind: offKind, Render: sayOff},
			{Kind: lessKind, Render: sayLess},
			{Kind: timeKind, Render: sayTime},
			{Kind: agreedKind, Render: sayAgreed},
			{Kind: inviteKind, Render: sayInvite},
			{Kind: nobodyKind, Render: sayNobody},
			{Kind: askKind, Render: sayAsk},
			{Kind: remindKind, Render: sayRemind},
			{Kind: expireKind, Render: sayRanOut},
			{Kind: givenKind, Render: sayGiven},
			{Kind: declinedKind, Render: sayDeclined},
			{Kind: thankKind, Render: sayThank},
			{Kind: lineKind, Render: sayLine},
			{Kind: strayKind, Render: sayStray},
		},
		Tables:   []store.Prepared{Groups, Avoids, Aparts, Rounds, Rhythms, Seekers, Reflections},
		Holdings: holdings(),
		Home:     home,
		Panel:    panel,
	}
}

// listeners take what somebody replies to what they were told in private, so that
// it is not taken for an answer to the week's question.
func listeners() []deeds.Listener {
	var all []deeds.Listener
	for _, kind := range []string{
		pairKind, aloneKind, checkKind, otherKind, offKind, lessKind, timeKind, agreedKind, inviteKind, nobodyKind,
		askKind, remindKind, expireKind, givenKind, declinedKind, thankKind, lineKind, strayKind,
	} {
		all = append(all, deeds.Listener{Kind: kind, Hear: hearStray})
	}
	return all
}

// cohortOf gives the cohort of a record that names one, a group or a reflection.
func cohortOf(tx store.Tx, record string) (string, error) {
	id, _, _ := strings.Cut(record, "/")
	if ok, err := cohorts.Table.Has(tx, cohorts.ID(id)); err != nil || ok {
		return id, err
	}
	if r, err := Reflections.Get(tx, ReflectionID(id)); err == nil || !errors.Is(err, store.ErrNotFound) {
		return string(r.Cohort), err
	}
	g, err := Groups.Get(tx, GroupID(id))
	return string(g.Cohort), err
}

// joined gives the cohort of a call, and refuses who is not in it.
func joined(tx store.Tx, c deeds.Call) (cohorts.Cohort, error) {
	cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
	if err == nil {
		_, err = cohorts.Joined(tx, cohort, c.Person.ID)
	}
	return cohort, err
}

// running is [joined] for what reaches others: nobody is written to while a cohort
// rests.
func running(tx store.Tx, c deeds.Call) (cohorts.Cohort, error) {
	cohort, err := joined(tx, c)
	if err != nil || cohort.Running(c.Now) {
		return cohort, err
	}
	return cohort, resting(cohort, c)
}

func resting(c cohorts.Cohort, call deeds.Call) error {
	name := chat.Plain(c.Name)
	switch c.State {
	case cohorts.Draft:
		return deeds.Refuse(deeds.Unavailable, "%s has not begun, so nobody is put together yet. Try again once people have been invited.", name)
	case cohorts.Ended:
		return deeds.Refuse(deeds.Unavailable, "%s has ended, so I don't put people together any more. You can still write to anybody yourself.", name)
	case cohorts.Paused:
		return deeds.Refuse(deeds.Unavailable, "%s is paused, and nobody is written to meanwhile. Try again when it goes on.", name)
	}
	rest, _ := c.Breaks.On(c.Today(call.Now))
	return deeds.Refuse(deeds.Unavailable, "%s has a break until %s, and nobody is written to meanwhile. Try again after that.", name, rest.To.Long())
}

// groupMeant gives the group of a button, else the one in which the person is to
// meet somebody now. A refusal says what to do where there is none.
func groupMeant(tx store.Tx, c deeds.Call) (Group, error) {
	none := deeds.Error{
		Code: deeds.NotFound, Say: "You are not to meet anybody at the moment. If you would like to, I'll ask around.",
		Buttons: []chat.Button{{Label: "Meet somebody", Command: "peer meet", Record: c.Cohort, Main: true}},
	}
	id, _, _ := strings.Cut(c.Record, "/")
	if id == "" || id == c.Cohort {
		g, ok, err := Current(tx, cohorts.ID(c.Cohort), c.Person.ID, c.Now)
		if err == nil && !ok {
			err = &none
		}
		return g, err
	}
	g, err := Groups.Get(tx, GroupID(id))
	if errors.Is(err, store.ErrNotFound) {
		return g, &none
	}
	if err == nil && !slices.Contains(g.People, c.Person.ID) {
		err = deeds.Refuse(deeds.Forbidden, "This was for somebody else. /peer list shows whom you meet.")
	}
	return g, err
}

// groupWaiting is [groupMeant] for what makes sense only while the group is still
// to meet.
func groupWaiting(tx store.Tx, c deeds.Call) (Group, error) {
	g, err := groupMeant(tx, c)
	if err != nil || g.Waits(c.Now) && slices.Contains(g.In(), c.Person.ID) {
		return g, err
	}
	words, err := settledWords(tx, g, c.Person.ID)
	if err != nil {
		return g, err
	}
	return g, &deeds.Error{
		Code: deeds.Conflict, Say: words + " There is nothing more to do about it.",
		Buttons: []chat.Button{{Label: "Meet somebody", Command: "peer meet", Record: c.Cohort, Main: true}},
	}
}

// homeShows is how many lines of this package stand in somebody's home.
const homeShows = 3

// home is what somebody sees of whom they meet.
func home(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	var g deeds.Glance
	group, ok, err := Current(tx, cohorts.ID(c.Cohort), c.Person.ID, c.Now)
	if err != nil {
		return g, err
	}
	if ok {
		at, here, err := load(tx, part(string(group.ID), c.Person.ID))
		if err != nil {
			return g, err
		}
		if here {
			line, err := at.line(tx, c.Now)
			if err != nil {
				return g, err
			}
			g.Lines = append(g.Lines, line)
			g.Buttons = append(g.Buttons, chat.Button{Label: "Who I meet", Command: "peer list", Record: c.Cohort})
		}
	}
	all, err := ofPerson(tx, cohorts.ID(c.Cohort), c.Person.ID)
	if err != nil {
		return g, err
	}
	for _, r := range all {
		if r.Peer != c.Person.ID || r.State != Asked || len(g.Lines) == homeShows {
			continue
		}
		name, err := nameOf(tx, r.Asker)
		if err != nil {
			return g, err
		}
		g.Lines = append(g.Lines, name+" asks you for a reflection, if you feel like it.")
		g.Buttons = append(g.Buttons, chat.Button{Label: "Reflect for " + chat.Short(name, 40), Command: "peer give", Record: string(r.ID)})
	}
	return g, nil
}

// panel is what facilitators see: how many have met, and who has nobody. Whom
// somebody avoids is nowhere in it.
func panel(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	g := deeds.Glance{Later: true}
	cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
	if err != nil || cohort.State == cohorts.Ended {
		return g, err
	}
	last, any, err := lastRound(tx, cohort.ID)
	if err != nil {
		return g, err
	}
	line := "**Meeting in twos and threes:** "
	if cohort.Programme.Peers.Size == 3 {
		line = "**Meeting in threes:** "
	}
	if any {
		groups, met := 0, 0
		for row, err := range Groups.By(tx, "cohort", string(cohort.ID)) {
			if err != nil {
				return g, err
			}
			if row.Value.Round == last.ID {
				groups++
				if row.Value.State == Met {
					met++
				}
			}
		}
		of, have := "groups", "have"
		if groups == 1 {
			of = "group"
		}
		if met == 1 {
			have = "has"
		}
		line += fmt.Sprintf("of %d %s put together on %s, %d %s met.", groups, of, day(last.At, cohort, c.Now), met, have)
		without, err := unpaired(tx, cohort, c.Now)
		if err != nil {
			return g, err
		}
		if len(without) > 0 {
			line += " With nobody to meet, away or left out by their own wish: " + names(without) + "."
		}
	} else {
		line += "no round yet."
	}
	next, err := nextRound(tx, cohort, c.Now)
	if err != nil {
		return g, err
	}
	g.Lines = []string{line + next}
	if cohort.Running(c.Now) {
		g.Buttons = []chat.Button{{Label: "Put people together", Command: "peer round", Record: c.Cohort}}
	}
	return g, nil
}
