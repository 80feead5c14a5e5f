package evidence

import (
	"strings"

	"cohortbot/bot/frameworks"
)

// suggest gives the items of a framework that an item of evidence may show, going by
// its words.
func suggest(f frameworks.Framework, i Item) []frameworks.Item {
	all := []string{i.Title, i.Text, i.Note}
	for _, file := range i.Files {
		all = append(all, file.Name, file.Alt)
	}
	return f.Guess(strings.Join(all, " "))
}
