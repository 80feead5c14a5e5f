package discord_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cohortbot/adapters/discord"
	"cohortbot/bot/chat"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden holds v, as JSON, against a file.
func golden(t *testing.T, name string, v any) {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "golden", name+".json")
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s is not as it was; run with -update where that is right (-was +is):\n%s", path, diff)
	}
}

var thursday = time.Date(2027, 2, 3, 20, 0, 0, 0, time.UTC)

func TestEachKindOfMessageAsDiscordGetsIt(t *testing.T) {
	ana := chat.User{Workspace: "discord:1130650140672000000", ID: "1130650140672000001"}
	for name, m := range map[string]chat.Message{
		"prompt": {
			Text: "**Week 3 · Ideas.** Think of one moment this week when people came together without being asked. What made it possible?",
			Buttons: []chat.Button{
				{Label: "Answer", Command: "reflect", Record: "w3", Main: true},
				{Label: "Just to my facilitator", Command: "reflect", Record: "w3", Choice: "private"},
				{Label: "Not this week", Command: "reflect", Record: "w3", Choice: "skip"},
			},
			Note: "A few lines, a voice note or a photo are all welcome. Answers are read by this group.",
		},
		"confirm": {
			Text:    "**Q&A session**, " + chat.Time(thursday, "Thursday 9 am") + ", with " + chat.Mention(ana, "Ana *the* host") + ". 14 people will be told.",
			Buttons: []chat.Button{{Label: "Schedule it", Command: "confirm", Record: "d1", Choice: "1", Main: true}, {Label: "Change", Command: "change", Record: "d1"}},
		},
		"quotation": {Text: "Kept, as you wrote it:\n\n" + chat.Quote("# not a heading\n*stars* and <@1> @everyone\n\nhttps://example.org/a_b_c") + "\n\n- one\n- two\n  1. first\n  2. second\n\n[the notes](https://example.org/notes?a=b) or [a@example.org](mailto:a@example.org)"},
		"chart": {
			Text:  "Then and now.",
			Chart: &chat.Chart{Kind: chat.Radar, Title: "More confident", Alt: "Confident 2, then 4 of 5.", Axes: []string{"Confident"}, Series: []chat.Series{{Name: "Then", Values: []float64{2}}}},
		},
		"files": {Text: "The plan.", Files: []chat.File{{Name: "plan.png", Type: "image/png", Alt: "The plan on a wall", Data: []byte("x")}}},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := discord.Render(m)
			if err != nil {
				t.Fatal(err)
			}
			if faults := discord.Faults(out); faults != nil {
				t.Error(faults)
			}
			golden(t, "message-"+name, out)
		})
	}
}

func TestEachKindOfFieldAsDiscordGetsIt(t *testing.T) {
	forms := map[string]chat.Form{
		"session": {
			ID: "f1", Command: "session schedule", Title: "A session", Note: "Everyone in the cohort will see it.", Record: "r7",
			Fields: []chat.Field{
				{Name: "title", Label: "What it is called", Kind: chat.Text, Required: true, Max: 80},
				{Name: "when", Label: "When", Kind: chat.When, Hint: "As you would say it", Example: "thu 9am", Required: true},
				{Name: "repeats", Label: "Does it repeat?", Kind: chat.Choice, Options: []chat.Option{{Value: "once", Label: "Just this once"}, {Value: "weekly", Label: "Every week"}}},
				{Name: "host", Label: "Who hosts it", Kind: chat.Person},
			},
			Filled: chat.Answers{"title": chat.Given("Q&A"), "repeats": chat.Given("weekly"), "host": chat.Given("1130650140672000001")},
		},
		"all": {
			ID: "f2", Command: "reflect", Title: "A few questions that have quite a long title",
			Fields: []chat.Field{
				{Name: "text", Label: "What happened", Kind: chat.LongText, Required: true},
				{Name: "tags", Label: "Which of these", Kind: chat.Choices, Options: []chat.Option{{Value: "a", Label: "One"}, {Value: "b", Label: "Two"}}},
				{Name: "share", Label: "May it be quoted?", Kind: chat.YesNo, Hint: "You can change your mind later"},
				{Name: "room", Label: "Where", Kind: chat.InPlace},
				{Name: "photo", Label: "A photo", Kind: chat.Upload},
				{Name: "number", Label: "How many", Kind: chat.Number},
			},
			Filled: chat.Answers{"share": chat.Given("no"), "tags": {Values: []string{"a", "b"}}},
			Note:   "Read by this group.",
			Errors: chat.FieldErrors{"text": "This one is needed."},
		},
	}
	for name, f := range forms {
		for number := range f.Pages() {
			out, faults, fits := discord.OpenForm(f, number, false)
			if faults != nil || !fits {
				t.Errorf("%s: %v, fits: %v", name, faults, fits)
			}
			golden(t, "form-"+name+"-"+string(rune('1'+number)), out)
		}
	}
	long := forms["all"]
	long.Note = "Everyone in this group can read it, and whoever looks after the programme may read it too, but nobody else."
	if _, _, fits := discord.OpenForm(long, 0, false); fits {
		t.Error("a note that has no room on the modal is not shown")
	}
}

func TestTheTreeAsDiscordGetsIt(t *testing.T) {
	golden(t, "commands", discord.Registration((&bot{}).Tree()))
}
