package directory

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/store"
)

const (
	judgePath   = "directory judge"
	marksPath   = "directory marks"
	alsoPath    = "directory also"
	draftPath   = "directory draft"
	askPath     = "directory ask"
	dropPath    = "directory drop"
	objectPath  = "directory object"
	answerPath  = "directory answer"
	heardPath   = "directory heard"
	retirePath  = "directory retire"
	dismissPath = "directory dismiss"
)

// usualMonths is how long an approval holds where nobody says otherwise.
const usualMonths = 12

// withItems gives the frameworks by which a training can be marked, those that
// another took the place of last.
func (f feature) withItems() []frameworks.Framework {
	var all []frameworks.Framework
	for _, legacy := range []bool{false, true} {
		for _, x := range f.Frameworks {
			if (x.Status == frameworks.Legacy) == legacy && len(x.Covering(frameworks.Do))+len(x.Covering(frameworks.Know)) > 0 {
				all = append(all, x)
			}
		}
	}
	return all
}

// judgeDeed begins a review, or goes on with one, or changes the one that is open.
func (f feature) judgeDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: judgePath, Summary: "Review a training", Role: chat.Reviewer, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			t, err := training(tx, c)
			if err == nil {
				err = mayReview(tx, t, c.Person.ID)
			}
			if err != nil {
				return nil, err
			}
			r, err := begun(tx, t, c)
			if err != nil {
				return nil, err
			}
			return f.judgeForm(t, r), nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			t, err := training(tx, c)
			if err == nil {
				err = mayReview(tx, t, c.Person.ID)
			}
			if err != nil {
				return chat.Outcome{}, err
			}
			r, err := begun(tx, t, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			r.Found, r.Approves, r.Months = c.Given.Text("found"), c.Given.Text("verdict") == "yes", usualMonths
			if n, err := strconv.Atoi(c.Given.Text("months")); err == nil {
				r.Months = n
			}
			if err := Reviews.Put(tx, r.ID, r); err != nil {
				return chat.Outcome{}, err
			}
			if x, ok := f.framework(c.Given.Text("framework")); ok && r.Approves {
				return chat.Asking(*f.marksForm(x, r, t)), nil
			}
			m, err := f.draftMessage(tx, c, r, t)
			return chat.Answering(m), err
		},
	}
}

// begun gives the review that somebody is writing: the draft they have, or a new one
// that begins with what the last review says.
func begun(tx store.Tx, t Training, c deeds.Call) (Review, error) {
	r, there, err := draftOf(tx, t.ID, c.Person.ID)
	if err != nil || there {
		return r, err
	}
	r = Review{ID: ReviewID(c.ID), Training: t.ID, By: c.Person.ID, At: c.Now, Approves: true, Months: usualMonths}
	all, err := ReviewsOf(tx, t.ID)
	if n := len(all); n > 0 {
		last := all[n-1]
		r.Marks, r.Months, r.Approves = last.Marks, max(last.Months, 1), last.Approves
		if last.Open() && last.By == r.By {
			r.Found = last.Found
		}
	}
	return r, err
}

