package slack

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	api "github.com/slack-go/slack"

	"cohortbot/bot/chat"
)

// Find looks for what was said under a key since then, by what Slack keeps with
// each post. What stands only in part is completed.
func (s *Slack) Find(ctx context.Context, to chat.Place, key string, m chat.Message, since time.Time) (chat.Address, error) {
	if to.Calendar {
		return chat.Address{Place: to, ID: chat.NoCalendar}, nil
	}
	w, err := s.in(ctx, to.Workspace)
	if err != nil {
		return chat.Address{}, passing(err)
	}
	conversation, thread := conversation(to)
	if to.Channel == "" && !isDirect(conversation) {
		if conversation, err = w.direct(ctx, to.User); err != nil {
			return chat.Address{}, err
		}
	}
	posts, files := render(w.attached(m))
	there, err := w.search(ctx, conversation, thread, after(since.Add(-skew)), func(m api.Message) bool {
		return m.Metadata.EventPayload[metaKey] == key
	})
	if err != nil || there.first == "" {
		return chat.Address{}, err
	}
	at := chat.Address{Place: to, ID: messageID(conversation, there.first)}
	if len(posts) < 2 && len(files) == 0 {
		return at, nil
	}
	return at, w.rest(ctx, conversation, thread, posts, files, meta{key: key, first: there.first}, there)
}

// skew is how much Slack's clock may be behind ours.
const skew = 2 * time.Minute

// after is a moment as the bounds of a history are given; none for all of it.
func after(t time.Time) string {
	if t.Unix() <= 0 {
		return ""
	}
	return fmt.Sprintf("%d.000000", t.Unix())
}

// found is what stands of a message of ours.
type found struct {
	first string // timestamp of its first part
	key   string
	parts map[int]string // timestamps of the further parts, by number
	files []string       // names of the files that the bot shared since
}

// search goes through what stands in a place and gathers the parts of a message.
func (w *workspace) search(ctx context.Context, conversation, thread, oldest string, ours func(api.Message) bool) (found, error) {
	f := found{parts: map[int]string{}}
	for cursor := ""; ; {
		page, next, err := w.history(ctx, conversation, thread, oldest, cursor)
		if err != nil {
			return f, passing(err)
		}
		for _, m := range page {
			if m.BotID != w.known().bot && m.User != w.known().user {
				continue
			}
			for _, x := range m.Files {
				f.files = append(f.files, x.Name, x.Title)
			}
			if m.Metadata.EventType != metaType || !ours(m) {
				continue
			}
			f.key, _ = m.Metadata.EventPayload[metaKey].(string)
			if part, _ := strconv.Atoi(fmt.Sprint(m.Metadata.EventPayload[metaPart])); part > 0 {
				f.parts[part] = m.Timestamp
			} else {
				f.first = m.Timestamp
			}
		}
		if next == "" {
			return f, nil
		}
		cursor = next
	}
}

// partsOf gives the timestamps of the further parts of a message, by number, and
// its key.
func (w *workspace) partsOf(ctx context.Context, at chat.Address, conversation, ts string) (map[int]string, string, error) {
	if w.parts.single(at.ID) {
		return nil, "", nil
	}
	_, thread := timestamp(at.Place.Thread)
	f, err := w.search(ctx, conversation, thread, ts, func(m api.Message) bool {
		return m.Timestamp == ts || m.Metadata.EventPayload[metaFirst] == ts
	})
	if err == nil && len(f.parts) == 0 && f.first != "" {
		w.parts.know(at.ID)
	}
	return f.parts, f.key, err
}

// parts remembers which messages are a single post, as nearly all are, so that an
// edit need not look for more. After a restart, the first edit looks.
type parts struct {
	mu      sync.Mutex
	singles map[string]bool
	names   map[string][]string // of the files that were sent along with a message
}

const rememberedSingles = 20_000

func (p *parts) know(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.singles == nil || len(p.singles) >= rememberedSingles {
		p.singles = map[string]bool{}
	}
	p.singles[id] = true
}

func (p *parts) single(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.singles[id]
}

// files gives the names of the files that were sent along, if that is known.
func (p *parts) files(id string) ([]string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	names, known := p.names[id]
	return slices.Clone(names), known
}

func (p *parts) sent(id string, names []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.names == nil || len(p.names) >= rememberedSingles/20 {
		p.names = map[string][]string{}
	}
	p.names[id] = names
}

func (p *parts) forget(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.singles, id)
}

const historyPage = 200

// history gives a page of what stands in a place, with what is kept with it.
func (w *workspace) history(ctx context.Context, conversation, thread, oldest, cursor string) (page []api.Message, next string, err error) {
	if thread != "" {
		more := false
		err = w.call(ctx, "conversations.replies", "", func() (err error) {
			page, more, next, err = w.client.GetConversationRepliesContext(ctx, &api.GetConversationRepliesParameters{
				ChannelID: conversation, Timestamp: thread, Oldest: oldest, Inclusive: oldest != "", Cursor: cursor, Limit: historyPage, IncludeAllMetadata: true,
			})
			return err
		})
		if !more {
			next = ""
		}
		return page, next, err
	}
	var all *api.GetConversationHistoryResponse
	err = w.call(ctx, "conversations.history", "", func() (err error) {
		all, err = w.client.GetConversationHistoryContext(ctx, &api.GetConversationHistoryParameters{
			ChannelID: conversation, Oldest: oldest, Inclusive: oldest != "", Cursor: cursor, Limit: historyPage, IncludeAllMetadata: true,
		})
		return err
	})
	if err != nil {
		return nil, "", err
	}
	if all.HasMore {
		next = all.ResponseMetaData.NextCursor
	}
	return all.Messages, next, nil
}
