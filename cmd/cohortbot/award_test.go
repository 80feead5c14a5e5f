package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"cohortbot/adapters/openbadges"
	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/credentials"
	"cohortbot/bot/evidence"
	"cohortbot/bot/portfolios/bundle"
	"cohortbot/bot/store"
)

// awarded has somebody prepare the built-in credential by the bot's own commands, and
// an assessor confirm it. It gives the files that the member was sent.
func awarded(t *testing.T, w *bottest.World) map[string][]byte {
	t.Helper()
	w.Pages, w.Key = "https://bot.example", ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	signer, err := openbadges.NewSigner(w.Key, "")
	if err != nil {
		t.Fatal(err)
	}
	w.Signer = signer
	w.Restart()
	w.Cohort("Explorers", "Wiremu", "Āwhina Te Ūkaipō-Kealoha")
	const ana = "Āwhina Te Ūkaipō-Kealoha"
	w.Do(ana, "/portfolio start programme:facilitation-credential group:alone")
	for part, text := range awardedTexts {
		w.Do(ana, "/portfolio write part:"+part)
		w.Submit(ana, map[string]string{"text": text})
	}
	for _, who := range []struct{ name, role, saw, badge string }{
		{"Ben", "participant", "She sent us out to walk before anybody had said a word about the plan.", "yes"},
		{"Mele", "participant", "I came for my kids and stayed for the map. She had left the felt pens where children could reach them.", "no"},
		{"Tui", "mentor", "Over two years I have seen her ask shorter and shorter questions.\n\nThe last one was: “And then?”", "yes"},
	} {
		w.Person(who.name, "Pacific/Auckland")
		w.Do(ana, fmt.Sprintf(`/attest ask who:@%s role:%s about:"the harbour hui"`, strings.ToLower(who.name), who.role))
		asked := w.Inbox(who.name)
		w.PressOn(who.name, asked[len(asked)-1], "Write a few words")
		w.Submit(who.name, map[string]string{"saw": who.saw, "helped": "The long silences.", "grow": "", "relation": "we share the harbour", "since": "2021", "show": "yes", "badge": who.badge, "conflict": "no", "ties": ""})
		bottest.Says(t, w.Answer(who.name), "Thank you")
	}
	picture := starPicture(7)
	kept, err := w.Files.Keep(context.Background(), bytes.NewReader(picture), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	owner := w.Known(ana)
	w.Update(func(tx store.Tx) error {
		return errors.Join(evidence.Contents.Put(tx, kept.Hash, kept), evidence.Table.Put(tx, "item-1", evidence.Item{
			ID: "item-1", Owner: owner.ID, At: w.Now(), Kind: evidence.OfFile, Title: "The map that we drew", Workspace: bottest.Workspace,
			Files: []evidence.File{{Name: "../../map of the harbour.png", Copy: evidence.Here, Hash: kept.Hash, Size: kept.Size, Looks: kept.Looks, Shows: evidence.Agreed, Alt: "A star with seven points"}},
			Tags:  []evidence.Tag{{Framework: "facilitation", Item: "plan"}},
		}))
	})
	w.Do(ana, `/hours log what:"2h planning the hui" for:practice`)
	w.Do(ana, "/portfolio papers")
	w.Submit(ana, map[string]string{"items1": "item-1"})
	w.Do(ana, "/portfolio submit")
	w.Press(ana, "Submit it")
	w.Person("Sina", "Pacific/Auckland")
	w.Do("Wiremu", "/portfolio desk")
	w.Press("Wiremu", "Appoint an assessor for "+ana)
	w.Submit("Wiremu", map[string]string{"person": "sina"})
	w.Do("Sina", "/portfolio assess")
	w.Submit("Sina", map[string]string{"conflict": "none"})
	w.Press("Sina", "Judge a criterion")
	for range 4 {
		w.Submit("Sina", map[string]string{"result": "met", "feedback": "The map shows it, and so do the words of those who drew it."})
		w.Press("Sina", "The next criterion")
	}
	w.Submit("Sina", map[string]string{"result": "met"})
	w.Press("Sina", "Decide")
	w.Submit("Sina", map[string]string{"words": "A pleasure to read."})
	w.Press("Sina", "Give the result")
	w.Do(ana, "/portfolio export copy:1")
	handing := &archives{bot: w.Bot, key: w.Key, base: w.Pages, log: slog.New(slog.DiscardHandler)}
	attach := attaching(w.Clock, handing)
	files := map[string][]byte{}
	for _, post := range w.Inbox(ana) {
		if post.Message.Document == nil || post.Message.Document.Archive == "" {
			continue
		}
		made, err := attach(post.Message)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range made {
			files[f.Name] = f.Data
			if f.Alt == "" {
				t.Errorf("%s is in no words", f.Name)
			}
		}
	}
	return files
}

var awardedTexts = map[string]string{
	"background":  "I look after the hall in Te Atatū, and have for eleven years.\n\nBefore that I drove the bus: I knew everybody's stop before I knew their names.",
	"case-study":  "The harbour hui. Thirty-two people, four languages, one kettle.\n\nWe walked first. Then we drew what we had seen on one long sheet of paper, and whoever had a pen in hand was heard.",
	"reflections": "I used to fill silences. Ngā mihi to those who told me so.\n\nSee https://example.org/a/very/long/address/that/goes/on/and/on/until/it/meets/the/edge/of/the/page/and/has/to/break?somewhere=here&and=there for what I have been reading.",
	"next":        "Taumatawhakatangihangakoauauotamateaturipukakapikimaungahoronukupokaiwhenuakitanatahu is where the next one is, and I shall ask there first.",
}

func TestARealResultLeadsToFilesThatOthersCheck(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		files := awarded(t, w)
		if shots := os.Getenv("COHORTBOT_SCREENSHOTS"); shots != "" {
			for name, data := range files {
				if err := os.WriteFile(filepath.Join(shots, name), data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		whole := files["portfolio-copy-1.zip"]
		report, err := bundle.Verify(bytes.NewReader(whole), int64(len(whole)), bundle.With{Keys: []ed25519.PublicKey{w.Key.Public().(ed25519.PublicKey)}, Credential: soundFor})
		if err != nil || len(report.Faults) > 0 || report.Said != 3 || !report.Awarded {
			t.Fatalf("the zip: %v %+v", err, report)
		}
		tamper(t, whole)
		tamperAward(t, w, whole)

		signed := files[signedName]
		r, err := openbadges.Verify(signed, openbadges.Against{Now: w.Now(), Holder: "Āwhina Te Ūkaipō-Kealoha", Issuer: w.Signer.(openbadges.Signer).Issuer()})
		if err != nil || len(r.Words) != 2 || len(r.Items) != 5 || r.List != "https://bot.example/credential/status" {
			t.Errorf("the credential: %v %+v", err, r)
		}
		if bytes.Contains(signed, []byte("Mele")) || bytes.Contains(signed, []byte("Āwhina")) || bytes.Contains(signed, []byte("creditsEarned")) {
			t.Error("it names somebody who did not agree, or its holder, or credits that nobody awards")
		}
		schema(t, "ob3-achievementcredential.json", signed)
		var doc struct {
			Endorsement []json.RawMessage `json:"endorsement"`
			Issuer      json.RawMessage   `json:"issuer"`
		}
		if err := json.Unmarshal(signed, &doc); err != nil || len(doc.Endorsement) != 2 {
			t.Errorf("its endorsements: %v, %d", err, len(doc.Endorsement))
		}
		for _, word := range doc.Endorsement {
			schema(t, "ob3-endorsementcredential.json", word)
		}
		schema(t, "ob3-profile.json", doc.Issuer)
		page := string(files[paperName])
		bottest.Says(t, page, "Āwhina Te Ūkaipō-Kealoha", "It is the programme's own word, and no award of another body", "shorter and shorter questions")
		for _, never := range []string{"Level", "credits", "Awarded", "Mele"} {
			if strings.Contains(page, never) {
				t.Errorf("the certificate says %q", never)
			}
		}
		follows(t, w)
		// Tui takes the words back: the file that is served has them no longer.
		w.Press("Tui", "Take it back")
		w.Press("Tui", "Delete what I wrote")
		w.View(func(tx store.Tx) error {
			all, err := credentials.Of(tx, w.Known("Āwhina Te Ūkaipō-Kealoha").ID)
			if err != nil || len(all) != 1 || len(all[0].Badge.Supporters) != 1 || len(all[0].File) > 0 {
				t.Errorf("after a withdrawal: %v, %+v", err, all)
			}
			return nil
		})
		c := checks{bot: w.Bot, signer: w.Signer.(openbadges.Signer), issuer: "Explorers", base: w.Pages, clock: w.Clock}
		list, err := c.Status(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		r, err = openbadges.Verify(signed, openbadges.Against{Now: w.Now(), List: list})
		if err != nil || !slices.ContainsFunc(r.Words, func(x openbadges.Word) bool { return strings.HasPrefix(x.Who, "Tui") && x.Withdrawn }) {
			t.Errorf("the old file beside the list: %v %+v", err, r.Words)
		}
		m, _, err := c.Check(context.Background(), signed, "", "")
		if err != nil || !strings.Contains(m.Text, "The words of Tui") {
			t.Errorf("checked: %v %s", err, m.Text)
		}
		m, missed, err := c.Check(context.Background(), bytes.Replace(signed, []byte("Facilitating"), []byte("Facilitated"), 1), "", "")
		if err != nil || !missed || !strings.Contains(m.Text, "This file was altered") {
			t.Errorf("altered: %v %s", err, m.Text)
		}
	})
}

// follows has writers change what they said and who may see it: the credential says
// what they say now.
func follows(t *testing.T, w *bottest.World) {
	t.Helper()
	said := func() map[string]string {
		words := map[string]string{}
		w.View(func(tx store.Tx) error {
			all, err := credentials.Of(tx, w.Known("Āwhina Te Ūkaipō-Kealoha").ID)
			for _, s := range all[0].Badge.Supporters {
				words[s.Who] = s.Words
			}
			return err
		})
		return words
	}
	w.Press("Mele", "Correct it")
	w.Submit("Mele", map[string]string{"badge": "yes"})
	if got := said(); len(got) != 3 || !strings.Contains(got["Mele"], "felt pens") {
		t.Errorf("after a late yes: %q", got)
	}
	w.Press("Ben", "Correct it")
	w.Submit("Ben", map[string]string{"saw": "She walked with us."})
	if got := said(); len(got) != 3 || !strings.Contains(got["Ben"], "walked with us") || strings.Contains(got["Ben"], "sent us out") {
		t.Errorf("after a correction: %q", got)
	}
	w.Press("Ben", "Correct it")
	w.Submit("Ben", map[string]string{"badge": "no"})
	if got := said(); len(got) != 2 || got["Ben"] != "" {
		t.Errorf("after a late no: %q", got)
	}
}

// schema holds what was made against an official schema, where those are kept.
func schema(t *testing.T, name string, data []byte) {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "specs", name)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Logf("%s is not kept here", name)
		return
	}
	compiler := jsonschema.NewCompiler()
	compiled, err := compiler.Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(v); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

// tamper changes one byte of each file of a zip, and its ends; each is found.
func tamper(t *testing.T, whole []byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	changed := map[string][]byte{
		"its last byte":       append(bytes.Clone(whole[:len(whole)-1]), whole[len(whole)-1]^1),
		"cut off":             whole[:len(whole)-30],
		"cut in half":         whole[:len(whole)/2],
		"something before it": append([]byte("#!"), whole...),
		"something after it":  append(bytes.Clone(whole), "more"...),
		"nothing":             {},
		"its first byte":      append([]byte{whole[0] ^ 1}, whole[1:]...),
	}
	flip := func(name string, at int64) {
		data := bytes.Clone(whole)
		data[at] ^= 1
		changed[name] = data
	}
	for _, f := range z.File {
		at, err := f.DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		flip("a byte of "+f.Name, at+int64(f.UncompressedSize64)/2)
		flip("the name of "+f.Name, at-2)
	}
	if len(changed) < 20 {
		t.Errorf("only %d kinds of tampering were tried", len(changed))
	}
	for name, data := range changed {
		report, err := bundle.Verify(bytes.NewReader(data), int64(len(data)), bundle.With{Credential: soundFor})
		if err != nil || len(report.Faults) == 0 {
			t.Errorf("%s: %v, and no fault is found", name, err)
		}
	}
}

// What cannot be packed is not lost in silence: the page says so.
func TestWhatCannotBePackedIsSaid(t *testing.T) {
	var log bytes.Buffer
	attach := attaching(nil, &archives{log: slog.New(slog.NewTextHandler(&log, nil))})
	files, err := attach(chat.Message{Document: &chat.Document{Name: "portfolio", Title: "T", Text: "It could not be packed.", Archive: "portfolio/now/x"}})
	if err != nil || len(files) != 1 || files[0].Name != "portfolio.html" || !bytes.Contains(files[0].Data, []byte("could not be packed")) || log.Len() == 0 {
		t.Errorf("%v %+v %s", err, files, &log)
	}
}
