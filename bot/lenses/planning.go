package lenses

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// StepID names a step for ever.
type StepID string

// Step is one thing by which a statement is put into practice: what, by whom and by
// when.
type Step struct {
	ID            StepID         `json:"id"`
	Collaboration ID             `json:"collaboration"`
	Cohort        cohorts.ID     `json:"cohort"`
	Number        int            `json:"number"` // by which people name it; never given twice
	Statement     string         `json:"statement"`
	What          string         `json:"what"`
	Due           schedules.Date `json:"due"`
	Owner         people.ID      `json:"owner,omitempty"` // empty: nobody yet
	Asked         bool           `json:"asked,omitempty"` // somebody else named the owner, who has not said yes yet
	By            people.ID      `json:"by"`
	At            time.Time      `json:"at"`
	State         StepState      `json:"state"`
	Ended         time.Time      `json:"ended,omitzero"`
	Changes       int            `json:"changes,omitempty"` // of what or when
}

// StepState is how far a step has come.
type StepState string

// The states of a step.
const (
	ToDo  StepState = "to do"
	Done  StepState = "done"
	LetGo StepState = "let go"
)

// Steps keeps all steps.
var Steps = store.NewTable[StepID, Step]("lenssteps", 1,
	store.Index[Step]{Name: "collaboration", Keys: func(s Step) [][]byte {
		return [][]byte{store.Key(string(s.Collaboration), uint64(s.Number))}
	}})

const (
	planPath   = "lens plan"
	addPath    = "lens add"
	exportPath = "lens export"

	planKind = "lens-plan" // in the channel: the work plan of a group

	askHour   = 9  // of the day that a step is due, when its owner is asked
	mostSteps = 15 // that have a button
)

var (
	whatField = chat.Field{Name: "what", Label: "What is done", Kind: chat.LongText, Required: true, Max: 200, Example: "A list on the door of who can lend what"}
	whenField = chat.Field{Name: "when", Label: "By when", Kind: chat.Date, Required: true, Example: "28 Feb", Hint: "As you would say it: “friday”, “28 Feb”."}
)

func stepsOf(tx store.Tx, x Collaboration) ([]Step, error) {
	return values(Steps.By(tx, "collaboration", string(x.ID)))
}

func (o Options) planDeed() deeds.Deed {
	d := deeds.Deed{Command: chat.Command{Path: planPath, Summary: "The work plan: what you do about each statement, who, and by when", Role: chat.Member, Fields: []chat.Field{aboutField}}}
	return about(d, nil, func(tx store.Tx, _ deeds.Call, _ cohorts.Cohort, x Collaboration) (chat.Outcome, error) {
		m, err := o.planWords(tx, x)
		return chat.Answering(m), err
	})
}

// addDeed adds a step to the work plan.
func (o Options) addDeed() deeds.Deed {
	d := deeds.Deed{Command: chat.Command{Path: addPath, Summary: "Add a step to the work plan", Role: chat.Member, Hidden: true}}
	form := func(_ store.Tx, _ deeds.Call, x Collaboration) (*chat.Form, error) {
		which := chat.Field{Name: "statement", Label: "Which statement it puts into practice", Kind: chat.Choice, Required: true}
		for _, s := range o.statements(x.Words) {
			which.Options = append(which.Options, chat.Option{Value: s.id, Label: chat.Short(s.title+": "+s.text, 75)})
		}
		f := &chat.Form{
			Title: "A step", Submit: "Add it",
			Intro: "How do you put it into practice in **" + chat.Plain(x.Name) + "**? Small is fine.",
			Note:  "Everyone in the group can see it, with who takes it on.",
			Fields: []chat.Field{
				which, whatField, whenField,
				{Name: "owner", Label: "Who takes it on", Kind: chat.Person, Hint: "Left empty, you. Somebody else is asked first."},
			},
		}
		if x.few() {
			f.Note = "Your partners can see it, with who takes it on."
		}
		return f, nil
	}
	return about(d, form, func(tx store.Tx, c deeds.Call, cohort cohorts.Cohort, x Collaboration) (chat.Outcome, error) {
		s := Step{
			ID: StepID(c.ID), Collaboration: x.ID, Cohort: x.Cohort, Statement: c.Given.Text("statement"), What: oneLine(c.Given.Text("what")),
			Due: c.Given["when"].Date, Owner: c.Person.ID, By: c.Person.ID, At: c.Now, State: ToDo,
		}
		if _, ok := o.statement(nil, s.Statement); !ok {
			return chat.Outcome{}, deeds.RefuseField("statement", "Choose which statement it puts into practice.")
		}
		if err := notOver(s.Due, c.Now, c.Zone); err != nil {
			return chat.Outcome{}, err
		}
		who := "you"
		if p := c.Given["owner"].Person; c.Given.Has("owner") && p.ID != c.Person.ID {
			all, err := circle(tx, x)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !slices.Contains(all, p.ID) {
				return chat.Outcome{}, deeds.RefuseField("owner", "%s is not part of this. Choose somebody who is, or leave it empty to take it on yourself.", chat.Plain(p.Name))
			}
			s.Owner, s.Asked, who = p.ID, true, chat.Plain(p.Name)+", who is asked in private"
		}
		x.Steps++
		s.Number = x.Steps
		if err := Collaborations.Put(tx, x.ID, x); err != nil {
			return chat.Outcome{}, err
		}
		if err := s.keep(tx, x, c.Now); err != nil {
			return chat.Outcome{}, err
		}
		if !x.few() {
			if err := outbox.Say(tx, outbox.Item{
				Key: planKind + "/" + string(x.ID), Kind: planKind, Record: string(x.ID), Cohort: string(x.Cohort), Place: cohort.Place,
			}, c.Now); err != nil {
				return chat.Outcome{}, err
			}
		}
		return chat.Say(fmt.Sprintf("It is step %d, by %s, for %s.", s.Number, dayWords(s.Due), who),
			chat.Button{Label: "The work plan", Command: planPath, Record: string(x.ID), Main: true},
			chat.Button{Label: "Add another", Command: addPath, Record: string(x.ID)}), nil
	})
}

