// Package thread keeps what would otherwise get lost between one week and the
// next: the parking lot, where a question that leads too far is put with a
// promise of when it comes back, and working out loud, where people show
// something of their own to an open channel. Start reading at [Parked], then
// [Share]; jobs.go has what happens by itself.
//
// The weekly questions build on it: they tell it when a week goes out
// ([WeekOut]) and when somebody deletes what they said ([Unsaid]), and show what
// is promised ([Promised]).
package thread

import (
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Occasion is a time at which the group meets, for which something can be
// promised.
type Occasion struct {
	ID    string
	Title string
	Start time.Time
}

// Coming gives the next times at which a group meets that are not over yet, in
// their order.
type Coming func(tx store.Tx, c cohorts.ID, now time.Time) ([]Occasion, error)

// Words are what somebody said, where the bot shows it for them.
type Words struct {
	Author people.ID
	Text   string
	Files  []chat.File
}

// Behind gives the words that a message of the bot's shows for somebody; false
// where it shows nobody's.
type Behind func(tx store.Tx, i outbox.Item) (Words, bool, error)

// Planner gives who planned, and so named, a time at which a group met or meets;
// empty where there is none.
type Planner func(tx store.Tx, session string) (people.ID, error)

// Feature is what this package brings to the bot. What the group meets for and
// what it answers is kept by others, and so handed in.
func Feature(coming Coming, planner Planner, behind Behind) deeds.Feature {
	return deeds.Feature{
		Deeds: []deeds.Deed{
			parkDeed(coming), parkedDeed(), itemDeed(), closeDeed(), laterDeed(coming),
			cohorts.PreviewDeed(alsoPromised), openDeed(), shutDeed(), shareDeed(behind), offerDeed(), yesDeed(), noDeed(), withdrawDeed(), pageDeed(),
		},
		Jobs: []jobs.Kind{
			{Name: dueKind, Run: func(tx store.Tx, j jobs.Job, now time.Time) error { return due(tx, coming, j, now) }},
			{Name: remindKind, Run: remind},
			{Name: askKind, Run: askAuthor},
			{Name: lapseKind, Run: lapse},
		},
		Reasons: []outbox.Reason{
			{Kind: parkedKind, Render: parkedMessage},
			{Kind: remindKind, Render: reminderMessage},
			{Kind: askKind, Render: askMessage},
			{Kind: sharedKind, Render: sharedMessage},
		},
		Tables:   []store.Prepared{Lot, Openings, Shares},
		Holdings: holdings(planner),
		Home:     home,
		Panel:    panel,
	}
}
