package attestations_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/attestations"
	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/links"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// run lives in a world whose bot has pages, with a learner, a facilitator and two
// others.
func run(t *testing.T, test func(w *bottest.World)) {
	t.Helper()
	bottest.Run(t, func(w *bottest.World) {
		w.Pages = "https://bot.example"
		w.Restart()
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben", "Chen")
		test(w)
	})
}

var words = map[string]string{
	"saw": "She asked the quiet ones *first*.", "helped": "She listened.", "grow": "", "relation": "we run a garden",
	"conflict": "no", "show": "yes", "badge": "no",
}

func with(more map[string]string) map[string]string {
	all := map[string]string{}
	for _, m := range []map[string]string{words, more} {
		for k, v := range m {
			all[k] = v
		}
	}
	return all
}

func inbox(w *bottest.World, who string) string {
	w.T.Helper()
	var all []string
	for _, p := range w.Inbox(who) {
		if !p.Deleted {
			all = append(all, p.Message.Text)
		}
	}
	return strings.Join(all, "\n---\n")
}

func given(w *bottest.World, who string) (all []attestations.Attestation) {
	w.T.Helper()
	id := w.Known(who).ID
	w.View(func(tx store.Tx) (err error) {
		all, err = attestations.Of(tx, id)
		return err
	})
	return all
}

// note gives the small print of what somebody was answered.
func note(out chat.Outcome) string {
	if out.Reply == nil {
		return ""
	}
	return out.Reply.Note
}

func intact(w *bottest.World) {
	w.T.Helper()
	w.View(func(tx store.Tx) error {
		faults, err := attestations.Verify(tx)
		for _, f := range faults {
			w.T.Error(f)
		}
		return err
	})
}

func TestSomebodyHereIsAskedWritesCorrectsAndTakesItBack(t *testing.T) {
	run(t, func(w *bottest.World) {
		w.Do("Ana", `/attest ask who:@ben role:peer about:"the Harbour hui"`)
		bottest.Says(t, w.Answer("Ana"), "**Ben** is asked in private")
		bottest.Says(t, inbox(w, "Ben"), "Ana asks you for a few words", "as a peer", "the Harbour hui", "You may say no")

		w.Press("Ben", "Write a few words")
		w.Submit("Ben", with(map[string]string{"saw": ""}))
		bottest.Says(t, w.Answer("Ben"), "This one is needed")
		w.Submit("Ben", with(map[string]string{"conflict": "yes"}))
		bottest.Says(t, w.Answer("Ben"), "What is it?")
		w.Submit("Ben", with(nil))
		bottest.Says(t, w.Answer("Ben"), "Thank you", "correct it until", "take it back")
		bottest.Says(t, inbox(w, "Ana"), "**Ben** has said a few words about the Harbour hui")
		read := w.Press("Ana", "Read it")
		bottest.Says(t, w.Answer("Ana"), `She asked the quiet ones \*first\*.`)
		bottest.Says(t, note(read), "Written from their own account", "You may show them to others; they stand on no badge")

		// Within two weeks all of it can be changed, afterwards only who may see it.
		w.Press("Ben", "Correct it")
		w.Submit("Ben", map[string]string{"saw": "She waited."})
		bottest.Says(t, inbox(w, "Ana"), "**Ben** has changed what they said")
		w.Advance(2*week + day)
		w.Press("Ben", "Correct it")
		if form := w.Do("Ben", "/attest write"); form.Form != nil {
			t.Error("without a request there is a form")
		}
		intact(w)
		if all := given(w, "Ana"); len(all) != 1 || all[0].Content.Saw != "She waited." || !all[0].Content.Corrected {
			t.Errorf("given is %+v", all)
		}
		post := w.Inbox("Ben")[0]
		form := w.PressOn("Ben", post, "Correct it").Form
		if form == nil || len(form.Fields) != 2 {
			t.Fatalf("late there are other questions than the two about consent: %+v", form)
		}
		w.Submit("Ben", map[string]string{"show": "no"})
		if all := given(w, "Ana"); all[0].Content.Show || all[0].Content.Saw != "She waited." {
			t.Errorf("kept is %+v", all[0].Content)
		}

		w.PressOn("Ben", post, "Take it back")
		w.Press("Ben", "Delete what I wrote")
		bottest.Says(t, w.Answer("Ben"), "What you wrote is deleted")
		bottest.Says(t, inbox(w, "Ana"), "**Ben** has taken back what they said")
		w.View(func(tx store.Tx) error {
			for row, err := range attestations.Table.All(tx) {
				if err != nil {
					return err
				}
				if c := row.Value.Content; c.Saw != "" || c.Writer != "" || c.Salt != "" || row.Value.Stands() {
					t.Errorf("the tombstone says %+v", row.Value)
				}
			}
			return nil
		})
		intact(w)
		w.Do("Ana", `/attest ask who:@ben role:peer about:"the Harbour hui"`)
		bottest.Says(t, w.Answer("Ana"), "**Ben** is asked")
	})
}

