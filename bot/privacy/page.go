package privacy

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/chat"
)

//go:embed page.html
var pageSource string

var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// line is one thing that a record says, for the page: a name, and a value or lines
// of its own.
type line struct {
	Name, Value string
	Lines       []line
}

type part struct {
	Title, Seen string
	Records     []shown
}

type shown struct {
	Title string
	Lines []line
	Files []string
}

// page makes the readable half of a copy.
func (c Copy) page() ([]byte, error) {
	x := struct {
		Name, Made string
		Parts      []part
	}{Name: c.name, Made: c.made.UTC().Format("2 January 2006, 15:04 UTC")}
	for _, t := range c.tables {
		p := part{Title: capital(t.What), Seen: t.Seen}
		for _, r := range t.Records {
			data, err := json.Marshal(r.Value)
			if err != nil {
				return nil, err
			}
			var v any
			if err := json.Unmarshal(data, &v); err != nil {
				return nil, err
			}
			lines := linesOf("", v)
			if s, ok := v.(string); ok {
				lines = []line{{Name: "text", Value: s}}
			}
			title := r.ID
			if len(lines) > 0 && lines[0].weight() == 2 {
				title = chat.Short(lines[0].Value, 90)
			}
			p.Records = append(p.Records, shown{Title: title, Lines: lines, Files: r.Files})
		}
		x.Parts = append(x.Parts, p)
	}
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, x)
	return b.Bytes(), err
}

// linesOf lays a record out for reading: what was written first, ids last.
func linesOf(name string, v any) []line {
	switch v := v.(type) {
	case nil:
		return nil
	case map[string]any:
		var lines []line
		for _, k := range slices.Sorted(keys(v)) {
			lines = append(lines, linesOf(strings.ReplaceAll(k, "_", " "), v[k])...)
		}
		slices.SortStableFunc(lines, func(a, b line) int { return b.weight() - a.weight() })
		if name == "" {
			return lines
		}
		if len(lines) == 0 {
			return nil
		}
		return []line{{Name: name, Lines: lines}}
	case []any:
		var lines []line
		for i, x := range v {
			lines = append(lines, linesOf(strconv.Itoa(i+1), x)...)
		}
		if len(lines) == 0 {
			return nil
		}
		return []line{{Name: name, Lines: lines}}
	case string:
		if v == "" {
			return nil
		}
		if t, err := time.Parse(time.RFC3339, v); err == nil {
			v = t.UTC().Format("2 January 2006, 15:04 UTC")
		}
		return []line{{Name: name, Value: v}}
	case bool:
		return []line{{Name: name, Value: map[bool]string{true: "yes", false: "no"}[v]}}
	case float64:
		return []line{{Name: name, Value: strconv.FormatFloat(v, 'f', -1, 64)}}
	}
	return []line{{Name: name, Value: fmt.Sprint(v)}}
}

// weight puts what was written before what only programs need.
func (l line) weight() int {
	switch {
	case len(l.Lines) > 0:
		return 1
	case strings.Contains(l.Value, " "):
		return 2
	}
	return 0
}

func keys(m map[string]any) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
