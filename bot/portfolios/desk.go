package portfolios

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

const deskPath = "portfolio desk"

// looksAfter tells whether somebody looks after a portfolio: a facilitator of its
// group, or where it has none, any facilitator; administrators always. Nobody looks
// after their own.
func looksAfter(tx store.Tx, c deeds.Call, p Portfolio) (bool, error) {
	if p.Owner == c.Person.ID || c.Role < chat.Facilitator {
		return false, nil
	}
	if p.Cohort == "" {
		return true, nil
	}
	x, err := cohorts.Get(tx, p.Cohort)
	if errors.Is(err, store.ErrNotFound) || err == nil && x.State == cohorts.Deleted {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	role, err := cohorts.RoleIn(tx, x, c.Person)
	return role >= chat.Facilitator, err
}

// ofField holds the portfolio that was chosen for what had been typed already.
const ofField = "of"

// whose asks whose portfolio a call is about where it says what is to be done and not
// for whom: what was typed stands, and is not typed again. Nil where nothing of the
// kind was typed, or where it is clear.
func (f feature) whose(tx store.Tx, c deeds.Call, typed ...string) (*chat.Form, error) {
	if c.Record != "" || c.Given.Has(ofField) || !slices.ContainsFunc(typed, c.Given.Has) {
		return nil, nil
	}
	all, err := afterAll(tx, c)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	field := chat.Field{Name: ofField, Label: "The portfolio of", Kind: chat.Choice, Required: true}
	for _, p := range all {
		name, err := ownerName(tx, p.ID)
		if err != nil {
			return nil, err
		}
		field.Options = append(field.Options, chat.Option{Value: string(p.ID), Label: chat.Short(name+": "+p.Asks.Title, 75)})
	}
	return &chat.Form{
		Title: "Whose portfolio is meant?", Fields: []chat.Field{field}, Submit: "Go on",
		Note: "Only you see this. What you typed stays as it is.",
	}, nil
}

// managed gives the portfolio that a facilitator's call is about.
func (f feature) managed(tx store.Tx, c deeds.Call, path string) (Portfolio, error) {
	if c.Record == "" {
		c.Record = c.Given.Text(ofField)
	}
	if c.Record == "" {
		all, err := afterAll(tx, c)
		if err != nil {
			return Portfolio{}, err
		}
		if len(all) == 0 {
			return Portfolio{}, deeds.Refuse(deeds.NotFound, "There is no portfolio that you look after yet. People start theirs with /portfolio start.")
		}
		e := deeds.Refuse(deeds.Conflict, "Whose portfolio is this about?")
		for _, p := range all[:min(len(all), chat.MaxButtons)] {
			name, err := ownerName(tx, p.ID)
			if err != nil {
				return p, err
			}
			e.Buttons = append(e.Buttons, chat.Button{Label: chat.Short(name+": "+p.Asks.Title, 70), Command: path, Record: string(p.ID)})
		}
		return Portfolio{}, e
	}
	p, ok, err := Get(tx, ID(c.Record))
	if err != nil {
		return p, err
	}
	if ok && p.Owner == c.Person.ID {
		return p, deeds.Refuse(deeds.Forbidden, "This is your own portfolio, so somebody else has to do that. Ask another facilitator or an administrator.")
	}
	if ok {
		ok, err = looksAfter(tx, c, p)
	}
	if err == nil && !ok {
		err = deeds.Refuse(deeds.NotFound, "There is no such portfolio that you look after. /portfolio desk shows those that you do.")
	}
	return p, err
}

// afterAll gives the portfolios that somebody looks after: those that were
// submitted, or of which something was asked, first.
func afterAll(tx store.Tx, c deeds.Call) ([]Portfolio, error) {
	var found []Portfolio
	for row, err := range Table.All(tx) {
		if err != nil {
			return nil, err
		}
		ok, err := looksAfter(tx, c, row.Value)
		if err != nil {
			return nil, err
		}
		if ok {
			found = append(found, row.Value)
		}
	}
	slices.SortStableFunc(found, func(a, b Portfolio) int { return order(a.Latest != "", b.Latest != "") })
	return found, nil
}

// deskDeed shows facilitators what waits for them, and nothing of what is written.
func (f feature) deskDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: deskPath, Summary: "Who has submitted, fees, scholarships and assessors", Role: chat.Facilitator},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			all, err := afterAll(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{Text: "**Portfolios that you look after**", Note: "You see how far they have come, and nothing of what is in them."}
			var quiet int
			var pools []string
			for _, p := range all {
				if n, most, err := left(tx, f.Library, p); err != nil {
					return chat.Outcome{}, err
				} else if line := fmt.Sprintf("**Scholarships** for %s: %d of %d left.", chat.Plain(p.Asks.Title), n, most); most > 0 && !slices.Contains(pools, line) {
					pools = append(pools, line)
				}
				line, buttons, err := f.deskLine(tx, p, c)
				if err != nil {
					return chat.Outcome{}, err
				}
				if line == "" {
					quiet++
					continue
				}
				m.Text += "\n\n" + line
				m.Buttons = append(m.Buttons, buttons...)
			}
			if quiet > 0 {
				m.Text += fmt.Sprintf("\n\n%s being put together, with nothing for you to do.", plural(quiet, "portfolio is", "portfolios are"))
			}
			if len(all) == 0 {
				m.Text += "\n\nThere are none yet. People start theirs with /portfolio start."
			}
			m.Text += "\n\n" + strings.Join(pools, "\n\n")
			m.Text = strings.TrimSpace(m.Text)
			m.Buttons = m.Buttons[:min(len(m.Buttons), chat.MaxButtons)]
			return chat.Answering(m), nil
		},
	}
}

