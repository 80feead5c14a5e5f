// Package peertest is for tests that need more of the machine than Go: a browser,
// or other people's programs to hold ours against. Start with [Lacking], the one
// rule for a machine that has none.
package peertest

import (
	"os"
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
