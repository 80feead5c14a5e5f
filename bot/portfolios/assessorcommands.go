package portfolios

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/letters"
	"cohortbot/bot/links"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

const (
	assessPath = "portfolio assess"
	judgePath  = "portfolio judge"
	morePath   = "portfolio more"
	decidePath = "portfolio decide"

	// assessorsTime is how long the link of an assessor outside is open.
	assessorsTime = 90 * 24 * time.Hour
)

// assessorDeed appoints the assessor of a portfolio.
func (f feature) assessorDeed() deeds.Deed {
	fields := []chat.Field{
		{Name: "person", Label: "Somebody here", Kind: chat.Person, Example: "@mere"},
		{Name: "outside", Label: "Or the name of somebody outside", Kind: chat.Text, Max: 80, Hint: "They get a link from you, and need no account", Example: "Mere Te Ao"},
	}
	return deeds.Deed{
		Command: chat.Command{Path: "portfolio assessor", Summary: "Appoint who assesses a portfolio", Role: chat.Facilitator, Fields: fields},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if form, err := f.whose(tx, c, "person", "outside"); form != nil || err != nil {
				return form, err
			}
			p, err := f.managed(tx, c, "portfolio assessor")
			if err != nil || c.Given.Has("person") || c.Given.Has("outside") {
				return nil, err
			}
			return &chat.Form{
				Title: "Appoint an assessor", Fields: fields, Submit: "Appoint", Record: string(p.ID),
				Note: "They say first whether they have a conflict of interest. Then they read the copy that was submitted, and nothing else.",
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p, err := f.managed(tx, c, "portfolio assessor")
			if err != nil {
				return chat.Outcome{}, err
			}
			who, outside := c.Given["person"].Person, c.Given.Text("outside")
			if (who.ID == "") == (outside == "") {
				return chat.Outcome{}, deeds.RefuseField("person", "Name one person: somebody here, or somebody outside.")
			}
			name := outside
			if who.ID != "" {
				name = who.Name
				if err := mayAssess(tx, p, who); err != nil {
					return chat.Outcome{}, err
				}
			} else if f.Pages == "" {
				return chat.Outcome{}, deeds.RefuseField("outside", "This bot has no pages that somebody outside could open. Appoint somebody here, or ask whoever looks after me to set up pages.")
			}
			before, there, err := AssessorOf(tx, p.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			if there && who.ID != "" && before.Person == who.ID {
				return chat.Say(chat.Plain(name) + " is its assessor already."), nil
			}
			owner, err := people.Table.Get(tx, p.Owner)
			if err != nil {
				return chat.Outcome{}, err
			}
			if there && !c.Sure {
				return deeds.ConfirmAbout(string(p.ID), fmt.Sprintf("**%s** assesses the portfolio of **%s** now. %s takes over; what was decided and said before is kept.", chat.Plain(before.Name), chat.Plain(owner.Name), chat.Plain(name)), "Appoint instead"), nil
			}
			if there {
				if err := before.end(tx, c.Now); err != nil {
					return chat.Outcome{}, err
				}
				if err := (Step{Portfolio: p.ID, At: c.Now, What: WasReplaced, By: c.Person.ID, Name: before.Name}).keep(tx); err != nil {
					return chat.Outcome{}, err
				}
			}
			a := Appointment{ID: AppointmentID(c.ID), Portfolio: p.ID, Person: who.ID, Workspace: c.Profile.User.Workspace, Name: name, By: c.Person.ID, At: c.Now}
			var say string
			if who.ID == "" {
				l, err := links.Make(tx, assessPath, string(a.ID), c.Now.Add(assessorsTime), c.Now)
				if err != nil {
					return chat.Outcome{}, err
				}
				a.Link = l.ID
				say = fmt.Sprintf("**%s** is appointed. Send them this, in your own words if you like; I send no e-mail:\n\n> You are asked to assess the portfolio of %s. This page says what it is about, asks whether you have a conflict of interest, and then shows it to you. It is for you alone and is open until %s:\n\n`%s`",
					chat.Plain(name), chat.Plain(owner.Name), l.Expires.In(c.Zone.Location()).Format("2 January 2006"), f.Pages+l.Path())
			} else {
				say = "**" + chat.Plain(name) + "** is appointed, and I am asking them in private whether they have a conflict of interest."
				zone, err := zoneFor(tx, who, p.Owner)
				if err != nil {
					return chat.Outcome{}, err
				}
				if letters.Free(who, zone, c.Now).After(c.Now) {
					say = "**" + chat.Plain(name) + "** is appointed. They can't be disturbed just now, so I ask them whether they have a conflict of interest as soon as they can."
				}
			}
			if err := Appointments.Put(tx, a.ID, a); err != nil {
				return chat.Outcome{}, err
			}
			if err := (Step{Portfolio: p.ID, At: c.Now, What: WasAppointed, By: c.Person.ID, Name: name}).keep(tx); err != nil {
				return chat.Outcome{}, err
			}
			if p.Latest == "" {
				say += "\n\nNothing is submitted yet; there is something to read as soon as it is."
			}
			out := chat.Say(say, chat.Button{Label: "What is waiting", Command: deskPath})
			if who.ID != "" {
				return out, f.sayAppointed(tx, a, c.Now)
			}
			out.Reply.Note = "Whoever has the address can read the portfolio: give it to nobody else. Appointing somebody else ends it."
			return out, nil
		},
	}
}

// mayAssess refuses whoever cannot judge a portfolio.
func mayAssess(tx store.Tx, p Portfolio, who people.Person) error {
	if who.ID == p.Owner {
		return deeds.RefuseField("person", "Nobody assesses their own portfolio. Choose somebody else.")
	}
	wrote, err := attestedBy(tx, p, who.ID)
	if err == nil && wrote {
		err = deeds.RefuseField("person", "%s wrote an attestation that is in this portfolio, so somebody else has to assess it.", chat.Plain(who.Name))
	}
	return err
}

// assessing gives the appointment of a call, which is the person's own or the one
// that their link is for.
func assessing(tx store.Tx, c deeds.Call, path string) (Appointment, Portfolio, error) {
	var a Appointment
	gone := deeds.Refuse(deeds.NotFound, "Nothing is waiting for you to assess, or no longer. Whoever appointed you knows more.")
	if c.Record != "" {
		found, err := Appointments.Get(tx, AppointmentID(c.Record))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return a, Portfolio{}, err
		}
		yours := found.Person != "" && found.Person == c.Person.ID || onPage(c) && found.Link != "" && string(found.Link) == c.Profile.User.ID
		if err != nil || !yours || !found.Ended.IsZero() {
			return a, Portfolio{}, gone
		}
		a = found
	} else {
		var all []Appointment
		for row, err := range Appointments.By(tx, "person", string(c.Person.ID)) {
			if err != nil {
				return a, Portfolio{}, err
			}
			all = append(all, row.Value)
		}
		switch len(all) {
		case 0:
			return a, Portfolio{}, gone
		case 1:
			a = all[0]
		default:
			e := deeds.Refuse(deeds.Conflict, "You assess %d portfolios. Which one?", len(all))
			for _, x := range all[:min(len(all), chat.MaxButtons)] {
				name, err := ownerName(tx, x.Portfolio)
				if err != nil {
					return a, Portfolio{}, err
				}
				e.Buttons = append(e.Buttons, chat.Button{Label: chat.Short(name, 70), Command: path, Record: string(x.ID)})
			}
			return a, Portfolio{}, e
		}
	}
	p, ok, err := Get(tx, a.Portfolio)
	if err == nil && !ok {
		err = gone
	}
	return a, p, err
}

