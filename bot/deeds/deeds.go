// Package deeds says what a feature offers: what people can do, what they can
// say, what happens later, and what is said. A feature hands its [Feature] to
// the bot, which routes everything. Start reading at [Deed] and [Call].
package deeds

import (
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// Feature is all that one folder brings to the bot.
type Feature struct {
	Deeds     []Deed
	Listeners []Listener
	Jobs      []jobs.Kind
	Reasons   []outbox.Reason
	Tables    []store.Prepared
	// Holdings says of each table what it keeps about people, and how that is erased.
	Holdings []Holding

	// Home adds what is going on for a person in one cohort, of which Call has the
	// id and the person's role there. Nil where a feature has nothing to show.
	Home func(tx store.Tx, c Call) (Glance, error)
	// Own adds what is going on for a person beside their groups, shown once.
	Own func(tx store.Tx, c Call) (Glance, error)
	// Panel is what a cohort's facilitators see of it.
	Panel func(tx store.Tx, c Call) (Glance, error)
}

// Glance is what one feature shows of one cohort, in a few words.
type Glance struct {
	Lines   []string      // Markdown, one thing each
	Buttons []chat.Button // the likeliest first
	// Later tells that all of it can wait, and so stands below what the others say.
	Later bool
}

// Deed is a command together with what it does. Both functions run in one
// transaction, which may run more than once: nothing outside may happen in them.
type Deed struct {
	chat.Command
	// Scoped deeds are about one cohort, which the bot finds before it calls: from
	// the record, else the place, else the only one the person belongs to, else it
	// asks. The role of the command is then the role in that cohort.
	Scoped bool
	// CohortOf gives the cohort that a record belongs to, for scoped deeds whose
	// record is not a cohort's id itself.
	CohortOf func(tx store.Tx, record string) (string, error)
	// Also lets somebody do a scoped deed whose role in that cohort would not, such
	// as any member of a community. Nil lets nobody.
	Also func(tx store.Tx, cohort string, role chat.Role) (bool, error)
	// Via is the path of a deed for guests whose links lead to this one as well, on
	// the same record. Whoever came by a link can do nothing else.
	Via string
	// Anew is set for what is chosen between, on a page that stays open: a press that
	// comes again chooses again. Of other deeds a repeat is answered as before.
	Anew bool
	// Ask gives the form whose questions are still open; nil where Run can go
	// ahead. Without Ask, a form of the command's fields opens when a required one
	// was not given. The bot fills in what was typed.
	Ask func(tx store.Tx, c Call) (*chat.Form, error)
	// Run does it. An error of type *Error is a refusal whose words the person
	// sees; nothing is changed then.
	Run func(tx store.Tx, c Call) (chat.Outcome, error)
}

// Call is one time that a deed is done.
type Call struct {
	chat.Request
	Now    time.Time // in the civil clock
	Person people.Person
	Zone   schedules.Zone // in which the person's times are read and shown
	Cohort string         // of a scoped deed
	Role   chat.Role      // in that cohort
	Given  Values
	// Shown is what stood in the form when it was opened, if there was one: who
	// changes something meanwhile changes it behind the back of who is writing.
	Shown chat.Answers
	// Sure tells that the person has seen what will happen and pressed the button
	// that says so. See [Confirm].
	Sure bool
	// ID is the same whenever this very deed is repeated: fit for the id of what
	// it makes. It grows with time.
	ID string
}

// Listener takes what people say where an item of the outbox stands: in the
// thread under a message of this kind, or in direct messages after it.
type Listener struct {
	Kind string // of the item that is answered
	Hear func(tx store.Tx, h Heard) error
	// Takes tells of a direct message that answers no item in particular whether it
	// is for this listener of [DirectKind]. They are asked in the order of the
	// features; what nobody takes goes to the one without Takes.
	Takes func(tx store.Tx, h Heard) (bool, error)
}

// Heard is a message that answers an item.
type Heard struct {
	chat.Said
	Now    time.Time
	Person people.Person
	Zone   schedules.Zone
	Item   outbox.Item
}

// Confirm shows what is about to happen and asks before it counts. Pressing the
// button runs the same deed with the same answers and Call.Sure set; [Change]
// opens its form again, or leaves it where there is nothing to change, and is
// called so then.
func Confirm(markdown, button string) chat.Outcome { return ConfirmAbout("", markdown, button) }

// ConfirmAbout is [Confirm] for a deed that found out by itself what it is about,
// such as the next week. The deed is about that record from now on: by the time
// the button is pressed, another may be the next.
func ConfirmAbout(record, markdown, button string) chat.Outcome {
	return chat.Outcome{Reply: &chat.Reply{Message: chat.Message{
		Text: markdown,
		Buttons: []chat.Button{
			{Label: button, Command: ConfirmPath, Record: record, Main: true},
			{Label: "Change", Command: ChangePath, Record: record},
		},
	}}}
}

// The paths of the buttons that [Confirm] makes; the bot adds the record.
const (
	ConfirmPath = "confirm"
	ChangePath  = "change"
)

// The kinds of listeners that hear what answers no item in particular: direct
// messages, and that something was deleted in a channel of which it is no longer
// known what it answered.
const (
	DirectKind = "direct"
	GoneKind   = "gone"
)
