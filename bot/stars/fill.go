package stars

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

const (
	fillPath = "shape fill"
	drawPath = "shape draw"
)

var (
	starField  = chat.Field{Name: "star", Label: "Which star", Kind: chat.Text, Max: 75, Example: "community"}
	aboutField = chat.Field{
		Name: "about", Label: "Whose star is it?", Kind: chat.Text, Max: 60, Example: "the harbour kitchen",
		Hint: "Left empty, your own. For a community's, what you call it.",
	}
	wordsField = chat.Field{Name: "words", Label: "A few words about it", Kind: chat.LongText, Max: 1500, Hint: "Only if you like."}
	photoField = chat.Field{Name: "photo", Label: "A photo of your star", Kind: chat.Upload, Required: true}
	seesField  = chat.Field{
		Name: "sees", Label: "Who may see it", Kind: chat.Choice, Required: true, Example: "me",
		Options: []chat.Option{
			{Value: string(OnlyMe), Label: "Only me"},
			{Value: string(Facilitators), Label: "Me and my facilitators"},
			{Value: string(Group), Label: "Everyone in this group"},
		},
	}
)

// whoSees stands under every form of a star.
const whoSees = "You choose who sees it, and can change or delete it later. For everyone means posted in the channel, with your name. " +
	"A community's star that others see counts in the group's picture of it, without your name."

// meant is the star that a call is about.
type meant struct {
	star  programmes.Star
	again Filling // the one before, where it is to be filled in again
}

// starMeant finds the star from the record, else the choice, else what was typed,
// else the only one. False where the person has to choose.
func starMeant(tx store.Tx, c deeds.Call, cohort cohorts.Cohort) (meant, bool, error) {
	all := cohort.Programme.Stars
	if len(all) == 0 {
		return meant{}, false, deeds.Refuse(deeds.Unavailable, "%s has no star to fill in. A facilitator can add one to the programme's file for the next cohort.", chat.Plain(cohort.Name))
	}
	f, err := Fillings.Get(tx, FillingID(c.Record))
	switch {
	case err == nil && f.Person == c.Person.ID:
		s, ok := starOf(cohort, f.Star)
		return meant{s, f}, ok, nil
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return meant{}, false, err
	}
	if n, err := strconv.Atoi(c.Choice); err == nil && n >= 0 && n < len(all) {
		return meant{star: all[n]}, true, nil
	}
	if typed := c.Given.Text(starField.Name); typed != "" {
		for _, s := range all {
			if strings.EqualFold(typed, s.ID) || strings.EqualFold(typed, s.Title) {
				return meant{star: s}, true, nil
			}
		}
		return meant{}, false, deeds.RefuseField(starField.Name, "I don't know a star called “%s”. There are: %s.", chat.Plain(typed), starNames(all))
	}
	if typed := c.Given.Text(aboutField.Name); typed != "" && len(all) > 1 {
		own, err := OfPerson(tx, cohort.ID, c.Person.ID)
		if err != nil {
			return meant{}, false, err
		}
		for _, f := range slices.Backward(own) {
			if s, ok := starOf(cohort, f.Star); ok && subject(f.About) == subject(typed) {
				return meant{star: s}, true, nil
			}
		}
		if c.Form == "" {
			return meant{}, false, deeds.RefuseField(starField.Name, "Which star do you mean? Add one of: %s.", starNames(all))
		}
	}
	return meant{star: all[0]}, len(all) == 1, nil
}

func starNames(all []programmes.Star) string {
	var known []string
	for _, s := range all {
		known = append(known, "star:"+s.ID)
	}
	return strings.Join(known, ", ")
}

// pointField is the question for the nth point.
func pointField(n int, p programmes.Point) chat.Field {
	f := chat.Field{Name: "p" + strconv.Itoa(n+1), Label: p.Title, Kind: chat.Choice, Example: "3", Hint: p.Ask}
	if utf8.RuneCountInString(p.Ask) > 100 {
		f.Hint = string([]rune(p.Ask)[:99]) + "…"
	}
	for i, words := range steps {
		f.Options = append(f.Options, chat.Option{Value: strconv.Itoa(i + 1), Label: fmt.Sprintf("%d · %s", i+1, words)})
	}
	return f
}

func fillDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: fillPath, Summary: "Fill in a star, for yourself or for a community you know", Role: chat.Member, Fields: []chat.Field{aboutField, starField}},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return nil, err
			}
			if _, err := cohorts.Joined(tx, cohort, c.Person.ID); err != nil {
				return nil, err
			}
			m, ok, err := starMeant(tx, c, cohort)
			if err != nil || !ok {
				return nil, err
			}
			f := &chat.Form{
				Title: m.star.Title, Submit: "Keep it", Note: whoSees, Fields: []chat.Field{aboutField},
				Intro:  strings.TrimSpace(chat.Plain(m.star.About) + " A point is long where there is much of it, and short where it is thin. Pass over what you like."),
				Filled: chat.Answers{aboutField.Name: chat.Given(m.again.About), seesField.Name: chat.Given(string(OnlyMe))},
			}
			for i, p := range m.star.Points {
				f.Fields = append(f.Fields, pointField(i, p))
			}
			f.Fields = append(f.Fields, wordsField, seesField)
			return f, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			m, ok, err := starMeant(tx, c, cohort)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !ok {
				return whichStar(tx, c, cohort)
			}
			f := filling(c, m.star)
			f.Values = map[string]int{}
			for i, p := range m.star.Points {
				if n, err := strconv.Atoi(c.Given.Text("p" + strconv.Itoa(i+1))); err == nil {
					f.Values[p.ID] = n
				}
			}
			if len(f.Values) == 0 {
				// About no field: the points may be on another page than the last.
				return chat.Outcome{}, deeds.Refuse(deeds.Invalid, "No point is filled in yet. One is enough. If you would rather draw, /shape draw takes a photo.")
			}
			return kept(tx, c, cohort, f)
		},
	}
}