func (f feature) judgeForm(t Training, r Review) *chat.Form {
	verdict := chat.Field{Name: "verdict", Label: "Would you approve it?", Kind: chat.Choice, Required: true, Options: []chat.Option{
		{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No, not this one"},
	}}
	months := chat.Field{Name: "months", Label: "For how long", Kind: chat.Choice, Required: true}
	for _, n := range []int{3, 6, 12, 24} {
		months.Options = append(months.Options, chat.Option{Value: strconv.Itoa(n), Label: "For " + monthsWords(n)})
	}
	form := &chat.Form{
		Title: "Review a training", Submit: "Go on", Record: string(t.ID), Intro: t.about(),
		Fields: []chat.Field{
			verdict,
			{Name: "found", Label: "What you found", Kind: chat.LongText, Required: true, Max: 2000, Hint: "Its content and its quality: what is it like for the people who take part?"},
			months,
		},
		Note:   "Everybody who can see the training can read your review, with your name. The others on the board can object to it first.",
		Filled: chat.Answers{"months": chat.Given(strconv.Itoa(r.Months))},
	}
	if r.Found != "" {
		form.Filled["found"] = chat.Given(r.Found)
		form.Filled["verdict"] = chat.Given(map[bool]string{true: "yes", false: "no"}[r.Approves])
	}
	by := chat.Field{Name: "framework", Label: "Mark competencies of", Kind: chat.Choice, Required: true}
	all := f.withItems()
	for _, x := range all[:min(len(all), mostChoices)] {
		by.Options = append(by.Options, chat.Option{Value: x.ID, Label: chat.Short(x.Title, 75)})
	}
	if len(all) > 0 {
		form.Fields = append(form.Fields, by)
		form.Filled["framework"] = chat.Given(all[0].ID)
		if len(r.Marks) > 0 {
			form.Filled["framework"] = chat.Given(r.Marks[0].Framework)
		}
	}
	return form
}

// sorts are the ways in which a training can address a framework, each a question of
// its own.
var sorts = []struct {
	name   string
	covers frameworks.Covers
	label  string
}{
	{"do", frameworks.Do, "People learn to do this"},
	{"know", frameworks.Know, "People come to know this"},
}

var moreField = chat.Field{Name: "more", Label: "Not in the list? Some words of it", Kind: chat.Text, Max: 100, Example: "conflict"}

// marksForm asks which competencies a training addresses. What its own words suggest
// comes first, and nothing is ticked for the reviewer.
func (f feature) marksForm(x frameworks.Framework, r Review, t Training) *chat.Form {
	form := &chat.Form{
		Title: "What it addresses", Submit: "Keep that", Command: marksPath, Record: string(r.ID) + "/" + x.ID, Filled: chat.Answers{},
		Intro: "**" + chat.Plain(t.Title) + "**, by **" + chat.Plain(x.Title) + "**.",
		Note:  "Nothing is sent yet: you see all of it first.",
	}
	guesses := x.Guess(t.Title + " " + t.About)
	if len(guesses) > 0 {
		var names []string
		for _, g := range guesses {
			names = append(names, "- "+chat.Plain(itemName(g, 120)))
		}
		form.Intro += "\n\nGoing by its words alone, it may address:\n\n" + strings.Join(names, "\n") + "\n\nThat is a guess and nothing is ticked for you."
	}
	ticked := marked(r.Marks, x.ID)
	long := false
	for _, s := range sorts {
		all := x.Covering(s.covers)
		if len(all) == 0 {
			continue
		}
		rank := func(i frameworks.Item) int {
			switch {
			case slices.Contains(ticked, i.ID):
				return 0
			case slices.ContainsFunc(guesses, func(g frameworks.Item) bool { return g.ID == i.ID }):
				return 1
			}
			return 2
		}
		if len(all) > mostChoices {
			long = true
			slices.SortStableFunc(all, func(a, b frameworks.Item) int { return rank(a) - rank(b) })
			all = all[:mostChoices]
		}
		field := chat.Field{Name: s.name, Label: s.label, Kind: chat.Choices, Hint: "As many as it fits, or none"}
		var filled chat.Answer
		for _, i := range all {
			field.Options = append(field.Options, chat.Option{Value: i.ID, Label: itemName(i, 75)})
			if rank(i) == 0 {
				filled.Values = append(filled.Values, i.ID)
			}
		}
		form.Fields = append(form.Fields, field)
		form.Filled[s.name] = filled
	}
	if long {
		form.Fields = append(form.Fields, moreField)
	}
	return form
}

// writing gives the review that somebody is writing, which a button or a form is
// about, and the framework after it.
func (f feature) writing(tx store.Tx, c deeds.Call) (Review, Training, frameworks.Framework, error) {
	id, framework, _ := strings.Cut(c.Record, "/")
	x, _ := f.framework(framework)
	r, there, err := Reviews.Find(tx, ReviewID(id))
	if err != nil {
		return r, Training{}, x, err
	}
	if !there || !r.Draft() || r.By != c.Person.ID {
		return r, Training{}, x, &deeds.Error{
			Code: deeds.NotFound, Say: "This review is no longer being written: it was sent, or dropped. What waits for the board is at /directory review.",
			Buttons: []chat.Button{{Label: "What waits", Command: deskPath, Main: true}},
		}
	}
	c.Record = string(r.Training)
	t, err := training(tx, c)
	if err == nil {
		err = mayReview(tx, t, c.Person.ID)
	}
	return r, t, x, err
}

func (f feature) marksDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: marksPath, Summary: "Say which competencies a training addresses", Role: chat.Reviewer, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			r, t, x, err := f.writing(tx, c)
			if err != nil || x.ID == "" {
				return nil, err
			}
			return f.marksForm(x, r, t), nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, t, x, err := f.writing(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			var shown, ticked []string
			for _, s := range sorts {
				shown, ticked = append(shown, c.Shown[s.name].Values...), append(ticked, c.Given[s.name].Choices...)
			}
			r.Marks = remark(r.Marks, x.ID, shown, ticked)
			if err := Reviews.Put(tx, r.ID, r); err != nil {
				return chat.Outcome{}, err
			}
			if words := c.Given.Text(moreField.Name); words != "" {
				return f.search(x, r, words)
			}
			m, err := f.draftMessage(tx, c, r, t)
			return chat.Answering(m), err
		},
	}
}

