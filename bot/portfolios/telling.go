package portfolios

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/letters"
	"cohortbot/bot/links"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// The kinds of what is said. All of it is said in private.
const (
	submittedKind   = "portfolio submitted" // to facilitators, about a snapshot
	appointedKind   = "portfolio appointed" // to an assessor
	copyKind        = "portfolio copy"      // to an assessor, about a snapshot
	forwardKind     = "portfolio forward"   // to whoever appointed somebody outside, about a snapshot
	conflictKind    = "portfolio conflict"  // to whoever appointed, about an appointment
	moreKind        = "portfolio more"      // to the owner, about an assessment and, after a slash, which question
	decidedKind     = "portfolio decided"   // to the owner, about an assessment
	resultKind      = "portfolio result"    // to facilitators, about an assessment
	feeKind         = "portfolio fee"       // to the owner
	scholarshipKind = "portfolio asked"     // to facilitators
	awardKind       = "portfolio award"     // to the owner
)

func (f feature) reasons() []outbox.Reason {
	return []outbox.Reason{
		{Kind: submittedKind, Render: f.renderSubmitted},
		{Kind: appointedKind, Render: f.renderAppointed},
		{Kind: copyKind, Render: f.renderCopy},
		{Kind: forwardKind, Render: f.renderForward},
		{Kind: conflictKind, Render: f.renderConflict},
		{Kind: moreKind, Render: f.renderMore},
		{Kind: decidedKind, Render: f.renderDecided},
		{Kind: resultKind, Render: f.renderResult},
		{Kind: feeKind, Render: f.renderFee},
		{Kind: scholarshipKind, Render: f.renderScholarship},
		{Kind: awardKind, Render: f.renderAward},
		{Kind: claimedKind, Render: f.renderClaimed},
		{Kind: exportKind, Render: f.renderExport},
	}
}

// managers gives who looks after a portfolio and is to be told about it: the
// facilitators of its group; where there are none, the administrators.
func managers(tx store.Tx, p Portfolio) ([]people.Person, error) {
	var found []people.Person
	if p.Cohort != "" {
		var err error
		if found, err = cohorts.Facilitators(tx, p.Cohort); err != nil {
			return nil, err
		}
	}
	if len(found) == 0 {
		var err error
		if found, err = people.Admins(tx, p.Workspace); err != nil {
			return nil, err
		}
	}
	var others []people.Person
	for _, x := range found {
		if x.ID != p.Owner {
			others = append(others, x)
		}
	}
	return others, nil
}

// tell has somebody told when they may be written to: who is away reads it when they
// are back, and can look it up before.
func tell(tx store.Tx, kind, record, occasion string, p Portfolio, who people.ID, w chat.Workspace, now time.Time) error {
	x, ok, err := people.Table.Find(tx, who)
	if err != nil || !ok {
		return err
	}
	zone, err := zoneFor(tx, x, p.Owner)
	if err != nil {
		return err
	}
	return letters.Send(tx, outbox.Item{
		Key: kind + "/" + occasion + "/" + string(who), Kind: kind, Record: record, Cohort: string(p.Cohort), Person: string(who),
	}, w, zone, now)
}

// zoneFor gives the zone of somebody who has to do with a portfolio: of whom none is
// known, that of its owner is the likeliest. The zero zone where nobody knows any.
func zoneFor(tx store.Tx, x people.Person, owner people.ID) (schedules.Zone, error) {
	zone, err := cohorts.ZoneOf(tx, x)
	if err != nil || zone != (schedules.Zone{}) || owner == "" || owner == x.ID {
		return zone, err
	}
	o, ok, err := people.Table.Find(tx, owner)
	if err != nil || !ok {
		return zone, err
	}
	return cohorts.ZoneOf(tx, o)
}

func tellAll(tx store.Tx, kind, record, occasion string, p Portfolio, now time.Time) error {
	all, err := managers(tx, p)
	if err != nil {
		return err
	}
	for _, x := range all {
		if err := tell(tx, kind, record, occasion, p, x.ID, p.Workspace, now); err != nil {
			return err
		}
	}
	return nil
}

func (f feature) tellManagers(tx store.Tx, p Portfolio, s Snapshot, now time.Time) error {
	return tellAll(tx, submittedKind, string(s.ID), string(s.ID), p, now)
}

