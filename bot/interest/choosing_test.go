package interest_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/interest"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// outside has somebody register on the page and open their own.
func outside(w *bottest.World, name, programme string) (secret string) {
	w.T.Helper()
	secret = token(w, page(w, programme, name, "email", strings.ToLower(name)+"@example.org", "yes"))
	if _, err := w.Follow(name, secret); err != nil {
		w.T.Fatal(err)
	}
	return secret
}

// code gives the code that somebody's page shows.
func code(w *bottest.World, name string) string {
	w.T.Helper()
	_, after, ok := strings.Cut(w.Page(name), "/interest connect code:")
	if !ok {
		w.T.Fatalf("no code in: %s", w.Page(name))
	}
	return after[:11]
}

// question plans a session for questions on Thursday.
func question(w *bottest.World) {
	w.T.Helper()
	w.Do("Wiremu", `/session schedule title:"Q&A" when:"thu 9am" where:"https://meet.example/q" who:interested`)
	w.Press("Wiremu", "Schedule it")
	w.Advance(time.Minute)
}

func TestWhoIsOutsideChoosesWithOnePressAndFacilitatorsSeeItAtOnce(t *testing.T) {
	world(t, func(w *bottest.World, c cohorts.Cohort) {
		question(w)
		register(w, "Ana", builder)
		for _, name := range []string{"Mere", "Hemi", "Rangi", "Pania"} {
			outside(w, name, builder)
		}
		w.Press("Mere", "I'm coming")
		bottest.Says(t, w.Answer("Mere"), "You're down as coming to Q\\&A", "You said that you're coming")
		w.Press("Mere", "I'd like to join the group")
		bottest.Says(t, w.Answer("Mere"), "Noted: you'd like to join a group", "The facilitators see that", "You said that you're coming")
		w.Press("Hemi", "I'm not coming")
		bottest.Says(t, w.Answer("Hemi"), "not coming to Q\\&A")
		w.Do("Wiremu", "/interest list")
		bottest.Says(t, w.Answer("Wiremu"), "1 would like to join the group, 0 to go at their own pace", "1 coming, 1 not coming, 3 not answered",
			"**Mere**, since Monday 2 November: by e-mail at mere@example.org; has not done this yet. Would like to join the group. Comes to the session.", "Can't come to the session.")
		w.Do("Wiremu", "/cohort panel")
		bottest.Says(t, w.Answer("Wiremu"), "5 people", "1 coming, 1 not coming, 3 not answered")
		w.Do("Wiremu", "/session list")
		bottest.Says(t, w.Answer("Wiremu"), "2 coming", "Coming: Wiremu, Mere", "Can't make it: Hemi")
		w.Advance(time.Minute)
		if said := w.Last("Ana"); strings.Contains(said, "Mere") || !strings.Contains(said, "2 coming") {
			t.Errorf("whoever is asked reads how many come, and of nobody's name: %s", said)
		}
		// They change their minds, from an old showing of the page as well.
		before := w.Answer("Mere")
		w.Press("Mere", "I'm not coming")
		w.Press("Mere", "I'm coming")
		if w.Answer("Mere") != strings.Replace(before, "Noted: you'd like to join a group", strings.TrimSuffix("You're down as coming to Q\\&A, Thursday 5 November, 9:00–10:00 am (Auckland).", "."), 1) {
			t.Errorf("another page after changing to and back:\n%s\nwas\n%s", w.Answer("Mere"), before)
		}
		w.Press("Mere", "Not the group after all")
		bottest.Says(t, w.Answer("Mere"), "How would you like to go on?")

		// The session moves: nobody outside is written to, and the page asks anew.
		w.Do("Wiremu", `/session move session:"Q&A" when:"fri 9am"`)
		w.Press("Wiremu", "Move it")
		w.Advance(time.Hour)
		w.Ask("Mere", chat.Request{At: w.At, Path: "interest page", Record: string(kept(w, builder)[1].ID)})
		bottest.Says(t, w.Answer("Mere"), "Friday 6 November", "It has moved since you answered. Does the new time suit you?")
		w.Do("Wiremu", "/interest list")
		bottest.Says(t, w.Answer("Wiremu"), "0 coming, 0 not coming, 5 not answered", "Answered before the session moved")
		w.Press("Mere", "I'm coming")

		// Who was there: everybody who was asked, in the group or not.
		w.Advance(5 * 24 * time.Hour)
		w.Do("Wiremu", "/session attend session:Q&A")
		w.Press("Wiremu", "Say who was there")
		w.Submit("Wiremu", nil)
		bottest.Says(t, w.Answer("Wiremu"), "Mere")
		for _, p := range w.Platform.All() {
			if p.At.Place.Workspace != bottest.Workspace {
				t.Errorf("something was sent outside: %v", p)
			}
		}
		if n := len(w.Posts(c.Place)); n != 0 {
			t.Errorf("the group was told %d times", n)
		}
	})
}

