package discordfake_test

import (
	"sync"
	"testing"

	"cohortbot/adapters/discord/discordfake/published"
)

var (
	loaded  *published.Description
	loadErr error
	load    sync.Once
)

// description is read once for all tests, as that takes a second.
func description(path string) (*published.Description, error) {
	load.Do(func() { loaded, loadErr = published.Load(path) })
	return loaded, loadErr
}

// conform holds everything that went over the wire against the published
// description, when the test is over.
func conform(w *world) {
	path, found := published.Find()
	if !found {
		w.t.Logf("not held against the published description: it is not at %s", path)
		return
	}
	w.t.Cleanup(func() {
		d, err := description(path)
		if err != nil {
			w.t.Fatal(err)
		}
		n := 0
		for _, e := range w.Exchanges() {
			n++
			if err := d.Check(e); err != nil {
				w.t.Errorf("%v\nsent: %.1000v", err, e.Request)
			}
		}
		w.t.Logf("%d exchanges are as published", n)
	})
}

func TestThePublishedDescriptionRefusesWhatItOught(t *testing.T) {
	path, found := published.Find()
	if !found {
		t.Skipf("the published description is not at %s", path)
	}
	d, err := description(path)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, opt{})
	if _, err := w.bot.User("@me"); err != nil {
		t.Fatal(err)
	}
	e := w.Exchanges()[0]
	if err := d.Check(e); err != nil {
		t.Error(err)
	}
	bad := e
	bad.Response = map[string]any{"id": 7}
	if d.Check(bad) == nil {
		t.Error("a wrong answer passed")
	}
	bad = e
	bad.Status = 203
	if d.Check(bad) == nil {
		t.Error("an unpublished status passed")
	}
	bad = e
	bad.Query = map[string][]string{"deep": {"1"}}
	if d.Check(bad) == nil {
		t.Error("an unpublished query passed")
	}
}
