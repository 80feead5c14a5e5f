package portfolios

import (
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/hours"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

const (
	submitPath = "portfolio submit"
	resultPath = "portfolio results"
)

func (f feature) submitDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: submitPath, Summary: "Hand in the portfolio as it is now", Role: chat.Anyone},
		Run: f.owned(submitPath, func(tx store.Tx, c deeds.Call, p Portfolio) (chat.Outcome, error) {
			if !p.Met.IsZero() {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "Your assessor has decided that this portfolio meets what is asked, so there is nothing more to hand in. It stays yours, to read and to change.")
			}
			if err := f.refuseMissing(tx, p); err != nil {
				return chat.Outcome{}, err
			}
			s, bytes, err := freeze(tx, f.Library, p, c.Person, SnapshotID(c.ID), c.Now)
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(s.Criteria) == 0 {
				return chat.Outcome{}, deeds.Refuse(deeds.Unavailable, "The framework that this portfolio is judged by (%s) is not set up here, so nobody could judge it. Please tell whoever looks after me; nothing of yours is lost.", chat.Plain(p.Asks.Framework))
			}
			if p.Latest != "" {
				before, err := Snapshots.Get(tx, p.Latest)
				if err != nil {
					return chat.Outcome{}, err
				}
				if s.same(before) {
					return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "Nothing has changed since you submitted it on %s, so your assessor has all of it already.", day(before.At, c))
				}
			}
			if !c.Sure {
				say, err := f.submitText(tx, p, s)
				return deeds.ConfirmAbout(string(p.ID), say, "Submit it"), err
			}
			return f.submit(tx, c, p, s, bytes)
		}),
	}
}

// submitText says what will happen.
func (f feature) submitText(tx store.Tx, p Portfolio, s Snapshot) (string, error) {
	entries, err := hours.Of(tx, p.Owner)
	if err != nil {
		return "", err
	}
	worked, withHours := 0, ""
	for _, e := range entries {
		worked += e.Minutes
	}
	if worked > 0 {
		withHours = ", with the " + hours.Length(worked) + " that you wrote down"
	}
	texts, attested, items := 0, 0, 0
	for _, piece := range s.Pieces {
		switch piece.Kind {
		case OfText:
			texts++
		case OfAttestation:
			attested++
		case OfItem:
			items++
		}
	}
	say := fmt.Sprintf("I take a copy of **%s** as it is now: %s, %s and %s%s. Your assessor reads that copy and nothing else; facilitators see that you have submitted, and none of what you wrote. You can go on changing the portfolio, and submit it again.",
		chat.Plain(p.Asks.Title), plural(texts, "text", "texts"), plural(attested, "attestation", "attestations"), plural(items, "piece of evidence", "pieces of evidence"), withHours)
	if worked == 0 && len(p.Asks.Hours) > 0 {
		say += "\n\nYou have written down no hours. That is fine: they are guidance, and nobody is turned down for them. /hours log writes some down first, if you would like to."
	}
	if p.Asks.Fee.Amount > 0 && p.Fee.State == NotDue {
		if x, ok, err := ScholarshipOf(tx, p.ID); err == nil && ok && x.State == Awarded {
			return say + "\n\nYour scholarship covers the fee.", nil
		}
		say += fmt.Sprintf("\n\nWith it the fee of %d %s becomes due. Nothing is paid here.", p.Asks.Fee.Amount, chat.Plain(p.Asks.Fee.Currency))
	}
	return say, nil
}

