package credentials

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"cohortbot/bot/attestations"
	"cohortbot/bot/chat"
	"cohortbot/bot/programmes"
)

// Badge is all that a credential says, in no format. It is taken down when the
// result is confirmed: whatever changes later, the credential says what it said.
type Badge struct {
	ID         ID        `json:"id"`
	Outcome    Outcome   `json:"outcome"`
	Programme  string    `json:"programme"` // its id
	Group      string    `json:"group"`     // the programme's title, as people know it
	Name       string    `json:"name"`      // of the credential
	Says       string    `json:"says"`      // what its holder has shown
	Holder     string    `json:"holder"`    // the name as they want it to stand there
	Salt       string    `json:"salt"`      // of the name, where only its hash is shown
	Issuer     string    `json:"issuer"`    // the name of the programme or organisation that signs
	IssuerURL  string    `json:"issuer_url,omitempty"`
	From       time.Time `json:"from"`               // with the offset of where its holder lives: days are named by it
	Standard   string    `json:"standard,omitempty"` // the title of the framework
	Items      []Item    `json:"items,omitempty"`
	Evidence   []Proof   `json:"evidence,omitempty"`
	Level      int       `json:"level,omitempty"` // zero unless Awarded is named
	Credits    int       `json:"credits,omitempty"`
	Awarded    string    `json:"awarded_by,omitempty"` // the awarding body whose decision this is; empty: nobody's
	List       string    `json:"list,omitempty"`       // the address of the status list; empty: there is none
	Index      int       `json:"index"`                // in the list
	Supporters []Support `json:"supporters,omitempty"`
}

// Outcome is what was confirmed.
type Outcome string

// The outcomes that a credential can be given for. Prepared is the programme's own
// word that everything asked for is there; it is never an awarding body's decision.
const (
	Prepared Outcome = "prepared"
	Met      Outcome = "met"
)

// Item is one item of a framework that the holder has shown.
type Item struct {
	URI  string `json:"uri"` // such as urn:uuid: and [frameworks.Framework.ItemID]
	Code string `json:"code,omitempty"`
	Text string `json:"text"`
}

// Proof is one piece of evidence, named and not shown.
type Proof struct {
	ID    string `json:"id"` // a UUID
	Name  string `json:"name"`
	About string `json:"about,omitempty"`
}

// Support is the word of somebody else about the holder. It is the programme that
// signs it: its writer holds no key, and Known says how they were reached.
type Support struct {
	ID        ID        `json:"id"`
	Of        string    `json:"of,omitempty"` // the attestation that it was
	Who       string    `json:"who"`          // the writer's name
	Relation  string    `json:"relation"`     // "mentor since 2021"
	Said      time.Time `json:"said"`
	Known     string    `json:"known"` // how they were reached, and how they are known
	Words     string    `json:"words"`
	Consented time.Time `json:"consented"` // to stand on a badge; without it nothing may
	Index     int       `json:"index"`     // in the status list
}

// From gives what somebody said as it may stand on a badge; false where they have
// taken it back, or have not agreed to that.
func From(a attestations.Attestation) (Support, bool) {
	c := a.Content
	if !a.Stands() || !c.Endorse {
		return Support{}, false
	}
	s := Support{Of: string(a.ID), Who: c.Writer, Relation: strings.TrimSpace(string(c.Role) + ", " + c.Relation), Said: c.At, Consented: c.At}
	if c.Since != "" {
		s.Relation += ", since " + c.Since
	}
	switch c.Reached {
	case attestations.ByAccount:
		s.Known = "They wrote it from their account in the group's workspace."
	case attestations.ByLink:
		s.Known = "They wrote it on a page whose address the holder passed on; who they are was not checked beyond that."
	case attestations.OnPaper:
		s.Known = "They gave it on paper, and " + orSomebody(c.Recorder) + " copied it."
	case attestations.ByPhone:
		s.Known = "They said it on the phone, and " + orSomebody(c.Recorder) + " wrote it down."
	default:
		return Support{}, false // how they are known is part of what is signed
	}
	if c.Conflict != "" {
		s.Known += " They declare: " + c.Conflict
	}
	var words []string
	for _, w := range []string{c.Saw, c.Helped, c.Grow} {
		if w = strings.TrimSpace(w); w != "" {
			words = append(words, w)
		}
	}
	s.Words = strings.Join(words, "\n\n")
	return s, s.Words != ""
}

