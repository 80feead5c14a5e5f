package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/schedules"
)

// rehearse runs the command and reads its lines.
func rehearse(t testing.TB, args ...string) (string, []posted) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := NewMain(&out, &errs).Run(append([]string{"rehearse", "--format", "json"}, args...)); code != 0 {
		t.Fatalf("exit %d: %s", code, &errs)
	}
	var posts []posted
	for line := range strings.Lines(out.String()) {
		var p posted
		decoder := json.NewDecoder(strings.NewReader(line))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&p); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		posts = append(posts, p)
	}
	return out.String(), posts
}

func ofKind(posts []posted, kind string) []posted {
	return slices.DeleteFunc(slices.Clone(posts), func(p posted) bool { return p.Kind != kind })
}

// auckland changes to winter time in the night of 4 April 2027.
var auckland = []string{"community-builder", "--start", "2027-02-01", "--zone", "Pacific/Auckland"}

// aucklandOnce is its rehearsal, made once for all tests that look at it.
var aucklandOnce struct {
	sync.Once
	text  string
	posts []posted
}

func rehearseAuckland(t *testing.T) (string, []posted) {
	aucklandOnce.Do(func() { aucklandOnce.text, aucklandOnce.posts = rehearse(t, auckland...) })
	return aucklandOnce.text, aucklandOnce.posts
}

