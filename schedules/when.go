package schedules

import "time"

// When is a date, and perhaps a time, as somebody wrote it.
type When struct {
	Wall    Wall
	Zone    Zone // the writer's, or the one they named
	HasTime bool // false when only a date was given; the time is then midnight
}

// Instant is the moment meant; see [Wall.In] for what daylight saving does.
func (w When) Instant() time.Time { return w.Wall.In(w.Zone) }

// Words says the understood time back; only the day when no time was given.
func (w When) Words(now time.Time) string {
	if !w.HasTime {
		return dayWords(w.Wall.Date, DateOf(now.In(w.Zone.Location())))
	}
	return Words(w.Instant(), w.Zone, now)
}

// ParseWhen reads a date and a time.
func ParseWhen(text string, now time.Time, z Zone) (When, error) {
	t, err := time.ParseInLocation("2006-01-02 15:04", text, z.Location())
	if err != nil {
		return When{}, err
	}
	return When{WallOf(t), z, true}, nil
}

// ParseDuration reads a length of time.
func ParseDuration(text string) (time.Duration, error) { return time.ParseDuration(text) }
