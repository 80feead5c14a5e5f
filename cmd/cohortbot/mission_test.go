package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// missionRows is how many rows each part of docs/mission.md has.
var missionRows = []struct {
	part string
	rows int
}{{"A", 6}, {"B", 5}, {"C", 7}, {"D", 4}, {"E", 6}, {"F", 10}}

var (
	missionRow   = regexp.MustCompile(`(?m)^\| ([A-F]\d+) \|([^|\n]*)\|([^|\n]*)\|([^|\n]*)\|$`)
	typedCommand = regexp.MustCompile("`(/[a-z -]+)`")
)

// TestEachRowOfTheMissionIsShownByAScript holds docs/mission.md against the scripts:
// each row is there once, its scripts exist, and its commands are typed in one of
// them, or pressed where a script says so by their words alone.
func TestEachRowOfTheMissionIsShownByAScript(t *testing.T) {
	page, err := os.ReadFile("../../docs/mission.md")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, part := range missionRows {
		for n := range part.rows {
			want = append(want, fmt.Sprintf("%s%d", part.part, n+1))
		}
	}
	commands := readCommands(t)
	for _, row := range missionRow.FindAllStringSubmatch(string(page), -1) {
		name := row[1]
		got = append(got, name)
		scripts := ""
		for script := range strings.SplitSeq(row[4], ",") {
			text, err := os.ReadFile(filepath.Join("testdata", "wires", strings.TrimSpace(script)+".txtar"))
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			scripts += string(text)
		}
		typed := typedCommand.FindAllStringSubmatch(row[3], -1)
		for _, command := range typed {
			if !slices.Contains(commands, command[1]) {
				t.Errorf("%s: there is no %s", name, command[1])
			}
		}
		if len(typed) > 0 && !slices.ContainsFunc(typed, func(c []string) bool { return strings.Contains(scripts, c[1]) }) {
			t.Errorf("%s: none of its commands is typed in %s", name, strings.TrimSpace(row[4]))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the rows are %v, want %v", got, want)
	}
}

// readCommands gives all commands from their reference, which another test holds.
func readCommands(t *testing.T) []string {
	reference, err := os.ReadFile("../../docs/commands.md")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for line := range strings.Lines(string(reference)) {
		if command, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " /"); ok && strings.HasPrefix(line, "#") {
			all = append(all, "/"+strings.TrimSpace(command))
		}
	}
	return all
}
