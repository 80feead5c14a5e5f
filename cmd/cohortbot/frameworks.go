package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cohortbot/bot/frameworks"
	"cohortbot/bot/yamlfile"
)

type frameworkCommand struct {
	List   frameworkList   `cmd:"" help:"Print the frameworks that come along."`
	Show   frameworkShow   `cmd:"" help:"Print a framework as a file that you can change."`
	Export frameworkExport `cmd:"" help:"Print a framework as a CASE 1.1 package."`
	Import frameworkImport `cmd:"" help:"Print a CASE 1.1 package as a framework's file."`
}

type frameworkList struct{}

// Run prints a line for each framework.
func (c *frameworkList) Run(m *Main) error {
	for _, f := range frameworks.BuiltIn() {
		if _, err := fmt.Fprintf(m.out, "%s  %s (%s)\n", f.ID, f.Title, f.Status); err != nil {
			return err
		}
	}
	return nil
}

type frameworkShow struct {
	Framework string `arg:"" help:"The id of a framework that comes along, or a file."`
}

// Run prints the file.
func (c *frameworkShow) Run(m *Main) error {
	f, err := frameworkOf(c.Framework)
	if err != nil {
		return err
	}
	data, err := f.YAML()
	if err != nil {
		return err
	}
	_, err = m.out.Write(data)
	return err
}

type frameworkExport struct {
	Framework string `arg:"" help:"The id of a framework that comes along, or a file."`
	Successor string `placeholder:"FRAMEWORK" help:"The framework that takes its place, if its file names one: each of its items is then named, too."`
}

// Run prints the package.
func (c *frameworkExport) Run(m *Main) error {
	f, err := frameworkOf(c.Framework)
	if err != nil {
		return err
	}
	var successor *frameworks.Framework
	if c.Successor != "" {
		s, err := frameworkOf(c.Successor)
		if err != nil {
			return err
		}
		if s.ID != f.SupersededBy.Framework {
			return fmt.Errorf("%q does not say that %q takes its place; name it in its file under superseded_by", f.ID, s.ID)
		}
		successor = &s
	}
	data, err := f.Export(m.clock.Now(), successor)
	if err != nil {
		return err
	}
	_, err = m.out.Write(data)
	return err
}

type frameworkImport struct {
	File string `arg:"" type:"path" help:"The package, in JSON."`
}

// Run prints the file.
func (c *frameworkImport) Run(m *Main) error {
	data, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("%s cannot be read. %s", c.File, unreadable(err))
	}
	f, err := frameworks.Import(data)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(c.File), err)
	}
	text, err := f.YAML()
	if err != nil {
		return err
	}
	_, err = m.out.Write(text)
	return err
}

// frameworkOf gives a framework that comes along, or that a file holds.
func frameworkOf(name string) (frameworks.Framework, error) {
	all := frameworks.BuiltIn()
	if i := slices.IndexFunc(all, func(f frameworks.Framework) bool { return f.ID == name }); i >= 0 {
		return all[i], nil
	}
	data, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) && !strings.ContainsAny(name, "./\\") {
		return frameworks.Framework{}, fmt.Errorf("there is no framework %q. cohortbot framework list prints those that come along; or name a file, such as ours.yaml", name)
	}
	if err != nil {
		return frameworks.Framework{}, yamlfile.Faults{{File: name, Problem: unreadable(err)}}
	}
	return frameworks.Parse(name, data)
}
