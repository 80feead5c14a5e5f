package bot_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// This file holds the house rules that a compiler does not. Start at the
// tables: house, homes and realTime are what a newcomer extends; the rest
// reads the source tree and compares.

const module = "cohortbot/"

// A floor is a set of rooms; a room is a folder, and owns every folder inside
// it (bot/store/storetest lives in bot/store). A room may import its own
// folders and every floor below. Rooms of one floor may import each other,
// unless they stand apart.
type floor struct {
	name  string
	rooms []string // as path.Match understands them
	apart bool
}

// house lists the floors from the ground up. A new folder under bot/ needs a
// line here; a folder without one fails the test.
var house = []floor{
	{name: "time", rooms: []string{"schedules", "schedules/*"}},
	{name: "ground", rooms: []string{"bot/chat", "bot/store"}, apart: true},
	{name: "people", rooms: []string{"bot/people", "bot/yamlfile"}},
	{name: "deeds", rooms: []string{"bot/deeds", "bot/jobs", "bot/outbox", "bot/links", "bot/letters", "bot/consents"}},
	{name: "curricula", rooms: []string{"bot/programmes", "bot/frameworks", "bot/shapes"}},
	{name: "cohorts", rooms: []string{"bot/cohorts"}},
	{name: "the thread", rooms: []string{"bot/thread"}},
	{name: "the group's life", rooms: []string{
		"bot/prompts", "bot/sessions", "bot/experiments",
		"bot/thinking", "bot/lenses", "bot/directory",
		"bot/settings", "bot/shelf", "bot/stars", "bot/interest",
	}, apart: true},
	{name: "what ties it together", rooms: []string{"bot/goals", "bot/peers", "bot/verdicts", "bot/graduation"}, apart: true},
	{name: "what it adds up to", rooms: []string{
		"bot/evidence", "bot/hours", "bot/attestations", "bot/portfolios", "bot/credentials",
	}},
	{name: "privacy", rooms: []string{"bot/privacy", "bot/research"}},
	{name: "bot", rooms: []string{"bot", "bot/bottest"}},
	{name: "what tests of the outside share", rooms: []string{"adapters/browsertest", "adapters/peertest"}},
	{name: "adapters", rooms: []string{"adapters/*"}, apart: true},
	{name: "cmd", rooms: []string{"cmd/*"}},
}

// world is what the tests of every room under bot/ may import, though it stands
// above them: the whole bot to try a feature in, so that a feature's tests can
// live beside it.
const world = "cohortbot/bot/bottest"

// homes says where a library may be imported by code that ships; everywhere
// else it would tie the product to one technology. A prefix covers what is
// under it: net/http also means net/http/httptest.
var homes = []struct {
	library string
	rooms   []string
}{
	{"database/sql", []string{"adapters/*"}},
	{"github.com/bwmarrin/discordgo", []string{"adapters/discord"}},
	{"github.com/chromedp", []string{"adapters/browsertest"}},
	{"github.com/jackc/pgx", []string{"adapters/postgres"}},
	{"github.com/piprate/json-gold", []string{"adapters/openbadges"}},
	{"github.com/prometheus/client_golang", []string{"adapters/health"}},
	{"github.com/robfig/cron", []string{"schedules"}},
	{"github.com/slack-go/slack", []string{"adapters/slack"}},
	{"go.etcd.io/bbolt", []string{"adapters/bolt"}},
	{"net/http", []string{"adapters/*", "cmd/*"}},
}

// timeless are the trees that take the time as an argument, so that a demo can
// move the clock and a rehearsal can run twelve weeks in a second.
var timeless = []string{"bot", "adapters"}

// realTime lists the folders in those trees that may ask the machine for the
// time all the same, with the reason.
var realTime = map[string]string{
	"adapters/slack":               "deadlines, heartbeats and rates of a service on the network; the civil clock never enters",
	"adapters/discord":             "deadlines, heartbeats and rates of a service on the network; the civil clock never enters",
	"adapters/health":              "how long the machine takes to answer",
	"adapters/slack/slackfake":     "plays a service on the network, which has a clock of its own",
	"adapters/discord/discordfake": "plays a service on the network, which has a clock of its own",
}

// platforms are words that no identifier or literal in bot/ contains: where
// one seems needed, the vocabulary in bot/chat lacks a concept.
var platforms = []string{"slack", "discord"}

