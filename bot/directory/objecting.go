package directory

import (
	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

// objectDeed puts an objection to a review on record.
func objectDeed() deeds.Deed {
	fields := []chat.Field{{Name: "words", Label: "What stands against it", Kind: chat.LongText, Required: true, Max: 1500, Hint: "And what would have to change"}}
	open := func(tx store.Tx, c deeds.Call) (Review, error) {
		r, there, err := Reviews.Find(tx, ReviewID(c.Record))
		switch {
		case err != nil:
			return r, err
		case !there || !r.Open():
			return r, deeds.Refuse(deeds.Conflict, "This review is decided already or was changed, so there is nothing to object to. A new review can be asked for from the training: /directory find.")
		case r.By == c.Person.ID:
			return r, deeds.Refuse(deeds.Conflict, "This is your own review. You can change it or take it back: /directory review.")
		}
		said, err := waiting(tx, r.ID)
		for _, o := range said {
			if o.By == c.Person.ID {
				return r, &deeds.Error{Code: deeds.Conflict, Say: "Your objection is on record, and nothing is decided while it waits.", Buttons: []chat.Button{showReview(r)}}
			}
		}
		return r, err
	}
	return deeds.Deed{
		Command: chat.Command{Path: objectPath, Summary: "Object to a review", Role: chat.Reviewer, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if _, err := open(tx, c); err != nil {
				return nil, err
			}
			return &chat.Form{
				Title: "Object", Submit: "Object", Record: c.Record, Fields: fields,
				Intro: "Nothing is decided until your objection is heard, or the review is changed.",
				Note:  "It stays in the training's record with your name, readable for everybody who can see the training.",
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			r, err := open(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			who, err := nameOf(tx, r.By)
			if err != nil {
				return chat.Outcome{}, err
			}
			o := Objection{ID: c.ID, Review: r.ID, Training: r.Training, By: c.Person.ID, At: c.Now, Words: c.Given.Text("words")}
			return chat.Say("Your objection is on record. "+who+" is told, and nothing is decided while it waits.",
				chat.Button{Label: "Read the review", Command: recordPath, Record: string(r.ID)}), object(tx, o, r, c.Now)
		},
	}
}

// objection gives the objection that a button is about, while it waits.
func objection(tx store.Tx, c deeds.Call) (Objection, error) {
	o, there, err := Objections.Find(tx, c.Record)
	if err == nil && (!there || !o.Open()) {
		err = deeds.Refuse(deeds.Conflict, "This objection is settled already. The training's record has how.")
	}
	return o, err
}

// answerDeed answers an objection in words. Whether that settles it is for whoever
// objected to say.
func answerDeed() deeds.Deed {
	fields := []chat.Field{{Name: "words", Label: "Your answer", Kind: chat.LongText, Required: true, Max: 1500}}
	may := func(tx store.Tx, c deeds.Call) (Objection, error) {
		o, err := objection(tx, c)
		if err == nil && o.By == c.Person.ID {
			err = deeds.Refuse(deeds.Conflict, "This is your own objection. When it was heard, say so: /directory review.")
		}
		return o, err
	}
	return deeds.Deed{
		Command: chat.Command{Path: answerPath, Summary: "Answer an objection", Role: chat.Reviewer, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			o, err := may(tx, c)
			if err != nil {
				return nil, err
			}
			words, err := objectionWords(tx, o)
			return &chat.Form{
				Title: "Answer an objection", Submit: "Answer", Record: o.ID, Intro: words, Fields: fields,
				Note: "It stays in the training's record with your name. If the review is to be another, change it instead: that answers the objection too.",
			}, err
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			o, err := may(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			o.Answer, o.Answerer, o.Answered = c.Given.Text("words"), c.Person.ID, c.Now
			if err := Objections.Put(tx, o.ID, o); err != nil {
				return chat.Outcome{}, err
			}
			who, err := nameOf(tx, o.By)
			if err != nil {
				return chat.Outcome{}, err
			}
			r, err := Reviews.Get(tx, o.Review)
			if err != nil {
				return chat.Outcome{}, err
			}
			if err := touch(tx, r, []Objection{o}); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Answered. " + who + " reads it, and says whether the objection was heard."), tellOn(tx, answeredKind, o.ID, c.ID, o.By, c.Now)
		},
	}
}

func heardDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: heardPath, Summary: "Say that your objection was heard", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			o, err := objection(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if o.By != c.Person.ID {
				return chat.Outcome{}, deeds.Refuse(deeds.Forbidden, "Only whoever objected can say that. You can answer the objection, or the review can be changed: /directory review.")
			}
			stands, err := o.settle(tx, c.Now)
			text := "Thank you. Your objection stays in the record, as heard. The review holds when the time to object is over."
			if stands {
				text = "Thank you. Your objection stays in the record, as heard. The time to object is over, so the review holds now."
			}
			return chat.Say(text, chat.Button{Label: "Read the review", Command: recordPath, Record: string(o.Review)}), err
		},
	}
}

func retireDeed() deeds.Deed {
	fields := []chat.Field{{Name: "why", Label: "Why", Kind: chat.LongText, Required: true, Max: 500, Example: "It is no longer offered"}}
	return deeds.Deed{
		Command: chat.Command{Path: retirePath, Summary: "Take a training out of the directory", Role: chat.Reviewer, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			t, err := training(tx, c)
			if err != nil {
				return nil, err
			}
			return &chat.Form{
				Title: "Retire a training", Submit: "Go on", Record: string(t.ID), Fields: fields,
				Intro: "**" + chat.Plain(t.Title) + "** is then found no more. Whoever has done it keeps what they have of it.",
				Note:  "Everybody who can see the training can read why, with your name.",
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			t, err := training(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if t.State != Approved && t.State != Lapsed {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "**%s** is %s, so there is nothing to retire.", chat.Plain(t.Title), t.stateWords(c.Zone))
			}
			if !c.Sure {
				return deeds.Confirm("**"+chat.Plain(t.Title)+"** is taken out of the directory:\n\n"+chat.Quote(c.Given.Text("why")), "Retire it"), nil
			}
			return chat.Say("**" + chat.Plain(t.Title) + "** is retired. Its record stays readable."), t.retire(tx, c.Person.ID, c.Given.Text("why"), c.Now)
		},
	}
}
