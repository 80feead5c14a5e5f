package interest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/jobs"
	"cohortbot/bot/links"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// This file makes one of a registration on the page and an account that somebody got
// later: by the short code on their page, or because a facilitator asks whether it is
// them. What they chose on the page happens then, and is not asked again.

const connectPath = "interest connect"

// letters are those of a code: none that is taken for another when it is read aloud
// or copied by hand.
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeLength is how many of them a code has: 50 bits. Codes that open nothing are
// counted by account (links.Guesses), and each is of use once.
const codeLength = 10

// codeOf gives the code on the page of a link. It is made of the link's secret and kept
// nowhere.
func codeOf(l links.Link) string {
	if l.Token == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("connect " + l.Token))
	code := make([]byte, codeLength)
	for n := range code {
		code[n] = letters[sum[n]%byte(len(letters))]
	}
	return string(code[:codeLength/2]) + "-" + string(code[codeLength/2:])
}

// keptCode gives what is kept of a code: nobody finds one by how long a search takes.
func keptCode(code string) string {
	code = strings.Map(func(r rune) rune {
		switch {
		case r == 'O':
			return '0'
		case r == 'I', r == 'L':
			return '1'
		case strings.ContainsRune(letters, r):
			return r
		}
		return -1
	}, strings.ToUpper(code))
	sum := sha256.Sum256([]byte("code " + code))
	return hex.EncodeToString(sum[:])
}

// byCode gives the interest behind a code that whoever calls may use; false for every
// other code.
func byCode(tx store.Tx, code string, p people.ID) (Interest, bool, error) {
	row, ok, err := store.First(Table.By(tx, "code", keptCode(code)))
	if err != nil || !ok || row.Value.Person != "" && row.Value.Person != p {
		return Interest{}, false, err
	}
	return row.Value, true, nil
}

// noCode refuses every code that does not open, in the same words.
var noCode = &deeds.Error{
	Code: deeds.Invalid, Field: "code", Err: links.ErrGuessed,
	Say: "Nothing waits under this code, or no longer. It has ten letters and digits, such as K7QM4-XTP9R, and stands on the page that your own link opens. If you have the link no more, write /interest register, or ask a facilitator.",
}

func (f feature) connectDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: connectPath, Summary: "You registered on the page: connect that with your account here", Role: chat.Anyone, Fields: []chat.Field{
			{Name: "code", Label: "The code on your page", Kind: chat.Text, Required: true, Max: 40, Example: "K7QM4-XTP9R", Hint: "Ten letters and digits; your own link opens the page"},
		}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if !f.Guesses.May(c.Profile.User.String()) {
				return chat.Outcome{}, deeds.Refuse(deeds.Unavailable, "Too many codes that open nothing were tried just now, so I look at none for a few minutes. Your page keeps yours; try once more then.")
			}
			i, ok, err := byCode(tx, c.Given.Text("code"), c.Person.ID)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !ok {
				return chat.Outcome{}, noCode
			}
			return f.connect(tx, i, c)
		},
	}
}

// connect makes a registration on the page that of whoever calls, and does what they
// chose there. Of two registrations one is left: the account's own.
func (f feature) connect(tx store.Tx, i Interest, c deeds.Call) (chat.Outcome, error) {
	if i.Person == c.Person.ID { // pressed twice
		return f.goOn(tx, i, c, "This is connected with your account already.")
	}
	if err := f.untell(tx, i); err != nil {
		return chat.Outcome{}, err
	}
	guest, err := i.guest(tx)
	if err != nil {
		return chat.Outcome{}, err
	}
	if guest != "" {
		if err := f.TakeOver(tx, guest, c.Person, c.Now); err != nil {
			return chat.Outcome{}, err
		}
	}
	if _, err := f.dropGuest(tx, i, c.Now); err != nil {
		return chat.Outcome{}, err
	}
	i.Link, i.Name, i.Asked = "", "", ""
	i.Person, i.Workspace = c.Person.ID, c.Profile.User.Workspace
	if own, already, err := ofPerson(tx, c, i.Programme); err != nil {
		return chat.Outcome{}, err
	} else if already {
		if i, err = own.joinedBy(tx, i); err != nil {
			return chat.Outcome{}, err
		}
	} else if err := i.agree(tx, true, i.Consent.At); err != nil {
		return chat.Outcome{}, err
	}
	if err := i.keep(tx); err != nil {
		return chat.Outcome{}, err
	}
	return f.goOn(tx, i, c, "**Connected.** What you gave on the page belongs to your account here now, and the page is closed.")
}

