package bot

import (
	"errors"
	"slices"
	"time"

	"cohortbot/bot/attestations"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/credentials"
	"cohortbot/bot/deeds"
	"cohortbot/bot/directory"
	"cohortbot/bot/evidence"
	"cohortbot/bot/experiments"
	"cohortbot/bot/goals"
	"cohortbot/bot/graduation"
	"cohortbot/bot/hours"
	"cohortbot/bot/interest"
	"cohortbot/bot/lenses"
	"cohortbot/bot/peers"
	"cohortbot/bot/people"
	"cohortbot/bot/portfolios"
	"cohortbot/bot/programmes"
	"cohortbot/bot/prompts"
	"cohortbot/bot/research"
	"cohortbot/bot/sessions"
	"cohortbot/bot/settings"
	"cohortbot/bot/shelf"
	"cohortbot/bot/stars"
	"cohortbot/bot/store"
	"cohortbot/bot/thinking"
	"cohortbot/bot/thread"
	"cohortbot/bot/verdicts"
)

// nouns says what the first words of commands are about, where several commands
// share one: in /help, and where a platform lists its commands.
var nouns = map[string]string{
	"cohort":     "the group, and who is in it",
	"plan":       "the weeks and their dates",
	"thread":     "what is parked for later, and what is shared",
	"session":    "times to meet",
	"interest":   "hearing of it before there is a group",
	"shape":      "a star of what you have, or a community has",
	"practise":   "how trying out a tool went",
	"lens":       "how you work together, and what you make of it",
	"verdict":    "what to keep, change or drop next time",
	"experiment": "a hunch, tried for a few days",
	"peer":       "meeting each other, and asking for a reflection",
	"goal":       "what the group sets out to do",
	"graduation": "what it takes, and who has done it",
	"legacy":     "what is left for those who come next",
	"settings":   "reminders, leave, quiet hours and the like",
	"directory":  "trainings, and communities of practice",
	"shelf":      "what is of use, to you or your group",
	"evidence":   "what shows your work",
	"hours":      "how long your work took",
	"attest":     "words from people who were there",
	"think":      "questions to pick up, in your own time",
	"portfolio":  "all of it together, to hand in",
	"credential": "what you were given for it, and whether it stands",
}

// features is the one list of what the bot can do.
func features(o Options) []deeds.Feature {
	library := groups(o)
	kept := evidence.NewLibrary(o.Programmes, o.Frameworks)
	kept.Judged = portfolios.Judged
	dimensions, _ := kept.Framework(LookedAt)
	for i := range kept.Programmes {
		if body := o.Awarding[kept.Programmes[i].ID]; body != "" {
			kept.Programmes[i].Portfolio.Credential.Awarded = body
		}
	}
	given := credentials.Options{Library: kept, Issuer: o.Issuer, Address: o.IssuerAddress, Pages: o.Pages}
	return []deeds.Feature{
		cohorts.Feature(library),
		prompts.Feature(),
		thread.Feature(coming, planner, prompts.Behind),
		sessions.Feature(sessions.Options{Calendar: o.Calendar, Pages: o.Pages, Programmes: allProgrammes(o), Interested: interest.Reachable}),
		interest.Feature(interestOptions(o)),
		stars.Feature(),
		lenses.Feature(lenses.Options{Dimensions: dimensions, Calendar: o.Calendar}),
		verdicts.Feature(),
		experiments.Feature(),
		peers.Feature(),
		thinking.Feature(thinking.NewLibrary(o.Chapters)),
		settings.Feature(),
		goals.Feature(),
		graduation.Feature(),
		shelf.Feature(),
		directory.Feature(directory.Options{Frameworks: kept.Frameworks, Complete: completed(kept)}),
		credentials.Feature(given),
		evidence.Feature(kept),
		hours.Feature(kept),
		research.Feature(),
		portfolios.Feature(portfolios.Options{Library: kept, Pages: o.Pages, Guesses: o.guesses, Met: credentials.OnMet(given)}),
		attestations.Feature(attestations.Options{Portfolios: portfolios.ForAttestations(kept), Pages: o.Pages, Key: o.Key, Changed: said}),
	}
}

// groups is what cohorts are made from, and what the others have to say to who joins
// and leaves one.
func groups(o Options) cohorts.Library {
	library := cohorts.Library{Programmes: allProgrammes(o), Holidays: o.Holidays}
	library.Joining = append(library.Joining, sessions.Next, experiments.Back, came)
	library.Leaving = append(library.Leaving, graduation.Leaving)
	// What has no weeks is prepared by each member, and is nothing for a group to start.
	library.Programmes = slices.DeleteFunc(library.Programmes, func(p programmes.Programme) bool { return p.Weeks() == 0 })
	return library
}

