package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheSigningKeyIsMadeOnceAndForNobodyElseToRead(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	key, err := signingKey(data)
	if err != nil {
		t.Fatal(err)
	}
	again, err := signingKey(data)
	if err != nil || !key.Equal(again) {
		t.Errorf("the second time it is another key, or none (%v)", err)
	}
	info, err := os.Stat(filepath.Join(data, keyFile))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v", info.Mode())
	}
	if all, _ := os.ReadDir(data); len(all) != 1 {
		t.Errorf("the folder has %v, want the key alone", all)
	}
}

func TestASigningKeyThatCannotBeReadIsNeverReplaced(t *testing.T) {
	data := t.TempDir()
	path := filepath.Join(data, keyFile)
	for _, text := range []string{"", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := signingKey(data); err == nil || !strings.Contains(err.Error(), "key") {
			t.Errorf("%q gives %v", text, err)
		}
		if kept, _ := os.ReadFile(path); string(kept) != text {
			t.Errorf("%q was replaced", text)
		}
	}
}
