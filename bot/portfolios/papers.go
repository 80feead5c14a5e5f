package portfolios

import (
	"fmt"
	"slices"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/evidence"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

const (
	perField   = 25 // pieces of evidence that one field of a form offers
	mostFields = 4
)

// papersDeed chooses which of somebody's evidence is in a portfolio.
func (f feature) papersDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "portfolio papers", Summary: "Choose which of your evidence is in the portfolio", Role: chat.Anyone},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			p, err := f.own(tx, c)
			if err != nil {
				return nil, err
			}
			if !slices.ContainsFunc(p.Asks.Parts, func(x programmes.Part) bool { return x.Holds == programmes.HoldsDocuments }) {
				return nil, deeds.Refuse(deeds.Conflict, "This portfolio has no part for papers, so there is nothing to choose.")
			}
			items, err := evidence.Items(tx, p.Owner)
			if err != nil {
				return nil, err
			}
			if len(items) == 0 {
				return nil, &deeds.Error{
					Code: deeds.NotFound, Say: "You keep no evidence yet. Keep an agenda, minutes, a photo, a text or a link first; or use the menu of a message in the chat. Then choose it here.",
					Buttons: []chat.Button{{Label: "Keep something", Command: "evidence add", Main: true}},
				}
			}
			form := chat.Form{Title: "Papers and pictures", Submit: "Keep it so", Record: string(p.ID), Note: "Only you see them until you submit the portfolio; then its assessor does.", Filled: chat.Answers{}}
			slices.Reverse(items)
			slices.SortStableFunc(items, func(a, b evidence.Item) int { // what is in it already comes first, so that it can be taken out
				return order(slices.Contains(p.Items, a.ID), slices.Contains(p.Items, b.ID))
			})
			for n, chunk := range slices.Collect(slices.Chunk(items, perField)) {
				if n == mostFields {
					form.Intro = fmt.Sprintf("These are the latest %d that you keep, and what is in the portfolio already.", perField*mostFields)
					break
				}
				field := chat.Field{Name: fmt.Sprintf("items%d", n+1), Label: "In the portfolio", Kind: chat.Choices}
				if len(items) > perField {
					field.Label = fmt.Sprintf("In the portfolio (%d of %d)", n+1, min((len(items)-1)/perField+1, mostFields))
				}
				var chosen chat.Answer
				for _, i := range chunk {
					field.Options = append(field.Options, chat.Option{Value: string(i.ID), Label: chat.Short(i.Name(), 75)})
					if slices.Contains(p.Items, i.ID) {
						chosen.Values = append(chosen.Values, string(i.ID))
					}
				}
				form.Fields = append(form.Fields, field)
				form.Filled[field.Name] = chosen
			}
			return &form, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p, err := f.own(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			p.Items = nil
			for n := range mostFields {
				for _, id := range c.Given[fmt.Sprintf("items%d", n+1)].Choices {
					if _, ok, err := evidence.Get(tx, p.Owner, evidence.ID(id)); err != nil {
						return chat.Outcome{}, err
					} else if ok {
						p.Items = append(p.Items, evidence.ID(id))
					}
				}
			}
			if err := p.keep(tx); err != nil {
				return chat.Outcome{}, err
			}
			items, err := itemsOf(tx, p)
			if err != nil {
				return chat.Outcome{}, err
			}
			say := fmt.Sprintf("The portfolio has %s in it now.", plural(len(items), "piece of evidence", "pieces of evidence"))
			buttons := []chat.Button{{Label: "See all parts", Command: openPath, Record: string(p.ID)}}
			if open := unsettled(items); len(open) > 0 {
				say += fmt.Sprintf("\n\nOf %s I don't know yet whether those who can be seen or heard agreed that an assessor sees it. You can say so now.", plural(len(open), "file", "files"))
				buttons = append([]chat.Button{agreeButton(open[0])}, buttons...)
			}
			return chat.Say(say, buttons...), nil
		},
	}
}

func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// agreeButton leads to saying whether those agreed who are shown in a file.
func agreeButton(x fault) chat.Button {
	return chat.Button{Label: "Say who agreed", Command: "evidence agree", Record: string(x.item.ID), Main: true}
}

func unsettled(items []evidence.Item) []fault {
	return slices.DeleteFunc(faultsOf(items), func(x fault) bool { return !x.here })
}
