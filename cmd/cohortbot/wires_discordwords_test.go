package main

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	discordTime    = regexp.MustCompile(`<t:(-?\d+)(?::[a-zA-Z])?>`)
	discordMention = regexp.MustCompile(`<(@!?|#)(\d+)>`)
	discordLink    = regexp.MustCompile(`\[((?:[^\]\\]|\\.)*)\]\(<?[^)>]*>?\)`)
	discordMarks   = regexp.MustCompile("\\\\([[:punct:]])|\\*\\*|`")
	discordTyped   = regexp.MustCompile(`@[a-z]+`)
)

// read puts a text in Discord's mark-up into what is seen: the small print apart.
// An instant is shown as Discord does to somebody in Auckland.
func (d *discordWire) read(text string, out *seen) {
	text = discordTime.ReplaceAllStringFunc(text, func(m string) string {
		unix, _ := strconv.ParseInt(discordTime.FindStringSubmatch(m)[1], 10, 64)
		return time.Unix(unix, 0).In(demoZone.Location()).Format("Monday, 2 January 2006 at 15:04")
	})
	text = discordMention.ReplaceAllStringFunc(text, func(m string) string {
		found := discordMention.FindStringSubmatch(m)
		if found[1] == "#" {
			return d.named(found[2])
		}
		return "@" + d.named(found[2])
	})
	text = discordLink.ReplaceAllString(text, "$1")
	text = discordMarks.ReplaceAllString(text, "$1")
	var lines, notes []string
	for line := range strings.SplitSeq(text, "\n") {
		if note, ok := strings.CutPrefix(line, "-# "); ok {
			notes = append(notes, note)
		} else {
			lines = append(lines, line)
		}
	}
	out.text, out.note = strings.TrimSpace(strings.Join(lines, "\n")), strings.Join(notes, "\n")
}

// mention writes names as Discord's own line does.
func (d *discordWire) mention(text string) string {
	return discordTyped.ReplaceAllStringFunc(text, func(m string) string {
		if id := d.person(m[1:]); id != "" {
			return "<@" + id + ">"
		}
		return m
	})
}
