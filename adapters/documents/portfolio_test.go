package documents_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"cohortbot/adapters/documents"
	"cohortbot/bot/chat"
	"cohortbot/bot/portfolios/bundle"
	"cohortbot/bot/portfolios/bundle/bundletest"
)

// draw stands for the charts, which are drawn elsewhere.
func draw(chat.Chart) ([]byte, error) {
	m := image.NewRGBA(image.Rect(0, 0, 1080, 420))
	for i := range m.Pix {
		m.Pix[i] = uint8(200 + i%40)
	}
	var b bytes.Buffer
	err := png.Encode(&b, m)
	return b.Bytes(), err
}

var sources = documents.Sources{Open: bundletest.Files(), Draw: draw, Key: bundletest.Key}

// archived gives the files of a portfolio's zip.
func archived(t testing.TB, b bundle.Bundle, s documents.Sources) map[string]string {
	t.Helper()
	var out bytes.Buffer
	if err := documents.Archive(context.Background(), &out, b, s); err != nil {
		t.Fatal(err)
	}
	report, err := bundle.Verify(bytes.NewReader(out.Bytes()), int64(out.Len()), bundle.With{Beside: func(int64, string) (bool, error) { return true, nil }})
	if err != nil || len(report.Faults) > 0 {
		t.Errorf("what was just made has faults: %v %v", err, report.Faults)
	}
	files, err := bundletest.Unzip(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestAPortfolioHasEverythingInOneZip(t *testing.T) {
	files := archived(t, bundletest.Sample(), sources)
	for _, want := range []string{
		bundle.ReadMePath, bundle.PagePath, bundle.PrintPath, bundle.DataPath, bundle.ManifestPath, bundle.SignedPath, "coverage-do.png", "coverage-know.png",
		"files/01 harbour.jpg", "files/02 minutes.pdf", "files/02 MINUTES (2).pdf", "files/03 file con.svg.txt", "attestations/01.json",
	} {
		if files[want] == "" {
			t.Errorf("there is no %s", want)
		}
	}
	if !strings.HasPrefix(files[bundle.PrintPath], "%PDF-") || len(files[bundle.PrintPath]) > 2<<20 {
		t.Errorf("the PDF has %d bytes", len(files[bundle.PrintPath]))
	}
	page := files[bundle.PagePath]
	for _, words := range []string{
		"Āwhina Te Ūkaipō-Kealoha", "Mele Tuʻipulotu", "1. Background and role", "She sent us out to walk", "the link alone doesn&#39;t prove who wrote it", "26 h 30 min (guidance: 20 to 40 hours)",
		"Documents, and people's words, for each: 1.1: 2 and 0", "In the assessor&#39;s words", "Nothing in particular", `href="files/02%20MINUTES%20%282%29.pdf"`, "Conflict of interest", "We are cousins.",
	} {
		if !strings.Contains(strings.ReplaceAll(page, "people&#39;s", "people's"), words) {
			t.Errorf("the page doesn't say %q", words)
		}
	}
	for _, hidden := range []string{"assessor's eyes", "Somebody who said no", "<script"} {
		if strings.Contains(page, hidden) {
			t.Errorf("the page says %q", hidden)
		}
	}
}

func TestTheReadMeNamesTheCertificateWhereThereIsOne(t *testing.T) {
	b := bundletest.Sample()
	if words := archived(t, b, sources)[bundle.ReadMePath]; strings.Contains(words, bundle.PaperPath) {
		t.Errorf("there is no certificate:\n%s", words)
	}
	b.Credential = &bundle.Credential{Name: "Community facilitator", Number: "12"}
	with := sources
	for _, path := range []string{bundle.PaperPath, bundle.PicturePath, bundle.AwardPath} {
		with.Certificate = append(with.Certificate, bundle.Page{Path: path, Data: []byte("{}")})
	}
	var out bytes.Buffer
	if err := documents.Archive(context.Background(), &out, b, with); err != nil {
		t.Fatal(err)
	}
	files, err := bundletest.Unzip(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{bundle.PaperPath, bundle.PicturePath, bundle.AwardPath} {
		if !strings.Contains(files[bundle.ReadMePath], path) {
			t.Errorf("the readme doesn't name %s", path)
		}
	}
}

func TestTheSamePortfolioIsTheSameBytes(t *testing.T) {
	var one, two bytes.Buffer
	for _, out := range []*bytes.Buffer{&one, &two} {
		if err := documents.Archive(context.Background(), out, bundletest.Sample(), sources); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("two copies differ")
	}
}

// turned gives a JPEG of two colours, the left red, as a camera writes it that was
// held on its side.
func turned(t *testing.T) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 64, 32))
	for y := range 32 {
		for x := range 64 {
			c := color.RGBA{R: 255, A: 255}
			if x >= 32 {
				c = color.RGBA{B: 255, A: 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	exif := "\xff\xe1\x00\x22Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"
	return append([]byte("\xff\xd8"+exif), b.Bytes()[2:]...)
}

func TestAPictureStandsUprightAndSaysNotWhereItWasTaken(t *testing.T) {
	for how, x := range map[string]struct{ data []byte }{"on its side": {turned(t)}} {
		p, err := documents.Shown(bytes.NewReader(x.data))
		if err != nil {
			t.Fatal(err)
		}
		m, err := jpeg.Decode(bytes.NewReader(p.Data))
		if err != nil {
			t.Fatal(err)
		}
		r, _, b, _ := m.At(16, 8).RGBA()
		if m.Bounds().Dx() != 32 || m.Bounds().Dy() != 64 || r < 0xc000 || b > 0x4000 {
			t.Errorf("%s: %v, red %x at the top", how, m.Bounds(), r)
		}
		if bytes.Contains(p.Data, []byte("Exif")) {
			t.Errorf("%s: what the camera wrote is still in it", how)
		}
	}
}

func TestWhatIsNoPictureIsLinkedAlone(t *testing.T) {
	bomb := turned(t)
	at := bytes.Index(bomb, []byte("\xff\xc0")) // where a JPEG says how large it is
	copy(bomb[at+5:], "\xff\xf0\xff\xf0")
	for name, data := range map[string]string{"nothing": "", "a page": "<html>", "cut off": string(turned(t)[:80]), "far too large": string(bomb)} {
		if _, err := documents.Shown(strings.NewReader(data)); !errors.Is(err, documents.ErrNoPicture) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAPortfolioOfNothingIsAPortfolioAllTheSame(t *testing.T) {
	files := archived(t, bundle.Bundle{Title: "A start", Name: "Ana 🌿 \u202eאנה عنا", Programme: "P"}, documents.Sources{Open: bundletest.Files()})
	if len(files) != 5 || !strings.Contains(files[bundle.PagePath], "A draft that wasn&#39;t submitted yet") {
		t.Errorf("%d files", len(files))
	}
}
