// Package calendar makes .ics files of [chat.Event]: one entry to be put into
// somebody's own calendar, or a feed of many that their calendar looks at by
// itself. Start reading at [Entry].
//
// Times are written in UTC, so that no table of zones has to be right: each
// calendar shows them in its owner's zone, and an event keeps its instant when
// the clocks change. Lines end in CR LF and are folded at 75 octets, as RFC 5545
// wants it and real calendars insist on.
package calendar

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"cohortbot/bot/chat"
	"cohortbot/bot/chat/markdown"
)

// Type is the media type of the files.
const Type = "text/calendar; charset=utf-8"

const product = "-//cohortbot//cohortbot//EN"

// Entry gives a file with one event. Opened, it puts the event into a calendar;
// opened again with a greater sequence, it moves it there; of an event that is
// off, it takes it out. stamp is when the file is made.
func Entry(e chat.Event, stamp time.Time) []byte {
	c := empty()
	// An invitation (REQUEST) would need the mailboxes of who invites and of who is
	// invited, which the bot does not know and must not make up.
	c.SetMethod(ics.MethodPublish)
	if e.Off {
		c.SetMethod(ics.MethodCancel)
	}
	add(c, e, stamp)
	return bytes(c)
}

// Feed gives a file with many events, for a calendar that subscribes to it. name
// is what the calendar calls it. Events that are off stay in it as cancelled.
func Feed(name string, events []chat.Event, stamp time.Time) []byte {
	c := empty()
	c.SetMethod(ics.MethodPublish)
	c.SetName(line(name))
	c.SetRefreshInterval("PT1H")
	c.SetXPublishedTTL("PT1H")
	for _, e := range events {
		add(c, e, stamp)
	}
	return bytes(c)
}

// FileName gives an event's file a name that tells one version from the other.
func FileName(e chat.Event) string {
	name := strings.Join(strings.FieldsFunc(strings.ToLower(e.Title), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-")
	if name == "" {
		name = "event"
	}
	name = strings.Trim(name[:min(len(name), 40)], "-") + e.Start.UTC().Format("-2006-01-02-1504")
	if e.Off {
		name += "-cancelled"
	}
	if e.Sequence > 0 {
		name += fmt.Sprintf("-%d", e.Sequence+1)
	}
	return name + ".ics"
}

func empty() *ics.Calendar {
	c := ics.NewCalendarFor("cohortbot")
	c.SetProductId(product)
	c.SetVersion("2.0")
	c.SetCalscale("GREGORIAN")
	return c
}

func bytes(c *ics.Calendar) []byte {
	return []byte(c.Serialize(ics.WithLineLength(75), ics.WithNewLineWindows))
}

func add(c *ics.Calendar, e chat.Event, stamp time.Time) {
	entry := c.AddEvent(line(e.UID))
	entry.SetDtStampTime(stamp)
	entry.SetSequence(e.Sequence)
	entry.SetSummary(line(e.Title))
	entry.SetStartAt(e.Start)
	entry.SetEndAt(e.End)
	entry.SetStatus(ics.ObjectStatusConfirmed)
	if e.Off {
		entry.SetStatus(ics.ObjectStatusCancelled)
	}
	if e.Where != "" {
		entry.SetLocation(line(e.Where))
	}
	if u, err := url.Parse(e.Where); err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") {
		entry.SetURL(u.String())
	}
	if about := markdown.Words(e.About); about != "" {
		entry.SetDescription(clean(about))
	}
}

// line makes one line of a text.
func line(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

// clean takes out the signs that may not stand in a file of text, and those that turn
// the direction of all that follows in a line: a calendar shows several in one.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == '\u202d' || r == '\u202e' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}
