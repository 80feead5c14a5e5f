package goals

import (
	"errors"
	"fmt"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"

	"cohortbot/bot/store"
)

// buildDeed adds to a goal or gives it other words: at once where it is still
// its author's own, else as a suggestion.
func buildDeed() deeds.Deed {
	field := chat.Field{Name: "words", Label: "How it would read", Kind: chat.Text, Required: true, Max: 300}
	return about(deeds.Deed{
		Command: chat.Command{Path: "goal build", Summary: "Build on a goal: add to it, or suggest other words", Role: chat.Member, Fields: []chat.Field{field}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := in(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			g, err := the(tx, c, alive)
			if err != nil {
				return chat.Outcome{}, err
			}
			words := strings.TrimSpace(c.Given.Text("words"))
			switch {
			case sameWords(words, g.present()):
				return chat.Outcome{}, deeds.RefuseField("words", "That is how it reads already. Change or add something, or close this.")
			case g.Round != nil && g.Round.About == ToLetGo:
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "The group is being asked whether to let it go. When that round is over, other words can be suggested.")
			case g.By == c.Person.ID && g.State == Proposed:
				again := ""
				if g.Round != nil {
					again = " The group is asked anew, since the words are others."
				}
				_, err := g.reword(tx, cohort, words, c.Person.ID, c.Now)
				return chat.Say("It reads so now."+again, openButton(g)), err
			}
			s := Suggestion{ID: SuggestionID(c.ID), Goal: g.ID, By: c.Person.ID, At: c.Now, Words: words}
			if err := s.keep(tx, c, g); err != nil {
				return chat.Outcome{}, err
			}
			who, err := s.takerWords(tx)
			return chat.Say("Suggested. It stands with goal "+fmt.Sprint(g.Number)+", and "+who+" can take it over.", openButton(g)), err
		},
	}, alive, func(tx store.Tx, c deeds.Call, g Goal) (chat.Form, error) {
		_, err := in(tx, c)
		f := chat.Form{Title: "Build on a goal", Submit: "Suggest it", Note: whoSees, Filled: chat.Answers{}}
		if g.ID != "" {
			f.Filled["words"] = chat.Given(g.present())
			f.Intro = g.name()
		}
		return f, err
	})
}

// present gives the words that are before the group.
func (g Goal) present() string {
	if g.Round != nil && g.Round.About != ToLetGo {
		return g.Round.Words
	}
	return g.Words
}

func openButton(g Goal) chat.Button {
	return chat.Button{Label: "Open it", Command: "goal open", Record: string(g.ID)}
}

// keep puts a suggestion beside its goal; the board says that there is one.
func (s Suggestion) keep(tx store.Tx, c deeds.Call, g Goal) error {
	if err := Suggestions.Put(tx, s.ID, s); err != nil {
		return err
	}
	cohort, err := in(tx, c)
	if err != nil {
		return err
	}
	_, err = board(tx, cohort, c.Now)
	return err
}

// takerWords says who can take a suggestion over.
func (s Suggestion) takerWords(tx store.Tx) (string, error) {
	who, anybody, err := s.takers(tx)
	if err != nil || anybody {
		return "anybody else in the group", err
	}
	return namesOf(tx, who)
}

// mergeDeed makes one goal of two, with the word of those who proposed them.
func mergeDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{
			Path: "goal merge", Summary: "Make one goal of two", Role: chat.Member,
			Fields: []chat.Field{goalField, {Name: "with", Label: "The other one", Kind: chat.Text, Max: 60, Example: "3", Hint: "Its number"}, wordsField},
		},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if _, err := in(tx, c); err != nil {
				return nil, err
			}
			if c.Given.Has("goal") && c.Given.Has("with") && c.Given.Has("words") && c.Path != deeds.ChangePath {
				return nil, nil
			}
			one, err := choice(tx, c, "goal", "One goal", proposed)
			if err != nil {
				return nil, err
			}
			if len(one.Options) < 2 {
				return nil, deeds.Refuse(deeds.Conflict, "It takes two goals that are proposed and not adopted yet. /goal list shows how they stand.")
			}
			other := one
			other.Name, other.Label = "with", "The other one"
			f := &chat.Form{
				Title: "Make one goal of two", Fields: roomy([]chat.Field{one, other, wordsField}), Submit: "Suggest it", Filled: chat.Answers{},
				Note: whoSees + " Whoever proposed them has to agree; both stay in the history.",
			}
			for _, name := range []string{"goal", "with"} {
				if g, known, err := goalOf(tx, named(c, name), proposed); err == nil && known && c.Given.Has(name) {
					f.Filled[name] = chat.Given(string(g.ID))
				}
			}
			if _, ok := f.Filled["goal"]; !ok && c.Record != "" && c.Record != c.Cohort {
				f.Filled["goal"] = chat.Given(c.Record)
			}
			return f, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := in(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			one, err := the(tx, named(c, "goal"), proposed)
			if err != nil {
				return chat.Outcome{}, err
			}
			other, err := the(tx, named(c, "with"), proposed)
			if err != nil {
				return chat.Outcome{}, err
			}
			if one.ID == other.ID {
				return chat.Outcome{}, deeds.RefuseField("with", "Those are the same goal. Choose another one here.")
			}
			for _, g := range []Goal{one, other} {
				if g.State != Proposed {
					return chat.Outcome{}, deeds.RefuseField("goal", "Goal %d is adopted already. To bring something else into it, suggest other words for it.", g.Number)
				}
			}
			s := Suggestion{ID: SuggestionID(c.ID), Goal: one.ID, With: other.ID, By: c.Person.ID, At: c.Now, Words: strings.TrimSpace(c.Given.Text("words"))}
			if one.By == c.Person.ID && other.By == c.Person.ID { // both are one's own
				g, err := merge(tx, cohort, ID(c.ID), s, c.Person.ID, c.Now)
				return chat.Say(fmt.Sprintf("Merged, as goal %d.", g.Number), openButton(g)), err
			}
			if err := s.keep(tx, c, one); err != nil {
				return chat.Outcome{}, err
			}
			who, err := s.takerWords(tx)
			return chat.Say("Suggested. Both goals show it, and it takes the word of "+who+".", openButton(one)), err
		},
	}
}