func ownerName(tx store.Tx, id ID) (string, error) {
	p, ok, err := Get(tx, id)
	if err != nil || !ok {
		return "A portfolio", err
	}
	owner, err := people.Table.Get(tx, p.Owner)
	return owner.Name, err
}

// copyMeant gives the snapshot and the assessment of a call, for an assessor who
// may read. One that a newer copy has taken the place of is refused.
func copyMeant(tx store.Tx, c deeds.Call, path string) (Appointment, Portfolio, Snapshot, Assessment, error) {
	a, p, err := assessing(tx, c, path)
	if err != nil {
		return a, p, Snapshot{}, Assessment{}, err
	}
	open := chat.Button{Label: "Open it", Command: assessPath, Record: string(a.ID), Main: true}
	if !a.Reads() {
		return a, p, Snapshot{}, Assessment{}, &deeds.Error{Code: deeds.Forbidden, Say: "First say whether you have a conflict of interest.", Buttons: []chat.Button{open}}
	}
	if p.Latest == "" {
		return a, p, Snapshot{}, Assessment{}, deeds.Refuse(deeds.Conflict, "Nothing is submitted yet, so there is nothing to read. I tell you when there is.")
	}
	s, err := Snapshots.Get(tx, p.Latest)
	if err != nil {
		return a, p, s, Assessment{}, err
	}
	if n := c.Choice; n != "" && path != assessPath && n != strconv.Itoa(s.Number) {
		return a, p, s, Assessment{}, &deeds.Error{Code: deeds.Conflict, Say: fmt.Sprintf("A newer copy was submitted meanwhile: copy %d. Look at it before you go on; what you said so far comes along.", s.Number), Buttons: []chat.Button{open}}
	}
	x, err := begin(tx, p, a, AssessmentID(store.NewID(c.Now)), c.Now)
	if err == nil && !x.Decided.IsZero() && path != assessPath {
		err = &deeds.Error{Code: deeds.Conflict, Say: fmt.Sprintf("You decided on copy %d already: %s. When another copy is submitted, you can judge that one.", s.Number, x.Result), Buttons: []chat.Button{open}}
	}
	return a, p, s, x, err
}

