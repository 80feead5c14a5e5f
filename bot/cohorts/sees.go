package cohorts

import (
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Sees is who may read what somebody wrote or made in a cohort, beside themself.
type Sees string

// Who may read, from the fewest to the most.
const (
	OnlyMe           Sees = "me"
	OnlyFacilitators Sees = "facilitators"
	WholeGroup       Sees = "cohort"
)

// MayRead tells whether somebody may read what a person of this cohort made for
// some.
func (s Sees) MayRead(tx store.Tx, c ID, author, reader people.ID) (bool, error) {
	if author == reader {
		return true, nil
	}
	m, ok, err := MemberOf(tx, c, reader)
	return ok && (s == WholeGroup || s == OnlyFacilitators && m.Facilitator), err
}

// Who names those who may read, inside a sentence to its author.
func (s Sees) Who(c Cohort) string {
	switch s {
	case WholeGroup:
		return "everyone in " + chat.InChannel(c.Place)
	case OnlyFacilitators:
		return "you and your facilitators"
	}
	return "only you"
}

// Words says who may see it, as a sentence to its author.
func (s Sees) Words(c Cohort) string {
	if s == OnlyMe {
		return "Only you can see it."
	}
	who := s.Who(c)
	return strings.ToUpper(who[:1]) + who[1:] + " can see it."
}

// Sharing gives the buttons by which somebody changes who sees what they made: the
// choice of each is a Sees.
func (s Sees) Sharing(command, record string) []chat.Button {
	var buttons []chat.Button
	for _, to := range []struct {
		sees  Sees
		label string
	}{{WholeGroup, "Show it to the group"}, {OnlyFacilitators, "Just my facilitators"}, {OnlyMe, "Only me"}} {
		if s != to.sees {
			buttons = append(buttons, chat.Button{Label: to.label, Command: command, Record: record, Choice: string(to.sees)})
		}
	}
	return buttons
}
