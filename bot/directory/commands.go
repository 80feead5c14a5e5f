package directory

import (
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/outbox"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// Options is what this package needs from outside.
type Options struct {
	Frameworks []frameworks.Framework
	// Complete keeps what somebody has done as evidence of theirs.
	Complete func(tx store.Tx, c deeds.Call, x Completion) (chat.Outcome, error)
}

// Completion is a training that somebody has done.
type Completion struct {
	Training TrainingID
	Title    string // and provider
	Words    string // what they take from it
	Link     string
	Files    []chat.File
	On       schedules.Date
	Marks    []Mark // what the board says it addresses
}

type feature struct{ Options }

// Feature is what this package brings to the bot.
func Feature(o Options) deeds.Feature {
	f := feature{o}
	return deeds.Feature{
		Deeds: []deeds.Deed{
			f.findDeed(), f.suggestDeed(), f.doneDeed(),
			communitiesDeed(), joinDeed(), offerDeed(),
			f.deskDeed(), appointDeed(),
			f.showDeed(), f.byDeed(), f.recordDeed(), withdrawDeed(),
			f.judgeDeed(), f.marksDeed(), f.alsoDeed(), f.draftDeed(), f.askDeed(), dropDeed(),
			objectDeed(), answerDeed(), heardDeed(), retireDeed(), dismissDeed(),
			communityDeed(), considerDeed(), unlistDeed(),
		},
		Jobs: f.jobs(),
		Reasons: []outbox.Reason{
			{Kind: appointedKind, Render: appointedMessage},
			{Kind: suggestedKind, Render: f.suggestedMessage},
			{Kind: reviewedKind, Render: f.reviewedMessage},
			{Kind: objectedKind, Render: objectedMessage},
			{Kind: answeredKind, Render: answeredMessage},
			{Kind: decidedKind, Render: f.decidedMessage},
			{Kind: endingKind, Render: endingMessage},
			{Kind: offeredKind, Render: offeredMessage},
			{Kind: listedKind, Render: listedMessage},
		},
		Own:    f.glance,
		Tables: []store.Prepared{Reviewers, Trainings, Reviews, Objections, Communities, Considerations}, Holdings: holdings(),
	}
}

const (
	findPath    = "directory find"
	suggestPath = "directory suggest"
	donePath    = "directory done"
	showPath    = "directory show"
	byPath      = "directory by"
	recordPath  = "directory record"
	deskPath    = "directory review"
)

// mostListed is how many trainings or communities are shown at once.
const mostListed = 10

var suggestFields = []chat.Field{
	{Name: "title", Label: "What it is called", Kind: chat.Text, Required: true, Max: 120, Example: "Chairing a difficult meeting"},
	{Name: "provider", Label: "Who offers it", Kind: chat.Text, Required: true, Max: 120, Example: "The adult school"},
	{Name: "about", Label: "What people learn there, and how", Kind: chat.LongText, Required: true, Max: 1500},
	{Name: "terms", Label: "How long it takes, and what it costs", Kind: chat.Text, Max: 200, Example: "Two evenings, free"},
	{Name: "link", Label: "A link", Kind: chat.Text, Max: 500, Example: "https://example.org/course"},
}

func (f feature) suggestDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: suggestPath, Summary: "Suggest a training that others could learn from", Role: chat.Anyone, Fields: suggestFields},
		Ask: func(_ store.Tx, c deeds.Call) (*chat.Form, error) {
			if len(deeds.Missing(suggestFields, c.Given)) == 0 && c.Path != deeds.ChangePath {
				return nil, nil
			}
			return &chat.Form{
				Title: "Suggest a training", Submit: "Suggest it", Fields: suggestFields,
				Intro: "A course, a series or a workshop with a plan behind it, that somebody else offers. For a group whose people learn from each other, use /directory offer.",
				Note:  "The content board reads it, with your name; once it is approved, everybody here.",
			}, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			t := Training{
				ID: TrainingID(c.ID), By: c.Person.ID, At: c.Now, Workspace: c.Profile.User.Workspace, State: Suggested,
				Title: c.Given.Text("title"), Provider: c.Given.Text("provider"), About: c.Given.Text("about"), Terms: c.Given.Text("terms"),
			}
			if c.Given.Has("link") {
				link, err := deeds.ReadLink("link", c.Given.Text("link"))
				if err != nil {
					return chat.Outcome{}, err
				}
				t.Link = link
			}
			for _, s := range []State{Suggested, Approved, Lapsed} {
				all, err := InState(tx, s)
				if err != nil {
					return chat.Outcome{}, err
				}
				for _, x := range all {
					if strings.EqualFold(x.Title, t.Title) && strings.EqualFold(x.Provider, t.Provider) {
						e := deeds.Refuse(deeds.Conflict, "**%s** is here already: %s.", chat.Plain(x.Title), x.stateWords(c.Zone))
						if s != Suggested || x.By == c.Person.ID {
							e.Buttons = []chat.Button{{Label: "See it", Command: showPath, Record: string(x.ID), Main: true}}
						}
						return chat.Outcome{}, e
					}
				}
			}
			if err := Trainings.Put(tx, t.ID, t); err != nil {
				return chat.Outcome{}, err
			}
			if err := tellBoard(tx, suggestedKind, string(t.ID), "", t.Workspace, t.By, c.Now); err != nil {
				return chat.Outcome{}, err
			}
			text := "Suggested: **" + chat.Plain(t.Title) + "**. The content board looks at it and says which competencies it addresses. I tell you what came of it."
			if all, err := others(tx, t.Workspace, t.By); err != nil {
				return chat.Outcome{}, err
			} else if len(all) == 0 {
				text = "Suggested: **" + chat.Plain(t.Title) + "**. Nobody is on the content board yet. An administrator of this workspace can appoint people with /directory appoint; your suggestion waits for them."
			}
			return chat.Say(text, chat.Button{Label: "See it", Command: showPath, Record: string(t.ID)}), nil
		},
	}
}