// drawDeed takes a photo of a star that was drawn by hand, which counts the same.
func drawDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: drawPath, Summary: "Hand in a photo of a star that you drew", Role: chat.Member, Fields: []chat.Field{aboutField, starField}},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return nil, err
			}
			if _, err := cohorts.Joined(tx, cohort, c.Person.ID); err != nil {
				return nil, err
			}
			m, ok, err := starMeant(tx, c, cohort)
			if err != nil {
				return nil, err
			}
			which := chat.Field{Name: starField.Name, Label: starField.Label, Kind: chat.Choice, Required: true, Example: m.star.ID}
			for _, s := range cohort.Programme.Stars[:min(len(cohort.Programme.Stars), 25)] {
				which.Options = append(which.Options, chat.Option{Value: s.ID, Label: s.Title})
			}
			f := &chat.Form{
				Title: "A star you drew", Submit: "Keep it", Note: whoSees,
				Intro:  "Paper is a good place for a star. A photo of it counts just as much as a filled-in one.",
				Fields: []chat.Field{which, aboutField, photoField, wordsField, seesField},
				Filled: chat.Answers{aboutField.Name: chat.Given(m.again.About), seesField.Name: chat.Given(string(OnlyMe))},
			}
			if ok {
				f.Filled[which.Name] = chat.Given(m.star.ID)
			}
			return f, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			s, ok := starOf(cohort, c.Given.Text(starField.Name))
			if !ok {
				return chat.Outcome{}, deeds.RefuseField(starField.Name, "Choose which star it is.")
			}
			f := filling(c, s)
			f.Files = c.Given[photoField.Name].Files
			return kept(tx, c, cohort, f)
		},
	}
}

// filling makes a filling of what was answered, without values.
func filling(c deeds.Call, s programmes.Star) Filling {
	about := strings.Join(strings.Fields(c.Given.Text(aboutField.Name)), " ")
	if slices.Contains([]string{"me", "mine", "myself", "self", "own"}, subject(about)) {
		about = ""
	}
	return Filling{
		ID: FillingID(c.ID), Cohort: cohorts.ID(c.Cohort), Person: c.Person.ID, Star: s.ID, About: about, At: c.Now,
		Words: c.Given.Text(wordsField.Name), Sees: Sees(c.Given.Text(seesField.Name)),
	}
}

// kept keeps a filling and shows it.
func kept(tx store.Tx, c deeds.Call, cohort cohorts.Cohort, f Filling) (chat.Outcome, error) {
	if _, err := cohorts.Joined(tx, cohort, c.Person.ID); err != nil {
		return chat.Outcome{}, err
	}
	if err := keep(tx, f, c.Now); err != nil {
		return chat.Outcome{}, err
	}
	m, err := ownMessage(tx, c, cohort, f, nil)
	m.Text, m.Note = "Kept. "+f.Sees.Words(cohort)+"\n\n"+m.Text, ""
	return chat.Answering(m), err
}

// mostAgain is how many stars are offered to be filled in again.
const mostAgain = 5

// whichStar asks which star, those that the person has filled in before first.
func whichStar(tx store.Tx, c deeds.Call, cohort cohorts.Cohort) (chat.Outcome, error) {
	own, err := OfPerson(tx, cohort.ID, c.Person.ID)
	if err != nil {
		return chat.Outcome{}, err
	}
	m := chat.Message{Text: "Which star would you like to look at?", Note: "You choose who sees it before you hand it in. Filled in again later, it shows then and now."}
	for i, s := range cohort.Programme.Stars {
		if i == 10 { // more would bury the others; the rest can be typed
			break
		}
		m.Text += "\n\n**" + chat.Plain(s.Title) + "**"
		if s.About != "" {
			m.Text += ": " + chat.Plain(s.About)
		}
		m.Buttons = append(m.Buttons, chat.Button{Label: s.Title, Command: fillPath, Record: c.Cohort, Choice: strconv.Itoa(i), Main: i == 0})
	}
	for _, f := range latest(own)[:min(len(latest(own)), mostAgain)] {
		m.Buttons = append(m.Buttons, chat.Button{Label: chat.Short("Again: "+f.name(cohort), 75), Command: fillPath, Record: string(f.ID)})
	}
	m.Buttons = append(m.Buttons, chat.Button{Label: "I drew one", Command: drawPath, Record: c.Cohort})
	return chat.Answering(m), nil
}

// latest gives the youngest filling of each star and subject, the youngest first.
func latest(own []Filling) []Filling {
	var found []Filling
	for _, f := range slices.Backward(own) {
		if !slices.ContainsFunc(found, f.alike) {
			found = append(found, f)
		}
	}
	return found
}
