package interest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/links"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// This file is what somebody chooses before they have an account, or before there is
// a group: how they would like to go on, and whether they come to the session for
// questions. Facilitators see it in their list at once.

const (
	wishPath = "interest wish"
	comePath = "interest come"
)

// Wish is how somebody would like to go on.
type Wish string

// The wishes.
const (
	NoWish  Wish = ""      // they have not said
	InGroup Wish = "group" // they would like to join a group
	OwnPace Wish = "alone" // they would like to go at their own pace
)

// What is said to a session: the choices of comePath, with the session after a slash.
const (
	coming    = "yes"
	notComing = "no"
)

// wishDeed keeps how somebody would like to go on. It can be pressed again and
// changed as often as they like: nothing happens by it yet.
func (f feature) wishDeed() deeds.Deed {
	return deeds.Deed{
		Via: pagePath, Anew: true,
		Command: chat.Command{Path: wishPath, Summary: "Say how you would like to go on, before there is a group", Role: chat.Guest, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, err := f.mine(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			wish := Wish(c.Choice)
			if wish == OwnPace && !f.leadsAlone(i) {
				return chat.Outcome{}, f.onlyInGroups(i)
			}
			if wish != NoWish && wish != InGroup && wish != OwnPace {
				return chat.Outcome{}, deeds.Refuse(deeds.Invalid, "I couldn't read that as a choice. Press one of the buttons.")
			}
			i.Wish = wish
			if err := Table.Put(tx, i.ID, i); err != nil {
				return chat.Outcome{}, err
			}
			return f.stays(tx, i, c, map[Wish]string{
				InGroup: "Noted: you'd like to join a group.", OwnPace: "Noted: you'd like to go at your own pace.", NoWish: "Noted: you have not chosen yet.",
			}[wish])
		},
	}
}

// comeDeed keeps whether somebody comes to a session that they were not asked to in
// private.
func (f feature) comeDeed() deeds.Deed {
	return deeds.Deed{
		Via: pagePath, Anew: true,
		Command: chat.Command{Path: comePath, Summary: "Say whether you come to the session for questions", Role: chat.Guest, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, err := f.mine(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if c.Person, err = i.named(tx, c.Person); err != nil {
				return chat.Outcome{}, err
			}
			said, session, _ := strings.Cut(c.Choice, "/")
			words, err := f.Answer(tx, c, i.Programme, session, said)
			if e, refused := deeds.As(err); refused && outside(c) { // the page goes on from what stands now
				return f.shown(tx, i, c, e.Say)
			}
			if err != nil {
				return chat.Outcome{}, err
			}
			return f.stays(tx, i, c, words)
		},
	}
}

// named gives whoever came by a link the name that they registered by, for the list
// of who comes.
func (i Interest) named(tx store.Tx, p people.Person) (people.Person, error) {
	if i.Name == "" || p.Name == i.Name || i.Person != "" {
		return p, nil
	}
	p.Name = i.Name
	return p, people.Table.Put(tx, p.ID, p)
}

// shown answers with somebody's own interest, below what has just happened. Of a page
// that is the title.
func (f feature) shown(tx store.Tx, i Interest, c deeds.Call, happened string) (chat.Outcome, error) {
	m, err := f.own(tx, i, c)
	m.Text = happened + "\n\n" + m.Text
	if outside(c) {
		m.Text = "**" + strings.TrimSuffix(strings.ReplaceAll(happened, "**", ""), ".") + "**\n\n" + strings.TrimPrefix(m.Text, happened+"\n\n")
	}
	return chat.Answering(m), err
}

// stays is shown for what was chosen on a page: the page itself then says it.
func (f feature) stays(tx store.Tx, i Interest, c deeds.Call, happened string) (chat.Outcome, error) {
	out, err := f.shown(tx, i, c, happened)
	if err == nil {
		out.Reply.Replace = outside(c)
	}
	return out, err
}

// leadsAlone tells whether somebody can begin at their own pace.
func (f feature) leadsAlone(i Interest) bool {
	p, ok := f.programme(i.Programme)
	return ok && !p.Portfolio.IsZero() && f.Alone != nil
}

func (f feature) onlyInGroups(i Interest) error {
	p, _ := f.programme(i.Programme)
	return deeds.Refuse(deeds.Conflict, "**%s** is done in a group, and leads to no portfolio of one's own. /interest mine shows which groups there are.", chat.Plain(p.Title))
}

// wishes says what somebody would like, and has the buttons to say or change it.
// grouped tells that there are groups to join, or can be.
func (f feature) wishes(i Interest, grouped bool) (text string, buttons []chat.Button) {
	group := chat.Button{Label: "I'd like to join the group", Command: wishPath, Record: string(i.ID), Choice: string(InGroup)}
	alone := chat.Button{Label: "I'd like to go at my own pace", Command: wishPath, Record: string(i.ID), Choice: string(OwnPace)}
	switch i.Wish {
	case InGroup:
		text = "You said that you'd like to join the group. The facilitators see that."
		group.Label, group.Choice = "Not the group after all", string(NoWish)
	case OwnPace:
		text = "You said that you'd like to go at your own pace. The facilitators see that."
		alone.Label, alone.Choice = "Not on my own after all", string(NoWish)
	default:
		text = "How would you like to go on? Silence is fine, too."
	}
	if grouped || i.Wish == InGroup {
		buttons = append(buttons, group)
	}
	if f.leadsAlone(i) {
		buttons = append(buttons, alone)
	}
	return text, buttons
}

// nextMeeting says when the next session is and whether somebody comes, and has the
// buttons to say so.
func (f feature) nextMeeting(tx store.Tx, i Interest, all []Meeting, p people.ID) (text string, buttons []chat.Button, err error) {
	if len(all) == 0 {
		return "No session for questions is planned yet. You are told when one is.", nil, nil
	}
	next := all[0]
	text = "**The next session for questions** is " + next.words()
	said, moved, err := f.AnswerOf(tx, next.ID, p)
	if err != nil {
		return "", nil, err
	}
	yes := chat.Button{Label: "I'm coming", Command: comePath, Record: string(i.ID), Choice: coming + "/" + next.ID, Main: true}
	no := chat.Button{Label: "I'm not coming", Command: comePath, Record: string(i.ID), Choice: notComing + "/" + next.ID}
	switch {
	case moved:
		text += "\n\nIt has moved since you answered. Does the new time suit you?"
		buttons = []chat.Button{yes, no}
	case said == coming:
		text += "\n\nYou said that you're coming."
		buttons = []chat.Button{no}
	case said == notComing:
		text += "\n\nYou said that you're not coming."
		yes.Main = false
		buttons = []chat.Button{yes}
	default:
		buttons = []chat.Button{yes, no}
	}
	return text, buttons, nil
}

// guest gives who came, or would come, by the link of an interest; empty where nobody
// has.
func (i Interest) guest(tx store.Tx) (people.ID, error) {
	if i.Person != "" || i.Link == "" {
		return i.Person, nil
	}
	p, err := people.ByAccount(tx, links.Link{ID: i.Link}.Guest())
	if errors.Is(err, people.ErrUnknown) {
		return "", nil
	}
	return p.ID, err
}

// answer gives what somebody said to a session, with a word for the list.
func (f feature) answer(tx store.Tx, i Interest, session string) (said, words string, err error) {
	p, err := i.guest(tx)
	if err != nil || p == "" {
		return "", "", err
	}
	said, moved, err := f.AnswerOf(tx, session, p)
	switch {
	case said == "":
	case moved:
		return "", "answered before the session moved", err
	case said == coming:
		words = "comes to the session"
	case said == notComing:
		words = "can't come to the session"
	default:
		words = "may come to the session"
	}
	return said, words, err
}

// standing is how those on a list have chosen.
type standing struct {
	Group, Alone               int // would like to
	Coming, Maybe, Not, Unsaid int
}

func (f feature) standing(tx store.Tx, all []Interest, next []Meeting) (standing, error) {
	var s standing
	for _, i := range all {
		if i.State != Joined && i.Wish == InGroup {
			s.Group++
		}
		if i.State == Waiting && i.Wish == OwnPace {
			s.Alone++
		}
		if len(next) == 0 {
			continue
		}
		said, _, err := f.answer(tx, i, next[0].ID)
		switch {
		case err != nil:
			return s, err
		case said == coming:
			s.Coming++
		case said == notComing:
			s.Not++
		case said != "":
			s.Maybe++
		case i.State != Joined:
			s.Unsaid++
		}
	}
	return s, nil
}

// words says it, for facilitators.
func (s standing) words(next []Meeting) string {
	var lines []string
	if s.Group+s.Alone > 0 {
		lines = append(lines, fmt.Sprintf("%d would like to join the group, %d to go at their own pace.", s.Group, s.Alone))
	}
	if len(next) > 0 {
		maybe := ""
		if s.Maybe > 0 {
			maybe = fmt.Sprintf(", %d maybe", s.Maybe)
		}
		lines = append(lines, fmt.Sprintf("**%s**, %s: %d coming%s, %d not coming, %d not answered.", chat.Plain(next[0].Title), next[0].When, s.Coming, maybe, s.Not, s.Unsaid))
	}
	return strings.Join(lines, "\n\n")
}

// wish says for the list what somebody would like.
func (i Interest) wishWords() string {
	switch {
	case i.Wish == InGroup && i.State != Joined:
		return "would like to join the group"
	case i.Wish == OwnPace && i.State == Waiting:
		return "would like to go at their own pace"
	}
	return ""
}

// memberOf gives the group of a programme that somebody is in already, if they are in
// one that goes on.
func memberOf(tx store.Tx, programme string, p people.ID) (cohorts.Cohort, bool, error) {
	own, err := cohorts.Of(tx, p)
	n := slices.IndexFunc(own, func(c cohorts.Cohort) bool { return c.From.Programme == programme && c.State != cohorts.Ended })
	if err != nil || n < 0 {
		return cohorts.Cohort{}, false, err
	}
	return own[n], true, nil
}