func TestNoAnswerIsKeptToASessionThatIsNotTheirsOrNotAnyMore(t *testing.T) {
	world(t, func(w *bottest.World, _ cohorts.Cohort) {
		question(w)
		out, err := w.Follow("Hemi", outside(w, "Hemi", builder))
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(out.Reply.Buttons, func(b chat.Button) bool { return b.Label == "I'm coming" })
		_, session, _ := strings.Cut(out.Reply.Buttons[i].Choice, "/")
		outside(w, "Mere", credential)
		own := string(kept(w, credential)[0].ID)
		press := func(path, choice string) {
			w.Ask("Mere", chat.Request{At: w.At, Path: path, Record: own, Choice: choice})
		}
		press("interest come", "yes/"+session) // forged: of another programme
		bottest.Says(t, w.Answer("Mere"), "That session is no longer planned")
		press("interest come", "yes/nonsense")
		bottest.Says(t, w.Answer("Mere"), "That session is no longer planned")
		press("interest wish", "everything")
		bottest.Says(t, w.Answer("Mere"), "couldn't read that as a choice")
		own = string(kept(w, builder)[0].ID)
		asHemi := func(path, choice string) {
			w.Ask("Hemi", chat.Request{At: w.At, Path: path, Record: own, Choice: choice})
		}
		asHemi("interest wish", "alone") // what leads to no portfolio
		bottest.Says(t, w.Answer("Hemi"), "leads to no portfolio")
		asHemi("interest come", "perhaps/"+session)
		bottest.Says(t, w.Answer("Hemi"), "couldn't read that as an answer")
		w.Do("Wiremu", `/session cancel session:"Q&A" why:"I am ill"`)
		w.Press("Wiremu", "Cancel the session")
		asHemi("interest come", "yes/"+session)
		bottest.Says(t, w.Answer("Hemi"), "Q\\&A is cancelled", "No session for questions is planned yet")
		w.Do("Wiremu", "/interest list programme:facilitation-credential")
		bottest.Says(t, w.Answer("Wiremu"), "1 person")
		if said := w.Answer("Wiremu"); strings.Contains(said, "to the session") {
			t.Errorf("an answer was kept: %s", said)
		}
	})
}

// connect has somebody with an account type a code.
func connect(w *bottest.World, as, code string) {
	w.T.Helper()
	w.Do(as, "/interest connect code:"+code)
}

