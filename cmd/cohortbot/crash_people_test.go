package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"cohortbot/adapters/web"
	"cohortbot/bot/chat"
	"cohortbot/bot/prompts"
	"cohortbot/bot/sessions"
)

// groups are the members of the demonstration's groups, by channel.
var groups = map[string][]string{
	"explorers": {"ana", "ben", "mere", "sione", "lena", "tui", "kiri"},
	"harbour":   {"ana", "tui", "kiri", "sione"},
}

// trying are those whose experiment takes what they write in private, so that it
// answers no question.
var trying = []string{"ana", "sione"}

// populate lets everybody begin.
func (j *journey) populate(all *sync.WaitGroup) {
	someone := func(id string) *somebody {
		return &somebody{
			journey: j, id: id, dice: rand.New(rand.NewPCG(j.dice.Uint64(), 0)),
			client: &http.Client{Transport: &http.Transport{}},
		}
	}
	for _, id := range groups["explorers"] {
		m := member{somebody: someone(id)}
		all.Go(func() { m.goOn(m.act, 40*time.Millisecond) })
	}
	for channel := range groups {
		f := facilitator{somebody: someone("wiremu"), channel: channel}
		all.Go(func() { f.goOn(f.act, 600*time.Millisecond) })
	}
	clock := someone("aroha")
	all.Go(func() { clock.turn() })
}

// goOn acts until the end, with pauses of at most this.
func (s *somebody) goOn(act func(), most time.Duration) {
	defer s.client.CloseIdleConnections()
	for s.acting.Err() == nil {
		s.gate.enter(s)
		act()
		s.gate.leave(s)
		time.Sleep(time.Duration(s.dice.Int64N(int64(most))))
	}
}

// member answers, changes and deletes their own answers, and says whether they
// come.
type member struct {
	*somebody
	own []*answer
}

func (m *member) act() {
	if m.book.mayMend() {
		mend := []func(){
			m.changeByForm, m.share, m.shareDirect,
			func() { m.edit(anything) }, func() { m.remove(anything) },
		}
		mend[m.dice.IntN(len(mend))]()
		return
	}
	switch roll := m.dice.IntN(20); {
	case roll < 8:
		m.answerInThread()
	case roll < 13 && !slices.Contains(trying, m.id):
		m.answerDirectly()
	case roll < 13:
		m.answerInThread()
	case roll < 16:
		m.answerByForm()
	case roll < 17:
		m.edit(inAThread)
	case roll < 18:
		m.remove(inAThread)
	default:
		m.come()
	}
}

// question gives the latest question, or now and then the one before, and its
// channel.
func (m *member) question() (web.Shown, string, bool) {
	channel := "explorers"
	if slices.Contains(groups["harbour"], m.id) && m.dice.IntN(3) == 0 {
		channel = "harbour"
	}
	var open []web.Shown
	for _, q := range m.see(channel) {
		if q.Author.Bot && !q.OnlyYou && buttonFor(&q, "pass") != "" {
			open = append(open, q)
		}
	}
	if len(open) == 0 {
		return web.Shown{}, "", false
	}
	if len(open) > 1 && m.dice.IntN(8) == 0 {
		return open[len(open)-2], channel, true
	}
	return open[len(open)-1], channel, true
}

func (m *member) answerInThread() {
	q, channel, ok := m.question()
	if !ok {
		return
	}
	m.say(m.book.enter(&answer{
		person: m.id, channel: channel, via: prompts.InThread, question: q.ID, sees: may[prompts.Sees]{prompts.Group},
	}), channel, q.ID)
}

func (m *member) answerDirectly() {
	m.say(m.book.enter(&answer{
		person: m.id, via: prompts.Directly, sees: m.sees(),
	}), "@"+web.BotID, "")
}

