package prompts

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

// readPage is how many answers are read at once.
const readPage = 20

// readDeed gives a facilitator all that they may read of a week.
func readDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfWeek,
		Command: chat.Command{Path: "cohort read", Summary: "Read this week's answers, those for facilitators included", Role: chat.Facilitator},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if err := cohorts.MustFacilitate(tx, c); err != nil {
				return chat.Outcome{}, err
			}
			_, _, week, err := weekMeant(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			answers, err := OfWeek(tx, cohorts.ID(c.Cohort), week.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{Text: "**" + week.Label() + "**", Note: "Only facilitators see this. What is marked as only its author's is not shown to anybody."}
			answers = slices.DeleteFunc(answers, func(a Answer) bool { return a.Sees == OnlyMe })
			pass, _ := strconv.Atoi(c.Choice) // what is no number passes over nothing
			for i, a := range answers {
				if i < pass {
					continue
				}
				if i == pass+readPage {
					m.Buttons = []chat.Button{{
						Label: "Read on", Command: "cohort read", Record: cohorts.WeekRecord(cohorts.ID(c.Cohort), week.ID), Choice: strconv.Itoa(i), Main: true,
					}}
					m.Text += fmt.Sprintf("\n\nThere are %d more.", len(answers)-i)
					break
				}
				who, err := people.Table.Get(tx, a.Person)
				if err != nil {
					return chat.Outcome{}, err
				}
				m.Text += "\n\n" + chat.Plain(who.Name)
				if a.Sees == Facilitators {
					m.Text += ", for facilitators alone"
				}
				m.Text += ":\n\n" + excerpt(a, 2000)
			}
			if len(answers) == 0 {
				m.Text += "\n\nNobody has answered yet, or what they wrote is for themselves."
			}
			return chat.Answering(m), nil
		},
	}
}

// quietWeeks is how many weeks in a row without a word put somebody on the list
// of the quiet.
const quietWeeks = 2

// tooSoon is how long a question is open before silence means anything.
const tooSoon = 2 * 24 * time.Hour

// Picture is how a group is doing, for its facilitators.
type Picture struct {
	Answered   []people.Person // this week
	Quiet      []people.Person // nothing for the last weeks, and nothing explains it
	Away       []people.Person // on leave now
	Unanswered []Answer        // nobody has taken these up yet
}

// panel is what the facilitators see of the question and its answers.
func panel(tx store.Tx, call deeds.Call) (deeds.Glance, error) {
	var g deeds.Glance
	id := cohorts.ID(call.Cohort)
	c, _, dates, err := cohorts.Load(tx, id)
	if err != nil {
		return g, err
	}
	current, posted := cohorts.Current(dates)
	if posted {
		if g.Lines, err = howItGoes(tx, c, dates, current, call.Now); err != nil {
			return g, err
		}
	}
	g.Lines = append(g.Lines, goingOut(c, dates, call.Now))
	if next, ok := cohorts.Next(dates); ok && c.State != cohorts.Ended {
		record := cohorts.WeekRecord(id, next.ID)
		// What is shown can be edited, held and posted from there.
		g.Buttons = []chat.Button{{Label: "Preview", Command: "plan preview", Record: record, Main: true}}
	}
	if posted {
		g.Buttons = append(
			g.Buttons,
			chat.Button{Label: "Read the answers", Command: "cohort read", Record: cohorts.WeekRecord(id, current.ID)},
			chat.Button{Label: "Write the weave", Command: "cohort weave", Record: cohorts.WeekRecord(id, current.ID)},
		)
		if answers, err := OfWeek(tx, id, current.ID); err != nil {
			return g, err
		} else if open, err := notTakenUp(tx, answers); err != nil {
			return g, err
		} else if len(open) > 0 {
			g.Buttons = append(g.Buttons, untakenButton(id, current.ID))
		}
	}
	return g, nil
}

// howItGoes says who answered, who is quiet and what nobody has taken up.
func howItGoes(tx store.Tx, c cohorts.Cohort, dates []cohorts.Dated, current cohorts.Dated, now time.Time) ([]string, error) {
	group, err := cohorts.Group(tx, c.ID)
	if err != nil {
		return nil, err
	}
	learners := 0
	for _, x := range group {
		if x.Learner() {
			learners++
		}
	}
	p, err := Look(tx, c, dates, now)
	if err != nil {
		return nil, err
	}
	answered := "nobody has joined yet who could answer"
	if learners > 0 {
		answered = fmt.Sprintf("%d of %d have answered", len(p.Answered), learners)
	}
	if len(p.Answered) > 0 {
		answered += ": " + names(p.Answered)
	}
	quiet := "**Quiet this fortnight:** " + namesOr(p.Quiet, "nobody") + "."
	if len(p.Away) > 0 {
		quiet += " On leave: " + names(p.Away) + "."
	}
	open := "**Not taken up by anyone yet:** nothing."
	if len(p.Unanswered) > 0 {
		list, err := untakenList(tx, p.Unanswered)
		if err != nil {
			return nil, err
		}
		open = "**Not taken up by anyone yet:**\n" + list
	}
	return []string{"**" + current.Label() + ":** " + answered + ".", quiet, open}, nil
}

