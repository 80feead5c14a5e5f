package schedules

import "time"

// Quiet is the hours of a day in which a person is not disturbed, from From up
// to but not including To, on the wall where they live. It may wrap midnight.
// From equal to To means that there are none.
type Quiet struct{ From, To TimeOfDay }

// Has says whether the time of day t is quiet.
func (q Quiet) Has(t TimeOfDay) bool {
	if q.From.Before(q.To) {
		return !t.Before(q.From) && t.Before(q.To)
	}
	return q.From != q.To && (!t.Before(q.From) || t.Before(q.To))
}

// Open is the first instant not before t that is outside the quiet hours in z;
// t itself when it is outside them already.
func (q Quiet) Open(t time.Time, z Zone) time.Time {
	for {
		local := t.In(z.Location())
		now := WallOf(local)
		if !q.Has(now.Time) {
			return t
		}
		end := Wall{now.Date, q.To}
		if !now.Before(end) {
			end = end.AddDays(1)
		}
		next := end.In(z)
		// When the clocks have gone back and t is in the second pass, the first
		// occurrence of the end can be behind it; and when they go back before
		// the end, the quiet hours end at its first occurrence all the same.
		if !next.After(t) {
			wait := end.utc().Sub(now.utc())
			next = t.Truncate(time.Minute).Add(wait)
		}
		// Where the clocks change on the way, the wall reads otherwise from there:
		// quiet hours that begin in an hour which comes twice may be over again.
		if _, change := local.ZoneBounds(); change.After(t) && change.Before(next) {
			next = change
		}
		t = next
	}
}
