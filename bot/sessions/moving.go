package sessions

import (
	"fmt"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

func moveDeed() deeds.Deed {
	length := chat.Field{Name: "length", Label: "How long", Kind: chat.Duration, Example: "90 min", Hint: "As long as before, if you leave it empty"}
	return deeds.Deed{
		Command:  chat.Command{Path: "session move", Summary: "Give a session another time", Role: chat.Facilitator, Fields: []chat.Field{which, whenField, length, reach}},
		Scoped:   true,
		Also:     cohorts.InCommunity,
		CohortOf: cohortOf,
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			f := whenField
			f.Label = "New time"
			return asking(tx, c, "Move a session", f, length)
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			s, cohort, err := meant(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			to, length, err := timeOf(c, s.Length())
			if err != nil {
				return chat.Outcome{}, err
			}
			following := reaches(s, c)
			if !following && to.Instant().Equal(s.Start()) && length == s.Length() {
				return chat.Outcome{}, deeds.RefuseField("when", "%s is at that time already: %s.", s.name(), span(s.Start(), length, cohort.Zone, c.Now))
			}
			words := span(to.Instant(), length, cohort.Zone, c.Now)
			if !c.Sure {
				told, err := toBeTold(tx, cohort, s, c.Person)
				if err != nil {
					return chat.Outcome{}, err
				}
				text := fmt.Sprintf("%s moves from %s to %s, %s.%s", s.name(), span(s.Start(), s.Length(), cohort.Zone, c.Now), words, soon(to.Instant(), cohort.Zone, c.Now), caveats(c, cohort))
				if following {
					more, err := withFollowing(tx, s, to, c)
					if err != nil {
						return chat.Outcome{}, err
					}
					text += more
				}
				return deeds.Confirm(text+"\n\n"+told, "Move it"), nil
			}
			if following {
				err = moveFollowing(tx, cohort, s, to, length, c.Now)
			} else {
				err = move(tx, cohort, s, to, length, c.Now)
			}
			if err != nil {
				return chat.Outcome{}, err
			}
			text := fmt.Sprintf("Moved: %s is now %s.", s.name(), words)
			if following {
				text += " Those that follow it have moved too."
			}
			return chat.Say(text + " Everybody who knew of the old time is being told."), nil
		},
	}
}

func cancelDeed() deeds.Deed {
	why := chat.Field{Name: "why", Label: "Why", Kind: chat.LongText, Max: 500, Example: "I am ill", Hint: "The group reads this; it may stay empty"}
	return deeds.Deed{
		Command:  chat.Command{Path: "session cancel", Summary: "Call a session off", Role: chat.Facilitator, Fields: []chat.Field{which, why, reach}},
		Scoped:   true,
		Also:     cohorts.InCommunity,
		CohortOf: cohortOf,
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			return asking(tx, c, "Cancel a session", why)
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			s, cohort, err := meant(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			words := fmt.Sprintf("%s, %s", s.name(), span(s.Start(), s.Length(), cohort.Zone, c.Now))
			if !c.Sure {
				told, err := toBeTold(tx, cohort, s, c.Person)
				if err != nil {
					return chat.Outcome{}, err
				}
				if reaches(s, c) {
					all, err := following(tx, s, c.Now)
					return deeds.Confirm(words+", will be cancelled, and so will those that follow it: "+sessionsCount(len(all))+" in all.\n\n"+told, "Cancel them all"), err
				}
				return deeds.Confirm(words+", will be cancelled.\n\n"+told, "Cancel the session"), nil
			}
			if reaches(s, c) {
				n, err := cancelFollowing(tx, cohort, s, c.Given.Text("why"), c.Now)
				return chat.Say(fmt.Sprintf("Cancelled: %s and those that follow it, %s in all. Everybody who knew of them is being told.", words, sessionsCount(n))), err
			}
			if err := cancel(tx, cohort, s, c.Given.Text("why"), c.Now); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Cancelled: " + words + ". Everybody who knew of it is being told."), nil
		},
	}
}

// withFollowing says what moves along with a session of a series.
func withFollowing(tx store.Tx, s Session, to Time, c deeds.Call) (string, error) {
	all, err := following(tx, s, c.Now)
	if err != nil {
		return "", err
	}
	m := shifted(all, to)
	text := ""
	if n := len(m.moved); n > 1 {
		last := m.moved[n-1]
		text = fmt.Sprintf(" Those that follow move along, %s in all, the last of them to %s.", sessionsCount(n), exactly(last.to.Instant(), last.to.Zone, c.Now))
	}
	return text + apartWords(len(m.apart)), nil
}

// meant gives the session of a call that has all it needs, and its cohort.
func meant(tx store.Tx, c deeds.Call) (Session, cohorts.Cohort, error) {
	cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
	if err != nil {
		return Session{}, cohort, err
	}
	s, ok, _, err := found(tx, c, planned)
	if err == nil && !ok {
		err = deeds.RefuseField(pick, "I can't tell which session you mean. /session list shows what is planned.")
	}
	if err == nil {
		err = mayChange(tx, s, c)
	}
	return s, cohort, err
}

// toBeTold says how many people a change reaches.
func toBeTold(tx store.Tx, cohort cohorts.Cohort, s Session, by people.Person) (string, error) {
	text, err := toldOf(tx, cohort, s, by)
	if err != nil || len(s.People) > 0 {
		return strings.Replace(text, "Asked", "Told", 1) + ".", err
	}
	tally, err := TallyOf(tx, s)
	if answered := tally.Yes + tally.Maybe + tally.No; answered > 0 {
		text += fmt.Sprintf("; of them, the %d who answered get a message of their own", answered)
	}
	return text + ".", err
}
