// Package thinking is questions to pick up and think with, in chapters. People
// answer where a question arises, in their own time, with a group or without one,
// and find their earlier answers beside the new question. Start reading at [Answer];
// chapters.go has the questions, picking.go how people come to one, mine.go what
// they do with what they wrote, group.go what is put to a group and shown there,
// telling.go what people say about the questions themselves.
//
// Nothing here asks anybody by itself: a question waits where it was left.
package thinking

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// AnswerID names an answer for ever.
type AnswerID string

// Answer is what a person thinks about a question. There is one for each person and
// question; how it read before is in [Versions].
type Answer struct {
	ID       AnswerID  `json:"id"`
	Person   people.ID `json:"person"`
	Chapter  string    `json:"chapter"`
	Question string    `json:"question"`
	// Title and Asked are how the chapter was called and what was asked, so that an
	// answer can be read when its question is no longer there.
	Title string `json:"title"`
	Asked string `json:"asked"`

	Text string       `json:"text"` // as it was typed
	Sees cohorts.Sees `json:"sees"`
	// Cohort is whose facilitators or members may read it, where Sees says so.
	Cohort  cohorts.ID `json:"cohort,omitempty"`
	At      time.Time  `json:"at"`      // when it was first given
	Written time.Time  `json:"written"` // when it came to read as it does
	Changes int        `json:"changes,omitempty"`
}

// Version is how an answer read before it was changed.
type Version struct {
	Answer AnswerID  `json:"answer"`
	Number int       `json:"number"` // of the change that took its place, from 1
	From   time.Time `json:"from"`
	Text   string    `json:"text"`
}

// keptVersions is how many versions of one answer are kept, the youngest.
const keptVersions = 100

// Place is where a person left off.
type Place struct {
	Person   people.ID `json:"person"`
	Chapter  string    `json:"chapter"`
	Question string    `json:"question"`
	At       time.Time `json:"at"`
}

// Asking is a question that a facilitator put to a group.
type Asking struct {
	Cohort   cohorts.ID `json:"cohort"`
	Chapter  string     `json:"chapter"`
	Question string     `json:"question"`
	By       people.ID  `json:"by,omitempty"` // empty: somebody who is no longer known
	At       time.Time  `json:"at"`
}

// Answers keeps all answers.
var Answers = store.NewTable[AnswerID, Answer]("thoughts", 1,
	store.Index[Answer]{Name: "person", Keys: func(a Answer) [][]byte {
		return [][]byte{store.Key(string(a.Person), a.Chapter, a.Question)}
	}},
	store.Index[Answer]{Name: "shown", Keys: func(a Answer) [][]byte {
		if a.Sees == cohorts.OnlyMe {
			return nil
		}
		return [][]byte{store.Key(string(a.Cohort), a.Chapter, a.Question, a.At)}
	}})

// Versions keeps how answers read before, by [versionID].
var Versions = store.NewTable[string, Version]("thoughtversions", 1,
	store.Index[Version]{Name: "answer", Keys: func(v Version) [][]byte {
		return [][]byte{store.Key(string(v.Answer), v.Number)}
	}})

func versionID(a AnswerID, n int) string { return string(a) + "/" + strconv.Itoa(n) }

// Places keeps where people left off, by their id.
var Places = store.NewTable[people.ID, Place]("thoughtplaces", 1)

// Askings keeps what was put to groups, by [askedRecord].
var Askings = store.NewTable[string, Asking]("thoughtaskings", 1)

// askedRecord names a question in a cohort.
func askedRecord(c cohorts.ID, r ref) string { return string(c) + "/" + r.String() }

type feature struct{ library Library }

// Feature is what this package brings to the bot.
func Feature(l Library) deeds.Feature {
	f := feature{l}
	quiet := func(store.Tx, deeds.Heard) error { return nil } // people talk to each other there
	return deeds.Feature{
		Deeds: []deeds.Deed{
			f.chapterDeed(), f.backDeed(), f.groupDeed(), f.tellDeed(), f.toldDeed(),
			f.questionDeed(), f.answerDeed(), f.audienceDeed(), f.historyDeed(), f.deleteDeed(), f.askDeed(),
			f.untellDeed(),
		},
		Listeners: []deeds.Listener{{Kind: askedKind, Hear: quiet}, {Kind: sharedKind, Hear: quiet}},
		Reasons: []outbox.Reason{
			{Kind: askedKind, Render: f.askedMessage},
			{Kind: sharedKind, Render: sharedMessage},
		},
		Tables:   []store.Prepared{Answers, Versions, Places, Askings, Remarks},
		Holdings: holdings(),
		Own:      f.own,
		Panel:    f.panel,
	}
}

func (a Answer) ref() ref { return ref{a.Chapter, a.Question} }

