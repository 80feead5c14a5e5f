package prompts

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// notTakenUp gives the answers for the group that nobody has responded to, in
// their order. An answer is taken up when somebody else said something after it
// that replies to it, quotes it, or names its author; when a facilitator said
// "you" right after it; or when one says that they have answered it. What itself
// replies to somebody, and asks nothing, waits for nobody.
func notTakenUp(tx store.Tx, answers []Answer) ([]Answer, error) {
	names := map[people.ID]string{}
	for _, a := range answers {
		if _, known := names[a.Person]; known {
			continue
		}
		who, err := people.Table.Get(tx, a.Person)
		if err != nil {
			return nil, err
		}
		names[a.Person] = who.Name
	}
	var open []Answer
	for i, a := range answers {
		if a.Sees != Group || a.Facilitator || !a.Taken.IsZero() {
			continue
		}
		taken := !strings.Contains(a.Text, "?") && replies(answers[:i], a, names)
		for j := i + 1; j < len(answers) && !taken; j++ {
			b := answers[j]
			taken = b.Person != a.Person && b.Sees == Group &&
				(b.To == a.ID || quotes(b.Text, a.Text) || addressed(answers[:j], b, names) == a.Person ||
					j == i+1 && b.Facilitator && b.To == "" && saysYou(b.Text))
		}
		if !taken {
			open = append(open, a)
		}
	}
	return open, nil
}

// replies tells whether an answer is to somebody who spoke before it.
func replies(before []Answer, a Answer, names map[people.ID]string) bool {
	return a.To != "" || addressed(before, a, names) != "" ||
		slices.ContainsFunc(before, func(b Answer) bool { return b.Sees == Group && quotes(a.Text, b.Text) })
}

// addressed gives whom a message names, of those who spoke before it: of several
// with the name that it uses, who spoke last. Nobody, where it names nobody.
func addressed(before []Answer, b Answer, names map[people.ID]string) people.ID {
	if b.To != "" { // it says itself whom it is for
		return ""
	}
	for _, a := range slices.Backward(before) {
		if a.Person != b.Person && a.Sees == Group && calls(b.Text, names[a.Person]) {
			return a.Person
		}
	}
	return ""
}

// everyday are first names that are words as well. Written small, they are
// taken for the word.
var everyday = map[string]bool{
	"will": true, "mark": true, "grace": true, "hope": true, "may": true, "rose": true, "art": true, "bill": true, "jack": true,
	"sue": true, "pat": true, "joy": true, "faith": true, "frank": true, "rob": true, "drew": true, "dawn": true, "summer": true,
	"june": true, "april": true, "august": true, "ray": true, "gene": true, "guy": true, "ruth": true, "hand": true, "an": true,
	"my": true, "so": true, "do": true, "long": true, "ma": true, "pearl": true, "ivy": true, "lily": true, "jean": true, "chase": true,
}

// calls tells whether a text names somebody by their first name, with or without
// its marks.
func calls(text, name string) bool {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")
	if first == "" {
		return false
	}
	for _, w := range wordsOf(text) {
		said, at := strings.CutPrefix(w, "@")
		said = strings.TrimSuffix(strings.TrimSuffix(said, "'s"), "’s")
		if !people.SameName(said, first) {
			continue
		}
		if at || !everyday[strings.ToLower(first)] || unicode.IsUpper([]rune(said)[0]) {
			return true
		}
	}
	return false
}

// saysYou tells whether a text speaks to somebody.
func saysYou(text string) bool {
	return slices.ContainsFunc(wordsOf(strings.ToLower(text)), func(w string) bool {
		return slices.Contains([]string{"you", "you're", "you’re", "you've", "you’ve", "your", "yours", "thanks", "thank"}, w)
	})
}

func wordsOf(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\r\n.,;:!?()\"“”*_~/", r) })
}

// leastQuoted is how many words in a row make a quotation.
const leastQuoted = 3

// quotes tells whether a line of a message quotes another one.
func quotes(text, other string) bool {
	other = strings.Join(strings.Fields(other), " ")
	for line := range strings.Lines(text) {
		quoted, ok := strings.CutPrefix(strings.TrimSpace(line), ">")
		words := strings.Fields(strings.TrimRight(quoted, " \r\n…."))
		if ok && (len(words) >= leastQuoted && strings.Contains(other, strings.Join(words, " ")) || len(words) > 0 && strings.Join(words, " ") == other) {
			return true
		}
	}
	return false
}

// answerAt gives the answer that stands at an address: in its author's own
// message, or where it was shown for them. Empty where none does.
func answerAt(tx store.Tx, at chat.Address) (AnswerID, error) {
	if at.IsZero() {
		return "", nil
	}
	row, ok, err := store.First(Answers.By(tx, "address", at.String()))
	if err != nil || ok {
		return row.ID, err
	}
	item, ok, err := outbox.At(tx, at)
	if err != nil || !ok || item.Kind != answerKind {
		return "", err
	}
	return AnswerID(item.Record), nil
}

// repliedTo names the author of what an answer replies to; empty where it
// replies to nothing in particular, or to what is gone.
func repliedTo(tx store.Tx, a Answer) (string, error) {
	if a.To == "" {
		return "", nil
	}
	to, err := Answers.Get(tx, a.To)
	if err != nil || to.Sees != Group {
		return "", ignoreMissing(err)
	}
	p, err := people.Table.Get(tx, to.Person)
	return p.Name, err
}

// untakenShown is how many answers are listed at once.
const untakenShown = 10

