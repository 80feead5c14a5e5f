package stars_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/programmes"
	"cohortbot/bot/stars"
	"cohortbot/bot/store"
)

var (
	own       = programmes.Star{ID: "own", Title: "My own star", Points: points("Know", "Do", "Call on", "Place")}
	community = programmes.Star{ID: "community", Title: "A community's star", Points: points("Meeting", "Trust", "Welcome", "Voice")}
)

func points(titles ...string) []programmes.Point {
	var all []programmes.Point
	for _, t := range titles {
		id := strings.ToLower(strings.ReplaceAll(t, " ", "-"))
		all = append(all, programmes.Point{ID: id, Title: t, Ask: "How much " + t + " is there?"})
	}
	return all
}

func group(w *bottest.World, members ...string) cohorts.Cohort {
	c := w.Cohort("Explorers", "Wiremu", members...)
	c.Programme.Stars = []programmes.Star{own, community}
	w.Update(func(tx store.Tx) error { return cohorts.Table.Put(tx, c.ID, c) })
	return c
}

// fill has somebody fill a star in: p1 to p4, 0 passes over.
func fill(w *bottest.World, who, typed, sees string, values ...int) {
	w.T.Helper()
	w.Do(who, "/shape fill "+typed)
	answers := map[string]string{"sees": sees}
	for i, v := range values {
		if v > 0 {
			answers[fmt.Sprintf("p%d", i+1)] = fmt.Sprint(v)
		}
	}
	w.Submit(who, answers)
}

func chart(t testing.TB, m chat.Message) chat.Chart {
	t.Helper()
	if m.Chart == nil {
		t.Fatalf("no chart beside: %s", m.Text)
	}
	return *m.Chart
}

func TestAStarFilledInAgainShowsThenAndNow(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana", "Ben")
		w.Do("Ana", "/shape fill")
		bottest.Says(t, w.Answer("Ana"), "Which star", "My own star", "A community's star")
		w.Press("Ana", "A community's star")
		w.Submit("Ana", map[string]string{"about": "the harbour kitchen", "p1": "2", "p2": "2", "p3": "4", "p4": "3", "words": "A *cold* room."})
		bottest.Says(t, w.Answer("Ana"), "Kept. Only you can see it.", "the harbour kitchen", `A \*cold\* room.`)
		w.Advance(7 * 24 * time.Hour)
		w.Do("Ana", "/shape show harbour kitchen")
		again := w.Press("Ana", "Fill it in again")
		if got := again.Form.Filled["about"].Text(); got != "the harbour kitchen" {
			t.Errorf("it is about %q", got)
		}
		out := w.Submit("Ana", map[string]string{"p1": "4", "p2": "3", "p3": "3", "p4": "3"})
		got := chart(t, out.Reply.Message)
		bottest.Says(t, got.Alt,
			"Longer than on 2 November: Meeting by two steps (from a little to a good deal), Trust by one step (from a little to some).",
			"Shorter than on 2 November: Welcome by one step (from a good deal to some).", "As it was: Voice (some).")
		bottest.Says(t, got.Title, "Meeting and Trust longer, Welcome shorter")
		if len(got.Series) != 2 || got.Series[0].Name != "2 November" || got.Series[1].Name != "9 November" || !slices.Equal(got.Series[1].Values, []float64{4, 3, 3, 3}) {
			t.Errorf("series %v", got.Series)
		}
		if n := len(w.Posts(c.Place)); n != 0 {
			t.Errorf("%d posts of what is only Ana's", n)
		}
	})
}

func TestAnyTwoAreComparedAndNeverOneWithItself(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		group(w, "Ana")
		for i := range 3 {
			fill(w, "Ana", "star:own", "me", 1, 2+i, 3, 4)
			w.Advance(24 * time.Hour)
		}
		w.Do("Ana", "/shape show")
		form := w.Press("Ana", "Choose two to compare").Form
		options := form.Fields[0].Options
		if len(options) != 3 {
			t.Fatalf("%d to choose from", len(options))
		}
		w.Submit("Ana", map[string]string{"now": options[1].Value, "then": options[1].Value})
		bottest.Says(t, w.Answer("Ana"), "the same one")
		out := w.Submit("Ana", map[string]string{"now": options[2].Value, "then": options[1].Value})
		bottest.Says(t, chart(t, out.Reply.Message).Alt, "Longer than on 2 November: Do by one step (from a little to some).")
	})
}

func TestPointsMayBePassedOverAndAStarOfTwoIsSaidInWords(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		group(w, "Ana")
		w.Do("Ana", "/shape fill star:own")
		w.Submit("Ana", nil)
		bottest.Says(t, w.Answer("Ana"), "No point is filled in yet")
		w.Press("Ana", "Change it")
		out := w.Submit("Ana", map[string]string{"p1": "1", "p3": "5"})
		if out.Reply.Chart != nil {
			t.Errorf("a shape of two points was drawn: %v", out.Reply.Chart)
		}
		bottest.Says(t, w.Answer("Ana"), "Know: hardly. Call on: as much as could be. Passed over: Do, Place.")
	})
}

