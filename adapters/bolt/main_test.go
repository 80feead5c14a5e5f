package bolt

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// children are what this test binary does when a test starts it again as a
// second process, by name; the argument is a file.
var children = map[string]func(path string) error{}

const childName, childPath = "BOLT_TEST_CHILD", "BOLT_TEST_PATH"

func TestMain(m *testing.M) {
	if child := children[os.Getenv(childName)]; child != nil {
		if err := child(os.Getenv(childPath)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

func childEnv(name, path string) []string {
	return append(os.Environ(), childName+"="+name, childPath+"="+path)
}
