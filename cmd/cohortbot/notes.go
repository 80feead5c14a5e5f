package main

import (
	"context"
	"errors"

	"cohortbot/bot/store"
)

// platformNotes keeps in the bot's store what a platform wants to find again after
// a restart: where its connections were. There is nothing about people in it.
type platformNotes struct{ store store.Store }

var notesTable = store.NewTable[string, []byte]("platformnotes", 1)

// Load gives what was saved last under a name, or nothing.
func (n platformNotes) Load(ctx context.Context, name string) (data []byte, err error) {
	err = n.store.View(ctx, func(tx store.Tx) error {
		data, err = notesTable.Get(tx, name)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	})
	return data, err
}

// forgetNotes has every platform begin anew, as after a backup is put back: going on
// where a connection was on an earlier day would have told again what people did
// since, those among them who had everything erased.
func forgetNotes(ctx context.Context, s store.Store) error {
	return s.Update(ctx, func(tx store.Tx) error {
		for row, err := range notesTable.All(tx) {
			if err == nil {
				err = notesTable.Delete(tx, row.ID)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Save puts data in the place of what was there.
func (n platformNotes) Save(ctx context.Context, name string, data []byte) error {
	return n.store.Update(ctx, func(tx store.Tx) error { return notesTable.Put(tx, name, data) })
}
