package prompts

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/bot/thread"
)

// quote is something that its author allowed to be quoted.
type quote struct {
	name, text string
}

// quotable gives what people wrote for the group in a week and allow to be
// quoted.
func quotable(tx store.Tx, c cohorts.ID, w cohorts.WeekID) ([]quote, error) {
	answers, err := OfWeek(tx, c, w)
	if err != nil {
		return nil, err
	}
	var quotes []quote
	for _, a := range answers {
		if a.Sees != Group || a.Facilitator || a.Text == "" {
			continue
		}
		m, ok, err := cohorts.MemberOf(tx, c, a.Person)
		if err != nil {
			return nil, err
		}
		if !ok || !m.Quote {
			continue
		}
		p, err := people.Table.Get(tx, a.Person)
		if err != nil {
			return nil, err
		}
		quotes = append(quotes, quote{p.Name, chat.Short(strings.Join(strings.Fields(a.Text), " "), 240)})
	}
	return quotes, nil
}

// draft is where a facilitator's write-up begins: the quotations, and a line
// that only they can write.
func draft(d cohorts.Dated, quotes []quote) string {
	var b strings.Builder
	b.WriteString("What you said about “" + d.Title + "”:\n")
	for _, q := range quotes {
		b.WriteString("\n> " + q.name + ": " + q.text + "\n")
	}
	b.WriteString("\nThe thread that I see: ")
	return b.String()
}

func weaveDeed() deeds.Deed {
	fields := []chat.Field{{
		Name: "text", Label: "The weave", Kind: chat.LongText, Required: true, Hint: "Lines that begin with > are quotations.",
	}}
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfWeek,
		Command: chat.Command{Path: "cohort weave", Summary: "Draw the week's answers together and post it", Role: chat.Facilitator, Fields: fields},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			cohort, _, week, err := weekMeant(tx, c)
			if err != nil {
				return nil, err
			}
			quotes, err := quotable(tx, cohorts.ID(c.Cohort), week.ID)
			if err != nil {
				return nil, err
			}
			return &chat.Form{
				Title: "The weave of week " + strings.TrimPrefix(strings.SplitN(week.Label(), " ·", 2)[0], "Week "), Fields: fields, Submit: "Show me",
				Intro:  "Only what people allowed to be quoted stands in this draft. Change it as you like; nothing is posted until you post it.",
				Note:   "Only you see this draft. Posted, the group reads it under your name.",
				Filled: chat.Answers{"text": chat.Given(draft(week, quotes))},
				Record: cohorts.WeekRecord(cohort.ID, week.ID),
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, _, week, err := weekMeant(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			w := Weave{Cohort: cohort.ID, Week: week.ID, By: c.Person.ID, At: c.Now, Text: c.Given.Text("text")}
			if !c.Sure {
				return deeds.ConfirmAbout(cohorts.WeekRecord(cohort.ID, week.ID), "This is how it will look in "+chat.InChannel(cohort.Place)+":\n\n"+weaveText(w, week, c.Person), "Post it"), nil
			}
			if err := Weaves.Put(tx, c.ID, w); err != nil {
				return chat.Outcome{}, err
			}
			err = outbox.Say(tx, outbox.Item{
				Key: weaveKind + "/" + c.ID, Kind: weaveKind, Record: c.ID, Cohort: string(cohort.ID), Place: cohort.Place,
			}, c.Now)
			return chat.Say("It goes out now, under your name."), err
		},
	}
}

func wovenAlready(tx store.Tx, c cohorts.ID, w cohorts.WeekID) (bool, error) {
	_, ok, err := store.First(Weaves.By(tx, "week", string(c), string(w)))
	return ok, err
}

func weaveText(w Weave, d cohorts.Dated, by people.Person) string {
	var b strings.Builder
	b.WriteString("**The thread of " + d.Label() + "**, by " + chat.Plain(by.Name) + "\n\n")
	for _, line := range strings.Split(strings.TrimSpace(w.Text), "\n") {
		line = strings.TrimRight(line, " \r")
		if said, quoted := strings.CutPrefix(line, ">"); quoted {
			b.WriteString("\n" + chat.Quote(said) + "\n\n")
			continue
		}
		b.WriteString(chat.Plain(line) + "\n")
	}
	return strings.TrimSpace(manyBreaks.ReplaceAllString(b.String(), "\n\n"))
}

