package programmes

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"
	"unicode/utf8"

	"cohortbot/bot/chat"
)

// Weeks counts the weeks of all phases.
func (p Programme) Weeks() int {
	n := 0
	for _, ph := range p.Phases {
		n += len(ph.Weeks)
	}
	return n
}

// Render gives the prompt as it is said in this scene, in Markdown; nothing if
// it is not written yet.
func (w Week) Render(s Scene) (string, error) { return RenderText(w.Prompt, s) }

// RenderText gives a prompt or a welcome as it is said in this scene, in
// Markdown. What the scene holds is shown as it was typed, never as mark-up. The
// error says in plain words what is wrong with the text, for whoever wrote it.
func RenderText(tmpl string, s Scene) (string, error) {
	out, faults := render(tmpl, s)
	var all []error
	for _, f := range faults {
		if f.line > 1 {
			f.problem = fmt.Sprintf("Line %d: %s", f.line, f.problem)
		}
		all = append(all, errors.New(f.problem))
	}
	return out, errors.Join(all...)
}

// ComesOut tells whether a prompt or a welcome says something in a week of this
// programme, counted from 1, or is empty from the start: what speaks of its week
// by {{if}} may come out as nothing in another.
func (p Programme) ComesOut(text string, week int) bool {
	return len(tryOut(text, p.scene(week))) == 0
}

// scene gives a scene of this programme, to try a week out in.
func (p Programme) scene(week int) Scene {
	s := Scene{Cohort: "Harbour", Member: p.Members.One, Members: p.Members.Many, Week: week, Weeks: p.Weeks()}
	n := 0
	for _, ph := range p.Phases {
		for _, w := range ph.Weeks {
			if n++; n != week {
				continue
			}
			s.Title, s.Phase = w.Title, ph.Title
			for _, strand := range p.Strands {
				if strand.ID == w.Strand {
					s.Strand = strand.Title
				}
			}
		}
	}
	return s
}

// templateFault is something wrong with a template, and where in it: line and
// column count from 1; 0 is nowhere in particular.
type templateFault struct {
	problem      string
	line, column int
}

// faultAt makes a fault of what stands at a byte of the text.
func faultAt(text string, at int, problem string) templateFault {
	before := text[:min(max(0, at), len(strings.TrimRight(text, "\n")))]
	start := strings.LastIndex(before, "\n") + 1
	return templateFault{problem, 1 + strings.Count(before, "\n"), 1 + utf8.RuneCountInString(before[start:])}
}

// tryOut says what is wrong with a template, rendering it in the scene.
func tryOut(text string, s Scene) []templateFault {
	out, faults := render(text, s)
	if len(faults) == 0 && strings.TrimSpace(text) != "" && strings.TrimSpace(out) == "" {
		faults = append(faults, faultAt(text, strings.Index(text, "{{"), "This comes out empty. Look at what stands between {{if}} and {{end}}."))
	}
	return faults
}

// words are shown as they were typed, and compared as they are.
type words string

// String makes the words safe to stand in Markdown.
func (w words) String() string { return chat.Plain(string(w)) }

// stage is a [Scene] as templates see it, field by field.
type stage struct {
	Cohort, Member, Members words
	Week, Weeks             int
	Title, Phase, Strand    words
}

func render(text string, s Scene) (string, []templateFault) {
	if n := utf8.RuneCountInString(text); n > MaxPrompt {
		return "", []templateFault{{problem: fmt.Sprintf("This has %d characters; %d are allowed. A prompt fits on the screen of a phone.", n, MaxPrompt)}}
	}
	t, err := template.New("prompt").Parse(text)
	if err != nil {
		return "", []templateFault{explain(text, err)}
	}
	if len(t.Templates()) > 1 {
		return "", []templateFault{faultAt(text, strings.Index(text, "{{"), "{{define}} and {{block}} are not used in prompts."+canSay)}
	}
	w := walker{text: text}
	if t.Tree != nil {
		w.walk(t.Root)
	}
	if len(w.faults) > 0 {
		return "", w.faults
	}
	var b strings.Builder
	err = t.Execute(&b, stage{
		words(s.Cohort), words(s.Member), words(s.Members), s.Week, s.Weeks,
		words(s.Title), words(s.Phase), words(s.Strand),
	})
	if err != nil {
		return "", []templateFault{explain(text, err)}
	}
	return strings.TrimSpace(b.String()), nil
}