func TestSomebodyOutsideWritesByALinkOnce(t *testing.T) {
	run(t, func(w *bottest.World) {
		out := w.Do("Ana", `/attest ask name:"Mere T" role:participant about:"the Harbour hui"`)
		bottest.Says(t, out.Reply.Text, "https://bot.example/l/", "You need no account")
		bottest.Says(t, out.Reply.Note, "I send nothing myself")
		if !strings.HasPrefix(out.Reply.Text, "Hello Mere T,") || !strings.HasSuffix(out.Reply.Text, "Ana") {
			t.Errorf("more than what is passed on is there to copy:\n%s", out.Reply.Text)
		}
		token := w.Token("Ana")
		for range 3 { // opening uses nothing up
			if _, err := w.Follow("Mere", token); err != nil {
				t.Fatal(err)
			}
		}
		bottest.Says(t, w.Answer("Mere"), "Ana asks you for a few words", "as somebody who took part")

		w.Press("Mere", "Ask something first")
		w.Submit("Mere", map[string]string{"text": "Which hui?"})
		bottest.Says(t, inbox(w, "Ana"), "**Mere T** asks you", "Which hui?")
		w.Press("Ana", "Answer")
		w.Submit("Ana", map[string]string{"text": "The one in the rain."})
		bottest.Says(t, w.Answer("Ana"), "Tell them that it is there")
		if _, err := w.Follow("Mere", token); err != nil {
			t.Fatal(err)
		}
		bottest.Says(t, w.Answer("Mere"), "Which hui?", "Ana wrote:", "The one in the rain.")

		w.Press("Mere", "Write a few words")
		w.Submit("Mere", with(map[string]string{"name": "Mere Tautahi"}))
		bottest.Says(t, w.Answer("Mere"), "Thank you", "at this same link")
		w.Advance(5 * week) // the link for writing would be over
		if _, err := w.Follow("Mere", token); err != nil {
			t.Fatal(err)
		}
		bottest.Says(t, w.Answer("Mere"), "Thank you for your words", "quiet ones")
		w.Press("Mere", "Take it back")
		w.Press("Mere", "Delete what I wrote")
		if all := given(w, "Ana"); len(all) != 0 {
			t.Errorf("it still stands: %+v", all)
		}
		intact(w)
	})
}

func TestALinkOpensItsOwnDeedAndNothingElse(t *testing.T) {
	run(t, func(w *bottest.World) {
		w.Do("Ana", `/attest ask name:Mere role:participant about:"the hui"`)
		one := w.Token("Ana")
		w.Do("Ben", `/attest ask name:Tama role:participant about:"the garden"`)
		other := w.Token("Ben")
		if _, err := w.Follow("Tama", other); err != nil {
			t.Fatal(err)
		}
		tama := w.Press("Tama", "Write a few words").Form
		if _, err := w.Follow("Mere", one); err != nil {
			t.Fatal(err)
		}
		mere := w.Press("Mere", "Write a few words").Form
		for name, r := range map[string]chat.Request{
			"another's record":      {Path: "attest open", Record: tama.Record},
			"another's words":       {Path: "attest write", Record: tama.Record},
			"another's form":        {Form: tama.ID, Path: "attest write", Record: tama.Record, Answers: chat.Answers{"saw": chat.Given("x")}},
			"no record":             {Path: "attest write"},
			"what the learner does": {Path: "attest read", Record: mere.Record},
			"taking the link back":  {Path: "attest cancel", Record: mere.Record},
			"help":                  {Path: "help"},
			"home":                  {Path: "home"},
			"settings":              {Path: "settings leave", Record: mere.Record},
			"a cohort's command":    {Path: "session list"},
			"a form of which":       {Path: "cohort start"},
			"typed":                 {Text: "home"},
			"typed with its record": {Text: "attest track", Record: mere.Record},
			"asking":                {Text: `attest ask name:Eve role:peer about:"x"`},
		} {
			out := w.Ask("Mere", r)
			if out.Reply == nil || !strings.Contains(out.Reply.Text, "can't be done from here") && !strings.Contains(out.Reply.Text, "opened by somebody else") {
				t.Errorf("%s: %+v", name, out)
			}
		}
		w.Do("Ana", "/attest cancel")
		w.Press("Ana", "Take it back")
		if _, err := w.Follow("Mere", one); !errors.Is(err, links.ErrNone) {
			t.Errorf("a link that was taken back gives %v", err)
		}
		w.Submit("Mere", with(map[string]string{"name": "Mere"}))
		bottest.Says(t, w.Answer("Mere"), "can't be done from here")
		if len(given(w, "Ana")) != 0 {
			t.Error("something was given by a link that is not open")
		}
	})
}

