package thread

import (
	"fmt"
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

// sharedKind is what is said in the open channel.
const sharedKind = "shared-aloud"

// whoReads says exactly who would read what is shared.
func whoReads(place chat.Place, c cohorts.Cohort) string {
	return "Everyone who can read " + chat.InChannel(place) + " would see it with your name, people outside " + chat.Plain(c.Name) +
		" included, and so would whoever administers this chat. It also goes onto a page that the group can keep."
}

func excerpt(s Share, n int) string { return Excerpt(s.Text, s.Files, n) }

// Excerpt gives the beginning of what somebody said as a quotation, of at most n
// signs; files are named.
func Excerpt(text string, files []chat.File, n int) string {
	var parts []string
	if text != "" {
		parts = append(parts, chat.Quote(chat.Short(text, n)))
	}
	for _, f := range files {
		about := f.Alt
		if about == "" {
			about = f.Name
		}
		parts = append(parts, chat.Quote(f.Kind()+": "+about))
	}
	return strings.Join(parts, "\n\n")
}

// choices are the buttons of an offer.
func choices(s Share, no string) []chat.Button {
	return []chat.Button{
		{Label: "Share it", Command: "thread yes", Record: string(s.ID), Main: true},
		{Label: no, Command: "thread no", Record: string(s.ID)},
	}
}

// consent shows an author what would be shared, and where.
func consent(s Share, c cohorts.Cohort) chat.Message {
	return chat.Message{
		Text:    "This would go to " + chat.InChannel(s.Place) + ":\n\n" + excerpt(s, 1500),
		Note:    whoReads(s.Place, c) + " You can take it back later: it is then deleted there and on the page.",
		Buttons: choices(s, "Not now"),
	}
}

// askMessage asks an author for what somebody else would like to be seen.
func askMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	s, err := Shares.Get(tx, ShareID(i.Record))
	if err != nil {
		return chat.Message{}, false, err
	}
	c, err := cohorts.Get(tx, s.Cohort)
	if err != nil {
		return chat.Message{}, false, err
	}
	if !s.Offered() {
		return chat.Message{
			Text:    "You shared this in " + chat.InChannel(s.Place) + ":\n\n" + excerpt(s, 500),
			Buttons: []chat.Button{{Label: "Take it back", Command: "thread withdraw", Record: string(s.ID)}},
		}, i.State == outbox.Sent, nil
	}
	by, err := people.Table.Get(tx, s.By)
	if err != nil {
		return chat.Message{}, false, err
	}
	return chat.Message{
		Text: "**" + chat.Plain(by.Name) + "** would like more people to see what you wrote in " + chat.InChannel(c.Place) + ". Shall I post it in " +
			chat.InChannel(s.Place) + "?\n\n" + excerpt(s, 1500),
		Note:    whoReads(s.Place, c) + " Nothing is shared unless you press Share it, and nobody is told if you don't.",
		Buttons: choices(s, "No, thank you"),
	}, true, nil
}

// sharedMessage is what stands in the open channel.
func sharedMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	s, err := Shares.Get(tx, ShareID(i.Record))
	if err != nil || s.Offered() {
		return chat.Message{}, false, err
	}
	c, err := cohorts.Get(tx, s.Cohort)
	if err != nil {
		return chat.Message{}, false, err
	}
	p, err := people.Table.Get(tx, s.Author)
	if err != nil {
		return chat.Message{}, false, err
	}
	m := chat.Message{Text: "**" + chat.Plain(p.Name) + "**, working out loud in " + chat.Plain(c.Name) + ":", Files: s.Files, Note: "Shared by its author, who can take it back."}
	if s.Text != "" {
		m.Text += "\n\n" + chat.Quote(s.Text)
	}
	return m, true, nil
}

// listed is how much of what was shared stands in the short list in the chat.
const listed = 8

// pageDeed collects what was shared.
func pageDeed() deeds.Deed {
	return deeds.Deed{
		Scoped:  true,
		Command: chat.Command{Path: "thread page", Summary: "What the group has shared so far, as a list and a page to keep", Role: chat.Member},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			all, err := Aloud(tx, cohort.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(all) == 0 {
				return nothingShared(tx, cohort)
			}
			var sections []string
			m := chat.Message{Text: "**Working out loud in " + chat.Plain(cohort.Name) + "**", Note: "The page opens in any browser, without a network. What is taken back is not on the next one."}
			if n := len(all) - listed; n > 0 {
				m.Text += fmt.Sprintf("\n\nThe latest %d; the page has %d more.", listed, n)
			}
			for i, s := range all {
				p, err := people.Table.Get(tx, s.Author)
				if err != nil {
					return chat.Outcome{}, err
				}
				on := schedules.DateOf(s.Shared.In(cohort.Zone.Location()))
				sections = append(sections, "## "+chat.Plain(p.Name)+", "+on.Long()+"\n\n"+excerpt(s, 6000)+"\n\n")
				if i < len(all)-listed {
					continue
				}
				n := i + 1
				m.Text += fmt.Sprintf("\n\n%d. **%s**, %s: %s", n, chat.Plain(p.Name), on.Short(), chat.Plain(chat.Short(oneLine(s), 120)))
				if s.Author == c.Person.ID {
					m.Buttons = append(m.Buttons, chat.Button{Label: fmt.Sprintf("Take back %d", n), Command: "thread withdraw", Record: string(s.ID)})
				}
			}
			m.Document = &chat.Document{Name: "working out loud", Title: "Working out loud: " + cohort.Name, Text: fitting(sections)}
			return chat.Answering(m), nil
		},
	}
}

// fitting gives the youngest sections that fit on one page.
func fitting(sections []string) string {
	const left = "*The oldest are left out, since the page is full.*\n\n"
	first, size := len(sections), len(left)
	for first > 0 && size+len(sections[first-1]) <= chat.MaxDocument {
		first--
		size += len(sections[first])
	}
	text := strings.Join(sections[first:], "")
	if first > 0 {
		text = left + text
	}
	return text
}

func nothingShared(tx store.Tx, c cohorts.Cohort) (chat.Outcome, error) {
	o, ok, err := opening(tx, c.ID)
	if err != nil {
		return chat.Outcome{}, err
	}
	if !ok {
		return chat.Say("Nothing has been shared yet, and no open channel is named. A facilitator can name one with /thread open."), nil
	}
	return chat.Say("Nothing has been shared yet. To show something of yours in "+chat.InChannel(o.Place)+", choose Share in the menu on your message, or:",
		chat.Button{Label: "Share something", Command: "thread share", Record: string(c.ID), Main: true}), nil
}

func oneLine(s Share) string {
	if s.Text != "" {
		return strings.Join(strings.Fields(s.Text), " ")
	}
	var kinds []string
	for _, f := range s.Files {
		kinds = append(kinds, "a "+f.Kind())
	}
	return strings.Join(kinds, " and ")
}
