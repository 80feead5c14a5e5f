// Package interest is the people who would like to take part in a programme one
// day: before any group exists, from a chat or from a public page. Start reading at
// [Interest]; asking.go is what they are asked, own.go what each can do about their
// own, list.go what facilitators see, jobs.go what happens later.
//
// Whoever registers is asked to a session for questions, and can go on from there:
// into a group, or at their own pace. Nothing is kept for longer than [KeptFor].
package interest

import (
	"errors"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/consents"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/links"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

// ID names an interest for ever.
type ID string

// Interest is one person who would like to take part in one programme.
type Interest struct {
	ID        ID             `json:"id"`
	Programme string         `json:"programme"`
	Person    people.ID      `json:"person,omitempty"` // empty for somebody without an account
	Workspace chat.Workspace `json:"w,omitempty"`      // of Person, or of Asked
	Name      string         `json:"name,omitempty"`   // of somebody without an account, as they wrote it
	Way       Way            `json:"way"`
	Address   string         `json:"address,omitempty"` // how to reach them by that way, as they wrote it
	Before    Before         `json:"before"`
	Consent   Consent        `json:"consent"`

	// Wish is how they would like to go on, which they chose before they could.
	Wish Wish `json:"wish,omitempty"`

	Link    links.ID     `json:"link,omitempty"` // of the page of somebody without an account
	Code    string       `json:"code,omitempty"` // on that page, which connects it with an account; see [keptCode]
	Made    time.Time    `json:"made"`
	Until   time.Time    `json:"until"` // forgotten then
	State   State        `json:"state,omitempty"`
	Cohort  cohorts.ID   `json:"cohort,omitempty"`  // that they joined
	Offered []cohorts.ID `json:"offered,omitempty"` // the groups that they were told of
	Asked   people.ID    `json:"asked,omitempty"`   // somebody here who is asked whether this is them
	NotThem []people.ID  `json:"not_them,omitempty"`
	Told    []people.ID  `json:"told,omitempty"` // who runs a group and was told that they are here
	Also    []ID         `json:"also,omitempty"` // registrations of the same person that became one with this
}

// Consent is what somebody agreed to, in the words that they read. Of somebody with an
// account it stands among their consents as well, and what they take back after it.
type Consent struct {
	Purpose consents.Purpose `json:"purpose"`
	Words   string           `json:"words"`
	At      time.Time        `json:"at"`
}

// Way is how somebody wants to be reached.
type Way string

// The ways.
const (
	Here    Way = "here" // in private, where they registered
	Email   Way = "email"
	Phone   Way = "phone"
	Through Way = "through" // by somebody who knows them
)

// Before is the answer to whether somebody has done this before. It keeps nobody
// out.
type Before string

// The answers.
const (
	Done   Before = "yes"
	Alike  Before = "alike"
	NotYet Before = "not yet"
)

// State is how far somebody has come since.
type State string

// The states.
const (
	Waiting State = ""
	Joined  State = "joined" // a group
	Alone   State = "alone"  // began at their own pace
)

// KeptFor is how long an interest is kept; then it is forgotten, whatever came of it.
const KeptFor = 365 * 24 * time.Hour

// mostOutside is how many people without an account can be on the list of one
// programme. More than that is no list that anybody works with.
const mostOutside = 2000

// Table keeps all interests.
var Table = store.NewTable[ID, Interest]("interests", 1,
	store.Index[Interest]{Name: "programme", Keys: func(i Interest) [][]byte {
		return [][]byte{store.Key(i.Programme, i.Made, string(i.ID))}
	}},
	store.Index[Interest]{Name: "person", Keys: func(i Interest) [][]byte {
		if i.Person == "" {
			return nil
		}
		return [][]byte{store.Key(string(i.Person), i.Programme)}
	}},
	store.Index[Interest]{Name: "code", Keys: func(i Interest) [][]byte {
		if i.Code == "" {
			return nil
		}
		return [][]byte{store.Key(i.Code)}
	}})

// Options is what this package needs from outside.
type Options struct {
	Programmes []programmes.Programme // at least one
	Pages      string                 // where the bot's pages are found; empty: it has none
	Join       string                 // how somebody outside gets an account in the workspace: an address or a sentence; empty: they ask

	// Meetings gives the sessions to come that those are asked to who registered
	// interest in a programme, the next one first.
	Meetings func(tx store.Tx, programme string, now time.Time) ([]Meeting, error)
	// CalledOff gives those that were cancelled and would still be to come.
	CalledOff func(tx store.Tx, programme string, now time.Time) ([]Meeting, error)
	// Invite asks somebody who has just registered to those sessions.
	Invite func(tx store.Tx, programme string, p people.Person, w chat.Workspace, now time.Time) error
	// Uninvite takes somebody off them again.
	Uninvite func(tx store.Tx, programme string, p people.ID, now time.Time) error
	// Forget takes an interest, by each of its names, out of what the bot keeps beside
	// the records, and remembers that it was taken back, for the day a backup is put
	// back. person is whose it was.
	Forget func(tx store.Tx, person people.ID, names []string, now time.Time) error
	// Answer keeps whether somebody comes to such a session, said with the words yes or
	// no, and gives what they read of it; AnswerOf gives what they said, and whether the
	// session has moved since. TakeOver makes what somebody said on a page what an
	// account says.
	Answer   func(tx store.Tx, c deeds.Call, programme, session, said string) (string, error)
	AnswerOf func(tx store.Tx, session string, p people.ID) (said string, moved bool, err error)
	TakeOver func(tx store.Tx, from people.ID, p people.Person, now time.Time) error
	// Enrol makes whoever calls a member of a group, without a question.
	Enrol func(tx store.Tx, c deeds.Call, cohort cohorts.ID) (chat.Outcome, error)
	// Guesses holds back who tries codes that are none, by their account.
	Guesses *links.Guesses
	// Alone begins a portfolio without a group, or opens the one that was begun.
	Alone func(tx store.Tx, c deeds.Call, programme string) (chat.Outcome, error)
	// Calendar makes a calendar file. Nil makes none.
	Calendar func(name string, events []chat.Event, now time.Time) []byte
}

// Meeting is a session for those who registered interest.
type Meeting struct {
	ID    string
	Group string // the id of what it is a session of
	Title string
	When  string // in words, with the zone
	Where string // as it was typed
	Moved bool   // it was at another time before
	Event chat.Event
}

type feature struct{ Options }

// Feature is what this package brings to the bot.
func Feature(o Options) deeds.Feature {
	f := feature{o}
	return deeds.Feature{
		Deeds: []deeds.Deed{
			f.registerDeed(), f.mineDeed(), f.listDeed(), f.messageDeed(), f.inviteDeed(),
			f.pageDeed(), f.changeDeed(), f.stopDeed(), f.aloneDeed(), f.oneDeed(), f.eachDeed(), f.removeDeed(),
			f.wishDeed(), f.comeDeed(), f.connectDeed(), f.isDeed(), f.isMeDeed(),
		},
		Jobs:    []jobs.Kind{{Name: forgetKind, Run: f.forgetDue}, {Name: offerKind, Run: f.offerDue}, {Name: tellKind, Run: f.tellDue}},
		Panel:   f.panel,
		Reasons: []outbox.Reason{{Kind: offerKind, Render: f.sayOffer}, {Kind: tellKind, Render: f.sayTold}},
		Tables:  []store.Prepared{Table}, Holdings: f.holdings(),
	}
}

// programme gives a programme that somebody can be interested in.
func (f feature) programme(id string) (programmes.Programme, bool) {
	i := slices.IndexFunc(f.Programmes, func(p programmes.Programme) bool { return p.ID == id })
	if i < 0 {
		return programmes.Programme{ID: id, Title: id}, false
	}
	return f.Programmes[i], true
}

// get gives an interest; false where it is not there, or not there any more.
func get(tx store.Tx, id ID) (Interest, bool, error) {
	return Table.Find(tx, id)
}

// Of gives what a person is interested in.
func Of(tx store.Tx, p people.ID) ([]Interest, error) {
	var all []Interest
	for row, err := range Table.By(tx, "person", string(p)) {
		if err != nil {
			return nil, err
		}
		all = append(all, row.Value)
	}
	return all, nil
}

// In gives everybody who is interested in a programme, those who registered first
// at the beginning.
func In(tx store.Tx, programme string) ([]Interest, error) {
	var all []Interest
	for row, err := range Table.By(tx, "programme", programme) {
		if err != nil {
			return nil, err
		}
		all = append(all, row.Value)
	}
	return all, nil
}

// Reachable gives the people of a workspace who registered interest in a programme,
// want to be reached there and have not begun, and counts the others.
func Reachable(tx store.Tx, programme string, w chat.Workspace) (here []people.ID, outside int, err error) {
	all, err := In(tx, programme)
	for _, i := range all {
		switch {
		case i.State != Waiting:
		case i.Person != "" && i.Workspace == w && i.Way == Here:
			here = append(here, i.Person)
		default:
			outside++
		}
	}
	return here, outside, err
}

// Came notes that somebody has joined a group of a programme, if they had registered
// interest in it.
func Came(tx store.Tx, c cohorts.Cohort, p people.ID) error {
	own, err := Of(tx, p)
	for _, i := range own {
		if i.Programme != c.From.Programme || i.State == Joined {
			continue
		}
		i.State, i.Cohort = Joined, c.ID
		if err := Table.Put(tx, i.ID, i); err != nil {
			return err
		}
	}
	return err
}

// keep keeps a new interest, and sets when it is forgotten.
func (i Interest) keep(tx store.Tx) error {
	if err := jobs.Set(tx, jobs.Job{Key: forgetKey(i.ID), Kind: forgetKind, Record: string(i.ID), Due: i.Until}); err != nil {
		return err
	}
	return Table.Put(tx, i.ID, i)
}

// ledgerName names an interest where it is remembered that it was taken back.
func (i ID) ledgerName() string { return ledgerPrefix + string(i) }

const ledgerPrefix = "interest/"

// Bare gives the id in a name that Options.Forget was given.
func Bare(name string) string { return strings.TrimPrefix(name, ledgerPrefix) }

// Stands tells whether the interest is there that Options.Forget was given the name of.
func Stands(tx store.Tx, name string) (bool, error) {
	if !strings.HasPrefix(name, ledgerPrefix) {
		return false, nil
	}
	return Table.Has(tx, ID(Bare(name)))
}

// Again forgets an interest that was taken back before, and is there again.
func (o Options) Again(tx store.Tx, name string, now time.Time) error {
	i, ok, err := get(tx, ID(Bare(name)))
	if err != nil || !ok {
		return err
	}
	return feature{o}.stop(tx, i, now)
}

// stop forgets an interest because its person said so.
func (f feature) stop(tx store.Tx, i Interest, now time.Time) error {
	if i.Person != "" {
		if err := i.agree(tx, false, now); err != nil {
			return err
		}
	}
	return f.forget(tx, i, now)
}

// forget deletes an interest and everything around it. Somebody without an account
// goes with it: they were here for nothing else.
func (f feature) forget(tx store.Tx, i Interest, now time.Time) error {
	if err := f.drop(tx, i, now); err != nil {
		return err
	}
	who, err := f.dropGuest(tx, i, now)
	if err != nil {
		return err
	}
	return f.Forget(tx, who, i.ledgerNames(), now)
}

// ledgerNames names an interest, and what became one with it.
func (i Interest) ledgerNames() []string {
	names := []string{i.ID.ledgerName()}
	for _, also := range i.Also {
		names = append(names, also.ledgerName())
	}
	return names
}

// dropGuest deletes what is kept of somebody without an account beside their
// interest: who came by its link, the link, and what they answered. It gives who that
// was; empty where there is nobody.
func (f feature) dropGuest(tx store.Tx, i Interest, now time.Time) (people.ID, error) {
	if i.Link == "" {
		return "", nil
	}
	guest, err := people.ByAccount(tx, links.Link{ID: i.Link}.Guest())
	if err != nil && !errors.Is(err, people.ErrUnknown) {
		return "", err
	}
	var faults []error
	if err == nil {
		if f.Uninvite != nil {
			faults = append(faults, f.Uninvite(tx, i.Programme, guest.ID, now))
		}
		faults = append(faults, people.Table.Delete(tx, guest.ID))
	}
	return guest.ID, errors.Join(append(faults, links.Table.Delete(tx, i.Link))...)
}

// agree writes down that somebody with an account agreed to be contacted, or took it
// back.
func (i Interest) agree(tx store.Tx, given bool, now time.Time) error {
	_, err := consents.Keep(tx, consents.Consent{
		Person: i.Person, Purpose: consents.Contact, Scope: i.Programme, Given: given, Words: i.Consent.Words, Where: i.Workspace, At: now,
	})
	return err
}

// drop deletes an interest and what is still to come of it.
func (f feature) drop(tx store.Tx, i Interest, now time.Time) error {
	if err := f.untell(tx, i); err != nil {
		return err
	}
	if err := jobs.Drop(tx, forgetKey(i.ID)); err != nil {
		return err
	}
	for _, c := range i.Offered {
		if err := jobs.Drop(tx, offerKey(i.ID, c)); err != nil {
			return err
		}
	}
	if i.Person != "" && f.Uninvite != nil {
		if err := f.Uninvite(tx, i.Programme, i.Person, now); err != nil {
			return err
		}
	}
	return Table.Delete(tx, i.ID)
}
