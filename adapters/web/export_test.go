package web

import (
	"maps"
	"slices"
	"time"
)

// Markdown renders text as somebody in zone sees it at now.
func Markdown(text string, names map[string]string, zone *time.Location, now time.Time) string {
	return viewer{names: names, zone: zone, now: now}.markdown(text)
}

// PlainHTML shows text of a person.
var PlainHTML = plainHTML

// Calls gives the names of the calls that change something.
func (w *Workspace) Calls() []string { return slices.Sorted(maps.Keys(w.calls())) }

// Draw draws a chart.
var Draw = draw
