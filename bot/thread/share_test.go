package thread_test

import (
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
)

var garden = chat.Channel(bottest.Workspace, "garden")

// opened is a group whose facilitator has named the open channel.
func opened(w *bottest.World) {
	w.T.Helper()
	w.Do("Wiremu", "/thread open channel:#garden")
	w.Press("Wiremu", "Open it")
}

func TestNothingIsSharedWithoutItsAuthorsOwnPress(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w)
		w.Do("Ana", "/thread share I met the neighbours")
		bottest.Says(t, w.Answer("Ana"), "no open channel yet")
		w.Do("Ana", "/thread open channel:#garden")
		bottest.Says(t, w.Answer("Ana"), "Only facilitators")
		w.Do("Wiremu", "/thread open channel:#explorers")
		bottest.Says(t, w.Answer("Wiremu"), "the group's own channel")
		opened(w)

		out := menu(w, "Ana", "thread share", message(w, c, "Ana", "m1", "I met the neighbours"))
		bottest.Says(t, out.Reply.Text+out.Reply.Note, "#garden", "I met the neighbours", "people outside Explorers included", "take it back")
		if got := w.Posts(garden); len(got) != 0 {
			t.Fatalf("shared before she pressed: %s", texts(got))
		}
		offer := chat.Request{At: w.At, Path: "thread yes", Record: out.Reply.Buttons[0].Record}
		w.Ask("Ben", offer)
		bottest.Says(t, w.Answer("Ben"), "Only the person who made this")
		w.Press("Ana", "Share it")
		bottest.Says(t, texts(w.Posts(garden)), "**Ana**, working out loud in Explorers", "> I met the neighbours")

		page := w.Do("Ben", "/thread page")
		bottest.Says(t, page.Reply.Text, "1. **Ana**", "I met the neighbours")
		bottest.Says(t, page.Reply.Document.Text, "## Ana, Monday 2 November 2026", "> I met the neighbours")
		if len(page.Reply.Buttons) != 0 {
			t.Errorf("Ben is offered %v", page.Reply.Buttons)
		}

		w.Do("Ana", "/thread page")
		w.Press("Ana", "Take back 1")
		w.Press("Ana", "Take it back")
		if got := w.Posts(garden); len(got) != 0 {
			t.Errorf("still there: %s", texts(got))
		}
		w.Do("Ben", "/thread page")
		bottest.Says(t, w.Answer("Ben"), "Nothing has been shared yet")
	})
}

func TestAYesToOneChannelIsNoYesToAnother(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w)
		opened(w)
		menu(w, "Ana", "thread share", message(w, c, "Ana", "m1", "I met the neighbours"))
		w.Do("Wiremu", "/thread open channel:#everybody")
		w.Press("Wiremu", "Open it")
		w.Press("Ana", "Share it")
		bottest.Says(t, w.Answer("Ana"), "another one now", "#everybody")
		everybody := chat.Channel(bottest.Workspace, "everybody")
		if n := len(w.Posts(garden)) + len(w.Posts(everybody)); n != 0 {
			t.Fatalf("%d posts without a yes", n)
		}
		w.Press("Ana", "Share it")
		bottest.Says(t, texts(w.Posts(everybody)), "I met the neighbours")
	})
}

func TestWhatSomebodyElseWroteIsAskedForOnceAndInPrivate(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w)
		opened(w)
		written := message(w, c, "Ana", "m1", "I met the neighbours")
		menu(w, "Ben", "thread share", written)
		bottest.Says(t, w.Answer("Ben"), "I am asking Ana once, in private")
		menu(w, "Wiremu", "thread share", written)
		w.Advance(time.Minute)
		inbox := w.Inbox("Ana")
		if len(inbox) != 1 {
			t.Fatalf("asked %d times: %s", len(inbox), texts(inbox))
		}
		bottest.Says(t, texts(inbox), "**Ben** would like more people", "#garden", "> I met the neighbours", "nobody is told if you don't")
		w.Do("Ana", "/home")
		bottest.Says(t, w.Answer("Ana"), "Ben would like to show others")
		w.PressOn("Ana", inbox[0], "No, thank you")
		bottest.Says(t, w.Answer("Ana"), "Nothing is shared")
		if got := texts(w.Posts(garden)) + texts(w.Inbox("Ben")) + texts(w.Inbox("Wiremu")); got != "" {
			t.Errorf("somebody was told: %s", got)
		}
	})
}

