// Package yamlfile reads the YAML files that people write by hand: programmes,
// frameworks, chapters. It is as strict as can be, and tells everything that is
// wrong with a file at once, each fault with its place and a remedy. Start reading
// at [Read].
package yamlfile

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"cohortbot/bot/chat"
)

// Sort is a sort of files.
type Sort struct {
	Noun  string // "programme", as it stands in a sentence
	Holds string // what a file of this sort has, for an empty one: "an id, a title and weeks"
	Bytes int    // how many a file may have
	Lines int    // how many it may have
}

// Reader has read one file, and takes notes of what is wrong with its meaning.
type Reader struct {
	faults
	sort  Sort
	where map[string]position // of each value, by its path: "phases[0].weeks[2].prompt"
}

// Read reads a file into the struct that into points to. Fields go by their yaml
// tags; they are structs, slices, texts, whole numbers, and yes or no. What is
// wrong is kept for [Reader.Err]; false means that nothing could be read. The name
// of the file is for the faults alone.
func Read(name string, data []byte, sort Sort, into any) (*Reader, bool) {
	r := &Reader{
		faults: faults{file: name, lines: strings.Split(string(data), "\n")},
		sort:   sort, where: map[string]position{},
	}
	root := r.document(data)
	if root == nil {
		return r, false
	}
	r.read(root, reflect.ValueOf(into).Elem(), "")
	return r, true
}

// position is where a value begins, and where the lines of a block begin if it
// is one.
type position struct {
	line, column int
	block        int // line of the first line of a literal block, or 0
	broken       bool
}

// document gives the only document of the file, or nil after noting a fault.
func (r *Reader) document(data []byte) ast.Node {
	if len(data) > r.sort.Bytes {
		r.Add(0, 0, "The file has %d KB; a %s may have %d. Is it the right file?", len(data)>>10, r.sort.Noun, r.sort.Bytes>>10)
		return nil
	}
	if len(r.lines) > r.sort.Lines {
		r.Add(0, 0, "The file has %d lines; a %s may have %d. Is it the right file?", len(r.lines), r.sort.Noun, r.sort.Lines)
		return nil
	}
	if i := invalid(data); i >= 0 {
		before := data[:i]
		r.Add(strings.Count(string(before), "\n")+1, 0, "There are bytes here that are not UTF-8 text. Save the file as UTF-8.")
		return nil
	}
	if line := tooDeep(data); line > 0 {
		r.Add(line, 0, "More brackets are opened up to here than closed. Close them, or put quotation marks around the text that they are in.")
		return nil
	}
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var at yaml.Error
		if errors.As(err, &at) && at.GetToken() != nil {
			t := at.GetToken()
			r.Add(t.Position.Line, t.Position.Column, "This is not YAML: %s.%s", at.GetMessage(), remedy(r.lines, t.Position.Line))
		} else {
			r.Add(0, 0, "This is not YAML: %v.", err)
		}
		return nil
	}
	var bodies []ast.Node
	for _, d := range file.Docs {
		if d != nil && d.Body != nil {
			bodies = append(bodies, d.Body)
		}
	}
	switch len(bodies) {
	case 0:
		r.Add(0, 0, "The file is empty. A %s has %s.", r.sort.Noun, r.sort.Holds)
		return nil
	case 1:
		return bodies[0]
	}
	r.at(bodies[1].GetToken(), "A second document begins here. Keep each %s in a file of its own.", r.sort.Noun)
	return nil
}

// remedy adds what most often is the matter where YAML cannot be read.
func remedy(lines []string, line int) string {
	for _, l := range lines[max(0, min(line-2, len(lines))):min(max(line, 0), len(lines))] {
		if strings.HasPrefix(strings.TrimLeft(l, " "), "\t") {
			return " Use blanks instead of tabs at the start of a line."
		}
		if _, value, ok := strings.Cut(l, ": "); ok && strings.Contains(value, ": ") {
			return " A text with a colon in it needs quotation marks around it."
		}
	}
	return " Look at the blanks at the start of the line, and at quotation marks that were never closed."
}

func invalid(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 || r == 0 {
			return i
		}
		i += n
	}
	return -1
}

// tooDeep gives the line on which more brackets are open than any file of ours has,
// or 0. The parser takes time with the square of that: 15 s for 60 KB.
func tooDeep(data []byte) int {
	line, open := 1, 0
	for _, b := range data {
		switch b {
		case '\n':
			line++
		case '[', '{':
			open++
		case ']', '}':
			open = max(0, open-1)
		}
		if open > 200 {
			return line
		}
	}
	return 0
}