// search offers the competencies of a framework that have some words in them.
func (f feature) search(x frameworks.Framework, r Review, words string) (chat.Outcome, error) {
	pick := chat.Field{Name: "also", Label: "It also addresses", Kind: chat.Choices}
	for _, s := range sorts {
		for _, i := range x.Covering(s.covers) {
			if len(pick.Options) < mostChoices && contains(i.Code+" "+i.Text+" "+i.About, words) && !slices.Contains(r.Marks, Mark{x.ID, i.ID}) {
				pick.Options = append(pick.Options, chat.Option{Value: i.ID, Label: itemName(i, 75)})
			}
		}
	}
	if len(pick.Options) == 0 {
		return chat.Outcome{}, deeds.RefuseField(moreField.Name, "%s has nothing more with “%s”. Try one word of what you are looking for.", chat.Plain(x.Title), chat.Plain(words))
	}
	return chat.Asking(chat.Form{
		Title: "What it addresses", Submit: "Keep that", Command: alsoPath, Record: string(r.ID) + "/" + x.ID,
		Intro: "What **" + chat.Plain(x.Title) + "** has with “" + chat.Plain(words) + "”.", Fields: []chat.Field{pick},
		Note: "Nothing is sent yet: you see all of it first.",
	}), nil
}

func (f feature) alsoDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: alsoPath, Summary: "Add competencies that a search found", Role: chat.Reviewer, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, t, x, err := f.writing(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			r.Marks = remark(r.Marks, x.ID, nil, c.Given["also"].Choices)
			if err := Reviews.Put(tx, r.ID, r); err != nil {
				return chat.Outcome{}, err
			}
			m, err := f.draftMessage(tx, c, r, t)
			return chat.Answering(m), err
		},
	}
}

// draftDeed shows a review that was begun.
func (f feature) draftDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: draftPath, Summary: "A review that you have begun", Role: chat.Reviewer, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, t, _, err := f.writing(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			m, err := f.draftMessage(tx, c, r, t)
			return chat.Answering(m), err
		},
	}
}

