package discord

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"cohortbot/bot/chat"
)

// Discord's limits of a modal.
const (
	titleMax      = 45
	partsMax      = 5
	fieldLabelMax = 45
	hintMax       = 100
	inputMax      = 4000
	optionsMax    = 25
)

// Our own ids begin with a sign that no command's path has.
const (
	modalID = "~form" // of a modal: ~form|page|form|command|record
	openID  = "~open" // of a button that opens a page: ~open|page|form
	tooLong = "="     // before the name of a field whose text is too long to be shown
)

// shown is a form that somebody has open, so that what they typed is there when
// it opens again.
type shown struct {
	form   chat.Form
	filled chat.Answers // what they handed in, on top of what stood in it
}

// page makes a modal of one page. told says that the person has read the intro
// and the note already. false means that they have no room on the modal and have
// to be read first.
func page(s shown, number int, told bool) (modal, bool) {
	pages := s.form.Pages()
	number = min(max(number, 0), len(pages)-1)
	fields := pages[number]
	m := modal{CustomID: formID(s.form, number), Title: clip(strings.TrimSpace(s.form.Title), titleMax)}
	if len(pages) > 1 {
		count := fmt.Sprintf(" (%d/%d)", number+1, len(pages))
		m.Title = clip(s.form.Title, titleMax-len(count)) + count
	}
	if m.Title == "" {
		m.Title = "A few questions"
	}
	for _, f := range fields {
		m.Components = append(m.Components, ask(f, s.answer(f.Name), s.form.Errors[f.Name]))
	}
	var words []string
	if number == 0 && s.form.Intro != "" {
		words = append(words, strings.Join(marked(s.form.Intro), "\n\n"))
	}
	if s.form.Note != "" {
		words = append(words, indent(strings.Join(marked(s.form.Note), "\n"), "-# ", "-# "))
	}
	text := strings.Join(words, "\n\n")
	switch {
	case text == "" && len(fields) > 0:
		return m, true
	case text == "":
		text = "There is nothing to fill in here. Hand it in to go on."
	}
	if len(fields) < partsMax && size(text) <= inputMax {
		m.Components = append([]component{{Type: textDisplay, Content: text}}, m.Components...)
		return m, true
	}
	if number > 0 || s.form.Intro == "" { // the note alone may stand below a label
		for i := range m.Components {
			c := &m.Components[i]
			if both := strings.TrimSpace(c.Description + " " + plain(s.form.Note)); size(both) <= hintMax {
				c.Description = both
				return m, true
			}
		}
	}
	return m, told
}

func formID(f chat.Form, number int) string {
	id := fmt.Sprintf("%s|%d|%s", modalID, number, f.ID)
	for _, more := range []string{f.Command, f.Record} {
		if len(id)+1+len(more) > 100 || strings.Contains(more, "|") {
			break // the form's id is enough for the bot
		}
		id += "|" + more
	}
	return id
}

// answer gives what stands in a field.
func (s shown) answer(name string) chat.Answer {
	if a, ok := s.filled[name]; ok {
		return a
	}
	return s.form.Filled[name]
}

// ask makes a label with the input for one field.
func ask(f chat.Field, a chat.Answer, fault string) component {
	l := component{Type: labelPart, Label: clip(f.Label, fieldLabelMax), Description: clip(f.Hint, hintMax)}
	if fault != "" { // it has been read in full before the form opened again
		l.Description = clip(plain(fault), hintMax)
	}
	in := component{CustomID: f.Name, Required: ptr(f.Required)}
	switch {
	case (f.Kind == chat.Choice || f.Kind == chat.Choices) && len(f.Options) > 0 && len(f.Options) <= optionsMax:
		in.choices(f.Options, a, f.Kind == chat.Choices, f.Required)
	case f.Kind == chat.YesNo:
		in.choices([]chat.Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}}, a, false, f.Required)
	case f.Kind == chat.Person:
		in.Type = userSelect
		in.picked(a, "user")
	case f.Kind == chat.InPlace:
		in.Type, in.Kinds = channelSelect, []int{int(discordgo.ChannelTypeGuildText), int(discordgo.ChannelTypeGuildNews)}
		in.picked(a, "channel")
	case f.Kind == chat.Upload:
		in.Type, in.MaxValues = fileUpload, 10
		in.MinValues = ptr(least(f.Required))
	default:
		in.text(f, a.Text(), &l)
	}
	l.Component = &in
	return l
}

func least(required bool) int {
	if required {
		return 1
	}
	return 0
}

func (c *component) text(f chat.Field, value string, l *component) {
	c.Type, c.Style, c.MaxLength = textInput, int(discordgo.TextInputShort), inputMax
	if f.Kind == chat.LongText || strings.Contains(value, "\n") {
		c.Style = int(discordgo.TextInputParagraph)
	}
	if f.Max > 0 && f.Max < inputMax {
		c.MaxLength = f.Max
	}
	if f.Example != "" {
		c.Placeholder = clip("For example: "+f.Example, hintMax)
	}
	if n := size(value); n > c.MaxLength {
		c.CustomID, c.Required = tooLong+f.Name, ptr(false)
		l.Description = clip(fmt.Sprintf("Yours has %d characters; %d fit here. Left empty, it stays as it is.", n, c.MaxLength), hintMax)
		return
	}
	c.Value = value
}

func (c *component) choices(options []chat.Option, a chat.Answer, several, required bool) {
	c.Type, c.MinValues, c.MaxValues = stringSelect, ptr(least(required)), 1
	if several {
		c.MaxValues = len(options)
	}
	chosen := 0
	for _, o := range options {
		is := slices.ContainsFunc(a.Values, func(v string) bool {
			return v == o.Value || strings.EqualFold(v, o.Value) || strings.EqualFold(v, o.Label)
		}) && chosen < c.MaxValues
		if is {
			chosen++
		}
		c.Options = append(c.Options, choice{Label: clip(o.Label, 100), Value: o.Value, Default: is})
	}
}

// picked puts an account or a channel into a select, if one was given by its id.
func (c *component) picked(a chat.Answer, kind string) {
	c.MinValues, c.MaxValues = ptr(least(*c.Required)), 1
	id := strings.Trim(a.Text(), "<@!#>")
	if snowflakes.MatchString(id) {
		c.Defaults = []picked{{ID: id, Type: kind}}
	}
}
