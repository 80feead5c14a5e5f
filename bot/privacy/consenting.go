package privacy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/consents"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// question is what somebody can agree to here.
type question struct {
	purpose consents.Purpose
	title   string
	// words are exactly what is agreed to. A change of them asks nobody anew: what
	// somebody agreed to stands in their record.
	words string
	back  string // what taking it back does
}

// asked are the questions that are asked here. Quoting is asked where somebody joins
// a group, and shown here.
var asked = []question{{
	consents.Research, "Research",
	"What I did here may be counted in what is given out for research about how groups learn: which steps I took, in which week, and what I chose on a scale, without my name, my words or anything that leads to me. Small groups are left out, and I am in one release at most. It is my free choice and changes nothing about how I take part.",
	"From the next time on that something is given out, you are not in it. What was given out before can't be called back.",
}}

const agree, refuse = "yes", "no"

func (f feature) consentDeed() deeds.Deed {
	field := chat.Field{Name: "purpose", Label: "For what", Kind: chat.Choice, Example: "research"}
	for _, q := range asked {
		field.Options = append(field.Options, chat.Option{Value: string(q.purpose), Label: q.title})
	}
	say := chat.Field{Name: "agree", Label: "Whether you agree", Kind: chat.YesNo, Example: "yes"}
	return deeds.Deed{
		Command: chat.Command{Path: consentPath, Summary: "What you agreed to, since when, and how to take it back", Role: chat.Anyone, Fields: []chat.Field{field, say}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			purpose, choice, _ := strings.Cut(c.Choice, "/")
			if c.Given.Has("purpose") {
				purpose = c.Given.Text("purpose")
			}
			if c.Given.Has("agree") {
				if choice = refuse; c.Given["agree"].Yes {
					choice = agree
				}
			}
			i := slices.IndexFunc(asked, func(q question) bool { return string(q.purpose) == purpose })
			if i < 0 {
				return overview(tx, c)
			}
			return f.answer(tx, c, asked[i], choice)
		},
	}
}

// answer takes what somebody says to a question. Agreeing shows the exact words
// first; taking back takes one press.
func (f feature) answer(tx store.Tx, c deeds.Call, q question, choice string) (chat.Outcome, error) {
	last, said, err := consents.Last(tx, c.Person.ID, q.purpose, "")
	if err != nil {
		return chat.Outcome{}, err
	}
	given := said && last.Given
	switch {
	case choice == "" || choice == agree && given || choice == refuse && !given:
		return q.show(last, given, c), nil
	case choice == agree && !c.Sure:
		out := deeds.Confirm("**"+q.title+"**\n\nThis is what you would agree to:\n\n"+chat.Quote(q.words)+"\n\nYou can take it back whenever you like: "+lower(q.back), "I agree")
		out.Reply.Note = "Only you see this. Not agreeing changes nothing."
		return out, nil
	}
	now := consents.Consent{
		Person: c.Person.ID, Purpose: q.purpose, Given: choice == agree, Words: q.words, Where: c.Profile.User.Workspace, At: c.Now,
	}
	if now, err = consents.Keep(tx, now); err != nil {
		return chat.Outcome{}, err
	}
	if !now.Given {
		if err := f.takenBack(tx, last, now); err != nil {
			return chat.Outcome{}, err
		}
	}
	if err := outbox.Say(tx, outbox.Item{
		Key: receiptKind + "/" + now.ID, Kind: receiptKind, Record: now.ID, Person: string(c.Person.ID), Place: c.Person.Direct(c.Profile.User.Workspace), Silent: true,
	}, c.Now); err != nil {
		return chat.Outcome{}, err
	}
	return chat.Say("Written down. You get a receipt in a message from me."), nil
}

// consentPrefix is what the name of a consent begins with in a [Ledger].
const consentPrefix = "consent/"

// takenBack has it known that what was given holds no longer: to whoever has to know,
// and where no backup brings it back.
func (f feature) takenBack(tx store.Tx, given, now consents.Consent) error {
	if f.TakenBack != nil {
		if err := f.TakenBack(tx, now); err != nil {
			return err
		}
	}
	return Forget(tx, consentPrefix+given.ID, now.At)
}

// given tells whether what a [Ledger] names is a consent that holds in this store, and
// gives it: somebody took it back after the backup was made from which the store comes.
func given(tx store.Tx, name string) (consents.Consent, bool, error) {
	id, ok := strings.CutPrefix(name, consentPrefix)
	if !ok {
		return consents.Consent{}, false, nil
	}
	c, ok, err := consents.Table.Find(tx, id)
	if err != nil || !ok {
		return c, false, err
	}
	last, _, err := consents.Last(tx, c.Person, c.Purpose, c.Scope)
	return c, last.ID == id && last.Given, err
}

// takeBackAgain takes a consent back that its person took back before.
func (o Options) takeBackAgain(tx store.Tx, c consents.Consent, now time.Time) error {
	c.Given, c.At = false, now
	c, err := consents.Keep(tx, c)
	if err == nil && o.TakenBack != nil {
		err = o.TakenBack(tx, c)
	}
	return err
}

