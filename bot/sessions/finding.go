package sessions

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

const (
	suitsPath = "session suits"
	pickPath  = "session pick"

	noneSuits = "none" // the choice of the button of whom no time suits
	giveUp    = "off"  // … that ends a search without a session
)

func findDeed() deeds.Deed {
	timeField := func(name, label string, required bool) chat.Field {
		return chat.Field{Name: name, Label: label, Kind: chat.When, Required: required, Example: "thu 9am"}
	}
	fields := []chat.Field{
		titleField,
		timeField("first", "A time", true), timeField("second", "Another time", true), timeField("third", "A third, if you like", false),
		lengthField,
	}
	return deeds.Deed{
		Command: chat.Command{Path: "session find", Summary: "Ask the group which of three times suits", Role: chat.Facilitator, Fields: append(slices.Clone(fields), whereField)},
		Scoped:  true,
		Also:    cohorts.InCommunity,
		Ask: func(_ store.Tx, c deeds.Call) (*chat.Form, error) {
			if len(deeds.Missing(fields, c.Given)) == 0 {
				return nil, nil
			}
			return &chat.Form{
				Title: "Find a time", Fields: fields, Submit: "Look it over",
				Note: "Nobody is asked before you have seen it and confirmed.",
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			f := Find{ID: FindID(c.ID), Cohort: cohort.ID, Title: c.Given.Text("title"), Where: c.Given.Text("where"), By: c.Person.ID, Made: c.Now}
			var lines []string
			for _, name := range []string{"first", "second", "third"} {
				if !c.Given.Has(name) {
					continue
				}
				when, length, err := timeIn(c, name, usualLength)
				if err != nil {
					return chat.Outcome{}, err
				}
				f.Minutes = int(length / time.Minute)
				if slices.ContainsFunc(f.Times, func(t Time) bool { return t.Instant().Equal(when.Instant()) }) {
					return chat.Outcome{}, deeds.RefuseField(name, "That is the same time as one above. Give another, so that people can choose.")
				}
				f.Times = append(f.Times, when)
			}
			slices.SortFunc(f.Times, func(a, b Time) int { return a.Instant().Compare(b.Instant()) })
			for i, t := range f.Times {
				lines = append(lines, fmt.Sprintf("%d. %s", i+1, span(t.Instant(), time.Duration(f.Minutes)*time.Minute, cohort.Zone, c.Now)))
			}
			if !c.Sure {
				n, err := others(tx, cohort, c.Person)
				return deeds.Confirm("Which of these suits for "+bold(f.Title)+"?\n\n"+strings.Join(lines, "\n")+(Session{Where: f.Where}).place()+"\n\n"+told(n, cohort)+".", "Ask the group"), err
			}
			return chat.Say("Asked. I am sending you the count in private; it stays up to date, and one button there picks a time."), lookFor(tx, cohort, f, c.Person, c.Now)
		},
	}
}

func bold(s string) string { return "**" + chat.Plain(s) + "**" }

// findCohort gives the cohort of a search.
func findCohort(tx store.Tx, find string) (string, error) {
	f, err := Finds.Get(tx, FindID(find))
	return string(f.Cohort), err
}

// meantFind gives the search of a button, or says why nothing can be done in it.
func meantFind(tx store.Tx, c deeds.Call) (Find, cohorts.Cohort, error) {
	cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
	if err != nil {
		return Find{}, cohort, err
	}
	f, ok, err := Finds.Find(tx, FindID(c.Record))
	switch {
	case err != nil:
	case !ok:
		err = deeds.Refuse(deeds.NotFound, "Nobody is looking for a time there any more. /session list shows what is planned.")
	case f.Session != "":
		s, err := Table.Get(tx, f.Session)
		if err != nil {
			return f, cohort, err
		}
		return f, cohort, &deeds.Error{
			Code: deeds.Conflict, Say: "A time has been found: " + s.name() + " is " + inWords(s, c) + ".", Buttons: s.answers(),
		}
	case !f.Left.IsZero():
		err = deeds.Refuse(deeds.Conflict, "The search for a time for %s was given up.", bold(f.Title))
	case !f.Open(c.Now):
		err = deeds.Refuse(deeds.Conflict, "All the times for %s have passed. Whoever asked can propose others with /session find.", bold(f.Title))
	}
	return f, cohort, err
}

// suitsDeed is what the buttons under the question do.
func suitsDeed() deeds.Deed {
	return deeds.Deed{
		Command:  chat.Command{Path: suitsPath, Summary: "Mark the times that suit you", Role: chat.Member, Hidden: true},
		Scoped:   true,
		CohortOf: findCohort,
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			f, cohort, err := meantFind(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if _, err := cohorts.Joined(tx, cohort, c.Person.ID); err != nil {
				return chat.Outcome{}, err
			}
			own, there, err := Suiting.Find(tx, suitsID(f.ID, c.Person.ID))
			if err != nil {
				return chat.Outcome{}, err
			}
			if c.Choice != "" {
				if own, err = marked(f, own, c); err != nil {
					return chat.Outcome{}, err
				}
				if err := Suiting.Put(tx, suitsID(f.ID, c.Person.ID), own); err != nil {
					return chat.Outcome{}, err
				}
				if err := touchFind(tx, f.ID); err != nil {
					return chat.Outcome{}, err
				}
			}
			return chat.Answering(suitsMessage(f, cohort, own, there || c.Choice != "", c)), nil
		},
	}
}

// marked marks a time that suits, or takes the mark back.
func marked(f Find, own Suits, c deeds.Call) (Suits, error) {
	own.Find, own.Person, own.At = f.ID, c.Person.ID, c.Now
	if c.Choice == noneSuits {
		own.Times = nil
		return own, nil
	}
	i, ok := f.index(c.Choice)
	switch {
	case !ok:
		return own, deeds.Refuse(deeds.Invalid, "I couldn't read that as one of the times. Press a button under the question.")
	case !f.Times[i].Instant().After(c.Now):
		return own, deeds.Refuse(deeds.Conflict, "That time has passed. Another may still suit you.")
	case slices.Contains(own.Times, i):
		own.Times = slices.DeleteFunc(slices.Clone(own.Times), func(x int) bool { return x == i })
	default:
		own.Times = append(slices.Clone(own.Times), i)
		slices.Sort(own.Times)
	}
	return own, nil
}

// suitsMessage shows somebody the times as they live them, and what they marked.
func suitsMessage(f Find, cohort cohorts.Cohort, own Suits, said bool, c deeds.Call) chat.Message {
	text := bold(f.Title) + ", for " + lasts(f.Minutes) + "\n"
	for i, t := range f.Times {
		text += fmt.Sprintf("\n%d. %s", i+1, inTheirs(c.Person, cohort, t.Instant(), c.Now))
		if slices.Contains(own.Times, i) {
			text += ": **suits you**"
		}
	}
	switch {
	case said && len(own.Times) == 0:
		text += "\n\nNoted: none of them suits you."
	case said:
		text += "\n\nPress another that suits too, or the same again to take it back."
	}
	return chat.Message{Text: text, Buttons: f.buttons(), Note: "The group sees how many each time suits; only facilitators and whoever asked see whom."}
}

func (f Find) buttons() []chat.Button {
	var all []chat.Button
	for i := range f.Times {
		all = append(all, chat.Button{Label: fmt.Sprintf("%d suits me", i+1), Command: suitsPath, Record: string(f.ID), Choice: strconv.Itoa(i)})
	}
	return append(all, chat.Button{Label: "None of them", Command: suitsPath, Record: string(f.ID), Choice: noneSuits})
}

// pickDeed is what the buttons of whoever asked do: one press picks a time.
func pickDeed() deeds.Deed {
	return deeds.Deed{
		Command:  chat.Command{Path: pickPath, Summary: "Pick one of the times that were proposed", Role: chat.Facilitator, Hidden: true},
		Scoped:   true,
		Also:     cohorts.InCommunity,
		CohortOf: findCohort,
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			f, cohort, err := meantFind(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if err := mayChange(tx, Session{Title: f.Title, By: f.By}, c); err != nil {
				return chat.Outcome{}, err
			}
			i, ok := f.index(c.Choice)
			switch {
			case c.Choice == giveUp:
				f.Left = c.Now
				if err := Finds.Put(tx, f.ID, f); err != nil {
					return chat.Outcome{}, err
				}
				return chat.Say("The search for a time for " + bold(f.Title) + " is over, and its question says so."), touchFind(tx, f.ID)
			case !ok:
				text, err := pickWords(tx, f, cohort, c.Person, c.Now)
				return chat.Answering(chat.Message{Text: text, Buttons: f.picks(c.Now), Note: "Picking one plans the session and tells the group."}), err
			case !f.Times[i].Instant().After(c.Now):
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "That time has passed. Pick another, or look for others with /session find.")
			}
			s, err := pickTime(tx, cohort, f, i, c.Person.ID, ID(c.ID), c.Now)
			return chat.Say("Picked: "+s.name()+", "+span(s.Start(), s.Length(), cohort.Zone, c.Now)+". The announcement is on its way to "+chat.Plain(cohort.Name)+".", handles(s.ID)...), err
		},
	}
}

