package discord

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
)

// Discord waits three seconds for the first answer to an interaction. After that
// the person reads that the application did not respond, and nothing can be said
// to them about it any more.
const (
	deferAfter = 2 * time.Second
	firstLimit = 2900 * time.Millisecond
	tokenLife  = 14 * time.Minute // of 15
	deedLimit  = 30 * time.Second // how long a deed that fails is tried again
)

// exchange is an interaction that is being answered.
type exchange struct {
	*Discord
	i       interaction
	r       chat.Request
	came    time.Time
	later   int // how it was deferred; 0 if it was not
	inPlace bool
}

// asked does what a person asked for, and answers.
func (l *listener) asked(ctx context.Context, i interaction, came time.Time) {
	x := &exchange{Discord: l.Discord, i: i, came: came}
	if i.Type == completion {
		x.answer(ctx, l.complete(i))
		return
	}
	// A page that the person has open already needs nobody's answer.
	if s, number, ok := l.reopened(i); ok {
		m, _ := page(s, number, true)
		x.answer(ctx, callback{Type: answerModal, Data: m})
		return
	}
	done := make(chan decided, 1)
	l.lanes.wg.Go(func() { done <- l.made(ctx, x, l.decide(ctx, x)) })
	timer := time.NewTimer(time.Until(came.Add(deferAfter)))
	defer timer.Stop()
	select {
	case d := <-done:
		x.outcome(ctx, d)
	case <-timer.C:
		x.wait(ctx)
		x.outcome(ctx, <-done)
	}
}

// reopened gives the form whose button was pressed, while it is remembered.
func (l *listener) reopened(i interaction) (shown, int, bool) {
	if i.Type != componentUsed {
		return shown{}, 0, false
	}
	var r chat.Request
	if err := l.used(context.Background(), interaction{Data: i.Data}, &r); err != nil || r.Form == "" {
		return shown{}, 0, false
	}
	s, ok := l.forms.get(formKey(r.Form, i.person()))
	return s, r.Page, ok
}

func (i interaction) person() string {
	switch {
	case i.Member != nil && i.Member.User != nil:
		return i.Member.User.ID
	case i.User != nil:
		return i.User.ID
	}
	return ""
}

// decided is what the bot answers, with its message made.
type decided struct {
	out chat.Outcome
	m   message // of a reply
}

// made makes the message of a reply. Drawing a picture takes its time, and Discord
// counts it in: it happens while the answer can still be put off.
func (l *listener) made(ctx context.Context, x *exchange, out chat.Outcome) (d decided) {
	d.out = out
	if out.Reply == nil {
		return d
	}
	defer func() {
		if p := recover(); p != nil {
			l.log.Error("panic", "kind", "answer", "what", fault(p))
			d.m = words(sayUnshown)
		}
	}()
	m, err := render(l.attached(l.fetched(ctx, out.Reply.Message)))
	if err == nil && len(m.faults()) > 0 {
		err = fmt.Errorf("%w: %s", chat.ErrRefused, strings.Join(m.faults(), "; "))
	}
	if err != nil {
		l.log.Error("an answer cannot be shown", "command", x.r.Path, "err", err)
		m = words(sayUnshown)
	}
	d.m = m
	return d
}

const sayUnshown = "It is done, but I could not show you the answer."

