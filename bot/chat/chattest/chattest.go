// Package chattest is the conformance suite of [chat.Platform]: what every
// adapter must do, told by what people do and see.
//
// An adapter's test implements [Harness] on its platform, or on a faithful fake
// of it, and calls [Run]. The bot behind the platform is an [Inbox] that records
// what arrives and answers as a case wants. The cases are in commands.go (what
// people ask for), said.go (what people write), carrying.go (events and documents), sending.go (what the bot says)
// and text.go (how it reads).
package chattest

import (
	"context"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cohortbot/bot/chat"
)

// Harness is a platform under test, with people sitting at it. Its methods act
// and look as a person does: what a person cannot see, they do not give. An
// error of an act means that the person was told it did not work.
type Harness interface {
	// Platform gives the adapter. The suite calls its Listen.
	Platform() chat.Platform
	// Ready waits until the platform listens.
	Ready(ctx context.Context) error

	// Person gives an account with this name and a zone, made when it is first
	// asked for.
	Person(ctx context.Context, name string) (chat.Profile, error)
	// Channel gives a channel with this name that everybody is in, made when it
	// is first asked for.
	Channel(ctx context.Context, name string) (chat.Place, error)

	// Command types a slash command, such as "/session list".
	Command(ctx context.Context, as chat.User, at chat.Place, text string) (Answer, error)
	// Press presses the button with this label.
	Press(ctx context.Context, as chat.User, on chat.Address, label string) (Answer, error)
	// UseMenu chooses an item of the menu on a message.
	UseMenu(ctx context.Context, as chat.User, on chat.Address, label string) (Answer, error)
	// Submit fills the shown page of a form in and hands it in. What follows,
	// the next page or the same one with errors, is the answer's form.
	Submit(ctx context.Context, as chat.User, d Dialog, answers chat.Answers) (Answer, error)

	// Say writes a message, in the thread that at names if it names one. Files
	// have Data.
	Say(ctx context.Context, as chat.User, at chat.Place, text string, files ...chat.File) (chat.Address, error)
	// EditSaid puts text in the place of a message of one's own.
	EditSaid(ctx context.Context, as chat.User, at chat.Address, text string) error
	// DeleteSaid takes a message of one's own away.
	DeleteSaid(ctx context.Context, as chat.User, at chat.Address) error

	// See gives what this person sees in a place, the oldest first: in a channel
	// without its threads, in a thread without the message that it hangs under.
	See(ctx context.Context, as chat.User, at chat.Place) ([]Seen, error)

	// Calendar gives what this person finds in the workspace's own calendar, and
	// whether there is one. What is off or over is not there.
	Calendar(ctx context.Context, as chat.User) (entries []SeenEvent, kept bool, err error)

	// LoseAnswer lets the platform carry out the next Send and lose its answer.
	LoseAnswer()
	// CloseDoor makes somebody take no direct messages from the bot.
	CloseDoor(ctx context.Context, as chat.User) error
}

// Answer is what a person gets to see for an act of theirs.
type Answer struct {
	Reply *Seen
	Form  *Dialog
}

// Dialog is a page of a form as it is shown. A platform may show all pages as
// one.
type Dialog struct {
	Handle string // by which the harness knows it
	Title  string
	Fields []chat.Field
	Values chat.Answers     // what stands in the fields
	Errors chat.FieldErrors // what is said to be wrong
	Note   string
}

// Seen is a message as a person reads it.
type Seen struct {
	Address chat.Address
	Bot     bool   // the bot wrote it
	Text    string // without mark-up: times and names as they are shown
	Note    string // the small print, if the platform has it apart
	Buttons []string
	Alts    []string // the words for every chart and file
	Links   []string // where a click would lead
	Files   []SeenFile
	OnlyYou bool // nobody else sees it
	Alarm   bool // it notifies everybody
}

// SeenFile is a file as a person finds it.
type SeenFile struct {
	Name, Kind string
	Text       string // what stands in it, if it is text
}

// SeenEvent is an entry of a workspace's calendar as a person reads it.
type SeenEvent struct {
	Title, Where, About string
	Start, End          time.Time
}

