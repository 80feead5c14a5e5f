package main

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"cohortbot/bot/chat"
	"cohortbot/bot/yamlfile"
)

// reader reads a YAML file into a struct as strictly as yaml.Strict, which stops
// at the first fault, and tells all faults at once. It remembers where each value
// stands, so that what is wrong with its meaning can be told there too.
type reader struct {
	file   string
	lines  []string
	found  yamlfile.Faults
	beside yamlfile.Faults     // of other files that this one names
	where  map[string]position // by path, such as "local.people[1].zone"
}

// position is a line and a column, from 1; zero is the file as a whole.
type position struct{ line, column int }

func newReader(file string, text []byte) *reader {
	return &reader{file: file, lines: strings.Split(string(text), "\n"), where: map[string]position{}}
}

// add notes what is wrong at a place.
func (r *reader) add(at position, format string, args ...any) {
	f := yamlfile.Fault{File: r.file, Line: at.line, Column: at.column, Problem: fmt.Sprintf(format, args...)}
	f.Line = min(f.Line, len(r.lines)) // the parser may point behind the last
	if at.line >= 1 && at.line <= len(r.lines) {
		f.Source = strings.TrimRight(r.lines[at.line-1], "\r")
	}
	r.found = append(r.found, f)
}

// note notes what is wrong with the value at a path, or where there is none, with
// what it should stand in.
func (r *reader) note(path, format string, args ...any) {
	for {
		if at, ok := r.where[path]; ok || path == "" {
			r.add(at, format, args...)
			return
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
}

// read reads the text into the struct that into points to.
func (r *reader) read(text []byte, into any) {
	file, err := parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var fault yaml.Error
		if errors.As(err, &fault) {
			r.add(positionOf(fault.GetToken()), "This is not YAML: %s. Look at the blanks at the start of the line, and at quotation marks that were never closed.", fault.GetMessage())
		} else {
			r.add(position{}, "This is not YAML: %v.", err)
		}
		return
	}
	var bodies []ast.Node
	for _, d := range file.Docs {
		if d != nil && d.Body != nil && d.Body.Type() != ast.CommentType {
			bodies = append(bodies, d.Body)
		}
	}
	if len(bodies) > 1 {
		r.add(beginning(bodies[1]), "A second document begins here. Write everything into one, without a line of ---.")
		return
	}
	v := reflect.ValueOf(into).Elem()
	if len(bodies) == 0 {
		r.missing(v, nil, "")
		return
	}
	r.value(bodies[0], v, "")
}

func positionOf(t *token.Token) position {
	if t == nil || t.Position == nil {
		return position{}
	}
	return position{t.Position.Line, t.Position.Column}
}

// beginning is where a value begins. The token of a mapping is the colon after
// its first key.
func beginning(n ast.Node) position {
	if pairs, ok := pairsOf(n); ok && len(pairs) > 0 {
		return positionOf(pairs[0].Key.GetToken())
	}
	return positionOf(n.GetToken())
}

// pairsOf gives the keys and values of a mapping; one pair alone is a node of its
// own.
func pairsOf(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// value fills v, which stands at the path, from the node.
func (r *reader) value(n ast.Node, v reflect.Value, path string) {
	switch n.(type) {
	case *ast.NullNode: // a key without a value is as good as none
		return
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		r.add(beginning(n), "Anchors, aliases and tags are not used here. Write the value out.")
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if _, known := r.where[path]; !known {
		r.where[path] = beginning(n)
	}
	if text, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		r.scalar(n, path, text.UnmarshalText)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		if pairs, ok := pairsOf(n); ok {
			r.fields(pairs, v, path)
			return
		}
		r.add(beginning(n), "%s should be keys and values, each on a line of its own, such as %q.", subject(path), keysOf(v.Type())[0]+": …")
	case reflect.Slice:
		list, ok := n.(*ast.SequenceNode)
		if !ok {
			r.add(beginning(n), `%s should be a list, each item on a line of its own that begins with "- ".`, subject(path))
			return
		}
		for i, item := range list.Values {
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
			r.value(item, v.Index(i), path+"["+strconv.Itoa(i)+"]")
		}
	case reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			r.add(beginning(n), "%s should be true or false.", subject(path))
			return
		}
		v.SetBool(b.Value)
	case reflect.String:
		r.scalar(n, path, func(text []byte) error { v.SetString(string(text)); return nil })
	default:
		panic(fmt.Sprintf("configuration: nothing reads a %s", v.Type()))
	}
}

// scalar takes a value as it was written; a number or a date is a text too.
func (r *reader) scalar(n ast.Node, path string, take func([]byte) error) {
	var text string
	switch n := n.(type) {
	case *ast.StringNode:
		text = n.Value
	case *ast.LiteralNode:
		text = n.Value.Value
	case ast.ScalarNode:
		text = n.GetToken().Value
	default:
		r.add(beginning(n), "%s should be a single value.", subject(path))
		return
	}
	if err := take([]byte(text)); err != nil {
		said := err.Error()
		if !strings.HasSuffix(said, ".") {
			said += "."
		}
		r.add(beginning(n), "%s: %s", subject(path), said)
	}
}

// fields reads the pairs into the fields of a struct.
func (r *reader) fields(pairs []*ast.MappingValueNode, v reflect.Value, path string) {
	keys := keysOf(v.Type())
	seen := map[string]bool{}
	for _, pair := range pairs {
		at := positionOf(pair.Key.GetToken())
		key := pair.Key.GetToken().Value
		i := slices.Index(keys, key)
		switch {
		case i < 0:
			said := "Here can stand " + strings.Join(keys, ", ") + "."
			if near := chat.Nearest(key, keys); len(near) > 0 {
				said = fmt.Sprintf("Did you mean %q?", near[0])
			}
			r.add(at, "Unknown key %q. %s", key, said)
		case seen[key]:
			r.add(at, "%q stands here twice. Keep one of them.", key)
		default:
			seen[key] = pair.Value != nil && pair.Value.Type() != ast.NullType
			under := strings.TrimPrefix(path+"."+key, ".")
			r.where[under] = at
			if seen[key] {
				r.where[under] = beginning(pair.Value)
				r.value(pair.Value, v.Field(i), under)
			}
		}
	}
	r.missing(v, seen, path)
}

// missing tells the needed keys that are not there.
func (r *reader) missing(v reflect.Value, seen map[string]bool, path string) {
	for i, key := range keysOf(v.Type()) {
		if tag := v.Type().Field(i).Tag; tag.Get("need") != "" && !seen[key] {
			r.note(path, "%s needs the key %q. %s", subject(path), key, tag.Get("help"))
		}
	}
}

func keysOf(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		keys = append(keys, t.Field(i).Tag.Get("yaml"))
	}
	return keys
}

// subject names a path at the start of a sentence.
func subject(path string) string {
	switch {
	case path == "":
		return "The configuration"
	case strings.HasSuffix(path, "]"):
		return "Each of the " + path[strings.LastIndex(path, ".")+1:strings.LastIndex(path, "[")]
	}
	return strconv.Quote(path[strings.LastIndex(path, ".")+1:])
}
