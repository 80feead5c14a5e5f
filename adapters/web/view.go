package web

import (
	"context"
	"html"
	"regexp"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/store"
)

// Shown is a message as one person sees it.
type Shown struct {
	ID      string        `json:"id"`
	Place   string        `json:"place"`            // a channel's name, or "@cohortbot" for the direct messages
	Thread  string        `json:"thread,omitempty"` // the message that it replies to
	Author  Author        `json:"author"`
	At      time.Time     `json:"at"`
	Text    string        `json:"text"` // plain from people, Markdown from the bot
	HTML    string        `json:"html"` // the same, safe to be put into a page
	Note    string        `json:"note,omitempty"`
	Small   string        `json:"noteHtml,omitempty"`
	Files   []ShownFile   `json:"files,omitempty"`
	Buttons []ShownButton `json:"buttons,omitempty"`
	Chart   *ShownChart   `json:"chart,omitempty"`
	OnlyYou bool          `json:"onlyYou,omitempty"`
	Edited  bool          `json:"edited,omitempty"`
	Deleted bool          `json:"deleted,omitempty"`
	Mine    bool          `json:"mine,omitempty"`
	Replies int           `json:"replies,omitempty"`
	Latest  time.Time     `json:"latest,omitzero"`
}

// Author is who said something.
type Author struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Bot  bool   `json:"bot,omitempty"`
}

// ShownFile is a file with the address of its bytes.
type ShownFile struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
	Kind string `json:"kind"`
	Size int64  `json:"size"`
	Alt  string `json:"alt,omitempty"`
	URL  string `json:"url"`
}

// ShownButton is a button, pressed by its token.
type ShownButton struct {
	Label string `json:"label"`
	Token string `json:"token"`
	Main  bool   `json:"main,omitempty"`
}

// ShownChart is a chart, drawn and in words.
type ShownChart struct {
	Title string `json:"title"`
	Alt   string `json:"alt"`
	SVG   string `json:"svg"`
}

// Page is how many messages come at once, unless asked otherwise.
const Page = 50

// See gives what a person sees in a place, the oldest first: at most limit
// messages (Page, where it is 0) before the one with the id before (the latest,
// where it is empty), and whether there are earlier ones. In a thread, the
// message that it hangs under is not among them.
func (w *Workspace) See(ctx context.Context, as string, at chat.Place, before string, limit int) (seen []Shown, earlier bool, err error) {
	if limit <= 0 || limit > 4*Page {
		limit = Page
	}
	err = w.store.View(ctx, func(tx store.Tx) error {
		seen, earlier = nil, false
		v, err := w.newViewer(tx, as)
		if err != nil {
			return err
		}
		if err := mustBePlace(tx, as, at.Root()); err != nil {
			return err
		}
		from := store.Key(at.String())
		to := store.PrefixEnd(from)
		if before != "" {
			to = store.Key(at.String(), before)
		}
		for row, err := range messages.Range(tx, "by place", from, to, true) {
			if err != nil {
				return err
			}
			if !v.sees(row.Value) {
				continue
			}
			if len(seen) == limit {
				earlier = true
				break
			}
			seen = append(seen, v.show(row.ID, row.Value))
		}
		return nil
	})
	for i, j := 0, len(seen)-1; i < j; i, j = i+1, j-1 {
		seen[i], seen[j] = seen[j], seen[i]
	}
	return seen, earlier, err
}

// seeOne gives one message, if the person may see it.
func (w *Workspace) seeOne(ctx context.Context, as string, id messageID) (shown Shown, found bool, err error) {
	err = w.store.View(ctx, func(tx store.Tx) error {
		m, err := messages.Get(tx, id)
		if err != nil {
			return err
		}
		v, err := w.newViewer(tx, as)
		if err != nil {
			return err
		}
		if found = v.sees(m); found {
			shown = v.show(id, m)
		}
		return nil
	})
	return shown, found, err
}

// viewer is somebody who looks: what they may see, by which names and in which
// zone.
type viewer struct {
	as    string
	zone  *time.Location
	now   time.Time
	names map[string]string
}

func (w *Workspace) newViewer(tx store.Tx, as string) (viewer, error) {
	v := viewer{as: as, zone: time.UTC, now: w.o.Clock.Now()}
	p, err := findPerson(tx, as)
	if err != nil {
		return v, err
	}
	if zone, err := time.LoadLocation(p.Profile.Zone); err == nil {
		v.zone = zone
	}
	v.names, err = names(tx)
	return v, err
}

func (v viewer) sees(m message) bool {
	return (m.For == "" || m.For == v.as) && (!m.Place.IsDirect() || m.Place.User == v.as)
}

func (v viewer) show(id messageID, m message) Shown {
	s := Shown{
		ID: string(id), Place: m.Place.Channel, Thread: m.Place.Thread, At: m.At,
		Author: Author{ID: m.Author, Name: v.names[m.Author], Bot: m.Author == BotID},
		Text:   m.Body.Text, Note: m.Body.Note,
		OnlyYou: m.For != "", Edited: m.Edited, Deleted: m.Deleted, Mine: m.Author == v.as,
		Replies: m.Replies, Latest: m.Latest,
	}
	if m.Place.IsDirect() {
		s.Place = "@" + BotID
	}
	if s.Author.Name == "" {
		s.Author.Name = m.Author
	}
	if s.Author.Bot {
		s.HTML = v.markdown(m.Body.Text)
		s.Small = v.markdown(m.Body.Note)
	} else {
		s.HTML = plainHTML(m.Body.Text)
	}
	for _, f := range m.Body.Files {
		s.Files = append(s.Files, showFile(f))
	}
	for _, b := range m.Body.Buttons {
		s.Buttons = append(s.Buttons, ShownButton{Label: b.Label, Token: b.Token(), Main: b.Main})
	}
	if c := m.Body.Chart; c != nil {
		s.Chart = &ShownChart{Title: c.Title, Alt: c.Alt, SVG: draw(*c)}
	}
	return s
}

var webAddress = regexp.MustCompile(`https?://[^\s<>"]+[^\s<>".,;:!?'\)\]]`)

// plainHTML shows text as it was typed, with its line breaks, and web addresses
// as links.
func plainHTML(s string) string {
	var b strings.Builder
	for _, line := range strings.SplitAfter(s, "\n") {
		at := 0
		for _, span := range webAddress.FindAllStringIndex(line, -1) {
			b.WriteString(html.EscapeString(line[at:span[0]]))
			address := html.EscapeString(line[span[0]:span[1]])
			b.WriteString(`<a href="` + address + `" rel="noreferrer noopener" target="_blank">` + address + `</a>`)
			at = span[1]
		}
		rest := html.EscapeString(line[at:])
		b.WriteString(strings.Replace(rest, "\n", "<br>\n", 1))
	}
	if b.Len() == 0 {
		return ""
	}
	return "<p>" + b.String() + "</p>"
}