// deskLine says how a portfolio stands, where there is something for a facilitator
// to know.
func (f feature) deskLine(tx store.Tx, p Portfolio, c deeds.Call) (string, []chat.Button, error) {
	s, asked, err := ScholarshipOf(tx, p.ID)
	if err != nil || p.Latest == "" && (!asked || s.State != Asked) {
		return "", nil, err
	}
	owner, err := people.Table.Get(tx, p.Owner)
	if err != nil {
		return "", nil, err
	}
	name := chat.Plain(owner.Name)
	line := "**" + name + "**, " + chat.Plain(p.Asks.Title) + ": "
	var buttons []chat.Button
	add := func(label, path string) {
		buttons = append(buttons, chat.Button{Label: chat.Short(label+" "+owner.Name, 70), Command: path, Record: string(p.ID)})
	}
	if p.Latest == "" {
		line += "not submitted yet."
	} else {
		way, err := f.wayLine(tx, p, c)
		if err != nil {
			return "", nil, err
		}
		line += strings.ToLower(way[:3]) + way[3:]
	}
	if p.Asks.Fee.Amount > 0 && p.Fee.State != NotDue {
		line += fmt.Sprintf(" The fee is **%s**.", p.Fee.State)
	}
	if asked && s.State == Asked {
		line += " Asks for a scholarship."
		add("Answer the request of", "portfolio award")
	}
	if _, there, err := AssessorOf(tx, p.ID); err != nil {
		return "", nil, err
	} else if p.Latest != "" && !there && p.Met.IsZero() {
		add("Appoint an assessor for", "portfolio assessor")
	}
	if p.Fee.State == Due {
		add("Write down the fee of", "portfolio fee")
	}
	return line, buttons, nil
}