// untakenList names what nobody has taken up.
func untakenList(tx store.Tx, open []Answer) (string, error) {
	var list string
	for i, a := range open[:min(len(open), untakenShown)] {
		who, err := people.Table.Get(tx, a.Person)
		if err != nil {
			return "", err
		}
		list += fmt.Sprintf("\n%d. %s: %s", i+1, chat.Plain(who.Name), chat.Plain(chat.Short(oneLine(a), 80)))
	}
	if n := len(open) - untakenShown; n > 0 {
		list += fmt.Sprintf("\n\nThere are %d more.", n)
	}
	return list, nil
}

// untakenNames says whose words nobody has taken up, each once. Their words stay
// out of a draft that may be quoted from.
func untakenNames(tx store.Tx, open []Answer) (string, error) {
	var who []people.Person
	for _, a := range open {
		if slices.ContainsFunc(who, func(p people.Person) bool { return p.ID == a.Person }) {
			continue
		}
		p, err := people.Table.Get(tx, a.Person)
		if err != nil {
			return "", err
		}
		who = append(who, p)
	}
	return names(who), nil
}

func untakenButton(c cohorts.ID, w cohorts.WeekID) chat.Button {
	return chat.Button{Label: "Not answered yet", Command: "cohort unanswered", Record: cohorts.WeekRecord(c, w)}
}

// untakenDeed lists what nobody has taken up, for the facilitators alone.
func untakenDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfWeek,
		Command: chat.Command{Path: "cohort unanswered", Summary: "What nobody has answered yet, this week", Role: chat.Facilitator, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if err := cohorts.MustFacilitate(tx, c); err != nil {
				return chat.Outcome{}, err
			}
			_, _, week, err := weekMeant(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			answers, err := OfWeek(tx, cohorts.ID(c.Cohort), week.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			open, err := notTakenUp(tx, answers)
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(open) == 0 {
				return chat.Say("Everything that was said to " + week.Label() + " has been taken up by somebody."), nil
			}
			list, err := untakenList(tx, open)
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{
				Text: "**" + week.Label() + ".** Nobody has answered this yet, as far as I can tell:\n" + list,
				Note: "Only facilitators see this. I go by replies, quotations and names.",
			}
			for i, a := range open[:min(len(open), untakenShown)] {
				m.Buttons = append(m.Buttons, chat.Button{Label: fmt.Sprintf("Open %d", i+1), Command: "open-answer", Record: string(a.ID), Main: i == 0})
			}
			return chat.Answering(m), nil
		},
	}
}

// groupAnswer gives an answer that the group can read, to a facilitator.
func groupAnswer(tx store.Tx, c deeds.Call) (Answer, error) {
	if err := cohorts.MustFacilitate(tx, c); err != nil {
		return Answer{}, err
	}
	a, err := Answers.Get(tx, AnswerID(c.Record))
	if errors.Is(err, store.ErrNotFound) || err == nil && a.Sees != Group {
		return a, deeds.Refuse(deeds.NotFound, "Its author has taken this back, so there is nothing to answer. /cohort panel shows what is open.")
	}
	return a, err
}

func openAnswerDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfAnswer,
		Command: chat.Command{Path: "open-answer", Summary: "Look at an answer, to reply to it", Role: chat.Facilitator, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			a, err := groupAnswer(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			who, err := people.Table.Get(tx, a.Person)
			if err != nil {
				return chat.Outcome{}, err
			}
			return chat.Answering(chat.Message{
				Text: "**" + chat.Plain(who.Name) + "** wrote:\n\n" + excerpt(a, 2000),
				Note: "Only you see this. A reply stands under the question, where the group reads it.",
				Buttons: []chat.Button{
					{Label: "Reply", Command: "reply-answer", Record: string(a.ID), Main: true},
					{Label: "I've answered this", Command: "answer-taken", Record: string(a.ID)},
				},
			}), nil
		},
	}
}

func replyDeed() deeds.Deed {
	fields := []chat.Field{{Name: "text", Label: "Your reply", Kind: chat.LongText, Required: true}}
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfAnswer,
		Command: chat.Command{Path: "reply-answer", Summary: "Reply to somebody's answer", Role: chat.Facilitator, Hidden: true, Fields: fields},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			a, err := groupAnswer(tx, c)
			if err != nil {
				return nil, err
			}
			who, err := people.Table.Get(tx, a.Person)
			if err != nil {
				return nil, err
			}
			return &chat.Form{
				Title: "Reply to " + who.Name, Intro: excerpt(a, 500), Fields: fields, Submit: "Reply",
				Note: "It stands under the question with your name, and the group reads it. " + adminsSee,
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			a, err := groupAnswer(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			reply := Answer{
				ID: AnswerID(c.ID), Cohort: a.Cohort, Week: a.Week, Person: c.Person.ID, At: c.Now, Via: ByForm,
				Sees: Group, Text: c.Given.Text("text"), Facilitator: true, To: a.ID,
			}
			return chat.Say("Your reply goes under the question now, with your name.",
				chat.Button{Label: "Change it", Command: "change-answer", Record: string(reply.ID)},
				chat.Button{Label: "Delete it", Command: "delete-answer", Record: string(reply.ID)}), keep(tx, reply, c.Now)
		},
	}
}

// takenDeed lets a facilitator say that they have answered something elsewhere:
// in person, or in words that nobody could tell from others.
func takenDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfAnswer,
		Command: chat.Command{Path: "answer-taken", Summary: "Say that you have answered this already", Role: chat.Facilitator, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			a, err := groupAnswer(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			a.Taken = c.Now
			if err := Answers.Put(tx, a.ID, a); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Good. It is off the list, and nobody else is told."), follow(tx, a)
		},
	}
}
