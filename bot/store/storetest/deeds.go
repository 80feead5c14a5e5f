package storetest

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"

	"cohortbot/bot/store"
)

func testPutGetDelete(t *testing.T, s store.Store) {
	wantNone(t, s, "a")
	put(t, s, "a", "1")
	want(t, s, "a", "1")
	put(t, s, "a", "2")
	want(t, s, "a", "2")
	put(t, s, "a", "") // an empty value is a value
	want(t, s, "a", "")
	put(t, s, "\x00\xff\x00", "binary")
	want(t, s, "\x00\xff\x00", "binary")
	for range 2 { // deleting what is not there is no error
		update(t, s, func(tx store.Tx) error { return tx.Delete([]byte("a")) })
		wantNone(t, s, "a")
	}
	update(t, s, func(store.Tx) error { return nil }) // a deed need not write
}

func testBytesAreTheCallers(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		key, value := []byte("key"), []byte("value")
		if err := tx.Put(key, value); err != nil {
			return err
		}
		copy(key, "xxx")
		copy(value, "xxxxx")
		for kv, err := range tx.Scan(nil, nil, false) {
			if err != nil {
				return err
			}
			copy(kv.Key, "yyy")
			copy(kv.Value, "yyyyy")
		}
		return nil
	})
	var kept []byte
	view(t, s, func(tx store.Tx) error {
		got, err := tx.Get([]byte("key"))
		copy(got, "zzzzz")
		for kv, err := range tx.Scan(nil, nil, true) {
			if err != nil {
				return err
			}
			kept = kv.Value
			copy(kv.Key, "zzz")
		}
		return err
	})
	put(t, s, "key", "other")
	if string(kept) != "value" {
		t.Errorf("bytes kept after the view became %q", kept)
	}
	want(t, s, "key", "other")
}

func testLimits(t *testing.T, s store.Store) {
	long, large := strings.Repeat("k", store.MaxKey), strings.Repeat("v", store.MaxValue)
	put(t, s, long, large)
	want(t, s, long, large)
	for _, bad := range []struct {
		name, key, value string
		want             error
	}{
		{"no key", "", "v", store.ErrEmptyKey},
		{"a long key", long + "k", "v", store.ErrTooLarge},
		{"a large value", "k", large + "v", store.ErrTooLarge},
	} {
		err := s.Update(context.Background(), func(tx store.Tx) error { return tx.Put([]byte(bad.key), []byte(bad.value)) })
		if !errors.Is(err, bad.want) {
			t.Errorf("Put of %s: %v, want %v", bad.name, err, bad.want)
		}
	}
	if got := all(t, s); len(got) != 1 {
		t.Errorf("%d keys, want the one within the limits", len(got))
	}
	// Looking for what can never be there finds nothing.
	wantNone(t, s, long+"k")
	wantNone(t, s, "")
	update(t, s, func(tx store.Tx) error { return errors.Join(tx.Delete([]byte(long+"k")), tx.Delete(nil)) })
}

func testViewIsReadOnly(t *testing.T, s store.Store) {
	put(t, s, "a", "1")
	view(t, s, func(tx store.Tx) error {
		if err := tx.Put([]byte("b"), nil); !errors.Is(err, store.ErrReadOnly) {
			t.Errorf("Put in a view: %v, want ErrReadOnly", err)
		}
		if err := tx.Delete([]byte("a")); !errors.Is(err, store.ErrReadOnly) {
			t.Errorf("Delete in a view: %v, want ErrReadOnly", err)
		}
		return nil
	})
	want(t, s, "a", "1")
	failed := errors.New("no")
	if err := s.View(context.Background(), func(store.Tx) error { return failed }); !errors.Is(err, failed) {
		t.Errorf("a failing view returned %v", err)
	}
}

