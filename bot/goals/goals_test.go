package goals_test

import (
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/experiments"
	"cohortbot/bot/goals"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

const day = 24 * time.Hour

func group(w *bottest.World) cohorts.Cohort {
	w.T.Helper()
	return w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Mere")
}

func community(w *bottest.World, c cohorts.Cohort) {
	w.T.Helper()
	w.Update(func(tx store.Tx) error {
		x, err := cohorts.Get(tx, c.ID)
		if err != nil {
			return err
		}
		x.Programme.Community = true
		return cohorts.Table.Put(tx, x.ID, x)
	})
}

func texts(posts []bottest.Post) string {
	var all []string
	for _, p := range posts {
		all = append(all, p.Message.Text+"\n"+p.Message.Note)
	}
	return strings.Join(all, "\n---\n")
}

// top gives what stands in the channel itself, not in a thread there.
func top(w *bottest.World, c cohorts.Cohort) []bottest.Post {
	var all []bottest.Post
	for _, p := range w.Posts(c.Place) {
		if p.At.Place.Thread == "" {
			all = append(all, p)
		}
	}
	return all
}

// asked is a group that is asked about a goal of Ana's.
func asked(w *bottest.World) cohorts.Cohort {
	w.T.Helper()
	c := group(w)
	w.Do("Ana", "/goal propose Everyone knows two neighbours")
	w.Press("Ana", "Open it")
	w.Press("Ana", "Ask the group")
	w.Press("Ana", "Ask the group")
	bottest.Says(w.T, w.Answer("Ana"), "The group is asked now")
	return c
}

func TestAGoalIsAdoptedByTheGroupAndStandsInOneMessage(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := asked(w)
		w.Press("Ana", "I consent")
		bottest.Says(t, w.Answer("Ana"), "You consent to goal 1")
		w.Do("Wiremu", "/goal adopt")
		bottest.Says(t, w.Answer("Wiremu"), "consent of two members who do not facilitate")
		w.Do("Wiremu", "/goal consent 1")
		w.Do("Wiremu", "/goal adopt")
		bottest.Says(t, w.Answer("Wiremu"), "consent of two members who do not facilitate")
		w.Do("Ben", "/goal consent 1")
		w.Do("Wiremu", "/goal adopt")
		bottest.Says(t, w.Answer("Wiremu"), "Not everybody has spoken")
		w.Do("Mere", "/goal consent")
		w.Do("Ana", "/goal adopt")
		bottest.Says(t, w.Answer("Ana"), "Only facilitators")
		w.Do("Wiremu", "/goal adopt")
		bottest.Says(t, w.Answer("Wiremu"), "The group has adopted **1. Everyone knows two neighbours**")

		posts := top(w, c)
		if len(posts) != 1 {
			t.Fatalf("%d messages in the channel: %s", len(posts), texts(posts))
		}
		bottest.Says(t, posts[0].Message.Text, "What we set out to do", "**1. Everyone knows two neighbours**")
		bottest.Says(t, texts(w.Posts(c.Place)), "Ana proposed it", "Ana asks the group", "The group has adopted it; Wiremu closed the round")
	})
}

func TestAnObjectionIsNeverOutvotedAndStaysWithTheGoal(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := asked(w)
		for _, who := range []string{"Ana", "Mere", "Wiremu"} {
			w.Do(who, "/goal consent 1")
		}
		w.Do("Ben", "/goal object 1")
		bottest.Says(t, w.Answer("Ben"), "[form] An objection")
		w.Submit("Ben", map[string]string{"words": "Some are shy"})
		bottest.Says(t, texts(w.Posts(c.Place)), "Ben has an objection", "> Some are shy", "still to be answered")
		w.Advance(30 * day)
		w.Do("Wiremu", "/goal adopt 1")
		bottest.Says(t, w.Answer("Wiremu"), "an objection that was not answered yet, by Ben", "can't be outvoted")
		for _, who := range []string{"Ana", "Wiremu"} {
			w.Ask(who, chat.Request{At: c.Place, Path: "goal heard", Record: theOnly(w, c)})
			bottest.Says(t, w.Answer(who), "Only objectors")
		}
		w.Do("Ben", "/goal list")
		w.Press("Ben", "Open 1")
		w.Press("Ben", "It has been heard")
		w.Do("Wiremu", "/goal adopt 1")
		bottest.Says(t, w.Answer("Wiremu"), "The group has adopted")
		bottest.Says(t, top(w, c)[0].Message.Text, "Objections were heard, by Ben")
		w.Do("Mere", "/goal list")
		w.Press("Mere", "Open 1")
		bottest.Says(t, w.Answer("Mere"), "An objection by Ben (heard, by their own word)", "> Some are shy")
	})
}

