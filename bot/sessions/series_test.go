package sessions_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/sessions"
	"cohortbot/bot/store"
)

const walks = `/session schedule title:"Walk" when:"thu 5 nov 9am" repeat:"weekly, 4 times"`

// starts gives when the sessions of a cohort begin, on the wall in Auckland.
func starts(w *bottest.World, c cohorts.ID) string {
	var all []string
	w.View(func(tx store.Tx) error {
		next, err := sessions.Upcoming(tx, c, w.Now(), 60)
		for _, s := range next {
			all = append(all, s.Start().In(auckland(1, 1, 0, 0).Location()).Format("2 Jan 15:04"))
		}
		return err
	})
	return strings.Join(all, ", ")
}

// idOf gives the id of the nth session of the whole group that is coming up.
func idOf(w *bottest.World, c cohorts.ID, n int) (id string) {
	w.View(func(tx store.Tx) error {
		next, err := sessions.Upcoming(tx, c, w.Now(), 60)
		id = string(next[n].ID)
		return err
	})
	return id
}

// said gives what stands in a channel, and not in the workspace's calendar.
func said(w *bottest.World, c cohorts.Cohort) []bottest.Post { return w.Posts(c.Place) }

func TestASeriesIsAnnouncedOneByOne(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Wiremu", walks)
		bottest.Says(t, w.Answer("Wiremu"), "It repeats every Thursday until Thursday 26 November, 4 sessions in all", "1 person will be told")
		w.Press("Wiremu", "Schedule it")
		bottest.Says(t, only(w, said(w, c)).Message.Text, "It is the first of 4, every Thursday at 9:00 am until Thursday 26 November; each is announced six days before.")
		if got, want := starts(w, c.ID), "5 Nov 09:00, 12 Nov 09:00, 19 Nov 09:00, 26 Nov 09:00"; got != want {
			t.Errorf("planned for %s, want %s", got, want)
		}
		w.AdvanceTo(auckland(30, time.November, 0, 0))
		var when []string
		for _, p := range said(w, c) {
			when = append(when, p.Sent.In(auckland(1, 1, 0, 0).Location()).Format("2 Jan 15:04"))
		}
		if got, want := strings.Join(when, ", "), "2 Nov 09:00, 6 Nov 09:00, 13 Nov 09:00, 20 Nov 09:00"; got != want {
			t.Errorf("announced %s, want %s:%s", got, want, texts(said(w, c)))
		}
	})
}

func TestNineStaysNineThoughTheClocksChange(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Person("Tama", "Australia/Sydney") // its clocks change on other days than Auckland's
		c := w.Cohort("Explorers", "Tama", "Ana")
		w.Do("Tama", `/session schedule title:"Walk" when:"12 Sept 2027 7am" repeat:"fortnightly, 3 times"`)
		w.Press("Tama", "Schedule it")
		if got, want := starts(w, c.ID), "12 Sep 09:00, 26 Sep 09:00, 10 Oct 09:00"; got != want {
			t.Errorf("planned for %s, want %s", got, want)
		}
	})
}

func TestOneOfASeriesMovesAlone(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Wiremu", walks)
		w.Press("Wiremu", "Schedule it")
		out := w.Do("Wiremu", "/session move")
		w.Submit("Wiremu", map[string]string{"pick": out.Form.Fields[0].Options[1].Value, "when": "fri 13 nov 10am"})
		w.Press("Wiremu", "Move it")
		if got, want := starts(w, c.ID), "5 Nov 09:00, 13 Nov 10:00, 19 Nov 09:00, 26 Nov 09:00"; got != want {
			t.Errorf("planned for %s, want %s", got, want)
		}
		posts := said(w, c) // whoever read that it is every Thursday hears of it
		bottest.Says(t, posts[len(posts)-1].Message.Text, "has moved to", "Friday 13 November, 10:00 am")
	})
}

