package attestations

import (
	"crypto/ed25519"
	"errors"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Options is what this package needs from outside.
type Options struct {
	// Portfolios gives those that a person can ask for, the likeliest first. Nil
	// gives none: words are then kept for whichever comes.
	Portfolios func(tx store.Tx, p people.ID) ([]Portfolio, error)
	Pages      string             // where the bot's pages are found; empty: nobody outside can be given a link
	Key        ed25519.PrivateKey // signs what is given; nil signs nothing
	// Changed is told in the same deed of what a writer corrected or took back, so that
	// what stands elsewhere follows. Nil tells nobody.
	Changed func(tx store.Tx, a Attestation, now time.Time) error
}

type feature struct{ Options }

const (
	openFor        = 30 * 24 * time.Hour // a request, and its link
	correctFor     = 14 * 24 * time.Hour // what was given
	withdrawFor    = 5 * 365 * 24 * time.Hour
	remindAfter    = 7 * 24 * time.Hour
	mostReminders  = 2
	usualNudges    = 3 // a week, from a person's budget
	againAfter     = 2 * 24 * time.Hour
	mostLines      = 20 // that two write to each other beforehand
	maxWords       = 6000
	openPath       = "attest open"
	writePath      = "attest write"
	declinePath    = "attest decline"
	questionPath   = "attest question"
	withdrawPath   = "attest withdraw"
	answerPath     = "attest answer"
	readPath       = "attest read"
	linkPath       = "attest link"
	cancelPath     = "attest cancel"
	trackPath      = "attest track"
	askPath        = "attest ask"
	recordPath     = "attest record"
	sayJob         = "attest say"    // somebody's quiet hours or leave are over
	remindJob      = "attest remind" // nothing came yet
	expireJob      = "attest expire"
	askKind        = "attest ask"    // to who is asked
	againKind      = "attest again"  // to who is asked: it is still open
	answerKind     = "attest answer" // to who is asked: what the learner wrote back
	givenKind      = "attest given"  // these to the learner
	correctedKind  = "attest corrected"
	withdrawnKind  = "attest withdrawn"
	declinedKind   = "attest declined"
	questionKind   = "attest question"
	expiredKind    = "attest expired"
	unusedKind     = "attest unused" // nobody wrote by the link yet
	recordSplitter = "/"
)

// Feature is what this package brings to the bot.
func Feature(o Options) deeds.Feature {
	if o.Portfolios == nil {
		o.Portfolios = func(store.Tx, people.ID) ([]Portfolio, error) { return nil, nil }
	}
	if o.Changed == nil {
		o.Changed = func(store.Tx, Attestation, time.Time) error { return nil }
	}
	f := feature{o}
	return deeds.Feature{
		Deeds: []deeds.Deed{
			f.askDeed(), f.trackDeed(), f.cancelDeed(), f.recordDeed(), f.readDeed(),
			f.linkDeed(), f.openDeed(), f.writeDeed(), f.declineDeed(), f.questionDeed(), f.answerDeed(), f.withdrawDeed(),
		},
		Jobs: []jobs.Kind{
			{Name: sayJob, Run: sayDue},
			{Name: remindJob, Run: remindDue},
			{Name: expireJob, Run: expireDue},
		},
		Reasons: []outbox.Reason{
			{Kind: askKind, Render: sayAsk},
			{Kind: againKind, Render: sayAgain},
			{Kind: answerKind, Render: sayAnswer},
			{Kind: givenKind, Render: sayGiven},
			{Kind: correctedKind, Render: sayCorrected},
			{Kind: withdrawnKind, Render: sayWithdrawn},
			{Kind: declinedKind, Render: sayDeclined},
			{Kind: questionKind, Render: sayQuestion},
			{Kind: expiredKind, Render: sayExpired},
			{Kind: unusedKind, Render: sayUnused},
		},
		Tables:   []store.Prepared{Requests, Table, Entries, heads},
		Holdings: f.holdings(),
	}
}

// ofLearner gives the request of a button, and refuses everybody but the learner.
func ofLearner(tx store.Tx, c deeds.Call) (Request, error) {
	r, err := get(tx, c.Record)
	if err == nil && (r.ID == "" || r.Learner != c.Person.ID) {
		err = deeds.Refuse(deeds.NotFound, "That is no longer there, or was somebody else's to ask. /attest track shows what is yours.")
	}
	return r, err
}

// ofWriter gives the request of a button or a link, and refuses everybody but who
// was asked and, of what somebody wrote down for them, who did.
func ofWriter(tx store.Tx, c deeds.Call) (Request, error) {
	r, err := get(tx, c.Record)
	if err != nil {
		return r, err
	}
	if r.ID != "" && (r.Person == c.Person.ID || r.Outside() && c.Profile.User.ID == string(r.Link) && c.Role == chat.Guest) {
		return r, nil
	}
	a, err := Table.Get(tx, r.ID)
	if err == nil && r.ID != "" && a.Writer == c.Person.ID && a.Stands() {
		return r, nil
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return r, err
	}
	return r, deeds.Refuse(deeds.NotFound, "That is no longer there, or was for somebody else. There is nothing that you need to do.")
}

// learnerOf gives who asked.
func (r Request) learnerOf(tx store.Tx) (people.Person, error) {
	p, err := people.Table.Get(tx, r.Learner)
	if errors.Is(err, store.ErrNotFound) {
		return people.Person{ID: r.Learner, Name: "Somebody who is no longer here"}, nil
	}
	return p, err
}

// rest drops what is still to happen about a request.
func (r Request) rest(tx store.Tx) error {
	for _, key := range []string{remindJob, expireJob, sayJob + recordSplitter + askKind, sayJob + recordSplitter + againKind, sayJob + recordSplitter + unusedKind} {
		if err := jobs.Drop(tx, key+recordSplitter+string(r.ID)); err != nil {
			return err
		}
	}
	return outbox.Touch(tx, askKind, string(r.ID))
}
