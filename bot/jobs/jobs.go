// Package jobs keeps what is still to be done, and does it when it is due. The
// queue is the truth, not a timer: a job is a record, and a restart forgets
// nothing. Start reading at [Job] and [Kind].
package jobs

import (
	"time"

	"cohortbot/bot/store"
)

// Job is one thing to be done at a time. There is one job a running thing, kept
// under a key that names it, so that setting it again moves it.
type Job struct {
	Key    string    `json:"key"`
	Kind   string    `json:"kind"`             // names the Kind that runs it
	Record string    `json:"record"`           // what it is about, read again when it runs
	Cohort string    `json:"cohort,omitempty"` // whose facilitators are told if it fails for good
	Due    time.Time `json:"due"`
	Until  time.Time `json:"until,omitzero"` // useful until then; zero is always
	Page   string    `json:"page,omitempty"` // where a fan-out goes on

	Tries  int       `json:"tries,omitempty"`
	First  time.Time `json:"first,omitzero"` // when it was first due, if it was put off
	Parked bool      `json:"parked,omitempty"`
	Fault  string    `json:"fault,omitempty"`
}

// Kind is how jobs of one sort are done. Run acts in the very transaction that
// removes the job; it may set the job again under the same key. Missed is called
// in its place for a job that comes too late to be useful; nil drops it.
type Kind struct {
	Name   string
	Run    func(tx store.Tx, j Job, now time.Time) error
	Missed func(tx store.Tx, j Job, now time.Time) error
}

// Table keeps all jobs by key.
var Table = store.NewTable[string, Job]("jobs", 1,
	store.Index[Job]{Name: "due", Keys: func(j Job) [][]byte {
		if j.Parked {
			return nil
		}
		return [][]byte{store.Key(j.Due)}
	}},
	store.Index[Job]{Name: "parked", Keys: func(j Job) [][]byte {
		if !j.Parked {
			return nil
		}
		return [][]byte{store.Key(j.Due)}
	}},
)

// Set puts a job in the queue, in the place of the one with the same key.
func Set(tx store.Tx, j Job) error { return Table.Put(tx, j.Key, j) }

// Drop takes a job out of the queue. One that is not there is no error.
func Drop(tx store.Tx, key string) error { return Table.Delete(tx, key) }
