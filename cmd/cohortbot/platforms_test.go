package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/discord/discordfake"
	"cohortbot/adapters/slack/slackfake"
)

// The words that the people of both groups type, none of which may be logged.
const (
	groupName     = "Wharenui & garden"
	formAnswer    = "By the stove, where the kettlesong is."
	threadAnswer  = "On the bench outside, with the neighbourhens."
	bensAnswer    = "At the gate, mostly lollygagging."
	unheardAnswer = "Said while nobody listened, by candleglow."
	sessionName   = "Shared quincekai"
	noDay         = "next blursday"
)

// TestTwoPlatformsAtOnce runs the program itself on a Slack workspace and a Discord
// server at the same time, with one store: a group lives its first weeks on each,
// and the program is killed while both are being posted to. The stand-ins are as
// strict as the services, and the clock is the machine's.
//
// Start reading at [firstWeek]; the platforms are those of wires_test.go.
func TestTwoPlatformsAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("takes several starts of the program")
	}
	slack, err := newSlackWire(slackfake.Options{ // Slack itself waits for minutes before it tells again
		RetryAfter: []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second},
	})
	if err != nil {
		t.Fatal(err)
	}
	discord := newDiscordWire(discordfake.Options{NonceWindow: 1}) // as after an outage of minutes
	p := &served{wires: []wire{slack, discord}, folder: t.TempDir(), secret: func() []string {
		return []string{"Wharenui", "kettlesong", "neighbourhens", "lollygagging", "candleglow", "quincekai", "blursday"}
	}}
	must(t, p.configure(""))
	for _, w := range p.wires {
		for _, who := range []string{"hine", "ana", "ben"} {
			must(t, w.addPerson(who, "Pacific/Auckland", who == "hine"))
		}
		must(t, w.addChannel("garden", ""))
	}
	t.Cleanup(func() {
		for _, c := range p.close() {
			t.Error(c)
		}
		if n := strings.Count(p.logged(), "msg=started"); n != 3 {
			t.Errorf("the log tells of %d starts", n)
		}
		if t.Failed() {
			t.Logf("the log:\n%s", p.logged())
		}
	})
	onBoth := func(what string, act func(group)) {
		t.Helper()
		ok := t.Run(what, func(t *testing.T) {
			for name, w := range map[string]wire{"Slack": slack, "Discord": discord} {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					act(group{t, w})
				})
			}
		})
		if !ok {
			t.FailNow()
		}
	}

	if out, err := p.command("check").CombinedOutput(); err != nil || string(out) != "Everything needed is there.\n" {
		t.Fatalf("check: %v: %s", err, out)
	}
	must(t, p.begin())
	onBoth("the first week", group.firstWeek)

	// The post stands, but its answer never comes; then the power fails.
	slack.fake.Inject(slackfake.Fault{Method: "chat.postMessage", Channel: slack.channel("garden"), After: true, How: slackfake.Hung})
	discord.fake.LoseAnswers(1, discordfake.LostTimeout, "POST /channels/{channel_id}/messages")
	onBoth("a post whose answer is lost", func(g group) {
		g.postNext("Week 2 · ")
		g.sees("ana", "Week 2 · ")
	})
	must(t, p.crash())
	slack.fake.Heal()
	onBoth("an answer while nobody listens", func(g group) {
		g.says("ben", g.sees("ben", "Week 2 · "), unheardAnswer)
	})
	must(t, p.begin())
	onBoth("what was said meanwhile counts", func(g group) {
		g.sees("ana", "Week 2 · ", "Kept so far: from one person")
	})

	// The power fails as soon as a post was asked for.
	onBoth("a post that was only asked for", func(g group) { g.postNext("Week 3 · ") })
	must(t, p.crash())
	must(t, p.begin())
	onBoth("everything stands once", group.standsOnce)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// group is three people in the channel garden of one platform. What goes wrong
// there ends the test.
type group struct {
	t *testing.T
	wire
}

