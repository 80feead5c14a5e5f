package thinking

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"cohortbot/bot/yamlfile"
)

// Chapter is some questions on one theme, in the order in which they lead on to
// each other. Nothing depends on the order: people begin where they like.
type Chapter struct {
	ID        string     `yaml:"id"`    // one lower-case word, hyphens allowed
	Title     string     `yaml:"title"` // as people see it
	About     string     `yaml:"about"` // what it asks about, in a sentence or two
	Wording   string     `yaml:"wording"`
	Questions []Question `yaml:"questions"`
}

// Question is one question, with what is read before it.
type Question struct {
	ID   string `yaml:"id"` // unique in its chapter, for ever: answers are kept under it
	Read string `yaml:"read,omitempty"`
	Ask  string `yaml:"ask"`
	// Beside names the questions whose answers are shown again beside this one, as
	// "question" in the same chapter or "chapter/question".
	Beside []string `yaml:"beside,omitempty"`
}

// The limits of a chapter. An id stands in a button, beside the path of its command.
const (
	maxID        = 32
	maxAbout     = 300
	maxRead      = 1200
	maxAsk       = 400
	maxQuestions = 24
	maxBeside    = 3
)

var file = yamlfile.Sort{
	Noun: "chapter", Holds: "an id, a title, what it is about, whose wording it is, and questions",
	Bytes: 64 << 10, Lines: 1000,
}

// Parse reads a chapter. The name of the file is for the error, which is
// [yamlfile.Faults]: everything that is wrong with it.
func Parse(name string, data []byte) (Chapter, error) {
	return yamlfile.Parse(name, data, file, check)
}

func check(y *yamlfile.Reader, c *Chapter) {
	id := func(s, at, what string) {
		y.ID(s, at, what)
		if len(s) > maxID && len(s) <= yamlfile.MaxLine {
			y.Note(at, "%q has %d letters; an id may have %d, since it travels in buttons.", s, len(s), maxID)
		}
	}
	id(c.ID, "id", "what its answers are kept under, such as power")
	y.Text(c.Title, "title", yamlfile.MaxLine, true)
	y.Text(c.About, "about", maxAbout, true)
	y.Text(c.Wording, "wording", maxAbout, true)
	var ids []string
	for i, q := range c.Questions {
		at := fmt.Sprintf("questions[%d]", i)
		id(q.ID, at+".id", "such as who-decides")
		y.Twice(ids, q.ID, at+".id", "question")
		ids = append(ids, q.ID)
		y.Text(q.Read, at+".read", maxRead, false)
		y.Text(q.Ask, at+".ask", maxAsk, true)
		if len(q.Beside) > maxBeside {
			y.Note(at+".beside", "%d answers would stand beside this question; %d are allowed.", len(q.Beside), maxBeside)
		}
	}
	switch n := len(c.Questions); {
	case n == 0:
		y.Note("questions", "A chapter needs at least one question.")
	case n > maxQuestions:
		y.Note("questions", "The chapter has %d questions; %d are allowed. Make two chapters of it.", n, maxQuestions)
	}
	for i, q := range c.Questions {
		for j, name := range q.Beside {
			at := fmt.Sprintf("questions[%d].beside[%d]", i, j)
			switch {
			case name == q.ID:
				y.Note(at, "This is the question itself. How it was answered before is always shown.")
			case strings.Contains(name, "/"): // another chapter's; see Library.Missing
			case !slices.Contains(ids, name):
				y.Note(at, "There is no question %q here. %s", name, yamlfile.Meant(name, ids, "Name one of this chapter, or chapter/question of another."))
			}
		}
	}
}

// refer gives the chapter and the question that a name in Beside means.
func (c Chapter) refer(name string) ref {
	if chapter, question, other := strings.Cut(name, "/"); other {
		return ref{chapter, question}
	}
	return ref{c.ID, name}
}

// ref names a question.
type ref struct{ chapter, question string }

// String gives the form that stands in the record of a button.
func (r ref) String() string { return r.chapter + "/" + r.question }

func parseRef(record string) ref {
	chapter, question, _ := strings.Cut(record, "/")
	return ref{chapter, question}
}

// Library is the chapters that people can pick up.
type Library struct{ chapters []Chapter }

// NewLibrary puts an organisation's own chapters after those that come along; one
// with the id of a built-in one takes its place.
func NewLibrary(own []Chapter) Library {
	l := Library{chapters: BuiltIn()}
	for _, c := range own {
		if i := l.index(c.ID); i >= 0 {
			l.chapters[i] = c
		} else {
			l.chapters = append(l.chapters, c)
		}
	}
	return l
}

func (l Library) index(id string) int {
	return slices.IndexFunc(l.chapters, func(c Chapter) bool { return c.ID == id })
}

func (l Library) chapter(id string) (Chapter, bool) {
	i := l.index(id)
	if i < 0 {
		return Chapter{}, false
	}
	return l.chapters[i], true
}

// find gives a question, its chapter and its place there, from 0.
func (l Library) find(r ref) (Chapter, int, bool) {
	c, ok := l.chapter(r.chapter)
	i := slices.IndexFunc(c.Questions, func(q Question) bool { return q.ID == r.question })
	return c, i, ok && i >= 0
}

// Missing names, for one chapter, the answers that are to stand beside its
// questions and whose questions no chapter has.
func (l Library) Missing(c Chapter) []string {
	var missing []string
	for _, q := range c.Questions {
		for _, name := range q.Beside {
			if _, _, ok := l.find(c.refer(name)); !ok {
				missing = append(missing, name)
			}
		}
	}
	return missing
}

//go:embed builtin/*.yaml
var files embed.FS

// builtIn holds them in the order of their files' names, which begin with a number.
var builtIn = sync.OnceValue(func() []yamlfile.Built[Chapter] { return yamlfile.BuiltIn(files, Parse) })

// BuiltIn gives the chapters that come along. What they hold is shared and must not
// be changed.
func BuiltIn() []Chapter {
	var all []Chapter
	for _, s := range builtIn() {
		all = append(all, s.Value)
	}
	return all
}

// Source gives the file of a chapter that comes along, to begin one's own from;
// false where there is none of that id.
func Source(id string) ([]byte, bool) {
	for _, s := range builtIn() {
		if s.Value.ID == id {
			return slices.Clone(s.Text), true
		}
	}
	return nil, false
}
