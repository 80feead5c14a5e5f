package verdicts

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

const nextPath = "verdict next"

// choicesPage is how many elements one question lists: what the narrowest platform
// can offer at once.
const choicesPage = 25

// mostLines is how many lines of the verdicts a form shows; the rest is in the
// table.
const mostLines = 30

// nextDeed lets a facilitator choose what the next cohort keeps, changes and
// drops, with the group's verdicts before them.
func nextDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: nextPath, Summary: "Choose what the next cohort keeps, changes and drops", Role: chat.Facilitator},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if err := cohorts.MustFacilitate(tx, c); err != nil {
				return nil, err
			}
			cohort, all, _, err := load(tx, c)
			if err != nil {
				return nil, err
			}
			if len(all) == 0 {
				return nil, deeds.Refuse(deeds.Unavailable, "The plan has no weeks yet, so there is nothing to choose. /plan insert adds one.")
			}
			counted, err := tallies(tx, cohort.ID)
			if err != nil {
				return nil, err
			}
			chosen, before, err := chosenBefore(tx, cohort.ID)
			if err != nil {
				return nil, err
			}
			f := &chat.Form{Title: "For the next cohort", Submit: "Show me the programme", Note: onlyFacilitators, Filled: chat.Answers{}}
			lines := tableLines(all, counted)
			switch {
			case len(lines) == 0:
				f.Intro = "Nobody in the group has said anything yet. The choice is yours either way."
			case len(lines) > mostLines:
				f.Intro = "The choice is yours. What the group says:\n\n" + strings.Join(lines[:mostLines], "\n") + "\n\nThe rest is in /verdict table."
			default:
				f.Intro = "The choice is yours. What the group says:\n\n" + strings.Join(lines, "\n")
			}
			switch {
			case before:
				f.Intro += "\n\nFilled in is what you chose before."
			case len(lines) > 0:
				f.Intro += "\n\nFilled in is what more than half said."
			}
			if !before {
				chosen = cohorts.Revision{Change: mostSay(all, counted, Change), Drop: mostSay(all, counted, Drop)}
			}
			f.Fields = choices(all)
			for _, field := range f.Fields {
				picked := chosen.Change
				if strings.HasPrefix(field.Name, "drop") {
					picked = chosen.Drop
				}
				var values []string
				for _, o := range field.Options {
					if slices.Contains(picked, o.Value) {
						values = append(values, o.Value)
					}
				}
				if len(values) > 0 {
					f.Filled[field.Name] = chat.Answer{Values: values}
				}
			}
			return f, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if err := cohorts.MustFacilitate(tx, c); err != nil {
				return chat.Outcome{}, err
			}
			cohort, all, _, err := load(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			r, err := chosenNow(c, all)
			if err != nil {
				return chat.Outcome{}, err
			}
			file, unwritten, err := programmeFile(tx, c, cohort, r)
			if err != nil {
				return chat.Outcome{}, err
			}
			counted, err := tallies(tx, cohort.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{
				Text: nextWords(all, r, unwritten), Files: []chat.File{file}, Document: document(cohort, all, counted, unwritten),
				Note: "Only you see this. The document has the group's words, for you and the other facilitators; the file has none of them.",
				Buttons: []chat.Button{
					{Label: "Start the next cohort", Command: "cohort clone", Record: c.Cohort, Main: true},
					{Label: "Choose again", Command: nextPath, Record: c.Cohort},
				},
			}
			return chat.Answering(m), cohorts.Revisions.Put(tx, cohort.ID, r)
		},
	}
}

func chosenBefore(tx store.Tx, c cohorts.ID) (cohorts.Revision, bool, error) {
	return cohorts.Revisions.Find(tx, c)
}

