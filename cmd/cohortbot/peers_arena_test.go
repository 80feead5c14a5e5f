package main

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cohortbot/adapters/discord"
	"cohortbot/adapters/discord/discordfake"
	"cohortbot/adapters/slack"
	"cohortbot/adapters/slack/slackfake"
	"cohortbot/bot/chat"
)

// arena is a stand-in with a room full of people, on which one bot after the other
// is measured.
type arena interface {
	name() string
	sign() string // the first that somebody sees of their command
	workspace() chat.Workspace
	channel() string
	people() []string
	speakers() int  // how many of them give commands
	config() string // of ours: the section of the platform
	env() []string  // for ours and for theirs

	// present waits until commands reach a bot, absent until none is there.
	present() bool
	absent() bool
	// give has somebody give a command, and returns when it is answered or no
	// answer can come any more.
	give(who int, text string) fate
	// renew has the platform end the connection, with notice or without, and
	// returns when there is another, and how long that took.
	renew(notice bool) (time.Duration, bool)

	// fresh forgets what the limits have counted.
	fresh()
	nudged() (people, messages int)
	refused() int // calls for being too many, so far
}

// fate is what became of a command.
type fate struct {
	text     string
	acked    bool          // the person does not read that it failed
	ack      time.Duration // until the first sign of it
	answers  int           // that the person was shown
	answered time.Duration // until the first
	now      func() int    // how many answers there are by now; nil for none
}

// settle counts the answers once more, when none can come any more.
func settle(list []fate) {
	for i, f := range list {
		if f.now != nil {
			list[i].answers = f.now()
		}
	}
}

// answerLimit is how long after its acknowledgement a command waits for its answer.
const answerLimit = 5 * time.Second

// firstAnswer is how long Discord waits for one.
const firstAnswer = 3 * time.Second

func names(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = "member-" + strconv.Itoa(i)
	}
	return list
}

// slackArena tells by the calls of the response_urls when somebody is answered.
type slackArena struct {
	fake *slackfake.Server
	room string
	ids  []string

	mu      sync.Mutex
	shown   map[string]*shownTo // by response_url
	tooMany int
	links   int // sockets that were asked for
}

type shownTo struct {
	times int
	first time.Time
	came  chan struct{}
}

func newSlackArena(t *testing.T, n int, manifest []byte) *slackArena {
	t.Helper()
	app, err := slackfake.FromManifest(manifest)
	if err != nil {
		t.Fatal(err)
	}
	a := &slackArena{fake: slackfake.New(slackfake.Options{App: app, NoRecord: true}), shown: map[string]*shownTo{}}
	inner := a.fake.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := &status{ResponseWriter: w}
		if strings.HasPrefix(r.URL.Path, "/link/") {
			a.mu.Lock()
			a.links++
			a.mu.Unlock()
			inner.ServeHTTP(w, r) // it is taken over
			return
		}
		inner.ServeHTTP(s, r)
		a.mu.Lock()
		defer a.mu.Unlock()
		switch {
		case s.code == http.StatusTooManyRequests:
			a.tooMany++
		case strings.HasPrefix(r.URL.Path, "/commands/") && s.code < 300:
			x := a.shownBy(r.URL.Path)
			if x.times++; x.times == 1 {
				x.first = time.Now()
				close(x.came)
			}
		}
	}))
	a.fake.SetBase(server.URL)
	t.Cleanup(func() { a.fake.Close(); server.Close() })
	members := []string{a.fake.BotUser()}
	for _, name := range names(n) {
		id := a.fake.AddUser(slackfake.User{Name: name, TZ: "Pacific/Auckland"})
		a.ids, members = append(a.ids, id), append(members, id)
	}
	a.room = a.fake.AddChannel("garden", false, members...)
	return a
}

// status remembers the status of an answer.
type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) { s.code = code; s.ResponseWriter.WriteHeader(code) }

// shownBy gives what is known of the answers to a command; the lock is held.
func (a *slackArena) shownBy(path string) *shownTo {
	x := a.shown[path]
	if x == nil {
		x = &shownTo{came: make(chan struct{})}
		a.shown[path] = x
	}
	return x
}

