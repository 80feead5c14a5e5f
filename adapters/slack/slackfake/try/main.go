// Command try is a local Slack for trying an app by hand: it prints the tokens and
// the address to give to the app, and then takes what people do, a line each.
//
//	go run ./adapters/slack/slackfake/try [-addr 127.0.0.1:7788] [-manifest FILE]
//
// Type "help" for what people can do.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"cohortbot/adapters/slack/slackfake"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "where to listen")
	manifest := flag.String("manifest", "", "set the app up by this manifest, as Slack would")
	flag.Parse()
	if err := run(*addr, *manifest, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

const help = `A line is what one of ana, ben and chi does in #learning, or in dm:
  ana: /plan show          type a command
  ana: hello               say something
  ana dm: hello            say it to the bot alone (commands too)
  ana > 3: I did           reply under message 3
  ana press 3 Keep it      press a button (or "home" or "form" for the number)
  ana menu 3 keep          choose from the menu of a message, by callback id
  ana fill Why now?=words  fill in a field of the form
  ana submit               submit the form
  ana close                close the form
  ana home                 open the Home tab
  ana look, ana look dm    see everything again
  drop, refresh, deaf      what may happen to the sockets
  quit
`

// stage is the workspace and what its people have in view.
type stage struct {
	s      *slackfake.Server
	out    io.Writer
	people map[string]string
	room   string
	seen   []slackfake.Message // by the number shown, from 1
}

func run(addr, manifest string, in io.Reader, out io.Writer) error {
	var o slackfake.Options
	if manifest != "" {
		text, err := os.ReadFile(manifest)
		if err != nil {
			return err
		}
		if o.App, err = slackfake.FromManifest(text); err != nil {
			return err
		}
	}
	s := slackfake.New(o)
	if err := s.StartAt(addr); err != nil {
		return err
	}
	defer s.Close()
	st := &stage{s: s, out: out, people: map[string]string{}}
	members := []string{s.BotUser()}
	for _, u := range []slackfake.User{
		{Name: "ana", RealName: "Ana Pérez", TZ: "Pacific/Auckland", TZOffset: 43200, Admin: true},
		{Name: "ben", RealName: "Ben Osei", TZ: "Africa/Accra"},
		{Name: "chi", RealName: "Chi Nguyễn", TZ: "Asia/Ho_Chi_Minh", TZOffset: 25200},
	} {
		st.people[u.Name] = s.AddUser(u)
		members = append(members, st.people[u.Name])
	}
	st.room = s.AddChannel("learning", false, members...)
	fmt.Fprintf(out, "SLACK_API_URL=%s\nSLACK_BOT_TOKEN=%s\nSLACK_APP_TOKEN=%s\n#learning is %s\n", s.APIURL(), s.BotToken(), s.AppToken(), st.room)
	for name, id := range st.people {
		fmt.Fprintf(out, "%s is %s\n", name, id)
	}
	fmt.Fprint(out, help)
	for lines := bufio.NewScanner(in); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		switch line {
		case "":
		case "quit":
			return nil
		case "help":
			fmt.Fprint(out, help)
		case "drop":
			s.DropConnections()
		case "refresh":
			s.Disconnect("refresh_requested")
		case "deaf":
			s.Deaf()
		default:
			if err := st.act(line); err != nil {
				fmt.Fprintln(out, "  !", err)
			}
		}
	}
	return nil
}

