package evidence

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// The limits of an item.
const (
	maxTitle = 120
	maxText  = 20_000
	maxNote  = 2000
	maxFiles = 10
	// maxItems is how much one person can keep.
	maxItems = 1000
)

// put keeps a new item.
func (i Item) put(tx store.Tx) error {
	all, err := Items(tx, i.Owner)
	if err != nil {
		return err
	}
	if len(all) >= maxItems {
		return deeds.Refuse(deeds.Conflict, "You keep %d things already, and there is no room for more. /evidence list shows them; delete what you no longer need.", len(all))
	}
	return Table.Put(tx, i.ID, i)
}

// Delete takes an item away for good: the record, the text, and the bytes of its
// files where nobody else holds on to them.
func Delete(tx store.Tx, i Item) error {
	if err := Release(tx, holder(i.ID)); err != nil {
		return err
	}
	if err := Table.Delete(tx, i.ID); err != nil {
		return err
	}
	for _, kind := range []string{askKind, agreedKind, failedKind} {
		if err := outbox.Touch(tx, kind, string(i.ID)); err != nil {
			return err
		}
	}
	return i.stopAsking(tx)
}

// filesOf makes files to be copied of what somebody sent.
func filesOf(sent []chat.File) []File {
	var all []File
	for _, f := range sent[:min(len(sent), maxFiles)] {
		from := f
		from.Data = nil
		all = append(all, File{Name: f.Name, Type: f.Type, Alt: f.Alt, Size: f.Size, From: from, Copy: Wanted})
	}
	return all
}

// already gives what somebody keeps of a message or of a record of the bot's own.
func already(tx store.Tx, p people.ID, source string) (Item, bool, error) {
	row, ok, err := store.First(Table.By(tx, "source", string(p), source))
	return row.Value, ok, err
}

// keepDeed keeps a message, by its menu, or something of the bot's own, by a
// button or a choice.
func keepDeed() deeds.Deed {
	typed := chat.Field{Name: "what", Label: "What to keep", Kind: chat.Text, Max: 100, Example: "Harbour walk", Hint: "An experiment, an answer, a reflection or a session's notes, by some words of it"}
	return deeds.Deed{
		Command: chat.Command{
			Path: "evidence keep", Summary: "Keep an experiment, an answer, a reflection or notes; or a message, by its menu", Role: chat.Anyone,
			Menu: "Keep as evidence", Fields: []chat.Field{typed},
		},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if c.Message != nil && c.Record == "" || c.Record != "" {
				return nil, nil
			}
			_, form, err := sourceOf(tx, c, typed)
			return form, err
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i := Item{ID: ID(c.ID), Owner: c.Person.ID, At: c.Now, Workspace: c.Profile.User.Workspace}
			if c.Message != nil && c.Record == "" {
				return keepMessage(tx, c, i)
			}
			record := c.Record
			if record == "" {
				s, form, err := sourceOf(tx, c, typed)
				if err != nil {
					return chat.Outcome{}, err
				}
				if form != nil {
					return chat.Asking(*form), nil
				}
				record = s.record
			}
			i, author, err := copied(tx, i, record)
			if err != nil {
				return chat.Outcome{}, err
			}
			return keepOf(tx, c, i, author)
		},
	}
}

// keepMessage keeps what stands in a message: at once where whoever presses wrote
// it, else when its author has said yes.
func keepMessage(tx store.Tx, c deeds.Call, i Item) (chat.Outcome, error) {
	i.Kind, i.Text, i.Files, i.Source = OfMessage, c.Message.Text, filesOf(c.Message.Files), c.Message.Address
	if strings.TrimSpace(i.Text) == "" && len(i.Files) == 0 {
		return chat.Outcome{}, deeds.Refuse(deeds.Invalid, "There are no words or files in that message that I could keep. /evidence add takes your own words, a link or a file.")
	}
	if len(i.Text) > maxText*2 {
		return chat.Outcome{}, deeds.Refuse(deeds.Invalid, "That message is longer than what I keep as one piece. /evidence add takes it as a file.")
	}
	author, err := people.ByAccount(tx, c.Message.Author)
	if errors.Is(err, people.ErrUnknown) {
		return chat.Outcome{}, deeds.Refuse(deeds.Invalid, "I can't ask whoever wrote that, so I can't keep it. /evidence add takes your own words about it.")
	}
	if err != nil {
		return chat.Outcome{}, err
	}
	return keepOf(tx, c, i, author)
}