// notOver refuses a day that is over.
func notOver(d schedules.Date, now time.Time, z schedules.Zone) error {
	if d.Before(schedules.DateOf(now.In(z.Location()))) {
		return deeds.RefuseField("when", "%s is over already. Give a day that is still to come, such as “friday”.", dayWords(d))
	}
	return nil
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// keep keeps a step, with what follows from it: who is to be asked what, and the
// messages that show it.
func (s Step) keep(tx store.Tx, x Collaboration, now time.Time) error {
	if err := Steps.Put(tx, s.ID, s); err != nil {
		return err
	}
	for _, kind := range []string{askKind, mayKind, freedKind} {
		if err := outbox.Touch(tx, kind, string(s.ID)); err != nil {
			return err
		}
	}
	if err := outbox.Touch(tx, planKind, string(x.ID)); err != nil || s.Owner == "" || s.State != ToDo {
		return err
	}
	if s.Asked {
		return tell(tx, x, s.Owner, mayKind, string(s.ID), now, now)
	}
	due, err := s.morning(tx)
	if err != nil {
		return err
	}
	if !due.After(now) { // it is for today
		due = now.Add(6 * time.Hour)
	}
	return tell(tx, x, s.Owner, askKind, string(s.ID), due, now)
}

// morning gives when the owner of a step is asked how it went: in the morning of
// its day, where they live; for nobody's step, where the group does.
func (s Step) morning(tx store.Tx) (time.Time, error) {
	c, err := cohorts.Get(tx, s.Cohort)
	if err != nil {
		return time.Time{}, err
	}
	z := c.Zone
	if s.Owner != "" {
		p, err := people.Table.Get(tx, s.Owner)
		if err != nil {
			return time.Time{}, err
		}
		z = p.ZoneOr(z)
	}
	return schedules.Wall{Date: s.Due, Time: schedules.TimeOfDay{Hour: askHour}}.In(z), nil
}

// planWords is the work plan as it stands in chat.
func (o Options) planWords(tx store.Tx, x Collaboration) (chat.Message, error) {
	m := chat.Message{
		Text:    "**" + chat.Plain(x.Name) + "**, the work plan",
		Buttons: []chat.Button{{Label: "Add a step", Command: addPath, Record: string(x.ID), Main: true}},
		Note:    "Everyone in the group can see it. Whoever takes a step on is asked once, on its day, how it went.",
	}
	if x.few() {
		m.Note = "Your partners can see it. Whoever takes a step on is asked once, on its day, how it went."
	}
	all, err := stepsOf(tx, x)
	if err != nil {
		return m, err
	}
	if len(all) == 0 {
		m.Text += "\n\nThere is no step yet. Take a statement that matters to you: how would somebody notice that you mean it?"
		return m, nil
	}
	m.Buttons = append(m.Buttons, chat.Button{Label: "Take it along", Command: exportPath, Record: string(x.ID)})
	for _, st := range o.statements(x.Words) {
		lines := ""
		for _, s := range all {
			if s.Statement != st.id || s.State == LetGo {
				continue
			}
			line, err := s.line(tx, x, dayWords)
			if err != nil {
				return m, err
			}
			lines += fmt.Sprintf("\n- %d · %s", s.Number, line)
			if s.State == ToDo && len(m.Buttons) < 2+mostSteps {
				m.Buttons = append(m.Buttons, chat.Button{Label: fmt.Sprintf("Step %d", s.Number), Command: stepPath, Record: string(s.ID)})
			}
		}
		if lines != "" {
			m.Text += "\n\n**" + chat.Plain(st.title) + "** · " + chat.Plain(st.text) + "\n" + lines
		}
	}
	return m, nil
}

// line says what is done, by whom and by when, and how it stands.
func (s Step) line(tx store.Tx, x Collaboration, day func(schedules.Date) string) (string, error) {
	who, err := s.ownerWords(tx, x)
	text := chat.Plain(s.What)
	switch s.State {
	case Done:
		text += ". Done"
		if s.Owner != "" {
			text += ", by " + who
		}
	case LetGo:
		text += ". Let go"
	default:
		text += ", by " + day(s.Due) + ": " + who
	}
	return text + ".", err
}

// ownerWords says who takes a step on.
func (s Step) ownerWords(tx store.Tx, x Collaboration) (string, error) {
	if s.Owner == "" {
		return "nobody yet", nil
	}
	who, err := nameOf(tx, s.Owner)
	if err != nil {
		return "", err
	}
	here, err := isHere(tx, x, s.Owner)
	switch {
	case !here:
		who += " (who has left)"
	case s.Asked && s.State == ToDo:
		who += " (asked)"
	}
	return who, err
}

func isHere(tx store.Tx, x Collaboration, p people.ID) (bool, error) {
	all, err := circle(tx, x)
	return slices.Contains(all, p), err
}

// planMessage is the work plan in the group's channel.
func (o Options) planMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	x, err := Collaborations.Get(tx, ID(i.Record))
	if err != nil {
		return chat.Message{}, false, ignoreMissing(err)
	}
	c, err := cohorts.Get(tx, x.Cohort)
	if err != nil || c.State == cohorts.Deleted {
		return chat.Message{}, false, ignoreMissing(err)
	}
	m, err := o.planWords(tx, x)
	m.Note = "This message changes as the plan does. Whoever takes a step on is asked once, on its day, how it went."
	return m, true, err
}

