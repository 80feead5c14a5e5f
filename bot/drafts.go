package bot

import (
	"errors"
	"maps"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Draft is a deed on its way: the answers so far, kept while a form or a
// confirmation is open.
type Draft struct {
	ID      chat.FormID  `json:"id"`
	Command string       `json:"command"`
	Person  people.ID    `json:"person"`
	Record  string       `json:"record,omitempty"`
	Choice  string       `json:"choice,omitempty"`
	Target  *chat.Target `json:"target,omitempty"`
	At      chat.Place   `json:"at"`
	Cohort  string       `json:"cohort,omitempty"`
	Answers chat.Answers `json:"answers,omitempty"`
	Typed   string       `json:"typed,omitempty"`
	Asked   time.Time    `json:"asked"` // "tomorrow" counts from then

	Form    *chat.Form    `json:"form,omitempty"`    // the form that is open, with what stood in it before
	Shown   int           `json:"shown,omitempty"`   // counts the confirmations, so that an outdated button is known
	Done    *chat.Outcome `json:"done,omitempty"`    // what came of it
	Scoping bool          `json:"scoping,omitempty"` // the open form asks which cohort
}

var drafts = store.NewTable[chat.FormID, Draft]("drafts", 1,
	store.Index[Draft]{Name: "asked", Keys: func(d Draft) [][]byte { return [][]byte{store.Key(d.Asked)} }})

const cohortField = "cohort"

// begin finds out which deed a request is about: a new one, or the one that a
// form or a button of a confirmation goes on with.
func (b *Bot) begin(tx store.Tx, r chat.Request, p people.Person, now time.Time) (Draft, error) {
	switch {
	case r.Form != "":
		d, err := b.ownDraft(tx, r.Form, p)
		if err != nil {
			return d, err
		}
		if d.Answers == nil {
			d.Answers = chat.Answers{}
		}
		maps.Copy(d.Answers, r.Answers)
		d.Asked = now
		return d, nil
	case r.Path == deeds.ConfirmPath, r.Path == deeds.ChangePath:
		return b.ownDraft(tx, chat.FormID(r.Record), p)
	}
	d := Draft{
		ID: chat.FormID(store.NewID(now)), Command: r.Path, Person: p.ID, Record: r.Record, Choice: r.Choice,
		Target: r.Message, At: r.At, Answers: maps.Clone(r.Answers), Asked: now,
	}
	if d.Answers == nil {
		d.Answers = chat.Answers{}
	}
	if r.Path != "" && r.Text == "" {
		return d, nil
	}
	d.Typed = strings.TrimSpace(r.Path + " " + r.Text)
	c, rest, err := b.tree.Lookup(d.Typed)
	if err != nil {
		return d, &deeds.Error{Code: deeds.NotFound, Say: err.Error(), Err: errors.New("no such command")}
	}
	d.Command = c.Path
	answers, err := c.ParseTyped(rest)
	if err != nil {
		return d, &deeds.Error{
			Code: deeds.Invalid, Say: err.Error(), Err: errors.New("not understood"),
			Buttons: []chat.Button{{Label: "Open the form", Command: c.Path, Main: true}},
		}
	}
	maps.Copy(d.Answers, answers)
	return d, nil
}

func (b *Bot) ownDraft(tx store.Tx, id chat.FormID, p people.Person) (Draft, error) {
	d, err := drafts.Get(tx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Draft{}, deeds.Refuse(deeds.NotFound, "This form is too old for me to go on with. Please start again with the command.")
	}
	if err == nil && d.Person != p.ID { // nothing of it may show in the refusal
		return Draft{}, deeds.Refuse(deeds.Forbidden, "This form was opened by somebody else. Start your own with the command.")
	}
	return d, err
}

// proceed goes on with a deed as far as it gets: it asks what is still open, or
// does it.
func (b *Bot) proceed(tx store.Tx, r chat.Request, p people.Person, d *Draft, now time.Time) (chat.Outcome, error) {
	if d.Done != nil {
		return *d.Done, nil
	}
	deed, ok := b.deeds[d.Command]
	if !ok {
		return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "I no longer know what this button did. /help shows what I can do.")
	}
	call := deeds.Call{Request: r, Now: now, Person: p, ID: string(d.ID)}
	call.Record, call.Choice, call.Message, call.At = d.Record, d.Choice, d.Target, d.At
	asked, err := b.scope(tx, deed, d, &call)
	if err != nil {
		return chat.Outcome{}, err
	}
	if asked != nil {
		d.Scoping = true
		return b.open(tx, d, *asked)
	}

	if d.Scoping { // the form that asked which cohort has done its work
		d.Scoping, d.Form = false, nil
	}
	handedIn := r.Form != "" && d.Form != nil
	fields := deed.Fields
	if d.Form != nil {
		call.Shown = d.Form.Filled
		fields = append(append([]chat.Field{}, d.Form.Fields...), fieldsBeside(deed.Fields, d.Form.Fields)...)
	}
	reading := deeds.Reading{Tx: tx, Now: d.Asked, Zone: call.Zone, Workspace: p.Account(r.Profile.User.Workspace).Workspace}
	given, faults, err := reading.Understand(fields, d.Answers)
	if err == nil {
		err = b.strangers(tx, fields, d.Answers, reading.Workspace, faults)
	}
	if err != nil {
		return chat.Outcome{}, err
	}
	call.Given = given
	if r.Path == deeds.ChangePath {
		if !changeable(deed, *d) {
			out := chat.Say("That's fine. Nothing was changed.")
			out.Reply.Replace = true
			return out, d.finish(tx, out)
		}
		return b.reopen(tx, deed, d, call, faults)
	}
	if handedIn {
		if out, again, err := b.checkPage(tx, r, d, given, faults); err != nil || again {
			return out, err
		}
	} else if len(faults) > 0 { // typed, or no longer true when it was confirmed
		return chat.Outcome{}, typedFaults(fields, faults)
	} else if r.Path != deeds.ConfirmPath {
		form, err := b.ask(tx, deed, call)
		if err != nil {
			return chat.Outcome{}, err
		}
		if form != nil {
			return b.open(tx, d, *form)
		}
	}
	if r.Path == deeds.ConfirmPath {
		call.Sure = r.Choice == strconv.Itoa(d.Shown)
	}
	return b.run(tx, r, deed, d, call, fields)
}

