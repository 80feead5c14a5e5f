package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"time"

	"cohortbot/adapters/web"
	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
)

// somebody acts in the workspace, one thing at a time.
type somebody struct {
	*journey
	id     string
	dice   *rand.Rand
	client *http.Client
	events int
}

// result is what became of a call.
type result int

const (
	done    result = iota // acknowledged
	refused               // answered, with words that say no
	unknown               // not answered, and given up: it may have happened
)

type fields map[string]any

// call does something under one event, and tries again until it is answered; now
// and then it gives up. The words of a refusal are given back.
func (s *somebody) call(kind, path string, body fields, into any) (result, string) {
	s.events++
	body["as"], body["event"] = s.id, fmt.Sprintf("%s-%d-%d", s.id, s.dice.Uint64(), s.events)
	text, err := json.Marshal(body)
	if err != nil {
		s.t.Error(err)
		return refused, err.Error()
	}
	for {
		base, ok := s.address()
		if !ok {
			return unknown, ""
		}
		select { // wakes a killer who waits for it
		case s.began <- kind:
		default:
		}
		status, answer, err := s.exchange(base+"/api/"+path, text)
		switch {
		case err == nil && status == http.StatusOK:
			if into != nil {
				if err := json.Unmarshal(answer, into); err != nil {
					s.t.Errorf("%s: %v in %s", path, err, answer)
				}
			}
			return done, ""
		case err == nil && status < 500:
			return refused, string(answer)
		case s.dice.IntN(4) == 0:
			return unknown, ""
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (s *somebody) exchange(address string, body []byte) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(s.t.Context(), 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := s.client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	return response.StatusCode, answer, err
}

// see gives the latest messages in a place, or none where the program is gone
// just now.
func (s *somebody) see(place string) []web.Shown {
	base, ok := s.address()
	if !ok {
		return nil
	}
	q := url.Values{"as": {s.id}, "place": {place}, "limit": {"200"}}
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, base+"/api/messages?"+q.Encode(), nil)
	if err != nil {
		s.t.Error(err)
		return nil
	}
	response, err := s.client.Do(request)
	if err != nil {
		return nil
	}
	defer response.Body.Close()
	var page struct{ Messages []web.Shown }
	if err := json.NewDecoder(response.Body).Decode(&page); err != nil {
		return nil
	}
	return page.Messages
}

// command gives a slash command.
func (s *somebody) command(place, text string) (web.Answer, result) {
	return s.deed("command", fields{"place": place, "text": text})
}

// press presses a button by its label.
func (s *somebody) press(message, button string) (web.Answer, result) {
	return s.deed("press", fields{"message": message, "button": button})
}

// hand hands a form in, with what stands in it and some fields filled anew.
func (s *somebody) hand(f *chat.Form, fill map[string]string) (web.Answer, result) {
	given := map[string]any{}
	for name, a := range f.Filled {
		given[name] = a.Values
	}
	for name, text := range fill {
		given[name] = text
	}
	a, became := s.deed("submit", fields{"form": f.ID, "answers": given})
	if a.Errors != nil {
		s.t.Errorf("%s: the form %q has errors: %v", s.id, f.Title, a.Errors)
	}
	return a, became
}

func (s *somebody) deed(path string, body fields) (a web.Answer, became result) {
	became, words := s.call("act", path, body, &a)
	if became == refused {
		s.book.hear(words)
	}
	return a, became
}

// confirm presses what an answer asks to be confirmed, as often as it asks, and
// gives the words at the end.
func (s *somebody) confirm(a web.Answer, became result) (string, result) {
	for range 5 {
		if became != done || a.Reply == nil {
			return "", became
		}
		sure := buttonFor(a.Reply, deeds.ConfirmPath)
		if sure == "" {
			return a.Reply.Text, done
		}
		a, became = s.press(a.Reply.ID, sure)
	}
	s.t.Errorf("%s was asked again and again whether they are sure", s.id)
	return "", unknown
}

// buttonFor gives the token of a message's button for a command, or nothing.
func buttonFor(m *web.Shown, command string) string {
	for _, b := range m.Buttons {
		if parsed, err := chat.ParseToken(b.Token); err == nil && parsed.Command == command {
			return b.Token
		}
	}
	return ""
}

// gate keeps an act from living through two moves of the clock: an event is known
// again for two days, and a platform repeats it within minutes.
type gate struct {
	mu    sync.Mutex
	moves int
	under map[*somebody]int // what is under way: how many moves there were when it began
}

func (g *gate) enter(s *somebody) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.under == nil {
		g.under = map[*somebody]int{}
	}
	g.under[s] = g.moves
}

func (g *gate) leave(s *somebody) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.under, s)
}

// move counts a move, if nothing is under way from before the last one.
func (g *gate) move() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, began := range g.under {
		if began < g.moves {
			return false
		}
	}
	g.moves++
	return true
}
