package chat_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cohortbot/bot/chat"
)

func command(t interface{ Fatalf(string, ...any) }, path string) chat.Command {
	c, ok := sample.Find(path)
	if !ok {
		t.Fatalf("no command %q", path)
	}
	return c
}

// texts gives the answers as "name=value" pairs, several values joined by |.
func texts(a chat.Answers) map[string]string {
	m := map[string]string{}
	for name, answer := range a {
		m[name] = strings.Join(answer.Values, "|")
	}
	return m
}

func TestTypedFieldsAreRead(t *testing.T) {
	type want = map[string]string
	for _, c := range []struct {
		path, typed string
		want        want
	}{
		{"session schedule", `title:"Q&A" when:"thu 9am"`, want{"title": "Q&A", "when": "thu 9am"}},
		{"session schedule", `when="thu 9am" title=Q&A`, want{"title": "Q&A", "when": "thu 9am"}},
		{"session schedule", `TITLE: “Q&A with Sam”  When: thu 9:30`, want{"title": "Q&A with Sam", "when": "thu 9:30"}},
		{"session schedule", `title:Q&A with Sam when:thu 9am`, want{"title": "Q&A with Sam", "when": "thu 9am"}},
		{"session schedule", `title:Q&A, when:thu 9am`, want{"title": "Q&A", "when": "thu 9am"}},
		{"session schedule", `title:"Q&A","thu 9am"`, want{"title": "Q&A", "when": "thu 9am"}},
		{"session schedule", `how long: 90 min title: “Q&A"`, want{"title": "Q&A", "length": "90 min"}},
		{"session schedule", `Q&A with Sam`, want{"title": "Q&A with Sam"}},
		{"session schedule", `Q&A with Sam when:thu 9am`, want{"title": "Q&A with Sam", "when": "thu 9am"}},
		{"session schedule", `"Q&A with Sam" "thu 9am"`, want{"title": "Q&A with Sam", "when": "thu 9am"}},
		{"session schedule", `"Q&A with Sam" thu 9am`, want{"title": "Q&A with Sam", "when": "thu 9am"}},
		{"session schedule", `title:"Q&A" thu 9am`, want{"title": "Q&A", "when": "thu 9am"}},
		{"session schedule", `when:"thu 9am" Q&A`, want{"title": "Q&A", "when": "thu 9am"}},
		{"session schedule", `title:"The "big" day" when:thu`, want{"title": `The "big" day`, "when": "thu"}},
		{"session schedule", `title:"The \"big" day when:thu`, want{"title": `The "big`, "agenda": "day", "when": "thu"}},
		{"session schedule", `title:"Q&A when:thu 9am`, want{"title": "Q&A when:thu 9am"}},
		{"session schedule", `title:"Q&A"when:thu`, want{"title": "Q&A", "when": "thu"}},
		{"session schedule", `title: when:thu`, want{"title": "", "when": "thu"}},
		{"session schedule", `title:see https://example.org/?when=now:1 when:9:30`, want{"title": "see https://example.org/?when=now:1", "when": "9:30"}},
		{"session schedule", `note: bring tea`, want{"title": "note: bring tea"}},
		{"session schedule", "agenda:one\ntwo: three\nwhen:thu", want{"agenda": "one\ntwo: three", "when": "thu"}},
		{"session move", `thu 9am`, want{"when": "thu 9am"}},
		{"session move", `next blursday`, want{"when": "next blursday"}},
		{"reflect", `"Good things" take time`, want{"what": `"Good things" take time`}},
		{"reflect", `It was 9:30 when: suddenly`, want{"what": "It was 9:30 when: suddenly"}},
		{"reflect", `your answer: we met`, want{"what": "we met"}},
		{"settings reminders", `OFF`, want{"how": "off"}},
		{"settings reminders", `none at all`, want{"how": "off"}},
		{"settings reminders", `how:whatever`, want{"how": "whatever"}},
		{"settings leave", `back on: 5 Nov`, want{"until": "5 Nov"}},
		{"peer ask", `@ana could you read this?`, want{"who": "@ana", "note": "could you read this?"}},
		{"peer ask", `<@U1> "well"`, want{"who": "<@U1>", "note": `"well"`}},
		{"peer ask", `@ana`, want{"who": "@ana"}},
		{"evidence tag", `as:planning, host hours:3`, want{"as": "plan|host", "hours": "3"}},
		{"evidence tag", `as:plan as:host`, want{"as": "plan|host"}},
		{"evidence tag", `as:"Both, a and b"`, want{"as": "a,b"}},
		{"evidence tag", `planning 2`, want{"as": "planning 2"}},
		{"evidence tag", `as:plan 3`, want{"as": "plan 3"}},
		{"evidence tag", `as:"plan" 3`, want{"as": "plan", "hours": "3"}},
		{"home", ` `, want{}},
	} {
		got, err := command(t, c.path).ParseTyped(c.typed)
		if c.typed == `planning 2` { // neither a tag nor a number: two fields are free
			if err == nil {
				t.Errorf("%q: got %v, want an error", c.typed, texts(got))
			}
			continue
		}
		if err != nil {
			t.Errorf("%s %s: %v", c.path, c.typed, err)
			continue
		}
		if diff := cmp.Diff(c.want, texts(got)); diff != "" {
			t.Errorf("%s %s: (-want +got)\n%s", c.path, c.typed, diff)
		}
	}
}

