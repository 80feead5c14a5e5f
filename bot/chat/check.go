package chat

import (
	"fmt"
	"unicode/utf8"
)

// MaxButtons is how many buttons a message may have: five rows of five on the
// narrowest platform.
const MaxButtons = 25

// CheckMessage holds a message against what every platform can show, and its
// buttons against the tree. It says all that is wrong.
func (t Tree) CheckMessage(m Message) []error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if len(m.Buttons) > MaxButtons {
		fault("%d buttons; %d are allowed", len(m.Buttons), MaxButtons)
	}
	tokens := map[string]bool{}
	for _, b := range m.Buttons {
		if n := utf8.RuneCountInString(b.Label); n < 1 || n > 75 {
			fault("button %q: the label has %d characters; 1 to 75 are allowed", b.Label, n)
		}
		token := b.Token()
		if len(token) > MaxToken {
			fault("button %q: the token has %d bytes; %d are allowed", b.Label, len(token), MaxToken)
		}
		if tokens[token] {
			fault("button %q: another button of the message does the same", b.Label)
		}
		tokens[token] = true
		if _, known := t.Find(b.Command); !known {
			fault("button %q: there is no command %q", b.Label, b.Command)
		}
	}
	if m.Chart != nil && m.Chart.Alt == "" {
		fault("the chart %q is not in words", m.Chart.Title)
	}
	if m.Event != nil {
		faults = append(faults, m.Event.check()...)
	}
	if m.Document != nil {
		faults = append(faults, m.Document.check()...)
	}
	return faults
}

// Takes tells whether a message can be sent to the place: a calendar takes
// events alone. The error wraps [ErrRefused].
func (p Place) Takes(m Message) error {
	if p.Calendar && m.Event == nil {
		return fmt.Errorf("%w: %s is a calendar, and the message has no event", ErrRefused, p)
	}
	return nil
}

// CheckForm holds a form against what every platform can show. It says all that
// is wrong.
func (t Tree) CheckForm(f Form) []error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if f.Title == "" || f.ID == "" {
		fault("a form has a title and an id")
	}
	if _, known := t.Find(f.Command); !known {
		fault("form %q: there is no command %q", f.Title, f.Command)
	}
	names := map[string]bool{}
	for _, field := range f.Fields {
		for _, err := range field.check() {
			fault("form %q, field %q: %w", f.Title, field.Name, err)
		}
		if (field.Kind == Choice || field.Kind == Choices) && len(field.Options) == 0 {
			fault("form %q, field %q: there is nothing to choose from", f.Title, field.Name)
		}
		if names[field.Name] {
			fault("form %q: field %q stands twice", f.Title, field.Name)
		}
		names[field.Name] = true
	}
	return faults
}
