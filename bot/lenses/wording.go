package lenses

import (
	"errors"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// WordingID names a wording for ever.
type WordingID string

// Wording is one statement in other words, put before those whose statement it is.
// Whoever would say it differently builds on it, and everybody is asked anew.
type Wording struct {
	ID            WordingID    `json:"id"`
	Collaboration ID           `json:"collaboration"`
	Cohort        cohorts.ID   `json:"cohort"`
	Statement     string       `json:"statement"`
	Words         string       `json:"words"`
	By            people.ID    `json:"by"`
	At            time.Time    `json:"at"`
	From          WordingID    `json:"from,omitempty"`   // what it was built on
	Agreed        []people.ID  `json:"agreed,omitempty"` // who says that this is it, beside By
	State         WordingState `json:"state"`
	Ended         time.Time    `json:"ended,omitzero"`
}

// WordingState is how far a wording has come.
type WordingState string

// The states of a wording.
const (
	Suggested WordingState = "suggested"
	Taken     WordingState = "taken"     // it is how the statement reads now
	BuiltOn   WordingState = "built on"  // other words were made of it
	Withdrawn WordingState = "withdrawn" // by who suggested it
)

// Wordings keeps all wordings.
var Wordings = store.NewTable[WordingID, Wording]("lenswordings", 1,
	store.Index[Wording]{Name: "collaboration", Keys: func(w Wording) [][]byte {
		return [][]byte{store.Key(string(w.Collaboration), w.At)}
	}})

const (
	rewordPath   = "lens reword"
	suggestPath  = "lens suggest"
	agreePath    = "lens agree"
	withdrawPath = "lens withdraw"

	wordingKind   = "lens-wording"  // in the channel: other words for a statement
	wordsKind     = "lens-words"    // in private: the same, to a partner
	wordingDue    = "lens-wordsdue" // the job that looks whether a wording is taken
	enoughAgree   = 2               // of others, in a larger group; in a smaller one, all of them
	openFor       = 48 * time.Hour  // unless everybody has agreed before
	mostWordings  = 5               // suggested ones that a list has buttons for
	longestWords  = 100             // what fits beside a question in a form
	differentSays = "I'd say it differently"
)

func (o Options) rewordDeed() deeds.Deed {
	d := deeds.Deed{Command: chat.Command{Path: rewordPath, Summary: "Put the statements into your own words, together", Role: chat.Member, Fields: []chat.Field{aboutField}}}
	return about(d, nil, func(tx store.Tx, c deeds.Call, _ cohorts.Cohort, x Collaboration) (chat.Outcome, error) {
		all, err := values(Wordings.By(tx, "collaboration", string(x.ID)))
		if err != nil {
			return chat.Outcome{}, err
		}
		m := chat.Message{
			Text: "**" + chat.Plain(x.Name) + "**, in our own words\n\nThe statements are a place to start. What would you say, so that it is true of you and means something to you?",
			Note: "Everyone whose statements these are can see them, and who suggested what.",
			Buttons: []chat.Button{
				{Label: "Suggest other words", Command: suggestPath, Record: string(x.ID), Main: true},
				{Label: "The work plan", Command: planPath, Record: string(x.ID)},
			},
		}
		dimension := ""
		for _, s := range o.statements(x.Words) {
			if s.title != dimension {
				dimension = s.title
				m.Text += "\n\n**" + chat.Plain(s.title) + "**"
			}
			m.Text += "\n- " + chat.Plain(s.text)
			if x.Words[s.id] != "" {
				m.Text += " *(our words)*"
			}
			if i := slices.IndexFunc(all, func(w Wording) bool { return w.Statement == s.id && w.State == Suggested }); i >= 0 && len(m.Buttons) < 2+mostWordings {
				m.Text += " *(other words are suggested)*"
				m.Buttons = append(m.Buttons, chat.Button{Label: s.name(), Command: agreePath, Record: string(all[i].ID), Choice: onlyShow})
			}
		}
		return chat.Answering(m), nil
	})
}

// onlyShow is the choice of a button that shows a record and changes nothing.
const onlyShow = "show"

// suggestDeed puts other words for a statement before the others: of a
// collaboration, or built on the wording of the record.
func (o Options) suggestDeed() deeds.Deed {
	d := deeds.Deed{Command: chat.Command{Path: suggestPath, Summary: "Suggest other words for a statement", Role: chat.Member, Hidden: true}}
	words := chat.Field{Name: "words", Label: "How you would say it", Kind: chat.LongText, Required: true, Max: longestWords, Example: "We know who can lend what.", Hint: "One sentence that begins with “We”, at most 100 characters."}
	form := func(tx store.Tx, c deeds.Call, x Collaboration) (*chat.Form, error) {
		f := &chat.Form{
			Title: "In our own words", Fields: []chat.Field{words}, Submit: "Suggest it", Filled: chat.Answers{},
			Note: "Everyone in the group can read it, with your name, and say whether that is it.",
		}
		if x.few() {
			f.Note = "Your partners can read it, with your name, and say whether that is it."
		}
		w, built, err := wordingOf(tx, c)
		if err != nil {
			return nil, err
		}
		if built {
			if err := w.stillOpen(x); err != nil {
				return nil, err
			}
			s, _ := o.statement(x.Words, w.Statement)
			f.Intro = "**" + chat.Plain(s.name()) + "** reads now: “" + chat.Plain(s.text) + "”. Build on what was suggested:"
			f.Filled["words"] = chat.Given(w.Words)
			return f, nil
		}
		which := chat.Field{Name: "statement", Label: "Which statement", Kind: chat.Choice, Required: true}
		for _, s := range o.statements(x.Words) {
			which.Options = append(which.Options, chat.Option{Value: s.id, Label: chat.Short(s.title+": "+s.text, 75)})
		}
		f.Fields = append([]chat.Field{which}, f.Fields...)
		return f, nil
	}
	d = about(d, form, func(tx store.Tx, c deeds.Call, cohort cohorts.Cohort, x Collaboration) (chat.Outcome, error) {
		before, built, err := wordingOf(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		w := Wording{
			ID: WordingID(c.ID), Collaboration: x.ID, Cohort: x.Cohort, Statement: c.Given.Text("statement"),
			Words: strings.Join(strings.Fields(c.Given.Text("words")), " "), By: c.Person.ID, At: c.Now, State: Suggested,
		}
		if built {
			if err := before.stillOpen(x); err != nil {
				return chat.Outcome{}, err
			}
			w.Statement, w.From = before.Statement, before.ID
		}
		s, ok := o.statement(x.Words, w.Statement)
		switch {
		case !ok:
			return chat.Outcome{}, deeds.RefuseField("statement", "Choose which statement it is about.")
		case same(w.Words, s.text) || built && same(w.Words, before.Words):
			return chat.Outcome{}, deeds.RefuseField("words", "That is how it reads already. Change something, or leave it as it is.")
		}
		all, err := values(Wordings.By(tx, "collaboration", string(x.ID)))
		if err != nil {
			return chat.Outcome{}, err
		}
		if i := slices.IndexFunc(all, func(other Wording) bool { return other.State == Suggested && other.Statement == w.Statement }); i >= 0 && !built {
			refusal := deeds.RefuseField("statement", "Other words for this one are before the group already: “%s”. Build on those.", chat.Plain(all[i].Words))
			refusal.Buttons = []chat.Button{{Label: "Build on those", Command: suggestPath, Record: string(all[i].ID), Main: true}}
			return chat.Outcome{}, refusal
		}
		if built {
			if err := before.end(tx, BuiltOn, c.Now); err != nil {
				return chat.Outcome{}, err
			}
		}
		if err := Wordings.Put(tx, w.ID, w); err != nil {
			return chat.Outcome{}, err
		}
		where := "in " + chat.InChannel(cohort.Place)
		if x.few() {
			where = "in private"
		}
		return chat.Say("Suggested. The others can say "+where+" whether that is it, or say it differently.", chat.Button{Label: "Our own words", Command: rewordPath, Record: string(x.ID)}),
			w.ask(tx, x, cohort, c.Now)
	})
	return d
}

// ask puts a wording before the others.
func (w Wording) ask(tx store.Tx, x Collaboration, cohort cohorts.Cohort, now time.Time) error {
	if err := jobs.Set(tx, jobs.Job{
		Key: wordingDue + "/" + string(w.ID), Kind: wordingDue, Record: string(w.ID), Cohort: string(x.Cohort), Due: now.Add(openFor),
	}); err != nil {
		return err
	}
	if !x.few() {
		return outbox.Say(tx, outbox.Item{
			Key: wordingKind + "/" + string(w.ID), Kind: wordingKind, Record: string(w.ID), Cohort: string(x.Cohort), Place: cohort.Place,
		}, now)
	}
	others, err := w.others(tx, x)
	for _, p := range others {
		if err := tell(tx, x, p, wordsKind, string(w.ID), now, now); err != nil {
			return err
		}
	}
	return err
}

// wordingOf gives the wording of the record; false where it is none.
func wordingOf(tx store.Tx, c deeds.Call) (Wording, bool, error) {
	return Wordings.Find(tx, WordingID(c.Record))
}

// stillOpen refuses what is about a wording that is no longer before the group.
func (w Wording) stillOpen(x Collaboration) error {
	if w.State == Suggested {
		return nil
	}
	say := "These words are no longer before the group: it was taken back."
	switch w.State {
	case Taken:
		say = "This is how the statement reads already."
	case BuiltOn:
		say = "Somebody has built on these words, so others are before the group now."
	}
	return &deeds.Error{Code: deeds.Conflict, Say: say, Buttons: []chat.Button{{Label: "Our own words", Command: rewordPath, Record: string(x.ID), Main: true}}}
}

// end lets a wording be no longer before the group.
func (w Wording) end(tx store.Tx, s WordingState, now time.Time) error {
	w.State, w.Ended = s, now
	if err := Wordings.Put(tx, w.ID, w); err != nil {
		return err
	}
	if err := jobs.Drop(tx, wordingDue+"/"+string(w.ID)); err != nil {
		return err
	}
	return errors.Join(outbox.Touch(tx, wordingKind, string(w.ID)), outbox.Touch(tx, wordsKind, string(w.ID)))
}

// others gives those who are asked whether that is it.
func (w Wording) others(tx store.Tx, x Collaboration) ([]people.ID, error) {
	all, err := circle(tx, x)
	return slices.DeleteFunc(all, func(p people.ID) bool { return p == w.By }), err
}

// settle has a wording taken where enough agree: everybody else at once; else two
// of them, once it has been open for two days. Silence does not stand in the way
// after that, and whoever would say it differently has built on it by then.
func (w Wording) settle(tx store.Tx, now time.Time) (bool, error) {
	x, err := Collaborations.Get(tx, w.Collaboration)
	if err != nil {
		return false, err
	}
	others, err := w.others(tx, x)
	if err != nil {
		return false, err
	}
	agreed := 0
	for _, p := range others {
		if slices.Contains(w.Agreed, p) {
			agreed++
		}
	}
	all := agreed == len(others) && agreed > 0
	long := agreed >= min(enoughAgree, max(len(others), 1)) && now.Sub(w.At) >= openFor
	if !all && !long {
		return false, nil
	}
	words := map[string]string{w.Statement: w.Words}
	for id, text := range x.Words {
		if id != w.Statement {
			words[id] = text
		}
	}
	x.Words = words
	if err := Collaborations.Put(tx, x.ID, x); err != nil {
		return false, err
	}
	return true, w.end(tx, Taken, now)
}

// wordingIsDue looks, after two days, whether a wording is taken.
func wordingIsDue(tx store.Tx, j jobs.Job, now time.Time) error {
	w, err := Wordings.Get(tx, WordingID(j.Record))
	if err != nil || w.State != Suggested {
		return ignoreMissing(err)
	}
	c, err := cohorts.Get(tx, w.Cohort)
	if err != nil || c.State == cohorts.Deleted {
		return ignoreMissing(err)
	}
	_, err = w.settle(tx, now)
	return err
}

// agreeDeed keeps that somebody says: that is it. With [onlyShow] it shows what is
// suggested.
func (o Options) agreeDeed() deeds.Deed {
	d := deeds.Deed{Command: chat.Command{Path: agreePath, Summary: "Say that suggested words are yours, too", Role: chat.Member, Hidden: true}}
	return about(d, nil, func(tx store.Tx, c deeds.Call, _ cohorts.Cohort, x Collaboration) (chat.Outcome, error) {
		w, ok, err := wordingOf(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		if !ok {
			return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "These words are not there any more. /lens reword shows what is.")
		}
		if c.Choice == onlyShow {
			text, err := o.wordingWords(tx, x, w)
			return chat.Say(text, w.buttons(c.Person.ID)...), err
		}
		if err := w.stillOpen(x); err != nil {
			return chat.Outcome{}, err
		}
		if w.By == c.Person.ID {
			return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "You suggested it, so your word is in it already. It is for the others to say whether that is it.")
		}
		if !slices.Contains(w.Agreed, c.Person.ID) {
			w.Agreed = append(w.Agreed, c.Person.ID)
		}
		if err := Wordings.Put(tx, w.ID, w); err != nil {
			return chat.Outcome{}, err
		}
		if err := outbox.Touch(tx, wordingKind, string(w.ID)); err != nil {
			return chat.Outcome{}, err
		}
		taken, err := w.settle(tx, c.Now)
		switch {
		case err != nil:
			return chat.Outcome{}, err
		case taken:
			return chat.Say("You agree, and so it reads like that from now on.", chat.Button{Label: "How we put it into practice", Command: addPath, Record: string(x.ID), Main: true}), nil
		}
		return chat.Say("You agree. It reads like that once everybody does, or two others after two days, unless somebody says it differently."), nil
	})
}

// withdrawDeed takes suggested words back.
func withdrawDeed() deeds.Deed {
	d := deeds.Deed{Command: chat.Command{Path: withdrawPath, Summary: "Take back words that you suggested", Role: chat.Member, Hidden: true}}
	return about(d, nil, func(tx store.Tx, c deeds.Call, _ cohorts.Cohort, x Collaboration) (chat.Outcome, error) {
		w, ok, err := wordingOf(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		if !ok {
			return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "These words are not there any more. /lens reword shows what is.")
		}
		if err := w.stillOpen(x); err != nil {
			return chat.Outcome{}, err
		}
		if w.By != c.Person.ID {
			return chat.Outcome{}, deeds.Refuse(deeds.Forbidden, "Only whoever suggested it can take it back. You can say it differently.")
		}
		return chat.Say("Taken back."), w.end(tx, Withdrawn, c.Now)
	})
}

// buttons gives what somebody can do about suggested words; in a message for
// everybody the person is nobody.
func (w Wording) buttons(p people.ID) []chat.Button {
	if w.State != Suggested {
		return nil
	}
	differently := chat.Button{Label: differentSays, Command: suggestPath, Record: string(w.ID)}
	back := chat.Button{Label: "Take it back", Command: withdrawPath, Record: string(w.ID)}
	if p == w.By {
		return []chat.Button{differently, back}
	}
	return []chat.Button{{Label: "That is it", Command: agreePath, Record: string(w.ID), Main: true}, differently}
}

// wordingWords says what is suggested, by whom, and how it stands.
func (o Options) wordingWords(tx store.Tx, x Collaboration, w Wording) (string, error) {
	who, err := nameOf(tx, w.By)
	if err != nil {
		return "", err
	}
	s, _ := o.statement(x.Words, w.Statement)
	text := "**" + chat.Plain(x.Name) + " · " + chat.Plain(s.name()) + "**\n\n"
	agreed, err := namesOf(tx, w.Agreed)
	if err != nil {
		return "", err
	}
	if w.State == Taken {
		text += "In our own words now:\n\n" + chat.Quote(w.Words) + "\n\nSuggested by " + who
		if agreed != "" {
			text += ", with the word of " + agreed
		}
		return text + ".", nil
	}
	if w.From != "" {
		text += who + " has built on what was suggested. Instead of"
	} else {
		text += who + " would say it in other words. Instead of"
	}
	text += "\n\n" + chat.Quote(s.text) + "\n\nthis:\n\n" + chat.Quote(w.Words)
	switch {
	case w.State == BuiltOn:
		text += "\n\nSomebody has built on it since."
	case w.State == Withdrawn:
		text = "**" + chat.Plain(x.Name) + " · " + chat.Plain(s.name()) + "**\n\n" + who + " took back what was suggested here."
	case agreed != "":
		text += "\n\nThat is it, for " + agreed + "."
	}
	return text, nil
}

// wordingMessage puts suggested words before everybody whose statement it is.
func (o Options) wordingMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	w, err := Wordings.Get(tx, WordingID(i.Record))
	if err != nil {
		return chat.Message{}, false, ignoreMissing(err)
	}
	x, err := Collaborations.Get(tx, w.Collaboration)
	if err != nil {
		return chat.Message{}, false, ignoreMissing(err)
	}
	c, err := cohorts.Get(tx, w.Cohort)
	if err != nil || c.State == cohorts.Deleted {
		return chat.Message{}, false, ignoreMissing(err)
	}
	if w.State != Suggested && i.State != outbox.Sent {
		return chat.Message{}, false, nil
	}
	text, err := o.wordingWords(tx, x, w)
	m := chat.Message{Text: text, Buttons: w.buttons("")}
	if w.State == Suggested {
		m.Note = "It reads like that once everybody agrees, or two others after two days. Whoever would say it differently builds on it, and all are asked anew."
	}
	return m, true, err
}

// same tells whether two wordings differ in nothing but blanks and case.
func same(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}
