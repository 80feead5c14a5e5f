package discordfake_test

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/discord/discordfake"

	"github.com/bwmarrin/discordgo"
)

func (w *world) post(text string, more ...obj) reply {
	w.t.Helper()
	body := quiet(obj{"content": text})
	for _, o := range more {
		for k, v := range o {
			body[k] = v
		}
	}
	return w.call("POST", "/channels/"+w.room+"/messages", body)
}

func TestABucketTellsItsLimitAndRefusesBeyondIt(t *testing.T) {
	w := newWorld(t, opt{})
	var last reply
	for i := range 5 {
		last = w.post(fmt.Sprint(i))
	}
	h := last.header
	if last.status != 200 || h.Get("X-RateLimit-Limit") != "5" || h.Get("X-RateLimit-Remaining") != "0" || h.Get("X-RateLimit-Bucket") == "" {
		t.Fatalf("%d %v", last.status, h)
	}
	over := w.post("six")
	after, _ := over.obj()["retry_after"].(float64)
	if over.status != 429 || after <= 4 || after > 5 || over.obj()["global"] != false || over.header.Get("X-RateLimit-Scope") != "user" || over.header.Get("Retry-After") != "5" {
		t.Errorf("%d %v %v", over.status, over.body, over.header)
	}
	other := w.AddChannel(w.guild, "other", discordfake.TextChannel)
	if r := w.call("POST", "/channels/"+other+"/messages", quiet(obj{"content": "a"})); r.status != 200 {
		t.Errorf("another channel shares the bucket: %v", r.body)
	}
	if len(w.Violations()) != 0 {
		t.Error("the first 429 is no violation")
	}
	w.post("seven")
	if v := w.Violations(); len(v) != 1 || v[0].Kind != "429 repeated early" {
		t.Errorf("violations %+v", v)
	}
	w.Advance(time.Duration(after * float64(time.Second)))
	if r := w.post("eight"); r.status != 200 {
		t.Errorf("after the wait: %v", r.body)
	}
}

func TestTheGlobalLimitLeavesInteractionsAlone(t *testing.T) {
	w := newWorld(t, opt{Global: discordfake.Rate{Count: 3, Per: time.Second}})
	w.register()
	w.call("GET", "/users/@me", nil)
	w.call("GET", "/guilds/"+w.guild, nil)
	r := w.call("GET", "/guilds/"+w.guild, nil)
	if r.status != 429 || r.obj()["global"] != true || r.header.Get("X-RateLimit-Global") != "true" || r.header.Get("X-RateLimit-Scope") != "global" {
		t.Errorf("%d %v %v", r.status, r.body, r.header)
	}
	i := w.home()
	if r := w.back(i, 5, nil); r.status != 204 {
		t.Errorf("an answer was limited: %v", r.body)
	}
	if r := w.hook("PATCH", i, "/messages/@original", quiet(obj{"content": "a"})); r.status != 200 {
		t.Errorf("an edit of an answer was limited: %v", r.body)
	}
	w.ShareLimit(w.room, time.Minute)
	w.Advance(2 * time.Second)
	if r := w.post("a"); r.status != 429 || r.header.Get("X-RateLimit-Scope") != "shared" {
		t.Errorf("shared: %d %v", r.status, r.header)
	}
	if n := w.TooMany(); n != 2 {
		t.Errorf("%d refused", n)
	}
}

