package discord_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"sync"
	"testing"
	"time"

	"cohortbot/adapters/discord"
	"cohortbot/adapters/discord/discordfake"
)

// shardOf tells, as Discord documents it, which of two shards hears of a server.
func shardOf(t *testing.T, guild string) int64 {
	t.Helper()
	id, err := strconv.ParseInt(guild, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return id >> 22 % 2
}

// threeServers are a Discord in which two servers are all that one shard may have:
// it asks for two shards, and each of them hears of one server at least.
func threeServers(t *testing.T) (s *discordfake.Server, guilds []string) {
	t.Helper()
	for range 50 {
		s = discordfake.New(fast(discordfake.Options{ShardAt: 2, Allowed: messageContent}))
		guilds = nil
		var second int64
		for i := range 3 {
			guild := s.AddGuild(fmt.Sprint("Learners ", i), "", discord.Permissions)
			guilds, second = append(guilds, guild), second+shardOf(t, guild)
		}
		if second == 1 || second == 2 {
			t.Cleanup(s.Close)
			return s, guilds
		}
		s.Close()
	}
	t.Fatal("all servers are in one shard")
	return nil, nil
}

func TestServersAreHeardOverAsManyShardsAsDiscordWants(t *testing.T) {
	s, guilds := threeServers(t)
	d, err := discord.New(discord.Options{
		Token: s.Token(), Guilds: guilds, MessageContent: true, URL: s.URL(), Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	discord.Hurry(d)
	t.Cleanup(func() { discord.CloseIdle(d) })
	b := &bot{}
	ctx, stop := context.WithCancel(context.Background())
	var over sync.WaitGroup
	over.Go(func() {
		if err := d.Listen(ctx, b); err != nil {
			t.Errorf("listening ended with %v", err)
		}
	})
	t.Cleanup(func() { stop(); over.Wait() })
	if !s.WaitConnected(2, 5*time.Second) {
		t.Fatalf("there are no two connections: %+v", s.Gateway())
	}
	if ready := (&harness{Server: s}).Ready(t.Context()); ready != nil { // the commands are there
		t.Fatal(ready)
	}

	ana := s.AddUser(discordfake.User{Name: "ana", GlobalName: "Ana"})
	var rooms []string
	for _, guild := range guilds {
		s.Join(guild, ana, "")
		rooms = append(rooms, s.AddChannel(guild, "explorers", discordfake.TextChannel))
	}
	rooms = append(rooms, s.DM(ana)) // which the first shard hears of
	for round := range 3 {
		var all acts
		for _, room := range rooms {
			i, err := s.Command(ana, room, "home", nil)
			all.add(t, i, err)
		}
		all.answered(t, b)
		if _, err := s.Say(ana, s.DM(ana), fmt.Sprint("Round ", round)); err != nil {
			t.Fatal(err)
		}
		if !eventually(func() bool { return len(b.words()) == round+1 }) {
			t.Fatalf("after round %d, heard is %q", round, b.words())
		}
		if round < 2 { // both come back to where they were
			s.DropConnections()
			if !s.WaitConnected(2, 5*time.Second) {
				t.Fatalf("they do not come back: %+v", s.Gateway())
			}
		}
	}
	if g := s.Gateway(); len(g.Identifies) != 2 || g.Resumes < 4 {
		t.Errorf("two shards identify once each and resume: %+v", g)
	}
	for _, v := range s.Violations() {
		t.Errorf("Discord would not like this: %+v", v)
	}
}
