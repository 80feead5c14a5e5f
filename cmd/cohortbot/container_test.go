//go:build linux

package main

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// What the last stage of docs/operating/Dockerfile holds, and nothing else, is the
// root of a file system that cannot be written but for /data; in it the program runs
// as the account 65532. The making of the image needs a registry, this does not.
func TestTheProgramLivesOnWhatItsImageHolds(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give a process a root of its own")
	}
	if os.Getenv("COHORTBOT_SOAK") == "" {
		t.Skip("it builds the program once more, without cgo; COHORTBOT_SOAK=1 does so")
	}
	root := t.TempDir()
	for p := root; p != "/"; p = filepath.Dir(p) { // the account has to get through to it
		if info, err := os.Stat(p); err != nil || info.Mode().Perm()&0o001 == 0 {
			if err := os.Chmod(p, info.Mode().Perm()|0o055); err != nil {
				t.Fatal(err)
			}
		}
	}
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(root, "cohortbot"), ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	asked := atomic.Int32{}
	far := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"ok":false,"error":"account_inactive"}`)
	}))
	far.Config.ErrorLog = log.New(io.Discard, "", 0)
	far.StartTLS()
	defer far.Close()
	roots := filepath.Join(root, "etc/ssl/certs/ca-certificates.crt")
	config := "data: /data\nlocal: {address: 127.0.0.1:0, people: [{id: keeper, admin: true}], channels: [{id: lobby}]}\n"
	for path, text := range map[string]string{
		roots:                              string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: far.Certificate().Raw})),
		filepath.Join(root, "config.yaml"): config,
		filepath.Join(root, "slack.yaml"):  "data: /data\nslack: [{app_token: \"env:SLACK_APP_TOKEN\", bot_token: \"env:SLACK_BOT_TOKEN\"}]\n",
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data := filepath.Join(root, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(data, 65532, 65532); err != nil {
		t.Fatal(err)
	}
	contained := func(args ...string) *exec.Cmd {
		const enter = `mount --bind "$0" "$0" && mount --bind "$0/data" "$0/data" && mount -o remount,bind,ro "$0" && exec chroot --userspec=65532:65532 "$0" /cohortbot "$@"`
		c := exec.Command("unshare", append([]string{"--mount", "--propagation", "private", "sh", "-c", enter, root}, args...)...)
		c.Env = []string{"TMPDIR=/data", "PATH=" + os.Getenv("PATH"), "SLACK_API_URL=" + far.URL + "/api/", "SLACK_APP_TOKEN=xapp-1-A0FAKE-1-aa", "SLACK_BOT_TOKEN=xoxb-1-1-aa"}
		return c
	}
	run := func(want bool, part string, args ...string) {
		t.Helper()
		said, err := contained(args...).CombinedOutput()
		if (err == nil) != want || !strings.Contains(string(said), part) {
			t.Errorf("%q: %v, %s", args, err, said)
		}
	}
	if said, err := contained("--version").CombinedOutput(); err != nil && strings.Contains(string(said), "ermitted") {
		t.Skipf("even root may not mount here: %s", said)
	}
	run(true, "Everything needed is there", "check", "--config", "/config.yaml")

	// TLS: the service answers, since the roots are found where the image has them.
	run(false, "account_inactive", "check", "--config", "/slack.yaml")
	if asked.Load() == 0 {
		t.Error("nothing was asked over TLS")
	}
	if err := os.Rename(roots, filepath.Join(root, "away")); err != nil {
		t.Fatal(err)
	}
	run(false, "certificate", "check", "--config", "/slack.yaml")
	if err := os.Rename(filepath.Join(root, "away"), roots); err != nil {
		t.Fatal(err)
	}

	serve := contained("serve", "--config", "/config.yaml")
	said, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	logged := func() string {
		text, err := os.ReadFile(said.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	serve.Stdout, serve.Stderr = said, said
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	started := within(patience, func() bool { return strings.Contains(logged(), "started") })
	if !started {
		t.Errorf("it does not start: %s", logged())
	}
	run(true, "read back and is whole", "backup", "--config", "/config.yaml", "/data/first.zip")
	run(false, "read-only", "backup", "--config", "/config.yaml", "/second.zip")
	if err := serve.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := serve.Wait(); err != nil {
		t.Errorf("it was stopped, and gives %v: %s", err, logged())
	}
	run(true, "All of it belongs together", "verify", "/data/first.zip")
	run(true, "Restored", "restore", "--config", "/config.yaml", "--replace", "/data/first.zip")
	run(true, "All of it belongs together", "verify", "/data")
	if made, err := os.ReadFile(filepath.Join(data, storeFile)); err != nil || len(bytes.TrimSpace(made)) == 0 {
		t.Errorf("there is no store in /data: %v", err)
	}
}
