package chat

import "strings"

// Short gives a text in at most so many characters: all of it, or its beginning up
// to the end of a word, where there are words, and a sign that there is more.
func Short(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	cut := string(r[:most-2])
	if i := strings.LastIndexAny(cut, " \n"); i > len(cut)/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " \n.,;:") + " …"
}

// And names several things in a sentence: "a", "a and b", "a, b and c".
func And(words []string) string { return list(words, "and") }
