package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"cohortbot/adapters/bolt"
	"cohortbot/adapters/calendar"
	"cohortbot/bot"
	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/outbox"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// rehearsal lives a programme from the invitation to the last week in simulated
// time: the real bot, its store and its jobs, with people who act by themselves
// (see rehearsal_cast.go). All of it happens in one goroutine.
type rehearsal struct {
	programme programmes.Programme
	start     schedules.Date
	zone      schedules.Zone
	members   int
	seed      uint64

	clock    *schedules.Movable
	platform *rehearsalPlatform
	store    store.Store
	bot      *bot.Bot
	chance   *rand.Rand
	beside   *rand.Rand // decides about sessions, so that another of them changes nothing else
	met      int        // counts the sessions that the facilitator took notes of
	cues     []cue      // still to come, in order
	made     int        // counts cues and events
	seen     int        // how many posts the people have seen

	said        []spoken        // what people wrote in the channel
	shown       []posted        // what the bot answered to somebody alone, as far as it is told
	responded   int             // counts what people say to each other
	compared    bool            // somebody has looked at two of their stars
	practised   int             // counts what they tell of practising
	judged      int             // counts the words that come with verdicts
	staged      int             // counts what is said before, in and after sessions
	used        map[string]bool // what was said once
	graduating  bool            // the end is planned
	facilitator chat.Profile
	cast        []*player
	channel     chat.Place
	cohort      cohorts.ID
	end         time.Time // nothing more is waited for after that
}

// cue is something that somebody does at a time.
type cue struct {
	at time.Time
	do func(context.Context) error
}

const (
	// preparing is how long before the first day the cohort is started.
	preparing = 7 * 24 * time.Hour
	// lingering is how long after the last week the rehearsal goes on.
	lingering = 14 * 24 * time.Hour
)

