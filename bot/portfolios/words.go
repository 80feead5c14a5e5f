package portfolios

import (
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// plural says how many there are of something.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// day says on which day something was, where the person lives.
func day(t time.Time, c deeds.Call) string {
	return chat.Time(t, schedules.DateOf(t.In(c.Zone.Location())).Long())
}

// openMessage shows a portfolio part by part, and what is missing.
func (f feature) openMessage(tx store.Tx, p Portfolio, c deeds.Call) (chat.Message, error) {
	parts, err := StandingOf(tx, p)
	if err != nil {
		return chat.Message{}, err
	}
	if c.Choice == more {
		return chat.Message{
			Text: "What else you can do with **" + chat.Plain(p.Asks.Title) + "**.", Note: "Only you see this.", Buttons: f.openButtons(p, parts, true),
		}, nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "**%s**: %d of %d parts have what they need.\n", chat.Plain(p.Asks.Title), complete(parts), len(parts))
	for n, s := range parts {
		fmt.Fprintf(&b, "\n%d. **%s**: %s", n+1, chat.Plain(s.Title), s.say(c))
	}
	lines, err := f.termLines(tx, p, c)
	if err != nil {
		return chat.Message{}, err
	}
	for _, line := range lines {
		b.WriteString("\n\n" + line)
	}
	m := chat.Message{Text: b.String(), Note: "Only you see this. What you write is read by nobody until you submit it."}
	m.Buttons = f.openButtons(p, parts, false)
	return m, nil
}

// say tells how far a part has come.
func (s Standing) say(c deeds.Call) string {
	switch s.Holds {
	case programmes.HoldsText:
		if s.Words == 0 {
			return "still empty."
		}
		return plural(s.Words, "word", "words") + ", last changed " + day(s.Changed, c) + "."
	case programmes.HoldsAttestations:
		if len(s.Slots) == 0 {
			return "nothing is asked for."
		}
		var lines []string
		for _, slot := range s.Slots {
			line := fmt.Sprintf("\n   - %s: %d of %d", chat.Plain(slot.Title), len(slot.Given), max(slot.Least, 1))
			if n := len(slot.Waiting); n > 0 {
				line += ", " + plural(n, "person is asked", "people are asked")
			}
			if slot.Missing > 0 {
				line += fmt.Sprintf("; %d still missing", slot.Missing)
			}
			lines = append(lines, line)
		}
		return "a few words from people who were there." + strings.Join(lines, "")
	}
	switch n := len(s.Items); n {
	case 0:
		return "nothing is chosen yet."
	default:
		line := plural(n, "piece", "pieces") + " of evidence"
		if faults := faultsOf(s.Items); len(faults) > 0 {
			line += fmt.Sprintf("; about %s something is open", plural(len(faults), "file", "files"))
		}
		return line + "."
	}
}

// termLines says what stands around the parts: hours, what it leads to, the fee and
// how far it has come.
func (f feature) termLines(tx store.Tx, p Portfolio, c deeds.Call) ([]string, error) {
	var lines []string
	totals, err := hoursOf(tx, p)
	if err != nil {
		return nil, err
	}
	if len(totals) > 0 {
		var bands []string
		for _, t := range totals {
			bands = append(bands, fmt.Sprintf("%s: %s of about %d-%d h", chat.Plain(t.Band.Title), hoursWords(t.Minutes), t.Band.From, t.Band.To))
		}
		lines = append(lines, "**Hours**, as a guide and never a condition: "+strings.Join(bands, "; ")+".")
	}
	if line := credentialLine(f.credential(p)); line != "" {
		lines = append(lines, line)
	}
	fee, err := f.feeLine(tx, p, c)
	if err != nil {
		return nil, err
	}
	if fee != "" {
		lines = append(lines, fee)
	}
	way, err := f.wayLine(tx, p, c)
	if way != "" {
		lines = append(lines, way)
	}
	return lines, err
}

func hoursWords(minutes int) string {
	if minutes%60 == 0 {
		return fmt.Sprintf("%d h", minutes/60)
	}
	return fmt.Sprintf("%d h %d min", minutes/60, minutes%60)
}

// credential gives what a portfolio leads to, as the programme says it now: an
// awarding body may be found while people prepare.
func (f feature) credential(p Portfolio) programmes.Credential {
	if now, ok := f.Library.Programme(p.Programme); ok {
		return now.Portfolio.Credential
	}
	return p.Asks.Credential
}

// credentialLine says what a portfolio leads to. Level and credits are an awarding
// body's to give: without one they are only what such a credential usually has.
func credentialLine(x programmes.Credential) string {
	if x.Name == "" {
		return ""
	}
	terms := ""
	if x.Level > 0 {
		terms = fmt.Sprintf("level %d", x.Level)
	}
	if x.Credits > 0 {
		if terms != "" {
			terms += ", "
		}
		terms += plural(x.Credits, "credit", "credits")
	}
	line := "**What it prepares for:** " + chat.Plain(x.Name)
	switch {
	case x.Awarded != "" && terms != "":
		return line + ", awarded by " + chat.Plain(x.Awarded) + " (" + terms + ")."
	case x.Awarded != "":
		return line + ", awarded by " + chat.Plain(x.Awarded) + "."
	case terms != "":
		return line + ". It is made for " + terms + "; whether they are given is for an awarding body to decide, and none is named here yet."
	}
	return line + "."
}

// feeLine says how the fee stands.
func (f feature) feeLine(tx store.Tx, p Portfolio, c deeds.Call) (string, error) {
	fee := p.Asks.Fee
	if fee.Amount == 0 {
		return "", nil
	}
	amount := fmt.Sprintf("%d %s", fee.Amount, chat.Plain(fee.Currency))
	switch p.Fee.State {
	case Due:
		return "**Fee:** " + amount + ", due since " + day(p.Fee.At, c) + ". It isn't paid here: your facilitator tells you how, and writes down that it is.", nil
	case Paid:
		return "**Fee:** " + amount + ", paid. Written down on " + day(p.Fee.At, c) + ".", nil
	case Waived:
		return "**Fee:** waived.", nil
	}
	line := "**Fee:** " + amount + ", due when you submit."
	s, asked, err := ScholarshipOf(tx, p.ID)
	if err != nil {
		return "", err
	}
	switch {
	case asked && s.State == Asked:
		return line + " You asked for a scholarship; nobody has answered yet.", nil
	case asked && s.State == Awarded:
		return "**Fee:** covered by your scholarship.", nil
	}
	n, all, err := left(tx, f.Library, p)
	if all > 0 && n > 0 {
		line += fmt.Sprintf(" There are scholarships, %d of %d still to be given: /portfolio scholarship asks for one, in private.", n, all)
	}
	return line, err
}

// wayLine says how far a portfolio has come on its way.
func (f feature) wayLine(tx store.Tx, p Portfolio, c deeds.Call) (string, error) {
	if p.Latest == "" {
		return "**Not submitted yet.** You can change everything, before and after.", nil
	}
	s, err := Snapshots.Get(tx, p.Latest)
	if err != nil {
		return "", err
	}
	line := fmt.Sprintf("**Submitted:** copy %d, on %s.", s.Number, day(s.At, c))
	a, there, err := AssessorOf(tx, p.ID)
	if err != nil {
		return "", err
	}
	all, err := AssessmentsOf(tx, p.ID)
	if err != nil {
		return "", err
	}
	for _, x := range all {
		if x.Snapshot == p.Latest && !x.Decided.IsZero() {
			return line + fmt.Sprintf(" The result: **%s**.", x.Result), nil
		}
	}
	switch {
	case !there:
		line += " Nobody is appointed to assess it yet."
	case !a.Reads():
		line += " " + chat.Plain(a.Name) + " is asked to assess it."
	default:
		line += " " + chat.Plain(a.Name) + " is reading it."
	}
	return line, nil
}

// openButtons are what can be done next, the likeliest first and the others behind a
// button; or those others.
func (f feature) openButtons(p Portfolio, parts []Standing, others bool) []chat.Button {
	var buttons []chat.Button
	for _, s := range parts {
		if s.Complete() {
			continue
		}
		switch s.Holds {
		case programmes.HoldsText:
			buttons = append(buttons, chat.Button{Label: chat.Short("Write: "+s.Title, 70), Command: writePath, Record: string(p.ID), Choice: s.ID})
		case programmes.HoldsAttestations:
			buttons = append(buttons, askButton)
		case programmes.HoldsDocuments:
			buttons = append(buttons, chat.Button{Label: "Choose papers", Command: "portfolio papers", Record: string(p.ID)})
		}
		break
	}
	submit := chat.Button{Label: "Submit it", Command: submitPath, Record: string(p.ID)}
	results := chat.Button{Label: "Results and steps", Command: resultPath, Record: string(p.ID)}
	whole := len(buttons) == 0
	switch {
	case whole && p.Latest == "":
		buttons = append(buttons, submit)
	case whole: // it is with an assessor, or was: another copy is not the likeliest
		submit.Label = "Submit it again"
		buttons = append(buttons, results, submit)
	}
	buttons[0].Main = true
	page := chat.Button{Label: "Write on a page", Command: "portfolio page", Record: string(p.ID)}
	another := chat.Button{Label: "Write another part", Command: writePath, Record: string(p.ID)}
	read := chat.Button{Label: "Read it as a page", Command: "portfolio read", Record: string(p.ID)}
	rest := []chat.Button{another}
	switch {
	case len(buttons) > 1: // the result, and another copy
		rest = append([]chat.Button{read}, rest...)
	case whole:
		buttons = append(buttons, read)
	case f.Pages != "":
		buttons, rest = append(buttons, page), append(rest, read)
	default:
		buttons, rest = append(buttons, another), []chat.Button{read}
	}
	if whole && f.Pages != "" {
		rest = append(rest, page)
	}
	if !whole && p.Latest != "" {
		rest = append(rest, results)
	}
	rest = append(rest, chat.Button{Label: "One zip of it", Command: exportPath, Record: string(p.ID)})
	if others {
		return rest
	}
	return append(buttons, chat.Button{Label: "More", Command: openPath, Record: string(p.ID), Choice: more})
}

// more is the choice of a button that shows what can wait.
const more = "more"

// askButton leads to asking somebody for an attestation.
var askButton = chat.Button{Label: "Ask for a few words", Command: "attest ask"}