// keepOf keeps something that a person wrote: its owner, or somebody who is asked.
func keepOf(tx store.Tx, c deeds.Call, i Item, author people.Person) (chat.Outcome, error) {
	source := i.Record
	if !i.Source.IsZero() {
		source = i.Source.String()
	}
	was, there, err := already(tx, i.Owner, source)
	if err != nil {
		return chat.Outcome{}, err
	}
	if there && was.Kept() {
		return chat.Answering(itemMessage(was, "You keep this already.")), nil
	}
	if author.ID == i.Owner {
		return keptReply(i), i.put(tx)
	}
	i.Author, i.Named, i.Consent = author.ID, author.Name, Asking
	asking := "I am asking " + chat.Plain(author.Name) + " in private whether you may keep this. If they say yes, I tell you. Until then nothing of it is kept for you to show. If nothing comes, they would rather not, and that is fine."
	if there {
		return chat.Say(asking), nil
	}
	if !c.Sure {
		return deeds.Confirm("**"+chat.Plain(author.Name)+"** wrote this, so they decide. I show them what would be kept, and who would read it, with your name:\n\n"+excerpt(i, 600), "Ask "+chat.Plain(author.Name)), nil
	}
	if err := i.put(tx); err != nil {
		return chat.Outcome{}, err
	}
	return chat.Say(asking), i.ask(tx, author, c.Now)
}

// addDeed keeps a text, a link or files of somebody's own.
func addDeed() deeds.Deed {
	fields := []chat.Field{
		{Name: "text", Label: "What you want to keep", Kind: chat.LongText, Max: maxText, Hint: "What you did, what came of it, what you make of it"},
		{Name: "title", Label: "A name for it", Kind: chat.Text, Max: maxTitle, Example: "Agenda of the harbour hui"},
		{Name: "link", Label: "A link", Kind: chat.Text, Max: 2000, Example: "https://example.org/minutes"},
		{Name: "file", Label: "A photo, a voice note or a file", Kind: chat.Upload, Hint: "An agenda, minutes, a plan, a newsletter"},
	}
	return deeds.Deed{
		Command: chat.Command{Path: "evidence add", Summary: "Keep a text, a link or a file that shows your work", Role: chat.Anyone, Fields: fields},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if c.Path != deeds.ChangePath && (c.Given.Has("text") || c.Given.Has("link") || c.Given.Has("file")) {
				return nil, nil
			}
			return &chat.Form{Title: "Keep as evidence", Fields: fields, Submit: "Keep it", Note: whoSees}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i := Item{
				ID: ID(c.ID), Owner: c.Person.ID, At: c.Now, Workspace: c.Profile.User.Workspace, Kind: OfText,
				Title: c.Given.Text("title"), Text: c.Given.Text("text"), Files: filesOf(c.Given["file"].Files),
			}
			if strings.TrimSpace(i.Text) == "" && !c.Given.Has("link") && len(i.Files) == 0 {
				return chat.Outcome{}, deeds.RefuseField("text", "There is nothing here to keep yet. A few words, a link or a file will do.")
			}
			if c.Given.Has("link") {
				link, err := deeds.ReadLink("link", c.Given.Text("link"))
				if err != nil {
					return chat.Outcome{}, err
				}
				i.Link, i.Kind = link, OfLink
			}
			if len(i.Files) > 0 {
				i.Kind = OfFile
			}
			return keptReply(i), i.put(tx)
		},
	}
}

