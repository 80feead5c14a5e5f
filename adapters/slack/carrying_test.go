package slack_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/slack"
	"cohortbot/adapters/slack/slackfake"
	"cohortbot/bot/chat"
	"cohortbot/bot/chat/chattest"
)

var carried = chattest.Carried(thursday)

// What a chart, an event and a document are in Slack: with files made of them,
// and where none can be made, in words.
func TestWhatMessagesCarryAsSlackJSON(t *testing.T) {
	for name, m := range carried {
		whole := m
		var err error
		if whole.Files, err = chattest.Attach(m); err != nil {
			t.Fatal(err)
		}
		whole.Chart, whole.Event, whole.Document = nil, nil, nil
		for kind, x := range map[string]chat.Message{"attached": whole, "words": m} {
			posts, err := slack.Posts(x)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, f := range slack.Files(x) {
				f.Size = int64(len(f.Data))
				f.Data = nil
				raw, err := json.Marshal(map[string]any{"file": f})
				if err != nil {
					t.Fatal(err)
				}
				posts = append(posts, raw)
			}
			golden(t, "carrying-"+name+"-"+kind+".json", pretty(t, posts...))
		}
	}
}

func TestWordsForAFileAreNeverCut(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("Seven of nine met somebody new. ", 60))
	h := open(t, slackfake.Options{})
	ana, _ := h.Person(t.Context(), "Ana")
	room := h.mustRoom(t)
	for _, f := range []chat.File{{Name: "chart.png", Type: "image/png", Alt: long, Data: onePixel}, {Name: "all.txt", Type: "text/plain", Alt: long, Data: []byte("x")}} {
		if _, err := h.slack.Send(t.Context(), room, f.Name, chat.Message{Text: "Look.", Files: []chat.File{f}}); err != nil {
			t.Fatal(err)
		}
		seen, _ := h.See(t.Context(), ana.User, room)
		read := ""
		for _, m := range seen {
			read += strings.Join(strings.Fields(m.Note), " ")
		}
		if strings.Count(read, "Seven of nine") != 60 {
			t.Errorf("of %s's words there stands %q", f.Name, read)
		}
		for _, m := range seen {
			if err := h.slack.Delete(t.Context(), m.Address); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// answering gives a workspace whose bot answers everything with a message.
func answering(t *testing.T, m chat.Message) *harness {
	b := newListener()
	b.do = func(chat.Request) (chat.Outcome, error) { return chat.Answering(m), nil }
	return ready(t, slackfake.Options{}, b)
}

func TestAnAnswerWhoseOwnAnswerIsLostIsGivenAgain(t *testing.T) {
	for name, fault := range map[string]slackfake.Fault{
		"lost before it arrived": {Method: "response_url", How: slackfake.EOF},
		"a broken gateway":       {Method: "response_url", How: slackfake.BadGateway, Times: 2},
		"refused":                {Method: "response_url", How: slackfake.Refused, Code: "invalid_blocks"},
		"never":                  {Method: "response_url", How: slackfake.EOF, Times: -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := answering(t, chat.Message{Text: "Here it is."})
			ana, _ := h.Person(t.Context(), "Ana")
			h.fake.Inject(fault)
			a, err := h.Command(t.Context(), ana.User, h.mustRoom(t), "/home")
			if err != nil || a.Reply == nil || a.Reply.Text != "Here it is." || !a.Reply.OnlyYou {
				t.Errorf("Ana reads %+v, %v", a.Reply, err)
			}
		})
	}
}

func TestAPictureInAReplyStaysWithOnePerson(t *testing.T) {
	t.Parallel()
	h := answering(t, carried["chart"])
	ana, _ := h.Person(t.Context(), "Ana")
	ben, _ := h.Person(t.Context(), "Ben")
	room := h.mustRoom(t)
	a, err := h.Command(t.Context(), ana.User, room, "/home")
	if err != nil || a.Reply == nil || !a.Reply.OnlyYou || len(a.Reply.Files) != 1 || !strings.Contains(a.Reply.Alts[0], "2, then 4 of 5") {
		t.Errorf("Ana sees %+v, %v", a.Reply, err)
	}
	for _, place := range []chat.Place{room, chat.Direct(ben.User)} {
		if seen, _ := h.See(t.Context(), ben.User, place); len(seen) > 0 {
			t.Errorf("Ben sees %+v", seen)
		}
	}
	for _, c := range h.fake.CallsOf("files.completeUploadExternal") {
		if c.Args["channel_id"] != nil && c.Args["channel_id"] != "" {
			t.Errorf("it was shared with %v", c.Args["channel_id"])
		}
	}
}

func TestAPictureThatCannotBeShownIsSaidInWords(t *testing.T) {
	for name, fault := range map[string]slackfake.Fault{
		"it cannot be uploaded": {Method: "files.getUploadURLExternal", How: slackfake.Refused, Code: "storage_limit_reached", Times: -1},
		"its bytes do not pass": {Method: "upload", How: slackfake.Broken, Times: -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := answering(t, carried["chart"])
			ana, _ := h.Person(t.Context(), "Ana")
			h.fake.Inject(fault)
			a, err := h.Command(t.Context(), ana.User, h.mustRoom(t), "/home")
			if err != nil || a.Reply == nil || len(a.Reply.Files) != 0 || !strings.Contains(a.Reply.Note, "2, then 4 of 5") {
				t.Errorf("Ana sees %+v, %v", a.Reply, err)
			}
		})
	}
}

