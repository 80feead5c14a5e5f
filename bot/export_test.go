package bot

import (
	"context"
	"log/slog"
	"slices"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
)

// Add gives a bot one more feature, without its jobs.
func (b *Bot) Add(f deeds.Feature) error {
	for _, d := range f.Deeds {
		b.deeds[d.Path] = d
		b.tree = append(b.tree, d.Command)
	}
	for _, l := range f.Listeners {
		b.listeners[l.Kind] = l
	}
	for _, r := range f.Reasons {
		b.reasons[r.Kind] = r
	}
	var reasons []reason
	for _, r := range b.reasons {
		reasons = append(reasons, r)
	}
	b.outbox = outbox.New(b.store, b.clock, b.platforms, reasons, b.log, b.undelivered)
	return store.Prepare(context.Background(), b.store, f.Tables...)
}

// LogTo has a bot log elsewhere.
func (b *Bot) LogTo(l *slog.Logger) { b.log = l }

// Kept counts the marks of events and the drafts.
func Kept(tx store.Tx) (marks, open int, err error) {
	for _, err := range events.All(tx) {
		if err != nil {
			return 0, 0, err
		}
		marks++
	}
	for _, err := range drafts.All(tx) {
		if err != nil {
			return 0, 0, err
		}
		open++
	}
	return marks, open, nil
}

// Narrow changes what a field of a deed takes.
func (b *Bot) Narrow(path, field string, kind chat.FieldKind) {
	d := b.deeds[path]
	d.Fields = slices.Clone(d.Fields)
	for i := range d.Fields {
		if d.Fields[i].Name == field {
			d.Fields[i].Kind = kind
		}
	}
	b.deeds[path] = d
}

// Break has a deed do something else.
func (b *Bot) Break(path string, do func()) {
	d := b.deeds[path]
	d.Run = func(store.Tx, deeds.Call) (chat.Outcome, error) { do(); return chat.Outcome{}, nil }
	b.deeds[path] = d
}

// Refusing has a deed refuse.
func (b *Bot) Refusing(path string, e *deeds.Error) {
	d := b.deeds[path]
	d.Run = func(store.Tx, deeds.Call) (chat.Outcome, error) { return chat.Outcome{}, e }
	b.deeds[path] = d
}

// Answering has a deed answer with a message.
func (b *Bot) Answering(path string, m chat.Message) {
	d := b.deeds[path]
	d.Run = func(store.Tx, deeds.Call) (chat.Outcome, error) { return chat.Answering(m), nil }
	b.deeds[path] = d
}
