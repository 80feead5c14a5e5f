package bottest

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"cohortbot/bot"
	"cohortbot/bot/store"
)

// killable is a store whose changes fail from a certain one on, as for a process that
// is killed.
type killable struct {
	store.Store
	left int
}

func (k *killable) Update(ctx context.Context, fn func(store.Tx) error) error {
	if k.left == 0 {
		return errors.New("killed")
	}
	k.left--
	return k.Store.Update(ctx, fn)
}

// KilledAfter starts a bot on the world's store, in the place of the one that runs,
// has it do what can be done, and kills it after n changes; then another is started.
// It tells whether the one came to its end before that.
func (w *World) KilledAfter(n int) (finished bool) {
	w.T.Helper()
	b, err := bot.New(context.Background(), bot.Options{
		Store: &killable{w.Store, n}, Clock: w.Clock, Erased: w.Erased, Files: w.Files, Keep: w.Keep, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err == nil {
		err = b.Settle(context.Background())
	}
	w.Restart()
	return err == nil
}