func TestWhatWasChosenOnThePageHappensAsTheyComeIn(t *testing.T) {
	world(t, func(w *bottest.World, c cohorts.Cohort) {
		question(w)
		secret := outside(w, "Mere", builder)
		opens := code(w, "Mere")
		w.Press("Mere", "I'm coming")
		w.Press("Mere", "I'd like to join the group")
		for _, wrong := range []string{"AAAAA-AAAAA", strings.Repeat("9", 10), "K7"} {
			connect(w, "Mere T", wrong)
			bottest.Says(t, w.Answer("Mere T"), "Nothing waits under this code")
		}
		connect(w, "Mere T", strings.ToLower(strings.ReplaceAll(opens, "-", " "))[:5]+opens[6:])
		bottest.Says(t, w.Answer("Mere T"), "Connected.", "Explorers")
		w.View(func(tx store.Tx) error {
			m, in, err := cohorts.MemberOf(tx, c.ID, w.Known("Mere T").ID)
			if !in || m.Quote {
				t.Errorf("in the group: %t, quoted without having said so: %t", in, m.Quote)
			}
			return err
		})
		all := kept(w, builder)
		if len(all) != 1 || all[0].Person != w.Known("Mere T").ID || all[0].State != interest.Joined || all[0].Link != "" || all[0].Name != "" {
			t.Fatalf("the list has %+v", all)
		}
		if _, err := w.Follow("Mere", secret); err == nil {
			t.Error("the page is still open")
		}
		w.Do("Wiremu", "/session list")
		bottest.Says(t, w.Answer("Wiremu"), "2 coming", "Coming: Wiremu, Mere T")
		connect(w, "Mere T", opens) // pressed twice
		bottest.Says(t, w.Answer("Mere T"), "connected with your account already")
		connect(w, "Tama", opens) // used by somebody else
		bottest.Says(t, w.Answer("Tama"), "Nothing waits under this code")
		w.Do("Mere T", "/settings consent")
		bottest.Says(t, w.Answer("Mere T"), "Being contacted, about community-builder:** you agreed on")
		w.Advance(2 * 24 * time.Hour)
		if !slices.ContainsFunc(w.Inbox("Mere T"), func(p bottest.Post) bool { return strings.Contains(p.Message.Text, "Q\\&A** is tomorrow") }) {
			t.Error("who said on the page that they come is not reminded in their account")
		}
		// Nothing of who they were on the page is left.
		w.View(func(tx store.Tx) error {
			for row, err := range people.Table.All(tx) {
				if err != nil {
					return err
				}
				if slices.ContainsFunc(row.Value.Accounts, func(u chat.User) bool { return u.Workspace == "pages" }) {
					t.Errorf("a guest is left: %+v", row.Value)
				}
			}
			return nil
		})
	})
}

func TestTheirOwnPaceBeginsAsTheyComeInAndOnlyOnce(t *testing.T) {
	world(t, func(w *bottest.World, _ cohorts.Cohort) {
		outside(w, "Mere", credential)
		opens := code(w, "Mere")
		w.Press("Mere", "I'd like to go at my own pace")
		w.Do("Wiremu", "/interest list programme:facilitation-credential")
		bottest.Says(t, w.Answer("Wiremu"), "0 would like to join the group, 1 to go at their own pace")
		connect(w, "Mere T", opens)
		bottest.Says(t, w.Answer("Mere T"), "Connected.", "Your portfolio is started")
		w.Ask("Mere T", chat.Request{At: w.At, Path: "interest alone", Record: string(kept(w, credential)[0].ID)})
		bottest.Says(t, w.Answer("Mere T"), "You have begun already")
	})
}

func TestARegistrationOnThePageAndOneHereBecomeOne(t *testing.T) {
	world(t, func(w *bottest.World, c cohorts.Cohort) {
		w.Update(func(tx store.Tx) error { // nothing to join yet
			c.State = cohorts.Draft
			return cohorts.Table.Put(tx, c.ID, c)
		})
		outside(w, "Mere", builder)
		opens := code(w, "Mere")
		w.Press("Mere", "I'd like to join the group")
		register(w, "Mere T", builder)
		connect(w, "Mere T", opens)
		bottest.Says(t, w.Answer("Mere T"), "Connected.", "No group is open to join just now", "The facilitators see")
		w.Advance(time.Minute)
		bottest.Says(t, w.Last("Wiremu"), "**Mere T**", "is here now and would like to join a group")
		if all := kept(w, builder); len(all) != 1 || all[0].Wish != interest.InGroup || all[0].Way != interest.Here || len(all[0].Also) != 1 {
			t.Fatalf("the list has %+v", all)
		}
	})
}

