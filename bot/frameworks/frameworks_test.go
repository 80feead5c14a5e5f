package frameworks_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"cohortbot/bot/frameworks"
)

func builtIn(t *testing.T, id string) frameworks.Framework {
	t.Helper()
	for _, f := range frameworks.BuiltIn() {
		if f.ID == id {
			return f
		}
	}
	t.Fatalf("no framework %q", id)
	return frameworks.Framework{}
}

func TestThePartnershipStandardHasItsShape(t *testing.T) {
	f := builtIn(t, "partnerships")
	kinds := map[string]int{}
	under := map[string]string{}
	for item, parent := range f.All() {
		kinds[item.Kind]++
		if parent != nil {
			under[item.ID] = parent.ID
		}
	}
	want := map[string]int{"area": 6, "standard": 1, "criterion": 14, "group": 3, "knowledge": 18, "value": 5, "illustration": 5}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Error(diff)
	}
	if under["standard"] != "area-4" || under["do-1"] != "standard" || under["do-14"] != "standard" {
		t.Error("the standard stands in the fourth area and has the criteria")
	}
	for group, n := range map[string]int{"know-why": 5, "know-partnership": 7, "know-how": 6} {
		item, _ := f.Find(group)
		if len(item.Items) != n {
			t.Errorf("%s has %d points, want %d", group, len(item.Items), n)
		}
	}
	if f.Status != frameworks.Legacy || !strings.Contains(f.Wording, "own words") {
		t.Error("it is marked as legacy and says whose words it is in")
	}
	if n, m := len(f.Covering(frameworks.Do)), len(f.Covering(frameworks.Know)); n != 14 || m != 18 {
		t.Errorf("%d to do and %d to know", n, m)
	}
	for _, i := range f.Covering(frameworks.Do) {
		if strings.HasPrefix(i.Kind, "val") {
			t.Error("values are never covered")
		}
	}
}

func TestTheFiveDimensionsHaveTheirStatements(t *testing.T) {
	f := builtIn(t, "five-dimensions")
	var shape []int
	for _, d := range f.Items {
		shape = append(shape, len(d.Items))
	}
	if diff := cmp.Diff([]int{3, 3, 4, 4, 2}, shape); diff != "" {
		t.Error(diff)
	}
}

func TestAFileReadsBackAsItWas(t *testing.T) {
	for _, f := range frameworks.BuiltIn() {
		data, err := f.YAML()
		if err != nil {
			t.Fatal(err)
		}
		back, err := frameworks.Parse("back.yaml", data)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(f, back); diff != "" {
			t.Error(diff)
		}
	}
}

const small = `id: small
title: Small
version: "1"
wording: Ours.
kinds:
  - {id: thing, title: Thing, covers: do}
items:
  - {id: one, kind: thing, text: One}
  - {id: two, kind: thing, text: Two}
`

func TestFaultsSayWhereAndWhatToDo(t *testing.T) {
	for name, x := range map[string]struct{ old, new, want string }{
		"a kind that is none":     {"{id: two, kind: thing,", "{id: two, kind: thign,", `9:21: There is no kind "thign". Did you mean "thing"?`},
		"an id twice":             {"id: two", "id: one", `9:10: There is another item with the id "one". Give this one its own.`},
		"nothing to cover":        {"covers: do", "covers: all", `6:39: I don't know "all". A kind covers do, know or lens`},
		"no words":                {"wording: Ours.\n", "", `"wording" is missing.`},
		"a successor of nothing":  {"items:", "superseded_by: {framework: next, items: [{from: three, to: [x]}]}\nitems:", `There is no item "three" here.`},
		"a status that is none":   {"kinds:", "status: old\nkinds:", `5:9: I don't know the status "old". There are draft, current, legacy.`},
		"an identifier of no use": {"text: One", "text: One, uuid: abc", `"abc" is no UUID`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := frameworks.Parse("small.yaml", []byte(strings.Replace(small, x.old, x.new, 1)))
			if err == nil || !strings.Contains(err.Error(), x.want) {
				t.Errorf("got %v\nwant %s", err, x.want)
			}
		})
	}
}

var changed = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

