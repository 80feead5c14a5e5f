package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// pieceName is how a piece of a large file is called: "01-hui.mp4.2-of-3".
var pieceName = regexp.MustCompile(`^(.+)\.([0-9]{1,4})-of-([0-9]{1,4})$`)

// candidate is a file in a folder, or the pieces of one, in order.
type candidate struct {
	paths []string
	size  int64
}

// lyingBeside tells of a zip whether a file lies in the same folder, whole or in all
// its pieces. It goes by size and hash: a platform, or whoever saved it, may have
// given it another name.
func lyingBeside(zip string) func(size int64, hash string) (bool, error) {
	return func(size int64, hash string) (bool, error) {
		all, err := candidates(filepath.Dir(zip))
		if err != nil {
			return false, err
		}
		for _, c := range all {
			if c.size != size {
				continue
			}
			sum, err := c.sum()
			if err != nil {
				return false, err
			}
			if sum == hash {
				return true, nil
			}
		}
		return false, nil
	}
}

// candidates gives the files in a folder, each by itself and pieces put together.
func candidates(folder string) ([]candidate, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var all []candidate
	type piece struct {
		path   string
		number int
		size   int64
	}
	pieces := map[string][]piece{}
	for _, e := range entries {
		about, err := e.Info()
		if err != nil || !about.Mode().IsRegular() {
			continue // it went meanwhile, or is no file
		}
		path := filepath.Join(folder, e.Name())
		all = append(all, candidate{[]string{path}, about.Size()})
		if named := pieceName.FindStringSubmatch(e.Name()); named != nil {
			n, _ := strconv.Atoi(named[2]) // digits
			whole := named[1] + "/" + named[3]
			pieces[whole] = append(pieces[whole], piece{path, n, about.Size()})
		}
	}
	for _, these := range pieces {
		slices.SortFunc(these, func(a, b piece) int { return cmp.Compare(a.number, b.number) })
		var c candidate
		for _, p := range these {
			c.paths, c.size = append(c.paths, p.path), c.size+p.size
		}
		all = append(all, c)
	}
	return all, nil
}

// sum gives the SHA-256 of all of it, in lower-case hexadecimal.
func (c candidate) sum() (string, error) {
	sum := sha256.New()
	for _, path := range c.paths {
		f, err := os.Open(path)
		if err != nil {
			return "", err
		}
		_, err = io.Copy(sum, f)
		if err = errors.Join(err, f.Close()); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
