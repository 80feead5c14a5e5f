package discord

import (
	"context"
	"net/http"
	"time"

	"cohortbot/bot/chat"
)

// CloseIdle closes the connections that wait for another call.
func CloseIdle(d *Discord) {
	d.rest.http.Transport.(*http.Transport).CloseIdleConnections()
	d.cdn.CloseIdleConnections()
}

// Hurry takes the pauses between two sessions away, which are there for
// Discord's sake.
func Hurry(d *Discord) { d.pace.identify, d.pace.first = 0, 10*time.Millisecond }

// What a test looks at that nobody else can.
var (
	Render      = render
	Marked      = marked
	Pack        = pack
	Size        = size
	Quoted      = quoted
	OpenForm    = openForm
	RenderEvent = renderEvent
)

func openForm(f chat.Form, number int, told bool) (any, []string, bool) {
	m, fits := page(shown{form: f}, number, told)
	return m, m.faults(), fits
}

// Faults gives what Discord would refuse of something that leaves.
func Faults(v any) []string { return v.(limited).faults() }

// Registration is what Discord is told of a tree.
func Registration(t chat.Tree) any { return registered(t, true) }

// Restart forgets everything that a new process would not know.
func Restart(d *Discord) { d.forms.clear(); d.said.clear(); d.authors.clear() }

// Register tells Discord of a tree.
func Register(ctx context.Context, d *Discord, t chat.Tree) error { return d.register(ctx, t) }

// FewWorkers lets a bot do two things at once and no more.
func FewWorkers(d *Discord) { d.pace.workers = 2 }

// WithMembers lets a bot ask for the members intent.
func WithMembers(d *Discord) { d.o.Members = true }

// Understand makes a request of an interaction's data, and completes it.
func Understand(ctx context.Context, in chat.Inbox, kind int, data []byte) (r chat.Request, err error) {
	d, err := New(Options{Token: "t", Guilds: []string{"1130650140672000000"}, URL: "http://127.0.0.1:1"})
	if err != nil {
		return r, err
	}
	l := &listener{Discord: d, in: in}
	i := interaction{Type: kind, Data: data}
	l.complete(i)
	l.reopened(i)
	switch kind {
	case commandGiven:
		err = l.given(ctx, i, &r)
	case componentUsed:
		err = l.used(ctx, i, &r)
	case modalHandedIn:
		err = l.handedIn(ctx, i, &r)
	}
	return r, err
}
