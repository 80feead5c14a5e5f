package portfolios

import (
	"fmt"
	"strconv"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

// decideDeed gives the result.
func (f feature) decideDeed() deeds.Deed {
	return deeds.Deed{
		Via:     assessPath,
		Command: chat.Command{Path: decidePath, Summary: "Give the result, with what you said of each criterion", Role: chat.Guest},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			a, _, s, x, err := copyMeant(tx, c, decidePath)
			if err != nil {
				return nil, err
			}
			if open := unjudged(s, x); len(open) > 0 {
				return nil, &deeds.Error{
					Code: deeds.Conflict, Say: fmt.Sprintf("Nothing is said yet of %s, such as “%s”. Judge each one, then decide.", plural(len(open), "criterion", "criteria"), chat.Plain(open[0].name(120))),
					Buttons: []chat.Button{{Label: "Judge a criterion", Command: judgePath, Record: string(a.ID), Choice: strconv.Itoa(s.Number), Main: true}},
				}
			}
			result := Met
			if len(notYet(s, x)) > 0 {
				result = NotYet
			}
			return &chat.Form{
				Title: "Decide", Submit: "Go on", Record: string(a.ID),
				Intro: fmt.Sprintf("From what you said of the criteria, the result is **%s**.", result),
				Fields: []chat.Field{
					{Name: "words", Label: "To go with the result", Kind: chat.LongText, Hint: "What you would say to them if you sat together", Max: 2000},
				},
				Note: chat.Plain(s.Name) + " alone reads this. Facilitators see the result and none of your words.",
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			a, p, s, x, err := copyMeant(tx, c, decidePath)
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(unjudged(s, x)) > 0 {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "Nothing is said yet of some criteria. Judge each one, then decide.")
			}
			x.Result, x.Words, x.Decided = Met, c.Given.Text("words"), c.Now
			what := WasMet
			if open := notYet(s, x); len(open) > 0 {
				x.Result, what = NotYet, WasNotYet
			}
			if !c.Sure {
				say := fmt.Sprintf("**The result is: %s**\n\n%s is told in private, with what you said of each criterion. You can't change it afterwards; another copy can be submitted and judged after a “not yet”.", x.Result, chat.Plain(s.Name))
				if name := f.credential(p).Awarded; name != "" && x.Result == Met {
					say += fmt.Sprintf("\n\nThis result counts as the decision of %s.", chat.Plain(name))
				}
				return deeds.Confirm(say, "Give the result"), nil
			}
			if err := Assessments.Put(tx, x.ID, x); err != nil {
				return chat.Outcome{}, err
			}
			if err := closeCopy(tx, a.ID, s.ID); err != nil {
				return chat.Outcome{}, err
			}
			if x.Result == Met {
				p.Met = c.Now
				if err := p.keep(tx); err != nil {
					return chat.Outcome{}, err
				}
			}
			if err := (Step{Portfolio: p.ID, At: c.Now, What: what, By: c.Person.ID, Name: a.Name, Snapshot: s.ID, Number: s.Number}).keep(tx); err != nil {
				return chat.Outcome{}, err
			}
			if err := f.sayDecided(tx, p, x, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("**Done. The result is: " + string(x.Result) + "**\n\n" + chat.Plain(s.Name) + " is told in private, with your feedback. Thank you for your time."), f.follow(tx, p, s, x, c)
		},
	}
}

// follow does what follows from a result.
func (f feature) follow(tx store.Tx, p Portfolio, s Snapshot, x Assessment, c deeds.Call) error {
	if x.Result != Met || f.Met == nil {
		return nil
	}
	contents, err := Read(tx, s)
	if err != nil {
		return err
	}
	return f.Met(tx, Confirmed{Portfolio: p, Snapshot: s, Contents: contents, Assessment: x, By: c.Person.ID}, c.Now)
}
