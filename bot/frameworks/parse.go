package frameworks

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
	"github.com/google/uuid"

	"cohortbot/bot/yamlfile"
)

// The limits of a framework.
const (
	maxText  = 1000
	maxItems = 2000
	maxDepth = 10
)

var file = yamlfile.Sort{
	Noun: "framework", Holds: "an id, a title, a version, whose wording it is, kinds and items",
	Bytes: 1 << 20, Lines: 20_000,
}

// Parse reads a framework. The name of the file is for the error, which is
// [yamlfile.Faults]: everything that is wrong with it.
func Parse(name string, data []byte) (Framework, error) {
	return yamlfile.Parse(name, data, file, func(y *yamlfile.Reader, f *Framework) {
		if f.Status == "" {
			f.Status = Current
		}
		(&checking{Reader: y, f: *f}).all()
	})
}

// checking checks what a file of a framework says.
type checking struct {
	*yamlfile.Reader
	f     Framework
	kinds []string
	ids   []string
}

func (c *checking) all() {
	c.ID(c.f.ID, "id", "what it is stored under, such as partnerships")
	c.Text(c.f.Title, "title", maxText, true)
	c.Text(c.f.Summary, "summary", maxText, false)
	c.Text(c.f.Version, "version", yamlfile.MaxLine, true)
	c.Text(c.f.Wording, "wording", maxText, true)
	c.Text(c.f.Creator, "creator", yamlfile.MaxLine, false)
	c.uuid(c.f.UUID, "uuid")
	states := []string{string(Draft), string(Current), string(Legacy)}
	if !slices.Contains(states, string(c.f.Status)) {
		c.Note("status", "I don't know the status %q. There are %s.", c.f.Status, strings.Join(states, ", "))
	}
	for i, k := range c.f.Kinds {
		at := fmt.Sprintf("kinds[%d]", i)
		c.ID(k.ID, at+".id", "such as criterion")
		c.Twice(c.kinds, k.ID, at+".id", "kind")
		c.kinds = append(c.kinds, k.ID)
		c.Text(k.Title, at+".title", yamlfile.MaxLine, true)
		if !slices.Contains([]Covers{Groups, Do, Know, Lens}, k.Covers) {
			c.Note(at+".covers", "I don't know %q. A kind covers do, know or lens; left out, it only groups what is below it.", k.Covers)
		}
	}
	if len(c.f.Kinds) == 0 {
		c.Note("kinds", "A framework needs at least one kind of item, such as id: criterion, title: Criterion, covers: do.")
	}
	if len(c.f.Items) == 0 {
		c.Note("items", "A framework needs at least one item.")
	}
	c.items(c.f.Items, "items", 1)
	c.successor()
}

func (c *checking) items(items []Item, at string, depth int) {
	for i, item := range items {
		at := fmt.Sprintf("%s[%d]", at, i)
		if len(c.ids) == maxItems {
			c.Note(at, "A framework has at most %d items.", maxItems)
			return
		}
		c.ID(item.ID, at+".id", "such as criterion-1")
		c.Twice(c.ids, item.ID, at+".id", "item")
		c.ids = append(c.ids, item.ID)
		if c.Text(item.Kind, at+".kind", yamlfile.MaxLine, true) && !slices.Contains(c.kinds, item.Kind) && !c.Broken("kinds") {
			c.Note(at+".kind", "There is no kind %q. %s", item.Kind, yamlfile.Meant(item.Kind, c.kinds, "Add it under kinds."))
		}
		c.Text(item.Code, at+".code", yamlfile.MaxLine, false)
		c.Text(item.Text, at+".text", maxText, true)
		c.Text(item.About, at+".about", maxText, false)
		c.uuid(item.UUID, at+".uuid")
		if depth == maxDepth && len(item.Items) > 0 {
			c.Note(at+".items", "Items stand at most %d levels deep.", maxDepth)
			continue
		}
		c.items(item.Items, at+".items", depth+1)
	}
}

func (c *checking) successor() {
	s := c.f.SupersededBy
	if s.Framework == "" && len(s.Items) == 0 {
		return
	}
	c.ID(s.Framework, "superseded_by.framework", "the id of the framework that takes its place")
	var from []string
	for i, m := range s.Items {
		at := fmt.Sprintf("superseded_by.items[%d]", i)
		if !slices.Contains(c.ids, m.From) {
			c.Note(at+".from", "There is no item %q here. %s", m.From, yamlfile.Meant(m.From, c.ids, "Name an item of this framework."))
		}
		c.Twice(from, m.From, at+".from", "mapping")
		from = append(from, m.From)
		for j, to := range m.To {
			c.ID(to, fmt.Sprintf("%s.to[%d]", at, j), "the id of an item of the other framework")
		}
	}
}

func (c *checking) uuid(s, at string) {
	if _, err := uuid.Parse(s); s != "" && err != nil {
		c.Note(at, "%q is no UUID, such as 6f9619ff-8b86-4011-b42d-00cf4fc964ff. Leave it out, and one is made from the ids.", s)
	}
}

// YAML writes the framework as a file that [Parse] reads back to the same.
func (f Framework) YAML() ([]byte, error) {
	data, err := yaml.MarshalWithOptions(f, yaml.Indent(2), yaml.IndentSequence(true))
	if err != nil {
		return nil, fmt.Errorf("writing the framework %q: %w", f.ID, err)
	}
	if _, err := Parse(f.ID+".yaml", data); err != nil {
		return nil, fmt.Errorf("writing the framework %q: it can't be read back: %w", f.ID, err)
	}
	return data, nil
}

//go:embed builtin/*.yaml
var files embed.FS

var builtIn = sync.OnceValue(func() []yamlfile.Built[Framework] { return yamlfile.BuiltIn(files, Parse) })

// BuiltIn gives the frameworks that come along, by id. What they hold is shared
// and must not be changed.
func BuiltIn() []Framework {
	var all []Framework
	for _, b := range builtIn() {
		all = append(all, b.Value)
	}
	return all
}
