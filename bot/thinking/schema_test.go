package thinking_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"cohortbot/bot/thinking"
	"cohortbot/bot/yamlfile"
)

var update = flag.Bool("update", false, "write the files that are made from the code")

const schemaFile = "../../docs/chapter.schema.json"

func TestTheSchemaOfChaptersIsCurrent(t *testing.T) {
	if *update {
		if err := os.WriteFile(schemaFile, thinking.Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(schemaFile)
	if err != nil || !bytes.Equal(have, thinking.Schema()) {
		t.Errorf("%s is not what Schema gives (%v): run go generate ./bot/thinking", schemaFile, err)
	}
}

// An editor marks what Parse refuses, as far as a schema can tell, and nothing that
// Parse takes.
func TestTheSchemaOfChaptersKnowsWhatParseKnows(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(thinking.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("chapter.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("chapter.json")
	if err != nil {
		t.Fatal(err)
	}
	valid := func(file []byte) error {
		data, err := yaml.YAMLToJSON(file)
		if err != nil {
			return err
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			return err
		}
		return s.Validate(doc)
	}
	for _, b := range thinking.BuiltIn() {
		text, _ := thinking.Source(b.ID)
		if err := valid(text); err != nil {
			t.Errorf("%s: %v", b.ID, err)
		}
	}
	if err := valid([]byte(small)); err != nil {
		t.Fatal(err)
	}
	for old, wrong := range map[string]string{
		"about:": "abuot:", "id: small": "id: Small One", "wording: Ours.\n": "", "title: Small": "title: " + strings.Repeat("x", 76),
		`{id: one, ask: "What is small?"}`: "{id: one}", "beside: [one,": "beside: one, x: [",
	} {
		broken := []byte(strings.Replace(small, old, wrong, 1))
		if valid(broken) == nil {
			t.Errorf("%q passes", wrong)
		}
		if _, err := thinking.Parse("broken.yaml", broken); err == nil {
			t.Errorf("Parse accepts %q", wrong)
		}
	}
}

func TestEveryFieldOfAChapterIsDescribed(t *testing.T) {
	var look func(n yamlfile.Node, path string)
	look = func(n yamlfile.Node, path string) {
		for key, child := range n.Properties {
			if child.Description == "" {
				t.Errorf("%s.%s has no description", path, key)
			}
			look(child, path+"."+key)
		}
		if n.Items != nil {
			look(*n.Items, path)
		}
	}
	var root yamlfile.Node
	if err := json.Unmarshal(thinking.Schema(), &root); err != nil {
		t.Fatal(err)
	}
	look(root, "chapter")
}
