package evidence

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/experiments"
	"cohortbot/bot/peers"
	"cohortbot/bot/people"
	"cohortbot/bot/prompts"
	"cohortbot/bot/sessions"
	"cohortbot/bot/store"
)

// source is something of the bot's own that somebody could keep.
type source struct {
	record string // kind and id: what a button names
	label  string
	at     time.Time
}

// mostShown is how many things there are to choose from at once: what fits a
// list on every platform.
const mostShown = 25

// sources gives what somebody could keep, the youngest first.
func sources(tx store.Tx, p people.ID) ([]source, error) {
	var all []source
	for row, err := range experiments.Table.By(tx, "person", string(p)) {
		if err != nil {
			return nil, err
		}
		e := row.Value
		all = append(all, source{string(OfExperiment) + "/" + string(e.ID), "Experiment: " + e.Hunch, e.Made})
	}
	for row, err := range prompts.Answers.By(tx, "person", string(p)) {
		if err != nil {
			return nil, err
		}
		a := row.Value
		all = append(all, source{string(OfAnswer) + "/" + string(a.ID), "Answer: " + wordsOf(a.Text, a.Files), a.At})
	}
	given, err := peers.Received(tx, p)
	if err != nil {
		return nil, err
	}
	for _, r := range given {
		all = append(all, source{string(OfReflection) + "/" + string(r.ID), "A peer's reflection: " + wordsOf(strings.Join(r.Answers, " "), r.Sent), r.Given})
	}
	groups, err := cohorts.Of(tx, p)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		for row, err := range sessions.Table.By(tx, "start", string(g.ID)) {
			if err != nil {
				return nil, err
			}
			if s := row.Value; s.Notes != nil && s.For(p) {
				all = append(all, source{string(OfSession) + "/" + string(s.ID), "Notes: " + s.Title, s.Notes.At})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b source) int { return b.at.Compare(a.at) })
	return all, nil
}

// sourceOf gives what somebody means to keep, or the form that asks.
func sourceOf(tx store.Tx, c deeds.Call, typed chat.Field) (source, *chat.Form, error) {
	all, err := sources(tx, c.Person.ID)
	if err != nil {
		return source{}, nil, err
	}
	if len(all) == 0 {
		return source{}, nil, deeds.Refuse(deeds.NotFound, "There is nothing of yours here to keep yet: no experiment, no answer, no reflection and no notes. A message is kept by its menu; /evidence add takes words, a link or a file.")
	}
	text := c.Given.Text(typed.Name)
	if i := slices.IndexFunc(all, func(s source) bool { return s.record == text }); i >= 0 {
		return all[i], nil, nil
	}
	found := slices.DeleteFunc(slices.Clone(all), func(s source) bool { return !contains(s.label, text) })
	form := chat.Form{Title: "What to keep", Fields: []chat.Field{typed}, Submit: "Keep it", Note: whoSees}
	switch {
	case len(found) == 0:
		return source{}, nil, deeds.RefuseField(typed.Name, "I found nothing of yours with “%s”. Try one word of it, such as “%s”.", chat.Plain(text), chat.Plain(anyWord(all[0].label)))
	case len(found) == 1 && text != "":
		return found[0], nil, nil
	case len(found) > mostShown && text == "":
		form.Intro = fmt.Sprintf("There are %d things. Type a word or two of the one that you mean.", len(found))
		return source{}, &form, nil
	}
	what := typed
	what.Kind, what.Max, what.Hint, what.Required = chat.Choice, 0, "", true
	for _, s := range found[:min(len(found), mostShown)] {
		what.Options = append(what.Options, chat.Option{Value: s.record, Label: chat.Short(s.label, 60) + ", " + dateOf(s.at, c).Short()})
	}
	form.Fields = []chat.Field{what}
	return source{}, &form, nil
}