// canSay ends the explanation of what a prompt cannot do.
const canSay = " A prompt can say {{.Week}} and the like, and {{if eq .Week 1}} … {{end}}."

// located is how text/template says where: "template: prompt:3:5: executing …: ".
var located = regexp.MustCompile(`^template: prompt:(\d+):(?:\d+:)? ?(?:executing "prompt" at <[^>]*>: )?`)

var notDefined = regexp.MustCompile(`function "(.*)" not defined`)

// explain puts an error of text/template in plain words.
func explain(text string, err error) templateFault {
	said, line := err.Error(), 1
	if m := located.FindStringSubmatch(said); m != nil {
		line, _ = strconv.Atoi(m[1])
		said = said[len(m[0]):]
	}
	// The line is known; on it, what is wrong most likely begins with braces.
	at := 0
	for range line - 1 {
		at += strings.Index(text[at:], "\n") + 1
	}
	at += max(0, strings.Index(text[at:], "{{"))
	switch m := notDefined.FindStringSubmatch(said); {
	case m != nil:
		if where := regexp.MustCompile(`[^.\w]` + regexp.QuoteMeta(m[1]) + `\b`).FindStringIndex(text[at:]); where != nil {
			at += where[0] + 1
		}
		if name, ok := nearestField(m[1]); ok {
			return faultAt(text, at, fmt.Sprintf("A prompt can't use {{%s}}. Did you mean {{.%s}}, with a point?", m[1], name))
		}
		return faultAt(text, at, fmt.Sprintf("A prompt can't use {{%s}}.%s", m[1], canSay))
	case strings.Contains(said, "unclosed action"), strings.Contains(said, "unexpected EOF"):
		return faultAt(text, strings.LastIndex(text, "{{"), "Something that begins with {{ is not closed with }}, or an {{if}} has no {{end}}.")
	case strings.Contains(said, "incompatible types"):
		return faultAt(text, at, "A number and a word are compared here. Words stand in quotation marks, numbers don't: {{if eq .Week 1}}.")
	}
	return faultAt(text, at, "What stands between {{ and }} can't be read: "+said+"."+canSay)
}

func sceneFields() []string {
	t := reflect.TypeFor[stage]()
	var names []string
	for i := range t.NumField() {
		names = append(names, t.Field(i).Name)
	}
	return names
}

func nearestField(name string) (string, bool) {
	near := chat.Nearest(name, sceneFields())
	return strings.Join(near[:min(1, len(near))], ""), len(near) > 0
}

// walker looks at every part of a template, those that this week does not reach
// included. It lets through what a prompt needs and nothing that could run for
// long or print without end: facilitators write prompts in the chat.
type walker struct {
	text   string
	faults []templateFault
}

var compares = []string{"eq", "ne", "lt", "le", "gt", "ge", "and", "or", "not"}

func (w *walker) walk(n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, child := range n.Nodes {
				w.walk(child)
			}
		}
	case *parse.TextNode, *parse.CommentNode, *parse.StringNode, *parse.NumberNode, *parse.BoolNode:
	case *parse.ActionNode:
		w.walk(n.Pipe)
	case *parse.IfNode:
		w.walk(n.Pipe)
		w.walk(n.List)
		w.walk(n.ElseList)
	case *parse.PipeNode:
		for _, v := range n.Decl {
			w.refuse(v)
		}
		for _, c := range n.Cmds {
			for _, arg := range c.Args {
				w.walk(arg)
			}
		}
	case *parse.IdentifierNode:
		if !slices.Contains(compares, n.Ident) {
			w.refuse(n)
		}
	case *parse.FieldNode:
		name := strings.Join(n.Ident, ".")
		if slices.Contains(sceneFields(), name) {
			return
		}
		said := "There are {{." + strings.Join(sceneFields(), "}}, {{.") + "}}."
		if near, ok := nearestField(name); ok {
			said = "Did you mean {{." + near + "}}?"
		}
		w.note(n, fmt.Sprintf("I don't know {{.%s}}. %s", name, said))
	default:
		w.refuse(n)
	}
}

func (w *walker) refuse(n parse.Node) {
	what := n.String()
	if i := strings.Index(what, "}}"); strings.HasPrefix(what, "{{") && i > 0 {
		what = what[2:i]
	}
	w.note(n, fmt.Sprintf("{{%s}} can't be used in a prompt.%s", what, canSay))
}

func (w *walker) note(n parse.Node, problem string) {
	w.faults = append(w.faults, faultAt(w.text, int(n.Position()), problem))
}
