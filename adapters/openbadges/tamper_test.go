package openbadges_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"cohortbot/adapters/openbadges"
)

// A forgery is one way to change a signed file, as a whole or as text, and what
// is said of it. known is what whoever checks knows from elsewhere.
type forgery struct {
	name  string
	doc   func(doc map[string]any)
	text  func(text string) string
	known openbadges.Against
	want  string
}

// at follows a path of keys and places in lists.
func at(v any, path ...any) map[string]any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			v = v.(map[string]any)[step]
		case int:
			v = v.([]any)[step]
		}
	}
	return v.(map[string]any)
}

func forgeries(t testing.TB) []forgery {
	set := func(key string, value any, path ...any) func(map[string]any) {
		return func(doc map[string]any) { at(doc, path...)[key] = value }
	}
	drop := func(key string, path ...any) func(map[string]any) {
		return func(doc map[string]any) { delete(at(doc, path...), key) }
	}
	replace := func(old, new string) func(string) string {
		return func(text string) string {
			if !strings.Contains(text, old) {
				t.Fatalf("%q does not stand in the file", old)
			}
			return strings.Replace(text, old, new, 1)
		}
	}
	subject, achievement := []any{"credentialSubject"}, []any{"credentialSubject", "achievement"}
	proof, word, second := []any{"proof", 0}, []any{"endorsement", 0}, signer(t, 2, "")
	const changed = "something was changed"
	return []forgery{
		{name: "another name of the credential", doc: set("name", "Doctor", achievement...), want: changed},
		{name: "a title outside", doc: set("name", "Doctor"), want: changed},
		{name: "more is claimed", doc: set("description", "Everything.", achievement...), want: changed},
		{name: "another awarding body", doc: set("narrative", "Awarded by a university.", "credentialSubject", "achievement", "criteria"), want: changed},
		{name: "more credits", doc: set("creditsEarned", 60.0, subject...), want: changed},
		{name: "another kind of achievement", doc: set("achievementType", "MasterDegree", achievement...), want: changed},
		{name: "an achievement of another id", doc: set("id", "urn:uuid:0e9c2c38-1111-4b0e-9d62-0d9fb1a6d0ff", achievement...), want: changed},
		{name: "another holder", doc: set("identityHash", "sha256$00", "credentialSubject", "identifier", 0), want: changed},
		{name: "another salt", doc: set("salt", "x", "credentialSubject", "identifier", 0), want: changed},
		{name: "a holder by name", doc: set("id", "did:example:me", subject...), want: changed},
		{name: "no holder", doc: drop("identifier", subject...), want: changed},
		{name: "another criterion", doc: set("targetName", "Fly", "credentialSubject", "achievement", "alignment", 0), want: changed},
		{name: "a criterion of another framework", doc: set("targetUrl", "urn:uuid:0e9c2c38-1111-4b0e-9d62-0d9fb1a6d0ff", "credentialSubject", "achievement", "alignment", 1), want: changed},
		{name: "a criterion less", doc: func(doc map[string]any) {
			a := at(doc, achievement...)
			a["alignment"] = a["alignment"].([]any)[1:]
		}, want: changed},
		{name: "other evidence", doc: set("narrative", "A conference.", "evidence", 0), want: changed},
		{name: "no evidence", doc: drop("evidence"), want: changed},
		{name: "an earlier day", doc: set("validFrom", "2020-05-03T09:00:00Z"), want: changed},
		{name: "an end", doc: set("validUntil", "2099-01-01T00:00:00Z"), want: changed},
		{name: "another id", doc: set("id", "urn:uuid:0e9c2c38-1111-4b0e-9d62-0d9fb1a6d0ff"), want: changed},
		{name: "another name of the issuer", doc: set("name", "A university", "issuer"), want: changed},
		{name: "another issuer", doc: set("id", second.Issuer(), "issuer"), want: changed},
		{name: "another place in the list", doc: set("statusListIndex", "4712", "credentialStatus"), want: changed},
		{name: "another list", doc: set("statusListCredential", "https://elsewhere.example/list", "credentialStatus"), want: changed},
		{name: "no status", doc: drop("credentialStatus"), want: changed},
		{name: "another moment of signing", doc: set("created", "2027-05-03T09:00:01Z", proof...), want: changed},
		{name: "another key's method", doc: set("verificationMethod", second.Method(), proof...), want: changed},

		{name: "the issuer and method of another key", doc: func(doc map[string]any) {
			at(doc, "issuer")["id"], at(doc, proof...)["verificationMethod"] = second.Issuer(), second.Method()
		}, want: changed},
		{name: "another purpose", doc: set("proofPurpose", "authentication", proof...), want: "proofPurpose"},
		{name: "another suite", doc: set("cryptosuite", "eddsa-jcs-2022", proof...), want: "cryptosuite"},
		{name: "another type of proof", doc: set("type", "Ed25519Signature2020", proof...), want: "type of its proof"},
		{name: "a nonce", doc: set("nonce", "x", proof...), want: "and nothing else"},
		{name: "no moment of signing", doc: drop("created", proof...), want: "and nothing else"},
		{name: "no proof", doc: drop("proof"), want: "nobody has signed it"},
		{name: "two proofs", doc: func(doc map[string]any) { doc["proof"] = append(doc["proof"].([]any), doc["proof"].([]any)...) }, want: "a list of one"},
		{name: "a proof that is no list", doc: func(doc map[string]any) { doc["proof"] = doc["proof"].([]any)[0] }, want: "\"proof\" should be a list"},
		{name: "half a signature", doc: set("proofValue", "z3FXQ", proof...), want: "no signature"},
		{name: "a signature in another alphabet", doc: func(doc map[string]any) {
			p := at(doc, proof...)
			p["proofValue"] = strings.Replace(p["proofValue"].(string), "z", "u", 1)
		}, want: "no signature"},
		{name: "a signature that begins with nothing", doc: func(doc map[string]any) {
			p := at(doc, proof...)
			p["proofValue"] = strings.Replace(p["proofValue"].(string), "z", "z1", 1)
		}, want: "no signature"},
		{name: "a method without a key", doc: set("verificationMethod", "did:web:example.org#key-1", proof...), want: "does not name a key"},

		{name: "a key that no context knows", doc: set("rank", "first", subject...), want: "in no context"},
		{name: "a key that no context knows, in the proof's neighbour", doc: set("rank", "first"), want: "in no context"},
		{name: "a kind that no context knows", doc: set("type", []any{"AchievementSubject", "Genius"}, subject...), want: `"Genius" is no whole address`},
		{name: "an address that is none", doc: set("id", "evidence", "evidence", 0), want: `"evidence" is no whole address`},
		{name: "a context more", doc: func(doc map[string]any) {
			doc["@context"] = append(doc["@context"].([]any), map[string]any{"rank": "https://schema.org/name"})
		}, want: "@context"},
		{name: "another context", doc: func(doc map[string]any) { doc["@context"].([]any)[1] = "https://elsewhere.example/ob.json" }, want: "not exactly the contexts"},
		{name: "contexts the other way round", doc: func(doc map[string]any) {
			c := doc["@context"].([]any)
			c[0], c[1] = c[1], c[0]
		}, want: "not exactly the contexts"},
		{name: "no context", doc: drop("@context"), want: "no @context"},
		{name: "a context inside", doc: set("@context", map[string]any{"name": "https://schema.org/alternateName"}, achievement...), want: "@context"},
		{name: "a keyword", doc: set("@included", []any{map[string]any{"id": "urn:x:y"}}), want: "keyword"},
		{name: "nothing at a key", doc: set("narrative", nil, "evidence", 0), want: "is null"},
		{name: "an empty list", doc: set("tag", []any{}, achievement...), want: "empty list"},
		{name: "an empty object", doc: set("image", map[string]any{}, achievement...), want: "is empty"},
		{name: "a list of one that was none", doc: func(doc map[string]any) {
			c := at(doc, "credentialSubject", "achievement", "criteria")
			c["narrative"] = []any{c["narrative"]}
		}, want: "is a list, and should not be"},
		{name: "a list of one without the list", doc: func(doc map[string]any) { doc["evidence"] = doc["evidence"].([]any)[0] }, want: "\"evidence\" should be a list"},
		{name: "an issuer who is told about elsewhere", doc: drop("name", "issuer"), want: "not the same each time"},
		{name: "evidence in two halves", doc: func(doc map[string]any) {
			e := doc["evidence"].([]any)
			half := map[string]any{"id": at(e, 0)["id"], "type": at(e, 0)["type"], "narrative": at(e, 0)["narrative"]}
			delete(at(e, 0), "narrative")
			doc["evidence"] = append(e, half)
		}, want: "not the same each time"},
		{name: "a list in a list", doc: func(doc map[string]any) { doc["evidence"] = []any{doc["evidence"]} }, want: "list in a list"},

		{name: "other words of a supporter", doc: set("endorsementComment", "She is the best.", "endorsement", 0, "credentialSubject"), want: "word 1 in it: the signature"},
		{name: "another supporter", doc: set("name", "The Prime Minister", word...), want: "word 1 in it: the signature"},
		{name: "how they are known", doc: set("description", "Known for years.", "endorsement", 1), want: "word 2 in it: the signature"},
		{name: "a supporter less", doc: func(doc map[string]any) { doc["endorsement"] = doc["endorsement"].([]any)[:1] }, want: changed},
		{name: "a supporter without a proof", doc: drop("proof", word...), want: "word 1 in it: it has no proof"},
		{name: "words about another credential", doc: func(doc map[string]any) {
			b := badge(t)
			b.ID = "6f1c3c1e-8f0e-4b57-9d62-0d9fb1a6d0ab"
			doc["endorsement"] = decode(t, sign(t, signer(t, 1, ""), b))["endorsement"]
		}, want: "word 1 in it is about another credential"},
		{name: "words that somebody else signed", doc: func(doc map[string]any) {
			doc["endorsement"] = decode(t, sign(t, second, badge(t)))["endorsement"]
		}, want: "word 1 in it: it was signed by somebody else"},

		{name: "a key twice", text: replace(`"name": "Facilitating`, `"name": "Doctor", "name": "Facilitating`), want: "stands there twice"},
		{name: "a key twice, once in disguise", text: replace(`"name": "Facilitating`, `"n\u0061me": "Doctor", "name": "Facilitating`), want: "stands there twice"},
		{name: "half a character", text: replace("Everybody was heard.", `Everybody \ud800 was heard.`), want: "character that is none"},
		{name: "bytes that are no text", text: replace("Everybody was heard.", "Everybody \xff was heard."), want: "not UTF-8"},
		{name: "something behind it", text: func(text string) string { return text + "{}" }, want: "something follows"},
		{name: "an end that is missing", text: func(text string) string { return text[:len(text)-20] }, want: "in the middle"},
		{name: "no JSON", text: func(text string) string { return "<html>" + text }, want: "no JSON"},
		{name: "a list of it", text: func(text string) string { return "[" + text + "]" }, want: "no JSON object"},
		{name: "a file without an end", text: func(text string) string { return text + strings.Repeat(" ", 1<<20) }, want: "bytes; a credential has at most"},
		{name: "a nest", text: func(string) string { return strings.Repeat("[", 5000) }, want: "nested too deeply"},

		{
			name: "the same, signed by another key", text: func(string) string { return string(sign(t, second, badge(t))) },
			known: openbadges.Against{Issuer: signer(t, 1, "").Issuer()}, want: "signed by somebody else",
		},
		{name: "somebody else's", text: func(text string) string { return text }, known: openbadges.Against{Holder: "Mere"}, want: "somebody else's"},
		{name: "from tomorrow on", text: func(string) string {
			b := badge(t)
			b.From = later.AddDate(0, 0, 1)
			return string(sign(t, signer(t, 1, ""), b))
		}, want: "not valid yet: it begins on 4 June 2027"},
	}
}

