// Package bundletest gives a portfolio to try a bundle with: all parts, long and
// short texts, letters of many scripts, and a few hostile words.
package bundletest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"strings"
	"time"

	"cohortbot/bot/attestations"
	"cohortbot/bot/evidence"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/portfolios/bundle"
	"cohortbot/bot/programmes"
)

// Key is a key to sign with.
var Key = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

// Files gives the bytes of the sample's files.
func Files() func(context.Context, string) (io.ReadCloser, error) {
	all := map[string][]byte{}
	for _, data := range [][]byte{photo, minutes, drawing} {
		all[hashOf(data)] = data
	}
	return func(_ context.Context, hash string) (io.ReadCloser, error) {
		data, ok := all[hash]
		if !ok {
			return nil, errors.New("nothing is kept under this hash")
		}
		return io.NopCloser(bytes.NewReader(data)), nil
	}
}

var (
	photo   = harbour()
	minutes = []byte("%PDF-1.4\nminutes of the hui\n")
	drawing = []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)
)

// harbour is a picture of hills over water.
func harbour() []byte {
	m := image.NewRGBA(image.Rect(0, 0, 960, 540))
	for y := range 540 {
		for x := range 960 {
			c := color.RGBA{R: uint8(180 + y/8), G: uint8(205 + y/20), B: 225, A: 255}
			hill := 250 + int(40*sin(float64(x)/140)) + int(25*sin(float64(x)/47))
			if y > hill {
				c = color.RGBA{R: 70, G: uint8(110 + (y-hill)/6), B: 85, A: 255}
			}
			if y > 390 {
				c = color.RGBA{R: 60, G: uint8(110 + (x*7+y*13)%23), B: 140, A: 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		panic(err) // to memory
	}
	return b.Bytes()
}

// sin is near enough to a sine for hills.
func sin(x float64) float64 {
	const turn = 6.283185307179586
	for x > turn/2 {
		x -= turn
	}
	return x * (1 - x*x/6 + x*x*x*x/120)
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

var auckland = time.FixedZone("NZDT", 13*60*60)

func day(month time.Month, d, hour int) time.Time {
	return time.Date(2026, month, d, hour, 0, 0, 0, auckland)
}

// Prove gives an entry of the chain for an attestation, signed as the bot signs it.
func Prove(a attestations.Attestation) attestations.Entry {
	e := attestations.Entry{Number: a.Entry, About: a.ID, What: attestations.WasGiven, At: a.Given.UTC(), Key: base64.StdEncoding.EncodeToString(Key.Public().(ed25519.PublicKey))}
	a.Entry = 0
	sum := sha256.Sum256(encoded(a))
	e.Hash = base64.StdEncoding.EncodeToString(sum[:])
	e.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(Key, append([]byte("cohortbot attestation\n"), encoded(e)...)))
	return e
}

func encoded(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // both are plain records
	}
	return data
}

// Sample gives the portfolio, ready.
func Sample() bundle.Bundle {
	b := bundle.Bundle{
		Title: "Facilitating in a community", Name: "Āwhina Te Ūkaipō-Kealoha", Programme: "Facilitation credential",
		About:     "For people who have facilitated at least one meeting, workshop or piece of work in which a community took the lead.",
		Framework: bundle.Standard{ID: "facilitation", Title: "Facilitating in a community", Version: "1", Wording: "In cohortbot's own words."},
		Made:      day(11, 22, 9), Submitted: day(11, 12, 18), Number: 2, Snapshot: hashOf([]byte("snapshot")),
		Parts: []bundle.Part{
			{
				ID: "background", Title: "Background and role", Holds: programmes.HoldsText,
				Ask:  "Who are you in this community, what have you facilitated so far, and what is your part in it now?",
				Text: "I grew up between Whangārei and Hawaiʻi, and came home in 2011. Since then I have sat in more meetings than I can count, first at the back, later with the pens.\n\n" + strings.Repeat("In our hapū, nobody is appointed to facilitate. Somebody notices that the talk has stopped, and gets up. Over the years that somebody was often me: for the gardens, for the kura's new roof, for the water. ", 6) + "\n\nToday I look after the monthly harbour hui:\n- eight families, two marae and the council\n- a shared plan on https://example.org/harbour/plan?year=2026&part=3\n- Tiếng Việt and ọ̀rọ̀ Yorùbá spoken at the same table",
			},
			{
				ID: "case-study", Title: "A case study", Holds: programmes.HoldsText,
				Ask:  "One time when you facilitated: what it was about, who was there, what you did and why, and what came of it.",
				Text: strings.Repeat("The harbour hui of 3 March began badly. Two people had not spoken to each other since the summer, and the room knew it. I asked everybody to walk the shore in pairs before we sat down, and to come back with one thing that they had seen change. ", 9) + "\n\n" + strings.Repeat("What came of it: a working bee every second Saturday, kept by the people who proposed it, and a list of questions for the council that had names beside them. ", 12) + "\n\n<script>alert('no')</script> & \"quotes\" stay words.",
			},
			{ID: "attestations", Title: "What others saw", Holds: programmes.HoldsAttestations, Ask: "A few words from people who were there, and from somebody who knows your work."},
			{ID: "documents", Title: "Papers and pictures", Holds: programmes.HoldsDocuments, Ask: "Agendas, minutes, plans, newsletters, reports or photos that show how you worked and what came of it."},
			{ID: "reflections", Title: "Reflections", Holds: programmes.HoldsText, Ask: "What do you make of it now?", Text: strings.Repeat("I used to think that a good meeting was one that ended on time. Now I look at who spoke last month and did not speak this month. ", 14)},
			{ID: "next", Title: "From here on", Holds: programmes.HoldsText, Ask: "How do you want to facilitate from here on?", Text: "Slower. With somebody beside me who will take over."},
		},
		Evidence: []bundle.Item{
			{
				ID: "e1", Part: "documents", Title: "The shore before the hui", Kind: evidence.OfFile, Kept: day(3, 4, 8), Note: "Taken before everybody arrived; nobody can be seen in it.",
				Files: []bundle.File{{Name: "../../harbour.jpg", Size: int64(len(photo)), Hash: hashOf(photo), Looks: "image/jpeg", Alt: "Green hills over a calm harbour in morning light"}},
			},
			{
				ID: "e2", Part: "documents", Title: "Minutes of the harbour hui", Kind: evidence.OfFile, Kept: day(3, 9, 20),
				Files: []bundle.File{{Name: "minutes.pdf", Size: int64(len(minutes)), Hash: hashOf(minutes), Looks: "application/pdf"}, {Name: "MINUTES.pdf", Size: int64(len(minutes)), Hash: hashOf(minutes), Looks: "application/pdf"}},
			},
			{
				ID: "e3", Part: "documents", Title: "Map of who spoke", Kind: evidence.OfFile, Kept: day(3, 10, 7),
				Files: []bundle.File{{Name: "con.svg", Size: int64(len(drawing)), Hash: hashOf(drawing), Looks: "text/xml; charset=utf-8"}},
			},
			{ID: "e4", Part: "documents", Title: "What Wiremu wrote the day after", Kind: evidence.OfMessage, Kept: day(3, 5, 7), By: "Wiremu", Text: "Ka pai te hui inanahi.\nFirst time I've heard my uncle ask a question.", Note: "He agreed that I show it."},
			{ID: "e5", Part: "documents", Title: "The plan on the community's own page", Kind: evidence.OfLink, Kept: day(4, 1, 12), Link: "https://example.org/harbour/a-rather-long-address-that-has-to-break-somewhere/plan-2026-to-2030.html?version=12"},
		},
		Hours: bundle.Hours{
			Bands: []bundle.Band{
				{ID: "portfolio", Title: "Putting the portfolio together", From: 20, To: 40, Minutes: 26*60 + 30},
				{ID: "practice", Title: "Facilitating", From: 50, To: 80, Minutes: 57 * 60},
			},
			Other: 45,
		},
		Result: &bundle.Result{Result: "met", Assessor: "Dr Sina Faleolo", Decided: day(11, 20, 11), Words: "Thank you for letting me read this. The walk along the shore is now something that I do, too."},
		Steps: []bundle.Step{
			{At: day(2, 1, 9), Said: "Started."},
			{At: day(10, 20, 18), Said: "Submitted (submission 1)."},
			{At: day(10, 28, 10), Said: "Dr Sina Faleolo, the assessor, asked for more."},
			{At: day(11, 12, 18), Said: "Submitted again (submission 2)."},
			{At: day(11, 20, 11), Said: "Met, decided by Dr Sina Faleolo."},
		},
	}
	for n := range 24 {
		b.Hours.Entries = append(b.Hours.Entries, bundle.Entry{On: fmt.Sprintf("2026-%02d-%02d", 2+n/3, 3+n%27), Minutes: 60 + 30*(n%6), What: []string{"planning the hui", "visiting the families before", "writing up what was said"}[n%3], Band: []string{"practice", "practice", "portfolio"}[n%3]})
	}
	for i, c := range []string{"Plan with the people whom it concerns, before the day", "Make room for people who are rarely asked", "Bring people together who haven't spoken to each other", "Coordinate what a community has decided to do", "Say what was learned, and change something because of it"} {
		b.Criteria = append(b.Criteria, bundle.Criterion{ID: fmt.Sprintf("d%d", i+1), Code: fmt.Sprintf("1.%d", i+1), Text: c, Covers: frameworks.Do, Result: "met"})
	}
	for i, c := range []string{"Ways to decide together, and when each fits", "What keeps people from speaking", "How a community's own customs shape a meeting"} {
		b.Criteria = append(b.Criteria, bundle.Criterion{ID: fmt.Sprintf("k%d", i+1), Code: fmt.Sprintf("K%d", i+1), Text: c, Covers: frameworks.Know, Result: "met"})
	}
	b.Criteria = append(b.Criteria, bundle.Criterion{ID: "v1", Text: "Manaakitanga: looking after people comes first", Covers: frameworks.Lens, Evidence: []string{"e4"}})
	b.Criteria[0].Evidence, b.Criteria[2].Evidence, b.Criteria[3].Evidence, b.Criteria[5].Evidence = []string{"e2", "e5"}, []string{"e1", "e4"}, []string{"e2"}, []string{"e2"}
	b.Criteria[2].Said, b.Criteria[1].Said = []string{"a1", "a2"}, []string{"a1"}
	b.Criteria[0].Feedback = "The visits beforehand are what made the day possible, and you say so yourself."
	for i, c := range []attestations.Content{
		{
			Learner: b.Name, Writer: "Hana Parata", Role: programmes.Participant, About: "the harbour hui on 3 March", Relation: "neighbours", Since: "2014", Show: true, Endorse: true, Reached: attestations.ByAccount,
			Saw: "She sent us out to walk. I thought it was a waste of time, and then I walked with Rangi for the first time in a year.\nShe didn't say much after that. She didn't need to.", Helped: "That she waited.", Grow: "The end was rushed.", Framework: "facilitation", Criteria: []string{"d2", "d3"},
		},
		{
			Learner: b.Name, Writer: "Rangi Tamahere", Role: programmes.Participant, About: "the harbour hui on 3 March", Relation: "cousins, and on the same committee", Conflict: "We are cousins.", Show: true, Reached: attestations.ByPhone, Recorder: "Mele Tuʻipulotu",
			Saw: "Everybody had a turn, even the ones who came late.", Criteria: []string{"d3"}, Framework: "facilitation",
		},
		{
			Learner: b.Name, Writer: "Kiri Walker", Role: programmes.Mentor, About: "her facilitation this year", Relation: "mentor", Since: "2023", Show: true, Reached: attestations.ByLink, Corrected: true,
			Saw: strings.Repeat("Over the year I have seen her hand over the pens earlier and earlier. ", 5), Helped: "Her questions before a meeting are better than most people's summaries after it.",
		},
		{Learner: b.Name, Writer: "Somebody who said no", Role: programmes.Peer, About: "the harbour hui", Saw: "For the assessor's eyes alone.", Relation: "peer", Reached: attestations.ByLink},
	} {
		c.ID, c.At, c.Salt = attestations.ID(fmt.Sprintf("a%d", i+1)), day(10, 2+i, 15), "c2FsdA=="
		given := attestations.Attestation{ID: c.ID, Learner: "person-1", Writer: "person-2", Given: c.At, Content: c, Entry: i + 1}
		b.Attestations = append(b.Attestations, bundle.Attestation{ID: string(c.ID), Part: "attestations", Criteria: c.Criteria, Given: given, Proof: Prove(given)})
	}
	return b.Ready()
}

// Unzip gives what is in an archive, by name.
func Unzip(archive []byte) (map[string]string, error) {
	all, err := Unpack(archive)
	files := map[string]string{}
	for _, f := range all {
		files[f.Name] = string(f.Data)
	}
	return files, err
}
