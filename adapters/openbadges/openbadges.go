// Package openbadges makes the signed file of a credential, an Open Badges 3.0
// credential of the W3C's Verifiable Credentials 2.0, and checks such files. It
// neither reads the network nor needs it: the contexts come along. Start reading
// at [Signer.Credential] and [Verify]; keys.go keeps the key, proof.go signs.
package openbadges

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"cohortbot/bot/credentials"
)

// Signer signs for one programme or organisation.
type Signer struct {
	key     ed25519.PrivateKey
	issuer  string
	earlier []string // public keys, in multibase
}

// NewSigner makes a signer. The issuer is the address of an organisation's own key
// document (did:web:example.org, or an HTTPS address), so that the key can change
// one day; empty stands for did:key, which is the key itself and needs no place.
// earlier are the public keys by which was signed before, as [Signer.Key] gives them:
// what they signed still counts as the organisation's.
func NewSigner(key ed25519.PrivateKey, issuer string, earlier ...string) (Signer, error) {
	if len(key) != ed25519.PrivateKeySize {
		return Signer{}, errors.New("this is no private key of Ed25519")
	}
	s := Signer{key: key, issuer: issuer}
	for _, e := range earlier {
		if err := s.add(e); err != nil {
			return Signer{}, err
		}
	}
	if issuer == "" {
		s.issuer = "did:key:" + s.Key()
		return s, nil
	}
	if name, ok := strings.CutPrefix(issuer, "did:web:"); ok {
		if name == "" || !address(issuer) || strings.ContainsAny(name, "/?#@") {
			return Signer{}, fmt.Errorf("%q is no did:web; one looks like did:web:example.org or did:web:example.org:badges", issuer)
		}
		return s, nil
	}
	u, err := url.Parse(issuer)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || strings.Contains(issuer, "#") || !address(issuer) {
		return Signer{}, fmt.Errorf("%q is no place for a key; use did:web:example.org, or an HTTPS address such as https://example.org/issuer", issuer)
	}
	return s, nil
}

// EarlierError says what is wrong with a key that is said to have signed before.
type EarlierError struct{ Key, Problem string }

// Error gives the key and the problem.
func (e EarlierError) Error() string { return fmt.Sprintf("%q %s", e.Key, e.Problem) }

func (s *Signer) add(earlier string) error {
	_, err := keyOf(earlier)
	switch {
	case err != nil:
		return EarlierError{earlier, "is no public key of Ed25519. It begins with z6Mk, as “cohortbot credential issuer” printed it while it signed"}
	case earlier == s.Key():
		return EarlierError{earlier, "is the key that signs now. It is no earlier one until another has taken its place"}
	case slices.Contains(s.earlier, earlier):
		return EarlierError{earlier, "stands there twice"}
	}
	s.earlier = append(s.earlier, earlier)
	return nil
}

// Keys gives all public keys that are the organisation's, the one that signs now first.
func (s Signer) Keys() []string { return append([]string{s.Key()}, s.earlier...) }

// Issuer gives who signs: a did:key, a did:web or an HTTPS address.
func (s Signer) Issuer() string { return s.issuer }

// Key gives the public key in multibase: z6Mk…
func (s Signer) Key() string { return keyText(s.key.Public().(ed25519.PublicKey)) }

// Method names the key in a proof. Whatever the issuer is, the key stands behind
// the #, so that a file can be checked without a network.
func (s Signer) Method() string { return s.issuer + "#" + s.Key() }

// Controller gives the document that an issuer with an address of its own puts
// there: who signs, and with which keys. Those of earlier years stay in it: what they
// signed is checked by them. [ReadIssuer] reads it.
func (s Signer) Controller() ([]byte, error) {
	var methods, ids []any
	for _, key := range s.Keys() {
		id := s.issuer + "#" + key
		ids = append(ids, id)
		methods = append(methods, map[string]any{
			"id": id, "type": "Multikey", "controller": s.issuer, "publicKeyMultibase": key,
		})
	}
	return indent(map[string]any{
		"@context": []any{"https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"},
		"id":       s.issuer, "verificationMethod": methods, "assertionMethod": ids,
	})
}