// home is what somebody sees of the question.
func home(tx store.Tx, call deeds.Call) (deeds.Glance, error) {
	var g deeds.Glance
	x, _, dates, err := cohorts.Load(tx, cohorts.ID(call.Cohort))
	if err != nil {
		return g, err
	}
	if x.State == cohorts.Ended {
		g.Lines = append(g.Lines, "It has ended. What you wrote stays yours; /answers in its channel shows it.")
		return g, nil
	}
	if current, ok := cohorts.Current(dates); ok {
		answers, err := OfPerson(tx, call.Person.ID, current.ID)
		if err != nil {
			return g, err
		}
		label, state := "Answer", "is open"
		if len(answers) > 0 {
			label, state = "Answer again", "is answered"
		}
		g.Lines = append(g.Lines, fmt.Sprintf("%s %s.", current.Label(), state))
		g.Buttons = append(g.Buttons, chat.Button{Label: label, Command: "reflect", Record: cohorts.WeekRecord(x.ID, current.ID)})
	}
	switch next, ok := cohorts.Next(dates); {
	case x.State == cohorts.Draft:
		g.Lines = append(g.Lines, "It is being prepared; nobody has been told yet.")
	case x.State == cohorts.Paused:
		g.Lines = append(g.Lines, "It is paused; nothing goes out.")
	case ok && x.State == cohorts.Open:
		g.Lines = append(g.Lines, "The next question comes "+x.When(next, call.Now)+".")
	}
	return g, nil
}

func goingOut(c cohorts.Cohort, dates []cohorts.Dated, now time.Time) string {
	switch c.State {
	case cohorts.Draft:
		return "**Going out next:** nothing, until you post the joining message with /cohort invite."
	case cohorts.Paused:
		return "**Going out next:** nothing; the plan is paused. /plan resume goes on with it."
	case cohorts.Ended:
		return "**Going out next:** nothing; the cohort has ended."
	}
	next, ok := cohorts.Next(dates)
	if !ok {
		return "**Going out next:** nothing; every week has gone out."
	}
	text := "**Going out next:** " + next.Label() + ", " + c.When(next, now) + "."
	switch {
	case next.Held:
		text += " You hold it."
	case next.Prompt == "":
		text += " It has no question yet."
	}
	return text
}

// Look makes the picture of a group.
func Look(tx store.Tx, c cohorts.Cohort, dates []cohorts.Dated, now time.Time) (Picture, error) {
	var p Picture
	var gone []cohorts.Dated
	for _, d := range dates {
		if d.Gone() {
			gone = append(gone, d)
		}
	}
	if len(gone) == 0 {
		return p, nil
	}
	current := gone[len(gone)-1]
	group, err := cohorts.Group(tx, c.ID)
	if err != nil {
		return p, err
	}
	for _, m := range group {
		if !m.Learner() {
			continue
		}
		who, err := people.Table.Get(tx, m.Person)
		if err != nil {
			return p, err
		}
		answers, err := OfPerson(tx, m.Person, current.ID)
		if err != nil {
			return p, err
		}
		away := who.OnLeave(now, c.Zone)
		if away {
			p.Away = append(p.Away, who)
		}
		// What only its author may read is not even counted here.
		if slices.ContainsFunc(answers, func(a Answer) bool { return a.Sees != OnlyMe }) {
			p.Answered = append(p.Answered, who)
			continue
		}
		if away || m.ReadingAlong {
			continue
		}
		quiet, err := quietFor(tx, m, gone, now)
		if err != nil {
			return p, err
		}
		if quiet {
			p.Quiet = append(p.Quiet, who)
		}
	}
	answers, err := OfWeek(tx, c.ID, current.ID)
	if err != nil {
		return p, err
	}
	p.Unanswered, err = notTakenUp(tx, answers)
	return p, err
}

// quietFor tells whether a member let the last weeks go by without a word,
// neither an answer nor a pass, having been there for all of them.
func quietFor(tx store.Tx, m cohorts.Member, gone []cohorts.Dated, now time.Time) (bool, error) {
	for len(gone) > 0 && now.Sub(gone[len(gone)-1].Posted) < tooSoon {
		gone = gone[:len(gone)-1]
	}
	if len(gone) < quietWeeks {
		return false, nil
	}
	last := gone[len(gone)-quietWeeks:]
	if m.Joined.After(last[0].Posted) {
		return false, nil
	}
	for _, d := range last {
		done, err := settled(tx, m.Person, d.ID)
		if err != nil || done {
			return false, err
		}
	}
	return true, nil
}

func oneLine(a Answer) string {
	if a.Text != "" {
		return strings.Join(strings.Fields(a.Text), " ")
	}
	var kinds []string
	for _, f := range a.Files {
		kinds = append(kinds, "a "+f.Kind())
	}
	return strings.Join(kinds, " and ")
}

func names(ps []people.Person) string {
	var all []string
	for _, p := range ps {
		all = append(all, chat.Plain(p.Name))
	}
	return strings.Join(all, ", ")
}

func namesOr(ps []people.Person, otherwise string) string {
	if len(ps) == 0 {
		return otherwise
	}
	return names(ps)
}
