package goals

import (
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/experiments"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/sessions"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// The kinds of what is said.
const (
	boardKind = "goals"     // in the channel: the one message in which the goals stand
	noteKind  = "goal-note" // in the thread under it: what happened
	lookKind  = "goal-look" // in the thread under it: a goal to look at anew
)

// whoSees is said wherever somebody writes.
const whoSees = "Everyone in the group can read it, with your name."

// name gives a goal by its number and its words.
func (g Goal) name() string { return fmt.Sprintf("**%d. %s**", g.Number, chat.Plain(g.Words)) }

// namesOf lists people.
func namesOf(tx store.Tx, who []people.ID) (string, error) {
	var all []string
	for _, id := range who {
		p, err := people.Table.Get(tx, id)
		if err != nil {
			return "", err
		}
		all = append(all, chat.Plain(p.Name))
	}
	return chat.And(all), nil
}

// shown is how many goals stand on the board, each with a button.
const shown = 20

// boardWords says what the group's goals are, those adopted first.
func boardWords(tx store.Tx, c cohorts.Cohort, now time.Time) (string, []Goal, error) {
	all, err := Of(tx, c.ID)
	if err != nil {
		return "", nil, err
	}
	text := "**The goals of " + chat.Plain(c.Name) + "**"
	var listed []Goal
	for _, part := range []struct {
		title string
		has   func(Goal) bool
	}{
		{"What we set out to do", func(g Goal) bool { return g.State == Adopted }},
		{"The group is asked", func(g Goal) bool { return g.State == Proposed && g.Round != nil }},
		{"Proposed", func(g Goal) bool { return g.State == Proposed && g.Round == nil }},
	} {
		lines := ""
		for _, g := range all {
			if !part.has(g) || len(listed) == shown {
				continue
			}
			listed = append(listed, g)
			line, err := boardLine(tx, c, g, now)
			if err != nil {
				return "", nil, err
			}
			lines += "\n\n" + line
		}
		if lines != "" {
			text += "\n\n*" + part.title + "*" + lines
		}
	}
	if len(listed) == 0 {
		text += "\n\nThere are none yet. Goals are the group's own: nobody sets them for you. What would you like to have done together by the end?"
	}
	return text, listed, nil
}

// boardLine says one goal and how it stands.
func boardLine(tx store.Tx, c cohorts.Cohort, g Goal, now time.Time) (string, error) {
	line := g.name()
	switch {
	case g.Round != nil:
		words, err := roundWords(tx, c, g, now)
		if err != nil {
			return "", err
		}
		line += "\n\n" + words
	case g.State == Proposed:
		by, err := namesOf(tx, []people.ID{g.By})
		if err != nil {
			return "", err
		}
		line += "\n\nBy " + by + "."
	}
	if n, err := openSuggestions(tx, g.ID); err != nil {
		return "", err
	} else if len(n) > 0 {
		line += "\n\nOther words are suggested for it."
	}
	if g.State != Adopted {
		return line, nil
	}
	all, err := ObjectionsTo(tx, g)
	if err != nil {
		return "", err
	}
	if len(all) > 0 {
		who, err := namesOf(tx, objectors(all))
		if err != nil {
			return "", err
		}
		line += "\n\nObjections were heard, by " + who + "; they stand with the goal."
	}
	tied, err := tiedWords(tx, c, g, now)
	if tied != "" {
		line += "\n\n" + tied
	}
	return line, err
}

// roundWords says what the group is asked, and who stands where: names, since
// objections are not counted.
func roundWords(tx store.Tx, c cohorts.Cohort, g Goal, now time.Time) (string, error) {
	since := schedules.DateOf(g.Round.Opened.In(c.Zone.Location())).Short()
	text := "Asked since " + since + ", whether everybody can live with it."
	switch g.Round.About {
	case ToChange:
		text = "Asked since " + since + ", whether it should read instead: “" + chat.Plain(g.Round.Words) + "”."
	case ToLetGo:
		text = "Asked since " + since + ", whether to let it go."
	}
	s, err := g.stands(tx, c, now)
	if err != nil {
		return "", err
	}
	for _, part := range []struct {
		who   []people.ID
		label string
	}{{s.consent, "Consent"}, {s.aside, "Standing aside"}} {
		names, err := namesOf(tx, part.who)
		if err != nil {
			return "", err
		}
		if names != "" {
			text += " " + part.label + ": " + names + "."
		}
	}
	for _, o := range s.open {
		who, err := namesOf(tx, []people.ID{o.Person})
		if err != nil {
			return "", err
		}
		text += "\n\nAn objection by " + who + ", still to be answered:\n\n" + chat.Quote(o.Words)
	}
	return text, nil
}

// tiedWords says what the group does for a goal.
func tiedWords(tx store.Tx, c cohorts.Cohort, g Goal, now time.Time) (string, error) {
	ties, err := tiesOf(tx, g.ID)
	if err != nil {
		return "", err
	}
	var all []string
	for _, t := range ties {
		words, err := tieWords(tx, c, t, now)
		if err != nil {
			return "", err
		}
		if words != "" {
			all = append(all, words)
		}
	}
	if len(all) == 0 {
		return "", nil
	}
	return "What we do for it: " + strings.Join(all, "; ") + ".", nil
}

// tieWords names what a goal is tied to; nothing where that is gone.
func tieWords(tx store.Tx, c cohorts.Cohort, t Tie, now time.Time) (string, error) {
	if t.Kind == ToExperiment {
		return experimentWords(tx, t)
	}
	s, err := sessions.Table.Get(tx, sessions.ID(t.Record))
	if err != nil || s.Off() {
		return "", ignoreMissing(err)
	}
	return chat.Plain(s.Title) + ", " + chat.Time(s.Start(), schedules.Words(s.Start(), c.Zone, now)), nil
}

// experimentWords names an experiment: its hunch where its author tied it, else
// no more than whose it is, for as long as the group may read its story.
func experimentWords(tx store.Tx, t Tie) (string, error) {
	e, err := experiments.Get(tx, experiments.ID(t.Record))
	if err != nil {
		return "", ignoreMissing(err)
	}
	who, err := namesOf(tx, []people.ID{e.Person})
	if err != nil {
		return "", err
	}
	if t.By == e.Person {
		return "an experiment by " + who + ", “" + chat.Plain(oneLine(e.Hunch)) + "”", nil
	}
	story, err := experiments.Stories.Get(tx, e.ID)
	if err != nil || !story.OpenTo(experiments.Reader{Member: true}) {
		return "", ignoreMissing(err)
	}
	return "an experiment by " + who + ", who has told its story", nil
}

func boardMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	c, err := cohorts.Get(tx, cohorts.ID(i.Record))
	if err != nil || c.State == cohorts.Deleted {
		return chat.Message{}, false, err
	}
	b, err := boardOf(tx, c.ID)
	if err != nil {
		return chat.Message{}, false, err
	}
	if i.Key != b.key() {
		return chat.Message{Text: "The goals of " + chat.Plain(c.Name) + " stand in a newer message now."}, i.State == outbox.Sent, nil
	}
	text, listed, err := boardWords(tx, c, now)
	if err != nil {
		return chat.Message{}, false, err
	}
	return chat.Message{
		Text: text, Buttons: boardButtons(c, listed),
		Note: "This message changes as the goals do; talk about them in its thread. What counts is what you press or write by the buttons.",
	}, true, nil
}

