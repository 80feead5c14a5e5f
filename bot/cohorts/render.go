package cohorts

import (
	"fmt"

	"cohortbot/bot/chat"
	"cohortbot/bot/programmes"
)

// RenderPrompt gives the prompt of a week as the group reads it, in Markdown: a
// line that names the week, then the text. What is wrong with the text is in the
// error, in words for whoever wrote it.
func (c Cohort) RenderPrompt(dates []Dated, d Dated) (string, error) {
	text, err := programmes.RenderText(d.Prompt, c.Scene(dates, d))
	if err != nil {
		return "", err
	}
	title := chat.Plain(d.Title)
	if d.Number > 0 {
		title = fmt.Sprintf("Week %d · %s", d.Number, title)
	}
	return "**" + title + "**\n\n" + text, nil
}
