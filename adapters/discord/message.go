package discord

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/bwmarrin/discordgo"

	"cohortbot/bot/chat"
)

// Discord's limits of a message.
const (
	contentMax     = 2000
	descriptionMax = 4096 // of an embed
	embedsMax      = 6000 // all texts of all embeds
	altMax         = 1024
	filesMax       = 10
	rowMax         = 5
	rowsMax        = 5
	labelMax       = 80
)

// render makes one message of what the bot says; nothing of it is dropped. What
// the content has no room for goes on in embeds, and where those have none, into
// a file that has all of it.
func render(m chat.Message) (message, error) {
	if m.IsZero() {
		return message{}, fmt.Errorf("%w: there is nothing to say", chat.ErrRefused)
	}
	m = m.InWords()
	out := message{
		Embeds: []embed{}, Components: buttonRows(m.Buttons), Attachments: []attachment{},
		Mentions: nobody(), files: slices.Clone(m.Files),
	}
	blocks := marked(m.Text)
	for i, f := range m.Files {
		if size(f.Alt) > altMax {
			blocks = append(blocks, writer{}.words(f.Name+": "+f.Alt, true))
			out.files[i].Alt = ""
		}
	}
	var note []string
	for _, b := range marked(m.Note) {
		note = append(note, indent(b, "-# ", "-# "))
	}
	small := strings.Join(note, "\n")
	if !out.fit(blocks, small) {
		out.spill(m, blocks, small)
	}
	for i, f := range out.files {
		out.Attachments = append(out.Attachments, attachment{ID: strconv.Itoa(i), Filename: f.Name, Description: f.Alt})
	}
	return out, nil
}

// attached makes files of what a message has to be drawn or made. What cannot be
// made stays, and is said in words.
func (d *Discord) attached(m chat.Message) chat.Message {
	if d.o.Attach == nil || m.Chart == nil && m.Event == nil && m.Document == nil {
		return m
	}
	files, err := d.o.Attach(m)
	if err != nil {
		d.log.Error("a chart, an event or a document is said in words", "err", err)
		return m
	}
	m.Files = append(files, m.Files...)
	m.Chart, m.Event, m.Document = nil, nil, nil
	return m
}

// nobody is notified by what stands in a text.
func nobody() *discordgo.MessageAllowedMentions {
	return &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}}
}

// fit puts the blocks into the content and into embeds, if they have room for
// all of it.
func (m *message) fit(blocks []string, small string) bool {
	if small != "" {
		blocks = append(slices.Clone(blocks), small)
	}
	content, rest := pack(blocks, contentMax)
	var embeds []embed
	for left := embedsMax; len(rest) > 0; {
		var s string
		s, rest = pack(rest, min(descriptionMax, left))
		if s == "" {
			return false
		}
		embeds = append(embeds, embed{Description: s})
		left -= size(s)
		if left <= 0 && len(rest) > 0 {
			return false
		}
	}
	m.Content = content
	if embeds != nil {
		m.Embeds = embeds
	}
	return true
}

const seeFile = "-# There is more than fits here. The file has all of it."

// spill puts all of the text into a file, and its beginning into the content.
func (m *message) spill(from chat.Message, blocks []string, small string) {
	all := plain(from.Text)
	end := "\n\n" + seeFile
	if size(small) < contentMax/2 {
		if small != "" {
			end += "\n" + small
		}
	} else {
		all += "\n\n" + plain(from.Note)
	}
	content, _ := pack(blocks, contentMax-size(end))
	m.Content = content + end
	m.files = append([]chat.File{{Name: "message.txt", Type: "text/plain; charset=utf-8", Data: []byte(all + "\n"), Alt: "All of this message as text"}}, m.files...)
}

// buttonRows gives the buttons in rows, the likeliest first.
func buttonRows(buttons []chat.Button) []component {
	ordered := slices.Clone(buttons)
	slices.SortStableFunc(ordered, func(a, b chat.Button) int {
		switch {
		case a.Main && !b.Main:
			return -1
		case b.Main && !a.Main:
			return 1
		}
		return 0
	})
	rows := []component{}
	for row := range slices.Chunk(ordered, rowMax) {
		var parts []component
		for _, b := range row {
			parts = append(parts, button(b.Label, b.Token(), b.Main))
		}
		rows = append(rows, component{Type: actionRow, Components: parts})
	}
	return rows
}

func button(label, id string, likeliest bool) component {
	style := int(discordgo.SecondaryButton)
	if likeliest {
		style = int(discordgo.PrimaryButton)
	}
	return component{Type: buttonPart, Style: style, Label: clip(label, labelMax), CustomID: id}
}

// size counts characters as Discord's own programs do, in UTF-16.
func size(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// clip shortens a label; sentences are never clipped.
func clip(s string, most int) string {
	if size(s) <= most {
		return s
	}
	n := 1
	for i, r := range s {
		if n += utf16.RuneLen(r); n > most {
			return s[:i] + "…"
		}
	}
	return s
}

// pack joins as many blocks as have room, and gives those that have not. A block
// that is too large by itself is split.
func pack(blocks []string, room int) (string, []string) {
	var b strings.Builder
	taken := 0
	for i, block := range blocks {
		between := ""
		if b.Len() > 0 {
			between = "\n\n"
		}
		left := room - taken - len(between)
		if size(block) <= left {
			b.WriteString(between + block)
			taken += len(between) + size(block)
			continue
		}
		rest := slices.Clone(blocks[i:])
		if b.Len() == 0 || size(block) > room && left > room/2 {
			head, tail, torn := cut(block, left)
			if torn && b.Len() > 0 { // it has more room in the next message
				return b.String(), rest
			}
			b.WriteString(between + head)
			if rest[0] = tail; tail == "" {
				rest = rest[1:]
			}
		}
		return b.String(), rest
	}
	return b.String(), nil
}

// cut splits a block at the end of a line or a word, but not inside a link, a
// time or code. What follows begins as the line did, so that a quotation goes on
// as one. torn tells that there was no such end, and something is cut in two.
func cut(s string, room int) (head, tail string, torn bool) {
	inside, begins := rune(0), 0
	best, line, escaped, hard := 0, 0, false, 0
	n := 0
	for i, r := range s {
		if n += utf16.RuneLen(r); n > room {
			break
		}
		if !escaped {
			hard = i
		}
		switch {
		case escaped:
			escaped = false
		case r == '\\':
			escaped = true
		case inside != 0:
			if r == inside {
				inside = 0
			}
		case r == '<':
			inside = '>'
		case r == '[':
			inside = ')'
		case r == '`':
			inside = '`'
		case r == '\n':
			best, line, begins = i, i, i+1
		case r == ' ' && i >= begins+len(lead(s[begins:])):
			best = i
		}
	}
	if best > line && line > room/2 {
		best = line // a whole line is better than a few words of the next
	}
	if best == 0 {
		return s[:hard], lead(s[begins:]) + s[hard:], true
	}
	if s[best] == '\n' {
		return s[:best], s[best+1:], false
	}
	return s[:best], lead(s[strings.LastIndexByte(s[:best], '\n')+1:]) + s[best+1:], false
}

// lead gives what begins each line of a quotation or of small print.
func lead(line string) string {
	for _, mark := range []string{"> ", "-# "} {
		if strings.HasPrefix(line, mark) {
			return mark
		}
	}
	return ""
}