func (a *slackArena) name() string              { return "Slack" }
func (a *slackArena) sign() string              { return "acknowledged" }
func (a *slackArena) workspace() chat.Workspace { return chat.Workspace(slack.Prefix + a.fake.Team()) }
func (a *slackArena) channel() string           { return a.room }
func (a *slackArena) speakers() int             { return min(50, len(a.ids)) }
func (a *slackArena) people() []string          { return a.ids }
func (a *slackArena) present() bool             { return a.fake.WaitConnected(1, 20*time.Second) }

func (a *slackArena) config() string {
	return "slack: [{app_token: \"env:SLACK_APP_TOKEN\", bot_token: \"env:SLACK_BOT_TOKEN\"}]\n"
}

func (a *slackArena) env() []string {
	return []string{"SLACK_API_URL=" + a.fake.APIURL(), "SLACK_APP_TOKEN=" + a.fake.AppToken(), "SLACK_BOT_TOKEN=" + a.fake.BotToken()}
}

func (a *slackArena) absent() bool {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if a.fake.Connections() == 0 {
			return true
		}
	}
	return false
}

func (a *slackArena) give(who int, text string) fate {
	g := fate{text: text}
	began := time.Now()
	d := a.fake.SlashCommand(a.ids[who], a.room, "/reflect", `sees:me text:"`+text+`"`)
	o := d.Wait()
	g.acked, g.ack = o.Acked, time.Since(began)
	_, path, _ := strings.Cut(d.ResponseURL, "/commands/")
	a.mu.Lock()
	x := a.shownBy("/commands/" + path)
	a.mu.Unlock()
	within := 0 // the acknowledgement
	g.now = func() int {
		a.mu.Lock()
		defer a.mu.Unlock()
		return within + x.times
	}
	if len(o.Payload) > 0 {
		within, g.answers, g.answered = 1, 1, g.ack
		return g
	}
	if !g.acked {
		return g
	}
	select {
	case <-x.came:
	case <-time.After(answerLimit):
	}
	if g.answers = g.now(); g.answers > 0 {
		g.answered = x.first.Sub(began)
	}
	return g
}

func (a *slackArena) renew(notice bool) (time.Duration, bool) {
	before := a.asked()
	began := time.Now()
	if notice {
		a.fake.Disconnect("refresh_requested")
	} else {
		a.fake.DropConnections()
	}
	for a.asked() == before && time.Since(began) < 20*time.Second {
		time.Sleep(time.Millisecond)
	}
	ok := a.present()
	return time.Since(began), ok
}

// asked is how many sockets were asked for so far.
func (a *slackArena) asked() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.links
}

func (a *slackArena) fresh() { a.fake.SetRates(slackfake.Rates{}) }

func (a *slackArena) nudged() (people, messages int) {
	for _, id := range a.ids {
		n := 0
		for _, m := range a.fake.See(id, a.fake.DM(id)) {
			if m.App && !m.Deleted {
				n++
			}
		}
		people, messages = people+min(n, 1), messages+n
	}
	return people, messages
}

func (a *slackArena) refused() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.tooMany
}

// discordArena asks the stand-in what somebody sees.
type discordArena struct {
	fake        *discordfake.Server
	guild, room string
	ids         []string
	usher       string // looks whether a bot is there
}

func newDiscordArena(t *testing.T, n int) *discordArena {
	t.Helper()
	many := discordfake.Rate{Count: 1000, Per: time.Second}
	a := &discordArena{fake: discordfake.New(discordfake.Options{
		IdentifyGap: -1, IdentifyBudget: 1e6, CommandCreates: 1e6, // one bot starts right after the other
		Rates: map[string]discordfake.Rate{
			"PUT /applications/{application_id}/guilds/{guild_id}/commands": many,
			"POST /users/@me/channels":                                      many, // where the limit over all requests is what counts
		},
	})}
	t.Cleanup(a.fake.Close)
	a.guild = a.fake.AddGuild("Learners", "", discord.Permissions)
	a.room = a.fake.AddChannel(a.guild, "garden", discordfake.TextChannel)
	for _, name := range append(names(n), "usher") {
		id := a.fake.AddUser(discordfake.User{Name: name})
		a.fake.Join(a.guild, id, "")
		a.ids = append(a.ids, id)
	}
	a.ids, a.usher = a.ids[:n], a.ids[n]
	return a
}