// keptReply says that something is kept, and what can be done with it next.
func keptReply(i Item) chat.Outcome {
	text := "Kept: **" + chat.Plain(i.Name()) + "**"
	if !strings.HasSuffix(text, "…**") {
		text += "."
	}
	buttons := []chat.Button{{Label: "Say what it shows", Command: "evidence tag", Record: string(i.ID), Main: true}}
	if len(i.Files) > 0 {
		text += " I am copying " + many(len(i.Files), "the file", "the files") + " now; if that doesn't work, I tell you."
		buttons = append(buttons, agreeButton(i))
	}
	buttons = append(buttons, chat.Button{Label: "See it", Command: "evidence show", Record: string(i.ID)})
	out := chat.Say(text, buttons...)
	out.Reply.Note = whoSees
	return out
}

func many(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

// deleteDeed takes something away for good.
func deleteDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "evidence delete", Summary: "Delete something that you keep, for good", Role: chat.Anyone, Fields: []chat.Field{whichField}},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			_, form, err := which(tx, c, "Delete")
			return form, err
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, form, err := which(tx, c, "Delete")
			if err != nil || form != nil {
				return asked(form), err
			}
			if !c.Sure {
				return deeds.ConfirmAbout(string(i.ID), "I delete **"+chat.Plain(i.Name())+"**: the words, the files and what you said it shows. What you submitted with a portfolio stays as it was submitted. It can't be brought back.\n\n"+excerpt(i, 300), "Delete it"), nil
			}
			return chat.Say("Deleted. Nothing of it is left here."), Delete(tx, i)
		},
	}
}

func asked(form *chat.Form) chat.Outcome {
	if form == nil {
		return chat.Outcome{}
	}
	return chat.Asking(*form)
}

// tellAgain has what was said about an item say how it is now.
func tellAgain(tx store.Tx, i Item) error {
	return outbox.Touch(tx, failedKind, string(i.ID))
}

func personOf(tx store.Tx, id people.ID) (people.Person, error) { return people.Table.Get(tx, id) }

// retryDeed tries once more to copy what could not be copied: only where the file
// is sent anew is there something to try.
func replaceDeed() deeds.Deed {
	field := chat.Field{Name: "file", Label: "The file once more", Kind: chat.Upload, Required: true, Hint: "It takes the place of the one that could not be copied"}
	return deeds.Deed{
		Command: chat.Command{Path: "evidence again", Summary: "Hand in a file again that could not be copied", Role: chat.Anyone, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			i, err := own(tx, c)
			if err != nil {
				return nil, err
			}
			return &chat.Form{Title: "The file once more", Intro: "For **" + chat.Plain(i.Name()) + "**.", Fields: []chat.Field{field}, Submit: "Keep it", Note: whoSees}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, err := own(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			i.Files = slices.DeleteFunc(i.Files, func(f File) bool { return f.Copy == Failed })
			i.Files = append(i.Files, filesOf(c.Given["file"].Files)...)
			i.Files = i.Files[:min(len(i.Files), maxFiles)]
			if err := Table.Put(tx, i.ID, i); err != nil {
				return chat.Outcome{}, err
			}
			return keptReply(i), tellAgain(tx, i)
		},
	}
}

// own gives the item that a button is about, to its owner alone.
func own(tx store.Tx, c deeds.Call) (Item, error) {
	i, ok, err := Get(tx, c.Person.ID, ID(c.Record))
	if err == nil && !ok {
		err = gone()
	}
	return i, err
}

func gone() error {
	return deeds.Refuse(deeds.NotFound, "This is not among what you keep any more. /evidence list shows what is.")
}

// day is the date under which an item is listed: of what it is about where that is
// said, else of when it was kept.
func (i Item) day(c deeds.Call) string {
	d := i.On
	if d.IsZero() {
		d = dateOf(i.At, c)
	}
	if d.Year != dateOf(c.Now, c).Year {
		return fmt.Sprintf("%s %d", d.Short(), d.Year)
	}
	return d.Short()
}

// day is the date of an instant where somebody lives, in words.
func day(t time.Time, c deeds.Call) string { return dateOf(t, c).Short() }
