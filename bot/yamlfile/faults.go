package yamlfile

import (
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong with a file, and what to do
// about it.
type Fault struct {
	File    string
	Line    int    // from 1; 0 where it is about the whole file
	Column  int    // from 1, in characters
	Problem string // a sentence or two, for whoever wrote the file
	Source  string // the line as it stands
}

// String gives the place, the problem, and the line with a mark below it.
func (f Fault) String() string {
	if f.Line == 0 {
		return f.File + ": " + f.Problem
	}
	number := fmt.Sprintf("%5d", f.Line)
	source := strings.ReplaceAll(f.Source, "\t", " ")
	return fmt.Sprintf("%s:%d:%d: %s\n%s | %s\n%s | %s^", f.File, f.Line, f.Column, f.Problem,
		number, source, strings.Repeat(" ", len(number)), strings.Repeat(" ", max(0, f.Column-1)))
}

// Faults is the error of [Reader.Err]: everything that is wrong, from the top of the
// file down. It quotes the file.
type Faults []Fault

// Error gives all of them, one below the other.
func (f Faults) Error() string {
	var all []string
	for _, one := range f {
		all = append(all, one.String())
	}
	return strings.Join(all, "\n")
}

// mostFaults is how many faults of a file are named: more are no help, and come
// from a file that is something else.
const mostFaults = 100

// faults collects what is wrong with one file.
type faults struct {
	file  string
	lines []string
	found Faults
}

// Add notes a fault. Without a column it points at the first character of the
// line that is not blank.
func (f *faults) Add(line, column int, format string, args ...any) {
	fault := Fault{File: f.file, Line: line, Column: column, Problem: fmt.Sprintf(format, args...)}
	if line >= 1 && line <= len(f.lines) {
		fault.Source = strings.TrimRight(f.lines[line-1], "\r")
	}
	if line > 0 && column < 1 {
		fault.Column = len(fault.Source) - len(strings.TrimLeft(fault.Source, " \t")) + 1
	}
	if len(f.found) < mostFaults && !slices.Contains(f.found, fault) {
		f.found = append(f.found, fault)
	}
}

// Err gives the faults in the order of the file, or nil.
func (f *faults) Err() error {
	if len(f.found) == 0 {
		return nil
	}
	slices.SortStableFunc(f.found, func(a, b Fault) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return f.found
}
