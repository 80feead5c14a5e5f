package slack

import (
	"encoding/json"
	"strings"
	"time"

	"cohortbot/bot/chat"
)

// reach is how somebody who did something can be answered.
type reach struct {
	person  string
	channel string
	thread  string // timestamp of the thread that it happened in, if any
	url     string // response_url
	whisper bool   // it came from a reply of ours that only they see
	trigger string // opens a modal, within three seconds
	view    string // id of the view that it came from, if any
	inView  string // that view's callback_id
	home    bool   // it came from the home
}

// command takes a slash command.
func (a arrival) command() error {
	var c struct {
		Command  string `json:"command"`
		Text     string `json:"text"`
		Channel  string `json:"channel_id"`
		Person   string `json:"user_id"`
		Name     string `json:"user_name"`
		Response string `json:"response_url"`
		Trigger  string `json:"trigger_id"`
	}
	if json.Unmarshal(a.payload, &c) != nil || c.Command == "" || c.Person == "" {
		return errUnreadable
	}
	text := strings.TrimSpace(strings.TrimPrefix(c.Command, "/") + " " + c.Text)
	if a.takesIDs(text) {
		text = a.w.typed(a.ctx, text)
	} else {
		text = a.w.written(a.ctx, text)
	}
	r := chat.Request{
		Event: a.eventID("command", c.Trigger), Profile: a.w.people.profile(a.ctx, c.Person, c.Name),
		At: a.w.place(c.Channel, "", c.Person), Text: text,
	}
	return a.ask(r, reach{person: c.Person, channel: c.Channel, url: c.Response, trigger: c.Trigger})
}

// takesIDs tells whether what was typed may name a person or a channel for the bot
// to understand, rather than for people to read.
func (a arrival) takesIDs(text string) bool {
	c, _, err := a.in.Tree().Lookup(text)
	if err != nil {
		return false
	}
	for _, f := range c.Fields {
		if f.Kind == chat.Person || f.Kind == chat.InPlace {
			return true
		}
	}
	return false
}

// eventID names what a person did. A repeat of the same has the same trigger,
// while the envelope may be another.
func (a arrival) eventID(kind, trigger string) string {
	if trigger == "" {
		trigger = a.id
	}
	return kind + "/" + trigger
}

// interaction is what comes of buttons, menus and forms.
type interaction struct {
	Type     string `json:"type"`
	Callback string `json:"callback_id"`
	Trigger  string `json:"trigger_id"`
	Response string `json:"response_url"`
	User     struct {
		ID       string `json:"id"`
		Name     string `json:"name"`
		Username string `json:"username"`
	} `json:"user"`
	Channel struct {
		ID string `json:"id"`
	} `json:"channel"`
	Message   message `json:"message"`
	Container struct {
		Type      string `json:"type"`
		TS        string `json:"message_ts"`
		Thread    string `json:"thread_ts"`
		Channel   string `json:"channel_id"`
		Ephemeral bool   `json:"is_ephemeral"`
	} `json:"container"`
	Actions []struct {
		ID    string `json:"action_id"`
		Value string `json:"value"`
	} `json:"actions"`
	View struct {
		ID       string `json:"id"`
		Type     string `json:"type"`
		Callback string `json:"callback_id"`
		Private  string `json:"private_metadata"`
		State    struct {
			Values map[string]map[string]given `json:"values"`
		} `json:"state"`
	} `json:"view"`
}

// interactive sorts what comes of buttons, menus and forms.
func (a arrival) interactive() error {
	var kind struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(a.payload, &kind) != nil {
		return errUnreadable
	}
	var i interaction
	switch kind.Type {
	case "block_actions", "message_action", "view_submission":
		if json.Unmarshal(a.payload, &i) != nil || i.User.ID == "" {
			return errUnreadable
		}
	case "view_closed":
		a.acknowledge(nil) // what was handed in before stays with the bot
		return nil
	default:
		a.unknown("interaction", kind.Type)
		return nil
	}
	switch kind.Type {
	case "message_action":
		return a.menu(i)
	case "view_submission":
		return a.submission(i)
	}
	return a.pressed(i)
}

func (i interaction) name() string {
	if i.User.Name != "" {
		return i.User.Name
	}
	return i.User.Username
}

