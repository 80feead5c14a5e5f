package interest

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/links"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// This file is what somebody can do about their own interest: see it, change it, go
// on from it, and stop it. Somebody with an account does it in the chat, somebody
// without one on the page that their link opens.

const (
	minePath   = "interest mine"
	pagePath   = "interest page" // what a link opens
	changePath = "interest change"
	stopPath   = "interest stop"
	alonePath  = "interest alone"
)

func joinButton(c cohorts.Cohort, main bool) chat.Button {
	return chat.Button{Label: chat.Short("Join "+c.Name, 70), Command: "cohort join", Record: string(c.ID), Choice: cohorts.AtOnce, Main: main}
}

func stopButton(i ID) chat.Button {
	return chat.Button{Label: "Take me off the list", Command: stopPath, Record: string(i)}
}

// aloneButtons has what begins at one's own pace, where the programme leads to a
// portfolio.
func (f feature) aloneButtons(i Interest) []chat.Button {
	if !f.leadsAlone(i) || i.State != Waiting {
		return nil
	}
	return []chat.Button{{Label: "Start at my own pace", Command: alonePath, Record: string(i.ID)}}
}

// mineDeed shows somebody with an account what they are interested in.
func (f feature) mineDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: minePath, Summary: "What you registered interest in: see it, change it, or stop it", Role: chat.Anyone},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			all, err := Of(tx, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			for _, i := range all {
				if string(i.ID) == c.Record || len(all) == 1 {
					m, err := f.own(tx, i, c)
					return chat.Answering(m), err
				}
			}
			if len(all) == 0 {
				return chat.Say("You are on no list. /interest register puts you on one; it commits you to nothing.",
					append([]chat.Button{{Label: "I'm interested", Command: registerPath, Main: true}}, f.fromPage()...)...), nil
			}
			m := chat.Message{Text: "You registered interest in several things. Which one is this about?", Note: "Only you see this."}
			for _, i := range all {
				p, _ := f.programme(i.Programme)
				m.Buttons = append(m.Buttons, chat.Button{Label: chat.Short(p.Title, 70), Command: minePath, Record: string(i.ID)})
			}
			return chat.Answering(m), nil
		},
	}
}

// fromPage has what connects a registration on the page, where there are pages.
func (f feature) fromPage() []chat.Button {
	if f.Pages == "" {
		return nil
	}
	return []chat.Button{{Label: "I registered on the page", Command: connectPath}}
}

// pageDeed is the page of somebody without an account.
func (f feature) pageDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: pagePath, Summary: "What you registered interest in, without an account", Role: chat.Guest, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, err := f.mine(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			p, _ := f.programme(i.Programme)
			return f.shown(tx, i, c, "Your interest in "+chat.Plain(p.Title))
		},
	}
}

// mine gives the interest of a call, which is the caller's own: the bot lets whoever
// came by a link do nothing but about the record of that link.
func (f feature) mine(tx store.Tx, c deeds.Call) (Interest, error) {
	i, ok, err := get(tx, ID(c.Record))
	if err == nil && (!ok || i.Person != c.Person.ID && !outside(c)) { // whether it exists is nobody's business
		err = deeds.Refuse(deeds.NotFound, "There is nothing of yours here, or nothing any more. /interest register puts you on a list.")
	}
	return i, err
}

// outside tells whether somebody came by a link.
func outside(c deeds.Call) bool { return c.Profile.User.Workspace == links.Guests }