// decide asks the bot until it has an answer; its trouble is told in words. A
// panic ends this interaction alone.
func (l *listener) decide(ctx context.Context, x *exchange) (out chat.Outcome) {
	defer func() {
		if p := recover(); p != nil {
			l.log.Error("panic", "kind", "interaction", "what", fault(p))
			out = chat.Say(sayBusy)
		}
	}()
	if !l.lanes.enter() {
		return chat.Say(sayBusy)
	}
	defer l.lanes.leave()
	ctx, cancel := context.WithTimeout(ctx, deedLimit)
	defer cancel()
	for pause := againSoon; ; pause = min(2*pause, time.Second) {
		r, err := l.request(ctx, x.i)
		x.r = r
		switch {
		case errors.Is(err, errNoHome):
			return chat.Say(sayNoHome)
		case errors.Is(err, errBroken):
			l.log.Warn("an interaction cannot be read", "type", x.i.Type)
			return chat.Say(sayBroken)
		}
		number := r.Page
		if err == nil {
			reopen := x.i.Type == componentUsed && r.Form != ""
			if reopen { // the form was forgotten here, not by the bot
				r = chat.Request{Event: r.Event, Profile: r.Profile, At: r.At, Path: deeds.ChangePath, Record: string(r.Form), Message: r.Message}
			}
			out, err = l.in.Do(ctx, r)
			if err == nil && reopen && out.Form != nil {
				out.Form.Page = min(number, len(out.Form.Pages())-1)
			}
		}
		if err == nil {
			return out
		}
		l.log.Warn("not done yet; trying again", "command", r.Path, "err", err)
		select {
		case <-ctx.Done():
			return chat.Say(sayBusy)
		case <-time.After(pause):
		}
	}
}

// wait tells Discord that the answer comes later.
func (x *exchange) wait(ctx context.Context) {
	x.later = answerLater
	if x.onReply() {
		x.later = updateLater
	}
	var data any
	if x.later == answerLater {
		data = map[string]int{"flags": ephemeral}
	}
	x.answer(ctx, callback{Type: x.later, Data: data})
}

// onReply tells whether the interaction comes from a reply that only this person
// sees.
func (x *exchange) onReply() bool {
	return x.i.Message != nil && x.i.Message.Flags&ephemeral != 0
}

// onPage tells whether it comes from a reply of ours that only opens a page: what
// comes next takes its place.
func (x *exchange) onPage() bool {
	return x.onReply() && slices.ContainsFunc(x.i.Message.Components, parts.opensPage)
}

func (p parts) opensPage() bool {
	return strings.HasPrefix(p.CustomID, openID+"|") || slices.ContainsFunc(p.Components, parts.opensPage)
}

// outcome answers with what came of it.
func (x *exchange) outcome(ctx context.Context, d decided) {
	out := d.out
	x.inPlace = x.onPage()
	switch {
	case out.Form != nil:
		x.form(ctx, *out.Form)
	case out.Errors != nil:
		x.errors(ctx, out.Errors)
	case out.Reply != nil:
		x.inPlace = x.inPlace || out.Reply.Replace && x.onReply()
		x.say(ctx, d.m)
	case x.later == updateLater:
	case x.later == answerLater:
		x.say(ctx, words("Done."))
	case x.i.Message != nil:
		x.answer(ctx, callback{Type: updateLater})
	default:
		x.say(ctx, words("Done."))
	}
}

func words(markdown string) message {
	m, _ := render(chat.Message{Text: markdown})
	return m
}

// tell says something plain to the person.
func (x *exchange) tell(ctx context.Context, markdown string) { x.say(ctx, words(markdown)) }

// form opens a form: at once where Discord lets it, by a button where it does not.
func (x *exchange) form(ctx context.Context, f chat.Form) {
	s := shown{form: f}
	x.forms.set(formKey(f.ID, x.i.person()), s)
	m, fits := page(s, f.Page, false)
	if x.later == 0 && x.i.Type != modalHandedIn && fits {
		x.answer(ctx, callback{Type: answerModal, Data: m})
		return
	}
	next := chat.Message{Note: f.Note}
	label := "Open"
	switch {
	case len(f.Errors) > 0:
		next.Text, label = faulty(f, f.Errors), "Change it"
	case x.i.Type == modalHandedIn && f.Page > 0:
		next.Text = fmt.Sprintf("What you wrote is kept. Page %d of %d comes next.", f.Page+1, len(f.Pages()))
		label = "Continue"
	default:
		next.Text = "**" + chat.Plain(f.Title) + "**"
		if f.Intro != "" {
			next.Text += "\n\n" + f.Intro
		}
	}
	x.opening(ctx, next, label, f, f.Page)
}

