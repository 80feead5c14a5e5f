// Package bundle is a portfolio as one file that outlives the server that made it:
// a zip of pages, data, files and hashes that opens without a network and can be
// checked by anybody. Start reading at [Bundle], which is also what portfolio.json
// holds; archive.go packs it, [Verify] finds what was changed since.
//
// It knows nothing of where a portfolio is kept or how a page is drawn.
package bundle

import (
	"time"

	"cohortbot/bot/attestations"
	"cohortbot/bot/evidence"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/programmes"
)

// Format and Version say what a file is. The version grows when a field changes its
// meaning or goes; a new field does not change it.
const (
	Format  = "cohortbot-portfolio"
	Version = 1
)

// Bundle is one portfolio with all that somebody who reads it elsewhere needs. Its
// JSON is portfolio.json: field names are for ever. Times carry the offset of the
// place where its owner lives.
type Bundle struct {
	Format  string `json:"format"`  // always [Format]
	Version int    `json:"version"` // always [Version]

	Title     string    `json:"title"`
	Name      string    `json:"name"`      // the owner's, as they chose it
	Programme string    `json:"programme"` // its title
	About     string    `json:"about,omitempty"`
	Framework Standard  `json:"framework"`
	Made      time.Time `json:"made"`                    // when this copy was made
	Submitted time.Time `json:"submitted,omitzero"`      // zero: a draft
	Number    int       `json:"submission,omitempty"`    // counted from 1
	Snapshot  string    `json:"snapshot_hash,omitempty"` // SHA-256 of what was submitted, in hexadecimal

	Parts        []Part        `json:"parts"`
	Evidence     []Item        `json:"evidence,omitempty"`
	Attestations []Attestation `json:"attestations,omitempty"`
	Criteria     []Criterion   `json:"criteria,omitempty"`
	Hours        Hours         `json:"hours"`
	Result       *Result       `json:"result,omitempty"`     // nil: none yet
	Credential   *Credential   `json:"credential,omitempty"` // nil: none is in the zip
	Steps        []Step        `json:"steps,omitempty"`
}

// Standard is the framework that the portfolio is judged by.
type Standard struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Version string `json:"version,omitempty"`
	Wording string `json:"wording,omitempty"` // whose words the criteria are
}

// Part is one part of the portfolio.
type Part struct {
	ID    string              `json:"id"`
	Title string              `json:"title"`
	Ask   string              `json:"ask,omitempty"` // what the programme asks for
	Holds programmes.PartKind `json:"holds"`
	Text  string              `json:"text,omitempty"` // of a written part, as typed
}

// Item is one piece of evidence.
type Item struct {
	ID    string        `json:"id"`
	Part  string        `json:"part,omitempty"`
	Title string        `json:"title"`
	Kind  evidence.Kind `json:"kind"`
	Kept  time.Time     `json:"kept"`
	Text  string        `json:"text,omitempty"` // as typed
	Link  string        `json:"link,omitempty"`
	Note  string        `json:"note,omitempty"`   // what the owner says of it
	By    string        `json:"author,omitempty"` // who wrote it, where that is somebody else
	Files []File        `json:"files,omitempty"`
}

// File is one file of a piece of evidence. Its bytes stand in the zip under Path,
// which [Bundle.Ready] gives.
type File struct {
	Name  string `json:"name"` // as its sender called it
	Path  string `json:"path"`
	Size  int64  `json:"size"`            // bytes
	Hash  string `json:"sha256"`          // of its bytes, in lower-case hexadecimal
	Looks string `json:"looks,omitempty"` // the media type that its bytes look like
	Alt   string `json:"alt,omitempty"`   // the file in words
	// Apart tells that its bytes are not in the zip: they come by themselves, to be put
	// there under Path.
	Apart bool `json:"apart,omitempty"`
}

