// Package published holds what went over the wire against Discord's published
// OpenAPI description, for tests: every request that the fake accepted, and
// every answer that it gave. An OpenAPI 3.1 description is JSON Schema, so the
// schemas are used as they stand.
//
// The description is data that is not part of this repository. Find says
// where it lies beside it, and tests that miss it skip.
package published

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"cohortbot/adapters/discord/discordfake"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Description is a loaded OpenAPI document.
type Description struct {
	mu       sync.Mutex
	doc      map[string]any
	paths    map[string]string // by path with bare braces, as the document writes it
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema // by pointer
}

// Find is where the description lies beside this repository, and whether it does.
func Find() (string, bool) {
	dir, err := os.Getwd()
	if err != nil {
		return "", false
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", false
		}
		dir = up
	}
	path := filepath.Join(dir, "..", "shared", "specs", "discord-openapi.json")
	_, err = os.Stat(path)
	return path, err == nil
}

const where = "https://discord.invalid/openapi.json"

var braces = regexp.MustCompile(`\{[^}]*\}`)

// Load reads a description.
func Load(path string) (*Description, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	doc, isObj := v.(map[string]any)
	if !isObj {
		return nil, fmt.Errorf("%s is no OpenAPI document", path)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource(where, doc); err != nil {
		return nil, err
	}
	d := &Description{doc: doc, paths: map[string]string{}, compiler: c, schemas: map[string]*jsonschema.Schema{}}
	for p := range at(doc, "paths") {
		d.paths[braces.ReplaceAllString(p, "{}")] = p
	}
	return d, nil
}

func at(v map[string]any, steps ...string) map[string]any {
	for _, s := range steps {
		v, _ = v[s].(map[string]any)
	}
	return v
}

// Check holds one exchange against the description: the request where it was
// accepted, its query, and the answer. Nil means that all of it is as published.
func (d *Description) Check(e discordfake.Exchange) error {
	method, path, isRoute := strings.Cut(e.Route, " ")
	if !isRoute {
		return fmt.Errorf("%s %s: no such route", e.Method, e.Path)
	}
	published, known := d.paths[braces.ReplaceAllString(path, "{}")]
	op := at(d.doc, "paths", published, strings.ToLower(method))
	if !known || op == nil {
		return fmt.Errorf("%s is not published", e.Route)
	}
	base := "#/paths/" + escape(published) + "/" + strings.ToLower(method)
	var problems []error
	if e.Status < 300 {
		problems = append(problems, d.query(op, e), d.request(op, base, e))
	}
	problems = append(problems, d.answer(op, base, e))
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("%s %s (%d): %w", e.Method, e.Path, e.Status, err)
	}
	return nil
}

func (d *Description) query(op map[string]any, e discordfake.Exchange) error {
	known := map[string]bool{}
	list, _ := op["parameters"].([]any)
	for _, p := range list {
		o, _ := p.(map[string]any)
		name, _ := o["name"].(string)
		known[name] = o["in"] == "query"
	}
	for name := range e.Query {
		if !known[name] {
			return fmt.Errorf("the query has %q, which is not published", name)
		}
	}
	return nil
}

func (d *Description) request(op map[string]any, base string, e discordfake.Exchange) error {
	schema := at(op, "requestBody", "content", "application/json", "schema")
	if schema == nil {
		if e.Request != nil {
			return errors.New("a body where none is published")
		}
		return nil
	}
	if err := d.match(base+"/requestBody/content/application~1json/schema", bits(e.Request)); err != nil {
		return fmt.Errorf("the request: %w", err)
	}
	return nil
}

// bits gives permissions as numbers, which the description wants. Discord's
// reference has them as strings, since they outgrow a JSON number, and both pass.
func bits(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, inner := range v {
			s, isText := inner.(string)
			if isText && (k == "default_member_permissions" || k == "allow" || k == "deny") {
				out[k] = json.Number(s)
				continue
			}
			out[k] = bits(inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = bits(v[i])
		}
		return out
	}
	return v
}

func (d *Description) answer(op map[string]any, base string, e discordfake.Exchange) error {
	responses := at(op, "responses")
	for _, key := range []string{strconv.Itoa(e.Status), strconv.Itoa(e.Status/100) + "XX"} {
		r, there := responses[key].(map[string]any)
		if !there {
			continue
		}
		pointer := base + "/responses/" + key
		if ref, isRef := r["$ref"].(string); isRef {
			pointer = ref
			r = at(d.doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
		}
		if at(r, "content", "application/json", "schema") == nil {
			if e.Response != nil {
				return fmt.Errorf("an answer where %s publishes none", key)
			}
			return nil
		}
		answer := e.Response
		if o, isObj := answer.(map[string]any); isObj && e.Status == 400 {
			// The description gives the codes of nested errors as numbers.
			// Discord's own reference, and Discord, give words.
			answer = maps.Clone(o)
			delete(answer.(map[string]any), "errors")
		}
		if err := d.match(pointer+"/content/application~1json/schema", answer); err != nil {
			return fmt.Errorf("the answer: %w", err)
		}
		return nil
	}
	if e.Status >= 500 {
		return nil
	}
	return fmt.Errorf("status %d is not published", e.Status)
}

// match holds a value to the schema at a pointer of the document.
func (d *Description) match(pointer string, v any) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.schemas[pointer]
	if s == nil {
		var err error
		if s, err = d.compiler.Compile(where + pointer); err != nil {
			return err
		}
		d.schemas[pointer] = s
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if v, err = jsonschema.UnmarshalJSON(bytes.NewReader(raw)); err != nil {
		return err
	}
	return s.Validate(v)
}

// escape writes a path as one step of a JSON pointer in a URL's fragment.
func escape(path string) string {
	r := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D", "@", "%40")
	return r.Replace(path)
}
