package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"cohortbot/adapters/bolt"
	"cohortbot/adapters/web"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/prompts"
	"cohortbot/bot/sessions"
	"cohortbot/bot/store"
)

// kept is what stands in both files once the program has ended.
type kept struct {
	t    *testing.T
	book *book

	store, workspace store.Store

	items    map[string]outbox.Item
	answers  map[prompts.AnswerID]prompts.Answer
	weaves   map[string]prompts.Weave
	sessions map[sessions.ID]sessions.Session
	coming   map[string]sessions.Attendee
	cohorts  map[cohorts.ID]cohorts.Cohort
	plans    map[cohorts.ID]cohorts.Plan
	changes  map[string]cohorts.PlanChange
	jobs     map[string]jobs.Job
	people   map[people.ID]people.Person
	member   map[string]cohorts.Member

	stands  map[string]standing // by id
	waiting map[string]struct{} // what people said and the bot has not heard
}

// standing is a message of the workspace, as its adapter keeps it.
type standing struct {
	Place   chat.Place   `json:"place"`
	Author  string       `json:"author"`
	Body    chat.Message `json:"body"`
	For     string       `json:"for"`
	Key     string       `json:"key"`
	Deleted bool         `json:"deleted"`
}

// The adapter's own tables, by their names.
var (
	webMessages = store.NewTable[string, standing]("web messages", 1)
	webQueue    = store.NewTable[string, struct{}]("web queue", 1)
)

func openKept(t *testing.T, folder string, b *book) *kept {
	k := &kept{t: t, book: b}
	k.store, k.workspace = openFile(t, folder, "cohortbot.db"), openFile(t, folder, "workspace.db")
	t.Cleanup(k.close)
	view(t, k.store, func(tx store.Tx) {
		k.items = all(t, tx, outbox.Table)
		k.answers = all(t, tx, prompts.Answers)
		k.weaves = all(t, tx, prompts.Weaves)
		k.sessions = all(t, tx, sessions.Table)
		k.coming = all(t, tx, sessions.Attendees)
		k.cohorts = all(t, tx, cohorts.Table)
		k.plans = all(t, tx, cohorts.Plans)
		k.changes = all(t, tx, cohorts.PlanChanges)
		k.jobs = all(t, tx, jobs.Table)
		k.people = all(t, tx, people.Table)
		k.member = all(t, tx, cohorts.Members)
		all(t, tx, cohorts.Appointments)
		all(t, tx, prompts.Passes)
		wholeStore(t, tx)
	})
	view(t, k.workspace, func(tx store.Tx) {
		k.stands = all(t, tx, webMessages)
		k.waiting = all(t, tx, webQueue)
		wholeStore(t, tx)
	})
	return k
}

func (k *kept) close() {
	_ = k.store.Close() // closed twice where it was looked at in between
	_ = k.workspace.Close()
}

func openFile(t *testing.T, folder, name string) store.Store {
	t.Helper()
	s, err := bolt.Open(filepath.Join(folder, name), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func view(t *testing.T, s store.Store, look func(store.Tx)) {
	t.Helper()
	if err := s.View(context.Background(), func(tx store.Tx) error { look(tx); return nil }); err != nil {
		t.Fatal(err)
	}
}

// all reads a whole table, each of whose records has to make sense.
func all[ID ~string, T any](t *testing.T, tx store.Tx, table *store.Table[ID, T]) map[ID]T {
	t.Helper()
	rows := map[ID]T{}
	for row, err := range table.All(tx) {
		if err != nil {
			t.Fatal(err)
		}
		rows[row.ID] = row.Value
	}
	return rows
}

// wholeStore reads every key of a store, those included whose tables are nobody
// else's business: each record is a version and JSON, each index entry leads to a
// record.
func wholeStore(t *testing.T, tx store.Tx) {
	t.Helper()
	rows, entries := map[string]bool{}, map[string]string{}
	for kv, err := range tx.Scan(nil, nil, false) {
		if err != nil {
			t.Fatal(err)
		}
		table, rest, found := bytes.Cut(kv.Key, []byte{0})
		if !found || len(rest) == 0 {
			t.Fatalf("the key %q belongs to no table", kv.Key)
		}
		switch rest[0] {
		case 2: // a row
			version, data, _ := bytes.Cut(kv.Value, []byte(" "))
			if !bytes.HasPrefix(version, []byte("v")) || !json.Valid(data) {
				t.Errorf("the record %q cannot be read", kv.Key)
			}
			rows[string(table)+"/"+string(rest[1:])] = true
		case 3: // an entry of an index
			entries[string(kv.Key)] = string(table) + "/" + string(kv.Value)
		}
	}
	if len(rows) == 0 {
		t.Error("the store is empty")
	}
	for entry, row := range entries {
		if !rows[row] {
			t.Errorf("the index entry %q leads nowhere", entry)
		}
	}
}

// settled tells whether nothing is left to be said, edited or heard.
func (k *kept) settled() bool {
	for _, i := range k.items {
		if unsaid(i) {
			return false
		}
	}
	return len(k.waiting) == 0
}

func unsaid(i outbox.Item) bool {
	return i.State == outbox.Pending || i.State == outbox.Sending || i.State == outbox.Sent && i.Stale > 0
}

// account gives the account of a person.
func (k *kept) account(p people.ID) string { return k.people[p].Account(web.Name).ID }

var numbered = regexp.MustCompile(`^answer (\d+) from`)

// numberOf gives the number in the text of an answer; false for one of the past
// that was acted out.
func numberOf(text string) (int, bool) {
	found := numbered.FindStringSubmatch(text)
	if found == nil {
		return 0, false
	}
	n, err := strconv.Atoi(found[1])
	return n, err == nil
}

// String says how much there is.
func (k *kept) String() string {
	acked, posted, moved, sent, keyed := 0, 0, 0, 0, 0
	for _, a := range k.book.answers {
		if a.acked {
			acked++
		}
	}
	for _, p := range k.plans {
		for _, w := range p.Weeks {
			if w.Gone() {
				posted++
			}
		}
	}
	for _, s := range k.sessions {
		moved += len(s.Moves)
	}
	for _, i := range k.items {
		if i.State == outbox.Sent {
			sent++
		}
	}
	for _, m := range k.stands {
		if m.Key != "" {
			keyed++
		}
	}
	return fmt.Sprintf("%d answers given, %d acknowledged, %d kept with the past; %d questions out, %d changes of plans, %d sessions, moved %d times; %d posts due, %d stand",
		len(k.book.answers), acked, len(k.answers), posted, len(k.changes), len(k.sessions), moved, sent, keyed)
}