func TestThisAndTheFollowingMoveAndThoseWhoAnsweredAreTold(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Do("Wiremu", walks)
		w.Press("Wiremu", "Schedule it")
		w.AdvanceTo(auckland(6, time.November, 10, 0)) // the second is announced
		w.Press("Ana", "I'll come")
		w.Do("Wiremu", `/session move session:"Walk" when:"tue 10 nov 5pm"`)
		second := idOf(w, c.ID, 0)
		w.Submit("Wiremu", map[string]string{"pick": second, "when": "tue 10 nov 5pm", "reach": "following"})
		bottest.Says(t, w.Answer("Wiremu"), "Those that follow move along, 3 sessions in all, the last of them to Tuesday 24 November, 5:00 pm.", "the 1 who answered")
		w.Press("Wiremu", "Move it")
		w.Advance(time.Minute)
		if got, want := starts(w, c.ID), "10 Nov 17:00, 17 Nov 17:00, 24 Nov 17:00"; got != want {
			t.Errorf("planned for %s, want %s", got, want)
		}
		posts := said(w, c)
		bottest.Says(t, posts[len(posts)-1].Message.Text, "from the one on Thursday 12 November on", "every Tuesday at 5:00 pm", "3 sessions")
		got(w, "Ana", "Fri 6 Nov 10:00")
		bottest.Says(t, w.Inbox("Ana")[0].Message.Text, "has moved to", "You had said you'd come")
		got(w, "Ben")
		if e := w.Inbox("Ana")[0].Message.Event; e == nil || e.Sequence != 1 || !strings.HasPrefix(e.UID, second) {
			t.Errorf("the calendar entry is %+v, want the session's own with a higher sequence", e)
		}
		w.AdvanceTo(auckland(12, time.November, 0, 0))
		posts = said(w, c)
		bottest.Says(t, posts[len(posts)-1].Message.Text, "Tuesday 17 November, 5:00 pm")
	})
}

func TestThoseThatFollowMeetElsewhereButChangeTheirLengthWithTheirTime(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Wiremu", walks)
		w.Press("Wiremu", "Schedule it")
		w.Ask("Wiremu", chat.Request{At: w.At, Path: "session move", Record: idOf(w, c.ID, 1)})
		w.Submit("Wiremu", map[string]string{"length": "2h", "reach": "following"})
		bottest.Says(t, w.Answer("Wiremu"), "give the time too, even if it stays, such as “Thu 9:00 am”")
		w.Submit("Wiremu", map[string]string{"length": "", "where": "The mill", "reach": "following"})
		bottest.Says(t, w.Answer("Wiremu"), "meets elsewhere. So do those that follow it.", "The mill")
		w.Press("Wiremu", "Move it")
		w.View(func(tx store.Tx) error {
			next, err := sessions.Upcoming(tx, c.ID, w.Now(), 9)
			for i, s := range next {
				if (s.Where == "The mill") != (i > 0) {
					t.Errorf("session %d meets at %q", i, s.Where)
				}
			}
			return err
		})
		if n := len(said(w, c)); n != 2 {
			t.Errorf("%d posts, want the announcement and one change:%s", n, texts(said(w, c)))
		}
	})
}

func TestThisAndTheFollowingAreCancelledAndTheRestStands(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Wiremu", walks)
		w.Press("Wiremu", "Schedule it")
		out := w.Do("Wiremu", `/session cancel why:"The path is closed"`)
		w.Submit("Wiremu", map[string]string{"pick": out.Form.Fields[0].Options[2].Value, "reach": "following"})
		bottest.Says(t, w.Answer("Wiremu"), "will be cancelled, and so will those that follow it: 2 sessions in all")
		w.Press("Wiremu", "Cancel them all")
		if got, want := starts(w, c.ID), "5 Nov 09:00, 12 Nov 09:00"; got != want {
			t.Errorf("planned for %s, want %s", got, want)
		}
		posts := said(w, c)
		bottest.Says(t, posts[len(posts)-1].Message.Text, "is cancelled from Thursday 19 November on: 2 sessions.", "The path is closed")
		w.AdvanceTo(auckland(30, time.November, 0, 0))
		if n := len(said(w, c)); n != 3 {
			t.Errorf("%d posts, want two announcements and the news:%s", n, texts(said(w, c)))
		}
	})
}

func TestHowOftenItRepeatsIsReadAsPeopleWriteIt(t *testing.T) {
	for typed, want := range map[string]string{
		"weekly until 26 nov":                "4 sessions in all",
		"every week, until 3 dec":            "5 sessions in all",
		"fortnightly 3 times":                "every second Thursday until Thursday 3 December, 3 sessions",
		"every two weeks for three sessions": "3 sessions in all",
		"weekly":                             "doesn't say until when",
		"twice a week":                       "I couldn't read",
		"weekly until yesterday":             "Name a later day",
		"weekly, 1 times":                    "2 to 52 times",
		"weekly, 99 times":                   "That makes 99 sessions",
		"once":                               "1 person will be told",
	} {
		t.Run(typed, func(t *testing.T) {
			bottest.Run(t, func(w *bottest.World) {
				w.Cohort("Explorers", "Wiremu", "Ana")
				w.Do("Wiremu", fmt.Sprintf(`/session schedule title:"Walk" when:"thu 5 nov 9am" repeat:%q`, typed))
				bottest.Says(t, w.Answer("Wiremu"), want)
			})
		})
	}
}