// joinedBy makes one of two registrations of a person: their account's own, with what
// they chose on the page where they had chosen nothing here.
func (i Interest) joinedBy(tx store.Tx, page Interest) (Interest, error) {
	i.Also = append(append(slices.Clone(i.Also), page.ID), page.Also...)
	i.Code = page.Code
	if i.Wish == NoWish {
		i.Wish = page.Wish
	}
	return i, errors.Join(jobs.Drop(tx, forgetKey(page.ID)), Table.Delete(tx, page.ID))
}

// goOn does what somebody chose, as far as it has not happened yet.
func (f feature) goOn(tx store.Tx, i Interest, c deeds.Call, happened string) (chat.Outcome, error) {
	out, done, err := f.wished(tx, i, c)
	if err != nil {
		return out, err
	}
	if i, _, err = get(tx, i.ID); err != nil {
		return out, err
	}
	if done && out.Reply != nil {
		out.Reply.Text = happened + "\n\n" + out.Reply.Text
		return out, nil
	}
	if i.Wish == InGroup && i.State == Waiting {
		happened += " No group is open to join just now. The facilitators see that you are here and would like to join one; you hear when one opens."
		if err := f.tellHere(tx, i, c.Now); err != nil {
			return out, err
		}
	}
	return f.shown(tx, i, c, happened)
}

// wished has somebody begin as they said they would like to; false where there is
// nothing to begin, or they have begun.
func (f feature) wished(tx store.Tx, i Interest, c deeds.Call) (chat.Outcome, bool, error) {
	if i.State != Waiting {
		return chat.Outcome{}, false, nil
	}
	if in, ok, err := memberOf(tx, i.Programme, c.Person.ID); err != nil || ok {
		if err != nil {
			return chat.Outcome{}, false, err
		}
		return chat.Outcome{}, false, Came(tx, in, c.Person.ID)
	}
	switch i.Wish {
	case InGroup:
		groups, err := open(tx, i)
		if err != nil || len(groups) == 0 {
			return chat.Outcome{}, false, err
		}
		out, err := f.Enrol(tx, c, groups[0].ID)
		return out, true, err
	case OwnPace:
		if !f.leadsAlone(i) {
			return chat.Outcome{}, false, nil
		}
		out, err := f.begin(tx, i, c)
		return out, true, err
	}
	return chat.Outcome{}, false, nil
}

// begin begins at somebody's own pace.
func (f feature) begin(tx store.Tx, i Interest, c deeds.Call) (chat.Outcome, error) {
	if i.State == Waiting {
		i.State = Alone
		if err := Table.Put(tx, i.ID, i); err != nil {
			return chat.Outcome{}, err
		}
	}
	return f.Alone(tx, c, i.Programme)
}

const (
	isPath   = "interest is"    // a facilitator thinks that somebody outside is somebody here
	isMePath = "interest is-me" // … and that one says so, or not
)

