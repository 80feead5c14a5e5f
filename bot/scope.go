package bot

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/directory"
	"cohortbot/bot/links"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// scope finds the cohort of a scoped deed, the role of the person in it and the
// zone to speak in, and refuses who may not. A form is returned where the person
// has to say which cohort.
func (b *Bot) scope(tx store.Tx, deed deeds.Deed, d *Draft, call *deeds.Call) (_ *chat.Form, err error) {
	if call.Zone, err = cohorts.ZoneOf(tx, call.Person); err != nil {
		return nil, err
	}
	if u := call.Profile.User; u.Workspace == links.Guests {
		call.Role = chat.Guest
		return nil, guestMay(tx, deed, d, u, call.Now)
	}
	if !deed.Scoped {
		role, err := b.highestRole(tx, *call)
		if err != nil {
			return nil, err
		}
		if deed.Role == chat.Reviewer {
			if role, err = reviewing(tx, call.Person.ID, role); err != nil {
				return nil, err
			}
		}
		call.Role = role
		if c, ok, err := cohorts.At(tx, d.At); err != nil {
			return nil, err
		} else if ok {
			call.Zone = call.Person.ZoneOr(c.Zone)
		}
		return nil, mayGive(deed.Command, role, "")
	}
	c, candidates, err := b.cohortOf(tx, deed, d, call.Person)
	if err != nil {
		return nil, err
	}
	if c.ID == "" {
		f, err := whichCohort(deed.Command, candidates)
		switch chosen := d.Answers[cohortField].Text(); {
		case err != nil:
		case chosen != "":
			f.Errors = chat.FieldErrors{cohortField: fmt.Sprintf("“%s” is none of them. Choose one of these.", chat.Plain(chosen))}
			delete(d.Answers, cohortField)
		case d.Scoping && call.Form != "": // asked already, and handed in with nothing
			f.Errors = chat.FieldErrors{cohortField: "This one is needed. Choose one of these."}
		}
		return f, err
	}
	role, err := cohorts.RoleIn(tx, c, call.Person)
	if err != nil {
		return nil, err
	}
	d.Cohort, call.Cohort, call.Role, call.Zone = string(c.ID), string(c.ID), role, call.Person.ZoneOr(c.Zone)
	if ok, err := alsoMay(tx, deed, c, role); err != nil || ok {
		return nil, err
	}
	return nil, mayGive(deed.Command, role, c.Name)
}

// cohortOf finds the cohort from the record, else what was chosen, else the
// place, else the only one that the person belongs to with the needed role.
func (b *Bot) cohortOf(tx store.Tx, deed deeds.Deed, d *Draft, p people.Person) (cohorts.Cohort, []cohorts.Cohort, error) {
	id, gone := d.Cohort, false
	if id == "" && d.Record != "" {
		id = d.Record
		if deed.CohortOf != nil {
			var err error
			if id, err = deed.CohortOf(tx, d.Record); err != nil && !errors.Is(err, store.ErrNotFound) {
				return cohorts.Cohort{}, nil, err
			}
			gone = id == ""
		}
	}
	chosen := d.Answers[cohortField].Text()
	if id == "" && chosen != "" {
		id = chosen
	}
	if id != "" {
		c, err := cohorts.Get(tx, cohorts.ID(id))
		if err == nil || !errors.Is(err, store.ErrNotFound) {
			return c, nil, err
		}
		if chosen == "" {
			return c, nil, deeds.Refuse(deeds.NotFound, "What this is about is no longer there.")
		}
	}
	if c, ok, err := cohorts.At(tx, d.At); err != nil || ok {
		return c, nil, err
	}
	own, err := cohorts.Of(tx, p.ID)
	if err != nil {
		return cohorts.Cohort{}, nil, err
	}
	candidates := slices.DeleteFunc(own, func(c cohorts.Cohort) bool {
		role, _ := cohorts.RoleIn(tx, c, p)
		also, _ := alsoMay(tx, deed, c, role)
		return role < deed.Role && !also
	})
	live := slices.DeleteFunc(slices.Clone(candidates), func(c cohorts.Cohort) bool { return c.State == cohorts.Ended })
	if len(live) == 1 {
		return live[0], nil, nil
	}
	if len(candidates) == 1 {
		return candidates[0], nil, nil
	}
	if gone {
		return cohorts.Cohort{}, nil, deeds.Refuse(deeds.NotFound, "What this is about is no longer there.")
	}
	named := slices.DeleteFunc(slices.Clone(candidates), func(c cohorts.Cohort) bool { return !strings.EqualFold(c.Name, strings.TrimSpace(chosen)) })
	if len(named) == 1 {
		return named[0], nil, nil
	}
	return cohorts.Cohort{}, candidates, nil
}

