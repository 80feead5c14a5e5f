package main

import (
	"bytes"
	"encoding"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohortbot/schedules"
)

//go:generate go test -run TestTheReferenceSaysWhatTheTypesSay -update .

var update = flag.Bool("update", false, "write docs/configuration.md anew")

const referenceFile = "../../docs/configuration.md"

func TestTheReferenceSaysWhatTheTypesSay(t *testing.T) {
	want := reference()
	if *update {
		if err := os.WriteFile(referenceFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(referenceFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("docs/configuration.md is out of date; go generate ./cmd/cohortbot writes it anew:\n%s", diff)
	}
}

// reference makes docs/configuration.md of the tags of Config.
func reference() []byte {
	var b bytes.Buffer
	b.WriteString(`# Configuration

<!-- Made from cmd/cohortbot/config.go by "go generate ./cmd/cohortbot": change it there. -->

cohortbot reads one YAML file: ` + "`cohortbot serve --config FILE`" + `.
[config.example.yaml](../config.example.yaml) is one to begin with.

` + "`cohortbot check --config FILE`" + ` names everything that is wrong with a file at once,
each with its line, its column and what to do about it, and changes nothing. A key
that is not listed here is a mistake, not a remark: it may be a misspelt one that
you rely on. Paths are relative to the file.
`)
	section(&b, "The file", "", reflect.TypeFor[Config]())
	return b.Bytes()
}

func section(b *bytes.Buffer, title, path string, t reflect.Type) {
	fmt.Fprintf(b, "\n## %s\n\n| key | what it is | without it | example |\n|---|---|---|---|\n", title)
	var inner []reflect.StructField
	for i := range t.NumField() {
		f := t.Field(i)
		without := f.Tag.Get("default")
		switch {
		case f.Tag.Get("need") != "":
			without = "it is needed"
		case without != "":
			without = "`" + without + "`"
		}
		example := f.Tag.Get("example")
		if example != "" {
			example = "`" + example + "`"
		}
		help := f.Tag.Get("help")
		if of, list := sectionOf(f.Type); of != nil {
			inner = append(inner, f)
			example = "see `" + path + f.Tag.Get("yaml") + "` below"
			if list {
				example = "a list; " + example
			}
		} else if f.Type.Kind() == reflect.Slice {
			example = "a list: " + example
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", f.Tag.Get("yaml"), help, without, example)
	}
	for _, f := range inner {
		of, list := sectionOf(f.Type)
		under := path + f.Tag.Get("yaml")
		title := "`" + under + "`"
		if list {
			title += ", each"
		}
		section(b, title, under+".", of)
	}
}

// sectionOf gives the struct that a key holds, if it holds one or a list of them.
func sectionOf(t reflect.Type) (of reflect.Type, list bool) {
	if t.Kind() == reflect.Slice {
		t, list = t.Elem(), true
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return nil, false
	}
	return t, list
}

func TestEveryKeyIsExplained(t *testing.T) {
	var look func(of reflect.Type)
	look = func(of reflect.Type) {
		for i := range of.NumField() {
			f := of.Field(i)
			inner, _ := sectionOf(f.Type)
			if f.Tag.Get("yaml") == "" || f.Tag.Get("help") == "" || inner == nil && f.Tag.Get("example") == "" {
				t.Errorf("%s.%s needs the tags yaml, help and example", of.Name(), f.Name)
			}
			if inner != nil {
				look(inner)
			}
		}
	}
	look(reflect.TypeFor[Config]())
}

func TestTheExampleHasNoFaultsAndShowsEveryKey(t *testing.T) {
	c, err := load("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(c.calendar()) == 0 || c.Local == nil || len(c.Local.People) == 0 {
		t.Errorf("read %+v, want holidays and people", c.Config)
	}
	text, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var look func(of reflect.Type)
	look = func(of reflect.Type) {
		for i := range of.NumField() {
			if key := of.Field(i).Tag.Get("yaml"); !strings.Contains(string(text), key+":") {
				t.Errorf("config.example.yaml does not show the key %q", key)
			}
			if inner, _ := sectionOf(of.Field(i).Type); inner != nil {
				look(inner)
			}
		}
	}
	look(reflect.TypeFor[Config]())
}

func TestHolidaysBecomeDaysOfACalendar(t *testing.T) {
	day := schedules.Date{Year: 2027, Month: 2, Day: 6}
	c := Config{Holidays: []Holiday{{Date: day, Name: "Waitangi Day"}}}
	span, ok := c.calendar().On(day)
	if !ok || span.Name != "Waitangi Day" {
		t.Errorf("on %s: %v, %t", day, span, ok)
	}
	if _, ok := c.calendar().On(day.AddDays(1)); ok {
		t.Error("the day after is a holiday too")
	}
}

// Whatever stands in the file, reading it gives faults or a configuration, and
// every fault is at a place in the file.
func FuzzReadingAConfiguration(f *testing.F) {
	for _, seed := range []string{
		"", "data: x", "data: [", "local: {people: [{id: a}]}", "log: &a {level: info}\ndata: *a",
		"- a", "holidays:\n  - date: 2027-02-30", "a: b\n---\nc: d", "? [a]: b", "<<: {data: x}", "data: !!str x", "\tdata: x", "data: |\n  x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1000 { // the parser takes long for deep ones
			return
		}
		r := newReader("f.yaml", []byte(text))
		c := defaults()
		r.read([]byte(text), &c)
		if len(r.found) == 0 && c.Data == "" {
			t.Errorf("no fault, and no data folder: %q", text)
		}
		for _, fault := range r.found {
			if fault.Problem == "" || fault.Line > len(r.lines) {
				t.Errorf("fault %+v in %d lines", fault, len(r.lines))
			}
		}
	})
}
