// Package prompts is the weekly rhythm: the question that goes out, the answers
// that people give by form, in the thread or by direct message, the one quiet
// reminder, and what the facilitator sees and makes of it. Start reading at
// [Answer]; jobs.go has what happens by itself, commands.go what people do.
package prompts

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/bot/thread"
)

// AnswerID names an answer for ever.
type AnswerID string

// Answer is one piece of what a person said to a week's question. One person may
// give several.
type Answer struct {
	ID     AnswerID       `json:"id"`
	Cohort cohorts.ID     `json:"cohort"`
	Week   cohorts.WeekID `json:"week"`
	Person people.ID      `json:"person"`
	At     time.Time      `json:"at"` // when it was first given
	Via    Via            `json:"via"`
	Sees   Sees           `json:"sees"`
	Text   string         `json:"text,omitempty"` // as it was typed
	Files  []chat.File    `json:"files,omitempty"`
	// Address is where the person's own message stands, for what was said in
	// the thread or by direct message.
	Address chat.Address `json:"address,omitzero"`
	Changes int          `json:"changes,omitempty"` // how often it was changed; how it read before is in Versions
	// Unsorted tells that its author, in several groups, is yet to say which one
	// it is for. Until then only they can read it.
	Unsorted    bool `json:"unsorted,omitempty"`
	Facilitator bool `json:"facilitator,omitempty"` // said by who facilitates: part of the conversation, on no list
	// To is the answer that this one replies to in particular: by the button, or
	// where the platform lets people say so.
	To AnswerID `json:"to,omitempty"`
	// Taken is when a facilitator said that they have answered it elsewhere.
	Taken time.Time `json:"taken,omitzero"`
}

// Version is how an answer read before it was changed.
type Version struct {
	Answer AnswerID    `json:"answer"`
	Number int         `json:"number"` // of the change that took its place, from 1
	Until  time.Time   `json:"until"`
	Text   string      `json:"text,omitempty"`
	Files  []chat.File `json:"files,omitempty"`
}

// keptVersions is how many versions of one answer are kept, the youngest.
const keptVersions = 100

// Via is how an answer came.
type Via string

// The ways of answering.
const (
	ByForm   Via = "form"
	InThread Via = "thread"
	Directly Via = "direct"
)

// Sees is who may read an answer.
type Sees = cohorts.Sees

// Who may read, from the fewest to the most.
const (
	OnlyMe       = cohorts.OnlyMe
	Facilitators = cohorts.OnlyFacilitators
	Group        = cohorts.WholeGroup
)

// Pass says that a person leaves a week out. Silence is a legitimate answer, and
// this one is even said.
type Pass struct {
	Week   cohorts.WeekID `json:"week"`
	Person people.ID      `json:"person"`
	At     time.Time      `json:"at"`
}

// Weave is a facilitator's write-up of a week.
type Weave struct {
	Cohort cohorts.ID     `json:"cohort"`
	Week   cohorts.WeekID `json:"week"`
	By     people.ID      `json:"by"`
	At     time.Time      `json:"at"`
	Text   string         `json:"text"` // as typed; lines that begin with > are quotations
}

// Answers keeps all answers.
var Answers = store.NewTable[AnswerID, Answer]("answers", 1,
	store.Index[Answer]{Name: "week", Keys: func(a Answer) [][]byte {
		return [][]byte{store.Key(string(a.Cohort), string(a.Week), a.At, string(a.ID))}
	}},
	store.Index[Answer]{Name: "person", Keys: func(a Answer) [][]byte {
		return [][]byte{store.Key(string(a.Person), string(a.Week), a.At)}
	}},
	store.Index[Answer]{Name: "address", Keys: func(a Answer) [][]byte {
		if a.Address.IsZero() {
			return nil
		}
		return [][]byte{store.Key(a.Address.String())}
	}})

// Versions keeps how answers read before, each in a record of its own, by
// [versionID]: a long answer that is changed often would outgrow one record.
var Versions = store.NewTable[string, Version]("answerversions", 1,
	store.Index[Version]{Name: "answer", Keys: func(v Version) [][]byte {
		return [][]byte{store.Key(string(v.Answer), uint64(v.Number))}
	}})

func versionID(a AnswerID, n int) string { return string(a) + "/" + strconv.Itoa(n) }