// firstWeek is a group from nobody having been told anything to a session.
func (g group) firstWeek() {
	g.types("hine", fmt.Sprintf(`/cohort start programme:community-builder name:"%s" first:tomorrow channel:#garden zone:Auckland`, groupName)).
		has(g.t, "Nobody has been told yet", groupName, "Auckland")
	g.presses("hine", "Post the joining message").has(g.t, "This is what I will post")
	g.presses("hine", "Post it").has(g.t, "The joining message goes out now")
	g.sees("ana", "is open to join")
	for _, who := range []string{"ana", "ben"} {
		g.presses(who, "Join")
		g.submits(who, "quote", "yes").has(g.t, "You're in.")
	}
	g.sees("hine", "is open to join", "2 Explorers so far")

	g.postNext("Week 1 · ")
	question := g.sees("ana", "Week 1 · ")
	g.presses("ana", "Answer")
	g.submits("ana", "text", formAnswer).has(g.t, "Kept as your answer", "can read it")
	g.sees("ben", formAnswer)
	g.says("ana", question, threadAnswer)
	g.sees("hine", "Week 1 · ", "Kept so far: from one person")
	g.says("ben", question, bensAnswer)
	g.sees("hine", "Week 1 · ", "Kept so far: from 2 people")

	g.types("ana", "/cohort panel").has(g.t, "Only facilitators")

	// What was wrong, and a remedy; all that was typed is kept.
	g.types("hine", fmt.Sprintf(`/session schedule title:"%s" when:"%s"`, sessionName, noDay)).has(g.t, noDay, `Try "thu 9am"`)
	g.presses("hine", "Change it")
	g.submits("hine", "when", "tomorrow 6pm").has(g.t, sessionName, "2 people will be told")
	g.presses("hine", "Schedule it").has(g.t, "Scheduled")
	g.sees("ana", "0 coming", sessionName)
	g.presses("ana", "I'll come").has(g.t, "You're down as coming")
	g.presses("ben", "Maybe").has(g.t, "You're down as maybe")
	g.sees("hine", sessionName, "1 coming", "1 maybe")
}

// standsOnce holds that nothing was said twice or lost.
func (g group) standsOnce() {
	g.sees("ana", "Week 3 · ")
	time.Sleep(1500 * time.Millisecond) // what is said twice is said by then: a place is written to once a second
	all := slices.DeleteFunc(g.everything("hine"), func(m seen) bool { return m.author != theBot || m.only })
	for _, words := range []string{"is open to join", "Week 1 · ", "Week 2 · ", "Week 3 · ", "0 can't make it", formAnswer} {
		n := 0
		for _, m := range all {
			if strings.Contains(m.words(), words) {
				n++
			}
		}
		if n != 1 {
			g.t.Errorf("%q stands %d times", words, n)
		}
	}
	for i, m := range all {
		if slices.ContainsFunc(all[:i], func(o seen) bool { return o.words() == m.words() }) {
			g.t.Errorf("this stands twice:\n%s", m.words())
		}
	}
	g.types("ana", "/answers").has(g.t, formAnswer, threadAnswer)
	g.types("ben", "/answers").has(g.t, bensAnswer, unheardAnswer)
}

// postNext lets the next question go out now; it returns as soon as that is
// acknowledged.
func (g group) postNext(week string) {
	g.t.Helper()
	g.types("hine", "/plan post").has(g.t, "This goes out now", week)
	g.presses("hine", "Post it now").has(g.t, "goes out now")
}

var garden = spot{channel: "garden"}

func (g group) types(who, command string) seen {
	g.t.Helper()
	a, err := g.command(who, garden, command)
	must(g.t, err)
	return a
}

// presses presses the youngest button of a name.
func (g group) presses(who, label string) (a seen) {
	g.t.Helper()
	all, err := g.look(who, garden)
	must(g.t, err)
	for _, m := range slices.Backward(all) {
		for _, b := range m.buttons {
			if b.label == label {
				a, err := g.press(who, m, b)
				must(g.t, err)
				return a
			}
		}
	}
	g.t.Fatalf("%s sees no button %q", who, label)
	return a
}

func (g group) submits(who, field, text string) seen {
	g.t.Helper()
	a, err := g.submit(who, []given{{field: field, text: text}})
	must(g.t, err)
	return a
}

func (g group) says(who string, under seen, text string) {
	g.t.Helper()
	_, err := g.say(who, spot{channel: "garden", thread: under.id}, text)
	must(g.t, err)
}

// everything is what somebody sees in the channel and in its threads.
func (g group) everything(who string) []seen {
	g.t.Helper()
	top, err := g.look(who, garden)
	must(g.t, err)
	all := slices.Clone(top)
	for _, m := range top {
		under, err := g.look(who, spot{channel: "garden", thread: m.id})
		must(g.t, err)
		all = append(all, under...)
	}
	return all
}

// sees waits until somebody sees a message of the bot's, for all, with some words.
func (g group) sees(who string, words ...string) (found seen) {
	g.t.Helper()
	if !within(40*time.Second, func() bool {
		for _, m := range g.everything(who) {
			if m.author == theBot && !m.only && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(m.words(), w) }) {
				found = m
				return true
			}
		}
		return false
	}) {
		g.t.Fatalf("%s never sees %q", who, words)
	}
	return found
}

// has fails the test where words are missing.
func (m seen) has(t *testing.T, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(m.words(), w) {
			t.Fatalf("%q is not in:\n%s", w, m.words())
		}
	}
}