func (f feature) tellAssessor(tx store.Tx, a Appointment, s Snapshot, now time.Time) error {
	p, _, err := Get(tx, a.Portfolio)
	if err != nil {
		return err
	}
	if a.Person == "" {
		return tell(tx, forwardKind, string(s.ID), string(s.ID), p, a.By, a.Workspace, now)
	}
	return tell(tx, copyKind, string(s.ID), string(s.ID), p, a.Person, a.Workspace, now)
}

func (f feature) sayAppointed(tx store.Tx, a Appointment, now time.Time) error {
	p, _, err := Get(tx, a.Portfolio)
	if err != nil {
		return err
	}
	return tell(tx, appointedKind, string(a.ID), string(a.ID), Portfolio{Owner: p.Owner}, a.Person, a.Workspace, now)
}

func (f feature) sayConflict(tx store.Tx, a Appointment, now time.Time) error {
	p, _, err := Get(tx, a.Portfolio)
	if err != nil {
		return err
	}
	return tell(tx, conflictKind, string(a.ID), string(a.ID), Portfolio{Owner: p.Owner}, a.By, a.Workspace, now)
}

func (f feature) sayMore(tx store.Tx, p Portfolio, x Assessment, now time.Time) error {
	question := fmt.Sprintf("%s/%d", x.ID, len(x.Asked))
	return tell(tx, moreKind, question, question, p, p.Owner, p.Workspace, now)
}

func (f feature) sayDecided(tx store.Tx, p Portfolio, x Assessment, now time.Time) error {
	if err := tell(tx, decidedKind, string(x.ID), string(x.ID), p, p.Owner, p.Workspace, now); err != nil {
		return err
	}
	return tellAll(tx, resultKind, string(x.ID), string(x.ID), p, now)
}

func (f feature) sayFee(tx store.Tx, c deeds.Call, p Portfolio) error {
	return tell(tx, feeKind, string(p.ID), c.ID, p, p.Owner, p.Workspace, c.Now)
}

func (f feature) sayScholarship(tx store.Tx, c deeds.Call, p Portfolio) error {
	return tellAll(tx, scholarshipKind, string(p.ID), c.ID, p, c.Now)
}

func (f feature) sayAward(tx store.Tx, c deeds.Call, p Portfolio) error {
	return tell(tx, awardKind, string(p.ID), c.ID, p, p.Owner, p.Workspace, c.Now)
}

// ofSnapshot gives what a message about a snapshot is about; false where a newer
// one took its place, or all of it is gone.
func ofSnapshot(tx store.Tx, id string) (p Portfolio, s Snapshot, ok bool, err error) {
	s, err = Snapshots.Get(tx, SnapshotID(id))
	if errors.Is(err, store.ErrNotFound) {
		return p, s, false, nil
	}
	if err != nil {
		return p, s, false, err
	}
	p, ok, err = Get(tx, s.Portfolio)
	return p, s, ok && p.Latest == s.ID, err
}

func (f feature) renderSubmitted(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	p, s, ok, err := ofSnapshot(tx, i.Record)
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	m := chat.Message{
		Text: fmt.Sprintf("**%s** has submitted a portfolio: %s, copy %d.", chat.Plain(s.Name), chat.Plain(s.Asks.Title), s.Number),
		Note: "You see that it is there, and nothing of what is in it.",
	}
	a, there, err := AssessorOf(tx, p.ID)
	switch {
	case err != nil:
		return m, false, err
	case there:
		m.Text += " " + chat.Plain(a.Name) + " is its assessor."
	default:
		m.Text += " It needs an assessor."
		m.Buttons = append(m.Buttons, chat.Button{Label: "Appoint an assessor", Command: "portfolio assessor", Record: string(p.ID), Main: true})
	}
	if p.Fee.State == Due {
		m.Text += fmt.Sprintf(" The fee of %d %s is due.", p.Asks.Fee.Amount, chat.Plain(p.Asks.Fee.Currency))
		m.Buttons = append(m.Buttons, chat.Button{Label: "Write down the fee", Command: "portfolio fee", Record: string(p.ID)})
	}
	return m, true, nil
}

func appointment(tx store.Tx, id string) (Appointment, bool, error) {
	return Appointments.Find(tx, AppointmentID(id))
}

