package attestations

import (
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/links"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// questions are what somebody is asked about each of the three, by what they were
// to the learner: in a few words at the field, since there the learner has no name.
var questions = map[programmes.Role][3]string{
	programmes.Participant: {
		"One moment that you remember: what did they do?",
		"What made it easier for you, or for others, to take part?",
		"What would have helped you more, or what could they try another time?",
	},
	programmes.Peer: {
		"What have you seen them do with a group?",
		"What do they do that helps people work together, or that you took over yourself?",
		"What would you like to see them try, or do more of?",
	},
	programmes.Mentor: {
		"What have you seen of their work, or heard from them about it over time?",
		"What do they do well for the people whom they work with?",
		"Where have they grown, and what comes next?",
	},
	programmes.Supervisor: {
		"What have you seen of how they plan, facilitate and follow up?",
		"What does their way of working make possible?",
		"What would you like them to work on next?",
	},
	programmes.Manager: {
		"What have you seen of their work with people in the community?",
		"What does their way of working make possible?",
		"What would you like them to work on next?",
	},
}

const (
	yes, no = "yes", "no"
)

// giveFields are the questions about a request. named asks for the writer's name;
// late leaves those about consent alone.
func giveFields(r Request, learner string, criteria []frameworks.Item, named, late bool) []chat.Field {
	consent := []chat.Field{
		{Name: "show", Label: "May it be shown to others?", Kind: chat.Choice, Required: true, Hint: "Such as an employer. Copies already given out can't be called back.", Options: []chat.Option{
			{Value: yes, Label: short("Yes, "+learner+" may show it, with my name", 75)}, {Value: no, Label: short("No, only "+learner+" and an assessor read it", 75)},
		}},
		{Name: "badge", Label: "May it stand on a badge?", Kind: chat.Choice, Required: true, Hint: "A badge is a certificate that anybody can check, with your name and words.", Options: []chat.Option{
			{Value: yes, Label: "Yes, if they are given one"}, {Value: no, Label: "No"},
		}},
	}
	if late {
		return consent
	}
	q, ok := questions[r.Role]
	if !ok {
		q = questions[programmes.Participant]
	}
	var all []chat.Field
	if named {
		all = append(all, chat.Field{Name: "name", Label: "Your name", Kind: chat.Text, Required: true, Max: 80})
	}
	all = append(
		all,
		chat.Field{Name: "saw", Label: "What did you see?", Kind: chat.LongText, Required: true, Max: maxWords, Hint: q[0]},
		chat.Field{Name: "helped", Label: "What helped?", Kind: chat.LongText, Max: maxWords, Hint: q[1]},
		chat.Field{Name: "grow", Label: "What could grow?", Kind: chat.LongText, Max: maxWords, Hint: q[2]},
		chat.Field{Name: "relation", Label: "How do you know each other?", Kind: chat.Text, Required: true, Max: 200, Example: "we run the same garden"},
		chat.Field{Name: "since", Label: "Since when?", Kind: chat.Text, Max: 80, Example: "2019"},
	)
	if len(criteria) > 0 {
		ticks := chat.Field{Name: "criteria", Label: "Did you see any of these?", Kind: chat.Choices, Hint: "Only what you saw yourself. None is fine."}
		for _, item := range criteria[:min(len(criteria), 25)] {
			ticks.Options = append(ticks.Options, chat.OptionOf(item.ID, item.Text))
		}
		all = append(all, ticks)
	}
	// Those that only make sense together stand last: on a platform that goes page by
	// page, what is wrong with them can be put right where it is said.
	all = append(all, consent...)
	return append(
		all,
		chat.Field{Name: "conflict", Label: "Anything that ties you to each other?", Kind: chat.Choice, Required: true, Hint: "Such as family, money, or one working for the other. It rules nothing out; it is stated.", Options: []chat.Option{
			{Value: no, Label: "Nothing that I know of"}, {Value: yes, Label: "Yes, I say what it is"},
		}},
		chat.Field{Name: "ties", Label: "What it is, if there is something", Kind: chat.Text, Max: 300},
	)
}

// fill gives what stands in the form: what was given before, or nothing yet.
func fill(c Content) chat.Answers {
	if c.At.IsZero() {
		return nil
	}
	choice := func(b bool) chat.Answer {
		if b {
			return chat.Given(yes)
		}
		return chat.Given(no)
	}
	return chat.Answers{
		"name": chat.Given(c.Writer), "saw": chat.Given(c.Saw), "helped": chat.Given(c.Helped), "grow": chat.Given(c.Grow),
		"relation": chat.Given(c.Relation), "since": chat.Given(c.Since), "criteria": {Values: c.Criteria},
		"conflict": choice(c.Conflict != ""), "ties": chat.Given(c.Conflict), "show": choice(c.Show), "badge": choice(c.Endorse),
	}
}

// read gives the content that somebody handed in, on top of what stood there.
func read(c deeds.Call, before Content, late bool) (Content, error) {
	now := before
	now.Show, now.Endorse = c.Given.Text("show") == yes, c.Given.Text("badge") == yes
	now.At, now.Salt = c.Now.UTC(), salt()
	if late {
		return now, nil
	}
	text := func(name string) string { return strings.TrimSpace(c.Given.Text(name)) }
	now.Saw, now.Helped, now.Grow = text("saw"), text("helped"), text("grow")
	now.Relation, now.Since, now.Conflict = oneLine(text("relation")), oneLine(text("since")), oneLine(text("ties"))
	now.Criteria = c.Given["criteria"].Choices
	switch {
	case c.Given.Text("conflict") == yes && now.Conflict == "":
		return now, deeds.RefuseField("ties", "You said that something ties you to each other. What is it? A word or two will do.")
	case c.Given.Text("conflict") == no && now.Conflict != "":
		return now, deeds.RefuseField("ties", "You name something here, and say that nothing ties you to each other. Choose “Yes” there, or empty this line.")
	}
	return now, nil
}

// give keeps what somebody said, for the first time or corrected, and tells the
// learner.
func (f feature) give(tx store.Tx, r Request, a Attestation, what What, now time.Time) error {
	kind, about := givenKind, ""
	if what == WasCorrected {
		kind, about = correctedKind, now.UTC().Format(time.RFC3339)
	}
	if err := f.chain(tx, a, what, now); err != nil {
		return err
	}
	if what == WasCorrected {
		if err := f.Changed(tx, a, now); err != nil {
			return err
		}
	}
	if what == WasGiven {
		r.State, r.Ended = Given, now
		if err := r.keep(tx); err != nil {
			return err
		}
		if err := r.rest(tx); err != nil {
			return err
		}
		if r.Link != "" { // it is where the writer corrects it, and takes it back
			if err := links.Extend(tx, r.Link, now.Add(withdrawFor), now); err != nil {
				return err
			}
		}
	}
	return r.tell(tx, kind, about, now)
}

// withdraw erases what somebody gave, and opens the slot again.
func (f feature) withdraw(tx store.Tx, r Request, a Attestation, now time.Time) error {
	empty := Attestation{ID: a.ID, Learner: a.Learner, Given: a.Given, Withdrawn: now.UTC()}
	if err := f.chain(tx, empty, WasWithdrawn, now); err != nil {
		return err
	}
	if err := f.Changed(tx, empty, now); err != nil {
		return err
	}
	r.State, r.Ended, r.Lines = Withdrawn, now, nil
	if err := r.keep(tx); err != nil {
		return err
	}
	if err := r.rest(tx); err != nil {
		return err
	}
	return r.tell(tx, withdrawnKind, now.UTC().Format(time.RFC3339), now)
}

// correctable tells whether all of it can still be changed, and not only who may
// see it.
func correctable(a Attestation, now time.Time) bool { return now.Before(a.Given.Add(correctFor)) }

// criteria gives what can be ticked for a request.
func (f feature) criteria(tx store.Tx, r Request) (frameworks.Framework, error) {
	own, err := f.Portfolios(tx, r.Learner)
	if err != nil {
		return frameworks.Framework{}, err
	}
	for _, p := range own {
		if p.ID == r.Portfolio {
			return p.Framework, nil
		}
	}
	return frameworks.Framework{}, nil
}

// day says the date of an instant, without the year where it is this one.
func day(t time.Time, z schedules.Zone, now time.Time) string {
	d := schedules.DateOf(t.In(z.Location()))
	words := d.Long()
	if d.Year == schedules.DateOf(now.In(z.Location())).Year {
		words = strings.TrimSuffix(words, words[strings.LastIndex(words, " "):])
	}
	return words
}