func (q question) show(last consents.Consent, given bool, c deeds.Call) chat.Outcome {
	text := "**" + q.title + "**\n\n" + chat.Quote(q.words) + "\n\n"
	button := chat.Button{Label: "I agree", Command: consentPath, Choice: string(q.purpose) + "/" + agree}
	switch {
	case given:
		text += "You agreed to this " + on(last.At, c.Zone) + "."
		button = chat.Button{Label: "Take it back", Command: consentPath, Choice: string(q.purpose) + "/" + refuse}
	case last.ID != "":
		text += "You took this back " + on(last.At, c.Zone) + "."
	default:
		text += "You have not agreed to this."
	}
	out := chat.Say(text, button)
	out.Reply.Note = "Only you see this."
	return out
}

// overview says what somebody agreed to, and what they can agree to.
func overview(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
	m := chat.Message{Text: "**What you agreed to**\n\n", Note: "Only you see this. Everything that you agreed to or took back is in your copy, /settings export."}
	groups, err := cohorts.Of(tx, c.Person.ID)
	if err != nil {
		return chat.Outcome{}, err
	}
	for _, g := range groups {
		member, ok, err := cohorts.MemberOf(tx, g.ID, c.Person.ID)
		if err != nil {
			return chat.Outcome{}, err
		}
		if !ok {
			continue
		}
		last, said, err := consents.Last(tx, c.Person.ID, consents.Quoting, string(g.ID))
		if err != nil {
			return chat.Outcome{}, err
		}
		since := ""
		if said && last.Given == member.Quote {
			since = ", since " + day(last.At, c.Zone)
		}
		line := "you are not quoted"
		label, choice := "You may quote me", agree
		if member.Quote {
			line, label, choice = "facilitators may quote what you write for the group, with your name", "Don't quote me", refuse
		}
		m.Text += fmt.Sprintf("- **Quoting, in %s:** %s%s.\n", chat.Plain(g.Name), line, since)
		if len(m.Buttons) < 2 {
			m.Buttons = append(m.Buttons, chat.Button{Label: chat.Short(label+" in "+g.Name, 70), Command: "settings quote", Record: string(g.ID), Choice: choice})
		}
	}
	all, err := consents.Of(tx, c.Person.ID)
	if err != nil {
		return chat.Outcome{}, err
	}
	contact := map[string]consents.Consent{}
	for _, x := range all { // by time, so that the last holds
		if x.Purpose == consents.Contact {
			contact[x.Scope] = x
		}
	}
	for _, programme := range slices.Sorted(maps.Keys(contact)) {
		line := "you agreed " + on(contact[programme].At, c.Zone) + "; /interest mine takes it back"
		if !contact[programme].Given {
			line = "you took it back " + on(contact[programme].At, c.Zone)
		}
		m.Text += fmt.Sprintf("- **Being contacted, about %s:** %s.\n", chat.Plain(programme), line)
	}
	for _, q := range asked {
		last, said, err := consents.Last(tx, c.Person.ID, q.purpose, "")
		if err != nil {
			return chat.Outcome{}, err
		}
		line := "you have not agreed, and nobody assumes it"
		switch {
		case said && last.Given:
			line = "you agreed " + on(last.At, c.Zone)
		case said:
			line = "you took it back " + on(last.At, c.Zone)
		}
		m.Text += fmt.Sprintf("- **%s:** %s.\n", q.title, line)
		m.Buttons = append(m.Buttons, chat.Button{Label: "About " + lower(q.title), Command: consentPath, Choice: string(q.purpose)})
	}
	m.Text += "\nWords that you gave about somebody's work say for themselves who may see them; /attest track and my messages about them have the way back. What you shared in an open channel can be taken back there."
	return chat.Answering(m), nil
}

// receiptMessage says what somebody agreed to or took back, in the exact words.
func receiptMessage(tx store.Tx, i outbox.Item, _ time.Time) (chat.Message, bool, error) {
	r, err := consents.Table.Get(tx, i.Record)
	if err != nil {
		return chat.Message{}, false, err
	}
	p, err := people.Table.Get(tx, r.Person)
	if err != nil || !p.Erased.IsZero() {
		return chat.Message{}, false, err
	}
	title := string(r.Purpose)
	back := ""
	for _, q := range asked {
		if q.purpose == r.Purpose {
			title, back = q.title, q.back
		}
	}
	m := chat.Message{Note: "Receipt " + shortID(r.ID) + ". Only you got this."}
	z, err := cohorts.ZoneOf(tx, p)
	if err != nil {
		return chat.Message{}, false, err
	}
	at := on(r.At, z)
	if !r.Given {
		m.Text = "**Taken back: " + lower(title) + "**\n\nYou took back your consent " + at + ". It was:\n\n" + chat.Quote(r.Words) + "\n\n" + back
		m.Buttons = []chat.Button{{Label: "I agree again", Command: consentPath, Choice: string(r.Purpose) + "/" + agree}}
		return m, true, nil
	}
	m.Text = "**Your consent: " + lower(title) + "**\n\nYou agreed " + at + " to this, in these words:\n\n" + chat.Quote(r.Words) + "\n\nYou can take it back whenever you like, here or with /settings consent. " + back
	m.Buttons = []chat.Button{{Label: "Take it back", Command: consentPath, Choice: string(r.Purpose) + "/" + refuse}}
	return m, true, nil
}

// shortID is as much of an id as tells receipts apart.
func shortID(id string) string { return id[max(0, len(id)-8):] }

func on(t time.Time, z schedules.Zone) string { return "on " + day(t, z) }

func day(t time.Time, z schedules.Zone) string {
	return schedules.DateOf(t.In(z.Location())).Long()
}

func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