func TestAnAnswerThatIsLostLeavesItsMessage(t *testing.T) {
	for name, how := range map[string]discordfake.Loss{"EOF": discordfake.LostEOF, "502": discordfake.LostBadGateway} {
		w := newWorld(t, generous())
		w.LoseAnswers(1, how, "POST /channels/{channel_id}/messages")
		body := quiet(obj{"content": "once", "nonce": "n1", "enforce_nonce": true})
		r, err := w.try("POST", "/channels/"+w.room+"/messages", body, "Bot "+w.Token())
		if how == discordfake.LostEOF && err == nil || how == discordfake.LostBadGateway && r.status != 502 {
			t.Fatalf("%s: %v %v", name, r, err)
		}
		again := w.post("once", obj{"nonce": "n1", "enforce_nonce": true})
		if seen := w.See(w.ana, w.room).Messages; len(seen) != 1 || again.obj()["id"] != seen[0].ID {
			t.Errorf("%s: stands %d times, %v", name, len(seen), again.body)
		}
		if e := w.Exchanges(); !e[0].Lost || e[0].Status != 200 {
			t.Errorf("%s: recorded as %+v", name, e[0])
		}
		w.Advance(4 * time.Minute)
		w.post("once", obj{"nonce": "n1", "enforce_nonce": true})
		if n := len(w.See(w.ana, w.room).Messages); n != 2 {
			t.Errorf("%s: after the window it stands %d times", name, n)
		}
		w.LoseAnswers(1, discordfake.FailedGateway, "")
		w.post("never")
		if n := len(w.See(w.ana, w.room).Messages); n != 2 {
			t.Errorf("%s: a refused request left a message", name)
		}
		w.post("plain nonce", obj{"nonce": "n2"})
		w.post("plain nonce", obj{"nonce": "n2"})
		if n := len(w.See(w.ana, w.room).Messages); n != 4 {
			t.Errorf("%s: a nonce that is not enforced held back a message", name)
		}
	}
}

func TestHistoryGivesNoNonceBack(t *testing.T) {
	w := newWorld(t, generous())
	if r := w.post("a", obj{"nonce": "n1"}); r.obj()["nonce"] != "n1" {
		t.Errorf("the post itself: %v", r.body)
	}
	list := w.call("GET", "/channels/"+w.room+"/messages", nil).body.([]any)
	if len(list) != 1 || list[0].(obj)["nonce"] != nil {
		t.Errorf("history %v", list)
	}
}

func TestWithoutTheContentIntentOthersWordsAreEmptyEverywhere(t *testing.T) {
	w := newWorld(t, generous())
	g := dial(t, w.Server)
	g.identify(1 << 9)
	said := must[string](t)(w.Say(w.bill, w.room, "private words"))
	g.until("MESSAGE_CREATE")
	must[string](t)(w.Reply(w.ana, w.room, said, "<@"+w.BotID()+"> see this"))
	told := g.until("MESSAGE_CREATE")
	if told["content"] == "" || told["referenced_message"].(obj)["content"] != "" {
		t.Errorf("told %v", told)
	}
	read := func() (out string) {
		for _, m := range w.call("GET", "/channels/"+w.room+"/messages", nil).body.([]any) {
			out += m.(obj)["content"].(string) + "|"
		}
		return out + w.call("GET", "/channels/"+w.room+"/messages/"+said, nil).obj()["content"].(string)
	}
	if got := read(); strings.Contains(got, "private") || !strings.Contains(got, "see this") {
		t.Errorf("read %q", got)
	}
	w.Allow(discordfake.IntentContent)
	if got := read(); strings.Count(got, "private") != 2 {
		t.Errorf("with the intent read %q", got)
	}
}

func TestHistoryIsReadInPages(t *testing.T) {
	w := newWorld(t, generous())
	w.Allow(discordfake.IntentContent)
	for i := range 7 {
		must[string](t)(w.Say(w.ana, w.room, fmt.Sprint(i)))
	}
	ids := map[string]string{}
	for i, m := range w.See(w.ana, w.room).Messages {
		ids[strconv.Itoa(i)] = m.ID
	}
	for query, want := range map[string]string{
		"": "6543210", "limit=2": "65", "limit=2&before=" + ids["5"]: "43", "limit=2&after=" + ids["1"]: "32",
		"limit=3&around=" + ids["3"]: "432", "after=" + ids["6"]: "",
	} {
		got := ""
		for _, m := range w.call("GET", "/channels/"+w.room+"/messages?"+query, nil).body.([]any) {
			got += m.(obj)["content"].(string)
		}
		if got != want {
			t.Errorf("%q gives %q, want %q", query, got, want)
		}
	}
	if r := w.call("GET", "/channels/"+w.room+"/messages?limit=101", nil); r.faults() != "limit" {
		t.Errorf("a page of 101: %v", r.body)
	}
}

