package portfolios

import (
	"fmt"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/links"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

const (
	writingPath = "portfolio writing" // the page on which somebody writes
	partPath    = "portfolio part"    // one part of it
	recoverPath = "portfolio recover" // the page by which somebody comes back

	writingTime  = 24 * time.Hour
	recoveryTime = 5 * 365 * 24 * time.Hour

	claimedKind = "portfolio claimed"
)

// anew makes a link and ends those that were open to the same.
func anew(tx store.Tx, command, record string, lasts time.Duration, now time.Time) (links.Link, error) {
	open, err := links.To(tx, command, record, now)
	if err != nil {
		return links.Link{}, err
	}
	for _, l := range open {
		if err := links.End(tx, l.ID, now); err != nil {
			return l, err
		}
	}
	return links.Make(tx, command, record, now.Add(lasts), now)
}

// pageDeed gives the address of a page on which long texts are written.
func (f feature) pageDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "portfolio page", Summary: "A private page in the browser, for writing more than fits a chat", Role: chat.Anyone},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			c.Path = "portfolio page"
			p, err := f.own(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if f.Pages == "" {
				return chat.Outcome{}, deeds.Refuse(deeds.Unavailable, "This bot has no pages of its own. You can write here with /portfolio write, and go on where you stopped with /portfolio add.")
			}
			l, err := anew(tx, writingPath, string(p.ID), writingTime, c.Now)
			if err != nil {
				return chat.Outcome{}, err
			}
			out := chat.Say("Here is a page for writing, with room for " + fmt.Sprint(MostText) + " characters a part. What you type stays on your device until you send it, so a lost connection loses nothing. It is the same text as here:\n\n" + f.Pages + l.Path())
			out.Reply.Note = "It is for you alone, and open until this time tomorrow. Whoever has the address can read and change your texts: pass it on to nobody. Asking for another ends this one."
			return out, nil
		},
	}
}

// writingDeed is what the page for writing shows.
func (f feature) writingDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: writingPath, Summary: "The parts of a portfolio, to write on a page", Role: chat.Guest, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p, err := f.own(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			parts, err := StandingOf(tx, p)
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{Text: "**" + chat.Plain(p.Asks.Title) + "**\n\nChoose a part to write.", Note: "Only you see this page. Papers and the words of others are added in the chat.", Buttons: pageButtons(p, "")}
			for _, s := range parts {
				if s.Holds == programmes.HoldsText {
					m.Text += "\n\n**" + chat.Plain(s.Title) + "**: " + s.say(c)
				}
			}
			return chat.Answering(m), nil
		},
	}
}

// pageButtons lead to the written parts; the one after the part that was just
// written is the likeliest.
func pageButtons(p Portfolio, after string) []chat.Button {
	var buttons []chat.Button
	main := after == ""
	for _, part := range p.Asks.Parts {
		if part.Holds == programmes.HoldsText {
			buttons = append(buttons, chat.Button{Label: chat.Short("Write: "+part.Title, 70), Command: partPath, Record: string(p.ID), Choice: part.ID, Main: main})
			main = part.ID == after
		}
	}
	return buttons
}

func (f feature) partDeed() deeds.Deed {
	return deeds.Deed{
		Via:     writingPath,
		Command: chat.Command{Path: partPath, Summary: "Write a part of a portfolio on a page", Role: chat.Guest, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			c.Path = partPath
			p, err := f.own(tx, c)
			if err != nil {
				return nil, err
			}
			part, err := partMeant(p, c)
			if err != nil {
				return nil, err
			}
			if !onPage(c) {
				return writeForm(tx, p, part, false, inChat)
			}
			form, err := writeForm(tx, p, part, false, MostText)
			form.Fields[0].Max = MostText
			return form, err
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			c.Path = partPath
			p, err := f.own(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			part, err := partMeant(p, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			return f.written(tx, c, p, part, false)
		},
	}
}