func TestTwelveWeeksAreRehearsedWithEveryPostAtItsTime(t *testing.T) {
	t.Parallel()
	text, posts := rehearseAuckland(t)
	zone := schedules.MustZone("Pacific/Auckland").Location()
	for i, p := range posts {
		if p.Kind == "" || p.Place == "" || p.To == "" || strings.TrimSpace(p.Text) == "" {
			t.Errorf("something is missing in %+v", p)
		}
		if _, want := p.At.In(zone).Zone(); offset(p.At) != want {
			t.Errorf("%s is not in the group's zone", p.At)
		}
		if i > 0 && p.At.Before(posts[i-1].At) {
			t.Errorf("%s after %s", p.At, posts[i-1].At)
		}
	}
	asked := ofKind(posts, "prompt")
	if len(asked) != 12 {
		t.Errorf("%d prompts, want 12", len(asked))
	}
	monday := schedules.Date{Year: 2027, Month: 2, Day: 1}
	for i, p := range asked {
		want := schedules.Wall{Date: monday.AddDays(7 * i), Time: schedules.TimeOfDay{Hour: 9}}
		if got := schedules.WallOf(p.At.In(zone)); got != want || p.Place != "#group" {
			t.Errorf("prompt %d went out on %s in %s, want %s in #group", i+1, got, p.Place, want)
		}
	}
	for _, kind := range []string{
		"join", "answer", "kept", "nudge", "session", "weave-draft", "weave", "end",
		"experiment day", "experiment story", "experiment walk", "star", "practice", "peer pair", "peer check", "goals", "goal-look",
		"parked-later", "parked-remind", "shared-aloud", "peer reflection", "session find", "session series", "session notes",
		"graduated", "graduated told", "legacy", saidKind, shownKind,
	} {
		if len(ofKind(posts, kind)) == 0 {
			t.Errorf("nothing of the kind %q was posted", kind)
		}
	}
	if id := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-`).FindString(text); id != "" {
		t.Errorf("an id was printed: %s", id)
	}
}

func TestARehearsalShowsWhatPeopleAskFor(t *testing.T) {
	t.Parallel()
	_, posts := rehearseAuckland(t)
	shown := ofKind(posts, shownKind)
	for _, part := range []string{
		"Quiet this fortnight", "Working out loud in", "since 23 February", "What graduating from", "Graduating from",
		"would keep, change and drop", "Kept for the next cohort", "What Explorers left",
	} {
		if !slices.ContainsFunc(shown, func(p posted) bool { return strings.Contains(p.Text, part) }) {
			t.Errorf("nobody is shown %q", part)
		}
	}
}

func TestNobodyInARehearsalSaysWhatAnotherSaid(t *testing.T) {
	t.Parallel()
	_, posts := rehearseAuckland(t)
	by := map[string]string{}
	for _, kind := range []string{saidKind, "answer", "practice", "star", "experiment story"} {
		for _, p := range ofKind(posts, kind) {
			text, who := p.Text, p.By
			if who == "" { // the bot says it for somebody
				_, text, _ = strings.Cut(p.Text, "\n> ")
				who = p.Text
			}
			text = readable(text)
			if other, ok := by[text]; ok && other != who && text != "" {
				t.Errorf("%q is said by %s and by %s", text, other, who)
			}
			by[text] = who
		}
	}
	if len(by) < 80 {
		t.Errorf("only %d things are said", len(by))
	}
}

func TestWhatSeveralAreToldAtOnceIsPrintedOnce(t *testing.T) {
	t.Parallel()
	at := time.Date(2027, 2, 4, 9, 0, 0, 0, time.UTC)
	var out strings.Builder
	printText(&out, []posted{
		{At: at, Kind: "nudge", Place: "@ana", To: "Ana", Text: "Still open"},
		{At: at, Kind: "nudge", Place: "@ben", To: "Ben", Text: "Still open"},
		{At: at, Kind: "nudge", Place: "@cleo", To: "Cleo", Text: "Another"},
	})
	if text := out.String(); strings.Count(text, "Still open") != 1 || !strings.Contains(text, "nudge to Ana and Ben, each in private") ||
		!strings.Contains(text, "nudge to Cleo in private") || !strings.Contains(text, "3 posts: nudge 3.") {
		t.Error(text)
	}
}

func offset(t time.Time) int {
	_, seconds := t.Zone()
	return seconds
}

func TestNobodyIsRemindedAtNightOrOnLeaveOrTooOften(t *testing.T) {
	t.Parallel()
	_, posts := rehearseAuckland(t)
	zones := map[string]*time.Location{}
	for i := range 12 {
		p := newPlayer(i, schedules.MustZone("Pacific/Auckland"))
		zones[p.Name] = schedules.MustZone(p.Zone).Location()
	}
	week := map[string]int{}
	for _, p := range ofKind(posts, "nudge") {
		local := p.At.In(zones[p.To])
		if wall := schedules.WallOf(local); people.DefaultQuiet.Has(wall.Time) {
			t.Errorf("%s was reminded at %s in the night", p.To, local)
		}
		year, w := local.ISOWeek()
		key := p.To + time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, w).String()
		if week[key]++; week[key] > 3 {
			t.Errorf("%s was reminded %d times in the week of %s", p.To, week[key], local)
		}
		// Ben says in the third week that he goes on leave for the next fortnight.
		if d := schedules.DateOf(local); p.To == "Ben" && d.After(schedules.Date{Year: 2027, Month: 2, Day: 16}) && d.Before(schedules.Date{Year: 2027, Month: 3, Day: 3}) {
			t.Errorf("Ben was reminded on leave, on %s", d)
		}
	}
	if len(week) < 10 {
		t.Errorf("only %d reminders: too few to tell anything", len(week))
	}
}

func TestTheSameSeedGivesTheSameRehearsal(t *testing.T) {
	t.Parallel()
	first, _ := rehearseAuckland(t)
	again, _ := rehearse(t, auckland...)
	if first != again {
		t.Error("two rehearsals of the same seed differ")
	}
	few := append(slices.Clone(auckland), "--members", "2", "--seed")
	one, _ := rehearse(t, append(few, "1")...)
	other, _ := rehearse(t, append(few, "2")...)
	if one == other {
		t.Error("another seed gives the same rehearsal")
	}
}

func TestAnUnfinishedProgrammeIsRehearsedWithItsFacilitatorAskedInTime(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ours.yaml")
	if err := os.WriteFile(file, []byte(`id: ours
title: Ours
summary: Two weeks to try.
rhythm: wednesdays 12:00
phases:
  - id: start
    title: Start
    weeks:
      - title: Arrive
        prompt: What brings you here?
      - title: Not written yet
`), 0o600); err != nil {
		t.Fatal(err)
	}
	_, posts := rehearse(t, file, "--start", "2027-02-03", "--members", "2")
	asks, prompts := ofKind(posts, "ask-prompt"), ofKind(posts, "prompt")
	if len(asks) != 1 || len(prompts) != 2 {
		t.Fatalf("asked %d times and posted %d prompts, want 1 and 2", len(asks), len(prompts))
	}
	if early := prompts[1].At.Sub(asks[0].At); early < 24*time.Hour {
		t.Errorf("asked %s before the prompt was due", early)
	}
	if !strings.Contains(prompts[1].Text, "was written in time") {
		t.Errorf("the second prompt is %q", prompts[1].Text)
	}
}

func TestEveryBuiltInProgrammeCanBeRehearsed(t *testing.T) {
	for _, p := range programmes.BuiltIn() {
		if p.Weeks() == 0 { // a portfolio to prepare without a group
			continue
		}
		t.Run(p.ID, func(t *testing.T) {
			t.Parallel()
			_, posts := rehearse(t, p.ID, "--start", "2026-06-01", "--zone", "Europe/Berlin", "--members", "3")
			if got := len(ofKind(posts, "prompt")); got < p.Weeks() {
				t.Errorf("%d prompts, want %d", got, p.Weeks())
			}
		})
	}
}

func TestMarkdownIsShownPlainly(t *testing.T) {
	for markdown, want := range map[string]string{
		`**Q\&A** [Thu 9 am](time:2027-02-01T09:00:00Z)`: "**Q&A** Thu 9 am",
		`[Ana \[x\]](person:local/ana) said`:             "Ana [x] said",
		`[a page](https://example.org/)`:                 "[a page](https://example.org/)",
	} {
		if got := readable(markdown); got != want {
			t.Errorf("%q became %q, want %q", markdown, got, want)
		}
	}
}

func BenchmarkRehearsingTwelveWeeks(b *testing.B) {
	for b.Loop() {
		rehearse(b, auckland...)
	}
}
