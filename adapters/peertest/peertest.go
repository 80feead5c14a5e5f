// Package peertest is for tests that need more of the machine than Go: a browser,
// or other people's programs to hold ours against. Start with [Lacking], the one
// rule for a machine that has none; [Install] brings programs for Node.
package peertest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Lacking passes over a test for want of something on the machine, and says what.
// Where CI is set everything was promised, and the test fails instead.
func Lacking(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// Install copies programs for Node out of a folder, installs there what its lock
// file names, and gives the folder of the copies, which goes when the test ends. The
// tree stays as it is: several tests may install the same at once.
func Install(t *testing.T, from string, programs ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skipf("short: %s installs Node packages", programs[0])
	}
	for _, name := range []string{"node", "npm"} {
		if _, err := exec.LookPath(name); err != nil {
			Lacking(t, "no %s: install Node.js 18 or newer to run %s", name, programs[0])
		}
	}
	folder := t.TempDir()
	for _, name := range append([]string{"package.json", "package-lock.json"}, programs...) {
		text, err := os.ReadFile(filepath.Join(from, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, filepath.Base(name)), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	npm := exec.CommandContext(t.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	npm.Dir = folder
	if out, err := npm.CombinedOutput(); err != nil {
		Lacking(t, "what %s needs cannot be installed (npm ci): %v\n%s", programs[0], err, out)
	}
	return folder
}
