package peers

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// ideas are ways to begin a talk, one a group.
var ideas = []string{
	"What happened lately with people around you that you keep thinking of?",
	"Who has taught you something about bringing people together, and how?",
	"What are you trying out at the moment, and what would you like to see happen?",
	"When were you last surprised by somebody in your community?",
	"What do you find yourself doing that nobody asked you to do?",
	"Which place near you brings people together, and what makes it so?",
	"What would you ask each other if there were no wrong question?",
	"What is easy for you with people, and what costs you something?",
}

func (g Group) idea() string {
	_, place, _ := strings.Cut(string(g.ID), ".") // in its round
	h := fnv.New32a()
	h.Write([]byte(g.Made.UTC().Format(time.RFC3339) + place))
	return ideas[h.Sum32()%uint32(len(ideas))]
}

// day says the date of an instant on the cohort's wall.
func day(t time.Time, c cohorts.Cohort, now time.Time) string {
	d := c.Today(t)
	return strings.TrimSuffix(d.Long(), " "+strconv.Itoa(c.Today(now).Year))
}

// inTheirs says when, as the person lives it.
func inTheirs(p people.Person, c cohorts.Cohort, t, now time.Time) string {
	z := p.ZoneOr(c.Zone)
	w := schedules.WallOf(t.In(z.Location()))
	words := strings.TrimSuffix(w.Date.Long(), " "+strconv.Itoa(c.Today(now).Year)) + ", " + w.Time.Clock()
	if !p.HasZone {
		words += " (" + c.Zone.City() + ")"
	}
	return chat.Time(t, words)
}

func names(all []people.Person) string {
	var found []string
	for _, p := range all {
		found = append(found, chat.Plain(p.Name))
	}
	return strings.Join(found, ", ")
}

// withWhom names people so that each can be written to: "Ben and Chen".
func withWhom(tx store.Tx, c cohorts.Cohort, all []people.ID) (string, error) {
	var found []string
	for _, id := range all {
		p, err := people.Table.Get(tx, id)
		if err != nil {
			return "", err
		}
		found = append(found, chat.Mention(p.Account(c.Place.Workspace), p.Name))
	}
	return chat.And(found), nil
}

// settledWords says what became of a group, to one of it.
func settledWords(tx store.Tx, g Group, p people.ID) (string, error) {
	c, err := cohorts.Get(tx, g.Cohort)
	if err != nil {
		return "", err
	}
	with := g.Others(p)
	others, err := withWhom(tx, c, with)
	switch {
	case err != nil:
		return "", err
	case g.State == Met:
		return "You have met " + others + ".", nil
	case g.State == Off, !slices.Contains(g.In(), p):
		return "You don't meet " + others + " this time.", nil
	}
	return "This was about meeting " + others + " and is past. Nothing is waiting for you.", nil
}

// overlap says when everybody in the group is up, where that is little; else
// nothing.
func (at loaded) overlap(tx store.Tx, now time.Time) (string, error) {
	shared := Hours(1<<48 - 1)
	for _, id := range at.In() {
		p, err := people.Table.Get(tx, id)
		if err != nil {
			return "", err
		}
		shared &= AwakeOf(p.Quiet, p.ZoneOr(at.cohort.Zone), now)
	}
	if shared.apart(shared) == 0 {
		return "", nil
	}
	everybody := "both"
	if len(at.In()) > 2 {
		everybody = "all"
	}
	if shared == 0 {
		return "You live far apart, and your days hardly overlap. An early morning for one and a late evening for the other may do, or voice notes back and forth.", nil
	}
	return "You live far apart: you are " + everybody + " up " + shared.words(at.person.ZoneOr(at.cohort.Zone), now) + ", your time.", nil
}

// words says the hours as somebody in z has them: "from 8:00 am to 9:30 am".
func (h Hours) words(z schedules.Zone, now time.Time) string {
	day := now.UTC().Truncate(24 * time.Hour)
	clock := func(i int) string {
		t := day.Add(time.Duration(i) * 30 * time.Minute).In(z.Location())
		return schedules.TimeOfDay{Hour: t.Hour(), Minute: t.Minute()}.Clock()
	}
	has := func(i int) bool { return h>>((i+48)%48)&1 == 1 }
	var spans []string
	for i := range 48 {
		if !has(i) || has(i-1) {
			continue
		}
		end := i
		for has(end) && end < i+48 {
			end++
		}
		spans = append(spans, "from "+clock(i)+" to "+clock(end))
	}
	return chat.And(spans)
}

