package files_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/files"
	"cohortbot/bot/chat"
	"cohortbot/bot/people"
	"cohortbot/bot/privacy"
)

func TestWhoWasErasedIsRememberedOnceAndOverACrash(t *testing.T) {
	folder, ctx := t.TempDir(), context.Background()
	at := time.Date(2031, time.March, 1, 9, 0, 0, 0, time.UTC)
	add := func(l *files.Ledger, id people.ID) {
		if err := l.Add(ctx, privacy.Erased{Person: id, At: at}); err != nil {
			t.Fatal(err)
		}
	}
	l := files.OpenErased(folder)
	add(l, "one")
	add(l, "one")
	path := filepath.Join(folder, files.ErasedFile)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(data, "2031-03-02T09:"...), 0o600); err != nil { // cut off in the middle
		t.Fatal(err)
	}
	add(files.OpenErased(folder), "two")
	all, err := files.OpenErased(folder).All(ctx)
	if err != nil || len(all) != 2 || all[0].Person != "one" || !all[0].At.Equal(at) || all[1].Person != "two" {
		t.Errorf("it remembers %v, %v", all, err)
	}
}

// An account is known again by a mark that is of no use without the key, and no
// backup has the key.
func TestAnErasedAccountIsKnownAgainAndItsMarkLeadsToNobody(t *testing.T) {
	folder, other, ctx := t.TempDir(), t.TempDir(), context.Background()
	ana := chat.User{Workspace: "slack/T1", ID: "UANA"}
	knows := func(l *files.Ledger, u chat.User) bool {
		t.Helper()
		known, err := l.Knows(u)
		if err != nil {
			t.Fatal(err)
		}
		return known
	}
	l := files.OpenErased(folder)
	if knows(l, ana) {
		t.Error("somebody is known who was not erased")
	}
	for range 2 { // the second time it comes from a backup
		if err := l.Add(ctx, privacy.Erased{Person: "one", Accounts: []chat.User{ana}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, u := range []chat.User{{Workspace: "slack/T2", ID: "UANA"}, {Workspace: "slack/T1", ID: "UBEN"}, {Workspace: "slack/T1UANA"}} {
		if knows(l, u) {
			t.Errorf("%v is taken for an account that was erased", u)
		}
	}
	if !knows(l, ana) || !knows(files.OpenErased(folder), ana) {
		t.Error("the account is not known again")
	}
	data, err := os.ReadFile(filepath.Join(folder, files.ErasedFile))
	if err != nil || strings.Contains(string(data), "UANA") || len(strings.Fields(string(data))) != 3 {
		t.Errorf("the file holds %s, %v", data, err)
	}
	if info, err := os.Stat(filepath.Join(folder, files.ErasedKey)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key is %v, %v", info, err)
	}
	// What a backup brings is merged, and known where the key is.
	lines, err := l.All(ctx)
	if err != nil || len(lines) != 1 {
		t.Fatalf("it has %v, %v", lines, err)
	}
	brought := files.OpenErased(other)
	if err := brought.Add(ctx, lines[0]); err != nil {
		t.Fatal(err)
	}
	if knows(brought, ana) {
		t.Error("an account is known without the key")
	}
	key, err := os.ReadFile(filepath.Join(folder, files.ErasedKey))
	if err == nil {
		err = os.WriteFile(filepath.Join(other, files.ErasedKey), key, 0o600)
	}
	if err != nil || !knows(files.OpenErased(other), ana) {
		t.Errorf("with the key it is not known: %v", err)
	}
}
