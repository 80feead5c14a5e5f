package credentials

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/links"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
)

const (
	showPath   = "credential show"
	sendPath   = "credential send"
	pagePath   = "credential page"
	closePath  = "credential close"
	viewPath   = "credential view" // the page that a holder shows
	checkPath  = "credential check"
	revokePath = "credential revoke"

	pageTime = 5 * 365 * 24 * time.Hour
)

type feature struct{ Options }

// Feature is what this package brings to the bot.
func Feature(o Options) deeds.Feature {
	f := feature{o}
	return deeds.Feature{
		Deeds: []deeds.Deed{f.showDeed(), f.sendDeed(), f.pageDeed(), f.closeDeed(), f.viewDeed(), f.checkDeed(), f.revokeDeed()},
		Reasons: []outbox.Reason{
			{Kind: givenKind, Render: f.renderGiven},
			{Kind: againKind, Render: f.renderAgain},
			{Kind: revokedKind, Render: f.renderRevoked},
		},
		Own:      f.glance,
		Tables:   []store.Prepared{Table, Places},
		Holdings: holdings(),
	}
}

// own gives the credential of a call, which is the person's own: the one of the
// record, or the only one they have.
func own(tx store.Tx, c deeds.Call, path string) (Issued, error) {
	all, err := holders(tx, c.Person.ID)
	if err != nil {
		return Issued{}, err
	}
	if c.Record != "" {
		all = slices.DeleteFunc(all, func(i Issued) bool { return string(i.ID) != c.Record })
	}
	switch len(all) {
	case 0:
		return Issued{}, deeds.Refuse(deeds.NotFound, "You hold no certificate here. One comes to you when an assessor has decided that a portfolio of yours meets what is asked; /portfolio open shows how far yours is.")
	case 1:
		return all[0], nil
	}
	e := deeds.Refuse(deeds.Conflict, "You hold %d certificates. Which one?", len(all))
	for _, i := range all[:min(len(all), chat.MaxButtons)] {
		e.Buttons = append(e.Buttons, chat.Button{Label: chat.Short(i.Badge.Name+", "+day(i.Badge.From), 70), Command: path, Record: string(i.ID)})
	}
	return Issued{}, e
}

func (f feature) showDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: showPath, Summary: "Your certificate, and whether it stands", Role: chat.Anyone},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, err := own(tx, c, showPath)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !i.Revoked.At.IsZero() {
				return chat.Answering(i.revokedMessage()), nil
			}
			m := chat.Message{Text: fmt.Sprintf("**%s**\n\nGiven to you by %s on %s, and it stands. %s", chat.Plain(i.Badge.Name), chat.Plain(i.Badge.Issuer), day(i.Badge.From), chat.Plain(i.Badge.Claim()))}
			if s := i.Badge.Standing(); s != "" {
				m.Text += "\n\n**" + s + "**"
			}
			if n := len(i.Badge.Supporters); n > 0 {
				m.Text += fmt.Sprintf("\n\nThe words of %s stand on it, as they agreed.", persons(n))
			}
			m.Buttons = []chat.Button{{Label: "Send me the files", Command: sendPath, Record: string(i.ID), Main: true}}
			if f.Pages != "" {
				m.Text += "\n\nWhoever has its number can check it: " + CheckAddress(f.Pages, i.ID)
				if i.Badge.List == "" && len(i.File) > 0 {
					m.Text += "\n\nThe file that you have was signed before there was a public list of what is withdrawn, so that nobody can look it up there. It stays sound; the one that I send now names the list."
				}
				m.Buttons = append(m.Buttons, chat.Button{Label: "A page to show", Command: pagePath, Record: string(i.ID)})
			} else {
				m.Text += "\n\nIts number is `" + i.ID.Number() + "`."
			}
			m.Note = "Only you see this. Whoever checks the number does not see your name."
			return chat.Answering(m), nil
		},
	}
}