// assessDeed opens what somebody is asked to assess: first the question about
// conflicts, then the copy.
func (f feature) assessDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: assessPath, Summary: "Read and judge a portfolio that you are asked to assess", Role: chat.Guest},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			a, p, err := assessing(tx, c, assessPath)
			if err != nil || !a.Declared.IsZero() {
				return nil, err
			}
			owner, err := people.Table.Get(tx, p.Owner)
			return declareForm(a, p, owner), err
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			a, p, err := assessing(tx, c, assessPath)
			if err != nil {
				return chat.Outcome{}, err
			}
			if a.Declared.IsZero() {
				if out, err := f.declare(tx, c, &a, p); err != nil || out.Reply != nil {
					return out, err
				}
			}
			if p.Latest == "" {
				return chat.Say("Thank you. Nothing is submitted yet, so there is nothing to read. Come back here when there is."), nil
			}
			_, _, s, x, err := copyMeant(tx, c, assessPath)
			if err != nil {
				return chat.Outcome{}, err
			}
			m, err := f.readingMessage(tx, a, s, x, c)
			return chat.Answering(m), err
		},
	}
}

const (
	noConflict  = "none"
	hasConflict = "some"
)

func declareForm(a Appointment, p Portfolio, owner people.Person) *chat.Form {
	return &chat.Form{
		Title: "Before you read", Submit: "Go on", Record: string(a.ID),
		Intro: fmt.Sprintf("You are asked to assess the portfolio of **%s**: %s. Do you have a conflict of interest: are you related, do you work for one another, or does anything else keep you from judging freely?", chat.Plain(owner.Name), chat.Plain(p.Asks.Title)),
		Fields: []chat.Field{
			{Name: "conflict", Label: "A conflict of interest", Kind: chat.Choice, Required: true, Options: []chat.Option{
				{Value: noConflict, Label: "None that I know of"},
				{Value: hasConflict, Label: "There is one, or there could be"},
			}},
			{Name: "why", Label: "If there is one: in a few words", Kind: chat.Text, Max: 300},
		},
		Note: "Whoever appointed you reads this. If there is a conflict, somebody else is asked, and you see nothing of the portfolio.",
	}
}

// declare keeps what somebody says of conflicts; its reply is for those who are
// out.
func (f feature) declare(tx store.Tx, c deeds.Call, a *Appointment, p Portfolio) (chat.Outcome, error) {
	a.Declared = c.Now
	switch c.Given.Text("conflict") {
	case noConflict:
		if err := Appointments.Put(tx, a.ID, *a); err != nil {
			return chat.Outcome{}, err
		}
		return chat.Outcome{}, (Step{Portfolio: p.ID, At: c.Now, What: WasDeclared, By: c.Person.ID, Name: a.Name}).keep(tx)
	case hasConflict:
		a.Conflict = c.Given.Text("why")
		if a.Conflict == "" {
			a.Conflict = "not said"
		}
		if err := a.end(tx, c.Now); err != nil {
			return chat.Outcome{}, err
		}
		if err := (Step{Portfolio: p.ID, At: c.Now, What: WasConflicted, By: c.Person.ID, Name: a.Name}).keep(tx); err != nil {
			return chat.Outcome{}, err
		}
		if err := f.sayConflict(tx, *a, c.Now); err != nil {
			return chat.Outcome{}, err
		}
		return chat.Say("**Thank you for saying so.**\n\nSomebody else is asked. You have nothing more to do, and have seen nothing of the portfolio."), nil
	}
	return chat.Outcome{}, deeds.RefuseField("conflict", "Say whether there is a conflict of interest: none, or some.")
}

