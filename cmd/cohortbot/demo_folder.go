package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"cohortbot/bot/store"
)

// demoState is what the demonstration keeps about itself, in the workspace's
// store. It is there before anything else is, and so tells a demonstration's
// folder from one with real data.
type demoState struct {
	Seeded bool          `json:"seeded,omitempty"` // its past was acted out to the end
	Offset time.Duration `json:"offset"`           // how far its clock is ahead of the machine's
}

var demoTable = store.NewTable[string, demoState]("demo", 1)

const (
	demoKey        = "state"
	demoConfigFile = "config.yaml"
)

var errNoDemo = errors.New("this is the data of a real workspace, which a demonstration would fill with made-up people; name another folder with --data")

// openDemo opens the demonstration's folder. One whose past was not acted out to
// the end begins anew; one with anything else in it is refused.
func openDemo(ctx context.Context, path string, log *slog.Logger) (folder, demoState, error) {
	kept := filepath.Join(path, storeFile)
	_, err := os.Stat(kept)
	isNew := errors.Is(err, fs.ErrNotExist)
	space, err := openStore(path, workspaceFile, log)
	if err != nil {
		return folder{}, demoState{}, err
	}
	state, fresh, err := markDemo(ctx, space, isNew)
	if err != nil {
		return folder{}, state, errors.Join(fmt.Errorf("%s: %w", path, err), space.Close())
	}
	if !fresh && !state.Seeded { // it was stopped while its past was acted out
		err := errors.Join(space.Close(), remove(kept), remove(filepath.Join(path, workspaceFile)))
		if err != nil {
			return folder{}, state, fmt.Errorf("beginning the demonstration anew: %w", err)
		}
		return openDemo(ctx, path, log)
	}
	s, err := openStore(path, storeFile, log)
	if err != nil {
		return folder{}, state, errors.Join(err, space.Close())
	}
	return folder{store: s, workspace: space}, state, nil
}

// markDemo reads what the demonstration keeps about itself, and puts its mark
// into a store that is fresh.
func markDemo(ctx context.Context, s store.Store, isNew bool) (state demoState, fresh bool, err error) {
	err = s.Update(ctx, func(tx store.Tx) error {
		state, fresh, err = demoState{}, false, nil
		state, err = demoTable.Get(tx, demoKey)
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		for _, err := range tx.Scan(nil, nil, false) {
			if err != nil {
				return err
			}
			return errNoDemo // something is kept here, and not by a demonstration
		}
		if !isNew {
			return errNoDemo
		}
		fresh = true
		return demoTable.Put(tx, demoKey, state)
	})
	return state, fresh, err
}

// demoConfig is by what other commands find a demonstration, such as research.
const demoConfig = `# By this, other commands find the demonstration, such as
#   cohortbot research --config THIS-FILE --out release --running
data: .
local:
  address: 127.0.0.1:8080
  people:
    - {id: aroha, name: Aroha, admin: true}
  channels:
    - {id: general}
`

func configureDemo(path string) error {
	return os.WriteFile(filepath.Join(path, demoConfigFile), []byte(demoConfig), 0o600)
}

func saveDemo(ctx context.Context, s store.Store, state demoState) error {
	return s.Update(ctx, func(tx store.Tx) error { return demoTable.Put(tx, demoKey, state) })
}

func remove(file string) error {
	if err := os.Remove(file); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