func (f Find) picks(now time.Time) []chat.Button {
	var all []chat.Button
	for i, t := range f.Times {
		if t.Instant().After(now) {
			all = append(all, chat.Button{Label: fmt.Sprintf("Take %d", i+1), Command: pickPath, Record: string(f.ID), Choice: strconv.Itoa(i)})
		}
	}
	return append(all, chat.Button{Label: "None of them", Command: pickPath, Record: string(f.ID), Choice: giveUp})
}

// pickWords says how a search stands, to whoever may pick.
func pickWords(tx store.Tx, f Find, c cohorts.Cohort, reader people.Person, now time.Time) (string, error) {
	s, err := standingOf(tx, f)
	if err != nil {
		return "", err
	}
	list := func(ids []people.ID) (string, error) {
		var names []string
		for _, id := range ids {
			p, err := people.Table.Get(tx, id)
			if err != nil {
				return "", err
			}
			names = append(names, chat.Plain(p.Name))
		}
		if len(names) == 0 {
			return "nobody yet", nil
		}
		slices.Sort(names)
		return fmt.Sprintf("%d (%s)", len(names), some(names)), nil
	}
	text := "**A time for " + chat.Plain(f.Title) + ".** " + saidSoFar(s.answered()) + "\n"
	for i, t := range f.Times {
		names, err := list(s.suits[i])
		if err != nil {
			return "", err
		}
		text += fmt.Sprintf("\n%d. %s: %s", i+1, inTheirs(reader, c, t.Instant(), now), names)
	}
	if len(s.none) > 0 {
		names, err := list(s.none)
		if err != nil {
			return "", err
		}
		text += "\n\nNone of them suits " + names + "."
	}
	return text, nil
}

func saidSoFar(n int) string {
	switch n {
	case 0:
		return "Nobody has said anything yet."
	case 1:
		return "One person has said what suits."
	}
	return fmt.Sprintf("%d people have said what suits.", n)
}
