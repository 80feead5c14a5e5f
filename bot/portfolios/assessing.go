package portfolios

import (
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/evidence"
	"cohortbot/bot/links"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// AppointmentID names an appointment for ever.
type AppointmentID string

// Appointment is somebody being the assessor of a portfolio, until they say that
// they have a conflict of interest or somebody else takes their place.
type Appointment struct {
	ID        AppointmentID  `json:"id"`
	Portfolio ID             `json:"portfolio"`
	Person    people.ID      `json:"person,omitempty"` // in a workspace; empty: outside, by Link
	Workspace chat.Workspace `json:"w"`                // where they are told, or who appointed them
	Name      string         `json:"name"`
	Link      links.ID       `json:"link,omitempty"`
	By        people.ID      `json:"by"` // who appointed them
	At        time.Time      `json:"at"`

	Declared time.Time `json:"declared,omitzero"` // when they answered whether there is a conflict
	Conflict string    `json:"conflict,omitempty"`
	Ended    time.Time `json:"ended,omitzero"`
}

// Reads tells whether the assessor may read and judge: they have said that there is
// no conflict of interest, and nobody has taken their place.
func (a Appointment) Reads() bool {
	return a.Ended.IsZero() && !a.Declared.IsZero() && a.Conflict == ""
}

// Appointments keeps all appointments.
var Appointments = store.NewTable[AppointmentID, Appointment]("portfolio assessors", 1,
	store.Index[Appointment]{Name: "portfolio", Keys: func(a Appointment) [][]byte {
		return [][]byte{store.Key(string(a.Portfolio), a.At)}
	}},
	store.Index[Appointment]{Name: "person", Keys: func(a Appointment) [][]byte {
		if a.Person == "" || !a.Ended.IsZero() {
			return nil
		}
		return [][]byte{store.Key(string(a.Person), a.At)}
	}})

// AssessorOf gives the assessor of a portfolio; false where there is none now.
func AssessorOf(tx store.Tx, p ID) (Appointment, bool, error) {
	for row, err := range Appointments.By(tx, "portfolio", string(p)) {
		if err != nil {
			return Appointment{}, false, err
		}
		if row.Value.Ended.IsZero() {
			return row.Value, true, nil
		}
	}
	return Appointment{}, false, nil
}

// end takes an assessor's task away, and their link with it.
func (a Appointment) end(tx store.Tx, now time.Time) error {
	a.Ended = now
	if a.Link != "" {
		if err := links.End(tx, a.Link, now); err != nil {
			return err
		}
	}
	if p, ok, err := Get(tx, a.Portfolio); err != nil {
		return err
	} else if ok {
		if err := closeCopy(tx, a.ID, p.Latest); err != nil {
			return err
		}
	}
	return Appointments.Put(tx, a.ID, a)
}

// AssessmentID names an assessment for ever.
type AssessmentID string

// Assessment is one assessor judging one snapshot.
type Assessment struct {
	ID          AssessmentID  `json:"id"`
	Appointment AppointmentID `json:"appointment"`
	Portfolio   ID            `json:"portfolio"`
	Snapshot    SnapshotID    `json:"snapshot"`
	Name        string        `json:"name"` // the assessor's
	At          time.Time     `json:"at"`

	Judged map[string]Judgement `json:"judged,omitempty"` // by criterion
	Asked  []Question           `json:"asked,omitempty"`  // what the assessor asked for more of
	Result Result               `json:"result,omitempty"`
	Words  string               `json:"words,omitempty"` // to the owner, with the result
	// Decided is when the result was given. Nothing changes afterwards.
	Decided time.Time `json:"decided,omitzero"`
}

// Judgement is what an assessor says of one criterion.
type Judgement struct {
	Result   Result    `json:"result"`
	Feedback string    `json:"feedback,omitempty"`
	At       time.Time `json:"at"`
	// Before tells that it was said of an earlier snapshot and taken over.
	Before bool `json:"before,omitempty"`
}

// Question is what an assessor asks for before deciding.
type Question struct {
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// Result is what an assessor decides.
type Result string

// The results.
const (
	Met    Result = "met"
	NotYet Result = "not yet"
)

// Assessments keeps all assessments.
var Assessments = store.NewTable[AssessmentID, Assessment]("portfolio assessments", 1,
	store.Index[Assessment]{Name: "portfolio", Keys: func(a Assessment) [][]byte {
		return [][]byte{store.Key(string(a.Portfolio), a.At)}
	}})

// AssessmentsOf gives every assessment of a portfolio, the oldest first.
func AssessmentsOf(tx store.Tx, p ID) ([]Assessment, error) {
	var found []Assessment
	for row, err := range Assessments.By(tx, "portfolio", string(p)) {
		if err != nil {
			return nil, err
		}
		found = append(found, row.Value)
	}
	return found, nil
}

// Decided gives the last assessment of a portfolio that came to a result, with the
// snapshot that it is about; false where none has.
func Decided(tx store.Tx, p ID) (Assessment, Snapshot, bool, error) {
	all, err := AssessmentsOf(tx, p)
	if err != nil {
		return Assessment{}, Snapshot{}, false, err
	}
	for _, a := range slices.Backward(all) {
		if !a.Decided.IsZero() {
			s, err := Snapshots.Get(tx, a.Snapshot)
			return a, s, err == nil, err
		}
	}
	return Assessment{}, Snapshot{}, false, nil
}

// Judged gives the newest decision on what somebody handed in that is judged by a
// framework; false where there is none.
func Judged(tx store.Tx, p people.ID, framework string) (found evidence.Judged, any bool, err error) {
	own, err := Of(tx, p)
	if err != nil {
		return found, false, err
	}
	for _, x := range own {
		a, s, ok, err := Decided(tx, x.ID)
		if err != nil {
			return found, false, err
		}
		if !ok || x.Asks.Framework != framework || a.Decided.Before(found.On) {
			continue
		}
		found, any = evidence.Judged{By: a.Name, Title: x.Asks.Title, On: a.Decided, Met: len(s.Criteria) - len(notYet(s, a)), All: len(s.Criteria)}, true
	}
	return found, any, nil
}

// begin gives the assessment of the newest snapshot by an assessor, and makes it if
// there is none yet. What they said of the snapshot before is taken over, to be
// kept or changed.
func begin(tx store.Tx, p Portfolio, by Appointment, id AssessmentID, now time.Time) (Assessment, error) {
	all, err := AssessmentsOf(tx, p.ID)
	if err != nil {
		return Assessment{}, err
	}
	a := Assessment{
		ID: id, Appointment: by.ID, Portfolio: p.ID, Snapshot: p.Latest, Name: by.Name, At: now, Judged: map[string]Judgement{},
	}
	for _, before := range all {
		if before.Appointment != by.ID {
			continue
		}
		if before.Snapshot == p.Latest {
			return before, nil
		}
		for criterion, j := range before.Judged {
			j.Before = true
			a.Judged[criterion] = j
		}
	}
	return a, Assessments.Put(tx, a.ID, a)
}

// unjudged gives the criteria that nothing was said about yet.
func unjudged(s Snapshot, a Assessment) []Criterion {
	return slices.DeleteFunc(slices.Clone(s.Criteria), func(c Criterion) bool { return a.Judged[c.ID].Result != "" })
}

// notYet gives the criteria that are not yet met.
func notYet(s Snapshot, a Assessment) []Criterion {
	return slices.DeleteFunc(slices.Clone(s.Criteria), func(c Criterion) bool { return a.Judged[c.ID].Result != NotYet })
}

// assessmentOf gives an assessment; false where there is none.
func assessmentOf(tx store.Tx, id string) (Assessment, bool, error) {
	return Assessments.Find(tx, AssessmentID(id))
}

// whole is longer than any text of a criterion.
const whole = 1100

// name gives a criterion as it is spoken of: "1 Plan a process …".
func (c Criterion) name(most int) string {
	return chat.Short(strings.TrimSuffix(strings.TrimSpace(c.Code+" "+c.Text), "."), most)
}