// waiting has Mere come in from the page, wishing for a group where none is open.
func waiting(w *bottest.World, c cohorts.Cohort) {
	w.T.Helper()
	w.Update(func(tx store.Tx) error {
		c.State = cohorts.Draft
		return cohorts.Table.Put(tx, c.ID, c)
	})
	outside(w, "Mere", builder)
	opens := code(w, "Mere")
	w.Press("Mere", "I'd like to join the group")
	connect(w, "Mere T", opens)
	bottest.Says(w.T, w.Answer("Mere T"), "No group is open to join just now")
}

func TestTheNameOfWhoTookThemselvesOffStoodOnWithTheFacilitator(t *testing.T) {
	for _, leave := range [][2]string{{"/interest mine", "Take me off the list"}, {"/settings erase", "Erase it for good"}} {
		world(t, func(w *bottest.World, c cohorts.Cohort) {
			waiting(w, c)
			w.Advance(time.Minute)
			bottest.Says(t, w.Last("Wiremu"), "**Mere T**", "is here now")
			before := len(w.Inbox("Wiremu"))
			w.Do("Mere T", leave[0])
			w.Press("Mere T", leave[1])
			w.Settle()
			time.Sleep(time.Minute)
			w.Settle()
			if after := w.Inbox("Wiremu"); len(after) != before-1 {
				t.Errorf("after %s it says on: %+v", leave[0], after)
			}
		})
	}
}

func TestWhoRanAGroupWasToldWhoIsInterestedAfterTheyHadStopped(t *testing.T) {
	world(t, func(w *bottest.World, c cohorts.Cohort) {
		w.Away("Wiremu", 3)
		waiting(w, c)
		wiremu := w.Known("Wiremu").ID
		w.Update(func(tx store.Tx) error { // somebody else runs it by then
			m, ok, err := cohorts.MemberOf(tx, c.ID, wiremu)
			if err != nil || !ok {
				return errors.Join(err, errors.New("no member"))
			}
			m.Facilitator = false
			return cohorts.Members.Put(tx, cohorts.MemberID(c.ID, m.Person), m)
		})
		w.Advance(6 * 24 * time.Hour)
		for _, p := range w.Inbox("Wiremu") {
			if strings.Contains(p.Message.Text, "Mere T") {
				t.Errorf("told: %s", p.Message.Text)
			}
		}
	})
}

func TestTheMessageForWhoIsGoneWasSomebodyElsesWithTheirLink(t *testing.T) {
	world(t, func(w *bottest.World, _ cohorts.Cohort) {
		outside(w, "Mere", builder)
		rawiri := outside(w, "Rawiri", builder)
		w.Do("Wiremu", "/interest list")
		w.Press("Wiremu", "One of them")
		w.Submit("Wiremu", map[string]string{"who": string(kept(w, builder)[0].ID)})
		w.Press("Mere", "Take me off the list")
		w.Press("Wiremu", "A message for them")
		if said := w.Answer("Wiremu"); strings.Contains(said, rawiri) || !strings.Contains(said, "They wait for no message any more") {
			t.Errorf("of Mere, who took herself off, they read: %s", said)
		}
		w.Press("Wiremu", "A message for each")
		bottest.Says(t, w.Answer("Wiremu"), "Hello Rawiri", rawiri)
	})
}