// named gives a call whose goal is the one of another field.
func named(c deeds.Call, field string) deeds.Call {
	given := deeds.Values{}
	for name, v := range c.Given {
		given[name] = v
	}
	delete(given, "goal")
	if v, ok := c.Given[field]; ok {
		given["goal"] = v
		c.Record = ""
	}
	c.Given = given
	return c
}

// suggestionOf gives what a button is about, if it still waits. Its record is
// the goal's and the suggestion's.
func suggestionOf(tx store.Tx, c deeds.Call) (Suggestion, Goal, error) {
	_, id, _ := strings.Cut(c.Record, "/")
	s, err := Suggestions.Get(tx, SuggestionID(id))
	if id == "" || errors.Is(err, store.ErrNotFound) || err == nil && !s.Done.IsZero() {
		return s, Goal{}, deeds.Refuse(deeds.Conflict, "This suggestion no longer waits. /goal list shows how the goals stand.")
	}
	if err != nil {
		return s, Goal{}, err
	}
	g, _, err := goalOf(tx, c, alive)
	if err == nil && g.ID != s.Goal && g.ID != s.With { // of another goal, perhaps of another group
		err = deeds.Refuse(deeds.Conflict, "This suggestion is about another goal. /goal list shows how the goals stand.")
	}
	return s, g, err
}

// takeDeed takes a suggestion over.
func takeDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "goal take", Summary: "Take over what somebody suggested", Role: chat.Member, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := in(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			s, g, err := suggestionOf(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			s, done, err := s.agree(tx, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			if s.With == "" && g.Round != nil && g.Round.About == ToLetGo {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "The group is being asked whether to let it go. When that round is over, this can be taken over.")
			}
			if done {
				s.Done = c.Now
			}
			if err := Suggestions.Put(tx, s.ID, s); err != nil {
				return chat.Outcome{}, err
			}
			switch {
			case !done:
				_, err := board(tx, cohort, c.Now)
				return chat.Say("Noted. It takes the word of one more person."), err
			case s.With != "":
				g, err := merge(tx, cohort, ID(c.ID), s, c.Person.ID, c.Now)
				return chat.Say(fmt.Sprintf("Merged, as goal %d. What they were stays in the history.", g.Number), openButton(g)), err
			}
			was := g.Round
			g, err = g.reword(tx, cohort, s.Words, c.Person.ID, c.Now)
			text := "Taken over. It reads so now."
			if g.Round != nil && was == nil {
				text = "Taken over. The group is asked whether the goal should read so; until then it stays as it was."
			} else if was != nil {
				text = "Taken over. The group is asked anew, since the words are others."
			}
			return chat.Say(text, openButton(g)), err
		},
	}
}

// leaveDeed leaves a suggestion where it is, by whoever could take it over or
// made it.
func leaveDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "goal leave", Summary: "Leave a suggestion", Role: chat.Member, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := in(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			s, g, err := suggestionOf(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if s.By != c.Person.ID {
				if g.By != c.Person.ID { // only who proposed it decides that for everybody
					return chat.Outcome{}, deeds.Refuse(deeds.Forbidden, "Whoever suggested this, or proposed the goal, can leave it.")
				}
			}
			s.Done = c.Now
			if err := Suggestions.Put(tx, s.ID, s); err != nil {
				return chat.Outcome{}, err
			}
			_, err = board(tx, cohort, c.Now)
			return chat.Say("Left as it is.", openButton(g)), err
		},
	}
}
