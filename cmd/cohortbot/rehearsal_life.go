package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/schedules"
)

// This file is what the made-up members do beside answering: they try something
// out, fill in stars, meet in pairs, work out loud, and leave something behind.

// takeUp has a member take up, or not, what a week offers beside its question.
func (r *rehearsal) takeUp(m *player, p *rehearsalPost) {
	if !m.joined || m.habit == quietly || m.onLeave.Has(r.today()) {
		return
	}
	v := ventures[m.number%len(ventures)]
	for _, b := range p.message.Buttons {
		dice, at := r.chance.IntN(10), r.soon(72)
		switch b.Command {
		case "experiment start":
			if !m.trying && dice < 8 {
				m.trying = true
				r.press(m.Profile, at, p, b.Command, "", map[string]string{"hunch": v.hunch, "with": v.with, "try": v.try, "know": v.know, "hour": "5pm"})
				if m.number == 0 { // asks somebody to walk alongside
					r.at(at.Add(time.Hour), func(ctx context.Context) error {
						_, err := r.types(ctx, m.Profile, "experiment companion person:@"+r.cast[(m.number+5)%len(r.cast)].User.ID)
						return err
					})
				}
			}
		case "experiment story":
			if m.trying {
				sees := []string{"cohort", "cohort", "cohort", "facilitators"}[m.number%4]
				r.press(m.Profile, at, p, b.Command, "", map[string]string{"text": v.story, "sees": sees})
			}
		case "shape fill":
			if dice < 6 {
				r.fillStar(m, at, b)
			}
		case "practise tell":
			if dice < 5 {
				r.press(m.Profile, at, p, b.Command, "", map[string]string{"happened": practiceTold[r.practised%len(practiceTold)], "sees": "cohort"})
				r.practised++
			}
		case "verdict give":
			if dice < 7 {
				r.judge(m, at, p)
			}
		case "legacy give":
			if g := giftsGiven[m.number%len(giftsGiven)]; dice < 9 {
				name := "yes"
				if g.kind == "advice" && m.number%2 == 0 {
					name = "no"
				}
				r.press(m.Profile, at, p, b.Command, "", map[string]string{"kind": g.kind, "text": g.text, "name": name})
			}
		}
	}
}

// fillStar has a member fill in one of the programme's stars: their own at first,
// a community's later.
func (r *rehearsal) fillStar(m *player, at time.Time, b chat.Button) {
	star := m.stars
	m.stars++
	r.at(at, func(ctx context.Context) error {
		answers := map[string]string{"words": starWords[(m.number/3*3+star)%len(starWords)], "sees": []string{"me", "cohort", "facilitators"}[m.number%3], byChance: "yes"}
		if star > 0 {
			answers["about"] = "the harbour kitchen"
		}
		reply, err := r.ask(ctx, m.Profile, pressing(b, r.channel), answers)
		if i := slices.IndexFunc(reply.Buttons, func(b chat.Button) bool { return b.Choice == strconv.Itoa(min(star, 1)) }); err == nil && i >= 0 {
			_, err = r.ask(ctx, m.Profile, pressing(reply.Buttons[i], r.channel), answers)
		}
		if err == nil && star == 2 && !r.compared { // the community's, then and now
			r.compared = true
			_, err = r.show(ctx, m.Profile, chat.Request{At: chat.Direct(m.User), Text: `shape show about:"the harbour kitchen"`}, nil)
		}
		return err
	})
}

// judge has a member say keep, change or drop of what is over, one after the other.
func (r *rehearsal) judge(m *player, at time.Time, p *rehearsalPost) {
	r.at(at, func(ctx context.Context) error {
		b, ok := p.button("verdict give", "")
		if !ok {
			return nil
		}
		reply, err := r.ask(ctx, m.Profile, pressing(b, r.channel), nil)
		for range 20 {
			say := []string{"keep", "keep", "keep", "change", "drop"}[r.chance.IntN(5)]
			i := slices.IndexFunc(reply.Buttons, func(b chat.Button) bool { return b.Command == "verdict say" && b.Choice == say })
			if i < 0 {
				i = slices.IndexFunc(reply.Buttons, func(b chat.Button) bool { return b.Command == "verdict say" })
			}
			if err != nil || i < 0 {
				return err
			}
			for element, most := range map[string]string{"star": "change", "rehearsal": "drop"} { // on these the group agrees
				if strings.HasSuffix(reply.Buttons[i].Record, element) && m.number%4 > 0 {
					say = most
					i = slices.IndexFunc(reply.Buttons, func(b chat.Button) bool { return b.Command == "verdict say" && b.Choice == say })
				}
			}
			if reply, err = r.ask(ctx, m.Profile, pressing(reply.Buttons[i], r.channel), nil); err != nil {
				return err
			}
			i = slices.IndexFunc(reply.Buttons, func(b chat.Button) bool { return b.Command == "verdict words" })
			if i >= 0 && say != "keep" && r.judged < len(verdictWords) && r.chance.IntN(4) == 0 {
				words := map[string]string{"words": verdictWords[r.judged]}
				r.judged++
				reply, err = r.ask(ctx, m.Profile, pressing(reply.Buttons[i], r.channel), words)
			}
		}
		return err
	})
}

