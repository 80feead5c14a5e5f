package sessions

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// placedKind is the kind of what is said where a session meets elsewhere than it
// was said, in the channel and to whoever comes, and of the job that tells one of
// them.
const placedKind = "session placed"

func placedRecord(s Session) string { return fmt.Sprintf("%s/%d", s.ID, s.Placed) }
func placedKey(s Session) string    { return fmt.Sprintf("session/%s/placed/%d", s.ID, s.Placed) }

// place gives a session another place, and says so unless its time changes as
// well: then the news of that have it.
func place(tx store.Tx, c cohorts.Cohort, s Session, where string, quietly bool, now time.Time) (Session, error) {
	before := placedRecord(s)
	s.Where = where
	s.Placed++
	if err := s.keep(tx); err != nil {
		return s, err
	}
	if err := outbox.Touch(tx, placedKind, before); err != nil {
		return s, err
	}
	if err := follow(tx, c, s, now); err != nil || quietly {
		return s, err
	}
	if err := news(tx, c, s, outbox.Item{Key: placedKey(s), Kind: placedKind, Record: placedRecord(s)}, now); err != nil {
		return s, err
	}
	for row, err := range Attendees.By(tx, "session", string(s.ID)) {
		if err != nil {
			return s, err
		}
		if a := row.Value; a.Outside || !a.Answer.Coming() && len(s.People) == 0 {
			continue
		}
		p, err := people.Table.Get(tx, row.Value.Person)
		if err != nil {
			return s, err
		}
		if err := jobs.Set(tx, jobs.Job{
			Key: placedKey(s) + "/" + string(p.ID), Kind: placedKind, Record: row.ID, Page: placedRecord(s), Cohort: string(c.ID),
			Due: humane(p, p.ZoneOr(c.Zone), now, s.Start()), Until: s.End(),
		}); err != nil {
			return s, err
		}
	}
	return s, nil
}

// placeDue tells one person who comes where, unless they were not asked yet, or
// the place has changed again.
func placeDue(tx store.Tx, j jobs.Job, now time.Time) error {
	at, ok, err := load(tx, j.Record)
	if err != nil || !ok || at.session.Off() || placedRecord(at.session) != j.Page {
		return err
	}
	if waits, err := jobs.Table.Has(tx, inviteJobKey(at.Session, at.Person)); err != nil || waits {
		return err
	}
	return outbox.Say(tx, outbox.Item{
		Key: j.Key, Kind: placedKind, Record: j.Page, Cohort: string(at.cohort.ID), Person: string(at.Person),
		Place: at.person.Direct(at.cohort.Place.Workspace), Until: at.session.End(),
	}, now)
}

// sayPlaced has the words of one change of place. Once it has changed again, they
// point to the younger message.
func sayPlaced(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	id, number, _ := strings.Cut(i.Record, "/")
	s, c, ok, err := still(tx, ID(id))
	n, fault := strconv.Atoi(number)
	if err != nil || fault != nil || !ok {
		return chat.Message{}, false, err
	}
	if s.Off() {
		return chat.Message{Text: cancelledWords(s, c, now)}, i.State == outbox.Sent, nil
	}
	if n < s.Placed {
		return chat.Message{Text: "The place of " + s.name() + " has changed again since. The newest message about it has it."}, i.State == outbox.Sent, nil
	}
	return chat.Message{
		Text:    s.name() + ", " + at(s.Start(), c.Zone, now) + ", meets in another place than was said before." + s.place(),
		Buttons: s.answers(), Event: s.event(c),
	}, true, nil
}
