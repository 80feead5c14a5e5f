package bot_test

import (
	"flag"
	"os"
	"testing"

	"cohortbot/bot/bottest"
)

//go:generate go test cohortbot/bot -run TestTheCommandReferenceIsTrue -update

var update = flag.Bool("update", false, "write the generated pages anew")

func TestTheCommandReferenceIsTrue(t *testing.T) {
	const page = "../docs/commands.md"
	want := bottest.New(t).Bot.Tree().Reference()
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/commands.md does not show the commands as they are; run: go generate ./bot")
	}
}
