package chat

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// piece is a run of typed text, and the field that it was named for, or -1.
type piece struct {
	field      int
	text       string
	quoted     bool
	start, end int // where it stands, the quotation marks included
}

// pieces takes the typed text apart.
func (c Command) pieces(s string) []piece {
	var pieces []piece
	for i := 0; ; {
		i += blanks(s[i:])
		if i == len(s) {
			return pieces
		}
		p := piece{field: -1}
		if f, n := c.marker(s[i:]); f >= 0 {
			p.field = f
			i += n
			if skip := blanks(s[i:]); skip > 0 {
				i += skip
				if f, _ := c.marker(s[i:]); f >= 0 { // "title: when:thu"
					pieces = append(pieces, p)
					continue
				}
			}
		}
		p.start = i
		if r, _ := utf8.DecodeRuneInString(s[i:]); isQuote(r) {
			p.quoted = true
			var n int
			p.text, n = c.quotation(s[i:])
			i += n
			p.end = i
			if i < len(s) && (s[i] == ',' || s[i] == ';') {
				i++
			}
		} else {
			n := c.untilMarker(s[i:])
			p.text = strings.TrimSpace(s[i : i+n])
			if i+n < len(s) && len(p.text) > 1 && strings.HasSuffix(p.text, ",") { // "title:Q&A, when:thu"
				p.text = strings.TrimSpace(p.text[:len(p.text)-1])
			}
			i += n
			p.end = i
		}
		pieces = append(pieces, p)
	}
}

// blanks counts the bytes of white space that s begins with.
func blanks(s string) int { return len(s) - len(strings.TrimLeftFunc(s, unicode.IsSpace)) }

// marker tells which field's name or label s begins with, followed by a colon or
// an equals sign, and how many bytes that takes; the field is -1 if none.
func (c Command) marker(s string) (field, n int) {
	for _, words := range []func(Field) string{
		func(f Field) string { return f.Name },
		func(f Field) string { return strings.TrimRight(f.Label, " ?:") },
	} {
		for i, f := range c.Fields {
			word := words(f)
			if n := foldPrefix(s, word); n > 0 && n < len(s) && (s[n] == ':' || s[n] == '=') {
				return i, n + 1
			}
		}
	}
	return -1, 0
}

// foldPrefix counts the bytes of s that are the word in whatever case; 0 if s
// does not begin with it.
func foldPrefix(s, word string) int {
	n := 0
	for _, want := range word {
		r, size := utf8.DecodeRuneInString(s[n:])
		if size == 0 || unicode.ToLower(r) != unicode.ToLower(want) {
			return 0
		}
		n += size
	}
	return n
}

// untilMarker counts the bytes before the next field's name. A name stands after
// a blank or a comma, so that 9:30 and https://… are none.
func (c Command) untilMarker(s string) int {
	open := false
	for i, r := range s {
		if open {
			if f, _ := c.marker(s[i:]); f >= 0 {
				return i
			}
		}
		open = unicode.IsSpace(r) || r == ','
	}
	return len(s)
}

const quotes = "\"“”„‟«»＂"

func isQuote(r rune) bool { return strings.ContainsRune(quotes, r) }

// quotation reads the quotation that s begins with, and how many bytes it takes.
// Phones mix straight and curly marks, so each may close any other; a mark that
// stands inside, as in "the "big" day", is counted by the blanks around it, or
// written \".
func (c Command) quotation(s string) (text string, n int) {
	_, open := utf8.DecodeRuneInString(s)
	depth, first := 1, -1
	before := ' '
	for i := open; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		next, ahead := utf8.DecodeRuneInString(s[i+size:])
		if r == '\\' && (next == '\\' || isQuote(next)) {
			i += size + ahead
			before = next
			continue
		}
		if isQuote(r) {
			after := s[i+size:]
			f, _ := c.marker(after)
			ends := after == "" || f >= 0 || unicode.IsSpace(next) || next == ',' || next == ';'
			switch {
			case ends:
				if first < 0 {
					first = i
				}
				depth--
			case unicode.IsSpace(before):
				depth++
			}
			if depth == 0 {
				return unescape(s[open:i]), i + size
			}
		}
		before = r
		i += size
	}
	if first >= 0 {
		_, size := utf8.DecodeRuneInString(s[first:])
		return unescape(s[open:first]), first + size
	}
	return unescape(s[open:]), len(s)
}

var escaped = regexp.MustCompile(`\\([\\` + quotes + `])`)

func unescape(s string) string { return escaped.ReplaceAllString(s, "$1") }
