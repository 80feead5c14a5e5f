package deeds_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
	"cohortbot/schedules"
)

var (
	auckland = schedules.MustZone("Pacific/Auckland")
	asked    = time.Date(2026, time.November, 2, 9, 0, 0, 0, auckland.Location()) // a Monday
	colours  = []chat.Option{{Value: "r", Label: "Red"}, {Value: "b", Label: "Sea *blue*"}}
)

// reading runs a test with people: Ana and two who are called Ben.
func reading(t *testing.T, test func(r deeds.Reading)) {
	t.Helper()
	s := storetest.New(t, people.Table)
	err := s.Update(context.Background(), func(tx store.Tx) error {
		for id, name := range map[string]string{"U1": "Ana", "U2": "Ben", "U3": "Ben"} {
			profile := chat.Profile{User: chat.User{Workspace: "test", ID: id}, Name: name}
			if _, err := people.Meet(tx, profile, asked); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.View(context.Background(), func(tx store.Tx) error {
		test(deeds.Reading{Tx: tx, Now: asked, Zone: auckland, Workspace: "test"})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func show(v deeds.Value) string {
	var parts []string
	add := func(yes bool, format string, args ...any) {
		if yes {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(v.Choices != nil, "%q", v.Choices)
	add(v.Number != 0, "%g", v.Number)
	add(v.Yes, "yes")
	add(v.When.HasTime, "%s", v.When.Instant().UTC().Format(time.RFC3339))
	add(!v.Date.IsZero(), "%s", v.Date)
	add(v.Duration != 0, "%s", v.Duration)
	add(v.Person.Name != "", "%s", v.Person.Name)
	add(!v.Place.IsZero(), "%s", v.Place)
	add(len(v.Files) > 0, "%d files", len(v.Files))
	return strings.Join(parts, " ")
}

func TestAnswersAreUnderstoodAsPeopleWriteThem(t *testing.T) {
	voice := []chat.File{{ID: "F1", Name: "voice.ogg", Type: "audio/ogg"}}
	for _, c := range []struct {
		name  string
		field chat.Field
		given chat.Answer
		text  string // as typed
		want  string
	}{
		{"text", chat.Field{Kind: chat.Text, Max: 4}, chat.Given("  āāāā "), "āāāā", ""},
		{"long text", chat.Field{Kind: chat.LongText}, chat.Given("one\n\ntwo"), "one\n\ntwo", ""},
		{"a recording for a text", chat.Field{Kind: chat.LongText}, chat.Answer{Files: voice}, "", "1 files"},
		{"a file", chat.Field{Kind: chat.Upload}, chat.Answer{Files: voice}, "", "1 files"},
		{"number", chat.Field{Kind: chat.Number}, chat.Given("12"), "12", "12"},
		{"decimal comma", chat.Field{Kind: chat.Number}, chat.Given("2,5"), "2,5", "2.5"},
		{"thousands", chat.Field{Kind: chat.Number}, chat.Given("1,000"), "1,000", "1000"},
		{"thousands and more", chat.Field{Kind: chat.Number}, chat.Given("-1 234 567.5"), "-1 234 567.5", "-1.2345675e+06"},
		{"choice by value", chat.Field{Kind: chat.Choice, Options: colours}, chat.Given("b"), "b", `["b"]`},
		{"choice by label", chat.Field{Kind: chat.Choice, Options: colours}, chat.Given(" red "), "r", `["r"]`},
		{"choices", chat.Field{Kind: chat.Choices, Options: colours}, chat.Answer{Values: []string{"b", "", "Red"}}, "b", `["b" "r"]`},
		{"yes", chat.Field{Kind: chat.YesNo}, chat.Given("Yes"), "Yes", "yes"},
		{"no", chat.Field{Kind: chat.YesNo}, chat.Given("n"), "n", ""},
		{"when", chat.Field{Kind: chat.When}, chat.Given("tomorrow 9am"), "tomorrow 9am", "2026-11-02T20:00:00Z"},
		{"date", chat.Field{Kind: chat.Date}, chat.Given("thu 5 nov"), "thu 5 nov", "2026-11-05"},
		{"duration", chat.Field{Kind: chat.Duration}, chat.Given("90 min"), "90 min", "1h30m0s"},
		{"rhythm", chat.Field{Kind: chat.Rhythm}, chat.Given("mondays 9am"), "mondays 9am", ""},
		{"zone", chat.Field{Kind: chat.ZoneName}, chat.Given("auckland"), "auckland", ""},
		{"person by account", chat.Field{Kind: chat.Person}, chat.Given("U2"), "U2", "Ben"},
		{"person by name", chat.Field{Kind: chat.Person}, chat.Given("@ana"), "@ana", "Ana"},
		{"channel", chat.Field{Kind: chat.InPlace}, chat.Given("#explorers"), "#explorers", "test/#explorers"},
	} {
		t.Run(c.name, func(t *testing.T) {
			reading(t, func(r deeds.Reading) {
				c.field.Name = "f"
				values, faults, err := r.Understand([]chat.Field{c.field}, chat.Answers{"f": c.given})
				if err != nil || faults != nil {
					t.Fatalf("not understood: %v, %v", faults, err)
				}
				v := values["f"]
				if !values.Has("f") || values.Text("f") != c.text || show(v) != c.want {
					t.Errorf("understood %q: %s, want %q: %s", v.Text, show(v), c.text, c.want)
				}
				if c.field.Kind == chat.Rhythm && v.Rule.String() == "" || c.field.Kind == chat.ZoneName && v.Zone != auckland {
					t.Errorf("understood %+v", v)
				}
			})
		})
	}
}

func TestWhatIsNotUnderstoodIsSaidWithWhatWorks(t *testing.T) {
	for _, c := range []struct {
		name  string
		field chat.Field
		given string
		want  []string
	}{
		{"too long", chat.Field{Kind: chat.Text, Max: 3}, "āāāā", []string{"4 characters", "3 fit"}},
		{"no number", chat.Field{Kind: chat.Number, Example: "12"}, "a *few*", []string{`“a \*few\*”`, "Try “12”"}},
		{"not a number", chat.Field{Kind: chat.Number}, "NaN", []string{"NaN", "Try 3"}},
		{"infinite", chat.Field{Kind: chat.Number}, "inf", []string{"inf"}},
		{"hexadecimal", chat.Field{Kind: chat.Number}, "0x10", []string{"0x10"}},
		{"none of the choices", chat.Field{Kind: chat.Choice, Options: colours}, "green", []string{"“green”", `Red, Sea \*blue\*`}},
		{"neither yes nor no", chat.Field{Kind: chat.YesNo}, "perhaps", []string{"perhaps", "Try yes"}},
		{"no such time", chat.Field{Kind: chat.When}, "next blursday", []string{"next blursday", "Try"}},
		{"a day without a time", chat.Field{Kind: chat.When}, "thu 5 nov", []string{"Thursday 5 November", "no time of day", "thu 5 nov 9am"}},
		{"no such date", chat.Field{Kind: chat.Date}, "blursday", []string{"blursday", "as a day", "Try \"monday\""}},
		{"no such duration", chat.Field{Kind: chat.Duration}, "a while", []string{"a while"}},
		{"no such rhythm", chat.Field{Kind: chat.Rhythm}, "now and then", []string{"now and then"}},
		{"no such zone", chat.Field{Kind: chat.ZoneName}, "Auckl", []string{"Auckl"}},
		{"nobody", chat.Field{Kind: chat.Person}, "Cara", []string{"Cara", "by @"}},
		{"two of that name", chat.Field{Kind: chat.Person}, "Ben", []string{"More than one", "Ben"}},
		{"a typed file", chat.Field{Kind: chat.Upload}, "minutes.pdf", []string{"Attach"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			reading(t, func(r deeds.Reading) {
				c.field.Name = "f"
				values, faults, err := r.Understand([]chat.Field{c.field}, chat.Answers{"f": chat.Given(c.given)})
				if err != nil || values.Has("f") || len(faults) != 1 {
					t.Fatalf("understood %v; faults %v; %v", values, faults, err)
				}
				for _, part := range c.want {
					if !strings.Contains(faults["f"], part) {
						t.Errorf("says %q, want a word of %q", faults["f"], part)
					}
				}
				if !strings.HasSuffix(faults["f"], ".") && !strings.HasSuffix(faults["f"], "?") {
					t.Errorf("%q is no sentence", faults["f"])
				}
			})
		})
	}
}

func TestWhatWasLeftEmptyIsMissing(t *testing.T) {
	fields := []chat.Field{
		{Name: "a", Kind: chat.Text, Required: true},
		{Name: "b", Kind: chat.Text, Required: true},
		{Name: "c", Kind: chat.Choice, Options: colours, Required: true},
		{Name: "d", Kind: chat.Number},
		{Name: "e", Kind: chat.LongText, Required: true},
	}
	reading(t, func(r deeds.Reading) {
		values, faults, err := r.Understand(fields, chat.Answers{
			"a": chat.Given(" \n "), "c": {Values: []string{"", ""}}, "d": {}, "e": chat.Given("here"), "unknown": chat.Given("x"),
		})
		if err != nil || faults != nil || len(values) != 1 {
			t.Fatalf("understood %v; %v, %v", values, faults, err)
		}
		var missing []string
		for _, f := range deeds.Missing(fields, values) {
			missing = append(missing, f.Name)
		}
		if fmt.Sprint(missing) != "[a b c]" {
			t.Errorf("missing %s", missing)
		}
	})
}

func TestAFieldOfAnUnknownKindIsAFaultOfTheProgram(t *testing.T) {
	reading(t, func(r deeds.Reading) {
		_, faults, err := r.Understand([]chat.Field{{Name: "f", Kind: "colour"}}, chat.Answers{"f": chat.Given("my words")})
		if err == nil || strings.Contains(err.Error(), "my words") {
			t.Errorf("faults %v, error %v", faults, err)
		}
	})
}

func TestARefusalIsFoundInsideOtherErrorsAndKeepsWordsOutOfLogs(t *testing.T) {
	cause := errors.New("the cause")
	e := deeds.Refuse(deeds.Conflict, "%q is taken.", "My group")
	e.Err = cause
	wrapped := fmt.Errorf("starting: %w", e)
	got, ok := deeds.As(wrapped)
	if !ok || got.Say != `"My group" is taken.` || !errors.Is(wrapped, cause) {
		t.Errorf("found %+v", got)
	}
	if text := wrapped.Error(); strings.Contains(text, "My group") || text != "starting: conflict: the cause" {
		t.Errorf("a log would say %q", text)
	}
	if _, ok := deeds.As(cause); ok {
		t.Error("a refusal was found where there is none")
	}
	if e := deeds.RefuseField("when", "Not then."); e.Field != "when" || e.Code != deeds.Invalid || e.Error() != "invalid" {
		t.Errorf("made %+v", e)
	}
}