// sees gives who reads what they write in private. In two groups, it is nobody
// else until they have said which it is for, unless one of them has ended.
func (m *member) sees() may[prompts.Sees] {
	if slices.Contains(groups["harbour"], m.id) {
		return may[prompts.Sees]{prompts.OnlyMe, prompts.Facilitators}
	}
	return may[prompts.Sees]{prompts.Facilitators}
}

func (m *member) say(a *answer, place, thread string) {
	var said struct{ Message web.Shown }
	became, words := m.call("act", "say", fields{"place": place, "thread": thread, "text": a.text[0]}, &said)
	switch became {
	case done:
		a.acked, a.message = true, said.Message.ID
		m.own = append(m.own, a)
	case refused:
		m.t.Errorf("%s could not say %q: %s", m.id, a.text[0], words)
	}
}

func (m *member) answerByForm() {
	q, channel, ok := m.question()
	if !ok {
		return
	}
	button, sees := "Answer", prompts.Group
	if m.dice.IntN(3) == 0 {
		button, sees = "Just to my facilitators", prompts.Facilitators
	}
	opened, became := m.press(q.ID, button)
	if became != done || opened.Form == nil {
		m.expect(became, "a form", opened)
		return
	}
	if m.dice.IntN(6) == 0 {
		sees = prompts.OnlyMe
	}
	a := m.book.enter(&answer{person: m.id, channel: channel, via: prompts.ByForm, question: q.ID, sees: may[prompts.Sees]{sees}})
	answered, became := m.hand(opened.Form, map[string]string{"text": a.text[0], "sees": string(sees)})
	if m.keptIt(a, answered, became) {
		a.acked = true
		m.own = append(m.own, a)
	}
}

// keptIt tells whether an answer was acknowledged, and notes the message that
// does.
func (m *member) keptIt(a *answer, got web.Answer, became result) bool {
	if became == done && saysKept(got) {
		a.reply = got.Reply.ID
		return true
	}
	m.expect(became, "that it is kept", got)
	return false
}

func saysKept(got web.Answer) bool {
	return got.Reply != nil && buttonFor(got.Reply, "change-answer") != ""
}

func (m *member) expect(became result, what string, got web.Answer) {
	if became == unknown {
		return
	}
	words := "nothing"
	if got.Reply != nil {
		words = got.Reply.Text
	}
	m.t.Errorf("%s expected %s and got: %s", m.id, what, words)
}

