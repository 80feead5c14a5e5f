package sessions

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/links"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

// This file is the sessions for people who registered interest and are in no group
// yet: a cohort's facilitators plan them, and answer what people ask before they
// join.

const (
	// comePath is the command of the buttons under an invitation to somebody who need
	// not be in the cohort.
	comePath = "session come"
	// Interested is the choice of the button that plans such a session, and what can
	// be typed for whom it is.
	Interested = "interested"
)

// forInterested tells whether a session is to be for those who registered interest.
func forInterested(c deeds.Call) bool {
	who := strings.ToLower(strings.Join(strings.Fields(c.Given.Text("who")), " "))
	return c.Choice == Interested || who == Interested || strings.HasSuffix(who, "registered interest")
}

// interested gives those who are to be asked in private, whoever plans it among
// them, and counts those who can't be.
func (o Options) interested(tx store.Tx, cohort cohorts.Cohort, c deeds.Call) (all []people.ID, outside int, err error) {
	if o.Interested != nil {
		if all, outside, err = o.Interested(tx, cohort.From.Programme, cohort.Place.Workspace); err != nil {
			return nil, 0, err
		}
	}
	if !slices.Contains(all, c.Person.ID) {
		all = append(all, c.Person.ID)
	}
	return all, outside, nil
}

// asked says who hears of a session for those who registered interest.
func asked(s Session, c cohorts.Cohort, by people.Person, outside int) string {
	here := len(s.People)
	if slices.Contains(s.People, by.ID) {
		here--
	}
	text := "Nobody who registered interest is here yet; whoever registers until then is asked in private"
	if here > 0 {
		text = fmt.Sprintf("Asked in private, and whoever registers until then as well: %s who registered interest", persons(here))
	}
	if outside > 0 {
		text += fmt.Sprintf(". %d more asked to be reached in another way, and I give you words for them", outside)
	}
	if c.Waiting {
		return text
	}
	return text + ". The group is not told"
}

func persons(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d people", n)
}

// takesPart tells whether somebody is one of those whom a session can be for: in the
// cohort, or asked because they registered interest.
func takesPart(tx store.Tx, s Session, p people.ID) (bool, error) {
	if s.Interested && slices.Contains(s.People, p) {
		return true, nil
	}
	_, here, err := cohorts.MemberOf(tx, s.Cohort, p)
	return here, err
}

// answerPath is the command of the buttons that answer a session.
func (s Session) answerPath() string {
	if s.Interested {
		return comePath
	}
	return answerPath
}

// whoFor says for whom a session is that is not for everybody.
func (s Session) whoFor() string {
	if s.Interested {
		return "people who registered interest"
	}
	return fmt.Sprintf("%d people of the group", len(s.People))
}

// inGroup says whose session it is, to somebody who may be in no group.
func (s Session) inGroup(c cohorts.Cohort) string {
	if s.Interested {
		return "for " + chat.Plain(c.Programme.Title)
	}
	return "in " + chat.Plain(c.Name)
}

// invitation asks somebody who registered interest.
func (s Session) invitation(c cohorts.Cohort, who, announced string) chat.Message {
	return chat.Message{
		Text: "You registered interest in **" + chat.Plain(c.Programme.Title) + "**. " + who + " invites you to a session for questions: " + announced,
		Note: "It commits you to nothing. You see how many come, and only facilitators see who. /interest mine takes you off the list.", Buttons: s.answers(), Event: s.event(c),
	}
}

// comeDeed is what the buttons under such an invitation do. It is no deed of the
// cohort's members: who is asked need not be one.
func comeDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: comePath, Summary: "Say whether you come to a session for questions", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			s, cohort, ok, err := still(tx, ID(c.Record))
			if err != nil {
				return chat.Outcome{}, err
			}
			role := chat.Anyone
			if ok { // another facilitator comes along
				if role, err = cohorts.RoleIn(tx, cohort, c.Person); err != nil {
					return chat.Outcome{}, err
				}
			}
			said := Answer(c.Choice)
			switch {
			case !ok || !s.Interested || !slices.Contains(s.People, c.Person.ID) && !role.Includes(chat.Facilitator):
				return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "You are not asked to this session, or not any more. /interest register puts you on the list again.")
			case s.Off():
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "%s is cancelled. You hear of the next one; /interest mine shows it.", s.name())
			case s.over(c.Now):
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "%s is over. /interest mine shows whether there is another.", s.name())
			case said != Yes && said != No && said != Maybe:
				return chat.Outcome{}, deeds.Refuse(deeds.Invalid, "I couldn't read that as an answer. Press one of the buttons under the invitation.")
			}
			if !slices.Contains(s.People, c.Person.ID) {
				s.People = append(slices.Clone(s.People), c.Person.ID)
				if err := s.keep(tx); err != nil {
					return chat.Outcome{}, err
				}
			}
			a, err := answer(tx, cohort, s, c.Person, said, c.Now)
			return chat.Say(answered(cohort, s, a, c)), err
		},
	}
}