func orSomebody(name string) string {
	if name == "" {
		return "somebody else"
	}
	return name
}

// The limits of texts, in characters.
const (
	maxName  = 200
	maxText  = 4000
	maxSaid  = 20_000 // of one person's words
	maxItems = 200
	maxWords = 10
)

// New begins a badge with what a programme says of its credential. Level and
// credits come along only where the programme names who awards them and the
// result is met.
func New(p programmes.Programme, outcome Outcome, holder, issuer string, now time.Time) Badge {
	c := p.Portfolio.Credential
	b := Badge{
		ID: newID(), Outcome: outcome, Programme: p.ID, Group: p.Title, Name: c.Name, Says: c.Says,
		Holder: strings.TrimSpace(holder), Salt: newSalt(), Issuer: issuer, From: now.Truncate(time.Second),
	}
	if c.Awarded != "" && outcome == Met {
		b.Awarded, b.Level, b.Credits = c.Awarded, c.Level, c.Credits
	}
	return b
}

// HolderOf gives how a credential calls whom a portfolio calls name: only a hash of
// that stands in its file.
func HolderOf(name string) string { return strings.TrimSpace(chat.Short(name, maxName)) }

// newID makes an id that says nothing, not even when: it stands in public.
func newID() ID { return ID(uuid.NewString()) }

func newSalt() string { return strings.ReplaceAll(uuid.NewString(), "-", "") }

// Check gives all that keeps a badge from being signed.
func (b Badge) Check() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	text := func(s, what string, most int, need bool) {
		switch {
		case need && strings.TrimSpace(s) == "":
			fault("a credential has %s", what)
		case len([]rune(s)) > most:
			fault("%s has more than %d characters", what, most)
		}
	}
	if !b.ID.ok() {
		fault("a credential has a UUID")
	}
	if b.Outcome != Met && b.Outcome != Prepared {
		fault("the outcome %q leads to no credential", b.Outcome)
	}
	text(b.Programme, "a programme", maxName, true)
	text(b.Group, "the programme's title", maxName, true)
	text(b.Name, "a name", maxName, true)
	text(b.Says, "what its holder has shown", maxText, true)
	text(b.Holder, "its holder's name", maxName, true)
	text(b.Issuer, "the name of who gives it", maxName, true)
	if b.From.IsZero() || len(b.Salt) < 16 {
		fault("a credential has a day, and a salt of 16 signs or more")
	}
	if b.Awarded == "" && (b.Level != 0 || b.Credits != 0) {
		fault("level and credits stand there only where an awarding body is named")
	}
	if b.Awarded != "" && b.Outcome != Met {
		fault("being prepared is no decision of an awarding body")
	}
	if len(b.Items) > maxItems || len(b.Evidence) > maxItems || len(b.Supporters) > maxWords {
		fault("it says more than fits: at most %d items, %d pieces of evidence and %d people's words", maxItems, maxItems, maxWords)
	}
	for _, i := range b.Items {
		text(i.Text, "an item's text", maxText, true)
	}
	for i, s := range b.Supporters {
		if s.Consented.IsZero() {
			fault("the writer of word %d has not consented to standing on a badge", i+1)
		}
		if !s.ID.ok() || s.Said.IsZero() {
			fault("word %d has no UUID, or no day", i+1)
		}
		text(s.Who, "a supporter's name", maxName, true)
		text(s.Relation, "how they know the holder", maxText, true)
		text(s.Known, "how they are known", maxText, true)
		text(s.Words, "what they say", maxSaid, true)
	}
	return errors.Join(faults...)
}

// clone keeps the caller's lists apart.
func (b Badge) clone() Badge {
	b.Items, b.Evidence, b.Supporters = slices.Clone(b.Items), slices.Clone(b.Evidence), slices.Clone(b.Supporters)
	return b
}
