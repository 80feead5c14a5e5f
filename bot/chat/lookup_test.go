package chat_test

import (
	"strings"
	"testing"

	"cohortbot/bot/chat"
)

func TestLookupIsForgiving(t *testing.T) {
	if faults := sample.Check(); len(faults) > 0 {
		t.Fatal(faults)
	}
	for _, c := range []struct{ typed, path, rest string }{
		{`/session schedule title:"Q&A"`, "session schedule", `title:"Q&A"`},
		{"session schedule", "session schedule", ""},
		{"  /  Session   SCHEDULE  thu 9am ", "session schedule", "thu 9am"},
		{"session: schedule Q&A", "session schedule", "Q&A"},
		{"session:schedule: Q&A", "session schedule", "Q&A"},
		{"/sessions list", "session list", ""},
		{"/setting reminder off", "settings reminders", "off"},
		{"/home", "home", ""},
		{"Reflect: we met", "reflect", "we met"},
		{"/reflect\nwe met\nand ate", "reflect", "we met\nand ate"},
		{"/reflect change", "reflect change", ""},
		{"/reflect change is hard", "reflect", "change is hard"},
		{"/reflect ...nothing", "reflect", "...nothing"},
		{"/tidy", "tidy", ""},
	} {
		got, rest, err := sample.Lookup(c.typed)
		if err != nil || got.Path != c.path || rest != c.rest {
			t.Errorf("%q: got %q, %q, %v; want %q, %q", c.typed, got.Path, rest, err, c.path, c.rest)
		}
	}
}

func TestLookupNamesTheNearestCommands(t *testing.T) {
	for typed, want := range map[string]string{
		"/sesion":          "I don't know /sesion. Did you mean /session? Its verbs are schedule, move, cancel and list. /help shows everything.",
		"/hoem":            "I don't know /hoem. Did you mean /home? /help shows everything.",
		"/schedule Q&A":    "I don't know /schedule. Did you mean /session schedule? /help shows everything.",
		"/blursday":        "I don't know /blursday. /help shows everything.",
		"":                 "I read no command there. /help shows everything.",
		" / ":              "I read no command there. /help shows everything.",
		"/session":         `/session needs one more word: schedule, move, cancel or list. For example: /session schedule title:"Q&A" when:"thu 9am"`,
		"/session scedule": `I don't know /session scedule. Did you mean /session schedule? The verbs of /session are schedule, move, cancel and list. For example: /session schedule title:"Q&A" when:"thu 9am"`,
		"/session ?":       `I don't know /session ?. The verbs of /session are schedule, move, cancel and list. For example: /session schedule title:"Q&A" when:"thu 9am"`,
		"/plan":            "/plan needs one more word: insert. For example: /plan insert",
	} {
		_, _, err := sample.Lookup(typed)
		if err == nil || err.Error() != want {
			t.Errorf("%q:\n got %v\nwant %s", typed, err, want)
		}
	}
}

func TestLookupNamesSomeOfManyVerbs(t *testing.T) {
	var tree chat.Tree
	for _, verb := range []string{"start", "open", "list", "write", "add", "papers", "page", "submit", "export"} {
		tree = append(tree, chat.Command{Path: "portfolio " + verb})
	}
	for typed, want := range map[string]string{
		"/portfolio":        "/portfolio needs one more word, such as start, open, list or write. /help portfolio shows all of them. For example: /portfolio start",
		"/portfolio sumbit": "I don't know /portfolio sumbit. Did you mean /portfolio submit? /help portfolio shows the verbs of /portfolio. For example: /portfolio submit",
		"/portfoli":         "I don't know /portfoli. Did you mean /portfolio? /help portfolio shows its verbs.",
	} {
		_, _, err := tree.Lookup(typed)
		if err == nil || err.Error() != want {
			t.Errorf("%q:\n got %v\nwant %s", typed, err, want)
		}
	}
}

func FuzzLookupNeverLosesTheRest(f *testing.F) {
	for _, s := range []string{"/session schedule x", "sessions: move thu", "//", "reflect: \U0001f33b", "/reflect change my mind", "é\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		c, rest, err := sample.Lookup(typed)
		if err != nil {
			if c.Path != "" || rest != "" {
				t.Fatalf("both %q and %v", c.Path, err)
			}
			return
		}
		if !strings.HasSuffix(strings.TrimSpace(typed), rest) {
			t.Fatalf("%q does not end with the rest, %q", typed, rest)
		}
		// What went before the rest is the command and marks between its words.
		before := strings.ToLower(strings.TrimSuffix(strings.TrimSpace(typed), rest))
		words := strings.FieldsFunc(before, func(r rune) bool { return strings.ContainsRune(" \t\r\n\v\f\u0085\u00a0:/_.", r) })
		if len(words) > 2 || len(words) != len(strings.Fields(c.Path)) {
			t.Fatalf("%q: %q was dropped before the rest of %q", typed, before, c.Path)
		}
	})
}

func TestNearestPutsTheLikeliestFirst(t *testing.T) {
	names := []string{"title", "prompt", "strand", "members", "title"}
	for typed, want := range map[string]string{"titel": "title", "Promt": "prompt", "member": "members", "zzz": "", "": "", "t": ""} {
		if got := strings.Join(chat.Nearest(typed, names), " "); got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}
