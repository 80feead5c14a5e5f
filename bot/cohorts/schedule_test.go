package cohorts

import (
	"context"
	"maps"
	"testing"
	"time"

	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
	"cohortbot/schedules"
)

// mondays gives a running cohort in Auckland from Monday 1 March 2027, and a plan
// of weeks with these prompts.
func mondays(t testing.TB, prompts ...string) (Cohort, Plan) {
	t.Helper()
	rule, err := schedules.ParseRule("mondays 09:00")
	if err != nil {
		t.Fatal(err)
	}
	c := Cohort{ID: "c", Name: "Explorers", State: Open, Zone: schedules.MustZone("Pacific/Auckland"), Rhythm: rule, First: schedules.Date{Year: 2027, Month: 3, Day: 1}}
	var p Plan
	for i, prompt := range prompts {
		p.Weeks = append(p.Weeks, Week{ID: WeekID('a' + rune(i)), Title: "Week " + string('A'+rune(i)), Prompt: prompt})
	}
	return c, p
}

func wall(s string) schedules.Wall {
	w, err := schedules.ParseWall(s)
	if err != nil {
		panic(err)
	}
	return w
}

func TestAPlanSetsTheJobsThatItNeeds(t *testing.T) {
	auckland := schedules.MustZone("Pacific/Auckland")
	at := func(s string) time.Time { return wall(s).In(auckland) }
	for _, test := range []struct {
		name    string
		prompts []string
		change  func(*Cohort, *Plan)
		now     string
		want    map[string]string
	}{
		{"the next week", []string{"x", "y"}, nil, "2027-02-20T12:00", map[string]string{PromptJob: "2027-03-01T09:00"}},
		{"a prompt to be asked for, three days ahead", []string{"x", ""}, nil, "2027-02-20T12:00", map[string]string{PromptJob: "2027-03-01T09:00", AskJob: "2027-03-05T09:00"}},
		{"one that is asked for late", []string{""}, nil, "2027-02-28T12:00", map[string]string{PromptJob: "2027-03-01T09:00", AskJob: "2027-02-28T12:00"}},
		{"one that was asked for", []string{"", ""}, func(_ *Cohort, p *Plan) { p.Weeks[0].Asked = true }, "2027-02-20T12:00", map[string]string{PromptJob: "2027-03-01T09:00", AskJob: "2027-03-05T09:00"}},
		{"the end, a step after the last week", []string{"x"}, func(_ *Cohort, p *Plan) {
			p.Weeks[0].Posted, p.Weeks[0].Slot = at("2027-03-01T09:00"), wall("2027-03-01T09:00")
		}, "2027-03-01T09:00", map[string]string{EndJob: "2027-03-08T09:00"}},
		{"no end where there is none in sight", []string{"x"}, func(c *Cohort, p *Plan) {
			c.Programme.OwnPace = true
			p.Weeks[0].Posted = at("2027-03-01T09:00")
		}, "2027-03-01T09:00", nil},
		{"no end before a beginning", nil, nil, "2027-03-01T09:00", nil},
		{"nothing in a draft", []string{"x", ""}, func(c *Cohort, _ *Plan) { c.State = Draft }, "2027-02-20T12:00", nil},
		{"nothing in a pause", []string{"x", ""}, func(c *Cohort, _ *Plan) { c.State = Paused }, "2027-02-20T12:00", nil},
		{"what is skipped counts for nothing", []string{"", "x"}, func(_ *Cohort, p *Plan) { p.Weeks[0].Skipped = true }, "2027-02-20T12:00", map[string]string{PromptJob: "2027-03-01T09:00"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, p := mondays(t, test.prompts...)
			if test.change != nil {
				test.change(&c, &p)
			}
			s := storetest.New(t, jobs.Table, outbox.Table)
			got, want := map[string]string{}, map[string]string{}
			for kind, due := range test.want {
				want[kind+"/c"] = at(due).UTC().String()
			}
			err := s.Update(context.Background(), func(tx store.Tx) error {
				for _, kind := range []string{PromptJob, AskJob, EndJob} { // from before the change
					if err := jobs.Set(tx, jobs.Job{Key: kind + "/c", Kind: kind, Due: at("2027-01-01T09:00")}); err != nil {
						return err
					}
				}
				if err := Reschedule(tx, c, p, at(test.now)); err != nil {
					return err
				}
				clear(got)
				for row, err := range jobs.Table.All(tx) {
					if err != nil {
						return err
					}
					if row.Value.Record != "c" || row.Value.Cohort != "c" || row.Value.Kind+"/c" != row.ID {
						t.Errorf("job %+v", row.Value)
					}
					got[row.ID] = row.Value.Due.UTC().String()
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if !maps.Equal(got, want) {
				t.Errorf("jobs %v, want %v", got, want)
			}
		})
	}
}

func TestAHolidayMovesOnePostAndTheRestStays(t *testing.T) {
	span := func(from, to string) schedules.Span {
		return schedules.Span{From: wall(from + "T00:00").Date, To: wall(to + "T00:00").Date, Name: "Easter"}
	}
	for _, test := range []struct {
		name     string
		rhythm   string
		holidays schedules.Calendar
		breaks   schedules.Calendar
		want     []string
	}{
		{"none", "mondays 09:00", nil, nil, []string{"2027-03-01T09:00", "2027-03-08T09:00"}},
		{"to the next day", "mondays 09:00", schedules.Calendar{span("2027-03-01", "2027-03-01")}, nil, []string{"2027-03-02T09:00", "2027-03-08T09:00"}},
		{"over two holidays in a row", "mondays 09:00", schedules.Calendar{span("2027-03-02", "2027-03-03"), span("2027-03-01", "2027-03-01")}, nil, []string{"2027-03-04T09:00", "2027-03-08T09:00"}},
		{"as far as the next step, which it takes", "mondays 09:00 and tuesdays 15:00", schedules.Calendar{span("2027-03-01", "2027-03-01")}, nil, []string{"2027-03-02T15:00", "2027-03-08T09:00"}},
		{"not into a break", "mondays 09:00", schedules.Calendar{span("2027-03-01", "2027-03-01")}, schedules.Calendar{span("2027-03-02", "2027-03-10")}, []string{"2027-03-15T09:00", "2027-03-22T09:00"}},
		{"longer than a step", "mondays 09:00", schedules.Calendar{span("2027-03-01", "2027-03-09")}, nil, []string{"2027-03-10T09:00", "2027-03-15T09:00"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, p := mondays(t, "x", "y")
			rule, err := schedules.ParseRule(test.rhythm)
			if err != nil {
				t.Fatal(err)
			}
			c.Rhythm, c.Holidays, c.Breaks = rule, test.holidays, test.breaks
			for i, d := range c.Dates(p) {
				if got := d.On.String(); got != test.want[i] {
					t.Errorf("week %d is on %s, want %s", d.Number, got, test.want[i])
				}
			}
		})
	}
}

func TestAPlanWithoutEndOfHolidaysComesToAnEnd(t *testing.T) {
	c, p := mondays(t, "x")
	c.Holidays = schedules.Calendar{{From: c.First, To: schedules.Date{Year: 9000, Month: 1, Day: 1}}}
	if d := c.Dates(p)[0]; !d.On.IsZero() {
		t.Errorf("dated %v, want no date", d.On)
	}
}
