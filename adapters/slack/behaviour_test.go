package slack_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/slack"
	"cohortbot/adapters/slack/slackfake"
	"cohortbot/bot/chat"
	"cohortbot/bot/chat/chattest"
)

// A form that comes too late for its trigger becomes a button, and pressing that
// opens it: the bot is asked for the same event again.
func TestAFormThatComesLateOpensByAButton(t *testing.T) {
	t.Parallel()
	b := newListener()
	slow := true
	b.do = func(chat.Request) (chat.Outcome, error) {
		if slow {
			time.Sleep(400 * time.Millisecond)
		}
		return chat.Asking(chat.Form{ID: "f1", Command: "session schedule", Title: "A session", Fields: []chat.Field{{Name: "title", Label: "Title", Kind: chat.Text}}}), nil
	}
	h := open(t, slackfake.Options{})
	slack.Soon(h.slack, 200*time.Millisecond)
	h.listen(t, b)
	if err := h.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	ana, _ := h.Person(t.Context(), "Ana")
	room := h.mustRoom(t)
	a, err := h.Command(t.Context(), ana.User, room, "/session schedule")
	if err != nil || a.Reply == nil || !slices.Equal(a.Reply.Buttons, []string{"Open"}) {
		t.Fatalf("the person got %+v, %v", a, err)
	}
	slow = false
	if a, err = h.Press(t.Context(), ana.User, a.Reply.Address, "Open"); err != nil || a.Form == nil || a.Form.Title != "A session" {
		t.Fatalf("after Open, the person got %+v, %v", a, err)
	}
	if asked, _ := b.count(); asked != 1 {
		t.Errorf("the bot did it %d times", asked)
	}
	h.mustBeClean(t)
}

// A deed that takes long is acknowledged in time and answered when it is done.
func TestALateAnswerStillArrives(t *testing.T) {
	t.Parallel()
	b := newListener()
	b.do = func(r chat.Request) (chat.Outcome, error) {
		time.Sleep(400 * time.Millisecond)
		switch {
		case r.Form != "":
			return chat.Outcome{Errors: chat.FieldErrors{"title": "Too short."}}, nil
		case strings.Contains(r.Text, "fail"):
			return chat.Outcome{}, errors.New("the store is gone")
		case strings.Contains(r.Text, "ask"):
			return chat.Asking(chat.Form{ID: "f1"}), nil
		}
		return chat.Say("After all."), nil
	}
	h := open(t, slackfake.Options{})
	slack.Soon(h.slack, 200*time.Millisecond)
	h.listen(t, b)
	if err := h.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	ana, _ := h.Person(t.Context(), "Ana")
	room := h.mustRoom(t)
	ok, failed := h.fake.SlashCommand(ana.User.ID, room.Channel, "/home", "ok"), h.fake.SlashCommand(ana.User.ID, room.Channel, "/home", "fail")
	if o := ok.Wait(); !o.Acked || o.Took > 390*time.Millisecond {
		t.Errorf("the first: %+v", o)
	}
	if o := failed.Wait(); !o.Acked {
		t.Errorf("the second: %+v", o)
	}
	eventually(t, 3*time.Second, "both are answered", func() bool {
		seen, _ := h.See(t.Context(), ana.User, room)
		var all string
		for _, m := range seen {
			all += m.Text + "\n"
		}
		return strings.Contains(all, "After all.") && strings.Contains(all, "nothing was changed")
	})
	h.mustBeClean(t)
}

// What was typed into a form whose answer came too late is given back.
func TestALateFormGivesBackWhatWasTyped(t *testing.T) {
	t.Parallel()
	b := newListener()
	b.do = func(r chat.Request) (chat.Outcome, error) {
		if r.Form == "" {
			return chat.Asking(chat.Form{ID: "f1", Command: "session schedule", Title: "A session", Fields: []chat.Field{{Name: "title", Label: "Title", Kind: chat.Text}}}), nil
		}
		time.Sleep(400 * time.Millisecond)
		return chat.Outcome{Errors: chat.FieldErrors{"title": "I need a longer one."}}, nil
	}
	h := open(t, slackfake.Options{})
	slack.Soon(h.slack, 200*time.Millisecond)
	h.listen(t, b)
	if err := h.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	ana, _ := h.Person(t.Context(), "Ana")
	a, err := h.Command(t.Context(), ana.User, h.mustRoom(t), "/session schedule")
	if err != nil || a.Form == nil {
		t.Fatalf("%+v, %v", a, err)
	}
	a, err = h.Submit(t.Context(), ana.User, *a.Form, chat.Answers{"title": chat.Given("Q&A with *Sam*")})
	if err != nil || a.Reply == nil || !strings.Contains(a.Reply.Text, "I need a longer one.") || !strings.Contains(a.Reply.Text, "Q&A with *Sam*") {
		t.Errorf("the person got %+v, %v", a.Reply, err)
	}
	h.mustBeClean(t)
}