func TestWhoCannotBeAsked(t *testing.T) {
	run(t, func(w *bottest.World) {
		for text, want := range map[string]string{
			`/attest ask who:@ana role:peer about:"x"`:            "That is you",
			`/attest ask name:"āna" role:peer about:"x"`:          "your own name",
			`/attest ask who:@ben name:Mere role:peer about:"x"`:  "names two people",
			`/attest ask who:@ben role:boss about:"x"`:            "is not one of the choices",
			`/attest ask who:@nobody role:mentor about:"the hui"`: "I don't know anybody called",
		} {
			w.Do("Ana", text)
			bottest.Says(t, w.Answer("Ana"), want)
		}
		w.Do("Ana", `/attest ask who:@ben role:peer about:"x"`)
		w.Do("Ana", `/attest ask who:@ben role:peer about:"y"`)
		bottest.Says(t, w.Answer("Ana"), "You have asked Ben for this already")
		w.Do("Ana", `/attest ask name:Mere role:peer about:"x"`)
		w.Do("Ana", `/attest ask name:" mere " role:peer about:"y"`)
		bottest.Says(t, w.Answer("Ana"), "You have asked Mere for this already", "tells them apart")
		w.Do("Ana", "/attest track")
		bottest.Says(t, w.Answer("Ana"), "**Ben**, as a peer: Asked on", "**Mere**, as a peer: The link works until")
	})
}

func TestNobodyIsAskedOnLeaveAndAQuestionRunsOut(t *testing.T) {
	run(t, func(w *bottest.World) {
		w.Do("Ben", "/settings leave until "+w.Now().Add(10*day).Format("2 Jan"))
		before := len(w.Inbox("Ben"))
		w.Do("Ana", `/attest ask who:@ben role:peer about:"the hui"`)
		bottest.Says(t, w.Answer("Ana"), "can't be disturbed just now")
		w.Advance(9 * day)
		if n := len(w.Inbox("Ben")); n != before {
			t.Fatalf("on leave Ben was told %d things", n-before)
		}
		w.Advance(3 * day)
		bottest.Says(t, inbox(w, "Ben"), "Ana asks you for a few words")
		w.Advance(6 * week)
		bottest.Says(t, inbox(w, "Ana"), "Nothing came from **Ben**")
		w.Press("Ben", "Write a few words")
		bottest.Says(t, w.Answer("Ben"), "not open any more")
	})
}

func TestWhoComesBackEarlyIsAskedThen(t *testing.T) {
	run(t, func(w *bottest.World) {
		w.Do("Ben", "/settings leave until "+w.Now().Add(20*day).Format("2 Jan"))
		w.Do("Ana", `/attest ask who:@ben role:peer about:"the hui"`)
		w.Advance(2 * day)
		if got := inbox(w, "Ben"); strings.Contains(got, "asks you for a few words") {
			t.Fatalf("asked on leave: %s", got)
		}
		w.Do("Ben", "/settings leave back")
		w.Advance(day)
		if n := strings.Count(inbox(w, "Ben"), "Ana asks you for a few words"); n != 1 {
			t.Errorf("a day after he came back he was asked %d times", n)
		}
	})
}