// own shows somebody their own interest, and what they can do from here.
func (f feature) own(tx store.Tx, i Interest, c deeds.Call) (chat.Message, error) {
	p, known := f.programme(i.Programme)
	m := chat.Message{Note: whoReads}
	var err error
	if outside(c) { // nobody knows where they live: most likely where the groups do
		if c.Zone, err = groupsZone(tx, c.Zone); err != nil {
			return m, err
		}
	}
	gave := fmt.Sprintf("You registered interest in **%s** on %s. I keep that %s, and that %s.", chat.Plain(p.Title), day(i.Made, c.Zone, c.Now), i.reach("you"), i.before("you"))
	if i.Name != "" {
		gave += " Your name there is " + chat.Plain(i.Name) + "."
	}
	gave += " It is deleted on " + day(i.Until, c.Zone, c.Now) + " at the latest."
	after := []chat.Button{{Label: "Change how to reach me", Command: changePath, Record: string(i.ID)}, stopButton(i.ID)}
	switch {
	case i.State == Joined:
		m.Text, m.Buttons = gave+"\n\nYou have joined a group since, so nothing more comes from this list.", after[1:]
		return m, nil
	case !known:
		m.Text, m.Buttons = gave+"\n\nIt is no longer offered here, so nothing more comes from this list.", after[1:]
		return m, nil
	}
	next, err := f.meetings(tx, i.Programme, c.Now)
	if err != nil {
		return m, err
	}
	meeting, come, err := f.nextMeeting(tx, i, next, c.Person.ID)
	if err != nil {
		return m, err
	}
	if len(next) > 0 {
		m.Event = &next[0].Event
	}
	groups, err := open(tx, i)
	if err != nil {
		return m, err
	}
	wish, wishes := f.wishes(i, len(groups) > 0 || p.Weeks() > 0)
	begin := ""
	for _, g := range groups {
		begin += "\n\n" + begins(g, c.Now)
	}
	if outside(c) {
		in, err := f.howToJoin(tx, i, p)
		if err != nil {
			return m, err
		}
		m.Text, m.Buttons = meeting+begin+"\n\n"+wish, append(append(come, wishes...), after...)
		m.Document = &chat.Document{Name: "interest", Title: "How to come in, and what you gave", Text: in + "\n\n" + gave}
		return m, nil
	}
	m.Text = gave + "\n\n" + meeting + begin
	for n, g := range groups {
		m.Buttons = append(m.Buttons, joinButton(g, n == 0))
	}
	m.Buttons = append(m.Buttons, f.aloneButtons(i)...)
	if len(groups) == 0 && i.State == Waiting { // nothing to join yet: it can be wished for
		if i.Wish != NoWish {
			m.Text += "\n\n" + wish
		}
		m.Buttons = append(m.Buttons, slices.DeleteFunc(wishes, func(b chat.Button) bool { return b.Choice == string(OwnPace) })...)
	}
	if i.Way != Here {
		m.Buttons = append(m.Buttons, come...)
	}
	m.Buttons = append(m.Buttons, after...)
	return m, nil
}

// howToJoin says how somebody outside comes in, and what brings along what they chose.
func (f feature) howToJoin(tx store.Tx, i Interest, p programmes.Programme) (string, error) {
	text := "To take part you need an account where the group talks. "
	switch {
	case strings.HasPrefix(f.Join, "http"):
		text += "You get one here: <" + f.Join + ">"
	case f.Join != "":
		text += chat.Plain(f.Join)
	default:
		text += "Whoever tells you of the session sends you an invitation; you can also ask them for one now."
	}
	l, err := links.Table.Get(tx, i.Link)
	if err != nil {
		return "", err
	}
	code := codeOf(l)
	if i.Code == "" { // of a registration from before there were codes
		i.Code = keptCode(code)
		if err := Table.Put(tx, i.ID, i); err != nil {
			return "", err
		}
	}
	text += "\n\nOnce you have it, write this there, to the bot:\n\n`/interest connect code:" + code + "`\n\nThat brings along what you gave and chose here, and nothing is asked twice. "
	switch i.Wish {
	case InGroup:
		text += "If a group is open by then, you are in it at once."
	case OwnPace:
		text += "You begin at your own pace at once."
	default:
		text += "Choose here first, and it happens as you come in."
	}
	return text, nil
}

func (f feature) meetings(tx store.Tx, programme string, now time.Time) ([]Meeting, error) {
	if f.Meetings == nil {
		return nil, nil
	}
	return f.Meetings(tx, programme, now)
}

func (f feature) calledOff(tx store.Tx, programme string, now time.Time) ([]Meeting, error) {
	if f.CalledOff == nil {
		return nil, nil
	}
	return f.CalledOff(tx, programme, now)
}

// words says when and where.
func (m Meeting) words() string {
	text := m.When + "."
	if m.Where != "" {
		where := chat.Plain(m.Where)
		if u, err := url.Parse(m.Where); err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") {
			where = "<" + u.String() + ">"
		}
		text += " Where: " + where
	}
	return text
}

// groupsZone gives the zone of the youngest group, or else another.
func groupsZone(tx store.Tx, other schedules.Zone) (schedules.Zone, error) {
	youngest := time.Time{}
	for row, err := range cohorts.Table.All(tx) {
		if err != nil {
			return other, err
		}
		if c := row.Value; c.Created.After(youngest) {
			youngest, other = c.Created, c.Zone
		}
	}
	return other, nil
}

// mostGroups is how many groups somebody is shown that they could join.
const mostGroups = 3

