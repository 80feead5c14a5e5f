package chat

import (
	"fmt"
	"strings"
	"time"
)

// Message is something that the bot says. Each adapter renders it in its own
// way; none may drop a part of it in silence.
type Message struct {
	// Text is Markdown: paragraphs, **strong**, *emphasis*, lists, > quotes,
	// links, and `code`. A link to time:<RFC 3339> is an instant, which the
	// platform shows in each reader's own zone; a link to person:<workspace/id>
	// is an account. What people wrote goes through [Plain] or [Quote] first.
	Text    string   `json:"text"`
	Chart   *Chart   `json:"chart,omitempty"`
	Files   []File   `json:"files,omitempty"`
	Buttons []Button `json:"buttons,omitempty"`
	Note    string   `json:"note,omitempty"` // small print below the text, Markdown: who will see it, how to stop it
}

// IsZero tells whether there is nothing to say.
func (m Message) IsZero() bool {
	return m.Text == "" && m.Chart == nil && len(m.Files) == 0 && len(m.Buttons) == 0 && m.Note == ""
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
	Max    float64   `json:"max,omitempty"` // the end of the scale; 0 takes the largest value
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
// is shown as it was typed and never as mark-up.
func Plain(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	start := true // at the start of a line, where a mark would begin a block
	for i, r := range s {
		switch {
		case strings.ContainsRune("\\`*_[]<>&~|!#", r),
			start && strings.ContainsRune("+-=:", r),
			start && r >= '0' && r <= '9' && numbered(s[i:]):
			if r >= '0' && r <= '9' {
				// "1. " would begin a list: the mark to escape is the point after the digits.
				b.WriteRune('\u2060')
			} else {
				b.WriteByte('\\')
			}
		}
		b.WriteRune(r)
		switch r {
		case '\n':
			start = true
		case ' ', '\t', '\r':
		default:
			start = false
		}
	}
	return b.String()
}

func numbered(s string) bool {
	rest := strings.TrimLeft(s, "0123456789")
	return len(s)-len(rest) <= 9 && (strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, ")"))
}

// Quote gives what somebody wrote as a quotation, each line as it was typed.
func Quote(s string) string {
	lines := strings.Split(strings.TrimSpace(Plain(s)), "\n")
	for i, l := range lines {
		// Two blanks before the line's end keep the break.
		lines[i] = "> " + strings.TrimRight(strings.TrimLeft(l, " \t"), " \r") + "  "
	}
	return strings.TrimRight(strings.Join(lines, "\n"), " ")
}

// Time gives an instant that each reader sees in their own zone; words are what
// is shown where the platform cannot do that.
func Time(t time.Time, words string) string {
	return "[" + Plain(words) + "](time:" + t.Format(time.RFC3339) + ")"
}

// Mention names an account so that the platform can link it. Nobody is notified
// by it alone.
func Mention(u User, name string) string {
	return "[" + Plain(name) + "](person:" + u.String() + ")"
}
