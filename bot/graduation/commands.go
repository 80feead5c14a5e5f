package graduation

import (
	"fmt"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Feature is what this package brings to the bot.
func Feature() deeds.Feature {
	return deeds.Feature{
		Deeds: []deeds.Deed{
			showDeed(), groupDeed(), confirmDeed(), waiveDeed(), unwaiveDeed(), undoDeed(), tellDeed(),
			giveDeed(), mineDeed(), withdrawDeed(), pageDeed(), receiveDeed(),
		},
		Reasons: []outbox.Reason{
			{Kind: graduatedKind, Render: sayGraduated},
			{Kind: toldKind, Render: sayTold},
			{Kind: legacyKind, Render: sayLegacy},
		},
		Tables:   []store.Prepared{Waivers, Graduations, Gifts, Passings},
		Holdings: holdings(),
		Home:     home,
		Panel:    panel,
	}
}

// cohortOf gives the cohort of a record, which begins with its id.
func cohortOf(_ store.Tx, record string) (string, error) {
	c, _, _ := strings.Cut(record, "/")
	return c, nil
}

// asked gives the cohort of a call, if its programme asks for anything.
func asked(tx store.Tx, c deeds.Call) (cohorts.Cohort, error) {
	x, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
	if err == nil && len(x.Programme.Graduate) == 0 {
		err = deeds.Refuse(deeds.Conflict, "The programme of %s asks for nothing to graduate, so there is nothing to show.", chat.Plain(x.Name))
	}
	return x, err
}

func showDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "graduation show", Summary: "What graduating takes, and what of it you have done", Role: chat.Member},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			x, err := asked(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			m, err := cohorts.Joined(tx, x, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			if m.Facilitator {
				return chat.Outcome{}, &deeds.Error{
					Code: deeds.Conflict, Say: "You facilitate this group; only its " + chat.Plain(x.Programme.Members.Many) + " graduate.",
					Buttons: []chat.Button{{Label: "How the group stands", Command: "graduation group", Record: string(x.ID), Main: true}},
				}
			}
			all, err := Of(tx, x, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			g, graduated, err := graduationOf(tx, x.ID, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			return chat.Answering(ownMessage(x, all, g, graduated, c)), nil
		},
	}
}

func groupDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "graduation group", Summary: "Who has done what graduating takes", Role: chat.Facilitator},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if err := cohorts.MustFacilitate(tx, c); err != nil {
				return chat.Outcome{}, err
			}
			x, err := asked(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			m, err := groupMessage(tx, x)
			return chat.Answering(m), err
		},
	}
}

// person is the field that says who is meant, where no button did.
var person = chat.Field{Name: "person", Label: "Who", Kind: chat.Person, Required: true, Example: "@ana"}

// askWho asks for the person where no button named one.
func askWho(title, note string) func(store.Tx, deeds.Call) (*chat.Form, error) {
	return func(_ store.Tx, c deeds.Call) (*chat.Form, error) {
		if _, who, _ := strings.Cut(c.Record, "/"); who != "" || c.Given.Has("person") {
			return nil, nil
		}
		return &chat.Form{Title: title, Fields: []chat.Field{person}, Submit: "Go on", Note: note}, nil
	}
}

// candidate is somebody who may graduate, and how they stand.
type candidate struct {
	cohort    cohorts.Cohort
	person    people.Person
	standings []Standing
}

func (x candidate) record() string { return cohorts.MemberID(x.cohort.ID, x.person.ID) }

// meant gives the person that a facilitator's call is about.
func meant(tx store.Tx, c deeds.Call) (candidate, error) {
	var x candidate
	err := cohorts.MustFacilitate(tx, c)
	if err != nil {
		return x, err
	}
	if x.cohort, err = asked(tx, c); err != nil {
		return x, err
	}
	x.person = c.Given["person"].Person
	if _, who, _ := strings.Cut(c.Record, "/"); who != "" {
		if x.person, err = people.Table.Get(tx, people.ID(who)); err != nil {
			return x, err
		}
	}
	m, ok, err := cohorts.MemberOf(tx, x.cohort.ID, x.person.ID)
	if err != nil {
		return x, err
	}
	name := chat.Plain(x.person.Name)
	switch {
	case !ok:
		return x, deeds.RefuseField("person", "%s is not in %s. /graduation group shows who is.", name, chat.Plain(x.cohort.Name))
	case m.Facilitator:
		return x, deeds.RefuseField("person", "%s facilitates this group; only its %s graduate.", name, chat.Plain(x.cohort.Programme.Members.Many))
	}
	x.standings, err = Of(tx, x.cohort, x.person.ID)
	return x, err
}

func confirmDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "graduation confirm", Summary: "Say that somebody has graduated", Role: chat.Facilitator, Fields: []chat.Field{person}},
		Ask:     askWho("Confirm a graduation", "Nobody is told before you have seen how they stand and confirmed."),
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			x, err := meant(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if _, already, err := graduationOf(tx, x.cohort.ID, x.person.ID); err != nil {
				return chat.Outcome{}, err
			} else if already {
				return chat.Say(
					chat.Plain(x.person.Name)+" has graduated already."+waived(x.standings),
					chat.Button{Label: "That was a mistake", Command: "graduation undo", Record: x.record()},
				), nil
			}
			word, others := open(x.standings)
			if len(others) > 0 {
				return chat.Outcome{}, notYet(x, others)
			}
			if !c.Sure {
				out := deeds.ConfirmAbout(x.record(), confirmText(x, word), "Confirm it")
				out.Reply.Buttons = append(out.Reply.Buttons, unwaiveButtons(x)...)
				return out, nil
			}
			g := Graduation{Cohort: x.cohort.ID, Person: x.person.ID, By: c.Person.ID, At: c.Now}
			if err := Graduations.Put(tx, x.record(), g); err != nil {
				return chat.Outcome{}, err
			}
			err = outbox.Say(tx, outbox.Item{
				Key: graduatedKind + "/" + c.ID, Kind: graduatedKind, Record: x.record(), Cohort: string(x.cohort.ID),
				Person: string(x.person.ID), Place: x.person.Direct(x.cohort.Place.Workspace),
			}, c.Now)
			return chat.Say(
				chat.Plain(x.person.Name)+" has graduated, and I am telling them in private. The group learns of it from them, if they like.",
				chat.Button{Label: "That was a mistake", Command: "graduation undo", Record: x.record()},
			), err
		},
	}
}

func undoDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "graduation undo", Summary: "Take a confirmed graduation back", Role: chat.Facilitator, Fields: []chat.Field{person}, Hidden: true},
		Ask:     askWho("Take a graduation back", "You see what happens before it does."),
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			x, err := meant(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			name := chat.Plain(x.person.Name)
			if _, there, err := graduationOf(tx, x.cohort.ID, x.person.ID); err != nil {
				return chat.Outcome{}, err
			} else if !there {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "Nobody has confirmed that %s graduated, so there is nothing to take back.", name)
			}
			if !c.Sure {
				return deeds.ConfirmAbout(x.record(), "This takes back that **"+name+"** has graduated. What I wrote to them about it goes away; if they have read it, you may want to talk to them.", "Take it back"), nil
			}
			if err := Graduations.Delete(tx, x.record()); err != nil {
				return chat.Outcome{}, err
			}
			for _, kind := range []string{graduatedKind, toldKind} {
				if err := outbox.Touch(tx, kind, x.record()); err != nil {
					return chat.Outcome{}, err
				}
			}
			return chat.Say("Taken back. " + name + " stands where they stood before."), nil
		},
	}
}

func waiveDeed() deeds.Deed {
	requirement := chat.Field{Name: "requirement", Label: "Which requirement", Kind: chat.Choice, Required: true}
	why := chat.Field{Name: "why", Label: "Why", Kind: chat.LongText, Required: true, Max: 500, Example: "She ran two experiments before she joined us"}
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "graduation waive", Summary: "Let somebody graduate without one requirement", Role: chat.Facilitator, Fields: []chat.Field{person}},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			f, err := askWho("Waive a requirement", "You are asked for a reason next.")(tx, c)
			if f != nil || err != nil {
				return f, err
			}
			x, err := meant(tx, c)
			if err != nil {
				return nil, err
			}
			_, others := open(x.standings)
			if len(others) == 0 {
				return nil, deeds.Refuse(deeds.Conflict, "%s has done all that can be waived. /graduation confirm says that they have graduated.", chat.Plain(x.person.Name))
			}
			choice, reason := requirement, why
			for _, s := range others {
				choice.Options = append(choice.Options, chat.Option{Value: s.ID, Label: chat.Short(s.Text, 75)})
			}
			form := &chat.Form{
				Title: "Waive a requirement", Record: x.record(), Fields: []chat.Field{choice, reason}, Submit: "Waive it",
				Intro: chat.Plain(x.person.Name) + " can then graduate without it.",
				Note:  "The reason is kept. " + chat.Plain(x.person.Name) + " and the facilitators can read it.",
			}
			if len(others) == 1 {
				form.Filled = chat.Answers{"requirement": chat.Given(others[0].ID)}
			}
			return form, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			x, err := meant(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			id := c.Given.Text("requirement")
			for _, s := range x.standings {
				if s.ID != id || s.Met() {
					continue
				}
				w := Waiver{Cohort: x.cohort.ID, Person: x.person.ID, Requirement: id, By: c.Person.ID, At: c.Now, Why: c.Given.Text("why")}
				if before := s.Waiver; !before.At.IsZero() {
					w.Before = append(before.Before, before)
					w.Before[len(w.Before)-1].Before = nil
				}
				return chat.Say(
					fmt.Sprintf("Waived for %s: “%s” The reason is kept beside it.", chat.Plain(x.person.Name), chat.Plain(s.Text)),
					chat.Button{Label: "How they stand", Command: "graduation confirm", Record: x.record(), Main: true},
					unwaiveButton(x.record(), id),
				), Waivers.Put(tx, waiverID(w.Cohort, w.Person, id), w)
			}
			return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "That is no longer open for %s, so there is nothing to waive.", chat.Plain(x.person.Name))
		},
	}
}

