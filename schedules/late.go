package schedules

import "time"

// Late is what to do with something whose time passed while nobody was awake:
// do it if it is still useful, and otherwise skip it and tell somebody.
type Late struct {
	// Within is how long after its time the thing is still useful. Zero means
	// always.
	Within time.Duration
}

// StillUseful says whether something due at due should still be done at now.
func (l Late) StillUseful(due, now time.Time) bool {
	return l.Within == 0 || now.Sub(due) <= l.Within
}
