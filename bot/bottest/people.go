package bottest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// Person introduces somebody who lives in a zone, and gives their profile. The
// account's id is the name in lower case.
func (w *World) Person(name, zone string) chat.Profile {
	w.people[name] = chat.Profile{
		User: chat.User{Workspace: Workspace, ID: strings.ToLower(name)}, Name: name, Zone: zone,
	}
	w.meet(name)
	return w.people[name]
}

// Admin introduces somebody who administers the workspace.
func (w *World) Admin(name string) chat.Profile {
	p := w.profile(name)
	p.Admin = true
	w.people[name] = p
	w.meet(name)
	return p
}

func (w *World) profile(name string) chat.Profile {
	if p, ok := w.people[name]; ok {
		return p
	}
	return w.Person(name, "Pacific/Auckland")
}

func (w *World) meet(name string) {
	w.T.Helper()
	if err := w.Bot.Meet(context.Background(), w.people[name]); err != nil {
		w.T.Fatalf("meeting %s: %v", name, err)
	}
}

// Known gives what the bot keeps about somebody.
func (w *World) Known(name string) people.Person {
	w.T.Helper()
	profile := w.profile(name)
	var p people.Person
	w.View(func(tx store.Tx) (err error) {
		p, err = people.ByAccount(tx, profile.User)
		return err
	})
	return p
}

// Cohort makes an open cohort that began today: in a channel named after it in
// lower case, in Auckland, with an empty plan. The first one's channel becomes
// the place where commands are given.
func (w *World) Cohort(name, facilitator string, members ...string) cohorts.Cohort {
	w.T.Helper()
	zone := schedules.MustZone("Pacific/Auckland")
	now := w.Now()
	rhythm, err := schedules.ParseRule("mondays 09:00")
	if err != nil {
		w.T.Fatal(err)
	}
	c := cohorts.Cohort{
		ID: cohorts.ID(store.NewID(now)), Name: name,
		Programme: programmes.Programme{
			ID: "test", Title: "A test", Members: programmes.Word{One: "member", Many: "members"}, Rhythm: "mondays 09:00",
		},
		Place: chat.Channel(Workspace, strings.ToLower(strings.ReplaceAll(name, " ", "-"))),
		Zone:  zone, First: schedules.DateOf(now.In(zone.Location())), Rhythm: rhythm,
		State: cohorts.Open, Created: now, By: w.Known(facilitator).ID,
	}
	w.Update(func(tx store.Tx) error {
		if err := cohorts.Table.Put(tx, c.ID, c); err != nil {
			return err
		}
		return cohorts.Plans.Put(tx, c.ID, cohorts.Plan{})
	})
	if w.At.Channel == "general" {
		w.At = c.Place
	}
	w.join(c.ID, facilitator, true)
	for _, m := range members {
		w.Join(c.ID, m)
	}
	return c
}

// Join makes somebody a member of a cohort.
func (w *World) Join(c cohorts.ID, name string) {
	w.T.Helper()
	w.join(c, name, false)
}

func (w *World) join(c cohorts.ID, name string, facilitator bool) {
	w.T.Helper()
	p := w.Known(name)
	w.joined++
	m := cohorts.Member{
		Cohort: c, Person: p.ID, Facilitator: facilitator,
		Joined: w.Now().Add(time.Duration(w.joined) * time.Microsecond),
	}
	w.Update(func(tx store.Tx) error { return cohorts.Members.Put(tx, cohorts.MemberID(c, p.ID), m) })
}

// Away has somebody be on leave from today, for so many days more.
func (w *World) Away(name string, days int) {
	w.T.Helper()
	p := w.Known(name)
	today := schedules.DateOf(w.Now().In(p.Zone.Location()))
	p.Leave = append(p.Leave, schedules.Span{From: today, To: today.AddDays(days)})
	w.Update(func(tx store.Tx) error { return people.Table.Put(tx, p.ID, p) })
}

// Do has somebody type a command where the world stands ([World.At]), and says
// what there is to say. The slash may be left out.
func (w *World) Do(as, text string) chat.Outcome {
	w.T.Helper()
	return w.Ask(as, chat.Request{At: w.At, Text: strings.TrimPrefix(text, "/")})
}

// DoIn has somebody type a command in direct messages to the bot.
func (w *World) DoIn(as string, at chat.Place, text string) chat.Outcome {
	w.T.Helper()
	return w.Ask(as, chat.Request{At: at, Text: strings.TrimPrefix(text, "/")})
}

// Press has somebody press a button: of the last answer they got, or else of the
// youngest post that they can see and that has one with this label.
func (w *World) Press(as, label string) chat.Outcome {
	w.T.Helper()
	if r := w.outcomes[as].Reply; r != nil {
		if b, ok := button(r.Message, label); ok {
			return w.Ask(as, chat.Request{At: w.At, Path: b.Command, Record: b.Record, Choice: b.Choice})
		}
	}
	for _, post := range slices.Backward(w.Platform.All()) {
		place := post.At.Place
		if post.Deleted || place.IsDirect() && place.User != w.profile(as).User.ID {
			continue
		}
		if _, ok := button(post.Message, label); ok {
			return w.PressOn(as, post, label)
		}
	}
	w.T.Fatalf("%s sees no button %q; last answered: %s", as, label, w.Answer(as))
	return chat.Outcome{}
}

// PressOn has somebody press a button of a post.
func (w *World) PressOn(as string, post Post, label string) chat.Outcome {
	w.T.Helper()
	return w.Ask(as, w.Pressing(post, label))
}

