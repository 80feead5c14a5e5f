package files_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cohortbot/adapters/files"
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
	if err != nil || len(all) != 2 || all[0] != (privacy.Erased{Person: "one", At: at}) || all[1].Person != "two" {
		t.Errorf("it remembers %v, %v", all, err)
	}
}
