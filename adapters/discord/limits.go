package discord

import (
	"fmt"
	"regexp"
	"strings"
)

// Everything is held against Discord's limits before it leaves: what it would
// refuse is refused here, with the path of what is wrong and without a request.
// The content of a fault is never told, only where it is and how large.

// limited is a body that knows its limits.
type limited interface {
	faults() []string
}

// ruler collects what is wrong.
type ruler struct {
	found []string
	ids   map[string]string // custom_id to where it stood first
}

func (r *ruler) say(path, format string, args ...any) {
	r.found = append(r.found, strings.TrimPrefix(path, ".")+": "+fmt.Sprintf(format, args...))
}

func (r *ruler) long(path, s string, least, most int) {
	if n := size(s); n < least || n > most {
		r.say(path, "%d characters; Discord takes %d to %d", n, least, most)
	}
}

func (r *ruler) count(path string, n, least, most int) {
	if n < least || n > most {
		r.say(path, "%d of them; Discord takes %d to %d", n, least, most)
	}
}

func (m message) faults() []string {
	r := ruler{ids: map[string]string{}}
	r.message("", m)
	return r.found
}

func (r *ruler) message(path string, m message) {
	if m.Content == "" && len(m.Embeds) == 0 && len(m.files) == 0 && len(m.Components) == 0 {
		r.say(path+".content", "the message is empty")
	}
	r.long(path+".content", m.Content, 0, contentMax)
	r.count(path+".embeds", len(m.Embeds), 0, 10)
	all := 0
	for i, e := range m.Embeds {
		r.long(fmt.Sprintf("%s.embeds[%d].description", path, i), e.Description, 0, descriptionMax)
		r.long(fmt.Sprintf("%s.embeds[%d].title", path, i), e.Title, 0, 256)
		all += size(e.Title) + size(e.Description)
	}
	if all > embedsMax {
		r.say(path+".embeds", "%d characters together; Discord takes %d", all, embedsMax)
	}
	r.count(path+".components", len(m.Components), 0, rowsMax)
	for i, c := range m.Components {
		r.row(fmt.Sprintf("%s.components[%d]", path, i), c)
	}
	r.count(path+".attachments", len(m.Attachments), 0, filesMax)
	for i, a := range m.Attachments {
		r.long(fmt.Sprintf("%s.attachments[%d].filename", path, i), a.Filename, 1, altMax)
		r.long(fmt.Sprintf("%s.attachments[%d].description", path, i), a.Description, 0, altMax)
	}
	if m.Mentions == nil || m.Mentions.Parse == nil {
		r.say(path+".allowed_mentions", "is missing, so everybody could be notified")
	}
	r.long(path+".nonce", m.Nonce, 0, nonceSize)
}

func (r *ruler) row(path string, c component) {
	if c.Type != actionRow {
		r.say(path+".type", "%d; a message takes rows", c.Type)
		return
	}
	r.count(path+".components", len(c.Components), 1, rowMax)
	for i, b := range c.Components {
		at := fmt.Sprintf("%s.components[%d]", path, i)
		r.long(at+".label", b.Label, 1, labelMax)
		r.id(at, b.CustomID)
	}
}

func (r *ruler) id(path, id string) {
	if n := len(id); n < 1 || n > 100 {
		r.say(path+".custom_id", "%d bytes; Discord takes 1 to 100", n)
	}
	if first, twice := r.ids[id]; twice {
		r.say(path+".custom_id", "is the same as that of %s", first)
	}
	r.ids[id] = strings.TrimPrefix(path, ".")
}

func (m modal) faults() []string {
	r := ruler{ids: map[string]string{}}
	r.modal("", m)
	return r.found
}

