package chat

import (
	"regexp"
	"slices"
	"strings"
)

// ParseTyped reads what was typed after a command: name:value or name=value,
// with the field's Name or Label, in any order. A value that does not begin with
// a quotation mark runs until the next name. What stands without a name goes to
// the first text field, or else to the one field that can take it; several
// quoted texts go to the fields in their order. A quotation that is never closed
// takes the rest. Nothing is dropped: what belongs nowhere is a [Misread].
//
// Answers to [Choice] and [Choices] become the values of their options where
// they name one; every other text is handed on as it stands. A name without a
// value is an [Answer] without values.
func (c Command) ParseTyped(text string) (Answers, error) {
	answers := Answers{}
	pieces := c.pieces(text)
	var lead, loose []piece
	named := false
	for _, p := range pieces {
		switch {
		case p.field >= 0:
			named = true
			f := c.Fields[p.field]
			answer, twice := answers[f.Name]
			if twice && f.Kind != Choices {
				return nil, Misread("I read " + f.Name + ": twice. Give it once, such as: " + c.Usage())
			}
			if f.Kind == Upload && p.text != "" {
				return nil, Misread("A file can't be typed. Leave " + f.Name + ": out, and I'll ask for the file.")
			}
			answer.Values = append(answer.Values, f.read(p.text, p.quoted)...)
			answers[f.Name] = answer
		case p.text == "":
		case named:
			loose = append(loose, p)
		default:
			lead = append(lead, p)
		}
	}
	lead = c.peel(lead, answers)
	if len(lead) > 1 && !c.inOrder(lead, answers) {
		// The marks were part of what was said: "Good things" take time.
		lead = []piece{{text: strings.TrimSpace(text[lead[0].start:lead[len(lead)-1].end])}}
	}
	if len(lead) == 1 && !c.put(lead[0], answers, c.forText) {
		return nil, c.misplaced(lead[0])
	}
	for _, p := range loose {
		if !c.put(p, answers, c.forRest) {
			return nil, c.misplaced(p)
		}
	}
	return answers, nil
}

// read gives the values that a text is for this field.
func (f Field) read(text string, quoted bool) []string {
	if text == "" {
		return nil
	}
	if f.Kind != Choice && f.Kind != Choices {
		return []string{text}
	}
	if value, ok := f.option(text); ok {
		return []string{value}
	}
	if f.Kind == Choice || !strings.Contains(text, ",") {
		return []string{text}
	}
	var values []string
	known := true
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			value, ok := f.option(part)
			known = known && ok
			values = append(values, value)
		}
	}
	if quoted && !known || len(values) == 0 {
		return []string{text}
	}
	return values
}

// option gives the value of the option that is meant, or the text itself.
func (f Field) option(text string) (string, bool) {
	for _, same := range []func(Option) bool{
		func(o Option) bool { return o.Value == text },
		func(o Option) bool { return strings.EqualFold(o.Value, text) || strings.EqualFold(o.Label, text) },
	} {
		if i := slices.IndexFunc(f.Options, same); i >= 0 {
			return f.Options[i].Value, true
		}
	}
	return text, false
}

// put gives a piece to the field that pick names, if there is one.
func (c Command) put(p piece, answers Answers, pick func([]Field, piece) (Field, bool)) bool {
	f, ok := pick(c.free(answers), p)
	if ok {
		answers[f.Name] = Answer{Values: f.read(p.text, p.quoted)}
	}
	return ok
}

// free gives the fields that can be typed and have no answer yet.
func (c Command) free(answers Answers) []Field {
	var free []Field
	for _, f := range c.Fields {
		if _, given := answers[f.Name]; !given && f.Kind != Upload {
			free = append(free, f)
		}
	}
	return free
}

func first(fields []Field, ok func(Field) bool) (Field, bool) {
	if i := slices.IndexFunc(fields, ok); i >= 0 {
		return fields[i], true
	}
	return Field{}, false
}

// forText picks the field for a text that stands alone: the first text field,
// before anything else that could take it.
func (c Command) forText(free []Field, p piece) (Field, bool) {
	if f, ok := first(free, Field.isText); ok {
		return f, true
	}
	return c.forRest(free, p)
}

// forRest picks the field for a text left over beside others: the first that is
// needed and can take it, then any that can, then the only one there is.
func (c Command) forRest(free []Field, p piece) (Field, bool) {
	if f, ok := first(free, func(f Field) bool { return f.Required && f.takes(p.text) }); ok {
		return f, true
	}
	if f, ok := first(free, func(f Field) bool { return f.takes(p.text) }); ok {
		return f, true
	}
	return first(free, func(Field) bool { return len(free) == 1 })
}

// inOrder gives several unnamed texts to the fields one after the other, all or
// none. Only a quoted text becomes the answer of a text field here: what follows
// a quotation without marks is more often its own sentence's end.
func (c Command) inOrder(lead []piece, answers Answers) bool {
	tried := Answers{}
	for name, a := range answers {
		tried[name] = a
	}
	for _, p := range lead {
		if !c.put(p, tried, func(free []Field, p piece) (Field, bool) {
			return first(free, func(f Field) bool { return f.takes(p.text) && (p.quoted || !f.isText()) })
		}) {
			return false
		}
	}
	for name, a := range tried {
		answers[name] = a
	}
	return true
}

