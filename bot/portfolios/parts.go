package portfolios

import (
	"strings"
	"time"

	"cohortbot/bot/attestations"
	"cohortbot/bot/evidence"
	"cohortbot/bot/hours"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

// Standing is how far a part of a portfolio has come.
type Standing struct {
	programmes.Part
	Words   int                 // of a written part
	Changed time.Time           // when it was written last
	Slots   []attestations.Slot // of a part of attestations
	Items   []evidence.Item     // of a part of documents
}

// Complete tells whether nothing is missing in the part. Whether it is good is for
// an assessor to say.
func (s Standing) Complete() bool {
	switch s.Holds {
	case programmes.HoldsText:
		return s.Words > 0
	case programmes.HoldsAttestations:
		for _, slot := range s.Slots {
			if slot.Missing > 0 {
				return false
			}
		}
		return true
	}
	return len(s.Items) > 0
}

// StandingOf tells how far each part of a portfolio has come, in their order.
func StandingOf(tx store.Tx, p Portfolio) ([]Standing, error) {
	var parts []Standing
	for _, part := range p.Asks.Parts {
		s := Standing{Part: part}
		var err error
		switch part.Holds {
		case programmes.HoldsText:
			t, e := TextOf(tx, p.ID, part.ID)
			s.Words, s.Changed, err = len(strings.Fields(t.Text)), t.At, e
		case programmes.HoldsAttestations:
			s.Slots, err = attestations.SlotsOf(tx, p.Owner, string(p.ID), p.Asks.Slots)
		case programmes.HoldsDocuments:
			s.Items, err = itemsOf(tx, p)
		}
		if err != nil {
			return nil, err
		}
		parts = append(parts, s)
	}
	return parts, nil
}

func complete(parts []Standing) int {
	n := 0
	for _, s := range parts {
		if s.Complete() {
			n++
		}
	}
	return n
}

// itemsOf gives the evidence in a portfolio. What its owner no longer keeps, or may
// no longer show, is no longer in it.
func itemsOf(tx store.Tx, p Portfolio) ([]evidence.Item, error) {
	var items []evidence.Item
	for _, id := range p.Items {
		i, ok, err := evidence.Get(tx, p.Owner, id)
		if err != nil {
			return nil, err
		}
		if ok {
			items = append(items, i)
		}
	}
	return items, nil
}

// hoursOf gives how much there is of each band.
func hoursOf(tx store.Tx, p Portfolio) ([]hours.Total, error) {
	entries, err := hours.Of(tx, p.Owner)
	totals, _ := hours.Totals(p.Asks.Hours, entries)
	return totals, err
}

// fault is a file that cannot be submitted yet.
type fault struct {
	item evidence.Item
	at   int  // which of its files
	here bool // its bytes are; what is missing is a word about whom it shows
}

func (x fault) file() evidence.File { return x.item.Files[x.at] }

// faultsOf gives the files of a portfolio that stand in the way of submitting it.
func faultsOf(items []evidence.Item) []fault {
	var faults []fault
	for _, i := range items {
		for n, f := range i.Files {
			if here := f.Copy == evidence.Here; !here || !f.Settled() {
				faults = append(faults, fault{i, n, here})
			}
		}
	}
	return faults
}