func TestTheHomeShowsAndActs(t *testing.T) {
	t.Parallel()
	b := newListener()
	visits := 0
	b.do = func(r chat.Request) (chat.Outcome, error) {
		switch {
		case r.Path == "home":
			visits++
			return chat.Outcome{Reply: &chat.Reply{Message: chat.Message{
				Text: fmt.Sprintf("**Explorers**, visit %d", visits), Note: "Only you see this.",
				Buttons: []chat.Button{{Label: "Answer", Command: "reflect", Record: "w3"}, {Label: "Panel", Command: "cohort panel"}},
			}}}, nil
		case r.Path == "reflect" && r.Form == "":
			return chat.Asking(chat.Form{ID: "f1", Command: "reflect", Title: "Week 3", Record: r.Record, Fields: []chat.Field{{Name: "what", Label: "Your answer", Kind: chat.LongText}}}), nil
		case r.Path == "reflect":
			return chat.Say("Kept."), nil
		}
		return chat.Say("The panel.", chat.Button{Label: "More", Command: "cohort more"}), nil
	}
	h := ready(t, slackfake.Options{}, b)
	ana, _ := h.Person(t.Context(), "Ana")
	if o := h.fake.OpenHome(ana.User.ID).Wait(); !o.Acked {
		t.Fatalf("not acknowledged: %s", o.Problem)
	}
	home := func() slackfake.View { v, _ := h.fake.Home(ana.User.ID); return v }
	eventually(t, 3*time.Second, "the home", func() bool { return strings.Contains(home().Words(), "visit 1") })
	press := func(v slackfake.View, label string) {
		t.Helper()
		for _, x := range v.Buttons() {
			if x.Text == label {
				if o := h.fake.ClickIn(ana.User.ID, v.ID, x.ActionID, "").Wait(); !o.Acked {
					t.Fatalf("%s: %s", label, o.Problem)
				}
				return
			}
		}
		t.Fatalf("no button %q in %q", label, v.Words())
	}
	top := func() slackfake.View {
		if all := h.fake.Views(ana.User.ID); len(all) > 0 {
			return all[len(all)-1]
		}
		return slackfake.View{}
	}
	press(home(), "Answer")
	eventually(t, 3*time.Second, "the form", func() bool { return len(top().Inputs()) == 1 })
	got, err := h.fake.SubmitView(ana.User.ID, slackfake.Values{"Your answer": "We met."})
	if err != nil || got.Next == nil || !strings.Contains(got.Next.Words(), "Kept.") {
		t.Errorf("after handing in: %+v, %v", got, err)
	}
	eventually(t, 3*time.Second, "the home as it is now", func() bool { return strings.Contains(home().Words(), "visit 2") })
	h.fake.CloseView(ana.User.ID, true)
	press(home(), "Panel")
	eventually(t, 3*time.Second, "the panel", func() bool { return strings.Contains(top().Words(), "The panel.") })
	press(top(), "More")
	eventually(t, 3*time.Second, "more of it in the same place", func() bool { return len(h.fake.CallsOf("views.update")) == 1 })
	h.mustBeClean(t)
}

