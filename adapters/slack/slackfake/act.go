package slackfake

import (
	"encoding/json"
	"slices"
)

// SlashCommand is a person typing a command into a channel or direct message.
// Slack takes no custom commands in threads, so there is no thread to give.
func (s *Server) SlashCommand(userID, channelID, command, text string) *Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ch := s.users[userID], s.channels[channelID]
	if u == nil || ch == nil {
		return failed("no such person or channel")
	}
	ids, known := s.opts.App.Commands[command]
	if s.opts.App.Commands != nil && !known || !s.granted(u.team, "commands") {
		return failed("dispatch_unknown_command")
	}
	name := ch.name
	if ch.im != nil {
		name = "directmessage"
	} else if ch.private {
		name = "privategroup"
	}
	answers := s.responseURL(ch, u, nil)
	d := newDelivery("slash_commands", object{
		"token": "fake", "team_id": u.team.id, "team_domain": u.team.domain, "channel_id": ch.id, "channel_name": name,
		"user_id": u.ID, "user_name": u.Name, "command": command, "text": s.typedCommand(u.team, text, ids),
		"api_app_id": appID, "is_enterprise_install": "false", "response_url": answers,
	})
	d.ResponseURL = answers
	s.arm(d, u, nil)
	d.answer = func(payload json.RawMessage) { s.answerCommand(ch, u, payload) }
	s.send(d)
	return d
}

func (s *Server) granted(t *team, scope string) bool {
	return slices.Contains(s.tokens[t.token].scopes, scope)
}

// who is a person as interactions name them.
func (u *user) who() object {
	return object{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": u.team.id}
}

// interaction is what all interactive payloads have.
func (s *Server) interaction(kind string, u *user) object {
	return object{
		"type": kind, "token": "fake", "api_app_id": appID, "user": u.who(),
		"team":       object{"id": u.team.id, "domain": u.team.domain},
		"enterprise": nil, "is_enterprise_install": false,
	}
}

func (c *channel) brief() object {
	name := c.name
	if c.im != nil {
		name = "directmessage"
	} else if c.private {
		name = "privategroup"
	}
	return object{"id": c.id, "name": name}
}

// Click is a person pressing a button of a message, or choosing from one of its
// menus: action is the action_id, or the text of the button that they read; choice
// is the option (or date, person, ...) chosen and empty for a button. When the
// action_id is not alone, choice is the value of the button meant.
func (s *Server) Click(userID, channelID, ts, action, choice string) *Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, m := s.users[userID], s.seen(userID, channelID, ts)
	if u == nil || m == nil {
		return failed("that person sees no such message")
	}
	e, ok := pick(m.blocks, action, choice)
	if !ok {
		return failed("no such button: " + action)
	}
	if m.inputs == nil {
		m.inputs = object{}
	}
	act, ok := s.act(e, choice, m.inputs)
	if !ok {
		return failed("no such choice: " + choice)
	}
	p := s.interaction("block_actions", u)
	p["container"] = object{"type": "message", "message_ts": m.ts, "channel_id": m.channel.id, "is_ephemeral": m.to != nil}
	if m.thread != "" {
		p["container"].(object)["thread_ts"] = m.thread
	}
	p["channel"], p["actions"] = m.channel.brief(), []any{act}
	p["state"] = object{"values": stateOf(m.blocks, m.inputs)}
	p["response_url"] = s.responseURL(m.channel, u, m)
	if m.to == nil { // an ephemeral message is nowhere to be read from
		p["message"] = m.json(false)
	}
	d := newDelivery("interactive", p)
	s.arm(d, u, nil)
	s.send(d)
	return d
}

// ClickIn is Click in a modal on top or a Home tab, by its view id.
func (s *Server) ClickIn(userID, viewID, action, choice string) *Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.views[viewID]
	if v == nil || !v.open || v.user.ID != userID {
		return failed("that person sees no such view")
	}
	e, ok := pick(v.blocks, action, choice)
	if !ok {
		return failed("no such button: " + action)
	}
	act, ok := s.act(e, choice, v.inputs)
	if !ok {
		return failed("no such choice: " + choice)
	}
	p := s.interaction("block_actions", v.user)
	p["container"] = object{"type": "view", "view_id": v.id}
	p["view"], p["actions"] = v.json(), []any{act}
	d := newDelivery("interactive", p)
	s.arm(d, v.user, v)
	s.send(d)
	return d
}

// pick finds an element by action_id or by the text that people read.
func pick(blocks []any, action, choice string) (element, bool) {
	var found []element
	for _, e := range elements(blocks) {
		if e.actionID == action || e.label != "" && plain.Replace(e.label) == action {
			found = append(found, e)
		}
	}
	for _, e := range found {
		if choice != "" && e.raw["value"] == choice {
			return e, true
		}
	}
	if len(found) == 0 {
		return element{}, false
	}
	return found[0], true
}

// act is one action as block_actions tells it; what was chosen goes into inputs.
func (s *Server) act(e element, choice string, inputs object) (object, bool) {
	o := object{"type": e.kind, "action_id": e.actionID, "block_id": e.blockID, "action_ts": s.ts()}
	switch e.kind {
	case "button":
		o["text"] = e.raw["text"]
		for _, k := range []string{"value", "style"} {
			if v, ok := e.raw[k]; ok {
				o[k] = v
			}
		}
		return o, choice == "" || e.raw["value"] == choice
	case "overflow":
		c := e.choose(choice)
		o["selected_option"] = c
		return o, c != nil
	}
	state, ok := e.entered(choice)
	if !ok {
		return nil, false
	}
	inputs[key(e.blockID, e.actionID)] = state
	for k, v := range state {
		o[k] = v
	}
	return o, true
}

// Shortcut is a person choosing an entry of the menu of a message, or with an
// empty ts a global shortcut.
func (s *Server) Shortcut(userID, callbackID, channelID, ts string) *Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[userID]
	if u == nil || s.opts.App.Shortcuts != nil && !slices.Contains(s.opts.App.Shortcuts, callbackID) || !s.granted(u.team, "commands") {
		return failed("no such shortcut: " + callbackID)
	}
	if ts == "" {
		p := s.interaction("shortcut", u)
		p["callback_id"], p["action_ts"] = callbackID, s.ts()
		d := newDelivery("interactive", p)
		s.arm(d, u, nil)
		s.send(d)
		return d
	}
	m := s.seen(userID, channelID, ts)
	if m == nil || m.to != nil {
		return failed("that person sees no such message")
	}
	p := s.interaction("message_action", u)
	p["callback_id"], p["action_ts"], p["message_ts"] = callbackID, s.ts(), m.ts
	p["channel"], p["message"] = m.channel.brief(), m.json(false)
	p["response_url"] = s.responseURL(m.channel, u, m)
	d := newDelivery("interactive", p)
	s.arm(d, u, nil)
	s.send(d)
	return d
}
