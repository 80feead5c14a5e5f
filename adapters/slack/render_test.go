package slack_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"cohortbot/adapters/slack"
	"cohortbot/adapters/slack/slackfake"
	"cohortbot/bot/chat"
	"cohortbot/bot/chat/chattest"
)

func pretty(t *testing.T, raws ...json.RawMessage) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, raw := range raws {
		if err := json.Indent(&b, raw, "", "  "); err != nil {
			t.Fatal(err)
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

var thursday = time.Date(2026, 11, 5, 9, 0, 0, 0, time.FixedZone("", 13*3600))

func TestMessagesAsSlackJSON(t *testing.T) {
	for name, m := range map[string]chat.Message{
		"prompt.json": {
			Text: "**Week 3 · Ideas.** Think of one moment this week when people came together without being asked. What made it possible?\n\n*A few lines, a voice note or a photo are all welcome.*",
			Note: "Answers are read by this group.",
			Buttons: []chat.Button{
				{Label: "Just to my facilitator", Command: "reflect", Record: "w3", Choice: "private"},
				{Label: "Answer", Command: "reflect", Record: "w3", Main: true},
				{Label: "Not this week", Command: "reflect", Record: "w3", Choice: "skip"},
			},
		},
		"session.json": {
			Text:    "**Q&A session**, " + chat.Time(thursday, "Thursday 5 November, 9 am") + ", hosted by " + chat.Mention(chat.User{Workspace: "slack:T1", ID: "U1"}, "Aroha") + ".\n\n- bring one question\n- read [the notes](https://example.org/notes?a=1&b=2)\n\n1. listen\n2. ask",
			Buttons: []chat.Button{{Label: "I'm coming", Command: "session answer", Record: "s1", Choice: "yes", Main: true}},
			Note:    "It starts " + chat.Time(thursday, "Thursday 9 am") + ".",
		},
		"weave.json":    {Text: "**What you said.** Two of you:\n\n" + chat.Quote("We met at <the> harbour & *sang*.\nTwice.") + "\n\nThanks for `that`."},
		"picture.json":  {Text: "The plan.", Files: []chat.File{{Name: "plan.png", Type: "image/png", Alt: "The plan on a wall", Data: []byte("png")}}},
		"chart.json":    {Text: "Then and now.", Chart: &chat.Chart{Kind: chat.Bars, Title: "More confident", Alt: "Confident: 2, then 4 of 5.", Axes: []string{"Confident"}, Series: []chat.Series{{Name: "Now", Values: []float64{4}}}}},
		"notebook.json": {Note: "Only a note."},
	} {
		posts, err := slack.Posts(m)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		golden(t, name, pretty(t, posts...))
	}
}

func everyField() chat.Form {
	options := func(n int) []chat.Option {
		var all []chat.Option
		for i := range n {
			all = append(all, chat.Option{Value: fmt.Sprintf("v%d", i), Label: fmt.Sprintf("Choice %d", i)})
		}
		return all
	}
	return chat.Form{
		ID: "f1", Command: "session schedule", Title: "A session for everybody here", Submit: "Look it over", Record: "r1",
		Intro: "Nobody is told *yet*.", Note: "Everyone in the cohort will see it.",
		Fields: []chat.Field{
			{Name: "title", Label: "What it is called", Kind: chat.Text, Required: true, Max: 80, Example: "Q&A"},
			{Name: "when", Label: "When", Kind: chat.When, Hint: "As you would say it", Example: "thu 9am", Required: true},
			{Name: "agenda", Label: "What is planned", Kind: chat.LongText},
			{Name: "host", Label: "Who hosts it", Kind: chat.Person},
			{Name: "open", Label: "Open to guests?", Kind: chat.YesNo},
			{Name: "place", Label: "Where", Kind: chat.InPlace},
			{Name: "repeats", Label: "Does it repeat?", Kind: chat.Choice, Options: options(3)},
			{Name: "tags", Label: "What it is about", Kind: chat.Choices, Options: options(5)},
			{Name: "many", Label: "One of many", Kind: chat.Choice, Options: options(130)},
			{Name: "slides", Label: "Slides", Kind: chat.Upload},
		},
		Filled: chat.Answers{
			"title": chat.Given("Q&A <1>"), "host": chat.Given("U0FAKE1"), "open": chat.Given("yes"), "place": chat.Given("#C0FAKE1"),
			"repeats": chat.Given("v1"), "tags": {Values: []string{"v0", "v4"}}, "many": chat.Given("v129"),
		},
	}
}

func TestFormsAsSlackJSON(t *testing.T) {
	f := everyField()
	for page, name := range []string{"form-first.json", "form-second.json"} {
		f.Page = page
		raw, err := slack.Modal(f)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, pretty(t, raw))
	}
	f = chat.Form{
		ID: "f2", Command: "session move", Title: "Move it", Errors: chat.FieldErrors{"when": `I couldn't read “next \*blursday” as a time.`},
		Fields: []chat.Field{{Name: "when", Label: "When", Kind: chat.When}, {Name: "host", Label: "Host", Kind: chat.Person}},
		Filled: chat.Answers{"when": chat.Given("next *blursday"), "host": chat.Given("ana")}, // a name that was typed is kept as text
	}
	raw, err := slack.Modal(f)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "form-errors.json", pretty(t, raw))
	raw, err = slack.Home(chat.Message{Text: "**Explorers**\n\n- Week 3 is open.", Buttons: []chat.Button{{Label: "Answer", Command: "reflect", Record: "w3", Main: true}}, Note: "Only you see this."})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "home.json", pretty(t, raw))
}

