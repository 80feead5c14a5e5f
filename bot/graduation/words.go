package graduation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// The kinds of what is said.
const (
	graduatedKind = "graduated"      // to the graduate
	toldKind      = "graduated told" // in the channel, at the graduate's wish
	legacyKind    = "legacy"         // in the channel of a later group
)

// line says how somebody stands towards one requirement.
func (s Standing) line(now time.Time, z schedules.Zone) string {
	state := "open"
	switch {
	case s.Waived():
		state = "waived on " + schedules.DateOf(s.Waiver.At.In(z.Location())).Long()
	case s.Met():
		state = "done"
	case s.Done == programmes.ByFacilitator:
		state = "at the end"
	case s.Needed() > 1:
		state = fmt.Sprintf("%d of %d", s.Count, s.Needed())
	}
	text := "- **" + strings.ToUpper(state[:1]) + state[1:] + ":** " + chat.Plain(s.Text)
	if !s.Waiver.Back.IsZero() {
		day := func(t time.Time) string { return schedules.DateOf(t.In(z.Location())).Long() }
		text += " It was waived on " + day(s.Waiver.At) + ", and that was taken back on " + day(s.Waiver.Back) + "."
	}
	return text
}

// ownMessage shows somebody how they stand.
func ownMessage(x cohorts.Cohort, all []Standing, g Graduation, graduated bool, c deeds.Call) chat.Message {
	m := chat.Message{
		Text: "**What graduating from " + chat.Plain(x.Name) + " takes**\n",
		Note: "You and your facilitators see this. It is about things done; answers and attendances are not counted.",
	}
	if graduated {
		m.Text = "**You have graduated from " + chat.Plain(x.Name) + "**, on " + schedules.DateOf(g.At.In(c.Zone.Location())).Long() + ".\n"
		m.Buttons = append(m.Buttons, tellButton(g))
	}
	for _, s := range all {
		m.Text += "\n" + s.line(c.Now, c.Zone)
		if s.Waived() {
			m.Text += "\n\n" + chat.Quote(s.Waiver.Why) + "\n"
		}
		if s.Met() {
			continue
		}
		switch s.Done {
		case programmes.ByExperiment:
			m.Buttons = append(m.Buttons, chat.Button{Label: "My experiment", Command: "experiment show", Record: string(x.ID)})
		case programmes.ByStory:
			m.Buttons = append(m.Buttons, chat.Button{Label: "Tell the story", Command: "experiment story", Record: string(x.ID)})
		case programmes.ByGift:
			m.Buttons = append(m.Buttons, chat.Button{Label: "Leave something", Command: "legacy give", Record: string(x.ID)})
		}
	}
	return m
}

func tellButton(g Graduation) chat.Button {
	if g.Told {
		return chat.Button{Label: "Don't tell the group", Command: "graduation tell", Record: string(g.Cohort), Choice: "no"}
	}
	return chat.Button{Label: "Tell the group", Command: "graduation tell", Record: string(g.Cohort), Main: true}
}

// groupMessage shows the facilitators who has done what.
func groupMessage(tx store.Tx, x cohorts.Cohort) (chat.Message, error) {
	m := chat.Message{Text: "**Graduating from " + chat.Plain(x.Name) + "**\n", Note: "Only facilitators see this list; each person sees their own line."}
	all, err := learners(tx, x.ID)
	if err != nil {
		return m, err
	}
	if len(all) == 0 {
		m.Text += "\nNobody has joined yet who could graduate."
	}
	for _, p := range all {
		standings, err := Of(tx, x, p.ID)
		if err != nil {
			return m, err
		}
		_, graduated, err := graduationOf(tx, x.ID, p.ID)
		if err != nil {
			return m, err
		}
		_, others := open(standings)
		name := chat.Plain(p.Name)
		switch {
		case graduated:
			m.Text += "\n- " + name + ": has graduated" + waivers(standings)
		case len(others) == 0:
			m.Text += "\n- " + name + ": ready for your word" + waivers(standings)
			if len(m.Buttons) < chat.MaxButtons-2 {
				m.Buttons = append(m.Buttons, chat.Button{Label: chat.Short("Confirm "+p.Name, 40), Command: "graduation confirm", Record: cohorts.MemberID(x.ID, p.ID), Main: len(m.Buttons) == 0})
			}
		default:
			var missing []string
			for _, s := range others {
				missing = append(missing, s.short())
			}
			m.Text += "\n- " + name + ": still open: " + strings.Join(missing, ", ") + waivers(standings)
		}
	}
	m.Buttons = append(
		m.Buttons,
		chat.Button{Label: "Confirm somebody", Command: "graduation confirm", Record: string(x.ID)},
		chat.Button{Label: "Waive a requirement", Command: "graduation waive", Record: string(x.ID)},
	)
	return m, nil
}

