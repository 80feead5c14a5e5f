package lenses

import (
	"bytes"
	"context"
	"testing"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
	"cohortbot/schedules"
)

// What somebody wrote goes; what others agreed to or took on stays, without them.
func TestErasingSomebodyLeavesNothingOfTheirs(t *testing.T) {
	f := Feature(Options{Dimensions: one.Dimensions})
	s := storetest.New(t, append(f.Tables, cohorts.Table, cohorts.Members, people.Table, jobs.Table, outbox.Table)...)
	now := time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)
	day := schedules.DateOf(now).AddDays(9)
	err := s.Update(context.Background(), func(tx store.Tx) error {
		puts := []error{
			cohorts.Table.Put(tx, "c", cohorts.Cohort{ID: "c", State: cohorts.Open, Zone: schedules.MustZone("UTC"), Place: chat.Channel("test", "c")}),
			Collaborations.Put(tx, "x", Collaboration{ID: "x", Cohort: "c", Name: "Soup", By: "eru"}),
			Looks.Put(tx, "l", Look{ID: "l", Collaboration: "x", By: "eru", Cells: map[string]Cell{"s": {Level: 2}}, Closed: now}),
			Answers.Put(tx, answerID("l", "eru"), Answer{Collaboration: "x", Look: "l", Person: "eru", Note: "draughty"}),
			Answers.Put(tx, answerID("l", "ana"), Answer{Collaboration: "x", Look: "l", Person: "ana"}),
			Parts.Put(tx, "p", Part{ID: "p", Collaboration: "x", Person: "eru", Brings: "draughty"}),
			Wordings.Put(tx, "w1", Wording{ID: "w1", Collaboration: "x", Cohort: "c", By: "eru", Words: "draughty", State: Suggested}),
			Wordings.Put(tx, "w2", Wording{ID: "w2", Collaboration: "x", Cohort: "c", By: "ana", Words: "ours", Agreed: []people.ID{"eru", "ben"}, State: Suggested}),
			Steps.Put(tx, "s1", Step{ID: "s1", Collaboration: "x", Cohort: "c", What: "draughty", By: "eru", Owner: "eru", Due: day, State: ToDo}),
			Steps.Put(tx, "s2", Step{ID: "s2", Collaboration: "x", Cohort: "c", What: "ours", By: "ana", Owner: "eru", Due: day, State: ToDo}),
		}
		for _, id := range []people.ID{"ana", "ben", "eru"} {
			puts = append(puts, people.Table.Put(tx, id, people.Person{ID: id}),
				cohorts.Members.Put(tx, cohorts.MemberID("c", id), cohorts.Member{Cohort: "c", Person: id, Joined: now}))
		}
		for _, err := range puts {
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	held := map[string]int{}
	err = s.Update(context.Background(), func(tx store.Tx) error {
		for _, h := range f.Holdings {
			all, err := h.Of(tx, "eru")
			if err != nil {
				return err
			}
			held[h.Table] = len(all)
			if err := h.Erase(tx, "eru", now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for table, n := range map[string]int{"lenses": 1, "lenslooks": 1, "lensanswers": 1, "lensparts": 1, "lenswordings": 2, "lenssteps": 2} {
		if held[table] != n {
			t.Errorf("%d records of theirs in %s, want %d", held[table], table, n)
		}
	}
	if err := s.View(context.Background(), func(tx store.Tx) error {
		for row, err := range tx.Scan(nil, nil, false) {
			if err != nil {
				return err
			}
			if bytes.Contains(row.Value, []byte("draughty")) {
				t.Errorf("still stands under %q: %s", row.Key, row.Value)
			}
		}
		w, err := Wordings.Get(tx, "w2")
		if err != nil || len(w.Agreed) != 1 {
			t.Errorf("agreed: %v, %v", w.Agreed, err)
		}
		other, err := Steps.Get(tx, "s2")
		if err != nil || other.Owner != "" {
			t.Errorf("the step is %s's, %v", other.Owner, err)
		}
		l, err := Looks.Get(tx, "l")
		if err != nil || l.Cells["s"].Level != 2 {
			t.Errorf("the picture is %v, %v", l.Cells, err)
		}
		if _, err := Answers.Get(tx, answerID("l", "ana")); err != nil {
			t.Error(err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
