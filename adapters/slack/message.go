package slack

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	api "github.com/slack-go/slack"

	"cohortbot/bot/chat"
)

// post is one message in Slack, ready to be sent but for its pictures. A long
// chat.Message needs several.
type post struct {
	text     string // for notifications and for who cannot see blocks
	blocks   []api.Block
	pictures []picture
}

// picture is an image block whose file is still to be uploaded.
type picture struct {
	block *api.ImageBlock
	file  chat.File
}

// Room for text: Slack refuses a message whose blocks hold more than about 9,500
// characters, and says so nowhere.
const (
	blockRoom = 2900 // one block of text
	postRoom  = 8500 // all of a message
	noticeMax = 3000 // what a notification says
	altRoom   = 1000 // the words for a file; more of them stand beside it
)

// sent tells whether a picture in the post is one that a person sent.
func (p post) sent() bool {
	return slices.ContainsFunc(p.pictures, func(x picture) bool { return sent(x.file) })
}

// render makes posts of a message. Every part of it is in one of them, except
// the files that are no pictures, which it gives back.
func render(m chat.Message) (posts []post, files []chat.File) {
	m = m.InWords()
	passages := readMarkdown(m.Text)
	var pieces [][]passage
	for rest := passages; len(rest) > 0; {
		var piece []passage
		piece, rest = cut(rest, blockRoom)
		pieces = append(pieces, piece)
	}
	posts = []post{{}}
	room := postRoom
	var said []passage
	begin := func() {
		posts[len(posts)-1].text = notice(said)
		posts, room, said = append(posts, post{}), postRoom, nil
	}
	add := func(b api.Block, size int) {
		if last := posts[len(posts)-1]; len(last.blocks) > 0 && (size > room || len(last.blocks) >= maxBlocks) {
			begin()
		}
		posts[len(posts)-1].blocks = append(posts[len(posts)-1].blocks, b)
		room -= size
	}
	for _, piece := range pieces {
		add(rich(piece), length(piece))
		said = append(said, piece...)
	}
	for _, f := range m.Files {
		if utf8.RuneCountInString(f.Alt) > altRoom { // nothing of it is cut
			for _, b := range smallPrint([]passage{{spans: []span{{text: f.Alt}}}}) {
				add(b, utf8.RuneCountInString(b.ContextElements.Elements[0].(*api.TextBlockObject).Text))
			}
			f.Alt = ""
		}
		if sent(f) && !picturable(f) { // its author's words for it are with it, wherever they put it
			words := f.Kind() + ": " + altOf(f)
			for _, b := range smallPrint([]passage{{spans: []span{{text: words}}}}) {
				add(b, utf8.RuneCountInString(words))
			}
			continue
		}
		if !sent(f) && !showable(f) {
			files = append(files, f)
			continue
		}
		block := &api.ImageBlock{Type: api.MBTImage, AltText: clip(altOf(f), altMax)}
		if sent(f) {
			block.SlackFile = &api.SlackFileObject{ID: f.ID}
		}
		add(block, 0)
		last := &posts[len(posts)-1]
		last.pictures = append(last.pictures, picture{block: block, file: f})
	}
	for i, row := range buttonRows(m.Buttons) {
		row.BlockID = fmt.Sprintf("buttons%d", i)
		add(row, maxButton*len(row.Elements.ElementSet))
	}
	note := readMarkdown(m.Note)
	for _, b := range smallPrint(note) {
		add(b, utf8.RuneCountInString(b.ContextElements.Elements[0].(*api.TextBlockObject).Text))
	}
	if len(said) == 0 {
		said = note
	}
	posts[len(posts)-1].text = notice(said)
	if len(posts[0].blocks) == 0 {
		posts = nil
	}
	return posts, files
}

// notice is what a notification says of passages: as many as have room.
func notice(said []passage) string {
	n, size := 0, 0
	for n < len(said) && size < noticeMax {
		size += length(said[n : n+1])
		n++
	}
	text := mrkdwn(said[:n])
	for n > 0 && utf8.RuneCountInString(text) > noticeMax {
		n--
		text = mrkdwn(said[:n])
	}
	switch {
	case text != "":
		return text
	case len(said) > 0:
		return escapeThree.Replace(clip(flat(said[0].spans), noticeMax/5)) // five letters a sign at most
	}
	return "A message with buttons or a picture"
}

