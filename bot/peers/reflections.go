package peers

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/experiments"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// ReflectionID names one peer asked by one member, for ever.
type ReflectionID string

// Reflection is one peer asked by one member for a reflection on something of that
// member's own, and what came of it. The two of them read it, and nobody else.
type Reflection struct {
	ID     ReflectionID `json:"id"`
	Cohort cohorts.ID   `json:"cohort"`
	Asker  people.ID    `json:"asker"`
	Peer   people.ID    `json:"peer"`

	About      About          `json:"about"`
	Text       string         `json:"text,omitempty"` // of a message or a draft, as it was when they asked
	Files      []chat.File    `json:"files,omitempty"`
	Experiment experiments.ID `json:"experiment,omitempty"` // read anew whenever it is shown
	Note       string         `json:"note,omitempty"`       // what the asker says beside it
	Questions  []string       `json:"questions"`

	Made  time.Time `json:"made"`
	Until time.Time `json:"until,omitzero"` // open until then
	State Stage     `json:"state"`

	Answers []string    `json:"answers,omitempty"` // one a question, some may be empty
	Sent    []chat.File `json:"sent,omitempty"`    // pictures and voice notes that answer
	Given   time.Time   `json:"given,omitzero"`
	Changed bool        `json:"changed,omitempty"`
	Thanked bool        `json:"thanked,omitempty"`
	Lines   []Line      `json:"lines,omitempty"` // what they wrote back and forth
	Wrote   int         `json:"wrote,omitempty"` // counts the lines, deleted ones too
}

// About is what a reflection is asked on.
type About string

// What a reflection is asked on.
const (
	OnMessage    About = "message"
	OnDraft      About = "draft"
	OnExperiment About = "experiment"
	TakenBack    About = "taken back" // its author deleted what they had shown
)

// Stage is how far a reflection has come.
type Stage string

// The stages of a reflection.
const (
	Waiting   Stage = "waiting" // until the peer can be asked
	Asked     Stage = "asked"
	Given     Stage = "given"
	Declined  Stage = "declined"
	RanOut    Stage = "ran out"
	Withdrawn Stage = "withdrawn" // the peer took back what they wrote, or the asker what they asked
)

// Line is something that one of the two wrote to the other afterwards.
type Line struct {
	Number int       `json:"number"` // from 1
	By     people.ID `json:"by"`
	Text   string    `json:"text"`
	At     time.Time `json:"at"`
}

const (
	// openFor is how long a peer has before the question runs out, and remindAfter
	// when they are reminded, once.
	openFor     = 14 * 24 * time.Hour
	remindAfter = 7 * 24 * time.Hour
	// backFor is how long somebody has who comes back from leave.
	backFor = 7 * 24 * time.Hour
)

// ourQuestions are asked where the programme has none.
var ourQuestions = []string{
	"What stays with you from this?",
	"What would you like to know more about?",
	"What might its author be too close to see?",
}

// Reflections keeps all reflections.
var Reflections = store.NewTable[ReflectionID, Reflection]("peer reflections", 1,
	store.Index[Reflection]{Name: "asker", Keys: func(r Reflection) [][]byte {
		return [][]byte{store.Key(string(r.Asker), string(r.Cohort), r.Made)}
	}},
	store.Index[Reflection]{Name: "peer", Keys: func(r Reflection) [][]byte {
		return [][]byte{store.Key(string(r.Peer), string(r.Cohort), r.Made)}
	}})

// Received gives the reflections that peers gave a person, in any cohort, the
// oldest first. What a peer took back is not among them.
func Received(tx store.Tx, p people.ID) ([]Reflection, error) {
	var all []Reflection
	for row, err := range Reflections.By(tx, "asker", string(p)) {
		if err != nil {
			return nil, err
		}
		if row.Value.State == Given {
			all = append(all, row.Value)
		}
	}
	slices.SortStableFunc(all, func(a, b Reflection) int { return a.Given.Compare(b.Given) })
	return all, nil
}

// ofPerson gives the reflections that somebody asked for or was asked for in a
// cohort, the youngest first.
func ofPerson(tx store.Tx, c cohorts.ID, p people.ID) ([]Reflection, error) {
	var all []Reflection
	for _, index := range []string{"asker", "peer"} {
		for row, err := range Reflections.By(tx, index, string(p), string(c)) {
			if err != nil {
				return nil, err
			}
			all = append(all, row.Value)
		}
	}
	slices.SortStableFunc(all, func(a, b Reflection) int { return b.Made.Compare(a.Made) })
	return all, nil
}

// Other gives the one of the two who is not p.
func (r Reflection) Other(p people.ID) people.ID {
	if p == r.Peer {
		return r.Asker
	}
	return r.Peer
}

