package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"cohortbot/bot"
	"cohortbot/bot/chat"
)

// The commands with which a script acts as people do, on whatever platform it
// runs. Whoever acts comes first. A PLACE is
//
//	garden           a channel
//	garden/thread    the thread under the youngest question of a week there
//	garden/TEXT      the thread under the youngest message there that contains TEXT
//	private          somebody's own messages with the bot
//	home             the Home tab, in Slack alone
//	events           the server's scheduled events, in Discord alone
//
// What people do:
//
//	add person ID ZONE [admin]       somebody new, in every channel; on Discord, which
//	                                 knows nobody's zone, ZONE is ignored
//	add channel ID [TOPIC]           a new channel, with everybody and the bot in it
//	join WHO CHANNEL                 comes back into a channel (Discord: the server)
//	leave WHO CHANNEL                leaves it; not on the local workspace
//	say WHO PLACE TEXT               writes a message
//	attach WHO PLACE FILE [TEXT]     … with a file: one from the end of the script, or
//	                                 picture.png, which every script has
//	edit WHO PLACE OLD NEW           changes the youngest message of their own that
//	                                 contains OLD
//	delete WHO PLACE TEXT            deletes the youngest of their own with TEXT
//	type WHO PLACE '/COMMAND …'      gives a slash command; people as @ana, channels
//	                                 as #garden. Not in threads: Slack takes none there
//	press WHO PLACE LABEL            presses the youngest button of that name
//	menu WHO PLACE TEXT LABEL        chooses LABEL in the menu of the youngest message
//	                                 that contains TEXT
//	submit WHO [FIELD=VALUE …]       hands in the form that is open for them, all its
//	                                 pages (Discord's Continue is pressed); what already
//	                                 stands in it stays. A choice goes by its value or
//	                                 the beginning of its label, several by commas;
//	                                 @FILE takes a text from the end of the script, or
//	                                 for a field that takes files, the file
//
// What people see; a message is "Name: words", then the small print in brackets,
// then "photo: what it shows", then [Button] [Button], without any mark-up; the bot
// is "cohortbot":
//
//	see WHO PLACE REGEXP             waits until they see a message like that
//	see -count=2 WHO PLACE REGEXP    … and as many, and no more come
//	! see WHO PLACE REGEXP           waits until they see none, and none comes
//	keep WHO PLACE NAME FILE         waits until they see a file of that name, and keeps
//	                                 the youngest as FILE of the script
//	unsaid TEXT WHO PLACE…           waits until nothing that the bot said in these places,
//	                                 and in the threads there, holds the text, in capitals
//	                                 or not. What somebody alone saw for a moment is the
//	                                 platform's to forget
//	stdout REGEXP                    looks at what the last type, press, menu, submit
//	                                 or see gave: a reply, a form ("Label: what stands
//	                                 in it" a line) or "field: what was wrong"
//
// What happens to the program and to time; see also wires_test.go:
//
//	clock WHEN                       moves the clock and lives through what falls due:
//	                                 1h, 1d, 1w, monday (9:00), or 'thu 16:05', the
//	                                 next such time in Auckland; while the program is
//	                                 down, it goes by without it
//
// Whatever anybody sees in a script is checked for what must never be shown; see
// unfit.
var journeyCommands = map[string]func(*testscript.TestScript, bool, []string){
	"add":    words(2, 4, (*scene).add),
	"join":   words(2, 2, func(s *scene, ts *testscript.TestScript, a []string) { ts.Check(s.join(a[0], a[1])) }),
	"leave":  words(2, 2, func(s *scene, ts *testscript.TestScript, a []string) { ts.Check(s.leave(a[0], a[1])) }),
	"say":    words(3, 3, (*scene).sayIt),
	"attach": words(3, 4, (*scene).attach),
	"edit":   words(4, 4, (*scene).editIt),
	"delete": words(3, 3, (*scene).deleteIt),
	"type":   words(3, 3, (*scene).typeIt),
	"press":  words(3, 3, (*scene).pressIt),
	"menu":   words(4, 4, (*scene).chooseIt),
	"submit": words(1, 12, (*scene).submitIt),
	"keep":   words(4, 4, (*scene).keepIt),
	"clock":  words(1, 1, (*scene).moveClock),
	"unsaid": words(3, 9, (*scene).unsaid),
	"see":    func(ts *testscript.TestScript, neg bool, args []string) { sceneOf(ts).see(ts, neg, args) },
}

