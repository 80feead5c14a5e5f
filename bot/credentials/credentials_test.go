package credentials_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/attestations"
	"cohortbot/bot/credentials"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
)

var now = time.Date(2027, 5, 3, 9, 0, 0, 0, time.UTC)

const (
	mere = people.ID("person-mere")
	tom  = people.ID("person-tom") // who may confirm
)

func programme(awarded string) programmes.Programme {
	return programmes.Programme{ID: "facilitation", Title: "Facilitation credential", Portfolio: programmes.Portfolio{
		Title: "Portfolio", Credential: programmes.Credential{Name: "Facilitating", Says: "Its holder facilitates.", Level: 5, Credits: 10, Awarded: awarded},
	}}
}

func badge() credentials.Badge {
	b := credentials.New(programme(""), credentials.Met, " Mere <b>Tūī</b> ", "Facilitation Aotearoa", now)
	b.Items = []credentials.Item{{URI: "urn:uuid:0e9c2c38-1111-4b0e-9d62-0d9fb1a6d001", Code: "4.1", Text: "Plans a *hui*"}}
	b.Supporters = []credentials.Support{{
		Who: "Hana", Relation: "mentor", Said: now, Known: "By a link.", Words: "She listens.", Consented: now,
	}}
	return b
}

func newStore(t testing.TB) store.Store {
	return storetest.New(t, credentials.Table, credentials.Places)
}