// unquote takes what an answer said out of the weaves that quote it: its author
// has deleted it, or keeps it from the group.
func unquote(tx store.Tx, a Answer) error {
	words := strings.Join(strings.Fields(a.Text), " ")
	for row, err := range Weaves.By(tx, "week", string(a.Cohort), string(a.Week)) {
		if err != nil {
			return err
		}
		w := row.Value
		w.Text = strings.Join(slices.DeleteFunc(strings.Split(w.Text, "\n"), func(line string) bool {
			quoted, ok := strings.CutPrefix(line, ">")
			_, said, named := strings.Cut(quoted, ": ")
			said = strings.TrimSpace(strings.TrimSuffix(strings.Join(strings.Fields(said), " "), "…"))
			return ok && named && said != "" && strings.Contains(words, said)
		}), "\n")
		if w.Text == row.Value.Text {
			continue
		}
		if err := Weaves.Put(tx, row.ID, w); err != nil {
			return err
		}
		if err := outbox.Touch(tx, weaveKind, row.ID); err != nil {
			return err
		}
	}
	return nil
}

var manyBreaks = regexp.MustCompile(`\n{3,}`)

func weaveMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	w, err := Weaves.Get(tx, i.Record)
	if err != nil {
		return chat.Message{}, false, err
	}
	_, _, d, err := weekOf(tx, cohorts.WeekRecord(w.Cohort, w.Week))
	if err != nil {
		return chat.Message{}, false, err
	}
	by, err := people.Table.Get(tx, w.By)
	if err != nil {
		return chat.Message{}, false, err
	}
	return chat.Message{Text: weaveText(w, d, by), Note: "Only people who allow it are quoted: /settings quote."}, true, nil
}

// offering is what a week gives to weave: what people wrote and let be quoted,
// what nobody has taken up, and what the group was promised for now.
type offering struct {
	quotes   []quote
	untaken  []Answer
	promised []thread.Parked
}

func (o offering) empty() bool {
	return len(o.quotes) == 0 && len(o.untaken) == 0 && len(o.promised) == 0
}

func offered(tx store.Tx, c cohorts.Cohort, dates []cohorts.Dated, w cohorts.WeekID) (o offering, err error) {
	if o.quotes, err = quotable(tx, c.ID, w); err != nil {
		return o, err
	}
	answers, err := OfWeek(tx, c.ID, w)
	if err != nil {
		return o, err
	}
	if o.untaken, err = notTakenUp(tx, answers); err != nil {
		return o, err
	}
	o.promised, err = thread.Promised(tx, c.ID, dates, w)
	return o, err
}

// draftMessage gives a facilitator, in private and once a week, what the week
// offers to weave.
func draftMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	c, dates, d, err := weekOf(tx, i.Record)
	if err != nil {
		return chat.Message{}, false, err
	}
	o, err := offered(tx, c, dates, d.ID)
	if err != nil || (o.empty() && i.State != outbox.Sent) {
		return chat.Message{}, false, err
	}
	m := chat.Message{
		Text: "What people in " + chat.Plain(c.Name) + " wrote about **" + d.Label() + "**, and let you quote:\n",
		Note: "Only facilitators see this, and nothing is posted until you post it.",
	}
	for _, q := range o.quotes {
		m.Text += "\n" + chat.Quote(q.name+": "+q.text) + "\n"
	}
	if len(o.quotes) == 0 {
		m.Text += "\nNothing at the moment.\n"
	}
	if len(o.untaken) > 0 {
		who, err := untakenNames(tx, o.untaken)
		if err != nil {
			return chat.Message{}, false, err
		}
		m.Text += "\n**Nobody has answered these people yet:** " + who + ". Their words are behind the button.\n"
	}
	if len(o.promised) > 0 {
		m.Text += "\n**Parked, and promised for this week:** " + thread.Names(o.promised) + "\n"
	}
	m.Text += "\nWhat is the thread?"
	m.Buttons = []chat.Button{{Label: "Write it up", Command: "cohort weave", Record: i.Record, Main: true}}
	if len(o.untaken) > 0 {
		m.Buttons = append(m.Buttons, untakenButton(c.ID, d.ID))
	}
	if len(o.promised) > 0 {
		m.Buttons = append(m.Buttons, chat.Button{Label: "What is parked", Command: "thread parked", Record: string(c.ID)})
	}
	return m, true, nil
}