// LookedAt is the framework whose dimensions groups look at themselves with. It
// comes along; an organisation's own takes its place.
const LookedAt = "five-dimensions"

// allProgrammes are the organisation's own and the built-in ones.
func allProgrammes(o Options) []programmes.Programme {
	all := slices.Clone(o.Programmes)
	for _, p := range programmes.BuiltIn() { // an own programme takes the place of a built-in one
		if !slices.ContainsFunc(o.Programmes, func(own programmes.Programme) bool { return own.ID == p.ID }) {
			all = append(all, p)
		}
	}
	return all
}

// interestOptions gives interest what it needs of the features beside it.
func interestOptions(o Options) interest.Options {
	return interest.Options{
		Programmes: allProgrammes(o), Pages: o.Pages, Join: o.Join, Calendar: o.Calendar,
		Invite: sessions.Ask, Uninvite: sessions.Unask, Forget: forgetInterest,
		Meetings:  meetings(sessions.Questions),
		CalledOff: meetings(sessions.CalledOff),
		Answer: func(tx store.Tx, c deeds.Call, programme, session, said string) (string, error) {
			return sessions.AnswerOutside(tx, c, programme, session, sessions.Answer(said))
		},
		AnswerOf: func(tx store.Tx, session string, p people.ID) (string, bool, error) {
			said, moved, err := sessions.AnswerOf(tx, session, p)
			return string(said), moved, err
		},
		TakeOver: sessions.TakeOver, Enrol: groups(o).Enrol, Guesses: o.guesses,
		Alone: portfolios.Alone(portfolios.Options{Library: evidence.NewLibrary(o.Programmes, o.Frameworks), Pages: o.Pages}),
	}
}

// meetings gives interest sessions for those who registered; they are beside it.
func meetings(find func(store.Tx, string, time.Time) ([]sessions.Session, []cohorts.Cohort, error)) func(store.Tx, string, time.Time) ([]interest.Meeting, error) {
	return func(tx store.Tx, programme string, now time.Time) ([]interest.Meeting, error) {
		found, of, err := find(tx, programme, now)
		var all []interest.Meeting
		for i, s := range found {
			when, entry := s.Said(of[i], now)
			all = append(all, interest.Meeting{ID: string(s.ID), Group: string(s.Cohort), Title: s.Title, When: when, Where: s.Where, Moved: s.Moved(), Event: entry})
		}
		return all, err
	}
}

// came tells interest that somebody has joined a group. It has nothing to say to
// them.
func came(tx store.Tx, c cohorts.Cohort, p people.Person, _ time.Time) (deeds.Glance, error) {
	return deeds.Glance{}, interest.Came(tx, c, p.ID)
}

// comingShown is how many sessions ahead something can be promised for.
const comingShown = 10

// planner tells the thread who planned a session.
func planner(tx store.Tx, session string) (people.ID, error) {
	s, err := sessions.Table.Get(tx, sessions.ID(session))
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return s.By, err
}

// coming gives the sessions of a cohort to the thread, which is below them.
func coming(tx store.Tx, c cohorts.ID, now time.Time) ([]thread.Occasion, error) {
	next, err := sessions.Upcoming(tx, c, now, comingShown)
	var all []thread.Occasion
	for _, s := range next {
		if len(s.People) > 0 { // for some alone: the group is not to read of it
			continue
		}
		all = append(all, thread.Occasion{ID: string(s.ID), Title: s.Title, Start: s.Start()})
	}
	return all, err
}

// completed gives evidence the trainings that people have done; the directory is
// below it.
func completed(l evidence.Library) func(store.Tx, deeds.Call, directory.Completion) (chat.Outcome, error) {
	return func(tx store.Tx, c deeds.Call, x directory.Completion) (chat.Outcome, error) {
		done := evidence.Completed{Training: string(x.Training), Title: x.Title, Text: x.Words, Link: x.Link, Files: x.Files, On: x.On}
		for _, m := range x.Marks {
			done.Suggested = append(done.Suggested, evidence.Tag{Framework: m.Framework, Item: m.Item})
		}
		return l.Complete(tx, c, done)
	}
}

// said has copies of what a writer said follow what they say of it now.
func said(tx store.Tx, a attestations.Attestation, now time.Time) error {
	if !a.Stands() {
		if err := portfolios.Blank(tx, a.Learner, a.ID); err != nil {
			return err
		}
	}
	return credentials.Changed(tx, a, now)
}
