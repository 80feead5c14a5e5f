package schedules

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

func TestMovableRunsOnOrStandsStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Date(2027, 2, 1, 9, 0, 0, 0, time.UTC)
		ticks, stands := NewMovable(start, true), NewMovable(start, false)
		time.Sleep(time.Hour)
		if got := ticks.Now().Sub(start); got != time.Hour {
			t.Errorf("ticking moved %s in an hour", got)
		}
		if got := stands.Now().Sub(start); got != 0 {
			t.Errorf("standing moved %s", got)
		}
		again := NewMovable(System.Now().Add(ticks.Offset()), true)
		if !again.Now().Equal(ticks.Now()) {
			t.Errorf("begun again from its offset it shows %s, not %s", again.Now(), ticks.Now())
		}
		if got := System.Now().Add(stands.Offset()); !got.Equal(stands.Now()) {
			t.Errorf("the standing clock's offset gives %s, not %s", got, stands.Now())
		}
	})
}

func TestMovableGoesForwardOnlyAndSaysWhenItJumps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, ticking := range []bool{true, false} {
			start := time.Date(2027, 2, 1, 9, 0, 0, 0, time.UTC)
			m := NewMovable(start, ticking)
			moved := m.Moved()
			m.MoveTo(start.Add(-time.Hour))
			m.MoveTo(start)
			select {
			case <-moved:
				t.Error("moved without moving")
			default:
			}
			m.MoveTo(start.Add(7 * day))
			select {
			case <-moved:
			default:
				t.Error("moved without saying so")
			}
			if m.Moved() == moved || !m.Now().Equal(start.Add(7*day)) {
				t.Errorf("after moving: %s", m.Now())
			}
		}
		if System.Moved() != nil {
			t.Error("the system's clock can be moved")
		}
	})
}

func TestMovableIsSafeForMany(t *testing.T) {
	m := NewMovable(tuesday, true)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 100 {
				last := m.Now()
				m.MoveTo(last.Add(time.Duration(i*n) * time.Minute))
				if m.Now().Before(last) || m.Offset() < 0 && m.Moved() == nil {
					t.Error("went backwards")
				}
			}
		})
	}
	all.Wait()
}

func TestQuietOpensAtTheFirstMinuteOutside(t *testing.T) {
	night := Quiet{TimeOfDay{22, 0}, TimeOfDay{7, 0}}
	siesta := Quiet{TimeOfDay{13, 0}, TimeOfDay{15, 0}}
	for _, c := range []struct {
		q        Quiet
		at, want string
	}{
		{night, "2026-11-03T10:30", "2026-11-03T10:30"},
		{night, "2026-11-03T22:00", "2026-11-04T07:00"},
		{night, "2026-11-03T23:59", "2026-11-04T07:00"},
		{night, "2026-11-03T00:00", "2026-11-03T07:00"},
		{night, "2026-11-03T07:00", "2026-11-03T07:00"},
		{siesta, "2026-11-03T12:59", "2026-11-03T12:59"},
		{siesta, "2026-11-03T13:00", "2026-11-03T15:00"},
		{Quiet{}, "2026-11-03T00:00", "2026-11-03T00:00"},
		{Quiet{TimeOfDay{9, 0}, TimeOfDay{9, 0}}, "2026-11-03T09:00", "2026-11-03T09:00"},
		{Quiet{TimeOfDay{0, 0}, TimeOfDay{2, 30}}, "2027-09-26T01:00", "2027-09-26T03:00"}, // no 02:30 that day
	} {
		if got := c.q.Open(wall(t, c.at).In(auckland), auckland); WallOf(got).String() != c.want {
			t.Errorf("%v at %s opens at %s, want %s", c.q, c.at, got, c.want)
		}
	}
}

func TestQuietOpensAsEarlyAsItCanThroughChangesOfTheClocks(t *testing.T) {
	// The two nights on which Auckland's clocks change in 2027, minute by minute.
	nights := []time.Time{wall(t, "2027-04-03T20:00").In(auckland), wall(t, "2027-09-25T20:00").In(auckland)}
	rapid.Check(t, func(t *rapid.T) {
		tod := func(label string) TimeOfDay {
			m := rapid.IntRange(0, 95).Draw(t, label) * 15
			return TimeOfDay{m / 60, m % 60}
		}
		q := Quiet{tod("from"), tod("to")}
		at := rapid.SampledFrom(nights).Draw(t, "night").Add(time.Duration(rapid.IntRange(0, 16*60).Draw(t, "minutes")) * time.Minute)
		want := at
		for q.Has(WallOf(want.In(auckland.Location())).Time) {
			want = want.Add(time.Minute)
		}
		if got := q.Open(at, auckland); !got.Equal(want) {
			t.Fatalf("%v at %s opens at %s, want %s", q, at, got, want)
		}
	})
}

func TestQuietHoursThatBeginInARepeatedHourAreOverUntilTheyComeAgain(t *testing.T) {
	// In Auckland, on 4 April 2027, the wall says 2:00 to 3:00 twice.
	first := time.Date(2027, time.April, 3, 13, 15, 0, 0, time.UTC) // 2:15, the first time
	q := Quiet{From: TimeOfDay{2, 15}, To: TimeOfDay{}}
	want := time.Date(2027, time.April, 3, 14, 0, 0, 0, time.UTC) // 2:00, the second time
	if got := q.Open(first, auckland); !got.Equal(want) {
		t.Errorf("opens at %s, want %s", got, want)
	}
}