// errors says what was wrong with a page and offers it again, as it was filled
// in.
func (x *exchange) errors(ctx context.Context, faults chat.FieldErrors) {
	key := formKey(x.r.Form, x.i.person())
	s, ok := x.forms.get(key)
	if !ok { // the bot has kept what was typed, and knows the form
		s.form = chat.Form{ID: x.r.Form}
	} else {
		s.form.Errors = faults
		x.forms.set(key, s)
	}
	number := x.r.Page
	for i, fields := range s.form.Pages() { // the first page where something is wrong
		if slices.ContainsFunc(fields, func(f chat.Field) bool { return faults[f.Name] != "" }) {
			number = i
			break
		}
	}
	x.opening(ctx, chat.Message{Text: faulty(s.form, faults), Note: s.form.Note}, "Change it", s.form, number)
}

// faulty says what was wrong, field by field. What was typed is not lost.
func faulty(f chat.Form, faults chat.FieldErrors) string {
	var lines []string
	told := map[string]bool{}
	for _, field := range f.Fields {
		if text := faults[field.Name]; text != "" {
			lines = append(lines, "**"+chat.Plain(field.Label)+":** "+text)
			told[field.Name] = true
		}
	}
	var rest []string
	for name, text := range faults {
		if !told[name] {
			rest = append(rest, text)
		}
	}
	slices.Sort(rest)
	return strings.Join(append(lines, rest...), "\n\n") + "\n\nWhat you typed is kept."
}

// opening says something with a button that opens a page.
func (x *exchange) opening(ctx context.Context, m chat.Message, label string, f chat.Form, number int) {
	out, err := render(m)
	if err != nil {
		out = words("Press the button to go on.")
	}
	out.Components = []component{{Type: actionRow, Components: []component{pageButton(label, f.ID, number)}}}
	x.say(ctx, out)
}

// say shows a message to the person: as the first answer, or in place of what
// was deferred.
func (x *exchange) say(ctx context.Context, m message) {
	switch {
	case x.later == 0 && x.inPlace:
		x.answerFiles(ctx, callback{Type: updateMessage, Data: m}, m.files)
	case x.later == 0:
		m.Flags = ephemeral
		x.answerFiles(ctx, callback{Type: answerMessage, Data: m}, m.files)
	case x.later == updateLater && !x.inPlace:
		m.Flags = ephemeral
		x.finish(ctx, post("/webhooks/{}/{}", x.i.App, x.i.Token).with(m, m.files...).repeatable())
	default:
		x.finish(ctx, patch("/webhooks/{}/{}/messages/@original", x.i.App, x.i.Token).with(m, m.files...))
	}
}

func (x *exchange) answer(ctx context.Context, c callback) { x.answerFiles(ctx, c, nil) }

// answerFiles gives the first answer. If it was given already, by a try whose
// answer was lost, that is as good.
func (x *exchange) answerFiles(ctx context.Context, c callback, files []chat.File) {
	ctx, cancel := context.WithDeadline(ctx, x.came.Add(firstLimit))
	defer cancel()
	err := x.rest.do(ctx, post("/interactions/{}/{}/callback", x.i.ID, x.i.Token).with(c, files...).repeatable(), nil)
	if err != nil && !refusedWith(err, codeAlreadyAnswered) {
		x.log.Warn("an interaction was not answered", "kind", c.Type, "command", x.r.Path, "after", time.Since(x.came).Round(time.Millisecond), "err", err)
	}
}

// finish gives the answer that was deferred, however long that takes while it can
// be given.
func (x *exchange) finish(ctx context.Context, c call) {
	ctx, cancel := context.WithDeadline(ctx, x.came.Add(tokenLife))
	defer cancel()
	for pause := time.Second; ; pause = min(2*pause, time.Minute) {
		err := x.rest.do(ctx, c, nil)
		var limited chat.RateLimited
		switch {
		case err == nil:
			return
		case errors.As(err, &limited):
			pause = limited.After
		case !passing(err) || errors.Is(err, chat.ErrFatal), ctx.Err() != nil:
			x.log.Warn("a deferred answer was not given", "command", x.r.Path, "err", err)
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}