func TestWhatIsForSomeIsSaidToThemAlone(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Cara")
		w.Do("Wiremu", `/session schedule title:"Trio" when:"fri 10am" who:"Ana, Zoë"`)
		bottest.Says(t, w.Answer("Wiremu"), "I don't know anybody called “Zoë” here")
		w.Do("Wiremu", `/session schedule title:"Trio" when:"fri 10am" who:"ana, @ben"`)
		bottest.Says(t, w.Answer("Wiremu"), "Asked in private: Ana, Ben. The rest of the group is not told.")
		w.Do("Ben", "/settings leave today to tomorrow")
		w.Press("Wiremu", "Schedule it")
		w.Advance(time.Minute)
		if posts := said(w, c); len(posts) != 0 {
			t.Errorf("the group reads of it:%s", texts(posts))
		}
		bottest.Says(t, only(w, w.Inbox("Ana")).Message.Text, "Wiremu invites you", "**1 coming**")
		got(w, "Ben")
		got(w, "Cara")
		w.Press("Ana", "I'll come")
		bottest.Says(t, only(w, w.Inbox("Ana")).Message.Text, "**2 coming**")
		w.Do("Cara", "/session list")
		bottest.Says(t, w.Answer("Cara"), "No session is planned")
		w.AdvanceTo(auckland(4, time.November, 9, 0))
		got(w, "Ben", "Wed 4 Nov 08:00") // when he is back
		w.Do("Wiremu", `/session move "Trio" fri 11am`)
		w.Press("Wiremu", "Move it")
		w.Advance(time.Minute)
		bottest.Says(t, w.Inbox("Ben")[1].Message.Text, "has moved to", "Does the new time suit you?")
		if posts := said(w, c); len(posts) != 0 {
			t.Errorf("the group reads of it:%s", texts(posts))
		}
	})
}

func TestInACommunityAnyMemberPlansSessionsAndChangesTheirOwn(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := w.Cohort("Weavers", "Wiremu", "Ana", "Ben")
		c.Programme.Community = true
		w.Update(func(tx store.Tx) error { return cohorts.Table.Put(tx, c.ID, c) })
		w.DoIn("Ana", chat.Direct(w.Person("Ana", "Pacific/Auckland").User), "/home")
		w.Press("Ana", "Plan a session")
		w.Submit("Ana", map[string]string{"title": "Mending", "when": "fri 10am"})
		w.Press("Ana", "Schedule it")
		bottest.Says(t, only(w, said(w, c)).Message.Text, "Mending")
		w.Do("Ben", `/session cancel Mending`)
		bottest.Says(t, w.Answer("Ben"), "Only Ana, who planned it, and the facilitators can change **Mending**")
		w.Do("Ana", `/session move "Mending" sat 10am`)
		w.Press("Ana", "Move it")
		if got, want := starts(w, c.ID), "7 Nov 10:00"; got != want {
			t.Errorf("planned for %s, want %s", got, want)
		}
		w.Do("Zoe", `/session schedule title:"Mending" when:"fri 10am"`)
		bottest.Says(t, w.Answer("Zoe"), "Only facilitators of Weavers")
	})
}

func TestTheCalendarOfTheWorkspaceFollows(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		scheduled(w, "Ana")
		calendar := func() *chat.Event { return only(w, w.Posts(chat.Calendar(bottest.Workspace))).Message.Event }
		first := *calendar()
		w.Do("Wiremu", `/session move "Q&A session" sat 9am`)
		w.Press("Wiremu", "Move it")
		moved := *calendar()
		if moved.UID != first.UID || moved.Sequence <= first.Sequence || !moved.Start.Equal(auckland(7, time.November, 9, 0)) {
			t.Errorf("the entry was %+v and is %+v", first, moved)
		}
		w.Do("Wiremu", `/session cancel "Q&A session"`)
		w.Press("Wiremu", "Cancel the session")
		off := *calendar()
		if off.UID != first.UID || off.Sequence <= moved.Sequence || !off.Off {
			t.Errorf("the entry was %+v and is %+v", moved, off)
		}
	})
}

func TestALongSeriesIsNoWallInTheList(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Wiremu", `/session schedule title:"Walk" when:"thu 5 nov 9am" where:"The pier" repeat:"weekly, 8 times"`)
		w.Press("Wiremu", "Schedule it")
		w.Do("Ana", "/session list")
		text := w.Answer("Ana")
		bottest.Says(t, text, "The pier", "Thursday 12 November, 9:00 am](time:2026-11-12T09:00:00+13:00): 0 coming.")
		if n := strings.Count(text, "The pier"); n != 1 {
			t.Errorf("where it is, %d times:\n%s", n, text)
		}
		if n := strings.Count(text, "**Walk**"); n != 4 {
			t.Errorf("%d of them are listed:\n%s", n, text)
		}
	})
}