func TestPermissionsHoldInChannels(t *testing.T) {
	w := newWorld(t, generous())
	bot := w.BotID()
	deny := func(bits int64) { w.SetOverwrites(w.room, discordfake.Overwrite{ID: bot, Member: true, Deny: bits}) }
	deny(discordfake.SendMessages)
	if r := w.post("a"); r.status != 403 || r.code() != 50013 {
		t.Errorf("no sending: %v", r.body)
	}
	deny(discordfake.EmbedLinks)
	if r := w.post("a", obj{"embeds": []any{obj{"title": "t"}}}); r.code() != 50013 {
		t.Errorf("no embeds: %v", r.body)
	}
	deny(discordfake.ReadMessageHistory)
	w.post("a")
	if r := w.call("GET", "/channels/"+w.room+"/messages", nil); r.status != 200 || len(r.body.([]any)) != 0 {
		t.Errorf("no history: %v", r.body)
	}
	deny(discordfake.CreatePublicThreads)
	if r := w.call("POST", "/channels/"+w.room+"/threads", obj{"name": "t", "type": 11}); r.code() != 50013 {
		t.Errorf("no threads: %v", r.body)
	}
	deny(discordfake.ViewChannel)
	if r := w.post("a"); r.code() != 50001 {
		t.Errorf("no view: %v", r.body)
	}
	if r := w.call("POST", "/channels/1/messages", quiet(obj{"content": "a"})); r.status != 404 || r.code() != 10003 {
		t.Errorf("no channel: %v", r.body)
	}
	w.SetOverwrites(w.room, discordfake.Overwrite{ID: w.guild, Deny: discordfake.SendMessages}, discordfake.Overwrite{ID: bot, Member: true, Allow: discordfake.SendMessages})
	if r := w.post("a"); r.status != 200 {
		t.Errorf("the member's overwrite goes last: %v", r.body)
	}
	if _, err := w.Say(w.ana, w.room, "a"); err == nil {
		t.Error("ana may write")
	}
	w.RemoveBot(w.guild)
	if r := w.call("GET", "/guilds/"+w.guild, nil); r.code() != 10004 {
		t.Errorf("thrown out: %v", r.body)
	}
}

func TestDoorsThatAreClosed(t *testing.T) {
	w := newWorld(t, generous())
	dm := w.call("POST", "/users/@me/channels", obj{"recipient_id": w.ana}).obj()["id"].(string)
	send := func() reply { return w.call("POST", "/channels/"+dm+"/messages", quiet(obj{"content": "a"})) }
	if r := send(); r.status != 200 {
		t.Fatal(r.body)
	}
	w.RefuseDM(w.ana, 50278)
	if r := send(); r.status != 403 || r.code() != 50278 {
		t.Errorf("%v", r.body)
	}
	w.RefuseDM(w.ana, 40003)
	if r := w.call("POST", "/users/@me/channels", obj{"recipient_id": w.ana}); r.code() != 40003 {
		t.Errorf("%v", r.body)
	}
	w.RefuseDM(w.ana, 0)
	if r := send(); r.status != 200 {
		t.Errorf("%v", r.body)
	}
	w.LeaveGuild(w.guild, w.ana)
	if r := send(); r.code() != 50278 {
		t.Errorf("no guild in common: %v", r.body)
	}
	said := must[string](t)(w.Say(w.bill, w.room, "mine"))
	if r := w.call("PATCH", "/channels/"+w.room+"/messages/"+said, quiet(obj{"content": "b"})); r.code() != 50005 {
		t.Errorf("another's message: %v", r.body)
	}
	if err := w.DeleteSaid(w.bill, w.room, said); err != nil {
		t.Error(err)
	}
	if r := w.call("GET", "/channels/"+w.room+"/messages/"+said, nil); r.code() != 10008 {
		t.Errorf("a deleted message: %v", r.body)
	}
}

