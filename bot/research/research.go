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

	"cohortbot/bot/consents"
	"cohortbot/bot/deeds"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// The least people who look the same: among those who may read a release under an
// agreement, and where everybody may.
const (
	Least       = 5
	LeastPublic = 11
)

// Release is what is kept of a release. What stood in it is not kept.
type Release struct {
	At   time.Time      `json:"at"`
	From schedules.Date `json:"from,omitzero"` // of earlier releases, the first day that they were about
	To   schedules.Date `json:"to"`            // the day after the last that it is about, a Monday
	// Listed tells that [Standings] has who stood in it. Where it has not, whoever
	// agreed then may have.
	Listed bool `json:"listed,omitempty"`
	// Backup is set where this is no release: at At, a backup of then was put back, and
	// whether there was one in between is not known.
	Backup time.Time `json:"backup,omitzero"`
}

// Releases keeps the releases.
var Releases = store.NewTable[string, Release]("releases", 1)

// Standing is that somebody stood in a release, so that they stand in no other. It
// goes when they take their consent back: what they said and when is enough from
// then on, see [gathering.open].
type Standing struct {
	At time.Time `json:"at"`
}

// Standings keeps who stood in a release, by the person.
var Standings = store.NewTable[people.ID, Standing]("researched", 1)

// TakenBack takes away that somebody stood in a release, where it is this consent
// that they took back.
func TakenBack(tx store.Tx, c consents.Consent) error {
	if c.Purpose != consents.Research {
		return nil
	}
	return Standings.Delete(tx, c.Person)
}

// PutBack notes that a backup of then is put back now.
func PutBack(tx store.Tx, then, now time.Time) error {
	return Releases.Put(tx, store.NewID(now), Release{At: now, Backup: then})
}

// Feature is what this package brings to the bot.
func Feature() deeds.Feature {
	return deeds.Feature{
		Tables: []store.Prepared{Releases, Standings},
		Holdings: []deeds.Holding{
			deeds.HoldsNothing(Releases, "when a release for research was made; not who was in it"),
			deeds.Holds(Standings, deeds.Records[people.ID, Standing]{
				What: "that you stood in a release for research, and when, so that you stand in no other", Purpose: deeds.Research, Seen: "nobody",
				Mine: func(id people.ID, _ Standing, p people.ID) bool { return id == p },
			}),
		},
	}
}

// Options is what a release is made by.
type Options struct {
	Least      int // [Least] or [LeastPublic]
	Dimensions frameworks.Framework
	// Running takes those, too, whose group has not come to its end.
	Running bool
	// After is the day of the last release that was handed over, where the store may
	// not know of it: a backup from before it was put back. Zero is what the store knows.
	After  schedules.Date
	Random io.Reader // for the lot and the ids; good enough for secrets
}

// Refused is a release that cannot be made, in words for who asked for it.
type Refused string

// Error gives the words.
func (r Refused) Error() string { return string(r) }

// Data is what is given out.
type Data struct {
	To     string   `json:"to_week"` // the last week that it is about, such as 2031-W06
	Least  int      `json:"least"`
	People []Person `json:"people"`
	Counts []Count  `json:"counts"`
}

// Make makes a release of those who stood in none before, with all that they did, and
// marks them in the same deed: everybody is in one release or in none, so that no
// releases can be held against each other, however many there are and whoever came,
// took their consent back or was erased in between. Its errors: [Refused], and what
// the store says.
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
	before, err := released(tx, now, o.After)
	if err != nil {
		return Data{}, err
	}
	r := Release{At: now, To: monday(schedules.DateOf(now.UTC())), Listed: true}
	g := gathering{tx: tx, to: start(r.To), dimensions: o.Dimensions, running: o.Running, before: before}
	found, err := g.gather()
	if err != nil {
		return Data{}, err
	}
	d := Data{To: week(r.To.AddDays(-1)), Least: o.Least}
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
		if len(people) == 0 {
			continue // they can still be in a later one
		}
		for _, s := range kept {
			if err := Standings.Put(tx, s.person, Standing{now}); err != nil {
				return Data{}, err
			}
		}
	}
	if len(d.People) == 0 {
		return Data{}, tooFew(o, g.waiting)
	}
	return d, Releases.Put(tx, store.NewID(now), r)
}

// tooFew says why nothing can be given out, and what can be done about it.
func tooFew(o Options, waiting bool) Refused {
	said := fmt.Sprintf("Nothing could be given out: in no programme would at least %d people be left of those who agreed to research and stood in no release before, one in ten of whom is left out by lot. People agree with /settings consent, each for themself. Nobody is lost by waiting: they can still be in a later release.", o.Least)
	if waiting {
		said += " Some who agreed are in groups that still go on. Wait until these have ended, and all that they did is in it; or take them now with --running, and what they do from now on will be in no release."
	}
	return Refused(said)
}

// released gives the releases so far. One that the store does not know of, since a
// backup from before it was put back, is kept with them once its day is told; where a
// backup was put back, it is asked for.
func released(tx store.Tx, now time.Time, after schedules.Date) ([]Release, error) {
	today := schedules.DateOf(now.UTC())
	if after.After(today.AddDays(1)) {
		return nil, Refused("--after is the day of a release that was handed over, and " + after.Long() + " is still to come.")
	}
	var all []Release
	var last, back schedules.Date // of the last release; of the first backup that was put back
	for row, err := range Releases.All(tx) {
		if err != nil {
			return nil, err
		}
		r := row.Value
		switch made := schedules.DateOf(r.Backup.UTC()); {
		case r.Backup.IsZero():
			all = append(all, r)
			if day := schedules.DateOf(r.At.UTC()); day.After(last) {
				last = day
			}
		case after.IsZero():
			return nil, Refused(fmt.Sprintf("A backup of %s was put back, and I do not know whether a release was made between that and %s. If one was, name its day: --after %s, say. Whoever had agreed by then is left out. If none was, --after %s says so.",
				made.Long(), schedules.DateOf(r.At.UTC()).Long(), schedules.DateOf(r.At.UTC()), made.AddDays(-1)))
		default:
			if back.IsZero() || made.Before(back) {
				back = made
			}
			if err := Releases.Delete(tx, row.ID); err != nil {
				return nil, err
			}
		}
	}
	if after.After(last) && (back.IsZero() || !after.Before(back)) {
		unknown := Release{At: start(after.AddDays(2)), To: monday(after)} // late enough in every zone
		all = append(all, unknown)
		if err := Releases.Put(tx, store.NewID(now), unknown); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// monday gives the Monday of a day's week.
func monday(d schedules.Date) schedules.Date { return d.AddDays(-(int(d.Weekday()) + 6) % 7) }

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
