package slack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	api "github.com/slack-go/slack"

	"cohortbot/bot/chat"
)

// What Slack keeps with a post, by which it is found again. Everybody in the
// workspace can see it: it names an occasion, and nothing of anybody's.
const (
	metaType  = "cohortbot"
	metaKey   = "key"
	metaPart  = "part"  // of a message that needs several posts, from 0
	metaFirst = "first" // timestamp of part 0
)

// Send says something new. A long text takes several posts; the address is the
// first one's. Errors are the port's: what may have been said, or was said in
// part, is chat.ErrUnclear, and Find then completes it.
func (s *Slack) Send(ctx context.Context, to chat.Place, key string, m chat.Message) (chat.Address, error) {
	if to.Calendar { // Slack keeps none for a workspace
		return chat.Address{Place: to, ID: chat.NoCalendar}, to.Takes(m)
	}
	w, err := s.in(ctx, to.Workspace)
	if err != nil {
		return chat.Address{}, passing(err)
	}
	posts, files := render(w.attached(m))
	if len(posts) == 0 {
		posts = []post{filesNotice(nil)}
		posts[0].text, posts[0].blocks = "A file", textBlocks("A file:")
	}
	if err := checkPosts(posts); err != nil {
		return chat.Address{}, err
	}
	conversation, thread := conversation(to)
	at, err := w.post(ctx, conversation, thread, posts[0], meta{key: key})
	if err != nil {
		return chat.Address{}, err
	}
	_, first := timestamp(at.id)
	address := chat.Address{Place: to, ID: at.id}
	if len(posts) == 1 && len(files) == 0 {
		w.parts.know(address.ID)
		return address, nil
	}
	if err := w.rest(ctx, at.conversation, thread, posts, files, meta{key: key, first: first}, found{}); err != nil {
		return address, err
	}
	if m.Event != nil {
		var names []string
		for _, f := range files {
			names = append(names, f.Name)
		}
		w.parts.sent(address.ID, names)
	}
	return address, nil
}

// meta is what is kept with a post.
type meta struct {
	key   string
	part  int
	first string
}

// stood is where a post stands.
type stood struct{ conversation, id string }

// checkPosts holds all posts of a message against the limits before the first of
// them leaves. Pictures get their ids only then.
func checkPosts(posts []post) error {
	for _, p := range posts {
		for _, x := range p.pictures {
			if x.block.SlackFile == nil {
				x.block.SlackFile = &api.SlackFileObject{ID: "pending"}
				defer func() { x.block.SlackFile = nil }()
			}
		}
		if err := checkMessage(api.Blocks{BlockSet: p.blocks}, p.text, false); err != nil {
			return err
		}
	}
	return nil
}

// rest says what follows the first post: further parts and files, except those
// that stand already.
func (w *workspace) rest(ctx context.Context, conversation, thread string, posts []post, files []chat.File, m meta, there found) error {
	for i, p := range posts[1:] {
		m.part = i + 1
		if there.parts[m.part] != "" {
			continue
		}
		if _, err := w.post(ctx, conversation, thread, p, m); err != nil {
			return inPart(err)
		}
	}
	for _, f := range files {
		if slices.Contains(there.files, f.Name) {
			continue
		}
		if _, err := w.upload(ctx, f, conversation, thread); err != nil {
			return inPart(err)
		}
	}
	return nil
}

// inPart says that a message was said in part: it must not be said anew from the
// beginning.
func inPart(err error) error {
	if errors.Is(err, chat.ErrFatal) {
		return err
	}
	return fmt.Errorf("%w: its first part stands; then: %s", chat.ErrUnclear, err)
}

// How often and how long to wait for a picture that Slack still works on.
const (
	pictureTries = 5
	pictureWait  = 400 * time.Millisecond
)

// post posts one message.
func (w *workspace) post(ctx context.Context, conversation, thread string, p post, m meta) (stood, error) {
	if err := w.uploadPictures(ctx, p); err != nil {
		return stood{}, err
	}
	payload := map[string]any{metaKey: m.key, metaPart: strconv.Itoa(m.part)}
	if m.first != "" {
		payload[metaFirst] = m.first
	}
	options := []api.MsgOption{
		api.MsgOptionText(p.text, false), api.MsgOptionBlocks(p.blocks...),
		api.MsgOptionMetadata(api.SlackMetadata{EventType: metaType, EventPayload: payload}),
		api.MsgOptionDisableLinkUnfurl(), api.MsgOptionDisableMediaUnfurl(),
	}
	if thread != "" {
		options = append(options, api.MsgOptionTS(thread))
	}
	var at stood
	err := w.withPictures(ctx, p, func() error {
		return w.call(ctx, posting, conversation, func() error {
			channel, ts, err := w.client.PostMessageContext(ctx, conversation, options...)
			at = stood{conversation: channel, id: messageID(channel, ts)}
			return err
		})
	})
	if errors.Is(err, chat.ErrRefused) && p.sent() { // its author may have deleted it since
		w.log.Warn("a picture that somebody sent is shown in words", "err", err)
		return w.post(ctx, conversation, thread, withoutPictures(p), m)
	}
	if errors.Is(err, chat.ErrGone) && accountID.MatchString(conversation) && thread == "" {
		// Slack calls a person who cannot be written to a channel that is not there.
		err = fmt.Errorf("%w: %s", chat.ErrClosed, err)
	}
	return at, err
}

// withPictures does something again that is refused because of a picture: one that
// was just uploaded cannot be shown until Slack has looked at it.
func (w *workspace) withPictures(ctx context.Context, p post, do func() error) error {
	for try := 1; ; try++ {
		err := do()
		if len(p.pictures) == 0 || try == pictureTries || !errors.Is(err, chat.ErrRefused) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(try) * pictureWait):
		}
	}
}
