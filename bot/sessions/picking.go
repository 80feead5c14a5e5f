package sessions

import (
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// This file finds out which session somebody means.

func cohortOf(tx store.Tx, session string) (string, error) {
	s, err := Table.Get(tx, ID(session))
	return string(s.Cohort), err
}

// which is the field that says which session is meant, where no button did.
var which = chat.Field{Name: "session", Label: "Which session", Kind: chat.Text, Max: 100, Example: "Q&A session"}

// lot is the sessions that a deed can be about.
type lot struct {
	all  func(tx store.Tx, c deeds.Call) ([]Session, error) // the likeliest first
	fits func(s Session, c deeds.Call) error                // of one that a button names
	none string                                             // said where there are none
}

// planned are the sessions that are not over.
var planned = lot{
	all: func(tx store.Tx, c deeds.Call) ([]Session, error) {
		return upcoming(tx, cohorts.ID(c.Cohort), c.Now, mostPicked, func(s Session) bool { return mayKnow(s, c) })
	},
	fits: func(s Session, c deeds.Call) error {
		if !s.End().After(c.Now) {
			return deeds.Refuse(deeds.Conflict, "%s is over. /session schedule plans another.", s.name())
		}
		return nil
	},
	none: "No session is planned. /session schedule plans one.",
}

// begun are the sessions that have begun, the last one first.
var begun = lot{
	all: func(tx store.Tx, c deeds.Call) ([]Session, error) {
		return past(tx, cohorts.ID(c.Cohort), c.Now, mostPicked, func(s Session) bool { return mayKnow(s, c) })
	},
	fits: func(s Session, c deeds.Call) error {
		if s.Start().After(c.Now) {
			return deeds.Refuse(deeds.Conflict, "%s has not begun yet: it is %s.", s.name(), inWords(s, c))
		}
		return nil
	},
	none: "No session has taken place yet. /session list shows what is planned.",
}

// mostPicked is how many sessions there are to choose from: what fits a list.
const mostPicked = 25

// found gives the session that a call is about: the one of its button, else the
// one that was picked or whose title was typed. The ones that it could be are
// given where that is not clear; a refusal where there are none.
func found(tx store.Tx, c deeds.Call, l lot) (s Session, ok bool, open []Session, err error) {
	if c.Record != "" && c.Record != c.Cohort {
		s, ok, err = Table.Find(tx, ID(c.Record))
		switch {
		case err != nil:
		case !ok:
			err = deeds.Refuse(deeds.NotFound, "That session is no longer there. /session list shows what is planned.")
		case s.Off():
			err = deeds.Refuse(deeds.Conflict, "%s is cancelled already.", s.name())
		case !mayKnow(s, c):
			err = deeds.Refuse(deeds.Forbidden, "That session is for some people of the group, and you are not one of them. /session list shows yours.")
		default:
			err = l.fits(s, c)
		}
		return s, err == nil, nil, err
	}
	if open, err = l.all(tx, c); err != nil {
		return s, false, nil, err
	}
	if len(open) == 0 {
		return s, false, nil, deeds.Refuse(deeds.NotFound, "%s", l.none)
	}
	var named []Session
	picked, typed := c.Given.Text(pick), c.Given.Text("session")
	for _, x := range open {
		if string(x.ID) == picked {
			return x, true, open, nil
		}
		if picked == "" && strings.EqualFold(x.Title, typed) {
			named = append(named, x)
		}
	}
	if len(named) == 1 {
		return named[0], true, open, nil
	}
	return s, false, open, nil
}

// likeliest gives the session that a call is about where nothing is lost by a
// guess: named as for found, else the first of the lot. What was typed and names
// several means the first of them.
func likeliest(tx store.Tx, c deeds.Call, l lot) (Session, error) {
	s, ok, open, err := found(tx, c, l)
	if err != nil || ok {
		return s, err
	}
	typed := c.Given.Text("session")
	if typed == "" {
		return open[0], nil
	}
	for _, x := range open {
		if strings.EqualFold(x.Title, typed) {
			return x, nil
		}
	}
	return s, deeds.RefuseField("session", "I know no session called “%s” here. There is “%s”, for one.", chat.Plain(typed), chat.Plain(open[0].Title))
}

// inWords says when a session is, to whoever calls.
func inWords(s Session, c deeds.Call) string {
	return chat.Time(s.Start(), exactly(s.Start(), c.Zone, c.Now))
}

// mayKnow tells whether somebody may know of a session: what is for some people
// stands on no list but theirs and the facilitators'.
func mayKnow(s Session, c deeds.Call) bool {
	return s.For(c.Person.ID) || s.By == c.Person.ID || c.Role.Includes(chat.Facilitator)
}

// mayChange refuses who may not move or cancel a session: in a community any
// member plans sessions, and changes their own.
func mayChange(tx store.Tx, s Session, c deeds.Call) error {
	if c.Role.Includes(chat.Facilitator) || s.By == c.Person.ID {
		return nil
	}
	who := "whoever planned it"
	if p, ok, err := people.Table.Find(tx, s.By); err != nil {
		return err
	} else if ok {
		who = chat.Plain(p.Name) + ", who planned it,"
	}
	return deeds.Refuse(deeds.Forbidden, "Only %s and the facilitators can change %s. Ask one of them.", who, s.name())
}

// reach is the field that says whether those that follow in the series are meant
// as well.
var reach = chat.Field{Name: "reach", Label: "Only this one?", Kind: chat.Choice, Example: "one", Options: []chat.Option{
	{Value: onlyThis, Label: "Only this one"}, {Value: andFollowing, Label: "This one and all that follow it"},
}}

const (
	onlyThis     = "one"
	andFollowing = "following"
)

// reaches tells whether a call is about a session and those that follow.
func reaches(s Session, c deeds.Call) bool {
	return s.Series != "" && c.Given.Text(reach.Name) == andFollowing
}

// pick is the field of a form in which a session is picked. It is not the one
// that is typed, so that a text which names no session does not stand in it.
const pick = "pick"

func picking(open []Session, z schedules.Zone, now time.Time) (chat.Field, chat.Answer) {
	f := chat.Field{Name: pick, Label: which.Label, Kind: chat.Choice, Required: true}
	for _, s := range open {
		label := []rune(exactly(s.Start(), z, now) + " · " + s.Title)
		if len(label) > 75 {
			label = append(label[:74], '…')
		}
		f.Options = append(f.Options, chat.Option{Value: string(s.ID), Label: string(label)})
	}
	if len(open) == 1 {
		return f, chat.Given(string(open[0].ID))
	}
	return f, chat.Answer{}
}

// asking makes a form about one session that is to change: which one, if that is
// not clear, the fields given where they are not enough, and whether those that
// follow it change too.
func asking(tx store.Tx, c deeds.Call, title string, enough bool, fields ...chat.Field) (*chat.Form, error) {
	s, ok, open, err := found(tx, c, planned)
	if err == nil && ok {
		err = mayChange(tx, s, c)
	}
	if err != nil {
		return nil, err
	}
	if ok {
		open = []Session{s}
	}
	several := false
	for _, x := range open {
		rest, err := following(tx, x, c.Now)
		if err != nil {
			return nil, err
		}
		several = several || len(rest) > 1
	}
	if ok && enough && (!several || c.Given.Has(reach.Name)) {
		return nil, nil
	}
	form := &chat.Form{Title: title, Fields: fields, Submit: "Look it over", Filled: chat.Answers{}, Note: "Nobody is told before you have seen it and confirmed."}
	if !ok {
		field, filled := picking(open, c.Zone, c.Now)
		form.Fields = append([]chat.Field{field}, fields...)
		form.Filled[field.Name] = filled
		// "/session move fri 10am": what names no session may be the new time.
		if typed := c.Given.Text("session"); typed != "" && !c.Given.Has("when") {
			if _, err := schedules.ParseWhen(typed, c.Now, c.Zone); err == nil {
				form.Filled["when"] = chat.Given(typed)
			}
		}
	}
	if several {
		form.Fields = append(form.Fields[:len(form.Fields):len(form.Fields)], reach)
		form.Filled[reach.Name] = chat.Given(onlyThis)
	}
	return form, nil
}