func (f feature) feeDeed() deeds.Deed {
	fields := []chat.Field{
		{Name: "state", Label: "How the fee stands", Kind: chat.Choice, Required: true, Options: []chat.Option{
			{Value: string(Paid), Label: "Paid"}, {Value: string(Waived), Label: "Waived"}, {Value: string(Due), Label: "Due, after all"},
		}},
		{Name: "note", Label: "A note for the record", Kind: chat.Text, Max: 200, Example: "receipt 4711"},
	}
	return deeds.Deed{
		Command: chat.Command{Path: "portfolio fee", Summary: "Write down that a fee is paid or waived", Role: chat.Facilitator, Fields: fields},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if form, err := f.whose(tx, c, "state"); form != nil || err != nil {
				return form, err
			}
			p, err := f.managed(tx, c, "portfolio fee")
			if err != nil || c.Given.Has("state") {
				return nil, err
			}
			return &chat.Form{Title: "The fee", Fields: fields, Submit: "Write it down", Record: string(p.ID), Note: "They are told how it stands. The note is for facilitators."}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p, err := f.managed(tx, c, "portfolio fee")
			if err != nil {
				return chat.Outcome{}, err
			}
			if p.Fee.State == NotDue {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "No fee is due for this portfolio: there is none, or it is not submitted yet.")
			}
			if err := p.pay(tx, Fee{State: FeeState(c.Given.Text("state")), By: c.Person.ID, At: c.Now, Note: c.Given.Text("note")}, c.Person.Name); err != nil {
				return chat.Outcome{}, err
			}
			name, err := ownerName(tx, p.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say(fmt.Sprintf("Written down: the fee of %s is **%s**. They are told in private.", chat.Plain(name), p.Fee.State),
				chat.Button{Label: "What is waiting", Command: deskPath}), f.sayFee(tx, c, p)
		},
	}
}

// scholarshipDeed asks for a scholarship.
func (f feature) scholarshipDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "portfolio scholarship", Summary: "Ask in private for a scholarship that covers the fee", Role: chat.Anyone},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			p, err := f.mayAsk(tx, c)
			if err != nil {
				return nil, err
			}
			return &chat.Form{
				Title: "Ask for a scholarship", Submit: "Ask", Record: string(p.ID),
				Fields: []chat.Field{{Name: "why", Label: "Anything they should know", Kind: chat.LongText, Max: 1000, Hint: "You need not explain"}},
				Note:   "Only those who look after your portfolio see that you ask. Your group and your assessor don't.",
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p, err := f.mayAsk(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			s := Scholarship{Portfolio: p.ID, Programme: p.Programme, Person: p.Owner, Why: c.Given.Text("why"), Asked: c.Now, State: Asked}
			if err := Scholarships.Put(tx, p.ID, s); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Asked. You hear from me in private when somebody has answered.", chat.Button{Label: "See all parts", Command: openPath, Record: string(p.ID)}), f.sayScholarship(tx, c, p)
		},
	}
}

func (f feature) mayAsk(tx store.Tx, c deeds.Call) (Portfolio, error) {
	c.Path = "portfolio scholarship"
	p, err := f.own(tx, c)
	if err != nil {
		return p, err
	}
	_, most, err := left(tx, f.Library, p)
	if err != nil {
		return p, err
	}
	s, asked, err := ScholarshipOf(tx, p.ID)
	switch {
	case err != nil:
		return p, err
	case most == 0 || p.Asks.Fee.Amount == 0:
		return p, deeds.Refuse(deeds.Conflict, "There are no scholarships for this programme. Talk to your facilitator: they can waive the fee.")
	case asked && s.State == Asked:
		return p, deeds.Refuse(deeds.Conflict, "You have asked already, on %s. You hear from me when somebody has answered.", day(s.Asked, c))
	case asked && s.State == Awarded:
		return p, deeds.Refuse(deeds.Conflict, "You have a scholarship for this portfolio, so there is no fee for you.")
	case p.Fee.State == Paid || p.Fee.State == Waived:
		return p, deeds.Refuse(deeds.Conflict, "The fee of this portfolio is %s, so there is nothing that a scholarship would cover.", p.Fee.State)
	}
	return p, nil
}

const (
	yes  = "yes"
	no   = "no"
	back = "back"
)

