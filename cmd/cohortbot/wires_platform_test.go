package main

import (
	"regexp"
	"strings"
	"time"
)

// platform is a chat service as people sit before it: what they can do there, and
// what they see, in plain words. People and channels go by the names that scripts
// give them.
type platform interface {
	addPerson(name, zone string, admin bool) error
	addChannel(name, topic string) error
	join(who, channel string) error
	leave(who, channel string) error

	look(who string, at spot) ([]seen, error) // the oldest first
	say(who string, at spot, text string, files ...upload) (id string, err error)
	edit(who string, m seen, text string) error
	remove(who string, m seen) error

	// What these give is what the person sees in answer: a reply, a form, or what
	// was wrong with one.
	command(who string, at spot, text string) (seen, error)
	press(who string, m seen, b button) (seen, error)
	menu(who string, m seen, label string) (seen, error)
	submit(who string, given []given) (seen, error)
}

// wire is a platform before a program that runs as a process of its own.
type wire interface {
	platform
	config() string // of the program
	env() []string
	connected() bool
	alone() bool // no program is there any more
	// complaints tells what the platform did not like.
	complaints() []string
	// secrets are what no log may hold.
	secrets() []string
	close()
}

// spot is a place: a channel, a thread in it under a message, or without a channel
// somebody's own messages with the bot.
type spot struct {
	channel string
	thread  string // the platform's id of the message above it
}

// given is what goes into a field of a form.
type given struct {
	field, text string
	file        *upload
}

type upload struct {
	name string
	data []byte
}

// seen is a message as somebody sees it, or a form on their screen.
type seen struct {
	id      string
	at      spot
	author  string // the bot is "cohortbot"; of a form, nobody
	mine    bool
	only    bool // nobody else sees it
	text    string
	note    string     // the small print
	files   []string   // "photo: what it shows"
	kept    []seenFile // the same, to look into
	buttons []button
}

// seenFile is a file in a message.
type seenFile struct {
	name string
	open func() ([]byte, error)
}

func holding(name string, data []byte) seenFile {
	return seenFile{name, func() ([]byte, error) { return data, nil }}
}

type button struct{ label, token string }

// bot is how the bot is called everywhere.
const theBot = "cohortbot"

// words are all that stands in it, one kind after the other.
func (m seen) words() string {
	text := m.text
	if m.author != "" {
		text = m.author + ": " + text
	}
	if m.note != "" {
		text += "\n(" + m.note + ")"
	}
	for _, f := range m.files {
		text += "\n" + f
	}
	return text + "\n" + m.labels()
}

func (m seen) labels() string {
	var all []string
	for _, b := range m.buttons {
		all = append(all, "["+b.label+"]")
	}
	return strings.Join(all, " ")
}

// isQuestion tells whether it asks a week's question: "thread" in a script is the
// thread under the youngest.
func (m seen) isQuestion() bool {
	return m.author == theBot && strings.HasPrefix(m.text, "Week ") && strings.Contains(m.labels(), "[Answer]")
}

// unfit is what people must never be shown: the insides of the program and of the
// platforms, and sentences that were put together without reading them.
var unfit = regexp.MustCompile(`(?m)local/|slack:|discord:|%!|<nil>|map\[|[0-9a-f]{8}-[0-9a-f]{4}-|\b[A-Z]0FAKE\w|\b\d{17,20}\b|\b1 (?:days|weeks|people|hours|minutes|answers)\b|\b0001\b|\bnil\b|\.\.$|\.\. |\S  \S`)

// patience is how long something may take to be seen, or to be gone.
const patience = 30 * time.Second

// within waits until something is so.
func within(limit time.Duration, so func() bool) bool {
	for end := time.Now().Add(limit); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

func title(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
