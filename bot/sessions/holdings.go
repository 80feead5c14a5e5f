package sessions

import (
	"errors"
	"slices"
	"time"

	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// erasedTitle is what a session is called whose planner had their words erased.
const erasedTitle = "Session"

// holdings is what this package keeps about people.
func holdings() []deeds.Holding {
	return []deeds.Holding{
		deeds.Holds(Attendees, deeds.Records[string, Attendee]{
			What: "which sessions you answered and were at", Purpose: deeds.TakingPart, Seen: "whoever planned the session, and the group as a count", Index: "person",
			Erase: func(tx store.Tx, _ people.ID, id string, a Attendee, _ time.Time) error {
				return errors.Join(Attendees.Delete(tx, id), touch(tx, a.Session))
			},
		}),
		deeds.Holds(Suiting, deeds.Records[string, Suits]{
			What: "which times suited you", Purpose: deeds.TakingPart, Seen: "whoever looked for a time, and the group as a count", Index: "person",
			Erase: func(tx store.Tx, _ people.ID, id string, s Suits, _ time.Time) error {
				return errors.Join(Suiting.Delete(tx, id), outbox.Touch(tx, findKind, string(s.Find)))
			},
		}),
		deeds.Holds(Agendas, deeds.Records[string, AgendaItem]{
			What: "what you put on agendas", Purpose: deeds.TakingPart, Seen: "the members of the group", Index: "person",
			Erase: func(tx store.Tx, _ people.ID, id string, a AgendaItem, _ time.Time) error {
				return errors.Join(Agendas.Delete(tx, id), touch(tx, a.Session))
			},
		}),
		deeds.Holds(SeriesTable, deeds.Records[SeriesID, Series]{
			What: "why you called off sessions of a series", Purpose: deeds.TakingPart, Seen: "the members of the group",
			Of: func(tx store.Tx, p people.ID) ([]SeriesID, error) {
				var ids []SeriesID
				for row, err := range SeriesTable.All(tx) {
					if err != nil {
						return nil, err
					}
					if slices.ContainsFunc(row.Value.Changes, func(ch SeriesChange) bool { return ch.By == p }) {
						ids = append(ids, row.ID)
					}
				}
				return ids, nil
			},
			Erase: func(tx store.Tx, p people.ID, id SeriesID, r Series, _ time.Time) error {
				r.Changes = slices.Clone(r.Changes)
				for i := range r.Changes {
					if r.Changes[i].By == p {
						r.Changes[i].Why = ""
					}
				}
				errs := []error{SeriesTable.Put(tx, id, r)}
				for n := range r.Changes {
					errs = append(errs, outbox.Touch(tx, seriesKind, seriesRecord(id, n+1)))
				}
				return errors.Join(errs...)
			},
		}),
		deeds.Holds(Table, deeds.Records[ID, Session]{
			What: "sessions that you planned, called off, wrote the notes or the questions of, or that were for you alone with others", Purpose: deeds.TakingPart, Seen: "those whom the session is for",
			Stays: "Sessions still to come that you planned keep their name and place until they are over, since others go by them. Of those that are over, only the time stays.",
			Mine: func(_ ID, s Session, p people.ID) bool {
				return s.By == p || s.OffBy == p || slices.Contains(s.People, p) || s.Notes != nil && s.Notes.By == p || s.Stages != nil && s.Stages.By == p
			},
			Show: func(_ store.Tx, p people.ID, s Session) (any, error) {
				if s.Notes != nil && s.Notes.By != p {
					s.Notes = nil
				}
				if s.Stages != nil && s.Stages.By != p {
					s.Stages = nil
				}
				if s.OffBy != p {
					s.Why = ""
				}
				return s, nil
			},
			Erase: eraseSession,
		}),
		deeds.Holds(Finds, deeds.Records[FindID, Find]{
			What: "times that you looked for", Purpose: deeds.TakingPart, Seen: "the members of the group",
			Mine: func(_ FindID, f Find, p people.ID) bool { return f.By == p },
			Erase: func(tx store.Tx, _ people.ID, id FindID, f Find, now time.Time) error {
				f.Title, f.Where = erasedTitle, ""
				if f.Session == "" && f.Left.IsZero() { // nobody is left to pick one
					f.Left = now
				}
				return errors.Join(Finds.Put(tx, id, f), outbox.Touch(tx, findKind, string(id)), outbox.Touch(tx, findPickKind, string(id)))
			},
		}),
		deeds.Holds(Feeds, deeds.Records[cohorts.ID, Feed]{
			What: "calendar addresses that you made", Purpose: deeds.TakingPart, Seen: "the members of the group",
			Stays: "A calendar address that you made goes on working for the group. It no longer leads to you.",
			Mine:  func(_ cohorts.ID, f Feed, p people.ID) bool { return f.By == p }, Erase: deeds.Stay[cohorts.ID, Feed],
		}),
	}
}

// eraseSession takes somebody's words out of a session: the notes that they wrote,
// why they called it off, and once it is over what they called it.
func eraseSession(tx store.Tx, p people.ID, id ID, s Session, now time.Time) error {
	if s.Notes != nil && s.Notes.By == p {
		s.Notes = nil
	}
	if s.OffBy == p {
		s.Why = ""
	}
	if s.Stages != nil && s.Stages.By == p {
		s.Stages = nil
	}
	if s.By == p {
		if !s.over(now) && !s.Off() {
			return errors.Join(s.keep(tx), touch(tx, id), jobs.Set(tx, unnameJob(s)))
		}
		s.Title, s.Where = erasedTitle, ""
	}
	return errors.Join(s.keep(tx), touch(tx, id))
}

// unnameKind is the job that takes the name and the place off a session when it is
// over, whose planner had their words erased while others still went by them.
const unnameKind = "session unname"

func unnameJob(s Session) jobs.Job {
	return jobs.Job{Key: unnameKind + "/" + string(s.ID), Kind: unnameKind, Record: string(s.ID), Cohort: string(s.Cohort), Due: s.End()}
}

func unname(tx store.Tx, j jobs.Job, now time.Time) error {
	s, there, err := Table.Find(tx, ID(j.Record))
	if err != nil || !there {
		return err
	}
	if !s.over(now) && !s.Off() { // it was moved
		return jobs.Set(tx, unnameJob(s))
	}
	s.Title, s.Where = erasedTitle, ""
	return errors.Join(s.keep(tx), touch(tx, s.ID))
}

// touch has all that was said of a session made anew.
func touch(tx store.Tx, id ID) error {
	kinds := []string{
		announceKind, movedKind, cancelledKind, seriesKind, calendarKind, inviteKind, notesKind, afterKind, stageKind, reminderKind, changeKind, placedKind,
	}
	var errs []error
	for _, kind := range kinds {
		// A record is the session's id, or begins with it and a slash.
		from, to := store.Key(kind, string(id)), store.Key(kind, string(id)+string('/'+1))
		for row, err := range outbox.Table.Range(tx, "record", from, to, false) {
			if err != nil {
				return err
			}
			errs = append(errs, outbox.Touch(tx, kind, row.Value.Record))
		}
	}
	return errors.Join(errs...)
}