// scene is what a script acts on.
type scene struct {
	platform
	// now is what the clock shows, and move moves it.
	now  func() (time.Time, error)
	move func(to time.Time) error
	// heard gives how often the program has heard a message; nil where it cannot
	// be asked. It is false while there is no program.
	heard func(message string) (int, bool)
	// settle waits until all is said that can be said; where there is no telling,
	// for as long as that takes.
	settle func() error

	mu    sync.Mutex
	typed []string // what people wrote, which no log may hold
}

type sceneKey struct{}

func sceneOf(ts *testscript.TestScript) *scene { return ts.Value(sceneKey{}).(*scene) }

// words makes a command of a function, for so many words after its name.
func words(least, most int, do func(*scene, *testscript.TestScript, []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) < least || len(args) > most {
			ts.Fatalf("not like this; see the top of journey_test.go")
		}
		do(sceneOf(ts), ts, args)
	}
}

// theTree is the commands that the bot has.
var theTree = sync.OnceValues(func() (tree chat.Tree, err error) { return bot.Commands(bot.Options{}) })

// menuPath gives the command behind an item of the menu of messages.
func menuPath(label string) (string, error) {
	tree, err := theTree()
	if err != nil {
		return "", err
	}
	for _, c := range tree {
		if c.Menu == label && label != "" {
			return c.Path, nil
		}
	}
	return "", fmt.Errorf("no item %q is in the menu of messages", label)
}

func (s *scene) add(ts *testscript.TestScript, args []string) {
	what, id, more := args[0], args[1], append(args[2:], "")
	switch {
	case what == "channel":
		ts.Check(s.addChannel(id, more[0]))
	case what == "person" && len(args) > 2:
		ts.Check(s.addPerson(id, more[0], more[1] == "admin"))
	default:
		ts.Fatalf("not like this; see the top of journey_test.go")
	}
}

// told keeps what somebody wrote; short words may stand in a log by chance.
func (s *scene) told(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(text) > 15 {
		s.typed = append(s.typed, text)
	}
}

func (s *scene) sayIt(ts *testscript.TestScript, args []string) {
	s.speak(ts, args[0], args[1], args[2])
}

func (s *scene) attach(ts *testscript.TestScript, args []string) {
	s.speak(ts, args[0], args[1], append(args, "")[3], s.file(ts, args[2]))
}

func (s *scene) speak(ts *testscript.TestScript, who, place, text string, files ...upload) {
	s.told(text)
	at := s.where(ts, who, place)
	id, err := s.say(who, at, text, files...)
	ts.Check(err)
	s.listen(ts, at, id, 0, patience)
}

// listen waits until the program has heard a message once more, where it hears
// such messages at all.
func (s *scene) listen(ts *testscript.TestScript, at spot, id string, before int, limit time.Duration) {
	if s.heard == nil || at.channel != "" && at.thread == "" {
		return
	}
	if !within(limit, func() bool { n, there := s.heard(id); return !there || n > before }) && limit == patience {
		ts.Fatalf("the program does not hear it")
	}
}

func (s *scene) file(ts *testscript.TestScript, name string) upload {
	if data, err := os.ReadFile(ts.MkAbs(name)); err == nil {
		return upload{name, data}
	}
	if name != "picture.png" {
		ts.Fatalf("there is no file %s at the end of the script", name)
	}
	return upload{name, starPicture(5)}
}

// changing is how long an edit or a deletion may take to be heard. It need not be:
// what was never heard has no author any more.
const changing = 2 * time.Second

func (s *scene) editIt(ts *testscript.TestScript, args []string) {
	s.told(args[3])
	m := s.own(ts, args[0], args[1], args[2])
	before := s.times(m.id)
	ts.Check(s.edit(args[0], m, args[3]))
	s.listen(ts, m.at, m.id, before, changing)
}

func (s *scene) deleteIt(ts *testscript.TestScript, args []string) {
	m := s.own(ts, args[0], args[1], args[2])
	before := s.times(m.id)
	ts.Check(s.remove(args[0], m))
	s.listen(ts, m.at, m.id, before, changing)
}