// theOnly gives the id of the one goal of a cohort.
func theOnly(w *bottest.World, c cohorts.Cohort) string {
	var id goals.ID
	w.View(func(tx store.Tx) error {
		all, err := goals.Of(tx, c.ID)
		if len(all) != 1 {
			w.T.Fatalf("%d goals", len(all))
		}
		id = all[0].ID
		return err
	})
	return string(id)
}

func TestAChangeAnswersAnObjectionAndTheGroupIsAskedAnew(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := asked(w)
		w.Do("Ana", "/goal consent")
		w.Do("Mere", "/goal consent")
		w.Do("Ben", `/goal object goal:1 words:"Some are shy"`)
		w.Do("Ben", `/goal build goal:1 words:"Whoever likes knows two neighbours"`)
		bottest.Says(t, w.Answer("Ben"), "Suggested")
		w.Press("Ben", "Open it")
		if strings.Contains(w.Answer("Ben"), "Take it over") {
			t.Error("Ben may take over his own suggestion")
		}
		w.Do("Mere", "/goal list")
		w.Press("Mere", "Open 1")
		w.Press("Mere", "Take it over")
		bottest.Says(t, w.Answer("Mere"), "asked anew")
		w.Advance(3 * day)
		w.Do("Wiremu", "/goal adopt")
		bottest.Says(t, w.Answer("Wiremu"), "consent of two members") // they consented to other words
		w.Do("Ana", "/goal consent")
		w.Do("Ben", "/goal consent")
		w.Do("Wiremu", "/goal adopt")
		bottest.Says(t, top(w, c)[0].Message.Text, "**1. Whoever likes knows two neighbours**", "Objections were heard, by Ben")
		w.Do("Ana", "/goal list")
		w.Press("Ana", "Open 1")
		bottest.Says(t, w.Answer("Ana"), "answered by a change of the goal")
		w.Press("Ana", "Its history")
		bottest.Says(t, w.Answer("Ana"), "Everyone knows two neighbours", "Mere gave it other words", "Some are shy", "The group has adopted it")
	})
}

func TestInACommunityAnyMemberClosesARoundAndNobodyAdoptsAlone(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w)
		community(w, c)
		w.Do("Wiremu", "/goal propose Obey")
		w.Press("Wiremu", "Open it")
		w.Press("Wiremu", "Ask the group")
		w.Press("Wiremu", "Ask the group")
		w.Do("Wiremu", "/goal consent")
		w.Advance(10 * day)
		w.Do("Wiremu", "/goal adopt")
		bottest.Says(t, w.Answer("Wiremu"), "nobody's alone")
		w.Do("Ana", "/goal consent")
		w.Do("Ben", "/goal consent")
		w.Do("Ana", "/goal adopt")
		bottest.Says(t, w.Answer("Ana"), "The group has adopted")
	})
}

func TestASuggestionIsTakenOverByWhoeverProposedTheGoal(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w)
		w.Do("Ana", "/goal propose Everyone knows two neighbours")
		w.Do("Ben", `/goal build goal:1 words:"Everyone knows three neighbours"`)
		bottest.Says(t, w.Answer("Ben"), "Ana can take it over")
		w.Do("Mere", "/goal list")
		w.Press("Mere", "Open 1")
		w.Ask("Mere", chat.Request{At: c.Place, Path: "goal take", Record: suggestion(w, c)})
		bottest.Says(t, w.Answer("Mere"), "It is for Ana to take this over")
		w.Do("Ana", "/home")
		bottest.Says(t, w.Answer("Ana"), "other words for your goal 1")
		w.Press("Ana", "Open goal 1")
		w.Press("Ana", "Take it over")
		bottest.Says(t, top(w, c)[0].Message.Text, "**1. Everyone knows three neighbours**")
	})
}

func TestASuggestionOfAnotherGroupIsOutOfReach(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w)
		w.Do("Ana", "/goal propose Everyone knows two neighbours")
		w.Do("Ben", `/goal build goal:1 words:"Ours alone to read"`)
		_, id, _ := strings.Cut(suggestion(w, c), "/")
		others := w.Cohort("Others", "Hine", "Kahu")
		w.At = others.Place
		w.Do("Kahu", "/goal propose A bench on every street")
		for _, deed := range []string{"goal take", "goal leave"} {
			for _, record := range []string{string(others.ID), goalOf(w, others)} { // made by hand
				w.Ask("Kahu", chat.Request{At: w.At, Path: deed, Record: record + "/" + id})
				bottest.Says(t, w.Answer("Kahu"), "about another goal")
			}
		}
		w.View(func(tx store.Tx) error {
			if s, err := goals.Suggestions.Get(tx, goals.SuggestionID(id)); err != nil || !s.Done.IsZero() || len(s.Agreed) > 0 {
				t.Errorf("after that: %v, %+v", err, s)
			}
			return nil
		})
	})
}

