package charts_test

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/charts"
	"cohortbot/bot/credentials"
	"cohortbot/bot/programmes"
)

// The folder $COHORTBOT_SCREENSHOTS, where there is one, gets pictures to look at.
func TestACertificateIsDrawnWholeForAPhone(t *testing.T) {
	p := programmes.Programme{ID: "facilitation", Title: "Facilitation credential", Portfolio: programmes.Portfolio{
		Credential: programmes.Credential{Name: "Facilitating in a community", Says: "Its holder facilitates.", Level: 5, Credits: 10},
	}}
	awarded := p
	awarded.Portfolio.Credential.Awarded = "Te Pūkenga o te Hapori"
	now := time.Date(2027, 5, 3, 9, 0, 0, 0, time.UTC)
	cards := map[string]credentials.Card{
		"met":      credentials.New(p, credentials.Met, "Mere Tūī-Nguyễn 🌿", "Facilitation Aotearoa", now).Card("https://cohortbot.example.org/check"),
		"awarded":  credentials.New(awarded, credentials.Met, "Ọlá ʻŌlelo", "Facilitation Aotearoa", now).Card(""),
		"prepared": credentials.New(p, credentials.Prepared, "Tom", "Facilitation Aotearoa", now).Card(""),
		"long":     credentials.New(p, credentials.Met, strings.Repeat("Wilhelmina", 12), strings.Repeat("A House of Learning ", 9), now).Card(""),
	}
	for name, card := range cards {
		data, err := charts.Certificate(card)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if dir := os.Getenv("COHORTBOT_SCREENSHOTS"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, "certificate-"+name+".png"), data, 0o644); err != nil {
				t.Error(err)
			}
		}
		size := img.Bounds()
		if size.Dx() != 1080 || size.Dy() < 900 {
			t.Errorf("%s: it is %v", name, size)
		}
		// Between frame and words stays a margin on every side.
		for _, side := range []image.Rectangle{
			image.Rect(40, 40, 80, size.Dy()-40), image.Rect(size.Dx()-80, 40, size.Dx()-40, size.Dy()-40),
			image.Rect(40, 30, size.Dx()-40, 80), image.Rect(40, size.Dy()-80, size.Dx()-40, size.Dy()-30),
		} {
			if !blank(img, side) {
				t.Errorf("%s: something is drawn in %v", name, side)
			}
		}
		if blank(img, image.Rect(90, 90, size.Dx()-90, size.Dy()-90)) {
			t.Errorf("%s: it is empty", name)
		}
	}
}

func blank(img image.Image, in image.Rectangle) bool {
	for y := in.Min.Y; y < in.Max.Y; y++ {
		for x := in.Min.X; x < in.Max.X; x++ {
			if r, g, b, _ := img.At(x, y).RGBA(); r+g+b != 3*0xffff {
				return false
			}
		}
	}
	return true
}
