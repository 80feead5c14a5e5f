package programmes

import (
	"bytes"
	"errors"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"cohortbot/bot/yamlfile"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// small is a whole programme in few lines; the tests break it in one place.
const small = `id: walking-group
title: Walking group
summary: We walk and talk.
members: {one: walker, many: walkers}
rhythm: mondays 09:00
strands:
  - id: ideas
    title: Ideas
phases:
  - id: start
    title: The start
    weeks:
      - title: First steps
        strand: ideas
        prompt: |
          Week {{.Week}} of {{.Weeks}}.

          {{if eq .Strand "Ideas"}}**Where do you walk?**{{end}}
      - title: Not written yet
nudges:
  after: 3 days
  weekly: 1
graduate:
  - id: walk
    text: You walked.
    done: facilitator
`

func TestAWholeProgrammeIsRead(t *testing.T) {
	p, err := Parse("small.yaml", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	want := Programme{
		ID: "walking-group", Title: "Walking group", Summary: "We walk and talk.",
		Members: Word{"walker", "walkers"}, Rhythm: "mondays 09:00",
		Strands: []Strand{{"ideas", "Ideas"}},
		Phases: []Phase{{ID: "start", Title: "The start", Weeks: []Week{
			{Title: "First steps", Strand: "ideas", Prompt: "Week {{.Week}} of {{.Weeks}}.\n\n{{if eq .Strand \"Ideas\"}}**Where do you walk?**{{end}}\n"},
			{Title: "Not written yet"},
		}}},
		Nudges:   Nudges{"3 days", 1},
		Graduate: []Requirement{{"walk", "You walked.", ByFacilitator, 0}},
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
	out, err := p.Phases[0].Weeks[1].Render(p.scene(2))
	if out != "" || err != nil {
		t.Errorf("an unwritten week gives %q, %v", out, err)
	}
}

func TestMembersHaveAName(t *testing.T) {
	p, err := Parse("small.yaml", []byte(strings.Replace(small, "members: {one: walker, many: walkers}\n", "", 1)))
	if err != nil || p.Members != (Word{"member", "members"}) {
		t.Errorf("%v, %v", p.Members, err)
	}
}

func TestFaultsSayWhereAndWhatToDo(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"unknown key", "        prompt: |", "        promt: |", `15:9: I don't know "promt" here. Did you mean "prompt"?`},
		{"an offer that is none", "strand: ideas\n", "strand: ideas\n        with: [stars]\n", `15:16: I don't know "stars" as something to offer. Did you mean "star"?`},
		{"a fee without a currency", "nudges:", "portfolio:\n  title: Own\n  framework: facilitation\n  parts: [{id: a, title: A, holds: text}]\n  fee: {amount: 20, currency: dollars}\nnudges:", `A fee is an amount and three letters of a currency`},
		{"a slot that nothing holds", "nudges:", "portfolio:\n  title: Own\n  framework: facilitation\n  parts: [{id: a, title: A, holds: attestations}]\n  slots: [{id: s, title: S, roles: [boss]}]\nnudges:", `I don't know the role "boss".`},
		{"a star without a shape", "nudges:", "stars:\n  - {id: own, title: Own, points: [{id: a, title: A}]}\nnudges:", `21:35: A star has 3 to 12 points; this has 1.`},
		{"unknown key, nothing near", "nudges:", "colour: red\nnudges:", `20:1: I don't know "colour" here. Here can stand id, title, summary, members, rhythm, welcome, own_pace, strands, phases, nudges, graduate, community, experiment, peers, stars, portfolio, interest.`},
		{"key twice", "nudges:", "title: Again\nnudges:", `20:1: "title" stands here twice. Keep one of them.`},
		{"text for a number", "weekly: 1", "weekly: often", `22:11: "weekly" should be a whole number, such as 1.`},
		{"number with a point", "weekly: 1", "weekly: 1.5", `22:11: "weekly" should be a whole number, such as 1.`},
		{"truth for a text", "title: Walking group", "title: true", `2:8: "title" should be a text; put "true" in quotation marks.`},
		{"text for a truth", "nudges:", "own_pace: maybe\nnudges:", `20:11: "own_pace" should be true or false.`},
		{"list for a text", "title: Walking group", "title: [a, b]", `2:8: "title" should be a text.`},
		{"text for a list", "strands:\n  - id: ideas\n    title: Ideas\n", "strands: ideas\n", `6:10: "strands" should be a list, each item on a line of its own that begins with "- ".`},
		{"text in a list", "      - title: Not written yet", "      - Not written yet", `19:9: Each of the weeks should be names and values, each on a line of its own, such as "title: …".`},
		{"missing", "summary: We walk and talk.\n", "", `1:1: "summary" is missing. Add a line that begins with "summary:".`},
		{"missing within", "    title: Ideas\n", "", `7:5: "title" is missing. Add a line that begins with "title:".`},
		{"empty", "title: Walking group", "title:", `2:7: "title" is empty. Write something there.`},
		{"id", "id: walking-group", "id: Walking Group", `1:5: "Walking Group" can't be an id. Use lower-case letters, digits and hyphens, such as "walking-group".`},
		{"rhythm", "mondays 09:00", "blursdays", `5:9: I couldn't read "blursdays" as a rhythm`},
		{"strand", "strand: ideas", "strand: idees", `14:17: There is no strand "idees". Did you mean "ideas"?`},
		{"strand, nothing near", "strand: ideas", "strand: walks", `14:17: There is no strand "walks". Add it under strands, or leave it out.`},
		{"ids twice", "nudges:", "  - id: start\n    title: Again\n    weeks: [title: One]\nnudges:", `20:9: There is another phase with the id "start". Give this one its own.`},
		{"strands twice", "    title: Ideas\n", "    title: Ideas\n  - {id: ideas, title: More}\n", `9:10: There is another strand with the id "ideas". Give this one its own.`},
		{"requirements twice", "    done: facilitator\n", "    done: facilitator\n  - {id: walk, text: Again, done: story}\n", `27:10: There is another requirement with the id "walk". Give this one its own.`},
		{"no weeks", "nudges:", "  - id: rest\n    title: Rest\n    weeks: []\nnudges:", `22:12: A phase needs at least one week.`},
		{"no phases", small[strings.Index(small, "phases:"):strings.Index(small, "nudges:")], "", `1:1: A programme needs at least one phase`},
		{"nudge", "3 days", "soonish", `21:10: I couldn't read "soonish" as a length of time. Try "3 days".`},
		{"nudge at once", "3 days", "3", `21:10: A reminder comes from an hour to four weeks after the prompt. Try "3 days".`},
		{"nag", "weekly: 1", "weekly: 70", `22:11: At most 7 reminders a week. 1 is kind.`},
		{"done", "done: facilitator", "done: facilitater", `26:11: I don't know "facilitater" as a way to know that something was done. Did you mean "facilitator"?`},
		{"a field of the template", "{{.Weeks}}", "{{.Wek}}", `16:31: I don't know {{.Wek}}. Did you mean {{.Week}}?`},
		{"in a branch that is not taken", "**Where do you walk?**{{end}}", "x{{else}}{{.Coort}}{{end}}", `18:47: I don't know {{.Coort}}. Did you mean {{.Cohort}}?`},
		{"without its point", "{{.Weeks}}", "{{Week}}", `16:31: A prompt can't use {{Week}}. Did you mean {{.Week}}, with a point?`},
		{"never closed", "{{end}}", "", `18:11: Something that begins with {{ is not closed with }}, or an {{if}} has no {{end}}.`},
		{"comes out empty", "Week {{.Week}} of {{.Weeks}}.\n\n          {{if eq .Strand", "{{if ne .Strand", `16:11: This comes out empty.`},
		{"runs for long", "{{.Weeks}}", "{{range 999999999}}x{{end}}", `16:37: {{range 999999999}} can't be used in a prompt. A prompt can say {{.Week}} and the like, and {{if eq .Week 1}} … {{end}}.`},
		{"prints without end", "{{.Weeks}}", `{{printf "%999999999d" 1}}`, `16:31: {{printf}} can't be used in a prompt.`},
		{"calls itself", "Week {{.Week}}", `{{define "a"}}{{template "a"}}{{end}}{{template "a"}}`, `16:11: {{define}} and {{block}} are not used in prompts.`},
		{"compares wrongly", `eq .Strand "Ideas"`, `lt .Strand 3`, `18:11: A number and a word are compared here.`},
		{"too long", "Week {{.Week}}", strings.Repeat("a", 1500), `15:17: This has 1572 characters; 1500 are allowed.`},
		{"alias", "title: Walking group", "title: &a Walking group", `2:8: Anchors, aliases and tags are not used in programmes. Write the value out.`},
		{"not YAML", "summary: We walk", "summary: We: walk: and", `3:`},
		{"tab", "    title: Ideas", "\ttitle: Ideas", `8:`},
		{"two documents", "nudges:", "---\nnudges:", `: A second document begins here.`},
		{"bytes", "We walk", "We\xff walk", `3:1: There are bytes here that are not UTF-8 text. Save the file as UTF-8.`},
	} {
		t.Run(c.name, func(t *testing.T) {
			broken := strings.Replace(small, c.old, c.new, 1)
			if broken == small {
				t.Fatal("the file is as it was")
			}
			p, err := Parse("small.yaml", []byte(broken))
			var faults yamlfile.Faults
			if !errors.As(err, &faults) || !reflect.ValueOf(p).IsZero() {
				t.Fatalf("got %v", err)
			}
			if want := "small.yaml:" + c.want; !strings.HasPrefix(err.Error(), want) && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got\n%v\nwant\n%s", err, c.want)
			}
			if len(faults) != 1 {
				t.Errorf("one thing is wrong, and this says %d:\n%v", len(faults), err)
			}
		})
	}
}