// Run holds a platform against the suite. open gives a fresh one for each case,
// on which nobody listens yet, and frees it when the test ends.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	for _, c := range []struct {
		name string
		try  func(*trial)
	}{
		{"people are met", peopleAreMet},
		{"a command arrives whole", commandArrives},
		{"every command is an event of its own", eventsDiffer},
		{"only the one who asked sees a reply", replyIsPrivate},
		{"a command that fails is told or tried again", commandFails},
		{"a form opens with what stands in it", formIsFilled},
		{"errors come back in the form, and what was typed stands", formErrors},
		{"a form of many pages delivers every answer", formPages},
		{"a button delivers its record and choice", buttonDelivers},
		{"a button works on an old message", buttonOnOldMessage},
		{"a reply can take the place of the one that was pressed", replyReplaces},
		{"the menu of a message gives the message", menuGivesTarget},

		{"a reply in a thread is heard", threadIsHeard},
		{"a direct message is heard", directIsHeard},
		{"an edit and a deletion are heard", changesAreHeard},
		{"files are heard", filesAreHeard},
		{"files that people sent are shown again", filesAreShownAgain},
		{"files can be opened", filesCanBeOpened},
		{"what was not taken is delivered again", heardAgain},
		{"one person's trouble holds up nobody else", othersAreHeard},

		{"what the bot says is seen where it was said", sendIsSeen},
		{"an edit and a deletion of the bot's are seen", changesAreSeen},
		{"a place or a message that is gone is told", goneIsTold},
		{"a closed door is told", closedIsTold},
		{"what may have been said is found once", unclearIsFound},
		{"what was not said is not found", absentIsAbsent},
		{"messages keep their order in each place", orderIsKept},

		{"people's words cannot become mark-up", wordsStayWords},
		{"a long text arrives whole", longArrives},
		{"times and people are shown", timesAndPeople},
		{"nothing of a message is dropped", allIsShown},

		{"an event and a document can be kept", eventAndDocument},
		{"a reply carries all of it", repliesCarry},
		{"an event that is moved is sent along once more", movedEventIsSent},
		{"a calendar takes events", calendarTakesEvents},
		{"an event whose answer was lost stands once", unclearEventStandsOnce},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			// The platform is opened in a test of its own, so that it is freed
			// before the goroutines are counted.
			t.Run("", func(t *testing.T) {
				x := &trial{T: t, ctx: ctx, h: open(t), in: newInbox()}
				x.listen()
				c.try(x)
			})
		})
	}
}

// trial is one case under way.
type trial struct {
	*testing.T
	ctx context.Context
	h   Harness
	in  *Inbox
}

func (x *trial) listen() {
	x.Helper()
	ctx, stop := context.WithCancel(x.ctx)
	ended := make(chan error, 1)
	go func() { ended <- x.h.Platform().Listen(ctx, x.in) }()
	x.Cleanup(func() {
		stop()
		select {
		case err := <-ended:
			if err != nil {
				x.Errorf("Listen gave %v when its context ended, which is no error", err)
			}
		case <-time.After(10 * time.Second):
			x.Error("Listen goes on 10 s after its context ended")
		}
	})
	x.must(x.h.Ready(x.ctx))
}

func (x *trial) must(err error) {
	x.Helper()
	if err != nil {
		x.Fatal(err)
	}
}

func (x *trial) person(name string) chat.Profile {
	x.Helper()
	p, err := x.h.Person(x.ctx, name)
	x.must(err)
	return p
}

func (x *trial) channel(name string) chat.Place {
	x.Helper()
	c, err := x.h.Channel(x.ctx, name)
	x.must(err)
	return c
}

func (x *trial) send(to chat.Place, key string, m chat.Message) chat.Address {
	x.Helper()
	at, err := x.h.Platform().Send(x.ctx, to, key, m)
	x.must(err)
	if at.IsZero() {
		x.Fatal("Send gave no address")
	}
	return at
}

func (x *trial) see(as chat.Profile, at chat.Place) []Seen {
	x.Helper()
	seen, err := x.h.See(x.ctx, as.User, at)
	x.must(err)
	return seen
}

// eventually waits until something is so.
func (x *trial) eventually(what string, so func() bool) {
	x.Helper()
	for !so() {
		select {
		case <-x.ctx.Done():
			x.Fatalf("it never came to this: %s", what)
		case <-time.After(2 * time.Millisecond):
		}
	}
}
