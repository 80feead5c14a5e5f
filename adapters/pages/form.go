package pages

import (
	"cmp"
	"html/template"
	"net/url"
	"slices"
	"strings"

	"cohortbot/bot/chat"
)

// formSheet is a form as the page shows it, all its pages on one.
type formSheet struct {
	ID     chat.FormID
	Draft  string // names what is kept on the device
	Fields []field
	Note   template.HTML
	Submit string
}

// field is one question.
type field struct {
	ID, Name, Label, Hint, Value string
	Required                     bool
	Shape                        string // "line", "area", "radio", "checkbox", "select" or "none"
	Mode                         string // the keyboard that a phone shows
	Options                      []option
	Fault                        template.HTML
}

type option struct {
	Value, Label string
	On           bool
}

// fewOptions is how many choices stand in the page one under the other; more are a
// list to open.
const fewOptions = 8

// formOf gives a form as a page.
func formOf(f chat.Form) sheet {
	s := sheet{Title: f.Title, Text: textHTML(f.Intro), Event: newEvent(), Faults: len(f.Errors) > 0}
	s.Form = &formSheet{ID: f.ID, Draft: f.Command + " " + f.Record, Note: textHTML(f.Note), Submit: f.Submit}
	if f.Submit == "" {
		s.Form.Submit = "Done"
	}
	for _, q := range f.Fields {
		s.Form.Fields = append(s.Form.Fields, fieldOf(q, f.Filled[q.Name], f.Errors[q.Name]))
	}
	return s
}

func fieldOf(q chat.Field, filled chat.Answer, fault string) field {
	f := field{
		ID: "f-" + q.Name, Name: fieldPrefix + q.Name, Label: q.Label, Hint: q.Hint, Value: filled.Text(),
		Required: q.Required, Shape: "line",
	}
	if fault != "" {
		f.Fault = textHTML(fault)
	}
	if q.Example != "" {
		f.Hint = strings.TrimSpace(f.Hint + " For example: " + q.Example)
	}
	options := q.Options
	switch q.Kind {
	case chat.LongText:
		f.Shape = "area"
	case chat.Number:
		f.Mode = "decimal"
	case chat.YesNo:
		f.Shape, options = "radio", []chat.Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}}
	case chat.Choice:
		f.Shape = "radio"
		if len(options) > fewOptions {
			f.Shape = "select"
		}
	case chat.Choices:
		f.Shape = "checkbox"
	case chat.Upload:
		f.Shape, f.Hint = "none", strings.TrimSpace(f.Hint+" A file can't be sent from this page. Give it to whoever sent you here.")
	}
	for _, o := range options {
		f.Options = append(f.Options, option{o.Value, cmp.Or(o.Whole, o.Label), slices.Contains(filled.Values, o.Value)})
	}
	return f
}

// fieldPrefix keeps the answers apart from what the page itself sends.
const fieldPrefix = "q."

// answersIn gives what was handed in for the questions of a form. What was shown
// and left empty is an answer without values.
func answersIn(f chat.Form, sent url.Values) chat.Answers {
	answers := chat.Answers{}
	for _, q := range f.Fields {
		a := chat.Answer{}
		for _, v := range sent[fieldPrefix+q.Name] {
			v = strings.ReplaceAll(strings.ToValidUTF8(v, "\ufffd"), "\r\n", "\n")
			if strings.TrimSpace(v) != "" {
				a.Values = append(a.Values, v)
			}
		}
		answers[q.Name] = a
	}
	return answers
}