func (r *rehearsal) run(ctx context.Context) (posts []posted, err error) {
	folder, err := os.MkdirTemp("", "cohortbot-rehearsal-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	r.store, err = bolt.Open(filepath.Join(folder, storeFile), bolt.Options{NoSync: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.store.Close()) }()

	begin := schedules.Wall{Date: r.start, Time: schedules.TimeOfDay{Hour: 10}}.In(r.zone).Add(-preparing)
	r.programme.ID = "rehearsed-" + r.programme.ID // a changed copy of a built-in programme is not that one
	r.clock = schedules.NewMovable(begin, false)
	r.platform = newRehearsalPlatform(r.clock)
	r.used = map[string]bool{}
	r.chance = rand.New(rand.NewPCG(r.seed, 0))
	r.beside = rand.New(rand.NewPCG(r.seed, 1))
	faults := &firstError{}
	r.bot, err = bot.New(ctx, bot.Options{
		Store: r.store, Clock: r.clock, Platforms: []chat.Platform{r.platform}, Log: slog.New(faults),
		Programmes: []programmes.Programme{r.programme}, Calendar: calendar.Feed,
	})
	if err != nil {
		return nil, err
	}
	r.channel = chat.Channel(rehearsed, "group")
	if err := r.enter(ctx); err != nil {
		return nil, err
	}
	if err := r.live(ctx); err != nil {
		return nil, err
	}
	if err := r.allSaid(ctx); err != nil {
		return nil, err
	}
	return r.print(), faults.found
}

// live goes from what is due to what somebody does, and lets everybody see what
// was posted in between, until the programme is over.
func (r *rehearsal) live(ctx context.Context) error {
	for {
		if err := r.look(ctx); err != nil {
			return err
		}
		due, ok, err := r.bot.NextDue(ctx)
		if err != nil {
			return err
		}
		acting := len(r.cues) > 0 && (!ok || !due.Before(r.cues[0].at))
		if acting {
			due = r.cues[0].at
		}
		if !ok && !acting || due.After(r.end) {
			return nil
		}
		if err := r.bot.Live(ctx, r.clock, due); err != nil {
			return err
		}
		if !acting {
			continue
		}
		next := r.cues[0]
		r.cues = r.cues[1:]
		if err := next.do(ctx); err != nil {
			return err
		}
		if err := r.bot.Settle(ctx); err != nil {
			return err
		}
	}
}

// look lets people see what is new, and finds out when the programme is over.
func (r *rehearsal) look(ctx context.Context) error {
	if r.seen == len(r.platform.posts) {
		return nil
	}
	if err := r.store.View(ctx, func(tx store.Tx) error {
		for _, p := range r.platform.posts[r.seen:] {
			i, err := outbox.Table.Get(tx, p.key)
			if err != nil {
				return err
			}
			p.kind = i.Kind
		}
		return nil
	}); err != nil {
		return err
	}
	for ; r.seen < len(r.platform.posts); r.seen++ {
		r.react(r.platform.posts[r.seen])
	}
	return r.store.View(ctx, func(tx store.Tx) error {
		_, _, dates, err := cohorts.Load(tx, r.cohort)
		if len(dates) > 0 && dates[len(dates)-1].Gone() && !r.graduating {
			r.graduating = true
			r.after(r.today(), 4, 13, func(ctx context.Context) error {
				_, err := r.show(ctx, r.facilitator, chat.Request{At: r.channel, Text: "graduation group"}, nil)
				return err
			})
			r.after(r.today(), 4, 14, r.graduate)
			r.after(r.today(), 9, 11, r.handOn)
		}
		for _, d := range dates {
			if at := d.On.In(r.zone).Add(lingering); !d.On.IsZero() && at.After(r.end) {
				r.end = at
			}
		}
		return err
	})
}

// allSaid makes sure that nothing is left to be said.
func (r *rehearsal) allSaid(ctx context.Context) error {
	return r.store.View(ctx, func(tx store.Tx) error {
		_, waits, err := store.First(outbox.Table.Range(tx, "lane", nil, nil, false))
		if err == nil && waits {
			err = errors.New("the rehearsal came to its end with something left to be said")
		}
		return err
	})
}

// at plans what somebody does.
func (r *rehearsal) at(t time.Time, do func(context.Context) error) {
	i, _ := slices.BinarySearchFunc(r.cues, t, func(a cue, t time.Time) int {
		return cmp.Or(a.at.Compare(t), -1) // after those of the same time
	})
	r.cues = slices.Insert(r.cues, i, cue{t, do})
}

// ask has somebody ask the bot for something, and goes through what it asks back:
// forms are filled with the answers given, else with what stands in them, to which
// an answer whose name ends in + is added; confirmations are given. It returns the
// last reply.
func (r *rehearsal) ask(ctx context.Context, who chat.Profile, q chat.Request, answers map[string]string) (chat.Message, error) {
	const rounds = 8 // more is a bot that goes in circles
	for range rounds {
		r.made++
		q.Event, q.Profile = fmt.Sprintf("e%d", r.made), who
		out, err := r.bot.Do(ctx, q)
		switch {
		case err != nil:
			return chat.Message{}, err
		case out.Errors != nil:
			var wrong []string
			for _, field := range slices.Sorted(maps.Keys(out.Errors)) {
				wrong = append(wrong, field+": "+out.Errors[field])
			}
			return chat.Message{}, fmt.Errorf("%s %s was refused: %s", q.Path, q.Text, strings.Join(wrong, "; "))
		case out.Form != nil:
			q = r.filled(*out.Form, q.At, answers)
			continue
		case out.Reply == nil:
			return chat.Message{}, nil
		}
		i := slices.IndexFunc(out.Reply.Buttons, func(b chat.Button) bool { return b.Command == deeds.ConfirmPath })
		if i < 0 {
			return out.Reply.Message, nil
		}
		q = pressing(out.Reply.Buttons[i], q.At)
	}
	return chat.Message{}, fmt.Errorf("%s %s was asked back %d times", q.Path, q.Text, rounds)
}

// byChance among the answers has what was not answered chosen by chance.
const byChance = "*"

func (r *rehearsal) filled(f chat.Form, at chat.Place, answers map[string]string) chat.Request {
	given := chat.Answers{}
	for _, field := range f.Fields {
		text, ok := answers[field.Name]
		more, adds := answers[field.Name+"+"]
		switch {
		case ok:
			given[field.Name] = chat.Given(text)
		case adds:
			given[field.Name] = chat.Given(r.fewQuotes(f.Filled[field.Name].Text()) + more)
		case len(field.Options) > 0 && answers[byChance] != "":
			given[field.Name] = chat.Given(field.Options[r.chance.IntN(len(field.Options))].Value)
		case len(f.Filled[field.Name].Values) > 0 || !field.Required:
			given[field.Name] = f.Filled[field.Name]
		case len(field.Options) > 0:
			given[field.Name] = chat.Given(field.Options[0].Value)
		default:
			given[field.Name] = chat.Given(field.Example)
		}
	}
	return chat.Request{At: at, Path: f.Command, Record: f.Record, Form: f.ID, Page: len(f.Pages()) - 1, Answers: given}
}

// fewQuotes leaves the first quotations of a draft, as a facilitator does who wants
// it to be read.
func (r *rehearsal) fewQuotes(text string) string {
	left := 0
	return manyEmpty.ReplaceAllString(strings.Join(slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool {
		_, words, quoted := strings.Cut(line, ": ")
		if !quoted || !strings.HasPrefix(line, ">") {
			return false
		}
		if left == 3 || r.naming(words) { // what is said to somebody belongs in the thread
			return true
		}
		left++
		return false
	}), "\n"), "\n\n")
}