var (
	mention = regexp.MustCompile(`^(@[^\s@]+|<@[^>\s]*>|\[[^\]]*\]\(person:[^)\s]*\))(\s|$)`)
	place   = regexp.MustCompile(`^(#\pL[^\s#]*|<#[^>\s]*>)(\s|$)`)
)

// peel gives a person or a channel that the unnamed text begins with to the
// field that asks for one: "@ana could you look at this?"
func (c Command) peel(lead []piece, answers Answers) []piece {
	for len(lead) > 0 && !lead[0].quoted {
		p := &lead[0]
		var name string
		kind := Person
		if m := mention.FindStringSubmatch(p.text); m != nil {
			name = m[1]
		} else if m := place.FindStringSubmatch(p.text); m != nil {
			name, kind = m[1], InPlace
		}
		f, ok := first(c.free(answers), func(f Field) bool { return f.Kind == kind })
		if name == "" || !ok {
			break
		}
		answers[f.Name] = Given(name)
		p.text = p.text[len(name):]
		p.start += len(name) + blanks(p.text)
		p.text = strings.TrimSpace(p.text)
		if p.text == "" {
			lead = lead[1:]
		}
	}
	return lead
}

func (f Field) isText() bool { return f.Kind == Text || f.Kind == LongText }

var (
	number   = regexp.MustCompile(`^[+-]?\d[\d.,]*\s*[\pL%]{0,8}$`)
	yesNo    = regexp.MustCompile(`(?i)^(y|yes|no|n|true|false|on|off)$`)
	timely   = regexp.MustCompile(`(?i)\d|\b(mon|tue|wed|thu|fri|sat|sun)|\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|\b(now|today|tonight|tomorrow|noon|midday|midnight|next)\b`)
	duration = regexp.MustCompile(`(?i)^(\d|an? (minute|hour|half|day|week|month)|half|one|two|three|all day)`)
	rhythm   = regexp.MustCompile(`(?i)\b(every|daily|weekly|fortnight|monthly|weekdays?)`)
)

// takes tells whether a text without a name reads like an answer to the field.
func (f Field) takes(text string) bool {
	switch f.Kind {
	case Text, LongText:
		return true
	case Number:
		return number.MatchString(text)
	case Choice, Choices:
		for _, value := range f.read(text, false) {
			if !slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == value }) {
				return false
			}
		}
		return true
	case YesNo:
		return yesNo.MatchString(text)
	case When, Date:
		return timely.MatchString(text)
	case Duration:
		return duration.MatchString(text)
	case Rhythm:
		return timely.MatchString(text) || rhythm.MatchString(text)
	case Person:
		return mention.MatchString(text)
	case InPlace:
		return place.MatchString(text)
	case ZoneName:
		return !strings.ContainsAny(text, "0123456789")
	}
	return false
}

var unknownName = regexp.MustCompile(`^([\pL][\pL\d-]*)\s?[:=]`)

// misplaced says that a piece belongs to no field.
func (c Command) misplaced(p piece) error {
	said := "I can't tell what \"" + clip(p.text, 60) + "\" belongs to."
	var names []string
	for _, f := range c.Fields {
		if f.Kind != Upload {
			names = append(names, f.Name)
		}
	}
	if len(names) == 0 {
		return Misread(said + " /" + c.Path + " takes nothing after it.")
	}
	if m := unknownName.FindStringSubmatch(p.text); m != nil {
		said = "I don't know \"" + clip(m[1], 32) + ":\"."
		if near := Nearest(m[1], names); len(near) > 0 {
			said += " Did you mean \"" + near[0] + ":\"?"
		}
	}
	return Misread(said + " /" + c.Path + " takes " + list(names, "and") + ", such as: " + c.Usage())
}

// Usage gives one way of typing the command that works:
// /session schedule title:"Q&A" when:"thu 9am".
func (c Command) Usage() string {
	text := "/" + c.Path
	first := slices.IndexFunc(c.Fields, func(f Field) bool { return f.Kind != Upload })
	needs := slices.ContainsFunc(c.Fields, func(f Field) bool { return f.Required && f.Kind != Upload })
	for i, f := range c.Fields {
		if f.Kind != Upload && (f.Required || !needs && i == first) {
			text += " " + f.Name + ":" + quoteTyped(f.example())
		}
	}
	return text
}

func (f Field) example() string {
	switch {
	case f.Example != "":
		return f.Example
	case len(f.Options) > 0:
		return f.Options[0].Value
	}
	switch f.Kind {
	case Number:
		return "2"
	case YesNo:
		return "yes"
	case When:
		return "thu 9am"
	case Date:
		return "5 Nov"
	case Duration:
		return "90 min"
	case Rhythm:
		return "mondays 9am"
	case ZoneName:
		return "Auckland"
	case Person:
		return "@ana"
	case InPlace:
		return "#general"
	}
	return "a few words"
}

var simple = regexp.MustCompile(`^[\p{L}\p{N}@#.+-]+$`)

// quoteTyped writes a value so that it is read back as it is.
func quoteTyped(s string) string {
	if simple.MatchString(s) {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r == '\\' || isQuote(r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String() + `"`
}
