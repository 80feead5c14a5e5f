package web

import (
	"context"

	"cohortbot/bot/chat"
	"cohortbot/bot/store"
)

// Forget takes away what people with these accounts wrote in the workspace, and
// what the bot wrote to them alone. What it showed to others for a moment, and the
// forms that are open, may show their words as well, and go with it: this workspace
// is for trying the bot out, and a question can be asked again. The accounts stay,
// as on any other platform.
func (w *Workspace) Forget(ctx context.Context, accounts []chat.User) error {
	for _, a := range accounts {
		if a.Workspace != Name {
			continue
		}
		if err := w.forget(ctx, a.ID); err != nil {
			return err
		}
	}
	return nil
}

func (w *Workspace) forget(ctx context.Context, who string) error {
	var touched []change
	err := w.store.Update(ctx, func(tx store.Tx) error {
		touched = nil
		for row, err := range messages.All(tx) {
			if err != nil {
				return err
			}
			m := row.Value
			if m.Author != who && m.For == "" && m.Place.User != who {
				continue
			}
			if m.Deleted { // an empty place, which holds the replies under it
				continue
			}
			if err := remove(tx, row.ID, m); err != nil {
				return err
			}
			touched = append(touched, change{kind: "message", place: m.Place, message: row.ID, only: m.For})
		}
		if err := forgetForms(tx); err != nil {
			return err
		}
		for row, err := range queue.By(tx, "by person", who) {
			if err == nil && row.Value.Said != nil {
				err = queue.Delete(tx, row.ID)
			}
			if err != nil {
				return err
			}
		}
		for row, err := range files.All(tx) {
			if err == nil && row.Value.By == who {
				err = removeFile(tx, row.ID)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	for _, c := range touched {
		w.hub.tell(c)
	}
	return err
}

// forgetForms takes away the forms, which hold what was filled in, and what was
// said to be wrong with it.
func forgetForms(tx store.Tx) error {
	for row, err := range forms.All(tx) {
		if err == nil {
			err = forms.Delete(tx, row.ID)
		}
		if err != nil {
			return err
		}
	}
	for row, err := range results.All(tx) {
		if err == nil && (row.Value.Errors != nil || row.Value.Form != "") {
			err = results.Put(tx, row.ID, result{Message: row.Value.Message})
		}
		if err != nil {
			return err
		}
	}
	return nil
}
