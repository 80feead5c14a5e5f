package slack

import (
	"context"
	"slices"
	"sync"
	"time"

	"cohortbot/bot/chat"
)

// rates keeps a workspace's calls under Slack's limits, so that a refusal stays
// the exception; and after one, keeps still for as long as Slack asked.
//
// A limit is so many calls in any stretch of time of a length. A token bucket
// would let nearly twice as many through in the first minute.
type rates struct {
	limits limitTable

	mu      sync.Mutex
	windows map[string]*window
	until   map[string]time.Time // methods that rest
	rooms   map[string]time.Time // channels with something to say, and until when more is expected there
}

// window remembers the moments that were given to the last calls.
type window struct {
	most  int
	long  time.Duration
	taken []time.Time // growing; some may be to come
}

// limitTable is the numbers. Tests have a shorter minute.
type limitTable struct {
	minute     time.Duration
	perChannel time.Duration // between two posts in one place
	perMinute  map[string]int
	patience   time.Duration // how long a call waits for its turn: less than what the outbox gives it
}

// posting is the method with limits of its own: about one a second in a place,
// several hundred a minute in a workspace.
const posting = "chat.postMessage"

// Private messages leave some of a workspace's posts to its channels: they come in
// hundreds, one a person, and would use up each minute in its first second, while a
// channel has its turns one after the other.
const (
	spareShare = 30 // one in so many is for channels, though none has anything to say
	roomGrace  = 10 // turns after which a channel that had something to say counts as quiet
)

var slackLimits = limitTable{
	minute: time.Minute + 50*time.Millisecond, perChannel: time.Second, patience: 8 * time.Second,
	perMinute: map[string]int{
		posting:                        300,
		"chat.postEphemeral":           100,
		"chat.update":                  50,
		"chat.delete":                  50,
		"conversations.open":           50,
		"conversations.history":        50,
		"conversations.replies":        50,
		"users.info":                   100,
		"views.open":                   100,
		"views.update":                 100,
		"views.publish":                100,
		"files.getUploadURLExternal":   100,
		"files.completeUploadExternal": 100,
	},
}

// newRates keeps Slack's limits, or those of a place where a minute is as long as
// given.
func newRates(minute time.Duration) *rates {
	limits := slackLimits
	if minute > 0 {
		limits.minute, limits.perChannel = minute, minute/60
	}
	return &rates{limits: limits, windows: map[string]*window{}, until: map[string]time.Time{}, rooms: map[string]time.Time{}}
}

// next is the first moment, from at on, that the window has room for.
func (w *window) next(at time.Time) time.Time {
	for len(w.taken) > 0 && at.Sub(w.taken[0]) > 2*w.long {
		w.taken = w.taken[1:]
	}
	if n := len(w.taken); n >= w.most {
		if free := w.taken[n-w.most].Add(w.long); free.After(at) {
			return free
		}
	}
	return at
}

func (w *window) take(at time.Time) {
	i, _ := slices.BinarySearchFunc(w.taken, at, time.Time.Compare)
	w.taken = slices.Insert(w.taken, i, at)
}

func (w *window) giveBack(at time.Time) {
	if i, ok := slices.BinarySearchFunc(w.taken, at, time.Time.Compare); ok {
		w.taken = slices.Delete(w.taken, i, i+1)
	}
}

// call makes a call when it is its turn; place is empty where it does not matter.
// The error is one of the port's: chat.RateLimited where the turn takes too long.
func (w *workspace) call(ctx context.Context, method, place string, do func() error) error {
	over, err := w.rates.wait(ctx, method, place)
	if err != nil {
		return err
	}
	err = do()
	over()
	return w.trouble(method, err)
}

// wait waits for the turn of a call. The caller says when the call is over: Slack
// counts it from some moment before that.
func (r *rates) wait(ctx context.Context, method, place string) (over func(), err error) {
	r.mu.Lock()
	now := time.Now()
	at := now
	if r.until[method].After(at) {
		at = r.until[method]
	}
	windows := r.of(method, place, now)
	for _, w := range windows {
		at = w.next(at)
	}
	if method == posting && len(windows) > 0 && r.limits.perChannel > 0 {
		var own *window
		if own, at, err = r.share(place, now, at); err != nil {
			r.mu.Unlock()
			return nil, err
		}
		if own != nil {
			windows = append(windows, own)
		}
	}
	pause := at.Sub(now)
	if deadline, ok := ctx.Deadline(); pause > r.limits.patience || ok && pause > 0 && at.After(deadline) {
		r.mu.Unlock()
		return nil, chat.RateLimited{After: pause}
	}
	for _, w := range windows {
		w.take(at)
	}
	r.mu.Unlock()
	if pause > 0 {
		timer := time.NewTimer(pause)
		defer timer.Stop()
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	err = ctx.Err()
	if rest := time.Until(r.until[method]); err == nil && rest > 0 { // Slack asked for rest meanwhile
		err = chat.RateLimited{After: rest}
	}
	if err != nil {
		for _, w := range windows {
			w.giveBack(at)
		}
		return nil, err
	}
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, w := range windows {
			w.giveBack(at)
			w.take(time.Now())
		}
	}, nil
}

// share has a private message that could go out at a moment give way to channels
// that have something to say, and notes which these are. It gives the window that
// counts private messages. The error is chat.RateLimited: the channels may be quiet
// before it is the message's turn beside them. The lock is held.
func (r *rates) share(place string, now, at time.Time) (*window, time.Time, error) {
	turn, most := r.limits.perChannel, r.limits.perMinute[posting]
	if isRoom(place) {
		r.rooms[place] = at.Add(roomGrace * turn)
		return nil, at, nil
	}
	kept, quiet := most/spareShare, now
	for room, until := range r.rooms {
		if !until.After(now) {
			delete(r.rooms, room)
			continue
		}
		kept += int(r.limits.minute / turn)
		if until.After(quiet) {
			quiet = until
		}
	}
	own := r.window("in private", most, r.limits.minute)
	own.most = most - min(kept, most/2)
	if free := own.next(at); free.After(at) {
		if quiet.After(now) && quiet.Before(free) {
			return nil, at, chat.RateLimited{After: max(at.Sub(now), quiet.Sub(now))}
		}
		at = free
	}
	return own, at, nil
}

// of gives what limits a call; the lock is held.
func (r *rates) of(method, place string, now time.Time) []*window {
	most, ok := r.limits.perMinute[method]
	if !ok {
		return nil
	}
	all := []*window{r.window(method, most, r.limits.minute)}
	if method == posting && place != "" && r.limits.perChannel > 0 {
		if len(r.windows) > 2000 { // places that have been quiet are forgotten
			for name, w := range r.windows {
				if n := len(w.taken); n == 0 || now.Sub(w.taken[n-1]) > w.long {
					delete(r.windows, name)
				}
			}
		}
		all = append(all, r.window("in "+place, 1, r.limits.perChannel))
	}
	return all
}

func (r *rates) window(name string, most int, long time.Duration) *window {
	w := r.windows[name]
	if w == nil {
		w = &window{most: most, long: long}
		r.windows[name] = w
	}
	return w
}

// rest keeps a method still for as long as Slack asked.
func (r *rates) rest(method string, after time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if until := time.Now().Add(after); until.After(r.until[method]) {
		r.until[method] = until
	}
}
