package cohorts

import (
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/consents"
	"cohortbot/bot/outbox"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// The kinds of what this package says.
const (
	joinKind        = "join"
	facilitatorKind = "facilitator"
	orphanedKind    = "orphaned"
)

// WeaveDraft is the kind of what a facilitator gets to draw a week together; what
// stands in it depends on who may be quoted. It is said by the prompts.
const WeaveDraft = "weave-draft"

// QuotingWords are what somebody agrees to who may be quoted.
const QuotingWords = "Facilitators may quote what I write for the group in the weekly write-up for the group, with my name. What I write for myself or for facilitators alone is never quoted."

// KeepQuoting writes down what somebody says to being quoted.
func KeepQuoting(tx store.Tx, m Member, w chat.Workspace, now time.Time) error {
	_, err := consents.Keep(tx, consents.Consent{
		Person: m.Person, Purpose: consents.Quoting, Scope: string(m.Cohort), Given: m.Quote, Words: QuotingWords, Where: w, At: now,
	})
	return err
}

// Requote has the drafts of a cohort's weaves made anew, after somebody changed
// whether they may be quoted.
func Requote(tx store.Tx, id ID) error {
	plan, err := Plans.Get(tx, id)
	if err != nil {
		return err
	}
	for _, w := range plan.Weeks {
		if err := outbox.Touch(tx, WeaveDraft, WeekRecord(id, w.ID)); err != nil {
			return err
		}
	}
	return nil
}

// whoSees is said wherever somebody joins.
const whoSees = "What you answer for the group is read by the group; what you mark for facilitators is read by them; what you mark as only yours is read by nobody else here. Whoever administers this chat can read its channels, and whoever runs this bot's machine could open its files."

func createdMessage(c Cohort, plan Plan, now time.Time) chat.Message {
	dates := c.Dates(plan)
	text := fmt.Sprintf("**%s** is ready to look at. %s, %s.\n", chat.Plain(c.Name), c.Rhythm.Words(), c.Zone.City())
	text += datesText(c, dates)
	if len(c.Holidays) == 0 {
		text += "\n\nI know of no public holidays. Name one with /plan break, and that day's question goes out on the next free day."
	}
	text += "\n\nNobody has been told yet."
	m := chat.Message{Text: text, Note: "Only you see this."}
	if next, ok := Next(dates); ok {
		m.Buttons = append(m.Buttons, chat.Button{Label: "Send me week 1 as a member would see it", Command: "plan preview", Record: WeekRecord(c.ID, next.ID), Main: true})
	}
	m.Buttons = append(m.Buttons,
		chat.Button{Label: "Change a week", Command: "plan edit", Record: string(c.ID)},
		chat.Button{Label: "Add a facilitator", Command: "cohort facilitator", Record: string(c.ID)},
		chat.Button{Label: "Post the joining message", Command: "cohort invite", Record: string(c.ID)})
	return m
}

// datesText lists the weeks that are not skipped, each with its date, under
// their phases.
func datesText(c Cohort, dates []Dated) string {
	var b strings.Builder
	phase := ""
	for _, d := range dates {
		if d.Skipped {
			continue
		}
		if d.Phase != phase {
			phase = d.Phase
			for _, p := range c.Programme.Phases {
				if p.ID == phase {
					b.WriteString("\n**" + chat.Plain(p.Title) + "**\n\n")
				}
			}
		}
		b.WriteString("- " + d.Label() + ": " + d.On.Date.Short())
		if d.Moved != "" {
			b.WriteString(" (moved for " + chat.Plain(d.Moved) + ")")
		}
		if d.Prompt == "" {
			b.WriteString(", no question yet")
		}
		b.WriteString("\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

func joiningMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	c, _, dates, err := Load(tx, ID(i.Record))
	if err != nil {
		return chat.Message{}, false, err
	}
	if c.State == Ended || c.State == Deleted {
		return chat.Message{Text: "**" + chat.Plain(c.Name) + "** has ended. Thank you to everyone who took part."}, true, nil
	}
	group, err := Group(tx, c.ID)
	if err != nil {
		return chat.Message{}, false, err
	}
	joined := 0
	for _, m := range group {
		if !m.Facilitator {
			joined++
		}
	}
	text := "**" + chat.Plain(c.Name) + "** is open to join. " + chat.Plain(strings.TrimSpace(c.Programme.Summary))
	if next, ok := Next(dates); ok && c.State == Paused {
		text += "\n\nIt is paused at the moment; you can join all the same. The rhythm, when it goes on: " + c.Rhythm.Words() + "."
	} else if ok {
		begins := "The first question comes"
		if next.Number > 1 {
			begins = "It is on its way already, and you can still come in: the next question comes"
		}
		text += fmt.Sprintf("\n\n%s %s. The rhythm: %s. A few lines, a voice note or a photo are all good answers.",
			begins, c.When(next, now), c.Rhythm.Words())
	}
	text += "\n\nJoining is your choice: being in this channel enrols nobody."
	if joined > 0 {
		text += fmt.Sprintf(" %s so far.", count(joined, c.Programme.Members))
	}
	return chat.Message{
		Text: text, Note: whoSees,
		Buttons: []chat.Button{{Label: "Join", Command: "cohort join", Record: string(c.ID), Main: true}},
	}, true, nil
}

// joinedMessage tells somebody who joins, early or late, what matters now, below
// an opening.
func joinedMessage(c Cohort, dates []Dated, now time.Time, opening string) chat.Message {
	m := chat.Message{Text: opening}
	if current, ok := Current(dates); ok {
		if prompt, err := c.RenderPrompt(dates, current); err == nil {
			m.Text += "\n\nThis is the question of the moment."
			if current.Number > 1 {
				m.Text += " What came before can wait; `/reflect week:1` opens an earlier question whenever you like."
			}
			m.Text += "\n\n" + prompt
			m.Buttons = append(m.Buttons, chat.Button{Label: "Answer", Command: "reflect", Record: WeekRecord(c.ID, current.ID), Main: true})
		}
	}
	if next, ok := Next(dates); ok && c.State == Paused {
		m.Text += "\n\nThe plan is paused at the moment. The next question comes when it goes on."
	} else if ok && c.State == Open {
		m.Text += "\n\nThe next question comes " + c.When(next, now) + "."
	}
	m.Note = "Fewer reminders, or none: /settings reminders. Away for a while: /settings leave."
	return m
}

// welcome is what the programme says to somebody who joins, or a plain welcome.
func welcome(c Cohort, dates []Dated) string {
	next, _ := Next(dates)
	text, err := programmes.RenderText(c.Programme.Welcome, c.Scene(dates, next))
	if err != nil || strings.TrimSpace(text) == "" {
		return "You're in. Welcome to " + chat.Plain(c.Name) + "."
	}
	return "You're in.\n\n" + strings.TrimSpace(text)
}

// When says when a week goes out, as each reader lives it.
func (c Cohort) When(d Dated, now time.Time) string {
	at := d.On.In(c.Zone)
	return chat.Time(at, schedules.Words(at, c.Zone, now))
}

func stateLine(c Cohort, dates []Dated) string {
	line := "**" + chat.Plain(c.Name) + "** in " + chat.InChannel(c.Place)
	switch c.State {
	case Draft:
		return line + ": being prepared, nobody has been told yet"
	case Paused:
		return line + ": paused"
	case Ended:
		return line + ": ended"
	}
	if current, ok := Current(dates); ok {
		line += ": " + current.Label()
	}
	if next, ok := Next(dates); ok {
		line += "; next on " + next.On.Date.Short()
	}
	return line
}

func facilitatorMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	c, err := Get(tx, ID(i.Record))
	if err != nil {
		return chat.Message{}, false, err
	}
	return chat.Message{
		Text: "You are now a facilitator of **" + chat.Plain(c.Name) + "**. You can see who has gone quiet and what goes out next, change the plan, and read answers that people marked for facilitators.",
		Buttons: []chat.Button{
			{Label: "Show the panel", Command: "cohort panel", Record: string(c.ID), Main: true},
			{Label: "Show the plan", Command: "plan show", Record: string(c.ID)},
		},
	}, true, nil
}

func orphanedMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	c, err := Get(tx, ID(i.Record))
	if err != nil {
		return chat.Message{}, false, err
	}
	if left, err := Facilitators(tx, c.ID); err != nil || len(left) > 0 {
		return chat.Message{}, false, err
	}
	return chat.Message{
		Text:    "**" + chat.Plain(c.Name) + "** has no facilitator any more. Questions still go out as planned, and nobody looks after the group. Please choose somebody.",
		Buttons: []chat.Button{{Label: "Choose a facilitator", Command: "cohort facilitator", Record: string(c.ID), Main: true}},
		Note:    "Administrators of this workspace see this.",
	}, true, nil
}

func count(n int, w programmes.Word) string {
	if n == 1 {
		return "1 " + chat.Plain(w.One)
	}
	return fmt.Sprintf("%d %s", n, chat.Plain(w.Many))
}
