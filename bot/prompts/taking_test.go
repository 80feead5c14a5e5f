package prompts_test

import (
	"strings"
	"testing"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
)

func TestAnAnswerIsTakenUpBySomebodyElsesWordsToItsAuthor(t *testing.T) {
	for name, c := range map[string]struct {
		as, reply string
		taken     bool
	}{
		"named":                         {"Ben", "I like that, Ana", true},
		"named in small letters":        {"Ben", "thanks ana!", true},
		"named without its marks":       {"Ben", "Hine: Mere and ana saw the same", true},
		"by mention":                    {"Ben", "@ana yes", true},
		"somebody else named":           {"Ben", "I like that, Mere", false},
		"a part of a word":              {"Ben", "bananas", false},
		"quoted":                        {"Ben", "> a cup by the sink\nSame here", true},
		"quoted a word":                 {"Ben", "> a\nSame here", false},
		"nobody named":                  {"Ben", "We have a bench", false},
		"you, by another member":        {"Ben", "You never know", false},
		"you, by a facilitator":         {"Wiremu", "How did you notice?", true},
		"no you, by a facilitator":      {"Wiremu", "Here is mine: a bench", false},
		"its own author, naming itself": {"Ana", "Ana again", false},
	} {
		t.Run(name, func(t *testing.T) {
			bottest.Run(t, func(w *bottest.World) {
				x := group(w, "Ana", "Ben", "Mere")
				q := week(w, x)
				w.Said("Ana", q, "They keep a cup by the sink for me")
				w.Said(c.as, q, c.reply)
				w.Do("Wiremu", "cohort panel")
				if taken := !strings.Contains(w.Answer("Wiremu"), "Ana: They keep"); taken != c.taken {
					t.Errorf("taken up: %v, in:\n%s", taken, w.Answer("Wiremu"))
				}
			})
		})
	}
}

func TestANameThatIsAWordCountsWhereItIsWrittenAsAName(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Will", "Ben")
		q := week(w, c)
		w.Said("Will", q, "A bench")
		w.Said("Ben", q, "it will be fine")
		w.Do("Wiremu", "cohort panel")
		must(t, w.Answer("Wiremu"), "Will: A bench")
		w.Said("Ben", q, "I sat there too, Will")
		w.Do("Wiremu", "cohort panel")
		mustNot(t, w.Answer("Wiremu"), "Will: A bench")
	})
}

func TestAReplyToAMessageTakesItUpWhereThePlatformSaysSo(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana", "Ben")
		q := week(w, c)
		at := w.Said("Ana", q, "A bench")
		w.Do("Ben", "reflect text:\"A gate\" sees:cohort")
		shown := w.Posts(c.Place)[1]
		under := q.At.Place
		under.Thread = q.At.ID
		w.Hear("Mere", chat.Said{Address: chat.Address{Place: under, ID: "x"}, Text: "hm"}) // not in the group: nothing is kept
		w.Hear("Ben", chat.Said{Address: chat.Address{Place: under, ID: "r1"}, To: at, Text: "where is it?"})
		w.Hear("Ana", chat.Said{Address: chat.Address{Place: under, ID: "r2"}, To: shown.At, Text: "where is that?"})
		w.Do("Wiremu", "cohort panel")
		mustNot(t, w.Answer("Wiremu"), "Ana: A bench")
		mustNot(t, w.Answer("Wiremu"), "Ben: A gate")
		must(t, w.Answer("Wiremu"), "Ben: where is it?")
	})
}

func TestAFacilitatorOpensWhatNobodyAnsweredAndRepliesOrMarksIt(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana", "Ben")
		q := week(w, c)
		w.Said("Ana", q, "A bench")
		w.Said("Ben", q, "A gate")
		w.Do("Wiremu", "cohort panel")
		w.Press("Wiremu", "Not answered yet")
		must(t, w.Answer("Wiremu"), "1. Ana: A bench")
		w.Press("Wiremu", "Open 1")
		must(t, w.Answer("Wiremu"), "**Ana** wrote:")
		w.Press("Wiremu", "Reply")
		w.Submit("Wiremu", map[string]string{"text": "Who built it?"})
		must(t, textOf(w.Posts(c.Place)), "**Wiremu** to **Ana**\n\n> Who built it?")
		w.Do("Wiremu", "cohort panel")
		mustNot(t, w.Answer("Wiremu"), "Ana: A bench")
		w.Press("Wiremu", "Not answered yet")
		w.Press("Wiremu", "Open 1")
		w.Press("Wiremu", "I've answered this")
		w.Do("Wiremu", "cohort panel")
		must(t, w.Answer("Wiremu"), "Not taken up by anyone yet:** nothing")
		w.Ask("Ana", chat.Request{At: c.Place, Path: "cohort unanswered", Record: string(c.ID) + "/w1"})
		must(t, w.Answer("Ana"), "Only facilitators")
	})
}

func TestTheDraftNamesWhomNobodyAnsweredOnceAWeek(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana", "Ben")
		q := week(w, c)
		w.Said("Ben", q, "A gate")
		w.Do("Wiremu", `thread park about:"Who pays for the hall" back:"wed 11 nov"`)
		w.Advance(5 * day)
		drafts := 0
		for _, p := range w.Inbox("Wiremu") {
			if strings.Contains(p.Message.Text, "Nobody has answered these people yet:** Ben") {
				drafts++
				must(t, p.Message.Text, "Parked, and promised for this week:** **Who pays for the hall**")
				mustNot(t, p.Message.Text, "A gate")
			}
		}
		if drafts != 1 {
			t.Errorf("told %d times", drafts)
		}
		w.Said("Ana", q, "Which gate, Ben?")
		mustNot(t, textOf(w.Inbox("Wiremu")), "Ben. Their words")
	})
}

func TestAReplyThatAsksNothingWaitsForNobody(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		c := group(w, "Ana", "Ben", "Mere")
		q := week(w, c)
		w.Said("Ana", q, "A bench")
		w.Said("Ben", q, "Ana, we have the very same")
		w.Said("Mere", q, "Where is it, Ana?")
		w.Do("Wiremu", "cohort panel")
		mustNot(t, w.Answer("Wiremu"), "Ben: Ana, we have")
		must(t, w.Answer("Wiremu"), "Mere: Where is it")
	})
}
