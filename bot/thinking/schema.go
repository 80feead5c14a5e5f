package thinking

import (
	"reflect"

	"cohortbot/bot/yamlfile"
)

//go:generate go test -run TestTheSchemaOfChaptersIsCurrent -update .

// described is what editors show for each field of a chapter's file, and the limits that
// the type does not tell. A test finds a field that is missing here.
var described = map[string]yamlfile.Node{
	"Chapter.id":        {Description: "What its answers are kept under, for ever: lower-case letters, digits and hyphens.", Pattern: yamlfile.IDPattern, MaxLength: maxID},
	"Chapter.title":     {Description: "The title as people see it.", MinLength: 1, MaxLength: yamlfile.MaxLine},
	"Chapter.about":     {Description: "What it asks about, in a sentence or two.", MinLength: 1, MaxLength: maxAbout},
	"Chapter.wording":   {Description: "Whose words it is in.", MinLength: 1, MaxLength: maxAbout},
	"Chapter.questions": {Description: "Its questions, in the order in which they lead on to each other.", MinItems: 1},
	"Question.id":       {Description: "What answers are kept under, for ever; unique in its chapter.", Pattern: yamlfile.IDPattern, MaxLength: maxID},
	"Question.read":     {Description: "What is read before the question. May be left out.", MaxLength: maxRead},
	"Question.ask":      {Description: "The question.", MinLength: 1, MaxLength: maxAsk},
	"Question.beside":   {Description: "At most three questions whose answers are shown again beside this one: question, or chapter/question of another."},
}

// Schema gives the JSON Schema (2020-12) of a chapter's file, for editors. [Parse] knows
// more, such as whether a question that is named is there.
func Schema() []byte {
	root := yamlfile.SchemaOf(reflect.TypeFor[Chapter](), described, nil)
	root.Schema = "https://json-schema.org/draft/2020-12/schema"
	root.Title = "cohortbot chapter"
	root.Description = "Questions on one theme, picked up in people's own time."
	return root.Bytes()
}