// A text that is too long for one input gets several, and nothing of it is lost.
func TestALongTextInAFormIsWhole(t *testing.T) {
	var words []string
	for i := range 2000 {
		words = append(words, fmt.Sprintf("w%d", i))
		if i%50 == 49 {
			words = append(words, "\n\n")
		}
	}
	text := strings.Join(words, " ")
	raw, err := slack.Modal(chat.Form{ID: "f", Command: "weave post", Title: "The weave", Fields: []chat.Field{{Name: "text", Label: "The text", Kind: chat.LongText, Required: true}}, Filled: chat.Answers{"text": chat.Given(text)}})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(slackfake.CheckView(raw)); n > 0 {
		t.Errorf("%d faults", n)
	}
	shown := regexp.MustCompile(`w\d+`).FindAllString(string(raw), -1)
	if want := regexp.MustCompile(`w\d+`).FindAllString(text, -1); !slices.Equal(shown, want) {
		t.Errorf("%d of %d words are in the form", len(shown), len(want))
	}
}

var anyText = rapid.OneOf(
	rapid.StringN(0, 40, -1),
	rapid.SampledFrom([]string{"<!channel>", "&amp;", "*x*", "_y_", "`z`", "https://example.org/a_b", "[a](b)", "\n\n", "> q", "- i", "1. n", "@here", ":smile:", "<https://a.b|c>", "ā", "🌱", "\u202e"}),
)

// Whatever people write: it stays within Slack's limits, and every sign of it that
// is no space and turns nothing round is read as it was typed.
func TestEveryMessageIsWholeAndWithinTheLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := strings.Join(rapid.SliceOfN(anyText, 0, 30).Draw(t, "words"), " ")
		times := rapid.SampledFrom([]int{1, 1, 1, 40, 200}).Draw(t, "times")
		words = strings.ToValidUTF8(strings.Repeat(words, times), "?")
		if len(words) > 25_000 {
			words = strings.ToValidUTF8(words[:25_000], "")
		}
		m := chat.Message{Text: "**Said.** " + chat.Plain(words) + "\n\n" + chat.Quote(words), Note: chat.Plain(words)}
		for i := range rapid.IntRange(0, 30).Draw(t, "buttons") {
			m.Buttons = append(m.Buttons, chat.Button{Label: fmt.Sprintf("%d %s", i, strings.Repeat("w", i*4)), Command: "home", Record: fmt.Sprint(i)})
		}
		posts, err := slack.Posts(m)
		if err != nil {
			t.Fatal(err)
		}
		var got chattest.Seen
		for _, raw := range posts {
			var p struct {
				Text   string
				Blocks []map[string]any
			}
			if err := json.Unmarshal(raw, &p); err != nil {
				t.Fatal(err)
			}
			blocks, _ := json.Marshal(p.Blocks)
			if faults := slackfake.CheckBlocks(blocks); len(faults) > 0 && !onlyPictures(faults) {
				t.Fatalf("Slack would say %q", faults)
			}
			if strings.Contains(p.Text, "<!") && !strings.Contains(p.Text, "<!date") {
				t.Fatalf("the notification alarms: %q", p.Text)
			}
			for _, b := range p.Blocks {
				blockReader{&got}.block(b)
			}
		}
		want := signs("Said." + words + words)
		if text := signs(got.Text); text != want {
			t.Fatalf("%q is read as %q", want, text)
		}
		if got.Alarm {
			t.Fatal("it alarms everybody")
		}
	})
}

