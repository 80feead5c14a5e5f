package portfolios

import (
	"errors"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/evidence"
	"cohortbot/bot/links"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// recoveryDeed gives the address by which somebody comes back to what is theirs
// when their account is gone.
func (f feature) recoveryDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "portfolio recovery", Summary: "An address to keep, for the day your account here is gone", Role: chat.Anyone},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			all, err := Of(tx, c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(all) == 0 {
				_, err := f.own(tx, c)
				return chat.Outcome{}, err
			}
			open, err := links.To(tx, recoverPath, string(c.Person.ID), c.Now)
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(open) > 0 && !c.Sure {
				return deeds.Confirm("You were given an address before, on "+day(open[0].Made, c)+". Making a new one ends the old: what you wrote down then no longer works.", "Make a new one"), nil
			}
			l, err := anew(tx, recoverPath, string(c.Person.ID), recoveryTime, c.Now)
			if err != nil {
				return chat.Outcome{}, err
			}
			say := "Keep this outside this workspace, such as in your own e-mail or on paper.\n\n"
			if f.Pages != "" {
				say += "With this address you can read your portfolio on any device, without an account:\n\n`" + f.Pages + l.Path() + "`\n\nTo go on with it from another account, write to me from there: `/portfolio claim code:` and this code:\n\n`" + l.Token + "`"
			} else {
				say += "To go on with your portfolio from another account, write to me from there: `/portfolio claim code:` and this code:\n\n`" + l.Token + "`"
			}
			out := chat.Say(say)
			out.Reply.Note = "Whoever has it can read what is yours and take it over. It is good for five years, until you use it or make a new one. I can't show it again."
			return out, nil
		},
	}
}

// recoverDeed shows somebody who lost their account what is theirs.
func (f feature) recoverDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: recoverPath, Summary: "Your portfolios, without your account", Role: chat.Guest, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if !onPage(c) && c.Record != string(c.Person.ID) {
				return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "There is nothing of yours here. /portfolio open shows your portfolios.")
			}
			owner, err := people.Table.Get(tx, people.ID(c.Record))
			if err != nil {
				return chat.Outcome{}, err
			}
			all, err := Of(tx, owner.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			if len(all) == 0 {
				return chat.Say("**There is nothing here any more**\n\nThe portfolio that this address was for has been deleted."), nil
			}
			i := max(slices.IndexFunc(all, func(p Portfolio) bool { return string(p.ID) == c.Choice }), 0)
			d, err := f.document(tx, all[i], owner, c)
			if onPage(c) { // with the files, since the workspace may be gone
				d.Archive = draftArchive + string(all[i].ID)
				if !all[i].Met.IsZero() {
					d.Archive = copyArchive + string(all[i].Latest)
				}
			}
			m := chat.Message{
				Text:     "**Your portfolio**\n\nThis is " + chat.Plain(f.titleOf(all, all[i], c.Zone)) + " as it is now. To go on with it from another account, write to me from there: `/portfolio claim code:` and the last part of the address of this page.",
				Document: &d, Note: "Whoever has this address can read what is here.",
			}
			for n, p := range all {
				if n != i && len(m.Buttons) < chat.MaxButtons {
					m.Buttons = append(m.Buttons, chat.Button{Label: chat.Short(f.titleOf(all, p, c.Zone), 70), Command: recoverPath, Record: c.Record, Choice: string(p.ID)})
				}
			}
			return chat.Answering(m), err
		},
	}
}

// claimDeed makes another account somebody's own.
func (f feature) claimDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "portfolio claim", Summary: "Go on with your portfolio from this account", Role: chat.Anyone, Fields: []chat.Field{
			{Name: "code", Label: "The code that you kept", Kind: chat.Text, Required: true, Hint: "Or the whole address"},
		}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if !f.Guesses.May(c.Profile.User.String()) {
				return chat.Outcome{}, deeds.Refuse(deeds.Unavailable, "Too many codes that open nothing were tried just now, so I look at none for a few minutes. Find what you kept, and try once more then. Nothing of yours is lost meanwhile.")
			}
			code := c.Given.Text("code")
			l, err := links.Open(tx, code[strings.LastIndexByte(code, '/')+1:], c.Now)
			if errors.Is(err, links.ErrNone) || err == nil && l.Command != recoverPath {
				return chat.Outcome{}, noCode
			}
			if err != nil {
				return chat.Outcome{}, err
			}
			if l.Record == string(c.Person.ID) {
				return chat.Say("This account is yours already, so there is nothing to claim. /portfolio open shows your portfolio."), nil
			}
			if err := mustBeNew(tx, c.Person); err != nil {
				return chat.Outcome{}, err
			}
			owner, err := people.Table.Get(tx, people.ID(l.Record))
			if err != nil {
				return chat.Outcome{}, err
			}
			if !c.Sure {
				return deeds.Confirm("From now on this account belongs to **"+chat.Plain(owner.Name)+"**, with all that I keep of theirs: portfolios, evidence, attestations and hours. Their other account is told.", "Go on from here"), nil
			}
			return f.claim(tx, c, l, owner)
		},
	}
}