// Pressing gives the request that a button of a post makes, without an event or
// a person: for tests that press from many goroutines through w.Bot.Do.
func (w *World) Pressing(post Post, label string) chat.Request {
	w.T.Helper()
	b, ok := button(post.Message, label)
	if !ok {
		w.T.Fatalf("no button %q under: %s", label, post.Message.Text)
	}
	return chat.Request{
		At: post.At.Place, Path: b.Command, Record: b.Record, Choice: b.Choice,
		Message: &chat.Target{Address: post.At, Text: post.Message.Text},
	}
}

func button(m chat.Message, label string) (chat.Button, bool) {
	i := slices.IndexFunc(m.Buttons, func(b chat.Button) bool { return b.Label == label })
	if i < 0 {
		return chat.Button{}, false
	}
	return m.Buttons[i], true
}

// Submit has somebody hand in the form that they last had open: these answers by
// field name, and for the other fields what stood there already.
func (w *World) Submit(as string, answers map[string]string) chat.Outcome {
	w.T.Helper()
	form, ok := w.forms[as]
	if !ok {
		w.T.Fatalf("%s has no form open", as)
	}
	given := chat.Answers{}
	for _, f := range form.Fields {
		given[f.Name] = form.Filled[f.Name]
	}
	for name, text := range answers {
		if _, asked := given[name]; !asked {
			w.T.Fatalf("the form %q does not ask for %q; it asks for %q", form.Title, name, slices.Sorted(maps.Keys(given)))
		}
		given[name] = chat.Given(text)
	}
	return w.Ask(as, chat.Request{At: w.At, Form: form.ID, Path: form.Command, Record: form.Record, Page: len(form.Pages()) - 1, Answers: given})
}

// Ask has somebody make a request of any sort: event and profile are filled in.
func (w *World) Ask(as string, r chat.Request) chat.Outcome {
	w.T.Helper()
	r.Event, r.Profile = w.event(), w.profile(as)
	for name, a := range r.Answers {
		a.Files = w.Platform.keep(a.Files)
		r.Answers[name] = a
	}
	out, err := w.Bot.Do(context.Background(), r)
	if err != nil {
		w.T.Fatalf("%s: %v", as, err)
	}
	w.answered(as, out)
	return out
}

// answered keeps what somebody was answered, and holds it against the platforms'
// limits.
func (w *World) answered(as string, out chat.Outcome) {
	w.T.Helper()
	w.outcomes[as] = out
	if out.Reply != nil {
		w.check(out.Reply.Message)
	}
	if out.Form != nil {
		for _, err := range w.Bot.Tree().CheckForm(*out.Form) {
			w.T.Error(err)
		}
		w.forms[as] = *out.Form
	}
	w.settle()
}

// Said has somebody answer in the thread under a post, and gives where it
// stands. Files are handed on.
func (w *World) Said(as string, under Post, text string, files ...chat.File) chat.Address {
	w.T.Helper()
	place := under.At.Place
	if !place.IsDirect() && place.Thread == "" {
		place.Thread = under.At.ID
	}
	return w.say(as, place, text, files)
}

// SaidDirect has somebody write to the bot in direct messages.
func (w *World) SaidDirect(as, text string, files ...chat.File) chat.Address {
	w.T.Helper()
	return w.say(as, chat.Direct(w.profile(as).User), text, files)
}

func (w *World) say(as string, place chat.Place, text string, files []chat.File) chat.Address {
	w.T.Helper()
	event := w.event()
	at := chat.Address{Place: place, ID: "said-" + event}
	w.Hear(as, chat.Said{Event: event, Address: at, Text: text, Files: files})
	return at
}

// Hear has the bot hear something of any sort: profile, and an event where none
// is given, are filled in.
func (w *World) Hear(as string, s chat.Said) {
	w.T.Helper()
	s.Profile, s.Files = w.profile(as), w.Platform.keep(s.Files)
	if s.Event == "" {
		s.Event = w.event()
	}
	if err := w.Bot.Hear(context.Background(), s); err != nil {
		w.T.Fatalf("hearing %s: %v", as, err)
	}
	w.settle()
}

func (w *World) settle() {
	w.T.Helper()
	if !w.Hold {
		w.Settle()
	}
}

func (w *World) event() string {
	w.events++
	return fmt.Sprintf("e%d", w.events)
}

// Posts gives what stands in a place now, its threads included, in order.
func (w *World) Posts(place chat.Place) []Post {
	return slices.DeleteFunc(w.Platform.All(), func(p Post) bool {
		return p.Deleted || p.At.Place.Root() != place.Root()
	})
}

// Inbox gives the direct messages that somebody got, in order.
func (w *World) Inbox(name string) []Post { return w.Posts(chat.Direct(w.profile(name).User)) }

// Last gives the text of the direct message that somebody got last; empty where they
// got none.
func (w *World) Last(name string) string {
	if inbox := w.Inbox(name); len(inbox) > 0 {
		return inbox[len(inbox)-1].Message.Text
	}
	return ""
}

// Page gives what somebody was last answered with, and the longer text that came along.
func (w *World) Page(as string) string {
	text := w.Answer(as)
	if r := w.outcomes[as].Reply; r != nil && r.Document != nil {
		text += "\n\n" + r.Document.Text
	}
	return text
}

// Answer gives the text of the last answer that somebody got; for a form its
// title, for a page handed back what was wrong with it.
func (w *World) Answer(as string) string {
	switch out := w.outcomes[as]; {
	case out.Reply != nil:
		return out.Reply.Text
	case out.Form != nil:
		return "[form] " + out.Form.Title
	case out.Errors != nil:
		var faults []string
		for _, name := range slices.Sorted(maps.Keys(out.Errors)) {
			faults = append(faults, name+": "+out.Errors[name])
		}
		return strings.Join(faults, "\n")
	}
	return ""
}
