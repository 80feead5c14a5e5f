package frameworks

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Import reads a CASE 1.1 CFPackage. Its item types become kinds; what evidence
// for each covers is a guess from its name, which the YAML of [Framework.YAML] lets
// people put right. The error says all that is wrong, each with the item that it
// is about.
func Import(data []byte) (Framework, error) {
	if len(data) > 16<<20 {
		return Framework{}, fmt.Errorf("the file has %d MB; a framework may have 16. Is it the right file?", len(data)>>20)
	}
	var p pack
	if err := json.Unmarshal(data, &p); err != nil {
		return Framework{}, fmt.Errorf("this is no CASE package in JSON: %w", err)
	}
	d := p.Document
	if d.Identifier == "" || d.Title == "" {
		return Framework{}, errors.New("the package has no CFDocument with an identifier and a title; export it whole, as a CFPackage")
	}
	r := importing{
		f: Framework{
			ID: slug(d.Title, "framework"), Title: clip(d.Title), Summary: clip(d.Description), Version: orElse(d.Version, "1"), Status: Current,
			Wording: clip(orElse(d.Notes, "The wording of "+orElse(d.Creator, "its publisher")+".")), Creator: d.Creator, UUID: d.Identifier,
		},
		items: map[string]caseItem{}, under: map[string]string{}, children: map[string][]association{},
	}
	for status, word := range adoption {
		if word == d.AdoptionStatus {
			r.f.Status = status
		}
	}
	r.gather(p)
	roots := r.children[d.Identifier]
	for _, item := range p.Items { // what stands under nothing stands at the top
		if _, placed := r.under[item.Identifier]; !placed {
			roots = append(roots, association{Origin: link{Identifier: item.Identifier}})
		}
	}
	r.f.Items = r.tree(roots, 1)
	if n := len(r.items) - len(r.placed); n > 0 && len(r.faults) == 0 {
		for _, item := range p.Items {
			if !slices.Contains(r.placed, item.Identifier) {
				r.fault(item.Identifier, "it stands below itself, or below such an item")
			}
		}
	}
	if len(r.faults) > 0 {
		return Framework{}, errors.Join(r.faults...)
	}
	text, err := r.f.YAML()
	if err != nil {
		return Framework{}, err
	}
	return Parse(r.f.ID+".yaml", text)
}

type importing struct {
	f        Framework
	items    map[string]caseItem      // by identifier
	under    map[string]string        // what each item stands under
	children map[string][]association // of each item and of the document
	placed   []string
	ids      []string
	faults   []error
}

// fault notes what is wrong with an item.
func (r *importing) fault(id, format string, args ...any) {
	what := fmt.Sprintf("item %s", id)
	if s := r.items[id].Statement; s != "" {
		what += fmt.Sprintf(" (“%.60s”)", s)
	}
	if len(r.faults) < 100 {
		r.faults = append(r.faults, fmt.Errorf("%s: %s", what, fmt.Sprintf(format, args...)))
	}
}

// gather reads the items and what they stand under.
func (r *importing) gather(p pack) {
	for i, item := range p.Items {
		switch _, twice := r.items[item.Identifier]; {
		case uuid.Validate(item.Identifier) != nil:
			r.fault(fmt.Sprintf("%d of CFItems", i+1), "its identifier %q is no UUID", item.Identifier)
		case twice:
			r.fault(item.Identifier, "another item has the same identifier")
		default:
			r.items[item.Identifier] = item
			if strings.TrimSpace(item.Statement) == "" {
				r.fault(item.Identifier, "it has no fullStatement")
			}
		}
	}
	for _, a := range p.Associations {
		if a.Type != "isChildOf" {
			continue
		}
		from, to := a.Origin.Identifier, a.Destination.Identifier
		_, known := r.items[from]
		_, parent := r.items[to]
		switch before, placed := r.under[from]; {
		case !known:
			r.fault(from, "association %s says that it is a child, but it is not among the CFItems", a.Identifier)
		case !parent && to != p.Document.Identifier:
			r.fault(from, "it is said to stand under %s, which is not in the package", to)
		case placed && before != to:
			r.fault(from, "it is said to stand under both %s and %s; here it can stand under one", before, to)
		case !placed:
			r.under[from] = to
			r.children[to] = append(r.children[to], a)
		}
	}
	for _, all := range r.children {
		slices.SortStableFunc(all, func(a, b association) int { return a.Sequence - b.Sequence })
	}
}

// tree makes the items of these associations, with what stands below them.
func (r *importing) tree(all []association, depth int) []Item {
	var items []Item
	for _, a := range all {
		from, ok := r.items[a.Origin.Identifier]
		if !ok || slices.Contains(r.placed, from.Identifier) {
			continue
		}
		if depth > maxDepth {
			r.fault(from.Identifier, "it stands more than %d levels deep", maxDepth)
			continue
		}
		r.placed = append(r.placed, from.Identifier)
		items = append(items, Item{
			ID: r.id(from), Kind: r.kind(orElse(from.Type, "Item")), Code: from.Code, Text: clip(from.Statement), About: clip(from.Notes),
			UUID: from.Identifier, Items: r.tree(r.children[from.Identifier], depth+1),
		})
	}
	return items
}

// id makes an item's id of its code or its first words; a number is put behind
// one that another has.
func (r *importing) id(i caseItem) string {
	id := slug(orElse(i.Code, strings.Join(firstWords(i.Statement, 4), " ")), "item")
	for n, base := 2, id; slices.Contains(r.ids, id); n++ {
		id = fmt.Sprintf("%s-%d", base, n)
	}
	r.ids = append(r.ids, id)
	return id
}

// kind gives the kind of a type, made at its first use.
func (r *importing) kind(title string) string {
	for _, k := range r.f.Kinds {
		if k.Title == title {
			return k.ID
		}
	}
	id := slug(title, "kind")
	for n, base := 2, id; slices.ContainsFunc(r.f.Kinds, func(k Kind) bool { return k.ID == id }); n++ {
		id = fmt.Sprintf("%s-%d", base, n)
	}
	r.f.Kinds = append(r.f.Kinds, Kind{ID: id, Title: title, Covers: guess(title)})
	return id
}

// guess says what evidence for a kind of this name most likely covers.
func guess(title string) Covers {
	t := strings.ToLower(title)
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(t, w) })
	}
	switch {
	case has("group", "area", "domain", "strand", "unit"):
		return Groups
	case has("knowledge", "understand"):
		return Know
	case has("value", "statement", "disposition", "attitude"):
		return Lens
	case has("criteri", "skill", "performance", "outcome", "competenc", "indicator"):
		return Do
	}
	return Groups
}

var notID = regexp.MustCompile(`[^a-z0-9]+`)

// slug makes an id of a text. otherwise stands before what would begin with a
// digit, or instead of nothing.
func slug(s, otherwise string) string {
	id := strings.Trim(notID.ReplaceAllString(strings.ToLower(s), "-"), "-")
	if len(id) > 60 {
		id = strings.Trim(id[:60], "-")
	}
	if id == "" {
		return otherwise
	}
	if id[0] >= '0' && id[0] <= '9' {
		return otherwise + "-" + id
	}
	return id
}

func firstWords(s string, n int) []string {
	words := strings.Fields(s)
	return words[:min(n, len(words))]
}

// clip shortens a text to what a framework's file may hold.
func clip(s string) string {
	r := []rune(strings.TrimSpace(s))
	if len(r) <= maxText {
		return string(r)
	}
	return string(r[:maxText-1]) + "…"
}