// Passes keeps who leaves which week out, by [passID].
var Passes = store.NewTable[string, Pass]("passes", 1)

// Weaves keeps the write-ups, by the id of the deed that posted each.
var Weaves = store.NewTable[string, Weave]("weaves", 1,
	store.Index[Weave]{Name: "week", Keys: func(w Weave) [][]byte {
		return [][]byte{store.Key(string(w.Cohort), string(w.Week))}
	}})

func passID(w cohorts.WeekID, p people.ID) string { return string(w) + "/" + string(p) }

// Feature is what this package brings to the bot.
func Feature() deeds.Feature {
	return deeds.Feature{
		Deeds: []deeds.Deed{
			reflectDeed(), answersDeed(), changeDeed(), historyDeed(), deleteDeed(), shareDeed(), sortDeed(), passDeed(),
			readDeed(), weaveDeed(), postDeed(), untakenDeed(), openAnswerDeed(), replyDeed(), takenDeed(),
		},
		Listeners: []deeds.Listener{
			{Kind: promptKind, Hear: hearInThread},
			{Kind: answerKind, Hear: hearInThread},
			{Kind: weaveKind, Hear: func(store.Tx, deeds.Heard) error { return nil }},
			{Kind: privateKind, Hear: hearFacilitator},
			{Kind: nudgeKind, Hear: hearDirectly},
			{Kind: deeds.DirectKind, Hear: hearDirectly},
			{Kind: deeds.GoneKind, Hear: hearInThread},
		},
		Jobs: []jobs.Kind{
			{Name: promptKind, Run: postDue},
			{Name: "ask-prompt", Run: askForPrompt},
			{Name: "nudges", Run: spreadNudges},
			{Name: nudgeKind, Run: nudge},
			{Name: weaveKind, Run: draftWeave},
			{Name: slippedKind, Run: tellSlipped},
			{Name: "end", Run: end},
		},
		Reasons: []outbox.Reason{
			{Kind: promptKind, Render: promptMessage},
			{Kind: answerKind, Render: answerMessage},
			{Kind: privateKind, Render: toFacilitator(privateMessage)},
			{Kind: nudgeKind, Render: nudgeMessage},
			{Kind: keptKind, Render: keptMessage},
			{Kind: strayKind, Render: strayMessage},
			{Kind: askKind, Render: toFacilitator(askMessage)},
			{Kind: waitingKind, Render: toFacilitator(waitingMessage)},
			{Kind: slippedKind, Render: slippedMessage},
			{Kind: draftKind, Render: toFacilitator(draftMessage)},
			{Kind: weaveKind, Render: weaveMessage},
			{Kind: endKind, Render: toFacilitator(endMessage)},
		},
		Tables:   []store.Prepared{Answers, Versions, Passes, Weaves},
		Holdings: holdings(),
		Home:     home,
		Panel:    panel,
	}
}

// OfWeek gives the answers to a week in the order in which they came.
func OfWeek(tx store.Tx, c cohorts.ID, w cohorts.WeekID) ([]Answer, error) {
	return collect(Answers.By(tx, "week", string(c), string(w)))
}

