package health

import (
	"context"
	"errors"
	"time"

	"cohortbot/bot/chat"
)

// Watch gives a platform that is p, with what goes through it counted and timed under
// a name.
func (h *Health) Watch(name string, p chat.Platform) chat.Platform {
	return watched{p, h, name}
}

type watched struct {
	chat.Platform
	h    *Health
	name string
}

// Listen listens, with an inbox that is timed.
func (w watched) Listen(ctx context.Context, in chat.Inbox) error {
	return w.Platform.Listen(ctx, timed{in, w.h, w.name})
}

// Send sends, and counts.
func (w watched) Send(ctx context.Context, to chat.Place, key string, m chat.Message) (chat.Address, error) {
	at, err := w.Platform.Send(ctx, to, key, m)
	return at, w.count("new", err)
}

// Edit edits, and counts.
func (w watched) Edit(ctx context.Context, at chat.Address, m chat.Message) error {
	return w.count("edit", w.Platform.Edit(ctx, at, m))
}

// Delete deletes, and counts.
func (w watched) Delete(ctx context.Context, at chat.Address) error {
	return w.count("deletion", w.Platform.Delete(ctx, at))
}

func (w watched) count(kind string, err error) error {
	switch {
	case err == nil:
		w.h.deliveries.WithLabelValues(w.name, kind).Inc()
	case !errors.Is(err, context.Canceled): // the program stops
		w.h.failures.WithLabelValues(w.name, failureOf(err)).Inc()
	}
	return err
}

// failureOf gives the kind of an error of a platform.
func failureOf(err error) string {
	var limited chat.RateLimited
	for _, known := range []struct {
		is   error
		kind string
	}{
		{chat.ErrClosed, "closed"},
		{chat.ErrGone, "gone"},
		{chat.ErrRefused, "refused"},
		{chat.ErrFatal, "fatal"},
		{chat.ErrUnclear, "unclear"},
		{context.DeadlineExceeded, "timeout"},
	} {
		if errors.Is(err, known.is) {
			return known.kind
		}
	}
	if errors.As(err, &limited) {
		return "rate_limited"
	}
	return "other"
}

type timed struct {
	chat.Inbox
	h    *Health
	name string
}

// Do carries out, and times.
func (t timed) Do(ctx context.Context, r chat.Request) (chat.Outcome, error) {
	defer t.time("deed")()
	return t.Inbox.Do(ctx, r)
}

// Hear hears, and times.
func (t timed) Hear(ctx context.Context, s chat.Said) error {
	defer t.time("message")()
	return t.Inbox.Hear(ctx, s)
}

func (t timed) time(kind string) func() {
	began := time.Now()
	return func() { t.h.answers.WithLabelValues(t.name, kind).Observe(time.Since(began).Seconds()) }
}