func boardButtons(c cohorts.Cohort, listed []Goal) []chat.Button {
	buttons := []chat.Button{}
	for _, g := range listed {
		buttons = append(buttons, chat.Button{Label: fmt.Sprintf("Open %d", g.Number), Command: "goal open", Record: string(g.ID)})
	}
	return append(buttons, chat.Button{Label: "Propose a goal", Command: "goal propose", Record: string(c.ID), Main: len(listed) == 0})
}

// noteMessage says under the board what happened to a goal.
func noteMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	e, err := Entries.Get(tx, i.Record)
	if err != nil {
		return chat.Message{}, false, err
	}
	g, err := Goals.Get(tx, e.Goal)
	if err != nil {
		return chat.Message{}, false, err
	}
	line, err := entryWords(tx, e)
	if err != nil {
		return chat.Message{}, false, err
	}
	m := chat.Message{Text: fmt.Sprintf("**Goal %d.** %s", g.Number, line)}
	asks := e.What == WasAsked || e.What == WasReasked || e.What == WasAskedToGo
	if asks {
		m.Note = "Nobody has to say anything. Objections are heard and stay with the goal; nobody is outvoted."
	}
	if asks || e.What == WasProposed || e.What == WasObjected {
		m.Buttons = []chat.Button{{Label: "Open it", Command: "goal open", Record: string(g.ID), Main: true}}
	}
	return m, true, nil
}

