package evidence

import (
	"errors"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/letters"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Somebody else's words are kept only when they say so. They are asked once, in
// private, and their silence is a no: the words are then forgotten.

const (
	askKind    = "evidence-ask"    // the question to an author
	lapseKind  = "evidence-lapse"  // silence
	agreedKind = "evidence-agreed" // the answer to who asked
	// lapseAfter is how long an author has.
	lapseAfter = 14 * 24 * time.Hour
)

// ask has an author asked, outside their quiet hours and their leave.
func (i Item) ask(tx store.Tx, author people.Person, now time.Time) error {
	z, err := cohorts.ZoneOf(tx, author)
	if err != nil {
		return err
	}
	due := author.Quiet.Open(now, z)
	if err := i.lapseAt(tx, due.Add(lapseAfter)); err != nil {
		return err
	}
	return jobs.Set(tx, jobs.Job{Key: askKind + "/" + string(i.ID), Kind: askKind, Record: string(i.ID), Due: due})
}

func (i Item) lapseAt(tx store.Tx, due time.Time) error {
	return jobs.Set(tx, jobs.Job{Key: lapseKind + "/" + string(i.ID), Kind: lapseKind, Record: string(i.ID), Due: due})
}

// stopAsking lets go of what waits for the author's answer.
func (i Item) stopAsking(tx store.Tx) error {
	return errors.Join(jobs.Drop(tx, askKind+"/"+string(i.ID)), jobs.Drop(tx, lapseKind+"/"+string(i.ID)))
}

// askAuthor asks. A person asks them, so it is no reminder and takes nothing from
// their budget; it is asked once.
func askAuthor(tx store.Tx, j jobs.Job, now time.Time) error {
	i, ok, err := awaiting(tx, j.Record)
	if err != nil || !ok {
		return err
	}
	p, err := people.Table.Get(tx, i.Author)
	if errors.Is(err, store.ErrNotFound) {
		return Delete(tx, i)
	}
	if err != nil {
		return err
	}
	z, err := cohorts.ZoneOf(tx, p)
	if err != nil {
		return err
	}
	if p.OnLeave(now, z) {
		j.Due = p.Quiet.Open(now.Add(24*time.Hour), z)
		if err := i.lapseAt(tx, j.Due.Add(lapseAfter)); err != nil {
			return err
		}
		return jobs.Set(tx, j)
	}
	return outbox.Say(tx, outbox.Item{
		Key: j.Key, Kind: askKind, Record: j.Record, Person: string(p.ID), Place: p.Direct(i.Workspace), Silent: true,
	}, now)
}

// lapse forgets what nobody agreed to.
func lapse(tx store.Tx, j jobs.Job, _ time.Time) error {
	i, ok, err := awaiting(tx, j.Record)
	if err != nil || !ok {
		return err
	}
	return Delete(tx, i)
}

// awaiting gives an item whose author has not answered; false where there is
// nothing to wait for any more.
func awaiting(tx store.Tx, record string) (Item, bool, error) {
	i, ok, err := Table.Find(tx, ID(record))
	return i, ok && i.Consent == Asking, err
}

// askMessage asks an author, and afterwards lets them take their word back.
func askMessage(tx store.Tx, o outbox.Item, now time.Time) (chat.Message, bool, error) {
	i, ok, err := Table.Find(tx, ID(o.Record))
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	owner, err := people.Table.Get(tx, i.Owner)
	if err != nil {
		return chat.Message{}, false, err
	}
	name := chat.Plain(owner.Name)
	if i.Consent != Asking {
		return chat.Message{
			Text:    "You let " + name + " keep this as evidence of their work:\n\n" + excerpt(i, 500),
			Note:    "You can take it back: it is then deleted there, except from what was submitted already.",
			Buttons: []chat.Button{{Label: "Take it back", Command: "evidence withdraw", Record: string(i.ID)}},
		}, o.State == outbox.Sent, nil
	}
	return chat.Message{
		Text: "**" + name + "** asks whether they may keep this of yours as evidence of their work. Exactly this would be kept, with your name:\n\n" + excerpt(i, 2500),
		Note: name + " reads it, and whoever they hand their portfolio to: the people who judge it, and those whom " + name + " shows it to later. " +
			"Nothing is kept unless you say yes. You need no reason for a no, and nobody is told of it. You can take a yes back.",
		Buttons: []chat.Button{
			{Label: "Yes, keep it", Command: "evidence yes", Record: string(i.ID), Main: true},
			{Label: "No, thank you", Command: "evidence no", Record: string(i.ID)},
		},
	}, true, nil
}

// agreedMessage tells who asked that the author said yes.
func agreedMessage(tx store.Tx, o outbox.Item, now time.Time) (chat.Message, bool, error) {
	i, err := Table.Get(tx, ID(o.Record))
	if errors.Is(err, store.ErrNotFound) {
		return chat.Message{}, false, nil
	}
	if err != nil || !i.Kept() {
		return chat.Message{}, false, err
	}
	m := itemMessage(i, chat.Plain(i.Named)+" said yes: you keep what they wrote.")
	return m, true, nil
}

// author gives what a button asks an author about, to that author alone.
func author(tx store.Tx, c deeds.Call) (Item, error) {
	i, err := Table.Get(tx, ID(c.Record))
	switch {
	case c.Record == "" || errors.Is(err, store.ErrNotFound):
		return i, deeds.Refuse(deeds.NotFound, "This is not kept: it was declined or deleted, or it was asked too long ago. There is nothing for you to do.")
	case err == nil && i.Author != c.Person.ID:
		return i, deeds.Refuse(deeds.Forbidden, "Only the person who wrote this can decide about it.")
	}
	return i, err
}

func yesDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "evidence yes", Summary: "Let somebody keep what you wrote", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, err := author(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			owner, err := people.Table.Get(tx, i.Owner)
			if err != nil {
				return chat.Outcome{}, err
			}
			out := chat.Say("Thank you. "+chat.Plain(owner.Name)+" keeps it now, with your name.", chat.Button{Label: "Take it back", Command: "evidence withdraw", Record: string(i.ID)})
			if i.Consent != Asking {
				return out, nil
			}
			i.Consent, i.Agreed = Given, c.Now
			if err := errors.Join(Table.Put(tx, i.ID, i), i.stopAsking(tx), outbox.Touch(tx, askKind, string(i.ID))); err != nil {
				return chat.Outcome{}, err
			}
			z, err := cohorts.ZoneOf(tx, owner)
			if err != nil {
				return chat.Outcome{}, err
			}
			return out, letters.Send(tx, outbox.Item{
				Key: agreedKind + "/" + string(i.ID), Kind: agreedKind, Record: string(i.ID), Person: string(i.Owner),
			}, i.Workspace, z, c.Now)
		},
	}
}

func noDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "evidence no", Summary: "Keep what you wrote to yourself", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, err := author(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if i.Consent != Asking {
				return chat.Say("You said yes to this before.", chat.Button{Label: "Take it back", Command: "evidence withdraw", Record: string(i.ID)}), nil
			}
			return chat.Say("That's fine. Nothing is kept, and nobody is told."), Delete(tx, i)
		},
	}
}

func withdrawDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "evidence withdraw", Summary: "Take back that somebody may keep what you wrote", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, err := author(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !c.Sure && i.Consent != Asking {
				return deeds.Confirm("I delete this from what they keep. What was submitted for assessment already stays as it was submitted.\n\n"+excerpt(i, 300), "Take it back"), nil
			}
			return chat.Say("Taken back. It is deleted there."), Delete(tx, i)
		},
	}
}
