package privacy

import (
	"fmt"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// holding is what one table holds about one person.
type holding struct {
	deeds.Holding
	records []deeds.Held
}

// remembered tells that it is only there to remember what was agreed and erased.
func (h holding) remembered() bool { return h.Purpose == deeds.Remembering }

// held gives what is held about a person, table by table.
func (f feature) held(tx store.Tx, p people.ID) ([]holding, error) {
	var all []holding
	for _, h := range f.Holdings() {
		if h.Nothing != "" {
			continue
		}
		records, err := h.Of(tx, p)
		if err != nil {
			return nil, fmt.Errorf("reading what %s holds: %w", h.Table, err)
		}
		all = append(all, holding{h, records})
	}
	return all, nil
}

// purposes says what each purpose is, to people.
var purposes = map[deeds.Purpose]string{
	deeds.TakingPart:  "To take part in your groups",
	deeds.Sharing:     "To show what you chose to show",
	deeds.Attesting:   "To show what you can do",
	deeds.Research:    "For research, only if you agreed to it",
	deeds.Running:     "To know you and to write to you",
	deeds.Remembering: "To remember what you agreed to",
}

func (f feature) dataDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: dataPath, Summary: "What I hold about you, what for, and who can see it", Role: chat.Anyone, Fields: []chat.Field{personField}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if err := onlyOwn(c, dataPath); err != nil {
				return chat.Outcome{}, err
			}
			all, err := f.held(tx, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{
				Text: "**What I hold about you**\n\n" + summary(all) + "\n\n" + f.keeping(),
				Document: &chat.Document{
					Name: "what-i-hold-about-you", Title: "What I hold about you", Text: inFull(all),
				},
				Buttons: []chat.Button{
					{Label: "Take a copy along", Command: exportPath}, {Label: "What I agreed to", Command: consentPath}, {Label: "Erase it", Command: erasePath},
				},
				Note: "Only you see this. The page has each kind with who can see it.",
			}
			return chat.Answering(m), nil
		},
	}
}

// summary says how much is held for each purpose, with the kinds of it.
func summary(all []holding) string {
	var b strings.Builder
	for _, purpose := range deeds.Purposes {
		var kinds []string
		n := 0
		for _, h := range all {
			if h.Purpose == purpose && len(h.records) > 0 {
				kinds, n = append(kinds, h.What+times(len(h.records))), n+len(h.records)
			}
		}
		if n > 0 {
			fmt.Fprintf(&b, "**%s:** %s.\n\n", purposes[purpose], strings.Join(kinds, "; "))
		}
	}
	return strings.TrimSpace(b.String())
}

// inFull says for each kind how much there is, who can see it, and what becomes of
// it when it is erased.
func inFull(all []holding) string {
	var b strings.Builder
	for _, purpose := range deeds.Purposes {
		begun := false
		for _, h := range all {
			if h.Purpose != purpose || len(h.records) == 0 {
				continue
			}
			if !begun {
				fmt.Fprintf(&b, "\n## %s\n", purposes[purpose])
				begun = true
			}
			fmt.Fprintf(&b, "\n**%s:** %s. Seen by %s.", capital(h.What), records(len(h.records)), h.Seen)
			if h.Stays != "" {
				b.WriteString(" If you have it erased: " + h.Stays)
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

func records(n int) string {
	if n == 1 {
		return "one record"
	}
	return fmt.Sprintf("%d records", n)
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// keeping says how long things are kept.
func (f feature) keeping() string {
	if f.Keep.Groups == 0 {
		return "It is kept until you delete it or have it erased."
	}
	return "What you write in a group is kept until you delete it, and at the longest " + days(f.Keep.Groups) + " after the group has come to its end; you are told before it goes. All else is kept until you delete it or have it erased."
}