func TestWhoSeesAStarIsChosenAndTakenBack(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana", "Ben")
		fill(w, "Ana", "star:own", "cohort", 3, 3, 3, 3)
		w.Advance(24 * time.Hour)
		fill(w, "Ana", "star:own", "facilitators", 3, 3, 3, 5)
		posts := w.Posts(c.Place)
		if len(posts) != 1 {
			t.Fatalf("%d posts, want the one for the group", len(posts))
		}
		bottest.Says(t, posts[0].Message.Text, "Ana shows a star: **My own star**")
		if text := fmt.Sprint(w.Do("Ben", "/shape group").Reply.Buttons); strings.Contains(text, "3 November") || !strings.Contains(text, "2 November") {
			t.Errorf("Ben is offered %s", text)
		}
		w.Do("Wiremu", "/cohort panel")
		bottest.Says(t, w.Answer("Wiremu"), "Stars shown to you or to the group:** 2")
		w.Press("Wiremu", "Look at the stars")
		out := w.Press("Wiremu", "Ana: My own star, 3 November")
		bottest.Says(t, chart(t, out.Reply.Message).Alt, "Longer than on 2 November: Place by two steps")
		w.Do("Ana", "/shape show")
		w.Press("Ana", "Only me")
		w.Do("Wiremu", "/cohort panel")
		out = w.Press("Wiremu", "Look at the stars")
		for _, b := range out.Reply.Buttons {
			if strings.Contains(b.Label, "3 November") {
				t.Errorf("a star that was taken back is offered: %v", b)
			}
		}
		w.Do("Ana", "/shape show")
		w.Press("Ana", "Show it to the group")
		if n := len(w.Posts(c.Place)); n != 2 {
			t.Errorf("%d posts after sharing again", n)
		}
		w.Press("Ana", "Just my facilitators")
		if n := len(w.Posts(c.Place)); n != 1 {
			t.Errorf("%d posts after taking back", n)
		}
	})
}

func TestADeletedStarIsGoneEverywhere(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		fill(w, "Ana", "star:own", "cohort", 1, 3, 3, 3)
		w.Advance(24 * time.Hour)
		fill(w, "Ana", "star:own", "cohort", 5, 3, 3, 3)
		if got := chart(t, w.Posts(c.Place)[1].Message); len(got.Series) != 2 {
			t.Fatalf("the second post shows %v", got.Series)
		}
		var first stars.FillingID
		w.View(func(tx store.Tx) error {
			all, err := stars.OfPerson(tx, c.ID, w.Known("Ana").ID)
			first = all[0].ID
			return err
		})
		w.Ask("Ana", chat.Request{At: w.At, Path: "shape delete", Record: string(first)})
		bottest.Says(t, w.Answer("Ana"), "as you filled it in on 2 November")
		w.Press("Ana", "Delete it")
		w.Advance(time.Minute)
		posts := w.Posts(c.Place)
		if len(posts) != 1 || len(chart(t, posts[0].Message).Series) != 1 {
			t.Errorf("%d posts; the last shows %v", len(posts), posts[len(posts)-1].Message.Chart)
		}
		w.View(func(tx store.Tx) error {
			there, err := stars.Fillings.Has(tx, first)
			if there {
				t.Error("the deleted star is still kept")
			}
			return err
		})
	})
}

func TestAStarOfSomebodyElseIsNobodysToOpenChangeOrDelete(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana", "Ben")
		fill(w, "Ana", "star:own", "me", 1, 3, 3, 3)
		var id stars.FillingID
		w.View(func(tx store.Tx) error {
			all, err := stars.OfPerson(tx, c.ID, w.Known("Ana").ID)
			id = all[0].ID
			return err
		})
		for _, path := range []string{"shape show", "shape compare", "shape share", "shape delete"} {
			for _, who := range []string{"Ben", "Wiremu"} {
				w.Ask(who, chat.Request{At: w.At, Path: path, Record: string(id), Choice: "cohort"})
				if text := w.Answer(who); !strings.Contains(text, "Only the person") && !strings.Contains(text, "not shown to you") {
					t.Errorf("%s, %s: %s", who, path, text)
				}
			}
		}
	})
}

func TestADrawnStarCountsAndIsShownBeside(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		form := w.Do("Ana", "/shape draw star:own").Form
		answers := chat.Answers{"star": chat.Given("own"), "sees": chat.Given("cohort"), "photo": {Files: []chat.File{{ID: "F1", Name: "star.jpg", Type: "image/jpeg"}}}}
		w.Ask("Ana", chat.Request{At: w.At, Form: form.ID, Path: form.Command, Answers: answers})
		bottest.Says(t, w.Answer("Ana"), "Kept. Everyone in", "Drawn on 2 November")
		if posts := w.Posts(c.Place); len(posts) != 1 || len(posts[0].Message.Files) != 1 {
			t.Errorf("%d posts", len(posts))
		}
	})
}