func TestAnAuthorOnLeaveIsAskedWhenTheyAreBackAndSilenceIsNoConsent(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w)
		opened(w)
		w.Away("Ana", 20)
		menu(w, "Ben", "thread share", message(w, c, "Ana", "m1", "I met the neighbours"))
		w.Advance(19 * day)
		if got := w.Inbox("Ana"); len(got) != 0 {
			t.Fatalf("disturbed on leave: %s", texts(got))
		}
		w.Advance(4 * day)
		bottest.Says(t, texts(w.Inbox("Ana")), "> I met the neighbours")
		w.Advance(15 * day)
		if got := texts(w.Inbox("Ana")); strings.Contains(got, "neighbours") {
			t.Errorf("still waiting: %s", got)
		}
		if got := w.Posts(garden); len(got) != 0 {
			t.Errorf("shared by silence: %s", texts(got))
		}
	})
}

func TestWhoLeftTheGroupCanStillTakeBackWhatTheyShared(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		group(w)
		opened(w)
		w.Do("Ana", "/thread share I met the neighbours")
		out := w.Press("Ana", "Share it")
		back := chat.Request{At: w.At, Path: "thread withdraw", Record: out.Reply.Buttons[0].Record}
		w.Do("Ana", "/cohort quit")
		w.Press("Ana", "Leave it")
		bottest.Says(t, texts(w.Posts(garden)), "I met the neighbours")
		w.Ask("Ana", back)
		w.Press("Ana", "Take it back")
		if got := w.Posts(garden); len(got) != 0 {
			t.Errorf("still there: %s", texts(got))
		}
	})
}

func TestAVoiceNoteAloneCanBeShared(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w)
		opened(w)
		said := message(w, c, "Ana", "m1", "")
		said.Files = []chat.File{{ID: "F1", Name: "walk.ogg", Type: "audio/ogg"}}
		menu(w, "Ana", "thread share", said)
		bottest.Says(t, w.Answer("Ana"), "voice note: walk.ogg")
		w.Press("Ana", "Share it")
		if got := w.Posts(garden); len(got) != 1 || len(got[0].Message.Files) != 1 {
			t.Errorf("shared %s", texts(got))
		}
	})
}

func TestAnAnswerByTheFormIsSharedByWhoeverGaveItAndGoesWithIt(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w)
		opened(w)
		w.Advance(8 * day)
		w.Do("Ana", `/reflect text:"I met the neighbours" sees:cohort`)
		posts := w.Posts(c.Place)
		shown := chat.Target{Address: posts[1].At, Text: posts[1].Message.Text, Author: chat.User{Workspace: bottest.Workspace, ID: "bot"}}
		menu(w, "Ben", "thread share", shown)
		bottest.Says(t, w.Answer("Ben"), "I am asking Ana once")
		menu(w, "Ana", "thread share", shown)
		bottest.Says(t, w.Answer("Ana"), "> I met the neighbours")
		w.Press("Ana", "Share it")
		bottest.Says(t, texts(w.Posts(garden)), "**Ana**, working out loud")
		question := shown
		question.Address = posts[0].At
		menu(w, "Ana", "thread share", question)
		bottest.Says(t, w.Answer("Ana"), "nobody's words whom I could ask")
		w.Do("Ana", "/answers")
		w.Press("Ana", "Delete 1")
		w.Press("Ana", "Delete it")
		if got := w.Posts(garden); len(got) != 0 {
			t.Errorf("the words outlive the answer: %s", texts(got))
		}
	})
}
