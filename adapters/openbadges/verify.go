package openbadges

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/credentials"
)

// Against is what a file can be checked against besides itself. Each may be empty.
type Against struct {
	// Issuer is who should have signed it: a did:key, a key (z6Mk…), or an address, which
	// is a did:web or of HTTPS. An address alone shows a stranger, and proves nobody.
	Issuer string
	// Keys are all keys (z6Mk…) of who should have signed it, where they are known: from
	// the organisation itself, or by [ReadIssuer] from the document at its address.
	Keys   []string
	Holder string // whose it should be
	List   []byte // the status list that it names, fetched by whoever checks
	Now    time.Time
}

// Report is what a sound file says, and what is known of it.
type Report struct {
	ID, Name, Says string
	Issuer         string // the name that it gives itself
	Signer, Key    string // who signed, and with which key
	From           time.Time
	Until          time.Time // zero: for ever
	Claim          string
	Items          []string
	Words          []Word
	List           string // where its status stands; empty: nowhere

	Known   bool      // whether it was signed with the key that was asked for
	Held    bool      // whether Holder is the one that was asked for
	Checked time.Time // of when the status list is; zero: it was not looked at
}

// Word is one person's word in a credential.
type Word struct {
	ID               string // urn:uuid:…
	Who, About, Text string
	Withdrawn        bool // as the status list says
}

// What a sound file may still be found to be.
var (
	// ErrRevoked is of a credential that its issuer has taken back.
	ErrRevoked = errors.New("it was withdrawn by who gave it")
	// ErrEarly is of one that begins later.
	ErrEarly = errors.New("it is not valid yet")
	// ErrLate is of one that has ended.
	ErrLate = errors.New("it is not valid any more")
	// ErrStranger is of one that somebody else signed.
	ErrStranger = errors.New("it was signed by somebody else")
	// ErrHolder is of one that is somebody else's.
	ErrHolder = errors.New("it is somebody else's")
)

// Verify checks a file without a network. The error says what is wrong; nothing in
// the report may be believed then. A sound file shows that nothing was changed
// since its key signed it. Whose the key is, it shows only against an issuer that
// is known from elsewhere.
func Verify(data []byte, a Against) (Report, error) {
	doc, err := parse(data)
	if err != nil {
		return Report{}, err
	}
	s, err := check(doc, "OpenBadgeCredential", a.Now)
	words, entries, inside := words(doc, s.key, a.Now)
	if errors.Is(err, ErrChanged) && inside != nil {
		err = fmt.Errorf("%w; %w", err, inside) // which says where
	}
	if err = cmp.Or(err, inside); err != nil {
		return Report{}, err
	}
	r, err := s.report(doc)
	if err != nil {
		return Report{}, err
	}
	r.Words = words
	if a.Issuer != "" {
		if a.Issuer != s.issuer && a.Issuer != s.key && a.Issuer != s.method {
			return Report{}, fmt.Errorf("%w: by %s, and not by %s", ErrStranger, s.method, a.Issuer)
		}
		// Whoever signs can write any address before their key: it takes the key.
		r.Known = a.Issuer != s.issuer || strings.HasPrefix(s.issuer, "did:key:")
	}
	if len(a.Keys) > 0 {
		if !slices.Contains(a.Keys, s.key) {
			return Report{}, fmt.Errorf("%w: with the key %s, which is none of those that were given", ErrStranger, s.key)
		}
		r.Known = true
	}
	if a.Holder != "" {
		if !s.isFor(doc, a.Holder) {
			return Report{}, fmt.Errorf("%w: the name %q does not give the hash that stands in it. Names are compared letter by letter", ErrHolder, a.Holder)
		}
		r.Held = true
	}
	if len(a.List) == 0 {
		return r, nil
	}
	return r, r.against(a, s, entries)
}

// against looks everything up in the status list.
func (r *Report) against(a Against, s signed, words []*entry) error {
	if s.status == nil {
		return errors.New("the credential names no status list, so that none can tell about it")
	}
	list, err := openList(a.List, a.Now)
	if err != nil {
		return fmt.Errorf("the status list: %w", err)
	}
	// By the key, and not by the name before it, which anybody can write. An
	// organisation that has changed its key signs the list with the new one.
	if list.key != s.key && (!slices.Contains(a.Keys, list.key) || !slices.Contains(a.Keys, s.key)) {
		return fmt.Errorf("the status list: %w: with the key %s, and the credential with %s. Where an organisation has changed its key, the document at its address names both", ErrStranger, list.key, s.key)
	}
	struck, err := list.struck(*s.status)
	if err != nil {
		return err
	}
	if struck {
		return ErrRevoked
	}
	r.Checked = list.from
	for i, e := range words {
		if e == nil {
			continue
		}
		if r.Words[i].Withdrawn, err = list.struck(*e); err != nil {
			return fmt.Errorf("word %d: %w", i+1, err)
		}
	}
	return nil
}

// signed is what every sound document has.
type signed struct {
	issuer, name string
	method, key  string
	from, until  time.Time
	status       *entry
}

