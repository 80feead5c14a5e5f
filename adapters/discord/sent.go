package discord

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"cohortbot/bot/chat"
)

// Files that people sent are known by where they can be found again. Discord
// shows one anew only if it is handed in anew.

// fileMax is how large a file a bot may hand in.
const fileMax = 10 << 20

func sent(f chat.File) bool { return f.ID != "" && len(f.Data) == 0 }

// fetched brings back the files that people sent. One that cannot be brought is
// named in words: Discord's links to what was handed in with a form end after a
// day.
func (d *Discord) fetched(ctx context.Context, m chat.Message) chat.Message {
	if !slices.ContainsFunc(m.Files, sent) {
		return m
	}
	var files []chat.File
	for _, f := range m.Files {
		if sent(f) {
			var err error
			if f.Data, err = d.download(ctx, f.ID); err != nil {
				d.log.Warn("a file that somebody sent is named in words", "err", err)
				m.Text = strings.TrimSpace(m.Text + "\n\n*" + f.Kind() + ": " + chat.Plain(f.Name) + "*")
				continue
			}
		}
		files = append(files, f)
	}
	m.Files = files
	return m
}

// staying finds the files that people sent among those that stand at a message of
// ours already. They need not be fetched again, and perhaps could not be.
func (d *Discord) staying(ctx context.Context, channel, id string, m chat.Message) (chat.Message, []attachment) {
	var there heard
	if !slices.ContainsFunc(m.Files, sent) || d.rest.do(ctx, get("/channels/{}/messages/{}", channel, id), &there) != nil {
		return m, nil
	}
	var stay []attachment
	m.Files = slices.DeleteFunc(slices.Clone(m.Files), func(f chat.File) bool {
		if !sent(f) {
			return false
		}
		for _, a := range there.Attachments {
			known := slices.ContainsFunc(stay, func(x attachment) bool { return x.ID == a.ID })
			if !known && a.Size == int(f.Size) && strings.ReplaceAll(f.Name, " ", "_") == a.Filename {
				stay = append(stay, attachment{ID: a.ID, Filename: a.Filename, Description: f.Alt})
				return true
			}
		}
		return false
	})
	return m, stay
}

// download gets a file by the id that [files] or [uploaded] gave it, to be handed
// in again.
func (d *Discord) download(ctx context.Context, id string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	body, err := d.bring(ctx, id)
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }()
	data, err := io.ReadAll(io.LimitReader(body, fileMax+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) == 0, len(data) > fileMax:
		return nil, fmt.Errorf("%d bytes or more; up to %d can be handed in", len(data), fileMax)
	}
	return data, nil
}
