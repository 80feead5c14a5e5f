package bot

import (
	"maps"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

// ask gives the form that is still to be filled in, if any.
func (b *Bot) ask(tx store.Tx, deed deeds.Deed, call deeds.Call) (*chat.Form, error) {
	if deed.Ask != nil {
		return deed.Ask(tx, call)
	}
	if len(deeds.Missing(deed.Fields, call.Given)) == 0 {
		return nil, nil
	}
	return &chat.Form{Title: deed.Summary, Fields: deed.Fields}, nil
}

// open shows a form with what is known already, and keeps the draft.
func (b *Bot) open(tx store.Tx, d *Draft, f chat.Form) (chat.Outcome, error) {
	if f.Record != "" { // the deed found out by itself what it is about, and is to stay with it
		d.Record = f.Record
	}
	f.ID, f.Command, f.Record = d.ID, d.Command, d.Record
	filled := chat.Answers{}
	maps.Copy(filled, f.Filled)
	maps.Copy(filled, d.Answers)
	kept := f // the next page, and whoever comes back, finds there what stood there before
	kept.Errors = nil
	d.Form = &kept
	if len(filled) > 0 {
		f.Filled = filled
	}
	return chat.Asking(f), drafts.Put(tx, d.ID, *d)
}

// reopen shows the form of a deed again, with what was answered.
func (b *Bot) reopen(tx store.Tx, deed deeds.Deed, d *Draft, call deeds.Call, faults chat.FieldErrors) (chat.Outcome, error) {
	form := d.Form
	if form == nil {
		form = &chat.Form{Title: deed.Summary, Fields: deed.Fields}
		if deed.Ask != nil {
			asked, err := deed.Ask(tx, call)
			if err != nil {
				return chat.Outcome{}, err
			}
			if asked != nil {
				form = asked
			}
		}
	}
	f := *form
	f.Page, f.Errors = 0, faults
	return b.open(tx, d, f)
}

// checkPage keeps a page that was handed in, and says whether it is to be shown
// again or another is to follow.
func (b *Bot) checkPage(tx store.Tx, r chat.Request, d *Draft, given deeds.Values, faults chat.FieldErrors) (chat.Outcome, bool, error) {
	pages := d.Form.Pages()
	last := min(max(r.Page, 0), len(pages)-1)
	wrong := chat.FieldErrors{}
	for _, page := range pages[:last+1] {
		for _, f := range page {
			if text, ok := faults[f.Name]; ok {
				wrong[f.Name] = text
			}
		}
		for _, f := range deeds.Missing(page, given) {
			if _, ok := wrong[f.Name]; !ok {
				wrong[f.Name] = "This one is needed." + exampleOf(f)
			}
		}
	}
	if len(wrong) > 0 {
		return chat.Outcome{Errors: wrong}, true, drafts.Put(tx, d.ID, *d)
	}
	if last+1 < len(pages) {
		f := *d.Form
		f.Page = last + 1
		out, err := b.open(tx, d, f)
		return out, true, err
	}
	return chat.Outcome{}, false, nil
}

func exampleOf(f chat.Field) string {
	if f.Example == "" {
		return ""
	}
	return " For example: " + f.Example
}

func fieldsBeside(all, shown []chat.Field) []chat.Field {
	var rest []chat.Field
	for _, f := range all {
		known := false
		for _, s := range shown {
			known = known || s.Name == f.Name
		}
		if !known {
			rest = append(rest, f)
		}
	}
	return rest
}

func (d Draft) formHas(field string) bool {
	for _, f := range d.Form.Fields {
		if f.Name == field {
			return true
		}
	}
	return false
}
