package portfolios

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/evidence"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/hours"
	"cohortbot/bot/people"
	"cohortbot/bot/portfolios/bundle"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// Bundled gives a snapshot as something to pack, with the newest result that is
// about it and with what happened on the way. What was withdrawn since is not in it;
// files are named by their hash, and [bundle.Write] holds them to it. Errors:
// ErrChanged.
func Bundled(tx store.Tx, l evidence.Library, s Snapshot, now time.Time) (bundle.Bundle, error) {
	c, err := Read(tx, s)
	if err != nil {
		return bundle.Bundle{}, err
	}
	return bundled(tx, l, s, c, "", now)
}

// bundled gives contents as something to pack. An assessor finds in it what they said
// themselves, and nothing that another did.
func bundled(tx store.Tx, l evidence.Library, s Snapshot, c Contents, assessor AppointmentID, now time.Time) (bundle.Bundle, error) {
	zone := schedules.Zone{}
	owner, err := people.Table.Get(tx, s.Owner)
	if err == nil {
		zone, err = cohorts.ZoneOf(tx, owner)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return bundle.Bundle{}, err
	}
	local := func(t time.Time) time.Time { return t.In(zone.Location()) }
	f, _ := l.Framework(s.Asks.Framework)
	b := bundle.Bundle{
		Title: s.Asks.Title, Name: s.Name, Programme: s.Asks.Title, About: s.Asks.About,
		Framework: bundle.Standard{ID: s.Asks.Framework, Title: f.Title, Version: s.Version, Wording: f.Wording},
		Made:      local(now), Number: s.Number, Snapshot: s.Hash,
	}
	if !s.At.IsZero() {
		b.Submitted = local(s.At)
	}
	if p, ok := l.Programme(s.Programme); ok {
		b.Programme = p.Title
	}
	for _, p := range s.Asks.Parts {
		b.Parts = append(b.Parts, bundle.Part{ID: p.ID, Title: p.Title, Ask: p.Ask, Holds: p.Holds, Text: c.Texts[p.ID]})
	}
	part := map[string]string{} // of what was copied, by its id
	for _, piece := range s.Pieces {
		if piece.Kind == OfItem || piece.Kind == OfAttestation {
			part[piece.ID] = piece.Part
		}
	}
	for _, i := range c.Items {
		b.Evidence = append(b.Evidence, bundledItem(i, part[string(i.ID)], local(i.At)))
	}
	for _, a := range c.Attested {
		x := bundle.Attestation{ID: string(a.Attestation.ID), Part: part[string(a.Attestation.ID)], Given: a.Attestation, Proof: a.Entry}
		if a.Attestation.Content.Framework == s.Asks.Framework && a.Attestation.Content.Show {
			x.Criteria = a.Attestation.Content.Criteria
		}
		b.Attestations = append(b.Attestations, x)
	}
	judged, err := AssessmentsOf(tx, s.Portfolio)
	if err != nil {
		return b, err
	}
	var last Assessment
	for _, a := range judged {
		if a.Snapshot == s.ID && !a.Decided.IsZero() && (assessor == "" || a.Appointment == assessor) {
			last = a
		}
	}
	if !last.Decided.IsZero() { // what an assessor only thinks so far is theirs
		b.Result = &bundle.Result{Result: string(last.Result), Assessor: last.Name, Decided: local(last.Decided), Words: last.Words}
	}
	b.Criteria = criteriaShown(l, f, s, b, c.Items, last.Judged)
	b.Hours = bundledHours(s, c.Hours)
	if assessor == "" {
		b.Steps, err = bundledSteps(tx, s, local)
	}
	return b, err
}

func bundledItem(i evidence.Item, part string, kept time.Time) bundle.Item {
	x := bundle.Item{ID: string(i.ID), Part: part, Title: i.Name(), Kind: i.Kind, Kept: kept, Text: i.Text, Link: i.Link, Note: i.Note, By: i.Named}
	for _, file := range i.Files {
		x.Files = append(x.Files, bundle.File{Name: file.Name, Size: file.Size, Hash: file.Hash, Looks: file.Looks, Alt: file.Alt})
	}
	return x
}

// criteriaShown gives what a portfolio is judged by, and its values, with what shows
// each and what the assessor said of it.
func criteriaShown(l evidence.Library, f frameworks.Framework, s Snapshot, b bundle.Bundle, items []evidence.Item, judged map[string]Judgement) []bundle.Criterion {
	all := slices.Clone(s.Criteria)
	for _, i := range f.Covering(frameworks.Lens) {
		all = append(all, Criterion{ID: i.ID, Code: i.Code, Text: i.Text, Covers: frameworks.Lens})
	}
	var shown []bundle.Criterion
	for _, c := range all {
		x := bundle.Criterion{ID: c.ID, Code: c.Code, Text: c.Text, Covers: c.Covers, Result: string(judged[c.ID].Result), Feedback: judged[c.ID].Feedback}
		for _, i := range items {
			if slices.Contains(l.In(f, i.Tags), c.ID) {
				x.Evidence = append(x.Evidence, string(i.ID))
			}
		}
		for _, a := range b.Attestations {
			if slices.Contains(a.Criteria, c.ID) {
				x.Said = append(x.Said, a.ID)
			}
		}
		shown = append(shown, x)
	}
	return shown
}

func bundledHours(s Snapshot, entries []hours.Entry) (h bundle.Hours) {
	totals, other := hours.Totals(s.Asks.Hours, entries)
	h.Other = other
	for _, t := range totals {
		h.Bands = append(h.Bands, bundle.Band{ID: t.Band.ID, Title: t.Band.Title, From: t.Band.From, To: t.Band.To, Minutes: t.Minutes})
	}
	for _, e := range entries {
		x := bundle.Entry{On: e.On.String(), Minutes: e.Minutes, What: e.What, Band: e.Band}
		if e.Days() > 1 {
			x.From = e.From.String()
		}
		h.Entries = append(h.Entries, x)
	}
	return h
}

// stepWords says what happened, to people who were not there. What is not in it is
// nobody else's business, such as how a fee was paid.
var stepWords = map[What]string{
	WasStarted: "Started.", WasSubmitted: "Submitted (copy %d).", WasDeclared: "%s declared no conflict of interest.",
	WasAskedMore: "%s, the assessor, asked for more.", WasMet: "Met, decided by %s.", WasNotYet: "Not yet, decided by %s.",
}

// bundledSteps gives what happened, as far as others need to know.
func bundledSteps(tx store.Tx, s Snapshot, local func(time.Time) time.Time) (all []bundle.Step, err error) {
	steps, err := StepsOf(tx, s.Portfolio)
	for _, x := range steps {
		words, told := stepWords[x.What]
		if !told {
			continue
		}
		switch x.What {
		case WasStarted:
		case WasSubmitted:
			words = fmt.Sprintf(words, x.Number)
		default:
			words = fmt.Sprintf(words, x.Name)
		}
		all = append(all, bundle.Step{At: local(x.At), Said: words})
	}
	return all, err
}