func TestAllFaultsAreSaidAtOnce(t *testing.T) {
	broken := small
	for old, new := range map[string]string{
		"summary:": "sumary:", "mondays": "blursdays", "strand: ideas": "strand: walks", "{{.Weeks}}": "{{.Wek}} {{.Coort}}",
		"{{if eq": "{{.Oops}}{{if eq", "weekly: 1": "weekly: often", "facilitator": "magic",
	} {
		broken = strings.Replace(broken, old, new, 1)
	}
	_, err := Parse("small.yaml", []byte(broken))
	var faults yamlfile.Faults
	if !errors.As(err, &faults) || len(faults) != 9 {
		t.Fatalf("got %d faults:\n%v", len(faults), err)
	}
	for i := 1; i < len(faults); i++ {
		if faults[i].Line < faults[i-1].Line {
			t.Errorf("line %d after line %d", faults[i].Line, faults[i-1].Line)
		}
	}
	const want = `small.yaml:14:17: There is no strand "walks". Add it under strands, or leave it out.
   14 |         strand: walks
      |                 ^`
	if !strings.Contains(err.Error(), want) {
		t.Errorf("want\n%s\nin\n%v", want, err)
	}
}

func TestWhatASceneHoldsIsNeverMarkUp(t *testing.T) {
	got, err := RenderText("{{.Cohort}}: {{.Week}} *yes* {{if eq .Strand \"Q&A*\"}}ok{{end}}", Scene{Cohort: "*Star* <b>", Strand: "Q&A*", Week: 3})
	if want := `\*Star\* \<b\>: 3 *yes* ok`; got != want || err != nil {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	_, err = RenderText("a\n{{.Wek}}", Scene{})
	if want := "Line 2: I don't know {{.Wek}}. Did you mean {{.Week}}?"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestTheStageShowsTheWholeScene(t *testing.T) {
	scene := reflect.TypeFor[Scene]()
	if got := sceneFields(); len(got) != scene.NumField() {
		t.Fatalf("%v", got)
	}
	for i, name := range sceneFields() {
		if scene.Field(i).Name != name {
			t.Errorf("field %d is %s, want %s", i, name, scene.Field(i).Name)
		}
	}
	got, err := RenderText("{{.Cohort}} {{.Member}} {{.Members}} {{.Week}} {{.Weeks}} {{.Title}} {{.Phase}} {{.Strand}}", Scene{"a", "b", "c", 1, 2, "d", "e", "f"})
	if got != "a b c 1 2 d e f" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAFileThatIsNoProgrammeIsRefusedSoon(t *testing.T) {
	for _, part := range []string{"[", "{a: ", "- ", " a:\n", "a: b\n", "? ", "&a ", "{{if 1}}"} {
		began := time.Now()
		_, err := Parse("bad.yaml", []byte(strings.Repeat(part, min(40_000/len(part), file.Lines-1))))
		var faults yamlfile.Faults
		if !errors.As(err, &faults) || len(faults) > 100 {
			t.Errorf("%q: %d faults", part, len(faults))
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%q takes %v", part, took)
		}
	}
}

// drawn gives a programme that Parse accepts, with whatever people write.
func drawn(t *rapid.T) Programme {
	line := func(name string) string {
		s := rapid.StringMatching(`[^\x00-\x1f\x7f\x{80}-\x{9f}\x{2028}\x{2029}\x{feff}\x{fffd}]{1,20}`).Draw(t, name)
		if strings.TrimSpace(s) == "" {
			return "x" + s
		}
		return s
	}
	text := func(name string) string {
		part := rapid.OneOf(rapid.SampledFrom([]string{
			"\n", "\n\n", " ", "  ", "\t", "- ", ": ", "#", " #", "|", ">", "---", "...", "yes", "null", "12", "'", `"`, `\`, "%", "&a", "*a", "@", "`", "{", "}", "[x]", "!", "? ",
			"{{.Week}}", "words", "ā", "🌻", "\\n", "\r\n", "\u00a0", "~", "<<: a", "key: value", "é\u0301",
		}), rapid.StringMatching(`[ -~]{0,12}`))
		s := strings.Join(rapid.SliceOfN(part, 0, 8).Draw(t, name), "")
		if len(tryOut(s, Scene{Week: 1, Weeks: 1})) > 0 {
			return "plain"
		}
		return s
	}
	p := Programme{
		ID: "drawn", Title: line("title"), Summary: "x" + text("summary"), Members: Word{line("one"), line("many")},
		Rhythm: "mondays 09:00", Welcome: text("welcome"), OwnPace: rapid.Bool().Draw(t, "own pace"),
	}
	if rapid.Bool().Draw(t, "strands") {
		p.Strands = []Strand{{"a", line("strand")}, {"b-2", line("strand")}}
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "phases") {
		ph := Phase{ID: string(rune('a' + i)), Title: line("phase"), Summary: text("phase summary")}
		for range rapid.IntRange(1, 3).Draw(t, "weeks") {
			w := Week{Title: line("week"), Prompt: text("prompt")}
			if len(p.Strands) > 0 && rapid.Bool().Draw(t, "in a strand") {
				w.Strand = "b-2"
			}
			ph.Weeks = append(ph.Weeks, w)
		}
		p.Phases = append(p.Phases, ph)
	}
	if rapid.Bool().Draw(t, "nudges") {
		p.Nudges = Nudges{"3 days", rapid.IntRange(0, 7).Draw(t, "weekly")}
	}
	if rapid.Bool().Draw(t, "the group's life") {
		p.Community, p.Experiment = true, Experiment{Days: 3}
		p.Peers = Peers{Size: 3, Questions: []string{"x" + text("question")}}
		p.Stars = []Star{{ID: "own", Title: line("star"), About: text("about"), Points: []Point{
			{ID: "a", Title: "One", Ask: text("ask")}, {ID: "b", Title: "Two"}, {ID: "c", Title: "Three"},
		}}}
		p.Phases[0].Weeks[0].With = []Activity{DoStar, DoPairs}
	}
	if rapid.Bool().Draw(t, "a portfolio") {
		p.Portfolio = Portfolio{
			Title: line("portfolio"), About: text("about it"), Framework: "facilitation",
			Parts: []Part{{ID: "case", Title: line("part"), Ask: text("what belongs there"), Holds: HoldsText}, {ID: "words", Title: "Words", Holds: HoldsAttestations}},
			Slots: []Slot{{ID: "them", Title: line("slot"), Roles: []Role{Participant, Manager}, Least: 2}},
			Hours: []Band{{ID: "all", Title: "All", From: 2, To: 4}}, Fee: Fee{Amount: 199, Currency: "NZD"}, Scholarships: 5,
			Credential: Credential{Name: line("credential"), Says: "x" + text("says"), Level: 5, Credits: 10},
		}
	}
	if rapid.Bool().Draw(t, "graduate") {
		p.Graduate = []Requirement{{"one", "x" + text("requirement"), ByGift, 2}}
	}
	return p
}

func TestAFileReadsBackAsItWas(t *testing.T) {
	for _, p := range BuiltIn() {
		data, err := p.YAML()
		if err != nil {
			t.Fatal(err)
		}
		if p.Weeks() > 0 && !regexp.MustCompile(`prompt: \|-?\n`).Match(data) {
			t.Errorf("%s: the prompts are not written as blocks:\n%s", p.ID, data)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		p := drawn(t)
		data, err := p.YAML()
		if err != nil {
			t.Fatal(err)
		}
		back, err := Parse("back.yaml", data)
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		if diff := cmp.Diff(p, back); diff != "" {
			t.Fatalf("%s\n%s", diff, data)
		}
	})
}

func FuzzParseGivesAProgrammeOrFaults(f *testing.F) {
	f.Add([]byte(small))
	for _, s := range []string{"", "a", "- a", "id: [", "id: &a\nb: *a", "? a\n: b", "phases:\n  - weeks:\n    - prompt: >\n        {{.X}}\n", "\tid: a", "id: |\n", "---\n---\n", "<<: {a: b}", "!!binary x: y"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse("fuzz.yaml", data)
		var faults yamlfile.Faults
		switch {
		case err == nil:
			for _, ph := range p.Phases {
				for i, w := range ph.Weeks {
					if _, err := w.Render(p.scene(i + 1)); err != nil {
						t.Fatalf("accepted, and then: %v", err)
					}
				}
			}
		case !errors.As(err, &faults) || len(faults) == 0 || !utf8.ValidString(err.Error()) && utf8.Valid(data):
			t.Fatalf("%q: %v", data, err)
		}
	})
}

func TestTheExamplesInTheDocsAreProgrammes(t *testing.T) {
	doc, err := os.ReadFile("../../docs/programmes.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(doc, -1)
	if len(blocks) != 2 {
		t.Fatalf("%d examples, expected one with weeks and one with a portfolio", len(blocks))
	}
	for _, b := range blocks {
		if _, err := Parse("docs/programmes.md", b[1]); err != nil {
			t.Error(err)
		}
	}
	for _, a := range Activities {
		if !bytes.Contains(doc, []byte("\n| `"+string(a)+"` |")) {
			t.Errorf("the table of what weeks offer lacks %s", a)
		}
	}
}
