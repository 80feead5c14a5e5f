package chat

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Misread says why something typed by hand could not be read, what was expected
// and what works, in sentences for the person who typed it. It holds words of
// theirs: it is for their eyes and for no log.
type Misread string

// Error gives the sentences.
func (m Misread) Error() string { return string(m) }

// Lookup finds the command that a typed text begins with, and gives the rest of
// the text, trimmed. Case, a leading slash, extra blanks, a colon after the noun
// and the number of a noun do not matter. The error is a [Misread] that names
// the nearest commands, or the verbs of a noun that was typed alone.
func (t Tree) Lookup(text string) (Command, string, error) {
	typed, rest := firstWord(strings.TrimLeft(strings.TrimSpace(text), "/"))
	if typed == "" {
		return Command{}, "", Misread("I read no command there. /help shows everything.")
	}
	noun, ok := t.noun(typed)
	if !ok {
		return Command{}, "", t.unknown(typed)
	}
	alone, stands := t.Find(noun)
	verbs := t.verbs(noun)
	verb, after := firstWord(strings.TrimLeft(rest, " \t\r\n:/_."))
	i := slices.IndexFunc(verbs, func(c Command) bool { return sameWord(verb, c.verb()) })
	// Where the noun takes free text, a text that merely begins like a hidden
	// verb is not to be mistaken for it.
	if i >= 0 && stands && verbs[i].Hidden && strings.TrimSpace(after) != "" {
		if f, _ := verbs[i].marker(strings.TrimSpace(after)); f < 0 {
			i = -1
		}
	}
	switch {
	case i >= 0:
		return verbs[i], afterName(after), nil
	case stands:
		return alone, afterName(rest), nil
	}
	return Command{}, "", t.unknownVerb(noun, verb)
}

// afterName takes the colon of "session schedule: ..." away.
func afterName(rest string) string {
	return strings.TrimSpace(strings.TrimPrefix(rest, ":"))
}

// firstWord gives the letters, digits and hyphens that s begins with, in lower
// case, and what follows. Where there are none, it gives what stands before the
// first blank.
func firstWord(s string) (first, rest string) {
	s = strings.TrimSpace(s)
	n := strings.IndexFunc(s, func(r rune) bool { return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if n == 0 {
		n = strings.IndexFunc(s, unicode.IsSpace)
	}
	if n < 0 {
		n = len(s)
	}
	return strings.ToLower(s[:n]), s[n:]
}

// sameWord tells whether a typed word, in lower case, is a name or its plural
// or singular.
func sameWord(typed, name string) bool {
	return typed != "" && (typed == name || typed == name+"s" || typed == name+"es" || typed+"s" == name)
}

func (c Command) noun() string { n, _, _ := strings.Cut(c.Path, " "); return n }
func (c Command) verb() string { _, v, _ := strings.Cut(c.Path, " "); return v }

// noun gives the first word of a path that the typed word stands for.
func (t Tree) noun(typed string) (string, bool) {
	i := slices.IndexFunc(t, func(c Command) bool { return c.noun() == typed })
	if i < 0 {
		i = slices.IndexFunc(t, func(c Command) bool { return sameWord(typed, c.noun()) })
	}
	if i < 0 {
		return "", false
	}
	return t[i].noun(), true
}

// verbs gives the commands of two words under a noun, hidden ones included.
func (t Tree) verbs(noun string) []Command {
	var found []Command
	for _, c := range t {
		if c.noun() == noun && c.verb() != "" {
			found = append(found, c)
		}
	}
	return found
}

// shown gives the verbs of a noun that people are told of.
func (t Tree) shown(noun string) []string {
	var names []string
	for _, c := range t.verbs(noun) {
		if !c.Hidden {
			names = append(names, c.verb())
		}
	}
	return names
}

// mostVerbs is how many verbs of a noun are read through when something was
// mistyped.
const mostVerbs = 8

func (t Tree) unknown(typed string) error {
	said := "I don't know /" + clip(typed, 32) + "."
	var near []string
	for _, noun := range Nearest(typed, t.Nouns()) {
		near = append(near, "/"+noun)
	}
	if len(near) == 0 { // "/schedule" for "/session schedule"
		for _, c := range t {
			if !c.Hidden && c.verb() != "" && sameWord(typed, c.verb()) {
				near = append(near, "/"+c.Path)
			}
		}
	}
	near = near[:min(3, len(near))]
	if len(near) > 0 {
		said += " Did you mean " + list(near, "or") + "?"
	}
	if len(near) == 1 {
		if verbs := t.shown(near[0][1:]); len(verbs) == 1 {
			said += " Its verb is " + verbs[0] + "."
		} else if len(verbs) > mostVerbs {
			said += " /help " + near[0][1:] + " shows its verbs."
			return Misread(said)
		} else if len(verbs) > 1 {
			said += " Its verbs are " + list(verbs, "and") + "."
		}
	}
	return Misread(said + " /help shows everything.")
}

func (t Tree) unknownVerb(noun, typed string) error {
	verbs := t.shown(noun)
	if len(verbs) == 0 {
		return Misread("/" + noun + " is reached by buttons only. /help shows everything.")
	}
	example := Command{}
	many := len(verbs) > mostVerbs
	said := "/" + noun + " needs one more word: " + list(verbs, "or") + "."
	if many {
		said = "/" + noun + " needs one more word, such as " + list(verbs[:mostVerbs/2], "or") + ". /help " + noun + " shows all of them."
	}
	if typed != "" {
		said = "I don't know /" + noun + " " + clip(typed, 32) + "."
		if near := Nearest(typed, verbs); len(near) > 0 {
			said += " Did you mean /" + noun + " " + near[0] + "?"
			example, _ = t.Find(noun + " " + near[0])
		}
		if many {
			said += " /help " + noun + " shows the verbs of /" + noun + "."
		} else {
			said += " The verbs of /" + noun + " are " + list(verbs, "and") + "."
		}
	}
	if example.Path == "" {
		example, _ = t.Find(noun + " " + verbs[0])
	}
	return Misread(said + " For example: " + example.Usage())
}

// Nearest gives those of the names that a mistyped word was probably meant to
// be, the likeliest first.
func Nearest(typed string, names []string) []string {
	typed = strings.ToLower(typed)
	away := map[string]int{}
	var near []string
	for _, name := range names {
		short := min(utf8.RuneCountInString(typed), utf8.RuneCountInString(name))
		d := distance(typed, strings.ToLower(name))
		if short >= 3 && strings.HasPrefix(strings.ToLower(name), typed) {
			d = 0
		}
		if _, twice := away[name]; !twice && short > 0 && d <= max(1, short/3) && d < short {
			away[name] = d
			near = append(near, name)
		}
	}
	slices.SortStableFunc(near, func(a, b string) int { return away[a] - away[b] })
	return near
}

// distance counts the letters to insert, delete, replace or swap with their
// neighbour to make b of a.
func distance(a, b string) int {
	x, y := []rune(clip(a, 64)), []rune(clip(b, 64))
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
		for j := range rows[i] {
			if i == 0 {
				rows[i][j] = j
				continue
			}
			if j == 0 {
				continue
			}
			change := 1
			if x[i-1] == y[j-1] {
				change = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}

// list joins words as a sentence does: "a, b and c".
func list(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return strings.Join(words[:n], ", ") + " " + last + " " + words[n]
}

// clip gives the first n characters.
func clip(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n-1]) + "…"
}
