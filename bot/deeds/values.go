package deeds

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cohortbot/bot/chat"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// Values are the answers as they were understood, by field name. A field that
// was not given, or left empty, is missing.
type Values map[string]Value

// Value is one answer as it was understood; which parts are set depends on the
// field's kind.
type Value struct {
	Text     string // as typed, for every kind
	Choices  []string
	Number   float64
	Yes      bool
	When     schedules.When
	Date     schedules.Date
	Duration time.Duration
	Rule     schedules.Rule
	Zone     schedules.Zone
	Person   people.Person
	Place    chat.Place
	Files    []chat.File
}

// Text gives the text of an answer, or nothing.
func (v Values) Text(name string) string { return v[name].Text }

// Has tells whether an answer was given.
func (v Values) Has(name string) bool { _, ok := v[name]; return ok }

// Reading is what it takes to understand answers.
type Reading struct {
	Tx        store.Tx
	Now       time.Time // when the answers were given: "tomorrow" counts from then
	Zone      schedules.Zone
	Workspace chat.Workspace
}

// Understand reads the answers for these fields. What cannot be read is in the
// errors: what was expected, and an example that works. Required fields that
// are missing are not errors here; see [Missing].
func (r Reading) Understand(fields []chat.Field, answers chat.Answers) (Values, chat.FieldErrors, error) {
	values, faults := Values{}, chat.FieldErrors{}
	for _, f := range fields {
		a, ok := answers[f.Name]
		if !ok || (strings.TrimSpace(strings.Join(a.Values, "")) == "" && len(a.Files) == 0) {
			continue
		}
		v, err := r.value(f, a)
		if err == nil {
			values[f.Name] = v
			continue
		}
		if e, refused := As(err); refused {
			faults[f.Name] = e.Say
			continue
		}
		return nil, nil, err
	}
	if len(faults) == 0 {
		faults = nil
	}
	return values, faults, nil
}

// Missing gives the required fields that have no value.
func Missing(fields []chat.Field, values Values) []chat.Field {
	var missing []chat.Field
	for _, f := range fields {
		if f.Required && !values.Has(f.Name) {
			missing = append(missing, f)
		}
	}
	return missing
}

func (r Reading) value(f chat.Field, a chat.Answer) (Value, error) {
	text := strings.TrimSpace(a.Text())
	v := Value{Text: text, Files: a.Files}
	unread := func(err error) error { return RefuseField(f.Name, "%s", sentence(err)) }
	var err error
	switch f.Kind {
	case chat.Upload:
		if len(a.Files) == 0 {
			return v, RefuseField(f.Name, "A file can't be typed. Attach it here.")
		}
	case chat.Text, chat.LongText:
		if n := utf8.RuneCountInString(text); f.Max > 0 && n > f.Max {
			return v, RefuseField(f.Name, "That has %d characters; %d fit here.", n, f.Max)
		}
	case chat.Number:
		var ok bool
		if v.Number, ok = number(text); !ok {
			return v, RefuseField(f.Name, "I couldn't read “%s” as a number. Try %s.", chat.Plain(text), example(f, "3"))
		}
	case chat.Choice, chat.Choices:
		for _, given := range a.Values {
			if strings.TrimSpace(given) == "" {
				continue
			}
			o, ok := option(f.Options, given)
			if !ok {
				return v, RefuseField(f.Name, "“%s” is not one of the choices. They are: %s.", chat.Plain(given), labels(f.Options))
			}
			v.Choices = append(v.Choices, o.Value)
		}
		if len(v.Choices) == 0 {
			return v, RefuseField(f.Name, "Choose one of these: %s.", labels(f.Options))
		}
		v.Text = v.Choices[0]
	case chat.YesNo:
		switch strings.ToLower(text) {
		case "yes", "y", "true", "on", "1", "ok":
			v.Yes = true
		case "no", "n", "false", "off", "0":
		default:
			return v, RefuseField(f.Name, "I couldn't read “%s” as yes or no. Try yes.", chat.Plain(text))
		}
	case chat.When:
		if v.When, err = schedules.ParseWhen(text, r.Now, r.Zone); err != nil {
			return v, unread(err)
		}
		if !v.When.HasTime {
			return v, RefuseField(f.Name, "I read %s, but no time of day. Try “%s 9am”.", v.When.Wall.Date.Long(), chat.Plain(text))
		}
	case chat.Date:
		if f.Past {
			if v.Date, err = schedules.ParsePast(text, r.Now, r.Zone); err != nil {
				return v, unread(err)
			}
			return v, nil
		}
		when, err := schedules.ParseWhen(text, r.Now, r.Zone)
		if u := (*schedules.Unclear)(nil); errors.As(err, &u) { // nobody asked for a time of day
			u.Kind, u.Example = "a day", `"monday", "tomorrow" or "5 Nov"`
		}
		if err != nil {
			return v, unread(err)
		}
		v.Date = when.Wall.Date
	case chat.Duration:
		if v.Duration, err = schedules.ParseDuration(text); err != nil {
			return v, unread(err)
		}
	case chat.Rhythm:
		if v.Rule, err = schedules.ParseRule(text); err != nil {
			return v, unread(err)
		}
	case chat.ZoneName:
		if v.Zone, err = schedules.ParseZone(text); err != nil {
			return v, unread(err)
		}
	case chat.Person:
		v.Person, err = r.person(f, text)
		return v, err
	case chat.InPlace:
		v.Place = chat.Channel(r.Workspace, strings.TrimPrefix(text, "#"))
	default:
		return v, fmt.Errorf("field %q has the unknown kind %q", f.Name, f.Kind)
	}
	return v, nil
}

