package sessions

import (
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

func (o Options) moveDeed() deeds.Deed {
	when := whenField
	when.Label, when.Required, when.Hint = "New time", false, "Left empty, as it is"
	length := chat.Field{Name: "length", Label: "How long", Kind: chat.Duration, Example: "90 min", Hint: "Left empty, as long as before"}
	where := chat.Field{Name: "where", Label: "New place", Kind: chat.Text, Max: 300, Example: "https://meet.example/harbour", Hint: "Left empty, where it was"}
	return deeds.Deed{
		Command:  chat.Command{Path: "session move", Summary: "Give a session another time or place", Role: chat.Facilitator, Fields: []chat.Field{which, when, length, where, reach}},
		Scoped:   true,
		Also:     cohorts.InCommunity,
		CohortOf: cohortOf,
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			enough := c.Given.Has("when") || c.Given.Has("length") || c.Given.Has("where")
			return asking(tx, c, "Move a session", enough, when, length, where)
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			s, cohort, err := meant(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			ch, err := changeOf(s, cohort, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if c.Sure {
				if err := ch.do(tx, cohort, s, c); err != nil {
					return chat.Outcome{}, err
				}
				return o.toldOutside(tx, s, cohort, ch.done(s, cohort, c)+" Everybody here who knew of it is being told.")
			}
			told, err := toBeTold(tx, cohort, s, c.Person)
			if err != nil {
				return chat.Outcome{}, err
			}
			text, err := ch.ask(tx, cohort, s, c)
			return deeds.Confirm(text+"\n\n"+told, "Move it"), err
		},
	}
}

// alteration is what moving a session comes to.
type alteration struct {
	to        Time
	length    time.Duration
	where     string
	moves     bool // its time or its length
	elsewhere bool // its place
	following bool // those that follow it as well
}

// changeOf reads what is to change, and refuses where nothing would.
func changeOf(s Session, cohort cohorts.Cohort, c deeds.Call) (alteration, error) {
	ch := alteration{to: s.Time, length: s.Length(), where: s.Where, following: reaches(s, c)}
	if c.Given.Has("where") {
		ch.where = c.Given.Text("where")
	}
	if c.Given.Has("length") && !c.Given.Has("when") {
		if err := lengthIn(c, &ch.length); err != nil {
			return ch, err
		}
	}
	if c.Given.Has("when") {
		var err error
		if ch.to, ch.length, err = timeOf(c, s.Length()); err != nil {
			return ch, err
		}
	}
	if ch.following && c.Given.Has("length") && !c.Given.Has("when") {
		// It may have been moved by itself, and where the others go from there is a guess.
		return ch, deeds.RefuseField("when", "For those that follow as well, give the time too, even if it stays, such as “%s”.", s.Slot.Wall.Date.Weekday().String()[:3]+" "+s.Slot.Wall.Time.Clock())
	}
	ch.elsewhere = ch.where != s.Where
	ch.moves = !ch.to.Instant().Equal(s.Start()) || ch.length != s.Length() || ch.following && c.Given.Has("when")
	if !ch.moves && !ch.elsewhere {
		return ch, deeds.RefuseField("when", "%s is at that time already: %s. Give another time, or another place.", s.name(), span(s.Start(), s.Length(), cohort.Zone, c.Now))
	}
	return ch, nil
}

// do carries it out.
func (ch alteration) do(tx store.Tx, cohort cohorts.Cohort, s Session, c deeds.Call) error {
	all := []Session{s}
	if ch.elsewhere && ch.following {
		var err error
		if all, err = following(tx, s, c.Now); err != nil {
			return err
		}
	}
	for i, x := range all {
		if !ch.elsewhere {
			break
		}
		changed, err := place(tx, cohort, x, ch.where, ch.moves || i > 0, c.Now)
		if err != nil {
			return err
		}
		if i == 0 {
			s = changed
		}
	}
	switch {
	case !ch.moves:
		return nil
	case ch.following:
		return moveFollowing(tx, cohort, s, ch.to, ch.length, c.Now)
	}
	return move(tx, cohort, s, ch.to, ch.length, c.Now)
}

// ask says what is about to change.
func (ch alteration) ask(tx store.Tx, cohort cohorts.Cohort, s Session, c deeds.Call) (string, error) {
	was := span(s.Start(), s.Length(), cohort.Zone, c.Now)
	text := s.name() + ", " + was + ", meets elsewhere."
	if ch.moves {
		text = fmt.Sprintf("%s moves from %s to %s, %s.", s.name(), was, span(ch.to.Instant(), ch.length, cohort.Zone, c.Now), soon(ch.to.Instant(), cohort.Zone, c.Now))
		if c.Given.Has("when") {
			text += caveats(c, cohort)
		}
	}
	switch {
	case ch.following && ch.moves:
		more, err := withFollowing(tx, s, ch.to, c)
		if err != nil {
			return "", err
		}
		text += more
	case ch.following:
		text += " So do those that follow it."
	}
	if ch.elsewhere {
		text += (Session{Where: ch.where}).place()
	}
	return text, nil
}

// done says what has changed.
func (ch alteration) done(s Session, cohort cohorts.Cohort, c deeds.Call) string {
	text := "Changed: " + s.name() + " meets elsewhere."
	if ch.moves {
		text = fmt.Sprintf("Moved: %s is now %s.", s.name(), span(ch.to.Instant(), ch.length, cohort.Zone, c.Now))
	}
	if ch.following {
		text += " Those that follow it have changed too."
	}
	return text
}

func (o Options) cancelDeed() deeds.Deed {
	why := chat.Field{Name: "why", Label: "Why", Kind: chat.LongText, Max: 500, Example: "I am ill", Hint: "The group reads this; it may stay empty"}
	return deeds.Deed{
		Command:  chat.Command{Path: "session cancel", Summary: "Call a session off", Role: chat.Facilitator, Fields: []chat.Field{which, why, reach}},
		Scoped:   true,
		Also:     cohorts.InCommunity,
		CohortOf: cohortOf,
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			return asking(tx, c, "Cancel a session", true, why)
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
				n, err := cancelFollowing(tx, cohort, s, c.Given.Text("why"), c.Person.ID, c.Now)
				return chat.Say(fmt.Sprintf("Cancelled: %s and those that follow it, %s in all. Everybody who knew of them is being told.", words, sessionsCount(n))), err
			}
			if err := cancel(tx, cohort, s, c.Given.Text("why"), c.Person.ID, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			return o.toldOutside(tx, s, cohort, "Cancelled: "+words+". Everybody here who knew of it is being told.")
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
