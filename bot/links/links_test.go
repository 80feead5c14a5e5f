package links_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/links"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
)

var now = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

func TestALinkIsOpenUntilItExpiresOrIsTakenBack(t *testing.T) {
	s := storetest.New(t, links.Table)
	ctx := context.Background()
	var one, other links.Link
	if err := s.Update(ctx, func(tx store.Tx) (err error) {
		if one, err = links.Make(tx, "attest write", "request-1", now.Add(time.Hour), now); err != nil {
			return err
		}
		other, err = links.Make(tx, "attest write", "request-1", now.Add(2*time.Hour), now)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	opens := func(token string, at time.Time) bool {
		t.Helper()
		var err error
		if failed := s.View(ctx, func(tx store.Tx) error { _, err = links.Open(tx, token, at); return nil }); failed != nil {
			t.Fatal(failed)
		}
		if err != nil && !errors.Is(err, links.ErrNone) {
			t.Fatal(err)
		}
		return err == nil
	}
	if len(one.Token) != 43 || one.Token == other.Token || strings.Contains(string(one.ID), one.Token) {
		t.Errorf("tokens %q and %q, id %q", one.Token, other.Token, one.ID)
	}
	if !opens(one.Token, now) || opens(one.Token, now.Add(time.Hour)) {
		t.Error("it is open until it expires, and no longer")
	}
	for _, bad := range []string{"", "x", one.Token[:42], one.Token + "x", strings.ToUpper(one.Token), string(one.ID), "../" + one.Token} {
		if opens(bad, now) {
			t.Errorf("%q opens", bad)
		}
	}
	if err := s.Update(ctx, func(tx store.Tx) error { return links.End(tx, other.ID, now) }); err != nil {
		t.Fatal(err)
	}
	if opens(other.Token, now) || !opens(one.Token, now) {
		t.Error("one link was taken back, and no other")
	}
	if err := s.View(ctx, func(tx store.Tx) error {
		open, err := links.To(tx, "attest write", "request-1", now)
		if err != nil || len(open) != 1 || open[0].ID != one.ID {
			t.Errorf("%v, %v; want the first alone", open, err)
		}
		kept, err := links.Table.Get(tx, other.ID)
		if err == nil && kept.Token != "" {
			t.Error("the secret of a link that was taken back is still kept")
		}
		if _, err := links.Of(tx, one.Guest(), now); err != nil {
			t.Error(err)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestALinkThatOpensOnceIsExchangedOneTime(t *testing.T) {
	s := storetest.New(t, links.Table)
	ctx := context.Background()
	showing := strings.Repeat("a", 32)
	var once, plain links.Link
	update := func(fn func(tx store.Tx) error) error { return s.Update(ctx, fn) }
	if err := update(func(tx store.Tx) (err error) {
		if plain, err = links.Make(tx, "attest write", "request-1", now.Add(time.Hour), now); err != nil {
			return err
		}
		once, err = links.MakeOnce(tx, "writing", "portfolio-1", now.Add(time.Hour), now)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	enter := func(token, showing string, at time.Time) (l links.Link, err error) {
		failed := update(func(tx store.Tx) error { l, err = links.Enter(tx, token, showing, time.Hour, at); return nil })
		return l, errors.Join(err, failed)
	}
	for name, tried := range map[string][2]string{
		"a link that shows a deed": {plain.Token, showing}, "no page": {once.Token, ""}, "a short name of a page": {once.Token, showing[1:]},
		"one letter wrong": {once.Token[:42] + "x", showing}, "nothing": {"", showing},
	} {
		if _, err := enter(tried[0], tried[1], now); !errors.Is(err, links.ErrNone) {
			t.Errorf("%s: %v", name, err)
		}
	}
	session, err := enter(once.Token, showing, now)
	if err != nil || !session.Session || session.Record != "portfolio-1" || session.Command != "writing" {
		t.Fatalf("entered %+v, %v", session, err)
	}
	if twice, err := enter(once.Token, showing, now.Add(time.Second)); err != nil || twice.Token != session.Token {
		t.Errorf("pressed twice: %v", err)
	}
	if _, err := enter(once.Token, strings.Repeat("b", 32), now); !errors.Is(err, links.ErrNone) {
		t.Errorf("somebody else after them: %v", err)
	}
	if err := s.View(ctx, func(tx store.Tx) error {
		for row, err := range links.Table.All(tx) {
			if err != nil {
				return err
			}
			if row.Value.Token == session.Token || row.Value.Token == once.Token {
				t.Error("a token that nobody needs any more is kept")
			}
		}
		for name, opens := range map[string]func() error{
			"a link as a session":  func() error { _, err := links.OpenSession(tx, plain.Token, now); return err },
			"a session as a link":  func() error { _, err := links.Open(tx, session.Token, now); return err },
			"a session as a guest": func() error { _, err := links.Of(tx, session.Guest(), now); return err },
			"a session too late":   func() error { _, err := links.OpenSession(tx, session.Token, now.Add(time.Hour)); return err },
		} {
			if err := opens(); !errors.Is(err, links.ErrNone) {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := links.OpenSession(tx, session.Token, now.Add(time.Minute))
		return err
	}); err != nil {
		t.Error(err)
	}
}