func update(t testing.TB, s store.Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func issue(t testing.TB, s store.Store, portfolio string) (made credentials.Issued) {
	t.Helper()
	update(t, s, func(tx store.Tx) (err error) {
		made, err = credentials.Issue(tx, mere, portfolio, badge(), tom, now)
		return err
	})
	return made
}

func checked(t testing.TB, s store.Store, number, name string) (c credentials.Checked) {
	t.Helper()
	update(t, s, func(tx store.Tx) (err error) {
		c, err = credentials.Check(tx, number, name)
		return err
	})
	return c
}

func struck(t testing.TB, s store.Store) (all []int) {
	t.Helper()
	update(t, s, func(tx store.Tx) (err error) {
		all, err = credentials.List(tx)
		return err
	})
	return all
}

func TestACredentialStandsUntilItIsWithdrawnForAReason(t *testing.T) {
	s := newStore(t)
	made := issue(t, s, "portfolio-1")
	if c := checked(t, s, " URN:UUID:"+strings.ToUpper(string(made.ID))+"\n", "mere <b>tui</b>"); c.State != credentials.Stands || !c.Same || c.Name != "Facilitating" {
		t.Errorf("%+v", c)
	}
	revoke := func(reason string) (err error) {
		update(t, s, func(tx store.Tx) error {
			_, err = credentials.Revoke(tx, made.ID, tom, reason, now.Add(time.Hour))
			return nil
		})
		return err
	}
	for _, reason := range []string{"", " \n", strings.Repeat("ā", 501)} {
		if err := revoke(reason); !errors.Is(err, credentials.ErrReason) {
			t.Errorf("the reason %.20q: %v", reason, err)
		}
	}
	if got := struck(t, s); len(got) != 0 {
		t.Errorf("%v are struck before anything was withdrawn", got)
	}
	if err := revoke("The portfolio was another person's."); err != nil {
		t.Fatal(err)
	}
	if err := revoke("Again."); !errors.Is(err, credentials.ErrOver) {
		t.Errorf("withdrawn twice: %v", err)
	}
	if got := struck(t, s); !slices.Equal(got, []int{made.Badge.Index}) {
		t.Errorf("%v are struck, want %d", got, made.Badge.Index)
	}
	text := checked(t, s, string(made.ID), "").Message().Text
	if !strings.Contains(text, "withdrawn on 3 May 2027") || strings.Contains(text, "another person") {
		t.Errorf("whoever asks reads: %s", text)
	}
	if again := issue(t, s, "portfolio-1"); again.ID == made.ID {
		t.Error("the next has the same number")
	}
}

func TestAPortfolioLeadsToOneCredentialAndNobodyConfirmsTheirOwn(t *testing.T) {
	s := newStore(t)
	issue(t, s, "portfolio-1")
	for want, by := range map[error]people.ID{credentials.ErrThere: tom, credentials.ErrOwn: mere} {
		update(t, s, func(tx store.Tx) error {
			if _, err := credentials.Issue(tx, mere, "portfolio-1", badge(), by, now); !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
			return nil
		})
	}
	issue(t, s, "portfolio-2")
	update(t, s, func(tx store.Tx) error {
		all, err := credentials.Of(tx, mere)
		if len(all) != 2 {
			t.Errorf("she holds %d", len(all))
		}
		return err
	})
}

func TestWhatIsNotOnRecordIsUnknownAndSaysNothingAgainstIt(t *testing.T) {
	s := newStore(t)
	var first string
	for _, number := range []string{"", "x", "6f1c3c1e-8f0e-4b57-9d62-0d9fb1a6d0aa", "../../x", strings.Repeat("a", 10_000), "{6f1c3c1e-8f0e-4b57-9d62-0d9fb1a6d0aa}"} {
		c := checked(t, s, number, "Mere")
		text := c.Message().Text
		if c.State != credentials.Unknown || !strings.HasPrefix(text, "**Unknown**") || strings.Contains(text, "Mere") {
			t.Errorf("%.40q: %s", number, text)
		}
		if first == "" {
			first = text
		}
		if text != first {
			t.Errorf("%.40q is told apart: %s", number, text)
		}
	}
}

func TestAWordThatIsTakenBackIsGoneFromWhatIsShownAndSignedNext(t *testing.T) {
	s := newStore(t)
	ctx := context.Background()
	made := issue(t, s, "portfolio-1")
	word := made.Badge.Supporters[0]
	if word.ID == "" || word.Index == made.Badge.Index {
		t.Fatalf("the word is %+v", word)
	}
	file := func() string {
		data, err := credentials.File(ctx, s, signer{}, "", made.ID)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	if !strings.Contains(file(), "She listens.") {
		t.Fatal("it was not there")
	}
	for range 2 { // a second time changes nothing
		update(t, s, func(tx store.Tx) error { return credentials.Withdraw(tx, word.ID, now) })
	}
	if strings.Contains(file(), "She listens.") {
		t.Error("it is in the file still")
	}
	if got := struck(t, s); !slices.Equal(got, []int{word.Index}) {
		t.Errorf("%v are struck, want %d", got, word.Index)
	}
	if c := checked(t, s, string(made.ID), ""); c.State != credentials.Stands {
		t.Errorf("the credential: %v", c.State)
	}
	if err := s.Update(ctx, func(tx store.Tx) error { return credentials.Withdraw(tx, "unknown", now) }); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
}

func TestForgettingLeavesNothingButAPlace(t *testing.T) {
	s := newStore(t)
	made := issue(t, s, "portfolio-1")
	update(t, s, func(tx store.Tx) error { return credentials.Forget(tx, mere) })
	if c := checked(t, s, string(made.ID), ""); c.State != credentials.Unknown {
		t.Errorf("%+v", c)
	}
	if got := struck(t, s); len(got) != 0 {
		t.Errorf("%v are struck", got)
	}
	update(t, s, func(tx store.Tx) error { return credentials.Withdraw(tx, made.Badge.Supporters[0].ID, now) })
	if got := struck(t, s); len(got) != 1 {
		t.Errorf("a supporter can no longer take back their word: %v", got)
	}
}

// signer writes down what it is given, and counts.
type signer struct{ times *int }

func (s signer) Credential(b credentials.Badge) ([]byte, error) {
	if s.times != nil {
		*s.times++
	}
	return fmt.Appendf(nil, "%+v", b), nil
}

func TestAFileIsSignedOnceAndKept(t *testing.T) {
	s := newStore(t)
	made, times := issue(t, s, "portfolio-1"), 0
	for range 3 {
		if data, err := credentials.File(context.Background(), s, signer{&times}, "", made.ID); err != nil || len(data) == 0 {
			t.Fatal(err)
		}
	}
	if times != 1 {
		t.Errorf("it was signed %d times", times)
	}
	if _, err := credentials.File(context.Background(), s, signer{}, "", "unknown"); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
}

// What was signed before there were pages names no list of what was taken back. Asked
// for later, it does: it is the same credential, in the same place of the list.
func TestAFileThatNamesNoListIsSignedAnewOnceThereIsOne(t *testing.T) {
	s := newStore(t)
	made, times := issue(t, s, "portfolio-1"), 0
	file := func(pages string) string {
		t.Helper()
		data, err := credentials.File(context.Background(), s, signer{&times}, pages, made.ID)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	const list = "https://bot.example/credential/status"
	place := fmt.Sprintf("List:%s Index:%d", list, made.Badge.Index)
	if before := file(""); strings.Contains(before, "bot.example") || file("") != before || times != 1 {
		t.Errorf("before there were pages it is %s, signed %d times", before, times)
	}
	after := file("https://bot.example")
	if !strings.Contains(after, place) || !strings.Contains(after, string(made.ID)) || file("https://bot.example") != after || times != 2 {
		t.Errorf("with pages it is %s, signed %d times", after, times)
	}
	if file("") != after || file("https://moved.example") != after || times != 2 {
		t.Error("a file that names a list was signed anew")
	}
	update(t, s, func(tx store.Tx) error {
		_, err := credentials.Revoke(tx, made.ID, tom, "A mistake.", now)
		return err
	})
	if got := struck(t, s); !slices.Equal(got, []int{made.Badge.Index}) {
		t.Errorf("%v are struck, want %d", got, made.Badge.Index)
	}
}

func TestLevelAndCreditsAreNowhereUntilABodyAwardsThem(t *testing.T) {
	words := func(p programmes.Programme, o credentials.Outcome) string {
		b := credentials.New(p, o, "Mere", "We", now)
		if err := b.Check(); err != nil {
			t.Fatal(err)
		}
		return b.Certificate("").Text + b.Card("").Alt + b.Card("").Standing + b.Claim()
	}
	for name, text := range map[string]string{
		"nobody awards":           words(programme(""), credentials.Met),
		"prepared, nobody awards": words(programme(""), credentials.Prepared),
		"prepared":                words(programme("The Board"), credentials.Prepared),
	} {
		for _, no := range []string{"Level", "redits", "The Board", "Awarded", "awarded", "qualif"} {
			if strings.Contains(text, no) {
				t.Errorf("%s: %q stands there:\n%s", name, no, text)
			}
		}
	}
	if text := words(programme("The Board"), credentials.Met); !strings.Contains(text, "Level 5, 10 credits") || !strings.Contains(text, "Awarded by The Board.") {
		t.Errorf("awarded:\n%s", text)
	}
	if text := words(programme("The Board"), credentials.Prepared); !strings.Contains(text, "preparation is complete") || !strings.Contains(text, "Nobody has judged it yet") {
		t.Errorf("prepared:\n%s", text)
	}
}

func TestABadgeThatSaysTooLittleOrTooMuchIsRefused(t *testing.T) {
	for name, change := range map[string]func(*credentials.Badge){
		"no holder":                  func(b *credentials.Badge) { b.Holder = " " },
		"no issuer":                  func(b *credentials.Badge) { b.Issuer = "" },
		"no day":                     func(b *credentials.Badge) { b.From = time.Time{} },
		"a short salt":               func(b *credentials.Badge) { b.Salt = "x" },
		"no outcome":                 func(b *credentials.Badge) { b.Outcome = "not yet" },
		"a level that nobody awards": func(b *credentials.Badge) { b.Level = 5 },
		"an award before a result":   func(b *credentials.Badge) { b.Awarded, b.Outcome = "The Board", credentials.Prepared },
		"words without consent":      func(b *credentials.Badge) { b.Supporters[0].Consented = time.Time{} },
		"words of nobody knows whom": func(b *credentials.Badge) { b.Supporters[0].Known = "" },
		"a long name":                func(b *credentials.Badge) { b.Name = strings.Repeat("ā", 201) },
		"many words":                 func(b *credentials.Badge) { b.Supporters = slices.Repeat(b.Supporters, 11) },
	} {
		s := newStore(t)
		b := badge()
		change(&b)
		if err := s.Update(context.Background(), func(tx store.Tx) error {
			_, err := credentials.Issue(tx, mere, "portfolio-1", b, tom, now)
			return err
		}); err == nil {
			t.Errorf("%s: it was given", name)
		}
	}
}

func TestWhatPeopleWroteStandsOnTheCertificateAsTheyWroteIt(t *testing.T) {
	d := badge().Certificate("https://cohortbot.example.org/check")
	for _, want := range []string{`Mere \<b\>Tūī\</b\>`, `4\.1 Plans a \*hui\*`, "> She listens.", "https://cohortbot.example.org/check", "**Hana**, mentor, on 3 May 2027. By a link."} {
		if !strings.Contains(d.Text, want) {
			t.Errorf("%q does not stand there:\n%s", want, d.Text)
		}
	}
}

func TestOnlyWordsWhoseWriterAgreedComeOntoABadge(t *testing.T) {
	given := attestations.Attestation{ID: "a1", Content: attestations.Content{
		Writer: "Hana", Role: "mentor", Relation: "worked together", Since: "2025", Saw: "She listens.", Grow: "More breaks.",
		Conflict: "We are cousins.", Endorse: true, Reached: attestations.OnPaper, Recorder: "Tom", At: now,
	}}
	s, ok := credentials.From(given)
	if !ok || s.Relation != "mentor, worked together, since 2025" || s.Words != "She listens.\n\nMore breaks." ||
		s.Known != "They gave it on paper, and Tom copied it. They declare: We are cousins." || !s.Consented.Equal(now) || s.Of != "a1" {
		t.Errorf("%+v", s)
	}
	for name, change := range map[string]func(*attestations.Attestation){
		"not agreed":         func(a *attestations.Attestation) { a.Content.Endorse = false },
		"taken back":         func(a *attestations.Attestation) { a.Withdrawn = now },
		"reached, who knows": func(a *attestations.Attestation) { a.Content.Reached = "" },
		"nothing said":       func(a *attestations.Attestation) { a.Content.Saw, a.Content.Grow = " ", "" },
	} {
		a := given
		change(&a)
		if s, ok := credentials.From(a); ok {
			t.Errorf("%s: %+v", name, s)
		}
	}
}