// noCode refuses every code that does not open, in the same words: one that never was,
// that was used, that is too old, that a newer one has taken the place of, and one that
// is for something else.
var noCode = &deeds.Error{
	Code: deeds.Invalid, Field: "code", Err: links.ErrGuessed,
	Say: "Nothing is kept under this code, or no longer. Look whether all of it was copied: it has 43 letters, digits and signs, and capitals count. A newer code ends those before it. If you can still use your other account, /portfolio recovery gives you a new one there; if not, talk to whoever administers this workspace.",
}

// mustBeNew refuses an account that has things of its own, which would be mixed
// with those of another.
func mustBeNew(tx store.Tx, p people.Person) error {
	own, err := Of(tx, p.ID)
	if err != nil {
		return err
	}
	kept, err := evidence.Items(tx, p.ID)
	if err != nil {
		return err
	}
	groups, err := cohorts.Of(tx, p.ID)
	if err == nil && len(own)+len(kept)+len(groups) > 0 {
		err = deeds.Refuse(deeds.Conflict, "This account has things of its own already: a group, a portfolio or evidence. I can't tell apart afterwards whose is whose, so claim from an account that is new to me.")
	}
	return err
}

func (f feature) claim(tx store.Tx, c deeds.Call, l links.Link, owner people.Person) (chat.Outcome, error) {
	account, before := c.Profile.User, owner.Account(c.Profile.User.Workspace)
	other := c.Person
	other.Accounts = slices.DeleteFunc(slices.Clone(other.Accounts), func(u chat.User) bool { return u == account })
	if err := people.Table.Put(tx, other.ID, other); err != nil {
		return chat.Outcome{}, err
	}
	owner.Accounts = append([]chat.User{account}, owner.Accounts...)
	owner.Unreachable = time.Time{}
	if err := people.Table.Put(tx, owner.ID, owner); err != nil {
		return chat.Outcome{}, err
	}
	all, err := Of(tx, owner.ID)
	if err != nil {
		return chat.Outcome{}, err
	}
	for _, p := range all {
		if _, err := stopWriting(tx, p.ID, c.Now); err != nil {
			return chat.Outcome{}, err
		}
		p.Workspace = account.Workspace
		if err := p.keep(tx); err != nil {
			return chat.Outcome{}, err
		}
		if err := (Step{Portfolio: p.ID, At: c.Now, What: WasClaimed, By: owner.ID}).keep(tx); err != nil {
			return chat.Outcome{}, err
		}
	}
	if err := links.End(tx, l.ID, c.Now); err != nil {
		return chat.Outcome{}, err
	}
	err = outbox.Say(tx, outbox.Item{
		Key: claimedKind + "/" + c.ID, Kind: claimedKind, Record: string(owner.ID), Person: string(owner.ID), Place: chat.Direct(before), Silent: true,
	}, c.Now)
	return chat.Say("Welcome back, "+chat.Plain(owner.Name)+". This account is yours now, and everything is here.",
		chat.Button{Label: "Open my portfolio", Command: openPath, Main: true},
		chat.Button{Label: "A new address to keep", Command: "portfolio recovery"}), err
}

func (f feature) renderClaimed(_ store.Tx, _ outbox.Item, _ time.Time) (chat.Message, bool, error) {
	return chat.Message{
		Text: "Your portfolio was taken up from another account, with the code that you were given. If that was you, there is nothing to do. If it was not, tell whoever administers this workspace today.",
	}, true, nil
}
