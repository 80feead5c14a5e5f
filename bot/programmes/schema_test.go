package programmes

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path"
	"testing"

	"cohortbot/bot/yamlfile"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the files that are made from the code")

const schemaFile = "../../docs/programme.schema.json"

func TestTheSchemaFileIsCurrent(t *testing.T) {
	if *update {
		if err := os.WriteFile(schemaFile, Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(schemaFile)
	if err != nil || !bytes.Equal(have, Schema()) {
		t.Errorf("%s is not what Schema gives (%v): run go generate ./bot/programmes", schemaFile, err)
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("programme.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("programme.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// valid tells what an editor would say of a YAML file.
func valid(s *jsonschema.Schema, file []byte) error {
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

func TestTheSchemaAcceptsWhatParseAccepts(t *testing.T) {
	s := compiled(t)
	entries, err := files.ReadDir("builtin")
	if err != nil || len(entries) < 2 {
		t.Fatal(entries, err)
	}
	for _, e := range entries {
		data, err := files.ReadFile(path.Join("builtin", e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if err := valid(s, data); err != nil {
			t.Errorf("%s: %v", e.Name(), err)
		}
		if !bytes.HasPrefix(data, []byte("# yaml-language-server: $schema=../"+schemaFile+"\n")) {
			t.Errorf("%s does not name its schema", e.Name())
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		data, err := json.Marshal(drawn(t))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(doc); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
	})
}

func TestTheSchemaRefusesWhatAnEditorShouldMark(t *testing.T) {
	s := compiled(t)
	if err := valid(s, []byte(small)); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{
		{"title: Walking group", "titel: Walking group"},
		{"id: walking-group", "id: Walking Group"},
		{"weekly: 1", "weekly: often"},
		{"done: facilitator", "done: magic"},
		{"rhythm: mondays 09:00\n", ""},
		{"title: Ideas", "titel: Ideas"},
		{"title: Walking group", "title: true"},
	} {
		broken := bytes.Replace([]byte(small), []byte(c[0]), []byte(c[1]), 1)
		if valid(s, broken) == nil {
			t.Errorf("%q passes", c[1])
		}
		if _, err := Parse("broken.yaml", broken); err == nil {
			t.Errorf("Parse accepts %q", c[1])
		}
	}
}

func TestEveryFieldIsDescribed(t *testing.T) {
	described := 0
	var look func(n yamlfile.Node, path string)
	look = func(n yamlfile.Node, path string) {
		for key, child := range n.Properties {
			described++
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
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	look(root, "programme")
	if described != len(about)-1 {
		t.Errorf("%d fields and %d descriptions: one is of nothing", described, len(about)-1)
	}
}
