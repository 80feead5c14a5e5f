package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"cohortbot/bot/chat"
)

// The commands with which a script acts as people do. They go through the API of
// the workspace at $ADDR, as the page in the browser does. Whoever acts comes
// first; a place is a channel (garden), the thread under the youngest question
// there that WHO can see (garden/thread), or somebody's own messages with the bot
// (private).
//
//	add person ID ZONE [admin]       somebody new in the workspace
//	add channel ID                   a new channel
//	say WHO PLACE TEXT               writes a message
//	edit WHO PLACE OLD NEW           changes a message of their own that contains OLD
//	delete WHO PLACE TEXT            deletes a message of their own that contains TEXT
//	type WHO PLACE '/COMMAND …'      gives a slash command
//	press WHO PLACE LABEL            presses the youngest button of that name
//	submit WHO [FIELD=VALUE …]       hands in the form that is open for them; what
//	                                 already stands in it stays; @FILE takes a text
//	                                 from the end of the script
//	see WHO PLACE REGEXP             waits until they see a message like that
//	see -count=2 WHO PLACE REGEXP    … and as many
//	! see WHO PLACE REGEXP           waits until they see none, and none comes
//	clock WHEN                       moves the clock: 1h, 1d, 1w, monday, or
//	                                 'thu 16:05', the next such time in Auckland
//
// What type, press and submit answer can be looked at with stdout: the words,
// then the small print in brackets, then [Button] [Button]. Whatever anybody sees
// in a script is checked for what must never be shown; see unfit.
var journeyCommands = map[string]func(*testscript.TestScript, bool, []string){
	"add":    words(3, 4, add),
	"say":    words(3, 3, say),
	"edit":   words(4, 4, edit),
	"delete": words(3, 3, deleteSaid),
	"type":   words(3, 3, typed),
	"press":  words(3, 3, press),
	"submit": words(1, 9, submit),
	"clock":  words(1, 1, moveClock),
	"see":    see,
}

// words makes a command of a function, for so many words after its name.
func words(least, most int, do func(*testscript.TestScript, []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) < least || len(args) > most {
			ts.Fatalf("not like this; see the top of journey_test.go")
		}
		do(ts, args)
	}
}

func add(ts *testscript.TestScript, args []string) {
	what, id := args[0], args[1]
	if what == "channel" {
		post(ts, "channels", ask{"id": id, "topic": args[2]}, nil)
		return
	}
	post(ts, "people", ask{"id": id, "zone": args[2], "admin": len(args) == 4}, nil)
}

func say(ts *testscript.TestScript, args []string) {
	place, thread := whereIs(ts, args[0], args[1])
	post(ts, "say", ask{"as": args[0], "place": place, "thread": thread, "text": args[2]}, nil)
}

func edit(ts *testscript.TestScript, args []string) {
	post(ts, "edit", ask{"as": args[0], "message": own(ts, args[0], args[1], args[2]), "text": args[3]}, nil)
}

func deleteSaid(ts *testscript.TestScript, args []string) {
	post(ts, "delete", ask{"as": args[0], "message": own(ts, args[0], args[1], args[2])}, nil)
}

// own finds the youngest message of somebody's own with a text.
func own(ts *testscript.TestScript, who, place, text string) string {
	for _, m := range slices.Backward(look(ts, who, place)) {
		if m.Mine && strings.Contains(m.Text, text) {
			return m.ID
		}
	}
	ts.Fatalf("%s has written no %q in %s", who, text, place)
	return ""
}

func typed(ts *testscript.TestScript, args []string) {
	place, thread := whereIs(ts, args[0], args[1])
	var a reaction
	post(ts, "command", ask{"as": args[0], "place": place, "thread": thread, "text": args[2]}, &a)
	a.show(ts)
}

func press(ts *testscript.TestScript, args []string) {
	var labels []string
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		labels = nil
		for _, m := range slices.Backward(look(ts, args[0], args[1])) {
			for _, b := range m.Buttons {
				if b.Label == args[2] {
					var a reaction
					post(ts, "press", ask{"as": args[0], "message": m.ID, "button": b.Token}, &a)
					a.show(ts)
					return
				}
				labels = append(labels, b.Label)
			}
		}
	}
	ts.Fatalf("%s sees no button %q in %s, only %q", args[0], args[2], args[1], labels)
}

