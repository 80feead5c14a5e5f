package evidence

import (
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// Completed is a training that somebody says they have done, to be kept as evidence
// of theirs.
type Completed struct {
	Training  string // by which it is known again
	Title     string
	Text      string
	Link      string
	Files     []chat.File
	On        schedules.Date
	Suggested []Tag // what it addresses, as those say who approved it
}

// Complete keeps a training that somebody has done. What it addresses is suggested
// to them, and never decided for them.
func (l Library) Complete(tx store.Tx, c deeds.Call, x Completed) (chat.Outcome, error) {
	i := Item{
		ID: ID(c.ID), Owner: c.Person.ID, At: c.Now, Workspace: c.Profile.User.Workspace, Kind: OfTraining, Record: string(OfTraining) + "/" + x.Training,
		Title: chat.Short(x.Title, maxTitle), Text: strings.TrimSpace("Done on " + x.On.Long() + ".\n\n" + x.Text), On: x.On, Link: x.Link, Files: filesOf(x.Files), Suggested: x.Suggested,
	}
	was, there, err := already(tx, i.Owner, i.Record)
	if err != nil {
		return chat.Outcome{}, err
	}
	if there && !c.Sure {
		return deeds.Confirm("You keep **"+chat.Plain(was.Name())+"** as evidence already, since "+day(was.At, c)+". This keeps another one beside it; /evidence delete takes one away.", "Keep another"), nil
	}
	if err := i.put(tx); err != nil {
		return chat.Outcome{}, err
	}
	out := keptReply(i)
	names := l.suggestedNames(i, "")
	if len(names) == 0 {
		return out, nil
	}
	out.Reply.Text += "\n\nThose who approved it say that it addresses:\n\n" + strings.Join(names, "\n") + "\n\nThat is a suggestion: what it shows of your own work is for you to say."
	out.Reply.Buttons = append([]chat.Button{{Label: "It shows these", Command: suggestedPath, Record: string(i.ID), Main: true}}, out.Reply.Buttons...)
	out.Reply.Buttons[1].Main = false
	return out, nil
}

// suggestedNames lists what others suggest that an item shows, and is not said yet:
// by one framework, or where that is empty, by any.
func (l Library) suggestedNames(i Item, framework string) []string {
	var names []string
	for _, t := range i.Suggested {
		f, ok := l.Framework(t.Framework)
		if !ok || i.Has(t) || framework != "" && framework != t.Framework {
			continue
		}
		if item, ok := f.Find(t.Item); ok {
			names = append(names, "- "+chat.Plain(label(item, 120)))
		}
	}
	return names
}

const suggestedPath = "evidence suggested"

// suggestedDeed takes over what others suggest that an item shows.
func suggestedDeed(l Library) deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: suggestedPath, Summary: "Take over what is suggested that something shows", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, err := own(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			for _, t := range i.Suggested {
				if !i.Has(t) {
					i.Tags = append(i.Tags, t)
				}
			}
			if err := Table.Put(tx, i.ID, i); err != nil || len(i.Tags) == 0 {
				return chat.Answering(itemMessage(i, "Nothing is suggested for this.")), err
			}
			f, ok := l.Framework(i.Tags[len(i.Tags)-1].Framework)
			if !ok {
				return chat.Answering(itemMessage(i, "Kept.")), nil
			}
			return l.taggedReply(tx, c, f, i)
		},
	}
}