func TestALongMessageIsEditedAndDeletedInAllItsParts(t *testing.T) {
	t.Parallel()
	for _, restarted := range []bool{false, true} {
		h := open(t, slackfake.Options{})
		ana, _ := h.Person(t.Context(), "Ana")
		room := h.mustRoom(t)
		long := func(word string, n int) chat.Message {
			return chat.Message{Text: strings.Repeat(word+" said something.\n\n", n)}
		}
		at, err := h.slack.Send(t.Context(), room, "weave", long("Ana", 1500))
		if err != nil {
			t.Fatal(err)
		}
		other, err := h.slack.Send(t.Context(), room, "other", chat.Message{Text: "Ana is fine."})
		if err != nil {
			t.Fatal(err)
		}
		p := h.slack
		if restarted {
			if p, err = slack.New(slack.Options{Workspaces: []slack.Tokens{{App: h.fake.AppToken(), Bot: h.fake.BotToken()}}, URL: h.fake.APIURL(), Log: quiet}); err != nil {
				t.Fatal(err)
			}
			slack.Unlimited(p)
			t.Cleanup(func() { slack.CloseIdle(p) })
		}
		count := func() (n int, words string) {
			seen, _ := h.See(t.Context(), ana.User, room)
			for _, m := range seen {
				words += m.Text
			}
			return len(seen), words
		}
		if n, _ := count(); n < 4 {
			t.Fatalf("%d posts: it was to be long", n)
		}
		for _, times := range []int{1000, 10, 1000} { // it shrinks and grows
			if err := p.Edit(t.Context(), at, long("Ben", times)); err != nil {
				t.Fatal(err)
			}
			if _, words := count(); strings.Count(words, "Ben said") != times || strings.Contains(words, "Ana said") {
				t.Errorf("restarted %v: Ben is quoted %d times, want %d; Ana %d times", restarted, strings.Count(words, "Ben said"), times, strings.Count(words, "Ana said"))
			}
		}
		if err := p.Delete(t.Context(), at); err != nil {
			t.Fatal(err)
		}
		if n, words := count(); n != 1 || words != "Ana is fine." {
			t.Errorf("restarted %v: after the deletion stands %d: %.100q", restarted, n, words)
		}
		if err := p.Delete(t.Context(), other); err != nil {
			t.Fatal(err)
		}
	}
}

// A message that was cut off after its first part is completed by Find, not said
// anew.
func TestALongMessageThatWasCutOffIsCompleted(t *testing.T) {
	t.Parallel()
	h := open(t, slackfake.Options{})
	ana, _ := h.Person(t.Context(), "Ana")
	room := h.mustRoom(t)
	m := chat.Message{Text: strings.Repeat("Somebody said something.\n\n", 1000), Files: []chat.File{{Name: "all.txt", Type: "text/plain", Data: []byte("all")}}}
	for _, fault := range []slackfake.Fault{
		{Method: "chat.postMessage", Skip: 1, How: slackfake.EOF, After: true},
		{Method: "chat.postMessage", How: slackfake.Limited, Wait: time.Second},
		{Method: "files.completeUploadExternal", How: slackfake.BadGateway},
	} {
		h.fake.Inject(fault)
	}
	at, err := h.slack.Send(t.Context(), room, "k1", m)
	for tries := 0; err != nil && tries < 40; tries++ {
		var limited chat.RateLimited
		if errors.As(err, &limited) {
			time.Sleep(limited.After)
		}
		if at.IsZero() && !errors.Is(err, chat.ErrUnclear) {
			at, err = h.slack.Send(t.Context(), room, "k1", m)
			continue
		}
		time.Sleep(50 * time.Millisecond)
		at, err = h.slack.Find(t.Context(), room, "k1", m, time.Now())
	}
	if err != nil || at.IsZero() {
		t.Fatalf("%v, %v", at, err)
	}
	seen, _ := h.See(t.Context(), ana.User, room)
	var words string
	files := 0
	for _, s := range seen {
		words += s.Text
		files += len(s.Files)
	}
	if n := strings.Count(words, "Somebody said"); n != 1000 || files != 1 {
		t.Errorf("it is said %d times, want 1000, with %d files", n, files)
	}
}

