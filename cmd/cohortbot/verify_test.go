package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cohortbot/adapters/charts"
	"cohortbot/adapters/documents"
	"cohortbot/bot/portfolios/bundle"
	"cohortbot/bot/portfolios/bundle/bundletest"
)

// The folder $COHORTBOT_SCREENSHOTS, where there is one, gets the zip to look at.
func TestAnExportedPortfolioIsVerifiedWithNothingElse(t *testing.T) {
	var zip bytes.Buffer
	if err := documents.Archive(context.Background(), &zip, bundletest.Sample(), documents.Sources{Open: bundletest.Files(), Draw: charts.PNG, Key: bundletest.Key}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	keep := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	if shots := os.Getenv("COHORTBOT_SCREENSHOTS"); shots != "" {
		if err := os.WriteFile(filepath.Join(shots, "portfolio.zip"), zip.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	whole := keep("whole.zip", zip.Bytes())
	changed := bytes.Replace(zip.Bytes(), []byte("waste of time"), []byte("matter of fun"), 1)
	t.Run("as if it were a certificate", func(t *testing.T) {
		var out, err bytes.Buffer
		if code := NewMain(&out, &err).Run([]string{"credential", "verify", whole}); code != exitFailed || !strings.Contains(err.String(), "cohortbot verify whole.zip") {
			t.Errorf("code %d, and it said:\n%s%s", code, &out, &err)
		}
	})
	key := base64.StdEncoding.EncodeToString(bundletest.Key.Public().(ed25519.PublicKey))
	other := base64.StdEncoding.EncodeToString(make([]byte, ed25519.PublicKeySize))
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"whole":                   {[]string{whole}, 0, "Nothing was changed since this copy was made on 22 November 2026"},
		"whole, by whose key":     {[]string{whole, "--key", key}, 0, "signed with the key that you gave"},
		"another's key":           {[]string{whole, "--key", other}, exitFailed, "another key"},
		"no key":                  {[]string{whole, "--key", "hello"}, exitFailed, "is no key"},
		"changed":                 {[]string{keep("changed.zip", changed)}, exitFailed, "portfolio.html: It is damaged"},
		"no portfolio":            {[]string{keep("other.zip", []byte("hello"))}, exitFailed, "no whole zip"},
		"a certificate":           {[]string{keep("credential.json", []byte("{}"))}, exitFailed, "cohortbot credential verify"},
		"a folder":                {[]string{dir}, exitFailed, "is a folder"},
		"a file that isn't there": {[]string{filepath.Join(dir, "none.zip")}, exitFailed, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, err bytes.Buffer
			code := NewMain(&out, &err).Run(append([]string{"verify"}, c.args...))
			if said := out.String() + err.String(); code != c.code || !strings.Contains(said, c.says) {
				t.Errorf("code %d, and it said:\n%s", code, said)
			}
		})
	}
}

// What comes apart is found beside the zip by what it is, whatever it is called there,
// whole or in pieces.
func TestFilesThatCameApartAreLookedForBesideTheZip(t *testing.T) {
	sample := bundletest.Sample()
	var heavy bundle.File
	for _, i := range sample.Evidence {
		for _, f := range i.Files {
			if f.Size > heavy.Size {
				heavy = f
			}
		}
	}
	r, err := bundletest.Files()(t.Context(), heavy.Hash)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	var zip bytes.Buffer
	if err := documents.Archive(t.Context(), &zip, sample.Within(heavy.Size), documents.Sources{Open: bundletest.Files(), Draw: charts.PNG, Key: bundletest.Key}); err != nil {
		t.Fatal(err)
	}
	third := len(data) / 3
	for name, c := range map[string]struct {
		beside map[string][]byte
		code   int
		says   string
	}{
		"nothing":       {nil, exitFailed, "came by itself"},
		"the file":      {map[string][]byte{"01-harbour.jpg": data}, 0, "1 lie beside the zip"},
		"under a name":  {map[string][]byte{"photo (3).jpg": data}, 0, "1 lie beside the zip"},
		"a changed one": {map[string][]byte{"01-harbour.jpg": append(bytes.Clone(data[:len(data)-1]), data[len(data)-1]^1)}, exitFailed, "came by itself"},
		"pieces":        {map[string][]byte{"01-harbour.jpg.1-of-3": data[:third], "01-harbour.jpg.2-of-3": data[third : 2*third], "01-harbour.jpg.3-of-3": data[2*third:]}, 0, "1 lie beside the zip"},
		"one too few":   {map[string][]byte{"01-harbour.jpg.1-of-3": data[:third], "01-harbour.jpg.3-of-3": data[2*third:]}, exitFailed, "came by itself"},
		"another order": {map[string][]byte{"01-harbour.jpg.2-of-3": data[:third], "01-harbour.jpg.1-of-3": data[third : 2*third], "01-harbour.jpg.3-of-3": data[2*third:]}, exitFailed, "came by itself"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, data := range c.beside {
				if err := os.WriteFile(filepath.Join(dir, file), data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			path := filepath.Join(dir, "portfolio.zip")
			if err := os.WriteFile(path, zip.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			var out, errs bytes.Buffer
			code := NewMain(&out, &errs).Run([]string{"verify", path})
			if said := out.String() + errs.String(); code != c.code || !strings.Contains(said, c.says) {
				t.Errorf("code %d, and it said:\n%s", code, said)
			}
		})
	}
}
