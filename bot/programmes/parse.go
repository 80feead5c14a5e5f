package programmes

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

// maxFile is how many bytes a file may have. A cohort keeps its copy in one
// record, and a year of weekly prompts is a tenth of this.
const maxFile = 128 << 10

// mostLines is how many lines it may have: twice what the most weeks take.
const mostLines = 5000

// Parse reads a programme. The name of the file is for the error, which is
// [Faults]: everything that is wrong with the file, each with its line, its
// column and a remedy. A prompt is tried out, so that what Parse accepts can be
// rendered.
func Parse(name string, data []byte) (Programme, error) {
	r := reader{
		faults: faults{file: name, lines: strings.Split(string(data), "\n")},
		where:  map[string]position{},
	}
	root := r.document(data)
	if root == nil {
		return Programme{}, r.err()
	}
	var p Programme
	r.read(root, reflect.ValueOf(&p).Elem(), "")
	if p.Members == (Word{}) {
		p.Members = Word{One: "member", Many: "members"}
	}
	r.check(p)
	if err := r.err(); err != nil {
		return Programme{}, err
	}
	return p, nil
}

// reader turns the tree of a YAML file into a programme. It does the work of
// yaml.Strict, which stops at the first fault, for all faults at once.
type reader struct {
	faults
	where map[string]position // of each value, by its path: "phases[0].weeks[2].prompt"
}

// position is where a value begins, and where the lines of a block begin if it
// is one.
type position struct {
	line, column int
	block        int // line of the first line of a literal block, or 0
	broken       bool
}

// document gives the only document of the file, or nil after noting a fault.
func (r *reader) document(data []byte) ast.Node {
	if len(data) > maxFile {
		r.add(0, 0, "The file has %d KB; a programme may have %d. Is it the right file?", len(data)>>10, maxFile>>10)
		return nil
	}
	if len(r.lines) > mostLines {
		r.add(0, 0, "The file has %d lines; a programme may have %d. Is it the right file?", len(r.lines), mostLines)
		return nil
	}
	if i := invalid(data); i >= 0 {
		before := data[:i]
		r.add(strings.Count(string(before), "\n")+1, 0, "There are bytes here that are not UTF-8 text. Save the file as UTF-8.")
		return nil
	}
	if line := tooDeep(data); line > 0 {
		r.add(line, 0, "More brackets are opened up to here than closed. Close them, or put quotation marks around the text that they are in.")
		return nil
	}
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var at yaml.Error
		if errors.As(err, &at) && at.GetToken() != nil {
			t := at.GetToken()
			r.add(t.Position.Line, t.Position.Column, "This is not YAML: %s.%s", at.GetMessage(), remedy(r.lines, t.Position.Line))
		} else {
			r.add(0, 0, "This is not YAML: %v.", err)
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
		r.add(0, 0, "The file is empty. A programme has an id, a title, a summary, a rhythm and phases.")
		return nil
	case 1:
		return bodies[0]
	}
	r.at(bodies[1].GetToken(), "A second document begins here. Keep each programme in a file of its own.")
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

// tooDeep gives the line on which more brackets are open than any programme has,
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

func (r *reader) at(t *token.Token, format string, args ...any) {
	if t == nil || t.Position == nil {
		r.add(0, 0, format, args...)
		return
	}
	r.add(t.Position.Line, t.Position.Column, format, args...)
}

// read fills v, which stands at the path, from the node.
func (r *reader) read(n ast.Node, v reflect.Value, path string) {
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
		r.at(t, "%s should be %s.", subject(path), want)
	}
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode, *ast.MergeKeyNode:
		at.broken = true
		r.at(t, "Anchors, aliases and tags are not used in programmes. Write the value out.")
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
func (r *reader) fields(values []*ast.MappingValueNode, v reflect.Value, path string) {
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
func subject(path string) string {
	switch {
	case path == "":
		return "A programme"
	case strings.HasSuffix(path, "]"):
		return "Each of the " + path[strings.LastIndex(path, ".")+1:strings.LastIndex(path, "[")]
	}
	return strconv.Quote(path[strings.LastIndex(path, ".")+1:])
}
