package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
)

// facilitator changes the plan of one group and plans when it meets.
type facilitator struct {
	*somebody
	channel  string
	sessions []string // titles of those that are on
}

func (f *facilitator) act() {
	switch roll := f.dice.IntN(14); {
	case len(f.sessions) < 3 || roll < 1:
		f.schedule()
	case roll < 6:
		f.changeSession(moves, "Moved: ", fmt.Sprintf(`when:"%s"`, f.when()))
	case roll < 7:
		f.changeSession(cancels, "Cancelled: ", `why:"The hall is taken"`)
	case roll < 10:
		f.insert()
	case roll < 11:
		f.skip()
	case roll < 13:
		f.post()
	default:
		f.weave()
	}
}

// when gives a time in the days to come, as it can be typed.
func (f *facilitator) when() string {
	at := f.book.now().Add(time.Duration(26+f.dice.IntN(200)) * time.Hour)
	return fmt.Sprintf("%s %02d:%02d", at.Format("2006-01-02"), 9+f.dice.IntN(10), f.dice.IntN(60))
}

func (f *facilitator) schedule() {
	title := fmt.Sprintf("Session %04d", f.book.number())
	p := f.book.intend(schedulings, title)
	words, became := f.confirm(f.command(f.channel, fmt.Sprintf(`/session schedule title:"%s" when:"%s" length:"1 hour"`, title, f.when())))
	ok := strings.HasPrefix(words, "Scheduled: ")
	f.book.became(p, became, ok)
	if ok {
		f.sessions = append(f.sessions, title)
	}
}

// changeSession moves or cancels a session whose announcement stands.
func (f *facilitator) changeSession(kind planKind, prefix, how string) {
	if len(f.sessions) == 0 {
		return
	}
	i := f.dice.IntN(len(f.sessions))
	title := f.sessions[i]
	announced := false
	for _, m := range f.see(f.channel) {
		announced = announced || !m.OnlyYou && strings.HasPrefix(m.Text, "**"+title+"**") && buttonFor(&m, "session answer") != ""
	}
	if !announced {
		return
	}
	p := f.book.intend(kind, title)
	verb := "move"
	if kind == cancels {
		verb = "cancel"
	}
	words, became := f.confirm(f.command(f.channel, fmt.Sprintf(`/session %s session:"%s" %s`, verb, title, how)))
	ok := strings.HasPrefix(words, prefix)
	f.book.became(p, became, ok)
	if kind == cancels && p.state.has(true) {
		f.sessions = slices.Delete(f.sessions, i, i+1)
	}
}

// form asks for a form by a command, and gives one of the choices of a field.
func (f *facilitator) form(command, field string, later bool) (form *chat.Form, choice chat.Option) {
	a, became := f.command(f.channel, command)
	if became != done || a.Form == nil {
		return nil, choice // the group has ended
	}
	for _, x := range a.Form.Fields {
		if n := len(x.Options); x.Name == field && n > 0 {
			from := 0
			if later {
				from = n / 2
			}
			return a.Form, x.Options[from+f.dice.IntN(n-from)]
		}
	}
	f.t.Errorf("%s: no choice of %q in the form %q", command, field, a.Form.Title)
	return nil, choice
}

func (f *facilitator) insert() {
	form, after := f.form("/plan insert", "after", false)
	if form == nil {
		return
	}
	title := fmt.Sprintf("Practice %04d", f.book.number())
	p := f.book.intend(inserts, title)
	words, became := f.confirm(f.hand(form, map[string]string{"after": after.Value, "title": title, "prompt": "What did you practise in " + title + "?"}))
	f.book.became(p, became, strings.HasPrefix(words, "You "))
}

func (f *facilitator) skip() {
	form, week := f.form("/plan skip", "week", true)
	if form == nil {
		return
	}
	p := f.book.intend(skips, week.Value)
	words, became := f.confirm(f.hand(form, map[string]string{"week": week.Value}))
	f.book.became(p, became, strings.HasPrefix(words, "You "))
}

func (f *facilitator) post() {
	p := f.book.intend(posts, f.channel)
	words, became := f.confirm(f.command(f.channel, "/plan post"))
	f.book.became(p, became, strings.HasSuffix(words, " goes out now."))
}

func (f *facilitator) weave() {
	a, became := f.command(f.channel, "/cohort weave")
	if became != done || a.Form == nil {
		return
	}
	text := fmt.Sprintf("The thread %04d", f.book.number())
	p := f.book.intend(weaves, text)
	words, became := f.confirm(f.hand(a.Form, map[string]string{"text": text}))
	f.book.became(p, became, strings.HasPrefix(words, "It goes out now"))
}

// turn moves the clock by a day, again and again.
func (s *somebody) turn() {
	defer s.client.CloseIdleConnections()
	for s.acting.Err() == nil {
		if !s.gate.move() {
			time.Sleep(5 * time.Millisecond)
			continue
		}
		var clock struct{ Now time.Time }
		became, words := s.call("move", "clock", fields{"move": "1d"}, &clock)
		switch became {
		case done:
			s.book.setNow(clock.Now)
		case refused:
			s.t.Errorf("the clock could not be moved: %s", words)
		}
		time.Sleep(time.Duration(s.dice.Int64N(int64(500 * time.Millisecond))))
	}
}