func (f feature) renderAppointed(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	a, ok, err := appointment(tx, i.Record)
	if err != nil || !ok || !a.Ended.IsZero() {
		return chat.Message{}, false, err
	}
	p, ok, err := Get(tx, a.Portfolio)
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	name, err := ownerName(tx, p.ID)
	text := fmt.Sprintf("You are asked to assess the portfolio of **%s**: %s. First I ask whether you have a conflict of interest; saying so is all it takes to be out.", chat.Plain(name), chat.Plain(p.Asks.Title))
	if p.Latest == "" {
		text += " Nothing is submitted yet; I tell you when there is something to read."
	}
	return chat.Message{
		Text: text, Note: "You see the copy that was submitted, and nothing else of theirs.",
		Buttons: []chat.Button{{Label: "Begin", Command: assessPath, Record: string(a.ID), Main: true}},
	}, err == nil, err
}

func (f feature) renderCopy(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	p, s, ok, err := ofSnapshot(tx, i.Record)
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	a, there, err := AssessorOf(tx, p.ID)
	if err != nil || !there || string(a.Person) != i.Person {
		return chat.Message{}, false, err
	}
	return chat.Message{
		Text:    fmt.Sprintf("**%s** has submitted copy %d of the portfolio that you assess. What you said of the copy before comes along, for you to keep or change.", chat.Plain(s.Name), s.Number),
		Buttons: []chat.Button{{Label: "Open it", Command: assessPath, Record: string(a.ID), Main: true}},
	}, true, nil
}

func (f feature) renderForward(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	p, s, ok, err := ofSnapshot(tx, i.Record)
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	a, there, err := AssessorOf(tx, p.ID)
	if err != nil || !there || a.Link == "" {
		return chat.Message{}, false, err
	}
	l, err := links.Table.Get(tx, a.Link)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return chat.Message{}, false, err
	}
	text := fmt.Sprintf("**%s** has submitted copy %d. %s assesses it from outside, so please let them know; I send no e-mail.", chat.Plain(s.Name), s.Number, chat.Plain(a.Name))
	if err == nil && !l.Over(now) {
		text += " The address that you gave them still opens it."
	} else {
		text += " The address that you gave them has run out: appoint them again, and I make a new one."
	}
	return chat.Message{Text: text, Buttons: []chat.Button{{Label: "What is waiting", Command: deskPath, Main: true}}}, true, nil
}

func (f feature) renderConflict(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	a, ok, err := appointment(tx, i.Record)
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	name, err := ownerName(tx, a.Portfolio)
	if a.Conflict == "" { // their words were erased
		return chat.Message{
			Text:    fmt.Sprintf("**%s** no longer assesses the portfolio of %s. Somebody else is needed.", chat.Plain(a.Name), chat.Plain(name)),
			Buttons: []chat.Button{{Label: "Appoint somebody else", Command: "portfolio assessor", Record: string(a.Portfolio), Main: true}},
		}, err == nil, err
	}
	return chat.Message{
		Text:    fmt.Sprintf("**%s** has a conflict of interest, and does not assess the portfolio of %s. In their words:\n\n%s\n\nSomebody else is needed.", chat.Plain(a.Name), chat.Plain(name), chat.Quote(a.Conflict)),
		Note:    "They have seen nothing of the portfolio. Only you read their words.",
		Buttons: []chat.Button{{Label: "Appoint somebody else", Command: "portfolio assessor", Record: string(a.Portfolio), Main: true}},
	}, err == nil, err
}

func (f feature) renderMore(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	id, number, numbered := strings.Cut(i.Record, "/")
	x, ok, err := assessmentOf(tx, id)
	if err != nil || !ok || len(x.Asked) == 0 {
		return chat.Message{}, false, err
	}
	asked := len(x.Asked) // earlier versions kept no number
	if numbered {
		if asked, err = strconv.Atoi(number); err != nil || asked < 1 || asked > len(x.Asked) {
			return chat.Message{}, false, err
		}
	}
	return chat.Message{
		Text: fmt.Sprintf("**%s**, who assesses your portfolio, asks for more before deciding:\n\n%s\n\nAdd what you like, then submit it again.", chat.Plain(x.Name), chat.Quote(x.Asked[asked-1].Text)),
		Note: "Only you read this.",
		Buttons: []chat.Button{
			{Label: "Open the portfolio", Command: openPath, Record: string(x.Portfolio), Main: true},
			{Label: "Submit it again", Command: submitPath, Record: string(x.Portfolio)},
		},
	}, true, nil
}