// leastAsked gives whom to ask where the asker leaves it to the bot: whoever of
// those who are there was asked least so far. Two who are never put together are
// not suggested to each other.
func leastAsked(tx store.Tx, c cohorts.Cohort, asker people.ID, now time.Time) (people.Person, bool, error) {
	there, err := taking(tx, c, now, nil)
	if err != nil {
		return people.Person{}, false, err
	}
	avoided, err := never(tx, append(ids(there), asker))
	if err != nil {
		return people.Person{}, false, err
	}
	var best people.ID
	least := 0
	for _, s := range there {
		if s.ID == asker || avoided[PairOf(s.ID, asker)] {
			continue
		}
		asked := 0
		for _, err := range Reflections.By(tx, "peer", string(s.ID), string(c.ID)) {
			if err != nil {
				return people.Person{}, false, err
			}
			asked++
		}
		if best == "" || asked < least {
			best, least = s.ID, asked
		}
	}
	if best == "" {
		return people.Person{}, false, nil
	}
	p, err := people.Table.Get(tx, best)
	return p, err == nil, err
}

// ask keeps a new reflection and asks the peer, or waits until they are back.
func ask(tx store.Tx, c cohorts.Cohort, r Reflection, now time.Time) (Reflection, error) {
	r.Made, r.State = now, Waiting
	if err := Reflections.Put(tx, r.ID, r); err != nil {
		return r, err
	}
	return deliver(tx, c, r, now)
}

// deliver asks the peer, unless they are on leave: then it comes back when they
// are.
func deliver(tx store.Tx, c cohorts.Cohort, r Reflection, now time.Time) (Reflection, error) {
	p, err := people.Table.Get(tx, r.Peer)
	if err != nil {
		return r, err
	}
	if p.OnLeave(now, c.Zone) {
		return r, r.set(tx, askKind, backAt(p, p.ZoneOr(c.Zone), now))
	}
	r.State, r.Until = Asked, now.Add(openFor)
	if err := Reflections.Put(tx, r.ID, r); err != nil {
		return r, err
	}
	if err := r.set(tx, remindKind, now.Add(remindAfter)); err != nil {
		return r, err
	}
	if err := r.set(tx, expireKind, r.Until); err != nil {
		return r, err
	}
	return r, tell(tx, c, r.Peer, askKind, part(string(r.ID), r.Peer), now)
}

// backAt gives when somebody's leave is over and their quiet hours too.
func backAt(p people.Person, z schedules.Zone, now time.Time) time.Time {
	t := now
	for {
		away, ok := p.Leave.On(schedules.DateOf(t.In(z.Location())))
		if !ok {
			return t
		}
		t = p.Quiet.Open(schedules.Wall{Date: away.To.AddDays(1)}.In(z), z)
	}
}

func (r Reflection) set(tx store.Tx, kind string, due time.Time) error {
	return jobs.Set(tx, jobs.Job{Key: kind + "/" + string(r.ID), Kind: kind, Record: string(r.ID), Cohort: string(r.Cohort), Due: due})
}

// rest takes back what was still to happen to a reflection.
func (r Reflection) rest(tx store.Tx) error {
	for _, kind := range []string{askKind, remindKind, expireKind} {
		if err := jobs.Drop(tx, kind+"/"+string(r.ID)); err != nil {
			return err
		}
	}
	return nil
}

// keep stores a reflection and brings up to date all that was said of it.
func (r Reflection) keep(tx store.Tx) error {
	if err := Reflections.Put(tx, r.ID, r); err != nil {
		return err
	}
	return r.touch(tx)
}