func (r Reading) person(f chat.Field, text string) (people.Person, error) {
	name := strings.TrimPrefix(text, "@")
	p, err := people.ByAccount(r.Tx, chat.User{Workspace: r.Workspace, ID: name})
	if err == nil {
		return p, nil
	}
	if !errors.Is(err, people.ErrUnknown) {
		return p, err
	}
	found, err := people.Named(r.Tx, r.Workspace, name)
	switch {
	case err != nil:
		return p, err
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return p, RefuseField(f.Name, "More than one person here is called “%s”. Pick them by @.", chat.Plain(name))
	}
	return p, RefuseField(f.Name, "I don't know anybody called “%s” here. Pick a person by @, or ask them to use any of my commands once, so that I have met them.", chat.Plain(name))
}

var (
	thousands = regexp.MustCompile(`^[+-]?\d{1,3}([, ]\d{3})+(\.\d+)?$`)
	decimal   = regexp.MustCompile(`^[+-]?(\d{1,15}([.,]\d*)?|[.,]\d+)$`)
)

// number reads a number as people write it: "1,000", "1 000", "2.5" and "2,5".
func number(text string) (float64, bool) {
	if thousands.MatchString(text) {
		text = strings.NewReplacer(",", "", " ", "").Replace(text)
	}
	if !decimal.MatchString(text) {
		return 0, false
	}
	n, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", "."), 64)
	return n, err == nil
}

func option(options []chat.Option, given string) (chat.Option, bool) {
	for _, o := range options {
		if o.Value == given || strings.EqualFold(o.Label, strings.TrimSpace(given)) || strings.EqualFold(o.Value, strings.TrimSpace(given)) {
			return o, true
		}
	}
	return chat.Option{}, false
}

func labels(options []chat.Option) string {
	var names []string
	for _, o := range options {
		names = append(names, chat.Plain(o.Label))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

func example(f chat.Field, otherwise string) string {
	if f.Example != "" {
		return "“" + f.Example + "”"
	}
	return otherwise
}

// sentence makes words for a person of an error: it begins with a capital and
// ends with a full stop, and its text is no mark-up.
func sentence(err error) string {
	s := chat.Plain(err.Error())
	r, n := utf8.DecodeRuneInString(s)
	s = strings.ToUpper(string(r)) + s[n:]
	if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "?") {
		s += "."
	}
	return s
}