func submit(ts *testscript.TestScript, args []string) {
	var s struct {
		Forms []chat.Form `json:"forms"`
	}
	get(ts, "state", url.Values{"as": {args[0]}}, &s)
	if len(s.Forms) == 0 {
		ts.Fatalf("no form is open for %s", args[0])
	}
	f := s.Forms[len(s.Forms)-1]
	given := map[string]any{}
	for name, a := range f.Filled {
		given[name] = a.Values
	}
	for _, arg := range args[1:] {
		name, text, _ := strings.Cut(arg, "=")
		if file, ok := strings.CutPrefix(text, "@"); ok {
			text = ts.ReadFile(file)
		}
		i := slices.IndexFunc(f.Fields, func(f chat.Field) bool { return f.Name == name })
		if i < 0 {
			ts.Fatalf("the form %q has no field %q", f.Title, name)
		}
		for _, o := range f.Fields[i].Options {
			if strings.HasPrefix(o.Label, text) {
				text = o.Value
			}
		}
		given[name] = text
	}
	var a reaction
	post(ts, "submit", ask{"as": args[0], "form": string(f.ID), "answers": given}, &a)
	a.show(ts)
}

func see(ts *testscript.TestScript, neg bool, args []string) {
	count := 0
	if n, ok := strings.CutPrefix(args[0], "-count="); ok {
		var err error
		count, err = strconv.Atoi(n)
		ts.Check(err)
		args = args[1:]
	}
	if len(args) != 3 || neg && count > 0 {
		ts.Fatalf("usage: [!] see [-count=N] WHO PLACE REGEXP")
	}
	pattern, err := regexp.Compile("(?s)" + args[2])
	ts.Check(err)
	here := func() (like, all []string) {
		for _, m := range look(ts, args[0], args[1]) {
			text := m.words()
			if all = append(all, text); pattern.MatchString(text) {
				like = append(like, text)
			}
		}
		return like, all
	}
	wanted := func(n int) bool { return neg && n == 0 || !neg && n > 0 && (count == 0 || n == count) }
	deadline := time.Now().Add(patience)
	for since := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		like, all := here()
		now := time.Now()
		switch {
		case !wanted(len(like)) && now.After(deadline):
			ts.Fatalf("%s sees %d like that in %s:\n\n%s", args[0], len(like), args[1], strings.Join(all, "\n----\n"))
		case !wanted(len(like)):
			since = now
		case !neg && count == 0, now.Sub(since) > steady:
			fmt.Fprintln(ts.Stdout(), strings.Join(like, "\n"))
			return
		}
	}
}

func moveClock(ts *testscript.TestScript, args []string) {
	move := args[0]
	if day, clock, ok := strings.Cut(move, " "); ok {
		var s struct {
			Clock struct{ Now time.Time } `json:"clock"`
		}
		get(ts, "state", nil, &s)
		at, err := time.Parse("15:04", clock)
		ts.Check(err)
		now := s.Clock.Now.In(demoZone.Location())
		to := time.Date(now.Year(), now.Month(), now.Day(), at.Hour(), at.Minute(), 0, 0, now.Location())
		for i := 0; !to.After(now) || !strings.EqualFold(to.Format("Mon"), day); i++ {
			if to = to.AddDate(0, 0, 1); i > 8 {
				ts.Fatalf("no day of the week is called %q", day)
			}
		}
		move = to.Format(time.RFC3339)
	}
	post(ts, "clock", ask{"as": "wiremu", "move": move}, nil)
}

const (
	// patience is how long something may take to be seen, or to be gone.
	patience = 30 * time.Second
	// steady is how long it must stay so, where it matters that there is not one
	// more: long enough to say what was going to be said.
	steady = 150 * time.Millisecond
)

type ask map[string]any

// said is a message as somebody sees it.
type said struct {
	ID      string `json:"id"`
	Author  struct{ Name string }
	Text    string `json:"text"`
	Note    string `json:"note"`
	Mine    bool   `json:"mine"`
	Deleted bool   `json:"deleted"`
	Buttons []struct{ Label, Token string }
	Files   []struct{ Kind, Alt string }
}

func (m said) words() string {
	text := m.Author.Name + ": " + looks(m.Text)
	if m.Note != "" {
		text += "\n(" + looks(m.Note) + ")"
	}
	for _, f := range m.Files {
		text += "\n" + f.Kind + ": " + f.Alt
	}
	return text + "\n" + buttons(m)
}

func buttons(m said) string {
	var all []string
	for _, b := range m.Buttons {
		all = append(all, "["+b.Label+"]")
	}
	return strings.Join(all, " ")
}

