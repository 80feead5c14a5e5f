package programmes

import (
	"embed"
	"slices"
	"sync"

	"cohortbot/bot/yamlfile"
)

//go:embed builtin/*.yaml
var files embed.FS

var builtIn = sync.OnceValue(func() []yamlfile.Built[Programme] { return yamlfile.BuiltIn(files, Parse) })

// BuiltIn gives the programmes that come along, by id. They are the caller's.
func BuiltIn() []Programme {
	var all []Programme
	for _, b := range builtIn() {
		all = append(all, b.Value.Clone())
	}
	return all
}

// Find gives the built-in programme with this id. It is the caller's.
func Find(id string) (Programme, bool) {
	i := slices.IndexFunc(builtIn(), func(b yamlfile.Built[Programme]) bool { return b.Value.ID == id })
	if i < 0 {
		return Programme{}, false
	}
	return builtIn()[i].Value.Clone(), true
}

// Clone gives a copy that shares nothing with p.
func (p Programme) Clone() Programme {
	p.Strands = slices.Clone(p.Strands)
	p.Graduate = slices.Clone(p.Graduate)
	p.Phases = slices.Clone(p.Phases)
	for i := range p.Phases {
		p.Phases[i].Weeks = slices.Clone(p.Phases[i].Weeks)
		for j, w := range p.Phases[i].Weeks {
			p.Phases[i].Weeks[j].With = slices.Clone(w.With)
		}
	}
	p.Portfolio.Parts = slices.Clone(p.Portfolio.Parts)
	p.Portfolio.Hours = slices.Clone(p.Portfolio.Hours)
	p.Portfolio.Slots = slices.Clone(p.Portfolio.Slots)
	for i, s := range p.Portfolio.Slots {
		p.Portfolio.Slots[i].Roles = slices.Clone(s.Roles)
	}
	p.Peers.Questions = slices.Clone(p.Peers.Questions)
	p.Stars = slices.Clone(p.Stars)
	for i, s := range p.Stars {
		p.Stars[i].Points = slices.Clone(s.Points)
	}
	return p
}