func (r *ruler) modal(path string, m modal) {
	if n := len(m.CustomID); n < 1 || n > 100 {
		r.say(path+".custom_id", "%d bytes; Discord takes 1 to 100", n)
	}
	r.long(path+".title", m.Title, 1, titleMax)
	r.count(path+".components", len(m.Components), 1, partsMax)
	for i, c := range m.Components {
		at := fmt.Sprintf("%s.components[%d]", path, i)
		switch {
		case c.Type == textDisplay:
			r.long(at+".content", c.Content, 1, 4000)
		case c.Type == labelPart && c.Component != nil:
			r.long(at+".label", c.Label, 1, fieldLabelMax)
			r.long(at+".description", c.Description, 0, hintMax)
			r.input(at+".component", *c.Component)
		default:
			r.say(at+".type", "%d; a modal takes labels and texts", c.Type)
		}
	}
}

func (r *ruler) input(path string, c component) {
	r.id(path, c.CustomID)
	switch c.Type {
	case textInput:
		r.long(path+".value", c.Value, 0, inputMax)
		r.long(path+".placeholder", c.Placeholder, 0, hintMax)
		if c.MaxLength < 0 || c.MaxLength > inputMax {
			r.say(path+".max_length", "%d; Discord takes 1 to %d", c.MaxLength, inputMax)
		}
	case stringSelect:
		r.count(path+".options", len(c.Options), 1, optionsMax)
		values := map[string]bool{}
		for i, o := range c.Options {
			at := fmt.Sprintf("%s.options[%d]", path, i)
			r.long(at+".label", o.Label, 1, 100)
			r.long(at+".value", o.Value, 1, 100)
			if values[o.Value] {
				r.say(at+".value", "stands twice")
			}
			values[o.Value] = true
		}
		r.long(path+".placeholder", c.Placeholder, 0, 150)
	}
}

func (c callback) faults() []string {
	r := ruler{ids: map[string]string{}}
	switch data := c.Data.(type) {
	case message:
		r.message("data", data)
	case modal:
		r.modal("data", data)
	}
	return r.found
}

var commandName = regexp.MustCompile(`^[-_\p{Ll}\p{Lo}\p{N}]{1,32}$`)

// commands are all that are registered in one scope.
type commands []command

func (all commands) faults() []string {
	r := ruler{}
	kinds, names := map[int]int{}, map[string]bool{}
	for _, c := range all {
		path := "command " + c.Name
		kinds[c.Type]++
		if key := fmt.Sprint(c.Type, c.Name); names[key] {
			r.say(path, "stands twice")
		} else {
			names[key] = true
		}
		if c.Type != slashCommand {
			r.long(path+".name", c.Name, 1, 32)
			continue
		}
		whole := 0
		r.option(path, c.Name, c.Description, c.Options, &whole)
		if whole > 8000 {
			r.say(path, "%d characters in all; Discord takes 8000", whole)
		}
	}
	r.count("slash commands", kinds[slashCommand], 0, 100)
	r.count("message commands", kinds[menuCommand], 0, 15)
	return r.found
}

func (r *ruler) option(path, name, description string, options []option, whole *int) {
	if !commandName.MatchString(name) {
		r.say(path+".name", "has to be 1 to 32 lower-case letters, digits and hyphens")
	}
	r.long(path+".description", description, 1, 100)
	r.count(path+".options", len(options), 0, optionsMax)
	*whole += size(name) + size(description)
	names, optional := map[string]bool{}, false
	for _, o := range options {
		at := path + "." + o.Name
		if names[o.Name] {
			r.say(at, "stands twice")
		}
		names[o.Name] = true
		if o.Required && optional {
			r.say(at, "is required and stands after one that is not")
		}
		optional = optional || !o.Required
		r.count(at+".choices", len(o.Choices), 0, optionsMax)
		for _, c := range o.Choices {
			r.long(at+".choices", c.Name, 1, 100)
			r.long(at+".choices", c.Value, 1, 100)
			*whole += size(c.Name) + size(c.Value)
		}
		r.option(at, o.Name, o.Description, o.Options, whole)
	}
}
