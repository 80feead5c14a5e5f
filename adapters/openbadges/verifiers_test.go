package openbadges_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cohortbot/adapters/peertest"
)

// Two verifiers by other hands take what is made here, for every kind of issuer,
// and find what was changed. They are installed when they are first needed.
func TestVerifiersByOtherHandsAgree(t *testing.T) {
	folder := peertest.Install(t, filepath.Join("testdata", "verifiers"), "verify.mjs")
	contexts, err := filepath.Abs("contexts")
	if err != nil {
		t.Fatal(err)
	}
	files, wants, struck := t.TempDir(), []string{}, []int{4713}
	args := []string{}
	add := func(name string, data []byte, want string) {
		t.Helper()
		file := filepath.Join(files, strings.NewReplacer(" ", "-", "/", "-", ":", "-", "[", "", "]", "").Replace(name)+".json")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		args, wants = append(args, file), append(wants, want)
	}
	whole := badge(t)
	plain := whole
	plain.Supporters, plain.Evidence, plain.Items, plain.List, plain.IssuerURL = nil, nil, nil, "", ""
	for _, issuer := range []string{"", "did:web:example.org", "https://example.org/issuer"} {
		s := signer(t, 1, issuer)
		add("plain "+issuer, sign(t, s, plain), "sound")
		if issuer == "" {
			add("whole "+issuer, sign(t, s, whole), "sound")
		}
	}
	revoked := whole
	revoked.Index = struck[0]
	add("revoked", sign(t, signer(t, 1, ""), revoked), "refused")
	for _, path := range [][]any{{}, {"credentialSubject", "achievement"}, {"endorsement", 0}, {"issuer"}} {
		doc := decode(t, sign(t, signer(t, 1, ""), whole))
		at(doc, path...)["name"] = "Doctor"
		data, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		add(fmt.Sprint("changed", path), data, "refused")
	}
	list, err := signer(t, 1, "").List(whole.List, whole.Issuer, struck, given.AddDate(-2, 0, 0)) // their clock is real
	if err != nil {
		t.Fatal(err)
	}
	listed := filepath.Join(files, "list")
	if err := os.WriteFile(listed, list, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, whose := range []string{"@digitalbazaar", "@digitalcredentials"} {
		run := exec.Command("node", append([]string{"verify.mjs", whose, contexts, listed}, args...)...)
		run.Dir = folder
		out, err := run.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", whose, err, out)
			continue
		}
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		if len(lines) != len(wants) {
			t.Errorf("%s says %d lines of %d files:\n%s", whose, len(lines), len(wants), out)
			continue
		}
		for i, line := range lines {
			t.Logf("%s: %s: %s", whose, filepath.Base(args[i]), line)
			if !strings.HasPrefix(line, wants[i]) {
				t.Errorf("%s: %s: %s, want %s", whose, filepath.Base(args[i]), line, wants[i])
			}
		}
	}
}
