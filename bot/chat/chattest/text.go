package chattest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
)

func wordsStayWords(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	for i, words := range []string{
		"<b>bold</b> & <script>alert(1)</script> &lt;",
		"*x* _y_ **z** ~w~ `code` __u__ ||v||",
		"[a](javascript:alert(1)) [b](https://evil.example) <https://evil.example|c>",
		"![pic](https://evil.example/x.png)",
		"<!channel> <!here> <@U123> @everyone @here @channel",
		"# not a heading",
		"1. not a list",
		"- not a list\n+ neither\n> nor a quotation",
		"one\ntwo\n\nthree",
		`back\slash \* and \\`,
		"mailto:a@example.org",
		"[t](time:2027-02-03T20:00:00Z) [p](person:local/ben)",
		"Māori kupu, 日本語, emoji 🌱",
	} {
		for form, safe := range map[string]string{"plain": chat.Plain(words), "quoted": chat.Quote(words)} {
			x.send(explorers, fmt.Sprintf("k/%d/%s", i, form), chat.Message{Text: "Said:\n\n" + safe})
			seen := x.see(ana, explorers)
			last := seen[len(seen)-1]
			if got, want := squeeze(strings.TrimPrefix(last.Text, "Said:")), squeeze(words); got != want {
				x.Errorf("%s, %q is read as %q", form, words, got)
			}
			for _, to := range last.Links {
				if !strings.Contains(words, to) || !strings.HasPrefix(to, "http") && !strings.HasPrefix(to, "mailto:") {
					x.Errorf("%s, %q links to %q", form, words, to)
				}
			}
			if last.Alarm {
				x.Errorf("%s, %q alarms everybody", form, words)
			}
		}
	}
}

var blanks = regexp.MustCompile(`[ \t]*\n\s*`)

// squeeze takes away what platforms do with empty space and with invisible
// signs that part what would otherwise be mark-up.
func squeeze(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\u200b' || r == '\u2060' || r == '\u200d' {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(blanks.ReplaceAllString(s, "\n"))
}

func longArrives(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	var b strings.Builder
	var want []string
	for i := 0; b.Len() < 20_000; i++ {
		word := fmt.Sprintf("w%dx", i)
		want = append(want, word)
		b.WriteString(word)
		if i%40 == 39 {
			b.WriteString("\n\n")
		} else {
			b.WriteString(" ")
		}
	}
	x.send(explorers, "long", chat.Message{Text: b.String()})
	var got []string
	for _, m := range x.see(ana, explorers) {
		// Where the rest is in a file, what stands in the message may stand
		// in the file once more.
		all := m.Text
		for _, f := range m.Files {
			all += "\n" + f.Text
		}
		for _, w := range regexp.MustCompile(`w\d+x`).FindAllString(all, -1) {
			if len(got) < len(want) && w == want[len(got)] {
				got = append(got, w)
			}
		}
	}
	if len(got) != len(want) {
		x.Errorf("of %d words %d can be read in their order", len(want), len(got))
	}
	// What people write comes to the bot whole as well.
	text := strings.Repeat("A long answer. ", 250)
	_, err := x.h.Say(x.ctx, ana.User, chat.Direct(ana.User), text)
	x.must(err)
	x.heard("the long answer", is(strings.TrimSpace(text)))
}

func timesAndPeople(x *trial) {
	ana, ben, explorers := x.person("Ana"), x.person("Ben"), x.channel("explorers")
	at := time.Date(2027, 2, 3, 20, 0, 0, 0, time.UTC)
	x.send(explorers, "k1", chat.Message{Text: "**Q&A**, " + chat.Time(at, "Thursday") + ", with " + chat.Mention(ben.User, "Ben *the* host") + "."})
	seen := x.see(ana, explorers)
	got := seen[len(seen)-1]
	zone, err := time.LoadLocation(ana.Zone)
	x.must(err)
	here := at.In(zone)
	hour, clock := here.Format("3:04"), here.Format("15:04")
	if !strings.Contains(got.Text, hour) && !strings.Contains(got.Text, clock) && !strings.Contains(got.Text, "Thursday") {
		x.Errorf("Ana reads %q: neither %s in her zone nor the words for it", got.Text, hour)
	}
	if !strings.Contains(got.Text, "Ben") || strings.Contains(got.Text, "person:") || strings.Contains(got.Text, "time:") || strings.Contains(got.Text, "](") {
		x.Errorf("Ana reads %q", got.Text)
	}
	if got.Alarm {
		x.Error("naming somebody alarms everybody")
	}
	if !strings.HasPrefix(got.Text, "Q&A, ") {
		x.Errorf("strong words are read as %q", got.Text)
	}
}

func allIsShown(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	m := chat.Message{
		Text:  "Then and now.\n\n- one\n- two\n\n> a quotation\n\n*soft* and `code` and [a link](https://example.org/x)",
		Chart: &chat.Chart{Kind: chat.Radar, Title: "More confident", Alt: "Confident 2, then 4 of 5.", Axes: []string{"Confident", "Inclusive", "Organised"}, Series: []chat.Series{{Name: "Then", Values: []float64{2, 3, 1}}, {Name: "Now", Values: []float64{4, 3, 3}}}, Max: 5},
		Files: []chat.File{{Name: "plan.png", Type: "image/png", Alt: "The plan on a wall", Data: pixel}},
		Buttons: []chat.Button{
			{Label: "One", Command: "home", Choice: "1"},
			{Label: "Two", Command: "home", Choice: "2"},
			{Label: "Three", Command: "home", Choice: "3"},
			{Label: "Four", Command: "home", Choice: "4"},
			{Label: "Five", Command: "home", Choice: "5"},
			{Label: "Six", Command: "home", Choice: "6"},
		},
		Note: "Only this group reads it.",
	}
	x.send(explorers, "k1", m)
	seen := x.see(ana, explorers)
	var text string
	var alts, buttons, links []string
	files := 0
	for _, s := range seen { // a platform may need several messages for it
		text += s.Text + "\n" + s.Note + "\n"
		alts, buttons, links, files = append(alts, s.Alts...), append(buttons, s.Buttons...), append(links, s.Links...), files+len(s.Files)
	}
	for _, part := range []string{"Then and now.", "one", "two", "a quotation", "soft", "code", "a link", "Only this group reads it."} {
		if !strings.Contains(text, part) {
			x.Errorf("%q is not shown in %q", part, text)
		}
	}
	for _, alt := range []string{m.Chart.Alt, m.Files[0].Alt} {
		if !slices.ContainsFunc(append(alts, text), func(s string) bool { return strings.Contains(s, alt) }) {
			x.Errorf("the words %q are not there for who cannot see", alt)
		}
	}
	if !slices.Equal(buttons, []string{"One", "Two", "Three", "Four", "Five", "Six"}) {
		x.Errorf("the buttons are %q", buttons)
	}
	if !slices.Contains(links, "https://example.org/x") {
		x.Errorf("the links are %q", links)
	}
	if files == 0 {
		x.Error("the file is not shown")
	}
	if strings.Contains(text, "**") || strings.Contains(text, "](") || strings.Contains(text, "<") {
		x.Errorf("mark-up is shown: %q", text)
	}
}
