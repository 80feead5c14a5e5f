package openbadges_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"cohortbot/adapters/openbadges"
	"cohortbot/bot/credentials"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/programmes"
)

var (
	given = time.Date(2027, 5, 3, 9, 0, 0, 0, time.UTC)
	later = given.AddDate(0, 1, 0)
)

const list = "https://cohortbot.example.org/credentials/status"

func signer(t testing.TB, seed byte, issuer string) openbadges.Signer {
	t.Helper()
	s, err := openbadges.NewSigner(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize)), issuer)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func programme(t testing.TB) programmes.Programme {
	t.Helper()
	for _, p := range programmes.BuiltIn() {
		if p.ID == "facilitation-credential" {
			return p
		}
	}
	t.Fatal("the credential's programme does not come along")
	return programmes.Programme{}
}

// badge says everything that a badge can say.
func badge(t testing.TB) credentials.Badge {
	t.Helper()
	p := programme(t)
	p.Portfolio.Credential.Awarded = "Te Pūkenga o te Hapori"
	b := credentials.New(p, credentials.Met, "Mere Tūī", "Facilitation Aotearoa", given)
	b.ID, b.Salt = "6f1c3c1e-8f0e-4b57-9d62-0d9fb1a6d0aa", "0123456789abcdef"
	b.IssuerURL, b.List, b.Index = "https://cohortbot.example.org", list, 4711
	for _, f := range frameworks.BuiltIn() {
		if f.ID != p.Portfolio.Framework {
			continue
		}
		b.Standard = f.Title
		for _, i := range f.Covering(frameworks.Do) {
			b.Items = append(b.Items, credentials.Item{URI: "urn:uuid:" + f.ItemID(i), Code: i.Code, Text: i.Text})
		}
	}
	if len(b.Items) < 3 {
		t.Fatalf("the framework %s has %d criteria", p.Portfolio.Framework, len(b.Items))
	}
	b.Evidence = []credentials.Proof{
		{ID: "7b0a3f3e-3b53-4d0e-8f4b-1d5c2a7c1f01", Name: "Case study: the hui at Ōtaki", About: "How a hui about the river was planned and held."},
		{ID: "7b0a3f3e-3b53-4d0e-8f4b-1d5c2a7c1f02", Name: "Agenda"},
	}
	b.Supporters = []credentials.Support{
		{
			ID: "0e9c2c38-1111-4b0e-9d62-0d9fb1a6d001", Who: "Hana Lê", Relation: "mentor since 2025", Said: given.AddDate(0, 0, -9),
			Known: "Reached by a link that the holder passed on; known to the programme by name only.", Words: "She listens first.\nThen the room does, too.", Consented: given.AddDate(0, 0, -9), Index: 12,
		},
		{
			ID: "0e9c2c38-1111-4b0e-9d62-0d9fb1a6d002", Who: "Tom", Relation: "took part", Said: given.AddDate(0, 0, -8),
			Known: "An account in the same workspace.", Words: "Everybody was heard.", Consented: given.AddDate(0, 0, -8), Index: 90,
		},
	}
	return b
}

