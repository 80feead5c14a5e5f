package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
)

// localPlatform is the local workspace, by the API that its page in the browser uses.
type localPlatform struct{ address func() string }

func (s localPlatform) addPerson(name, zone string, admin bool) error {
	return s.post("people", ask{"id": name, "zone": zone, "admin": admin}, nil)
}

func (s localPlatform) addChannel(name, topic string) error {
	return s.post("channels", ask{"id": name, "topic": topic}, nil)
}

func (localPlatform) join(who, channel string) error { return nil } // everybody is in every channel

func (localPlatform) leave(who, channel string) error {
	return fmt.Errorf("in the local workspace nobody can leave a channel; put [!local] before the line")
}

func (s localPlatform) look(who string, at spot) ([]seen, error) {
	var a struct{ Messages []localMessage }
	err := s.get("messages", url.Values{"as": {who}, "place": {localPlace(at)}, "thread": {at.thread}, "limit": {"200"}}, &a)
	var all []seen
	for _, m := range a.Messages {
		if !m.Deleted {
			all = append(all, m.seen(at, s))
		}
	}
	return all, err
}

func (s localPlatform) say(who string, at spot, text string, files ...upload) (string, error) {
	var ids []string
	for _, f := range files {
		id, err := s.upload(who, f)
		if err != nil {
			return "", err
		}
		ids = append(ids, id)
	}
	var a struct{ Message localMessage }
	err := s.post("say", ask{"as": who, "place": localPlace(at), "thread": at.thread, "text": text, "files": ids}, &a)
	return a.Message.ID, err
}

func (s localPlatform) upload(who string, f upload) (string, error) {
	var a struct{ File struct{ ID string } }
	err := s.post("upload", ask{"as": who, "name": f.name, "type": http.DetectContentType(f.data), "data": f.data, "alt": f.name}, &a)
	return a.File.ID, err
}

func (s localPlatform) edit(who string, m seen, text string) error {
	return s.post("edit", ask{"as": who, "message": m.id, "text": text}, nil)
}

func (s localPlatform) remove(who string, m seen) error {
	return s.post("delete", ask{"as": who, "message": m.id}, nil)
}

func (s localPlatform) command(who string, at spot, text string) (seen, error) {
	return s.act("command", ask{"as": who, "place": localPlace(at), "thread": at.thread, "text": text})
}

func (s localPlatform) press(who string, m seen, b button) (seen, error) {
	return s.act("press", ask{"as": who, "message": m.id, "button": b.token})
}

func (s localPlatform) menu(who string, m seen, label string) (seen, error) {
	path, err := menuPath(label)
	if err != nil {
		return seen{}, err
	}
	return s.act("menu", ask{"as": who, "message": m.id, "command": path})
}

func (s localPlatform) submit(who string, all []given) (seen, error) {
	var open struct {
		Forms []chat.Form `json:"forms"`
	}
	if err := s.get("state", url.Values{"as": {who}}, &open); err != nil {
		return seen{}, err
	}
	if len(open.Forms) == 0 {
		return seen{}, fmt.Errorf("no form is open for %s", who)
	}
	f := open.Forms[len(open.Forms)-1]
	answers := map[string]any{}
	for name, a := range f.Filled {
		answers[name] = a.Values
	}
	for _, g := range all {
		i := slices.IndexFunc(f.Fields, func(f chat.Field) bool { return f.Name == g.field })
		if i < 0 {
			return seen{}, fmt.Errorf("the form %q has no field %q", f.Title, g.field)
		}
		field := f.Fields[i]
		switch field.Kind {
		case chat.Upload:
			if g.file == nil {
				return seen{}, fmt.Errorf("the field %q takes a file: %s=@FILE", g.field, g.field)
			}
			id, err := s.upload(who, *g.file)
			if err != nil {
				return seen{}, err
			}
			answers[g.field] = map[string]any{"files": []string{id}}
		case chat.Choices:
			var values []string
			for part := range strings.SplitSeq(g.text, ",") {
				values = append(values, chosen(field.Options, strings.TrimSpace(part)))
			}
			answers[g.field] = values
		default:
			answers[g.field] = chosen(field.Options, g.text)
		}
	}
	return s.act("submit", ask{"as": who, "form": string(f.ID), "answers": answers})
}

// chosen gives the value of the option that is meant, or the text itself.
func chosen(options []chat.Option, text string) string {
	for _, o := range options {
		if o.Value == text {
			return text
		}
	}
	for _, o := range options {
		if strings.HasPrefix(o.Label, text) && text != "" {
			return o.Value
		}
	}
	return text
}

func localPlace(at spot) string {
	if at.channel == "" {
		return "@" + theBot
	}
	return at.channel
}

type ask map[string]any

// localMessage is a message as the API gives it.
type localMessage struct {
	ID      string `json:"id"`
	Author  struct{ Name string }
	Text    string `json:"text"`
	Note    string `json:"note"`
	Mine    bool   `json:"mine"`
	OnlyYou bool   `json:"onlyYou"`
	Deleted bool   `json:"deleted"`
	Buttons []struct{ Label, Token string }
	Files   []struct{ Kind, Name, Alt, URL string }
	Chart   *struct{ Title, Alt string }
}

