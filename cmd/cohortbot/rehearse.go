package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/programmes"
	"cohortbot/bot/yamlfile"
	"cohortbot/schedules"
)

type rehearseCommand struct {
	Programme string         `arg:"" help:"A built-in programme by its id, or a programme file."`
	Start     schedules.Date `placeholder:"DATE" help:"The first day, such as 2027-02-01 (default: next Monday)."`
	Zone      schedules.Zone `default:"UTC" placeholder:"ZONE" help:"The group's time zone, such as Pacific/Auckland (default: UTC)."`
	Members   int            `default:"12" placeholder:"N" help:"How many people join (default: 12)."`
	Seed      uint64         `default:"1" placeholder:"N" help:"Decides who answers when; the same seed gives the same rehearsal (default: 1)."`
	Format    string         `default:"text" enum:"text,json" help:"text to read, or json: one object a line (default: text)."`
}

// maxMembers is how many members a rehearsal may have: more would say nothing
// new, and take long.
const maxMembers = 500

// Run rehearses the programme and prints all that was posted.
func (c *rehearseCommand) Run(m *Main) error {
	if c.Members < 0 || c.Members > maxMembers {
		return fmt.Errorf("--members: %d people cannot be rehearsed with; name 0 to %d", c.Members, maxMembers)
	}
	if c.Start.IsZero() {
		c.Start = schedules.DateOf(m.clock.Now().In(c.Zone.Location())).AddDays(1)
		for c.Start.Weekday() != time.Monday {
			c.Start = c.Start.AddDays(1)
		}
	}
	p, err := findProgramme(c.Programme)
	if err != nil {
		return err
	}
	if p.Weeks() == 0 {
		return fmt.Errorf("%s has no weeks: people prepare its portfolio on their own, so there is nothing to rehearse", p.ID)
	}
	r := rehearsal{programme: p, start: c.Start, zone: c.Zone, members: c.Members, seed: c.Seed}
	posts, err := r.run(m.ctx)
	if err != nil {
		return fmt.Errorf("rehearsing %s: %w", p.ID, err)
	}
	if c.Format == "json" {
		return printJSON(m.out, posts)
	}
	fmt.Fprintf(m.out, "%s, rehearsed from %s in %s, with %d %s.\n", p.Title, c.Start.Long(), c.Zone.City(), c.Members, p.Members.Many)
	fmt.Fprintf(m.out, "The people and their answers are made up; everything below is what the group would read, and what I would write in private.\n")
	printText(m.out, posts)
	return nil
}

// findProgramme reads a programme file, or finds a built-in programme.
func findProgramme(name string) (programmes.Programme, error) {
	ext := filepath.Ext(name)
	if ext != ".yaml" && ext != ".yml" {
		if p, ok := programmes.Find(name); ok {
			return p, nil
		}
		var ids []string
		for _, p := range programmes.BuiltIn() {
			ids = append(ids, p.ID)
		}
		hint := "Built in are: " + strings.Join(ids, ", ") + "."
		if near := chat.Nearest(name, ids); len(near) > 0 {
			hint = fmt.Sprintf("Did you mean %q?", near[0])
		}
		return programmes.Programme{}, fmt.Errorf("there is no built-in programme %q. %s A file of your own ends in .yaml", name, hint)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return programmes.Programme{}, yamlfile.Faults{{File: name, Problem: unreadable(err)}}
	}
	p, err := programmes.Parse(name, text)
	var wrong yamlfile.Faults
	if err != nil && !errors.As(err, &wrong) {
		err = fmt.Errorf("%s: %w", name, err)
	}
	return p, err
}

// posted is one message that the bot posted, as it is printed. Nothing in it
// differs from one run to the next.
type posted struct {
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"`         // what it is: prompt, nudge, weave, session, …
	Place   string    `json:"place"`        // "#group", "#group/thread" or "@account"
	To      string    `json:"to"`           // who reads it
	By      string    `json:"by,omitempty"` // the member who wrote it; empty is the bot
	Text    string    `json:"text"`         // Markdown
	Note    string    `json:"note,omitempty"`
	Buttons []string  `json:"buttons,omitempty"`
}

