package slack

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	api "github.com/slack-go/slack"

	"cohortbot/bot/chat"
)

// given is what somebody put into an input.
type given struct {
	Type         string          `json:"type"`
	Value        string          `json:"value"`
	User         string          `json:"selected_user"`
	Conversation string          `json:"selected_conversation"`
	Channel      string          `json:"selected_channel"`
	Option       *chosen         `json:"selected_option"`
	Options      []chosen        `json:"selected_options"`
	Files        json.RawMessage `json:"files"`
}

type chosen struct {
	Value string `json:"value"`
}

func (g given) answer(w chat.Workspace) chat.Answer {
	var a chat.Answer
	for _, v := range []string{g.Value, g.User, g.Conversation, g.Channel} {
		if v != "" {
			a.Values = append(a.Values, v)
		}
	}
	if g.Option != nil && g.Option.Value != "" {
		a.Values = append(a.Values, g.Option.Value)
	}
	for _, o := range g.Options {
		a.Values = append(a.Values, o.Value)
	}
	var files []file
	_ = json.Unmarshal(g.Files, &files)
	a.Files = shared(w, files)
	return a
}

// answers reads what was handed in: an answer for every input that was shown, and
// under which block each field stands.
func (i interaction) answers(w chat.Workspace) (all chat.Answers, blocks map[string]string) {
	all, blocks = chat.Answers{}, map[string]string{}
	var ids []string
	for id := range i.View.State.Values {
		ids = append(ids, id)
	}
	// The parts of a long text in their order: "…​.2" before "….10".
	slices.SortFunc(ids, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	for _, id := range ids {
		m := fieldID.FindStringSubmatch(id)
		if m == nil {
			continue
		}
		name, a := m[2], i.View.State.Values[id][id].answer(w)
		if before, ok := all[name]; ok && m[3] != "" {
			a.Values = slices.DeleteFunc([]string{strings.Join(append(before.Values, a.Values...), "\n\n")}, func(s string) bool { return s == "" })
		}
		all[name] = a
		if blocks[name] == "" {
			blocks[name] = id
		}
	}
	return all, blocks
}

// submission takes a page of a form that was handed in. What is wrong with it goes
// back with the acknowledgement, and so does the next page.
func (a arrival) submission(i interaction) error {
	if i.View.Callback != formView {
		a.acknowledge(nil)
		return nil
	}
	var from opened
	if json.Unmarshal([]byte(i.View.Private), &from) != nil || from.Form == "" {
		return errUnreadable
	}
	answers, blocks := i.answers(a.w.known().workspace)
	for _, inputs := range i.View.State.Values {
		for _, g := range inputs {
			if g.User != "" {
				a.w.met(a.ctx, g.User)
			}
		}
	}
	profile := a.w.people.profile(a.ctx, i.User.ID, i.name())
	r := chat.Request{
		Event: a.eventID("form", i.Trigger), Profile: profile,
		At:   a.w.place(from.Channel, from.Thread, i.User.ID),
		Path: from.Command, Record: from.Record, Form: from.Form, Page: from.Page, Answers: answers,
	}
	if from.Channel == "" {
		r.At = chat.Direct(profile.User)
	}
	to := reach{person: i.User.ID, channel: from.Channel, thread: from.Thread, url: from.Reply, whisper: from.Whisper, home: from.Home}
	done := a.do(r)
	timer := time.NewTimer(time.Until(a.came.Add(a.w.soon)))
	defer timer.Stop()
	select {
	case res := <-done:
		if res.err != nil {
			return res.err // Slack tells them, and what they typed stands in the form
		}
		return a.afterForm(r, to, from, i.View.ID, blocks, res.out)
	case <-timer.C:
	}
	a.acknowledge(clearing)
	res := <-done
	switch {
	case res.err != nil && a.ctx.Err() != nil:
		return res.err
	case res.err != nil:
		res.out = chat.Say(notNow + typedBack(answers))
	case len(res.out.Errors) > 0:
		res.out = chat.Say(faultsInWords(res.out.Errors) + typedBack(answers))
	}
	return a.answer(r, to, res.out)
}

var clearing = api.NewClearViewSubmissionResponse()

// afterForm acknowledges a form with what comes of it.
func (a arrival) afterForm(r chat.Request, to reach, from opened, view string, blocks map[string]string, out chat.Outcome) error {
	switch {
	case len(out.Errors) > 0:
		errors, ok := placed(out.Errors, blocks)
		if !ok { // nothing on this page could show them
			a.acknowledge(clearing)
			return a.answer(r, to, chat.Say(faultsInWords(out.Errors)+typedBack(r.Answers)))
		}
		a.acknowledge(api.NewErrorsViewSubmissionResponse(errors))
		return nil
	case out.Form != nil:
		next, err := modal(*out.Form, from)
		if err != nil {
			return err
		}
		return a.replaceView(view, next)
	case to.home && out.Reply != nil:
		m := a.w.attached(out.Reply.Message)
		shown, err := showing(m)
		if err != nil {
			return err
		}
		err = a.replaceView(view, shown)
		a.refreshHome(r)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(a.ctx), callLimit)
		defer cancel()
		return a.w.shareDirect(ctx, to.person, m.Files)
	}
	a.acknowledge(clearing)
	return a.answer(r, to, out)
}

// replaceView puts a view in the place of the one that was handed in. One that is
// too large for an acknowledgement, which Slack would drop in silence, follows in a
// call of its own.
func (a arrival) replaceView(id string, v api.ModalViewRequest) error {
	answer := api.NewUpdateViewSubmissionResponse(&v)
	if raw, err := json.Marshal(answer); err == nil && len(raw) < maxAckBytes-1000 {
		a.acknowledge(answer)
		return nil
	}
	waiting := api.ModalViewRequest{
		Type: api.VTModal, Title: v.Title, Close: v.Close, CallbackID: shownView,
		Blocks: api.Blocks{BlockSet: textBlocks("One moment.")},
	}
	a.acknowledge(api.NewUpdateViewSubmissionResponse(&waiting))
	return a.w.updateView(a.ctx, id, v)
}

// placed gives the errors of a form by the blocks that show them. What belongs to
// a field that is not on the page is said under the last that is.
func placed(faults chat.FieldErrors, blocks map[string]string) (map[string]string, bool) {
	errors := map[string]string{}
	var elsewhere []string
	last := ""
	for _, id := range blocks {
		last = max(last, id)
	}
	for name, fault := range faults {
		if id := blocks[name]; id != "" {
			errors[id] = clip(plain(fault), maxErrorWords)
		} else {
			elsewhere = append(elsewhere, name+": "+plain(fault))
		}
	}
	if len(elsewhere) > 0 && last != "" {
		slices.Sort(elsewhere)
		errors[last] = clip(strings.TrimSpace(errors[last]+" "+strings.Join(elsewhere, " ")), maxErrorWords)
	}
	return errors, last != ""
}

func faultsInWords(faults chat.FieldErrors) string {
	var lines []string
	for name, fault := range faults {
		lines = append(lines, "**"+chat.Plain(name)+":** "+fault)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n\n")
}

// typedBack gives back what somebody wrote, so that it is not lost with the form.
func typedBack(answers chat.Answers) string {
	var quoted []string
	for _, a := range answers {
		if text := a.Text(); utf8.RuneCountInString(text) > 3 {
			quoted = append(quoted, chat.Quote(text))
		}
	}
	if len(quoted) == 0 {
		return ""
	}
	slices.Sort(quoted)
	return "\n\nHere is what you typed, so nothing is lost:\n\n" + strings.Join(quoted, "\n\n")
}
