package prompts_test

import (
	"strings"
	"testing"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
)

func TestWhoJoinsLateCanCatchUpWithWhatWasAskedBefore(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		week(w, c)
		week(w, c)
		w.Do("Mere", "cohort join")
		w.Submit("Mere", nil)
		must(t, w.Answer("Mere"), "`/reflect week:1` opens an earlier question")
		w.Do("Mere", "reflect week:1")
		w.Submit("Mere", map[string]string{"text": "about the first"})
		must(t, w.Answer("Mere"), "Week 1 · Together")
		w.Do("Mere", `reflect "and again" week:together sees:me`)
		must(t, w.Answer("Mere"), "Week 1 · Together")
		w.Do("Mere", "reflect week:4")
		must(t, w.Answer("Mere"), "has not gone out yet")
		w.Do("Mere", "reflect")
		w.Submit("Mere", map[string]string{"text": "about the second"})
		must(t, w.Answer("Mere"), "Week 2 · The star")
	})
}

func TestAnEarlyAnswerIsShownWhenItsQuestionGoesOut(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana", "Ben")
		w.Do("Ana", `reflect "I will be away, so now" week:1 sees:cohort`)
		must(t, w.Answer("Ana"), "early answer to **Week 1")
		w.SaidDirect("Ben", "me too, early")
		must(t, textOf(w.Inbox("Ben")), "early answer to **Week 1")
		w.Press("Ben", "Share with the group")
		mustNot(t, textOf(w.Posts(c.Place)), "early")
		mustNot(t, textOf(w.Posts(c.Place)), "I will be away")

		q := week(w, c)
		posts := w.Posts(c.Place)
		must(t, textOf(posts), "I will be away, so now")
		must(t, textOf(posts), "me too, early")
		must(t, textOf(posts), "from 2 people")
		for _, p := range posts {
			if strings.Contains(p.Message.Text, "so now") && p.At.Place.Thread != q.At.ID {
				t.Errorf("it stands at %s, not under its question", p.At)
			}
		}
		w.Advance(4 * day)
		mustNot(t, textOf(w.Inbox("Ana")), "still open")
	})
}

func TestAFacilitatorWhoRepliesToAPrivateAnswerIsToldThatNobodyReadsIt(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		week(w, c)
		w.SaidDirect("Ana", "between us")
		inbox := w.Inbox("Wiremu")
		post := inbox[len(inbox)-1]
		at := post.At.Place
		at.Thread = post.At.ID
		w.Hear("Wiremu", chat.Said{Address: chat.Address{Place: at, ID: "reply"}, Text: "thank you"})
		must(t, textOf(w.Inbox("Wiremu")), "nobody but you reads")
	})
}