// entryWords says one line of a goal's history.
func entryWords(tx store.Tx, e Entry) (string, error) {
	who, err := namesOf(tx, []people.ID{e.Person})
	if err != nil {
		return "", err
	}
	quoted := ""
	if e.Words != "" {
		quoted = "\n\n" + chat.Quote(e.Words)
	}
	switch e.What {
	case WasProposed:
		return who + " proposed it:" + quoted, nil
	case WasReworded:
		return who + " gave it other words:" + quoted, nil
	case WasMerged:
		return who + " made one goal of two:" + quoted, nil
	case WasAsked:
		return who + " asks the group whether everybody can live with it:" + quoted, nil
	case WasReasked:
		return who + " gave it other words, and the group is asked about those:" + quoted, nil
	case WasAskedToGo:
		return who + " asks the group whether to let it go.", nil
	case WasObjected:
		return who + " has an objection:" + quoted, nil
	case WasHeard:
		return who + " says that their objection was heard.", nil
	case WasAdopted:
		return "The group has adopted it; " + who + " closed the round." + quoted, nil
	case WasStopped:
		return who + " ended the round; nothing has changed.", nil
	case WasLetGo:
		return "The group has let it go; " + who + " closed the round.", nil
	case WasTied:
		return who + " tied something to it:" + quoted, nil
	case WasRevisited:
		if e.Words == "" {
			return who + ": still ours.", nil
		}
		return who + ", on how far it has come:" + quoted, nil
	}
	return who + " did something that I no longer know.", nil
}

// lately is how many people's words show how far a goal has come.
const lately = 3

// lookMessage asks the group to look at a goal anew.
func lookMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	g, err := Goals.Get(tx, ID(i.Record))
	if err != nil {
		return chat.Message{}, false, err
	}
	if g.State != Adopted {
		return chat.Message{Text: g.name() + "\n\nThe group has let it go."}, i.State == outbox.Sent, nil
	}
	c, err := cohorts.Get(tx, g.Cohort)
	if err != nil {
		return chat.Message{}, false, err
	}
	text, err := farWords(tx, g)
	if err != nil {
		return chat.Message{}, false, err
	}
	tied, err := tiedWords(tx, c, g, now)
	if err != nil {
		return chat.Message{}, false, err
	}
	if tied != "" {
		text += "\n\n" + tied
	}
	return chat.Message{
		Text: g.name() + "\n\n" + text, Note: "How far has it come, for you? A few words are plenty, and the group reads them here.",
		Buttons: []chat.Button{
			{Label: "Still ours", Command: "goal still", Record: string(g.ID), Main: true},
			{Label: "Change it", Command: "goal build", Record: string(g.ID)},
			{Label: "Let it go", Command: "goal release", Record: string(g.ID)},
		},
	}, true, nil
}

// farWords says how far a goal has come, in the words of those who said so last.
func farWords(tx store.Tx, g Goal) (string, error) {
	history, err := HistoryOf(tx, g.ID)
	if err != nil {
		return "", err
	}
	var said []Entry
	for _, e := range history {
		if e.What == WasRevisited && e.Words != "" {
			said = append(said, e)
		}
	}
	if len(said) == 0 {
		return "Nobody has said yet how far it has come.", nil
	}
	text := "How far it has come:"
	for _, e := range said[max(0, len(said)-lately):] {
		who, err := namesOf(tx, []people.ID{e.Person})
		if err != nil {
			return "", err
		}
		text += "\n\n" + who + ":\n\n" + chat.Quote(e.Words)
	}
	return text, nil
}