// Attestation is what somebody else said. Where its writer agreed that only the
// assessor reads it, Withheld is set and nothing of it is here but that it exists.
type Attestation struct {
	ID       string                   `json:"id"`
	Part     string                   `json:"part,omitempty"`
	Withheld bool                     `json:"withheld,omitempty"`
	Criteria []string                 `json:"criteria,omitempty"` // ids, of the framework
	Given    attestations.Attestation `json:"-"`                  // stands in attestations/<id>.json, exactly as it was signed
	Proof    attestations.Entry       `json:"-"`                  // likewise
	Words    *attestations.Content    `json:"words,omitempty"`
	Path     string                   `json:"path,omitempty"` // of that file in the zip
}

// Criterion is one item of the framework, with what shows it.
type Criterion struct {
	ID       string            `json:"id"`
	Code     string            `json:"code,omitempty"`
	Text     string            `json:"text"`
	Covers   frameworks.Covers `json:"covers"`                 // a lens is never counted as missing
	Evidence []string          `json:"evidence,omitempty"`     // ids of [Item]
	Said     []string          `json:"attestations,omitempty"` // ids of [Attestation] that name it
	Result   string            `json:"result,omitempty"`       // of the assessor
	Feedback string            `json:"feedback,omitempty"`
}

// Hours is the time that went into it, as its owner wrote it down.
type Hours struct {
	Bands   []Band  `json:"bands,omitempty"`
	Other   int     `json:"other_minutes,omitempty"` // that count for no band
	Entries []Entry `json:"entries,omitempty"`
}

// Band is what a programme gives as guidance, and how much of it there is.
type Band struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	From    int    `json:"from_hours"`
	To      int    `json:"to_hours"`
	Minutes int    `json:"minutes"`
}

// Entry is one stretch of work.
type Entry struct {
	From    string `json:"from,omitempty"` // the first day where it was over several; YYYY-MM-DD
	On      string `json:"on"`             // the day, or the last of several; YYYY-MM-DD
	Minutes int    `json:"minutes"`        // over several days, about as many
	What    string `json:"what,omitempty"` // as typed
	Band    string `json:"band,omitempty"` // its id
}

// Result is what an assessor decided.
type Result struct {
	Result   string    `json:"result"` // "met" or "not yet"
	Assessor string    `json:"assessor"`
	Decided  time.Time `json:"decided"`
	Words    string    `json:"words,omitempty"` // to the owner
}

// Credential is the certificate that the result led to. Its files stand in the zip.
type Credential struct {
	Number string `json:"number"` // by which anybody can ask about it
	Name   string `json:"name"`
	Check  string `json:"check,omitempty"` // the address of a page that tells about it
}

// Step is one thing that happened on the way, in a sentence of plain text.
type Step struct {
	At   time.Time `json:"at"`
	Said string    `json:"said"`
}

// Covered counts the criteria of a kind, and those for which there is evidence.
func (b Bundle) Covered(how frameworks.Covers) (covered, all int) {
	for _, c := range b.Criteria {
		if c.Covers != how {
			continue
		}
		all++
		if len(c.Evidence)+len(c.Said) > 0 {
			covered++
		}
	}
	return covered, all
}

// Reached says how a writer was reached, for people who were not there.
func Reached(c attestations.Content) string {
	switch c.Reached {
	case attestations.ByAccount:
		return "Written from the writer's own account in the group's workspace."
	case attestations.ByLink:
		return "Written on a page that was opened by a link. The learner passed the link on, so the link alone doesn't prove who wrote it."
	case attestations.OnPaper:
		return "Given on paper, and copied from there by " + recorder(c) + "."
	case attestations.ByPhone:
		return "Said in a conversation, and written down by " + recorder(c) + "."
	}
	return "How the writer was reached wasn't recorded."
}

func recorder(c attestations.Content) string {
	if c.Recorder == "" {
		return "somebody other than the learner"
	}
	return c.Recorder + ", who is not the learner"
}