func sign(t testing.TB, s openbadges.Signer, b credentials.Badge) []byte {
	t.Helper()
	data, err := s.Credential(b)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestASignedCredentialIsSoundAndSaysWhatTheBadgeSays(t *testing.T) {
	s, b := signer(t, 1, ""), badge(t)
	data := sign(t, s, b)
	r, err := openbadges.Verify(data, openbadges.Against{Now: later, Issuer: s.Issuer(), Holder: "Mere  Tūī"})
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if r.Name != b.Name || r.Says != b.Says || r.Issuer != b.Issuer || !r.From.Equal(given) || r.List != list || !r.Known || !r.Held || !r.Checked.IsZero() {
		t.Errorf("it says %+v", r)
	}
	if !strings.Contains(r.Claim, "Awarded by Te Pūkenga o te Hapori. Level 5, 10 credits.") {
		t.Errorf("the claim is %q", r.Claim)
	}
	if len(r.Items) != len(b.Items) || len(r.Words) != 2 || r.Words[0].Who != "Hana Lê, mentor since 2025" || r.Words[0].Text != b.Supporters[0].Words {
		t.Errorf("items %q, words %+v", r.Items, r.Words)
	}
	if strings.Contains(string(data), "Mere") {
		t.Error("the holder's name stands in the file")
	}
	if again := sign(t, s, b); !bytes.Equal(data, again) {
		t.Error("the same badge gives other bytes")
	}
	if r, err := openbadges.Verify(data, openbadges.Against{Now: later}); err != nil || r.Known || r.Held {
		t.Errorf("without anything to compare: %v, %+v", err, r)
	}
}

// Anybody can sign in the name of an address: the address alone shows nobody known.
func TestAnAddressThatAStrangerWroteIsNoKnownSigner(t *testing.T) {
	for _, issuer := range []string{"did:web:example.org", "https://example.org/issuer"} {
		ours, stranger := signer(t, 1, issuer), signer(t, 2, issuer)
		forged := sign(t, stranger, badge(t))
		if r, err := openbadges.Verify(forged, openbadges.Against{Now: later, Issuer: issuer}); err != nil || r.Known {
			t.Errorf("%s, by its address: %v, known: %v", issuer, err, r.Known)
		}
		if _, err := openbadges.Verify(forged, openbadges.Against{Now: later, Issuer: ours.Key()}); !errors.Is(err, openbadges.ErrStranger) {
			t.Errorf("%s, by its key: %v, want ErrStranger", issuer, err)
		}
		if r, err := openbadges.Verify(sign(t, ours, badge(t)), openbadges.Against{Now: later, Issuer: ours.Key()}); err != nil || !r.Known {
			t.Errorf("%s, its own: %v, known: %v", issuer, err, r.Known)
		}
	}
}

func TestEveryKindOfIssuerSigns(t *testing.T) {
	for _, issuer := range []string{"", "did:web:example.org", "did:web:example.org%3A8443:badges", "https://example.org/issuer"} {
		s := signer(t, 1, issuer)
		r, err := openbadges.Verify(sign(t, s, badge(t)), openbadges.Against{Now: later, Issuer: s.Key()})
		if err != nil || r.Signer != s.Issuer() || r.Key != s.Key() {
			t.Errorf("%q: %v, %+v", issuer, err, r)
		}
		doc, err := s.Controller()
		if err != nil || strings.Count(string(doc), s.Method()) != 2 {
			t.Errorf("%q: %v, %s", issuer, err, doc)
		}
	}
	for _, issuer := range []string{"http://example.org", "did:web:", "did:web:example.org/x", "did:key:z6Mk", "example.org", "https://example.org/#key", "https://a@example.org/", "https://example.org/a b"} {
		if _, err := openbadges.NewSigner(ed25519.NewKeyFromSeed(make([]byte, 32)), issuer); err == nil {
			t.Errorf("%q was taken for an issuer", issuer)
		}
	}
}

// An organisation changes its key: what the old one signed is still its own, by its
// document, also against a list that the new one signed.
func TestWhatAnEarlierKeySignedIsStillTheOrganisations(t *testing.T) {
	const at = "did:web:example.org"
	private := func(seed byte) ed25519.PrivateKey {
		return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	}
	old, stranger := signer(t, 1, at), signer(t, 3, at)
	now, err := openbadges.NewSigner(private(2), at, old.Key())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := now.Controller()
	if err != nil {
		t.Fatal(err)
	}
	id, keys, err := openbadges.ReadIssuer(doc)
	if err != nil || id != at || !slices.Equal(keys, []string{now.Key(), old.Key()}) {
		t.Fatalf("the document says %q, %q, %v", id, keys, err)
	}
	listBy := func(s openbadges.Signer, struck ...int) []byte {
		data, err := s.List(list, "Facilitation Aotearoa", struck, given.AddDate(0, 0, 3))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	b := badge(t)
	for name, c := range map[string]struct {
		by   openbadges.Signer
		keys []string
		list []byte
		want error // nil: sound and known
	}{
		"the old key":                                 {old, keys, nil, nil},
		"the new key":                                 {now, keys, nil, nil},
		"the old key, and a list by the new":          {old, keys, listBy(now), nil},
		"the old key, struck by the new":              {old, keys, listBy(now, 4711), openbadges.ErrRevoked},
		"a stranger in its name":                      {stranger, keys, nil, openbadges.ErrStranger},
		"the old key, and a stranger's list":          {old, keys, listBy(stranger), openbadges.ErrStranger},
		"the old key alone is known, a list by new":   {old, []string{old.Key()}, listBy(now), openbadges.ErrStranger},
		"nothing is known, and a stranger's list":     {old, nil, listBy(stranger), openbadges.ErrStranger},
		"a stranger, with a list of the organisation": {stranger, nil, listBy(now), openbadges.ErrStranger},
	} {
		r, err := openbadges.Verify(sign(t, c.by, b), openbadges.Against{Now: later, Issuer: at, Keys: c.keys, List: c.list})
		if !errors.Is(err, c.want) || err == nil && !r.Known {
			t.Errorf("%s: %v, want %v; known: %v", name, err, c.want, r.Known)
		}
	}
	for _, earlier := range [][]string{{"z6Mk"}, {""}, {now.Key()}, {old.Key(), old.Key()}, {"did:key:" + old.Key()}} {
		var wrong openbadges.EarlierError
		if _, err := openbadges.NewSigner(private(2), at, earlier...); !errors.As(err, &wrong) || wrong.Key != earlier[len(earlier)-1] {
			t.Errorf("the earlier keys %q: %v", earlier, err)
		}
	}
	// A key under another name, for something else, or of another kind is none of theirs.
	text := string(doc)
	for name, bad := range map[string]string{
		"empty": "", "no object": "[]", "of nobody": "{}",
		"of another":     strings.ReplaceAll(text, `"controller": "did:web:example.org"`, `"controller": "did:web:example.com"`),
		"not to sign":    strings.ReplaceAll(text, `"assertionMethod"`, `"keyAgreement"`),
		"no keys":        strings.ReplaceAll(text, "z6Mk", "z7Mk"),
		"of other kinds": strings.ReplaceAll(text, "Multikey", "JsonWebKey"),
	} {
		if id, keys, err := openbadges.ReadIssuer([]byte(bad)); err == nil {
			t.Errorf("%s: read as %s, %q", name, id, keys)
		}
	}
}

func TestLevelAndCreditsStandNowhereUntilABodyAwardsThem(t *testing.T) {
	p := programme(t)
	if p.Portfolio.Credential.Level == 0 || p.Portfolio.Credential.Awarded != "" {
		t.Fatal("the programme should have a level, and no awarding body yet")
	}
	awarded := p
	awarded.Portfolio.Credential.Awarded = "The Board"
	for name, b := range map[string]credentials.Badge{
		"nobody awards": credentials.New(p, credentials.Met, "Mere", "We", given),
		"only prepared": credentials.New(awarded, credentials.Prepared, "Mere", "We", given),
	} {
		data := string(sign(t, signer(t, 1, ""), b))
		for _, word := range []string{"Level", "redits", "The Board", "MicroCredential", "Awarded"} {
			if strings.Contains(data, word) {
				t.Errorf("%s: %q stands in it", name, word)
			}
		}
	}
	b := credentials.New(p, credentials.Met, "Mere", "We", given)
	b.Level = 5
	if _, err := signer(t, 1, "").Credential(b); err == nil {
		t.Error("a level without an awarding body was signed")
	}
}

func TestNobodysWordsAreSignedWithoutTheirConsent(t *testing.T) {
	b := badge(t)
	b.Supporters[1].Consented = time.Time{}
	if _, err := signer(t, 1, "").Credential(b); err == nil {
		t.Error("it was signed")
	}
}

func TestWhatIsNoAddressIsNotSigned(t *testing.T) {
	for name, change := range map[string]func(*credentials.Badge){
		"evidence":  func(b *credentials.Badge) { b.Evidence[0].ID = "not a UUID" },
		"the list":  func(b *credentials.Badge) { b.List = "/status" },
		"the badge": func(b *credentials.Badge) { b.ID = "x" },
	} {
		b := badge(t)
		change(&b)
		if data, err := signer(t, 1, "").Credential(b); err == nil {
			t.Errorf("%s: signed:\n%s", name, data)
		}
	}
}

func TestTheOfficialSchemasAcceptWhatIsMade(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "shared", "specs")
	schema := func(name string) *jsonschema.Schema {
		file := filepath.Join(folder, name)
		if _, err := os.Stat(file); err != nil {
			t.Skip("the official Open Badges schemas are not beside this checkout")
		}
		s, err := jsonschema.NewCompiler().Compile(file)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	whole, word, profile := schema("ob3-achievementcredential.json"), schema("ob3-endorsementcredential.json"), schema("ob3-profile.json")
	plain := badge(t)
	plain.Supporters, plain.Evidence, plain.Items, plain.List, plain.IssuerURL = nil, nil, nil, "", ""
	for _, b := range []credentials.Badge{badge(t), plain} {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(sign(t, signer(t, 1, ""), b)))
		if err != nil {
			t.Fatal(err)
		}
		if err := whole.Validate(doc); err != nil {
			t.Error(err)
		}
		object := doc.(map[string]any)
		if err := profile.Validate(object["issuer"]); err != nil {
			t.Error(err)
		}
		words, _ := object["endorsement"].([]any)
		if len(words) != len(b.Supporters) {
			t.Errorf("%d words in it, want %d", len(words), len(b.Supporters))
		}
		for _, w := range words {
			if err := word.Validate(w); err != nil {
				t.Error(err)
			}
		}
	}
	bad := decode(t, sign(t, signer(t, 1, ""), plain))
	delete(bad, "validFrom")
	if whole.Validate(bad) == nil {
		t.Error("the schema accepts anything")
	}
}

func TestTheStatusListTellsWhatWasTakenBack(t *testing.T) {
	s, b := signer(t, 1, ""), badge(t)
	data := sign(t, s, b)
	against := func(list []byte) (openbadges.Report, error) {
		return openbadges.Verify(data, openbadges.Against{Now: later, List: list})
	}
	made := func(s openbadges.Signer, at string, struck ...int) []byte {
		data, err := s.List(at, "Facilitation Aotearoa", struck, given.AddDate(0, 0, 3))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	r, err := against(made(s, list, 4710, 4712, 12, 0, credentials.ListSize-1))
	if err != nil || !r.Checked.Equal(given.AddDate(0, 0, 3)) || !r.Words[0].Withdrawn || r.Words[1].Withdrawn {
		t.Errorf("%v, %+v", err, r)
	}
	wants := map[string][]byte{
		"withdrawn by who gave it":      made(s, list, 4711),
		"signed by somebody else":       made(signer(t, 2, ""), list),
		"the credential names":          made(s, list+"/2"),
		"the file ends in the middle":   made(s, list)[:200],
		"something was changed":         bytes.Replace(made(s, list), []byte("What was taken"), []byte("What was takem"), 1),
		"no BitstringStatusListCredent": data,
	}
	for want, file := range wants {
		if _, err := against(file); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if _, err := s.List(list, "x", []int{credentials.ListSize}, given); err == nil {
		t.Error("a place beyond the end was struck")
	}
	b.List = ""
	data = sign(t, s, b)
	if _, err := against(made(s, list)); err == nil {
		t.Error("a list told about a credential that names none")
	}
}

func TestTheContextsAreAsTheirAuthorsPublishThem(t *testing.T) {
	for file, want := range map[string]string{
		"credentials-v2.json": "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
		"ob-3.0.3.json":       "ef2fa9c7846dce233cc166b43639027278be4ee44f00bb1d45c75de2dd0cd761",
	} {
		data, err := os.ReadFile(filepath.Join("contexts", file))
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%s is %x", file, sum)
		}
	}
}

func decode(t testing.TB, data []byte) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestItemsOfAFrameworkAreNamedAsInCASE(t *testing.T) {
	for _, i := range badge(t).Items {
		if _, err := uuid.Parse(strings.TrimPrefix(i.URI, "urn:uuid:")); err != nil {
			t.Errorf("%q: %v", i.URI, err)
		}
	}
}
