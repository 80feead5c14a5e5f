package verdicts

import (
	"fmt"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

const (
	givePath   = "verdict give"
	sayPath    = "verdict say"
	wordsPath  = "verdict words"
	changePath = "verdict change"
)

// whoSees stands under everything that asks for a verdict.
const whoSees = "Your facilitators see how many said what, and the words, without names. In a small group they may still know whose they are. You can change or take back what you said."

// mayGive refuses who is not in the group, and its facilitators: they choose in
// the end, and would only hear themselves.
func mayGive(tx store.Tx, c deeds.Call, cohort cohorts.Cohort) error {
	m, err := cohorts.Joined(tx, cohort, c.Person.ID)
	if err != nil || !m.Facilitator {
		return err
	}
	return &deeds.Error{
		Code: deeds.Conflict, Say: "You facilitate this group, so you choose for the next cohort instead of saying it here.",
		Buttons: []chat.Button{{Label: "What the group says", Command: tablePath, Record: c.Cohort, Main: true}},
	}
}

func giveDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: givePath, Summary: "Say what to keep, change or drop for the next cohort", Role: chat.Member},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, all, _, err := load(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if err := mayGive(tx, c, cohort); err != nil {
				return chat.Outcome{}, err
			}
			m, err := asking(tx, c, cohort, all, "")
			return chat.Answering(m), err
		},
	}
}

// asking asks about the next element that is over. before says what was done just
// now.
func asking(tx store.Tx, c deeds.Call, cohort cohorts.Cohort, all []cohorts.Element, before string) (chat.Message, error) {
	said, err := ofPerson(tx, cohort.ID, c.Person.ID)
	if err != nil {
		return chat.Message{}, err
	}
	left := open(all, said)
	m := chat.Message{Text: before, Note: whoSees}
	if before != "" {
		m.Text += "\n\n"
	}
	if len(left) == 0 {
		m.Text += "That was everything so far."
		if before == "" && len(said) == 0 {
			m.Text = "There is nothing to look back on yet. What is over comes here."
			return m, nil
		}
		m.Text += " When more of the programme is behind us, it comes here too."
		m.Buttons = []chat.Button{{Label: "Change what I said", Command: changePath, Record: c.Cohort}}
		return m, nil
	}
	e := left[0]
	m.Text += "Would you keep this for the next cohort, change it, or drop it?\n\n**" + chat.Plain(e.Title) + "**"
	if n := len(left) - 1; n > 0 {
		m.Text += fmt.Sprintf("\n\n%d more after this. Stop whenever you like.", n)
	}
	m.Buttons = pressing(cohort.ID, e)
	return m, nil
}

// pressing gives the buttons for one element.
func pressing(c cohorts.ID, e cohorts.Element) []chat.Button {
	var buttons []chat.Button
	for _, b := range []struct {
		label string
		say   Say
	}{{"Keep", Keep}, {"Change", Change}, {"Drop", Drop}, {"Pass over", Pass}} {
		if b.say != Drop || !e.Fixed {
			buttons = append(buttons, chat.Button{Label: b.label, Command: sayPath, Record: record(c, e), Choice: string(b.say), Main: b.say == Keep})
		}
	}
	return buttons
}

// sayDeed is what the buttons do; the next element takes the place of this one.
func sayDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: sayPath, Summary: "Say keep, change or drop of one thing", Role: chat.Member, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, all, e, err := load(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if err := mayGive(tx, c, cohort); err != nil {
				return chat.Outcome{}, err
			}
			if e.ID == "" {
				return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "This is no longer in the plan. /verdict give goes on with what is.")
			}
			before, err := give(tx, c, cohort, e, Say(c.Choice))
			if err != nil {
				return chat.Outcome{}, err
			}
			m, err := asking(tx, c, cohort, all, before)
			if Say(c.Choice) != Pass {
				m.Buttons = append(m.Buttons, chat.Button{Label: "A few words on the last", Command: wordsPath, Record: record(cohort.ID, e)})
			}
			return chat.Outcome{Reply: &chat.Reply{Message: m, Replace: true}}, err
		},
	}
}

// give keeps a verdict with the words that were there, and says that it did.
func give(tx store.Tx, c deeds.Call, cohort cohorts.Cohort, e cohorts.Element, say Say) (string, error) {
	words := map[Say]string{Keep: "Keep", Change: "Change", Drop: "Drop", Pass: "Passed over"}[say]
	if words == "" || say == Drop && e.Fixed {
		return "", deeds.Refuse(deeds.Invalid, "I couldn't read that as a verdict. /verdict give has the buttons for it.")
	}
	said, err := ofPerson(tx, cohort.ID, c.Person.ID)
	if err != nil {
		return "", err
	}
	v := Verdict{Cohort: cohort.ID, Element: e.ID, Person: c.Person.ID, Say: say, Words: said[e.ID].Words, At: c.Now}
	if say == Pass {
		v.Words = ""
	}
	return words + ": " + chat.Plain(e.Title) + ".", Table.Put(tx, verdictID(cohort.ID, e.ID, c.Person.ID), v)
}