// awardDeed answers a request for a scholarship. How many are left is counted in
// the very transaction that awards one.
func (f feature) awardDeed() deeds.Deed {
	fields := []chat.Field{{Name: "answer", Label: "Your answer", Kind: chat.Choice, Required: true, Options: []chat.Option{
		{Value: yes, Label: "Award it"}, {Value: no, Label: "Not this time"}, {Value: back, Label: "Take one back that was awarded"},
	}}}
	return deeds.Deed{
		Command: chat.Command{Path: "portfolio award", Summary: "Answer a request for a scholarship", Role: chat.Facilitator, Fields: fields},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if form, err := f.whose(tx, c, "answer"); form != nil || err != nil {
				return form, err
			}
			p, err := f.managed(tx, c, "portfolio award")
			if err != nil || c.Given.Has("answer") {
				return nil, err
			}
			s, asked, err := ScholarshipOf(tx, p.ID)
			if err != nil {
				return nil, err
			}
			if !asked {
				return nil, notAsked
			}
			n, most, err := left(tx, f.Library, p)
			name, nameErr := ownerName(tx, p.ID)
			form := &chat.Form{
				Title: "A scholarship", Fields: fields, Submit: "Answer", Record: string(p.ID),
				Intro: fmt.Sprintf("**%s** asks for a scholarship. %d of %d are left.", chat.Plain(name), n, most),
				Note:  "They are told your answer in private, by the bot and without a reason. Nobody else is.",
			}
			if s.Why != "" {
				form.Intro += "\n\n" + chat.Quote(s.Why)
			}
			return form, errors.Join(err, nameErr)
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p, err := f.managed(tx, c, "portfolio award")
			if err != nil {
				return chat.Outcome{}, err
			}
			return f.award(tx, c, p, c.Given.Text("answer"))
		},
	}
}

var notAsked = deeds.Refuse(deeds.Conflict, "They have not asked for a scholarship. They can, with /portfolio scholarship; or you can waive the fee once it is due, with /portfolio fee.")

func (f feature) award(tx store.Tx, c deeds.Call, p Portfolio, answer string) (chat.Outcome, error) {
	s, asked, err := ScholarshipOf(tx, p.ID)
	if err != nil {
		return chat.Outcome{}, err
	}
	name, err := ownerName(tx, p.ID)
	if err != nil {
		return chat.Outcome{}, err
	}
	n, most, err := left(tx, f.Library, p)
	if err != nil {
		return chat.Outcome{}, err
	}
	waiting := chat.Button{Label: "What is waiting", Command: deskPath}
	what, fee := What(""), p.Fee.State
	switch {
	case !asked:
		return chat.Outcome{}, notAsked
	case answer == back && s.State != Awarded, answer == no && s.State == Awarded:
		return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "That doesn't go with how it stands: the request is %s. Take one back only where it was awarded.", s.State)
	case answer == yes && s.State == Awarded:
		return chat.Say(chat.Plain(name)+" has the scholarship already.", waiting), nil
	case answer == yes && n == 0:
		return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "All %d scholarships are awarded, so this can't be. The request stays open; you can also waive the fee once it is due, with /portfolio fee.", most)
	case answer == yes:
		s.State, what = Awarded, WasSponsored
		if fee == Due {
			fee = Waived
		}
	case answer == no:
		s.State = Declined
	case answer == back:
		if !c.Sure {
			return deeds.ConfirmAbout(string(p.ID), "This takes the scholarship of **"+chat.Plain(name)+"** back, and they are told. The fee is due again if the portfolio was submitted.", "Take it back"), nil
		}
		s.State, what = Declined, WasUnsponsored
		if fee == Waived {
			fee = Due
		}
	}
	s.By, s.At = c.Person.ID, c.Now
	if err := Scholarships.Put(tx, p.ID, s); err != nil {
		return chat.Outcome{}, err
	}
	if what != "" {
		if err := (Step{Portfolio: p.ID, At: c.Now, What: what, By: c.Person.ID, Name: c.Person.Name}).keep(tx); err != nil {
			return chat.Outcome{}, err
		}
	}
	if fee != p.Fee.State {
		if err := p.pay(tx, Fee{State: fee, By: c.Person.ID, At: c.Now}, ""); err != nil {
			return chat.Outcome{}, err
		}
	}
	if n, _, err = left(tx, f.Library, p); err != nil {
		return chat.Outcome{}, err
	}
	say := map[string]string{yes: "Awarded to " + chat.Plain(name), no: chat.Plain(name) + " gets none this time", back: "Taken back from " + chat.Plain(name)}[answer]
	return chat.Say(fmt.Sprintf("%s; they are told in private. %d of %d are left.", say, n, most), waiting), f.sayAward(tx, c, p)
}
