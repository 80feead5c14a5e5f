package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cohortbot/bot/evidence"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/yamlfile"
)

// Evidence is what is kept of the files that people keep as evidence.
type Evidence struct {
	MaxFile   byteSize     `yaml:"max_file" help:"How large one file may be." default:"25MB" example:"25MB"`
	MaxPerson byteSize     `yaml:"max_person" help:"How much the files of one person may take together." default:"500MB" example:"500MB"`
	Types     []fileEnding `yaml:"types" help:"What the name of a file may end with, in the place of our own list of documents, pictures, sound and video. Nothing is ever run or opened here; what is not a picture is only ever handed out to be downloaded." example:"pdf"`
}

// limits gives what the vault takes.
func (c Config) limits() evidence.Limits {
	l := evidence.UsualLimits
	if c.Evidence == nil {
		return l
	}
	if c.Evidence.MaxFile > 0 {
		l.File = int64(c.Evidence.MaxFile)
	}
	if c.Evidence.MaxPerson > 0 {
		l.Person = int64(c.Evidence.MaxPerson)
	}
	if len(c.Evidence.Types) > 0 {
		l.Types = nil
		for _, t := range c.Evidence.Types {
			l.Types = append(l.Types, string(t))
		}
	}
	return l
}

// byteSize is an amount of data.
type byteSize int64

var byteSizes = regexp.MustCompile(`^(?i)(\d{1,9})\s*(kb|mb|gb)$`)

// UnmarshalText takes a number and a unit: KB, MB or GB, each a thousand of the one
// before.
func (b *byteSize) UnmarshalText(text []byte) error {
	m := byteSizes.FindStringSubmatch(strings.TrimSpace(string(text)))
	if m == nil {
		return fmt.Errorf("%q is no size; write a number with KB, MB or GB, for example 25MB", text)
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil || n == 0 {
		return fmt.Errorf("%q is no size above nothing; for example 25MB", text)
	}
	for range 1 + slices.Index([]string{"kb", "mb", "gb"}, strings.ToLower(m[2])) {
		n *= 1000
	}
	*b = byteSize(n)
	return nil
}

type fileEnding string

var fileEndings = regexp.MustCompile(`^\.?[a-zA-Z0-9]{1,10}$`)

// UnmarshalText takes what the name of a file ends with.
func (e *fileEnding) UnmarshalText(text []byte) error {
	if !fileEndings.Match(text) {
		return fmt.Errorf("%q is no ending of a file's name; write letters and digits, for example pdf", text)
	}
	*e = fileEnding(strings.ToLower(strings.TrimPrefix(string(text), ".")))
	return nil
}

// frameworks reads the frameworks of the organisation's own, and holds the
// programmes' portfolios against them.
func (r *reader) frameworks(c *loaded, beside func(string) string) {
	ids := map[string]string{}
	for i, path := range c.Frameworks {
		at := fmt.Sprintf("frameworks[%d]", i)
		f, ok := r.framework(at, beside(path))
		if !ok {
			continue
		}
		if other := ids[f.ID]; other != "" {
			r.note(at, "This framework has the id %q, and so has %s. Give one of them another id.", f.ID, other)
		}
		ids[f.ID] = path
		c.frameworks = append(c.frameworks, f)
	}
	if len(c.frameworks) < len(c.Frameworks) {
		return // it is one of those that cannot be read, perhaps
	}
	library := evidence.NewLibrary(c.programmes, c.frameworks)
	for i, p := range c.programmes {
		if _, ok := library.Framework(p.Portfolio.Framework); !ok && !p.Portfolio.IsZero() {
			r.note(fmt.Sprintf("programmes[%d]", i), "Its portfolio is judged by the framework %q, and there is none of that id. Name its file under frameworks; cohortbot framework list prints those that come along.", p.Portfolio.Framework)
		}
	}
}

func (r *reader) framework(at, path string) (frameworks.Framework, bool) {
	text, err := os.ReadFile(path)
	if err != nil {
		r.note(at, "The framework %s cannot be read. %s", path, unreadable(err))
		return frameworks.Framework{}, false
	}
	f, err := frameworks.Parse(path, text)
	var wrong yamlfile.Faults
	switch {
	case errors.As(err, &wrong):
		r.beside = append(r.beside, wrong...)
	case err != nil:
		r.note(at, "The framework %s cannot be read: %v.", path, err)
	}
	return f, err == nil
}
