package slackfake

import (
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Submitted is what a person sees after they pressed submit.
type Submitted struct {
	Errors  map[string]string // by block_id: shown in the form, which stays open
	Next    *View             // the form that came instead or on top
	Closed  bool              // the form is gone
	Trouble string            // what Slack shows when the app did not answer well; the form stays
	Outcome Outcome
}

// trouble is Slack's sentence for an app that does not answer well.
const trouble = "We had some trouble connecting. Try again?"

// SubmitView fills in the modal on top and submits it. Values that the form has
// no field for, and choices that it does not offer, are an error of the caller.
// Slack itself refuses an empty field that must be filled and text out of its
// lengths: then the app hears nothing, and Errors says why.
func (s *Server) SubmitView(userID string, values Values) (Submitted, error) {
	s.mu.Lock()
	stack := s.stacks[userID]
	if len(stack) == 0 {
		s.mu.Unlock()
		return Submitted{}, errPerson("%s has no form open", userID)
	}
	v := stack[len(stack)-1]
	if v.body["submit"] == nil {
		s.mu.Unlock()
		return Submitted{}, errPerson("the form %q has no submit button", textOf(v.body["title"]))
	}
	if err := v.fillIn(values); err != nil {
		s.mu.Unlock()
		return Submitted{}, err
	}
	if errs := v.refused(); len(errs) > 0 {
		s.mu.Unlock()
		return Submitted{Errors: errs}, nil
	}
	p := s.interaction("view_submission", v.user)
	p["view"], p["response_urls"] = v.json(), []any{}
	d := newDelivery("interactive", p)
	s.arm(d, v.user, v)
	var out Submitted
	d.answer = func(payload json.RawMessage) { out = s.answerSubmission(v, payload) }
	s.send(d)
	s.mu.Unlock()
	o := d.Wait()
	out.Outcome = o
	if !o.Acked {
		out.Trouble = trouble
	}
	return out, nil
}

// Fill enters values into the modal on top without submitting.
func (s *Server) Fill(userID string, values Values) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	stack := s.stacks[userID]
	if len(stack) == 0 {
		return errPerson("%s has no form open", userID)
	}
	return stack[len(stack)-1].fillIn(values)
}

// CloseView closes the modal on top, or with all the whole stack. The app is told
// of those that asked for it.
func (s *Server) CloseView(userID string, all bool) []*Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*Delivery
	for stack := s.stacks[userID]; len(stack) > 0; stack = s.stacks[userID] {
		v := stack[len(stack)-1]
		s.pop(v)
		if v.flag("notify_on_close") {
			p := s.interaction("view_closed", v.user)
			p["view"], p["is_cleared"] = v.json(), all
			d := newDelivery("interactive", p)
			s.send(d)
			out = append(out, d)
		}
		if !all && !v.flag("clear_on_close") {
			break
		}
	}
	return out
}

func (v *view) fillIn(values Values) error {
	left := map[string]bool{}
	for k := range values {
		left[k] = true
	}
	for _, e := range elements(v.blocks) {
		if !stateful[e.kind] {
			continue
		}
		for _, k := range []string{e.blockID, e.actionID, e.label} {
			word, ok := values[k]
			if !ok || k == "" {
				continue
			}
			state, ok := e.entered(word)
			if !ok {
				return errPerson("the field %q does not offer %q", k, word)
			}
			v.inputs[key(e.blockID, e.actionID)] = state
			delete(left, k)
			break
		}
	}
	for k := range left {
		var have []string
		for _, e := range elements(v.blocks) {
			have = append(have, e.label)
		}
		return errPerson("the form %q has no field %q; it has %q", textOf(v.body["title"]), k, have)
	}
	return nil
}