func onlyPictures(faults []string) bool {
	return !slices.ContainsFunc(faults, func(s string) bool { return !strings.Contains(s, "slack_file") })
}

// signs leaves what can be seen.
func signs(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == '\u2060' || r == utf8.RuneError || strings.ContainsRune("\u00a0\u0085\u200b\u200c\u200d\ufeff\u202d\u202e", r) || r == 0x7f {
			return -1
		}
		return r
	}, strings.Join(strings.Fields(s), ""))
}

// What our own validator lets through, the strict Slack does too; and what is
// beyond a limit is refused with its place, before it leaves.
func TestWhatIsBeyondALimitIsRefusedWithItsPlace(t *testing.T) {
	type o = map[string]any
	text := func(n int) o { return o{"type": "plain_text", "text": strings.Repeat("x", n)} }
	button := func(id string, n int) o { return o{"type": "button", "action_id": id, "text": text(n), "value": "v"} }
	for at, blocks := range map[string][]o{
		"/blocks/0/text/text":                          {{"type": "section", "text": text(3001)}},
		"/blocks/0/text":                               {{"type": "header", "text": text(151)}},
		"/blocks/1/elements/0/text/text":               {{"type": "divider"}, {"type": "actions", "elements": []o{button("a", 76)}}},
		"/blocks/0/elements/1/action_id: stands twice": {{"type": "actions", "elements": []o{button("a", 5), button("a", 5)}}},
		"/blocks/0/elements: has 11":                   {{"type": "context", "elements": slices.Repeat([]o{text(1)}, 11)}},
		"/blocks/0/alt_text":                           {{"type": "image", "image_url": "https://a.b/c.png", "alt_text": ""}},
		"/blocks: has 51":                              slices.Repeat([]o{{"type": "divider"}}, 51),
		"/blocks: hold 12000":                          slices.Repeat([]o{{"type": "section", "text": text(3000)}}, 4),
		"/blocks/0/type":                               {{"type": "hologram"}},
	} {
		err := slack.CheckMessage(blocks, "text")
		if !errors.Is(err, chat.ErrRefused) || !strings.Contains(err.Error(), at) {
			t.Errorf("%s: %v", at, err)
		}
		raw, _ := json.Marshal(blocks)
		if len(slackfake.CheckBlocks(raw)) == 0 {
			t.Errorf("%s: Slack itself would take it", at)
		}
	}
	if err := slack.CheckMessage([]o{}, strings.Repeat("x", 40_001)); !errors.Is(err, chat.ErrRefused) {
		t.Errorf("a text of 40,001: %v", err)
	}
	input := o{"type": "input", "block_id": "b", "label": text(5), "element": o{"type": "plain_text_input", "action_id": "a"}}
	for at, v := range map[string]o{
		"/title":             {"type": "modal", "title": text(25), "blocks": []o{}},
		"/submit":            {"type": "modal", "title": text(5), "blocks": []o{input}},
		"/private_metadata":  {"type": "modal", "title": text(5), "private_metadata": strings.Repeat("x", 3001), "blocks": []o{}},
		"/blocks/1/block_id": {"type": "modal", "title": text(5), "submit": text(2), "blocks": []o{input, input}},
		"/blocks: has 101":   {"type": "home", "blocks": slices.Repeat([]o{{"type": "divider"}}, 101)},
	} {
		if err := slack.CheckView(v); !errors.Is(err, chat.ErrRefused) || !strings.Contains(err.Error(), at) {
			t.Errorf("%s: %v", at, err)
		}
	}
}
