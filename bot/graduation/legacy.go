package graduation

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

const whoReads = "This group, and each later group that is handed it, can read it with their facilitators, on a page that can be kept. You can take it back at any time, also when you have left the group: /legacy mine. Copies that were already passed on can't be called back."

// giveDeed leaves something for the group that comes after.
func giveDeed() deeds.Deed {
	kind := chat.Field{Name: "kind", Label: "What you leave", Kind: chat.Choice, Required: true}
	for _, k := range kinds {
		kind.Options = append(kind.Options, chat.Option{Value: string(k.kind), Label: k.label})
	}
	fields := []chat.Field{
		kind,
		{Name: "text", Label: "In your words", Kind: chat.LongText, Required: true, Max: 2000, Example: "Start smaller than you think", Hint: "For an offer: what you would do, and how to reach you"},
		{Name: "name", Label: "Your name beside it?", Kind: chat.Choice, Required: true, Options: []chat.Option{
			{Value: "yes", Label: "Yes, with my name"}, {Value: "no", Label: "No, without my name"},
		}},
		{Name: "file", Label: "A photo or a document", Kind: chat.Upload, Hint: "If you have one"},
	}
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "legacy give", Summary: "Leave something for the next group", Role: chat.Member, Fields: fields},
		Ask: func(_ store.Tx, c deeds.Call) (*chat.Form, error) {
			if len(deeds.Missing(fields, c.Given)) == 0 {
				return nil, nil
			}
			return &chat.Form{
				Title: "For those who come next", Fields: fields, Submit: "Leave it for them",
				Note: whoReads,
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			x, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			if _, err := cohorts.Joined(tx, x, c.Person.ID); err != nil {
				return chat.Outcome{}, err
			}
			g := Gift{
				ID: GiftID(c.ID), Cohort: x.ID, Person: c.Person.ID, Kind: Kind(c.Given.Text("kind")), Text: c.Given.Text("text"),
				Files: c.Given["file"].Files, Named: c.Given.Text("name") == "yes", At: c.Now,
			}
			if g.words().named && !g.Named {
				return chat.Outcome{}, deeds.RefuseField("name", "An offer needs your name, so that somebody can take it up. Choose yes, or leave a piece of advice instead.")
			}
			if n, err := giftsOf(tx, x.ID, c.Person.ID); err != nil {
				return chat.Outcome{}, err
			} else if n >= mostGifts {
				return chat.Outcome{}, deeds.RefuseField("text", "You leave %d things already, which is as many as one person can. /legacy mine takes one of them back.", n)
			}
			if err := Gifts.Put(tx, g.ID, g); err != nil {
				return chat.Outcome{}, err
			}
			if err := touchReceivers(tx, x.ID); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Answering(chat.Message{
				Text: "Kept for those who come next.", Note: whoReads, // who typed it all has not seen the form
				Buttons: []chat.Button{
					{Label: "What I leave", Command: "legacy mine", Record: string(x.ID), Main: true},
					{Label: "Leave another", Command: "legacy give", Record: string(x.ID)},
				},
			}), nil
		},
	}
}

// touchReceivers brings up to date what later groups were told.
func touchReceivers(tx store.Tx, from cohorts.ID) error {
	return outbox.Touch(tx, legacyKind, string(from))
}

// mineDeed shows a giver what they leave, when they have left the group, too.
func mineDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "legacy mine", Summary: "What you leave for the next group, to look at or take back", Role: chat.Anyone},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			all, err := given(tx, cohorts.ID(c.Cohort), c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			var give []chat.Button
			if c.Role.Includes(chat.Member) {
				give = []chat.Button{{Label: "Leave something", Command: "legacy give", Record: c.Cohort}}
			}
			if len(all) == 0 {
				return chat.Say("You leave nothing so far, which is fine.", give...), nil
			}
			m := chat.Message{Text: "**What you leave for the next group**", Note: "Only you see this list."}
			for i, g := range all[:min(len(all), mostGifts)] {
				m.Text += fmt.Sprintf("\n\n%d. %s%s:\n\n%s", i+1, g.words().label, nameless(g), chat.Quote(chat.Short(g.Text, 240)))
				m.Buttons = append(m.Buttons, chat.Button{Label: fmt.Sprintf("Take %d back", i+1), Command: "legacy withdraw", Record: c.Cohort + "/" + string(g.ID)})
			}
			m.Buttons = append(m.Buttons, give...)
			return chat.Answering(m), nil
		},
	}
}

// Leaving tells somebody who leaves a group what becomes of what they leave for the
// next one; nothing where they leave nothing.
func Leaving(tx store.Tx, c cohorts.Cohort, p people.Person, _ time.Time) (deeds.Glance, error) {
	n, err := giftsOf(tx, c.ID, p.ID)
	if err != nil || n == 0 {
		return deeds.Glance{}, err
	}
	return deeds.Glance{
		Lines:   []string{"What you left for the next group stays there until you take it back: /legacy mine shows it, now and later."},
		Buttons: []chat.Button{{Label: "What I leave", Command: "legacy mine", Record: string(c.ID)}},
	}, nil
}

func nameless(g Gift) string {
	if g.Named {
		return ""
	}
	return ", without your name"
}

func withdrawDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "legacy withdraw", Summary: "Take back what you leave", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			_, id, _ := strings.Cut(c.Record, "/")
			g, err := Gifts.Get(tx, GiftID(id))
			if errors.Is(err, store.ErrNotFound) || err == nil && g.Person != c.Person.ID {
				return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "That is not there. /legacy mine shows what you leave.")
			}
			if err != nil {
				return chat.Outcome{}, err
			}
			if !c.Sure {
				return deeds.ConfirmAbout(c.Record, "This takes it back for good; it is shown to nobody any more. Copies of the page that were already passed on can't be called back.\n\n"+chat.Quote(g.Text), "Take it back"), nil
			}
			if err := Gifts.Delete(tx, g.ID); err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Taken back, and gone."), touchReceivers(tx, g.Cohort)
		},
	}
}

// pageDeed gives what a group leaves, as a page that opens offline. The record
// names the group that asks, and after a slash the one that left it.
func pageDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "legacy page", Summary: "What a group leaves for the next, as a page to keep", Role: chat.Member},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			from := cohorts.ID(c.Cohort)
			if _, other, _ := strings.Cut(c.Record, "/"); other != "" && cohorts.ID(other) != from {
				got, err := Passings.Has(tx, passingID(from, cohorts.ID(other)))
				if err != nil {
					return chat.Outcome{}, err
				}
				if !got {
					return chat.Outcome{}, deeds.Refuse(deeds.Forbidden, "Your group was not handed that. Its facilitators can ask for it with /legacy receive.")
				}
				from = cohorts.ID(other)
			}
			x, err := cohorts.Get(tx, from)
			if err != nil {
				return chat.Outcome{}, err
			}
			all, err := left(tx, from)
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(all) == 0 {
				return chat.Say("Nobody in "+chat.Plain(x.Name)+" leaves anything so far.", chat.Button{Label: "Leave something", Command: "legacy give", Record: c.Cohort}), nil
			}
			m, err := pageMessage(tx, x, all, c.Now)
			return chat.Answering(m), err
		},
	}
}

// receiveDeed hands a group what an earlier one left: the one whose plan it took
// over, or one that the facilitator was in.
func receiveDeed() deeds.Deed {
	return deeds.Deed{
		Scoped: true, CohortOf: cohortOf,
		Command: chat.Command{Path: "legacy receive", Summary: "Hand your group what an earlier one left", Role: chat.Facilitator},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if _, from, _ := strings.Cut(c.Record, "/"); from != "" || c.Given.Has("from") {
				return nil, nil
			}
			earlier, err := earlierThan(tx, c)
			if err != nil {
				return nil, err
			}
			if len(earlier) == 0 {
				return nil, deeds.Refuse(deeds.NotFound, "No earlier group of yours left anything. A group hands on to one that was started from its plan with /cohort clone, or whose facilitator was in it.")
			}
			field := chat.Field{Name: "from", Label: "Which group", Kind: chat.Choice, Required: true}
			for _, x := range earlier {
				field.Options = append(field.Options, chat.Option{Value: string(x.ID), Label: chat.Short(x.Name, 75)})
			}
			return &chat.Form{
				Title: "What an earlier group left", Fields: []chat.Field{field}, Submit: "Look at it", Record: c.Cohort,
				Filled: chat.Answers{"from": chat.Given(string(earlier[0].ID))},
				Note:   "Your group sees nothing before you have confirmed.",
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if err := cohorts.MustFacilitate(tx, c); err != nil {
				return chat.Outcome{}, err
			}
			_, from, _ := strings.Cut(c.Record, "/")
			if from == "" {
				from = c.Given.Text("from")
			}
			earlier, err := earlierThan(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			i := slices.IndexFunc(earlier, func(x cohorts.Cohort) bool { return string(x.ID) == from })
			if i < 0 {
				return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "That group left nothing that yours can be handed. /legacy receive shows what there is.")
			}
			to, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			all, err := left(tx, earlier[i].ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			record := passingID(to.ID, cohorts.ID(from))
			if got, err := Passings.Has(tx, record); err != nil {
				return chat.Outcome{}, err
			} else if got {
				return chat.Say("Your group was handed that already, and /home shows it to everyone in it.",
					chat.Button{Label: "Read it", Command: "legacy page", Record: record, Main: true}), nil
			}
			if !c.Sure {
				return deeds.ConfirmAbout(record, "**"+chat.Plain(earlier[i].Name)+"** left "+counted(all)+". I will say so in "+chat.InChannel(to.Place)+", with a button to read it.", "Hand it on"), nil
			}
			if err := Passings.Put(tx, record, Passing{From: earlier[i].ID, To: to.ID, By: c.Person.ID, At: c.Now}); err != nil {
				return chat.Outcome{}, err
			}
			err = outbox.Say(tx, outbox.Item{
				Key: legacyKind + "/" + record, Kind: legacyKind, Record: from, Cohort: string(to.ID), Place: to.Place,
			}, c.Now)
			return chat.Say("Handed on: your group is being told."), err
		},
	}
}

// earlierThan gives the groups that left something which this one can be handed.
func earlierThan(tx store.Tx, c deeds.Call) ([]cohorts.Cohort, error) {
	x, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
	if err != nil {
		return nil, err
	}
	ids := []cohorts.ID{x.From.Cohort}
	own, err := cohorts.Of(tx, c.Person.ID)
	if err != nil {
		return nil, err
	}
	for _, o := range own {
		ids = append(ids, o.ID)
	}
	var earlier []cohorts.Cohort
	for i, id := range ids {
		if id == "" || id == x.ID || slices.Contains(ids[:i], id) || len(earlier) == 25 {
			continue
		}
		o, err := cohorts.Get(tx, id)
		if err != nil {
			return nil, err
		}
		gifts, err := left(tx, id)
		if err != nil {
			return nil, err
		}
		if len(gifts) > 0 && o.State != cohorts.Deleted {
			earlier = append(earlier, o)
		}
	}
	return earlier, nil
}