// draftMessage shows a review before the board is asked, and what that does.
func (f feature) draftMessage(tx store.Tx, c deeds.Call, r Review, t Training) (chat.Message, error) {
	all, err := others(tx, t.Workspace, r.By)
	if err != nil {
		return chat.Message{}, err
	}
	m := chat.Message{Text: "**" + chat.Plain(t.Title) + "**: you would not approve it.\n\n" + chat.Quote(r.Found), Note: "Nothing is sent yet."}
	if r.Approves {
		m.Text = "**" + chat.Plain(t.Title) + "**: you would approve it for " + monthsWords(r.Months) + ".\n\n" + chat.Quote(r.Found)
		if words := f.marksWords(r.Marks); words != "" {
			m.Text += "\n\n" + words
		} else {
			m.Text += "\n\nNo competency is marked yet."
		}
	}
	names, err := namesOf(tx, all)
	if err != nil {
		return m, err
	}
	if len(all) > 0 {
		m.Text += fmt.Sprintf("\n\nWhen you ask the board, %s can read it and object for %d days, until %s. If nobody does, it holds then.", names, int(objecting.Hours()/24), day(c.Now.Add(objecting), c.Zone))
		away, err := awayWords(tx, all, c.Now)
		if err != nil {
			return m, err
		}
		m.Text += away
		if !r.Approves && t.State == Approved {
			m.Text += " " + t.endsWords(c)
		}
	} else {
		m.Text += "\n\nThere is nobody else yet who could object, so it can't be decided. An administrator can appoint somebody with /directory appoint; what you wrote is kept until then."
	}
	if len(all) > 0 && (!r.Approves || len(r.Marks) > 0) {
		m.Buttons = append(m.Buttons, chat.Button{Label: "Ask the board", Command: askPath, Record: string(r.ID), Main: true})
	}
	m.Buttons = append(m.Buttons, chat.Button{Label: "Change it", Command: judgePath, Record: string(t.ID)})
	if r.Approves {
		for _, x := range f.withItems() {
			if len(marked(r.Marks, x.ID)) == 0 && len(m.Buttons) < 4 {
				m.Buttons = append(m.Buttons, chat.Button{Label: chat.Short("Also by "+x.Title, 60), Command: marksPath, Record: string(r.ID) + "/" + x.ID})
			}
		}
	}
	m.Buttons = append(m.Buttons, chat.Button{Label: "Drop it", Command: dropPath, Record: string(r.ID)})
	return m, nil
}

func (f feature) askDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: askPath, Summary: "Ask the board whether anybody objects", Role: chat.Reviewer, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, t, _, err := f.writing(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			all, err := others(tx, t.Workspace, r.By)
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(all) == 0 || r.Approves && len(r.Marks) == 0 {
				m, err := f.draftMessage(tx, c, r, t)
				return chat.Answering(m), err
			}
			if !r.Approves && t.State == Approved && !c.Sure {
				return deeds.Confirm("The board is asked not to renew **"+chat.Plain(t.Title)+"**. "+t.endsWords(c), "Ask the board"), nil
			}
			if err := r.ask(tx, t, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			away, err := awayWords(tx, all, c.Now)
			if err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("The board is asked. Unless somebody objects by "+day(c.Now.Add(objecting), c.Zone)+", your review of **"+chat.Plain(t.Title)+"** holds then. You can still change it or take it back."+away,
				chat.Button{Label: "Read the review", Command: recordPath, Record: string(r.ID), Main: true}, chat.Button{Label: "What waits", Command: deskPath}), nil
		},
	}
}

// endsWords says what it means that an approved training is not renewed.
func (t Training) endsWords(c deeds.Call) string {
	return "If nobody objects, it stays in the directory until " + day(t.Until, c.Zone) + ", as it was approved, and goes then. /directory find opens it, where it can be retired at once."
}

// dropDeed deletes a review that was never sent, and takes back one that was.
func dropDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: dropPath, Summary: "Drop a review, or take it back", Role: chat.Reviewer, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, there, err := Reviews.Find(tx, ReviewID(c.Record))
			if err != nil {
				return chat.Outcome{}, err
			}
			switch {
			case !there || r.By != c.Person.ID || !r.Closed.IsZero():
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "There is nothing to take back: only whoever wrote a review can do that, until it holds. What waits for the board is at /directory review.")
			case r.Draft():
				return chat.Say("Dropped. Nobody was told.", chat.Button{Label: "What waits", Command: deskPath}), Reviews.Delete(tx, r.ID)
			case !c.Sure:
				return deeds.Confirm("Your review is taken back. It stays readable in the training's record, with what was said against it, and somebody can review the training anew.", "Take it back"), nil
			}
			return chat.Say("Taken back.", chat.Button{Label: "What waits", Command: deskPath}), r.end(tx, Taken, c.Now)
		},
	}
}