// waivers says what of it a facilitator let pass.
func waivers(all []Standing) string {
	var names []string
	for _, s := range all {
		if s.Waived() {
			names = append(names, s.short())
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " (waived: " + strings.Join(names, ", ") + ")"
}

// short names a requirement in a word or two.
func (s Standing) short() string {
	switch s.Done {
	case programmes.ByExperiment:
		return "an experiment"
	case programmes.ByStory:
		return "its story"
	case programmes.ByGift:
		return "a gift"
	}
	return "a facilitator's word"
}

// notYet refuses to confirm while something is open, and shows the ways on.
func notYet(x candidate, others []Standing) error {
	name := chat.Plain(x.person.Name)
	text := name + " can't graduate yet. Open:\n"
	for _, s := range others {
		text += "\n- " + chat.Plain(s.Text)
	}
	return &deeds.Error{
		Code: deeds.Conflict, Say: text + "\n\nYou can wait for it, or waive it with a reason that is kept.",
		Buttons: append([]chat.Button{{Label: "Waive a requirement", Command: "graduation waive", Record: x.record(), Main: true}}, unwaiveButtons(x)...),
	}
}

// unwaiveButtons take back what was waived for somebody, one button each.
func unwaiveButtons(x candidate) []chat.Button {
	var all []chat.Button
	for _, s := range x.standings {
		if s.Waived() {
			b := unwaiveButton(x.record(), s.ID)
			b.Label = "Take back: " + s.short()
			all = append(all, b)
		}
	}
	return all
}

// confirmText says what a facilitator is about to say.
func confirmText(x candidate, word []Standing) string {
	name := chat.Plain(x.person.Name)
	text := "**" + name + "** graduates from **" + chat.Plain(x.cohort.Name) + "**."
	if len(word) > 0 {
		text += " You say with it:\n"
		for _, s := range word {
			text += "\n- " + chat.Plain(s.Text)
		}
	}
	return text + waived(x.standings) + "\n\nI tell " + name + " in private. The group learns of it from them, if they like."
}

// waived says what a facilitator let pass, and why.
func waived(all []Standing) string {
	var text string
	for _, s := range all {
		if s.Waived() {
			text += "\n\nWaived: " + chat.Plain(s.Text) + "\n\n" + chat.Quote(s.Waiver.Why)
		}
	}
	return text
}

func sayGraduated(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	c, _, g, ok, err := graduate(tx, i.Record)
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	by, err := people.Table.Get(tx, g.By)
	if err != nil {
		return chat.Message{}, false, err
	}
	note := "Nobody else has been told. That is for you to say."
	if g.Told {
		note = "The group has been told, as you wished."
	}
	return chat.Message{
		Text: fmt.Sprintf("You have graduated from **%s**. %s confirmed it: you have done what this journey is about.", chat.Plain(c.Name), chat.Plain(by.Name)),
		Note: note,
		Buttons: []chat.Button{
			tellButton(g),
			{Label: "What I did", Command: "graduation show", Record: string(c.ID)},
			{Label: "Leave something", Command: "legacy give", Record: string(c.ID)},
		},
	}, true, nil
}

func sayTold(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	c, p, g, ok, err := graduate(tx, i.Record)
	if err != nil || !ok || !g.Told {
		return chat.Message{}, false, err
	}
	return chat.Message{Text: "**" + chat.Plain(p.Name) + "** has graduated from " + chat.Plain(c.Name) + ".", Note: chat.Plain(p.Name) + " chose to tell you."}, true, nil
}

// graduate reads a graduation; false where it was taken back.
func graduate(tx store.Tx, record string) (c cohorts.Cohort, p people.Person, g Graduation, ok bool, err error) {
	cohort, person, _ := strings.Cut(record, "/")
	if g, ok, err = graduationOf(tx, cohorts.ID(cohort), people.ID(person)); err != nil || !ok {
		return c, p, g, false, err
	}
	if c, err = cohorts.Get(tx, g.Cohort); err != nil {
		return c, p, g, false, err
	}
	p, err = people.Table.Get(tx, g.Person)
	return c, p, g, err == nil, err
}

func sayLegacy(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	from, err := cohorts.Get(tx, cohorts.ID(i.Record))
	if err != nil {
		return chat.Message{}, false, err
	}
	all, err := left(tx, from.ID)
	if err != nil || len(all) == 0 {
		return chat.Message{}, false, err
	}
	return chat.Message{
		Text: "Those who went this way before you, **" + chat.Plain(from.Name) + "**, left " + counted(all) + ".",
		Note: "Only members of this group can open it. Those who left it can take it back.",
		Buttons: []chat.Button{
			{Label: "Read it", Command: "legacy page", Record: i.Cohort + "/" + i.Record, Main: true},
		},
	}, true, nil
}

// counted says what was left: "two pieces of advice and a tool".
func counted(all []Gift) string {
	var parts []string
	for _, k := range kinds {
		n := 0
		for _, g := range all {
			if g.Kind == k.kind {
				n++
			}
		}
		switch {
		case n == 1:
			parts = append(parts, k.one)
		case n > 1:
			parts = append(parts, inWords(n)+" "+k.many)
		}
	}
	return chat.And(parts)
}

func inWords(n int) string {
	small := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
	if n < len(small) {
		return small[n]
	}
	return strconv.Itoa(n)
}

// pageMessage is what a group left: in the chat in short, and whole as a page.
func pageMessage(tx store.Tx, x cohorts.Cohort, all []Gift, now time.Time) (chat.Message, error) {
	page := fmt.Sprintf("%s left this on its way through *%s*. Everything here was given by choice.\n", chat.Plain(x.Name), chat.Plain(x.Programme.Title))
	const full = "\n*The page is full; what else was left is not on it.*\n"
	var files []chat.File
	for _, k := range kinds {
		heading := "\n## " + k.heading + "\n"
		for _, g := range all {
			if g.Kind != k.kind {
				continue
			}
			one, err := section(tx, x, g)
			if err != nil {
				return chat.Message{}, err
			}
			if len(page)+len(heading)+len(one)+len(full) > chat.MaxDocument {
				if !strings.HasSuffix(page, full) {
					page += full
				}
				continue
			}
			page += heading + one
			heading = ""
			files = append(files, g.Files...)
		}
	}
	return chat.Message{
		Text:     "**What " + chat.Plain(x.Name) + " left:** " + counted(all) + ". The page opens in a browser, without a connection too.",
		Document: &chat.Document{Name: "what-" + slug(x.Name) + "-left", Title: "What " + x.Name + " left", Text: page},
		Files:    files[:min(len(files), mostFiles)],
		Note:     "Those who left it can take it back; copies that were passed on can't be called back.",
	}, nil
}

// section is one gift on the page.
func section(tx store.Tx, x cohorts.Cohort, g Gift) (string, error) {
	by := "Left without a name" // nor the day, by which somebody might be known
	if g.Named {
		p, err := people.Table.Get(tx, g.Person)
		if err != nil {
			return "", err
		}
		by = chat.Plain(p.Name) + ", " + schedules.DateOf(g.At.In(x.Zone.Location())).Long()
	}
	text := "\n" + chat.Quote(g.Text) + "\n\n" + by + "\n"
	for _, f := range g.Files {
		text += "\nWith it: " + f.Kind() + " “" + chat.Plain(f.Name) + "”, in the chat.\n"
	}
	return text, nil
}

// mostFiles is how many pictures and documents come along in the chat: what a
// message on any platform holds beside the page.
const mostFiles = 8

// slug gives a name fit for a file.
func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	if len(words) == 0 {
		return "the-group"
	}
	return strings.Join(words, "-")
}

// home shows a member how far they have come, and what an earlier group left.
func home(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	g := deeds.Glance{Later: true}
	x, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
	if err != nil {
		return g, err
	}
	m, ok, err := cohorts.MemberOf(tx, x.ID, c.Person.ID)
	if err != nil || !ok {
		return g, err
	}
	for row, err := range Passings.By(tx, "to", string(x.ID)) {
		if err != nil {
			return g, err
		}
		from, err := cohorts.Get(tx, row.Value.From)
		if err != nil {
			return g, err
		}
		gifts, err := left(tx, from.ID)
		if err != nil {
			return g, err
		}
		if len(gifts) == 0 { // all of it was taken back
			continue
		}
		g.Lines = append(g.Lines, "Those who went before you, "+chat.Plain(from.Name)+", left something for you.")
		g.Buttons = append(g.Buttons, chat.Button{Label: "What they left", Command: "legacy page", Record: row.ID})
	}
	if len(x.Programme.Graduate) == 0 || !m.Learner() {
		return g, nil
	}
	all, err := Of(tx, x, c.Person.ID)
	if err != nil {
		return g, err
	}
	done := 0
	for _, s := range all {
		if s.Met() {
			done++
		}
	}
	g.Lines = append(g.Lines, fmt.Sprintf("Towards graduating: %d of %d done.", done, len(all)))
	g.Buttons = append(g.Buttons, chat.Button{Label: "What graduating takes", Command: "graduation show", Record: string(x.ID)})
	return g, nil
}

// panel shows the facilitators who is ready, and what their group could be handed.
func panel(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	g := deeds.Glance{Later: true}
	x, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
	if err != nil {
		return g, err
	}
	if x.From.Cohort != "" {
		gifts, err := left(tx, x.From.Cohort)
		if err != nil {
			return g, err
		}
		got, err := Passings.Has(tx, passingID(x.ID, x.From.Cohort))
		if err != nil {
			return g, err
		}
		if len(gifts) > 0 && !got {
			g.Lines = append(g.Lines, "**Waiting for your group:** "+chat.Plain(x.From.Name)+" left "+counted(gifts)+".")
			g.Buttons = append(g.Buttons, chat.Button{Label: "Hand it to the group", Command: "legacy receive", Record: passingID(x.ID, x.From.Cohort)})
		}
	}
	if len(x.Programme.Graduate) == 0 {
		return g, nil
	}
	all, err := learners(tx, x.ID)
	if err != nil {
		return g, err
	}
	var ready []string
	for _, p := range all {
		standings, err := Of(tx, x, p.ID)
		if err != nil {
			return g, err
		}
		_, graduated, err := graduationOf(tx, x.ID, p.ID)
		if err != nil {
			return g, err
		}
		if _, others := open(standings); len(others) == 0 && !graduated && !onlyWord(standings) {
			ready = append(ready, chat.Plain(p.Name))
		}
	}
	if len(ready) > 0 {
		g.Lines = append(g.Lines, "**Ready to graduate:** "+strings.Join(ready, ", ")+".")
	}
	g.Buttons = append(g.Buttons, chat.Button{Label: "Graduating", Command: "graduation group", Record: string(x.ID)})
	return g, nil
}

// onlyWord tells whether all that is asked for is a facilitator's word: then
// everybody is always ready, and it is no news.
func onlyWord(all []Standing) bool {
	return !slices.ContainsFunc(all, func(s Standing) bool { return s.Done != programmes.ByFacilitator })
}
