package chat

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Message is something that the bot says. Each adapter renders it in its own
// way; none may drop a part of it in silence.
type Message struct {
	// Text is Markdown: paragraphs, **strong**, *emphasis*, lists, > quotes,
	// links, and `code`. A link to time:<RFC 3339> is an instant, which the
	// platform shows in each reader's own zone; a link to person:<workspace/id>
	// is an account, and one to channel:<workspace/#id> a channel. What people wrote goes through [Plain] or [Quote] first.
	Text     string    `json:"text"`
	Chart    *Chart    `json:"chart,omitempty"`
	Event    *Event    `json:"event,omitempty"`
	Document *Document `json:"document,omitempty"`
	Files    []File    `json:"files,omitempty"`
	Buttons  []Button  `json:"buttons,omitempty"`
	Note     string    `json:"note,omitempty"` // small print below the text, Markdown: who will see it, how to stop it
}

// IsZero tells whether there is nothing to say.
func (m Message) IsZero() bool {
	return m.Text == "" && m.Chart == nil && m.Event == nil && m.Document == nil && len(m.Files) == 0 && len(m.Buttons) == 0 && m.Note == ""
}

// Button starts a command with one press. It carries everything that the
// command needs, so that it still works after years.
type Button struct {
	Label   string `json:"label"`
	Command string `json:"command"`          // the path of the command
	Record  string `json:"record,omitempty"` // the id of what it is about
	Choice  string `json:"choice,omitempty"` // one answer that it brings along
	Main    bool   `json:"main,omitempty"`   // the likeliest, shown first and stronger
}

// MaxToken is how many bytes a button's token may have: the shortest limit of
// the platforms (Discord's custom_id).
const MaxToken = 100

// Token gives what travels with the button: path, record and choice.
func (b Button) Token() string { return b.Command + "|" + b.Record + "|" + b.Choice }

// ParseToken reads what [Button.Token] gave.
func ParseToken(token string) (Button, error) {
	parts := strings.SplitN(token, "|", 3)
	if len(parts) != 3 || parts[0] == "" {
		return Button{}, fmt.Errorf("button token %q: expected command|record|choice", token)
	}
	return Button{Command: parts[0], Record: parts[1], Choice: parts[2]}, nil
}

// Chart is a picture as numbers; each adapter draws it in its own way.
type Chart struct {
	Kind   ChartKind `json:"kind"`
	Title  string    `json:"title"` // what is seen, not what is measured
	Alt    string    `json:"alt"`   // all of it in words; never empty
	Axes   []string  `json:"axes"`
	Series []Series  `json:"series"`
	Max    float64   `json:"max,omitempty"` // the end of the scale; 0 takes the largest value; a heatmap's of 1 is yes or no
}

// ChartKind is how a chart is drawn.
type ChartKind string

// The kinds of charts.
const (
	Bars    ChartKind = "bars"
	Radar   ChartKind = "radar"
	Heatmap ChartKind = "heatmap"
)

// Series is one line of numbers in a chart, one number an axis.
type Series struct {
	Name   string    `json:"name"`
	Values []float64 `json:"values"`
}

// Plain makes text that somebody wrote safe to stand inside [Message.Text]: it
// is shown as it was typed and never as mark-up. White space at the start of a
// line goes, since it could begin a block of code, and so do the two signs that turn
// the direction of all that follows, whatever it is: no language needs them.
func Plain(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "\ufffd", "\u202d", "", "\u202e", "").Replace(s)
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		line = strings.TrimLeftFunc(line, unicode.IsSpace)
		digits := len(line) - len(strings.TrimLeft(line, "0123456789"))
		for j, r := range line {
			// Some signs are mark-up anywhere; some only begin a block, at the
			// start of a line; "1." and "1)" would begin a list.
			if strings.ContainsRune("\\`*_[]<>&~|!#", r) ||
				j == 0 && strings.ContainsRune("+-=:", r) ||
				j > 0 && j == digits && (r == '.' || r == ')') {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Quote gives what somebody wrote as a quotation, each line as it was typed.
func Quote(s string) string {
	lines := strings.Split(Plain(strings.TrimSpace(s)), "\n")
	for i, l := range lines {
		if l = strings.TrimRightFunc(l, unicode.IsSpace); l == "" {
			lines[i] = ">"
			continue
		}
		// Two blanks before the line's end keep the break.
		lines[i] = "> " + l + "  "
	}
	return strings.TrimRight(strings.Join(lines, "\n"), " ")
}

// Time gives an instant that each reader sees in their own zone; words are what
// is shown where the platform cannot do that.
func Time(t time.Time, words string) string {
	return "[" + Plain(words) + "](time:" + t.Format(time.RFC3339) + ")"
}

// Mention names an account so that the platform can link it. Nobody is notified
// by it alone. Somebody who has no account any more is only named.
func Mention(u User, name string) string {
	if u.IsZero() {
		return Plain(name)
	}
	return "[" + Plain(name) + "](person:" + u.String() + ")"
}

// InChannel names a channel so that the platform can show it by its name. Only
// the platform knows that: elsewhere its id stands in.
func InChannel(p Place) string {
	return "[#" + Plain(p.Channel) + "](channel:" + p.Root().String() + ")"
}