// line says in one line whom somebody meets.
func (at loaded) line(tx store.Tx, now time.Time) (string, error) {
	others, err := withWhom(tx, at.cohort, at.Others(at.person.ID))
	if err != nil {
		return "", err
	}
	if at.Agreed() {
		return "You meet " + others + ": " + inTheirs(at.person, at.cohort, at.Proposal.Instant(), now) + ".", nil
	}
	return "You are to meet " + others + "; no time is agreed yet.", nil
}

// message says whom somebody meets, as things stand.
func (at loaded) message(tx store.Tx, now time.Time) (chat.Message, error) {
	g, me := at.Group, at.person.ID
	if !g.Waits(now) || !slices.Contains(g.In(), me) {
		words, err := settledWords(tx, g, me)
		m := chat.Message{Text: words}
		if g.State == Off || !slices.Contains(g.In(), me) {
			m.Buttons = []chat.Button{{Label: "Meet somebody else", Command: "peer meet", Record: string(at.cohort.ID)}}
		}
		return m, err
	}
	others, err := withWhom(tx, at.cohort, g.Others(me))
	if err != nil {
		return chat.Message{}, err
	}
	text := "**You meet " + others + ".** Half an hour or so, on a call, on a walk or over a cup of something, whenever it suits you."
	three, err := at.threeWords(tx)
	if err != nil {
		return chat.Message{}, err
	}
	text += three
	far, err := at.overlap(tx, now)
	if err != nil {
		return chat.Message{}, err
	}
	if far != "" {
		text += "\n\n" + far
	}
	switch p := g.Proposal; {
	case g.Agreed():
		text += "\n\nAgreed: " + inTheirs(at.person, at.cohort, p.Instant(), now) + "." + whereWords(p.Where)
	case p != nil && p.By == me:
		text += "\n\nYou suggested " + inTheirs(at.person, at.cohort, p.Instant(), now) + "." + whereWords(p.Where)
	case p != nil:
		text += "\n\nSuggested: " + inTheirs(at.person, at.cohort, p.Instant(), now) + "." + whereWords(p.Where)
	default:
		text += "\n\nWrite to " + others + " directly, or suggest a time here. One way to begin: *" + g.idea() + "*"
	}
	m := chat.Message{Text: text, Note: others + " can read the same. Your facilitators see how many have met, and nothing of what you talk about."}
	if p := g.Proposal; p != nil && p.By != me && !slices.Contains(p.Suits, me) {
		m.Buttons = append(m.Buttons, chat.Button{Label: "That suits me", Command: "peer suits", Record: string(g.ID), Choice: strconv.Itoa(g.Proposals), Main: true})
	}
	m.Buttons = append(
		m.Buttons,
		chat.Button{Label: "Suggest a time", Command: "peer time", Record: string(g.ID), Main: len(m.Buttons) == 0},
		chat.Button{Label: "We met", Command: "peer met", Record: string(g.ID), Choice: string(HaveMet)},
		chat.Button{Label: "Not this time", Command: "peer met", Record: string(g.ID), Choice: string(WillNot)},
	)
	return m, nil
}

// threeWords says why there are three, where groups are of two: to the odd one and
// to the pair.
func (at loaded) threeWords(tx store.Tx) (string, error) {
	if len(at.In()) < 3 || at.cohort.Programme.Peers.Size == 3 {
		return "", nil
	}
	odd := at.People[2]
	if odd == at.person.ID {
		return " The number is odd this time, so you join the two of them, and they know.", nil
	}
	name, err := withWhom(tx, at.cohort, []people.ID{odd})
	return " The number is odd this time, so you are three: " + name + " joins the two of you.", err
}

func whereWords(where string) string {
	if where == "" {
		return ""
	}
	return "\n\n" + chat.Quote(where)
}

// nextRound says when the next round comes by the rhythm, with a blank before it.
func nextRound(tx store.Tx, c cohorts.Cohort, now time.Time) (string, error) {
	has, err := Rhythms.Has(tx, c.ID)
	if err != nil || !has {
		return "", err
	}
	r, err := Rhythms.Get(tx, c.ID)
	if err != nil {
		return "", err
	}
	next, ok := r.Rule.Next(now, c.Zone, c.Breaks)
	if !ok {
		return "", nil
	}
	every := "every week"
	if r.Weeks > 1 {
		every = fmt.Sprintf("every %d weeks", r.Weeks)
	}
	return " People are put together " + every + ", next on " + day(next, c, now) + ".", nil
}

