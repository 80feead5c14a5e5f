package chat_test

import (
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"cohortbot/bot/chat"
)

func TestAnExcerptEndsAtAWord(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"It was the noise.", "It was the noise."},
		{"It was the noise that sent her home.", "It was the noise …"},
		{"It was the noise, and the cold.", "It was the noise …"},
		{"Nāmātātāmātātāmātātāmātā", "Nāmātātāmātātāmātāt …"},
	} {
		if got := chat.Short(c.text, 21); got != c.want {
			t.Errorf("%q becomes %q, want %q", c.text, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s, most := rapid.String().Draw(t, "text"), rapid.IntRange(3, 80).Draw(t, "most")
		if got := chat.Short(s, most); utf8.RuneCountInString(got) > most {
			t.Errorf("%q has more than %d characters", got, most)
		}
	})
}
