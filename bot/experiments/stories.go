package experiments

import (
	"errors"
	"slices"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Story is what somebody tells of an experiment. There is one an experiment, and
// it can be told anew as often as its author likes.
type Story struct {
	Experiment ID          `json:"experiment"`
	Cohort     cohorts.ID  `json:"cohort"`
	Person     people.ID   `json:"person"`
	Sees       Sees        `json:"sees"`
	Text       string      `json:"text,omitempty"` // as typed
	Files      []chat.File `json:"files,omitempty"`
	At         time.Time   `json:"at"` // when it was first told
	Changed    bool        `json:"changed,omitempty"`
}

// Sees is who may read a story.
type Sees = cohorts.Sees

// Who may read, from the fewest to the most.
const (
	OnlyMe       = cohorts.OnlyMe
	Facilitators = cohorts.OnlyFacilitators
	Group        = cohorts.WholeGroup
)

// Stories keeps the stories, by their experiment.
var Stories = store.NewTable[ID, Story]("experimentstories", 1,
	store.Index[Story]{Name: "cohort", Keys: func(s Story) [][]byte {
		return [][]byte{store.Key(string(s.Cohort), s.At, string(s.Experiment))}
	}})

// Reader is somebody who may or may not read a story, as they stand to its cohort.
// One without a Person is all those who stand so.
type Reader struct {
	Person      people.ID
	Member      bool
	Facilitator bool
}

// OpenTo tells whether somebody may read the story. Whoever shows one to anybody
// asks here.
func (s Story) OpenTo(r Reader) bool {
	switch {
	case s.Person == r.Person:
		return true
	case s.Sees == Group:
		return r.Member || r.Facilitator
	case s.Sees == Facilitators:
		return r.Facilitator
	}
	return false
}

// StoriesFor gives the stories of a cohort that somebody may read, the oldest
// first.
func StoriesFor(tx store.Tx, c cohorts.ID, r Reader) ([]Story, error) {
	var open []Story
	for row, err := range Stories.By(tx, "cohort", string(c)) {
		if err != nil {
			return nil, err
		}
		if row.Value.OpenTo(r) {
			open = append(open, row.Value)
		}
	}
	return open, nil
}

// ToldBy counts the stories of experiments that a person has told in a cohort, to
// the group or to its facilitators.
func ToldBy(tx store.Tx, c cohorts.ID, p people.ID) (int, error) {
	open, err := StoriesFor(tx, c, Reader{Facilitator: true})
	n := 0
	for _, s := range open {
		if s.Person == p {
			n++
		}
	}
	return n, err
}

func storyKey(e ID) string { return storyKind + "/" + string(e) }

// tell keeps a story and has it shown where it is meant to be read, and nowhere
// else.
func (s Story) tell(tx store.Tx, c cohorts.Cohort, now time.Time) error {
	if err := Stories.Put(tx, s.Experiment, s); err != nil {
		return err
	}
	record := string(s.Experiment)
	for _, kind := range []string{storyKind, privateKind} {
		if err := outbox.Again(tx, kind, record); err != nil { // what was taken away before is said anew
			return err
		}
		if err := outbox.Touch(tx, kind, record); err != nil {
			return err
		}
	}
	if s.Sees == Group {
		return outbox.Say(tx, outbox.Item{
			Key: storyKey(s.Experiment), Kind: storyKind, Record: record, Cohort: string(c.ID), Place: c.Place,
		}, now)
	}
	if s.Sees != Facilitators {
		return nil
	}
	facilitators, err := cohorts.Facilitators(tx, c.ID)
	if err != nil {
		return err
	}
	for _, p := range facilitators {
		if p.ID == s.Person {
			continue
		}
		if err := tellWhenFit(tx, c, outbox.Item{
			Key: privateKind + "/" + record + "/" + string(p.ID), Kind: privateKind, Record: record, Person: string(p.ID),
		}, now); err != nil {
			return err
		}
	}
	return nil
}

var (
	textField = chat.Field{Name: "text", Label: "The story", Kind: chat.LongText, Hint: "About six sentences, or a voice note. It may end in the middle."}
	seesField = chat.Field{
		Name: "sees", Label: "Who may read it", Kind: chat.Choice, Required: true, Example: "cohort",
		Options: []chat.Option{
			{Value: string(Group), Label: "Everyone in this group"},
			{Value: string(Facilitators), Label: "Just my facilitators"},
			{Value: string(OnlyMe), Label: "Only me"},
		},
	}
)

func storyDeed() deeds.Deed {
	fields := []chat.Field{textField, fileField, seesField}
	d := deed(storyPath, "Tell the story of your experiment, to the group, a facilitator or yourself", chat.Anyone, false, fields...)
	d.Ask = func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
		w, err := own(tx, c)
		if err != nil || c.Given.Has("text") && c.Given.Has("sees") && c.Path != deeds.ChangePath {
			return nil, err
		}
		form := &chat.Form{
			Title: "The story", Fields: fields, Submit: "Keep it", Record: string(w.ID),
			Intro: "What you had a hunch about, what you did, what happened, and what you make of it. You began with:\n\n" + chat.Quote(chat.Short(w.Hunch, 300)),
			Note:  "You choose who reads the story, and can change or delete it whenever you like. Your hunch and your daily notes stay with you. Whoever administers this chat can read its channels.",
		}
		switch s, err := Stories.Get(tx, w.ID); {
		case err == nil:
			form.Filled = chat.Answers{"text": chat.Given(s.Text), "sees": chat.Given(string(s.Sees))}
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
		return form, nil
	}
	d.Run = func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		w, err := own(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		s, err := Stories.Get(tx, w.ID)
		if errors.Is(err, store.ErrNotFound) {
			s, err = Story{Experiment: w.ID, Cohort: w.Cohort, Person: w.Person, At: c.Now}, nil
		} else {
			s.Changed = true
		}
		if err != nil {
			return chat.Outcome{}, err
		}
		s.Text, s.Sees = c.Given.Text("text"), Sees(c.Given.Text("sees"))
		if files := c.Given["file"].Files; len(files) > 0 {
			s.Files = files
		}
		if empty(s.Text, s.Files) {
			return chat.Outcome{}, deeds.RefuseField("text", "There is nothing here yet. A few sentences, a photo or a voice note will do.")
		}
		return share(tx, w, s, c)
	}
	return d
}

// share tells a story to those whom its author chose.
func share(tx store.Tx, w whole, s Story, c deeds.Call) (chat.Outcome, error) {
	_, here, err := cohorts.MemberOf(tx, w.Cohort, w.Person)
	if err != nil {
		return chat.Outcome{}, err
	}
	if !here && s.Sees != OnlyMe {
		return chat.Outcome{}, deeds.RefuseField("sees", "You have left %s, so I can keep the story for you alone. Choose “Only me”.", chat.Plain(w.cohort.Name))
	}
	if err := s.tell(tx, w.cohort, c.Now); err != nil {
		return chat.Outcome{}, err
	}
	return chat.Answering(toldWords(w, s)), nil
}

// told gives the person's own story of the experiment of a call.
func told(tx store.Tx, c deeds.Call) (whole, Story, error) {
	w, err := own(tx, c)
	if err != nil {
		return w, Story{}, err
	}
	s, err := Stories.Get(tx, w.ID)
	if errors.Is(err, store.ErrNotFound) {
		err = &deeds.Error{
			Code: deeds.NotFound, Say: "There is no story of this experiment.",
			Buttons: []chat.Button{{Label: "Tell it", Command: storyPath, Record: string(w.ID), Main: true}},
		}
	}
	return w, s, err
}

func shareDeed() deeds.Deed {
	d := deed(sharePath, "Choose who may read the story of your experiment", chat.Anyone, true)
	d.Run = func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		w, s, err := told(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		s.Sees = Sees(c.Choice)
		if !slices.Contains([]Sees{OnlyMe, Facilitators, Group}, s.Sees) {
			return chat.Outcome{}, deeds.Refuse(deeds.Invalid, "I couldn't read that choice. /experiment story lets you choose who reads it.")
		}
		return share(tx, w, s, c)
	}
	return d
}

func untellDeed() deeds.Deed {
	d := deed(untellPath, "Delete the story of your experiment for good", chat.Anyone, true)
	d.Run = func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
		w, s, err := told(tx, c)
		if err != nil {
			return chat.Outcome{}, err
		}
		if !c.Sure {
			return deeds.Confirm("This deletes the story, wherever I have shown it. It cannot be brought back. The experiment itself stays.\n\n"+chat.Quote(chat.Short(s.Text, 200)), "Delete it"), nil
		}
		for _, kind := range []string{storyKind, privateKind} {
			if err := outbox.Touch(tx, kind, string(w.ID)); err != nil {
				return chat.Outcome{}, err
			}
		}
		return chat.Say("Deleted. The experiment itself stays."), Stories.Delete(tx, w.ID)
	}
	return d
}