// questionsDeed plans a session for questions: for those who registered interest in a
// programme, whether there is a group of it or not.
func (o Options) questionsDeed() deeds.Deed {
	programme := chat.Field{Name: "programme", Label: "About which programme", Kind: chat.Choice, Required: true}
	for _, p := range o.Programmes[:min(len(o.Programmes), mostPicked)] {
		programme.Options = append(programme.Options, chat.Option{Value: p.ID, Label: chat.Short(p.Title, 75)})
	}
	if len(programme.Options) > 0 {
		programme.Example = programme.Options[0].Value
	}
	fields := scheduleFields[:4]
	return deeds.Deed{
		Command: chat.Command{
			Path: "interest session", Summary: "Plan a session for questions, before there is a group", Role: chat.Facilitator, Fields: append([]chat.Field{programme}, fields...),
		},
		Ask: func(_ store.Tx, c deeds.Call) (*chat.Form, error) {
			form := &chat.Form{
				Title: "Plan a session for questions", Submit: "Look it over", Filled: chat.Answers{"title": chat.Given("Q&A session")},
				Note: "It is for the people who registered interest. Nobody is told before you have seen it and confirmed.",
			}
			if c.Record == "" && !c.Given.Has(programme.Name) {
				form.Fields = append(form.Fields, programme)
			}
			if len(form.Fields) == 0 && len(deeds.Missing(fields, c.Given)) == 0 {
				return nil, nil
			}
			form.Fields = append(form.Fields, fields...)
			return form, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			id := c.Record
			if c.Given.Has(programme.Name) {
				id = c.Given.Text(programme.Name)
			}
			n := slices.IndexFunc(o.Programmes, func(p programmes.Programme) bool { return p.ID == id })
			if n < 0 {
				return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "That programme is no longer offered here, so there is nothing to ask questions about. /interest session shows what there is.")
			}
			cohort, err := host(tx, o.Programmes[n], c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if c.Role, err = cohorts.RoleIn(tx, cohort, c.Person); err != nil {
				return chat.Outcome{}, err
			}
			if v := c.Given["when"]; !c.Person.HasZone && v.When.Zone == c.Zone { // nobody knows where they live: it is meant as the group lives it
				v.When.Zone = cohort.Zone
				c.Given = maps.Clone(c.Given)
				c.Given["when"] = v
			}
			c.Cohort = string(cohort.ID)
			return o.plan(tx, c, cohort, true)
		},
	}
}

// host gives the group whose facilitators a session for questions is of: the youngest
// of the programme that whoever plans it runs, or else what stands for those who wait.
func host(tx store.Tx, p programmes.Programme, c deeds.Call) (cohorts.Cohort, error) {
	own, err := cohorts.Of(tx, c.Person.ID)
	if err != nil {
		return cohorts.Cohort{}, err
	}
	w := c.Profile.User.Workspace
	for _, x := range own {
		if x.From.Programme != p.ID || x.Place.Workspace != w || x.State == cohorts.Ended {
			continue
		}
		if role, err := cohorts.RoleIn(tx, x, c.Person); err != nil || role.Includes(chat.Facilitator) {
			return x, err
		}
	}
	zone := c.Zone
	if !c.Person.HasZone {
		if len(own) == 0 {
			return cohorts.Cohort{}, deeds.Refuse(deeds.Unavailable, "I don't know your time zone yet, so I can't tell when that is. Say it with /settings zone, such as `/settings zone zone:Auckland`, and plan it then.")
		}
		zone = own[0].Zone
	}
	return cohorts.WaitingFor(tx, p, w, zone, c.Person.ID, c.Now)
}

