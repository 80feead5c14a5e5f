package web

import (
	"context"
	"net/http"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/store"
)

// state is all that a page needs besides messages.
type state struct {
	Title    string        `json:"title"`
	You      personView    `json:"you"`
	People   []personView  `json:"people"`
	Channels []channelView `json:"channels"`
	Direct   channelView   `json:"direct"` // the direct messages with the bot
	Bot      Author        `json:"bot"`
	Here     bool          `json:"here"` // the bot listens
	Clock    clockView     `json:"clock"`
	Tree     []commandView `json:"commands"`
	Forms    []formView    `json:"forms,omitempty"` // open for this person
	Tour     []tourView    `json:"tour,omitempty"`
}

type personView struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Zone   string `json:"zone,omitempty"`
	Admin  bool   `json:"admin,omitempty"`
	Closed bool   `json:"closed,omitempty"`
}

type channelView struct {
	ID     string `json:"id"`
	Topic  string `json:"topic,omitempty"`
	Latest string `json:"latest,omitempty"` // the id of the latest message there
}

type clockView struct {
	Now  time.Time `json:"now"`
	Can  bool      `json:"can"` // it can be moved
	Fast bool      `json:"fast,omitempty"`
}

type commandView struct {
	Path    string       `json:"path"`
	Summary string       `json:"summary"`
	Menu    string       `json:"menu,omitempty"`
	Hidden  bool         `json:"hidden,omitempty"`
	Fields  []chat.Field `json:"fields,omitempty"`
}

type tourView struct {
	Title string `json:"title"`
	HTML  string `json:"html"`
	Link  string `json:"link,omitempty"`
}

func (w *Workspace) answerState(rw http.ResponseWriter, r *http.Request) {
	s, err := w.stateOf(r.Context(), r.URL.Query().Get("as"))
	if err != nil {
		w.fail(rw, err)
		return
	}
	respond(rw, http.StatusOK, s)
}

// stateOf gives what somebody sees; without a name, the first person.
func (w *Workspace) stateOf(ctx context.Context, as string) (state, error) {
	s := state{Title: w.o.Title, Bot: Author{ID: BotID, Name: BotID, Bot: true}, Clock: w.clockView()}
	w.mu.Lock()
	in := w.inbox
	w.mu.Unlock()
	if in != nil {
		s.Here = true
		for _, c := range in.Tree() {
			s.Tree = append(s.Tree, commandView{Path: c.Path, Summary: c.Summary, Menu: c.Menu, Hidden: c.Hidden, Fields: c.Fields})
		}
	}
	err := w.store.View(ctx, func(tx store.Tx) error {
		all, err := everybody(tx)
		if err != nil {
			return err
		}
		if as == "" && len(all) > 0 {
			as = all[0].Profile.User.ID
		}
		if _, err := findPerson(tx, as); err != nil {
			return err
		}
		v, err := w.newViewer(tx, as)
		if err != nil {
			return err
		}
		s.People, s.Channels, s.Forms, s.Tour = nil, nil, nil, nil
		for _, p := range all {
			view := personView{
				ID: p.Profile.User.ID, Name: p.Profile.Name, Zone: p.Profile.Zone,
				Admin: p.Profile.Admin, Closed: p.Closed,
			}
			s.People = append(s.People, view)
			if view.ID == as {
				s.You = view
			}
		}
		if s.Channels, err = v.channels(tx); err != nil {
			return err
		}
		latest, err := v.latest(tx, chat.Direct(user(as)))
		if err != nil {
			return err
		}
		s.Direct = channelView{ID: "@" + BotID, Latest: latest}
		for row, err := range forms.By(tx, "open", as) {
			if err != nil {
				return err
			}
			s.Forms = append(s.Forms, formView{row.Value.Form, v.markdown(row.Value.Form.Intro)})
		}
		for _, step := range w.o.Tour {
			s.Tour = append(s.Tour, tourView{Title: step.Title, HTML: v.markdown(step.Text), Link: step.Link})
		}
		return nil
	})
	return s, err
}

func (v viewer) channels(tx store.Tx) ([]channelView, error) {
	type row struct {
		view  channelView
		added int64
	}
	var rows []row
	for r, err := range channels.All(tx) {
		if err != nil {
			return nil, err
		}
		latest, err := v.latest(tx, chat.Channel(Name, string(r.ID)))
		if err != nil {
			return nil, err
		}
		rows = append(rows, row{channelView{ID: string(r.ID), Topic: r.Value.Topic, Latest: latest}, r.Value.Added})
	}
	var views []channelView
	for len(rows) > 0 { // few enough to pick the first again and again
		first := 0
		for i := range rows {
			if rows[i].added < rows[first].added {
				first = i
			}
		}
		views = append(views, rows[first].view)
		rows = append(rows[:first], rows[first+1:]...)
	}
	return views, nil
}

// latest gives the id of the latest message that somebody else wrote there for
// this person to see.
func (v viewer) latest(tx store.Tx, at chat.Place) (string, error) {
	from := store.Key(at.String())
	looked := 0
	for row, err := range messages.Range(tx, "by place", from, store.PrefixEnd(from), true) {
		if err != nil {
			return "", err
		}
		if v.sees(row.Value) && row.Value.Author != v.as {
			return string(row.ID), nil
		}
		if looked++; looked == Page {
			break
		}
	}
	return "", nil
}

func (w *Workspace) mustBePerson(ctx context.Context, as string) error {
	return w.store.View(ctx, func(tx store.Tx) error {
		_, err := findPerson(tx, as)
		return err
	})
}
