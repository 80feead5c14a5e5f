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
		quotes = append(quotes, quote{p.Name, short(strings.Join(strings.Fields(a.Text), " "), 240)})
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

// draftMessage gives a facilitator, in private, what the week offers to weave.
func draftMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	c, _, d, err := weekOf(tx, i.Record)
	if err != nil {
		return chat.Message{}, false, err
	}
	quotes, err := quotable(tx, c.ID, d.ID)
	if err != nil || (len(quotes) == 0 && i.State != outbox.Sent) {
		return chat.Message{}, false, err
	}
	text := "What people in " + chat.Plain(c.Name) + " wrote about **" + d.Label() + "**, and let you quote:\n"
	for _, q := range quotes {
		text += "\n" + chat.Quote(q.name+": "+q.text) + "\n"
	}
	if len(quotes) == 0 {
		text += "\nNothing any more: what stood here was taken back.\n"
	}
	return chat.Message{
		Text:    text + "\nWhat is the thread?",
		Note:    "Only facilitators see this, and nothing is posted until you post it.",
		Buttons: []chat.Button{{Label: "Write it up", Command: "cohort weave", Record: i.Record, Main: true}},
	}, true, nil
}
