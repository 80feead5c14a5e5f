package hours_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cohortbot/bot/deeds"
	"cohortbot/bot/hours"
	"cohortbot/schedules"
)

var (
	auckland = schedules.MustZone("Pacific/Auckland")
	now      = time.Date(2031, time.February, 5, 10, 0, 0, 0, auckland.Location()) // a Wednesday
)

func TestHoursAreReadAsPeopleWriteThem(t *testing.T) {
	for typed, want := range map[string]hours.Entry{
		"2h planning the hui yesterday":                    {Minutes: 120, On: day("2031-02-04"), What: "planning the hui"},
		"90 min":                                           {Minutes: 90, On: day("2031-02-05")},
		"three hours on Sunday":                            {Minutes: 180, On: day("2031-02-02")},
		"on Sunday three hours of calls":                   {Minutes: 180, On: day("2031-02-02"), What: "calls"},
		"1h30 writing the case study":                      {Minutes: 90, On: day("2031-02-05"), What: "writing the case study"},
		"an hour and a half with Ben, last Wednesday":      {Minutes: 90, On: day("2031-01-29"), What: "with Ben"},
		"half an hour on the phone today":                  {Minutes: 30, On: day("2031-02-05"), What: "on the phone"},
		"spent 4 hours at the 3 day hui on 28 January":     {Minutes: 240, On: day("2031-01-28"), What: "at the 3 day hui"},
		"2,5 hours kōrero with whānau 2031-01-02":          {Minutes: 150, On: day("2031-01-02"), What: "kōrero with whānau"},
		"2h minutes of the meeting":                        {Minutes: 120, On: day("2031-02-05"), What: "minutes of the meeting"},
		"45 minutes 3 days ago: agenda":                    {Minutes: 45, On: day("2031-02-02"), What: "agenda"},
		"6h hui 20 December":                               {Minutes: 360, On: day("2030-12-20"), What: "hui"},
		"ninety minutes talking to the elders last friday": {Minutes: 90, On: day("2031-01-31"), What: "talking to the elders"},
		"forty-five minutes of calls":                      {Minutes: 45, On: day("2031-02-05"), What: "calls"},
		"twenty five min, agenda":                          {Minutes: 25, On: day("2031-02-05"), What: "agenda"},
		"Twelve hours for sixty people":                    {Minutes: 720, On: day("2031-02-05"), What: "sixty people"},
		"two hours two days ago":                           {Minutes: 120, On: day("2031-02-03")},
	} {
		got, err := hours.Read(typed, now, auckland)
		if err != nil {
			t.Errorf("%q: %v", typed, err)
			continue
		}
		if got != want {
			t.Errorf("%q is %d min on %s, %q; want %d min on %s, %q", typed, got.Minutes, got.On, got.What, want.Minutes, want.On, want.What)
		}
	}
}

func TestWhatCannotBeReadIsSaidWithWhatWorks(t *testing.T) {
	for typed, want := range map[string]string{
		"planning the hui":                      "how long",
		"":                                      "how long",
		"a while on Sunday":                     "how long",
		"3 days of planning":                    "how long",
		"30 hours yesterday":                    "24 hours",
		"30h everything today":                  "30h everything last month",
		"40h last weekend":                      "more than 16 hours a day",
		"5h from 3 March 2031 to 20 April 2031": "still ahead",
		"2h on 6 February 2031":                 "still ahead",
		"1h calls and 30 min of notes":          "more than one",
		strings.Repeat("2h very ", 100):         "too long",
	} {
		_, err := hours.Read(typed, now, auckland)
		refusal, ok := deeds.As(err)
		if !ok || !strings.Contains(refusal.Say, want) {
			t.Errorf("%q: %v, want a word of %q", typed, err, want)
		}
	}
}

func TestWhatLiesBackIsReadOverAStretchOfDays(t *testing.T) {
	over := func(minutes int, from, to, what string) hours.Entry {
		return hours.Entry{Minutes: minutes, From: day(from), On: day(to), What: what}
	}
	for typed, want := range map[string]hours.Entry{
		"30h everything last month":                           over(1800, "2031-01-01", "2031-01-31", "everything"),
		"about 30h over last month":                           over(1800, "2031-01-01", "2031-01-31", ""),
		"60 hours in October: hui and calls":                  over(3600, "2030-10-01", "2030-10-31", "hui and calls"),
		"over the last 3 weeks 12h of calls":                  over(720, "2031-01-16", "2031-02-05", "calls"),
		"50h facilitating from 3 March 2030 to 20 April 2030": over(3000, "2030-03-03", "2030-04-20", "facilitating"),
		"20h November to January, hui":                        over(1200, "2030-11-01", "2031-01-31", "hui"),
		"80h community garden since May 2030":                 over(4800, "2030-05-01", "2031-02-05", "community garden"),
		"6h last week":                                        over(360, "2031-01-27", "2031-02-02", ""),
		"10h at the marae last weekend":                       over(600, "2031-02-01", "2031-02-02", "at the marae"),
		"2h planning the last week of the hui":                {Minutes: 120, On: day("2031-02-05"), What: "planning the last week of the hui"},
		"2h with May yesterday":                               {Minutes: 120, On: day("2031-02-04"), What: "with May"},
		"2h planning in the hall":                             {Minutes: 120, On: day("2031-02-05"), What: "planning in the hall"},
	} {
		got, err := hours.Read(typed, now, auckland)
		if err != nil {
			t.Errorf("%q: %v", typed, err)
		} else if got != want {
			t.Errorf("%q is %d min from %s to %s, %q", typed, got.Minutes, got.From, got.On, got.What)
		}
	}
}

func TestNoWordsMakeADayAheadOrADayOfMoreThanADay(t *testing.T) {
	pieces := []string{"2h", "three", "hours", "90", "min", "on", "Sunday", "yesterday", "5", "Nov", "2031", "next", "monday", "and", "a", "half", "12:30", "last", "day", "ago", "hui", ",", "28", "feb", "2031-02-06", "month", "week", "from", "to", "since", "in", "over", "october", "weekend"}
	rapid.Check(t, func(t *rapid.T) {
		typed := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 9).Draw(t, "words"), " ")
		e, err := hours.Read(typed, now, auckland)
		if err == nil && (e.Minutes < 1 || e.Days() < 1 || e.Minutes > max(24*60, e.Days()*16*60) || e.On.After(day("2031-02-05"))) {
			t.Errorf("%q is %d min on %s", typed, e.Minutes, e.On)
		}
	})
}

func day(s string) schedules.Date {
	d, err := schedules.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}
