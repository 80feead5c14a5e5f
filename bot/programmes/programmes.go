// Package programmes is curricula as data: a YAML file of phases, weeks and
// prompts, with a rhythm, a policy of nudges and what graduating takes. Start
// reading at [Programme]; [Parse] reads a file, [BuiltIn] gives those that come
// along.
//
// A cohort owns a copy of its programme, so that nothing which happens to the
// file afterwards changes what a running group sees.
package programmes

// Programme is one curriculum. A programme may be unfinished: a week without a
// prompt is valid, and its facilitator is asked for one in good time.
type Programme struct {
	ID       string        `yaml:"id" json:"id"`                                 // one lower-case word, hyphens allowed
	Title    string        `yaml:"title" json:"title"`                           // as people see it
	Summary  string        `yaml:"summary" json:"summary"`                       // one or two sentences for who chooses
	Members  Word          `yaml:"members" json:"members"`                       // what members are called
	Rhythm   string        `yaml:"rhythm" json:"rhythm"`                         // when the prompts go out, unless the facilitator says otherwise: "mondays 09:00"
	Welcome  string        `yaml:"welcome,omitempty" json:"welcome,omitempty"`   // what a new member reads, Markdown, a template like a prompt
	OwnPace  bool          `yaml:"own_pace,omitempty" json:"own_pace,omitempty"` // the weeks are an offer beside everyone's own work, with no end in sight
	Strands  []Strand      `yaml:"strands,omitempty" json:"strands,omitempty"`
	Phases   []Phase       `yaml:"phases,omitempty" json:"phases"` // may only be missing where there is a portfolio
	Nudges   Nudges        `yaml:"nudges,omitempty" json:"nudges"`
	Graduate []Requirement `yaml:"graduate,omitempty" json:"graduate,omitempty"` // what graduating takes

	Community  bool       `yaml:"community,omitempty" json:"community,omitempty"`  // a community of practice: any member may plan sessions and propose changes of the plan
	Experiment Experiment `yaml:"experiment,omitempty" json:"experiment,omitzero"` // how experiments run
	Peers      Peers      `yaml:"peers,omitempty" json:"peers,omitzero"`           // how members meet and reflect with each other
	Stars      []Star     `yaml:"stars,omitempty" json:"stars,omitempty"`          // instruments to look at oneself or at a community with

	Portfolio Portfolio `yaml:"portfolio,omitempty" json:"portfolio,omitzero"` // what a member's portfolio of evidence holds, if the programme has one
	Interest  Interest  `yaml:"interest,omitempty" json:"interest,omitzero"`   // what somebody is asked who would like to take part one day
}

// Interest is what somebody is asked who registers interest before there is a group
// to join. The answer welcomes and never decides.
type Interest struct {
	Ask string `yaml:"ask,omitempty" json:"ask,omitempty"` // a question for yes, something like it, or not yet; at most [MaxAsk] characters; empty: one of ours
}

// MaxAsk is how many characters the question of [Interest] has at most: what the
// label of a question holds on all platforms.
const MaxAsk = 45

// Portfolio says what a portfolio of evidence holds, who judges it and what it
// leads to. A member may have one with or without a cohort.
type Portfolio struct {
	Title        string     `yaml:"title" json:"title"`
	About        string     `yaml:"about,omitempty" json:"about,omitempty"` // what it is for, and for whom
	Framework    string     `yaml:"framework" json:"framework"`             // id of the framework whose criteria it is judged by
	Parts        []Part     `yaml:"parts" json:"parts"`
	Slots        []Slot     `yaml:"slots,omitempty" json:"slots,omitempty"`               // attestations that it needs
	Hours        []Band     `yaml:"hours,omitempty" json:"hours,omitempty"`               // guidance, never a gate
	Fee          Fee        `yaml:"fee,omitempty" json:"fee,omitzero"`                    // due when it is submitted
	Scholarships int        `yaml:"scholarships,omitempty" json:"scholarships,omitempty"` // how many there are
	Credential   Credential `yaml:"credential,omitempty" json:"credential,omitzero"`
}

