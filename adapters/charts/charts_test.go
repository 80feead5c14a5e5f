package charts_test

import (
	"bytes"
	"errors"
	"flag"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cohortbot/adapters/charts"
	"cohortbot/bot/chat"
)

var keep = flag.String("keep", "", "a folder to put the pictures into, to be looked at")

var samples = map[string]chat.Chart{
	"bars":     {Kind: chat.Bars, Title: "Most of you met somebody new", Alt: "…", Axes: []string{"Met somebody new", "Hosted", "Wrote a reflection"}, Series: []chat.Series{{Name: "Weeks", Values: []float64{7, 3.5, 0}}}},
	"bars two": {Kind: chat.Bars, Title: "Where you stood, and where you stand", Alt: "…", Axes: []string{"Inviting people in", "Holding a space where everybody can speak", "Whanaungatanga me te manaakitanga"}, Series: []chat.Series{{Name: "At the start", Values: []float64{2, 3, math.NaN()}}, {Name: "Now", Values: []float64{4, 3, 5}}}, Max: 5},
	"radar":    {Kind: chat.Radar, Title: "You have grown most in hosting and listening", Alt: "…", Axes: []string{"Hosting", "Listening", "Inviting", "Reflecting on practice", "Conflict", "Whanaungatanga"}, Series: []chat.Series{{Name: "Then", Values: []float64{1, 2, 3, 2, 1, 3}}, {Name: "Now", Values: []float64{4, 4, 3, 3, 2, 4}}}, Max: 5},
	"radar three": {Kind: chat.Radar, Title: "Three of you 🌱", Alt: "…", Axes: []string{"Curious", "Brave", "Kind"}, Series: []chat.Series{
		{Name: "Āwhina", Values: []float64{5, 5, 5}}, {Name: "Ngọc Ánh", Values: []float64{5, 4, 5}}, {Name: "Hone", Values: []float64{0, 0, 0}},
	}, Max: 5},
	"heatmap": {Kind: chat.Heatmap, Title: "Who answered, week by week", Alt: "…", Axes: []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"}, Series: []chat.Series{
		{Name: "Āwhina", Values: []float64{1, 2, 3, 4, 5, 4, 3, 2, 1, 0, 0, math.NaN()}}, {Name: "Bartholomew Featherstonehaugh", Values: []float64{0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 5}},
	}, Max: 5},
	"heatmap wide": {Kind: chat.Heatmap, Title: "What each of you leans on", Alt: "…", Axes: []string{"Hosting", "Listening", "Inviting", "Reflecting on practice", "Conflict"}, Series: []chat.Series{
		{Name: "Ana", Values: []float64{1, 12, 23.5, 40, 5}}, {Name: "Ben", Values: []float64{10, 2, 3, 14, 25}},
	}},
	"radar of two": {Kind: chat.Radar, Title: "Two axes make no area", Alt: "…", Axes: []string{"Confident", "Organised"}, Series: []chat.Series{{Name: "Now", Values: []float64{4, 2}}}, Max: 5},
}

func draw(t testing.TB, c chat.Chart) image.Image {
	t.Helper()
	data, err := charts.PNG(c)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

func TestEveryKindIsDrawnForAPhone(t *testing.T) {
	for name, c := range samples {
		data, err := charts.PNG(c)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if *keep != "" {
			if err := os.WriteFile(filepath.Join(*keep, strings.ReplaceAll(name, " ", "-")+".png"), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		size, err := png.DecodeConfig(bytes.NewReader(data))
		if err != nil || size.Width != 1080 || size.Height < 300 || size.Height > 1900 {
			t.Errorf("%s is %d by %d dots, %v", name, size.Width, size.Height, err)
		}
		if len(data) > 200_000 {
			t.Errorf("%s has %d bytes", name, len(data))
		}
	}
}

// count counts the dots that are nearly of a colour.
func count(m image.Image, want color.RGBA) int {
	n := 0
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			r, g, b, _ := m.At(x, y).RGBA()
			near := func(v uint32, w uint8) bool { return math.Abs(float64(v>>8)-float64(w)) < 3 }
			if near(r, want.R) && near(g, want.G) && near(b, want.B) {
				n++
			}
		}
	}
	return n
}

func TestALongerBarIsOfAGreaterNumber(t *testing.T) {
	bar := func(v float64) int {
		return count(draw(t, chat.Chart{Kind: chat.Bars, Title: "T", Axes: []string{"A"}, Series: []chat.Series{{Name: "N", Values: []float64{v}}}, Max: 10}), charts.Colours[0])
	}
	none, two, four, ten, beyond := bar(0), bar(2), bar(4), bar(10), bar(99)
	if none != 0 || two == 0 || four < 2*two-200 || four > 2*two+200 || ten < 2*four || beyond > ten {
		t.Errorf("bars of 0, 2, 4, 10 and 99 of 10 have %d, %d, %d, %d and %d dots", none, two, four, ten, beyond)
	}
}

func TestEachSeriesHasAColourThatCanBeRead(t *testing.T) {
	m := draw(t, samples["radar"])
	for i := range 2 {
		if count(m, charts.Colours[i]) < 500 {
			t.Errorf("series %d does not show", i)
		}
	}
	white := color.RGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}
	for i, c := range charts.Colours {
		if got := charts.Contrast(c, white); got < 4.5 {
			t.Errorf("colour %d has a contrast of %.2f to the paper; its name is written in it", i, got)
		}
	}
}

func TestWhatCannotBeDrawnIsAnError(t *testing.T) {
	for _, c := range []chat.Chart{{}, {Axes: []string{"A"}}, {Series: []chat.Series{{Name: "N"}}}} {
		if _, err := charts.PNG(c); !errors.Is(err, charts.ErrEmpty) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if _, err := charts.PNG(chat.Chart{Axes: make([]string, 401), Series: make([]chat.Series, 1)}); err == nil {
		t.Error("401 axes are drawn")
	}
}

// Numbers come from people and from divisions: whatever they are, a picture
// comes out, and nothing of it lies outside.
func TestAnyNumbersAndNamesAreDrawn(t *testing.T) {
	drawn := 0
	rapid.Check(t, func(r *rapid.T) {
		if drawn++; drawn > 4 { // a picture takes a second where races are looked for
			return
		}
		name := rapid.OneOf(rapid.StringN(0, 30, -1), rapid.SampledFrom([]string{"", " ", "Donaudampfschifffahrtsgesellschaftskapitän", "日本語", "🌱", "ʻokina"}))
		c := chat.Chart{
			Kind:  rapid.SampledFrom([]chat.ChartKind{chat.Bars, chat.Radar, chat.Heatmap, "unknown"}).Draw(r, "kind"),
			Title: name.Draw(r, "title"), Axes: rapid.SliceOfN(name, 1, 7).Draw(r, "axes"),
			Max: rapid.SampledFrom([]float64{0, 5, -1, math.Inf(1), math.NaN()}).Draw(r, "max"),
		}
		for range rapid.IntRange(1, 4).Draw(r, "series") {
			c.Series = append(c.Series, chat.Series{Name: name.Draw(r, "name"), Values: rapid.SliceOfN(rapid.OneOf(rapid.Float64(), rapid.Float64Range(0, 5), rapid.Just(math.NaN())), 0, 8).Draw(r, "values")})
		}
		if _, err := charts.PNG(c); err != nil {
			r.Fatal(err)
		}
	})
}