// pick gives an answer of their own that stands, if there is one of that sort.
func (m *member) pick(fits func(*answer) bool) *answer {
	var all []*answer
	for _, a := range m.own {
		if !a.gone.has(true) && fits(a) {
			all = append(all, a)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all[m.dice.IntN(len(all))]
}

func inAThread(a *answer) bool { return a.via == prompts.InThread }
func byAForm(a *answer) bool   { return a.via == prompts.ByForm }
func anything(*answer) bool    { return true }

// newText gives the next wording of an answer.
func (m *member) newText(a *answer) string {
	head, _, _ := strings.Cut(a.text[0], ",")
	return fmt.Sprintf("%s, put better (%d)", head, m.book.number())
}

func (m *member) edit(which func(*answer) bool) {
	a := m.pick(which)
	if a == nil || byAForm(a) {
		return
	}
	text := m.newText(a)
	a.text = append(a.text, text)
	became, words := m.call("act", "edit", fields{"message": a.message, "text": text}, nil)
	switch became {
	case done:
		a.text = may[string]{text}
	case refused:
		m.t.Errorf("%s could not edit %q: %s", m.id, a.text[0], words)
	}
}

func (m *member) remove(which func(*answer) bool) {
	a := m.pick(which)
	if a == nil {
		return
	}
	a.gone = append(a.gone, true)
	if !byAForm(a) {
		if became, _ := m.call("act", "delete", fields{"message": a.message}, nil); became != unknown {
			a.gone = may[bool]{true} // a refusal is that it is gone: an earlier try was carried out
		}
		return
	}
	words, became := m.confirm(m.press(a.reply, "Delete"))
	if strings.HasPrefix(words, "Deleted.") {
		a.gone = may[bool]{true}
	} else if became != unknown {
		m.t.Errorf("%s could not delete %q: %s", m.id, a.text[0], words)
	}
}

func (m *member) changeByForm() {
	a := m.pick(byAForm)
	if a == nil {
		return
	}
	opened, became := m.press(a.reply, "Change")
	if became != done || opened.Form == nil {
		m.expect(became, "a form", opened)
		return
	}
	text, sees := m.newText(a), prompts.Group
	a.text, a.sees = append(a.text, text), append(a.sees, sees)
	if got, became := m.hand(opened.Form, map[string]string{"text": text, "sees": string(sees)}); m.keptIt(a, got, became) {
		a.text, a.sees = may[string]{text}, may[prompts.Sees]{sees}
	}
}

func (m *member) share() {
	a := m.pick(func(a *answer) bool { return byAForm(a) && len(a.sees) == 1 })
	if a == nil {
		return
	}
	button, sees := "Share with the group", prompts.Group
	if a.sees.has(prompts.Group) {
		button, sees = "Just my facilitators", prompts.Facilitators
	}
	a.sees = append(a.sees, sees)
	if got, became := m.press(a.reply, button); m.keptIt(a, got, became) {
		a.sees = may[prompts.Sees]{sees}
	}
}

// shareDirect shares with the group what was said in private, or says for which
// group it is, by the buttons under the message that says it is kept.
func (m *member) shareDirect() {
	var found []chat.Button
	var under []string
	for _, shown := range m.see("@" + web.BotID) {
		for _, b := range shown.Buttons {
			if parsed, err := chat.ParseToken(b.Token); err == nil && !shown.OnlyYou && (parsed.Command == "share-answer" || parsed.Command == "sort-answer") {
				found, under = append(found, parsed), append(under, shown.ID)
			}
		}
	}
	if len(found) == 0 {
		return
	}
	i := m.dice.IntN(len(found))
	id, sees := prompts.AnswerID(found[i].Record), prompts.Sees(found[i].Choice)
	if found[i].Command == "sort-answer" {
		sees = prompts.Facilitators
	}
	m.book.mu.Lock()
	before := m.book.shared[id]
	if len(before) == 0 {
		before = m.sees()
	}
	m.book.shared[id] = append(slices.Clone(before), sees)
	m.book.mu.Unlock()
	got, became := m.press(under[i], found[i].Token())
	after := may[prompts.Sees]{sees}
	if became == unknown {
		return
	}
	if became == refused || !saysKept(got) {
		after = before // it was deleted meanwhile
	}
	m.book.mu.Lock()
	m.book.shared[id] = after
	m.book.mu.Unlock()
}

// come answers a session's announcement.
func (m *member) come() {
	_, channel, ok := m.question()
	if !ok {
		return
	}
	for _, shown := range slices.Backward(m.see(channel)) {
		if buttonFor(&shown, "session answer") == "" || shown.OnlyYou {
			continue
		}
		b, err := chat.ParseToken(shown.Buttons[m.dice.IntN(len(shown.Buttons))].Token)
		if err != nil || b.Command != "session answer" {
			return
		}
		key := rsvp{m.id, sessions.ID(b.Record)}
		m.book.mu.Lock()
		before := m.book.coming[key]
		if len(before) == 0 {
			before = may[sessions.Answer]{"", "yes", "no", "maybe"} // the past may have an answer of theirs
		}
		m.book.coming[key] = append(slices.Clone(before), sessions.Answer(b.Choice))
		m.book.mu.Unlock()
		got, became := m.press(shown.ID, b.Token())
		if became == unknown {
			return
		}
		after := before // it was over or cancelled
		if became == done && got.Reply != nil && strings.HasPrefix(got.Reply.Text, "You're down as ") {
			after = may[sessions.Answer]{sessions.Answer(b.Choice)}
		}
		m.book.mu.Lock()
		m.book.coming[key] = after
		m.book.mu.Unlock()
		return
	}
}
