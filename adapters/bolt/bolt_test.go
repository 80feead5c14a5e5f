package bolt

import (
	"path/filepath"
	"testing"

	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
)

func open(t testing.TB, path string, o Options) *Store {
	t.Helper()
	s, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConforms(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		return open(t, filepath.Join(t.TempDir(), "test.db"), Options{NoSync: true})
	})
}

func TestConformsOverReopening(t *testing.T) {
	storetest.RunReopened(t, func(t *testing.T) func() store.Store {
		path := filepath.Join(t.TempDir(), "test.db")
		return func() store.Store { return open(t, path, Options{}) }
	})
}
