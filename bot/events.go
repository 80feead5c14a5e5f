package bot

import (
	"errors"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/letters"
	"cohortbot/bot/store"
)

// event is the mark of something that happened, kept so that a repeat is known.
type event struct {
	At      time.Time    `json:"at"`
	Outcome chat.Outcome `json:"outcome,omitzero"`
}

var events = store.NewTable[string, event]("events", 1,
	store.Index[event]{Name: "at", Keys: func(e event) [][]byte { return [][]byte{store.Key(e.At)} }})

// How long marks and drafts are kept. Platforms repeat an event within minutes
// (Slack: up to five); a draft is a form that somebody may come back to.
const (
	keepEvents = 2 * time.Hour
	keepDrafts = 30 * 24 * time.Hour
	keepDone   = 24 * time.Hour // of a draft whose deed is done: its answer may show what is deleted later
	sweepEvery = time.Hour
	sweepPage  = 500
)

// recall gives what came of an event before. One without an id is no repeat of
// anything.
func recall(tx store.Tx, w chat.Workspace, id string) (chat.Outcome, bool, error) {
	if id == "" {
		return chat.Outcome{}, false, nil
	}
	e, err := events.Get(tx, string(w)+"/"+id)
	if errors.Is(err, store.ErrNotFound) {
		return chat.Outcome{}, false, nil
	}
	return e.Outcome, err == nil, err
}

func remember(tx store.Tx, w chat.Workspace, id string, out chat.Outcome, now time.Time) error {
	if id == "" {
		return nil
	}
	return events.Put(tx, string(w)+"/"+id, event{At: now, Outcome: keepable(out)})
}

// maxKept is how many bytes of files are kept with an outcome, for a repeat.
const maxKept = 64 << 10

// keepable gives an outcome without files that are too large to be kept.
func keepable(out chat.Outcome) chat.Outcome {
	size := 0
	if out.Reply != nil {
		for _, f := range out.Reply.Files {
			size += len(f.Data)
		}
	}
	if size <= maxKept {
		return out
	}
	reply := *out.Reply
	reply.Files = nil
	reply.Note = strings.TrimSpace(reply.Note + " The file came with the first answer; ask again if you need it.")
	return chat.Outcome{Reply: &reply}
}

const sweepKey = "sweep"

// own is what the bot itself brings along, beside its features.
func (b *Bot) own() deeds.Feature {
	hidden := func(path, summary string) deeds.Deed {
		return deeds.Deed{Command: chat.Command{Path: path, Summary: summary, Hidden: true}}
	}
	return deeds.Feature{
		Deeds: []deeds.Deed{
			b.helpDeed(),
			b.homeDeed(),
			b.panelDeed(),
			b.logDeed(),
			hidden(deeds.ConfirmPath, "Go ahead with what was shown"),
			hidden(deeds.ChangePath, "Change what was shown"),
		},
		Jobs:    []jobs.Kind{{Name: sweepKey, Run: sweep}, letters.Kind},
		Reasons: []reason{b.undeliveredReason(), b.parkedReason(), tooLongReason()},
		Tables:  []store.Prepared{events, drafts, dones},
	}
}

func (b *Bot) startSweeping(tx store.Tx) error {
	there, err := jobs.Table.Has(tx, sweepKey)
	if err != nil || there {
		return err
	}
	return jobs.Set(tx, jobs.Job{Key: sweepKey, Kind: sweepKey, Due: b.clock.Now().Add(sweepEvery)})
}

// sweep takes away marks and drafts that nobody can come back to, a page at a
// time.
func sweep(tx store.Tx, j jobs.Job, now time.Time) error {
	swept, err := sweepTable(tx, events, "at", now.Add(-keepEvents))
	if err != nil {
		return err
	}
	old, err := sweepTable(tx, drafts, "asked", now.Add(-keepDrafts))
	if err != nil {
		return err
	}
	j.Due = now.Add(sweepEvery)
	if max(swept, old) == sweepPage {
		j.Due = now
	}
	return jobs.Set(tx, j)
}

func sweepTable[ID ~string, T any](tx store.Tx, t *store.Table[ID, T], index string, before time.Time) (int, error) {
	swept := 0
	for row, err := range t.Range(tx, index, nil, store.Key(before), false) {
		if err != nil {
			return swept, err
		}
		if swept == sweepPage {
			break
		}
		if err := t.Delete(tx, row.ID); err != nil {
			return swept, err
		}
		swept++
	}
	return swept, nil
}
