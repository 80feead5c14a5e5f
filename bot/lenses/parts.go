package lenses

import (
	"errors"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// PartID names a part for ever.
type PartID string

// Part is what one partner brings to a collaboration, what they do in it, and
// which dimensions that covers. A partner may be somebody who is not here, such as
// another organisation, for whom somebody here says it.
type Part struct {
	ID            PartID     `json:"id"`
	Collaboration ID         `json:"collaboration"`
	Cohort        cohorts.ID `json:"cohort"`
	Person        people.ID  `json:"person"`        // who said it
	Who           string     `json:"who,omitempty"` // the partner; empty: the person themself
	Brings        string     `json:"brings"`
	Role          string     `json:"role"`
	Covers        []string   `json:"covers,omitempty"` // ids of dimensions
	At            time.Time  `json:"at"`
}

// Parts keeps all parts.
var Parts = store.NewTable[PartID, Part]("lensparts", 1,
	store.Index[Part]{Name: "collaboration", Keys: func(p Part) [][]byte {
		return [][]byte{store.Key(string(p.Collaboration), string(p.ID))}
	}},
	store.Index[Part]{Name: "person", Keys: func(p Part) [][]byte {
		return [][]byte{store.Key(string(p.Person), p.At)}
	}})

const (
	partPath     = "lens part"
	partGonePath = "lens part-gone"
	other        = "other" // the choice of the button for a partner who is not here
)

// ownPart names what somebody brings themself: one a collaboration.
func ownPart(x Collaboration, p people.ID) PartID { return PartID(string(x.ID) + "/" + string(p)) }

func (o Options) rolesDeed() deeds.Deed {
	d := deeds.Deed{Command: chat.Command{Path: rolesPath, Summary: "See who brings what to something you do together, and what nobody covers", Role: chat.Member, Fields: []chat.Field{aboutField}}}
	return about(d, nil, func(tx store.Tx, c deeds.Call, _ cohorts.Cohort, x Collaboration) (chat.Outcome, error) {
		m, err := o.rolesMessage(tx, c, x)
		return chat.Answering(m), err
	})
}

// partDeed keeps what somebody brings, or what a partner does who is not here.
func (o Options) partDeed() deeds.Deed {
	d := deeds.Deed{Command: chat.Command{Path: partPath, Summary: "Say what you bring to something you do together", Role: chat.Member, Hidden: true}}
	form := func(tx store.Tx, c deeds.Call, x Collaboration) (*chat.Form, error) {
		covers := chat.Field{Name: "covers", Label: "Which of these your part covers", Kind: chat.Choices, Hint: "One, several or none."}
		for _, p := range o.points() {
			covers.Options = append(covers.Options, chat.Option{Value: p.ID, Label: p.Title})
		}
		f := &chat.Form{
			Title: "What you bring", Submit: "Keep it",
			Intro: "First what is there already: everybody brings something to **" + chat.Plain(x.Name) + "**.",
			Note:  "Everyone in the group can read it, with your name.",
			Fields: []chat.Field{
				{Name: "brings", Label: "What do you bring?", Kind: chat.LongText, Required: true, Max: 300, Hint: "What you know, have, can do, or whom you know.", Example: "Keys to the hall, and patience"},
				{Name: "role", Label: "What is your part in it?", Kind: chat.Text, Required: true, Max: 60, Example: "Opens up and cooks"},
				covers,
			},
		}
		if x.few() {
			f.Note = "Your partners can read it, with your name."
		}
		if c.Choice == other {
			f.Title = "What a partner brings"
			f.Fields[0].Label, f.Fields[1].Label, f.Fields[2].Label = "What do they bring?", "What is their part in it?", "Which of these their part covers"
			f.Fields = append([]chat.Field{{Name: "who", Label: "Which partner", Kind: chat.Text, Required: true, Max: 40, Example: "The library"}}, f.Fields...)
			f.Note += " It says that you wrote it."
			return f, nil
		}
		p, err := Parts.Get(tx, ownPart(x, c.Person.ID))
		if err == nil {
			f.Filled = chat.Answers{"brings": chat.Given(p.Brings), "role": chat.Given(p.Role), "covers": {Values: p.Covers}}
		}
		return f, ignoreMissing(err)
	}
	return about(d, form, func(tx store.Tx, c deeds.Call, _ cohorts.Cohort, x Collaboration) (chat.Outcome, error) {
		line := func(name string) string { return strings.Join(strings.Fields(c.Given.Text(name)), " ") }
		p := Part{
			ID: ownPart(x, c.Person.ID), Collaboration: x.ID, Cohort: x.Cohort, Person: c.Person.ID, Who: line("who"),
			Brings: line("brings"), Role: line("role"), Covers: c.Given["covers"].Choices, At: c.Now,
		}
		if p.Who != "" {
			p.ID = PartID(c.ID)
			all, err := values(Parts.By(tx, "collaboration", string(x.ID)))
			if err != nil {
				return chat.Outcome{}, err
			}
			if i := slices.IndexFunc(all, func(q Part) bool { return q.Who != "" && subject(q.Who) == subject(p.Who) }); i >= 0 {
				if all[i].Person != c.Person.ID {
					who, err := nameOf(tx, all[i].Person)
					if err != nil {
						return chat.Outcome{}, err
					}
					return chat.Outcome{}, deeds.RefuseField("who", "%s has said already what that partner brings. Talk to them, or give this partner another name.", who)
				}
				p.ID = all[i].ID
			}
		}
		if err := Parts.Put(tx, p.ID, p); err != nil {
			return chat.Outcome{}, err
		}
		m, err := o.rolesMessage(tx, c, x)
		m.Text = "Kept.\n\n" + m.Text
		return chat.Answering(m), err
	})
}

// partGoneDeed takes away what somebody said of a part.
func partGoneDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: partGonePath, Summary: "Take back what you said that somebody brings", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p, err := Parts.Get(tx, PartID(c.Record))
			if errors.Is(err, store.ErrNotFound) {
				return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "This is not there any more. /lens roles shows what is.")
			}
			if err != nil {
				return chat.Outcome{}, err
			}
			if p.Person != c.Person.ID {
				return chat.Outcome{}, deeds.Refuse(deeds.Forbidden, "Only whoever wrote it can take it back. /lens roles lets you say what you bring.")
			}
			if !c.Sure {
				return deeds.Confirm("This deletes what you said of this part, for good.", "Delete it"), nil
			}
			return chat.Say("Deleted."), Parts.Delete(tx, p.ID)
		},
	}
}

