package hours

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/evidence"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// Feature is what this package brings to the bot.
func Feature(l evidence.Library) deeds.Feature {
	f := feature{l}
	return deeds.Feature{
		Deeds:    []deeds.Deed{f.logDeed(), f.showDeed(), f.changeDeed(), f.deleteDeed(), f.countDeed()},
		Tables:   []store.Prepared{Table},
		Holdings: holdings(),
	}
}

type feature struct{ library evidence.Library }

const (
	// maxWhat is how much can be said of an entry.
	maxWhat = 400
	// whoSees is said wherever hours are kept.
	whoSees = "Only you see your hours, until you hand in a portfolio. The bands are guidance: nobody is turned down for fewer or more."
	logPath = "hours log"
)

var workField = chat.Field{Name: field, Label: "How long, what, and when", Kind: chat.Text, Max: maxWhat, Required: true, Example: "2h planning the hui yesterday", Hint: "A day, or a longer time: “about 30h everything last month”"}

// bands gives the bands of what somebody prepares for, each once.
func (f feature) bands(tx store.Tx, c deeds.Call) ([]programmes.Band, error) {
	aims, err := f.library.AimsOf(tx, c.Person.ID)
	if err != nil {
		return nil, err
	}
	if len(aims) == 0 { // until they say, whatever there is
		aims = f.library.Programmes
	}
	var all []programmes.Band
	for _, p := range aims {
		for _, b := range p.Portfolio.Hours {
			if !slices.ContainsFunc(all, func(x programmes.Band) bool { return x.ID == b.ID }) {
				all = append(all, b)
			}
		}
	}
	return all[:min(len(all), 20)], nil
}

// bandField asks what hours count for.
func bandField(bands []programmes.Band) chat.Field {
	f := chat.Field{Name: "band", Label: "What it counts for", Kind: chat.Choice, Hint: "Left empty, you can say it later"}
	for _, b := range bands {
		f.Options = append(f.Options, chat.Option{Value: b.ID, Label: b.Title})
	}
	return f
}

// logDeed writes hours down.
func (f feature) logDeed() deeds.Deed {
	typedBand := chat.Field{Name: "for", Label: "What it counts for", Kind: chat.Text, Max: 40, Example: "practice"}
	return deeds.Deed{
		Command: chat.Command{Path: logPath, Summary: "Write down how long you worked, in your own words", Role: chat.Anyone, Fields: []chat.Field{workField, typedBand}},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if c.Given.Has(field) && c.Path != deeds.ChangePath {
				return nil, nil
			}
			bands, err := f.bands(tx, c)
			if err != nil {
				return nil, err
			}
			form := &chat.Form{Title: "Hours", Fields: []chat.Field{workField}, Submit: "Write it down", Note: whoSees}
			if len(bands) > 0 {
				form.Fields = append(form.Fields, bandField(bands))
			}
			return form, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			e, err := Read(c.Given.Text(field), c.Now, c.Zone)
			if err != nil {
				return chat.Outcome{}, err
			}
			bands, err := f.bands(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			e.ID, e.Person, e.At, e.Band = ID(c.ID), c.Person.ID, c.Now, c.Given.Text("band")
			if typed := c.Given.Text("for"); typed != "" {
				if e.Band, err = bandNamed(bands, typed); err != nil {
					return chat.Outcome{}, err
				}
			}
			if all, err := Of(tx, c.Person.ID); err != nil {
				return chat.Outcome{}, err
			} else if len(all) >= maxEntries {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "You have written down hours %d times, and there is no room for more. /hours show has them, to change or delete.", len(all))
			}
			return f.kept(tx, c, e, bands)
		},
	}
}

// maxEntries is how often one person can write down hours.
const maxEntries = 2000

