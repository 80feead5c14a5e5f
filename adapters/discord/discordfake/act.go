package discordfake

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Interaction is something that a person did, for the bot to answer.
type Interaction struct {
	s  *Server
	in *interaction
}

// Answer is what has become of an interaction so far.
type Answer struct {
	Answered bool
	Failed   bool // three seconds passed: "the application did not respond"
	Kind     int  // of the callback: 4 message, 5 deferred, 6, 7 update, 8 choices, 9 modal
	Thinking bool // deferred, and still waiting
	Message  *Message
	Followed []Message
	Modal    *Modal
	Choices  []Option
}

// ID is the interaction's id.
func (i *Interaction) ID() string { return i.in.id }

// Token is the token for its callback and its webhook.
func (i *Interaction) Token() string { return i.in.token }

// Now is what the person sees of the answer at this moment.
func (i *Interaction) Now() Answer {
	i.s.mu.Lock()
	defer i.s.mu.Unlock()
	return i.see()
}

func (i *Interaction) see() Answer {
	in := i.in
	a := Answer{Answered: in.answered, Failed: in.dead(), Kind: in.back}
	if in.original != nil && in.original.channel.find(in.original.id) != nil {
		m := i.s.see(in.original)
		a.Message, a.Thinking = &m, m.Thinking
	}
	for _, m := range in.followed {
		if m.channel.find(m.id) != nil {
			a.Followed = append(a.Followed, i.s.see(m))
		}
	}
	if in.modal != nil && in.user.modal == in {
		a.Modal = i.s.modalOf(in.user)
	}
	for _, v := range in.choices {
		o, _ := v.(obj)
		a.Choices = append(a.Choices, Option{Label: str(o["name"]), Value: fmt.Sprint(o["value"])})
	}
	return a
}

// Wait waits, in real time, for an answer that is more than "thinking", and
// gives what there is when the time is up.
func (i *Interaction) Wait(wait time.Duration) Answer {
	var a Answer
	i.s.until(wait, func() bool {
		a = i.see()
		return a.Answered && !a.Thinking && (a.Kind != backDeferUpdate || !i.in.on.edited.Before(i.in.made) || len(a.Followed) > 0)
	})
	return a
}

// WaitFirst waits, in real time, for the first answer of any kind.
func (i *Interaction) WaitFirst(wait time.Duration) Answer {
	var a Answer
	i.s.until(wait, func() bool { a = i.see(); return a.Answered })
	return a
}

func (s *Server) started(i *interaction, data obj) *Interaction {
	return &Interaction{s, s.begin(i, data)}
}

// Click presses a button.
func (s *Server) Click(userID, channelID, messageID, customID string) (*Interaction, error) {
	return s.component(userID, channelID, messageID, customID, nil)
}

// Select chooses in a menu: values of a string select, ids for the others.
func (s *Server) Select(userID, channelID, messageID, customID string, values ...string) (*Interaction, error) {
	if values == nil {
		values = []string{}
	}
	return s.component(userID, channelID, messageID, customID, values)
}

func (s *Server) component(userID, channelID, messageID, customID string, values []string) (*Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, c, err := s.who(userID, channelID, 0)
	if err != nil {
		return nil, err
	}
	m := c.find(messageID)
	if m == nil || m.only != nil && m.only != u {
		return nil, fmt.Errorf("message %s: %w", messageID, ErrNotVisible)
	}
	var found obj
	walk(m.components, func(o obj) {
		if str(o["custom_id"]) == customID {
			found = o
		}
	})
	kind, _ := whole(found["type"])
	switch {
	case found == nil:
		return nil, fmt.Errorf("nothing on message %s has the custom id %q", messageID, customID)
	case found["disabled"] == true:
		return nil, fmt.Errorf("%q is disabled", customID)
	case (kind == buttonComponent) != (values == nil):
		return nil, fmt.Errorf("%q is of kind %d: press a button, choose in a menu", customID, kind)
	}
	data := obj{"custom_id": customID, "component_type": kind, "id": found["id"]}
	if values != nil {
		if err := choosable(toSelect(found), values); err != nil {
			return nil, err
		}
		data["values"] = values
		if resolved := s.resolve(c, int(kind), values); resolved != nil {
			data["resolved"] = resolved
		}
	}
	return s.started(&interaction{kind: kindComponent, user: u, channel: c, on: m}, data), nil
}

func choosable(sel Select, values []string) error {
	if len(values) < sel.Min || len(values) > sel.Max {
		return fmt.Errorf("%d chosen in %q, which takes %d to %d", len(values), sel.CustomID, sel.Min, sel.Max)
	}
	for _, v := range values {
		if sel.Kind == stringSelect && !slices.ContainsFunc(sel.Options, func(o Option) bool { return o.Value == v }) {
			return fmt.Errorf("%q is no option of %q", v, sel.CustomID)
		}
	}
	return nil
}

