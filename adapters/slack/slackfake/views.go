package slackfake

import (
	"fmt"
	"slices"
	"time"
)

// maxStack is how many modals may lie on each other.
const maxStack = 3

// view is a modal or a Home tab as it is shown to one person.
type view struct {
	id       string
	user     *user
	kind     string // modal or home
	body     object // as the app gave it, block ids filled in
	blocks   []any
	hash     string
	root     string
	previous string
	inputs   object // what the person has entered
	open     bool
}

func (v *view) text(key string) string {
	t, _ := v.body[key].(string)
	return t
}

func (v *view) flag(key string) bool {
	b, _ := v.body[key].(bool)
	return b
}

// json is the view as Slack tells it.
func (v *view) json() object {
	var previous any
	if v.previous != "" {
		previous = v.previous
	}
	o := object{
		"id": v.id, "team_id": v.user.team.id, "type": v.kind, "blocks": v.blocks, "hash": v.hash,
		"private_metadata": v.text("private_metadata"), "callback_id": v.text("callback_id"), "external_id": v.text("external_id"),
		"state":          object{"values": stateOf(v.blocks, v.inputs)},
		"clear_on_close": v.flag("clear_on_close"), "notify_on_close": v.flag("notify_on_close"),
		"title": v.body["title"], "close": v.body["close"], "submit": v.body["submit"],
		"root_view_id": v.root, "previous_view_id": previous, "app_id": appID, "app_installed_team_id": v.user.team.id, "bot_id": v.user.team.botID,
	}
	return clone(o).(object)
}

// set gives a view new content. What was entered stays for inputs whose block_id
// and action_id stay.
func (s *Server) set(v *view, body object) {
	blocks, _ := body["blocks"].([]any)
	v.body, v.blocks = body, s.fill(blocks)
	s.seq["hash"]++
	v.hash = fmt.Sprintf("%d.%08x", s.opts.Now().Unix(), s.seq["hash"])
}

func (s *Server) newView(u *user, kind string, body object) *view {
	v := &view{id: s.id("V"), user: u, kind: kind, inputs: object{}, open: true}
	v.root = v.id
	s.set(v, body)
	s.views[v.id] = v
	return v
}

// pull takes a trigger, once.
func (c *call) pull() (*trigger, *refusal) {
	t := c.s.triggers[c.str("trigger_id")]
	switch {
	case t == nil || t.user.team != c.team:
		return nil, refuse("invalid_trigger_id")
	case t.used:
		return nil, refuse("exchanged_trigger_id")
	case time.Now().After(t.until):
		return nil, refuse("expired_trigger_id")
	}
	return t, nil
}

// given is the argument view, checked.
func (c *call) given(kind string) (object, *refusal) {
	raw, ok := c.value("view")
	body, is := raw.(object)
	if !ok || !is {
		return nil, &refusal{code: "invalid_arguments", more: messages("[ERROR] missing required field: view")}
	}
	if no := c.s.checkView(c.team, body, kind); no != nil {
		return nil, no
	}
	return body, nil
}

// taken tells whether another view of the workspace has this external_id.
func (c *call) taken(body object, but *view) bool {
	id, _ := body["external_id"].(string)
	for _, v := range c.s.views {
		if id != "" && v != but && v.open && v.user.team == c.team && v.text("external_id") == id {
			return true
		}
	}
	return false
}

func viewsOpen(c *call) (object, *refusal) { return c.show(false) }
func viewsPush(c *call) (object, *refusal) { return c.show(true) }

func (c *call) show(push bool) (object, *refusal) {
	body, no := c.given("modal")
	if no != nil {
		return nil, no
	}
	t, no := c.pull()
	if no != nil {
		return nil, no
	}
	if c.taken(body, nil) {
		return nil, refuse("duplicate_external_id")
	}
	stack := c.s.stacks[t.user.ID]
	switch {
	case push && (t.view == nil || !t.view.open || t.view.kind != "modal"):
		return nil, refuse("invalid_trigger_id")
	case push && len(stack) >= maxStack:
		return nil, refuse("push_limit_reached")
	case !push:
		for _, v := range stack {
			v.open = false
		}
		c.s.stacks[t.user.ID] = nil
	}
	t.used = true
	return object{"view": c.s.push(t.user, body).json()}, nil
}

// push lays a modal on a person's stack; the lock is held.
func (s *Server) push(u *user, body object) *view {
	v := s.newView(u, "modal", body)
	if stack := s.stacks[u.ID]; len(stack) > 0 {
		v.root, v.previous = stack[0].id, stack[len(stack)-1].id
	}
	s.stacks[u.ID] = append(s.stacks[u.ID], v)
	return v
}

// pop takes a modal off the stack; the lock is held.
func (s *Server) pop(v *view) {
	v.open = false
	s.stacks[v.user.ID] = slices.DeleteFunc(s.stacks[v.user.ID], func(o *view) bool { return o == v })
}

func viewsUpdate(c *call) (object, *refusal) {
	var v *view
	if id := c.str("view_id"); id != "" {
		v = c.s.views[id]
	} else if ext := c.str("external_id"); ext != "" {
		for _, o := range c.s.views {
			if o.open && o.user.team == c.team && o.text("external_id") == ext {
				v = o
			}
		}
	} else {
		return nil, &refusal{code: "invalid_arguments", more: messages("[ERROR] missing required field: view_id")}
	}
	if v == nil || !v.open || v.user.team != c.team {
		return nil, refuse("not_found")
	}
	body, no := c.given(v.kind)
	if no != nil {
		return nil, no
	}
	if h := c.str("hash"); h != "" && h != v.hash {
		return nil, refuse("hash_conflict")
	}
	if c.taken(body, v) {
		return nil, refuse("duplicate_external_id")
	}
	c.s.set(v, body)
	return object{"view": v.json()}, nil
}

func viewsPublish(c *call) (object, *refusal) {
	if c.s.opts.App.NoHome {
		return nil, refuse("not_enabled")
	}
	u := c.s.users[c.str("user_id")]
	if u == nil || u.team != c.team || u.bot {
		return nil, &refusal{code: "invalid_arguments", more: messages("invalid `user_id`")}
	}
	body, no := c.given("home")
	if no != nil {
		return nil, no
	}
	if h := c.str("hash"); h != "" && (u.home == nil || h != u.home.hash) {
		return nil, refuse("hash_conflict")
	}
	if c.taken(body, u.home) {
		return nil, refuse("duplicate_external_id")
	}
	if u.home == nil {
		u.home = c.s.newView(u, "home", body)
	} else {
		c.s.set(u.home, body)
	}
	return object{"view": u.home.json()}, nil
}