// copied fills an item with what a record of the bot's own holds now, and gives
// who wrote it.
func copied(tx store.Tx, i Item, record string) (Item, people.Person, error) {
	kind, id, _ := strings.Cut(record, "/")
	i.Kind, i.Record = Kind(kind), record
	author, err := people.ID(""), error(nil)
	switch i.Kind {
	case OfExperiment:
		i, err = copyExperiment(tx, i, experiments.ID(id))
		author = i.Owner
	case OfAnswer:
		var a prompts.Answer
		if a, err = prompts.Answers.Get(tx, prompts.AnswerID(id)); err == nil && a.Person != i.Owner {
			err = store.ErrNotFound
		}
		i.Text, i.Files, i.Cohort, author = a.Text, filesOf(a.Files), a.Cohort, a.Person
	case OfReflection:
		var r peers.Reflection
		if r, err = peers.Reflections.Get(tx, peers.ReflectionID(id)); err == nil && (r.Asker != i.Owner || r.State != peers.Given) {
			err = store.ErrNotFound
		}
		var lines []string
		for n, answer := range r.Answers {
			if answer != "" && n < len(r.Questions) {
				lines = append(lines, r.Questions[n]+"\n"+answer)
			}
		}
		i.Text, i.Files, i.Cohort, author = strings.Join(lines, "\n\n"), filesOf(r.Sent), r.Cohort, r.Peer
	case OfSession:
		var s sessions.Session
		s, err = sessions.Table.Get(tx, sessions.ID(id))
		if err == nil {
			_, member, merr := cohorts.MemberOf(tx, s.Cohort, i.Owner)
			if merr != nil {
				return i, people.Person{}, merr
			}
			if s.Notes == nil || !s.For(i.Owner) || !member {
				err = store.ErrNotFound
			} else {
				i.Title, i.Text, i.Cohort, author = ofSession+" on "+s.Time.Wall.Date.Long(), s.Notes.Text, s.Cohort, s.Notes.By
			}
		}
	default:
		err = store.ErrNotFound
	}
	if errors.Is(err, store.ErrNotFound) {
		return i, people.Person{}, deeds.Refuse(deeds.NotFound, "That is not there to be kept any more. /evidence keep shows what is.")
	}
	if err != nil {
		return i, people.Person{}, err
	}
	p, err := people.Table.Get(tx, author)
	return i, p, err
}

// copyExperiment puts an experiment together: the hunch, what was tried, the days,
// and the story that was told of it.
func copyExperiment(tx store.Tx, i Item, id experiments.ID) (Item, error) {
	e, err := experiments.Get(tx, id)
	if err != nil || e.Person != i.Owner {
		return i, errors.Join(err, otherwise(err, store.ErrNotFound))
	}
	parts := []string{"Hunch: " + e.Hunch}
	for _, more := range []struct{ name, text string }{{"With", e.With}, {"To try", e.Try}, {"How I will know", e.Know}} {
		if more.text != "" {
			parts = append(parts, more.name+": "+more.text)
		}
	}
	var files []chat.File
	for row, err := range experiments.Notes.By(tx, "experiment", string(id)) {
		if err != nil {
			return i, err
		}
		n := row.Value
		files = append(files, n.Files...)
		head := fmt.Sprintf("Day %d: ", n.Day)
		if n.Day == experiments.Surprise {
			head = "What surprised me: "
		}
		if n.Text != "" {
			parts = append(parts, head+n.Text)
		}
	}
	s, err := experiments.Stories.Get(tx, id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return i, err
	}
	if s.Text != "" {
		parts = append(parts, "The story: "+s.Text)
	}
	i.Title, i.Cohort, i.Files = chat.Short("Experiment: "+oneLine(e.Hunch), maxTitle), e.Cohort, filesOf(append(files, s.Files...))
	i.Text = chat.Short(strings.Join(parts, "\n\n"), maxText*2)
	return i, nil
}

// otherwise gives an error of its own where there was none.
func otherwise(err, other error) error {
	if err != nil {
		return nil
	}
	return other
}