func (f feature) submit(tx store.Tx, c deeds.Call, p Portfolio, s Snapshot, bytes [][]byte) (chat.Outcome, error) {
	if err := s.keep(tx, bytes); err != nil {
		return chat.Outcome{}, err
	}
	before := p.Latest
	p.Snapshots, p.Latest = s.Number, s.ID
	if err := (Step{Portfolio: p.ID, At: c.Now, What: WasSubmitted, By: c.Person.ID, Snapshot: s.ID, Number: s.Number}).keep(tx); err != nil {
		return chat.Outcome{}, err
	}
	if p.Asks.Fee.Amount > 0 && p.Fee.State == NotDue {
		state := Due
		if x, ok, err := ScholarshipOf(tx, p.ID); err != nil {
			return chat.Outcome{}, err
		} else if ok && x.State == Awarded {
			state = Waived
		}
		if err := p.pay(tx, Fee{State: state, By: c.Person.ID, At: c.Now}, ""); err != nil {
			return chat.Outcome{}, err
		}
	}
	if err := p.keep(tx); err != nil {
		return chat.Outcome{}, err
	}
	who := "Your facilitator"
	if p.Cohort == "" {
		who = "An administrator here"
	}
	next := who + " appoints an assessor, and you hear from me when there is a result."
	a, there, err := AssessorOf(tx, p.ID)
	if err != nil {
		return chat.Outcome{}, err
	}
	if there {
		next = chat.Plain(a.Name) + " is told that there is a new copy, and you hear from me when there is a result."
		if err := f.tellAssessor(tx, a, s, c.Now); err != nil {
			return chat.Outcome{}, err
		}
		if err := closeCopy(tx, a.ID, before); err != nil {
			return chat.Outcome{}, err
		}
	}
	if err := f.tellManagers(tx, p, s, c.Now); err != nil {
		return chat.Outcome{}, err
	}
	say := fmt.Sprintf("**Submitted:** copy %d of %s. %s", s.Number, chat.Plain(p.Asks.Title), next)
	if p.Fee.State == Due {
		say += fmt.Sprintf("\n\nThe fee of %d %s is due now. %s tells you how it is paid, and writes down that it is.", p.Asks.Fee.Amount, chat.Plain(p.Asks.Fee.Currency), who)
	}
	out := chat.Say(say, chat.Button{Label: "See all parts", Command: openPath, Record: string(p.ID)})
	out.Reply.Note = "The copy is known by this: " + s.Hash[:16] + ". Whoever has it can tell that nothing in it was changed."
	return out, nil
}

// refuseMissing refuses what is not complete, with all that is missing and what to
// do about it.
func (f feature) refuseMissing(tx store.Tx, p Portfolio) error {
	parts, err := StandingOf(tx, p)
	if err != nil {
		return err
	}
	var lines []string
	var buttons []chat.Button
	for _, s := range parts {
		title := "**" + chat.Plain(s.Title) + "**"
		if !s.Complete() {
			switch s.Holds {
			case programmes.HoldsText:
				lines = append(lines, title+" is still empty.")
				buttons = append(buttons, chat.Button{Label: chat.Short("Write: "+s.Title, 70), Command: writePath, Record: string(p.ID), Choice: s.ID})
			case programmes.HoldsAttestations:
				for _, slot := range s.Slots {
					if slot.Missing > 0 {
						lines = append(lines, fmt.Sprintf("%s needs the words of %s more: %s.", title, plural(slot.Missing, "person", "people"), chat.Plain(slot.Title)))
					}
				}
				buttons = append(buttons, askButton)
			case programmes.HoldsDocuments:
				lines = append(lines, title+" has nothing in it. Choose at least one piece of your evidence.")
				buttons = append(buttons, chat.Button{Label: "Choose papers", Command: "portfolio papers", Record: string(p.ID)})
			}
		}
		var open []fault
		for _, x := range faultsOf(s.Items) {
			if x.here {
				open = append(open, x)
				continue
			}
			lines = append(lines, fmt.Sprintf("The file “%s” is not here yet. Wait a minute; if that does not help, send it again, or take it out of the portfolio.", chat.Plain(x.file().SafeName())))
		}
		if len(open) > 0 {
			lines = append(lines, fmt.Sprintf("Of %s it is not said yet whether those who can be seen or heard agreed.", plural(len(open), "file", "files")))
			buttons = append(buttons, agreeButton(open[0]))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	if len(buttons) > 0 {
		buttons[0].Main = true
	}
	e := deeds.Refuse(deeds.Conflict, "It can't be submitted yet. What is missing:\n\n- %s", strings.Join(lines, "\n- "))
	e.Buttons = buttons[:min(len(buttons), 3)]
	return e
}

func (f feature) resultsDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: resultPath, Summary: "What your assessor said, and every step so far", Role: chat.Anyone},
		Run: f.owned(resultPath, func(tx store.Tx, c deeds.Call, p Portfolio) (chat.Outcome, error) {
			m, err := f.resultsMessage(tx, p, c)
			return chat.Answering(m), err
		}),
	}
}

