package research

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strconv"
)

// Meaning is a line of the data dictionary.
type Meaning struct {
	File  string `json:"file"`
	Name  string `json:"name"`
	Means string `json:"means"`
}

// dictionary says what everything means.
func dictionary() []Meaning {
	all := []Meaning{
		{"people.csv", "id", "A row each of somebody who agreed to research, drawn for this release alone: it leads to nobody, and to no row of another release."},
		{"people.csv", "programme", "The programme that comes with the program, by its id; \"" + ownProgramme + "\" is one of the organisation's own. Somebody in several stands in the one whose group they joined last."},
	}
	for _, c := range columns {
		all = append(all, Meaning{"people.csv", c.name, c.says + " \"" + hidden + "\": the column cannot be given for this programme without singling somebody out."})
	}
	return append(all,
		Meaning{"counts.csv", "programme", "As in people.csv."},
		Meaning{"counts.csv", "question", "\"answered week 03\": the question that went out as the third of the plan was answered. \"evidence for F/I\": something was kept that shows item I of the framework F. \"D at the start\": what people said of the dimension D when their group looked at itself, by the middle of its statements, at the start, in the middle or at the end."},
		Meaning{"counts.csv", "answer", "What was answered. A question that is not there was answered by too few or by all but too few, or was not asked: which of these is not told."},
		Meaning{"counts.csv", "people", "How many of the programme's people in this release gave that answer."},
		Meaning{"release.json", "to_week", "The last week that the release is about (ISO 8601, Monday to Sunday, UTC), from the beginning of each group."},
		Meaning{"release.json", "least", "How many people look the same in people.csv at least, and give each answer in counts.csv; those who gave none included."},
		Meaning{"all", "sample", "Some of those who agreed are not in it: by lot, one in ten of each programme and one at least; those who stood in an earlier release; and those whose group still goes on, unless they were to be in it. How many they are is not said, nor anything about those who did not agree. Nobody is in two releases."},
	)
}

// File is one file of a release.
type File struct {
	Name string
	Data []byte
}

// Files gives a release as it is handed over: tables as CSV, all of it as JSON, and
// the data dictionary.
func (d Data) Files() ([]File, error) {
	people := [][]string{{"id", "programme"}}
	for _, c := range columns {
		people[0] = append(people[0], c.name)
	}
	for _, p := range d.People {
		row := []string{p.ID, p.Programme}
		for _, c := range columns {
			row = append(row, p.Answers[c.name])
		}
		people = append(people, row)
	}
	counts := [][]string{{"programme", "question", "answer", "people"}}
	for _, c := range d.Counts {
		counts = append(counts, []string{c.Programme, c.Question, c.Answer, strconv.Itoa(c.People)})
	}
	meanings := [][]string{{"file", "name", "means"}}
	for _, m := range dictionary() {
		meanings = append(meanings, []string{m.File, m.Name, m.Means})
	}
	all, err := json.MarshalIndent(struct {
		Data
		Dictionary []Meaning `json:"dictionary"`
	}{d, dictionary()}, "", "  ")
	if err != nil {
		return nil, err
	}
	files := []File{{"release.json", append(all, '\n')}}
	for _, t := range []struct {
		name string
		rows [][]string
	}{{"people.csv", people}, {"counts.csv", counts}, {"dictionary.csv", meanings}} {
		var b bytes.Buffer
		if err := csv.NewWriter(&b).WriteAll(t.rows); err != nil {
			return nil, err
		}
		files = append(files, File{t.name, b.Bytes()})
	}
	return files, nil
}