func TestTheHouseKeepsItsRules(t *testing.T) {
	sources, err := readSources(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	if len(sources) == 0 || !slices.ContainsFunc(sources, func(s source) bool { return s.file == "bot/imports_test.go" }) {
		t.Fatalf("read %d files without finding this one: looking at the wrong tree", len(sources))
	}
	for _, fault := range faults(sources) {
		t.Error(fault)
	}
}

// source is one Go file, with the folder that it is in, both relative to the
// top of the repository.
type source struct {
	file, folder string
	syntax       *ast.File
	set          *token.FileSet
}

// isTest says that the file is never part of the program: a test, or a file of
// a package made for the tests of its parent, as store/storetest is.
func (s source) isTest() bool {
	parent := path.Base(path.Dir(s.folder))
	return strings.HasSuffix(s.file, "_test.go") || path.Base(s.folder) == parent+"test"
}

// imports gives the import paths of the file.
func (s source) imports() []string {
	var paths []string
	for _, spec := range s.syntax.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser accepted it, so it cannot happen
		}
		paths = append(paths, p)
	}
	return paths
}

func (s source) at(pos token.Pos) string {
	return fmt.Sprintf("%s:%d", s.file, s.set.Position(pos).Line)
}

// readSources parses every Go file under root, whatever its build tags, except
// what the go command passes over too.
func readSources(root fs.FS) ([]source, error) {
	var sources []source
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := path.Base(name); name != "." && entry.IsDir() &&
			(base == "testdata" || base == "vendor" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")) {
			return fs.SkipDir
		}
		if entry.IsDir() || path.Ext(name) != ".go" {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		syntax, err := parser.ParseFile(set, name, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		sources = append(sources, source{file: name, folder: path.Dir(name), syntax: syntax, set: set})
		return nil
	})
	return sources, err
}

// faults gives every broken rule once, in order, each naming the two packages
// or the place, and the rule.
func faults(sources []source) []string {
	found := map[string]bool{}
	for _, s := range sources {
		for _, imported := range s.imports() {
			inWorld := imported == world && strings.HasPrefix(s.folder, "bot/") && strings.HasSuffix(s.file, "_test.go")
			if fault := floorFault(s.folder, imported); fault != "" && !inWorld {
				found[fault] = true
			}
			if fault := homeFault(s.folder, imported); fault != "" && !s.isTest() {
				found[fault] = true
			}
		}
		if i, _ := floorOf(s.folder); i < 0 {
			found[s.folder+" has no floor: give it a line in the table house"] = true
		}
		for _, fault := range append(clockFaults(s), platformFaults(s)...) {
			found[fault] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// floorOf gives the number of the floor that a folder is on, counted from the
// ground, and its room there; -1 when it has none.
func floorOf(folder string) (number int, room string) {
	room = folder
	if parts := strings.SplitN(folder, "/", 3); len(parts) == 3 {
		room = parts[0] + "/" + parts[1]
	}
	for i, f := range house {
		if matches(f.rooms, room) {
			return i, room
		}
	}
	return -1, room
}

func matches(patterns []string, room string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		ok, err := path.Match(pattern, room)
		return err == nil && ok
	})
}

// floorFault compares one import of ours with the house. Tests are held to it
// too: a test that reaches upward is on the wrong floor.
func floorFault(folder, imported string) string {
	target, ours := strings.CutPrefix(imported, module)
	if !ours {
		return ""
	}
	from, room := floorOf(folder)
	to, other := floorOf(target)
	switch {
	case from < 0 || to < 0:
		return "" // told apart, as a folder without a floor
	case room == other || to < from:
		return ""
	case to > from:
		return fmt.Sprintf("%s imports %s: imports go down, and the floor %q is above %q", folder, target, house[to].name, house[from].name)
	case house[from].apart:
		return fmt.Sprintf("%s imports %s: the rooms of the floor %q know nothing of each other; what both need belongs below them", folder, target, house[from].name)
	}
	return ""
}

// homeFault compares one import of a library with its home.
func homeFault(folder, imported string) string {
	_, room := floorOf(folder)
	for _, h := range homes {
		if imported != h.library && !strings.HasPrefix(imported, h.library+"/") || matches(h.rooms, room) {
			continue
		}
		return fmt.Sprintf("%s imports %s: %s belongs in %s alone", folder, imported, h.library, strings.Join(h.rooms, ", "))
	}
	return ""
}

// clockFaults finds time.Now, and Since and Until, which ask for it themselves.
func clockFaults(s source) []string {
	top, _, _ := strings.Cut(s.folder, "/")
	if _, allowed := realTime[path.Dir(s.file)]; allowed || s.isTest() || !slices.Contains(timeless, top) {
		return nil
	}
	clock := ""
	for _, spec := range s.syntax.Imports {
		if spec.Path.Value == `"time"` {
			clock = "time"
			if spec.Name != nil {
				clock = spec.Name.Name
			}
		}
	}
	var found []string
	ast.Inspect(s.syntax, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || !slices.Contains([]string{"Now", "Since", "Until"}, sel.Sel.Name) {
			return true
		}
		if pkg, ok := sel.X.(*ast.Ident); ok && clock != "" && pkg.Name == clock {
			found = append(found, fmt.Sprintf("%s uses time.%s: take a clock or a time as an argument, or say in realTime why it is real input and output", s.at(sel.Pos()), sel.Sel.Name))
		}
		return true
	})
	return found
}

