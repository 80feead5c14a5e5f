package main

import (
	"strings"
	"testing"
)

func TestPeopleActByLines(t *testing.T) {
	var out strings.Builder
	err := run("127.0.0.1:0", "", strings.NewReader("ana look\nana: /plan show\nzoe: hello\nana press 9 Keep\nana submit\nquit\n"), &out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"SLACK_API_URL=http://127.0.0.1:", "SLACK_APP_TOKEN=xapp-", "dispatch_failed", `"zoe" is nobody here`, "no message 9", "no form open"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, out.String())
		}
	}
}
