package slackfake

import "encoding/json"

// Option is a choice that an app offers while a person types.
type Option struct {
	Text, Value string
}

// Suggest is a person typing into a menu whose choices come from the app, in the
// modal on top; what is the action_id or the label. Enter one of the options as
// "Text|value".
func (s *Server) Suggest(userID, what, typed string) ([]Option, error) {
	s.mu.Lock()
	stack := s.stacks[userID]
	if len(stack) == 0 {
		s.mu.Unlock()
		return nil, errPerson("%s has no form open", userID)
	}
	v := stack[len(stack)-1]
	var e element
	for _, o := range elements(v.blocks) {
		if (o.kind == "external_select" || o.kind == "multi_external_select") && (o.actionID == what || o.label == what) {
			e = o
		}
	}
	if e.raw == nil {
		s.mu.Unlock()
		return nil, errPerson("the form %q has no menu %q that asks the app", textOf(v.body["title"]), what)
	}
	p := s.interaction("block_suggestion", v.user)
	p["container"] = object{"type": "view", "view_id": v.id}
	p["view"], p["action_id"], p["block_id"], p["value"] = v.json(), e.actionID, e.blockID, typed
	d := newDelivery("interactive", p)
	var out []Option
	var err error
	d.answer = func(payload json.RawMessage) { out, err = s.suggested(payload) }
	s.send(d)
	s.mu.Unlock()
	if o := d.Wait(); !o.Acked {
		return nil, errPerson("the app offered nothing: %s", o.Problem)
	}
	return out, err
}

// suggested reads and checks the options in an acknowledgement; the lock is held.
func (s *Server) suggested(payload json.RawMessage) ([]Option, error) {
	var o object
	if json.Unmarshal(payload, &o) != nil {
		s.violateLocked("bad ack", "options that are no JSON object")
		return nil, errPerson("the app's options are no JSON object")
	}
	c := s.checker(nil, "modal")
	each := option(plainText(75), nil)
	c.object("", o, fields{"options": may(list(0, 100, each)), "option_groups": may(list(0, 100, func(c *checker, at string, v any) {
		c.object(at, v, fields{"label": must(plainText(75)), "options": must(list(0, 100, each))})
	}))})
	if len(c.errs) > 0 {
		s.violateLocked("bad ack", "options: %v", c.errs)
		return nil, errPerson("the app's options: %v", c.errs)
	}
	var out []Option
	for _, opt := range (element{raw: o}).options() {
		value, _ := opt["value"].(string)
		out = append(out, Option{Text: textOf(opt["text"]), Value: value})
	}
	return out, nil
}
