package yamlfile

import (
	"encoding/json"
	"reflect"
	"strings"
)

// Node is one node of a JSON Schema, its members in the order in which
// they are written.
type Node struct {
	Schema      string          `json:"$schema,omitempty"`
	Title       string          `json:"title,omitempty"`
	Description string          `json:"description,omitempty"`
	Type        any             `json:"type,omitempty"`
	Enum        []string        `json:"enum,omitempty"`
	Pattern     string          `json:"pattern,omitempty"`
	MinLength   int             `json:"minLength,omitempty"`
	MaxLength   int             `json:"maxLength,omitempty"`
	Minimum     *int            `json:"minimum,omitempty"`
	Maximum     int             `json:"maximum,omitempty"`
	MinItems    int             `json:"minItems,omitempty"`
	Items       *Node           `json:"items,omitempty"`
	Required    []string        `json:"required,omitempty"`
	Properties  map[string]Node `json:"properties,omitempty"`
	Closed      *bool           `json:"additionalProperties,omitempty"`
}

// Bytes gives the schema as a file.
func (n Node) Bytes() []byte {
	data, err := json.MarshalIndent(n, "", "  ")
	if err != nil {
		panic("yamlfile: " + err.Error()) // texts and numbers only
	}
	return append(data, '\n')
}

// SchemaOf gives the JSON Schema (2020-12) of a type that [Read] can fill. about
// has what the type does not tell, by the names of a type and a field:
// "Week.title"; optional are fields that may be missing although they are always
// written.
func SchemaOf(t reflect.Type, about map[string]Node, optional map[string]bool) Node {
	switch t.Kind() {
	case reflect.Struct:
		n := Node{Type: "object", Properties: map[string]Node{}, Closed: new(bool)}
		for i := range t.NumField() {
			key, options, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
			name := t.Name() + "." + key
			if options == "" && !optional[name] {
				n.Required = append(n.Required, key)
			}
			child, known := SchemaOf(t.Field(i).Type, about, optional), about[name]
			child.Description, child.Enum, child.Pattern = known.Description, known.Enum, known.Pattern
			child.MinLength, child.MaxLength = known.MinLength, known.MaxLength
			child.Minimum, child.Maximum, child.MinItems = known.Minimum, known.Maximum, known.MinItems
			n.Properties[key] = child
		}
		return n
	case reflect.Slice:
		items := SchemaOf(t.Elem(), about, optional)
		return Node{Type: "array", Items: &items}
	case reflect.Int:
		return Node{Type: "integer"}
	case reflect.Bool:
		return Node{Type: "boolean"}
	}
	// A title such as 2027 is a number to YAML and a text to us.
	return Node{Type: []string{"string", "number"}}
}
