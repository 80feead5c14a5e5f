package evidence

import (
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"cohortbot/bot/chat"
)

// File is one file of an item: its bytes are kept apart, under their hash, once
// they have been copied.
type File struct {
	Name string `json:"name"`           // as its sender called it: for eyes only, see [File.SafeName]
	Type string `json:"type,omitempty"` // what the platform says: a media type
	Alt  string `json:"alt,omitempty"`  // the file in words
	Size int64  `json:"size,omitempty"` // bytes

	From chat.File `json:"from,omitzero"` // where it was sent, while it is still to be copied
	Copy Copy      `json:"copy"`
	Why  Why       `json:"why,omitempty"` // it could not be copied
	Hash string    `json:"hash,omitempty"`
	// Looks is the media type that the bytes themselves look like. Nothing is shown
	// as anything else, see [File.Shown].
	Looks string    `json:"looks,omitempty"`
	Tries int       `json:"tries,omitempty"`
	Next  time.Time `json:"next,omitzero"` // not to be tried before, in the civil clock

	Shows Shows `json:"shows,omitempty"` // whether those agreed who are seen or heard in it
}

// Copy is how far a file's bytes have come.
type Copy string

// The states of a copy.
const (
	Wanted Copy = "wanted"
	Here   Copy = "here"
	Failed Copy = "failed" // for good; its owner was told
)

// Why says why the bytes of a file are not here.
type Why string

// The reasons.
const (
	TooLarge Why = "too large"
	NoRoom   Why = "no room" // its owner keeps as much as one person may
	BadType  Why = "type"
	WasGone  Why = "gone"    // taken away, or kept elsewhere by the platform
	NotGiven Why = "refused" // the platform does not hand it out, however often it is asked
	Nowhere  Why = "nowhere" // this bot keeps no files
)

// Shows is whether those who are seen or heard in a file, or the group whose
// knowledge it holds, agreed that it is shown to an assessor.
type Shows string

// The answers.
const (
	NotSaid   Shows = ""
	Asked     Shows = "asked"      // they were asked and have not answered
	Agreed    Shows = "agreed"     // they agreed
	NotNeeded Shows = "not needed" // nobody is seen or heard, and it is nobody else's knowledge
)

// Settled tells whether a file may go to an assessor.
func (f File) Settled() bool { return f.Shows == Agreed || f.Shows == NotNeeded }

// Unsettled gives the files of an item that may not go to an assessor yet, since
// its owner has not said whether those who are shown agreed.
func (i Item) Unsettled() []File {
	return slices.DeleteFunc(slices.Clone(i.Files), File.Settled)
}

// Missing gives the files whose bytes are not here, or not yet.
func (i Item) Missing() []File {
	return slices.DeleteFunc(slices.Clone(i.Files), func(f File) bool { return f.Copy == Here })
}

// pictures are what is shown as it is. Everything else is only ever handed out to
// be downloaded: pages and drawings may hold scripts, whatever they are called.
var pictures = []string{"image/png", "image/jpeg", "image/gif", "image/webp"}

// Shown tells whether the file may be shown inside a page: it is a picture by its
// bytes, not by its name. All others are for downloading, as
// application/octet-stream.
func (f File) Shown() bool { return f.Copy == Here && slices.Contains(pictures, f.Looks) }

// Served gives the media type under which to hand a file out, and whether it is to
// be downloaded rather than shown.
func (f File) Served() (mediaType string, download bool) {
	if f.Shown() {
		return f.Looks, false
	}
	return "application/octet-stream", true
}

// maxName is how many bytes the name of a file has, at most.
const maxName = 120

// reserved are names that some system does not take.
var reserved = []string{"con", "prn", "aux", "nul", "com1", "com2", "com3", "lpt1", "lpt2", "lpt3"}

// SafeName gives the name of a file fit for any folder and any header: no folders,
// no signs that mean something to a system, never empty and never hidden. Letters
// of all scripts stay.
func (f File) SafeName() string {
	name := path.Base(strings.ReplaceAll(strings.ToValidUTF8(f.Name, ""), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), strings.ContainsRune(`/\:*?"<>|;%`, r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, name)
	name = strings.TrimRight(strings.TrimLeft(name, ". "), ". ")
	for len(name) > maxName {
		ending := path.Ext(name)
		if len(ending) > 10 {
			ending = ""
		}
		stem := []rune(strings.TrimSuffix(name, ending))
		name = string(stem[:len(stem)-1]) + ending
	}
	stem := strings.ToLower(strings.TrimSuffix(name, path.Ext(name)))
	switch {
	case name == "":
		return "file"
	case slices.Contains(reserved, stem):
		return "file " + name
	}
	return name
}

// ending gives what the name of a file ends with, in lower case and without the
// dot; empty where it says nothing.
func (f File) ending() string {
	return strings.ToLower(strings.TrimPrefix(path.Ext(f.SafeName()), "."))
}
