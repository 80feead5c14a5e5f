package discord_test

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// read is a text as Discord's programs show it.
type read struct {
	text  string
	links []string
}

var (
	lineMarks = regexp.MustCompile(`^(> |-# |#{1,3} )+`)
	bullets   = regexp.MustCompile(`^(\s*)[-*] `)
	instants  = regexp.MustCompile(`^<t:(-?\d+)(:[a-zA-Z])?>`)
	masked    = regexp.MustCompile(`^\[((?:\\.|[^\]\\])*)\]\(<?(https?://[^\s)>]+)>?\)`)
	bare      = regexp.MustCompile(`^https?://[^\s<]+[^<.,:;"'\]\s)]`)
	unfolded  = regexp.MustCompile(`^<(https?://[^\s>]+)>`)
	pinged    = regexp.MustCompile(`^<[@#][!&]?(\d+)>`)
	codes     = regexp.MustCompile("^(`+)((?:[^`]|`[^`])*?[^`])(`+)")
)

// unmark shows a text as Discord's own programs do, by the rules of its open
// parser of Markdown.
func unmark(s string) read {
	var r read
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if line == ">" {
			line = ""
		}
		line = lineMarks.ReplaceAllString(line, "")
		line = bullets.ReplaceAllString(line, "$1• ")
		lines[i] = r.line(line)
	}
	r.text = strings.TrimSpace(strings.Join(lines, "\n"))
	return r
}

func (r *read) line(s string) string {
	var b strings.Builder
	for s != "" {
		if s[0] == '\\' && len(s) > 1 && !isWord(s[1]) && s[1] < 128 {
			b.WriteByte(s[1])
			s = s[2:]
			continue
		}
		if m := instants.FindStringSubmatch(s); m != nil {
			unix, _ := strconv.ParseInt(m[1], 10, 64)
			b.WriteString(time.Unix(unix, 0).UTC().Format("Monday, 2 January 2006 15:04"))
			s = s[len(m[0]):]
			continue
		}
		if m := masked.FindStringSubmatch(s); m != nil {
			b.WriteString(r.line(m[1]))
			r.links = append(r.links, m[2])
			s = s[len(m[0]):]
			continue
		}
		if m := unfolded.FindStringSubmatch(s); m != nil {
			b.WriteString(m[1])
			r.links = append(r.links, m[1])
			s = s[len(m[0]):]
			continue
		}
		if m := pinged.FindStringSubmatch(s); m != nil {
			b.WriteString("@unknown")
			s = s[len(m[0]):]
			continue
		}
		if m := codes.FindStringSubmatch(s); m != nil && m[1] == m[3] {
			b.WriteString(m[2])
			s = s[len(m[0]):]
			continue
		}
		if m := bare.FindString(s); m != "" {
			b.WriteString(m)
			r.links = append(r.links, m)
			s = s[len(m):]
			continue
		}
		if n := b.Len(); s[0] == '_' && n > 0 && joins(b.String()[n-1]) && len(s) > 1 && joins(s[1]) { // nothing ends before a letter
			b.WriteByte(s[0])
			s = s[1:]
			continue
		}
		if m := markUp(s); m != "" {
			s = s[len(m):]
			continue
		}
		b.WriteByte(s[0])
		s = s[1:]
	}
	return b.String()
}

// markUp gives the sign that begins or ends words which look different.
func markUp(s string) string {
	for _, m := range []string{"***", "**", "__", "*", "_", "~~", "||"} {
		if strings.HasPrefix(s, m) {
			return m
		}
	}
	return ""
}

func joins(c byte) bool { return c != ' ' && isWord(c) }

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == ' '
}