func (s *scene) times(id string) int {
	if s.heard == nil {
		return 0
	}
	n, _ := s.heard(id)
	return n
}

// own finds the youngest message of somebody's own with a text.
func (s *scene) own(ts *testscript.TestScript, who, place, text string) seen {
	for _, m := range slices.Backward(s.lookAt(ts, who, place)) {
		if m.mine && strings.Contains(m.text, text) {
			return m
		}
	}
	ts.Fatalf("%s has written no %q in %s", who, text, place)
	return seen{}
}

func (s *scene) typeIt(ts *testscript.TestScript, args []string) {
	a, err := s.command(args[0], s.where(ts, args[0], args[1]), args[2])
	s.show(ts, a, err)
}

func (s *scene) pressIt(ts *testscript.TestScript, args []string) {
	var found seen
	var with button
	if !within(patience, func() bool {
		for _, m := range slices.Backward(s.lookAt(ts, args[0], args[1])) {
			for _, b := range m.buttons {
				if b.label == args[2] {
					found, with = m, b
					return true
				}
			}
		}
		return false
	}) {
		ts.Fatalf("%s sees no button %q in %s, only:\n\n%s", args[0], args[2], args[1], s.all(ts, args[0], args[1]))
	}
	a, err := s.press(args[0], found, with)
	s.show(ts, a, err)
}

func (s *scene) chooseIt(ts *testscript.TestScript, args []string) {
	var found seen
	if !within(patience, func() bool {
		for _, m := range slices.Backward(s.lookAt(ts, args[0], args[1])) {
			if strings.Contains(m.text, args[2]) {
				found = m
				return true
			}
		}
		return false
	}) {
		ts.Fatalf("%s sees no message with %q in %s, only:\n\n%s", args[0], args[2], args[1], s.all(ts, args[0], args[1]))
	}
	a, err := s.menu(args[0], found, args[3])
	s.show(ts, a, err)
}

func (s *scene) submitIt(ts *testscript.TestScript, args []string) {
	var all []given
	for _, arg := range args[1:] {
		name, text, _ := strings.Cut(arg, "=")
		g := given{field: name, text: text}
		if file, ok := strings.CutPrefix(text, "@"); ok && strings.Contains(file, ".") || ok && s.isFile(ts, file) {
			f := s.file(ts, file)
			g.text, g.file = string(f.data), &f
		}
		s.told(g.text)
		all = append(all, g)
	}
	a, err := s.submit(args[0], all)
	s.show(ts, a, err)
}

func (s *scene) keepIt(ts *testscript.TestScript, args []string) {
	var found *seenFile
	if !within(patience, func() bool {
		for _, m := range s.lookAt(ts, args[0], args[1]) {
			for _, k := range m.kept {
				if k.name == args[2] {
					found = &k
				}
			}
		}
		return found != nil
	}) {
		ts.Fatalf("%s sees no file %q in %s, only:\n\n%s", args[0], args[2], args[1], s.all(ts, args[0], args[1]))
	}
	data, err := found.open()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[3]), data, 0o600))
}

func (s *scene) isFile(ts *testscript.TestScript, name string) bool {
	_, err := os.Stat(ts.MkAbs(name))
	return err == nil
}

// show prints what somebody is answered, for stdout to look at.
func (s *scene) show(ts *testscript.TestScript, a seen, err error) {
	ts.Check(err)
	text := a.words()
	if a.author != "" {
		text = strings.TrimPrefix(text, a.author+": ")
	}
	fit(ts, text)
	fmt.Fprintln(ts.Stdout(), text)
}

func fit(ts *testscript.TestScript, text string) {
	if found := unfit.FindString(text); found != "" {
		ts.Fatalf("nobody should be shown %q:\n%s", found, text)
	}
}

func (s *scene) see(ts *testscript.TestScript, neg bool, args []string) {
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
	wanted := func(n int) bool { return neg && n == 0 || !neg && n > 0 && (count == 0 || n == count) }
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		like := s.like(ts, args[0], args[1], pattern)
		if wanted(len(like)) && (neg || count > 0) { // and not one more comes
			ts.Check(s.settle())
			like = s.like(ts, args[0], args[1], pattern)
		}
		switch {
		case wanted(len(like)):
			fmt.Fprintln(ts.Stdout(), strings.Join(like, "\n"))
			return
		case time.Now().After(deadline):
			ts.Fatalf("%s sees %d like that in %s:\n\n%s", args[0], len(like), args[1], s.all(ts, args[0], args[1]))
		}
	}
}

