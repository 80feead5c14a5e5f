// Package frameworks is competency standards as data: a tree of areas, standards,
// criteria, knowledge and values, with versions, read from YAML or from 1EdTech
// CASE 1.1 and written as both. Start reading at [Framework]; [Parse] reads a
// file, [BuiltIn] gives those that come along, case.go speaks CASE.
package frameworks

import (
	"iter"
	"slices"
)

// Framework is one competency standard, or one set of dimensions.
type Framework struct {
	ID      string `yaml:"id" json:"id"` // one lower-case word, hyphens allowed
	Title   string `yaml:"title" json:"title"`
	Summary string `yaml:"summary,omitempty" json:"summary,omitempty"`
	Version string `yaml:"version" json:"version"`                     // as its publisher counts: "1", "2015"
	Status  Status `yaml:"status,omitempty" json:"status,omitempty"`   // empty is [Current]
	Wording string `yaml:"wording" json:"wording"`                     // whose words these are, said wherever they are shown
	Creator string `yaml:"creator,omitempty" json:"creator,omitempty"` // who publishes this text
	UUID    string `yaml:"uuid,omitempty" json:"uuid,omitempty"`       // of the document it was imported from; empty: made from ID and Version
	Kinds   []Kind `yaml:"kinds" json:"kinds"`                         // the levels of the tree
	Items   []Item `yaml:"items" json:"items"`

	// SupersededBy names the framework that takes the place of this one, and which
	// of its items take the place of which. What was said of the old ones stays.
	SupersededBy Successor `yaml:"superseded_by,omitempty" json:"superseded_by,omitzero"`
}

// Status is how far a framework has come.
type Status string

// The states of a framework.
const (
	Draft   Status = "draft"
	Current Status = "current"
	Legacy  Status = "legacy" // still valid for what was begun with it
)

// Kind is a level of a framework: what its publisher calls it, and what a
// member's evidence can do about it.
type Kind struct {
	ID     string `yaml:"id" json:"id"`
	Title  string `yaml:"title" json:"title"`                       // "Performance criterion"
	Covers Covers `yaml:"covers,omitempty" json:"covers,omitempty"` // empty: it only groups what is below it
}

// Covers says what evidence for an item of a kind shows.
type Covers string

// What can be covered. Doing and knowing are covered apart; a lens is for
// reflection and never asked for.
const (
	Groups Covers = ""
	Do     Covers = "do"
	Know   Covers = "know"
	Lens   Covers = "lens"
)

// Item is one item of a framework, with those below it.
type Item struct {
	ID    string `yaml:"id" json:"id"`                         // unique in the framework, for ever
	Kind  string `yaml:"kind" json:"kind"`                     // id of a kind
	Code  string `yaml:"code,omitempty" json:"code,omitempty"` // as its publisher counts: "4.7"
	Text  string `yaml:"text" json:"text"`
	About string `yaml:"about,omitempty" json:"about,omitempty"`
	UUID  string `yaml:"uuid,omitempty" json:"uuid,omitempty"` // of the item it was imported from; empty: made from the ids
	Items []Item `yaml:"items,omitempty" json:"items,omitempty"`
}

// Successor says what takes the place of a framework.
type Successor struct {
	Framework string    `yaml:"framework" json:"framework"` // its id
	Items     []Mapping `yaml:"items,omitempty" json:"items,omitempty"`
}

// Mapping says which items of the successor take the place of an item.
type Mapping struct {
	From string   `yaml:"from" json:"from"`
	To   []string `yaml:"to" json:"to"`
}

// All gives every item with the one that it stands under, which is nil at the top,
// in the order of the tree.
func (f Framework) All() iter.Seq2[*Item, *Item] {
	return func(yield func(item, parent *Item) bool) { walk(f.Items, nil, yield) }
}

func walk(items []Item, parent *Item, yield func(item, parent *Item) bool) bool {
	for i := range items {
		if !yield(&items[i], parent) || !walk(items[i].Items, &items[i], yield) {
			return false
		}
	}
	return true
}

// Find gives the item with an id; false where there is none.
func (f Framework) Find(id string) (Item, bool) {
	for item := range f.All() {
		if item.ID == id {
			return *item, true
		}
	}
	return Item{}, false
}

// Covering gives the items that evidence can cover in one way, in their order.
func (f Framework) Covering(c Covers) []Item {
	var found []Item
	for item := range f.All() {
		if f.covers(item.Kind) == c {
			found = append(found, *item)
		}
	}
	return found
}

func (f Framework) covers(kind string) Covers {
	k, _ := f.kind(kind)
	return k.Covers
}

func (f Framework) kind(id string) (Kind, bool) {
	i := slices.IndexFunc(f.Kinds, func(k Kind) bool { return k.ID == id })
	if i < 0 {
		return Kind{}, false
	}
	return f.Kinds[i], true
}

// Now gives the items of the successor that take the place of one of f; none
// where f is current or nothing takes its place.
func (f Framework) Now(id string) []string {
	i := slices.IndexFunc(f.SupersededBy.Items, func(m Mapping) bool { return m.From == id })
	if i < 0 {
		return nil
	}
	return slices.Clone(f.SupersededBy.Items[i].To)
}
