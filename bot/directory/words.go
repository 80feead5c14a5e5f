package directory

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// mostChoices is how many things a list of choices has room for.
const mostChoices = 25

func dayOf(t time.Time, z schedules.Zone) schedules.Date { return schedules.DateOf(t.In(z.Location())) }

// day says a date as it stands in a record: with its year.
func day(t time.Time, z schedules.Zone) string {
	return t.In(z.Location()).Format("2 January 2006")
}

// contains tells whether all words that were typed stand in a text.
func contains(text, typed string) bool {
	text = strings.ToLower(text)
	for _, w := range strings.Fields(strings.ToLower(typed)) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// itemName names an item of a framework as its publisher does.
func itemName(i frameworks.Item, n int) string {
	return chat.Short(strings.TrimRight(strings.TrimSpace(i.Code+" "+i.Text), "."), n)
}

func (f feature) framework(id string) (frameworks.Framework, bool) {
	i := slices.IndexFunc(f.Frameworks, func(x frameworks.Framework) bool { return x.ID == id })
	if i < 0 {
		return frameworks.Framework{}, false
	}
	return f.Frameworks[i], true
}

func (f feature) item(m Mark) (frameworks.Item, frameworks.Framework, bool) {
	x, ok := f.framework(m.Framework)
	if !ok {
		return frameworks.Item{}, x, false
	}
	i, ok := x.Find(m.Item)
	return i, x, ok
}

func (f feature) markName(m Mark, n int) string {
	i, _, ok := f.item(m)
	if !ok {
		return chat.Short(m.Framework+" "+m.Item, n)
	}
	return itemName(i, n)
}

// marksWords lists what is addressed, framework by framework.
func (f feature) marksWords(all []Mark) string {
	var parts []string
	var done []string
	for _, m := range all {
		if slices.Contains(done, m.Framework) {
			continue
		}
		done = append(done, m.Framework)
		title := m.Framework
		if x, ok := f.framework(m.Framework); ok {
			title = x.Title
		}
		part := "It addresses, by **" + chat.Plain(title) + "**:\n"
		for _, id := range marked(all, m.Framework) {
			part += "\n- " + chat.Plain(f.markName(Mark{m.Framework, id}, 160))
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "\n\n")
}

// line says a training in a line of a list.
func (t Training) line(n int, z schedules.Zone) string {
	s := fmt.Sprintf("**%d. %s**, %s", n, chat.Plain(t.Title), chat.Plain(t.Provider))
	if t.Terms != "" {
		s += ". " + chat.Plain(t.Terms)
	}
	return strings.TrimRight(s, ".") + ". Approved until " + day(t.Until, z) + "."
}

// stateWords says how a training stands.
func (t Training) stateWords(z schedules.Zone) string {
	switch t.State {
	case Approved:
		if t.Ends {
			return "approved until " + day(t.Until, z) + ", and not renewed"
		}
		return "approved until " + day(t.Until, z)
	case Declined:
		return "not approved"
	case Lapsed:
		return "its approval ended on " + day(t.Until, z)
	case Retired:
		return "retired on " + day(t.Retired, z)
	}
	return "suggested on " + day(t.At, z) + ", and not decided yet"
}

// about quotes what is said of a training.
func (t Training) about() string {
	text := "**" + chat.Plain(t.Title) + "**, " + chat.Plain(t.Provider) + "\n\n" + chat.Quote(t.About)
	if t.Terms != "" {
		text += "\n\n" + chat.Plain(t.Terms)
	}
	if t.Link != "" {
		text += "\n\n" + chat.Plain(t.Link)
	}
	return text
}

// trainingMessage shows a training to whoever looks it up.
func (f feature) trainingMessage(tx store.Tx, c deeds.Call, t Training) (chat.Message, error) {
	who, err := nameOf(tx, t.By)
	if err != nil {
		return chat.Message{}, err
	}
	m := chat.Message{Text: t.about(), Note: "A training. Approved trainings are shown to everybody here."}
	if words := f.marksWords(t.Marks); words != "" {
		m.Text += "\n\n" + words
	}
	state := t.stateWords(c.Zone)
	m.Text += "\n\n" + strings.ToUpper(state[:1]) + state[1:] + ". Suggested by " + who + "."
	if t.Why != "" {
		m.Text += "\n\nWhy it was retired:\n\n" + chat.Quote(t.Why)
	}
	if !t.Approved.IsZero() {
		m.Buttons = append(m.Buttons, chat.Button{Label: "I have done it", Command: donePath, Record: string(t.ID), Main: true})
	}
	reviews, err := ReviewsOf(tx, t.ID)
	if err != nil {
		return m, err
	}
	may, err := mayDecide(tx, t.Workspace, c.Person.ID)
	if err != nil {
		return m, err
	}
	if len(reviews) > 0 && (may || !t.Approved.IsZero() || t.By == c.Person.ID) {
		m.Buttons = append(m.Buttons, chat.Button{Label: "How it was reviewed", Command: recordPath, Record: string(t.ID)})
	}
	if may && t.State != Retired && t.By != c.Person.ID {
		label := "Review it"
		if t.State == Approved || t.State == Lapsed {
			label = "Renew it"
		}
		m.Buttons = append(m.Buttons, chat.Button{Label: label, Command: judgePath, Record: string(t.ID), Main: len(m.Buttons) == 0})
	}
	if may && (t.State == Approved || t.State == Lapsed) {
		m.Buttons = append(m.Buttons, chat.Button{Label: "Retire it", Command: retirePath, Record: string(t.ID)})
	}
	if t.By == c.Person.ID && t.State == Suggested {
		m.Buttons = append(m.Buttons, chat.Button{Label: "Take it back", Command: "directory withdraw", Record: string(t.ID)})
	}
	return m, nil
}

// recordMessage shows every review of a training, with what was said against it.
func (f feature) recordMessage(tx store.Tx, c deeds.Call, t Training) (chat.Message, error) {
	m := chat.Message{Note: "Whoever can see the training can read this."}
	may, err := mayDecide(tx, t.Workspace, c.Person.ID)
	if err != nil {
		return m, err
	}
	if !may && t.Approved.IsZero() && t.By != c.Person.ID {
		return m, deeds.Refuse(deeds.Forbidden, "Until a training is approved, its review is read by the content board and by whoever suggested it.")
	}
	reviews, err := ReviewsOf(tx, t.ID)
	if err != nil {
		return m, err
	}
	m.Text = "**How " + chat.Plain(t.Title) + " was reviewed**"
	if len(reviews) == 0 {
		m.Text += "\n\nNobody has reviewed it yet."
	}
	for _, r := range reviews {
		words, err := f.reviewWords(tx, r, c.Zone)
		if err != nil {
			return m, err
		}
		m.Text += "\n\n" + words
		if r.Open() && may {
			buttons, err := reviewButtons(tx, r, c)
			if err != nil {
				return m, err
			}
			m.Buttons = append(m.Buttons, buttons...)
		}
	}
	m.Buttons = append(m.Buttons, chat.Button{Label: "The training", Command: showPath, Record: string(t.ID)})
	return m, nil
}

// reviewWords says a review, how it stands, and every objection with its answer.
func (f feature) reviewWords(tx store.Tx, r Review, z schedules.Zone) (string, error) {
	who, err := nameOf(tx, r.By)
	if err != nil {
		return "", err
	}
	verdict := "would not approve it"
	if r.Approves {
		verdict = "would approve it for " + monthsWords(r.Months)
	}
	text := "**" + who + " " + verdict + "**, " + day(r.Asked, z) + ".\n\n" + quote(r.Found)
	if words := f.marksWords(r.Marks); words != "" && r.Approves {
		text += "\n\n" + words
	}
	said, err := objectionsTo(tx, r.ID)
	if err != nil {
		return "", err
	}
	for _, o := range said {
		words, err := objectionWords(tx, o)
		if err != nil {
			return "", err
		}
		text += "\n\n" + words
	}
	switch {
	case r.How == Stood:
		text += "\n\nNobody's objection was left, and it holds since " + day(r.Closed, z) + "."
		if len(r.Without) > 0 {
			names, err := namesOf(tx, r.Without)
			if err != nil {
				return "", err
			}
			text += " " + names + " " + areOr(r.Without, "was", "were") + " away while it was open, and had no say. Whoever was away can review it anew."
		}
	case r.How == Changed:
		text += "\n\nAnother review took its place on " + day(r.Closed, z) + "."
	case r.How == Taken:
		text += "\n\nIt was taken back on " + day(r.Closed, z) + "."
	case slices.ContainsFunc(said, Objection.Open):
		text += "\n\nNothing is decided while an objection waits."
	default:
		text += "\n\nThe others can object until " + day(r.Until, z) + "; after that it holds."
		if r.Until.After(r.Asked.Add(objecting)) {
			text += " Nobody who could object was here, so it waits until somebody is."
		}
	}
	return text, nil
}

func namesOf(tx store.Tx, all []people.ID) (string, error) {
	var names []string
	for _, id := range all {
		name, err := nameOf(tx, id)
		if err != nil {
			return "", err
		}
		names = append(names, name)
	}
	return chat.And(names), nil
}

func areOr(all []people.ID, one, more string) string {
	if len(all) == 1 {
		return one
	}
	return more
}

// awayWords says who of these is away now, and what that means for a review; nothing
// where nobody is.
func awayWords(tx store.Tx, all []people.ID, now time.Time) (string, error) {
	var away []people.ID
	for _, id := range all {
		p, there, err := people.Table.Find(tx, id)
		if err != nil {
			return "", err
		}
		if there && p.OnLeave(now, schedules.Zone{}) {
			away = append(away, id)
		}
	}
	names, err := namesOf(tx, away)
	switch {
	case err != nil || len(away) == 0:
		return "", err
	case len(away) == len(all):
		return " " + names + " " + areOr(away, "is", "are") + " away. Nothing is decided before somebody who could object is back.", nil
	}
	return " " + names + " " + areOr(away, "is", "are") + " away, and it can hold without " + "their say.", nil
}

func objectionWords(tx store.Tx, o Objection) (string, error) {
	who, err := nameOf(tx, o.By)
	if err != nil {
		return "", err
	}
	text := who + " objected:\n\n" + quote(o.Words)
	if o.Answer != "" {
		by, err := nameOf(tx, o.Answerer)
		if err != nil {
			return "", err
		}
		text += "\n\n" + by + " answered:\n\n" + chat.Quote(o.Answer)
	}
	switch o.How {
	case Heard:
		text += "\n\n" + who + " says that it was heard."
	case Met:
		text += "\n\nThe review was changed."
	case Gone:
		text += "\n\nNobody is left who could say whether it was heard."
	case Lifted:
		text += "\n\nThe review was taken back."
	}
	return text, nil
}

func monthsWords(n int) string {
	switch {
	case n%12 != 0:
		return fmt.Sprintf("%d months", n)
	case n == 12:
		return "a year"
	}
	return fmt.Sprintf("%d years", n/12)
}

func showReview(r Review) chat.Button {
	return chat.Button{Label: "Read the review", Command: recordPath, Record: string(r.ID), Main: true}
}

// reviewButtons gives what somebody of the board can do about an open review.
func reviewButtons(tx store.Tx, r Review, c deeds.Call) ([]chat.Button, error) {
	said, err := waiting(tx, r.ID)
	if err != nil {
		return nil, err
	}
	if r.By == c.Person.ID {
		var buttons []chat.Button
		for n, o := range said[:min(len(said), 3)] {
			label := "Answer the objection"
			if len(said) > 1 {
				label = fmt.Sprintf("Answer objection %d", n+1)
			}
			buttons = append(buttons, chat.Button{Label: label, Command: answerPath, Record: o.ID, Main: n == 0})
		}
		return append(buttons,
			chat.Button{Label: "Change the review", Command: judgePath, Record: string(r.Training)},
			chat.Button{Label: "Take it back", Command: dropPath, Record: string(r.ID)}), nil
	}
	if i := slices.IndexFunc(said, func(o Objection) bool { return o.By == c.Person.ID }); i >= 0 {
		return []chat.Button{{Label: "My objection was heard", Command: heardPath, Record: said[i].ID, Main: true}}, nil
	}
	return []chat.Button{{Label: "Object", Command: objectPath, Record: string(r.ID)}}, nil
}
