package sessions

import (
	"errors"
	"fmt"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// answerDeed is what the buttons under an announcement do.
func answerDeed() deeds.Deed {
	return deeds.Deed{
		Command:  chat.Command{Path: answerPath, Summary: "Say whether you come to a session", Role: chat.Member, Hidden: true},
		Scoped:   true,
		CohortOf: cohortOf,
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if c.Record == "" {
				return chat.Outcome{}, deeds.Refuse(deeds.Invalid, "Press a button under a session's announcement to answer it. /session list shows what is planned.")
			}
			said := Answer(c.Choice)
			if said != Yes && said != No && said != Maybe {
				return chat.Outcome{}, deeds.Refuse(deeds.Invalid, "I couldn't read that as an answer. /session list lets you answer.")
			}
			s, _, _, err := found(tx, c, planned)
			if err != nil {
				return chat.Outcome{}, err
			}
			cohort, err := cohorts.Get(tx, s.Cohort)
			if err != nil {
				return chat.Outcome{}, err
			}
			if _, err := cohorts.Joined(tx, cohort, c.Person.ID); err != nil {
				return chat.Outcome{}, err
			}
			a, err := answer(tx, cohort, s, c.Person, said, c.Now)
			return chat.Say(answered(cohort, s, a, c)), err
		},
	}
}

// answered is what a person reads after they answered.
func answered(cohort cohorts.Cohort, s Session, a Attendee, c deeds.Call) string {
	when := inTheirs(c.Person, cohort, s.Start(), c.Now)
	if a.Answer == No {
		return fmt.Sprintf("You're down as not coming to %s, %s. Should that change, press another button under the announcement.", s.name(), when)
	}
	as := "coming"
	if a.Answer == Maybe {
		as = "maybe"
	}
	text := fmt.Sprintf("You're down as %s: %s, %s.", as, s.name(), when)
	words := coming(cohort, s, a, c.Person, c.Now)
	switch {
	case len(words) == 0:
		return text
	case c.Person.Reminders == people.Off:
		return text + " Your reminders are off, so I won't remind you; /settings reminders turns them on."
	case c.Person.Reminders == people.Fewer:
		return text + " I may remind you " + words[0] + "; you asked for fewer reminders, so it's one a week at most."
	}
	return text + " I'll remind you " + strings.Join(words, " and ") + "."
}

func listDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "session list", Summary: "The sessions that are coming up", Role: chat.Member},
		Scoped:  true,
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			next, err := upcoming(tx, cohort.ID, c.Now, 10, func(s Session) bool { return mayKnow(s, c) })
			if err != nil {
				return chat.Outcome{}, err
			}
			facilitates := c.Role.Includes(chat.Facilitator)
			plans := facilitates || cohort.Programme.Community
			if len(next) == 0 {
				text := "No session is planned in " + chat.Plain(cohort.Name) + "."
				if plans {
					text += " /session schedule plans one."
				}
				return chat.Say(text), nil
			}
			lines := []string{"**Sessions in " + chat.Plain(cohort.Name) + "**"}
			following := map[SeriesID]int{}
			for _, s := range next {
				if s.Series != "" {
					following[s.Series]++
				}
				if n := following[s.Series]; n > 1 {
					if n <= mostFollowing {
						line, err := followingLine(tx, cohort, s, c)
						if err != nil {
							return chat.Outcome{}, err
						}
						lines = append(lines, line)
					}
					continue
				}
				line, err := listed(tx, cohort, s, c, facilitates || s.By == c.Person.ID)
				if err != nil {
					return chat.Outcome{}, err
				}
				lines = append(lines, line)
			}
			m := chat.Message{Text: strings.Join(lines, "\n\n"), Buttons: next[0].answers()}
			m.Note = "The buttons answer " + chat.Plain(next[0].Title) + "."
			if facilitates || next[0].By == c.Person.ID {
				m.Note = "Only " + next[0].whoSees(cohort) + " see who comes. The buttons are for " + chat.Plain(next[0].Title) + "."
				m.Buttons = append(next[0].answers()[:1], handles(next[0].ID)...)
			}
			return chat.Answering(m), nil
		},
	}
}

// mostFollowing is how many sessions of one series stand in the list: the next one
// in full, and those that follow it in a line each.
const mostFollowing = 4

func followingLine(tx store.Tx, cohort cohorts.Cohort, s Session, c deeds.Call) (string, error) {
	tally, err := TallyOf(tx, s)
	if err != nil {
		return "", err
	}
	text := fmt.Sprintf("%s, %s: %d coming.", s.name(), inTheirs(c.Person, cohort, s.Start(), c.Now), tally.Yes)
	own, ok, err := Attendees.Find(tx, AttendeeID(s.ID, c.Person.ID))
	if err == nil && ok && own.Answer != "" {
		text += " You said " + own.Answer.said() + "."
	}
	return text, err
}

// listed says one session in the list: to a member their own answer, to a
// facilitator who comes.
func listed(tx store.Tx, cohort cohorts.Cohort, s Session, c deeds.Call, names bool) (string, error) {
	text := s.name() + ", " + inTheirs(c.Person, cohort, s.Start(), c.Now) + ", for " + lasts(s.Minutes) + ", " + soon(s.Start(), c.Zone, c.Now) + "."
	if !s.Start().After(c.Now) {
		text = s.name() + ", which is on now."
	}
	text += s.place()
	own, err := Attendees.Get(tx, AttendeeID(s.ID, c.Person.ID))
	switch {
	case err == nil && own.Answer == "":
	case err == nil:
		text += "\n\nYou said " + own.Answer.said() + "."
	case !errors.Is(err, store.ErrNotFound):
		return text, err
	}
	if len(s.People) > 0 {
		text += fmt.Sprintf("\n\nIt is for %s.", s.whoFor())
	}
	tally, err := TallyOf(tx, s)
	if err != nil {
		return text, err
	}
	text += "\n\n" + tally.words()
	if !names {
		return text, nil
	}
	who := map[Answer][]string{}
	var fault error
	err = each(tx, s, func(a Attendee) {
		p, err := people.Table.Get(tx, a.Person)
		if err != nil {
			fault = err
			return
		}
		who[a.Answer] = append(who[a.Answer], chat.Plain(p.Name))
	})
	for _, group := range []struct {
		answer Answer
		label  string
	}{{Yes, "Coming"}, {Maybe, "Maybe"}, {No, "Can't make it"}} {
		if group.answer == No && !s.Interested {
			continue
		}
		if names := who[group.answer]; len(names) > 0 {
			text += "\n\n" + group.label + ": " + some(names) + "."
		}
	}
	return text, errors.Join(err, fault)
}

// some names up to twenty people.
func some(names []string) string {
	const most = 20
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