func TestEveryForgeryIsFound(t *testing.T) {
	data := sign(t, signer(t, 1, ""), badge(t))
	all := forgeries(t)
	if len(all) < 60 {
		t.Fatalf("%d kinds of forgery are tried", len(all))
	}
	for _, f := range all {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			forged := string(data)
			if f.text != nil {
				forged = f.text(forged)
			} else {
				doc := decode(t, data)
				f.doc(doc)
				again, err := json.Marshal(doc)
				if err != nil {
					t.Fatal(err)
				}
				forged = string(again)
			}
			f.known.Now = later
			r, err := openbadges.Verify([]byte(forged), f.known)
			if err == nil || !strings.Contains(err.Error(), f.want) {
				t.Errorf("%v, want %q", err, f.want)
			}
			if r.Name != "" {
				t.Errorf("the report of a forgery says %+v", r)
			}
		})
	}
}

// The signature covers every key and every value: without it, or with another in
// its place, the file is refused.
func TestEveryKeyAndEveryValueIsSigned(t *testing.T) {
	b := badge(t)
	b.Items, b.Evidence, b.Supporters = b.Items[:1], b.Evidence[:1], b.Supporters[:1]
	data := sign(t, signer(t, 1, ""), b)
	refused := func(t *testing.T, what string, doc map[string]any) {
		t.Helper()
		changed, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := openbadges.Verify(changed, openbadges.Against{Now: later}); err == nil {
			t.Errorf("%s is not signed", what)
		}
	}
	var paths [][]any
	var visit func(v any, path []any)
	visit = func(v any, path []any) {
		switch v := v.(type) {
		case map[string]any:
			for key, inside := range v {
				paths = append(paths, append(slices.Clone(path), key))
				visit(inside, append(slices.Clone(path), key))
			}
		case []any:
			for i, inside := range v {
				visit(inside, append(slices.Clone(path), i))
			}
		}
	}
	visit(decode(t, data), nil)
	if len(paths) < 80 {
		t.Fatalf("%d keys are tried", len(paths))
	}
	for _, path := range paths {
		t.Run(fmt.Sprint(path...), func(t *testing.T) {
			t.Parallel()
			key := path[len(path)-1].(string)
			doc := decode(t, data)
			delete(at(doc, path[:len(path)-1]...), key)
			refused(t, "that it is there", doc)
			doc = decode(t, data)
			object := at(doc, path[:len(path)-1]...)
			switch v := object[key].(type) {
			case string:
				object[key] = v + "1"
			case bool:
				object[key] = !v
			case float64:
				object[key] = v + 1
			case []any:
				object[key] = append(v, "urn:x:y")
			case map[string]any:
				v["description"] = fmt.Sprint(v["description"], ".")
			}
			refused(t, "its value", doc)
		})
	}
}

