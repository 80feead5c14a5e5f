package interest

import (
	"regexp"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/consents"
	"cohortbot/bot/deeds"
	"cohortbot/bot/links"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

const registerPath = "interest register"

var (
	nameField = chat.Field{Name: "name", Label: "Your name", Kind: chat.Text, Required: true, Max: 80, Hint: "As you would like to be called"}
	wayField  = chat.Field{
		Name: "way", Label: "How can somebody reach you?", Kind: chat.Choice, Required: true, Options: []chat.Option{
			{Value: string(Here), Label: "Here, in private"},
			{Value: string(Email), Label: "By e-mail"},
			{Value: string(Phone), Label: "By phone or text"},
			{Value: string(Through), Label: "Through somebody who knows me"},
		},
	}
	addressField = chat.Field{
		Name: "address", Label: "Address, number, or who to ask", Kind: chat.Text, Max: 120,
		Hint: "Left empty for “here”. Otherwise a person writes or calls.",
	}
	consentField = chat.Field{
		Name: "consent", Label: "May we contact you about this?", Kind: chat.Choice, Required: true,
		Hint:    "About this programme alone, and until you say stop.",
		Options: []chat.Option{{Value: "yes", Label: "Yes, please do"}, {Value: "no", Label: "No"}},
	}
)

// usualAsk is the question where a programme has none of its own.
const usualAsk = "Have you brought people together before?"

func beforeField(p programmes.Programme) chat.Field {
	ask := p.Interest.Ask
	if ask == "" {
		ask = usualAsk
	}
	return chat.Field{
		Name: "before", Label: ask, Kind: chat.Choice, Required: true, Hint: "Not yet is fine: nobody is turned away by this.",
		Options: []chat.Option{{Value: string(Done), Label: "Yes, at least once"}, {Value: string(Alike), Label: "Something like it"}, {Value: string(NotYet), Label: "Not yet"}},
	}
}

// outsideFields are the questions of the public page.
func outsideFields(p programmes.Programme) []chat.Field {
	way, address := wayField, addressField
	way.Options, address.Required = way.Options[1:], true
	address.Hint = "Nothing is sent by this program: a person writes or calls."
	return []chat.Field{nameField, way, address, beforeField(p), consentField}
}

// whoReads is said wherever somebody registers.
const whoReads = "The facilitators and administrators here read what you say, and nobody else. It is deleted after twelve months, or as soon as you say so."

// Asks gives the questions of the public page about a programme; false where there
// is no such programme. It reads nothing that anybody else gave.
func (o Options) Asks(programme string) (chat.Form, bool) {
	p, ok := feature{o}.programme(programme)
	if !ok {
		return chat.Form{}, false
	}
	return chat.Form{
		Command: registerPath, Record: p.ID, Title: "I'm interested in " + p.Title, Fields: outsideFields(p), Submit: "Put me on the list",
		Intro: about(p) + "\n\nSay here that you are interested, and somebody tells you of the next session for questions. It commits you to nothing.",
		Note:  whoReads,
	}, true
}

// about says in a few words what a programme is, for somebody who knows nothing of it.
func about(p programmes.Programme) string {
	text := strings.TrimSpace(p.Summary)
	if a := strings.TrimSpace(p.Portfolio.About); a != "" {
		text += "\n\n" + a
	}
	return text
}

// HandIn keeps what somebody without an account gave on the public page about a
// programme. Whether the same was given before is not told, and changes nothing.
func (o Options) HandIn(tx store.Tx, programme string, given deeds.Values, now time.Time) (chat.Message, error) {
	f := feature{o}
	p, ok := f.programme(programme)
	if !ok {
		return chat.Message{}, deeds.Refuse(deeds.NotFound, "There is no such programme.")
	}
	i := Interest{Programme: p.ID, Name: strings.Join(strings.Fields(given.Text(nameField.Name)), " ")}
	if err := f.read(&i, given, true, now); err != nil {
		return chat.Message{}, err
	}
	n := 0
	all, err := In(tx, p.ID)
	if err != nil {
		return chat.Message{}, err
	}
	for _, x := range all {
		if x.Person == "" {
			n++
		}
	}
	if n >= mostOutside {
		return chat.Message{}, deeds.Refuse(deeds.Unavailable, "The list is full just now, so nothing was kept. Please ask somebody who takes part, or try again in some weeks.")
	}
	i.ID, i.Made, i.Until = ID(store.NewID(now)), now, now.Add(KeptFor)
	l, err := links.Make(tx, pagePath, string(i.ID), i.Until, now)
	if err != nil {
		return chat.Message{}, err
	}
	i.Link, i.Code = l.ID, keptCode(codeOf(l))
	if _, err := people.Meet(tx, chat.Profile{User: l.Guest(), Name: i.Name}, now); err != nil {
		return chat.Message{}, err
	}
	if err := i.keep(tx); err != nil {
		return chat.Message{}, err
	}
	return chat.Message{
		Text: "**You're on the list**\n\nThank you. Somebody will tell you of the next session for questions, in the way that you said.\n\n" +
			"You have a page of your own now. There you can say how you would like to go on and whether you come to the session, change what you gave, or take yourself off the list, each with one press. Keep its address:\n\n<" + f.Pages + l.Path() + ">",
		Note: "Whoever has this address can read and delete what you gave. " + whoReads,
	}, nil
}

// read reads the answers into an interest, and refuses what cannot be kept.
func (f feature) read(i *Interest, given deeds.Values, outside bool, now time.Time) error {
	if given.Text(consentField.Name) != "yes" {
		return deeds.RefuseField(consentField.Name, "Then there is nothing to keep, and nothing was kept. If you change your mind, choose yes; you can stop it whenever you like.")
	}
	i.Way, i.Address, i.Before = Way(given.Text(wayField.Name)), strings.Join(strings.Fields(given.Text(addressField.Name)), " "), Before(given.Text("before"))
	if outside && i.Way == Here {
		return deeds.RefuseField(wayField.Name, "Choose one of these: by e-mail, by phone or text, through somebody who knows you.")
	}
	if err := reachable(i.Way, i.Address); err != nil {
		return err
	}
	if i.Way == Here {
		i.Address = ""
	}
	i.Consent = Consent{Purpose: consents.Contact, Words: consentField.Label + " " + consentField.Hint + " Yes, please do. " + whoReads, At: now}
	return nil
}

var (
	mail   = regexp.MustCompile(`^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+$`)
	digits = regexp.MustCompile(`\d`)
)

// reachable refuses an address at which nobody could be reached in that way.
func reachable(way Way, address string) error {
	switch {
	case way == Here:
		return nil
	case address == "":
		return deeds.RefuseField(addressField.Name, "This one is needed for the way that you chose, such as %s.", map[Way]string{
			Email: "“mere@example.org”", Phone: "“021 555 0123”", Through: "“Hine at the garden”",
		}[way])
	case way == Email && !mail.MatchString(address):
		return deeds.RefuseField(addressField.Name, "I couldn't read that as an e-mail address. One that works looks like “mere@example.org”.")
	case way == Phone && len(digits.FindAllString(address, -1)) < 5:
		return deeds.RefuseField(addressField.Name, "I couldn't read that as a number to call. One that works looks like “021 555 0123”.")
	}
	return nil
}

// Fault says what is wrong with how somebody can be reached, and at which question;
// nothing where it can be read, or is still open.
func Fault(given deeds.Values) (name, fault string) {
	if !given.Has(wayField.Name) || !given.Has(addressField.Name) {
		return "", ""
	}
	if e, refused := deeds.As(reachable(Way(given.Text(wayField.Name)), given.Text(addressField.Name))); refused {
		return e.Field, e.Say
	}
	return "", ""
}

// registerDeed puts somebody with an account on the list.
func (f feature) registerDeed() deeds.Deed {
	programme := chat.Field{Name: "programme", Label: "What are you interested in?", Kind: chat.Choice, Required: true, Example: f.Programmes[0].ID}
	for _, p := range f.Programmes[:min(len(f.Programmes), 25)] {
		programme.Options = append(programme.Options, chat.Option{Value: p.ID, Label: chat.Short(p.Title, 75)})
	}
	before := beforeField(programmes.Programme{})
	typed := []chat.Field{programme, wayField, addressField, before, consentField}
	return deeds.Deed{
		Command: chat.Command{Path: registerPath, Summary: "Say that you would like to take part, and hear of the session for questions", Role: chat.Anyone, Fields: typed},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			if chosen := f.chosen(c); chosen != "" {
				if i, already, err := ofPerson(tx, c, chosen); err != nil || already && i.ID != "" {
					return nil, err
				}
			}
			if len(deeds.Missing(typed, c.Given)) == 0 {
				return nil, nil
			}
			form := &chat.Form{
				Title: "I'm interested", Submit: "Put me on the list", Filled: chat.Answers{"way": chat.Given(string(Here))},
				Intro: "It commits you to nothing. You hear of the next session for questions, and of groups that begin.", Note: whoReads,
			}
			if f.Pages != "" {
				form.Intro += " If you registered on the page already, use /interest connect with the code that stands there: then nothing is asked twice."
			}
			own := before
			if p, known := f.programme(f.chosen(c)); known {
				form.Title, own = chat.Short("I'm interested in "+p.Title, 45), beforeField(p)
			} else {
				form.Fields = append(form.Fields, programme)
				if x, ok, err := cohorts.At(tx, c.At); err != nil {
					return nil, err
				} else if ok {
					form.Filled["programme"] = chat.Given(x.From.Programme)
				}
			}
			form.Fields = append(form.Fields, wayField, addressField, own, consentField)
			return form, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			p, ok := f.programme(f.chosen(c))
			if !ok {
				return chat.Outcome{}, deeds.RefuseField("programme", "I know no such programme. /interest register shows what there is.")
			}
			if i, already, err := ofPerson(tx, c, p.ID); err != nil || already {
				m, fault := f.own(tx, i, c)
				if err != nil {
					return chat.Outcome{}, err
				}
				m.Text = "You're on this list already.\n\n" + m.Text
				return chat.Answering(m), fault
			}
			i := Interest{ID: ID(c.ID), Programme: p.ID, Person: c.Person.ID, Workspace: c.Profile.User.Workspace, Made: c.Now, Until: c.Now.Add(KeptFor)}
			if err := f.read(&i, c.Given, false, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			if err := i.keep(tx); err != nil {
				return chat.Outcome{}, err
			}
			if err := i.agree(tx, true, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			if f.Invite != nil && i.Way == Here {
				if err := f.Invite(tx, p.ID, c.Person, i.Workspace, c.Now); err != nil {
					return chat.Outcome{}, err
				}
			}
			m, err := f.own(tx, i, c)
			m.Text = "**You're on the list.** Nobody else here is told.\n\n" + m.Text
			return chat.Answering(m), err
		},
	}
}

// chosen gives the programme that a call is about, from its button or as it was
// said.
func (f feature) chosen(c deeds.Call) string {
	if c.Choice != "" {
		return c.Choice
	}
	if len(f.Programmes) == 1 {
		return f.Programmes[0].ID
	}
	return c.Given.Text("programme")
}

// ofPerson gives the interest of whoever calls in a programme; false where they have
// none.
func ofPerson(tx store.Tx, c deeds.Call, programme string) (Interest, bool, error) {
	own, err := Of(tx, c.Person.ID)
	for _, i := range own {
		if i.Programme == programme {
			return i, true, err
		}
	}
	return Interest{}, false, err
}
