package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/schedules"
)

func TestEveryPlatformIsGivenTheSameFiles(t *testing.T) {
	noon := time.Date(2027, 2, 3, 12, 0, 0, 0, time.UTC)
	m := chat.Message{
		Chart:    &chat.Chart{Kind: chat.Bars, Title: "Most met somebody new", Alt: "Seven of nine.", Axes: []string{"Met somebody new"}, Series: []chat.Series{{Name: "Weeks", Values: []float64{7}}}},
		Event:    &chat.Event{UID: "session-7", Title: "Q&A", Start: noon, End: noon.Add(time.Hour)},
		Document: &chat.Document{Name: "week-3", Title: "Week 3", Text: "Kept."},
	}
	files, err := attaching(schedules.NewMovable(noon, false), nil)(m)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct{ name, kind, alt, begins string }{
		{"chart.png", "image/png", "Most met somebody new. Seven of nine.", "\x89PNG"},
		{"q-a-2027-02-03-1200.ics", "text/calendar", "Q&A", "BEGIN:VCALENDAR\r\n"},
		{"week-3.html", "text/html", "Week 3", "<!DOCTYPE html>"},
	} {
		if i >= len(files) {
			t.Fatalf("there are %d files", len(files))
		}
		f := files[i]
		if f.Name != want.name || !strings.HasPrefix(f.Type, want.kind) || !strings.Contains(f.Alt, want.alt) || !bytes.HasPrefix(f.Data, []byte(want.begins)) {
			t.Errorf("file %d is %s, %s, %q, beginning with %.20q", i, f.Name, f.Type, f.Alt, f.Data)
		}
	}
	m.Chart.Axes = nil
	if _, err := attaching(schedules.System, nil)(m); err == nil {
		t.Error("a chart that cannot be drawn is left out without a word")
	}
}