// bandNamed gives the band that somebody typed.
func bandNamed(bands []programmes.Band, typed string) (string, error) {
	var names []string
	for _, b := range bands {
		if strings.EqualFold(b.ID, strings.TrimSpace(typed)) || strings.EqualFold(b.Title, strings.TrimSpace(typed)) {
			return b.ID, nil
		}
		names = append(names, chat.Plain(b.ID))
	}
	if len(names) == 0 {
		return "", deeds.RefuseField("for", "There are no bands to count it for here. Leave that out.")
	}
	return "", deeds.RefuseField("for", "I know no band called “%s”. There are %s.", chat.Plain(typed), strings.Join(names, ", "))
}

// kept keeps an entry and says what was understood.
func (f feature) kept(tx store.Tx, c deeds.Call, e Entry, bands []programmes.Band) (chat.Outcome, error) {
	if err := Table.Put(tx, e.ID, e); err != nil {
		return chat.Outcome{}, err
	}
	var buttons []chat.Button
	text := "Written down: " + e.words(c)
	if e.Band == "" && len(bands) > 0 {
		text += " What does it count for?"
		for _, b := range bands[:min(len(bands), 3)] {
			buttons = append(buttons, chat.Button{Label: clip(b.Title, 40), Command: "hours count", Record: string(e.ID), Choice: b.ID})
		}
	}
	buttons = append(buttons,
		chat.Button{Label: "Change it", Command: "hours change", Record: string(e.ID)},
		chat.Button{Label: "All my hours", Command: "hours show"})
	out := chat.Say(text, buttons...)
	out.Reply.Note = whoSees
	return out, nil
}

// words says an entry back.
func (e Entry) words(c deeds.Call) string {
	s := "**" + e.Took() + "**, " + e.day(c)
	if e.What != "" {
		s += ": " + chat.Plain(strings.TrimRight(e.What, ". "))
	}
	return s + "."
}

// day says when it was, as the person would.
func (e Entry) day(c deeds.Call) string {
	today := schedules.DateOf(c.Now.In(c.Zone.Location()))
	if e.Days() > 1 {
		return e.span(today)
	}
	switch today.DaysUntil(e.On) {
	case 0:
		return "today"
	case -1:
		return "yesterday"
	}
	return e.On.Long()
}

// Length says how long something took: "2 hours", "1 hour 30 minutes".
func Length(minutes int) string {
	unit := func(n int, one string) string {
		if n == 1 {
			return "1 " + one
		}
		return strconv.Itoa(n) + " " + one + "s"
	}
	h, m := minutes/60, minutes%60
	switch {
	case h == 0:
		return unit(m, "minute")
	case m == 0:
		return unit(h, "hour")
	}
	return unit(h, "hour") + " " + unit(m, "minute")
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// countDeed says what an entry counts for, by a button.
func (f feature) countDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "hours count", Summary: "Say what hours count for", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			e, err := own(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			bands, err := f.bands(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if e.Band, err = bandNamed(bands, c.Choice); err != nil {
				return chat.Outcome{}, err
			}
			if err := Table.Put(tx, e.ID, e); err != nil {
				return chat.Outcome{}, err
			}
			return f.show(tx, c, "Kept.")
		},
	}
}

// own gives the entry that a button is about, to who wrote it alone.
func own(tx store.Tx, c deeds.Call) (Entry, error) {
	e, ok, err := Get(tx, c.Person.ID, ID(c.Record))
	if err == nil && !ok {
		err = deeds.Refuse(deeds.NotFound, "These hours are not there any more. /hours show has those that are.")
	}
	return e, err
}

var numberField = chat.Field{Name: "number", Label: "Its number in /hours show", Kind: chat.Number, Example: "3"}

// which gives the entry of a button, or of a number in the list.
func which(tx store.Tx, c deeds.Call) (Entry, bool, error) {
	if c.Record != "" {
		e, err := own(tx, c)
		return e, err == nil, err
	}
	all, err := Of(tx, c.Person.ID)
	if err != nil {
		return Entry{}, false, err
	}
	if len(all) == 0 {
		return Entry{}, false, nothing()
	}
	if !c.Given.Has("number") {
		return Entry{}, false, nil
	}
	n := int(c.Given["number"].Number)
	if n < 1 || n > len(all) || float64(n) != c.Given["number"].Number {
		return Entry{}, false, deeds.RefuseField("number", "There is no number %s. /hours show has %d, from 1.", chat.Plain(c.Given.Text("number")), len(all))
	}
	return all[n-1], true, nil
}

