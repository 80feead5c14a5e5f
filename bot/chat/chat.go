// Package chat is the vocabulary of conversation: what people can say and do,
// what the bot can answer, and the [Platform] port through which both travel.
//
// It is all data. A platform's adapter turns its own events into a [Request], a
// [Said] or a [Profile] and hands them to the [Inbox]; the answer is an
// [Outcome] that the adapter renders. Nothing here names a platform, a database
// or a screen. Start reading at [Command], then [Request], [Outcome] and
// [Message].
package chat

import (
	"fmt"
	"strings"
)

// Workspace names one place where people chat: an adapter's name, and where it
// has several, a colon and the platform's own id of this one, such as
// "local" or "slack:T024BE7LD".
type Workspace string

// User is a person's account on a platform. It is not a person: one person may
// have several accounts.
type User struct {
	Workspace Workspace `json:"w"`
	ID        string    `json:"id"` // the platform's own id
}

// String gives "workspace/id", unique over all platforms.
func (u User) String() string { return string(u.Workspace) + "/" + u.ID }

// IsZero tells whether nobody is meant.
func (u User) IsZero() bool { return u == User{} }

// Place is where a message can be sent: a channel, the direct messages of one
// account, or the workspace's calendar. Exactly one of Channel, User and
// Calendar is set.
type Place struct {
	Workspace Workspace `json:"w"`
	Channel   string    `json:"c,omitempty"`
	Thread    string    `json:"t,omitempty"`   // id of the message that the thread hangs under, in a channel
	User      string    `json:"u,omitempty"`   // direct messages with this account
	Calendar  bool      `json:"cal,omitempty"` // see [Calendar]
}

// Channel gives the place that is a channel.
func Channel(w Workspace, id string) Place { return Place{Workspace: w, Channel: id} }

// Direct gives the place that is an account's direct messages.
func Direct(u User) Place { return Place{Workspace: u.Workspace, User: u.ID} }

// Calendar gives the place where a workspace keeps its own calendar, such as the
// scheduled events that everybody there can see. A message sent to it has an
// [Event]; an edit moves or cancels what stands there, by the event. A platform
// that has no such calendar takes the message, shows it nowhere and gives an
// address whose ID is [NoCalendar]: nothing is to be tried again or told.
func Calendar(w Workspace) Place { return Place{Workspace: w, Calendar: true} }

// NoCalendar is the ID of the address that a platform without a calendar gives.
const NoCalendar = "none"

// IsZero tells whether no place is meant.
func (p Place) IsZero() bool { return p == Place{} }

// IsDirect tells whether only one person reads this place.
func (p Place) IsDirect() bool { return p.User != "" }

// Root gives the channel that a thread hangs in, or the place itself. Messages
// keep their order within a root.
func (p Place) Root() Place { p.Thread = ""; return p }

// String gives a stable text of the place, fit for keys and logs.
func (p Place) String() string {
	s := string(p.Workspace) + "/"
	switch {
	case p.Calendar:
		return s + "calendar" // no channel's text, which has a # there, and no account's
	case p.User != "":
		return s + "@" + p.User
	}
	s += "#" + p.Channel
	if p.Thread != "" {
		s += "/" + p.Thread
	}
	return s
}

// Address is where a message stands, as its platform named it.
type Address struct {
	Place Place  `json:"p"`
	ID    string `json:"id"`
}

// IsZero tells whether no message is meant.
func (a Address) IsZero() bool { return a.ID == "" }

// String gives a stable text of the address, fit for keys and logs. A message
// in a thread has the same address text whether or not the thread is named.
func (a Address) String() string { return a.Place.Root().String() + "!" + a.ID }

// Profile is what a platform says of an account.
type Profile struct {
	User  User   `json:"user"`
	Name  string `json:"name"`            // as the person writes it
	Zone  string `json:"zone,omitempty"`  // IANA name, empty where the platform does not know
	Admin bool   `json:"admin,omitempty"` // administers the workspace
	Bot   bool   `json:"bot,omitempty"`
}

// Role is what somebody must be to give a command. Each includes those before
// it, except that Assessor and Reviewer stand beside Facilitator.
type Role int

// The roles, from the least to the most.
const (
	Anyone      Role = iota // whoever has an account
	Guest                   // whoever came by a link
	Member                  // has joined the cohort in question
	Facilitator             // runs the cohort in question
	Assessor                // judges portfolios
	Reviewer                // reviews trainings and communities
	Admin                   // administers the workspace
)

// String gives the role's name in a sentence.
func (r Role) String() string {
	switch r {
	case Anyone:
		return "anyone"
	case Guest:
		return "guests"
	case Member:
		return "members"
	case Facilitator:
		return "facilitators"
	case Assessor:
		return "assessors"
	case Reviewer:
		return "reviewers"
	case Admin:
		return "workspace administrators"
	}
	return fmt.Sprintf("role %d", int(r))
}

// File is a picture, a recording or a document. One that a person sent has a
// Workspace and an ID by which its platform keeps it ([Platform].Open gives its
// bytes); one that the bot sends has Data.
type File struct {
	Workspace Workspace `json:"w,omitempty"`
	ID        string    `json:"id,omitempty"`
	Name      string    `json:"name"`
	Type      string    `json:"type"`           // media type, such as "image/png"
	Size      int64     `json:"size,omitempty"` // bytes, as the platform says; what Open gives may differ
	Alt       string    `json:"alt,omitempty"`  // the file in words, for who cannot see or hear it
	Data      []byte    `json:"data,omitempty"`
}

// Kind says in one word what sort of file it is: "photo", "voice note",
// "video" or "file".
func (f File) Kind() string {
	switch {
	case strings.HasPrefix(f.Type, "image/"):
		return "photo"
	case strings.HasPrefix(f.Type, "audio/"):
		return "voice note"
	case strings.HasPrefix(f.Type, "video/"):
		return "video"
	}
	return "file"
}
