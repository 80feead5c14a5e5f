package thinking_test

import (
	"strings"
	"testing"

	"cohortbot/bot/thinking"
)

func TestTheChaptersThatComeAlongLeadOnToEachOther(t *testing.T) {
	all := thinking.BuiltIn()
	want := []string{"community-development", "empowerment", "influence", "what-is-community", "power", "equality-and-justice"}
	if len(all) != len(want) {
		t.Fatalf("%d chapters", len(all))
	}
	library := thinking.NewLibrary(nil)
	for i, c := range all {
		if c.ID != want[i] {
			t.Errorf("chapter %d is %s, want %s", i, c.ID, want[i])
		}
		if missing := library.Missing(c); len(missing) > 0 {
			t.Errorf("%s wants the answers to %v, which nobody asks", c.ID, missing)
		}
		if !strings.Contains(c.Wording, "own words") {
			t.Errorf("%s does not say whose words it is in", c.ID)
		}
		text, ok := thinking.Source(c.ID)
		if again, err := thinking.Parse(c.ID, text); !ok || err != nil || len(again.Questions) != len(c.Questions) {
			t.Errorf("the source of %s: %v", c.ID, err)
		}
	}
}

const small = `id: small
title: Small
about: Little things.
wording: Ours.
questions:
  - {id: one, ask: "What is small?"}
  - {id: two, ask: "And what is smaller?", beside: [one, power/with]}
`

func TestFaultsOfAChapterSayWhereAndWhatToDo(t *testing.T) {
	if _, err := thinking.Parse("small.yaml", []byte(small)); err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct{ old, new, want string }{
		"a name that is not known":       {"beside: [one,", "beside: [on,", `7:53: There is no question "on" here. Did you mean "one"?`},
		"itself":                         {"beside: [one,", "beside: [two,", "7:53: This is the question itself."},
		"an id twice":                    {"{id: two", "{id: one", `7:10: There is another question with the id "one". Give this one its own.`},
		"no id":                          {"id: one,", "id: The One,", `6:10: "The One" can't be an id. Use lower-case letters, digits and hyphens, such as "the-one".`},
		"an id too long for a button":    {"id: small", "id: " + strings.Repeat("a", 33), "1:5: "},
		"nothing asked":                  {`ask: "What is small?"`, `read: Here.`, `6:6: "ask" is missing.`},
		"no wording":                     {"wording: Ours.\n", "", `"wording" is missing.`},
		"a key that is none":             {"about:", "abuot:", `3:1: I don't know "abuot" here. Did you mean "about"?`},
		"too many to stand beside":       {"beside: [one,", "beside: [one, a/b, c/d,", "4 answers would stand beside this question; 3 are allowed."},
		"a question that is no question": {`  - {id: one, ask: "What is small?"}`, `  - one`, "Each of the questions should be"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := thinking.Parse("small.yaml", []byte(strings.Replace(small, x.old, x.new, 1)))
			if err == nil || !strings.Contains(err.Error(), x.want) {
				t.Errorf("got %v\nwant %s", err, x.want)
			}
		})
	}
	_, err := thinking.Parse("none.yaml", []byte("id: none\ntitle: None\nabout: Nothing.\nwording: Ours.\n"))
	if err == nil || !strings.Contains(err.Error(), "at least one question") {
		t.Errorf("a chapter without questions: %v", err)
	}
}

func TestAnOwnChapterTakesThePlaceOfOneThatComesAlong(t *testing.T) {
	own, err := thinking.Parse("power.yaml", []byte(strings.Replace(small, "id: small", "id: power", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if missing := thinking.NewLibrary([]thinking.Chapter{own}).Missing(own); len(missing) != 1 || missing[0] != "power/with" {
		t.Errorf("missing %v: the chapter that had the question is replaced", missing)
	}
}