func (a *discordArena) name() string              { return "Discord" }
func (a *discordArena) sign() string              { return "form open" }
func (a *discordArena) workspace() chat.Workspace { return chat.Workspace(discord.Prefix + a.guild) }
func (a *discordArena) channel() string           { return a.room }
func (a *discordArena) speakers() int             { return len(a.ids) } // nobody has two forms open
func (a *discordArena) people() []string          { return a.ids }
func (a *discordArena) config() string {
	return "discord: {token: \"env:DISCORD_TOKEN\", servers: [\"" + a.guild + "\"]}\n"
}

func (a *discordArena) fresh()       { a.fake.SetGlobalRate(discordfake.Rate{Count: 50, Per: time.Second}) }
func (a *discordArena) refused() int { return a.fake.TooMany() }

func (a *discordArena) env() []string {
	return []string{
		"DISCORD_API_URL=" + a.fake.URL(), "DISCORD_TOKEN=" + a.fake.Token(),
		"FAKE_API=http://" + a.fake.Host() + "/api", "FAKE_TOKEN=" + a.fake.Token(),
	}
}

// present also waits until the commands are registered.
func (a *discordArena) present() bool {
	if !a.fake.WaitConnected(1, 20*time.Second) {
		return false
	}
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if i, err := a.fake.Command(a.usher, a.room, "reflect", nil); err == nil && i.WaitFirst(firstAnswer).Answered {
			return true
		}
	}
	return false
}

func (a *discordArena) absent() bool {
	return a.fake.Wait(20*time.Second, func() bool { return a.fake.Gateway().Connected == 0 })
}

// give types the command and hands in the form that it opens, as long answers are
// given in Discord: its acknowledgement is the form, its answer that to the form.
func (a *discordArena) give(who int, text string) fate {
	g := fate{text: text}
	began := time.Now()
	i, err := a.fake.Command(a.ids[who], a.room, "reflect", nil)
	if err != nil {
		return g
	}
	form := i.WaitFirst(firstAnswer).Modal
	g.ack = time.Since(began)
	if form == nil {
		return g
	}
	values := map[string]any{}
	for _, f := range form.Fields {
		switch strings.TrimPrefix(f.CustomID, "=") {
		case "text":
			values[f.CustomID] = text
		case "sees":
			values[f.CustomID] = "me"
		}
	}
	began = time.Now()
	if i, err = a.fake.SubmitModal(a.ids[who], form, values); err != nil {
		return g
	}
	first := i.WaitFirst(firstAnswer)
	g.acked = first.Answered && !first.Failed
	if first.Thinking {
		first = i.Wait(answerLimit)
	}
	g.now = func() int {
		a := i.Now()
		if a.Message == nil || a.Thinking {
			return 0
		}
		return 1 + len(a.Followed)
	}
	if g.acked && first.Message != nil && !first.Thinking {
		g.answers, g.answered = 1, time.Since(began)
	}
	return g
}

func (a *discordArena) renew(notice bool) (time.Duration, bool) {
	before := a.fake.Gateway()
	began := time.Now()
	if notice {
		a.fake.Reconnect()
	} else {
		a.fake.DropConnections()
	}
	ok := a.fake.Wait(20*time.Second, func() bool {
		g := a.fake.Gateway()
		return g.Resumes+len(g.Identifies) > before.Resumes+len(before.Identifies) && g.Connected > 0
	})
	return time.Since(began), ok
}

func (a *discordArena) nudged() (people, messages int) {
	for _, id := range a.ids {
		n := len(a.fake.Everything(a.fake.DM(id)))
		people, messages = people+min(n, 1), messages+n
	}
	return people, messages
}
