package bottest

import (
	"context"
	"regexp"

	"cohortbot/bot/chat"
)

var linkPath = regexp.MustCompile(`/l/([A-Za-z0-9_-]{43})`)

// Token gives the secret of the link in what somebody was last answered.
func (w *World) Token(as string) string {
	w.T.Helper()
	found := linkPath.FindStringSubmatch(w.Answer(as))
	if found == nil {
		w.T.Fatalf("%s was given no link: %s", as, w.Answer(as))
	}
	return found[1]
}

// Follow has somebody open a link, and be the guest of it from now on. The error is
// links.ErrNone where none is open.
func (w *World) Follow(as, token string) (chat.Outcome, error) {
	w.T.Helper()
	l, out, err := w.Bot.Follow(context.Background(), token, "")
	if err != nil {
		return out, err
	}
	w.people[as] = chat.Profile{User: l.Guest()}
	w.answered(as, out)
	return out, nil
}
