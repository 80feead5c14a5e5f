package sessions_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/store"
)

func TestTheCalendarOfAGroupIsAFileAndWherePossibleAnAddress(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Do("Ana", "/session calendar")
		bottest.Says(t, w.Answer("Ana"), "No session of Explorers is planned", "There is no address to subscribe to")
		w.Do("Wiremu", walks)
		w.Press("Wiremu", "Schedule it")
		w.Do("Wiremu", `/session schedule title:"Pair" when:"fri 10am" who:"Ben"`)
		w.Press("Wiremu", "Schedule it")
		out := w.Do("Ana", "/session calendar")
		bottest.Says(t, w.Answer("Ana"), "4 sessions", "There is no address to subscribe to, because this bot has no pages of its own.")
		if file := string(out.Reply.Files[0].Data); strings.Count(file, "Walk") != 4 || strings.Contains(file, "Pair") {
			t.Errorf("the file is %s, want the four sessions of the group", file)
		}

		w.Pages = "https://bot.example"
		w.Restart()
		address := regexp.MustCompile(`https://bot\.example/calendar/([A-Za-z0-9_-]{43})\.ics`)
		token := func(who string) string {
			t.Helper()
			w.Do(who, "/session calendar")
			found := address.FindStringSubmatch(w.Answer(who))
			if found == nil {
				t.Fatalf("no address for %s: %s", who, w.Answer(who))
			}
			return found[1]
		}
		behind := func(token string) (string, []chat.Event) {
			t.Helper()
			name, events, ok, err := w.Bot.Subscribed(w.T.Context(), token)
			if err != nil || !ok {
				return "", nil
			}
			return name, events
		}
		first := token("Ana")
		if token("Ben") != first {
			t.Error("two members are given two addresses")
		}
		if name, events := behind(first); name != "Explorers" || len(events) != 4 {
			t.Errorf("behind the address stand %d sessions of %q", len(events), name)
		}
		if _, events := behind(strings.Repeat("A", 43)); events != nil {
			t.Error("another address shows them too")
		}
		cancelled := idOf(w, c.ID, 0)
		w.Do("Wiremu", `/session cancel`)
		w.Submit("Wiremu", map[string]string{"pick": idOf(w, c.ID, 0)})
		w.Press("Wiremu", "Cancel the session")
		_, events := behind(first)
		off := slices.DeleteFunc(slices.Clone(events), func(e chat.Event) bool { return !e.Off })
		if len(events) != 4 || len(off) != 1 || off[0].Sequence != 1 || off[0].UID != cancelled+"@cohortbot" {
			t.Errorf("after one was cancelled: %v, want four, one of them called off with a greater sequence", events)
		}
		out = w.Do("Ana", "/session calendar") // the file has what is planned alone
		if file := string(out.Reply.Files[0].Data); strings.Count(file, "Walk") != 3 {
			t.Errorf("the file is %s, want the three sessions that are planned", file)
		}

		w.Ask("Ana", chat.Request{At: w.At, Path: "session calendar", Record: string(c.ID), Choice: "new"})
		bottest.Says(t, w.Answer("Ana"), "Only facilitators can change the address")
		w.Do("Wiremu", "/session calendar")
		w.Press("Wiremu", "Change the address")
		w.Press("Wiremu", "Change the address")
		if _, events := behind(first); events != nil {
			t.Error("the old address still shows them")
		}
		second := token("Ana")
		if _, events := behind(second); len(events) != 4 || second == first {
			t.Errorf("behind the new address stand %d sessions", len(events))
		}
		w.Skip(200 * 24 * time.Hour)
		if _, events := behind(second); len(events) != 0 {
			t.Errorf("long afterwards %d sessions still stand there", len(events))
		}
		w.Update(func(tx store.Tx) error {
			c.State = cohorts.Deleted
			return cohorts.Table.Put(tx, c.ID, c)
		})
		if _, events := behind(second); events != nil {
			t.Error("the address of a deleted group still shows them")
		}
	})
}