var findField = chat.Field{Name: "about", Label: "A competency, or some words", Kind: chat.Text, Max: 100, Example: "people who differ", Hint: "A competency by its words or its number"}

func (f feature) findDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: findPath, Summary: "Find an approved training, by a competency or by words", Role: chat.Anyone, Fields: []chat.Field{findField}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			all, err := InState(tx, Approved)
			if err != nil {
				return chat.Outcome{}, err
			}
			typed := c.Given.Text("about")
			var lines []string
			var hits []Training
			for _, t := range all {
				if because, ok := f.fits(t, typed); ok {
					hits = append(hits, t)
					lines = append(lines, because)
				}
			}
			suggest := chat.Button{Label: "Suggest a training", Command: suggestPath}
			byCompetency := chat.Button{Label: "By competency", Command: byPath}
			m := chat.Message{Note: "Trainings that a content board has approved. For groups whose people learn from each other, /directory communities."}
			switch {
			case len(all) == 0:
				m.Text, m.Buttons = "No training is approved yet. You can suggest one that helped you.", []chat.Button{suggest}
				return chat.Answering(m), nil
			case len(hits) == 0:
				m.Text = "No approved training has to do with “" + chat.Plain(typed) + "”. Try one word of it, or look by competency."
				m.Buttons = []chat.Button{byCompetency, {Label: "All trainings", Command: findPath}, suggest}
				return chat.Answering(m), nil
			case typed == "":
				m.Text = "**Approved trainings**"
			default:
				m.Text = "**Approved trainings** for “" + chat.Plain(typed) + "”"
			}
			f.list(&m, hits, lines, c)
			m.Buttons = append(m.Buttons, byCompetency, suggest)
			return chat.Answering(m), nil
		},
	}
}

// list shows trainings, each with why it is shown and a button.
func (f feature) list(m *chat.Message, hits []Training, because []string, c deeds.Call) {
	for n, t := range hits {
		if n == mostListed {
			m.Text += "\n\nThere are more: look by competency, or with some words."
			break
		}
		m.Text += "\n\n" + t.line(n+1, c.Zone)
		if because[n] != "" {
			m.Text += "\n\n" + because[n]
		}
		m.Buttons = append(m.Buttons, chat.Button{Label: chat.Short("Open "+t.Title, 70), Command: showPath, Record: string(t.ID)})
	}
}

// fits tells whether a training has to do with what somebody types, and by which
// competency, in words.
func (f feature) fits(t Training, typed string) (string, bool) {
	if typed == "" {
		return "", true
	}
	for _, m := range t.Marks {
		item, _, ok := f.item(m)
		if ok && (strings.EqualFold(item.Code, typed) || strings.EqualFold(item.ID, typed) || contains(item.Text+" "+item.About, typed)) {
			return "It addresses **" + chat.Plain(itemName(item, 150)) + "**", true
		}
	}
	return "", contains(t.Title+" "+t.Provider+" "+t.About+" "+t.Terms, typed)
}