func (m localMessage) seen(at spot, p localPlatform) seen {
	s := seen{id: m.ID, at: at, author: m.Author.Name, mine: m.Mine, only: m.OnlyYou, text: looks(m.Text), note: looks(m.Note)}
	if m.Chart != nil {
		s.text += "\n" + m.Chart.Title + "\n" + m.Chart.Alt
	}
	for _, f := range m.Files {
		s.files = append(s.files, f.Kind+": "+f.Alt)
		s.kept = append(s.kept, seenFile{f.Name, func() ([]byte, error) { return p.file(f.URL) }})
	}
	for _, b := range m.Buttons {
		s.buttons = append(s.buttons, button{b.Label, b.Token})
	}
	return s
}

var (
	marks   = strings.NewReplacer("**", "", "`", "")
	target  = regexp.MustCompile(`\[((?:[^\]\\]|\\.)*)\]\((?:time|person|channel):[^)]*\)`)
	escapes = regexp.MustCompile(`\\([[:punct:]])`)
)

// looks gives the bot's own Markdown as it looks: without mark-up.
func looks(markdown string) string {
	return escapes.ReplaceAllString(marks.Replace(target.ReplaceAllString(markdown, "$1")), "$1")
}

// act does what somebody gets an answer for.
func (s localPlatform) act(call string, a ask) (seen, error) {
	var got struct {
		Reply  *localMessage     `json:"reply"`
		Form   *chat.Form        `json:"form"`
		Errors map[string]string `json:"errors"`
	}
	if err := s.post(call, a, &got); err != nil {
		return seen{}, err
	}
	switch {
	case got.Reply != nil:
		return got.Reply.seen(spot{}, s), nil
	case got.Form != nil:
		f := got.Form
		shown := seen{text: looks(f.Title + "\n" + f.Intro), note: looks(f.Note), buttons: []button{{label: f.Submit}}}
		for _, field := range f.Fields {
			stands := slices.Clone(f.Filled[field.Name].Values)
			for i, v := range stands {
				for _, o := range field.Options {
					if o.Value == v {
						stands[i] = o.Label
					}
				}
			}
			shown.text += "\n" + field.Label + ": " + strings.Join(stands, ", ")
			if fault := f.Errors[field.Name]; fault != "" {
				shown.text += "\n" + field.Name + ": " + looks(fault)
			}
		}
		return shown, nil
	}
	return faults(got.Errors), nil
}

// faults gives what was wrong with a form, by the names of the fields.
func faults(errors map[string]string) seen {
	var lines []string
	for name, fault := range errors {
		lines = append(lines, name+": "+looks(fault))
	}
	slices.Sort(lines)
	return seen{text: strings.Join(lines, "\n")}
}

func (s localPlatform) get(call string, q url.Values, into any) error {
	response, err := http.Get("http://" + s.address() + "/api/" + call + "?" + q.Encode())
	if err != nil {
		return err
	}
	return readAnswer(call, response, into)
}

func (s localPlatform) post(call string, a ask, into any) error {
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	response, err := http.Post("http://"+s.address()+"/api/"+call, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	return readAnswer(call, response, into)
}

// file gives the bytes of a file that stands in a message.
func (s localPlatform) file(path string) ([]byte, error) {
	response, err := http.Get("http://" + s.address() + path)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	return io.ReadAll(response.Body)
}

func readAnswer(call string, r *http.Response, into any) error {
	defer r.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(r.Body); err != nil {
		return err
	}
	if r.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s: %s", call, r.Status, b.String())
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(b.Bytes(), into)
}

// now is what the clock of a demonstration shows.
func (s localPlatform) now() (time.Time, error) {
	var a struct {
		Clock struct{ Now time.Time } `json:"clock"`
	}
	err := s.get("state", nil, &a)
	return a.Clock.Now, err
}

// moveClock moves it.
func (s localPlatform) moveClock(to time.Time) error {
	return s.post("clock", ask{"move": to.Format(time.RFC3339)}, nil)
}

// settle waits for as long as it takes to say what was going to be said.
func (localPlatform) settle() error {
	time.Sleep(150 * time.Millisecond)
	return nil
}

// localWire is the local workspace of a program that serves it.
type localWire struct {
	localPlatform
	at string
}

func newLocalWire() (*localWire, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer l.Close()
	w := &localWire{at: l.Addr().String()}
	w.address = func() string { return w.at }
	return w, nil
}

func (w *localWire) config() string {
	return "local: {address: \"" + w.at + "\", people: [{id: keeper, admin: true}], channels: [{id: lobby}]}\n"
}
func (*localWire) env() []string { return nil }

func (w *localWire) connected() bool {
	return w.get("state", nil, nil) == nil
}
func (w *localWire) alone() bool        { return !w.connected() }
func (*localWire) complaints() []string { return nil }
func (*localWire) secrets() []string    { return nil }
func (*localWire) close()               {}