// A reply to something done from the home is shown in a modal, where no file can
// stand.
func TestFilesOfAReplyInAModalComeDirectly(t *testing.T) {
	t.Parallel()
	b := newListener()
	b.do = func(r chat.Request) (chat.Outcome, error) {
		if r.Path == "home" {
			return chat.Say("**Explorers**", chat.Button{Label: "Keep", Command: "week keep"}), nil
		}
		m := carried["document"]
		m.Chart = carried["chart"].Chart
		return chat.Answering(m), nil
	}
	h := ready(t, slackfake.Options{}, b)
	ana, _ := h.Person(t.Context(), "Ana")
	h.fake.OpenHome(ana.User.ID).Wait()
	eventually(t, 3*time.Second, "the home", func() bool { v, ok := h.fake.Home(ana.User.ID); return ok && len(v.Buttons()) == 1 })
	home, _ := h.fake.Home(ana.User.ID)
	h.fake.ClickIn(ana.User.ID, home.ID, home.Buttons()[0].ActionID, "").Wait()
	eventually(t, 3*time.Second, "the modal", func() bool {
		all := h.fake.Views(ana.User.ID)
		return len(all) == 1 && strings.Contains(all[0].Words(), "Week 3, to keep.") && strings.Contains(all[0].Words(), "2, then 4 of 5") && strings.Contains(all[0].Words(), "week-3.html")
	})
	eventually(t, 3*time.Second, "the files", func() bool {
		var names []string
		seen, _ := h.See(t.Context(), ana.User, chat.Direct(ana.User))
		for _, m := range seen {
			for _, f := range m.Files {
				names = append(names, f.Name)
			}
		}
		slices.Sort(names)
		return slices.Equal(names, []string{"chart.png", "week-3.html"})
	})
}

// After a restart the adapter has forgotten which files it sent along.
func TestAnEventThatStandsIsNotSentAlongAgainAfterARestart(t *testing.T) {
	h := open(t, slackfake.Options{})
	room := h.mustRoom(t)
	at, err := h.slack.Send(t.Context(), room, "k1", carried["event"])
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := slack.New(slack.Options{
		Workspaces: []slack.Tokens{{App: h.fake.AppToken(), Bot: h.fake.BotToken()}}, URL: h.fake.APIURL(), Log: quiet, Attach: chattest.Attach,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slack.CloseIdle(fresh) })
	for range 2 {
		if err := fresh.Edit(t.Context(), at, carried["event"]); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(h.fake.Files()); n != 1 {
		t.Errorf("%d files were sent", n)
	}
	searches := len(h.fake.CallsOf("conversations.history"))
	if err := fresh.Edit(t.Context(), at, carried["event"]); err != nil {
		t.Fatal(err)
	}
	if n := len(h.fake.CallsOf("conversations.history")) - searches; n > 0 {
		t.Errorf("%d searches for an edit that changes no file", n)
	}
}

func TestWhatCannotBeMadeIsSaidInWords(t *testing.T) {
	h := open(t, slackfake.Options{})
	broken, err := slack.New(slack.Options{
		Workspaces: []slack.Tokens{{App: h.fake.AppToken(), Bot: h.fake.BotToken()}}, URL: h.fake.APIURL(), Log: quiet,
		Attach: func(chat.Message) ([]chat.File, error) { return nil, errors.New("no font") },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slack.CloseIdle(broken) })
	ana, _ := h.Person(t.Context(), "Ana")
	room := h.mustRoom(t)
	if _, err := broken.Send(t.Context(), room, "k1", carried["chart"]); err != nil {
		t.Fatal(err)
	}
	seen, _ := h.See(t.Context(), ana.User, room)
	if len(seen) != 1 || !strings.Contains(seen[0].Text, "More confident") || !strings.Contains(seen[0].Text, "2, then 4 of 5") {
		t.Errorf("there stands %+v", seen)
	}
}