// readingMessage shows a copy to its assessor.
func (f feature) readingMessage(tx store.Tx, a Appointment, s Snapshot, x Assessment, c deeds.Call) (chat.Message, error) {
	contents, err := Read(tx, s)
	if errors.Is(err, ErrChanged) {
		return chat.Message{}, deeds.Refuse(deeds.Unavailable, "This copy is not what was submitted any more, so it can't be judged. Please tell whoever appointed you.")
	}
	if err != nil {
		return chat.Message{}, err
	}
	if onPage(c) { // nobody knows where they live: its owner's days are what both speak of
		owner, err := people.Table.Get(tx, s.Owner)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return chat.Message{}, err
		}
		c.Zone = owner.ZoneOr(c.Zone)
	}
	var b strings.Builder
	sees := "You see this copy and nothing else."
	if !x.Decided.IsZero() {
		sees = "You have decided on it, so it is closed to you now."
	}
	fmt.Fprintf(&b, "**The portfolio of %s**\n\n%s, copy %d, submitted on %s. %s\n", chat.Plain(s.Name), chat.Plain(s.Asks.Title), s.Number, day(s.At, c), sees)
	for _, x2 := range s.Criteria {
		state := "nothing said yet"
		if j := x.Judged[x2.ID]; j.Result != "" {
			state = string(j.Result)
			if j.Before {
				state += ", as you said of an earlier copy"
			}
		}
		fmt.Fprintf(&b, "\n- %s: **%s**", chat.Plain(strings.TrimSuffix(x2.name(whole), ".")), state)
	}
	m := chat.Message{Note: "What you say of a criterion is read by nobody until you decide. Then it goes to " + chat.Plain(s.Name) + " alone."}
	number, record := strconv.Itoa(s.Number), string(a.ID)
	switch {
	case !x.Decided.IsZero():
		fmt.Fprintf(&b, "\n\nYou decided: **%s**, on %s.", x.Result, day(x.Decided, c))
		m.Note = "Nothing more is asked of you."
	case len(unjudged(s, x)) > 0:
		m.Buttons = []chat.Button{
			{Label: "Judge a criterion", Command: judgePath, Record: record, Choice: number, Main: true},
			{Label: "Ask for more", Command: morePath, Record: record, Choice: number},
		}
	default:
		m.Buttons = []chat.Button{
			{Label: "Decide", Command: decidePath, Record: record, Choice: number, Main: true},
			{Label: "Change what I said", Command: judgePath, Record: record, Choice: number},
			{Label: "Ask for more", Command: morePath, Record: record, Choice: number},
		}
	}
	if s.hasFiles() && !onPage(c) && f.Pages != "" && x.Decided.IsZero() { // without pages the zip is the way to them
		m.Buttons = append(m.Buttons, chat.Button{Label: "Open the files", Command: filesPath, Record: record, Choice: number})
	}
	m.Text = b.String()
	if !x.Decided.IsZero() {
		return m, nil
	}
	m.Buttons = append(m.Buttons, chat.Button{Label: "All of it as a zip", Command: takePath, Record: record})
	m.Document = &chat.Document{Name: "portfolio", Title: s.Asks.Title + ": " + s.Name, Text: fit(f.page(s, contents, c))}
	return m, nil
}

