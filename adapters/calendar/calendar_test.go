package calendar_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"github.com/emersion/go-ical"
	"pgregory.net/rapid"

	"cohortbot/adapters/calendar"
	"cohortbot/bot/chat"
)

var stamp = time.Date(2027, 1, 5, 3, 4, 5, 0, time.UTC)

// read is an entry as a calendar program finds it.
type read struct {
	method, uid, sequence, title, where, about, status, link string
	start, end, stamp                                        time.Time
}

// programs are two calendar programs' readers, which know nothing of each other.
var programs = map[string]func([]byte) ([]read, error){"golang-ical": byGolangICal, "emersion": byEmersion}

func byGolangICal(data []byte) (all []read, err error) {
	c, err := ics.ParseCalendar(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	method := ""
	for _, p := range c.CalendarProperties {
		if p.IANAToken == "METHOD" {
			method = p.Value
		}
	}
	for _, e := range c.Events() {
		text := func(name ics.ComponentProperty) string {
			if p := e.GetProperty(name); p != nil {
				return p.Value
			}
			return ""
		}
		r := read{
			method: method, uid: e.Id(), sequence: text(ics.ComponentPropertySequence), title: text(ics.ComponentPropertySummary), where: text(ics.ComponentPropertyLocation),
			about: text(ics.ComponentPropertyDescription), status: text(ics.ComponentPropertyStatus),
		}
		if p := e.GetProperty(ics.ComponentPropertyUrl); p != nil {
			r.link = p.Value
		}
		if r.start, err = e.GetStartAt(); err != nil {
			return nil, err
		}
		if r.end, err = e.GetEndAt(); err != nil {
			return nil, err
		}
		if r.stamp, err = e.GetDtStampTime(); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

func byEmersion(data []byte) (all []read, err error) {
	c, err := ical.NewDecoder(bytes.NewReader(data)).Decode()
	if err != nil {
		return nil, err
	}
	method, err := c.Props.Text(ical.PropMethod)
	if err != nil {
		return nil, err
	}
	for _, e := range c.Events() {
		text := func(name string) string {
			s, no := e.Props.Text(name)
			if no != nil {
				err = no
			}
			return s
		}
		raw := func(name string) string {
			if p := e.Props.Get(name); p != nil {
				return p.Value
			}
			return ""
		}
		when := func(name string) time.Time {
			t, no := e.Props.DateTime(name, time.UTC)
			if no != nil {
				err = no
			}
			return t
		}
		all = append(all, read{
			method: method, uid: text("UID"), sequence: raw("SEQUENCE"), title: text("SUMMARY"), where: text("LOCATION"),
			about: text("DESCRIPTION"), status: text("STATUS"), link: raw("URL"),
			start: when("DTSTART"), end: when("DTEND"), stamp: when("DTSTAMP"),
		})
	}
	return all, err
}

// mustBeBytes holds a file against what every line of one must be.
func mustBeBytes(t interface {
	Helper()
	Errorf(string, ...any)
}, data []byte,
) {
	t.Helper()
	if !utf8.Valid(data) || !bytes.HasSuffix(data, []byte("\r\n")) {
		t.Errorf("it is no UTF-8, or does not end in a line's end: %q", data)
	}
	if n := strings.Count(string(data), "\n"); n != strings.Count(string(data), "\r\n") || n != strings.Count(string(data), "\r") {
		t.Errorf("a line does not end in CR LF: %q", data)
	}
	for l := range strings.SplitSeq(string(data), "\r\n") {
		if len(l) > 75 || !utf8.ValidString(l) {
			t.Errorf("the line %q has %d octets, or is cut within a letter", l, len(l))
		}
	}
}

func TestTwoCalendarProgramsReadWhatWasMeant(t *testing.T) {
	auckland, err := time.LoadLocation("Pacific/Auckland")
	if err != nil {
		t.Fatal(err)
	}
	// New Zealand's clocks go back on 4 April 2027: a weekly session at nine
	// stands an hour later in UTC after it.
	before := time.Date(2027, 4, 1, 9, 0, 0, 0, auckland)
	after := time.Date(2027, 4, 8, 9, 0, 0, 0, auckland)
	if after.Sub(before) != 169*time.Hour {
		t.Fatalf("a week over the change has %s", after.Sub(before))
	}
	for i, start := range []time.Time{before, after} {
		e := chat.Event{
			UID: fmt.Sprintf("session/0198-%d@cohortbot", i), Sequence: i, Title: "Kōrero; \"questions\", answers \\ & 日本語 🌱: " + strings.Repeat("ū", 40),
			Start: start, End: start.Add(90 * time.Minute), Where: "https://example.org/room?a=1&b=2,3;c", About: "Bring *one*:\n\n- a question; or\n- a worry, [or both](https://example.org/x)",
			Off: i == 1,
		}
		want := read{
			method: "PUBLISH", uid: e.UID, sequence: fmt.Sprint(i), title: e.Title, where: e.Where, link: e.Where, stamp: stamp, status: "CONFIRMED",
			about: "Bring one:\n\n- a question; or\n- a worry, or both (https://example.org/x)", start: start.UTC(), end: e.End.UTC(),
		}
		if e.Off {
			want.method, want.status = "CANCEL", "CANCELLED"
		}
		data := calendar.Entry(e, stamp)
		mustBeBytes(t, data)
		for name, program := range programs {
			got, err := program(data)
			if err != nil || len(got) != 1 {
				t.Errorf("%s: %v, %d entries in\n%s", name, err, len(got), data)
				continue
			}
			if got[0] != want {
				t.Errorf("%s reads\n%+v\nwant\n%+v", name, got[0], want)
			}
			if here := got[0].start.In(auckland).Format("Mon 15:04"); here != "Thu 09:00" {
				t.Errorf("%s: in Auckland it begins on %s", name, here)
			}
		}
	}
}

func TestAFeedHasEveryEventOnce(t *testing.T) {
	var events []chat.Event
	for i := range 30 {
		start := time.Date(2027, 3, 1+i, 20, 0, 0, 0, time.UTC)
		events = append(events, chat.Event{UID: fmt.Sprint("s", i), Sequence: i, Title: fmt.Sprint("Session ", i), Start: start, End: start.Add(time.Hour), Off: i%7 == 0})
	}
	data := calendar.Feed("Explorers", events, stamp)
	mustBeBytes(t, data)
	if !bytes.Contains(data, []byte("X-WR-CALNAME:Explorers\r\n")) || !bytes.Contains(data, []byte("REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n")) {
		t.Errorf("a subscriber finds no name and no pace:\n%s", data[:min(len(data), 400)])
	}
	for name, program := range programs {
		got, err := program(data)
		if err != nil || len(got) != len(events) {
			t.Fatalf("%s: %v, %d entries", name, err, len(got))
		}
		for i, e := range events {
			if g := got[i]; g.uid != e.UID || !g.start.Equal(e.Start) || g.method != "PUBLISH" || (g.status == "CANCELLED") != e.Off {
				t.Errorf("%s: entry %d is %+v", name, i, g)
			}
		}
	}
	if got := calendar.Feed("None yet", nil, stamp); !bytes.Contains(got, []byte("END:VCALENDAR\r\n")) {
		t.Errorf("an empty feed is %q", got)
	}
}

func TestWhateverPeopleWriteIsReadBack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		words := rapid.StringOfN(rapid.OneOf(rapid.RuneFrom([]rune("ab ,;:\\\"'\r\n\tñū日🌱BEGIN:END")), rapid.Rune()), 1, 120, -1)
		start := stamp.Add(time.Duration(rapid.Int64Range(0, 1<<28).Draw(r, "start")) * time.Second)
		e := chat.Event{UID: "u", Title: "x" + words.Draw(r, "title"), Where: words.Draw(r, "where"), Start: start, End: start.Add(time.Hour), About: chat.Plain("x" + words.Draw(r, "about"))}
		data := calendar.Entry(e, stamp)
		mustBeBytes(r, data)
		if r.Failed() {
			return
		}
		var first *read
		for name, program := range programs {
			got, err := program(data)
			if err != nil || len(got) != 1 || got[0].uid != "u" || !got[0].start.Equal(start) {
				r.Fatalf("%s: %v, %+v", name, err, got)
			}
			if first == nil {
				first = &got[0]
			} else if *first != got[0] {
				r.Fatalf("they read\n%+v\n%+v", *first, got[0])
			}
		}
		if want := calendar.Line(e.Title); first.title != want {
			r.Fatalf("%q is read as %q", want, first.title)
		}
	})
}

func TestAFileNameTellsVersionsApart(t *testing.T) {
	e := chat.Event{Title: "Q&A — with Āroha/../ " + strings.Repeat("long ", 20), Start: time.Date(2027, 3, 1, 20, 0, 0, 0, time.UTC)}
	if got := calendar.FileName(e); got != "q-a-with-roha-long-long-long-long-long-l-2027-03-01-2000.ics" {
		t.Errorf("it is called %q", got)
	}
	moved, elsewhere, off := e, e, e
	moved.Start, elsewhere.Sequence, off.Off = e.Start.Add(time.Hour), 1, true
	for _, other := range []chat.Event{moved, elsewhere, off} {
		if calendar.FileName(other) == calendar.FileName(e) {
			t.Errorf("%+v has the same name", other)
		}
	}
	if got := calendar.FileName(chat.Event{Title: "日本"}); !strings.HasPrefix(got, "event-") {
		t.Errorf("a title without Latin letters gives %q", got)
	}
}
