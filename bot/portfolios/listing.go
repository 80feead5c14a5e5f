package portfolios

import (
	"fmt"
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/evidence"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

const (
	allPath   = "portfolio list"
	reusePath = "portfolio reuse"
	// mostSideBySide is how many portfolios are shown together.
	mostSideBySide = 8
)

// allDeed shows all that somebody prepares side by side: what each asks for, what is
// there, what is missing, and what they keep that would fit.
func (f feature) allDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: allPath, Summary: "Everything that you prepare, side by side", Role: chat.Anyone},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			all, err := Of(tx, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(all) == 0 {
				_, err := f.own(tx, c)
				return chat.Outcome{}, err
			}
			m := chat.Message{Text: "**What you prepare**", Note: "Only you see this. What you keep as evidence can stand in any of them, and in several."}
			for n, p := range all {
				if n == mostSideBySide {
					m.Text += fmt.Sprintf("\n\nAnd %d more; /portfolio open shows each.", len(all)-n)
					break
				}
				text, fitting, err := f.sideWords(tx, p, f.titleOf(all, p, c.Zone), c)
				if err != nil {
					return chat.Outcome{}, err
				}
				m.Text += fmt.Sprintf("\n\n**%d. %s**\n\n%s", n+1, chat.Plain(f.titleOf(all, p, c.Zone)), text)
				m.Buttons = append(m.Buttons, chat.Button{Label: chat.Short("Open "+f.titleOf(all, p, c.Zone), 70), Command: openPath, Record: string(p.ID)})
				if len(fitting) > 0 {
					m.Buttons = append(m.Buttons, chat.Button{Label: fmt.Sprintf("Use what fits in %d", n+1), Command: reusePath, Record: string(p.ID)})
				}
			}
			if words, err := sharedWords(tx, all); err != nil {
				return chat.Outcome{}, err
			} else if words != "" {
				m.Text += "\n\n" + words
			}
			m.Buttons = append(m.Buttons, chat.Button{Label: "Prepare another", Command: "portfolio start"})
			return chat.Answering(m), nil
		},
	}
}

// sideWords says how one portfolio stands beside the others, and gives what its owner
// keeps that would fit and is not in it.
func (f feature) sideWords(tx store.Tx, p Portfolio, title string, c deeds.Call) (string, []evidence.Item, error) {
	parts, err := StandingOf(tx, p)
	if err != nil {
		return "", nil, err
	}
	var asks, missing []string
	for _, s := range parts {
		asks = append(asks, chat.Plain(s.Title))
		if !s.Complete() {
			missing = append(missing, s.missingWords())
		}
	}
	text := "Asks for: " + strings.Join(asks, "; ") + "."
	if name := f.credential(p).Name; name != "" && name != title {
		text = "For " + chat.Plain(name) + ". " + text
	}
	if len(missing) == 0 {
		text += "\n\nNothing is missing."
	} else {
		text += fmt.Sprintf("\n\nThere: %d of %d. Missing: %s.", complete(parts), len(parts), strings.Join(missing, "; "))
	}
	items, err := itemsOf(tx, p)
	if err != nil {
		return "", nil, err
	}
	if x, ok := f.Library.Framework(p.Asks.Framework); ok {
		covered := f.Library.Coverage(x, items)
		line := fmt.Sprintf("Covered by its papers, as far as you said: %d of %s", evidence.Covered(covered.Do), plural(len(covered.Do), "thing to do", "things to do"))
		if len(covered.Know) > 0 {
			line += fmt.Sprintf(" and %d of %d to know", evidence.Covered(covered.Know), len(covered.Know))
		}
		text += "\n\n" + line + "."
	}
	fitting, err := f.fitting(tx, p)
	if err != nil {
		return "", nil, err
	}
	if n := len(fitting); n > 0 {
		text += fmt.Sprintf(" You keep %s more that you say would fit here.", plural(n, "piece", "pieces"))
	}
	way, err := f.wayLine(tx, p, c)
	if err != nil {
		return "", nil, err
	}
	text += "\n\n" + way
	fee, err := f.feeLine(tx, p, c)
	if fee != "" {
		text += " " + fee
	}
	return text, fitting, err
}

// missingWords says what a part still needs.
func (s Standing) missingWords() string {
	var slots []string
	for _, slot := range s.Slots {
		if slot.Missing > 0 {
			slots = append(slots, fmt.Sprintf("%d of %s", slot.Missing, chat.Plain(slot.Title)))
		}
	}
	if len(slots) == 0 {
		return chat.Plain(s.Title)
	}
	return chat.Plain(s.Title) + " (" + strings.Join(slots, ", ") + ")"
}

// fitting gives what the owner of a portfolio keeps and has said to show something
// that it is judged by, and that is not in it.
func (f feature) fitting(tx store.Tx, p Portfolio) ([]evidence.Item, error) {
	x, known := f.Library.Framework(p.Asks.Framework)
	if !known || !slices.ContainsFunc(p.Asks.Parts, func(part programmes.Part) bool { return part.Holds == programmes.HoldsDocuments }) {
		return nil, nil
	}
	all, err := evidence.Items(tx, p.Owner)
	return slices.DeleteFunc(all, func(i evidence.Item) bool {
		return slices.Contains(p.Items, i.ID) || len(f.Library.In(x, i.Tags)) == 0
	}), err
}

// sharedWords names the evidence that stands in more than one portfolio.
func sharedWords(tx store.Tx, all []Portfolio) (string, error) {
	in := map[evidence.ID]int{}
	var lines []string
	for _, p := range all {
		items, err := itemsOf(tx, p)
		if err != nil {
			return "", err
		}
		for _, i := range items {
			if in[i.ID]++; in[i.ID] == 2 {
				lines = append(lines, chat.Plain(chat.Short(i.Name(), 60)))
			}
		}
	}
	if len(lines) == 0 {
		return "", nil
	}
	return "In more than one of them: " + strings.Join(lines, "; ") + ".", nil
}

// reuseDeed puts what somebody keeps into another portfolio that it fits.
func (f feature) reuseDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: reusePath, Summary: "Put evidence that fits into another portfolio", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p, err := f.own(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			items, err := f.fitting(tx, p)
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(items) == 0 {
				return chat.Say("All that you say would fit is in **"+chat.Plain(p.Asks.Title)+"** already.", chat.Button{Label: "See all parts", Command: openPath, Record: string(p.ID)}), nil
			}
			if !c.Sure {
				var names []string
				for _, i := range items {
					names = append(names, "- "+chat.Plain(chat.Short(i.Name(), 80)))
				}
				return deeds.ConfirmAbout(string(p.ID), "These go into **"+chat.Plain(p.Asks.Title)+"** as well, and stay wherever else they are:\n\n"+strings.Join(names, "\n"), "Put them in"), nil
			}
			for _, i := range items {
				p.Items = append(p.Items, i.ID)
			}
			return chat.Say(fmt.Sprintf("**%s** has %s in it now. Only you see it until you submit.", chat.Plain(p.Asks.Title), plural(len(p.Items), "piece of evidence", "pieces of evidence")),
				chat.Button{Label: "Side by side", Command: allPath, Main: true}, chat.Button{Label: "See all parts", Command: openPath, Record: string(p.ID)}), p.keep(tx)
		},
	}
}