func TestAFacilitatorSaysWhoItIsAndTheyAreAskedFirst(t *testing.T) {
	world(t, func(w *bottest.World, c cohorts.Cohort) {
		outside(w, "Rawiri", builder)
		w.Press("Rawiri", "I'd like to join the group")
		outside(w, "Hemi", builder)
		guest := w.Answer("Rawiri")
		w.Person("rawiri ", "Pacific/Auckland") // an account of the same name, written otherwise
		w.Person("Tama", "Pacific/Auckland")
		w.Do("Wiremu", "/interest list")
		w.Press("Wiremu", "Rawiri is @rawiri ")
		bottest.Says(t, w.Answer("Wiremu"), "is asked in private")
		w.Advance(time.Minute)
		bottest.Says(t, w.Last("rawiri "), "Somebody called **Rawiri** registered interest", "Was it?")
		if strings.Contains(w.Last("rawiri "), "example.org") || len(kept(w, builder)) != 2 || guest == "" {
			t.Error("something moved, or was told, before they said yes")
		}
		// Somebody else cannot say yes for them.
		first := kept(w, builder)[0]
		w.Ask("Tama", chat.Request{At: w.At, Path: "interest is-me", Record: string(first.ID), Choice: "yes"})
		bottest.Says(t, w.Answer("Tama"), "nothing to answer here")
		w.Press("rawiri ", "No, not me")
		bottest.Says(t, w.Answer("rawiri "), "Nothing was connected")
		w.Do("Wiremu", "/interest list")
		bottest.Says(t, w.Answer("Wiremu"), "**Rawiri**")
		w.Ask("Wiremu", chat.Request{At: w.At, Path: "interest is", Record: string(first.ID), Choice: string(w.Known("rawiri ").ID)})
		bottest.Says(t, w.Answer("Wiremu"), "said that it isn't them")
		// It is Tama, in truth.
		w.Do("Wiremu", "/interest list")
		w.Press("Wiremu", "One of them")
		w.Submit("Wiremu", map[string]string{"who": string(first.ID)})
		w.Press("Wiremu", "They are here as …")
		w.Submit("Wiremu", map[string]string{"who": "tama"})
		w.Advance(time.Minute)
		w.Press("Tama", "Yes, that was me")
		bottest.Says(t, w.Answer("Tama"), "Connected.", "Explorers")
		w.Ask("Tama", chat.Request{At: w.At, Path: "interest is-me", Record: string(first.ID), Choice: "yes"})
		bottest.Says(t, w.Answer("Tama"), "connected with your account already")
		if all := kept(w, builder); len(all) != 2 || all[0].Person != w.Known("Tama").ID || all[0].State != interest.Joined {
			t.Errorf("the list has %+v", all)
		}
		if len(w.Inbox("rawiri ")) != 0 {
			t.Error("the question stands on with somebody whom it is nothing to")
		}
	})
}

func TestNobodyIsAskedOnLeaveOrAtNightWhetherItIsThem(t *testing.T) {
	world(t, func(w *bottest.World, _ cohorts.Cohort) {
		outside(w, "Rawiri", builder)
		i := kept(w, builder)[0]
		w.Person("Tama", "Pacific/Auckland")
		w.Person("Hemi", "Europe/London") // where it is night
		w.Away("Tama", 3)
		ask := func(who string) {
			w.Ask("Wiremu", chat.Request{At: w.At, Path: "interest is", Record: string(i.ID), Choice: string(w.Known(who).ID)})
		}
		ask("Hemi")
		w.Advance(time.Hour)
		if n := len(w.Inbox("Hemi")); n != 0 {
			t.Errorf("%d messages at night", n)
		}
		ask("Tama") // it was the wrong one: Hemi is not asked any more
		w.Advance(3 * 24 * time.Hour)
		if n := len(w.Inbox("Hemi")) + len(w.Inbox("Tama")); n != 0 {
			t.Errorf("%d messages to who is on leave, or is not asked any more", n)
		}
		w.Advance(2 * 24 * time.Hour)
		bottest.Says(t, w.Last("Tama"), "Was it?")
		// Whoever takes themselves off the page meanwhile is nobody's any more.
		w.Press("Rawiri", "Take me off the list")
		w.Settle()
		if len(w.Inbox("Tama")) != 0 {
			t.Error("the question stands on after there is nothing to answer")
		}
	})
}

func TestCodesThatOpenNothingAreCounted(t *testing.T) {
	world(t, func(w *bottest.World, _ cohorts.Cohort) {
		outside(w, "Mere", builder)
		opens := code(w, "Mere")
		for range 5 {
			connect(w, "Tama", "AAAAA-AAAAA")
			bottest.Says(t, w.Answer("Tama"), "Nothing waits under this code")
		}
		connect(w, "Tama", opens)
		bottest.Says(t, w.Answer("Tama"), "Too many codes that open nothing")
		time.Sleep(2 * time.Minute)
		connect(w, "Tama", opens)
		bottest.Says(t, w.Answer("Tama"), "Connected.")
	})
}
