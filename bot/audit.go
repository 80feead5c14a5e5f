package bot

import (
	"errors"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Done is one deed of a facilitator, an administrator or somebody else who acts for
// others, as the log of deeds keeps it: who did what when, with ids, dates and
// choices, and nothing that anybody wrote. It is kept in the deed's own transaction,
// by the router, so that no feature can forget it.
type Done struct {
	ID     string    `json:"id"` // grows with time
	At     time.Time `json:"at"` // in the civil clock
	Cohort string    `json:"cohort,omitempty"`
	By     people.ID `json:"by,omitempty"` // empty of somebody erased, and of what is kept without a name
	Path   string    `json:"path"`
	Record string    `json:"record,omitempty"` // what a button was about
	Given  []Given   `json:"given,omitempty"`
}

// Given is one thing that came with a deed: a date, a choice, a channel, a person.
type Given struct {
	Label  string     `json:"label"`
	Value  string     `json:"value,omitempty"`
	Place  chat.Place `json:"place,omitzero"`
	Person people.ID  `json:"person,omitempty"`
}

var dones = store.NewTable[string, Done]("deeds done", 1,
	store.Index[Done]{Name: "cohort", Keys: func(d Done) [][]byte { return [][]byte{store.Key(d.Cohort, d.ID)} }},
	store.Index[Done]{Name: "person", Keys: func(d Done) [][]byte {
		var keys [][]byte
		if d.By != "" {
			keys = append(keys, store.Key(string(d.By)))
		}
		for _, g := range d.Given {
			if g.Person != "" {
				keys = append(keys, store.Key(string(g.Person)))
			}
		}
		return keys
	}},
)

// weighty are deeds that anybody may come to do and that weigh as much as those of a
// facilitator; nameless ones are kept without who did them or what they were about.
var (
	weighty  = []string{"portfolio decide", "think ask"}
	nameless = []string{"settings erase"}
)

// Log gives all deeds that were kept since a time, the oldest first.
func Log(tx store.Tx, since time.Time) iter.Seq2[Done, error] {
	return func(yield func(Done, error) bool) {
		for row, err := range dones.All(tx) {
			if err == nil && row.Value.At.Before(since) {
				continue
			}
			if !yield(row.Value, err) {
				return
			}
		}
	}
}

// noting is the transaction of a deed, which notes whether anything was written.
type noting struct {
	store.Tx
	wrote bool
}

// Put writes, and notes it.
func (n *noting) Put(key, value []byte) error {
	n.wrote = true
	return n.Tx.Put(key, value)
}

// Delete removes, and notes it.
func (n *noting) Delete(key []byte) error {
	n.wrote = true
	return n.Tx.Delete(key)
}

// logDone keeps a deed in the log, if it is one of those. What only showed something,
// or asks for a confirmation still, has not happened.
func logDone(tx store.Tx, deed deeds.Deed, fields []chat.Field, call deeds.Call, out chat.Outcome) error {
	secret := slices.Contains(nameless, deed.Path)
	if deed.Role < chat.Facilitator && !secret && !slices.Contains(weighty, deed.Path) || stillAsks(deed, out) {
		return nil
	}
	d := Done{ID: store.NewID(call.Now), At: call.Now, Path: deed.Path}
	if !secret {
		d.Cohort, d.By, d.Record = call.Cohort, call.Person.ID, call.Record
		d.Given = givenOf(deed, fields, call.Given)
	}
	if d.Cohort == "" && !secret { // what begins a cohort gives it its own id
		began, err := cohorts.Table.Has(tx, cohorts.ID(call.ID))
		if err != nil {
			return err
		}
		if began {
			d.Cohort = call.ID
		}
	}
	return dones.Put(tx, d.ID, d)
}

// stillAsks tells whether a deed has not gone through yet.
func stillAsks(deed deeds.Deed, out chat.Outcome) bool {
	if out.Form != nil {
		return out.Form.Command == "" || out.Form.Command == deed.Path
	}
	return out.Errors != nil || out.Reply != nil && slices.ContainsFunc(out.Reply.Buttons, func(b chat.Button) bool { return b.Command == deeds.ConfirmPath })
}

var digits = regexp.MustCompile(`^[0-9]{1,4}$`)

// givenOf gives what came with a deed, as far as nobody has written it. Of choices it
// takes those that are the same for everybody, and those of weeks, which the group
// reads anyway; the others may be somebody's words.
func givenOf(deed deeds.Deed, fields []chat.Field, values deeds.Values) []Given {
	var all []Given
	for _, f := range fields {
		v, ok := values[f.Name]
		if !ok {
			continue
		}
		g := Given{Label: f.Label}
		switch f.Kind {
		case chat.Person:
			g.Person = v.Person.ID
		case chat.InPlace:
			g.Place = v.Place
		case chat.YesNo:
			g.Value = "no"
			if v.Yes {
				g.Value = "yes"
			}
		case chat.When:
			g.Value = v.When.Wall.Date.Long() + ", " + v.When.Wall.Time.String()
		case chat.Date:
			g.Value = v.Date.Long()
		case chat.Duration:
			g.Value = fmt.Sprintf("%g minutes", v.Duration.Minutes())
		case chat.Rhythm:
			g.Value = v.Rule.String()
		case chat.ZoneName:
			g.Value = v.Zone.String()
		case chat.Choice, chat.Choices:
			g.Value = strings.Join(labelsOf(deed, f, v.Choices), ", ")
		case chat.Number, chat.Text:
			if digits.MatchString(v.Text) {
				g.Value = v.Text
			}
		}
		if g.Value != "" || g.Person != "" || !g.Place.IsZero() {
			all = append(all, g)
		}
	}
	return all
}

func labelsOf(deed deeds.Deed, f chat.Field, chosen []string) []string {
	known := f.Options
	if !strings.HasPrefix(deed.Path, "plan ") {
		i := slices.IndexFunc(deed.Fields, func(own chat.Field) bool { return own.Name == f.Name })
		if i < 0 {
			return nil
		}
		known = deed.Fields[i].Options
	}
	var labels []string
	for _, o := range known {
		if slices.Contains(chosen, o.Value) {
			labels = append(labels, o.Label)
		}
	}
	return labels
}

// donesHolding says what the log of deeds has about somebody.
func donesHolding() deeds.Holding {
	return deeds.Holds(dones, deeds.Records[string, Done]{
		What: "what you did for a group or a workspace, such as moving a week: when, and with which dates, never what you wrote", Purpose: deeds.Running,
		Seen:  "the facilitators of that group, and whoever runs me",
		Stays: "That it was done stays, so that a group can see how its plan came to be; by whom, and for whom, does not.",
		Index: "person",
		Erase: func(tx store.Tx, p people.ID, id string, d Done, _ time.Time) error {
			if d.By == p {
				d.By = ""
			}
			d.Given = slices.DeleteFunc(slices.Clone(d.Given), func(g Given) bool { return g.Person == p })
			return dones.Put(tx, id, d)
		},
	})
}

// logShown is how many deeds one look at the log shows.
const logShown = 10

// logDeed answers "cohort log".
func (b *Bot) logDeed() deeds.Deed {
	return deeds.Deed{
		Scoped:  true,
		Command: chat.Command{Path: "cohort log", Summary: "What facilitators changed in this group, and when", Role: chat.Facilitator},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if err := cohorts.MustFacilitate(tx, c); err != nil {
				return chat.Outcome{}, err
			}
			x, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			from, to := store.Key(c.Cohort), store.PrefixEnd(store.Key(c.Cohort))
			if c.Choice != "" {
				to = store.Key(c.Cohort, c.Choice)
			}
			var lines []string
			m := chat.Message{Note: "Only facilitators of this group see this. It holds no word of anybody's."}
			last := ""
			for row, err := range dones.Range(tx, "cohort", from, to, true) {
				if err != nil {
					return chat.Outcome{}, err
				}
				if len(lines) == logShown {
					m.Buttons = append(m.Buttons, chat.Button{Label: "Earlier", Command: "cohort log", Record: c.Cohort, Choice: last, Main: true})
					break
				}
				line, err := b.doneLine(tx, c, row.Value)
				if err != nil {
					return chat.Outcome{}, err
				}
				lines, last = append(lines, line), row.ID
			}
			switch {
			case len(lines) == 0 && c.Choice == "":
				m.Text = "Nobody has changed anything in **" + chat.Plain(x.Name) + "** since I began to keep a log."
			case len(lines) == 0:
				m.Text = "There is nothing earlier."
			default:
				m.Text = "**What was changed in " + chat.Plain(x.Name) + "**, the latest first\n\n" + strings.Join(lines, "\n")
			}
			return chat.Answering(m), nil
		},
	}
}

