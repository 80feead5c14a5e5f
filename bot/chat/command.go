package chat

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Command is something that a person can ask for, as the platforms need to know
// it: routing, help, forms, registration and the reference are all made from a
// [Tree] of these. What it does is kept elsewhere, under the same path.
type Command struct {
	Path    string  // one or two words, such as "session schedule"
	About   string  // what the first word is about, where several commands share it, at most 60 characters
	Summary string  // one line, at most 100 characters, without a full stop
	Role    Role    // who may give it
	Fields  []Field // what can be typed after it; the first text takes what is typed without a name
	Menu    string  // label in the menu on a message, for commands that act on one
	Hidden  bool    // reached by buttons only; typed, it still works
}

// FieldKind is what a field takes.
type FieldKind string

// The kinds of fields.
const (
	Text     FieldKind = "text"     // one line
	LongText FieldKind = "longtext" // several lines
	Number   FieldKind = "number"
	Choice   FieldKind = "choice"  // one of Options
	Choices  FieldKind = "choices" // several of Options
	YesNo    FieldKind = "yesno"
	When     FieldKind = "when"     // a date and a time, as people write them
	Date     FieldKind = "date"     // a date, as people write it
	Duration FieldKind = "duration" // such as "90 min"
	Rhythm   FieldKind = "rhythm"   // such as "mondays 9am"
	ZoneName FieldKind = "zone"     // a time zone, by its name or its city
	Person   FieldKind = "person"   // an account
	InPlace  FieldKind = "channel"  // a channel
	Upload   FieldKind = "file"
)

// Field is one question of a form, or one thing typed after a command.
type Field struct {
	Name     string    `json:"name"`  // typed before the colon; lower case, one word
	Label    string    `json:"label"` // at most 45 characters
	Kind     FieldKind `json:"kind"`
	Hint     string    `json:"hint,omitempty"`    // at most 100 characters
	Example  string    `json:"example,omitempty"` // one answer that works
	Options  []Option  `json:"options,omitempty"` // for Choice and Choices
	Required bool      `json:"required,omitempty"`
	Max      int       `json:"max,omitempty"` // characters; 0 is the kind's own limit
	// Past is for a Date on which something was: one without a year is the last such day.
	Past bool `json:"past,omitempty"`
	// Others is for a Person who is never whoever is asked. A platform that lists people
	// itself leaves them out; the command refuses them all the same.
	Others bool `json:"others,omitempty"`
}

// Option is one answer that can be chosen.
type Option struct {
	Value string `json:"value"` // at most 100 bytes
	Label string `json:"label"` // at most 75 characters
	// Whole is the label in full, where it has to be cut; pages have the room for it.
	Whole string `json:"whole,omitempty"`
}

// OptionOf gives an option whose name may be longer than a label.
func OptionOf(value, name string) Option {
	o := Option{Value: value, Label: Short(name, 75)}
	if o.Label != name {
		o.Whole = name
	}
	return o
}

// Tree is all commands, in the order in which they are shown.
type Tree []Command

// Find gives the command with this very path.
func (t Tree) Find(path string) (Command, bool) {
	i := slices.IndexFunc(t, func(c Command) bool { return c.Path == path })
	if i < 0 {
		return Command{}, false
	}
	return t[i], true
}

// Nouns gives the first words of all paths that can be typed, each once.
func (t Tree) Nouns() []string {
	var nouns []string
	for _, c := range t {
		noun, _, _ := strings.Cut(c.Path, " ")
		if !c.Hidden && !slices.Contains(nouns, noun) {
			nouns = append(nouns, noun)
		}
	}
	return nouns
}

var word = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

// taken are commands that a platform keeps for itself.
var taken = []string{"me", "remind", "invite", "leave", "star", "away", "feedback", "topic", "who", "search", "msg", "nick", "join", "open", "mute"}

// Check holds the tree against the limits of every platform and says all that
// is wrong with it.
func (t Tree) Check() []error {
	var faults []error
	fault := func(path, format string, args ...any) {
		faults = append(faults, fmt.Errorf("command %q: %s", path, fmt.Sprintf(format, args...)))
	}
	seen, verbs := map[string]bool{}, map[string]int{}
	for _, c := range t {
		words := strings.Fields(c.Path)
		if len(words) < 1 || len(words) > 2 || strings.Join(words, " ") != c.Path {
			fault(c.Path, "a path is one or two words")
			continue
		}
		for _, w := range words {
			if !word.MatchString(w) {
				fault(c.Path, "%q is not a lower-case word of at most 32 letters", w)
			}
		}
		if slices.Contains(taken, words[0]) {
			fault(c.Path, "%q is a built-in command of a platform", words[0])
		}
		if seen[c.Path] {
			fault(c.Path, "stands twice")
		}
		seen[c.Path] = true
		if !c.Hidden {
			verbs[words[0]]++
			if len(words) == 2 && seen[words[0]] {
				fault(c.Path, "a noun with verbs cannot stand alone as well")
			}
		}
		if n := utf8.RuneCountInString(c.About); n > 60 {
			fault(c.Path, "what it is about has %d characters; 60 are allowed", n)
		}
		if n := utf8.RuneCountInString(c.Summary); n < 1 || n > 100 {
			fault(c.Path, "the summary has %d characters; 1 to 100 are allowed", n)
		}
		if len(c.Fields) > 25 {
			fault(c.Path, "has %d fields; 25 are allowed", len(c.Fields))
		}
		names := map[string]bool{}
		for _, f := range c.Fields {
			for _, e := range f.check() {
				fault(c.Path, "field %q: %v", f.Name, e)
			}
			if names[f.Name] {
				fault(c.Path, "field %q stands twice", f.Name)
			}
			names[f.Name] = true
		}
	}
	for noun, n := range verbs {
		if n > 25 {
			fault(noun, "has %d verbs; 25 are allowed", n)
		}
	}
	return faults
}

func (f Field) check() []error {
	var faults []error
	if !word.MatchString(f.Name) {
		faults = append(faults, fmt.Errorf("the name is not a lower-case word"))
	}
	if n := utf8.RuneCountInString(f.Label); n < 1 || n > 45 {
		faults = append(faults, fmt.Errorf("the label has %d characters; 1 to 45 are allowed", n))
	}
	if n := utf8.RuneCountInString(f.Hint); n > 100 {
		faults = append(faults, fmt.Errorf("the hint has %d characters; 100 are allowed", n))
	}
	for _, o := range f.Options {
		if len(o.Value) == 0 || len(o.Value) > 100 || utf8.RuneCountInString(o.Label) > 75 || o.Label == "" {
			faults = append(faults, fmt.Errorf("option %q: the value has 1 to 100 bytes and the label 1 to 75 characters", o.Value))
		}
	}
	return faults
}