// What means the same is the same document: other white space, another order.
func TestAnotherWritingOfTheSameIsSound(t *testing.T) {
	data, err := json.Marshal(decode(t, sign(t, signer(t, 1, ""), badge(t))))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openbadges.Verify(data, openbadges.Against{Now: later}); err != nil {
		t.Error(err)
	}
}

// Naming parts that look the same takes as many steps as they have orders.
func TestPartsThatCannotBeToldApartAreRefusedAtOnce(t *testing.T) {
	doc := decode(t, sign(t, signer(t, 1, ""), badge(t)))
	var many []any
	for i := range 30 {
		many = append(many, map[string]any{"type": []any{"Alignment"}, "targetName": fmt.Sprint(i % 2)})
	}
	at(doc, "credentialSubject", "achievement")["alignment"] = many
	data, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openbadges.Verify(data, openbadges.Against{Now: later}); err == nil || !strings.Contains(err.Error(), "look the same") {
		t.Error(err)
	}
}

// Whatever is changed in a file, either it is refused or it says the same.
func FuzzVerify(f *testing.F) {
	s, b := signer(f, 1, ""), badge(f)
	b.Items, b.Evidence, b.Supporters = b.Items[:1], b.Evidence[:1], b.Supporters[:1]
	data := sign(f, s, b)
	against := openbadges.Against{Now: later, Issuer: s.Issuer()}
	want, err := openbadges.Verify(data, against)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	for _, x := range forgeries(f) {
		if x.text != nil && x.name != "a file without an end" {
			f.Add([]byte(x.text(string(sign(f, s, badge(f))))))
		}
	}
	f.Add([]byte(`{"@context":["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],"proof":[{}]}`))
	whole, err := openbadges.Verify(sign(f, s, badge(f)), against)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := openbadges.Verify(data, against)
		if err != nil {
			if r.Name != "" {
				t.Errorf("refused, and reports %+v", r)
			}
			return
		}
		for _, known := range []openbadges.Report{want, whole} {
			if fmt.Sprint(known) == fmt.Sprint(r) {
				return
			}
		}
		t.Errorf("taken, and says %+v", r)
	})
}
