package prompts

import "testing"

func TestAnExcerptEndsAtAWord(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"It was the noise.", "It was the noise."},
		{"It was the noise that sent her home.", "It was the noise …"},
		{"It was the noise, and the cold.", "It was the noise …"},
		{"Nāmātātāmātātāmātātāmātā", "Nāmātātāmātātāmātāt …"},
	} {
		if got := short(c.text, 19); got != c.want {
			t.Errorf("%q becomes %q, want %q", c.text, got, c.want)
		}
	}
}