func TestTheGroupsPictureSinglesNobodyOut(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		group(w, "Ana", "Ben", "Cara", "Dan", "Eru", "Fay", "Gil")
		about := `about:"The harbour kitchen" star:community`
		for i, who := range []string{"Ana", "Ben", "Cara", "Dan"} {
			fill(w, who, about, "cohort", 1+i, 3, 3, 3)
		}
		w.Do("Gil", "/shape group")
		bottest.Says(t, w.Answer("Gil"), "Too few people", "from 5 on")
		// A fifth that the group has not seen could be worked out: it does not count.
		fill(w, "Eru", `about:"our harbour kitchen" star:community`, "facilitators", 5, 5, 5, 5)
		out := w.Do("Gil", "/shape group harbour kitchen")
		if out.Reply.Chart != nil {
			t.Errorf("one hidden star shows: %v", out.Reply.Chart)
		}
		fill(w, "Fay", about, "cohort", 5, 5, 5, 0)
		out = w.Do("Gil", "/shape group")
		got := chart(t, out.Reply.Message)
		bottest.Says(t, got.Alt, "Meeting: around some, most between a little and a good deal.", "Trust: most say some.", "Looked at by too few to show: Voice.")
		if len(got.Series) != 1 || !slices.Equal(got.Series[0].Values, []float64{3, 3, 3}) {
			t.Errorf("drawn: %v", got.Series)
		}
		// What is only somebody's own never counts.
		fill(w, "Gil", about, "me", 1, 1, 1, 1)
		if again := chart(t, w.Do("Gil", "/shape group").Reply.Message); again.Alt != got.Alt {
			t.Errorf("a private star changed the picture to %s", again.Alt)
		}
	})
}

func TestHowPracticeWentIsKeptSharedAndDeleted(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana", "Ben")
		w.Do("Ana", "/practise tell")
		w.Submit("Ana", map[string]string{"tool": "community", "with": "two neighbours", "happened": "They *argued*, kindly.", "differently": "Ask later.", "sees": "facilitators"})
		bottest.Says(t, w.Answer("Ana"), "You and your facilitators")
		w.Do("Ben", "/practise list")
		bottest.Says(t, w.Answer("Ben"), "Nobody has said")
		w.Do("Wiremu", "/practise list")
		bottest.Says(t, w.Answer("Wiremu"), "practised by Ana, with two neighbours", `They \*argued\*, kindly.`, "Ask later.")
		w.Press("Ana", "Show it to the group")
		if n := len(w.Posts(c.Place)); n != 1 {
			t.Fatalf("%d posts", n)
		}
		w.Do("Ana", "/practise list")
		w.Press("Ana", "Mine: 1")
		w.Press("Ana", "Delete")
		w.Press("Ana", "Delete it")
		w.Advance(time.Minute)
		if n := len(w.Posts(c.Place)); n != 0 {
			t.Errorf("%d posts after deleting", n)
		}
		w.Do("Wiremu", "/practise list")
		bottest.Says(t, w.Answer("Wiremu"), "Nobody has said")
	})
}

func TestWhoLeftKeepsTheirStarsAndShowsNothingNew(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		group(w, "Ana", "Ben")
		fill(w, "Ana", "star:own", "me", 1, 3, 3, 3)
		w.Do("Ana", "/cohort quit")
		w.Press("Ana", "Leave it")
		w.Do("Ana", "/shape show")
		bottest.Says(t, w.Answer("Ana"), "My own star")
		w.Press("Ana", "Show it to the group")
		bottest.Says(t, w.Answer("Ana"), "You have not joined Explorers")
		w.Do("Ana", "/shape fill star:own")
		bottest.Says(t, w.Answer("Ana"), "Only members")
	})
}

func TestACohortWithoutAStarSaysSo(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		w.Do("Ana", "/shape fill")
		bottest.Says(t, w.Answer("Ana"), "has no star to fill in")
	})
}

func TestTheBiggestStarIsThreePagesOfFive(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana")
		big := programmes.Star{ID: "big", Title: "Twelve", Points: points("One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve")}
		big.Points[0].Ask = strings.Repeat("very ", 90) + "much?"
		c.Programme.Stars = []programmes.Star{big}
		w.Update(func(tx store.Tx) error { return cohorts.Table.Put(tx, c.ID, c) })
		form := w.Do("Ana", "/shape fill").Form
		if n := len(form.Pages()); n != 3 {
			t.Errorf("%d pages", n)
		}
	})
}
