package cohorts

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// PlanChange is a change of a plan that the group is told of: who, what and which
// dates, as data. The words are made when they are said.
type PlanChange struct {
	Cohort ID         `json:"cohort"`
	Number int        `json:"number"` // counts the changes of a cohort, from 1
	Kind   ChangeKind `json:"kind"`
	By     people.ID  `json:"by"`
	At     time.Time  `json:"at"`

	Proposed people.ID `json:"proposed,omitempty"` // who proposed it, where a facilitator took it up

	Title  string         `json:"title,omitempty"` // of the week or the phase that it is about
	Other  string         `json:"other,omitempty"` // of the second week, in a swap
	Count  int            `json:"count,omitempty"` // of weeks, when a phase is stretched or shortened
	Span   schedules.Span `json:"span,omitzero"`   // the break or holiday
	Rhythm schedules.Rule `json:"rhythm,omitzero"` // the new one

	Moved  []Moved `json:"moved,omitempty"`
	Rest   bool    `json:"rest,omitempty"`   // everything after the first that shifts shifts as well
	Paused bool    `json:"paused,omitempty"` // the plan was paused, so that no date holds
}

// ChangeKind is what sort of change it is.
type ChangeKind string

// The sorts of changes.
const (
	changeInsert    ChangeKind = "insert"
	changeSkip      ChangeKind = "skip"
	changeRestore   ChangeKind = "restore"
	changeSwap      ChangeKind = "swap"
	changeStretch   ChangeKind = "stretch"
	changeShorten   ChangeKind = "shorten"
	changePause     ChangeKind = "pause"
	changeResume    ChangeKind = "resume"
	changeBreak     ChangeKind = "break"
	changeHoliday   ChangeKind = "holiday"
	changeUnbreak   ChangeKind = "unbreak"
	changeFirst     ChangeKind = "first"
	changeRhythm    ChangeKind = "rhythm"
	changeRelease   ChangeKind = "release"
	planMovedReason            = "plan"
)

// PlanChanges keeps the changes that were told, by cohort and number.
var PlanChanges = store.NewTable[string, PlanChange]("planchanges", 1)

func (ch PlanChange) id() string { return fmt.Sprintf("%s/%d", ch.Cohort, ch.Number) }

// announce keeps a change and has it said once, where the cohort meets.
func announce(tx store.Tx, c Cohort, ch PlanChange, now time.Time) error {
	if err := PlanChanges.Put(tx, ch.id(), ch); err != nil {
		return err
	}
	return outbox.Say(tx, outbox.Item{
		Key: planMovedReason + "/" + ch.id(), Kind: planMovedReason, Record: ch.id(), Cohort: string(c.ID), Place: c.Place,
	}, now)
}

// planReasons is what is said when a plan has moved.
func planReasons() []outbox.Reason {
	return []outbox.Reason{
		{Kind: planMovedReason, Render: planMovedMessage},
		{Kind: proposalKind, Render: proposalMessage},
		{Kind: proposalAskKind, Render: proposalAskMessage},
		{Kind: proposalEndKind, Render: proposalEndMessage},
	}
}

// planTables keeps what the plan needs beside the plans themselves.
func planTables() []store.Prepared {
	return []store.Prepared{PlanChanges, shownChanges, Proposals, Voices}
}

// planMovedMessage says what has changed. Where a later change has moved the same
// weeks again before this could be said, it names no dates: those that hold are
// in the message which follows.
func planMovedMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	ch, err := PlanChanges.Get(tx, i.Record)
	if err != nil {
		return chat.Message{}, false, err
	}
	c, _, dates, err := Load(tx, ch.Cohort)
	if errors.Is(err, store.ErrNotFound) || err == nil && c.State == Deleted {
		return chat.Message{}, false, nil
	}
	if err != nil {
		return chat.Message{}, false, err
	}
	who := "A facilitator"
	if p, err := people.Table.Get(tx, ch.By); err == nil {
		who = chat.Plain(p.Name)
	} else if !errors.Is(err, store.ErrNotFound) {
		return chat.Message{}, false, err
	}
	if ch.Proposed != "" {
		if p, err := people.Table.Get(tx, ch.Proposed); err == nil {
			who += ", as " + chat.Plain(p.Name) + " proposed,"
		} else if !errors.Is(err, store.ErrNotFound) {
			return chat.Message{}, false, err
		}
	}
	text := who + " " + ch.done(c)
	outdated := ch.Kind != changeResume && !ch.Paused && slices.ContainsFunc(ch.Moved, func(m Moved) bool {
		d, ok := Find(dates, m.ID)
		return ok && d.Ahead() && d.On != m.To || ok && d.Skipped && !m.To.IsZero()
	})
	if !outdated || i.State == outbox.Sent {
		text = joinSentences(text, ch.moves(c, dates))
	}
	m := chat.Message{Text: text}
	if ch.Kind != changePause {
		m.Buttons = []chat.Button{{Label: "Show the whole plan", Command: "plan show", Record: string(c.ID)}}
	}
	return m, true, nil
}