const unwaivePath = "graduation unwaive"

// unwaiveButton takes back that a requirement was waived for somebody.
func unwaiveButton(record, requirement string) chat.Button {
	return chat.Button{Label: "Take the waiver back", Command: unwaivePath, Record: record, Choice: requirement}
}

// unwaiveDeed takes a waiver back. That there was one stays written beside the
// requirement, with who took it back and when.
func unwaiveDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: unwaivePath, Summary: "Take back that a requirement was waived", Role: chat.Facilitator, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			x, err := meant(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			name := chat.Plain(x.person.Name)
			if _, graduated, err := graduationOf(tx, x.cohort.ID, x.person.ID); err != nil {
				return chat.Outcome{}, err
			} else if graduated {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "%s has graduated with it. Take the graduation back first, with “That was a mistake” under /graduation confirm.", name)
			}
			for _, s := range x.standings {
				if s.ID != c.Choice || !s.Waived() {
					continue
				}
				if !c.Sure {
					return deeds.ConfirmAbout(x.record(), "For **"+name+"** this is needed again: “"+chat.Plain(s.Text)+"” That it was waived, why, and that you took it back stays written beside it. They are not told by me; /graduation show shows it to them.", "Take it back"), nil
				}
				s.Waiver.Back, s.Waiver.BackBy = c.Now, c.Person.ID
				return chat.Say("Taken back. "+name+" stands where they stood before.",
					chat.Button{Label: "How they stand", Command: "graduation confirm", Record: x.record(), Main: true},
				), Waivers.Put(tx, waiverID(x.cohort.ID, x.person.ID, s.ID), s.Waiver)
			}
			return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "That is not waived for %s any more. /graduation group shows how everybody stands.", name)
		},
	}
}

// tellDeed is how a graduate lets the group know, or takes it back, which they can
// when they have left the group, too.
func tellDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "graduation tell", Summary: "Tell the group that you have graduated", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			x, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			g, ok, err := graduationOf(tx, x.ID, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !ok {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "Nobody has confirmed yet that you have graduated. /graduation show says what is open.")
			}
			record := cohorts.MemberID(x.ID, c.Person.ID)
			back := chat.Button{Label: "Take it back", Command: "graduation tell", Record: string(x.ID), Choice: "no"}
			tell := c.Choice != "no"
			switch {
			case tell && g.Told:
				return chat.Say("I have told "+chat.InChannel(x.Place)+" already.", back), nil
			case !tell && !g.Told:
				return chat.Say("The group has not been told."), nil
			}
			g.Told = tell
			if err := Graduations.Put(tx, record, g); err != nil {
				return chat.Outcome{}, err
			}
			if err := outbox.Touch(tx, graduatedKind, record); err != nil {
				return chat.Outcome{}, err
			}
			if !g.Told {
				return chat.Say("Taken back; my message about it goes away."), outbox.Touch(tx, toldKind, record)
			}
			err = outbox.Say(tx, outbox.Item{
				Key: toldKind + "/" + c.ID, Kind: toldKind, Record: record, Cohort: string(x.ID), Place: x.Place,
			}, c.Now)
			return chat.Say("I am telling "+chat.InChannel(x.Place)+".", back), err
		},
	}
}