func nothing() error {
	e := deeds.Refuse(deeds.NotFound, "You have written down no hours yet. /hours log 2h planning the hui yesterday, for one.")
	e.Buttons = []chat.Button{{Label: "Write down hours", Command: logPath, Main: true}}
	return e
}

func askNumber(submit string) *chat.Form {
	needed := numberField
	needed.Required = true
	return &chat.Form{Title: "Which hours", Fields: []chat.Field{needed}, Submit: submit, Note: whoSees}
}

// changeDeed changes an entry.
func (f feature) changeDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "hours change", Summary: "Change hours that you wrote down", Role: chat.Anyone, Fields: []chat.Field{numberField}},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			e, ok, err := which(tx, c)
			if err != nil || !ok {
				return askNumber("Go on"), err
			}
			return f.form(tx, c, e)
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			e, _, err := which(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !c.Given.Has("long") {
				form, err := f.form(tx, c, e)
				if err != nil {
					return chat.Outcome{}, err
				}
				return chat.Asking(*form), nil
			}
			from, to, ok := ReadWhen(c.Given.Text("day"), c.Now, c.Zone)
			if !ok {
				return chat.Outcome{}, deeds.RefuseField("day", "I couldn't read “%s” as a day or a time. Try “yesterday”, “5 Nov” or “last month”.", chat.Plain(c.Given.Text("day")))
			}
			e.over(from, to)
			e.Minutes, e.What, e.Band = int(c.Given["long"].Duration/time.Minute), c.Given.Text("what"), c.Given.Text("band")
			if err := e.fits(schedules.DateOf(c.Now.In(c.Zone.Location())), "day", "long"); err != nil {
				return chat.Outcome{}, err
			}
			bands, err := f.bands(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			return f.kept(tx, c, e, bands)
		},
	}
}

// form asks for all of an entry.
func (f feature) form(tx store.Tx, c deeds.Call, e Entry) (*chat.Form, error) {
	bands, err := f.bands(tx, c)
	form := &chat.Form{
		Title: "Hours", Submit: "Keep that", Record: string(e.ID), Note: whoSees,
		Fields: []chat.Field{
			{Name: "long", Label: "How long", Kind: chat.Duration, Required: true, Example: "2h"},
			{Name: "day", Label: "When", Kind: chat.Text, Required: true, Max: 60, Example: "yesterday"},
			{Name: "what", Label: "What you did", Kind: chat.Text, Max: maxWhat},
		},
		Filled: chat.Answers{
			"long": chat.Given(Length(e.Minutes)), "day": chat.Given(e.typed()), "what": chat.Given(e.What),
		},
	}
	if len(bands) > 0 {
		form.Fields = append(form.Fields, bandField(bands))
		if slices.ContainsFunc(bands, func(b programmes.Band) bool { return b.ID == e.Band }) {
			form.Filled["band"] = chat.Given(e.Band)
		}
	}
	return form, err
}

// deleteDeed takes an entry away for good.
func (f feature) deleteDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "hours delete", Summary: "Delete hours that you wrote down, for good", Role: chat.Anyone, Fields: []chat.Field{numberField}},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			_, ok, err := which(tx, c)
			if err != nil || ok {
				return nil, err
			}
			return askNumber("Delete"), nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			e, _, err := which(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !c.Sure {
				return deeds.ConfirmAbout(string(e.ID), "I delete "+e.words(c)+" It can't be brought back.", "Delete it"), nil
			}
			if err := Table.Delete(tx, e.ID); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Deleted.", chat.Button{Label: "All my hours", Command: "hours show"}), nil
		},
	}
}