// resolve adds what the ids stand for.
func (s *Server) resolve(c *channel, kind int, ids []string) obj {
	users, members, roles, channels := obj{}, obj{}, obj{}, obj{}
	for _, id := range ids {
		if u := s.users[id]; u != nil && kind != roleSelect && kind != channelSelect {
			users[id] = renderUser(u)
			if c.guild != nil && c.guild.members[id] != nil {
				m := bareMember(c.guild.members[id])
				delete(m, "mute")
				delete(m, "deaf")
				members[id] = with(m, obj{"permissions": strconv.FormatInt(s.may(id, c), 10)})
			}
		}
		if ch := s.channels[id]; ch != nil && ch.guild != nil {
			o := obj{"id": ch.id, "name": ch.name, "type": ch.kind, "permissions": strconv.FormatInt(everything, 10)}
			if ch.parent != nil {
				o["parent_id"] = ch.parent.id
			}
			channels[id] = o
		}
		if c.guild != nil {
			for _, r := range c.guild.roles {
				if r.id == id {
					roles[id] = renderRole(r)
				}
			}
		}
	}
	out := obj{}
	for k, v := range map[string]obj{"users": users, "members": members, "roles": roles, "channels": channels} {
		if len(v) > 0 {
			out[k] = v
		}
	}
	if len(out) == 0 || kind == stringSelect {
		return nil
	}
	return out
}

// ErrNoModal says that no such modal is open on the person's screen.
var ErrNoModal = errors.New("no such modal is open")

// CloseModal dismisses the modal on a person's screen; the bot never hears of it.
func (s *Server) CloseModal(userID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[userID].modal = nil
}

// SubmitModal sends the modal on a person's screen. A value is a string for a
// text or a single choice, a []string for choices, a []File for uploads; a
// field left out keeps what it was filled with.
func (s *Server) SubmitModal(userID string, modal *Modal, values map[string]any) (*Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[userID]
	if modal == nil || u == nil || u.modal == nil || u.modal != modal.from {
		return nil, ErrNoModal
	}
	from := modal.from
	given := map[string]bool{}
	files := obj{}
	resolved := obj{}
	fields := map[string]Field{}
	for _, f := range modal.Fields {
		fields[f.CustomID] = f
	}
	var parts []any
	top, _ := from.modal["components"].([]any)
	for _, v := range top {
		o, _ := v.(obj)
		inner, isLabel := o["component"].(obj)
		row, _ := o["components"].([]any)
		if !isLabel && len(row) > 0 {
			inner, _ = row[0].(obj)
		}
		if inner == nil {
			parts = append(parts, obj{"type": o["type"], "id": o["id"]})
			continue
		}
		f := fields[str(inner["custom_id"])]
		given[f.CustomID] = true
		sent, err := s.fieldValue(from.channel, f, values[f.CustomID], files, resolved)
		if err != nil {
			return nil, err
		}
		sent["type"], sent["id"], sent["custom_id"] = inner["type"], inner["id"], f.CustomID
		part := obj{"type": o["type"], "id": o["id"]}
		if isLabel {
			part["component"] = sent
		} else {
			part["components"] = []any{sent}
		}
		parts = append(parts, part)
	}
	for k := range values {
		if !given[k] {
			return nil, fmt.Errorf("the modal has no field %q", k)
		}
	}
	data := obj{"custom_id": modal.CustomID, "components": parts}
	if len(files) > 0 {
		resolved["attachments"] = files
	}
	if len(resolved) > 0 {
		data["resolved"] = resolved
	}
	u.modal = nil
	return s.started(&interaction{kind: kindModal, user: u, channel: from.channel, on: from.on, parent: from}, data), nil
}

func (s *Server) fieldValue(c *channel, f Field, v any, files, resolved obj) (obj, error) {
	if f.Kind == textInput {
		text, isText := v.(string)
		if v == nil {
			text, isText = f.Value, true
		}
		n := len([]rune(text))
		switch {
		case !isText:
			return nil, fmt.Errorf("field %q takes a text", f.CustomID)
		case n == 0 && f.Required, n > 0 && n < f.Min, n > f.Max:
			return nil, fmt.Errorf("field %q has %d characters and takes %d to %d", f.CustomID, n, max(f.Min, 1), f.Max)
		}
		return obj{"value": text}, nil
	}
	ids := []string{}
	switch given := v.(type) {
	case nil:
		ids = append(ids, f.Chosen...)
		for _, o := range f.Options {
			if o.Default {
				ids = append(ids, o.Value)
			}
		}
	case string:
		ids = append(ids, given)
	case []string:
		ids = append(ids, given...)
	case []File:
		for _, file := range given {
			up := s.keep(file.Name, file.Kind, file.Description, file.Data)
			up.ephemeral = true
			files[up.id] = s.renderUpload(up)
			ids = append(ids, up.id)
		}
	default:
		return nil, fmt.Errorf("field %q takes a string, a []string or a []File", f.CustomID)
	}
	if len(ids) > 0 || f.Required {
		if err := choosable(Select{CustomID: f.CustomID, Kind: f.Kind, Options: f.Options, Min: f.Min, Max: f.Max}, ids); err != nil {
			return nil, err
		}
	}
	if f.Kind != fileUpload {
		merge(resolved, s.resolve(c, f.Kind, ids))
	}
	return obj{"values": ids}, nil
}
