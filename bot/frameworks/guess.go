package frameworks

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// mostGuesses is how many items are offered for a text.
const mostGuesses = 3

// Guess gives the items to do and to know whose words stand in a text, the likeliest
// first. It is for offering, and never decides.
func (f Framework) Guess(text string) []Item {
	said := tokens(text)
	candidates := append(f.Covering(Do), f.Covering(Know)...)
	words := make([][]string, len(candidates))
	for n, c := range candidates {
		words[n] = tokens(c.Text + " " + c.About)
	}
	type guess struct {
		item  Item
		score float64
	}
	var guesses []guess
	for n, c := range candidates {
		score := 0.0
		for _, w := range words[n] {
			if !slices.ContainsFunc(said, func(s string) bool { return akin(s, w) }) {
				continue
			}
			// A word that stands in many of them tells little.
			in := 0
			for _, other := range words {
				if slices.ContainsFunc(other, func(o string) bool { return akin(o, w) }) {
					in++
				}
			}
			score += 1 / float64(in)
		}
		if score >= 0.5 {
			guesses = append(guesses, guess{c, score})
		}
	}
	slices.SortStableFunc(guesses, func(a, b guess) int { return cmp.Compare(b.score, a.score) })
	var found []Item
	for _, g := range guesses[:min(len(guesses), mostGuesses)] {
		found = append(found, g.item)
	}
	return found
}

// tokens gives the words of a text that tell something, each once.
func tokens(text string) []string {
	var words []string
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		if len([]rune(w)) >= 4 && !slices.Contains(plainWords, w) && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return words
}

// plainWords stand in any text.
var plainWords = strings.Fields(`about after again also another because been before being between both could does down each
	even every from have here into itself just like made make many might more most much only other others over same should
	some such than that their them then there these they this those through time under very want well were what when where
	which while will with without would your yours`)

// akin tells whether two words are forms of one, as far as their beginnings tell.
func akin(a, b string) bool {
	short, long := []rune(a), []rune(b)
	if len(short) > len(long) {
		short, long = long, short
	}
	same := 0
	for same < len(short) && short[same] == long[same] {
		same++
	}
	return same == len(short) && len(long)-len(short) <= 5 || same >= 6
}
