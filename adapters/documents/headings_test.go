package documents

import (
	"testing"

	"cohortbot/bot/portfolios/bundle/bundletest"
)

func TestAHeadingStandsOnThePageOfTheWordsThatItIsOf(t *testing.T) {
	s := section{ID: "said", Title: "Hana Parata, took part", Level: 3, Blocks: []block{
		{Facts: []fact{{Name: "About", Value: "the harbour hui on 3 March"}, {Name: "Relationship", Value: "neighbours"}, {Name: "Conflict of interest", Value: "none known to the writer"}}},
		{Label: "What they saw"},
		{Quote: []string{"She sent us out to walk.\nNobody wanted to come back in."}},
	}}
	b := bundletest.Sample().Ready()
	for y := top; y < bottom; y++ {
		p := newPrinter(b, map[string]int{}, 9)
		p.links[s.ID] = p.AddLink()
		p.AddPage()
		p.SetY(y)
		p.section(s, 0)
		if p.PageNo() != p.began[s.ID] {
			t.Errorf("begun at %.0f mm, the heading is on page %d and the words end on page %d", y, p.began[s.ID], p.PageNo())
		}
	}
}
