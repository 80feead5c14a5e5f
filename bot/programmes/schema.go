package programmes

import (
	"reflect"

	"cohortbot/bot/yamlfile"
)

//go:generate go test -run TestTheSchemaFileIsCurrent -update .

// about is what editors show for each field, and the limits that the type does
// not tell. A test finds a field that is missing here.
var about = map[string]yamlfile.Node{
	"Programme":            {Description: "A curriculum: phases of weeks, each with a prompt or without one yet."},
	"Programme.id":         {Description: "What the programme is stored under: lower-case letters, digits and hyphens.", Pattern: yamlfile.IDPattern, MaxLength: MaxTitle},
	"Programme.title":      {Description: "The title as people see it.", MinLength: 1, MaxLength: MaxTitle},
	"Programme.summary":    {Description: "One or two sentences for who chooses a programme.", MinLength: 1, MaxLength: maxText},
	"Programme.members":    {Description: "What members are called, such as one: Explorer, many: Explorers. If left out: member, members."},
	"Programme.rhythm":     {Description: "When the prompts go out, unless the facilitator says otherwise, such as mondays 09:00.", MinLength: 1, MaxLength: MaxTitle},
	"Programme.welcome":    {Description: "What a new member reads: Markdown, with {{.Cohort}} and the like.", MaxLength: MaxPrompt},
	"Programme.own_pace":   {Description: "true: the weeks are an offer beside everyone's own work, with no end in sight."},
	"Programme.strands":    {Description: "Threads that run through the weeks, such as ideas or techniques."},
	"Programme.phases":     {Description: "Runs of weeks, one after the other.", MinItems: 1},
	"Programme.nudges":     {Description: "How members are reminded of an open prompt."},
	"Programme.graduate":   {Description: "What graduating takes: things done, never a count of answers or attendances."},
	"Word.one":             {Description: "One of them, as it stands inside a sentence.", MinLength: 1, MaxLength: MaxTitle},
	"Word.many":            {Description: "Several of them.", MinLength: 1, MaxLength: MaxTitle},
	"Strand.id":            {Description: "What weeks name the strand by.", Pattern: yamlfile.IDPattern, MaxLength: MaxTitle},
	"Strand.title":         {Description: "The title as people see it.", MinLength: 1, MaxLength: MaxTitle},
	"Phase.id":             {Description: "What the phase is stored under.", Pattern: yamlfile.IDPattern, MaxLength: MaxTitle},
	"Phase.title":          {Description: "The title as people see it.", MinLength: 1, MaxLength: MaxTitle},
	"Phase.summary":        {Description: "What the phase is for.", MaxLength: maxText},
	"Phase.weeks":          {Description: "Its weeks, in their order.", MinItems: 1},
	"Week.title":           {Description: "The title as people see it.", MinLength: 1, MaxLength: MaxTitle},
	"Week.strand":          {Description: "The id of a strand, or nothing.", MaxLength: MaxTitle},
	"Week.prompt":          {Description: "The question: Markdown, with {{.Week}} and the like. Left out: not written yet; the facilitator is asked in good time.", MaxLength: MaxPrompt},
	"Nudges.after":         {Description: "How long after the prompt a member is reminded in private, such as 3 days. Left out: never.", MaxLength: MaxTitle},
	"Nudges.weekly":        {Description: "At most so many private reminders a person a week, over everything.", Minimum: new(int), Maximum: 7},
	"Programme.community":  {Description: "true: a community of practice, in which any member may plan sessions and propose changes of the plan."},
	"Programme.experiment": {Description: "How members' experiments run."},
	"Programme.peers":      {Description: "How members meet in twos and threes, and what they ask each other."},
	"Programme.stars":      {Description: "Instruments: stars with a point for each thing to look at."},
	"Week.with":            {Description: "What the week offers beside its question: at most three of experiment, story, star, rehearsal, pairs, goals, verdict, gift."},
	"Experiment.days":      {Description: "Days of trying, each with one check-in; left out: 5.", Minimum: new(int), Maximum: maxDays},
	"Peers.size":           {Description: "How many meet, 2 or 3; left out: 2.", Minimum: new(int), Maximum: 3},
	"Peers.questions":      {Description: "What a peer is asked for a reflection, at most five; left out: three of ours."},
	"Star.id":              {Description: "What the star is stored under.", Pattern: yamlfile.IDPattern, MaxLength: MaxTitle},
	"Star.title":           {Description: "The title as people see it.", MinLength: 1, MaxLength: MaxTitle},
	"Star.about":           {Description: "What it is for, in a sentence or two.", MaxLength: maxText},
	"Star.points":          {Description: "Three to twelve points.", MinItems: leastPoints},
	"Point.id":             {Description: "What the point is stored under.", Pattern: yamlfile.IDPattern, MaxLength: MaxTitle},
	"Point.title":          {Description: "One or two words that stand at the point.", MinLength: 1, MaxLength: maxPoint},
	"Point.ask":            {Description: "The question behind it.", MaxLength: maxText},
	"Requirement.id":       {Description: "What the requirement is stored under.", Pattern: yamlfile.IDPattern, MaxLength: MaxTitle},
	"Requirement.text":     {Description: "The requirement as the member reads it.", MinLength: 1, MaxLength: maxText},
	"Requirement.done":     {Description: "How it is known: an experiment run, a story shared, a gift left for the next cohort, or a facilitator who says so.", Enum: []string{string(ByExperiment), string(ByStory), string(ByGift), string(ByFacilitator)}},
	"Requirement.times":    {Description: "How many times; left out: once.", Minimum: new(int), Maximum: 52},
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
