package web

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"cohortbot/bot/chat"
)

var drawn = regexp.MustCompile(`<text x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)" class="([^"]+)">([^<]*)</text>`)

// Names that stand on each other are read by nobody: two lines of one shape, and
// twelve long names, are where that happens first.
func TestNoNameOfAStarStandsOnAnother(t *testing.T) {
	axes := []string{
		"Listening together", "Trust", "Asking for help", "Welcome to newcomers", "Disagreeing kindly", "Doing",
		"Story", "Time", "A place to meet", "Voice", "Care", "Celebrating what worked",
	}
	for _, n := range []int{3, 4, 5, 6, 8, 12} {
		for name, second := range map[string]func(i int) float64{
			"the same twice": func(int) float64 { return 3 },
			"moved":          func(i int) float64 { return float64(1 + i*3%5) },
			"all the way":    func(int) float64 { return 5 },
		} {
			c := chat.Chart{Kind: chat.Radar, Axes: axes[:n], Max: 5, Series: []chat.Series{{Name: "2 November"}, {Name: "7 December"}}}
			for i := range n {
				c.Series[0].Values = append(c.Series[0].Values, 3)
				c.Series[1].Values = append(c.Series[1].Values, second(i))
			}
			var boxes []box
			names := 0
			for _, m := range drawn.FindAllStringSubmatch(draw(c), -1) {
				x, _ := strconv.ParseFloat(m[1], 64)
				y, _ := strconv.ParseFloat(m[2], 64)
				b := boxOf(m[5], x, y, m[3], letter)
				if m[4] != "label" {
					names++
				}
				if b.left < 0 || b.right > radarWidth {
					t.Errorf("%d axes, %s: %q leaves the drawing: %v", n, name, m[5], b)
				}
				for _, o := range boxes {
					if b.meets(o) {
						t.Errorf("%d axes, %s: %q stands on another name", n, name, m[5])
					}
				}
				boxes = append(boxes, box{b.left, b.top + 2, b.right, b.bottom - 2})
			}
			if names != 2 {
				t.Errorf("%d axes, %s: %d of 2 lines are named", n, name, names)
			}
		}
	}
}

func TestNoWordOfAChartOfBarsIsCutOrLeavesTheDrawing(t *testing.T) {
	axes := []string{"The work that the case study is about", "Putting the portfolio together"}
	c := chat.Chart{Kind: chat.Bars, Axes: axes, Series: []chat.Series{
		{Name: "You", Values: []float64{2.5, 0}}, {Name: "Usual, from", Values: []float64{50, 20}}, {Name: "Usual, to", Values: []float64{80, 40}},
	}}
	said := ""
	for _, m := range drawn.FindAllStringSubmatch(draw(c), -1) {
		x, _ := strconv.ParseFloat(m[1], 64)
		y, _ := strconv.ParseFloat(m[2], 64)
		if b := boxOf(m[5], x, y, m[3], letter+1); b.left < 0 || b.right > barsWidth {
			t.Errorf("%q leaves the drawing: %v", m[5], b)
		}
		said += m[5] + "\n"
	}
	for _, whole := range append(axes, "80 Usual, to", "50 Usual, from", "2.5 You") {
		if !strings.Contains(said, whole) {
			t.Errorf("%q is not there whole:\n%s", whole, said)
		}
	}
}
