package bot

import (
	"slices"
	"testing"

	"cohortbot/bot/deeds"
)

// Whoever adds a table says what it keeps about people, or why it keeps nothing:
// what nobody declared could neither be shown nor erased.
func TestEveryTableSaysWhatItHoldsAboutPeople(t *testing.T) {
	_, all, err := assemble(Options{})
	if err != nil {
		t.Fatal(err)
	}
	declared := map[string]int{}
	for _, h := range all.Holdings {
		declared[h.Table]++
		switch {
		case h.Nothing != "":
			if h.What != "" || h.Erase != nil || h.Of != nil {
				t.Errorf("the holding of %q holds nothing and something", h.Table)
			}
		case h.What == "" || h.Seen == "" || !slices.Contains(deeds.Purposes, h.Purpose) || h.Of == nil || h.Erase == nil:
			t.Errorf("the holding of %q does not say all of what it is, what for, who sees it, and how it is found and erased", h.Table)
		}
	}
	for _, table := range all.Tables {
		switch declared[table.Name()] {
		case 0:
			t.Errorf("the table %q does not say what it holds about people: give its feature a holding for it (see deeds.Holding)", table.Name())
		case 1:
		default:
			t.Errorf("the table %q has several holdings", table.Name())
		}
		delete(declared, table.Name())
	}
	for name := range declared {
		t.Errorf("a holding is about the table %q, which no feature has", name)
	}
}
