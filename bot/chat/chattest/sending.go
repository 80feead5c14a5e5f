package chattest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"cohortbot/bot/chat"
)

// long is further back than any clock of a harness stands.
var long = time.Unix(0, 0)

func texts(seen []Seen) []string {
	var all []string
	for _, m := range seen {
		all = append(all, m.Text)
	}
	return all
}

func sendIsSeen(x *trial) {
	ana, ben, explorers := x.person("Ana"), x.person("Ben"), x.channel("explorers")
	top := x.send(explorers, "k1", chat.Message{Text: "To all"})
	if top.Place.Root() != explorers {
		x.Errorf("the address is %v", top)
	}
	x.send(under(top), "k2", chat.Message{Text: "In the thread"})
	direct := x.send(chat.Direct(ana.User), "k3", chat.Message{Text: "To Ana"})
	if direct.Place != chat.Direct(ana.User) {
		x.Errorf("the address of a direct message is %v", direct)
	}
	for _, c := range []struct {
		as   chat.Profile
		at   chat.Place
		want []string
	}{
		{ana, explorers, []string{"To all"}},
		{ben, explorers, []string{"To all"}},
		{ben, under(top), []string{"In the thread"}},
		{ana, chat.Direct(ana.User), []string{"To Ana"}},
		{ben, chat.Direct(ben.User), nil},
	} {
		seen := x.see(c.as, c.at)
		if !slices.Equal(texts(seen), c.want) {
			x.Errorf("%s sees %q in %v, want %q", c.as.Name, texts(seen), c.at, c.want)
		}
		for _, m := range seen {
			if !m.Bot || m.OnlyYou {
				x.Errorf("%s sees it as %+v", c.as.Name, m)
			}
		}
	}
	if !x.h.Platform().Serves(explorers.Workspace) || x.h.Platform().Serves("elsewhere") {
		x.Error("the platform does not know which workspaces it serves")
	}
}

func changesAreSeen(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	p := x.h.Platform()
	for _, to := range []chat.Place{explorers, chat.Direct(ana.User), under(x.send(explorers, "top", prompt))} {
		at := x.send(to, "k/"+to.String(), chat.Message{Text: "3 are coming", Buttons: prompt.Buttons})
		x.must(p.Edit(x.ctx, at, chat.Message{Text: "4 are coming", Buttons: prompt.Buttons[:1]}))
		seen := x.see(ana, to)
		last := seen[len(seen)-1]
		if last.Text != "4 are coming" || !slices.Equal(last.Buttons, []string{"Answer"}) {
			x.Errorf("after the edit in %v stands %+v", to, last)
		}
		before := len(seen)
		x.must(p.Delete(x.ctx, at))
		if seen := x.see(ana, to); len(seen) != before-1 || slices.Contains(texts(seen), "4 are coming") {
			x.Errorf("after the deletion in %v stands %q", to, texts(seen))
		}
		if err := p.Delete(x.ctx, at); err != nil {
			x.Errorf("deleting what is gone: %v", err)
		}
	}
}

func goneIsTold(x *trial) {
	explorers := x.channel("explorers")
	p := x.h.Platform()
	nowhere := explorers
	nowhere.Channel = "C0NOWHERE"
	if _, err := p.Send(x.ctx, nowhere, "k1", chat.Message{Text: "Hello"}); !errors.Is(err, chat.ErrGone) {
		x.Errorf("sending to a channel that is not there: %v, want ErrGone", err)
	}
	at := x.send(explorers, "k2", chat.Message{Text: "Hello"})
	x.must(p.Delete(x.ctx, at))
	if err := p.Edit(x.ctx, at, chat.Message{Text: "Changed"}); !errors.Is(err, chat.ErrGone) {
		x.Errorf("editing a message that is gone: %v, want ErrGone", err)
	}
}

func closedIsTold(x *trial) {
	ana, ben := x.person("Ana"), x.person("Ben")
	x.must(x.h.CloseDoor(x.ctx, ana.User))
	if _, err := x.h.Platform().Send(x.ctx, chat.Direct(ana.User), "k1", chat.Message{Text: "Hello"}); !errors.Is(err, chat.ErrClosed) {
		x.Errorf("sending to somebody who takes no messages: %v, want ErrClosed", err)
	}
	x.send(chat.Direct(ben.User), "k2", chat.Message{Text: "Hello"})
}

func unclearIsFound(x *trial) {
	ana, explorers := x.person("Ana"), x.channel("explorers")
	p := x.h.Platform()
	for _, to := range []chat.Place{explorers, chat.Direct(ana.User), under(x.send(explorers, "top", prompt))} {
		m := chat.Message{Text: "Said once in " + to.String()}
		key := "once/" + to.String()
		before := len(x.see(ana, to))
		x.h.LoseAnswer()
		if _, err := p.Send(x.ctx, to, key, m); !errors.Is(err, chat.ErrUnclear) {
			x.Fatalf("a send whose answer is lost: %v, want ErrUnclear", err)
		}
		at, err := p.Find(x.ctx, to, key, m, long)
		x.must(err)
		if at.IsZero() {
			x.Fatalf("what was said in %v is not found", to)
		}
		x.must(p.Edit(x.ctx, at, chat.Message{Text: "Found"}))
		if seen := texts(x.see(ana, to)); len(seen) != before+1 || seen[before] != "Found" {
			x.Errorf("in %v stands %q", to, seen)
		}
	}
}

func absentIsAbsent(x *trial) {
	ana, explorers, other := x.person("Ana"), x.channel("explorers"), x.channel("gardeners")
	m := chat.Message{Text: "The same words"}
	x.send(explorers, "k1", m)
	for _, c := range []struct {
		to  chat.Place
		key string
	}{{other, "k1"}, {chat.Direct(ana.User), "k1"}, {other, "k2"}} {
		at, err := x.h.Platform().Find(x.ctx, c.to, c.key, m, long)
		if err != nil || !at.IsZero() {
			x.Errorf("looking for %q in %v gave %v, %v; it was not said there", c.key, c.to, at, err)
		}
	}
}

func orderIsKept(x *trial) {
	ana := x.person("Ana")
	const each = 8
	var places []chat.Place
	for i := range 5 {
		places = append(places, x.channel(fmt.Sprintf("room-%d", i)))
	}
	var all sync.WaitGroup
	for _, to := range places {
		all.Go(func() {
			for i := range each {
				if _, err := x.h.Platform().Send(x.ctx, to, fmt.Sprintf("%s/%d", to, i), chat.Message{Text: fmt.Sprintf("Message %d", i)}); err != nil {
					x.Errorf("message %d to %v: %v", i, to, err)
				}
			}
		})
	}
	all.Wait()
	for _, to := range places {
		seen := texts(x.see(ana, to))
		for i := range each {
			if len(seen) != each || seen[i] != fmt.Sprintf("Message %d", i) {
				x.Errorf("in %v stands %q", to, seen)
				break
			}
		}
	}
}