func TestAnExportIsReadBackAsTheSameTree(t *testing.T) {
	for _, f := range frameworks.BuiltIn() {
		data, err := f.Export(changed, nil)
		if err != nil {
			t.Fatal(err)
		}
		back, err := frameworks.Import(data)
		if err != nil {
			t.Fatal(err)
		}
		again, err := back.Export(changed, nil)
		if err != nil {
			t.Fatal(err)
		}
		// What people read, and every identifier, stays; only creator and our own ids may not.
		var a, b struct{ CFItems, CFAssociations []map[string]any }
		if err := json.Unmarshal(data, &a); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(again, &b); err != nil {
			t.Fatal(err)
		}
		for i := range a.CFItems {
			delete(a.CFItems[i], "CFItemTypeURI")
			delete(b.CFItems[i], "CFItemTypeURI")
		}
		for i := range a.CFAssociations {
			for _, key := range []string{"identifier", "uri"} {
				delete(a.CFAssociations[i], key)
				delete(b.CFAssociations[i], key)
			}
		}
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("%s: %s", f.ID, diff)
		}
		if n, m := len(f.Covering(frameworks.Do)), len(back.Covering(frameworks.Do)); n != m {
			t.Errorf("%s: %d to do, after the round trip %d", f.ID, n, m)
		}
	}
}

func TestTheOfficialSchemaAcceptsAnExport(t *testing.T) {
	schema := filepath.Join("..", "..", "..", "shared", "specs", "case-v1p1-cfpackage.json")
	if _, err := os.Stat(schema); err != nil {
		t.Skip("the official CASE schema is not beside this checkout")
	}
	s, err := jsonschema.NewCompiler().Compile(schema)
	if err != nil {
		t.Fatal(err)
	}
	successor, err := frameworks.Parse("small.yaml", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range frameworks.BuiltIn() {
		f.SupersededBy = frameworks.Successor{Framework: "small", Items: []frameworks.Mapping{{From: f.Items[0].ID, To: []string{"one", "two"}}}}
		data, err := f.Export(changed, &successor)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(doc); err != nil {
			t.Errorf("%s: %v", f.ID, err)
		}
		if n := strings.Count(string(data), `"replacedBy"`); n != 2 {
			t.Errorf("%d items are replaced, want two", n)
		}
	}
}

func TestAnImportErrorNamesTheItem(t *testing.T) {
	f := builtIn(t, "five-dimensions")
	data, err := f.Export(changed, nil)
	if err != nil {
		t.Fatal(err)
	}
	item, _ := f.Find("organised-2")
	id := f.ItemID(item)
	edit := func(t *testing.T, change func(p map[string]any)) []byte {
		t.Helper()
		var p map[string]any
		if err := json.Unmarshal(data, &p); err != nil {
			t.Fatal(err)
		}
		change(p)
		out, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	find := func(p map[string]any, list, key string) map[string]any {
		for _, x := range p[list].([]any) {
			m := x.(map[string]any)
			if m["identifier"] == key {
				return m
			}
			if o, ok := m["originNodeURI"].(map[string]any); ok && o["identifier"] == key {
				return m
			}
		}
		return nil
	}
	for name, x := range map[string]struct {
		change func(p map[string]any)
		want   []string
	}{
		"no statement":  {func(p map[string]any) { find(p, "CFItems", id)["fullStatement"] = " " }, []string{id, "no fullStatement"}},
		"no identifier": {func(p map[string]any) { find(p, "CFItems", id)["identifier"] = "seven" }, []string{"of CFItems", `"seven" is no UUID`}},
		"unknown parent": {func(p map[string]any) {
			find(p, "CFAssociations", id)["destinationNodeURI"] = map[string]any{"identifier": "gone"}
		}, []string{id, "under gone"}},
		"below itself": {func(p map[string]any) {
			find(p, "CFAssociations", id)["destinationNodeURI"] = map[string]any{"identifier": id}
		}, []string{id, "below itself"}},
		"the same twice":   {func(p map[string]any) { p["CFItems"] = append(p["CFItems"].([]any), find(p, "CFItems", id)) }, []string{id, "same identifier"}},
		"no document":      {func(p map[string]any) { delete(p, "CFDocument") }, []string{"no CFDocument"}},
		"not even an item": {func(p map[string]any) { p["CFItems"] = "none" }, []string{"no CASE package"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := frameworks.Import(edit(t, x.change))
			for _, want := range x.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v\nwant %s", err, want)
				}
			}
		})
	}
	if _, err := frameworks.Import([]byte("no json")); err == nil {
		t.Error("what is no JSON is imported")
	}
}

func FuzzImportGivesAFrameworkOrAnError(f *testing.F) {
	for _, b := range frameworks.BuiltIn() {
		data, err := b.Export(changed, nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"CFDocument":{"identifier":"x","title":"y"},"CFItems":[{}],"CFAssociations":[{"associationType":"isChildOf"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := frameworks.Import(data)
		if err != nil {
			return
		}
		if _, err := got.Export(changed, nil); err != nil {
			t.Error(err)
		}
	})
}