func (f feature) renderDecided(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	x, ok, err := assessmentOf(tx, i.Record)
	if err != nil || !ok || x.Decided.IsZero() {
		return chat.Message{}, false, err
	}
	s, err := Snapshots.Get(tx, x.Snapshot)
	if err != nil {
		return chat.Message{}, false, err
	}
	text := fmt.Sprintf("**The result of your portfolio: %s**\n\n%s has read copy %d of %s", x.Result, chat.Plain(x.Name), s.Number, chat.Plain(s.Asks.Title))
	buttons := []chat.Button{{Label: "Read the feedback", Command: resultPath, Record: string(x.Portfolio), Main: true}}
	if n := len(notYet(s, x)); n > 0 {
		text += fmt.Sprintf(" and finds that %d of %d criteria are not shown yet. With each there are a few words on what would show it. Change what you like, and submit it again whenever you are ready.", n, len(s.Criteria))
		buttons = append(buttons, chat.Button{Label: "Open the portfolio", Command: openPath, Record: string(x.Portfolio)})
	} else {
		text += fmt.Sprintf(" and finds that it meets all %d criteria.", len(s.Criteria))
		if name := f.credential(Portfolio{Programme: s.Programme, Asks: s.Asks}).Awarded; name != "" {
			text += " With it, " + chat.Plain(name) + " awards you what it prepares for."
		}
	}
	buttons = append(buttons, chat.Button{Label: "One zip of it", Command: exportPath, Record: string(x.Portfolio), Choice: strconv.Itoa(s.Number)})
	if x.Words != "" {
		text += "\n\n" + chat.Quote(x.Words)
	}
	return chat.Message{Text: text, Buttons: buttons, Note: "Only you read this. Facilitators see the result, and none of these words."}, true, nil
}

func (f feature) renderResult(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	x, ok, err := assessmentOf(tx, i.Record)
	if err != nil || !ok || x.Decided.IsZero() {
		return chat.Message{}, false, err
	}
	name, err := ownerName(tx, x.Portfolio)
	return chat.Message{
		Text:    fmt.Sprintf("%s has decided on the portfolio of **%s**: **%s**. They are told.", chat.Plain(x.Name), chat.Plain(name), x.Result),
		Note:    "The feedback is between the two of them.",
		Buttons: []chat.Button{{Label: "What is waiting", Command: deskPath}},
	}, err == nil, err
}

func (f feature) renderFee(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	p, ok, err := Get(tx, ID(i.Record))
	if err != nil || !ok || p.Fee.State == NotDue {
		return chat.Message{}, false, err
	}
	by, err := people.Table.Get(tx, p.Fee.By)
	return chat.Message{
		Text: fmt.Sprintf("%s wrote down that the fee of your portfolio is **%s**. If that is not so, tell them.", chat.Plain(by.Name), p.Fee.State),
		Note: "Only you and those who look after your portfolio see this.",
	}, err == nil, err
}

func (f feature) renderScholarship(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	s, ok, err := ScholarshipOf(tx, ID(i.Record))
	if err != nil || !ok || s.State != Asked {
		return chat.Message{}, false, err
	}
	p, ok, err := Get(tx, s.Portfolio)
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	name, err := ownerName(tx, p.ID)
	if err != nil {
		return chat.Message{}, false, err
	}
	n, most, err := left(tx, f.Library, p)
	return chat.Message{
		Text:    fmt.Sprintf("**%s** asks for a scholarship for %s. %d of %d are left.", chat.Plain(name), chat.Plain(p.Asks.Title), n, most),
		Note:    "Asked in private: please keep it so.",
		Buttons: []chat.Button{{Label: "Answer", Command: "portfolio award", Record: string(p.ID), Main: true}},
	}, err == nil, err
}

func (f feature) renderAward(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	s, ok, err := ScholarshipOf(tx, ID(i.Record))
	if err != nil || !ok || s.State == Asked {
		return chat.Message{}, false, err
	}
	m := chat.Message{
		Text: "**You have a scholarship** for your portfolio, so there is no fee for you.", Note: "Only you and those who look after your portfolio see this.",
		Buttons: []chat.Button{{Label: "Open the portfolio", Command: openPath, Record: i.Record, Main: true}},
	}
	if s.State == Declined {
		m.Text = "You asked for a scholarship for your portfolio, and this time it can't be given. Your facilitator can tell you what else there is; a fee can be waived."
	}
	return m, true, nil
}