func TestThreadsAreArchivedAndLocked(t *testing.T) {
	w := newWorld(t, generous())
	m := w.post("week").obj()["id"].(string)
	if r := w.call("POST", "/channels/"+w.room+"/messages/"+m+"/threads", obj{"name": "", "auto_archive_duration": 61}); r.code() != 50035 {
		t.Errorf("%v", r.body)
	}
	th := w.call("POST", "/channels/"+w.room+"/messages/"+m+"/threads", obj{"name": "Week 1", "auto_archive_duration": 1440})
	if th.status != 201 || th.obj()["id"] != m {
		t.Fatalf("%d %v", th.status, th.body)
	}
	if r := w.call("POST", "/channels/"+w.room+"/messages/"+m+"/threads", obj{"name": "again"}); r.code() != 160004 {
		t.Errorf("a second thread: %v", r.body)
	}
	send := func() reply { return w.call("POST", "/channels/"+m+"/messages", quiet(obj{"content": "a"})) }
	first := send().obj()["id"].(string)
	w.Archive(m, true, false)
	if r := w.call("PATCH", "/channels/"+m+"/messages/"+first, quiet(obj{"content": "b"})); r.code() != 50083 {
		t.Errorf("an edit in an archived thread: %v", r.body)
	}
	if r := send(); r.status != 200 {
		t.Errorf("posting opens it: %v", r.body)
	}
	w.Archive(m, true, true)
	if r := send(); r.code() != 50083 {
		t.Errorf("locked: %v", r.body)
	}
	w.Archive(m, false, true)
	if r := send(); r.code() != 160005 {
		t.Errorf("locked and open: %v", r.body)
	}
	w.Archive(m, false, false)
	if r := w.call("PATCH", "/channels/"+m, obj{"name": "Week one", "archived": true}); r.status != 200 {
		t.Errorf("its maker may: %v", r.body)
	}
	if r := w.call("PUT", "/channels/"+m+"/thread-members/"+w.ana, nil); r.code() != 50083 {
		t.Errorf("%v", r.body)
	}
	private := w.call("POST", "/channels/"+w.room+"/threads", obj{"name": "pair", "type": 12, "auto_archive_duration": 60}).obj()["id"].(string)
	if _, err := w.Say(w.ana, private, "a"); err == nil {
		t.Error("ana is not in it yet")
	}
	w.call("PUT", "/channels/"+private+"/thread-members/"+w.ana, nil)
	must[string](t)(w.Say(w.ana, private, "a"))
	if n := len(w.call("GET", "/guilds/"+w.guild+"/threads/active", nil).obj()["threads"].([]any)); n != 1 {
		t.Errorf("%d active threads", n)
	}
}

