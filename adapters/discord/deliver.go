package discord

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"cohortbot/bot/chat"
)

// nonceSize is the longest nonce that Discord takes.
const nonceSize = 25

// nonce names one occasion in one place. For a few minutes Discord gives the
// message that stands already instead of posting a second one under it.
func nonce(to chat.Place, key string) string {
	sum := sha256.Sum256([]byte(to.String() + "\n" + key))
	return base64.RawURLEncoding.EncodeToString(sum[:])[:nonceSize]
}

// Send says something new.
func (d *Discord) Send(ctx context.Context, to chat.Place, key string, m chat.Message) (chat.Address, error) {
	if to.Calendar {
		return d.schedule(ctx, to, m)
	}
	out, err := render(d.attached(d.fetched(ctx, m)))
	if err != nil {
		return chat.Address{}, err
	}
	channel, err := d.reach(ctx, to)
	if err != nil {
		return chat.Address{}, certainly(err)
	}
	if to.Thread != "" { // asked before, so that the post itself has one answer only
		if _, err := d.channel(ctx, channel); refusedWith(err, codeUnknownChannel) {
			err = d.startThread(ctx, to)
			if err != nil {
				return chat.Address{}, certainly(err)
			}
		} else if err != nil {
			return chat.Address{}, certainly(d.explain(to, err))
		}
	}
	out.Nonce, out.EnforceNonce = nonce(to, key), true
	id, err := d.post(ctx, channel, out)
	if refusedWith(err, codeUnknownChannel) {
		d.channels.forget(channel)
	}
	if refusedWith(err, codeArchived) {
		if err = d.reviveThread(ctx, channel); err != nil {
			return chat.Address{}, certainly(err)
		}
		id, err = d.post(ctx, channel, out)
	}
	if err != nil {
		return chat.Address{}, d.explain(to, err)
	}
	d.said.set(id, out.Nonce)
	return chat.Address{Place: to, ID: id}, nil
}

func (d *Discord) post(ctx context.Context, channel string, m message) (string, error) {
	var sent struct {
		ID string `json:"id"`
	}
	err := d.rest.do(ctx, post("/channels/{}/messages", channel).with(m, m.files...), &sent)
	return sent.ID, err
}

// certainly is for what happens before anything is said: whatever became of it,
// nothing was.
func certainly(err error) error {
	if errors.Is(err, chat.ErrUnclear) {
		return fmt.Errorf("nothing was said yet: %s", err)
	}
	return err
}

// reach gives the channel that a place is. A thread that hangs under a message
// has the message's id.
func (d *Discord) reach(ctx context.Context, to chat.Place) (string, error) {
	if _, err := d.guildOf(to.Workspace); err != nil {
		return "", err
	}
	id := to.Channel
	switch {
	case to.IsDirect():
		if !snowflakes.MatchString(to.User) {
			return "", fmt.Errorf("%w: %s is no account in Discord", chat.ErrGone, to)
		}
		d.homes.set(to.User, strings.TrimPrefix(string(to.Workspace), Prefix)) // where an answer belongs
		return d.door(ctx, to.User)
	case to.Thread != "":
		id = to.Thread
	}
	if !snowflakes.MatchString(id) {
		return "", fmt.Errorf("%w: %s is no channel in Discord", chat.ErrGone, to)
	}
	return id, nil
}

// explain adds what somebody can do about a refusal.
func (d *Discord) explain(to chat.Place, err error) error {
	switch {
	case refusedWith(err, codeMissingAccess):
		return fmt.Errorf("%w: the bot cannot see %s; in Discord, give its role View Channel there: %w", chat.ErrRefused, to, err)
	case refusedWith(err, codeMissingPermission):
		return fmt.Errorf("%w: the bot lacks a permission in %s; cohortbot check says which: %w", chat.ErrRefused, to, err)
	}
	return err
}

const weekArchive = 10080 // minutes without a message after which a thread is put away

// startThread starts the thread under a message. One that stands already is as
// good.
func (d *Discord) startThread(ctx context.Context, to chat.Place) error {
	var top heard
	if err := d.rest.do(ctx, get("/channels/{}/messages/{}", to.Channel, to.Thread), &top); err != nil {
		return err
	}
	body := map[string]any{"name": threadName(top.Content), "auto_archive_duration": weekArchive}
	err := d.rest.do(ctx, post("/channels/{}/messages/{}/threads", to.Channel, to.Thread).with(body).repeatable(), nil)
	if err != nil && !refusedWith(err, codeThreadStands) {
		return err
	}
	return nil
}

// threadName gives a thread the first words of the message that it hangs under.
func threadName(content string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(content), "\n")
	line = strings.TrimSpace(strings.NewReplacer("*", "", "_", "", "`", "", `\`, "", "#", "", ">", "", "<", "").Replace(line))
	if line == "" {
		return "Answers"
	}
	return clip(line, 100)
}

// reviveThread takes a thread out of the archive; a locked one stays.
func (d *Discord) reviveThread(ctx context.Context, thread string) error {
	err := d.rest.do(ctx, patch("/channels/{}", thread).with(map[string]bool{"archived": false}), nil)
	if errors.Is(err, chat.ErrRefused) {
		return fmt.Errorf("%w: the thread is archived and locked: %w", chat.ErrGone, err)
	}
	return err
}

// Edit puts m in the place of a message of ours.
func (d *Discord) Edit(ctx context.Context, at chat.Address, m chat.Message) error {
	if at.Place.Calendar {
		return d.reschedule(ctx, at, m)
	}
	var stay []attachment
	if channel, err := d.reach(ctx, at.Place); err == nil {
		m, stay = d.staying(ctx, channel, at.ID, m)
	}
	out, err := render(d.attached(d.fetched(ctx, m)))
	if err != nil {
		return err
	}
	out.Attachments = append(out.Attachments, stay...)
	return d.change(ctx, at, func(channel string) call {
		return patch("/channels/{}/messages/{}", channel, at.ID).with(out, out.files...)
	})
}

// Delete takes a message of ours away.
func (d *Discord) Delete(ctx context.Context, at chat.Address) error {
	if at.Place.Calendar {
		return d.unschedule(ctx, at)
	}
	err := d.change(ctx, at, func(channel string) call { return remove("/channels/{}/messages/{}", channel, at.ID) })
	if refusedWith(err, codeUnknownMessage, codeUnknownChannel) {
		return nil
	}
	return err
}

func (d *Discord) change(ctx context.Context, at chat.Address, call func(channel string) call) error {
	channel, err := d.reach(ctx, at.Place)
	if err != nil {
		return certainly(err)
	}
	err = d.rest.do(ctx, call(channel), nil)
	if refusedWith(err, codeArchived) {
		if err = d.reviveThread(ctx, channel); err == nil {
			err = d.rest.do(ctx, call(channel), nil)
		}
	}
	return d.explain(at.Place, err)
}