func (r Reflection) touch(tx store.Tx) error {
	for _, p := range []people.ID{r.Asker, r.Peer} {
		for _, kind := range []string{askKind, remindKind, givenKind, thankKind, declinedKind, expireKind} {
			if err := outbox.Touch(tx, kind, part(string(r.ID), p)); err != nil {
				return err
			}
		}
		for n := range r.Wrote {
			if err := outbox.Touch(tx, lineKind, r.lineRecord(p, n+1)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r Reflection) lineRecord(p people.ID, n int) string {
	return fmt.Sprintf("%s/%d", part(string(r.ID), p), n)
}

// remove deletes what one of the two wrote: it is gone for both. Where nothing of
// either is left, so is the record.
func (r Reflection) remove(tx store.Tx, p people.ID) error {
	r.Lines = slices.DeleteFunc(r.Lines, func(l Line) bool { return l.By == p })
	if p == r.Asker {
		r.About, r.Text, r.Files, r.Experiment, r.Note = TakenBack, "", nil, "", ""
	} else {
		r.Answers, r.Sent = nil, nil
	}
	if p == r.Peer || r.State == Asked || r.State == Waiting {
		r.State = Withdrawn
		if err := r.rest(tx); err != nil {
			return err
		}
	}
	if r.About == TakenBack && len(r.Lines) == 0 && r.State != Given {
		if err := r.touch(tx); err != nil {
			return err
		}
		return Reflections.Delete(tx, r.ID)
	}
	return r.keep(tx)
}

// reflectionDue reads what a job is about; false where it is no longer there, or
// nobody is to hear of it any more.
func reflectionDue(tx store.Tx, j jobs.Job) (Reflection, cohorts.Cohort, people.Person, bool, error) {
	r, ok, err := Reflections.Find(tx, ReflectionID(j.Record))
	if err != nil || !ok {
		return r, cohorts.Cohort{}, people.Person{}, false, err
	}
	c, err := cohorts.Get(tx, r.Cohort)
	if err != nil {
		return r, c, people.Person{}, false, err
	}
	if _, here, err := memberHere(tx, c, r.Asker); err != nil || !here {
		return r, c, people.Person{}, false, err
	}
	p, err := people.Table.Get(tx, r.Peer)
	if errors.Is(err, store.ErrNotFound) {
		return r, c, p, false, nil
	}
	return r, c, p, err == nil, err
}

// askDue asks somebody who is back.
func askDue(tx store.Tx, j jobs.Job, now time.Time) error {
	r, c, _, ok, err := reflectionDue(tx, j)
	if err != nil || !ok || r.State != Waiting {
		return err
	}
	_, err = deliver(tx, c, r, now)
	return err
}

// remindDue reminds a peer, the one time, out of their budget.
func remindDue(tx store.Tx, j jobs.Job, now time.Time) error {
	r, c, p, ok, err := reflectionDue(tx, j)
	if err != nil || !ok || r.State != Asked {
		return err
	}
	if _, here, err := memberHere(tx, c, p.ID); err != nil || !here {
		return err
	}
	z := p.ZoneOr(c.Zone)
	if open := p.Quiet.Open(backAt(p, z, now), z); open.After(now) {
		j.Due = open
		return jobs.Set(tx, j)
	}
	if c.State == cohorts.Paused {
		j.Due = now.Add(24 * time.Hour)
		return jobs.Set(tx, j)
	}
	return nudge(tx, c, p, remindKind, part(string(r.ID), p.ID), now)
}

// expireDue lets a question run out. Who is on leave then has a week from their
// return.
func expireDue(tx store.Tx, j jobs.Job, now time.Time) error {
	r, c, p, ok, err := reflectionDue(tx, j)
	if err != nil || !ok || r.State != Asked {
		return err
	}
	if back := backAt(p, p.ZoneOr(c.Zone), now); back.After(now) {
		r.Until = back.Add(backFor)
		if err := r.keep(tx); err != nil {
			return err
		}
		return r.set(tx, expireKind, r.Until)
	}
	r.State = RanOut
	if err := r.keep(tx); err != nil {
		return err
	}
	return answerTo(tx, c, r.Asker, expireKind, part(string(r.ID), r.Asker), now)
}

// subject gives what a reflection is asked on, as Markdown, and its files; false
// where its author has deleted it.
func (r Reflection) subject(tx store.Tx) (string, []chat.File, bool, error) {
	switch r.About {
	case TakenBack:
		return "", nil, false, nil
	case OnExperiment:
		e, ok, err := experiments.Table.Find(tx, r.Experiment)
		if err != nil || !ok {
			return "", nil, false, err
		}
		return experimentWords(e), nil, true, nil
	}
	if r.Text == "" {
		return "", r.Files, true, nil
	}
	return chat.Quote(r.Text), r.Files, true, nil
}

// experimentWords says what a peer reads of an experiment: what a companion does.
// With whom it is done, and the daily notes, are its author's.
func experimentWords(e experiments.Experiment) string {
	text := "**The hunch**\n\n" + chat.Quote(e.Hunch)
	if e.Try != "" {
		text += "\n\n**What they try**\n\n" + chat.Quote(e.Try)
	}
	if e.Know != "" {
		text += "\n\n**How they will know**\n\n" + chat.Quote(e.Know)
	}
	return text
}

// name says in a few words what a reflection is on: "a draft that begins “…”".
func (r Reflection) name() string {
	what := map[About]string{OnMessage: "a message", OnDraft: "a draft", OnExperiment: "an experiment"}[r.About]
	if what == "" {
		return "something that is taken back"
	}
	if words := strings.Join(strings.Fields(r.Text), " "); words != "" {
		what += " that begins “" + chat.Plain(chat.Short(words, 40)) + "”"
	}
	return what
}