func (r *Reader) at(t *token.Token, format string, args ...any) {
	if t == nil || t.Position == nil {
		r.Add(0, 0, format, args...)
		return
	}
	r.Add(t.Position.Line, t.Position.Column, format, args...)
}

// read fills v, which stands at the path, from the node.
func (r *Reader) read(n ast.Node, v reflect.Value, path string) {
	t := n.GetToken()
	if pairs, ok := mapping(n); ok && len(pairs) > 0 {
		t = pairs[0].Key.GetToken() // its own is the first colon
	}
	at := position{}
	if t != nil && t.Position != nil {
		at.line, at.column = t.Position.Line, t.Position.Column
	}
	if l, ok := n.(*ast.LiteralNode); ok && strings.HasPrefix(l.Start.Value, "|") {
		at.block = l.Start.Position.Line + 1
	}
	wrong := func(want string) {
		at.broken = true
		r.at(t, "%s should be %s.", r.subject(path), want)
	}
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		at.broken = true
		r.at(t, "Anchors, aliases and tags are not used in %ss. Write the value out.", r.sort.Noun)
	default:
		switch v.Kind() {
		case reflect.Struct:
			if values, ok := mapping(n); ok {
				r.fields(values, v, path)
			} else {
				wrong("names and values, each on a line of its own, such as " + example(v.Type()))
			}
		case reflect.Slice:
			if list, ok := n.(*ast.SequenceNode); ok {
				for i, item := range list.Values {
					v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
					r.read(item, v.Index(i), path+"["+strconv.Itoa(i)+"]")
				}
			} else if n.Type() != ast.NullType {
				wrong(`a list, each item on a line of its own that begins with "- "`)
			}
		case reflect.String:
			if text, ok := text(n); ok {
				v.SetString(text)
			} else if n.Type() == ast.BoolType {
				wrong(`a text; put "` + t.Value + `" in quotation marks`)
			} else {
				wrong("a text")
			}
		case reflect.Int:
			if i, err := strconv.Atoi(value(t)); err == nil && n.Type() == ast.IntegerType {
				v.SetInt(int64(i))
			} else {
				wrong("a whole number, such as 1")
			}
		case reflect.Bool:
			if b, ok := n.(*ast.BoolNode); ok {
				v.SetBool(b.Value)
			} else {
				wrong("true or false")
			}
		}
	}
	r.where[path] = at
}

func value(t *token.Token) string {
	if t == nil {
		return ""
	}
	return t.Value
}

// mapping gives the pairs of a mapping; one pair alone is a node of its own.
func mapping(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// text gives a scalar as it was written; a number is a text too.
func text(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.NullNode:
		return "", true
	case *ast.IntegerNode, *ast.FloatNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// fields reads the pairs into the fields of a struct.
func (r *Reader) fields(values []*ast.MappingValueNode, v reflect.Value, path string) {
	keys := keysOf(v.Type())
	seen := map[string]bool{}
	for _, pair := range values {
		t := pair.Key.GetToken()
		key := value(t)
		i := slices.Index(keys, key)
		switch {
		case i < 0:
			said := "Here can stand " + strings.Join(keys, ", ") + "."
			if near := chat.Nearest(key, keys); len(near) > 0 {
				said = `Did you mean "` + near[0] + `"?`
			}
			r.at(t, "I don't know %q here. %s", key, said)
		case seen[key]:
			r.at(t, "%q stands here twice. Keep one of them.", key)
		case pair.Value != nil:
			seen[key] = true
			r.read(pair.Value, v.Field(i), join(path, key))
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// keysOf gives the YAML names of a struct's fields, in their order.
func keysOf(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		key, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		keys = append(keys, key)
	}
	return keys
}

func example(t reflect.Type) string {
	return strconv.Quote(keysOf(t)[0] + ": …")
}

// subject names a path at the start of a sentence.
func (r *Reader) subject(path string) string {
	switch {
	case path == "":
		return "A " + r.sort.Noun
	case strings.HasSuffix(path, "]"):
		return "Each of the " + path[strings.LastIndex(path, ".")+1:strings.LastIndex(path, "[")]
	}
	return strconv.Quote(path[strings.LastIndex(path, ".")+1:])
}