// AnswerOutside keeps whether somebody comes to a session for those who registered
// interest in a programme, who was not asked in private: they are outside, or wanted
// to be reached in another way. It gives what they read of it. Whoever is outside is
// sent nothing.
func AnswerOutside(tx store.Tx, c deeds.Call, programme, session string, said Answer) (string, error) {
	s, cohort, ok, err := still(tx, ID(session))
	if err != nil {
		return "", err
	}
	switch {
	case !ok || !s.Interested || cohort.From.Programme != programme:
		return "", deeds.Refuse(deeds.NotFound, "That session is no longer planned. Nothing was changed.")
	case s.Off():
		return "", deeds.Refuse(deeds.Conflict, "%s is cancelled. You need do nothing.", s.name())
	case s.over(c.Now):
		return "", deeds.Refuse(deeds.Conflict, "%s is over.", s.name())
	case said != Yes && said != No:
		return "", deeds.Refuse(deeds.Invalid, "I couldn't read that as an answer. Press one of the buttons.")
	}
	outside := c.Profile.User.Workspace == links.Guests
	if !outside && !slices.Contains(s.People, c.Person.ID) {
		s.People = append(slices.Clone(s.People), c.Person.ID)
		if err := s.keep(tx); err != nil {
			return "", err
		}
	}
	a, err := answer(tx, cohort, s, c.Person, said, c.Now)
	if err != nil || !outside {
		return answered(cohort, s, a, c), err
	}
	if said == No {
		return "You're down as not coming to " + s.name() + ".", nil
	}
	return "You're down as coming to " + s.name() + ", " + span(s.Start(), s.Length(), cohort.Zone, c.Now) + ".", nil
}

// AnswerOf gives what somebody said to a session, and whether it has moved since;
// empty where they said nothing.
func AnswerOf(tx store.Tx, session string, p people.ID) (said Answer, moved bool, err error) {
	s, ok, err := Table.Find(tx, ID(session))
	if err != nil || !ok {
		return "", false, err
	}
	a, _, err := Attendees.Find(tx, AttendeeID(s.ID, p))
	return a.Answer, a.Answer != "" && !a.For.Equal(s.Start()), err
}

// TakeOver makes the answers of somebody without an account those of the account that
// turned out to be theirs. What the account said itself stays.
func TakeOver(tx store.Tx, from people.ID, p people.Person, now time.Time) error {
	all, err := answeredOutside(tx, from)
	if err != nil {
		return err
	}
	for _, s := range all {
		a, err := Attendees.Get(tx, AttendeeID(s.ID, from))
		if err != nil {
			return err
		}
		if err := Attendees.Delete(tx, AttendeeID(s.ID, from)); err != nil {
			return err
		}
		own, ok, err := Attendees.Find(tx, AttendeeID(s.ID, p.ID))
		if err != nil {
			return err
		}
		if ok && own.Answer != "" {
			continue
		}
		c, there, err := cohorts.Table.Find(tx, s.Cohort)
		if err != nil {
			return err
		}
		if !there {
			continue
		}
		if !slices.Contains(s.People, p.ID) {
			s.People = append(slices.Clone(s.People), p.ID)
		}
		a.Person, a.Outside = p.ID, false
		faults := []error{s.keep(tx), Attendees.Put(tx, AttendeeID(s.ID, p.ID), a), jobs.Drop(tx, inviteJobKey(s.ID, p.ID))}
		if !s.over(now) {
			faults = append(faults, setReminders(tx, c, s, a, p, now))
		}
		if err := errors.Join(faults...); err != nil {
			return err
		}
	}
	return nil
}

// Questions gives the sessions to come for those who registered interest in a
// programme, the next one first, each with its cohort.
func Questions(tx store.Tx, programme string, now time.Time) (all []Session, of []cohorts.Cohort, err error) {
	for row, err := range cohorts.Table.All(tx) {
		if err != nil {
			return nil, nil, err
		}
		c := row.Value
		if c.From.Programme != programme || c.State == cohorts.Deleted {
			continue
		}
		next, err := upcoming(tx, c.ID, now, mostPicked, func(s Session) bool { return s.Interested })
		if err != nil {
			return nil, nil, err
		}
		for _, s := range next {
			i, _ := slices.BinarySearchFunc(all, s, func(a, b Session) int { return a.Start().Compare(b.Start()) })
			all, of = slices.Insert(all, i, s), slices.Insert(of, i, c)
		}
	}
	return all, of, nil
}

