package evidence

import (
	"strconv"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

// agreeChoices are what an owner can say of those who are shown in a file.
var agreeChoices = []chat.Option{
	{Value: string(Agreed), Label: "Yes, they agreed that an assessor sees it"},
	{Value: string(Asked), Label: "I have asked them; no answer yet"},
	{Value: string(NotNeeded), Label: "Nobody is shown, and it is nobody else's knowledge"},
}

func agreeButton(i Item) chat.Button {
	return chat.Button{Label: "Say who agreed", Command: "evidence agree", Record: string(i.ID)}
}

// agreeDeed asks of each file whether those who are shown in it, or the group whose
// knowledge it holds, agreed. Nothing goes to an assessor before.
func agreeDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "evidence agree", Summary: "Say whether those shown in a file agreed to it", Role: chat.Anyone, Fields: []chat.Field{whichField}},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			i, form, err := which(tx, c, "Go on")
			if err != nil || form != nil {
				return form, err
			}
			return agreeForm(i)
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, form, err := which(tx, c, "Go on")
			if err != nil || form != nil {
				return asked(form), err
			}
			if _, shown := c.Shown[agreeField(0)]; !shown {
				form, err := agreeForm(i)
				return asked(form), err
			}
			for n := range i.Files {
				i.Files[n].Shows = NotSaid
				if v := c.Given[agreeField(n)]; len(v.Choices) > 0 {
					i.Files[n].Shows = Shows(v.Choices[0])
				}
			}
			if err := Table.Put(tx, i.ID, i); err != nil {
				return chat.Outcome{}, err
			}
			text := "Kept. " + many(len(i.Files), "It", "All of it") + " can go to an assessor."
			if n := len(i.Unsettled()); n > 0 {
				text = "Kept. " + count(n, "file stays", "files stay") + " with you until you say that everybody agreed. A portfolio can't be handed in with it before."
			}
			return chat.Say(text, agreeButton(i), chat.Button{Label: "See it", Command: "evidence show", Record: string(i.ID)}), nil
		},
	}
}

func agreeField(n int) string { return "file" + strconv.Itoa(n+1) }

func agreeForm(i Item) (*chat.Form, error) {
	if len(i.Files) == 0 {
		return nil, deeds.Refuse(deeds.Invalid, "**%s** has no files, so there is nobody to ask.", chat.Plain(i.Name()))
	}
	form := &chat.Form{
		Title: "Who agreed?", Submit: "Keep that", Record: string(i.ID), Filled: chat.Answers{},
		Intro: "Did the people who are seen or heard agree that an assessor sees this? And where it holds what a group, a family or an iwi knows: did they?",
		Note:  "Only you see this until you hand in a portfolio; an assessor then reads what you said here.",
	}
	for n, f := range i.Files {
		form.Fields = append(form.Fields, chat.Field{Name: agreeField(n), Label: chat.Short(f.SafeName(), 45), Kind: chat.Choice, Options: agreeChoices})
		form.Filled[agreeField(n)] = chat.Answer{}
		if f.Shows != NotSaid {
			form.Filled[agreeField(n)] = chat.Given(string(f.Shows))
		}
	}
	return form, nil
}