func TestWhatCannotBePlacedIsSaid(t *testing.T) {
	for _, c := range []struct{ path, typed, want string }{
		{"home", "sweet home", `I can't tell what "sweet home" belongs to. /home takes nothing after it.`},
		{"session schedule", "title:a title:b", `I read title: twice. Give it once, such as: /session schedule title:"Q&A" when:"thu 9am"`},
		{"session move", `when:"thu" now`, `I can't tell what "now" belongs to. /session move takes when, such as: /session move when:"thu 9am"`},
		{"session move", `when:"thu" wehn:"fri"`, `I don't know "wehn:". Did you mean "when:"? /session move takes when, such as: /session move when:"thu 9am"`},
		{"session schedule", "slides:plan.pdf", `A file can't be typed. Leave slides: out, and I'll ask for the file.`},
	} {
		got, err := command(t, c.path).ParseTyped(c.typed)
		var misread chat.Misread
		if !errors.As(err, &misread) || misread.Error() != c.want || got != nil {
			t.Errorf("%q:\n got %v %v\nwant %s", c.typed, got, err, c.want)
		}
	}
}

// everything counts each letter and sign that must not get lost.
func everything(s string) map[rune]int {
	n := map[rune]int{}
	for _, r := range s {
		if !unicode.IsSpace(r) && !strings.ContainsRune("\"“”„‟«»＂\\,;:=", r) {
			n[unicode.ToLower(r)]++
		}
	}
	return n
}

func checkNothingIsLost(t interface{ Fatalf(string, ...any) }, c chat.Command, typed string) {
	got, err := c.ParseTyped(typed)
	if err != nil {
		if got != nil || err.Error() == "" {
			t.Fatalf("%q: both %v and %v", typed, got, err)
		}
		return
	}
	var kept strings.Builder
	for _, f := range c.Fields {
		for _, v := range got[f.Name].Values {
			kept.WriteString(v)
		}
		if answer, ok := got[f.Name]; ok { // a label is the longer of the two, and may have been typed each time
			for range max(1, len(answer.Values)) {
				kept.WriteString(f.Name + f.Label)
			}
		}
		for _, o := range f.Options { // a label becomes a value
			kept.WriteString(o.Label + o.Value)
		}
	}
	have := everything(kept.String())
	for r, n := range everything(typed) {
		if have[r] < n {
			t.Fatalf("%s %q: %q was typed %d times and kept %d times in %v", c.Path, typed, r, n, have[r], texts(got))
		}
	}
}

func FuzzParseTypedLosesNothing(f *testing.F) {
	for _, s := range []string{
		`title:"Q&A" when:"thu 9am"`, `“a” b title= c`, `agenda:"x \" y`, "when:thu, title:x,", `"a" "b" c "d`, `@ana x`, "what:é\xff", `as:plan,as:host`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		for _, c := range sample {
			if utf8.ValidString(typed) {
				checkNothingIsLost(t, c, typed)
			} else if got, err := c.ParseTyped(typed); (got == nil) == (err == nil) {
				t.Fatalf("%q: %v and %v", typed, got, err)
			}
		}
	})
}

func TestNothingTypedIsLost(t *testing.T) {
	token := rapid.OneOf(
		rapid.SampledFrom([]string{
			"title:", "when=", "How long:", "agenda: ", "as:", "plan", "who:", "@ana", "#hui", `"`, "“", "”", `\`, ", ", " ", "\n",
			"thu 9am", "9:30", "https://a.b/c", "foo:", "yes", "ā", "3",
		}), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		typed := strings.Join(rapid.SliceOfN(token, 0, 12).Draw(t, "typed"), "")
		checkNothingIsLost(t, rapid.SampledFrom(sample).Draw(t, "command"), typed)
	})
}

func TestUsageQuotingGivesTheAnswersBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(sample).Draw(t, "command")
		want := chat.Answers{}
		var typed []string
		for _, f := range rapid.Permutation(c.Fields).Draw(t, "order") {
			if f.Kind == chat.Upload || rapid.Bool().Draw(t, "left out") {
				continue
			}
			value := rapid.StringN(1, 20, -1).Draw(t, "value")
			if rapid.Bool().Draw(t, "tricky") {
				value = strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{`"`, "”", `\`, " ", "when:", "title=", "a", ","}), 1, 6).Draw(t, "parts"), "")
			}
			values := []string{value}
			if len(f.Options) > 0 {
				values = []string{rapid.SampledFrom(f.Options).Draw(t, "option").Value}
				if f.Kind == chat.Choices {
					values = append(values, rapid.SampledFrom(f.Options).Draw(t, "second").Value)
				}
			}
			want[f.Name] = chat.Answer{Values: values}
			for _, v := range values {
				name := rapid.SampledFrom([]string{f.Name, strings.ToUpper(f.Name), strings.TrimRight(f.Label, "?")}).Draw(t, "name")
				typed = append(typed, name+rapid.SampledFrom([]string{":", "=", ": "}).Draw(t, "sign")+chat.QuoteTyped(v))
			}
		}
		line := strings.Join(typed, " ")
		got, err := c.ParseTyped(line)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s: (-want +got)\n%s", line, diff)
		}
	})
}

func TestUsageIsReadAsItStands(t *testing.T) {
	for _, c := range sample {
		found, rest, err := sample.Lookup(c.Usage())
		if err != nil || found.Path != c.Path {
			t.Errorf("%s: found %q, %v", c.Usage(), found.Path, err)
			continue
		}
		answers, err := found.ParseTyped(rest)
		if err != nil {
			t.Errorf("%s: %v", c.Usage(), err)
		}
		for _, f := range c.Fields {
			if f.Required && answers[f.Name].Text() == "" {
				t.Errorf("%s: %s is missing", c.Usage(), f.Name)
			}
		}
	}
}
