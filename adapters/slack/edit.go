package slack

import (
	"context"
	"errors"
	"slices"
	"strings"

	api "github.com/slack-go/slack"

	"cohortbot/bot/chat"
)

// Edit puts m in the place of a message of ours, in all its parts. Files that were
// sent along stand as they are; one that has another name now, as that of an event
// that was moved, is sent along as well. An edit may be repeated, so its errors are never
// chat.ErrUnclear.
func (s *Slack) Edit(ctx context.Context, at chat.Address, m chat.Message) error {
	if at.Place.Calendar {
		return nil
	}
	w, err := s.in(ctx, at.Place.Workspace)
	if err != nil {
		return passing(err)
	}
	posts, files := render(w.attached(m))
	if len(posts) == 0 {
		return nil
	}
	if err := checkPosts(posts); err != nil {
		return err
	}
	conversation, ts, err := w.locate(ctx, at)
	if err != nil {
		return err
	}
	if err := w.update(ctx, conversation, ts, posts[0]); err != nil {
		return err
	}
	parts, key, err := w.partsOf(ctx, at, conversation, ts)
	if err != nil {
		return err
	}
	for n, part := range parts {
		if n < len(posts) {
			err = w.update(ctx, conversation, part, posts[n])
		} else if err = w.remove(ctx, conversation, part); err == nil {
			w.parts.forget(at.ID)
		}
		if err != nil && !errors.Is(err, chat.ErrGone) {
			return err
		}
	}
	_, thread := timestamp(at.Place.Thread)
	for n := len(parts) + 1; n < len(posts); n++ {
		w.parts.forget(at.ID)
		if _, err := w.post(ctx, conversation, thread, posts[n], meta{key: key, part: n, first: ts}); err != nil {
			return passing(err)
		}
	}
	if m.Event == nil {
		return nil
	}
	return passing(w.shareNew(ctx, at, conversation, ts, files))
}

// shareNew sends along those files of a message that were not sent with it.
func (w *workspace) shareNew(ctx context.Context, at chat.Address, conversation, ts string, files []chat.File) error {
	_, thread := timestamp(at.Place.Thread)
	there, known := w.parts.files(at.ID)
	if !known {
		f, err := w.search(ctx, conversation, thread, ts, func(m api.Message) bool { return m.Timestamp == ts })
		if err != nil {
			return err
		}
		there = f.files
	}
	for _, f := range files {
		if slices.Contains(there, f.Name) {
			continue
		}
		if _, err := w.upload(ctx, f, conversation, thread); err != nil {
			return err
		}
		there = append(there, f.Name)
	}
	w.parts.sent(at.ID, there)
	return nil
}

// Delete takes a message of ours away, with all its parts. One that is gone
// already is no error.
func (s *Slack) Delete(ctx context.Context, at chat.Address) error {
	if at.Place.Calendar {
		return nil
	}
	w, err := s.in(ctx, at.Place.Workspace)
	if err != nil {
		return passing(err)
	}
	conversation, ts, err := w.locate(ctx, at)
	if err != nil {
		return err
	}
	parts, _, err := w.partsOf(ctx, at, conversation, ts)
	if err != nil && !errors.Is(err, chat.ErrGone) {
		return err
	}
	for _, part := range parts {
		if err := w.remove(ctx, conversation, part); err != nil {
			return err
		}
	}
	w.parts.forget(at.ID)
	return w.remove(ctx, conversation, ts)
}

// locate gives the conversation and the timestamp of a message.
func (w *workspace) locate(ctx context.Context, at chat.Address) (conversation, ts string, err error) {
	conversation, ts = timestamp(at.ID)
	switch {
	case at.Place.Channel != "":
		return at.Place.Channel, ts, nil
	case conversation == "":
		conversation, err = w.direct(ctx, at.Place.User)
	}
	return conversation, ts, err
}

func (w *workspace) update(ctx context.Context, conversation, ts string, p post) error {
	if err := w.uploadPictures(ctx, p); err != nil {
		return err
	}
	err := w.withPictures(ctx, p, func() error {
		return passing(w.call(ctx, "chat.update", "", func() error {
			_, _, _, err := w.client.UpdateMessageContext(ctx, conversation, ts, api.MsgOptionText(p.text, false), api.MsgOptionBlocks(p.blocks...))
			return err
		}))
	})
	if errors.Is(err, chat.ErrRefused) && p.sent() {
		w.log.Warn("a picture that somebody sent is shown in words", "err", err)
		return w.update(ctx, conversation, ts, withoutPictures(p))
	}
	return err
}

// remove takes one post away.
func (w *workspace) remove(ctx context.Context, conversation, ts string) error {
	err := passing(w.call(ctx, "chat.delete", "", func() error {
		_, _, err := w.client.DeleteMessageContext(ctx, conversation, ts)
		return err
	}))
	if errors.Is(err, chat.ErrGone) && strings.HasSuffix(err.Error(), "message_not_found") {
		return nil
	}
	return err
}