// run does the deed, and keeps it open where it asks for a confirmation.
func (b *Bot) run(tx store.Tx, r chat.Request, deed deeds.Deed, d *Draft, call deeds.Call, fields []chat.Field) (chat.Outcome, error) {
	noted := &noting{Tx: tx}
	out, err := deed.Run(noted, call)
	if err != nil {
		return out, err
	}
	if noted.wrote {
		if err := logDone(tx, deed, fields, call, out); err != nil {
			return out, err
		}
	}
	kept := r.Form != "" || r.Path == deeds.ConfirmPath // it can be handed in again
	if out.Form != nil {                                // it has questions of its own
		next := *d
		next.Form = nil
		if out.Form.Command != "" && out.Form.Command != d.Command {
			next.ID, next.Command, next.Answers, next.Typed = chat.FormID(store.NewID(call.Now)), out.Form.Command, chat.Answers{}, ""
			next.Cohort = call.Cohort
		}
		if out.Form.Record != "" {
			next.Record = out.Form.Record
		}
		asked, err := b.open(tx, &next, *out.Form)
		if err != nil || next.ID == d.ID || !kept {
			return asked, err
		}
		return asked, d.finish(tx, asked)
	}
	open := false
	if out.Reply != nil {
		for i, button := range out.Reply.Buttons {
			if button.Command == deeds.ConfirmPath || button.Command == deeds.ChangePath {
				if !open {
					d.Shown++
				}
				if button.Record != "" {
					d.Record = button.Record
				}
				open = true
				out.Reply.Buttons[i].Record = string(d.ID)
				out.Reply.Buttons[i].Choice = strconv.Itoa(d.Shown)
				if button.Command == deeds.ChangePath && !changeable(deed, *d) {
					out.Reply.Buttons[i].Label = "Not now"
				}
			}
		}
		if r.Path == deeds.ConfirmPath || (r.Form != "" && d.Shown > 0) {
			out.Reply.Replace = true
		}
	}
	switch {
	case open:
		return out, drafts.Put(tx, d.ID, *d)
	case kept:
		return out, d.finish(tx, out)
	}
	return out, nil
}

// changeable tells whether a deed has questions whose answers could be others.
// One that has none can only be done or left.
func changeable(deed deeds.Deed, d Draft) bool {
	return len(deed.Fields) > 0 || deed.Ask != nil || d.Form != nil
}

// finish keeps what came of a deed, for whoever hands it in again, and lets go of
// the answers: what is deleted later must not stand here still.
func (d Draft) finish(tx store.Tx, out chat.Outcome) error {
	out = keepable(out)
	d.Done, d.Answers, d.Typed, d.Form, d.Target, d.At = &out, nil, "", nil, nil, chat.Place{}
	d.Asked = d.Asked.Add(keepDone - keepDrafts) // its answers are read; only the sweeping goes by it now
	return drafts.Put(tx, d.ID, d)
}
