package main

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"cohortbot/bot/prompts"
	"cohortbot/bot/sessions"
)

// book is what people were told is kept, and what they gave up on and so may be
// kept or not.
type book struct {
	mu      sync.Mutex
	last    int
	answers map[int]*answer
	coming  map[rsvp]may[sessions.Answer]
	shared  map[prompts.AnswerID]may[prompts.Sees] // by the button under the acknowledgement of a direct message
	plans   []*plan
	moved   time.Time      // where the clock stood after its last move
	mended  time.Time      // when somebody last did what the bot edits a message for, in real time
	no      map[string]int // the words of refusals
}

// may is what something can be now: the last that was acknowledged, and all that
// was asked for since without an answer.
type may[T comparable] []T

func (m may[T]) has(x T) bool { return slices.Contains(m, x) }

// answer is one answer to a question. Its text begins with its number, by which
// it is found again.
type answer struct {
	n        int
	person   string
	channel  string
	via      prompts.Via
	question string // id of the question's message; empty for a direct message
	acked    bool
	text     may[string]
	sees     may[prompts.Sees]
	gone     may[bool]

	message string // id of the person's own message
	reply   string // id of the bot's acknowledgement of a form
}

type rsvp struct {
	person  string
	session sessions.ID
}

// plan is something that a facilitator does, told by its title.
type plan struct {
	kind  planKind
	title string
	state may[bool] // whether it was done
}

type planKind string

const (
	schedulings planKind = "session scheduled"
	moves       planKind = "session moved"
	cancels     planKind = "session cancelled"
	inserts     planKind = "week inserted"
	skips       planKind = "week skipped"
	posts       planKind = "week posted"
	weaves      planKind = "weave posted"
)

func newBook() *book {
	return &book{
		answers: map[int]*answer{}, coming: map[rsvp]may[sessions.Answer]{},
		shared: map[prompts.AnswerID]may[prompts.Sees]{}, no: map[string]int{},
	}
}

// number gives a number that nothing else has.
func (b *book) number() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	return b.last
}

// enter begins an answer, before it is given.
func (b *book) enter(a *answer) *answer {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	a.n = b.last
	a.text = may[string]{fmt.Sprintf("answer %04d from %s", a.n, a.person)}
	a.gone = may[bool]{false}
	b.answers[a.n] = a
	return a
}

// intend begins what a facilitator does.
func (b *book) intend(kind planKind, title string) *plan {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := &plan{kind: kind, title: title, state: may[bool]{false, true}}
	b.plans = append(b.plans, p)
	return p
}

// became writes down what became of it.
func (b *book) became(p *plan, r result, asWanted bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case r == done && asWanted:
		p.state = may[bool]{true}
	case r != unknown:
		p.state = may[bool]{false}
	}
}

// count gives how often something of a kind and a title was certainly done, and
// how often at most.
func (b *book) count(kind planKind, title string) (least, most int) {
	for _, p := range b.plans {
		if p.kind != kind || p.title != title {
			continue
		}
		if !p.state.has(false) {
			least++
		}
		if p.state.has(true) {
			most++
		}
	}
	return least, most
}

// hear notes a refusal.
func (b *book) hear(words string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.no[words]++
}

func (b *book) setNow(t time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.moved = t
}

// now gives a time at or after the one that the clock shows: a kill takes the
// clock back by a day at most.
func (b *book) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.moved.IsZero() {
		return time.Now()
	}
	return b.moved
}

// mayMend tells whether it is time again for something that makes the bot edit a
// message of its own. It edits one a second in each place, and in the end all have
// to be waited for.
func (b *book) mayMend() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if now.Sub(b.mended) < time.Second {
		return false
	}
	b.mended = now
	return true
}
