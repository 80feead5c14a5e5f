package portfolios

import (
	"errors"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/store"
)

// A page keeps a text a moment after every pause in typing, and most of what goes
// between two such moments is half a sentence that was finished, or a slip that was
// mended. So no version is made of every save, but of each that would lose something:
// a sentence that stood there for longer than one save, and is in no version yet.

const (
	// mostFresh is how many sentences can be new with one change and still count as
	// being typed. More came from elsewhere, or were written without a connection.
	mostFresh = 3
	// freshFor is how long a sentence counts as being typed at most.
	freshFor = 30 * time.Second
	// longest is how many words count as one sentence: somebody who dictates may use
	// no full stop at all.
	longest = 25
)

// sentences cuts a text where a sentence or a line ends. White space between words
// is of no matter.
func sentences(text string) []string {
	var all, words []string
	end := func() {
		if len(words) > 0 {
			all, words = append(all, strings.Join(words, " ")), nil
		}
	}
	for line := range strings.Lines(text) {
		for _, word := range strings.Fields(line) {
			words = append(words, word)
			if strings.HasSuffix(strings.TrimRight(word, `"'”’»)`), ".") || strings.ContainsAny(word[len(word)-1:], "!?") || strings.HasSuffix(word, "…") || len(words) == longest {
				end()
			}
		}
		end()
	}
	return all
}

// lacking gives the sentences of one text that stand nowhere in another, not as a
// part of a longer one either.
func lacking(text, in string) []string {
	whole := strings.Join(strings.Fields(in), " ")
	return slices.DeleteFunc(sentences(text), func(s string) bool { return strings.Contains(whole, s) })
}

// fresh marks the sentences that a text has and the one before has not; none where
// they are more than somebody types at once.
func fresh(before, text string) []string {
	added := lacking(text, before)
	if len(added) > mostFresh {
		return nil
	}
	for i, s := range added {
		added[i] = Mark(s)
	}
	return added
}

// loses tells whether a text in the place of t would lose a sentence that is more
// than what was being typed just now, and that the youngest version has not.
func (t Text) loses(tx store.Tx, text string, now time.Time) (bool, error) {
	gone := lacking(t.Text, text)
	if now.Sub(t.At) < freshFor {
		gone = slices.DeleteFunc(gone, func(s string) bool { return slices.Contains(t.Fresh, Mark(s)) })
	}
	if len(gone) == 0 {
		return false, nil
	}
	v, err := Versions.Get(tx, versionID(Version{Portfolio: t.Portfolio, Part: t.Part, Number: t.Changes}))
	if errors.Is(err, store.ErrNotFound) {
		return true, nil
	}
	return len(lacking(strings.Join(gone, "\n"), v.Text)) > 0, err
}
