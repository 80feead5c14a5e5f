package cohorts

import (
	"errors"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// Proposal is a change of a plan that a member of a community proposes. It keeps
// the command as it was given, so that carrying it out is giving that command:
// the plan may have changed meanwhile, and the proposal is then shown anew.
type Proposal struct {
	ID     string    `json:"id"` // of the deed
	Cohort ID        `json:"cohort"`
	By     people.ID `json:"by"`
	At     time.Time `json:"at"`

	Path   string            `json:"path"` // of the command
	Record string            `json:"record,omitempty"`
	Given  map[string]string `json:"given,omitempty"` // what was typed, by field
	Zone   schedules.Zone    `json:"zone"`            // in which days are meant
	Change PlanChange        `json:"change"`          // what it came to when it was proposed

	Ended time.Time `json:"ended,omitzero"` // taken up or left
	Taken people.ID `json:"taken,omitempty"`
	Left  people.ID `json:"left,omitempty"` // who left it, and said why
	Why   string    `json:"why,omitempty"`
}

// Open tells whether it waits for a facilitator.
func (p Proposal) Open() bool { return p.Ended.IsZero() }

// Proposals keeps them by id.
var Proposals = store.NewTable[string, Proposal]("proposals", 2,
	store.Index[Proposal]{Name: "open", Keys: func(p Proposal) [][]byte {
		if !p.Open() {
			return nil
		}
		return [][]byte{store.Key(string(p.Cohort), p.At)}
	}},
	store.Index[Proposal]{Name: "person", Keys: func(p Proposal) [][]byte { return [][]byte{store.Key(string(p.By), p.At)} }},
).Upgrade(1, store.Amend(func(p *Proposal) {
	if p.Left == "" { // it was not kept who gave the reason, so that nobody could have it erased
		p.Why = ""
	}
}))

// Voice is what one member of the group says to a proposal.
type Voice struct {
	Proposal string    `json:"proposal"`
	Person   people.ID `json:"person"`
	Concern  string    `json:"concern,omitempty"` // empty where it is fine by them
	At       time.Time `json:"at"`
}

// Voices keeps them, by the proposal's and the person's id.
var Voices = store.NewTable[string, Voice]("voices", 1,
	store.Index[Voice]{Name: "proposal", Keys: func(v Voice) [][]byte { return [][]byte{store.Key(v.Proposal, v.At)} }},
	store.Index[Voice]{Name: "person", Keys: func(v Voice) [][]byte { return [][]byte{store.Key(string(v.Person), v.At)} }})

// The kinds of what is said of a proposal; the second is also the kind of the job
// that says it.
const (
	proposalKind    = "plan proposal"       // to the group, with what it says
	proposalAskKind = "plan proposal ask"   // to a facilitator
	proposalEndKind = "plan proposal ended" // to who proposed it, where it is left
)

// propose puts a change that a member would like to the group and to those who
// can make it.
func propose(tx store.Tx, c Cohort, dates []Dated, ch PlanChange, call deeds.Call) (chat.Outcome, error) {
	if !call.Sure {
		question, _ := ch.ask(c)
		return deeds.Confirm(joinSentences(question, ch.moves(c, dates))+
			"\n\nYou propose this: the group is asked in its channel, and a facilitator makes the change or says why not.", "Propose it"), nil
	}
	p := Proposal{
		ID: call.ID, Cohort: c.ID, By: call.Person.ID, At: call.Now, Path: call.Path, Record: call.Record,
		Given: map[string]string{}, Zone: call.Zone, Change: ch,
	}
	for name, v := range call.Given {
		p.Given[name] = v.Text
	}
	if err := Proposals.Put(tx, p.ID, p); err != nil {
		return chat.Outcome{}, err
	}
	if err := outbox.Say(tx, outbox.Item{
		Key: proposalKind + "/" + p.ID, Kind: proposalKind, Record: p.ID, Cohort: string(c.ID), Place: c.Place,
	}, call.Now); err != nil {
		return chat.Outcome{}, err
	}
	facilitators, err := Facilitators(tx, c.ID)
	if err != nil {
		return chat.Outcome{}, err
	}
	for _, f := range facilitators {
		if err := jobs.Set(tx, jobs.Job{
			Key: proposalAskKind + "/" + p.ID + "/" + string(f.ID), Kind: proposalAskKind, Record: p.ID, Page: string(f.ID),
			Cohort: string(c.ID), Due: f.Quiet.Open(call.Now, f.ZoneOr(c.Zone)),
		}); err != nil {
			return chat.Outcome{}, err
		}
	}
	return chat.Say("Proposed. The group reads it in its channel, and the facilitators are asked. I'll say what comes of it."), nil
}

// askFacilitator brings a proposal to one facilitator, when they are there.
func askFacilitator(tx store.Tx, j jobs.Job, now time.Time) error {
	p, err := Proposals.Get(tx, j.Record)
	if errors.Is(err, store.ErrNotFound) || err == nil && !p.Open() {
		return nil
	}
	if err != nil {
		return err
	}
	c, err := Get(tx, p.Cohort)
	if err != nil {
		return err
	}
	m, here, err := MemberOf(tx, c.ID, people.ID(j.Page))
	if err != nil || !here || !m.Facilitator || c.State == Deleted {
		return err
	}
	f, err := people.Table.Get(tx, m.Person)
	if err != nil {
		return err
	}
	z := f.ZoneOr(c.Zone)
	if away, ok := f.Leave.On(schedules.DateOf(now.In(z.Location()))); ok {
		j.Due = f.Quiet.Open(schedules.Wall{Date: away.To.AddDays(1)}.In(z), z)
		return jobs.Set(tx, j)
	}
	return outbox.Say(tx, outbox.Item{
		Key: j.Key, Kind: proposalAskKind, Record: p.ID, Cohort: string(c.ID), Person: string(f.ID), Place: f.Direct(c.Place.Workspace),
	}, now)
}

// proposed gives the proposal that a deed carries out; false for any other deed.
func proposed(tx store.Tx, deed string) (Proposal, bool, error) {
	return Proposals.Find(tx, deed)
}

// end keeps what came of a proposal, and has what was said of it say so.
func (p Proposal) end(tx store.Tx, call deeds.Call, taken bool, why string) error {
	p.Ended, p.Why = call.Now, why
	if taken {
		p.Taken = call.Person.ID
	} else {
		p.Left = call.Person.ID
	}
	if err := Proposals.Put(tx, p.ID, p); err != nil {
		return err
	}
	return p.touch(tx)
}

func (p Proposal) touch(tx store.Tx) error {
	return errors.Join(outbox.Touch(tx, proposalKind, p.ID), outbox.Touch(tx, proposalAskKind, p.ID))
}

// carryOut gives the command of a proposal in the name of whoever takes it up. It
// is done at once where it comes to what was proposed, and shown again where the
// plan has changed since.
func (p Proposal) carryOut(tx store.Tx, call deeds.Call) (chat.Outcome, error) {
	for _, deed := range planDeeds() {
		if deed.Path != p.Path {
			continue
		}
		answers := chat.Answers{}
		for name, text := range p.Given {
			answers[name] = chat.Given(text)
		}
		reading := deeds.Reading{Tx: tx, Now: p.At, Zone: p.Zone, Workspace: call.Profile.User.Workspace}
		given, faults, err := reading.Understand(deed.Fields, answers)
		if err != nil {
			return chat.Outcome{}, err
		}
		if len(faults) > 0 {
			return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "What was proposed no longer fits the plan. You could make the change yourself; /plan show has the plan as it is.")
		}
		if !call.Sure {
			seen := p.Change
			seen.By, seen.Proposed = call.Person.ID, p.By
			if err := shownChanges.Put(tx, MemberID(p.Cohort, call.Person.ID), shownChange{Deed: p.ID, Change: seen}); err != nil {
				return chat.Outcome{}, err
			}
		}
		call.ID, call.Path, call.Record, call.Given, call.Sure = p.ID, p.Path, p.Record, given, true
		return deed.Run(tx, call)
	}
	return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "I no longer know how to make this change. /plan show has the plan as it is.")
}
