package schedules

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Unclear is the error of everything here that reads text. It is written to be
// shown to the person who typed the text, and never to be logged, since it
// quotes them.
type Unclear struct {
	Typed   string // what was typed, whole
	Kind    string // what it was read as: "a time", "a rhythm", "a zone"
	Problem string // what could not be read, or why it contradicts itself; may be empty
	Example string // something that works, in quotes
}

// Error says what was typed, what is wrong with it, and what works.
func (u *Unclear) Error() string {
	var b strings.Builder
	b.WriteString("I couldn't read ")
	b.WriteString(strconv.Quote(shorten(u.Typed, 60)))
	b.WriteString(" as ")
	b.WriteString(u.Kind)
	if u.Problem != "" {
		b.WriteString(": ")
		b.WriteString(u.Problem)
	}
	if !strings.HasSuffix(u.Problem, "?") {
		b.WriteByte('.')
	}
	b.WriteString(" Try ")
	b.WriteString(u.Example)
	b.WriteByte('.')
	return b.String()
}

// shorten keeps at most n letters, cutting between letters and never inside one.
func shorten(s string, n int) string {
	s = strings.ToValidUTF8(s, "?")
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}
