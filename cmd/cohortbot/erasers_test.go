package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"cohortbot/adapters/backups"
	"cohortbot/adapters/bolt"
	"cohortbot/bot"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/privacy"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
	"cohortbot/schedules"
)

// beside are the tables that are made anew when somebody is erased, rather than
// searched for what is theirs; what shows that is TestWhatOthersHaveOpen….
var beside = []string{"drafts", "events"}

// wordless are the tables that have records about people and hold none of their
// words, or none that stay theirs. A table that has words is put into the story in
// place of this list.
var wordless = []string{
	"members",
	"cohorts",
	"appointments",
	"revisions",
	"planchanges",
	"planshown",
	"passes",
	"openings",
	"attendees",
	"suits",
	"feeds",
	"lenslooks",
	"lenses",
	"experimentdays",
	"peer seekers",
	"peer avoids",
	"peer aparts",
	"peer apart",
	"thoughtplaces",
	"thoughtaskings",
	"goalvoices",
	"goalties",
	"graduations",
	"passings",
	"reviewers",
	"evidence aims",
	"researched",
	"portfolio snapshots",
	"portfolios",
	"consents",
	"erasures",
	"deeds done",
	"links",
	"jobs",
	"outbox",
	"people",
}

// alsoBy are tables with words whose records go with those of another: their own
// eraser finds nothing left, and is there for whoever asks what is held.
var alsoBy = map[string]string{
	"answerversions":     "answers",
	"experimentnotes":    "experiments",
	"experimentstories":  "experiments",
	"thoughtversions":    "thoughts",
	"portfolio texts":    "portfolios",
	"portfolio versions": "portfolios",
}

// elsewhere are tables with words to which the story does not come, by what shows
// their erasing.
var elsewhere = map[string]string{
	"proposals":              wordsOfOthers,
	"voices":                 wordsOfOthers,
	"waivers":                wordsOfOthers,
	"credentials":            wordsOfOthers,
	"portfolio assessors":    wordsOfOthers,
	"portfolio steps":        wordsOfOthers,
	"portfolio scholarships": wordsOfOthers,
	"peer groups":            wordsOfOthers,
	"portfolio frozen":       "erased-attester.txtar",
	"portfolio assessments":  "what an assessor wrote to an owner stays the owner's, without a name",
}

const wordsOfOthers = "TestWordsInRecordsOfOthersGoWithWhoeverWroteThem"

// erasers holds the eraser of each table against a store: whoever goes by a name
// there is erased from copies of it, once by all erasers and once each without one.
// Their word, which stands in every text of theirs, is gone after the first, and
// stands in the table of the missing one after each of the others.
func erasers(ts *testscript.TestScript, _ bool, args []string) {
	name, word, from := args[0], []byte(args[1]), ts.MkAbs(args[2])
	ctx := context.Background()
	b, err := backups.Open(from)
	ts.Check(err)
	folder := ts.MkAbs("erasers")
	ts.Check(b.Unpack(ctx, folder))
	ts.Check(b.Close())
	kept, err := bolt.Open(filepath.Join(folder, storeFile), bolt.Options{ReadOnly: true})
	ts.Check(err)
	defer kept.Close()
	all, err := bot.Holdings(bot.Options{})
	ts.Check(err)

	copied := func() store.Store {
		s := storetest.Memory()
		ts.Check(kept.View(ctx, func(from store.Tx) error {
			return s.Update(ctx, func(to store.Tx) error {
				for kv, err := range from.Scan(nil, nil, false) {
					if err == nil {
						err = to.Put(kv.Key, kv.Value)
					}
					if err != nil {
						return err
					}
				}
				return nil
			})
		}))
		_, err := bot.New(ctx, bot.Options{Store: s, Clock: schedules.System, Log: slog.New(slog.DiscardHandler)}) // the indexes
		ts.Check(err)
		return s
	}
	standing := func(s store.Store, word []byte) []string {
		tables := map[string]bool{}
		ts.Check(s.View(ctx, func(tx store.Tx) error {
			for kv, err := range tx.Scan(nil, nil, false) {
				if err != nil {
					return err
				}
				if table, _, _ := bytes.Cut(kv.Key, []byte{0}); bytes.Contains(bytes.ToLower(kv.Value), word) && !slices.Contains(beside, string(table)) {
					tables[string(table)] = true
				}
			}
			return nil
		}))
		return slices.Sorted(maps.Keys(tables))
	}
	erased := func(without string) store.Store {
		s := copied()
		var who people.ID
		ts.Check(s.View(ctx, func(tx store.Tx) error {
			for row, err := range people.Table.All(tx) {
				if err != nil {
					return err
				}
				if row.Value.Name == name {
					who = row.ID
				}
			}
			return nil
		}))
		o := privacy.Options{Holdings: func() []deeds.Holding {
			return slices.DeleteFunc(slices.Clone(all), func(h deeds.Holding) bool { return h.Table == without })
		}}
		ts.Check(s.Update(ctx, func(tx store.Tx) error { return o.Begin(tx, who, b.Made) }))
		ts.Check(o.Sweep(ctx, s, who, b.Made))
		return s
	}

	var bad []string
	before, after := standing(copied(), word), erased("")
	if found := standing(after, word); len(found) > 0 {
		ts.Fatalf("after erasing, %q stands in %q", word, found)
	}
	// As a text of its own: a copy of the name, or the account. Within others' texts it
	// is others' words; which accounts other places are to forget is kept until they have.
	copy := []byte(strings.ToLower(strconv.Quote(name)))
	if found := slices.DeleteFunc(standing(after, copy), func(table string) bool { return table == privacy.Erasures.Name() }); len(found) > 0 {
		ts.Fatalf("after erasing, the name %q stands in %q", name, found)
	}
	for _, h := range all {
		said := slices.Contains(before, h.Table)
		if h.Nothing != "" || slices.Contains(beside, h.Table) || elsewhere[h.Table] != "" && !said {
			continue
		}
		if said == slices.Contains(wordless, h.Table) {
			ts.Logf("%q: words of theirs stand in it: %v, which the lists of erasers_test.go do not say; the story of this script is to have some in every table that can", h.Table, said)
			bad = append(bad, h.Table)
			continue
		}
		if !said {
			continue
		}
		found := standing(erased(h.Table), word)
		needed := slices.Contains(found, h.Table)
		fmt.Fprintf(ts.Stdout(), "without the eraser of %q words are left in %s\n", h.Table, strings.Join(found, ", "))
		if needed != (alsoBy[h.Table] == "") {
			bad = append(bad, h.Table)
		}
	}
	if len(bad) > 0 {
		ts.Fatalf("see %q", bad)
	}
}