// CalledOff gives the sessions for those who registered interest in a programme that
// were cancelled and would still be to come, in no order, each with its cohort.
func CalledOff(tx store.Tx, programme string, now time.Time) (all []Session, of []cohorts.Cohort, err error) {
	for row, err := range cohorts.Table.All(tx) {
		if err != nil {
			return nil, nil, err
		}
		c := row.Value
		if c.From.Programme != programme || c.State == cohorts.Deleted {
			continue
		}
		for row, err := range Table.By(tx, "off", string(c.ID)) {
			if err != nil {
				return nil, nil, err
			}
			if s := row.Value; s.Interested && s.Start().After(now) {
				all, of = append(all, s), append(of, c)
			}
		}
	}
	return all, of, nil
}

// toldOutside says what has changed of a session, and gives whoever changed it the
// messages for those outside, whom nothing can be sent to.
func (o Options) toldOutside(tx store.Tx, s Session, c cohorts.Cohort, done string) (chat.Outcome, error) {
	if !s.Interested || o.Interested == nil {
		return chat.Say(done), nil
	}
	_, outside, err := o.Interested(tx, c.From.Programme, c.Place.Workspace)
	if err != nil || outside == 0 {
		return chat.Say(done), err
	}
	return chat.Say(done+fmt.Sprintf("\n\n**%s outside can't be told by me.** There is a message for each that says so, to pass on.", persons(outside)),
		chat.Button{Label: "A message for each", Command: "interest each", Record: c.From.Programme, Main: true},
		chat.Button{Label: "One message for all", Command: "interest message", Record: c.From.Programme}), nil
}

// Moved tells whether a session was at another time before.
func (s Session) Moved() bool { return len(s.Moves) > 0 }

// Said says when a session is, in the zone of its group, and gives it as an entry for
// a calendar.
func (s Session) Said(c cohorts.Cohort, now time.Time) (when string, e chat.Event) {
	return span(s.Start(), s.Length(), c.Zone, now), *s.event(c)
}

// Ask asks somebody who registered interest in a programme to its sessions to come in
// a workspace.
func Ask(tx store.Tx, programme string, p people.Person, w chat.Workspace, now time.Time) error {
	all, of, err := Questions(tx, programme, now)
	for n, s := range all {
		if of[n].Place.Workspace != w || !s.Start().After(now) || slices.Contains(s.People, p.ID) {
			continue
		}
		s.People = append(s.People, p.ID)
		if err := s.keep(tx); err != nil {
			return err
		}
		if err := askOne(tx, of[n], s, p, now); err != nil {
			return err
		}
	}
	return err
}

// Unask takes somebody off the sessions that they were asked to because they had
// registered interest: those to come, and of somebody without an account those that
// are over as well, since nothing else is kept of them.
func Unask(tx store.Tx, programme string, p people.ID, now time.Time) error {
	asked, err := answeredOutside(tx, p)
	if err != nil {
		return err
	}
	next, _, err := Questions(tx, programme, now)
	if err != nil {
		return err
	}
	for _, s := range next {
		if slices.Contains(s.People, p) && s.By != p {
			asked = append(asked, s)
		}
	}
	for _, s := range asked {
		s.People = slices.DeleteFunc(slices.Clone(s.People), func(x people.ID) bool { return x == p })
		keys := []string{inviteJobKey(s.ID, p), fmt.Sprintf("session/%s/notice/%s", s.ID, p)}
		for _, r := range reminders {
			keys = append(keys, remindKey(s.ID, r.name, p))
		}
		var faults []error
		for _, key := range keys {
			faults = append(faults, jobs.Drop(tx, key))
		}
		faults = append(faults, s.keep(tx), Attendees.Delete(tx, AttendeeID(s.ID, p)), outbox.Touch(tx, inviteKind, string(s.ID)))
		if err := errors.Join(faults...); err != nil {
			return err
		}
	}
	return nil
}

// answeredOutside gives the sessions that somebody without an account has answered.
func answeredOutside(tx store.Tx, p people.ID) ([]Session, error) {
	var all []Session
	for row, err := range Attendees.By(tx, "person", string(p)) {
		if err != nil {
			return nil, err
		}
		if !row.Value.Outside {
			continue
		}
		s, ok, err := Table.Find(tx, row.Value.Session)
		if err != nil {
			return nil, err
		}
		if ok {
			all = append(all, s)
		}
	}
	return all, nil
}