// Credential gives the signed file of a badge. The same badge gives the same bytes.
func (s Signer) Credential(b credentials.Badge) ([]byte, error) {
	if err := b.Check(); err != nil {
		return nil, err
	}
	doc := s.document(b.ID, b.From, "OpenBadgeCredential", b.Name, b)
	subject := map[string]any{
		"type": []any{"AchievementSubject"},
		"identifier": []any{map[string]any{
			"type": "IdentityObject", "hashed": true, "identityType": "name",
			"identityHash": credentials.NameHash(b.Holder, b.Salt), "salt": b.Salt,
		}},
		"achievement": s.achievement(b),
	}
	if b.Credits > 0 {
		subject["creditsEarned"] = float64(b.Credits)
	}
	doc["credentialSubject"] = subject
	status(doc, b.List, b.Index)
	if evidence := evidence(b.Evidence); evidence != nil {
		doc["evidence"] = evidence
	}
	var words []any
	for _, w := range b.Supporters {
		word, err := s.endorsement(w, b)
		if err != nil {
			return nil, err
		}
		words = append(words, word)
	}
	if words != nil {
		doc["endorsement"] = words
	}
	if err := s.seal(doc, stamp(b.From)); err != nil {
		return nil, err
	}
	return indent(doc)
}

// document begins a credential of any type.
func (s Signer) document(id credentials.ID, from time.Time, kind, name string, b credentials.Badge) map[string]any {
	profile := map[string]any{"id": s.issuer, "type": []any{"Profile"}, "name": b.Issuer}
	if b.IssuerURL != "" {
		profile["url"] = b.IssuerURL
	}
	return map[string]any{
		"@context": context(), "id": urn(id), "type": []any{"VerifiableCredential", kind},
		"name": name, "issuer": profile, "validFrom": from.Format(time.RFC3339), // with its offset: people go by days
	}
}

func (s Signer) achievement(b credentials.Badge) map[string]any {
	criteria := b.Claim()
	if standing := b.Standing(); standing != "" {
		criteria += " " + standing + "."
	}
	a := map[string]any{
		"id":   "urn:uuid:" + uuid.NewSHA1(uuid.NameSpaceURL, []byte(s.issuer+"/achievements/"+b.Programme+"/"+string(b.Outcome))).String(),
		"type": []any{"Achievement"}, "name": b.Name, "description": b.Says,
		"criteria": map[string]any{"narrative": criteria}, "achievementType": "Achievement",
	}
	if b.Awarded != "" {
		a["achievementType"] = "MicroCredential"
	}
	if b.Credits > 0 {
		a["creditsAvailable"] = float64(b.Credits)
	}
	var alignment []any
	for _, i := range b.Items {
		item := map[string]any{"type": []any{"Alignment"}, "targetName": i.Text, "targetUrl": i.URI, "targetType": "CFItem"}
		if i.Code != "" {
			item["targetCode"] = i.Code
		}
		if b.Standard != "" {
			item["targetFramework"] = b.Standard
		}
		alignment = append(alignment, item)
	}
	if alignment != nil {
		a["alignment"] = alignment
	}
	return a
}

func evidence(all []credentials.Proof) []any {
	var list []any
	for _, p := range all {
		e := map[string]any{"id": "urn:uuid:" + p.ID, "type": []any{"Evidence"}, "name": p.Name}
		if p.About != "" {
			e["narrative"] = p.About
		}
		list = append(list, e)
	}
	return list
}

// endorsement signs what somebody else says of the holder. The signature is the
// programme's: it vouches for having been told so, and says how.
func (s Signer) endorsement(w credentials.Support, b credentials.Badge) (map[string]any, error) {
	doc := s.document(w.ID, b.From, "EndorsementCredential", w.Who+", "+w.Relation, b)
	doc["description"] = fmt.Sprintf("Said by %s (%s) on %s. %s The programme signs that it was told so; the writer holds no key.", w.Who, w.Relation, w.Said.Format("2 January 2006"), w.Known)
	doc["awardedDate"] = stamp(w.Said)
	doc["credentialSubject"] = map[string]any{
		"id": urn(b.ID), "type": []any{"EndorsementSubject"}, "endorsementComment": w.Words,
	}
	status(doc, b.List, w.Index)
	return doc, s.seal(doc, stamp(b.From))
}

func urn(id credentials.ID) string { return "urn:uuid:" + string(id) }

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// instant reads a time with its zone; validity is a matter of instants.
func instant(v any) (time.Time, error) {
	s, _ := v.(string)
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, errors.New("it is no time with a zone, such as 2027-05-03T09:00:00Z")
	}
	return t, nil
}

func indent(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}