// act does what one line says.
func (st *stage) act(line string) error {
	name, rest, _ := strings.Cut(line, " ")
	who, what, said := strings.Cut(line, ":")
	words := strings.Fields(who)
	if said && len(words) > 0 && (len(words) == 1 || words[1] == "dm" || words[1] == ">") {
		name = words[0]
	} else {
		said = false
	}
	id := st.people[name]
	if id == "" {
		return fmt.Errorf("%q is nobody here; a line is like: ana: /plan show", name)
	}
	place := st.room
	if said {
		s := slackfake.Said{Text: strings.TrimSpace(what)}
		if len(words) > 1 && words[1] == "dm" {
			place = st.s.DM(id)
		}
		if len(words) == 3 && words[1] == ">" {
			m, err := st.message(words[2])
			if err != nil {
				return err
			}
			place, s.Thread = m.Channel, m.TS
			if m.Thread != "" {
				s.Thread = m.Thread
			}
		}
		if strings.HasPrefix(s.Text, "/") {
			command, text, _ := strings.Cut(s.Text, " ")
			return st.after(id, place, st.s.SlashCommand(id, place, command, text))
		}
		_, d, err := st.s.Say(id, place, s)
		if err != nil {
			return err
		}
		return st.after(id, place, d)
	}
	verb, rest, _ := strings.Cut(rest, " ")
	switch verb {
	case "look":
		if rest == "dm" {
			place = st.s.DM(id)
		}
		st.show(id, place)
		return nil
	case "home":
		if err := st.after(id, place, st.s.OpenHome(id)); err != nil {
			return err
		}
		if v, ok := st.s.Home(id); ok {
			st.view(v)
		}
		return nil
	case "press", "menu":
		return st.press(id, verb, rest)
	case "fill":
		field, value, ok := strings.Cut(rest, "=")
		if !ok {
			return fmt.Errorf("fill wants field=words")
		}
		return st.s.Fill(id, slackfake.Values{strings.TrimSpace(field): value})
	case "submit":
		got, err := st.s.SubmitView(id, nil)
		if err != nil {
			return err
		}
		for block, text := range got.Errors {
			fmt.Fprintf(st.out, "  ! %s: %s\n", block, text)
		}
		if got.Trouble != "" {
			fmt.Fprintln(st.out, "  !", got.Trouble)
		}
		st.settle(id, place)
		return nil
	case "close":
		st.s.CloseView(id, false)
		return nil
	}
	return fmt.Errorf("%q is nothing that people do here: type help", verb)
}

func (st *stage) press(id, verb, rest string) error {
	number, what, _ := strings.Cut(rest, " ")
	switch number {
	case "home":
		v, _ := st.s.Home(id)
		return st.after(id, st.room, st.s.ClickIn(id, v.ID, what, ""))
	case "form":
		views := st.s.Views(id)
		if len(views) == 0 {
			return fmt.Errorf("no form is open")
		}
		return st.after(id, st.room, st.s.ClickIn(id, views[len(views)-1].ID, what, ""))
	}
	m, err := st.message(number)
	if err != nil {
		return err
	}
	if verb == "menu" {
		return st.after(id, m.Channel, st.s.Shortcut(id, what, m.Channel, m.TS))
	}
	return st.after(id, m.Channel, st.s.Click(id, m.Channel, m.TS, what, ""))
}

func (st *stage) message(number string) (slackfake.Message, error) {
	n := 0
	if _, err := fmt.Sscan(number, &n); err != nil || n < 1 || n > len(st.seen) {
		return slackfake.Message{}, fmt.Errorf("there is no message %s in view: look first", number)
	}
	return st.seen[n-1], nil
}

// after waits for the app and shows what came of it.
func (st *stage) after(id, place string, d *slackfake.Delivery) error {
	select {
	case <-d.Done():
		if o := d.Wait(); !o.Acked {
			return fmt.Errorf("the app did not take it: %s", o.Problem)
		}
	case <-time.After(4 * time.Second):
		return fmt.Errorf("the app has not taken it yet")
	}
	st.settle(id, place)
	return nil
}

// settle gives the app a moment to answer.
func (st *stage) settle(id, place string) {
	time.Sleep(300 * time.Millisecond)
	st.show(id, place)
}

func (st *stage) show(id, place string) {
	st.seen = st.s.See(id, place)
	from := max(0, len(st.seen)-8)
	for i, m := range st.seen[from:] {
		mark := ""
		if m.Thread != "" {
			mark += " (reply)"
		}
		if m.Ephemeral {
			mark += " (only you see this)"
		}
		fmt.Fprintf(st.out, "%3d%s %s\n", from+i+1, mark, strings.ReplaceAll(m.Words(), "\n", "\n      "))
	}
	for _, v := range st.s.Views(id) {
		st.view(v)
	}
}

func (st *stage) view(v slackfake.View) {
	fmt.Fprintf(st.out, "  [ %s ]\n", strings.ReplaceAll(v.Words(), "\n", "\n    "))
	for _, in := range v.Inputs() {
		fmt.Fprintf(st.out, "    %s (%s) %v\n", in.Label, in.Type, strings.Join(in.Options, " | "))
	}
}