var manyEmpty = regexp.MustCompile(`\n{3,}`)

// show has somebody ask for something, and tells what they alone are shown.
func (r *rehearsal) show(ctx context.Context, who chat.Profile, q chat.Request, answers map[string]string) (chat.Message, error) {
	m, err := r.ask(ctx, who, q, answers)
	if err != nil || m.Text == "" {
		return m, err
	}
	p := posted{At: r.clock.Now().In(r.zone.Location()), Kind: shownKind, Place: "@" + who.User.ID, To: who.Name, Text: m.Text, Note: m.Note, Buttons: labels(m.Buttons)}
	if c := m.Chart; c != nil {
		p.Text += "\n\nThe picture: *" + c.Title + "* " + c.Alt
	}
	if d := m.Document; d != nil && !r.used[d.Title] {
		r.used[d.Title] = true
		sections := strings.Split(d.Text, "\n## ")
		p.Text += "\n\nThe page, as far as it quotes anybody:\n\n# " + d.Title + "\n"
		for _, section := range sections[1:] {
			if strings.Contains(section, "\n>") {
				p.Text += "\n## " + section
			}
		}
	}
	r.shown = append(r.shown, p)
	return m, nil
}

func labels(buttons []chat.Button) (all []string) {
	for _, b := range buttons {
		all = append(all, b.Label)
	}
	return all
}

func pressing(b chat.Button, at chat.Place) chat.Request {
	return chat.Request{At: at, Path: b.Command, Record: b.Record, Choice: b.Choice}
}

// say has somebody write a message.
func (r *rehearsal) say(ctx context.Context, who chat.Profile, at chat.Place, text string) error {
	r.made++
	id := fmt.Sprintf("s%d", r.made)
	address := chat.Address{Place: at, ID: id}
	if !at.IsDirect() {
		r.said = append(r.said, spoken{author: who, address: address, at: r.clock.Now(), text: text, response: r.naming(text)})
	}
	return r.bot.Hear(ctx, chat.Said{Event: id, Profile: who, Address: address, Text: text})
}

// naming tells whether a text speaks to somebody of the cast.
func (r *rehearsal) naming(text string) bool {
	return slices.ContainsFunc(r.cast, func(m *player) bool { return strings.Contains(text, m.Name) })
}

// print gives everything that was posted.
func (r *rehearsal) print() []posted {
	names := map[string]string{r.facilitator.User.ID: r.facilitator.Name}
	for _, p := range r.cast {
		names[p.User.ID] = p.Name
	}
	all := slices.Clone(r.shown)
	for _, p := range r.platform.posts {
		one := posted{At: p.at.In(r.zone.Location()), Kind: p.kind, Text: p.first.Text, Note: p.first.Note, To: "the group"}
		switch place := p.address.Place; {
		case place.Calendar:
			one.Place, one.To = "calendar", "the workspace's calendar"
		case place.IsDirect():
			one.Place, one.To = "@"+place.User, names[place.User]
		case place.Thread != "":
			one.Place = "#" + place.Channel + "/thread"
		default:
			one.Place = "#" + place.Channel
		}
		one.Buttons = labels(p.first.Buttons)
		all = append(all, one)
	}
	for _, s := range r.said {
		all = append(all, posted{
			At: s.at.In(r.zone.Location()), Kind: saidKind, By: s.author.Name, Place: "#" + s.address.Place.Channel + "/thread", To: "the group", Text: s.text,
		})
	}
	inOrder(all)
	return all
}

// firstError is a log that keeps the first error: what fails in a rehearsal would
// fail in front of people.
type firstError struct{ found error }

// Enabled asks for errors alone.
func (f *firstError) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }

// Handle keeps an error.
func (f *firstError) Handle(_ context.Context, r slog.Record) error {
	if f.found == nil {
		text := r.Message
		r.Attrs(func(a slog.Attr) bool {
			text += fmt.Sprintf(" %s=%v", a.Key, a.Value)
			return true
		})
		f.found = errors.New(text)
	}
	return nil
}

// WithAttrs and WithGroup add nothing: errors come with what matters.
func (f *firstError) WithAttrs([]slog.Attr) slog.Handler { return f }

// WithGroup does the same.
func (f *firstError) WithGroup(string) slog.Handler { return f }