// refused is what Slack's own client says before the app hears of a submission.
func (v *view) refused() map[string]string {
	errs := map[string]string{}
	values := stateOf(v.blocks, v.inputs)
	for _, e := range elements(v.blocks) {
		if !e.input {
			continue
		}
		state, _ := values[e.blockID].(object)[e.actionID].(object)
		if empty(state) {
			if !e.optional {
				errs[e.blockID] = "Please complete this required field."
			}
			continue
		}
		text, _ := state["value"].(string)
		n := float64(utf8.RuneCountInString(text))
		least, hasLeast := e.raw["min_length"].(float64)
		most, hasMost := e.raw["max_length"].(float64)
		if e.kind == "plain_text_input" && !hasMost {
			most, hasMost = 3000, true
		}
		switch {
		case hasLeast && n < least:
			errs[e.blockID] = fmt.Sprintf("Please enter at least %v characters.", least)
		case hasMost && n > most:
			errs[e.blockID] = fmt.Sprintf("Please enter no more than %v characters.", most)
		case e.kind == "number_input":
			f, err := strconv.ParseFloat(text, 64)
			whole, _ := e.raw["is_decimal_allowed"].(bool)
			if err != nil || !whole && f != float64(int64(f)) || outside(f, e.raw["min_value"], true) || outside(f, e.raw["max_value"], false) {
				errs[e.blockID] = "Please enter a valid number."
			}
		}
		if most, ok := e.raw["max_selected_items"].(float64); ok {
			for _, v := range state {
				if list, ok := v.([]any); ok && float64(len(list)) > most {
					errs[e.blockID] = fmt.Sprintf("Please choose no more than %v.", most)
				}
			}
		}
	}
	return errs
}

func outside(f float64, bound any, lower bool) bool {
	t, ok := bound.(string)
	b, err := strconv.ParseFloat(t, 64)
	return ok && err == nil && (lower && f < b || !lower && f > b)
}

// answerSubmission does what an acknowledgement says to a form. The lock is held.
func (s *Server) answerSubmission(v *view, payload json.RawMessage) Submitted {
	var a struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   object            `json:"view"`
	}
	bad := func(why string) Submitted {
		s.violateLocked("bad answer to a form", "%s", why)
		return Submitted{Trouble: trouble}
	}
	if len(payload) > 0 {
		if err := json.Unmarshal(payload, &a); err != nil {
			return bad(err.Error())
		}
	}
	switch a.Action {
	case "":
		s.pop(v)
		return Submitted{Closed: true}
	case "clear":
		for _, o := range append([]*view(nil), s.stacks[v.user.ID]...) {
			s.pop(o)
		}
		return Submitted{Closed: true}
	case "errors":
		if len(a.Errors) == 0 {
			return bad("no errors in an answer of errors")
		}
		fields := map[string]bool{}
		for _, e := range elements(v.blocks) {
			fields[e.blockID] = fields[e.blockID] || e.input
		}
		for id := range a.Errors {
			if !fields[id] {
				return bad(fmt.Sprintf("an error for %q, which is not the block_id of an input block", id))
			}
		}
		return Submitted{Errors: a.Errors}
	case "update", "push":
		if no := s.checkView(v.user.team, a.View, "modal"); no != nil {
			return bad(fmt.Sprintf("%s %v", no.code, no.more))
		}
		if a.Action == "push" {
			if len(s.stacks[v.user.ID]) >= maxStack {
				return bad("push_limit_reached")
			}
			v = s.push(v.user, a.View)
		} else {
			s.set(v, a.View)
		}
		shown := v.seen()
		return Submitted{Next: &shown}
	}
	return bad(fmt.Sprintf("no such response_action: %q", a.Action))
}

// FillFile adds a file to a file_input of the modal on top, by block_id.
func (s *Server) FillFile(userID, blockID string, up Upload) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	stack := s.stacks[userID]
	if len(stack) == 0 {
		return errPerson("%s has no form open", userID)
	}
	v := stack[len(stack)-1]
	for _, e := range elements(v.blocks) {
		if e.blockID != blockID || e.kind != "file_input" {
			continue
		}
		k := key(e.blockID, e.actionID)
		had, _ := v.inputs[k].(object)
		files, _ := had["files"].([]any)
		f := s.newFile(v.user, up.Name, up.Data)
		f.handed = true
		v.inputs[k] = object{"type": e.kind, "files": append(files, f.json())}
		return nil
	}
	return errPerson("the form %q takes no file in %q", textOf(v.body["title"]), blockID)
}
