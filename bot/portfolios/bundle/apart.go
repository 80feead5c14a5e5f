package bundle

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// This file is about what does not fit into one message: heavy files that come beside
// the zip, each by itself. The zip names them, with their hashes.

// MostAlone is how many bytes of a file are sent at once, by itself. Platforms take
// 10 MB at least.
const MostAlone = 9_000_000

// Within gives a bundle of which the files that stand in the zip have most bytes
// together: the heaviest come apart.
func (b Bundle) Within(most int64) Bundle {
	var all []*File
	b.Evidence = slices.Clone(b.Evidence)
	var total int64
	for i := range b.Evidence {
		b.Evidence[i].Files = slices.Clone(b.Evidence[i].Files)
		for j := range b.Evidence[i].Files {
			f := &b.Evidence[i].Files[j]
			all, total = append(all, f), total+f.Size
		}
	}
	slices.SortStableFunc(all, func(x, y *File) int { return cmp.Compare(y.Size, x.Size) })
	for _, f := range all {
		if total <= most {
			break
		}
		f.Apart, total = true, total-f.Size
	}
	return b
}

// Beside gives the files that come apart, in the order of the zip: one that belongs to
// several pieces of evidence comes once.
func (b Bundle) Beside() (all []File) {
	for _, i := range b.Evidence {
		for _, f := range i.Files {
			if f.Apart && !slices.ContainsFunc(all, func(x File) bool { return x.Hash == f.Hash }) {
				all = append(all, f)
			}
		}
	}
	return all
}

// Alone is how a file is called that comes apart.
func (f File) Alone() string { return path.Base(f.Path) }

// Pieces gives in how many messages a file comes that comes apart.
func (f File) Pieces() int { return max(1, int((f.Size+MostAlone-1)/MostAlone)) }

// Piece gives how a piece is called, counted from 1, and which bytes are in it.
func (f File) Piece(n int) (name string, from, to int64) {
	k := f.Pieces()
	if k == 1 {
		return f.Alone(), 0, f.Size
	}
	return fmt.Sprintf("%s.%d-of-%d", f.Alone(), n, k), int64(n-1) * MostAlone, min(int64(n)*MostAlone, f.Size)
}

// plainly gives a name that no platform changes on its way: letters without marks,
// digits, full stops and hyphens.
func plainly(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)), r == '.', r == '-':
			return r
		}
		return '-'
	}, norm.NFKD.String(name))
	for strings.Contains(name, "--") {
		name = strings.ReplaceAll(name, "--", "-")
	}
	stem, ending := strings.TrimSuffix(name, path.Ext(name)), path.Ext(name)
	return cmp.Or(strings.Trim(stem, "-."), "file") + ending
}

// apartWords tell in the readme what comes apart; empty where all is in the zip.
func apartWords(b Bundle) string {
	all := b.Beside()
	if len(all) == 0 {
		return ""
	}
	say := "NOT IN THIS ZIP: these files are too large for one message with the rest. Each came by itself,\nwith its hash in " + ManifestPath + ". Put them into the folder files/ to open them from the page:\n\n"
	for _, f := range all {
		say += "    " + f.Alone()
		if k := f.Pieces(); k > 1 {
			first, _, _ := f.Piece(1)
			say += fmt.Sprintf(" (in %d pieces, from %s on: join them in order, with\n        cat on most computers, copy /b on Windows)", k, first)
		}
		say += "\n"
	}
	return say + "\nTo have them checked as well, lay them beside the zip, whole or in pieces, and verify that.\n\n"
}