func (f feature) resultsMessage(tx store.Tx, p Portfolio, c deeds.Call) (chat.Message, error) {
	var page strings.Builder
	all, err := AssessmentsOf(tx, p.ID)
	if err != nil {
		return chat.Message{}, err
	}
	text := "Nobody has decided on **" + chat.Plain(p.Asks.Title) + "** yet."
	for _, a := range all {
		if a.Decided.IsZero() && len(a.Asked) == 0 {
			continue // what an assessor only thinks so far is theirs
		}
		s, err := Snapshots.Get(tx, a.Snapshot)
		if err != nil {
			return chat.Message{}, err
		}
		page.WriteString(resultPage(a, s, c))
		if !a.Decided.IsZero() {
			text = fmt.Sprintf("**%s**, copy %d: **%s**, decided by %s on %s.", chat.Plain(p.Asks.Title), s.Number, a.Result, chat.Plain(a.Name), day(a.Decided, c))
		}
	}
	steps, err := StepsOf(tx, p.ID)
	if err != nil {
		return chat.Message{}, err
	}
	page.WriteString("\n## Every step\n\n")
	for _, s := range steps {
		fmt.Fprintf(&page, "- %s: %s\n", plainDay(s.At, c), s.say())
	}
	m := chat.Message{
		Text: text, Note: "Only you and your assessor see the feedback.",
		Document: &chat.Document{Name: "portfolio-results", Title: p.Asks.Title + ": results and steps", Text: fit(page.String())},
		Buttons:  []chat.Button{{Label: "See all parts", Command: openPath, Record: string(p.ID)}},
	}
	return m, nil
}

// resultPage gives what an assessor said of a snapshot.
func resultPage(a Assessment, s Snapshot, c deeds.Call) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n## Copy %d, submitted %s\n\n", s.Number, plainDay(s.At, c))
	if !a.Decided.IsZero() {
		fmt.Fprintf(&b, "**%s**, decided by %s on %s.\n", capital(string(a.Result)), chat.Plain(a.Name), plainDay(a.Decided, c))
		if a.Words != "" {
			b.WriteString("\n" + chat.Quote(a.Words) + "\n")
		}
		for _, x := range s.Criteria {
			j := a.Judged[x.ID]
			fmt.Fprintf(&b, "\n**%s**: %s.\n", chat.Plain(x.name(300)), j.Result)
			if j.Feedback != "" {
				b.WriteString("\n" + chat.Quote(j.Feedback) + "\n")
			}
		}
	}
	for _, q := range a.Asked {
		fmt.Fprintf(&b, "\nOn %s %s asked for more:\n\n%s\n", plainDay(q.At, c), chat.Plain(a.Name), chat.Quote(q.Text))
	}
	return b.String()
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// say says what a step was.
func (s Step) say() string {
	by := chat.Plain(s.Name)
	switch s.What {
	case WasStarted:
		return "you began it."
	case WasSubmitted:
		return fmt.Sprintf("you submitted copy %d.", s.Number)
	case WasAppointed:
		return by + " was asked to assess it."
	case WasDeclared:
		return by + " has no conflict of interest, and reads it."
	case WasConflicted:
		return by + " has a conflict of interest, and does not assess it."
	case WasReplaced:
		return by + " is no longer its assessor."
	case WasAskedMore:
		return by + " asked for more."
	case WasMet:
		return by + " decided: met."
	case WasNotYet:
		return by + " decided: not yet."
	case WasPaid:
		return by + " wrote down that the fee is paid."
	case WasWaived:
		if by == "" {
			return "the fee is covered by a scholarship."
		}
		return by + " waived the fee."
	case WasDue:
		return "the fee is due."
	case WasSponsored:
		return by + " awarded a scholarship."
	case WasUnsponsored:
		return by + " took the scholarship back."
	case WasClaimed:
		return "you came back to it from another account."
	}
	return string(s.What) + "."
}

// fit keeps a page within what a message can carry.
func fit(page string) string {
	if len(page) <= chat.MaxDocument {
		return page
	}
	cut := strings.LastIndexByte(page[:chat.MaxDocument-200], '\n')
	return page[:max(cut, 0)] + "\n\nThe rest does not fit on this page.\n"
}

// plainDay says on which day something was, on a page that every reader sees alike.
func plainDay(t time.Time, c deeds.Call) string {
	return t.In(c.Zone.Location()).Format("2 January 2006")
}