// Part is one part of a portfolio.
type Part struct {
	ID    string   `yaml:"id" json:"id"`
	Title string   `yaml:"title" json:"title"`
	Ask   string   `yaml:"ask,omitempty" json:"ask,omitempty"` // what belongs there, as the member reads it
	Holds PartKind `yaml:"holds" json:"holds"`
}

// PartKind is what a part is made of.
type PartKind string

// The kinds of parts.
const (
	HoldsText         PartKind = "text"         // written by the member
	HoldsAttestations PartKind = "attestations" // given by others
	HoldsDocuments    PartKind = "documents"    // files, links and what else was kept as evidence
)

// PartKinds are all of them.
var PartKinds = []PartKind{HoldsText, HoldsAttestations, HoldsDocuments}

// Slot is a place for attestations that a portfolio needs.
type Slot struct {
	ID    string `yaml:"id" json:"id"`
	Title string `yaml:"title" json:"title"`
	Roles []Role `yaml:"roles" json:"roles"`                     // whose word counts here
	Least int    `yaml:"least,omitempty" json:"least,omitempty"` // how many; 0 is one
}

// Role is what somebody was to a learner when they saw them work.
type Role string

// The roles of those who attest.
const (
	Participant Role = "participant"
	Peer        Role = "peer"
	Mentor      Role = "mentor"
	Supervisor  Role = "supervisor"
	Manager     Role = "manager"
)

// Roles are all of them.
var Roles = []Role{Participant, Peer, Mentor, Supervisor, Manager}

// Band is how many hours something takes most people.
type Band struct {
	ID    string `yaml:"id" json:"id"` // what hours are logged under
	Title string `yaml:"title" json:"title"`
	From  int    `yaml:"from" json:"from"` // hours
	To    int    `yaml:"to" json:"to"`
}

// Fee is what an assessment costs.
type Fee struct {
	Amount   int    `yaml:"amount" json:"amount"`     // whole units of the currency
	Currency string `yaml:"currency" json:"currency"` // three letters, ISO 4217
}

// Credential says what a confirmed result leads to. Until an awarding body is
// named, level and credits appear on no certificate.
type Credential struct {
	Name    string `yaml:"name" json:"name"`
	Says    string `yaml:"says" json:"says"`                       // what its holder has shown
	Level   int    `yaml:"level,omitempty" json:"level,omitempty"` // in the awarding body's national framework
	Credits int    `yaml:"credits,omitempty" json:"credits,omitempty"`
	Awarded string `yaml:"awarded_by,omitempty" json:"awarded_by,omitempty"` // the awarding body
}

// IsZero tells whether there is no portfolio.
func (p Portfolio) IsZero() bool { return p.Title == "" && len(p.Parts) == 0 }

// Experiment says how members' experiments run.
type Experiment struct {
	Days int `yaml:"days,omitempty" json:"days,omitempty"` // days of trying, each with one check-in; 0 is [UsualDays]
}

// UsualDays is how many days an experiment lasts where the programme says nothing.
const UsualDays = 5

// Peers says how members meet in twos and threes, and what they ask each other.
type Peers struct {
	Size      int      `yaml:"size,omitempty" json:"size,omitempty"`           // 2 or 3 people who meet; 0 is 2
	Questions []string `yaml:"questions,omitempty" json:"questions,omitempty"` // what a peer is asked for a reflection, one to five; empty: three of ours
}

// Star is an instrument: a star with a point for each thing to look at, filled
// in several times, so that then and now can be seen side by side.
type Star struct {
	ID     string  `yaml:"id" json:"id"`
	Title  string  `yaml:"title" json:"title"`
	About  string  `yaml:"about,omitempty" json:"about,omitempty"` // what it is for, in a sentence or two
	Points []Point `yaml:"points" json:"points"`                   // three to twelve
}