// OfPerson gives what a person answered to a week.
func OfPerson(tx store.Tx, p people.ID, w cohorts.WeekID) ([]Answer, error) {
	return collect(Answers.By(tx, "person", string(p), string(w)))
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

// at gives the answer whose own message stands at an address.
func at(tx store.Tx, a chat.Address) (Answer, bool, error) {
	row, ok, err := store.First(Answers.By(tx, "address", a.String()))
	return row.Value, ok, err
}

// settled tells whether a person has answered a week or left it out.
func settled(tx store.Tx, p people.ID, w cohorts.WeekID) (bool, error) {
	if _, ok, err := store.First(Answers.By(tx, "person", string(p), string(w))); err != nil || ok {
		return ok, err
	}
	return Passes.Has(tx, passID(w, p))
}

// keep stores an answer with all that follows from it.
func keep(tx store.Tx, a Answer, now time.Time) error {
	if err := Answers.Put(tx, a.ID, a); err != nil {
		return err
	}
	if err := jobs.Drop(tx, nudgeKey(a.Week, a.Person)); err != nil {
		return err
	}
	return show(tx, a, now)
}

// show says an answer for the group under its question, takes away one that is
// no longer for the group, and lets the question show how many have answered.
func show(tx store.Tx, a Answer, now time.Time) error {
	key := answerKind + "/" + string(a.ID)
	shown, err := outbox.Table.Get(tx, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return err
	case a.Sees == Group && shown.State == outbox.Dropped:
		// It was taken away before: it is said anew, as a message of its own.
		if err := outbox.Forget(tx, key); err != nil {
			return err
		}
	}
	if a.Sees != Group {
		if err := unquote(tx, a); err != nil {
			return err
		}
	}
	c, err := cohorts.Get(tx, a.Cohort)
	if err != nil {
		return err
	}
	if err := follow(tx, a); err != nil {
		return err
	}
	if a.Sees == Facilitators && !a.Facilitator {
		if err := outbox.Again(tx, privateKind, string(a.ID)); err != nil { // what was taken away meanwhile
			return err
		}
		if err := tellFacilitators(tx, c, privateKind, string(a.ID), "", now); err != nil {
			return err
		}
	}
	if a.Sees != Group || a.Via == InThread {
		return nil
	}
	under := promptKey(a.Week, c.Place)
	if out, err := outbox.Table.Has(tx, under); err != nil || !out {
		return err // an early answer: it is shown when its question goes out
	}
	return outbox.Say(tx, outbox.Item{
		Key: key, Kind: answerKind, Record: string(a.ID), Cohort: string(c.ID), Place: c.Place, Under: under,
	}, now)
}

// follow has everything said anew that shows an answer, or counts it.
func follow(tx store.Tx, a Answer) error {
	for _, kind := range []string{answerKind, privateKind, keptKind} {
		if err := outbox.Touch(tx, kind, string(a.ID)); err != nil {
			return err
		}
	}
	for _, kind := range []string{promptKind, draftKind} {
		if err := outbox.Touch(tx, kind, cohorts.WeekRecord(a.Cohort, a.Week)); err != nil {
			return err
		}
	}
	return nil
}

// change puts a new text in the place of the old, which is kept as history.
func (a Answer) change(tx store.Tx, text string, files []chat.File, now time.Time) (Answer, error) {
	if text == a.Text && slices.EqualFunc(files, a.Files, func(x, y chat.File) bool { return x.ID == y.ID && x.Name == y.Name }) {
		return a, nil
	}
	a.Changes++
	v := Version{Answer: a.ID, Number: a.Changes, Until: now, Text: a.Text, Files: a.Files}
	if err := Versions.Put(tx, versionID(a.ID, v.Number), v); err != nil {
		return a, err
	}
	a.Text, a.Files = text, files
	return a, Versions.Delete(tx, versionID(a.ID, v.Number-keptVersions))
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

// remove takes an answer away for good, its history included.
func remove(tx store.Tx, a Answer) error {
	if err := Answers.Delete(tx, a.ID); err != nil {
		return err
	}
	versions, err := HistoryOf(tx, a.ID)
	if err != nil {
		return err
	}
	for _, v := range versions {
		if err := Versions.Delete(tx, versionID(a.ID, v.Number)); err != nil {
			return err
		}
	}
	if err := unquote(tx, a); err != nil {
		return err
	}
	if err := unsay(tx, a); err != nil {
		return err
	}
	return follow(tx, a)
}

// unsay has the thread let go of an answer's words, where its author wrote them
// and where they were shown for them.
func unsay(tx store.Tx, a Answer) error {
	at := []chat.Address{a.Address}
	shown, err := outbox.Table.Get(tx, answerKind+"/"+string(a.ID))
	if err == nil {
		at = append(at, shown.Address)
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	for _, x := range at {
		if x.IsZero() {
			continue
		}
		if err := thread.Unsaid(tx, x); err != nil {
			return err
		}
	}
	return nil
}

// Behind gives the answer that a message of the bot's shows to the group.
func Behind(tx store.Tx, i outbox.Item) (thread.Words, bool, error) {
	if i.Kind != answerKind {
		return thread.Words{}, false, nil
	}
	a, err := Answers.Get(tx, AnswerID(i.Record))
	if err != nil || a.Sees != Group {
		return thread.Words{}, false, ignoreMissing(err)
	}
	return thread.Words{Author: a.Person, Text: a.Text, Files: a.Files}, true, nil
}

// empty tells whether a message holds nothing to keep.
func empty(text string, files []chat.File) bool {
	return strings.TrimSpace(text) == "" && len(files) == 0
}
