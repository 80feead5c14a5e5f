package evidence_test

import (
	"path"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"cohortbot/bot/evidence"
)

func TestNamesOfFilesAreHarmless(t *testing.T) {
	for name, want := range map[string]string{
		"../../x":              "x",
		`..\..\evil.pdf`:       "evil.pdf",
		"/etc/passwd":          "passwd",
		"":                     "file",
		"..":                   "file",
		".bashrc":              "bashrc",
		"CON.txt":              "file CON.txt",
		"a\x00b\r\nc.pdf":      "abc.pdf",
		"<script>.svg":         "script.svg",
		"tīpuna kōrero ʻo.pdf": "tīpuna kōrero ʻo.pdf",
		"photo\u202egnp.exe":   "photognp.exe",
		"a%2e%2e/b\"c.md":      "bc.md",
	} {
		if got := (evidence.File{Name: name}).SafeName(); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := evidence.File{Name: rapid.String().Draw(t, "name")}.SafeName()
		if name == "" || len(name) > 125 || !utf8.ValidString(name) || path.Base(name) != name || strings.ContainsAny(name, "/\\\x00\r\n\"<>") || strings.HasPrefix(name, ".") {
			t.Errorf("becomes %q", name)
		}
	})
}

func TestOnlyPicturesByTheirBytesAreShown(t *testing.T) {
	for looks, shown := range map[string]bool{
		"image/png": true, "image/jpeg": true, "text/xml; charset=utf-8": false, "image/svg+xml": false,
		"text/html; charset=utf-8": false, "application/pdf": false, "": false,
	} {
		f := evidence.File{Name: "x.png", Type: "image/png", Copy: evidence.Here, Looks: looks}
		media, download := f.Served()
		if f.Shown() != shown || download == shown || !shown && media != "application/octet-stream" {
			t.Errorf("%q is served as %q, download %t", looks, media, download)
		}
	}
}