// liveOn has a member see a message of their own that is about what they do with
// others or try out.
func (r *rehearsal) liveOn(m *player, p *rehearsalPost) {
	if m.onLeave.Has(r.today()) {
		return
	}
	v, dice, at := ventures[m.number%len(ventures)], r.chance.IntN(10), r.soon(6)
	switch p.kind {
	case "experiment day":
		day := m.days
		m.days++
		switch {
		case day == len(v.days): // the venture ends early
			r.press(m.Profile, at, p, "experiment stop", "", nil)
		case day > len(v.days) || dice == 0: // leaves it open
		case v.days[day] == "":
			r.press(m.Profile, at, p, "experiment checkin", "nothing", nil)
		default:
			r.press(m.Profile, at, p, "experiment checkin", "yes", map[string]string{"text": v.days[day]})
		}
	case "experiment over":
		r.press(m.Profile, at, p, "experiment surprise", "", map[string]string{"surprise": v.surprise})
	case "experiment invitation":
		r.press(m.Profile, at, p, "experiment accept", "yes", nil)
	case "experiment walk":
		if dice < 7 {
			r.press(m.Profile, at, p, "experiment word", "", map[string]string{"text": walked[m.walks%len(walked)]})
		}
		m.walks++
	case "peer pair":
		if dice < 5 && m.number%3 == 0 {
			when := schedules.Wall{Date: r.today().AddDays(2), Time: schedules.TimeOfDay{Hour: 17, Minute: 30}}
			r.at(at, func(ctx context.Context) error {
				if m.planned != nil && m.planned.at.After(p.at) { // the other was quicker
					return nil
				}
				b, ok := p.button("peer time", "")
				if !ok {
					return nil
				}
				_, err := r.ask(ctx, m.Profile, pressing(b, p.address.Place), map[string]string{"when": when.String(), "where": "I'll call you"})
				return err
			})
		}
	case "peer time":
		m.planned = p
		r.press(m.Profile, at, p, "peer suits", "", nil)
	case "peer check":
		if dice < 7 {
			r.press(m.Profile, at, p, "peer met", "met", nil)
		}
	case "peer other":
		r.press(m.Profile, at, p, "peer swap", "", nil)
	case "peer invite":
		r.press(m.Profile, at, p, "peer invited", "yes", nil)
	case "peer ask", "peer reflection":
		r.reflect(m, p, dice, at)
	case "goal-look":
		if dice < 3 {
			r.press(m.Profile, at, p, "goal still", "", map[string]string{"words": farCome[m.number%len(farCome)]})
		}
	case "graduated":
		if dice < 7 {
			r.press(m.Profile, at, p, "graduation tell", "", nil)
		}
	}
}

// workAloud has the facilitator name an open channel, park something that leads too
// far, and a member share an answer of their own.
func (r *rehearsal) workAloud(first schedules.Date) {
	r.after(first, 1, 11, func(ctx context.Context) error {
		_, err := r.types(ctx, r.facilitator, "thread open channel:#harbour-news")
		return err
	})
	r.after(first, 16, 12, func(ctx context.Context) error {
		if len(r.said) == 0 {
			return nil
		}
		_, err := r.menu(ctx, r.facilitator, "thread park", r.said[len(r.said)-1], map[string]string{"about": "Who decides about the hall?"})
		return err
	})
	for _, days := range []int{24, 58} {
		r.after(first, days, 12, func(ctx context.Context) error {
			for _, s := range slices.Backward(r.said) {
				for _, m := range r.cast {
					if m.User != s.author.User || m.onLeave.Has(r.today()) || s.response {
						continue
					}
					reply, err := r.menu(ctx, m.Profile, "thread share", s, nil)
					if i := slices.IndexFunc(reply.Buttons, func(b chat.Button) bool { return b.Command == "thread yes" }); err == nil && i >= 0 {
						_, err = r.ask(ctx, m.Profile, pressing(reply.Buttons[i], r.channel), nil)
					}
					return err
				}
			}
			return nil
		})
	}
	r.after(first, 59, 12, func(ctx context.Context) error {
		if len(r.cast) == 0 {
			return nil
		}
		_, err := r.show(ctx, r.cast[0].Profile, chat.Request{At: r.channel, Text: "thread page"}, nil)
		return err
	})
	r.after(first, 80, 12, func(ctx context.Context) error {
		if len(r.cast) < 2 || !r.cast[1].joined {
			return nil
		}
		_, err := r.show(ctx, r.cast[1].Profile, chat.Request{At: r.channel, Text: "graduation show"}, nil)
		return err
	})
	r.after(first, 18, 15, func(ctx context.Context) error {
		_, err := r.show(ctx, r.facilitator, chat.Request{At: r.channel, Text: "cohort panel"}, nil)
		return err
	})
}

