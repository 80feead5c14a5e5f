package prompts

import (
	"errors"
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

var (
	textField = chat.Field{Name: "text", Label: "Your answer", Kind: chat.LongText, Hint: "A few lines are plenty. A photo or a voice note alone will do as well."}
	fileField = chat.Field{Name: "file", Label: "A photo or a voice note", Kind: chat.Upload}
	seesField = chat.Field{
		Name: "sees", Label: "Who may read it", Kind: chat.Choice, Required: true, Example: "cohort",
		Options: []chat.Option{
			{Value: string(Group), Label: "Everyone in this group"},
			{Value: string(Facilitators), Label: "Just my facilitators"},
			{Value: string(OnlyMe), Label: "Only me"},
		},
	}
)

// earlierField names a question that went out before the one that is open. It is
// typed; the form is about one question already.
var earlierField = chat.Field{Name: "week", Label: "An earlier week", Kind: chat.Text, Max: 100, Example: "2", Hint: "Left empty, the question that is open."}

func cohortOfWeek(_ store.Tx, record string) (string, error) {
	c, _ := cohorts.ParseWeekRecord(record)
	return string(c), nil
}

func cohortOfAnswer(tx store.Tx, record string) (string, error) {
	a, err := Answers.Get(tx, AnswerID(record))
	return string(a.Cohort), err
}

// weekMeant gives the week of the record, or else the one that was typed, or else
// the one that went out last.
func weekMeant(tx store.Tx, c deeds.Call) (cohorts.Cohort, []cohorts.Dated, cohorts.Dated, error) {
	cohort, _, dates, err := cohorts.Load(tx, cohorts.ID(c.Cohort))
	if err != nil {
		return cohort, nil, cohorts.Dated{}, err
	}
	if _, w := cohorts.ParseWeekRecord(c.Record); w != "" {
		if d, ok := cohorts.Find(dates, w); ok && (d.Gone() || early(cohort, dates, d)) {
			return cohort, dates, d, nil
		}
		return cohort, dates, cohorts.Dated{}, deeds.Refuse(deeds.NotFound, "That question is not open. /home shows the one that is.")
	}
	if typed := c.Given.Text(earlierField.Name); typed != "" {
		d, err := cohorts.TypedWeek(dates, typed, earlierField.Name)
		if err == nil && !d.Gone() && !early(cohort, dates, d) {
			err = deeds.RefuseField(earlierField.Name, "%s has not gone out yet. Only the very next question can be answered early.", d.Label())
		}
		return cohort, dates, d, err
	}
	if d, ok := cohorts.Current(dates); ok {
		return cohort, dates, d, nil
	}
	text := "No question has gone out yet."
	if next, ok := cohorts.Next(dates); ok && cohort.State == cohorts.Open {
		text += " The first comes " + cohort.When(next, c.Now) + "."
	}
	return cohort, dates, cohorts.Dated{}, deeds.Refuse(deeds.Unavailable, "%s", text)
}

// early tells whether a week can be answered before it goes out: the next one,
// if its question is ready.
func early(c cohorts.Cohort, dates []cohorts.Dated, d cohorts.Dated) bool {
	next, ok := cohorts.Next(dates)
	return ok && next.ID == d.ID && c.State == cohorts.Open && !d.Held && d.Prompt != ""
}

func reflectDeed() deeds.Deed {
	fields := []chat.Field{textField, fileField, seesField}
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfWeek,
		Command: chat.Command{Path: "reflect", Summary: "Answer this week's question, early, late or again", Role: chat.Member, Fields: append(slices.Clone(fields), earlierField)},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			cohort, dates, week, err := weekMeant(tx, c)
			if err != nil {
				return nil, err
			}
			if c.Given.Has("text") && c.Given.Has("sees") && c.Path != deeds.ChangePath {
				return nil, nil // typed in one go
			}
			if _, err := cohorts.Joined(tx, cohort, c.Person.ID); err != nil {
				return nil, err
			}
			prompt, err := cohort.RenderPrompt(dates, week)
			if err != nil {
				return nil, err
			}
			_, question, _ := strings.Cut(prompt, "\n\n") // the first line is the form's title
			sees := string(Group)
			if c.Choice != "" {
				sees = c.Choice
			}
			return &chat.Form{
				Title: week.Heading(), Intro: question, Fields: fields, Submit: "Keep it",
				Note:   "You choose who reads it, and can change or delete it whenever you like. " + adminsSee,
				Filled: chat.Answers{"sees": chat.Given(sees)},
				Record: cohorts.WeekRecord(cohort.ID, week.ID),
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, _, week, err := weekMeant(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if empty(c.Given.Text("text"), c.Given["file"].Files) {
				return chat.Outcome{}, deeds.RefuseField("text", "There is nothing here yet. A few words, a photo or a voice note will do, or close this and press Not this week.")
			}
			m, err := cohorts.Joined(tx, cohort, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			a := Answer{
				ID: AnswerID(c.ID), Cohort: cohort.ID, Week: week.ID, Person: c.Person.ID, At: c.Now, Via: ByForm,
				Sees: Sees(c.Given.Text("sees")), Text: c.Given.Text("text"), Files: c.Given["file"].Files, Facilitator: m.Facilitator,
			}
			if err := keep(tx, a, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Answering(keptWords(cohort, week, a)), nil
		},
	}
}

func passDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfWeek,
		Command: chat.Command{Path: "pass", Summary: "Leave this week's question out", Role: chat.Member, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			_, _, week, err := weekMeant(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if err := Passes.Put(tx, passID(week.ID, c.Person.ID), Pass{Week: week.ID, Person: c.Person.ID, At: c.Now}); err != nil {
				return chat.Outcome{}, err
			}
			if err := jobs.Drop(tx, nudgeKey(week.ID, c.Person.ID)); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("That's fine. I won't bring this question up again. If something comes to mind later, it is still welcome.",
				chat.Button{Label: "Answer after all", Command: "reflect", Record: c.Record}), nil
		},
	}
}

func answersDeed() deeds.Deed {
	return deeds.Deed{
		Scoped:  true,
		Command: chat.Command{Path: "answers", Summary: "What you have answered, to read, change or delete", Role: chat.Anyone},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			return ownAnswers(tx, c)
		},
	}
}

// own gives an answer that the person themself gave.
func own(tx store.Tx, c deeds.Call) (Answer, error) {
	a, err := Answers.Get(tx, AnswerID(c.Record))
	if errors.Is(err, store.ErrNotFound) {
		return a, deeds.Refuse(deeds.NotFound, "This answer is not there any more. /answers shows what is.")
	}
	if err == nil && a.Person != c.Person.ID {
		return a, deeds.Refuse(deeds.Forbidden, "Only the person who wrote this can do that.")
	}
	return a, err
}

func changeDeed() deeds.Deed {
	fields := []chat.Field{textField, seesField}
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfAnswer,
		Command: chat.Command{Path: "change-answer", Summary: "Change an answer of yours", Role: chat.Anyone, Fields: fields, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			a, err := own(tx, c)
			if err != nil {
				return nil, err
			}
			return &chat.Form{
				Title: "Change your answer", Fields: fields, Submit: "Keep the change",
				Intro:  standing(a, "Your message in the chat itself stays as it is; you can edit it there instead, and I follow."),
				Note:   "How it read before stays with you alone, until you delete it. " + adminsSee,
				Filled: chat.Answers{"text": chat.Given(a.Text), "sees": chat.Given(string(a.Sees))},
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			a, err := own(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if empty(c.Given.Text("text"), a.Files) {
				return chat.Outcome{}, deeds.RefuseField("text", "An answer without words: to take it away, close this and press Delete.")
			}
			cohort, _, dates, err := cohorts.Load(tx, a.Cohort)
			if err != nil {
				return chat.Outcome{}, err
			}
			week, _ := cohorts.Find(dates, a.Week)
			if a, err = a.change(tx, c.Given.Text("text"), a.Files, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			a.Sees, a.Unsorted = Sees(c.Given.Text("sees")), false
			if err := keep(tx, a, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Answering(keptWords(cohort, week, a)), nil
		},
	}
}

// historyShown is how many former versions of an answer are shown, the youngest.
const historyShown = 10

func historyDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfAnswer,
		Command: chat.Command{Path: "answer-history", Summary: "How an answer of yours read before you changed it", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			a, err := own(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			before, err := HistoryOf(tx, a.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{Text: "It reads now:\n\n" + excerpt(a, 2000), Note: "Only you see this."}
			for i, v := range slices.Backward(before) {
				if len(before)-i > historyShown {
					m.Text += "\n\nThere are older ones, which are not shown here."
					break
				}
				m.Text += "\n\nUntil " + schedules.WallOf(v.Until.In(c.Zone.Location())).Date.Short() + ":\n\n" + excerpt(Answer{Text: v.Text, Files: v.Files}, 2000)
			}
			if len(before) == 0 {
				m.Text += "\n\nYou have not changed it."
			}
			m.Buttons = []chat.Button{
				{Label: "Change", Command: "change-answer", Record: string(a.ID), Main: true},
				{Label: "Delete", Command: "delete-answer", Record: string(a.ID)},
			}
			return chat.Answering(m), nil
		},
	}
}

func shareDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfAnswer,
		Command: chat.Command{Path: "share-answer", Summary: "Choose who may read an answer of yours", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			a, err := own(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			switch s := Sees(c.Choice); s {
			case OnlyMe, Facilitators, Group:
				a.Sees, a.Unsorted = s, false
			default:
				return chat.Outcome{}, deeds.Refuse(deeds.Invalid, "I couldn't read that choice. Press one of the buttons under your answer, or use /answers.")
			}
			cohort, _, dates, err := cohorts.Load(tx, a.Cohort)
			if err != nil {
				return chat.Outcome{}, err
			}
			week, _ := cohorts.Find(dates, a.Week)
			if err := keep(tx, a, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Answering(keptWords(cohort, week, a)), nil
		},
	}
}

// sortDeed puts an answer that came by direct message into the group that it was
// meant for; the choice is a week that is open there.
func sortDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfAnswer,
		Command: chat.Command{Path: "sort-answer", Summary: "Say which group an answer of yours is for", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			a, err := own(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			open, err := openWeeks(tx, c.Person)
			if err != nil {
				return chat.Outcome{}, err
			}
			i := slices.IndexFunc(open, func(o openWeek) bool { return string(o.week.ID) == c.Choice })
			switch {
			case !a.Unsorted:
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "You have said already which group this is for. /answers shows it there.")
			case i < 0:
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "That question is not open for you any more. /answers shows what you wrote, to change or delete.")
			}
			m, _, err := cohorts.MemberOf(tx, open[i].cohort.ID, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			a.Cohort, a.Week, a.Facilitator = open[i].cohort.ID, open[i].week.ID, m.Facilitator
			a.Sees, a.Unsorted = Facilitators, false
			if err := keep(tx, a, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			// The note under the message itself says the rest.
			return chat.Say("It is for **" + chat.Plain(open[i].cohort.Name) + "**, then."), nil
		},
	}
}

func deleteDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfAnswer,
		Command: chat.Command{Path: "delete-answer", Summary: "Delete an answer of yours for good", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			a, err := own(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			stands := standing(a, "Your own message in the chat still stands; delete it there too, if you want it gone for everyone.")
			if !c.Sure {
				return deeds.Confirm(strings.TrimSpace("This deletes your answer and how it read before. It cannot be brought back.\n\n"+chat.Quote(chat.Short(a.Text, 200))+"\n\n"+stands), "Delete it"), nil
			}
			return chat.Say(strings.TrimSpace("Deleted. " + stands)), remove(tx, a)
		},
	}
}

// standing gives the words for an answer whose message the bot cannot touch.
func standing(a Answer, words string) string {
	if a.Via == ByForm {
		return ""
	}
	return words
}

// postDeed lets the next week go out before its time.
func postDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOfWeek,
		Command: chat.Command{Path: "plan post", Summary: "Post the next week's question now", Role: chat.Facilitator},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, plan, dates, err := cohorts.Load(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			next, ok := cohorts.Next(dates)
			_, meant := cohorts.ParseWeekRecord(c.Record)
			switch {
			case meant != "" && (!ok || next.ID != meant):
				if d, ok := cohorts.Find(dates, meant); ok && d.Gone() {
					return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "%s has gone out already.", d.Label())
				}
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "Another week is next now. /plan show has the order.")
			case !ok:
				return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "Every week has gone out. /plan insert adds another.")
			case cohort.State != cohorts.Open:
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "%s is not running, so nothing goes out. Post the joining message with /cohort invite, or go on with /plan resume.", chat.Plain(cohort.Name))
			case next.Prompt == "":
				return chat.Outcome{}, &deeds.Error{
					Code: deeds.Conflict, Say: next.Label() + " has no question yet. Write it first.",
					Buttons: []chat.Button{{Label: "Write it", Command: "plan edit", Record: cohorts.WeekRecord(cohort.ID, next.ID), Main: true}},
				}
			}
			if !c.Sure {
				prompt, err := cohort.RenderPrompt(dates, next)
				if err != nil {
					return chat.Outcome{}, err
				}
				return deeds.ConfirmAbout(cohorts.WeekRecord(cohort.ID, next.ID), "This goes out now instead of "+cohort.When(next, c.Now)+". The weeks after it keep their dates.\n\n"+prompt, "Post it now"), nil
			}
			return chat.Say(next.Label() + " goes out now."), post(tx, cohort, plan, dates, next, c.Now)
		},
	}
}