func (b *Bot) doneLine(tx store.Tx, c deeds.Call, d Done) (string, error) {
	who, err := nameOf(tx, d.By)
	if err != nil {
		return "", err
	}
	what := "something that I no longer know"
	if deed, ok := b.deeds[d.Path]; ok {
		what = deed.Summary
	}
	var given []string
	for _, g := range d.Given {
		value := chat.Plain(g.Value)
		switch {
		case g.Person != "":
			if value, err = nameOf(tx, g.Person); err != nil {
				return "", err
			}
		case !g.Place.IsZero():
			value = chat.InChannel(g.Place)
		}
		given = append(given, chat.Plain(g.Label)+": "+value)
	}
	line := "- " + chat.Time(d.At, d.At.In(c.Zone.Location()).Format("2 January 2006, 15:04")) + ", " + who + ": " + what
	if len(given) > 0 {
		line += " (" + strings.Join(given, "; ") + ")"
	}
	return line, nil
}

// nameOf gives what somebody is called, fit to stand in a message.
func nameOf(tx store.Tx, id people.ID) (string, error) {
	p, err := people.Table.Get(tx, id)
	if id == "" || errors.Is(err, store.ErrNotFound) || err == nil && p.Name == "" {
		return "somebody who has gone", nil
	}
	return chat.Plain(p.Name), err
}