// like gives what somebody sees in a place that a pattern matches.
func (s *scene) like(ts *testscript.TestScript, who, place string, pattern *regexp.Regexp) (all []string) {
	for _, m := range s.lookAt(ts, who, place) {
		if text := m.words(); pattern.MatchString(text) {
			all = append(all, text)
		}
	}
	return all
}

func (s *scene) unsaid(ts *testscript.TestScript, args []string) {
	text, who := strings.ToLower(args[0]), args[1]
	var at []string
	holds := func(place string, m seen) bool {
		// A calendar file was handed out; what is on it is in people's calendars.
		m.files = slices.DeleteFunc(slices.Clone(m.files), func(f string) bool { return strings.Contains(f, "Calendar entry: ") })
		if m.author == theBot && !m.only && strings.Contains(strings.ToLower(m.words()), text) {
			at = append(at, place+": "+m.words())
		}
		return len(at) > 0
	}
	if !within(patience, func() bool {
		at = nil
		for _, place := range args[2:] {
			for _, m := range s.lookAt(ts, who, place) {
				if holds(place, m) {
					return false
				}
				under, err := s.look(who, spot{channel: s.where(ts, who, place).channel, thread: m.id})
				ts.Check(err)
				for _, m := range under {
					if holds(place+", in a thread", m) {
						return false
					}
				}
			}
		}
		return true
	}) {
		ts.Fatalf("the bot still says %q in %s", args[0], strings.Join(at, "\n----\n"))
	}
}

// where reads a place as a script names it.
func (s *scene) where(ts *testscript.TestScript, who, place string) spot {
	if place == "private" {
		return spot{}
	}
	channel, under, inThread := strings.Cut(place, "/")
	at := spot{channel: channel}
	if !inThread {
		return at
	}
	all, err := s.look(who, at)
	ts.Check(err)
	for _, m := range slices.Backward(all) {
		if under == "thread" && m.isQuestion() || under != "thread" && strings.Contains(m.text, under) {
			at.thread = m.id
			return at
		}
	}
	ts.Fatalf("%s sees nothing in %s that %s would hang under", who, channel, place)
	return at
}

func (s *scene) lookAt(ts *testscript.TestScript, who, place string) []seen {
	all, err := s.look(who, s.where(ts, who, place))
	ts.Check(err)
	for _, m := range all {
		fit(ts, m.words())
	}
	return all
}

func (s *scene) all(ts *testscript.TestScript, who, place string) string {
	var texts []string
	for _, m := range s.lookAt(ts, who, place) {
		texts = append(texts, m.words())
	}
	return strings.Join(texts, "\n----\n")
}

func (s *scene) moveClock(ts *testscript.TestScript, args []string) {
	now, err := s.now()
	ts.Check(err)
	to, err := clockAt(now.In(demoZone.Location()), args[0])
	ts.Check(err)
	ts.Check(s.move(to))
}

// clockAt gives the time to which a script moves its clock.
func clockAt(now time.Time, move string) (time.Time, error) {
	switch move {
	case "1h":
		return now.Add(time.Hour), nil
	case "1d":
		return now.AddDate(0, 0, 1), nil
	case "1w":
		return now.AddDate(0, 0, 7), nil
	case "monday":
		move = "mon 9:00"
	}
	day, clock, _ := strings.Cut(move, " ")
	at, err := time.Parse("15:04", clock)
	if err != nil {
		return now, fmt.Errorf("the clock is moved by 1h, 1d, 1w, monday or 'thu 16:05', not by %q", move)
	}
	to := time.Date(now.Year(), now.Month(), now.Day(), at.Hour(), at.Minute(), 0, 0, now.Location())
	for i := 0; !to.After(now) || !strings.EqualFold(to.Format("Mon"), day); i++ {
		if to = to.AddDate(0, 0, 1); i > 8 {
			return to, fmt.Errorf("no day of the week is called %q", day)
		}
	}
	return to, nil
}
