package sessions_test

import (
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
)

func TestAnotherPlaceIsToldToWhoeverComes(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c, _ := scheduled(w, "Ana", "Ben", "Cara")
		w.Press("Ana", "I'll come")
		w.Press("Ben", "Can't make it")
		w.Do("Wiremu", `/session move "Q&A session" where:"The new pier"`)
		bottest.Says(t, w.Answer("Wiremu"), "Thursday 5 November, 9:00–10:00 am (Auckland), meets elsewhere.", "Where: The new pier")
		w.Press("Wiremu", "Move it")
		w.Advance(time.Minute)
		posts := w.Posts(c.Place)
		bottest.Says(t, posts[0].Message.Text, "Where: The new pier")
		bottest.Says(t, posts[1].Message.Text, "meets in another place", "The new pier")
		if posts[1].Message.Event.Sequence != 1 {
			t.Errorf("the calendar is given version %d, want 1", posts[1].Message.Event.Sequence)
		}
		bottest.Says(t, only(w, w.Inbox("Ana")).Message.Text, "meets in another place", "The new pier")
		got(w, "Ben")
		got(w, "Cara")

		// With another time as well, one message tells of both.
		w.Do("Wiremu", `/session move "Q&A session" fri 9am where:"The hall"`)
		w.Press("Wiremu", "Move it")
		w.Advance(time.Minute)
		posts = w.Posts(c.Place)
		if len(posts) != 3 {
			t.Fatalf("%d posts, want three:%s", len(posts), texts(posts))
		}
		bottest.Says(t, posts[1].Message.Text, "has changed again since")
		bottest.Says(t, posts[2].Message.Text, "has moved to", "The hall")
		bottest.Says(t, w.Inbox("Ana")[1].Message.Text, "has moved to", "The hall")
		w.Do("Wiremu", `/session move "Q&A session" where:"The hall"`)
		bottest.Says(t, w.Answer("Wiremu"), "is at that time already", "another place")
	})
}

func TestAnotherLengthIsNoMove(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c, _ := scheduled(w, "Ana")
		w.Press("Ana", "I'll come")
		w.Do("Wiremu", `/session move "Q&A session" length:"2 hours"`)
		bottest.Says(t, w.Answer("Wiremu"), "to Thursday 5 November, 9:00–11:00 am (Auckland)")
		w.Press("Wiremu", "Move it")
		w.Advance(time.Minute)
		posts := w.Posts(c.Place)
		bottest.Says(t, posts[1].Message.Text, "is now for 2 hours")
		if strings.Contains(posts[0].Message.Text, "was planned for") {
			t.Errorf("a move that is none: %s", posts[0].Message.Text)
		}
		got(w, "Ana")
	})
}
