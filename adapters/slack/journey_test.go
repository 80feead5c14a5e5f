package slack_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"cohortbot/adapters/slack"
	"cohortbot/adapters/slack/slackfake"
	"cohortbot/bot"
	"cohortbot/bot/chat"
	"cohortbot/bot/chat/chattest"
	"cohortbot/bot/store/storetest"
	"cohortbot/schedules"
)

// group is a real bot in Slack, with a clock that can be moved.
type group struct {
	*harness
	t     *testing.T
	clock *schedules.Movable
}

func newGroup(t *testing.T) *group {
	t.Helper()
	tree, err := bot.Commands(bot.Options{})
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := slack.Manifest(tree)
	if err != nil {
		t.Fatal(err)
	}
	app, err := slackfake.FromManifest(manifest)
	if err != nil {
		t.Fatal(err)
	}
	g := &group{harness: open(t, slackfake.Options{App: app}), t: t, clock: schedules.NewMovable(time.Now(), true)}
	b, err := bot.New(t.Context(), bot.Options{Store: storetest.Memory(), Clock: g.clock, Platforms: []chat.Platform{g.slack}, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := b.Run(ctx); err != nil {
			t.Errorf("the bot ended: %v", err)
		}
	})
	t.Cleanup(func() { stop(); running.Wait() })
	if err := g.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *group) types(who chat.Profile, at chat.Place, text string) chattest.Answer {
	g.t.Helper()
	a, err := g.Command(g.t.Context(), who.User, at, text)
	if err != nil {
		g.t.Fatalf("%s types %s: %v", who.Name, text, err)
	}
	return a
}

func (g *group) fills(who chat.Profile, d *chattest.Dialog, answers chat.Answers) chattest.Answer {
	g.t.Helper()
	if d == nil {
		g.t.Fatal("no form is open")
	}
	for name, stands := range d.Values {
		if _, given := answers[name]; !given {
			answers[name] = stands
		}
	}
	a, err := g.Submit(g.t.Context(), who.User, *d, answers)
	if err != nil {
		g.t.Fatalf("%s hands %q in: %v", who.Name, d.Title, err)
	}
	if a.Form != nil && len(a.Form.Errors) > 0 {
		g.t.Fatalf("%s is told %v", who.Name, a.Form.Errors)
	}
	return a
}

func (g *group) presses(who chat.Profile, on chat.Address, label string) chattest.Answer {
	g.t.Helper()
	a, err := g.Press(g.t.Context(), who.User, on, label)
	if err != nil {
		g.t.Fatalf("%s presses %s: %v", who.Name, label, err)
	}
	return a
}

// sees waits until somebody sees something in a place.
func (g *group) sees(who chat.Profile, at chat.Place, words string) chattest.Seen {
	g.t.Helper()
	var found chattest.Seen
	eventually(g.t, 5*time.Second, who.Name+" sees "+words, func() bool {
		seen, _ := g.See(g.t.Context(), who.User, at)
		for _, m := range seen {
			if strings.Contains(m.Text+m.Note, words) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// A group's first week in Slack with the real bot: it is started with a form,
// people join by a button, the question comes, is answered in the thread and by a
// form, and what somebody takes back is gone.
func TestAGroupLivesItsFirstWeek(t *testing.T) {
	t.Parallel()
	g := newGroup(t)
	hine, _ := g.Person(t.Context(), "Ana")
	rangi, _ := g.Person(t.Context(), "Ben")
	g.fake.ChangeUser(slackfake.User{ID: hine.User.ID, Name: "Ana", TZ: "Pacific/Auckland", Admin: true})
	room := g.mustRoom(t)

	a := g.types(hine, room, "/cohort start")
	if a.Form == nil {
		t.Fatalf("no form: %+v", a.Reply)
	}
	first := time.Now().In(schedules.MustZone("Pacific/Auckland").Location()).AddDate(0, 0, 1)
	a = g.fills(hine, a.Form, chat.Answers{
		"programme": chat.Given("community-builder"), "name": chat.Given("Garden & co"), "first": chat.Given(first.Format("2006-01-02")),
		"rhythm": chat.Given("every day 9am"), "channel": chat.Given(room.Channel),
	})
	if a.Reply == nil || !strings.Contains(a.Reply.Text, "Nobody has been told yet") || !strings.Contains(a.Reply.Text, "Garden & co") {
		t.Fatalf("Ana got %+v", a.Reply)
	}
	a = g.presses(hine, a.Reply.Address, "Post the joining message")
	g.presses(hine, a.Reply.Address, "Post it")
	joining := g.sees(rangi, room, "is open to join")

	a = g.presses(rangi, joining.Address, "Join")
	a = g.fills(rangi, a.Form, chat.Answers{"quote": chat.Given("yes")})
	if a.Reply == nil || !strings.Contains(a.Reply.Text, "You're in.") {
		t.Errorf("Ben got %+v", a.Reply)
	}

	g.clock.MoveTo(time.Date(first.Year(), first.Month(), first.Day(), 9, 1, 0, 0, first.Location()))
	question := g.sees(rangi, room, "Week 1")
	thread := room
	thread.Thread = question.Address.ID
	said, err := g.Say(t.Context(), rangi.User, thread, "They keep a cup for me by the sink.")
	if err != nil {
		t.Fatal(err)
	}
	g.sees(hine, room, "Kept so far: from one person")
	a = g.presses(hine, question.Address, "Just to my facilitators")
	a = g.fills(hine, a.Form, chat.Answers{"text": chat.Given("Nowhere *yet*.")})
	if a.Reply == nil || !strings.Contains(a.Reply.Text, "Your facilitators can read it") {
		t.Errorf("Ana got %+v", a.Reply)
	}
	if err := g.DeleteSaid(t.Context(), rangi.User, said); err != nil {
		t.Fatal(err)
	}
	eventually(t, 5*time.Second, "nothing of it counts", func() bool {
		seen, _ := g.See(t.Context(), hine.User, room)
		for _, m := range seen {
			if strings.Contains(m.Text+m.Note, "from one person") {
				return false
			}
		}
		return true
	})
	g.fake.OpenHome(hine.User.ID)
	eventually(t, 5*time.Second, "the home", func() bool {
		v, ok := g.fake.Home(hine.User.ID)
		return ok && strings.Contains(v.Words(), "Garden & co")
	})
	g.mustBeClean(t)
	for _, c := range g.fake.Calls() {
		if c.Error != "" {
			t.Errorf("%s was refused: %s", c.Method, c.Error)
		}
	}
}
