package deeds

import (
	"strings"

	"cohortbot/bot/chat"
)

// Picking finds the one thing that somebody means among several, by some words of it.
type Picking[T any] struct {
	Field  chat.Field                 // what was typed; it becomes a choice where several are meant
	Title  string                     // of the form that asks which
	Note   string                     // of that form: who sees what follows
	Option func(T) (id, label string) // how one is told from the others
	Name   func(T) string             // typed in full, it means this one; nil: the label
	Has    func(T, string) bool       // whether the words fit; any words do where they are empty
	None   string                     // the refusal where nothing fits, with %s for what was typed
}

// mostPicked is how many things a list of choices has room for.
const mostPicked = 25

// Among gives the one that is meant, or the form that asks which. Its error refuses
// words that fit nothing.
func (p Picking[T]) Among(all []T, typed string) (meant T, form *chat.Form, err error) {
	field := p.Field
	field.Kind, field.Max, field.Hint, field.Required = chat.Choice, 0, "", true
	var hits []T
	for _, x := range all {
		id, label := p.Option(x)
		name := label
		if p.Name != nil {
			name = p.Name(x)
		}
		if typed != "" && (id == typed || strings.EqualFold(name, typed)) {
			return x, nil, nil
		}
		if p.Has(x, typed) {
			hits = append(hits, x)
			field.Options = append(field.Options, chat.OptionOf(id, label))
		}
	}
	switch len(hits) {
	case 0:
		return meant, nil, RefuseField(field.Name, p.None, chat.Plain(typed))
	case 1:
		return hits[0], nil, nil
	}
	field.Options = field.Options[:min(len(field.Options), mostPicked)]
	return meant, &chat.Form{Title: p.Title, Fields: []chat.Field{field}, Submit: "Go on", Note: p.Note}, nil
}