// platformFaults finds the name of a platform in an identifier or a literal of
// bot/. Comments may name one; tests of the bot and import paths too, since
// the floors answer for those.
func platformFaults(s source) []string {
	if top, _, _ := strings.Cut(s.folder, "/"); top != "bot" || strings.HasSuffix(s.file, "_test.go") {
		return nil
	}
	var found []string
	ast.Inspect(s.syntax, func(n ast.Node) bool {
		word := ""
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Ident:
			word = n.Name
		case *ast.BasicLit:
			word = n.Value
		}
		for _, platform := range platforms {
			if strings.Contains(strings.ToLower(word), platform) {
				found = append(found, fmt.Sprintf("%s says %s: bot/ names no platform; say it as a concept in bot/chat", s.at(n.Pos()), platform))
			}
		}
		return true
	})
	return found
}

// Each rule is shown to fail, and to leave what is allowed alone, on invented
// files.
func TestEachRuleCanFail(t *testing.T) {
	imports := func(paths ...string) string {
		return "package p\nimport (\n_ \"" + strings.Join(paths, "\"\n_ \"") + "\"\n)\n"
	}
	for _, c := range []struct {
		name string
		file string
		text string
		want []string // a part of each fault, in order; none means allowed
	}{
		{"time imports nothing of ours", "schedules/a.go", imports("cohortbot/bot/chat"), []string{`schedules imports bot/chat`}},
		{"the bot below adapters", "bot/jobs/a.go", imports("cohortbot/adapters/bolt"), []string{`bot/jobs imports adapters/bolt`}},
		{"the bot below cmd", "bot/a.go", imports("cohortbot/cmd/cohortbot"), []string{`bot imports cmd/cohortbot`}},
		{"a test reaches no higher", "bot/jobs/a_test.go", imports("cohortbot/adapters/bolt"), []string{`bot/jobs imports adapters/bolt`}},
		{"the world of the tests is for tests", "bot/prompts/a.go", imports("cohortbot/bot/bottest"), []string{`bot/prompts imports bot/bottest`}},
		{"the world of the tests is the bot's", "schedules/a_test.go", imports("cohortbot/bot/bottest"), []string{`schedules imports bot/bottest`}},
		{"a test package lives on its parent's floor", "bot/store/storetest/a.go", imports("cohortbot/bot/people"), []string{`bot/store/storetest imports bot/people`}},
		{"features below the assembly", "bot/prompts/a.go", imports("cohortbot/bot"), []string{`bot/prompts imports bot: imports go down`}},
		{"features stand apart", "bot/prompts/a.go", imports("cohortbot/bot/sessions"), []string{`bot/prompts imports bot/sessions: the rooms`}},
		{"chat and store stand apart", "bot/chat/a.go", imports("cohortbot/bot/store"), []string{`bot/chat imports bot/store: the rooms`}},
		{"adapters stand apart", "adapters/web/a.go", imports("cohortbot/adapters/bolt"), []string{`adapters/web imports adapters/bolt: the rooms`}},
		{"adapters below cmd", "adapters/web/a.go", imports("cohortbot/cmd/cohortbot"), []string{`adapters/web imports cmd/cohortbot`}},
		{"every folder has a floor", "bot/misc/a.go", "package misc", []string{`bot/misc has no floor`}},
		{"every tree has a floor", "tools/a.go", "package tools", []string{`tools has no floor`}},
		{"no database in the bot", "bot/store/a.go", imports("go.etcd.io/bbolt"), []string{`bot/store imports go.etcd.io/bbolt`}},
		{"no web in the bot", "bot/chat/a.go", imports("net/http/httptest"), []string{`bot/chat imports net/http/httptest`}},
		{"no platform's library in another's adapter", "adapters/web/a.go", imports("github.com/slack-go/slack/socketmode"), []string{`adapters/web imports github.com/slack-go/slack/socketmode`}},
		{"the machine's time called", "bot/jobs/a.go", "package jobs\nimport \"time\"\nvar t = time.Now()", []string{`bot/jobs/a.go:3 uses time.Now`}},
		{"the machine's time passed on", "adapters/web/a.go", "package web\nimport clock \"time\"\nvar now = clock.Now", []string{`adapters/web/a.go:3 uses time.Now`}},
		{"the machine's time in disguise", "adapters/web/a.go", "package web\nimport \"time\"\nfunc f(t time.Time) { time.Since(t) }", []string{`adapters/web/a.go:3 uses time.Since`}},
		{"a platform in a name", "bot/chat/a.go", "package chat\nvar isSlack bool", []string{`bot/chat/a.go:2 says slack`}},
		{"a platform in a literal", "bot/chat/chattest/a.go", "package chattest\nvar s = `on Discord`", []string{`bot/chat/chattest/a.go:2 says discord`}},
		{"two faults are two", "bot/chat/a.go", imports("net/http", "cohortbot/adapters/web"), []string{`bot/chat imports adapters/web`, `bot/chat imports net/http`}},

		{"down is allowed", "cmd/cohortbot/a.go", imports("cohortbot/adapters/web", "cohortbot/bot", "cohortbot/schedules", "net/http"), nil},
		{"a feature's test in the whole bot", "bot/prompts/a_test.go", imports("cohortbot/bot/bottest"), nil},
		{"people know chat and store", "bot/people/a.go", imports("cohortbot/bot/chat", "cohortbot/bot/store", "cohortbot/schedules"), nil},
		{"neighbours on a shared floor", "bot/portfolios/a.go", imports("cohortbot/bot/evidence", "cohortbot/bot/prompts"), nil},
		{"a room's own folders", "adapters/slack/a_test.go", imports("cohortbot/adapters/slack/fake", "net/http"), nil},
		{"a library at home", "adapters/slack/fake/a.go", imports("github.com/slack-go/slack", "net/http"), nil},
		{"a library for a test alone", "schedules/a_test.go", imports("go.etcd.io/bbolt"), nil},
		{"a library with a longer name", "bot/chat/a.go", imports("net/httpish"), nil},
		{"the machine's time in a test", "bot/store/storetest/a.go", "package storetest\nimport \"time\"\nvar t = time.Now()", nil},
		{"the machine's time in a folder that only sounds like a test", "adapters/pages/attest/a.go", "package attest\nimport \"time\"\nvar t = time.Now()", []string{`adapters/pages/attest/a.go:3 uses time.Now`}},
		{"the machine's time where time is made", "schedules/a.go", "package schedules\nimport \"time\"\nvar t = time.Now()", nil},
		{"a clock of another kind", "bot/jobs/a.go", "package jobs\nimport \"time\"\nvar d time.Duration\nvar t = clock.Now()", nil},
		{"a platform in a comment", "bot/chat/a.go", "package chat // as Slack does it", nil},
		{"a platform in the bot's tests", "bot/a_test.go", "package bot\nvar s = `slack`", nil},
		{"an import is a fault of its floor alone", "bot/chat/a.go", imports("cohortbot/adapters/slack"), []string{`bot/chat imports adapters/slack`}},
		{"folders that the go command passes over", "bot/testdata/a.go", "package broken syntax", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			sources, err := readSources(fstest.MapFS{c.file: {Data: []byte(c.text)}})
			if err != nil {
				t.Fatal(err)
			}
			got := faults(sources)
			if len(got) != len(c.want) {
				t.Fatalf("%d faults, want %d: %q", len(got), len(c.want), got)
			}
			for i, want := range c.want {
				if !strings.Contains(got[i], want) {
					t.Errorf("fault %q, want one with %q", got[i], want)
				}
			}
		})
	}
}
