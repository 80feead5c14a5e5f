package bot

import (
	"context"
	"io"

	"cohortbot/bot/evidence"
	"cohortbot/bot/links"
	"cohortbot/bot/portfolios"
	"cohortbot/bot/store"
)

// This file is what a browser reaches in which somebody opened their page for
// writing: no deeds, only the texts of one portfolio. Every call looks anew whether
// the session is open. All errors may be [links.ErrNone].

// Enter exchanges a link that opens once for a session of one browser. showing names
// the page on which that was done, so that pressing twice gives the same.
func (b *Bot) Enter(ctx context.Context, token, showing string) (s links.Link, err error) {
	err = b.update(ctx, func(tx store.Tx) error {
		s, err = links.Enter(tx, token, showing, portfolios.WritingTime, b.clock.Now())
		return err
	})
	return s, err
}

// Leave ends a session.
func (b *Bot) Leave(ctx context.Context, session string) error {
	return b.update(ctx, func(tx store.Tx) error {
		now := b.clock.Now()
		l, err := links.OpenSession(tx, session, now)
		if err != nil {
			return err
		}
		return links.End(tx, l.ID, now)
	})
}

// Writing gives what somebody writes on.
func (b *Bot) Writing(ctx context.Context, session string) (w portfolios.Writing, err error) {
	err = b.store.View(ctx, func(tx store.Tx) error {
		w, _, err = b.writing(tx, session)
		return err
	})
	return w, err
}

func (b *Bot) writing(tx store.Tx, session string) (portfolios.Writing, links.Link, error) {
	now := b.clock.Now()
	l, err := links.OpenSession(tx, session, now)
	if err != nil {
		return portfolios.Writing{}, l, err
	}
	w, err := portfolios.WritingBy(tx, l, now)
	return w, l, err
}

// Save keeps the text of a part; see [portfolios.Save], whose errors it gives.
func (b *Bot) Save(ctx context.Context, session, part, base, text string) (s portfolios.Saved, err error) {
	err = b.update(ctx, func(tx store.Tx) error {
		w, l, err := b.writing(tx, session)
		if err == nil {
			s, err = portfolios.Save(tx, w, part, base, text, l.ID, b.clock.Now())
		}
		return err
	})
	return s, err
}

// Versions gives how a part read before, the oldest first.
func (b *Bot) Versions(ctx context.Context, session, part string) (all []portfolios.Version, err error) {
	err = b.store.View(ctx, func(tx store.Tx) error {
		w, _, err := b.writing(tx, session)
		if err == nil {
			all, err = portfolios.VersionsOf(tx, w.Portfolio, part)
		}
		return err
	})
	return all, err
}

// Restore brings a version of a part back, or puts it below what stands there. False
// where it is no longer kept, or all of it would not fit.
func (b *Bot) Restore(ctx context.Context, session, part string, number int, below bool) (ok bool, err error) {
	err = b.update(ctx, func(tx store.Tx) error {
		w, _, err := b.writing(tx, session)
		if err == nil {
			ok, err = portfolios.Restore(tx, w, part, number, below, b.clock.Now())
		}
		return err
	})
	return ok, err
}

// Papers gives the files that a link opens: those of the copy that an assessor came
// to judge, as long as they judge it.
func (b *Bot) Papers(ctx context.Context, token string) (all []evidence.File, err error) {
	err = b.store.View(ctx, func(tx store.Tx) error {
		l, err := links.Open(tx, token, b.clock.Now())
		if err == nil {
			all, err = portfolios.FilesFor(tx, l)
		}
		return err
	})
	return all, err
}

// Paper gives the bytes of one of them, by its place. Errors: [evidence.ErrNoContent]
// where there is none.
func (b *Bot) Paper(ctx context.Context, token string, n int) (f evidence.File, r io.ReadCloser, err error) {
	all, err := b.Papers(ctx, token)
	if err != nil {
		return f, nil, err
	}
	if n < 0 || n >= len(all) {
		return f, nil, evidence.ErrNoContent
	}
	r, err = b.copier.Open(ctx, all[n])
	return all[n], r, err
}
