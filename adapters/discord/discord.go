package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"

	"cohortbot/bot/chat"
)

// Options are what it takes to be in Discord.
type Options struct {
	Token          string   // of the bot; never in what is printed or logged
	Guilds         []string // ids of the servers that are served, at least one
	MessageContent bool     // the portal's Message Content Intent is on: replies in threads can be read
	Members        bool     // the portal's Server Members Intent is on: people are known when they join
	GuildCommands  bool     // register commands in each server instead of once for all; direct messages have none then
	Log            *slog.Logger
	URL            string // of the API with its version; empty is Discord's own
	Keep           Keeper // nil keeps nothing over a restart

	// Attach makes files of a message's chart, event and document. Nil, or an
	// error of it, says them in words.
	Attach func(chat.Message) ([]chat.File, error)
}

// String hides the token.
func (o Options) String() string { return fmt.Sprintf("[discord: %d servers]", len(o.Guilds)) }

// GoString hides the token.
func (o Options) GoString() string { return o.String() }

// LogValue hides the token.
func (o Options) LogValue() slog.Value { return slog.StringValue(o.String()) }

// Prefix begins the name of every workspace in Discord; the server's id follows.
const Prefix = "discord:"

const discordURL = "https://discord.com/api/v10"

// Discord is all servers of one bot.
type Discord struct {
	o    Options
	log  *slog.Logger
	rest *client
	cdn  *http.Client // for files that people sent
	pace pace

	mu   sync.Mutex
	self *self

	shards atomic.Int32 // how many there should be; 0 before that is known
	linked atomic.Int32 // those whose session is on

	channels *memo[discordgo.Channel] // by id, threads among them
	guilds   *memo[discordgo.Guild]   // by id: its owner and roles
	members  *memo[discordgo.Member]  // by "guild/user"
	homes    *memo[string]            // the guild in which an account was met last
	doors    *memo[string]            // the channel of an account's direct messages
	authors  *memo[author]            // who wrote a message that was heard, by its id
	said     *memo[string]            // the nonce of a message of ours, by its id
	forms    *memo[shown]             // the forms that are open, by form and account
}

var _ chat.Platform = (*Discord)(nil)

// Connected gives how many shards have a session on the gateway at this moment, of
// how many.
func (d *Discord) Connected() (connected, wanted int) {
	return int(d.linked.Load()), max(1, int(d.shards.Load()))
}

// self is who the bot is.
type self struct {
	App   string // the application's id
	User  string // the bot account's id
	Flags int    // of the application: which privileged intents are on
}

var snowflakes = regexp.MustCompile(`^\d{15,20}$`)

// New makes the platform. It calls nobody. The error says which option is not
// what it should be, without repeating a token.
func New(o Options) (*Discord, error) {
	o.Token = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(o.Token), "Bot "))
	switch {
	case o.Token == "":
		return nil, errors.New("discord: no token; copy it in the developer portal under Bot, Reset Token")
	case strings.ContainsAny(o.Token, " \t\r\n"):
		return nil, errors.New("discord: the token has blanks in it; copy it again in the developer portal under Bot, Reset Token")
	case len(o.Guilds) == 0:
		return nil, errors.New("discord: no server; give the id of each, such as 1130650140672000000 (switch on Developer Mode, then right-click the server, Copy Server ID)")
	}
	for i, id := range o.Guilds {
		if !snowflakes.MatchString(id) {
			return nil, fmt.Errorf("discord: %q is no server id; it has 17 to 20 digits (switch on Developer Mode, then right-click the server, Copy Server ID)", id)
		}
		if slices.Contains(o.Guilds[:i], id) {
			return nil, fmt.Errorf("discord: server %s stands twice", id)
		}
	}
	o.Guilds = slices.Clone(o.Guilds)
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.URL == "" {
		o.URL = discordURL
	}
	log := o.Log.With("platform", "discord")
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64 // as many answers may be under way at once; fewer would dial anew
	d := &Discord{
		o: o, log: log, pace: discordPace,
		rest: &client{
			url: strings.TrimRight(o.URL, "/"), token: o.Token, log: log,
			http: &http.Client{Transport: transport, Timeout: callLimit}, rates: newRates(),
		},
		channels: newMemo[discordgo.Channel](freshFor, 5_000),
		guilds:   newMemo[discordgo.Guild](freshFor, 1_000),
		members:  newMemo[discordgo.Member](freshFor, 10_000),
		homes:    newMemo[string](0, 100_000),
		doors:    newMemo[string](0, 100_000),
		authors:  newMemo[author](0, 50_000),
		said:     newMemo[string](0, 10_000),
		forms:    newMemo[shown](14*24*time.Hour, 2_000),
	}
	d.cdn = d.newCDN()
	return d, nil
}

// How long things may take in real time.
const (
	callLimit = 15 * time.Second // one call of the API
	freshFor  = 10 * time.Minute // what was asked of the API counts, unless an event says otherwise
)

// Serves tells whether w is one of the servers.
func (d *Discord) Serves(w chat.Workspace) bool {
	id, ok := strings.CutPrefix(string(w), Prefix)
	return ok && slices.Contains(d.o.Guilds, id)
}

func workspace(guild string) chat.Workspace { return chat.Workspace(Prefix + guild) }

// guildOf gives the id of a workspace's server.
func (d *Discord) guildOf(w chat.Workspace) (string, error) {
	if !d.Serves(w) {
		return "", fmt.Errorf("%w: %s is not a server of this bot", chat.ErrGone, w)
	}
	return strings.TrimPrefix(string(w), Prefix), nil
}

// whoAmI asks, once, who the token belongs to.
func (d *Discord) whoAmI(ctx context.Context) (self, error) {
	d.mu.Lock()
	known := d.self
	d.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	var app discordgo.Application
	if err := d.rest.do(ctx, get("/applications/@me"), &app); err != nil {
		return self{}, err
	}
	var me discordgo.User
	if err := d.rest.do(ctx, get("/users/@me"), &me); err != nil {
		return self{}, err
	}
	found := self{App: app.ID, User: me.ID, Flags: app.Flags}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.self = &found
	return found, nil
}
