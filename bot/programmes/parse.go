package programmes

import "cohortbot/bot/yamlfile"

// file says what a file of a programme is like. A cohort keeps its copy in one
// record, and a year of weekly prompts is a tenth of what is allowed.
var file = yamlfile.Sort{
	Noun: "programme", Holds: "an id, a title, a summary, a rhythm and phases",
	Bytes: 128 << 10, Lines: 5000,
}

// Parse reads a programme. The name of the file is for the error, which is
// [yamlfile.Faults]: everything that is wrong with the file, each with its line,
// its column and a remedy. A prompt is tried out, so that what Parse accepts can
// be rendered.
func Parse(name string, data []byte) (Programme, error) {
	return yamlfile.Parse(name, data, file, func(y *yamlfile.Reader, p *Programme) {
		if p.Members == (Word{}) {
			p.Members = Word{One: "member", Many: "members"}
		}
		reader{y}.check(*p)
	})
}
