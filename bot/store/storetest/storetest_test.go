package storetest_test

import (
	"context"
	"errors"
	"testing"

	"go.uber.org/goleak"

	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMemoryConforms(t *testing.T) {
	storetest.Run(t, func(*testing.T) store.Store { return storetest.Memory() })
}

func TestTwiceShowsADeedThatReachesOutsideItsTx(t *testing.T) {
	s, runs := storetest.New(t), 0
	err := s.Update(context.Background(), func(tx store.Tx) error { runs++; return tx.Put([]byte("a"), []byte{byte(runs)}) })
	if err != nil || runs != 2 {
		t.Fatalf("ran %d times, %v, want twice", runs, err)
	}
	failed := errors.New("no")
	if err := s.Update(context.Background(), func(store.Tx) error { return failed }); !errors.Is(err, failed) {
		t.Errorf("Update: %v, want the function's own error", err)
	}
}