// wordsDeed takes a few words on an element.
func wordsDeed() deeds.Deed {
	field := chat.Field{Name: "words", Label: "A few words", Kind: chat.LongText, Max: 1000, Hint: "Left empty, none: words that were there go."}
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: wordsPath, Summary: "Add a few words to a verdict", Role: chat.Member, Fields: []chat.Field{field}, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			v, e, _, err := given(tx, c)
			return &chat.Form{
				Title: "A few words", Intro: "On **" + chat.Plain(e.Title) + "**. You said: " + string(v.Say) + ".", Submit: "Keep them",
				Fields: []chat.Field{field}, Filled: chat.Answers{field.Name: chat.Given(v.Words)}, Note: whoSees,
			}, err
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			v, e, all, err := given(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			cohort, err := cohorts.Get(tx, v.Cohort)
			if err != nil {
				return chat.Outcome{}, err
			}
			v.Words = c.Given.Text(field.Name)
			if err := Table.Put(tx, verdictID(v.Cohort, e.ID, c.Person.ID), v); err != nil {
				return chat.Outcome{}, err
			}
			before := "Your words on " + chat.Plain(e.Title) + " are kept."
			if v.Words == "" {
				before = "There are no words of yours on " + chat.Plain(e.Title) + "."
			}
			m, err := asking(tx, c, cohort, all, before)
			return chat.Answering(m), err
		},
	}
}

// given gives the verdict that somebody gave on the element of the record.
func given(tx store.Tx, c deeds.Call) (Verdict, cohorts.Element, []cohorts.Element, error) {
	cohort, all, e, err := load(tx, c)
	if err != nil {
		return Verdict{}, e, nil, err
	}
	if err := mayGive(tx, c, cohort); err != nil {
		return Verdict{}, e, nil, err
	}
	said, err := ofPerson(tx, cohort.ID, c.Person.ID)
	if err != nil {
		return Verdict{}, e, nil, err
	}
	v, ok := said[e.ID]
	if !ok || e.ID == "" {
		return v, e, all, deeds.Refuse(deeds.NotFound, "You have not said keep, change or drop of this yet. /verdict give asks you.")
	}
	return v, e, all, nil
}

// takeBack is what somebody chooses who wants to have said nothing.
const takeBack = "back"

// changeDeed lets somebody say something else of an element.
func changeDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: changePath, Summary: "Change or take back a verdict", Role: chat.Member},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			cohort, all, _, err := load(tx, c)
			if err != nil {
				return nil, err
			}
			if err := mayGive(tx, c, cohort); err != nil {
				return nil, err
			}
			said, err := ofPerson(tx, cohort.ID, c.Person.ID)
			if err != nil {
				return nil, err
			}
			about := chat.Field{Name: "about", Label: "About what", Kind: chat.Choice, Required: true}
			for _, e := range all {
				if v, ok := said[e.ID]; ok {
					about.Options = append(about.Options, chat.Option{Value: e.ID, Label: label(e.Title) + " (" + string(v.Say) + ")"})
				}
			}
			if len(about.Options) == 0 {
				return nil, deeds.Refuse(deeds.NotFound, "You have not said keep, change or drop of anything yet. /verdict give asks you.")
			}
			say := chat.Field{Name: "say", Label: "Now I say", Kind: chat.Choice, Required: true, Options: []chat.Option{
				{Value: string(Keep), Label: "Keep"},
				{Value: string(Change), Label: "Change"},
				{Value: string(Drop), Label: "Drop"},
				{Value: takeBack, Label: "Nothing: take it back, with its words"},
			}}
			return &chat.Form{Title: "Change a verdict", Fields: []chat.Field{about, say}, Submit: "Change it", Note: whoSees}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, all, _, err := load(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if err := mayGive(tx, c, cohort); err != nil {
				return chat.Outcome{}, err
			}
			e, ok := named(all, c.Given.Text("about"))
			if !ok {
				return chat.Outcome{}, deeds.RefuseField("about", "This is no longer in the plan. Choose another.")
			}
			if c.Given.Text("say") == takeBack {
				return chat.Say("Taken back: you said nothing of " + chat.Plain(e.Title) + "."), Table.Delete(tx, verdictID(cohort.ID, e.ID, c.Person.ID))
			}
			if c.Given.Text("say") == string(Drop) && e.Fixed {
				return chat.Outcome{}, deeds.RefuseField("say", "The rhythm can be kept or changed; without one there would be no programme.")
			}
			before, err := give(tx, c, cohort, e, Say(c.Given.Text("say")))
			return chat.Say(before, chat.Button{Label: "A few words on it", Command: wordsPath, Record: record(cohort.ID, e)}), err
		},
	}
}