func (f feature) sendDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: sendPath, Summary: "Your certificate as files: to print, to show, and to be checked", Role: chat.Anyone},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, err := own(tx, c, sendPath)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !i.Revoked.At.IsZero() {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "This certificate was withdrawn on %s, so it is not handed out any more. /credential show says why.", i.ended())
			}
			return chat.Say("The files come in our direct messages in a moment: a page to print, a picture to show, and the signed file by which anybody can check it."),
				tell(tx, againKind, i, c.ID, c.Profile.User.Workspace, c.Now)
		},
	}
}

// pageDeed gives the address of a page on which a holder shows a certificate.
func (f feature) pageDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: pagePath, Summary: "A page with your certificate, to show to whoever you like", Role: chat.Anyone},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, err := own(tx, c, pagePath)
			if err != nil {
				return chat.Outcome{}, err
			}
			if f.Pages == "" {
				return chat.Outcome{}, &deeds.Error{
					Code: deeds.Unavailable, Say: "This bot has no pages of its own. You can hand on the files instead.",
					Buttons: []chat.Button{{Label: "Send me the files", Command: sendPath, Record: string(i.ID), Main: true}},
				}
			}
			open, err := links.To(tx, viewPath, string(i.ID), c.Now)
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(open) == 0 {
				l, err := links.Make(tx, viewPath, string(i.ID), c.Now.Add(pageTime), c.Now)
				if err != nil {
					return chat.Outcome{}, err
				}
				open = append(open, l)
			}
			out := chat.Say("This page shows your certificate, with your name, to whoever you give the address to:\n\n"+f.Pages+open[0].Path(),
				chat.Button{Label: "Close the page", Command: closePath, Record: string(i.ID)})
			out.Reply.Note = "Nobody finds it without the address. It is open for five years, or until you close it."
			return out, nil
		},
	}
}

func (f feature) closeDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: closePath, Summary: "Close the page that shows your certificate", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, err := own(tx, c, closePath)
			if err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Closed. The address shows nothing any more; /credential page makes another."), closePages(tx, i.ID, c.Now)
		},
	}
}

func closePages(tx store.Tx, id ID, now time.Time) error {
	open, err := links.To(tx, viewPath, string(id), now)
	for _, l := range open {
		err = errors.Join(err, links.End(tx, l.ID, now))
	}
	return err
}

// viewDeed is the page that a holder shows.
func (f feature) viewDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: viewPath, Summary: "A certificate that its holder shows you", Role: chat.Guest, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, err := Table.Get(tx, ID(c.Record))
			if errors.Is(err, store.ErrNotFound) || err == nil && c.Profile.User.Workspace != links.Guests {
				return chat.Say("**There is nothing here any more**\n\nIts holder may have had it deleted."), nil
			}
			if err != nil {
				return chat.Outcome{}, err
			}
			if !i.Revoked.At.IsZero() {
				return chat.Say(fmt.Sprintf("**This certificate does not stand any more**\n\n%s was given by %s on %s and withdrawn on %s.", chat.Plain(i.Badge.Name), chat.Plain(i.Badge.Issuer), day(i.Badge.From), i.ended())), nil
			}
			d := i.Badge.Certificate(CheckAddress(f.Pages, i.ID))
			d.Archive = ArchiveOf(i.ID)
			return chat.Answering(chat.Message{
				Text: "**" + chat.Plain(i.Badge.Holder) + "**\n\nA certificate given by " + chat.Plain(i.Badge.Issuer) + ". It stands as of now.", Document: &d,
				Note: "Shown by its holder. credential.json is the signed file: it can be checked without this site, too.",
			}), nil
		},
	}
}

// MayTake tells whether whoever came by a link may have the files of a credential.
func MayTake(tx store.Tx, l links.Link, id ID) (bool, error) {
	if l.Command != viewPath || l.Record != string(id) {
		return false, nil
	}
	i, ok, err := Table.Find(tx, id)
	return ok && i.Revoked.At.IsZero(), err
}