// mostParts is how many partners stand in one picture.
const mostParts = 20

// rolesMessage is the map: what each brings first, then what is covered, by whom,
// and what is not.
func (o Options) rolesMessage(tx store.Tx, c deeds.Call, x Collaboration) (chat.Message, error) {
	m := chat.Message{Text: "**" + chat.Plain(x.Name) + "**, who brings what", Note: "Everyone in the group can see this."}
	if x.few() {
		m.Note = "Your partners can see this."
	}
	m.Buttons = []chat.Button{
		{Label: "Say what I bring", Command: partPath, Record: string(x.ID), Main: true},
		{Label: "Add a partner who is not here", Command: partPath, Record: string(x.ID), Choice: other},
	}
	all, err := values(Parts.By(tx, "collaboration", string(x.ID)))
	if err != nil {
		return m, err
	}
	if len(all) == 0 {
		m.Text += "\n\nNobody has said yet what they bring. It begins with what is there already: what you know, have and can do, or whom you know."
		return m, nil
	}
	all = all[:min(len(all), mostParts)]
	chart := chat.Chart{Kind: chat.Heatmap, Max: 1}
	for _, p := range o.points() {
		chart.Axes = append(chart.Axes, p.Title)
	}
	covering := map[string][]string{}
	for _, p := range all {
		who, by, err := p.names(tx)
		if err != nil {
			return m, err
		}
		m.Text += "\n\n**" + who + "** brings: " + chat.Plain(p.Brings) + "  \n" + upper(chat.Plain(p.Role)) + by + "."
		row := chat.Series{Name: who}
		for _, d := range o.points() {
			n := 0.0
			if slices.Contains(p.Covers, d.ID) {
				n = 1
				covering[d.ID] = append(covering[d.ID], who)
			}
			row.Values = append(row.Values, n)
		}
		chart.Series = append(chart.Series, row)
		if p.Person == c.Person.ID {
			m.Buttons = append(m.Buttons, chat.Button{Label: chat.Short("Take back: "+who, 75), Command: partGonePath, Record: string(p.ID)})
		}
	}
	var words string
	chart.Title, words, chart.Alt = o.coverWords(covering)
	m.Chart = &chart
	if words != "" {
		m.Text += "\n\n" + words
	}
	if len(m.Buttons) > chat.MaxButtons {
		m.Buttons = m.Buttons[:chat.MaxButtons]
	}
	return m, nil
}

// names says whose part it is, and who said so where that is somebody else.
func (p Part) names(tx store.Tx) (who, by string, err error) {
	name, err := nameOf(tx, p.Person)
	if p.Who == "" {
		return name, "", err
	}
	return chat.Plain(p.Who), " (as " + name + " says)", err
}

// coverWords says what stands over the picture; which dimensions nobody covers, and
// which several do; and, for who cannot see the picture, all of it.
func (o Options) coverWords(covering map[string][]string) (title, words, alt string) {
	var lines, said, gaps, shared []string
	for _, d := range o.points() {
		switch who := covering[d.ID]; len(who) {
		case 0:
			gaps = append(gaps, chat.Plain(d.Title))
		case 1:
			lines = append(lines, chat.Plain(d.Title)+": "+who[0]+".")
		default:
			shared = append(shared, chat.Plain(d.Title))
			lines = append(lines, chat.Plain(d.Title)+": "+chat.And(who)+", together.")
		}
	}
	title = "Every dimension is somebody's"
	if len(gaps) > 0 {
		said = append(said, "Nobody's part covers "+chat.And(gaps)+" yet.")
		title = "Nobody covers " + chat.And(gaps) + " yet"
	}
	if len(shared) > 0 {
		said = append(said, "Several cover "+chat.And(shared)+": they could agree who does what, or do it together.")
	}
	words = strings.Join(said, " ")
	return title, words, strings.Join(append(lines, said...), " ")
}