// saidKind is the kind of what a member wrote where the group reads it.
const saidKind = "said"

// shownKind is the kind of what the bot answered to somebody who asked for it.
const shownKind = "shown"

// inOrder sorts posts by their time. What is posted at the same instant in
// different places has no order of its own, so the place decides.
func inOrder(posts []posted) {
	slices.SortStableFunc(posts, func(a, b posted) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Place, b.Place))
	})
}

func printJSON(w io.Writer, posts []posted) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	for _, p := range posts {
		if err := encoder.Encode(p); err != nil {
			return err
		}
	}
	return nil
}

func printText(w io.Writer, posts []posted) {
	var day schedules.Date
	for _, p := range together(posts) {
		if d := schedules.DateOf(p.At); d != day {
			day = d
			fmt.Fprintf(w, "\n%s\n", d.Long())
		}
		what := p.Kind
		if p.By != "" {
			what = p.By
		}
		where := "in " + p.Place
		if strings.HasPrefix(p.Place, "@") {
			where = "in private"
		}
		fmt.Fprintf(w, "\n  %s  %s to %s %s\n", p.At.Format("15:04"), what, p.To, where)
		fmt.Fprint(w, indented(readable(p.Text)))
		if p.Note != "" {
			fmt.Fprint(w, indented(readable(p.Note)))
		}
		if len(p.Buttons) > 0 {
			fmt.Fprint(w, indented("["+strings.Join(p.Buttons, "] [")+"]"))
		}
	}
	kinds := map[string]int{}
	var order []string
	for _, p := range posts {
		if kinds[p.Kind]++; kinds[p.Kind] == 1 {
			order = append(order, p.Kind)
		}
	}
	slices.Sort(order)
	for i, kind := range order {
		order[i] = fmt.Sprintf("%s %d", kind, kinds[kind])
	}
	fmt.Fprintf(w, "\n%d posts: %s.\n", len(posts), strings.Join(order, ", "))
}

// together gives the posts with those as one that tell several people the same at
// the same time, each in private.
func together(posts []posted) []posted {
	type same struct {
		at                        time.Time
		kind, text, note, buttons string
	}
	var all []posted
	first := map[same]int{}
	names := map[int][]string{}
	for _, p := range posts {
		if !strings.HasPrefix(p.Place, "@") {
			all = append(all, p)
			continue
		}
		key := same{p.At, p.Kind, p.Text, p.Note, strings.Join(p.Buttons, "] [")}
		i, ok := first[key]
		if !ok {
			i = len(all)
			first[key] = i
			all = append(all, p)
		}
		names[i] = append(names[i], p.To)
	}
	for i, to := range names {
		all[i].To = strings.Join(to, ", ")
		if n := len(to); n > 1 {
			all[i].To = strings.Join(to[:n-1], ", ") + " and " + to[n-1] + ", each"
		}
	}
	return all
}

func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimSpace(text) + "\n") {
		if strings.TrimSpace(line) != "" {
			b.WriteString("         ")
		}
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	return b.String()
}

var (
	chatLink    = regexp.MustCompile(`\[((?:[^\[\]\\]|\\.)*)\]\((?:time|person|channel):[^)]*\)`)
	escapedSign = regexp.MustCompile("\\\\([\\\\`*_\\[\\]<>&~|!#+\\-=:.)])")
)

// readable gives Markdown as a terminal shows it best: as it is, but for links that
// only a chat can follow, and the signs that keep mark-up from what people typed.
func readable(markdown string) string {
	return escapedSign.ReplaceAllString(chatLink.ReplaceAllString(markdown, "$1"), "$1")
}
