package yamlfile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"cohortbot/bot/chat"
)

// MaxLine is how many characters an id, a title or a word may have: they are
// labels of buttons and options.
const MaxLine = 75

// IDPattern is the form of an id, as a regular expression.
const IDPattern = `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`

var idForm = regexp.MustCompile(IDPattern)

// Note adds a fault at the value with this path, or where it is missing, at
// what should hold it.
func (r *Reader) Note(path, format string, args ...any) {
	at, ok := r.where[path]
	for p := path; !ok && p != ""; at, ok = r.where[p] {
		p = p[:max(0, strings.LastIndexAny(p, ".["))]
	}
	if !at.broken {
		r.Add(at.line, at.column, format, args...)
	}
}

// Block gives where the lines of a block of text at this path begin, and by how
// much they are indented; false where it is not written as one.
func (r *Reader) Block(path string) (line, indent int, ok bool) {
	at := r.where[path]
	if at.block == 0 {
		return 0, 0, false
	}
	for _, l := range r.lines[min(at.block-1, len(r.lines)):] {
		if rest := strings.TrimLeft(l, " "); strings.TrimSpace(rest) != "" {
			return at.block, len(l) - len(rest), true
		}
	}
	return at.block, 0, true
}

// Broken tells whether the value at a path could not be read at all.
func (r *Reader) Broken(path string) bool { return r.where[path].broken }

// Text checks a text and tells whether there is a usable one.
func (r *Reader) Text(s, path string, most int, needed bool) bool {
	name := path[strings.LastIndex(path, ".")+1:]
	switch n := utf8.RuneCountInString(s); {
	case strings.TrimSpace(s) == "" && needed:
		if _, there := r.where[path]; there {
			r.Note(path, "%q is empty. Write something there.", name)
		} else {
			r.Note(path, "%q is missing. Add a line that begins with \"%s:\".", name, name)
		}
		return false
	case n > most:
		r.Note(path, "%q has %d characters; %d are allowed.", name, n, most)
		return false
	case most == MaxLine && strings.ContainsAny(s, "\n\r"):
		r.Note(path, "%q should be one line.", name)
		return false
	}
	return true
}

// ID checks an id and suggests one that would do; what says what it is for.
func (r *Reader) ID(s, path, what string) {
	if r.Text(s, path, MaxLine, true) && !idForm.MatchString(s) {
		suggestion := strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(s), "-"), "-0123456789")
		if suggestion != "" {
			what = fmt.Sprintf("such as %q", suggestion)
		}
		r.Note(path, "%q can't be an id. Use lower-case letters, digits and hyphens, %s.", s, what)
	}
}

// Twice checks that an id is not among those before it; what is what it names.
func (r *Reader) Twice(before []string, id, path, what string) {
	if id != "" && slices.Contains(before, id) {
		r.Note(path, "There is another %s with the id %q. Give this one its own.", what, id)
	}
}

// Meant asks whether the nearest name was meant, or else says what to do.
func Meant(typed string, names []string, otherwise string) string {
	if near := chat.Nearest(typed, names); len(near) > 0 {
		return fmt.Sprintf("Did you mean %q?", near[0])
	}
	return otherwise
}
