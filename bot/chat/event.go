package chat

import (
	"fmt"
	"strings"
	"time"
)

// Event is an entry for people's calendars. Adapters attach it as an .ics file;
// where a workspace keeps a calendar of its own ([Calendar]), it stands there.
type Event struct {
	UID      string    `json:"uid"`           // names the entry for ever, whatever else changes
	Sequence int       `json:"seq,omitempty"` // grows with each change: of two versions the greater counts
	Title    string    `json:"title"`
	Start    time.Time `json:"start"`           // an instant, in any zone
	End      time.Time `json:"end"`             // after Start
	Where    string    `json:"where,omitempty"` // a link or a place; empty while it is not known
	About    string    `json:"about,omitempty"` // Markdown, as in a message
	Off      bool      `json:"off,omitempty"`   // it was to be, and is called off
}

// The limits of an event are those of the narrowest calendar of a platform, in
// characters. About leaves room there for what the mark-up takes.
const (
	MaxEventTitle = 100
	MaxEventWhere = 100
	MaxEventAbout = 800
)

// check says all that is wrong.
func (e Event) check() (faults []error) {
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("event %q: "+format, append([]any{e.Title}, args...)...))
	}
	if e.UID == "" || e.Title == "" {
		fault("it has a UID and a title")
	}
	if e.Sequence < 0 {
		fault("the sequence %d; it begins at 0 and grows", e.Sequence)
	}
	if e.Start.IsZero() || !e.End.After(e.Start) {
		fault("it goes from %s to %s; it must end after it starts", e.Start, e.End)
	}
	for _, part := range []struct {
		name, text string
		most       int
	}{{"title", e.Title, MaxEventTitle}, {"place", e.Where, MaxEventWhere}, {"description", e.About, MaxEventAbout}} {
		if n := len([]rune(part.text)); n > part.most {
			fault("the %s has %d characters; %d are allowed", part.name, n, part.most)
		}
	}
	return faults
}

// words gives the event as Markdown.
func (e Event) words() string {
	title := "**" + Plain(e.Title) + "**"
	if e.Off {
		title += " (cancelled)"
	}
	lines := []string{title, Time(e.Start, inUTC(e.Start)) + " to " + Time(e.End, inUTC(e.End))}
	if e.Where != "" {
		lines = append(lines, Plain(e.Where))
	}
	text := strings.Join(lines, "  \n")
	if e.About != "" {
		text += "\n\n" + e.About
	}
	return text
}

func inUTC(t time.Time) string { return t.UTC().Format("Mon 2 Jan 2006, 15:04 UTC") }

// Alt gives the event in one line of plain words, for who cannot open the file.
func (e Event) Alt() string {
	s := "Calendar entry: " + e.Title + ", " + inUTC(e.Start) + " to " + inUTC(e.End)
	if e.Where != "" {
		s += ", " + e.Where
	}
	if e.Off {
		s += ", cancelled"
	}
	return s
}

// Document is a page for keeping, such as a summary or a reflection to take
// home. Adapters attach it as one .html file that opens without a network.
type Document struct {
	Name  string `json:"name"` // of the file, without an ending
	Title string `json:"title"`
	// Text is Markdown as in a message, with headings: ## and below, since the
	// title is the first. What people wrote goes through [Plain] or [Quote] first.
	Text string `json:"text"`
	// Archive names files that are too large, or too much work, to be kept with a
	// message: whoever attaches makes them from the name when they are handed out, and
	// the page goes along only where they cannot be made.
	Archive string `json:"archive,omitempty"`
}

// MaxDocument is how many bytes the text of a document may have, so that a
// message with one can be kept until it is said.
const MaxDocument = 150_000

// check says all that is wrong.
func (d Document) check() (faults []error) {
	if d.Title == "" || d.Text == "" {
		faults = append(faults, fmt.Errorf("document %q: it has a title and a text", d.Name))
	}
	if d.Name == "" || len(d.Name) > 100 || strings.ContainsAny(d.Name, "/\\:*?\"<>|\x00\r\n") || strings.HasPrefix(d.Name, ".") {
		faults = append(faults, fmt.Errorf("document %q: that is no name for a file; letters, digits, blanks and hyphens are, up to 100 bytes", d.Name))
	}
	if len(d.Text) > MaxDocument {
		faults = append(faults, fmt.Errorf("document %q: %d bytes; %d are allowed", d.Name, len(d.Text), MaxDocument))
	}
	return faults
}

// Alt gives the document in one line of plain words, for who cannot open it.
func (d Document) Alt() string { return "A page to keep: " + d.Title }

// InWords gives the message without what has to be drawn or made into a file:
// its chart and event stand in the text, and its document is a file of plain
// Markdown. For adapters that have nothing better.
func (m Message) InWords() Message {
	add := func(s string) {
		if m.Text != "" {
			m.Text += "\n\n"
		}
		m.Text += s
	}
	if c := m.Chart; c != nil {
		add("**" + Plain(c.Title) + "**  \n" + Plain(c.Alt))
	}
	if e := m.Event; e != nil {
		add(e.words())
	}
	if d := m.Document; d != nil {
		m.Files = append(m.Files[:len(m.Files):len(m.Files)], File{
			Name: d.Name + ".md", Type: "text/markdown; charset=utf-8", Alt: d.Alt(),
			Data: []byte("# " + d.Title + "\n\n" + d.Text + "\n"),
		})
	}
	m.Chart, m.Event, m.Document = nil, nil, nil
	return m
}
