package programmes

import (
	"reflect"

	"cohortbot/bot/yamlfile"
)

//go:generate go test -run TestTheSchemaFileIsCurrent -update .

// about is what editors show for each field, and the limits that the type does
// not tell. A test finds a field that is missing here.
var about = map[string]yamlfile.Node{
	"Programme":              {Description: "A curriculum: phases of weeks, each with a prompt or without one yet."},
	"Programme.id":           {Description: "What the programme is stored under: lower-case letters, digits and hyphens.", Pattern: yamlfile.IDPattern, MaxLength: MaxTitle},
	"Programme.title":        {Description: "The title as people see it.", MinLength: 1, MaxLength: MaxTitle},
	"Programme.summary":      {Description: "One or two sentences for who chooses a programme.", MinLength: 1, MaxLength: maxText},
	"Programme.members":      {Description: "What members are called, such as one: Explorer, many: Explorers. If left out: member, members."},
	"Programme.rhythm":       {Description: "When the prompts go out, unless the facilitator says otherwise, such as mondays 09:00.", MinLength: 1, MaxLength: MaxTitle},
	"Programme.welcome":      {Description: "What a new member reads: Markdown, with {{.Cohort}} and the like.", MaxLength: MaxPrompt},
	"Programme.own_pace":     {Description: "true: the weeks are an offer beside everyone's own work, with no end in sight."},
	"Programme.strands":      {Description: "Threads that run through the weeks, such as ideas or techniques."},
	"Programme.phases":       {Description: "Runs of weeks, one after the other.", MinItems: 1},
	"Programme.nudges":       {Description: "How members are reminded of an open prompt."},
	"Programme.graduate":     {Description: "What graduating takes: things done, never a count of answers or attendances."},
	"Word.one":               {Description: "One of them, as it stands inside a sentence.", MinLength: 1, MaxLength: MaxTitle},
	"Word.many":              {Description: "Several of them.", MinLength: 1, MaxLength: MaxTitle},
	"Strand.id":              {Description: "What weeks name the strand by.", Pattern: yamlfile.IDPattern, MaxLength: MaxTitle},
	"Strand.title":           {Description: "The title as people see it.", MinLength: 1, MaxLength: MaxTitle},
	"Phase.id":               {Description: "What the phase is stored under.", Pattern: yamlfile.IDPattern, MaxLength: MaxTitle},
	"Phase.title":            {Description: "The title as people see it.", MinLength: 1, MaxLength: MaxTitle},
	"Phase.summary":          {Description: "What the phase is for.", MaxLength: maxText},
	"Phase.weeks":            {Description: "Its weeks, in their order.", MinItems: 1},
	"Week.title":             {Description: "The title as people see it.", MinLength: 1, MaxLength: MaxTitle},
	"Week.strand":            {Description: "The id of a strand, or nothing.", MaxLength: MaxTitle},
	"Week.prompt":            {Description: "The question: Markdown, with {{.Week}} and the like. Left out: not written yet; the facilitator is asked in good time.", MaxLength: MaxPrompt},
	"Nudges.after":           {Description: "How long after the prompt a member is reminded in private, such as 3 days. Left out: never.", MaxLength: MaxTitle},
	"Nudges.weekly":          {Description: "At most so many private reminders a person a week, over everything.", Minimum: new(int), Maximum: 7},
	"Programme.community":    {Description: "true: a community of practice, in which any member may plan sessions and propose changes of the plan."},
	"Programme.experiment":   {Description: "How members' experiments run."},
	"Programme.peers":        {Description: "How members meet in twos and threes, and what they ask each other."},
	"Programme.stars":        {Description: "Instruments: stars with a point for each thing to look at."},
	"Week.with":              {Description: "What the week offers beside its question: at most three of experiment, story, star, rehearsal, pairs, goals, verdict, gift, think, lens."},
	"Experiment.days":        {Description: "Days of trying, each with one check-in; left out: 5.", Minimum: new(int), Maximum: maxDays},
	"Peers.size":             {Description: "How many meet, 2 or 3; left out: 2.", Minimum: new(int), Maximum: 3},
	"Peers.questions":        {Description: "What a peer is asked for a reflection, at most five; left out: three of ours."},
	"Star.id":                {Description: "What the star is stored under.", Pattern: yamlfile.IDPattern, MaxLength: MaxTitle},
	"Star.title":             {Description: "The title as people see it.", MinLength: 1, MaxLength: MaxTitle},
	"Star.about":             {Description: "What it is for, in a sentence or two.", MaxLength: maxText},
	"Star.points":            {Description: "Three to twelve points.", MinItems: leastPoints},
	"Point.id":               {Description: "What the point is stored under.", Pattern: yamlfile.IDPattern, MaxLength: MaxTitle},
	"Point.title":            {Description: "One or two words that stand at the point.", MinLength: 1, MaxLength: maxPoint},
	"Point.ask":              {Description: "The question behind it.", MaxLength: maxText},
	"Programme.portfolio":    {Description: "What a member's portfolio of evidence holds, who judges it and what it leads to."},
	"Portfolio.title":        {Description: "The title as people see it.", MinLength: 1, MaxLength: MaxTitle},
	"Portfolio.about":        {Description: "What it is for, and for whom.", MaxLength: maxText},
	"Portfolio.framework":    {Description: "The id of the framework whose criteria it is judged by.", Pattern: yamlfile.IDPattern, MaxLength: MaxTitle},
	"Portfolio.parts":        {Description: "Its parts, in their order.", MinItems: 1},
	"Portfolio.slots":        {Description: "The attestations that it needs."},
	"Portfolio.hours":        {Description: "How many hours things take most people: guidance, never a gate."},
	"Portfolio.fee":          {Description: "What the assessment costs, due when it is submitted."},
	"Portfolio.scholarships": {Description: "How many scholarships there are; they waive the fee.", Minimum: new(int), Maximum: maxScholarships},
	"Portfolio.credential":   {Description: "What a confirmed result leads to."},
	"Programme.interest":     {Description: "What somebody is asked who registers interest before there is a group."},
	"Interest.ask":           {Description: "A question for yes, something like it, or not yet; nobody is turned away by the answer. Left out: one of ours.", MaxLength: MaxAsk},
	"Part.id":                {Description: "What the part is stored under.", Pattern: yamlfile.IDPattern, MaxLength: MaxTitle},
	"Part.title":             {Description: "The title as people see it.", MinLength: 1, MaxLength: MaxTitle},
	"Part.ask":               {Description: "What belongs there, as the member reads it.", MaxLength: maxText},
	"Part.holds":             {Description: "What it is made of: text that the member writes, attestations by others, or documents and other evidence.", Enum: []string{string(HoldsText), string(HoldsAttestations), string(HoldsDocuments)}},
	"Slot.id":                {Description: "What the slot is stored under.", Pattern: yamlfile.IDPattern, MaxLength: MaxTitle},
	"Slot.title":             {Description: "The title as people see it.", MinLength: 1, MaxLength: MaxTitle},
	"Slot.roles":             {Description: "Whose word counts here: participant, peer, mentor, supervisor, manager.", MinItems: 1},
	"Slot.least":             {Description: "How many are needed; left out: one.", Minimum: new(int), Maximum: 20},
	"Band.id":                {Description: "What hours are logged under.", Pattern: yamlfile.IDPattern, MaxLength: MaxTitle},
	"Band.title":             {Description: "The title as people see it.", MinLength: 1, MaxLength: MaxTitle},
	"Band.from":              {Description: "The least, in hours.", Minimum: new(int), Maximum: maxHours},
	"Band.to":                {Description: "The most, in hours.", Minimum: new(int), Maximum: maxHours},
	"Fee.amount":             {Description: "In whole units of the currency.", Minimum: new(int), Maximum: 1_000_000},
	"Fee.currency":           {Description: "Three letters, such as NZD.", Pattern: currencyPattern},
	"Credential.name":        {Description: "What it is called.", MinLength: 1, MaxLength: MaxTitle},
	"Credential.says":        {Description: "What its holder has shown.", MinLength: 1, MaxLength: maxText},
	"Credential.level":       {Description: "The level in the awarding body's framework. Shown on no certificate until awarded_by is named.", Minimum: new(int), Maximum: 10},
	"Credential.credits":     {Description: "How many credits. Shown on no certificate until awarded_by is named.", Minimum: new(int), Maximum: 1000},
	"Credential.awarded_by":  {Description: "The awarding body, once there is one.", MaxLength: MaxTitle},
	"Requirement.id":         {Description: "What the requirement is stored under.", Pattern: yamlfile.IDPattern, MaxLength: MaxTitle},
	"Requirement.text":       {Description: "The requirement as the member reads it.", MinLength: 1, MaxLength: maxText},
	"Requirement.done":       {Description: "How it is known: an experiment run, a story shared, a gift left for the next cohort, or a facilitator who says so.", Enum: []string{string(ByExperiment), string(ByStory), string(ByGift), string(ByFacilitator)}},
	"Requirement.times":      {Description: "How many times; left out: once.", Minimum: new(int), Maximum: 52},
}

// optional are the fields that may be missing although they are always written.
var optional = map[string]bool{"Programme.members": true}

// Schema gives the JSON Schema (2020-12) of a programme's file, for editors. It
// knows the form; [Parse] knows more, such as whether a rhythm can be read.
func Schema() []byte {
	root := yamlfile.SchemaOf(reflect.TypeFor[Programme](), about, optional)
	root.Schema = "https://json-schema.org/draft/2020-12/schema"
	root.Title = "cohortbot programme"
	root.Description = about["Programme"].Description
	return root.Bytes()
}
