package settings

import (
	"errors"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

// flag is something that a member says yes or no to in one cohort.
type flag struct {
	path, summary, label string
	get                  func(cohorts.Member) bool
	set                  func(*cohorts.Member, bool)
	words                func(group string, on bool) string
	on, off              string // the buttons
}

func quoteDeed() deeds.Deed {
	return flag{
		path: quotePath, summary: "Whether your words may be quoted in the group's weekly weave", label: "May be quoted",
		get: func(m cohorts.Member) bool { return m.Quote },
		set: func(m *cohorts.Member, on bool) { m.Quote = on },
		words: func(group string, on bool) string {
			if on {
				return "In " + group + ", what you write for the group may be quoted in the weekly weave, with your name. What you write for yourself or for facilitators alone is never quoted."
			}
			return "In " + group + ", nothing you write is quoted in the weekly weave."
		},
		on: "You may quote me", off: "Don't quote me",
	}.deed()
}

func readingDeed() deeds.Deed {
	return flag{
		path: readingPath, summary: "Read along without answering: no reminders, on nobody's list", label: "Reading along",
		get: func(m cohorts.Member) bool { return m.ReadingAlong },
		set: func(m *cohorts.Member, on bool) { m.ReadingAlong = on },
		words: func(group string, on bool) string {
			if on {
				return "In " + group + ", you read along: I don't remind you of open questions, and you are on no list of the quiet. Answer whenever you feel like it."
			}
			return "In " + group + ", you take part as usual."
		},
		on: "Read along", off: "Take part",
	}.deed()
}

func (f flag) deed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: f.path, Summary: f.summary, Role: chat.Member, Fields: []chat.Field{{
			Name: "on", Label: f.label, Kind: chat.YesNo, Example: "yes",
		}}},
		Scoped: true,
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			m, ok, err := cohorts.MemberOf(tx, cohort.ID, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !ok { // an administrator who has not joined
				return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "You are not a member of %s, so there is nothing to set. Press Join under its joining message first.", chat.Plain(cohort.Name))
			}
			on, said := f.get(m), ""
			switch {
			case c.Given.Has("on"):
				on, said = c.Given["on"].Yes, "Done. "
			case c.Choice == "yes", c.Choice == "no":
				on, said = c.Choice == "yes", "Done. "
			}
			if on != f.get(m) {
				f.set(&m, on)
				if err := cohorts.Members.Put(tx, cohorts.MemberID(cohort.ID, c.Person.ID), m); err != nil {
					return chat.Outcome{}, err
				}
				if f.path == quotePath {
					if err := cohorts.KeepQuoting(tx, m, c.Profile.User.Workspace, c.Now); err != nil {
						return chat.Outcome{}, err
					}
				}
				if err := cohorts.Requote(tx, cohort.ID); err != nil {
					return chat.Outcome{}, err
				}
			}
			button := chat.Button{Label: f.on, Command: f.path, Record: string(cohort.ID), Choice: "yes"}
			if on {
				button.Label, button.Choice = f.off, "no"
			}
			return chat.Say(said+f.words(chat.Plain(cohort.Name), on), button), nil
		},
	}
}

func showDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "settings show", Summary: "How you are treated at present, and how to change it"},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p := c.Person
			zone := "I don't know your time zone, so I use your group's."
			if p.HasZone {
				zone = "Your time zone is that of " + p.Zone.City() + ", where it is " + clockIn(c, p.Zone) + " now."
			}
			lines := []string{
				remindersWords(p.Reminders) + " `/settings reminders`",
				quietWords(p.Quiet) + " `/settings quiet`",
				zone + " `/settings zone`",
				leaveWords(c) + " `/settings leave`",
			}
			groups, err := cohorts.Of(tx, p.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			for _, g := range groups {
				m, ok, err := cohorts.MemberOf(tx, g.ID, p.ID)
				if err != nil {
					return chat.Outcome{}, err
				}
				if !ok {
					return chat.Outcome{}, errors.New("a member who is none")
				}
				takes, quoted := "you take part", "you are not quoted in the weave"
				if m.ReadingAlong {
					takes = "you read along"
				}
				if m.Quote {
					quoted = "you may be quoted in the weave"
				}
				lines = append(lines, "In "+chat.Plain(g.Name)+", "+takes+", and "+quoted+". `/settings reading`, `/settings quote`")
			}
			m := chat.Message{Text: "**Your settings**\n\n- " + strings.Join(lines, "\n- "), Note: "Only you see this.", Buttons: levels(p.Reminders)}
			return chat.Answering(m), nil
		},
	}
}
