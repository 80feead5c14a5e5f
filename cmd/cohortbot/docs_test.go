package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// docs/security.md names the tests that hold each promise. One that was renamed or
// removed takes its promise with it, so that each must exist.
func TestEveryTestThatThePromisesNameExists(t *testing.T) {
	text, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	err = filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case filepath.Ext(path) == ".txtar":
			there[filepath.Base(path)] = true
		case strings.HasSuffix(path, "_test.go"):
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, found := range declared.FindAllSubmatch(source, -1) {
				there[string(found[1])] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`\bTest[A-Z]\w+|\b[a-z-]+\.txtar`).FindAllString(string(text), -1)
	if len(named) < 40 {
		t.Fatalf("only %d tests are named", len(named))
	}
	for _, name := range named {
		if !there[name] {
			t.Errorf("docs/security.md names %s, and there is no such test", name)
		}
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "| ") && !strings.HasPrefix(line, "| promise ") && !strings.Contains(line, "Test") && !strings.Contains(line, ".txtar") {
			t.Errorf("a promise without a test: %s", line)
		}
	}
}

// Every number that is served is explained to whoever watches it.
func TestEveryMetricIsExplained(t *testing.T) {
	text, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	var source []byte
	for _, name := range []string{"gauges.go", "health.go"} {
		more, err := os.ReadFile("../../adapters/health/" + name)
		if err != nil {
			t.Fatal(err)
		}
		source = append(source, more...)
	}
	found := regexp.MustCompile(`desc\("(\w+)"|Name: "cohortbot_(\w+)"`).FindAllSubmatch(source, -1)
	if len(found) < 10 {
		t.Fatalf("found %d metrics in the source", len(found))
	}
	for _, f := range found {
		name := string(f[1]) + string(f[2])
		if short := strings.TrimPrefix(name, "platform_connections"); short != name && short != "" {
			name = short // said beside the other
		}
		if !strings.Contains(string(text), name) {
			t.Errorf("docs/operating.md does not explain %s", name)
		}
	}
}

// The unit is one that systemd takes, where there is a systemd to ask.
func TestTheUnitIsTakenBySystemd(t *testing.T) {
	analyse, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("there is no systemd-analyze")
	}
	text, err := os.ReadFile("../../docs/operating/cohortbot.service")
	if err != nil {
		t.Fatal(err)
	}
	// The program and its account are not installed here.
	unit := strings.NewReplacer("/usr/local/bin/cohortbot", "/bin/true", "User=cohortbot", "User=root", "Group=cohortbot", "Group=root").Replace(string(text))
	path := filepath.Join(t.TempDir(), "cohortbot.service")
	if err := os.WriteFile(path, []byte(unit), 0o600); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.Command(analyse, "verify", path).CombinedOutput(); err != nil || strings.Contains(string(said), path) {
		t.Errorf("%v: %s", err, said)
	}
}