// Point is one point of a star.
type Point struct {
	ID    string `yaml:"id" json:"id"`
	Title string `yaml:"title" json:"title"`                 // one or two words that stand at the point
	Ask   string `yaml:"ask,omitempty" json:"ask,omitempty"` // the question behind it
}

// Activity is something that a week offers beside its question.
type Activity string

// The activities. Each offers a button under the week's question; some begin by
// themselves when the week goes out.
const (
	DoExperiment Activity = "experiment" // an experiment of one's own can begin
	DoStory      Activity = "story"      // its story can be told
	DoStar       Activity = "star"       // a star can be filled in
	DoRehearsal  Activity = "rehearsal"  // a tool is practised, and people say how it went
	DoPairs      Activity = "pairs"      // members meet in twos and threes
	DoGoals      Activity = "goals"      // the group looks at its goals
	DoVerdict    Activity = "verdict"    // people say what to keep, change or drop
	DoGift       Activity = "gift"       // something can be left for the next cohort
	DoThink      Activity = "think"      // questions can be picked up and thought about
	DoLens       Activity = "lens"       // people say how they work together
)

// Activities are all of them.
var Activities = []Activity{DoExperiment, DoStory, DoStar, DoRehearsal, DoPairs, DoGoals, DoVerdict, DoGift, DoThink, DoLens}

// Word is a noun in both numbers, as it stands inside a sentence.
type Word struct {
	One  string `yaml:"one" json:"one"`   // "Explorer"
	Many string `yaml:"many" json:"many"` // "Explorers"
}

// Strand is a thread that runs through the weeks, such as ideas or techniques.
type Strand struct {
	ID    string `yaml:"id" json:"id"`
	Title string `yaml:"title" json:"title"`
}

// Phase is a run of weeks with a purpose.
type Phase struct {
	ID      string `yaml:"id" json:"id"`
	Title   string `yaml:"title" json:"title"`
	Summary string `yaml:"summary,omitempty" json:"summary,omitempty"`
	Weeks   []Week `yaml:"weeks" json:"weeks"`
}

// Week is one step of the rhythm.
type Week struct {
	Title  string `yaml:"title" json:"title"`
	Strand string `yaml:"strand,omitempty" json:"strand,omitempty"` // id of a strand
	Prompt string `yaml:"prompt,omitempty" json:"prompt,omitempty"` // Markdown, a text/template over [Scene]; empty: not written yet

	With []Activity `yaml:"with,omitempty" json:"with,omitempty"` // what it offers beside the question, at most three
}

// Nudges says how members are reminded of an open prompt.
type Nudges struct {
	After  string `yaml:"after,omitempty" json:"after,omitempty"`   // how long after the prompt, such as "3 days"; empty: never
	Weekly int    `yaml:"weekly,omitempty" json:"weekly,omitempty"` // at most so many private reminders a person a week, over everything
}

// Requirement is one thing that graduating takes: something done, never a count
// of answers or attendances.
type Requirement struct {
	ID    string `yaml:"id" json:"id"`
	Text  string `yaml:"text" json:"text"`                       // as the member reads it
	Done  Done   `yaml:"done" json:"done"`                       // how it is known
	Times int    `yaml:"times,omitempty" json:"times,omitempty"` // how many times; 0 is once
}

// Done names how a requirement is known to be met.
type Done string

// The ways of knowing.
const (
	ByExperiment  Done = "experiment"  // an experiment run, one that was stopped early included
	ByStory       Done = "story"       // a story of an experiment shared
	ByGift        Done = "gift"        // something left for the next cohort
	ByFacilitator Done = "facilitator" // a facilitator says so
)

// Scene is what a prompt may speak of: {{.Cohort}}, {{.Week}} and so on.
type Scene struct {
	Cohort  string // the cohort's name
	Member  string // what one member is called
	Members string // what several are called
	Week    int    // which week of the plan, from 1
	Weeks   int    // how many there are
	Title   string // of the week
	Phase   string // title of the phase
	Strand  string // title of the strand, or empty
}