// alsoMay tells whether a deed is open to somebody whose role alone would not do.
func alsoMay(tx store.Tx, deed deeds.Deed, c cohorts.Cohort, role chat.Role) (bool, error) {
	if deed.Also == nil {
		return false, nil
	}
	return deed.Also(tx, string(c.ID), role)
}

func whichCohort(c chat.Command, candidates []cohorts.Cohort) (*chat.Form, error) {
	if len(candidates) == 0 {
		if c.Role >= chat.Facilitator {
			return nil, deeds.Refuse(deeds.Forbidden, "Only %s can do that, and you are not one of them in any cohort yet. An administrator of this workspace can appoint you with /cohort appoint.", c.Role)
		}
		return nil, deeds.Refuse(deeds.NotFound, "You are not in a cohort yet, so I don't know which group this is for. Press Join under a cohort's joining message, or use this in the cohort's channel.")
	}
	var options []chat.Option
	for _, x := range candidates {
		options = append(options, chat.Option{Value: string(x.ID), Label: x.Name})
	}
	return &chat.Form{
		Title: "Which cohort?", Submit: "Go on",
		Fields: []chat.Field{{Name: cohortField, Label: "Cohort", Kind: chat.Choice, Options: options, Required: true}},
	}, nil
}

// mayGive refuses who has not the role that a command needs.
func mayGive(c chat.Command, role chat.Role, cohort string) error {
	if role >= c.Role || c.Role == chat.Guest { // whoever has an account may do what a link lets others do
		return nil
	}
	where := "here"
	if cohort != "" {
		where = "of " + chat.Plain(cohort)
	}
	hint := "Ask one of them."
	if c.Role == chat.Facilitator && cohort == "" { // it is about no cohort: to start one
		hint = "An administrator of this workspace can let you, with /cohort appoint."
	}
	switch c.Role {
	case chat.Member:
		hint = "Press Join under the cohort's joining message, then try again."
	case chat.Reviewer:
		hint = "An administrator of this workspace appoints them, with /directory appoint."
	case chat.Admin:
		hint = "Ask whoever administers this workspace."
	}
	e := deeds.Refuse(deeds.Forbidden, "Only %s %s can do that. %s", c.Role, where, hint)
	e.Err = fmt.Errorf("needs %s", c.Role)
	return e
}

// reviewing gives the role of somebody who would do what reviewers do. It stands
// beside the others: whoever reviews is no facilitator by that, nor the other way.
func reviewing(tx store.Tx, p people.ID, role chat.Role) (chat.Role, error) {
	on, err := directory.OnBoard(tx, p)
	if on && role != chat.Admin {
		role = chat.Reviewer
	}
	return role, err
}

// highestRole gives the most that a person is anywhere.
func (b *Bot) highestRole(tx store.Tx, c deeds.Call) (chat.Role, error) {
	if len(c.Person.Administers) > 0 {
		return chat.Admin, nil
	}
	if ok, err := cohorts.Appointed(tx, c.Person.ID); err != nil || ok {
		return chat.Facilitator, err
	}
	own, err := cohorts.Of(tx, c.Person.ID)
	if err != nil {
		return chat.Anyone, err
	}
	role := chat.Anyone
	for _, x := range own {
		r, err := cohorts.RoleIn(tx, x, c.Person)
		if err != nil {
			return role, err
		}
		role = max(role, r)
	}
	return role, nil
}