func TestRemindersStayWithinTheBudgetAndEndAfterTwo(t *testing.T) {
	run(t, func(w *bottest.World) {
		w.Do("Chen", "/settings reminders off")
		w.Do("Ana", `/attest ask who:@ben role:peer about:"the hui"`)
		w.Do("Ana", `/attest ask who:@chen role:peer about:"the hui"`)
		w.Do("Ana", `/attest ask name:Mere role:participant about:"the hui"`)
		w.Advance(4 * week)
		count := func(who, what string) int { return strings.Count(inbox(w, who), what) }
		if n := count("Ben", "is still open, if you feel like it"); n != 2 {
			t.Errorf("Ben was reminded %d times, want 2", n)
		}
		if n := count("Chen", "is still open"); n != 0 {
			t.Errorf("Chen wants no reminders, and got %d", n)
		}
		if n := count("Ana", "Nothing has come from **Mere** by the link"); n != 2 {
			t.Errorf("Ana was told %d times that the link is unused, want 2", n)
		}
	})
}

func TestWordsOnPaperAreWrittenDownByAnybodyButTheLearner(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) { // without pages
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Do("Wiremu", "/attest record for:@ana who:Mere")
		bottest.Says(t, w.Answer("Wiremu"), "Ana has asked nobody outside by this name")
		w.Do("Ana", `/attest ask name:Mere role:participant about:"the hui"`)
		bottest.Says(t, w.Answer("Ana"), "somebody other than you writes them down")
		w.Do("Ana", "/attest record for:@ana who:Mere")
		bottest.Says(t, w.Answer("Ana"), "words about your own work")
		w.Do("Wiremu", "/attest record")
		w.Submit("Wiremu", map[string]string{"for": "ana", "who": "mere"})
		w.Submit("Wiremu", with(map[string]string{"how": "phone"}))
		bottest.Says(t, w.Answer("Wiremu"), "**Mere**'s words written down by you")
		read := w.Press("Ana", "Read it")
		bottest.Says(t, w.Answer("Ana"), "**Mere**, as somebody who took part")
		bottest.Says(t, note(read), "written down here by Wiremu")
		if a := given(w, "Ana")[0]; a.Content.Reached != attestations.ByPhone || a.Content.Recorder != "Wiremu" {
			t.Errorf("kept is %+v", a.Content)
		}
		intact(w)
		w.Press("Wiremu", "Take it back")
		w.Press("Wiremu", "Delete what I wrote")
		if len(given(w, "Ana")) != 0 {
			t.Error("it still stands")
		}
	})
}

func TestAnybodyWasShownWhomALearnerHadAsked(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Do("Ben", "/attest record for:@ana who:Someone")
		nobody := w.Answer("Ben")
		w.Do("Ana", `/attest ask name:"Mere Te Ao" role:participant about:"the hui"`)
		w.Do("Ana", `/attest ask name:Tama role:participant about:"the swap"`)
		w.Do("Ben", "/attest record for:@ana who:Someone")
		if got := w.Answer("Ben"); got != nobody || strings.Contains(got, "Tama") {
			t.Errorf("Ben was told %q, and %q before there was anybody", got, nobody)
		}
		form := w.Do("Ben", "/attest record for:@ana who:MERE").Form
		if form == nil || len(form.Fields[0].Options) != 1 || form.Fields[0].Options[0].Label != "Mere Te Ao: the hui" {
			t.Errorf("Ben is shown %+v", form)
		}
	})
}

func TestSlotsTellWhatIsMissing(t *testing.T) {
	p, ok := programmes.Find("facilitation-credential")
	if !ok {
		t.Fatal("the built-in programme is gone")
	}
	run(t, func(w *bottest.World) {
		ana := w.Known("Ana").ID
		slots := func() (missing []int, waiting []int) {
			w.View(func(tx store.Tx) error {
				all, err := attestations.SlotsOf(tx, ana, "any", p.Portfolio.Slots)
				for _, s := range all {
					missing, waiting = append(missing, s.Missing), append(waiting, len(s.Waiting))
				}
				return err
			})
			return missing, waiting
		}
		w.Do("Ana", `/attest ask who:@ben role:participant about:"the hui"`)
		w.Do("Ana", `/attest ask who:@chen role:mentor about:"the hui"`)
		if m, n := slots(); m[0] != 2 || m[1] != 1 || n[0] != 1 || n[1] != 1 {
			t.Errorf("missing %v, waiting %v", m, n)
		}
		w.Press("Ben", "Write a few words")
		w.Submit("Ben", with(nil))
		w.Press("Chen", "Not this time")
		bottest.Says(t, inbox(w, "Ana"), "**Chen** can't say a few words this time")
		if m, n := slots(); m[0] != 1 || m[1] != 1 || n[0] != 0 || n[1] != 0 {
			t.Errorf("missing %v, waiting %v", m, n)
		}
	})
}
