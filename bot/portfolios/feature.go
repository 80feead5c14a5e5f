package portfolios

import (
	"time"

	"cohortbot/bot/attestations"
	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/evidence"
	"cohortbot/bot/links"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Options is what this package needs from outside.
type Options struct {
	Library evidence.Library
	Pages   string // where the bot's pages are found; empty: nobody outside can be given a link
	// Guesses holds back who tries codes that are none, by their account. Nil holds
	// nobody back.
	Guesses *links.Guesses
	// Met does what follows from a result that an assessor has just confirmed, in the
	// same deed, and tells the owner. Nil: nothing follows.
	Met func(tx store.Tx, r Confirmed, now time.Time) error
}

// Confirmed is a result by which a portfolio meets all that is asked.
type Confirmed struct {
	Portfolio  Portfolio
	Snapshot   Snapshot
	Contents   Contents
	Assessment Assessment
	By         people.ID // who assessed
}

type feature struct{ Options }

// Feature is what this package brings to the bot.
func Feature(o Options) deeds.Feature {
	f := feature{o}
	return deeds.Feature{
		Deeds: []deeds.Deed{
			f.startDeed(), f.openDeed(), f.allDeed(), f.reuseDeed(),
			f.writeDeed(writePath, "Write a part of your portfolio", false),
			f.writeDeed("portfolio add", "Add a few words to a part", true),
			f.papersDeed(), f.pageDeed(), f.lockDeed(), f.readDeed(), f.versionsDeed(), f.restoreDeed(),
			f.submitDeed(), f.resultsDeed(), f.scholarshipDeed(), f.recoveryDeed(), f.claimDeed(), f.deleteDeed(),
			f.assessDeed(), f.filesDeed(), f.judgeDeed(), f.moreDeed(), f.decideDeed(),
			f.deskDeed(), f.assessorDeed(), f.feeDeed(), f.awardDeed(),
			f.recoverDeed(),
			f.exportDeed(), f.takeDeed(), f.downloadDeed(),
		},
		Reasons:  f.reasons(),
		Own:      f.glance,
		Panel:    f.panel,
		Tables:   []store.Prepared{Table, Texts, Versions, Steps, Snapshots, frozens, Scholarships, Appointments, Assessments},
		Holdings: f.holdings(),
	}
}

// ForAttestations gives the portfolios that a person can ask for attestations for,
// the youngest first.
func ForAttestations(l evidence.Library) func(tx store.Tx, p people.ID) ([]attestations.Portfolio, error) {
	return func(tx store.Tx, p people.ID) ([]attestations.Portfolio, error) {
		own, err := Of(tx, p)
		var found []attestations.Portfolio
		for i := len(own) - 1; i >= 0; i-- {
			f, _ := l.Framework(own[i].Asks.Framework)
			found = append(found, attestations.Portfolio{ID: string(own[i].ID), Title: own[i].Asks.Title, Slots: own[i].Asks.Slots, Framework: f})
		}
		return found, err
	}
}

// Alone gives what begins a portfolio of a programme without a group, for somebody who
// chose that elsewhere. Whoever has begun one is shown it: choosing twice is choosing
// once.
func Alone(o Options) func(tx store.Tx, c deeds.Call, programme string) (chat.Outcome, error) {
	f := feature{o}
	return func(tx store.Tx, c deeds.Call, programme string) (chat.Outcome, error) {
		x, err := f.programmeNamed(programme)
		if err != nil {
			return chat.Outcome{}, err
		}
		own, err := Of(tx, c.Person.ID)
		if err != nil {
			return chat.Outcome{}, err
		}
		for _, p := range own {
			if p.Programme == x.ID {
				m, err := f.openMessage(tx, p, c)
				m.Text = "You have begun already; this is where you are.\n\n" + m.Text
				return chat.Answering(m), err
			}
		}
		return f.start(tx, c, x, "")
	}
}
