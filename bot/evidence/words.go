package evidence

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// whoSees is said wherever something is kept.
const whoSees = "Only you see what you keep, until you hand in a portfolio that it is part of. Your group's facilitators see how many people have something for each criterion, from five people on, and never who."

// Name is what an item is called: by its owner, or else by what it holds.
func (i Item) Name() string {
	switch {
	case strings.Trim(i.Title, ". ") != "":
		return strings.TrimRight(i.Title, ". ")
	case strings.TrimSpace(i.Text) != "":
		return strings.TrimRight(chat.Short(oneLine(i.Text), 60), ". ") // it stands inside our sentences
	case len(i.Files) > 0:
		return i.Files[0].SafeName()
	}
	return i.Link
}

// What says in a word or two what an item is.
func (i Item) What() string {
	switch i.Kind {
	case OfAnswer:
		return "answer to a week's question"
	case OfReflection:
		return "reflection by a peer"
	case OfSession:
		return "notes of a session"
	case OfTraining:
		return "training that was done"
	}
	return string(i.Kind)
}

// excerpt gives what an item holds as a quotation; files are named.
func excerpt(i Item, n int) string {
	var parts []string
	if strings.TrimSpace(i.Text) != "" {
		parts = append(parts, chat.Quote(chat.Short(i.Text, n)))
	}
	if i.Link != "" {
		parts = append(parts, chat.Quote(i.Link))
	}
	for _, f := range i.Files {
		about := f.SafeName()
		if f.Alt != "" {
			about += ": " + f.Alt
		}
		parts = append(parts, chat.Quote(chat.File{Type: f.Type}.Kind()+" "+chat.Short(about, 200)))
	}
	return strings.Join(parts, "\n\n")
}

// itemMessage shows an item to its owner.
func itemMessage(i Item, lead string) chat.Message {
	m := chat.Message{Text: "**" + chat.Plain(i.Name()) + "**", Note: whoSees}
	if lead != "" {
		m.Text = lead + "\n\n" + m.Text
	}
	if i.Author != "" {
		m.Text += "\n\nWritten by " + chat.Plain(i.Named) + ", who agreed that you keep it and can take that back."
	}
	m.Text += "\n\n" + excerpt(i, 1500)
	if i.Note != "" {
		m.Text += "\n\nYou say: " + chat.Plain(i.Note)
	}
	for _, f := range i.Files {
		m.Text += "\n\n" + fileState(f)
	}
	m.Buttons = []chat.Button{{Label: "Say what it shows", Command: "evidence tag", Record: string(i.ID), Main: true}}
	if len(i.Files) > 0 {
		m.Buttons = append(m.Buttons, agreeButton(i))
	}
	m.Buttons = append(m.Buttons, chat.Button{Label: "Delete it", Command: "evidence delete", Record: string(i.ID)})
	return m
}

// fileState says how far a file has come and who agreed to it.
func fileState(f File) string {
	s := "**" + chat.Plain(f.SafeName()) + "**: "
	switch f.Copy {
	case Here:
		s += "copied (" + size(f.Size) + "). "
	case Wanted:
		s += "being copied. "
	default:
		s += "not copied: " + f.Why.words() + ". "
	}
	switch f.Shows {
	case Agreed:
		return s + "Those who are seen or heard in it agreed."
	case NotNeeded:
		return s + "Nobody else needs to agree to it."
	case Asked:
		return s + "You have asked those who are seen or heard in it. It can go to an assessor once they agree."
	}
	return s + "Before it can go to an assessor, say whether those who are seen or heard in it agreed."
}

// words says why a file is not here.
func (w Why) words() string {
	switch w {
	case TooLarge:
		return "it is larger than what is kept here"
	case NoRoom:
		return "the files that you keep already take all the room that one person has"
	case BadType:
		return "files of that type are not kept here; a PDF or a photo of it would be"
	case WasGone:
		return "it was taken away before it was copied, or it stands elsewhere"
	case Nowhere:
		return "this bot has no room for files"
	}
	return "the chat did not hand it out"
}

// size says how large a file is.
func size(bytes int64) string {
	switch {
	case bytes < 1000:
		return strconv.FormatInt(bytes, 10) + " bytes"
	case bytes < 1_000_000:
		return strconv.FormatInt((bytes+500)/1000, 10) + " kB"
	}
	return strings.TrimSuffix(strconv.FormatFloat(float64(bytes)/1_000_000, 'f', 1, 64), ".0") + " MB"
}

// failedMessage tells the owner of an item which files of it are not here.
func failedMessage(tx store.Tx, o outbox.Item, _ time.Time) (chat.Message, bool, error) {
	i, ok, err := Table.Find(tx, ID(o.Record))
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	var lines []string
	for _, f := range i.Files {
		if f.Copy == Failed {
			lines = append(lines, "- **"+chat.Plain(f.SafeName())+"**: "+f.Why.words())
		}
	}
	if len(lines) == 0 {
		return chat.Message{}, false, nil
	}
	return chat.Message{
		Text: "You kept **" + chat.Plain(i.Name()) + "** as evidence, and " + many(len(lines), "a file of it", "some files of it") + " could not be copied:\n\n" + strings.Join(lines, "\n") +
			"\n\nThe rest is kept. You can hand in the file again, or leave it.",
		Buttons: []chat.Button{
			{Label: "Hand it in again", Command: "evidence again", Record: string(i.ID), Main: true},
			{Label: "See it", Command: "evidence show", Record: string(i.ID)},
		},
		Note: "Only you got this.",
	}, true, nil
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// wordsOf says what somebody gave: their words, or what their files are.
func wordsOf(text string, files []chat.File) string {
	if strings.TrimSpace(text) != "" {
		return oneLine(text)
	}
	var kinds []string
	for _, f := range files {
		kinds = append(kinds, "a "+f.Kind())
	}
	return strings.Join(kinds, " and ")
}

// contains tells whether all words that were typed stand in a text.
func contains(text, typed string) bool {
	text = strings.ToLower(text)
	for _, w := range strings.Fields(strings.ToLower(typed)) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// anyWord gives the longest word of a text, as one to look for it by.
func anyWord(text string) string {
	longest := ""
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len(w) > len(longest) {
			longest = w
		}
	}
	return longest
}

func dateOf(t time.Time, c deeds.Call) schedules.Date {
	return schedules.DateOf(t.In(c.Zone.Location()))
}

func count(n int, one, more string) string { return fmt.Sprintf("%d %s", n, many(n, one, more)) }
