package chat

import (
	"slices"
	"strings"
)

// Includes tells whether somebody in this role may do what the other role may.
func (r Role) Includes(other Role) bool {
	switch {
	case other <= Member || r == other:
		return r >= other
	case other == Facilitator || other == Assessor || other == Reviewer:
		return r == Admin
	}
	return false
}

// Help answers /help: what somebody in this role may do, a line a noun.
func (t Tree) Help(role Role) Message {
	var b strings.Builder
	b.WriteString("**What you can type.** A few words are enough; I ask for the rest.\n\n")
	example := ""
	for _, noun := range t.Nouns() {
		var verbs []string
		may := t.may(noun, role)
		for _, c := range may {
			if c.verb() != "" {
				verbs = append(verbs, c.verb())
			}
		}
		switch {
		case len(verbs) > 0:
			b.WriteString("- `/" + noun + "` ")
			if may[0].About != "" {
				b.WriteString(Plain(may[0].About) + ": ")
			}
			b.WriteString(strings.Join(verbs, ", ") + "\n")
			if example == "" {
				example = noun
			}
		case len(may) > 0:
			b.WriteString("- `/" + noun + "` " + Plain(may[0].Summary) + "\n")
		}
	}
	if menu := t.menu(role); len(menu) > 0 {
		b.WriteString("\nIn the menu on a message: " + Plain(strings.Join(menu, " · ")) + ".\n")
	}
	m := Message{Text: strings.TrimSpace(b.String())}
	if example != "" {
		m.Note = "For more about one of them, add its name: `/help " + example + "`."
	}
	return m
}

// HelpOn says more about one noun, or about one command of it, as far as
// somebody in this role may give it.
func (t Tree) HelpOn(noun string, role Role) Message {
	typed, rest := firstWord(strings.TrimLeft(strings.TrimSpace(noun), "/"))
	found, ok := t.noun(typed)
	all := t.may(found, Admin)
	if !ok || len(all) == 0 {
		return Message{Text: Plain(t.unknown(typed).Error())}
	}
	may := t.may(found, role)
	if len(may) == 0 {
		return Message{Text: "`/" + found + "` is for " + all[0].Role.String() + "."}
	}
	verb, _ := firstWord(rest)
	if i := slices.IndexFunc(may, func(c Command) bool { return sameWord(verb, c.verb()) }); i >= 0 {
		may = may[i : i+1]
	}
	var b strings.Builder
	for _, c := range may {
		b.WriteString("`/" + c.Path + "` " + Plain(c.Summary))
		var names []string
		for _, f := range c.Fields {
			name := f.Name
			if !f.Required {
				name += " (if you like)"
			}
			names = append(names, name)
		}
		if len(names) > 0 {
			b.WriteString("\n  It takes " + list(names, "and") + ".\n  For example: " + code(c.Usage()))
		}
		b.WriteString("\n\n")
	}
	m := Message{Text: strings.TrimSpace(b.String())}
	if len(may) > 1 || len(may[0].Fields) > 0 {
		m.Note = "Type as much or as little as you like, in any order. What is missing, I ask for."
	}
	return m
}

// may gives the commands of a noun that can be typed in this role.
func (t Tree) may(noun string, role Role) []Command {
	var may []Command
	for _, c := range t {
		if c.noun() == noun && !c.Hidden && role.Includes(c.Role) {
			may = append(may, c)
		}
	}
	return may
}

// menu gives the labels in the menu on a message.
func (t Tree) menu(role Role) []string {
	var labels []string
	for _, c := range t {
		if c.Menu != "" && role.Includes(c.Role) {
			labels = append(labels, c.Menu)
		}
	}
	return labels
}

// code writes a code span, whatever stands in it.
func code(s string) string {
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// Reference gives the whole reference of commands, in Markdown, as it stands in
// docs/commands.md.
func (t Tree) Reference() string {
	var b strings.Builder
	b.WriteString("# Commands\n\n" +
		"Made from the tree of commands; change it there.\n\n" +
		"Everything after a command can be typed in any order as `name:value`, with quotation marks where they help, or left out: a form then asks for it. " +
		"What stands without a name goes to the first text. Dates and times are written as people write them.\n")
	for _, noun := range t.Nouns() {
		b.WriteString("\n## /" + noun + "\n")
		for _, c := range t.may(noun, Admin) {
			if c.verb() != "" {
				b.WriteString("\n### /" + c.Path + "\n")
			}
			b.WriteString("\n" + Plain(c.Summary) + ". For " + c.Role.String() + ".")
			if c.Menu != "" {
				b.WriteString(" Also in the menu on a message, as “" + Plain(c.Menu) + "”.")
			}
			b.WriteString("\n")
			if len(c.Fields) == 0 {
				continue
			}
			b.WriteString("\n| name | what | needed | example |\n|---|---|---|---|\n")
			for _, f := range c.Fields {
				needed, example := "", ""
				if f.Required {
					needed = "yes"
				}
				if f.Kind != Upload {
					example = code(strings.ReplaceAll(f.example(), "|", "\\|"))
				}
				b.WriteString("| `" + f.Name + "` | " + f.what() + " | " + needed + " | " + example + " |\n")
			}
			b.WriteString("\n" + code(c.Usage()) + "\n")
		}
	}
	return b.String()
}

// what says in the reference what a field takes.
func (f Field) what() string {
	said := Plain(f.Label)
	if f.Hint != "" {
		said += ": " + Plain(f.Hint)
	}
	if len(f.Options) == 0 {
		return said
	}
	var values []string
	for _, o := range f.Options {
		values = append(values, code(strings.ReplaceAll(o.Value, "|", "\\|")))
	}
	if f.Kind == Choices {
		return said + " (any of " + list(values, "and") + ")"
	}
	return said + " (" + list(values, "or") + ")"
}