var (
	marks   = strings.NewReplacer("**", "", "`", "")
	target  = regexp.MustCompile(`\[((?:[^\]\\]|\\.)*)\]\((?:time|person|channel):[^)]*\)`)
	escapes = regexp.MustCompile(`\\([[:punct:]])`)
)

// looks gives a text as it looks: without mark-up.
func looks(markdown string) string {
	return escapes.ReplaceAllString(marks.Replace(target.ReplaceAllString(markdown, "$1")), "$1")
}

// unfit is what people must never be shown: the insides of the program, and
// sentences that were put together without reading them.
var unfit = regexp.MustCompile(`local/|%!|<nil>|map\[|[0-9a-f]{8}-[0-9a-f]{4}-|\b1 (?:days|weeks|people|hours|minutes|answers)\b|\b0001\b|\bnil\b|\.\.$|\.\. |  \S`)

func fit(ts *testscript.TestScript, text string) {
	if found := unfit.FindString(text); found != "" {
		ts.Fatalf("nobody should be shown %q:\n%s", found, text)
	}
}

// reaction is what somebody gets for a command, a button or a form.
type reaction struct {
	Reply  *said             `json:"reply"`
	Form   *chat.Form        `json:"form"`
	Errors map[string]string `json:"errors"`
}

func (a reaction) show(ts *testscript.TestScript) {
	var text string
	switch {
	case a.Reply != nil:
		text = a.Reply.words()
	case a.Form != nil:
		text = looks(a.Form.Title + "\n" + a.Form.Intro + "\n")
		for _, f := range a.Form.Fields {
			stands := slices.Clone(a.Form.Filled[f.Name].Values)
			for i, v := range stands {
				for _, o := range f.Options {
					if o.Value == v {
						stands[i] = o.Label
					}
				}
			}
			text += f.Label + ": " + strings.Join(stands, ", ") + "\n"
		}
		text += "(" + looks(a.Form.Note) + ")\n[" + a.Form.Submit + "]"
	default:
		for name, fault := range a.Errors {
			text += name + ": " + looks(fault) + "\n"
		}
	}
	fit(ts, text)
	fmt.Fprintln(ts.Stdout(), text)
}

// whereIs reads a place as a script names it.
func whereIs(ts *testscript.TestScript, who, place string) (id, thread string) {
	if place == "private" {
		return "@cohortbot", ""
	}
	id, under, inThread := strings.Cut(place, "/")
	if !inThread || under != "thread" {
		return place, ""
	}
	for _, m := range slices.Backward(lookIn(ts, who, id, "")) {
		if strings.HasPrefix(m.Text, "**Week ") && m.Author.Name == "cohortbot" && strings.Contains(buttons(m), "[Answer]") {
			return id, m.ID
		}
	}
	ts.Fatalf("%s sees no question in %s", who, id)
	return "", ""
}

func look(ts *testscript.TestScript, who, place string) []said {
	id, thread := whereIs(ts, who, place)
	return lookIn(ts, who, id, thread)
}

func lookIn(ts *testscript.TestScript, who, id, thread string) []said {
	var a struct{ Messages []said }
	get(ts, "messages", url.Values{"as": {who}, "place": {id}, "thread": {thread}, "limit": {"200"}}, &a)
	for _, m := range a.Messages {
		fit(ts, m.words())
	}
	return a.Messages
}

func get(ts *testscript.TestScript, call string, q url.Values, into any) {
	response, err := http.Get("http://" + ts.Getenv("ADDR") + "/api/" + call + "?" + q.Encode())
	ts.Check(err)
	read(ts, call, response, into)
}

func post(ts *testscript.TestScript, call string, a ask, into any) {
	body, err := json.Marshal(a)
	ts.Check(err)
	response, err := http.Post("http://"+ts.Getenv("ADDR")+"/api/"+call, "application/json", bytes.NewReader(body))
	ts.Check(err)
	read(ts, call, response, into)
}

func read(ts *testscript.TestScript, call string, r *http.Response, into any) {
	defer r.Body.Close()
	var b bytes.Buffer
	_, err := b.ReadFrom(r.Body)
	ts.Check(err)
	if r.StatusCode != http.StatusOK {
		ts.Fatalf("%s: %s: %s", call, r.Status, b.String())
	}
	if into != nil {
		ts.Check(json.Unmarshal(b.Bytes(), into))
	}
}