// sayPart makes a reason of a message about one person's part in a group.
func sayPart(words func(tx store.Tx, at loaded, others string, i outbox.Item, now time.Time) (chat.Message, bool, error)) func(store.Tx, outbox.Item, time.Time) (chat.Message, bool, error) {
	return func(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
		at, ok, err := load(tx, i.Record)
		if err != nil || !ok {
			return chat.Message{}, false, err
		}
		others, err := withWhom(tx, at.cohort, at.Others(at.person.ID))
		if err != nil {
			return chat.Message{}, false, err
		}
		return words(tx, at, others, i, now)
	}
}

// settledMessage gives a message that is to stay, brought up to date, only where it
// was said.
func settledMessage(tx store.Tx, at loaded, i outbox.Item) (chat.Message, bool, error) {
	words, err := settledWords(tx, at.Group, at.person.ID)
	return chat.Message{Text: words}, i.State == outbox.Sent, err
}

var sayPair = sayPart(func(tx store.Tx, at loaded, _ string, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	if !at.Waits(now) && i.State != outbox.Sent {
		return chat.Message{}, false, nil
	}
	m, err := at.message(tx, now)
	return m, true, err
})

var sayCheck = sayPart(func(tx store.Tx, at loaded, others string, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	if !at.Waits(now) || at.Said[at.person.ID] != "" || !slices.Contains(at.In(), at.person.ID) {
		return settledOrSaid(tx, at, others, i, now)
	}
	g := string(at.ID)
	return chat.Message{
		Text: "Did you get to meet " + others + "?",
		Note: "Only how many have met is shown to your facilitators. /settings reminders turns such messages down or off.",
		Buttons: []chat.Button{
			{Label: "We met", Command: "peer met", Record: g, Choice: string(HaveMet), Main: true},
			{Label: "Not yet", Command: "peer met", Record: g, Choice: string(NotYet)},
			{Label: "It won't happen", Command: "peer met", Record: g, Choice: string(WillNot)},
		},
	}, true, nil
})

// settledOrSaid replaces a question that needs no answer any more.
func settledOrSaid(tx store.Tx, at loaded, others string, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	if at.Waits(now) && at.Said[at.person.ID] == NotYet {
		return chat.Message{Text: "You have not met " + others + " yet. That's fine.", Buttons: []chat.Button{
			{Label: "We met", Command: "peer met", Record: string(at.ID), Choice: string(HaveMet)},
		}}, i.State == outbox.Sent, nil
	}
	if at.Said[at.person.ID] == "" { // nobody needs to answer it any more
		return chat.Message{}, false, nil
	}
	return settledMessage(tx, at, i)
}

var sayOther = sayPart(func(tx store.Tx, at loaded, others string, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	if !at.Waits(now) || at.Said[at.person.ID] != NotYet {
		return settledMessage(tx, at, i)
	}
	return chat.Message{
		Text: "You have not found a time to meet " + others + " yet. It happens, and it is nobody's fault. Would you like to meet somebody else instead? I'd tell " + others + " kindly, and ask around for you.",
		Buttons: []chat.Button{
			{Label: "Somebody else", Command: "peer swap", Record: string(at.ID), Choice: string(NotYet), Main: true},
			{Label: "We'll still try", Command: "peer met", Record: string(at.ID), Choice: string(NotYet)},
			{Label: "It won't happen", Command: "peer met", Record: string(at.ID), Choice: string(WillNot)},
		},
		Note: "Nobody else sees this.",
	}, true, nil
})

var sayOff = sayPart(func(_ store.Tx, at loaded, others string, _ outbox.Item, _ time.Time) (chat.Message, bool, error) {
	return chat.Message{
		Text: "It won't work out with " + others + " this time, so nothing is waiting for you. If you would like to meet somebody else, I'll ask around.",
		Buttons: []chat.Button{
			{Label: "Meet somebody else", Command: "peer meet", Record: string(at.cohort.ID), Main: true},
		},
		Note: "You need do nothing.",
	}, at.State == Off, nil
})

var sayLess = sayPart(func(tx store.Tx, at loaded, others string, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	gone, err := withWhom(tx, at.cohort, at.Out)
	if err != nil || !at.Waits(now) {
		return chat.Message{}, false, err
	}
	return chat.Message{Text: gone + " can't be there this time. You still meet " + others + "."}, true, nil
})