func TestScheduledEventsAreHeldToTheirRules(t *testing.T) {
	w := newWorld(t, generous())
	start := w.Now().Add(time.Hour)
	when := func(d time.Duration) string { return start.Add(d).UTC().Format(time.RFC3339) }
	good := func(more obj) obj {
		o := obj{
			"name": "Session 1", "description": "d", "privacy_level": 2, "entity_type": 3, "scheduled_start_time": when(0),
			"scheduled_end_time": when(time.Hour), "entity_metadata": obj{"location": "online"},
		}
		for k, v := range more {
			if o[k] = v; v == nil {
				delete(o, k)
			}
		}
		return o
	}
	path := "/guilds/" + w.guild + "/scheduled-events"
	for name, c := range map[string]struct {
		body   obj
		faults string
	}{
		"good":             {good(nil), ""},
		"long name":        {good(obj{"name": strings.Repeat("x", 101)}), "name"},
		"long description": {good(obj{"description": strings.Repeat("x", 1001)}), "description"},
		"no place":         {good(obj{"entity_metadata": obj{"location": ""}}), "entity_metadata.location"},
		"no end":           {good(obj{"scheduled_end_time": nil}), "scheduled_end_time"},
		"ends first":       {good(obj{"scheduled_end_time": when(-time.Minute)}), "scheduled_end_time"},
		"past":             {good(obj{"scheduled_start_time": when(-2 * time.Hour)}), "scheduled_start_time"},
		"two weekdays":     {good(obj{"recurrence_rule": obj{"start": when(0), "frequency": 2, "interval": 1, "by_weekday": []any{1, 2}}}), "recurrence_rule.by_weekday"},
		"every third week": {good(obj{"recurrence_rule": obj{"start": when(0), "frequency": 2, "interval": 3, "by_weekday": []any{1}}}), "recurrence_rule.interval"},
		"every other week": {good(obj{"recurrence_rule": obj{"start": when(0), "frequency": 2, "interval": 2, "by_weekday": []any{1}}}), ""},
	} {
		if r := w.call("POST", path, c.body); r.faults() != c.faults || c.faults == "" && r.status != 200 {
			t.Errorf("%s: %d %v, want %q", name, r.status, r.body, c.faults)
		}
	}
	id := w.call("POST", path, good(nil)).obj()["id"].(string)
	if r := w.call("PATCH", path+"/"+id, obj{"name": "Moved", "scheduled_start_time": when(time.Minute)}); r.obj()["name"] != "Moved" {
		t.Errorf("edited %v", r.body)
	}
	if r := w.call("PATCH", path+"/"+id, obj{"status": 3}); r.code() != 180000 {
		t.Errorf("completed before it began: %v", r.body)
	}
	for range 97 {
		w.call("POST", path, good(nil))
	}
	if r := w.call("POST", path, good(nil)); r.code() != 30038 {
		t.Errorf("the 101st: %v", r.body)
	}
	if r := w.call("DELETE", path+"/"+id, nil); r.status != 204 {
		t.Errorf("deleted: %v", r.body)
	}
	if r := w.call("GET", path+"/"+id, nil); r.code() != 10070 {
		t.Errorf("gone: %v", r.body)
	}
}

func TestLeavingAllowedMentionsOutIsNoted(t *testing.T) {
	w := newWorld(t, generous())
	body := obj{"content": "hello <@" + w.ana + "> @everyone"}
	w.call("POST", "/channels/"+w.room+"/messages", body)
	body["allowed_mentions"] = obj{"users": []any{w.ana}}
	w.call("POST", "/channels/"+w.room+"/messages", body)
	w.call("POST", "/channels/"+w.room+"/messages", quiet(body))
	seen := w.See(w.ana, w.room).Messages
	if got := fmt.Sprint(seen[0].Pings, seen[1].Pings, seen[2].Pings); got != fmt.Sprintf("[%s] [%s] []", w.ana, w.ana) {
		t.Errorf("pings %s", got)
	}
	if v := w.Violations(); len(v) != 1 || v[0].Kind != "allowed_mentions" {
		t.Errorf("violations %+v", v)
	}
}