func TestNamesAndZonesStayFresh(t *testing.T) {
	t.Parallel()
	b := newListener()
	h := ready(t, slackfake.Options{}, b)
	ana, _ := h.Person(t.Context(), "Ana")
	room := h.mustRoom(t)
	for range 3 {
		if _, err := h.Command(t.Context(), ana.User, room, "/home"); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(h.fake.CallsOf("users.info")); n != 1 {
		t.Errorf("Slack was asked %d times about one person", n)
	}
	h.fake.ChangeUser(slackfake.User{ID: ana.User.ID, Name: "Ana Pērez", RealName: "Ana", TZ: "Europe/Madrid", Admin: true}).Wait()
	want := chat.Profile{User: ana.User, Name: "Ana Pērez", Zone: "Europe/Madrid", Admin: true}
	b.mu.Lock()
	if b.met[ana.User.ID] != want {
		t.Errorf("the bot met %+v, want %+v", b.met[ana.User.ID], want)
	}
	b.mu.Unlock()
	if _, err := h.Command(t.Context(), ana.User, room, "/home"); err != nil {
		t.Fatal(err)
	}
	b.mu.Lock()
	if got := b.asked[len(b.asked)-1].Profile; got != want {
		t.Errorf("the next command came from %+v", got)
	}
	b.mu.Unlock()
	cem := h.fake.AddUser(slackfake.User{Name: "Cem", TZ: "Europe/Berlin"})
	h.fake.JoinChannel(cem, room.Channel).Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.met[cem].Name != "Cem" {
		t.Errorf("who joined is met as %+v", b.met[cem])
	}
}

// People and channels that are typed come as ids where a field takes them, and by
// their names where people will read them.
func TestMentionsAreUnderstood(t *testing.T) {
	t.Parallel()
	b := newListener()
	b.tree = chat.Tree{
		{Path: "home", Summary: "Home", Fields: []chat.Field{{Name: "note", Label: "Note", Kind: chat.Text}}},
		{Path: "session schedule", Summary: "Schedule", Fields: []chat.Field{{Name: "host", Label: "Host", Kind: chat.Person}, {Name: "where", Label: "Where", Kind: chat.InPlace}}},
	}
	h := ready(t, slackfake.Options{}, b)
	ana, _ := h.Person(t.Context(), "Ana")
	ben, _ := h.Person(t.Context(), "Ben")
	room := h.mustRoom(t)
	for typed, want := range map[string]string{
		"/session schedule @Ben where:#explorers":      "session schedule @" + ben.User.ID + " where:#" + room.Channel,
		"/home met @Ben in #explorers & <b>talked</b>": "home met @Ben in #explorers & <b>talked</b>",
		"/home see https://example.org/a?b=1&c=2":      "home see https://example.org/a?b=1&c=2",
	} {
		if _, err := h.Command(t.Context(), ana.User, room, typed); err != nil {
			t.Fatal(err)
		}
		b.mu.Lock()
		if got := b.asked[len(b.asked)-1].Text; got != want {
			t.Errorf("%q came as %q, want %q", typed, got, want)
		}
		b.mu.Unlock()
	}
	cleo, _ := h.Person(t.Context(), "Cleo")
	if _, err := h.Command(t.Context(), ana.User, room, "/session schedule @Cleo"); err != nil {
		t.Fatal(err)
	}
	b.mu.Lock()
	if met := b.met[cleo.User.ID]; met.Name != "Cleo" {
		t.Errorf("who was named, and has never done anything here, is met as %+v", met)
	}
	b.mu.Unlock()
	_, d, err := h.fake.Say(ana.User.ID, h.fake.DM(ana.User.ID), slackfake.Said{Text: "I met @Ben in #explorers"})
	if err != nil {
		t.Fatal(err)
	}
	d.Wait()
	if _, heard := b.count(); heard != 1 || b.heard[0].Text != "I met @Ben in #explorers" {
		t.Errorf("heard %+v", b.heard)
	}
}

// Two workspaces with one app: whatever comes, by whichever connection, is of the
// workspace that it happened in.
func TestTwoWorkspacesAreToldApart(t *testing.T) {
	t.Parallel()
	fake := slackfake.New(slackfake.Options{Rates: slackfake.Rates{Unlimited: true}})
	if err := fake.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	second := fake.AddTeam("second")
	s, err := slack.New(slack.Options{Log: quiet, URL: fake.APIURL(), Workspaces: []slack.Tokens{
		{App: fake.AppToken(), Bot: fake.BotToken()}, {App: fake.AppToken(), Bot: fake.BotTokenOf(second)},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slack.CloseIdle(s) })
	b := newListener()
	h := &harness{fake: fake, slack: s, people: map[string]string{}, rooms: map[string]string{}}
	h.listen(t, b)
	if !fake.WaitConnected(2, 5*time.Second) {
		t.Fatal("not connected twice")
	}
	for range 3 {
		for _, team := range []string{fake.Team(), second} {
			who := fake.AddUserIn(team, slackfake.User{Name: "ana"})
			if o := fake.SlashCommand(who, fake.DM(who), "/home", "").Wait(); !o.Acked {
				t.Fatal(o.Problem)
			}
			b.mu.Lock()
			if got := b.asked[len(b.asked)-1]; got.Profile.User.Workspace != chat.Workspace("slack:"+team) || got.Profile.Name != "ana" {
				t.Errorf("in %s: %+v", team, got.Profile)
			}
			b.mu.Unlock()
			if _, err := s.Send(t.Context(), chat.Direct(chat.User{Workspace: chat.Workspace("slack:" + team), ID: who}), "k", chat.Message{Text: "Hello"}); err != nil {
				t.Errorf("to %s: %v", team, err)
			}
		}
	}
	if s.Serves("slack:T0OTHER") {
		t.Error("it serves a workspace that it has no tokens for")
	}
}

// A picture is posted when Slack has looked at it, which takes a moment.
func TestAPictureWaitsUntilItCanBeShown(t *testing.T) {
	t.Parallel()
	h := open(t, slackfake.Options{FileDelay: 300 * time.Millisecond})
	ana, _ := h.Person(t.Context(), "Ana")
	room := h.mustRoom(t)
	at, err := h.slack.Send(t.Context(), room, "k1", chat.Message{Text: "Look.", Files: []chat.File{{Name: "plan.png", Type: "image/png", Alt: "The plan", Data: onePixel}}})
	if err != nil {
		t.Fatal(err)
	}
	seen, _ := h.See(t.Context(), ana.User, room)
	if len(seen) != 1 || seen[0].Address != at || !slices.Equal(seen[0].Alts, []string{"The plan"}) {
		t.Errorf("there stands %+v", seen)
	}
}

// A reply that is for one person shows nobody else its files.
func TestFilesInAReplyStayPrivate(t *testing.T) {
	t.Parallel()
	b := newListener()
	b.do = func(chat.Request) (chat.Outcome, error) {
		return chat.Answering(chat.Message{Text: "Here it is.", Files: []chat.File{{Name: "mine.txt", Type: "text/plain", Alt: "All that is kept of you", Data: []byte("mine")}}}), nil
	}
	h := ready(t, slackfake.Options{}, b)
	ana, _ := h.Person(t.Context(), "Ana")
	ben, _ := h.Person(t.Context(), "Ben")
	room := h.mustRoom(t)
	if _, err := h.Command(t.Context(), ana.User, room, "/home"); err != nil {
		t.Fatal(err)
	}
	var direct []chattest.Seen
	eventually(t, 3*time.Second, "the file in the direct messages", func() bool {
		direct, _ = h.See(t.Context(), ana.User, chat.Direct(ana.User))
		return len(direct) == 1 && len(direct[0].Files) == 1 && direct[0].Files[0].Text == "mine"
	})
	if seen, _ := h.See(t.Context(), ben.User, room); len(seen) != 0 {
		t.Errorf("Ben sees %+v", seen)
	}
}

var onePixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\nIDATx\x9cch\x00\x00\x00\x82\x00\x81\xdd\x43j\xd2\x00\x00\x00\x00IEND\xaeB`\x82")

// What people say to each other is theirs: only threads under the bot's own
// messages, and direct messages, go any further.
func TestWhatPeopleSayToEachOtherGoesNoFurther(t *testing.T) {
	t.Parallel()
	b := newListener()
	h := ready(t, slackfake.Options{}, b)
	ana, _ := h.Person(t.Context(), "Ana")
	ben, _ := h.Person(t.Context(), "Ben")
	room := h.mustRoom(t)
	at, err := h.slack.Send(t.Context(), room, "k1", chat.Message{Text: "Week 3."})
	if err != nil {
		t.Fatal(err)
	}
	say := func(as chat.Profile, thread, text string) string {
		t.Helper()
		stamp, d, err := h.fake.Say(as.User.ID, room.Channel, slackfake.Said{Thread: thread, Text: text})
		if err != nil {
			t.Fatal(err)
		}
		if o := d.Wait(); !o.Acked {
			t.Errorf("%q is not acknowledged: %s", text, o.Problem)
		}
		return stamp
	}
	lunch := say(ana, "", "Lunch?")
	say(ben, lunch, "Yes, at one.")
	if d, err := h.fake.EditSaid(ana.User.ID, room.Channel, lunch, "Lunch, anybody?"); err != nil || !d.Wait().Acked {
		t.Errorf("the edit: %v", err)
	}
	say(ana, at.ID, "We met.")
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.heard) != 1 || b.heard[0].Text != "We met." {
		t.Errorf("the bot heard %+v", b.heard)
	}
	if _, met := b.met[ben.User.ID]; met {
		t.Error("the bot met Ben, who never turned to it")
	}
}
