package thinking

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// adminsSee says who could see more than what the choice says.
const adminsSee = "Whoever administers this chat can read its channels."

// words gives what is read before a question, and the question.
func (q Question) words() string {
	text := "**" + chat.Plain(strings.TrimSpace(q.Ask)) + "**"
	if read := strings.TrimSpace(q.Read); read != "" {
		text = chat.Plain(read) + "\n\n" + text
	}
	return text
}

// words gives an answer as its author reads it, in at most so many characters.
func (a Answer) words(z schedules.Zone, wrote string, most int) string {
	return wrote + " " + day(a.Written, z) + ":\n\n" + chat.Quote(chat.Short(a.Text, most))
}

// besideWords gives earlier answers as they stand beside a question.
func besideWords(earlier []Answer, z schedules.Zone, most int) string {
	var b strings.Builder
	for _, a := range earlier {
		fmt.Fprintf(&b, "\n\nEarlier, to “%s” (%s)\n\n%s", chat.Plain(strings.TrimSpace(a.Asked)), day(a.Written, z), chat.Quote(chat.Short(a.Text, most)))
	}
	return b.String()
}

// readers says who reads an answer, to its author.
func (a Answer) readers(tx store.Tx) (string, error) {
	if a.Sees == cohorts.OnlyMe {
		return "Only you can read it.", nil
	}
	c, err := cohorts.Get(tx, a.Cohort)
	if errors.Is(err, store.ErrNotFound) || err == nil && c.State == cohorts.Deleted {
		return "Only you can read it: the group that it was for is no longer there.", nil
	}
	if err != nil {
		return "", err
	}
	if a.Sees == cohorts.OnlyFacilitators {
		return "You and the facilitators of " + chat.Plain(c.Name) + " can read it.", nil
	}
	return "Everyone in " + chat.InChannel(c.Place) + " can read it.", nil
}

// day names a day so that it is still clear after a year.
func day(t time.Time, z schedules.Zone) string { return t.In(z.Location()).Format("2 January 2006") }

// count says how many there are of something whose plural ends in s.
func count(n int, one string) string {
	if n != 1 {
		one += "s"
	}
	return fmt.Sprintf("%d %s", n, one)
}

// nameOf gives what somebody is called; whoever is no longer known is somebody.
func nameOf(tx store.Tx, p people.ID) (string, error) {
	who, err := people.Table.Get(tx, p)
	if errors.Is(err, store.ErrNotFound) || err == nil && who.Name == "" {
		return "Somebody", nil
	}
	return who.Name, err
}