// judgeDeed says of one criterion whether it is met.
func (f feature) judgeDeed() deeds.Deed {
	return deeds.Deed{
		Via:     assessPath,
		Command: chat.Command{Path: judgePath, Summary: "Say of one criterion whether it is met", Role: chat.Guest},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			a, _, s, x, err := copyMeant(tx, c, judgePath)
			if err != nil {
				return nil, err
			}
			return judgeForm(a, s, x), nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			a, _, s, x, err := copyMeant(tx, c, judgePath)
			if err != nil {
				return chat.Outcome{}, err
			}
			i := slices.IndexFunc(s.Criteria, func(y Criterion) bool { return y.ID == c.Given.Text("criterion") })
			if i < 0 {
				return chat.Outcome{}, deeds.RefuseField("criterion", "Choose one of the criteria.")
			}
			j := Judgement{Result: Result(c.Given.Text("result")), Feedback: c.Given.Text("feedback"), At: c.Now}
			if j.Result == NotYet && j.Feedback == "" {
				return chat.Outcome{}, deeds.RefuseField("feedback", "A “not yet” needs a few words: what is missing, and what would show it?")
			}
			if x.Judged == nil {
				x.Judged = map[string]Judgement{}
			}
			x.Judged[s.Criteria[i].ID] = j
			if err := Assessments.Put(tx, x.ID, x); err != nil {
				return chat.Outcome{}, err
			}
			number, record := strconv.Itoa(s.Number), string(a.ID)
			left := len(unjudged(s, x))
			buttons := []chat.Button{{Label: "The next criterion", Command: judgePath, Record: record, Choice: number, Main: true}}
			say := fmt.Sprintf("**Kept: %s**\n\n%s\n\n%s to go.", j.Result, chat.Plain(s.Criteria[i].name(200)), plural(left, "criterion", "criteria"))
			if left == 0 {
				buttons = []chat.Button{{Label: "Decide", Command: decidePath, Record: record, Choice: number, Main: true}}
				say = fmt.Sprintf("**Kept: %s**\n\n%s\n\nYou have said something of every criterion.", j.Result, chat.Plain(s.Criteria[i].name(200)))
			}
			return chat.Say(say, append(buttons, chat.Button{Label: "Back to the portfolio", Command: assessPath, Record: record})...), nil
		},
	}
}

func judgeForm(a Appointment, s Snapshot, x Assessment) *chat.Form {
	open := unjudged(s, x)
	said := slices.DeleteFunc(slices.Clone(s.Criteria), func(y Criterion) bool { return x.Judged[y.ID].Result == "" })
	criterion := chat.Field{Name: "criterion", Label: "Criterion", Kind: chat.Choice, Required: true}
	for _, y := range append(open, said...) { // those that are open first: the next one is chosen already
		if len(criterion.Options) < 25 {
			criterion.Options = append(criterion.Options, chat.OptionOf(y.ID, y.name(whole)))
		}
	}
	form := &chat.Form{
		Title: "Judge a criterion", Submit: "Keep it", Record: string(a.ID),
		Fields: []chat.Field{
			criterion,
			{Name: "result", Label: "What the portfolio shows", Kind: chat.Choice, Required: true, Options: []chat.Option{
				{Value: string(Met), Label: "Met"}, {Value: string(NotYet), Label: "Not yet"},
			}},
			{Name: "feedback", Label: "Feedback", Kind: chat.LongText, Hint: "What you saw; for a “not yet”, what would show it"},
		},
		Note: "Read by nobody until you decide; then by " + chat.Plain(s.Name) + " alone.",
	}
	if len(open) > 0 {
		form.Filled = chat.Answers{"criterion": chat.Given(open[0].ID)}
		form.Intro = chat.Plain(open[0].name(400))
	}
	return form
}

// moreDeed asks the owner for more before anything is decided.
func (f feature) moreDeed() deeds.Deed {
	return deeds.Deed{
		Via:     assessPath,
		Command: chat.Command{Path: morePath, Summary: "Ask for more before you decide", Role: chat.Guest, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			a, _, s, _, err := copyMeant(tx, c, morePath)
			if err != nil {
				return nil, err
			}
			return &chat.Form{
				Title: "Ask for more", Submit: "Ask", Record: string(a.ID),
				Fields: []chat.Field{{Name: "text", Label: "What would help you decide", Kind: chat.LongText, Required: true, Max: 2000}},
				Note:   chat.Plain(s.Name) + " reads this, and can submit another copy.",
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			a, p, s, x, err := copyMeant(tx, c, morePath)
			if err != nil {
				return chat.Outcome{}, err
			}
			x.Asked = append(x.Asked, Question{Text: c.Given.Text("text"), At: c.Now})
			if err := Assessments.Put(tx, x.ID, x); err != nil {
				return chat.Outcome{}, err
			}
			if err := (Step{Portfolio: p.ID, At: c.Now, What: WasAskedMore, By: c.Person.ID, Name: a.Name, Snapshot: s.ID, Number: s.Number}).keep(tx); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("**Asked.**\n\n"+chat.Plain(s.Name)+" is told in private. When there is another copy, it is here, and what you said so far comes along.",
				chat.Button{Label: "Back to the portfolio", Command: assessPath, Record: string(a.ID), Main: true}), f.sayMore(tx, p, x, c.Now)
		},
	}
}