// goalsOf has the group find a goal of its own: two are proposed, one is objected to,
// changed, consented to and adopted.
func (r *rehearsal) goalsOf(first schedules.Date) {
	if len(r.cast) < 4 {
		return
	}
	one := func(days, hour, who int, text string, answers map[string]string, commands ...string) {
		r.after(first, days, hour, func(ctx context.Context) error {
			by := r.facilitator
			if who >= 0 {
				by = r.cast[who].Profile
				if !r.cast[who].joined || r.cast[who].onLeave.Has(r.today()) {
					return nil
				}
			}
			return r.follow(ctx, by, text, answers, commands...)
		})
	}
	open := []string{"goal open"}
	one(9, 12, 0, `goal propose words:"Everyone on our streets has somebody to ring."`, nil)
	one(10, 17, 3, `goal propose words:"Nobody has to know the way in to be let in."`, nil)
	one(16, 18, 0, "goal list", nil, append(open, "goal ask")...)
	one(17, 8, 3, "goal list", map[string]string{"words": "Ringing shuts out whoever has no phone, or no words for it."}, append(open, "goal object")...)
	one(17, 19, 0, "goal list", map[string]string{"words": "Everyone on our streets has somebody to turn to."}, append(open, "goal build")...)
	for i := range r.cast {
		one(18, 10+i%8, i, "goal list", nil, append(open, "goal consent")...)
	}
	one(22, 11, -1, "goal list", nil, append(open, "goal adopt")...)
	second := []string{"goal open#2"}
	one(31, 12, 3, "goal list", nil, append(second, "goal ask")...)
	for i := range r.cast {
		one(32, 10+i%8, i, "goal list", nil, append(second, "goal consent")...)
	}
	one(36, 11, -1, "goal list", nil, append(second, "goal adopt")...)
}

// follow has somebody type a command and press the buttons of these commands in the
// answers, one after the other, as far as they are there; after a # comes the end of
// the button's label, where several have the command.
func (r *rehearsal) follow(ctx context.Context, who chat.Profile, text string, answers map[string]string, commands ...string) error {
	reply, err := r.types(ctx, who, text)
	for _, command := range commands {
		command, nth, _ := strings.Cut(command, "#")
		i := slices.IndexFunc(reply.Buttons, func(b chat.Button) bool { return b.Command == command && strings.HasSuffix(b.Label, nth) })
		if err != nil || i < 0 {
			return err
		}
		reply, err = r.ask(ctx, who, pressing(reply.Buttons[i], r.channel), answers)
	}
	return err
}

// spoken is a message that somebody wrote in the channel.
type spoken struct {
	author   chat.Profile
	address  chat.Address
	at       time.Time
	text     string
	response bool // to somebody else's words
}

// menu has somebody use an item of the menu on a message.
func (r *rehearsal) menu(ctx context.Context, who chat.Profile, path string, s spoken, answers map[string]string) (chat.Message, error) {
	return r.ask(ctx, who, chat.Request{
		At: r.channel, Path: path, Message: &chat.Target{Address: s.address, Author: s.author.User, Text: s.text},
	}, answers)
}

// handOn has the facilitator start the next group from this plan, and hand it what
// this one leaves.
func (r *rehearsal) handOn(ctx context.Context) error {
	next := chat.Channel(rehearsed, "next-group")
	if _, err := r.types(ctx, r.facilitator, fmt.Sprintf(`cohort clone name:"The next ones" first:%s channel:#%s`, r.today().AddDays(28), next.Channel)); err != nil {
		return err
	}
	for _, text := range []string{"cohort invite", "legacy receive"} {
		if _, err := r.ask(ctx, r.facilitator, chat.Request{At: next, Text: text}, nil); err != nil {
			return err
		}
	}
	r.after(r.today(), 1, 12, r.receive)
	return nil
}