// check checks what every document has: form, signature, issuer and time.
func check(doc map[string]any, kind string, now time.Time) (signed, error) {
	types, _ := doc["type"].([]any)
	is := func(t string) bool { return slices.Contains(types, any(t)) }
	alias := kind == "OpenBadgeCredential" && is("AchievementCredential") // two names of one thing
	if !is("VerifiableCredential") || !is(kind) && !alias {
		return signed{}, fmt.Errorf("it is no %s", kind)
	}
	method, key, err := sound(doc)
	if err != nil {
		return signed{}, err
	}
	if err := once(doc); err != nil {
		return signed{}, err
	}
	s := signed{method: method, key: keyText(key)}
	profile, _ := doc["issuer"].(map[string]any)
	s.issuer, _ = profile["id"].(string)
	s.name, _ = profile["name"].(string)
	owner, _, _ := strings.Cut(method, "#")
	if s.issuer == "" || s.issuer != owner {
		return s, fmt.Errorf("it says that it is by %q, and the key that signed it is that of %q", s.issuer, owner)
	}
	if own, ok := strings.CutPrefix(owner, "did:key:"); ok && own != s.key {
		return s, errors.New("the two halves of its did:key differ")
	}
	if id, _ := doc["id"].(string); !address(id) {
		return s, errors.New("it has no id")
	}
	if s.status, err = readEntry(doc["credentialStatus"]); err != nil {
		return s, err
	}
	if s.from, err = instant(doc["validFrom"]); err != nil {
		return s, fmt.Errorf("validFrom: %w", err)
	}
	if now.Before(s.from) {
		return s, fmt.Errorf("%w: it begins on %s", ErrEarly, s.from.UTC().Format("2 January 2006, 15:04 UTC"))
	}
	if doc["validUntil"] != nil {
		if s.until, err = instant(doc["validUntil"]); err != nil {
			return s, fmt.Errorf("validUntil: %w", err)
		}
		if now.After(s.until) {
			return s, fmt.Errorf("%w: it ended on %s", ErrLate, s.until.UTC().Format("2 January 2006, 15:04 UTC"))
		}
	}
	return s, nil
}

// report reads what a badge says.
func (s signed) report(doc map[string]any) (Report, error) {
	subject, _ := doc["credentialSubject"].(map[string]any)
	achievement, _ := subject["achievement"].(map[string]any)
	r := Report{Issuer: s.name, Signer: s.issuer, Key: s.key, From: s.from, Until: s.until}
	r.ID, _ = doc["id"].(string)
	r.Name, _ = achievement["name"].(string)
	r.Says, _ = achievement["description"].(string)
	criteria, _ := achievement["criteria"].(map[string]any)
	r.Claim, _ = criteria["narrative"].(string)
	if r.Name == "" {
		return r, errors.New("it names no achievement")
	}
	items, _ := achievement["alignment"].([]any)
	for _, v := range items {
		item, _ := v.(map[string]any)
		text, _ := item["targetName"].(string)
		if code, _ := item["targetCode"].(string); code != "" {
			text = code + " " + text
		}
		r.Items = append(r.Items, text)
	}
	if s.status != nil {
		r.List = s.status.list
	}
	return r, nil
}

// words checks each person's word apart: it was signed by itself, by whom the
// credential says that it is and with its key, about this credential.
func words(doc map[string]any, by string, now time.Time) (all []Word, entries []*entry, err error) {
	if doc["endorsement"] == nil {
		return nil, nil, nil
	}
	list, ok := doc["endorsement"].([]any)
	if !ok {
		return nil, nil, errors.New("its endorsement should be a list")
	}
	issuer, _ := doc["issuer"].(map[string]any)
	for i, v := range list {
		word, _ := v.(map[string]any)
		w, err := check(word, "EndorsementCredential", now)
		if err != nil {
			return nil, nil, fmt.Errorf("word %d in it: %w", i+1, err)
		}
		subject, _ := word["credentialSubject"].(map[string]any)
		if subject["id"] != doc["id"] {
			return nil, nil, fmt.Errorf("word %d in it is about another credential, %q", i+1, fmt.Sprint(subject["id"]))
		}
		if w.issuer != issuer["id"] || by != "" && w.key != by { // by nobody where the whole is broken
			return nil, nil, fmt.Errorf("word %d in it: %w: by %s", i+1, ErrStranger, w.method)
		}
		said := Word{}
		said.ID, _ = word["id"].(string)
		said.Who, _ = word["name"].(string)
		said.About, _ = word["description"].(string)
		said.Text, _ = subject["endorsementComment"].(string)
		all, entries = append(all, said), append(entries, w.status)
	}
	return all, entries, nil
}

// isFor tells whether a name gives the hash that a badge holds.
func (s signed) isFor(doc map[string]any, holder string) bool {
	subject, _ := doc["credentialSubject"].(map[string]any)
	all, _ := subject["identifier"].([]any)
	for _, v := range all {
		i, _ := v.(map[string]any)
		salt, _ := i["salt"].(string)
		if i["type"] == "IdentityObject" && i["hashed"] == true && i["identityHash"] == credentials.NameHash(holder, salt) {
			return true
		}
	}
	return false
}