// isDeed asks somebody here in private whether a registration on the page is theirs.
// Nothing of it moves before they say so: a name is soon mistaken, and what was given
// on the page is for facilitators alone.
func (f feature) isDeed() deeds.Deed {
	who := chat.Field{Name: "who", Label: "Who is it here?", Kind: chat.Person, Required: true, Hint: "They are asked in private, and nothing is connected before they say yes"}
	return deeds.Deed{
		Command: chat.Command{Path: isPath, Summary: "Ask somebody here whether a registration on the page is theirs", Role: chat.Facilitator, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			i, err := onList(tx, c)
			if err != nil || c.Choice != "" {
				return nil, err
			}
			return &chat.Form{Title: "Somebody here", Submit: "Ask them", Fields: []chat.Field{who}, Note: "Of what " + chat.Plain(i.Name) + " gave, they see the name and the programme."}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, err := onList(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			p := c.Given["who"].Person
			if c.Choice != "" {
				if p, err = people.Table.Get(tx, people.ID(c.Choice)); err != nil && !errors.Is(err, store.ErrNotFound) {
					return chat.Outcome{}, err
				}
			}
			switch {
			case i.Person != "":
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "This is connected with an account already. /interest list shows whose.")
			case len(p.Accounts) == 0:
				return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "They are not here any more. Nobody was asked.")
			case slices.Contains(i.NotThem, p.ID):
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "%s said that it isn't them. Nobody was asked again.", chat.Plain(p.Name))
			}
			if i.Asked != p.ID {
				if err := f.untell(tx, i); err != nil {
					return chat.Outcome{}, err
				}
				i.Asked, i.Workspace = p.ID, c.Profile.User.Workspace
				if err := errors.Join(Table.Put(tx, i.ID, i), f.tell(tx, tellIs, i, p, c.Now)); err != nil {
					return chat.Outcome{}, err
				}
			}
			return chat.Say("**" + chat.Plain(p.Name) + "** is asked in private whether the registration of **" + chat.Plain(i.Name) + "** is theirs. As soon as they say yes, both are one, and what they chose on the page happens."), nil
		},
	}
}

// isMeDeed is the answer to that.
func (f feature) isMeDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: isMePath, Summary: "Say whether a registration on the page is yours", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			i, ok, err := get(tx, ID(c.Record))
			if err != nil {
				return chat.Outcome{}, err
			}
			if !ok { // perhaps it has become one with their own already
				own, fault := Of(tx, c.Person.ID)
				n := slices.IndexFunc(own, func(x Interest) bool { return slices.Contains(x.Also, ID(c.Record)) })
				if fault == nil && n >= 0 && c.Choice == coming {
					return f.goOn(tx, own[n], c, "This is connected with your account already.")
				}
			}
			if !ok || i.Asked != c.Person.ID && i.Person != c.Person.ID {
				return chat.Outcome{}, deeds.Refuse(deeds.NotFound, "There is nothing to answer here any more. /interest mine shows what you registered interest in.")
			}
			if c.Choice == coming {
				return f.connect(tx, i, c)
			}
			if i.Person != "" {
				return chat.Outcome{}, deeds.Refuse(deeds.Conflict, "It is connected with your account already. /interest mine takes you off the list, and deletes it.")
			}
			if err := f.untell(tx, i); err != nil {
				return chat.Outcome{}, err
			}
			i.Asked, i.NotThem = "", append(slices.Clone(i.NotThem), c.Person.ID)
			return chat.Say("Thank you. Nothing was connected, and you are not asked about it again."), Table.Put(tx, i.ID, i)
		},
	}
}

// candidate gives who a registration on the page may be of, of those here: who gave
// the same address, or is the only one of that name.
func candidate(tx store.Tx, i Interest, all []Interest, w chat.Workspace) (people.Person, bool, error) {
	if i.Person != "" || i.Asked != "" {
		return people.Person{}, false, nil
	}
	for _, other := range all {
		if other.Person == "" || other.Address == "" || other.Way != i.Way || !strings.EqualFold(other.Address, i.Address) {
			continue
		}
		p, err := people.Table.Get(tx, other.Person)
		return p, err == nil && !slices.Contains(i.NotThem, p.ID), err
	}
	named, err := people.Named(tx, w, i.Name)
	if err != nil || len(named) != 1 || slices.Contains(i.NotThem, named[0].ID) {
		return people.Person{}, false, err
	}
	return named[0], true, nil
}