// mostSay gives the elements of which more than half of the verdicts say this.
func mostSay(all []cohorts.Element, counted map[string]Tally, what Say) []string {
	var ids []string
	for _, e := range all {
		if say, ok := counted[e.ID].most(); ok && say == what && (say != Drop || !e.Fixed) {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

// choices gives the questions: what to change and what to drop, each over as many
// elements as can be offered at once. All that is in neither is kept.
func choices(all []cohorts.Element) []chat.Field {
	var fields []chat.Field
	for page := range slices.Chunk(all, choicesPage) {
		n := len(fields)/2 + 1
		change := chat.Field{Name: "change", Label: "To change", Kind: chat.Choices, Hint: "A week that changes is left without its question, for you to write."}
		drop := chat.Field{Name: "drop", Label: "To drop", Kind: chat.Choices, Hint: "A phase takes its weeks along. What is in neither list is kept."}
		if len(all) > choicesPage {
			change.Name, change.Label = "change"+strconv.Itoa(n), fmt.Sprintf("To change (%d)", n)
			drop.Name, drop.Label = "drop"+strconv.Itoa(n), fmt.Sprintf("To drop (%d)", n)
		}
		for _, e := range page {
			o := chat.Option{Value: e.ID, Label: label(e.Title)}
			change.Options = append(change.Options, o)
			if !e.Fixed {
				drop.Options = append(drop.Options, o)
			}
		}
		fields = append(fields, change)
		if len(drop.Options) > 0 {
			fields = append(fields, drop)
		}
	}
	return fields
}

// chosenNow reads the form.
func chosenNow(c deeds.Call, all []cohorts.Element) (cohorts.Revision, error) {
	r := cohorts.Revision{By: c.Person.ID, At: c.Now}
	for _, f := range choices(all) {
		ids := c.Given[f.Name].Choices
		if strings.HasPrefix(f.Name, "change") {
			r.Change = append(r.Change, ids...)
			continue
		}
		for _, id := range ids {
			if slices.Contains(r.Change, id) {
				e, _ := named(all, id)
				return r, deeds.RefuseField(f.Name, "%s stands in both lists. Change it or drop it.", chat.Plain(e.Title))
			}
		}
		r.Drop = append(r.Drop, ids...)
	}
	return r, nil
}

// programmeFile writes the programme of the next cohort as a file, with where it
// comes from, and gives the weeks whose question is to be written.
func programmeFile(tx store.Tx, c deeds.Call, cohort cohorts.Cohort, r cohorts.Revision) (chat.File, []cohorts.Unwritten, error) {
	plan, err := cohorts.Plans.Get(tx, cohort.ID)
	if err != nil {
		return chat.File{}, nil, err
	}
	p, unwritten := cohorts.Successor(cohort, plan, r)
	if p.Weeks() == 0 {
		return chat.File{}, nil, deeds.RefuseField("drop", "That would drop every week. Keep or change at least one.")
	}
	data, err := write(cohort, p, cohorts.Elements(cohort, cohort.Dates(plan)), r, unwritten, c.Now.In(c.Zone.Location()))
	return chat.File{Name: p.ID + ".yaml", Type: "application/yaml", Size: int64(len(data)), Alt: "The programme as a file", Data: data}, unwritten, err
}

// write gives the file: the programme, below comments that say where it comes from
// and what was chosen. The group's words are not in it: files travel.
func write(cohort cohorts.Cohort, p programmes.Programme, all []cohorts.Element, r cohorts.Revision, unwritten []cohorts.Unwritten, at time.Time) ([]byte, error) {
	data, err := p.YAML()
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	comment(&b, "From "+cohort.Name+", which began as "+cohort.From.Programme+", as it was on "+at.Format("2 January 2006")+".")
	for _, list := range []struct {
		words string
		ids   []string
	}{{"Dropped: ", r.Drop}, {"To change: ", r.Change}} {
		for _, e := range all {
			if slices.Contains(list.ids, e.ID) {
				comment(&b, list.words+e.Title)
			}
		}
	}
	for _, u := range unwritten {
		comment(&b, "\n"+u.Title+" has no question now. It asked:\n"+u.Prompt)
	}
	b.WriteString("\n")
	b.Write(data)
	return []byte(b.String()), nil
}

// comment writes lines that YAML passes over, whatever stands in them.
func comment(b *strings.Builder, text string) {
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("\n\r\u0085\u2028\u2029", r) }) {
		b.WriteString(strings.TrimRight("# "+strings.Map(func(r rune) rune {
			if unicode.IsControl(r) || r == '\ufeff' {
				return ' '
			}
			return r
		}, line), " ") + "\n")
	}
}

// nextWords says what was chosen.
func nextWords(all []cohorts.Element, r cohorts.Revision, unwritten []cohorts.Unwritten) string {
	text := "Kept for the next cohort, and not yet used for anything."
	for _, list := range []struct {
		words string
		ids   []string
	}{{"**Dropped:** ", r.Drop}, {"**To change:** ", r.Change}} {
		var titles []string
		for _, e := range all {
			if slices.Contains(list.ids, e.ID) {
				titles = append(titles, chat.Plain(e.Title))
			}
		}
		if len(titles) > 0 {
			text += "\n\n" + list.words + strings.Join(titles, "; ") + "."
		}
	}
	if len(r.Change)+len(r.Drop) == 0 {
		text += "\n\nEverything is kept as it is."
	}
	if n := len(unwritten); n == 1 {
		text += "\n\nOne week is left without a question, for you to write. The old one is in the document and in the file; the next cohort's plan asks you for the new one in good time."
	} else if n > 1 {
		text += fmt.Sprintf("\n\n%d weeks are left without a question, for you to write. The old ones are in the document and in the file; the next cohort's plan asks you for the new ones in good time.", n)
	}
	return text + "\n\nThe file is the programme. It works wherever a programme's file does."
}