// receive has somebody join the next group and read what this one left.
func (r *rehearsal) receive(ctx context.Context) error {
	next := chat.Channel(rehearsed, "next-group")
	newcomer := chat.Profile{User: chat.User{Workspace: rehearsed, ID: "new"}, Name: "Somebody new", Zone: r.zone.String()}
	if _, err := r.ask(ctx, newcomer, chat.Request{At: next, Text: "cohort join"}, map[string]string{"quote": "yes"}); err != nil {
		return err
	}
	home, err := r.ask(ctx, newcomer, chat.Request{At: next, Text: "home"}, nil)
	if i := slices.IndexFunc(home.Buttons, func(b chat.Button) bool { return b.Command == "legacy page" }); err == nil && i >= 0 {
		_, err = r.show(ctx, newcomer, pressing(home.Buttons[i], next), nil)
	}
	return err
}

// lookBack has the facilitator see, at the end, what the group would keep.
func (r *rehearsal) lookBack(p *rehearsalPost) {
	r.at(r.soon(6), func(ctx context.Context) error {
		b, ok := p.button("verdict table", "")
		if !ok {
			return nil
		}
		table, err := r.show(ctx, r.facilitator, pressing(b, p.address.Place), nil)
		if i := slices.IndexFunc(table.Buttons, func(b chat.Button) bool { return b.Command == "verdict next" }); err == nil && i >= 0 {
			_, err = r.show(ctx, r.facilitator, pressing(table.Buttons[i], p.address.Place), nil)
		}
		return err
	})
}

// comeBack has the facilitator keep the promise of when something parked comes back.
func (r *rehearsal) comeBack(p *rehearsalPost) {
	r.press(r.facilitator, r.soon(30), p, "thread close", "back", nil)
	if len(r.cast) < 4 || r.cast[3].open == nil {
		return
	}
	for i, by := range []chat.Profile{r.facilitator, r.cast[3].Profile} {
		r.at(p.at.Add(time.Duration(30+40*i)*time.Minute), func(ctx context.Context) error {
			place := r.cast[3].open.address.Place.Root()
			place.Thread = r.cast[3].open.address.ID
			return r.say(ctx, by, place, []string{
				"We parked something for now: who decides about the hall? Say what you know, and we look at it on Thursday.",
				"I rang the trust, Mere. It is five people, and they meet on the first Tuesday. Anyone may come.",
			}[i])
		})
	}
}

// sayAround has a member say something in the thread of a session.
func (r *rehearsal) sayAround(p *rehearsalPost) {
	m := r.cast[(5*r.staged+3)%len(r.cast)]
	text := stageWords[r.staged%len(stageWords)]
	r.staged++
	if m.joined && !m.onLeave.Has(r.today()) {
		r.at(p.at.Add(20*time.Minute), func(ctx context.Context) error {
			err := r.say(ctx, m.Profile, p.address.Place, text)
			r.said[len(r.said)-1].response = true
			return err
		})
	}
}

// untaken finds those whose words nobody has answered, in a draft of the weave.
var untaken = regexp.MustCompile(`\*\*Nobody has answered these people yet:\*\* (.+)\. Their words`)

// takeUpOpen has the facilitator answer the first of those whom nobody answered.
func (r *rehearsal) takeUpOpen(p *rehearsalPost) {
	found := untaken.FindStringSubmatch(p.first.Text)
	if found == nil {
		return
	}
	for _, m := range r.cast {
		if m.Name == strings.Split(readable(found[1]), ", ")[0] && m.open != nil {
			r.at(r.soon(2), func(ctx context.Context) error {
				place := m.open.address.Place.Root()
				place.Thread = m.open.address.ID
				return r.say(ctx, r.facilitator, place, r.response(m.Name))
			})
		}
	}
}

// graduate has the facilitator confirm, at the end, whoever has done what it takes.
func (r *rehearsal) graduate(ctx context.Context) error {
	waived := false
	for _, m := range r.cast {
		confirm := "graduation confirm person:@" + m.User.ID
		reply, err := r.types(ctx, r.facilitator, confirm)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(reply.Buttons, func(b chat.Button) bool { return b.Command == "graduation waive" })
		if i < 0 || waived || strings.Count(reply.Text, "\n- ") > 1 {
			continue
		}
		waived = true // one thing is open, and there is a good reason
		if _, err := r.show(ctx, r.facilitator, pressing(reply.Buttons[i], r.channel), map[string]string{"why": "What the others know about the hall, they have from " + m.Name + "."}); err != nil {
			return err
		}
		if _, err := r.types(ctx, r.facilitator, confirm); err != nil {
			return err
		}
	}
	return nil
}

func (r *rehearsal) today() schedules.Date {
	return schedules.DateOf(r.clock.Now().In(r.zone.Location()))
}