// smallPrint is the small print under a message or in a form. There, a sign takes
// up to five characters.
func smallPrint(rest []passage) []*api.ContextBlock {
	var blocks []*api.ContextBlock
	for len(rest) > 0 {
		var piece []passage
		piece, rest = cut(rest, blockRoom/5)
		blocks = append(blocks, small(piece))
	}
	return blocks
}

// small is one block of small print.
func small(piece []passage) *api.ContextBlock {
	return api.NewContextBlock("", api.NewTextBlockObject(api.MarkdownType, mrkdwn(piece), false, true))
}

// buttonRows puts buttons into rows, the main one first. What travels with a
// button is its token; the action's id only has to differ.
func buttonRows(buttons []chat.Button) []*api.ActionBlock {
	var rows []*api.ActionBlock
	var sorted []chat.Button
	for _, main := range []bool{true, false} {
		for _, b := range buttons {
			if b.Main == main {
				sorted = append(sorted, b)
			}
		}
	}
	for i, b := range sorted {
		if i%maxActions == 0 {
			rows = append(rows, &api.ActionBlock{Type: api.MBTAction, Elements: &api.BlockElements{}})
		}
		e := api.NewButtonBlockElement(fmt.Sprintf("press%d", i), b.Token(), words(b.Label, maxButton))
		if b.Main {
			e.Style = api.StylePrimary
		}
		row := rows[len(rows)-1].Elements
		row.ElementSet = append(row.ElementSet, e)
	}
	return rows
}

// words is a text without mark-up. Where there is no room for all of it, it ends
// in "…".
func words(s string, limit int) *api.TextBlockObject {
	if s == "" {
		s = "…"
	}
	return api.NewTextBlockObject(api.PlainTextType, clip(s, limit), false, false)
}

func clip(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit-1]) + "…"
}

// length counts the characters of passages as Slack does, with their links.
func length(passages []passage) int {
	n := 0
	for _, p := range passages {
		n += 2
		for _, s := range p.spans {
			n += utf8.RuneCountInString(s.text) + utf8.RuneCountInString(s.link)
			if !s.at.IsZero() {
				n += len(dateFormat) + 12
			}
		}
	}
	return n
}

// cut gives as many passages as have room, and the rest. A passage that is too
// long for a whole block goes on in the next.
func cut(passages []passage, room int) (piece, rest []passage) {
	for i, p := range passages {
		size := length(passages[i : i+1])
		if size <= room {
			piece = append(piece, p)
			room -= size
			continue
		}
		if len(piece) > 0 && size <= blockRoom/2 {
			return piece, passages[i:]
		}
		head, tail := split(p, room)
		if len(head.spans) == 0 {
			if len(piece) > 0 {
				return piece, passages[i:]
			}
			head, tail = p, passage{} // a single span that cannot be parted
		}
		piece = append(piece, head)
		if len(tail.spans) > 0 {
			rest = append(rest, tail)
		}
		return piece, append(rest, passages[i+1:]...)
	}
	return piece, nil
}

// split parts a passage after at most room characters, between words if it can.
func split(p passage, room int) (head, tail passage) {
	head, tail = p, p
	head.spans, tail.spans = nil, nil
	room -= 2
	for i, s := range p.spans {
		size := length([]passage{{spans: []span{s}}}) - 2
		if size <= room {
			head.spans = append(head.spans, s)
			room -= size
			continue
		}
		if fit := room - utf8.RuneCountInString(s.link); fit > 200 && s.at.IsZero() {
			runes := []rune(s.text)
			first := string(runes[:fit])
			for _, sign := range []string{"\n", ". ", " "} {
				if j := strings.LastIndex(first, sign); j > len(first)/2 {
					first = first[:j+len(sign)]
					break
				}
			}
			before, after := s, s
			before.text, after.text = first, strings.TrimPrefix(s.text, first)
			head.spans = append(head.spans, before)
			tail.spans = append([]span{after}, p.spans[i+1:]...)
			return head, tail
		}
		tail.spans = p.spans[i:]
		return head, tail
	}
	return head, tail
}