// exportDeed gives the plan as a page that opens anywhere, and as a file for
// calendars.
func (o Options) exportDeed() deeds.Deed {
	d := deeds.Deed{Command: chat.Command{Path: exportPath, Summary: "Take the work plan along, as a page and for your calendar", Role: chat.Member, Hidden: true}}
	return about(d, nil, func(tx store.Tx, c deeds.Call, _ cohorts.Cohort, x Collaboration) (chat.Outcome, error) {
		all, err := stepsOf(tx, x)
		if err != nil {
			return chat.Outcome{}, err
		}
		if len(all) == 0 {
			return chat.Outcome{}, &deeds.Error{
				Code: deeds.NotFound, Say: "The plan has no step yet, so there is nothing to take along.",
				Buttons: []chat.Button{{Label: "Add a step", Command: addPath, Record: string(x.ID), Main: true}},
			}
		}
		var page strings.Builder
		page.WriteString("As it stands on " + schedules.DateOf(c.Now.In(c.Zone.Location())).Long() + ".\n\n")
		var events []chat.Event
		var without []string
		dimension := ""
		for _, st := range o.statements(x.Words) {
			lines := ""
			for _, s := range all {
				if s.Statement != st.id {
					continue
				}
				line, err := s.line(tx, x, schedules.Date.Long)
				if err != nil {
					return chat.Outcome{}, err
				}
				lines += "- " + line + "\n"
				if s.State != ToDo {
					continue
				}
				e, err := s.event(tx, x, st)
				if err != nil {
					return chat.Outcome{}, err
				}
				events = append(events, e)
			}
			if lines == "" {
				without = append(without, "- "+chat.Plain(st.text)+"\n")
				continue
			}
			if st.title != dimension {
				dimension = st.title
				page.WriteString("## " + chat.Plain(st.title) + "\n\n")
			}
			page.WriteString("**" + chat.Plain(st.text) + "**\n\n" + lines + "\n")
		}
		if len(without) > 0 {
			page.WriteString("## Without a step so far\n\n" + strings.Join(without, ""))
		}
		m := chat.Message{
			Text:     "Here is the work plan of **" + chat.Plain(x.Name) + "**, as it is now: a page that opens anywhere",
			Document: &chat.Document{Name: "work plan", Title: x.Name + ", our work plan", Text: page.String()},
			Note:     "Only you see this message. The page names who takes what on; keep it among yourselves, or ask before you hand it on.",
		}
		if len(events) > 0 && o.Calendar != nil {
			m.Text += ", and what is still to do as a file that calendars open"
			m.Files = []chat.File{{
				Name: "work-plan.ics", Type: "text/calendar; charset=utf-8", Data: o.Calendar(x.Name, events, c.Now),
				Alt: "What is still to do in " + x.Name + ", for a calendar",
			}}
		}
		m.Text += "."
		return chat.Answering(m), nil
	})
}

// event is a step as an entry for people's calendars: half an hour in the morning
// of its day.
func (s Step) event(tx store.Tx, x Collaboration, st statement) (chat.Event, error) {
	who, err := s.ownerWords(tx, x)
	if err != nil {
		return chat.Event{}, err
	}
	start, err := s.morning(tx)
	return chat.Event{
		UID: string(s.ID) + "@cohortbot", Sequence: s.Changes, Title: chat.Short(s.What, chat.MaxEventTitle),
		Start: start, End: start.Add(30 * time.Minute), About: "For “" + chat.Plain(st.text) + "” in " + chat.Plain(x.Name) + ": " + who + ".",
	}, err
}