// open gives the groups of a programme that somebody could join now, the youngest
// first: something of their plan is still to come. Somebody outside could join any.
func open(tx store.Tx, i Interest) ([]cohorts.Cohort, error) {
	var all []cohorts.Cohort
	for row, err := range cohorts.Table.All(tx) {
		if err != nil {
			return nil, err
		}
		c := row.Value
		if c.State != cohorts.Open || c.From.Programme != i.Programme || i.Person != "" && c.Place.Workspace != i.Workspace {
			continue
		}
		if _, in, err := cohorts.MemberOf(tx, c.ID, i.Person); err != nil || in {
			if err != nil {
				return nil, err
			}
			continue
		}
		plan, err := cohorts.Plans.Get(tx, c.ID)
		if err != nil {
			return nil, err
		}
		if len(plan.Weeks) > 0 && !c.Programme.OwnPace && !slices.ContainsFunc(plan.Weeks, cohorts.Week.Ahead) {
			continue // its last question has gone out: there is nothing left to join
		}
		all = append([]cohorts.Cohort{c}, all...)
	}
	return all[:min(len(all), mostGroups)], nil
}

// changeDeed changes how somebody is reached, and what they answered. What they wrote
// does not stand in the form: it would be kept there after they stopped.
func (f feature) changeDeed() deeds.Deed {
	return deeds.Deed{
		Via:     pagePath,
		Command: chat.Command{Path: changePath, Summary: "Change how you can be reached", Role: chat.Guest, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			i, err := f.mine(tx, c)
			if err != nil {
				return nil, err
			}
			p, _ := f.programme(i.Programme)
			way, address := wayField, addressField
			if outside(c) {
				way.Options = way.Options[1:]
			}
			address.Hint = "Left empty, as it is"
			return &chat.Form{
				Title: "Change how to reach me", Submit: "Keep it so", Fields: []chat.Field{way, address, beforeField(p)}, Note: whoReads,
				Filled: chat.Answers{"way": chat.Given(string(i.Way)), "before": chat.Given(string(i.Before))},
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, err := f.mine(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			way, address := Way(c.Given.Text(wayField.Name)), strings.Join(strings.Fields(c.Given.Text(addressField.Name)), " ")
			if address == "" && way == i.Way {
				address = i.Address
			}
			if err := reachable(way, address); err != nil {
				return chat.Outcome{}, err
			}
			if way == Here {
				address = ""
			}
			i.Way, i.Address, i.Before = way, address, Before(c.Given.Text("before"))
			if err := Table.Put(tx, i.ID, i); err != nil {
				return chat.Outcome{}, err
			}
			return f.shown(tx, i, c, "**Changed.**")
		},
	}
}

// stopDeed takes somebody off the list, in one press, and deletes what they gave.
func (f feature) stopDeed() deeds.Deed {
	return deeds.Deed{
		Via:     pagePath,
		Command: chat.Command{Path: stopPath, Summary: "Take yourself off a list of interest", Role: chat.Guest, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, err := f.mine(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if err := f.stop(tx, i, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			if outside(c) {
				return chat.Say("**You're off the list**\n\nWhat you gave is deleted, and this page is no longer open. You are welcome to register again whenever you like."), nil
			}
			return chat.Say("You're off the list, and what you gave for it is deleted. /interest register puts you on it again whenever you like."), nil
		},
	}
}

// aloneDeed begins at somebody's own pace, without a group.
func (f feature) aloneDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: alonePath, Summary: "Start at your own pace, without a group", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, err := f.mine(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(f.aloneButtons(i)) == 0 && i.State == Waiting {
				return chat.Outcome{}, f.onlyInGroups(i)
			}
			return f.begin(tx, i, c)
		},
	}
}

// reach says how somebody can be reached, in a sentence about them.
func (i Interest) reach(who string) string {
	be := "they can be reached "
	if who == "you" {
		be = "you can be reached "
	}
	return be + i.way()
}

func (i Interest) way() string {
	switch i.Way {
	case Email:
		return "by e-mail at " + chat.Plain(i.Address)
	case Phone:
		return "by phone at " + chat.Plain(i.Address)
	case Through:
		return "through " + chat.Plain(i.Address)
	}
	return "here, in private"
}

// before says what somebody has done so far.
func (i Interest) before(who string) string {
	switch i.Before {
	case Done:
		return who + " have done this before"
	case Alike:
		return who + " have done something like it"
	}
	return who + " have not done this yet"
}

// day says the date of an instant, without the year where it is this one.
func day(t time.Time, z schedules.Zone, now time.Time) string {
	d := schedules.DateOf(t.In(z.Location()))
	words := d.Long()
	if d.Year == schedules.DateOf(now.In(z.Location())).Year {
		words = words[:strings.LastIndex(words, " ")]
	}
	return words
}
