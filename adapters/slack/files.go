package slack

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	api "github.com/slack-go/slack"

	"cohortbot/bot/chat"
)

// attached makes files of what a message has to be drawn or made. What cannot be
// made stays, and is said in words.
func (w *workspace) attached(m chat.Message) chat.Message {
	if w.attach == nil || m.Chart == nil && m.Event == nil && m.Document == nil {
		return m
	}
	files, err := w.attach(m)
	if err != nil {
		w.log.Error("a chart, an event or a document is said in words", "err", err)
		return m
	}
	m.Files = slices.Concat(files, m.Files)
	m.Chart, m.Event, m.Document = nil, nil, nil
	return m
}

// showable tells whether a file can be shown as a picture within a message.
func showable(f chat.File) bool { return picturable(f) && len(f.Data) > 0 }

func picturable(f chat.File) bool {
	return slices.Contains([]string{"image/png", "image/jpeg", "image/gif"}, f.Type)
}

// sent tells whether a file is one that a person sent. Slack has it already and
// shows it by its id, for as long as its author leaves it there.
func sent(f chat.File) bool { return f.ID != "" && len(f.Data) == 0 }

// altOf is a file in words, which every picture needs.
func altOf(f chat.File) string {
	switch {
	case f.Alt != "":
		return f.Alt
	case f.Name != "":
		return f.Name
	}
	return f.Kind()
}

// withoutPictures puts the words of pictures in their place, for where none can
// stand.
func withoutPictures(p post) post {
	var blocks []api.Block
	for _, b := range p.blocks {
		image, ok := b.(*api.ImageBlock)
		if !ok {
			blocks = append(blocks, b)
			continue
		}
		for _, words := range smallPrint([]passage{{spans: []span{{text: image.AltText}}}}) {
			blocks = append(blocks, words)
		}
	}
	p.blocks, p.pictures = blocks, nil
	return p
}

// noticing adds to posts where files are, in the last of them if it has room.
func noticing(posts []post, files []chat.File) []post {
	if len(files) == 0 {
		return posts
	}
	notice := filesNotice(files)
	if len(posts) > 0 {
		last := posts[len(posts)-1]
		last.blocks = slices.Concat(last.blocks, notice.blocks)
		if checkPosts([]post{last}) == nil {
			posts[len(posts)-1] = last
			return posts
		}
	}
	return append(posts, notice)
}

// filesNotice says where files are that cannot stand in a private reply.
func filesNotice(files []chat.File) post {
	said := []passage{{spans: []span{{text: "I've put this into our direct messages, where only you see it:"}}}}
	for _, f := range files {
		said = append(said, passage{kind: bullet, spans: []span{{text: f.Name}}})
	}
	return post{text: mrkdwn(said), blocks: []api.Block{rich(said)}}
}

// upload keeps a file with Slack, in three steps, and gives its id. Without a
// channel nobody sees it yet.
func (w *workspace) upload(ctx context.Context, f chat.File, channel, thread string) (string, error) {
	if len(f.Data) == 0 {
		return "", fmt.Errorf("%w: the file is empty", chat.ErrRefused)
	}
	name := f.Name
	if name == "" {
		name = f.Kind()
	}
	var at *api.GetUploadURLExternalResponse
	err := w.call(ctx, "files.getUploadURLExternal", "", func() (err error) {
		at, err = w.client.GetUploadURLExternalContext(ctx, api.GetUploadURLExternalParameters{AltTxt: clip(f.Alt, 1000), FileName: name, FileSize: len(f.Data)})
		return err
	})
	if err != nil {
		return "", passing(err)
	}
	err = w.call(ctx, "the upload of a file", "", func() error {
		return w.client.UploadToURL(ctx, api.UploadToURLParameters{UploadURL: at.UploadURL, Reader: bytes.NewReader(f.Data), Filename: name})
	})
	if err != nil {
		return "", passing(err)
	}
	return at.FileID, w.call(ctx, "files.completeUploadExternal", "", func() error {
		_, err := w.client.CompleteUploadExternalContext(ctx, api.CompleteUploadExternalParameters{
			Files: []api.FileSummary{{ID: at.FileID, Title: name}}, Channel: channel, ThreadTimestamp: thread,
		})
		return err
	})
}

// uploadPictures keeps the pictures of a post with Slack and names them in it.
func (w *workspace) uploadPictures(ctx context.Context, p post) error {
	for _, x := range p.pictures {
		if x.block.SlackFile != nil {
			continue
		}
		id, err := w.upload(ctx, x.file, "", "")
		if err != nil {
			return passing(err) // nobody sees it, so another may be uploaded
		}
		x.block.SlackFile = &api.SlackFileObject{ID: id}
	}
	return nil
}

// shareDirect gives files to one person, but those that Slack has from people
// already.
func (w *workspace) shareDirect(ctx context.Context, person string, files []chat.File) error {
	files = slices.DeleteFunc(slices.Clone(files), sent)
	if len(files) == 0 {
		return nil
	}
	conversation, err := w.direct(ctx, person)
	if err != nil {
		return err
	}
	for _, f := range files {
		if _, err := w.upload(ctx, f, conversation, ""); err != nil {
			return err
		}
	}
	return nil
}

// direct gives the conversation with a person, opened if need be.
func (w *workspace) direct(ctx context.Context, person string) (string, error) {
	var c *api.Channel
	err := w.call(ctx, "conversations.open", "", func() (err error) {
		c, _, _, err = w.client.OpenConversationContext(ctx, &api.OpenConversationParameters{Users: []string{person}})
		return err
	})
	if err != nil {
		return "", passing(err)
	}
	return c.ID, nil
}
