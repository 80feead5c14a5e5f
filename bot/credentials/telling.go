package credentials

import (
	"errors"
	"fmt"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/letters"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// The kinds of what is said to holders, in private.
const (
	givenKind   = "credential given"
	againKind   = "credential again" // asked for
	revokedKind = "credential revoked"
)

// tell has a holder told when they may be written to; what they have just asked for
// comes at once. w is where, if they have an account there.
func tell(tx store.Tx, kind string, i Issued, occasion string, w chat.Workspace, now time.Time) error {
	p, ok, err := people.Table.Find(tx, i.Person)
	if err != nil || !ok {
		return err
	}
	item := outbox.Item{Key: kind + "/" + occasion, Kind: kind, Record: string(i.ID), Person: string(p.ID)}
	if kind == againKind {
		item.Place = p.Direct(w)
		return outbox.Say(tx, item, now)
	}
	zone, err := cohorts.ZoneOf(tx, p)
	if err != nil {
		return err
	}
	return letters.Send(tx, item, w, zone, now)
}

// stands gives a credential that is still to be spoken of; false where it is gone or
// does not stand any more.
func stands(tx store.Tx, id string) (Issued, bool, error) {
	i, ok, err := Table.Find(tx, ID(id))
	return i, ok && i.Revoked.At.IsZero(), err
}

func (f feature) renderGiven(tx store.Tx, item outbox.Item, _ time.Time) (chat.Message, bool, error) {
	i, ok, err := stands(tx, item.Record)
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	m := f.filed(i)
	m.Text = fmt.Sprintf("**A certificate for you: %s**\n\n%s", chat.Plain(i.Badge.Name), m.Text)
	return m, true, nil
}

func (f feature) renderAgain(tx store.Tx, item outbox.Item, _ time.Time) (chat.Message, bool, error) {
	i, ok, err := stands(tx, item.Record)
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	m := f.filed(i)
	m.Text = fmt.Sprintf("**%s**\n\n%s", chat.Plain(i.Badge.Name), m.Text)
	return m, true, nil
}

// filed is a message with the files of a credential.
func (f feature) filed(i Issued) chat.Message {
	d := i.Badge.Certificate(CheckAddress(f.Pages, i.ID))
	d.Archive = ArchiveOf(i.ID)
	m := chat.Message{
		Text:     "Here it is three times: certificate.html to print, certificate.png to show, and credential.json, the signed file. That one is for whoever wants to be sure: it shows by itself that nothing in it was changed, and other places that know Open Badges take it.",
		Document: &d,
		Buttons:  []chat.Button{{Label: "About it", Command: showPath, Record: string(i.ID)}},
		Note:     "It came to you alone. In the signed file your name stands as a hash only; on the page and the picture it stands in full.",
	}
	if f.Pages != "" {
		m.Buttons = append(m.Buttons, chat.Button{Label: "A page to show", Command: pagePath, Record: string(i.ID)})
	}
	return m
}

func (f feature) renderRevoked(tx store.Tx, item outbox.Item, _ time.Time) (chat.Message, bool, error) {
	i, err := Table.Get(tx, ID(item.Record))
	if errors.Is(err, store.ErrNotFound) || err == nil && i.Revoked.At.IsZero() {
		return chat.Message{}, false, nil
	}
	return i.revokedMessage(), err == nil, err
}

// revokedMessage tells a holder that a credential was taken back, and why.
func (i Issued) revokedMessage() chat.Message {
	return chat.Message{
		Text: fmt.Sprintf("**%s was withdrawn**\n\nYour certificate of %s does not stand any more since %s. In the words of whoever administers this:\n\n%s\n\nIf you see it otherwise, talk to them; your portfolio and what your assessor said stay yours.",
			chat.Plain(i.Badge.Name), day(i.Badge.From), i.ended(), chat.Quote(i.Revoked.Reason)),
		Note: "Only you read the reason. Whoever checks the certificate sees that it was withdrawn, and when.",
	}
}

func persons(n int) string {
	if n == 1 {
		return "one person"
	}
	return fmt.Sprintf("%d people", n)
}

// glance shows a holder what they hold.
func (f feature) glance(tx store.Tx, c deeds.Call) (deeds.Glance, error) {
	all, err := holders(tx, c.Person.ID)
	g := deeds.Glance{Later: true}
	for _, i := range all {
		if i.Revoked.At.IsZero() {
			g.Lines = append(g.Lines, fmt.Sprintf("**Certificate**: %s, given on %s.", chat.Plain(i.Badge.Name), day(i.Badge.From)))
			g.Buttons = append(g.Buttons, chat.Button{Label: "Your certificate", Command: showPath, Record: string(i.ID)})
		}
	}
	return g, err
}

// ended says on which day it was taken back, as its holder lives it.
func (i Issued) ended() string { return day(i.Revoked.At.In(i.Badge.From.Location())) }
