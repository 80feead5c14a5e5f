package openbadges_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"cohortbot/adapters/openbadges"
)

func TestAKeyIsMadeOnceAndIsItsOwnersAlone(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	var keys [8]ed25519.PrivateKey
	var wait sync.WaitGroup
	for i := range keys {
		wait.Go(func() {
			key, err := openbadges.Key(folder)
			if err != nil {
				t.Error(err)
			}
			keys[i] = key
		})
	}
	wait.Wait()
	for _, k := range keys {
		if !k.Equal(keys[0]) {
			t.Error("two who came first got two keys")
		}
	}
	path := filepath.Join(folder, openbadges.KeyName)
	about, err := os.Stat(path)
	if err != nil || about.Mode().Perm() != 0o600 {
		t.Errorf("%v, mode %o", err, about.Mode())
	}
	if left, _ := os.ReadDir(folder); len(left) != 1 {
		t.Errorf("%d files are left, want the key alone", len(left))
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o601} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := openbadges.Key(folder); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
}

func TestAFileThatIsNoKeyIsSaidToBeNone(t *testing.T) {
	folder := t.TempDir()
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(other)
	if err != nil {
		t.Fatal(err)
	}
	block := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	for name, text := range map[string]string{
		"empty": "", "words": "not a key", "of another kind": block, "two": block + block,
		"a public one": strings.ReplaceAll(block, "PRIVATE", "PUBLIC"), "huge": strings.Repeat("x", 1<<20),
		"broken": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
	} {
		path := filepath.Join(folder, "key.pem")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := openbadges.OpenKey(path); err == nil || !strings.Contains(err.Error(), path) && name != "empty" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := openbadges.OpenKey(folder); err == nil {
		t.Error("a folder was read as a key")
	}
	if err := os.WriteFile(filepath.Join(folder, openbadges.KeyName), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openbadges.Key(folder); err == nil {
		t.Error("what is no key was written over")
	}
}
