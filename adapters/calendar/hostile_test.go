package calendar_test

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/calendar"
	"cohortbot/bot/chat"
)

// hostile is what a text could try to become in a calendar file: a line of its own, a
// value of its own, an end, a tag; or text that turns the direction of its neighbours.
const hostile = "pwned\r\nATTENDEE:mailto:x@evil.example\nEND:VEVENT\rBEGIN:VALARM\u2028X-PWNED:1;x=y,z:\\n \x00\x1b \u202egnp.exe " +
	"<script>pwned()</script><img src=x onerror=pwned()> [go](javascript:pwned()) \"\r\n BEGIN:VCALENDAR"

// names gives the names of a file's properties, in order, as a calendar finds them.
func names(t *testing.T, file []byte) (all []string) {
	t.Helper()
	unfolded := regexp.MustCompile(`\r\n[ \t]`).ReplaceAllString(string(file), "")
	for _, line := range regexp.MustCompile(`\r\n|\n|\r`).Split(strings.TrimSuffix(unfolded, "\r\n"), -1) {
		name := regexp.MustCompile(`^[A-Za-z0-9-]*`).FindString(line)
		if name == "BEGIN" || name == "END" {
			name = line
		}
		all = append(all, name)
	}
	return all
}

// Each text of an event is tried by itself: the file has the same lines as without.
func TestNoTextOfAnEventBecomesAnythingElse(t *testing.T) {
	event := chat.Event{UID: "uid@bot", Title: "Hui", Where: "The hall", About: "Bring a plate", Start: stamp, End: stamp.Add(time.Hour)}
	want := names(t, calendar.Feed("Hui", []chat.Event{event}, stamp))
	tried := 0
	check := func(field string, file []byte) {
		tried++
		if got := names(t, file); !slices.Equal(got, want) {
			t.Errorf("%s: the lines are %q, want %q", field, got, want)
		}
		if strings.ContainsAny(string(file), "\u202e\x00\x1b") {
			t.Errorf("%s: a sign went through that may not stand there", field)
		}
	}
	check("the feed's name", calendar.Feed(hostile, []chat.Event{event}, stamp))
	v := reflect.ValueOf(&event).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.String {
			before := f.String()
			f.SetString(hostile)
			check(v.Type().Field(i).Name, calendar.Feed("Hui", []chat.Event{event}, stamp))
			if name := calendar.FileName(event); regexp.MustCompile(`[^a-z0-9.-]`).MatchString(name) {
				t.Errorf("a file is called %q", name)
			}
			f.SetString(before)
		}
	}
	if tried < 5 {
		t.Errorf("only %d texts were tried", tried)
	}
}