// byDeed finds trainings by one of the competencies that there are trainings for.
func (f feature) byDeed() deeds.Deed {
	pick := chat.Field{Name: "competency", Label: "Which competency", Kind: chat.Choice, Required: true}
	return deeds.Deed{
		Command: chat.Command{Path: byPath, Summary: "Find an approved training by one competency", Role: chat.Anyone, Hidden: true},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			all, err := InState(tx, Approved)
			if err != nil {
				return nil, err
			}
			pick := pick
			var seen []Mark
			for _, framework := range f.Frameworks {
				for item := range framework.All() {
					m := Mark{framework.ID, item.ID}
					if len(pick.Options) == mostChoices || !addressed(all, m) {
						continue
					}
					seen = append(seen, m)
					pick.Options = append(pick.Options, chat.Option{Value: m.Framework + "/" + m.Item, Label: itemName(*item, 75)})
				}
			}
			if len(seen) == 0 {
				return nil, deeds.Refuse(deeds.NotFound, "No training is approved yet, so there is no competency to look by. /directory suggest takes one that helped you.")
			}
			form := &chat.Form{Title: "By competency", Submit: "Find", Fields: []chat.Field{pick}, Intro: "These are the competencies that approved trainings address."}
			if len(seen) == mostChoices {
				form.Intro += " There may be more than fit here; /directory find takes some words of any."
			}
			return form, nil
		},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			framework, item, _ := strings.Cut(c.Given.Text("competency"), "/")
			mark := Mark{framework, item}
			all, err := InState(tx, Approved)
			if err != nil {
				return chat.Outcome{}, err
			}
			m := chat.Message{Text: "**Approved trainings** for “" + chat.Plain(f.markName(mark, 150)) + "”"}
			var hits []Training
			for _, t := range all {
				if addressed([]Training{t}, mark) {
					hits = append(hits, t)
				}
			}
			f.list(&m, hits, make([]string, len(hits)), c)
			m.Buttons = append(m.Buttons, chat.Button{Label: "Another competency", Command: byPath})
			return chat.Answering(m), nil
		},
	}
}

func addressed(all []Training, m Mark) bool {
	for _, t := range all {
		for _, x := range t.Marks {
			if x == m {
				return true
			}
		}
	}
	return false
}

// training gives the training that a button is about.
func training(tx store.Tx, c deeds.Call) (Training, error) {
	t, there, err := Trainings.Find(tx, TrainingID(c.Record))
	if err == nil && !there {
		err = &deeds.Error{
			Code: deeds.NotFound, Say: "This training is not in the directory any more.",
			Buttons: []chat.Button{{Label: "Find a training", Command: findPath, Main: true}},
		}
	}
	return t, err
}

func (f feature) showDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: showPath, Summary: "A training, and what it addresses", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			t, err := training(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if t.Approved.IsZero() && t.By != c.Person.ID { // what is only suggested is the board's to see
				if may, err := mayDecide(tx, t.Workspace, c.Person.ID); err != nil {
					return chat.Outcome{}, err
				} else if !may {
					return chat.Outcome{}, deeds.Refuse(deeds.Forbidden, "This training is not approved, so only the content board and whoever suggested it can see it. /directory find shows those that are.")
				}
			}
			m, err := f.trainingMessage(tx, c, t)
			return chat.Answering(m), err
		},
	}
}

// recordDeed shows how a training was reviewed: all of it, for as long as it is here.
func (f feature) recordDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: recordPath, Summary: "How a training was reviewed", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if r, there, err := Reviews.Find(tx, ReviewID(c.Record)); err != nil {
				return chat.Outcome{}, err
			} else if there {
				c.Record = string(r.Training)
			}
			t, err := training(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			m, err := f.recordMessage(tx, c, t)
			return chat.Answering(m), err
		},
	}
}

func withdrawDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "directory withdraw", Summary: "Take back a training that you suggested", Role: chat.Anyone, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			t, err := training(tx, c)
			if err != nil {
				return chat.Outcome{}, err
			}
			if t.By != c.Person.ID || t.State != Suggested {
				return chat.Outcome{}, deeds.Refuse(deeds.Forbidden, "A suggestion can be taken back by whoever made it, until the board has decided. The board can retire what was approved.")
			}
			if !c.Sure {
				return deeds.Confirm("I delete your suggestion of **"+chat.Plain(t.Title)+"**, and what the board has said of it so far.", "Take it back"), nil
			}
			return chat.Say("Taken back. Nothing of it is left here."), t.forget(tx)
		},
	}
}