// menu takes an item of the menu on a message.
func (a arrival) menu(i interaction) error {
	c, ok := a.in.Tree().Find(i.Callback)
	if !ok || i.Channel.ID == "" || i.Message.TS == "" {
		return errUnreadable
	}
	if i.Message.BotID == "" {
		a.w.met(a.ctx, i.Message.User)
	}
	r := chat.Request{
		Event: a.eventID("menu", i.Trigger), Profile: a.w.people.profile(a.ctx, i.User.ID, i.name()),
		At: a.w.place(i.Channel.ID, "", i.User.ID), Path: c.Path, Message: a.target(i.Channel.ID, i.Message, i.User.ID),
	}
	return a.ask(r, reach{person: i.User.ID, channel: i.Channel.ID, thread: i.Message.Thread, url: i.Response, trigger: i.Trigger})
}

// target gives the message that something was done on.
func (a arrival) target(channel string, m message, person string) *chat.Target {
	return &chat.Target{
		Address: a.w.address(channel, m.Thread, m.TS, person),
		Author:  a.w.user(m.User), Text: a.w.written(a.ctx, m.Text), Files: shared(a.w.known().workspace, m.Files),
	}
}

// pressed takes a button.
func (a arrival) pressed(i interaction) error {
	if len(i.Actions) == 0 {
		return errUnreadable
	}
	action := i.Actions[0]
	to := reach{
		person: i.User.ID, channel: i.Container.Channel, thread: i.Container.Thread, url: i.Response,
		whisper: i.Container.Ephemeral, trigger: i.Trigger,
	}
	if to.channel == "" {
		to.channel = i.Channel.ID
	}
	r := chat.Request{
		Event: a.eventID("press", i.Trigger), Profile: a.w.people.profile(a.ctx, i.User.ID, i.name()),
		At: a.w.place(to.channel, "", i.User.ID),
	}
	if i.View.ID != "" {
		var from opened
		_ = json.Unmarshal([]byte(i.View.Private), &from)
		to.view, to.inView, to.home = i.View.ID, i.View.Callback, i.View.Type == "home" || from.Home
		r.At = chat.Direct(r.Profile.User)
	} else {
		m := i.Message
		if m.TS == "" {
			m.TS, m.Thread = i.Container.TS, i.Container.Thread
		}
		r.Message = a.target(to.channel, m, i.User.ID)
		r.At = r.Message.Address.Place
	}
	if again, ok := reopening(action.Value); ok {
		r.Event, r.Path, r.Text, r.Record, r.Choice = again.Event, again.Path, again.Text, again.Record, again.Choice
		return a.ask(r, to)
	}
	b, err := chat.ParseToken(action.Value)
	if err != nil {
		return errUnreadable
	}
	r.Path, r.Record, r.Choice = b.Command, b.Record, b.Choice
	return a.ask(r, to)
}

// result is what the bot made of a request.
type result struct {
	out chat.Outcome
	err error
}

// do hands a request to the bot. The channel gives what it made of it.
func (a arrival) do(r chat.Request) <-chan result {
	done := make(chan result, 1)
	a.work.Go(func() {
		res := result{err: errPanic}
		defer func() {
			if p := recover(); p != nil {
				a.w.log.Error("panic", "kind", a.kind, "event", r.Event)
			}
			done <- res
		}()
		select {
		case a.w.slots <- struct{}{}:
			defer func() { <-a.w.slots }()
		case <-a.ctx.Done():
			res.err = a.ctx.Err()
			return
		}
		res.out, res.err = a.in.Do(a.ctx, r)
	})
	return done
}

// ask hands a request to the bot and answers the person. It is acknowledged when
// what they gave is durable, or after two seconds if that takes longer; a request
// that fails before is not acknowledged, and Slack tells them so.
func (a arrival) ask(r chat.Request, to reach) error {
	done := a.do(r)
	timer := time.NewTimer(time.Until(a.came.Add(a.w.soon)))
	defer timer.Stop()
	select {
	case res := <-done:
		if res.err != nil {
			return res.err
		}
		a.acknowledge(nil)
		return a.answer(r, to, res.out)
	case <-timer.C:
	}
	a.acknowledge(nil)
	to.trigger = "" // it will be too old
	res := <-done
	if res.err != nil {
		if a.ctx.Err() != nil {
			return res.err
		}
		return a.answer(r, to, chat.Say(notNow))
	}
	return a.answer(r, to, res.out)
}

const notNow = "I couldn't do that just now, and nothing was changed. Please try again in a minute."