var sayTime = sayPart(func(tx store.Tx, at loaded, _ string, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	p := at.Proposal
	if !at.Waits(now) {
		return settledMessage(tx, at, i)
	}
	if p == nil || proposed(at.Group, at.person.ID, at.Proposals) != i.Record {
		return chat.Message{Text: "Another time was suggested since. /peer list shows how it stands."}, i.State == outbox.Sent, nil
	}
	by, err := withWhom(tx, at.cohort, []people.ID{p.By})
	if err != nil {
		return chat.Message{}, false, err
	}
	when := inTheirs(at.person, at.cohort, p.Instant(), now)
	if slices.Contains(p.Suits, at.person.ID) {
		return chat.Message{Text: "You meet " + by + ": " + when + "." + whereWords(p.Where)}, true, nil
	}
	return chat.Message{
		Text: by + " suggests to meet: " + when + "." + whereWords(p.Where),
		Buttons: []chat.Button{
			{Label: "That suits me", Command: "peer suits", Record: string(at.ID), Choice: strconv.Itoa(at.Proposals), Main: true},
			{Label: "Another time", Command: "peer time", Record: string(at.ID)},
			{Label: "Not this time", Command: "peer met", Record: string(at.ID), Choice: string(WillNot)},
		},
		Note: "Only the people who meet see this.",
	}, true, nil
})

var sayAgreed = sayPart(func(tx store.Tx, at loaded, others string, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	if !at.Waits(now) || !at.Agreed() || proposed(at.Group, at.person.ID, at.Proposals) != i.Record {
		return settledMessage(tx, at, i)
	}
	return chat.Message{Text: "It suits: you meet " + others + ", " + inTheirs(at.person, at.cohort, at.Proposal.Instant(), now) + "." + whereWords(at.Proposal.Where)}, true, nil
})

// sayAlone tells somebody that a round has nobody for them. It is the same for
// every reason: nobody else was there, or nobody whom they could be put together
// with.
func sayAlone(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	c, err := cohorts.Get(tx, cohorts.ID(i.Cohort))
	if err != nil {
		return chat.Message{}, false, err
	}
	return chat.Message{
		Text: "People in " + chat.Plain(c.Name) + " are put together to meet, and this time I have nobody for you. It happens now and then, and is nothing that anybody did. If you'd like to meet somebody all the same, I'll ask around.",
		Buttons: []chat.Button{
			{Label: "Meet somebody", Command: "peer meet", Record: i.Cohort, Main: true},
			{Label: "Leave me out of rounds", Command: "peer apart", Record: i.Cohort, Choice: "out"},
		},
		Note: "You need do nothing. You are part of the next round again.",
	}, true, nil
}

func sayInvite(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	c, err := cohorts.Get(tx, cohorts.ID(i.Cohort))
	if err != nil {
		return chat.Message{}, false, err
	}
	parts := strings.Split(i.Record, "/") // cohort, who is asked, who wants to meet, since when
	if len(parts) != 4 {
		return chat.Message{}, false, fmt.Errorf("an invitation about %q", i.Record)
	}
	who, by := people.ID(parts[1]), people.ID(parts[2])
	s, stands, err := invited(tx, c.ID, who, by)
	if err != nil {
		return chat.Message{}, false, err
	}
	if !stands || strconv.FormatInt(s.Since.Unix(), 10) != parts[3] {
		return chat.Message{Text: "Somebody was looking for a person to meet. That is settled, and you need do nothing."}, i.State == outbox.Sent, nil
	}
	name, err := withWhom(tx, c, []people.ID{by})
	record := cohorts.MemberID(c.ID, by)
	return chat.Message{
		Text: name + " would like to meet somebody of " + chat.Plain(c.Name) + " this week, for half an hour or so. Would you?",
		Buttons: []chat.Button{
			{Label: "Yes, gladly", Command: "peer invited", Record: record, Choice: "yes", Main: true},
			{Label: "Not this week", Command: "peer invited", Record: record, Choice: "no"},
		},
		Note: "If you say no, nobody is told, and nobody knows that I asked you. /settings reminders turns such messages down or off.",
	}, true, err
}

func sayNobody(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	return chat.Message{
		Text: "You wanted to meet somebody, and I found nobody this week. People's weeks are full. You can ask again whenever you like, or write to somebody yourself.",
		Buttons: []chat.Button{
			{Label: "Ask again", Command: "peer meet", Record: i.Cohort, Main: true},
		},
	}, true, nil
}
