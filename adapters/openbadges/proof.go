package openbadges

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/piprate/json-gold/ld"
)

const (
	proofType   = "DataIntegrityProof"
	cryptosuite = "eddsa-rdfc-2022"
	purpose     = "assertionMethod"
)

// proofKeys are all that a proof has.
var proofKeys = []string{"created", "cryptosuite", "proofPurpose", "proofValue", "type", "verificationMethod"}

// hash gives what is signed: of the proof without its value, and of the document
// without its proof, each in canonical form.
func hash(doc, proof map[string]any) ([]byte, error) {
	config := maps.Clone(proof)
	delete(config, "proofValue")
	config["@context"] = context()
	bare := maps.Clone(doc)
	delete(bare, "proof")
	var both []byte
	for _, part := range []map[string]any{config, bare} {
		canonical, err := canonical(part)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256([]byte(canonical))
		both = append(both, sum[:]...)
	}
	return both, nil
}

// canonical gives a document in the one form that all writings of it share. What
// that form would leave out is an error: it would go unsigned.
func canonical(doc map[string]any) (string, error) {
	o := ld.NewJsonLdOptions("")
	o.DocumentLoader = embedded{}
	o.Algorithm = ld.AlgorithmURDNA2015
	o.SafeMode = true // only Expand heeds it
	p := ld.NewJsonLdProcessor()
	expanded, err := p.Expand(doc, o)
	if err != nil {
		return "", plainly(err)
	}
	if err := whole(expanded); err != nil {
		return "", err
	}
	made, err := p.ToRDF(expanded, o)
	if err != nil {
		return "", plainly(err)
	}
	set, ok := made.(*ld.RDFDataset)
	if !ok {
		return "", errors.New("the document has no canonical form")
	}
	if n := alike(set); n > mostAlike {
		return "", fmt.Errorf("%d parts without an id look the same; telling more than %d of them apart could take for ever", n, mostAlike)
	}
	o.Format = "application/n-quads"
	text, err := ld.NewJsonLdApi().Normalize(set, o)
	if err != nil {
		return "", plainly(err)
	}
	s, ok := text.(string)
	if !ok || s == "" {
		return "", errors.New("the document says nothing")
	}
	return s, nil
}

func plainly(err error) error {
	if e := (*ld.JsonLdError)(nil); errors.As(err, &e) && e.Code == ld.InvalidProperty {
		return errors.New("a key is in no context of the document, so that no signature covers it")
	}
	return fmt.Errorf("the document does not fit its contexts: %w", err)
}

// whole finds what a safe expansion keeps and the canonical form still drops:
// names and kinds that are no whole addresses.
func whole(v any) error {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if err := whole(e); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			var names []any
			switch key {
			case "@id":
				names = []any{v[key]}
			case "@type":
				if names, _ = v[key].([]any); names == nil {
					names = []any{v[key]}
				}
			default:
				if err := whole(v[key]); err != nil {
					return err
				}
			}
			for _, n := range names {
				if s, ok := n.(string); !ok || !address(s) {
					return fmt.Errorf("%q is no whole address and no kind that the contexts know, so that no signature covers it", fmt.Sprint(n))
				}
			}
		}
	}
	return nil
}

// address tells whether s is an absolute IRI that reads the same everywhere.
func address(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	return ok && scheme != "" && scheme != "_" && rest != "" &&
		!strings.ContainsAny(s, " <>\"{}|\\^`\t\r\n\x00") && !strings.ContainsAny(scheme, "/?#")
}

// mostAlike bounds the work of naming parts that have no id: those that look the
// same are tried in every order.
const mostAlike = 6

// alike counts the parts without an id that cannot be told apart by what is said
// of them alone.
func alike(set *ld.RDFDataset) int {
	said := map[string][]string{}
	for _, quads := range set.Graphs {
		for _, q := range quads {
			for _, self := range []ld.Node{q.Subject, q.Object} {
				if !ld.IsBlankNode(self) {
					continue
				}
				text := func(n ld.Node) string {
					switch {
					case !ld.IsBlankNode(n):
						l, _ := n.(*ld.Literal)
						if l != nil {
							return fmt.Sprintf("%q %q %q", l.Value, l.Datatype, l.Language)
						}
						return n.GetValue()
					case n.GetValue() == self.GetValue():
						return "_:a"
					}
					return "_:z"
				}
				said[self.GetValue()] = append(said[self.GetValue()], text(q.Subject)+" "+q.Predicate.GetValue()+" "+text(q.Object))
			}
		}
	}
	groups := map[string]int{}
	for _, lines := range said {
		slices.Sort(lines)
		groups[strings.Join(lines, "\n")]++
	}
	n := 0
	for _, size := range groups {
		if size > 1 {
			n += size
		}
	}
	return n
}

// seal puts a proof on a document.
func (s Signer) seal(doc map[string]any, created string) error {
	proof := map[string]any{
		"type": proofType, "cryptosuite": cryptosuite, "created": created,
		"verificationMethod": s.Method(), "proofPurpose": purpose,
	}
	h, err := hash(doc, proof)
	if err != nil {
		return err
	}
	proof["proofValue"] = multibase(ed25519.Sign(s.key, h))
	doc["proof"] = []any{proof}
	return nil
}

// ErrChanged is of every document whose signature does not fit.
var ErrChanged = errors.New("the signature does not fit: something was changed after it was signed, or another key signed it")

// sound checks the form of a document's proof and its signature, and gives its
// method and the key that the method names.
func sound(doc map[string]any) (method string, key ed25519.PublicKey, err error) {
	fail := func(format string, args ...any) (string, ed25519.PublicKey, error) {
		return "", nil, fmt.Errorf(format, args...)
	}
	if !isContext(doc["@context"]) {
		return fail("it has no @context")
	}
	list, ok := doc["proof"].([]any)
	if doc["proof"] == nil {
		return fail("it has no proof: nobody has signed it")
	}
	if !ok || len(list) != 1 {
		return fail("its proof should be a list of one")
	}
	proof, ok := list[0].(map[string]any)
	if !ok || !slices.Equal(slices.Sorted(maps.Keys(proof)), proofKeys) {
		return fail("its proof should have %s, and nothing else", strings.Join(proofKeys, ", "))
	}
	for _, want := range [][2]string{{"type", proofType}, {"cryptosuite", cryptosuite}, {"proofPurpose", purpose}} {
		if proof[want[0]] != want[1] {
			return fail("the %s of its proof should be %s; others are not checked here", want[0], want[1])
		}
	}
	if _, err := instant(proof["created"]); err != nil {
		return fail("when its proof was made: %w", err)
	}
	method, _ = proof["verificationMethod"].(string)
	_, named, found := strings.Cut(method, "#")
	if key, err = keyOf(named); !found || err != nil {
		return fail("its verificationMethod does not name a key of Ed25519 after a #, such as did:key:z6Mk…#z6Mk…")
	}
	text, _ := proof["proofValue"].(string)
	signature, err := fromMultibase(text)
	if err != nil || len(signature) != ed25519.SignatureSize || multibase(signature) != text {
		return fail("its proofValue is no signature: z and 64 bytes in base58")
	}
	h, err := hash(doc, proof)
	if err != nil {
		return "", nil, err
	}
	if !ed25519.Verify(key, h, bytes.Clone(signature)) {
		return "", nil, ErrChanged
	}
	return method, key, nil
}