// given gives a person's answer to a question; false where there is none.
func given(tx store.Tx, p people.ID, r ref) (Answer, bool, error) {
	row, ok, err := store.First(Answers.By(tx, "person", string(p), r.chapter, r.question))
	return row.Value, ok, err
}

// OfPerson gives all that a person answered, chapter by chapter.
func OfPerson(tx store.Tx, p people.ID) ([]Answer, error) {
	return collect(Answers.By(tx, "person", string(p)))
}

// shownIn gives the answers that are shown in a cohort, to some or to all, question
// by question and the oldest first.
func shownIn(tx store.Tx, c cohorts.ID) ([]Answer, error) {
	return collect(Answers.By(tx, "shown", string(c)))
}

func collect(rows func(func(store.Row[AnswerID, Answer], error) bool)) ([]Answer, error) {
	var all []Answer
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		all = append(all, row.Value)
	}
	return all, nil
}

// keep stores an answer, with how it read before, and shows it where it is meant to
// be read and nowhere else.
func keep(tx store.Tx, a Answer, before *Answer, now time.Time) error {
	if before != nil && before.Text != a.Text {
		a.Changes++
		v := Version{Answer: a.ID, Number: a.Changes, From: before.Written, Text: before.Text}
		if err := Versions.Put(tx, versionID(a.ID, v.Number), v); err != nil {
			return err
		}
		if err := Versions.Delete(tx, versionID(a.ID, v.Number-keptVersions)); err != nil {
			return err
		}
		a.Written = now
	}
	if a.Sees == cohorts.OnlyMe {
		a.Cohort = ""
	}
	if err := Answers.Put(tx, a.ID, a); err != nil {
		return err
	}
	if before != nil && before.Sees == cohorts.WholeGroup && (a.Sees != cohorts.WholeGroup || a.Cohort != before.Cohort) {
		if err := follow(tx, *before); err != nil {
			return err
		}
	}
	if a.Sees != cohorts.WholeGroup {
		return nil
	}
	return show(tx, a, now)
}

// HistoryOf gives how an answer read before, the oldest first.
func HistoryOf(tx store.Tx, id AnswerID) ([]Version, error) {
	var all []Version
	for row, err := range Versions.By(tx, "answer", string(id)) {
		if err != nil {
			return nil, err
		}
		all = append(all, row.Value)
	}
	return all, nil
}

// remove takes an answer away for good, how it read before included.
func remove(tx store.Tx, a Answer) error {
	before, err := HistoryOf(tx, a.ID)
	if err != nil {
		return err
	}
	for _, v := range before {
		if err := Versions.Delete(tx, versionID(a.ID, v.Number)); err != nil {
			return err
		}
	}
	if err := Answers.Delete(tx, a.ID); err != nil || a.Sees != cohorts.WholeGroup {
		return err
	}
	return follow(tx, a)
}

// next gives the question to go on with after one: the next in its chapter without
// an answer, or the first in it that was passed over. False where all have one.
func (l Library) next(tx store.Tx, p people.ID, c Chapter, after int) (ref, bool, error) {
	for i := range c.Questions {
		r := ref{c.ID, c.Questions[(after+1+i)%len(c.Questions)].ID}
		if after >= 0 && r.question == c.Questions[after].ID {
			continue
		}
		if _, ok, err := given(tx, p, r); err != nil || !ok {
			return r, err == nil, err
		}
	}
	return ref{}, false, nil
}

// leftAt gives the question where a person left off: the one that they looked at
// last, or the one after it where they answered that. False where they have not
// begun, or the chapter is done or gone.
func (l Library) leftAt(tx store.Tx, p people.ID) (ref, bool, error) {
	place, err := Places.Get(tx, p)
	if err != nil {
		if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		return ref{}, false, err
	}
	r := ref{place.Chapter, place.Question}
	c, i, ok := l.find(r)
	if !ok {
		return ref{}, false, nil
	}
	if _, done, err := given(tx, p, r); err != nil || !done {
		return r, err == nil, err
	}
	return l.next(tx, p, c, i)
}

// beside gives the answers that stand beside a question, in the order in which they
// are named; without any named, the one to the question before it that the person
// answered.
func (l Library) beside(tx store.Tx, p people.ID, c Chapter, i int) ([]Answer, error) {
	var refs []ref
	for _, name := range c.Questions[i].Beside {
		refs = append(refs, c.refer(name))
	}
	if len(refs) == 0 {
		for _, q := range slices.Backward(c.Questions[:i]) {
			refs = append(refs, ref{c.ID, q.ID})
		}
	}
	var found []Answer
	for _, r := range refs {
		a, ok, err := given(tx, p, r)
		if err != nil {
			return nil, err
		}
		if ok {
			found = append(found, a)
		}
		if ok && len(c.Questions[i].Beside) == 0 {
			break
		}
	}
	return found, nil
}
