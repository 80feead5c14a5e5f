package web

import (
	"log/slog"
	"testing"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
	"cohortbot/schedules"
)

// Whoever has everything forgotten is told that it is done, even where the words
// that say so are forgotten before they can be shown.
func TestTheAnswerOfADeedThatHasEverythingForgottenIsShown(t *testing.T) {
	ctx := t.Context()
	clock := schedules.NewMovable(time.Date(2031, time.February, 5, 10, 0, 0, 0, time.UTC), false)
	w, err := New(storetest.New(t), Options{Clock: clock, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ana := chat.User{Workspace: Name, ID: "ana"}
	if err := w.AddPerson(ctx, chat.Profile{User: ana, Name: "Ana", Zone: "Pacific/Auckland"}); err != nil {
		t.Fatal(err)
	}
	var done result
	var said message
	if err := w.store.Update(ctx, func(tx store.Tx) (err error) {
		done, said, err = w.keepOutcome(tx, "ana", chat.Request{At: chat.Direct(ana)}, chat.Say("Erased."))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.Forget(ctx, []chat.User{ana}); err != nil {
		t.Fatal(err)
	}
	if a, err := w.answer(ctx, "ana", done, said); err != nil || a.Reply == nil || a.Reply.Text != "Erased." {
		t.Errorf("she is answered %+v, %v", a.Reply, err)
	}
	if a, err := w.answer(ctx, "ana", done, message{}); err != nil || a.Reply != nil && a.Reply.Text != "" {
		t.Errorf("asked again, it still says %+v, %v", a.Reply, err)
	}
}
