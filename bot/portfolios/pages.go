package portfolios

import (
	"fmt"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/links"
	"cohortbot/bot/store"
)

const (
	// writingPath is what links and sessions of the page for writing are for. It is no
	// command: nobody comes by them to a deed.
	writingPath = "portfolio writing"
	recoverPath = "portfolio recover" // the page by which somebody comes back

	writingTime = 24 * time.Hour // a link that nobody used yet
	// WritingTime is how long a browser in which the page for writing was opened can
	// go on with it.
	WritingTime  = 7 * 24 * time.Hour
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
	const path = "portfolio page"
	return deeds.Deed{
		Command: chat.Command{Path: path, Summary: "A private page in the browser, for writing more than fits a chat", Role: chat.Anyone},
		Run: f.owned(path, func(tx store.Tx, c deeds.Call, p Portfolio) (chat.Outcome, error) {
			if f.Pages == "" {
				return chat.Outcome{}, deeds.Refuse(deeds.Unavailable, "This bot has no pages of its own. You can write here with /portfolio write, and go on where you stopped with /portfolio add.")
			}
			open, err := links.To(tx, writingPath, string(p.ID), c.Now)
			if err != nil {
				return chat.Outcome{}, err
			}
			for _, l := range open { // a browser that is open stays open: some write on two
				if l.Once {
					if err := links.End(tx, l.ID, c.Now); err != nil {
						return chat.Outcome{}, err
					}
				}
			}
			l, err := links.MakeOnce(tx, writingPath, string(p.ID), c.Now.Add(writingTime), c.Now)
			if err != nil {
				return chat.Outcome{}, err
			}
			out := chat.Say("Here is a page for writing, with room for "+fmt.Sprint(MostText)+" characters a part. It keeps what you type as you go, and on your device while there is no connection. It is the same text as here:\n\n<"+f.Pages+l.Path()+">",
				chat.Button{Label: "Close my pages", Command: lockPath, Record: string(p.ID)})
			out.Reply.Note = "The link works once, in one browser, until this time tomorrow; that browser can then go on for a week. Until you have used it, whoever has it can read and change your texts: pass it on to nobody."
			return out, nil
		}),
	}
}

const lockPath = "portfolio lock"

// lockDeed ends the page for writing wherever it is open.
func (f feature) lockDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: lockPath, Summary: "Close the page for writing on every device", Role: chat.Anyone},
		Run: f.owned(lockPath, func(tx store.Tx, c deeds.Call, p Portfolio) (chat.Outcome, error) {
			n, err := stopWriting(tx, p.ID, c.Now)
			if err != nil {
				return chat.Outcome{}, err
			}
			again := chat.Button{Label: "A new link", Command: "portfolio page", Record: string(p.ID)}
			if n == 0 {
				return chat.Say("The page for writing is open nowhere, and no link to it is waiting.", again), nil
			}
			return chat.Say("Closed. No browser and no link opens your texts any more. What was kept is here.", again), nil
		}),
	}
}
