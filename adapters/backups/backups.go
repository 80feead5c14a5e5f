// Package backups packs a data folder into one file and unpacks it again. The file
// is a zip that any tool opens. Start reading at [Write] and [Open].
//
// A backup holds its own hash: the comment at its very end is the SHA-256 of every
// byte before it, so that a file that was cut off, or in which one bit is another,
// is found whatever tool made it so. Its manifest has the hash of each entry, which
// says where. Neither shows who made it: whoever can write a backup can make one.
package backups

import (
	"errors"
	"time"
)

// Format is the layout of the file that this program writes, and the newest that it
// reads.
const Format = 1

// The names of entries that hold nothing of the data folder.
const (
	aboutName    = "cohortbot-backup.txt"  // the first: what this is, for whoever opens it
	manifestName = "cohortbot-backup.json" // the last
)

// Manifest says what is in a backup.
type Manifest struct {
	Format  int       `json:"format"`
	Made    time.Time `json:"made"`    // in the civil clock
	Program string    `json:"program"` // the version of cohortbot that made it
	// Versions are those of the tables of each store in it, by the store's file.
	Versions map[string]map[string]int `json:"versions"`
	Keys     bool                      `json:"keys"` // whether the signing key is in it
	// Lost are entries that belong here and were not there, or not whole, when the
	// backup was made.
	Lost    []string `json:"lost,omitempty"`
	Entries []Entry  `json:"entries"`
}

// Entry is one file of a data folder.
type Entry struct {
	Name   string `json:"name"` // its path in the data folder, with slashes
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// Errors of [Open]. They come with the path and a remedy.
var (
	// ErrNone: the file is no backup of cohortbot.
	ErrNone = errors.New("this is no backup of cohortbot")
	// ErrCut: the file begins as a backup does and does not end as one.
	ErrCut = errors.New("this backup was cut off before its end")
	// ErrNewer: a newer version of the program made it.
	ErrNewer = errors.New("a newer version of this program made this backup")
)

const about = `This is a backup of cohortbot: everything that it keeps, what people wrote included.
Keep it where only you can read it.

  cohortbot verify FILE                     says whether it is whole
  cohortbot restore --config CONFIG FILE    puts it back

The configuration and the tokens are not in it, and the signing key only if it was
asked for; cohortbot-backup.json says so.
`