func (f feature) checkDeed() deeds.Deed {
	fields := []chat.Field{
		{Name: "number", Label: "The number on the certificate", Kind: chat.Text, Required: true, Max: 100},
		{Name: "name", Label: "The name on it, to compare", Kind: chat.Text, Max: maxName},
	}
	return deeds.Deed{
		Command: chat.Command{Path: checkPath, Summary: "Whether a certificate that somebody shows you stands", Role: chat.Anyone, Fields: fields},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			known, err := Check(tx, c.Given.Text("number"), c.Given.Text("name"))
			if err != nil {
				return chat.Outcome{}, err
			}
			m := known.Message()
			m.Note = "Only you see this, and nobody is told that you asked."
			return chat.Answering(m), nil
		},
	}
}

// revokeDeed takes a credential back.
func (f feature) revokeDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: revokePath, Summary: "Withdraw a certificate that should not stand", Role: chat.Admin, Fields: []chat.Field{
			{Name: "number", Label: "The number on the certificate", Kind: chat.Text, Max: 100},
			{Name: "reason", Label: "Why", Kind: chat.LongText, Max: maxReason, Hint: "Its holder reads this; nobody else does"},
		}},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if c.Given.Has("number") && c.Given.Has("reason") {
				return nil, nil
			}
			form := chat.Form{
				Title: "Withdraw a certificate", Submit: "Go on", Note: "Its holder is told in private, with your reason. Whoever checks it sees that it was withdrawn, and when, and not why.",
			}
			if !c.Given.Has("number") {
				given, err := standing(tx, 25)
				if err != nil {
					return nil, err
				}
				if len(given) == 0 {
					return nil, deeds.Refuse(deeds.NotFound, "No certificate stands, so there is none to withdraw.")
				}
				field := chat.Field{Name: "number", Label: "Which certificate", Kind: chat.Choice, Required: true}
				for _, i := range given {
					field.Options = append(field.Options, chat.Option{Value: string(i.ID), Label: chat.Short(i.Badge.Holder+": "+i.Badge.Name+", "+day(i.Badge.From), 75)})
				}
				form.Fields = append(form.Fields, field)
			}
			form.Fields = append(form.Fields, chat.Field{Name: "reason", Label: "Why", Kind: chat.LongText, Required: true, Max: maxReason, Hint: "Its holder reads this; nobody else does"})
			return &form, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			id, _ := Numbered(c.Given.Text("number"))
			i, err := Table.Get(tx, id)
			if errors.Is(err, store.ErrNotFound) {
				return chat.Outcome{}, deeds.RefuseField("number", "No certificate with this number was given here. It has eight groups of four signs; leave it out to choose from a list.")
			}
			if err != nil {
				return chat.Outcome{}, err
			}
			if strings.TrimSpace(c.Given.Text("reason")) == "" {
				return chat.Outcome{}, deeds.RefuseField("reason", "Say why, in a sentence or two: its holder reads it.")
			}
			if !i.Revoked.At.IsZero() {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "It was withdrawn already, on %s.", i.ended())
			}
			if !c.Sure {
				return deeds.Confirm(fmt.Sprintf("This withdraws **%s** of **%s**, given on %s. They are told, and read:\n\n%s\n\nFrom now on, whoever checks it sees that it does not stand. It can't be taken back; another one needs another result.",
					chat.Plain(i.Badge.Name), chat.Plain(i.Badge.Holder), day(i.Badge.From), chat.Quote(c.Given.Text("reason"))), "Withdraw it"), nil
			}
			i, err = Revoke(tx, id, c.Person.ID, c.Given.Text("reason"), c.Now)
			if err != nil {
				return chat.Outcome{}, err
			}
			return chat.Say("Withdrawn. " + chat.Plain(i.Badge.Holder) + " is told in private."), tell(tx, revokedKind, i, string(i.ID), c.Profile.User.Workspace, c.Now)
		},
	}
}

// standing gives the credentials that were given last and stand.
func standing(tx store.Tx, most int) ([]Issued, error) {
	var found []Issued
	for row, err := range Table.All(tx) {
		if err != nil {
			return nil, err
		}
		if row.Value.Revoked.At.IsZero() {
			found = append(found, row.Value)
		}
	}
	slices.SortStableFunc(found, func(a, b Issued) int { return b.At.Compare(a.At) })
	return found[:min(len(found), most)], nil
}