// goalOf gives the id of the one goal of a group.
func goalOf(w *bottest.World, c cohorts.Cohort) (id string) {
	w.View(func(tx store.Tx) error {
		all, err := goals.Of(tx, c.ID)
		for _, g := range all {
			id = string(g.ID)
		}
		return err
	})
	return id
}

// suggestion gives the record of the one suggestion to the one goal.
func suggestion(w *bottest.World, c cohorts.Cohort) string {
	record := ""
	w.View(func(tx store.Tx) error {
		for row, err := range goals.Suggestions.All(tx) {
			if err != nil {
				return err
			}
			record = string(row.Value.Goal) + "/" + string(row.ID)
		}
		return nil
	})
	return record
}

func TestTwoGoalsAreMergedWithTheWordOfThoseWhoProposedThem(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w)
		w.Do("Ana", "/goal propose Everyone knows two neighbours")
		w.Do("Ben", "/goal propose A bench on every street")
		w.Do("Mere", `/goal merge goal:1 with:1 words:"A bench to meet neighbours on"`)
		bottest.Says(t, w.Answer("Mere"), "the same goal")
		w.Do("Mere", `/goal merge goal:1 with:2 words:"A bench to meet neighbours on"`)
		bottest.Says(t, w.Answer("Mere"), "Ana and Ben")
		w.Do("Ana", "/goal list")
		w.Press("Ana", "Open 1")
		bottest.Says(t, w.Answer("Ana"), "suggests making one goal of 1 and 2")
		w.Press("Ana", "Take it over")
		bottest.Says(t, w.Answer("Ana"), "one more person")
		w.Do("Ben", "/goal list")
		w.Press("Ben", "Open 2")
		w.Press("Ben", "Take it over")
		bottest.Says(t, w.Answer("Ben"), "Merged, as goal 3")
		board := top(w, c)[0].Message.Text
		bottest.Says(t, board, "**3. A bench to meet neighbours on**")
		if strings.Contains(board, "**1.") || strings.Contains(board, "**2.") {
			t.Errorf("the old ones still stand: %s", board)
		}
		w.Do("Ana", "/goal consent 1")
		bottest.Says(t, w.Answer("Ana"), "merged into **3. A bench")
	})
}

func TestSomebodyOnLeaveDoesNotHoldARoundUpAndCanSpeak(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		asked(w)
		w.Away("Mere", 7)
		w.Do("Ana", "/goal consent")
		w.Do("Ben", "/goal consent")
		w.Do("Mere", `/goal object goal:1 words:"Not without the tenants"`)
		w.Do("Wiremu", "/goal adopt")
		bottest.Says(t, w.Answer("Wiremu"), "not answered yet, by Mere")
		w.Do("Mere", "/goal consent")
		bottest.Says(t, w.Answer("Mere"), "Your objection counts as heard")
		w.Do("Wiremu", "/goal adopt")
		bottest.Says(t, w.Answer("Wiremu"), "The group has adopted")
		if got := w.Inbox("Mere"); len(got) != 0 {
			t.Errorf("disturbed on leave: %s", texts(got))
		}
	})
}

func TestTheGroupLooksAtItsGoalsAnewAsAWeekGoesOut(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := asked(w)
		w.Do("Ana", "/goal consent")
		w.Do("Ben", "/goal consent")
		w.Do("Mere", "/goal consent")
		w.Do("Wiremu", "/goal adopt")
		w.Do("Wiremu", `/session schedule title:"Harbour walk" when:"thu 5 nov 10am" length:"1 hour"`)
		w.Press("Wiremu", "Schedule it")
		w.Do("Ana", `/goal tie goal:1 to:"harbour"`)
		bottest.Says(t, w.Answer("Ana"), "Tied to goal: Session: Harbour walk")
		w.Update(func(tx store.Tx) error {
			x, plan, _, err := cohorts.Load(tx, c.ID)
			if err != nil {
				return err
			}
			plan.Weeks = []cohorts.Week{{ID: "w1", Title: "Halfway", Prompt: "How is it?", With: []programmes.Activity{programmes.DoGoals}}}
			if err := cohorts.Plans.Put(tx, c.ID, plan); err != nil {
				return err
			}
			return cohorts.Reschedule(tx, x, plan, w.Now())
		})
		w.Do("Wiremu", "/plan post")
		w.Press("Wiremu", "Post it now")
		w.Advance(time.Minute)

		posts := texts(top(w, c))
		bottest.Says(t, posts, "stand in a newer message now", "What we do for it: Harbour walk", "How is it?")
		w.Press("Ben", "Still ours")
		w.Submit("Ben", map[string]string{"words": "I know one more"})
		bottest.Says(t, texts(w.Posts(c.Place)), "How far it has come:", "Ben:\n\n> I know one more")

		w.Press("Ana", "Let it go")
		bottest.Says(t, w.Answer("Ana"), "The group is asked, in the thread")
		w.Press("Ana", "Ask the group")
		w.Do("Mere", "/goal consent")
		w.Do("Ben", `/goal object goal:1 words:"We have only begun"`)
		w.Do("Wiremu", "/goal adopt")
		bottest.Says(t, w.Answer("Wiremu"), "not answered yet, by Ben")
		w.Press("Wiremu", "End it without effect")
		w.Press("Wiremu", "End the round")
		bottest.Says(t, texts(top(w, c)), "What we set out to do", "**1. Everyone knows two neighbours**")
		if n := len(top(w, c)); n != 4 { // the old goals, the session, the week, the goals
			t.Errorf("%d messages in the channel: %s", n, texts(top(w, c)))
		}
	})
}

