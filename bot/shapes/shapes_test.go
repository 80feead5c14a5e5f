package shapes_test

import (
	"strings"
	"testing"
	"time"

	"cohortbot/bot/programmes"
	"cohortbot/bot/shapes"
	"cohortbot/schedules"
)

func TestTwoOnOneDayAreToldApart(t *testing.T) {
	scale := shapes.Scale{Steps: []string{"hardly", "a little", "some"}, More: "longer", Less: "shorter"}
	points := []programmes.Point{{ID: "know", Title: "Know"}, {ID: "do", Title: "Do"}, {ID: "call-on", Title: "Call on"}, {ID: "place", Title: "Place"}}
	at := time.Date(2026, time.November, 2, 9, 0, 0, 0, schedules.MustZone("Pacific/Auckland").Location())
	then := shapes.Seen{At: at, Values: map[string]int{"know": 1, "do": 1, "place": 1}}
	now := shapes.Seen{At: at.Add(5 * time.Hour), Values: map[string]int{"know": 1, "do": 1, "place": 1, "call-on": 2}}
	got := shapes.Compare(points, then, now, scale, schedules.MustZone("Pacific/Auckland"))
	if got.Chart.Title != "The same shape as before" {
		t.Errorf("the title is %q", got.Chart.Title)
	}
	if got.Chart.Series[0].Name != "2 November, 9:00 am" || got.Chart.Series[1].Name != "2 November, 2:00 pm" {
		t.Errorf("the two are called %q and %q", got.Chart.Series[0].Name, got.Chart.Series[1].Name)
	}
	if !strings.Contains(got.Words, "Not looked at both times: Call on (a little on 2 November, 2:00 pm).") {
		t.Errorf("in words: %s", got.Words)
	}
}
