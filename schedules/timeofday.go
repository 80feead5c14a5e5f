package schedules

import (
	"cmp"
	"fmt"
	"strings"
)

// TimeOfDay is an hour (0 to 23) and a minute (0 to 59). The zero TimeOfDay is
// midnight at the start of a day.
type TimeOfDay struct{ Hour, Minute int }

// ParseTimeOfDay reads "09:00", "9am", "9.30pm", "18h30", "noon", "midnight"
// (the start of the day), and a bare hour: 1 to 6 is the afternoon, 7 to 12 the
// morning and noon, since nobody meets at three in the night. With minutes and
// without am or pm it is read as written, on a clock of 24 hours.
func ParseTimeOfDay(s string) (TimeOfDay, error) {
	toks := strings.Fields(plainly(s))
	if len(s) <= maxTyped && len(toks) > 0 {
		if c, n := readClock(toks); n == len(toks) && c.ok {
			if c.minutes {
				return c.asWritten(), nil
			}
			return c.daytime(), nil
		}
	}
	return TimeOfDay{}, &Unclear{Typed: s, Kind: "a time of day", Example: `"9am", "18:30" or "noon"`}
}

// minutes counts from the start of the day.
func (t TimeOfDay) minutes() int { return t.Hour*60 + t.Minute }

// Compare is -1 when t is earlier in the day than u, 0 when the same, 1 when later.
func (t TimeOfDay) Compare(u TimeOfDay) int { return cmp.Compare(t.minutes(), u.minutes()) }

// Before says whether t is earlier in the day than u.
func (t TimeOfDay) Before(u TimeOfDay) bool { return t.Compare(u) < 0 }

// String is "09:00".
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", t.Hour, t.Minute) }

// Clock is the time as people say it, "9:00 am".
func (t TimeOfDay) Clock() string {
	half := "am"
	if t.Hour >= 12 {
		half = "pm"
	}
	return fmt.Sprintf("%d:%02d %s", (t.Hour+11)%12+1, t.Minute, half)
}

// MarshalText gives "09:00".
func (t TimeOfDay) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads anything that [ParseTimeOfDay] does.
func (t *TimeOfDay) UnmarshalText(text []byte) error {
	v, err := ParseTimeOfDay(string(text))
	if err != nil {
		return err
	}
	*t = v
	return nil
}
