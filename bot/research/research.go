// Package research gives out what people did in their groups, for research about how
// groups learn: of those alone who agreed to it by itself (bot/consents), without
// names, words or times, and so that nobody can be singled out. Start reading at
// [Make]; gathering.go says what is looked at, hiding.go what of it may be given out
// and why, writing.go how it is written.
package research

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"cohortbot/bot/deeds"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// The least people who look the same: among those who may read a release under an
// agreement, and where everybody may.
const (
	Least       = 5
	LeastPublic = 11
)

// leastWeeks is how many weeks a release is about, at least. Short ones one after
// the other would come close to times.
const leastWeeks = 4

// Release is what is kept of a release: which weeks it was about, so that no other is
// about them. What stood in it is not kept.
type Release struct {
	At   time.Time      `json:"at"`
	From schedules.Date `json:"from,omitzero"` // the first day; missing for the first release
	To   schedules.Date `json:"to"`            // the day after the last, a Monday
}

// Releases keeps the releases, by [Release.To].
var Releases = store.NewTable[string, Release]("releases", 1)

// Feature is what this package brings to the bot.
func Feature() deeds.Feature {
	return deeds.Feature{
		Tables:   []store.Prepared{Releases},
		Holdings: []deeds.Holding{deeds.HoldsNothing(Releases, "which weeks a release for research was about; not who was in it")},
	}
}

// Options is what a release is made by.
type Options struct {
	Least      int // [Least] or [LeastPublic]
	Dimensions frameworks.Framework
	// After is the last day that was given out, where the store does not know of it: a
	// backup from before that release was put back. Zero is what the store knows.
	After  schedules.Date
	Random io.Reader // for the lot and the ids; good enough for secrets
}

// Refused is a release that cannot be made, in words for who asked for it.
type Refused string

// Error gives the words.
func (r Refused) Error() string { return string(r) }

// Data is what is given out.
type Data struct {
	From   string   `json:"from_week,omitempty"` // the first week, such as 2031-W06; empty: from the beginning
	To     string   `json:"to_week"`             // the last
	Least  int      `json:"least"`
	People []Person `json:"people"`
	Counts []Count  `json:"counts"`
}

// Make makes a release of the weeks since the last one, and marks them as given out
// in the same deed: what happened in a week is in one release or in none, so that
// no two of them can be held against each other, whoever agreed or took it back in
// between. Its errors: [Refused], and what the store says.
func Make(ctx context.Context, s store.Store, now time.Time, o Options) (Data, error) {
	var d Data
	err := s.Update(ctx, func(tx store.Tx) error {
		var err error
		d, err = prepare(tx, now, o)
		return err
	})
	return d, err
}

// prepare makes what is given out, within the deed that marks it.
func prepare(tx store.Tx, now time.Time, o Options) (Data, error) {
	last, err := lastRelease(tx)
	if err != nil {
		return Data{}, err
	}
	if told := monday(o.After.AddDays(7)); !o.After.IsZero() && last.To.Before(told) {
		last.To = told
	}
	today := schedules.DateOf(now.UTC())
	to := monday(today)
	next := last.To.AddDays(7 * leastWeeks)
	if !last.To.IsZero() && to.Before(next) {
		return Data{}, Refused(fmt.Sprintf("The last release reaches to %s. The next can be made from %s on: each is about at least %d weeks of its own, so that no two can be held against each other.", last.To.AddDays(-1).Long(), next.Long(), leastWeeks))
	}
	r := Release{At: now, From: last.To, To: to}
	found, err := gather(tx, r, o.Dimensions)
	if err != nil {
		return Data{}, err
	}
	d := Data{From: week(r.From), To: week(r.To.AddDays(-1)), Least: o.Least}
	for _, programme := range slices.Sorted(maps.Keys(found)) {
		kept, err := sample(found[programme], o.Random)
		if err != nil {
			return Data{}, err
		}
		people, counts, err := hide(programme, kept, o.Least, o.Random)
		if err != nil {
			return Data{}, err
		}
		d.People, d.Counts = append(d.People, people...), append(d.Counts, counts...)
	}
	if len(d.People) == 0 {
		return Data{}, Refused(fmt.Sprintf("Nothing could be given out: in no programme would at least %d people be left of those who agreed to research, one in ten of whom is left out by lot. People agree with /settings consent, each for themself. These weeks can still be in a later release.", o.Least))
	}
	return d, Releases.Put(tx, r.To.String(), r)
}

// monday gives the Monday of a day's week.
func monday(d schedules.Date) schedules.Date { return d.AddDays(-(int(d.Weekday()) + 6) % 7) }

// lastRelease gives the release that reaches the furthest; none where none was made.
func lastRelease(tx store.Tx) (Release, error) {
	var last Release
	for row, err := range Releases.All(tx) { // their ids are dates, which sort
		if err != nil {
			return last, err
		}
		last = row.Value
	}
	return last, nil
}

// week names the week that a day is in.
func week(d schedules.Date) string {
	if d.IsZero() {
		return ""
	}
	year, n := start(d).ISOWeek()
	return fmt.Sprintf("%d-W%02d", year, n)
}

// IsRefused gives the words of a refusal inside an error.
func IsRefused(err error) (Refused, bool) {
	var r Refused
	ok := errors.As(err, &r)
	return r, ok
}