func testFailedDeed(t *testing.T, s store.Store) {
	put(t, s, "a", "1")
	spoil := func(tx store.Tx) error {
		return errors.Join(tx.Put([]byte("a"), []byte("2")), tx.Put([]byte("b"), []byte("2")), tx.Delete([]byte("a")))
	}
	failed := errors.New("no")
	if err := s.Update(context.Background(), func(tx store.Tx) error { return errors.Join(spoil(tx), failed) }); !errors.Is(err, failed) {
		t.Errorf("a failing deed returned %v", err)
	}
	func() {
		defer func() {
			if p := recover(); p != "no" {
				t.Errorf("the caller recovered %v, want the deed's own panic", p)
			}
		}()
		_ = s.Update(context.Background(), func(tx store.Tx) error { _ = spoil(tx); panic("no") })
	}()
	exited := make(chan struct{})
	go func() { // as t.FailNow does
		defer close(exited)
		_ = s.Update(context.Background(), func(tx store.Tx) error { _ = spoil(tx); runtime.Goexit(); return nil })
	}()
	<-exited
	want(t, s, "a", "1")
	wantNone(t, s, "b")
}

func testOwnWrites(t *testing.T, s store.Store) {
	put(t, s, "a", "old")
	update(t, s, func(tx store.Tx) error {
		for _, value := range []string{"new", "newer"} {
			if err := tx.Put([]byte("a"), []byte(value)); err != nil {
				return err
			}
			if got, err := tx.Get([]byte("a")); err != nil || string(got) != value {
				t.Errorf("Get = %q, %v, want the deed's own %q", got, err, value)
			}
		}
		if err := tx.Delete([]byte("a")); err != nil {
			return err
		}
		if _, err := tx.Get([]byte("a")); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Get of what the deed deleted: %v, want ErrNotFound", err)
		}
		return tx.Put([]byte("a"), []byte("last"))
	})
	want(t, s, "a", "last")
}

func testEndedTx(t *testing.T, s store.Store) {
	put(t, s, "a", "1")
	for name, run := range map[string]func(context.Context, func(store.Tx) error) error{"View": s.View, "Update": s.Update} {
		var kept store.Tx
		if err := run(context.Background(), func(tx store.Tx) error { kept = tx; return nil }); err != nil {
			t.Fatal(err)
		}
		_, err := kept.Get([]byte("a"))
		for _, err := range []error{err, kept.Put([]byte("a"), nil), kept.Delete([]byte("a"))} {
			if !errors.Is(err, store.ErrEnded) {
				t.Errorf("a tx used after its %s: %v, want ErrEnded", name, err)
			}
		}
		if _, err := scan(kept, "", "", false); !errors.Is(err, store.ErrEnded) {
			t.Errorf("a scan after its %s: %v, want ErrEnded", name, err)
		}
	}
	want(t, s, "a", "1")
}

func testContext(t *testing.T, s store.Store) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	ran := func(tx store.Tx) error { t.Error("ran all the same"); return nil }
	if err := s.Update(ended, ran); !errors.Is(err, context.Canceled) {
		t.Errorf("Update: %v, want context.Canceled", err)
	}
	if err := s.View(ended, ran); !errors.Is(err, context.Canceled) {
		t.Errorf("View: %v, want context.Canceled", err)
	}
	// One that ends while the deed runs comes too late.
	late, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := s.Update(late, func(tx store.Tx) error { cancel(); return tx.Put([]byte("a"), []byte("1")) }); err == nil {
		want(t, s, "a", "1")
	} else if errors.Is(err, context.Canceled) {
		wantNone(t, s, "a") // run again, it had not begun
	} else {
		t.Errorf("Update: %v", err)
	}
}

func testClosed(t *testing.T, s store.Store) {
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	ran := func(tx store.Tx) error { t.Error("ran all the same"); return nil }
	for name, err := range map[string]error{
		"Update": s.Update(context.Background(), ran),
		"View":   s.View(context.Background(), ran),
		"Close":  s.Close(),
	} {
		if !errors.Is(err, store.ErrClosed) || bytes.Contains([]byte(err.Error()), []byte("%!")) {
			t.Errorf("%s of a closed store: %v, want ErrClosed", name, err)
		}
	}
}