func TestAProposalIsItsAuthorsToDeleteUntilSomebodySaysSomething(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w)
		w.Do("Ana", "/goal propose A secret wish")
		w.Press("Ana", "Open it")
		w.Press("Ana", "Delete it")
		w.Press("Ana", "Delete it")
		if got := texts(w.Posts(c.Place)); strings.Contains(got, "secret") {
			t.Errorf("still there: %s", got)
		}
		w.Do("Ana", "/goal propose Another wish")
		w.Do("Ben", `/goal build goal:2 words:"Another, better wish"`)
		w.Ask("Ana", chat.Request{At: c.Place, Path: "goal withdraw", Record: theOnly(w, c)})
		bottest.Says(t, w.Answer("Ana"), "it is the group's to decide")
	})
}

func TestWhatCannotBeReadIsSaid(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		asked(w)
		for typed, want := range map[string]string{
			"/goal consent 9":                                          "I found no goal “9”",
			"/goal object goal:nonsense words:no":                      "I found no goal “nonsense”",
			"/goal propose everyone  knows two NEIGHBOURS":             "That is goal 1 already",
			`/goal build goal:1 words:"everyone knows two neighbours"`: "how it reads already",
			"/goal tie goal:1 to:walk":                                 "no session is planned",
			"/goal revisit":                                            "adopted no goal yet",
			"/goal merge":                                              "It takes two goals",
		} {
			w.Do("Wiremu", typed)
			bottest.Says(t, w.Answer("Wiremu"), want)
		}
		w.Do("Cara", "/goal propose Mine")
		bottest.Says(t, w.Answer("Cara"), "Only members")
	})
}

func TestAnExperimentIsTiedByItsAuthorsOwnWordAndShowsNoMoreThanThat(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := asked(w)
		hunch := func(name, id, text string) {
			w.Update(func(tx store.Tx) error {
				e := experiments.Experiment{ID: experiments.ID(id), Cohort: c.ID, Person: w.Known(name).ID, Hunch: text, Made: w.Now(), State: experiments.Done}
				return experiments.Table.Put(tx, e.ID, e)
			})
		}
		hunch("Ben", "b", "A bench makes people talk")
		w.Do("Ana", `/goal tie goal:1 to:bench`)
		bottest.Says(t, w.Answer("Ana"), "nothing to tie to a goal yet")
		w.Do("Ben", `/goal tie goal:1 to:bench`)
		bottest.Says(t, w.Answer("Ben"), "show the group this hunch of yours", "> A bench makes people talk")
		if got := texts(w.Posts(c.Place)); strings.Contains(got, "bench") {
			t.Fatalf("shown before he said so: %s", got)
		}
		w.Press("Ben", "Tie it")
		w.Do("Mere", "/goal list")
		w.Press("Mere", "Open 1")
		w.Do("Ana", "/goal consent")
		w.Do("Mere", "/goal consent")
		w.Do("Ben", "/goal consent")
		w.Do("Wiremu", "/goal adopt")
		bottest.Says(t, top(w, c)[0].Message.Text, "What we do for it: an experiment by Ben, “A bench makes people talk”")
		w.Update(func(tx store.Tx) error { return experiments.Table.Delete(tx, "b") })
		w.Do("Ana", "/goal list")
		w.Press("Ana", "Open 1")
		w.Press("Ana", "Its history")
		if strings.Contains(w.Answer("Ana"), "bench") {
			t.Errorf("the hunch outlives its experiment: %s", w.Answer("Ana"))
		}
	})
}
