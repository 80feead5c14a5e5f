package cohorts

import "cohortbot/schedules"

// Moved is a week that a change dates anew. From is zero for a week that comes
// into the plan, To for one that is left out. Both are on the wall in the
// cohort's zone.
type Moved struct {
	ID     WeekID         `json:"id"`
	Number int            `json:"number"` // in the plan as it is then; 0 for one that is left out
	Title  string         `json:"title"`
	From   schedules.Wall `json:"from,omitzero"`
	To     schedules.Wall `json:"to,omitzero"`
}

// Shifts tells whether the week had a date and now has another.
func (m Moved) Shifts() bool { return !m.From.IsZero() && !m.To.IsZero() }

// Diff gives the weeks ahead whose date differs between two plans, in the order
// of the second, those that are left out last. last tells whether everything
// after the first week that shifts shifts as well.
func Diff(before, after []Dated) (moved []Moved, last bool) {
	was := map[WeekID]Dated{}
	for _, d := range before {
		was[d.ID] = d
	}
	shifting := false
	last = true
	for _, d := range after {
		old := was[d.ID]
		delete(was, d.ID)
		if !d.Ahead() {
			if old.ID != "" && old.Ahead() && d.Skipped {
				was[d.ID] = old
			}
			continue
		}
		m := Moved{ID: d.ID, Number: d.Number, Title: d.Title, To: d.On}
		if old.ID != "" && old.Ahead() {
			m.From = old.On
		}
		if m.From != m.To {
			moved = append(moved, m)
			shifting = shifting || m.Shifts()
		} else if shifting {
			last = false
		}
	}
	for _, d := range before {
		if _, gone := was[d.ID]; gone && d.Ahead() {
			moved = append(moved, Moved{ID: d.ID, Title: d.Title, From: d.On})
		}
	}
	return moved, last
}