func TestFilesKeepTheirDescriptionsAndCanBeFetched(t *testing.T) {
	w := newWorld(t, generous())
	w.Allow(discordfake.IntentContent)
	m := must[*discordgo.Message](t)(w.bot.ChannelMessageSendComplex(w.room, &discordgo.MessageSend{
		AllowedMentions: &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}},
		Files:           []*discordgo.File{{Name: "a chart.txt", ContentType: "text/plain", Reader: strings.NewReader("one two")}},
	}))
	resp, err := http.Get(m.Attachments[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if string(got) != "one two" || m.Attachments[0].Filename != "a_chart.txt" {
		t.Errorf("%q in %+v", got, m.Attachments[0])
	}
	edited := w.call("PATCH", "/channels/"+w.room+"/messages/"+m.ID, quiet(obj{"attachments": []any{obj{"id": m.Attachments[0].ID, "description": "two words"}}}))
	if edited.status != 200 || w.See(w.ana, w.room).Messages[0].Files[0].Description != "two words" {
		t.Errorf("%v", edited.body)
	}
	said := must[string](t)(w.Say(w.ana, w.room, "", discordfake.File{Name: "e.txt", Data: []byte("evidence")}))
	if r := w.call("GET", "/channels/"+w.room+"/messages/"+said, nil); len(r.obj()["attachments"].([]any)) != 1 {
		t.Errorf("%v", r.body)
	}
}

func TestTheOtherRoutesAreAsPublished(t *testing.T) {
	w := newWorld(t, opt{Allowed: discordfake.IntentMembers, Other: discordfake.Rate{Count: 100, Per: time.Second}})
	m := w.post("a").obj()["id"].(string)
	for _, c := range []struct {
		method, path string
		body         any
		status       int
	}{
		{"GET", "/gateway", nil, 200},
		{"GET", "/gateway/bot", nil, 200},
		{"GET", "/users/@me", nil, 200},
		{"GET", "/users/@me/guilds", nil, 200},
		{"GET", "/users/" + w.ana, nil, 200},
		{"GET", "/users/5", nil, 404},
		{"GET", "/applications/@me", nil, 200},
		{"GET", "/applications/" + w.AppID() + "/commands", nil, 200},
		{"GET", "/applications/5/commands", nil, 404},
		{"GET", "/channels/" + w.room, nil, 200},
		{"GET", "/channels/" + w.DM(w.ana), nil, 200},
		{"PATCH", "/channels/" + w.room, obj{"name": "x"}, 403},
		{"GET", "/guilds/" + w.guild, nil, 200},
		{"GET", "/guilds/" + w.guild + "?with_counts=true", nil, 200},
		{"GET", "/guilds/" + w.guild + "/channels", nil, 200},
		{"GET", "/guilds/" + w.guild + "/roles", nil, 200},
		{"GET", "/guilds/" + w.guild + "/members?limit=1000", nil, 200},
		{"GET", "/guilds/" + w.guild + "/members/" + w.ana, nil, 200},
		{"GET", "/guilds/" + w.guild + "/scheduled-events", nil, 200},
		{"POST", "/channels/" + w.room + "/typing", nil, 204},
		{"PUT", "/channels/" + w.room + "/messages/" + m + "/reactions/%E2%9C%85/@me", nil, 204},
		{"GET", "/channels/" + w.room + "/messages/" + m, nil, 200},
		{"DELETE", "/channels/" + w.room + "/messages/" + m + "/reactions/%E2%9C%85/@me", nil, 204},
		{"PUT", "/channels/" + w.room + "/messages/pins/" + m, nil, 204},
		{"DELETE", "/channels/" + w.room + "/messages/" + m, nil, 204},
	} {
		w.Advance(time.Second)
		if r := w.call(c.method, c.path, c.body); r.status != c.status {
			t.Errorf("%s %s: %d %v", c.method, c.path, r.status, r.body)
		}
	}
	if r := w.request("GET", "/users/@me", nil, "Bot nobody"); r.status != 401 {
		t.Errorf("%v", r.body)
	}
}

func TestBothVersionsOfTheAPIAreServed(t *testing.T) {
	w := newWorld(t, opt{})
	for _, v := range []string{"v9", "v10"} {
		resp, err := http.Get("http://" + w.Host() + "/api/" + v + "/gateway")
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", v, strconv.Itoa(resp.StatusCode))
		}
	}
}
