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
