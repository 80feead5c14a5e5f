package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/prompts"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// player is a made-up member, who acts by habit and by chance.
type player struct {
	chat.Profile
	habit   habit
	joined  bool
	away    bool           // goes on leave in the fourth week
	fewer   bool           // turns reminders down at the first one
	onLeave schedules.Span // then they do nothing
	open    *rehearsalPost // the question that is open
	number  int            // in the cast, from 0
	trying  bool           // has begun an experiment
	days    int            // check-ins of it that came
	stars   int            // stars that were filled in
	walks   int            // notes that came from an experiment they walk alongside
	planned *rehearsalPost // the time that was suggested to them last
}

// habit is how somebody answers, if they do.
type habit int

const (
	inThread habit = iota // in the thread under the question
	byForm                // by the form
	directly              // in a direct message, and shares it sometimes
	reminded              // in the thread, once they are reminded
	quietly               // hardly ever, and says so sometimes
)

var habits = []habit{inThread, byForm, directly, inThread, reminded, quietly}

var playerNames = strings.Fields("Aroha Ben Chen Dalia Eru Farid Grace Hemi Ines Jonas Kahu Leilani " +
	"Malik Nina Oscar Priya Rangi Sefina Tomas Una Viliami Wen Yara Zoe")

func newPlayer(i int, zone schedules.Zone) *player {
	name := playerNames[i%len(playerNames)]
	id := strings.ToLower(name)
	if round := i / len(playerNames); round > 0 {
		name, id = fmt.Sprintf("%s %d", name, round+1), fmt.Sprintf("%s-%d", id, round+1)
	}
	p := &player{
		Profile: chat.Profile{User: chat.User{Workspace: rehearsed, ID: id}, Name: name, Zone: zone.String()},
		number:  i, habit: habits[i%len(habits)], away: i == 1, fewer: i == 4,
	}
	if i == 10 { // reminders come in each person's own time
		p.Zone = "Australia/Perth"
	}
	return p
}

// enter has the cohort started and people invited, as in a real workspace.
func (r *rehearsal) enter(ctx context.Context) error {
	office := chat.Profile{User: chat.User{Workspace: rehearsed, ID: "office"}, Name: "Office", Zone: r.zone.String(), Admin: true}
	r.facilitator = chat.Profile{User: chat.User{Workspace: rehearsed, ID: "mere"}, Name: "Mere", Zone: r.zone.String()}
	for _, p := range []chat.Profile{office, r.facilitator} {
		if err := r.bot.Meet(ctx, p); err != nil {
			return err
		}
	}
	if _, err := r.types(ctx, office, "cohort appoint @mere"); err != nil {
		return err
	}
	name := r.programme.Title
	if called := r.programme.Members.Many; called != "members" {
		name = called
	}
	name = strings.NewReplacer(`"`, "", "\n", " ").Replace(name)
	said, err := r.types(ctx, r.facilitator, fmt.Sprintf(
		`cohort start programme:%s name:"%s" first:%s channel:#%s zone:%s`, r.programme.ID, name, r.start, r.channel.Channel, r.zone))
	if err != nil {
		return err
	}
	err = r.store.View(ctx, func(tx store.Tx) error {
		c, ok, err := cohorts.At(tx, r.channel)
		if err == nil && !ok {
			err = fmt.Errorf("the cohort was not started: %s", said.Text)
		}
		r.cohort = c.ID
		return err
	})
	if err != nil {
		return err
	}
	if _, err := r.types(ctx, r.facilitator, "cohort invite"); err != nil {
		return err
	}
	for i := range r.members {
		r.cast = append(r.cast, newPlayer(i, r.zone))
	}
	r.workAloud(r.start)
	r.meetings(r.start)
	r.goalsOf(r.start)
	r.askPeers(r.start)
	return r.bot.Settle(ctx)
}

// types has somebody give a command in the group's channel.
func (r *rehearsal) types(ctx context.Context, who chat.Profile, text string) (chat.Message, error) {
	return r.ask(ctx, who, chat.Request{At: r.channel, Text: text}, nil)
}

// after plans something for so many days after a date, at an hour.
func (r *rehearsal) after(d schedules.Date, days, hour int, do func(context.Context) error) {
	r.at(schedules.Wall{Date: d.AddDays(days), Time: schedules.TimeOfDay{Hour: hour}}.In(r.zone), do)
}

// soon gives a time within so many hours from now, in the daytime.
func (r *rehearsal) soon(hours int) time.Time {
	t := r.clock.Now().Add(time.Duration(1+r.chance.IntN(hours*60)) * time.Minute).In(r.zone.Location())
	if h := t.Hour(); h < 7 || h > 21 {
		t = t.Add(10 * time.Hour)
	}
	return t
}

// react has people see a new post and decide what to do about it.
func (r *rehearsal) react(p *rehearsalPost) {
	switch p.kind {
	case "join":
		if p.address.Place == r.channel {
			r.join(p)
		}
	case "prompt":
		for _, m := range r.cast {
			r.answer(m, p)
			r.takeUp(m, p)
		}
	case "parked-remind":
		r.comeBack(p)
	case "session stage":
		r.sayAround(p)
	case "session", "session find", "session find pick", "session after", "session notes":
		r.meet(p)
	case "ask-prompt", "waiting":
		r.press(r.facilitator, r.soon(4), p, "plan edit", "", map[string]string{
			"prompt": "(Here comes the question of this week. It is not in the programme yet, and was written in time.)",
		})
	case "weave-draft":
		r.press(r.facilitator, r.soon(3), p, "cohort weave", "", map[string]string{"text+": threadOf(p.about())})
		r.takeUpOpen(p)
	case "end":
		r.lookBack(p)
	case "nudge", "kept":
		for _, m := range r.cast {
			if m.User.ID == p.address.Place.User {
				r.beReminded(m, p)
			}
		}
	default:
		for _, m := range r.cast {
			if m.joined && (m.User.ID == p.address.Place.User || p.kind == "goal-look" && !p.address.Place.IsDirect()) {
				r.liveOn(m, p)
			}
		}
	}
}

// join lets people join one by one before the first day; the last comes when the
// others have begun.
func (r *rehearsal) join(p *rehearsalPost) {
	for i, m := range r.cast {
		at := p.at.Add(5 * 24 * time.Hour * time.Duration(i+1) / time.Duration(len(r.cast)+1)).Truncate(time.Minute)
		if i > 2 && i == len(r.cast)-1 {
			at = p.at.Add(preparing + 9*24*time.Hour)
		}
		r.at(at, func(ctx context.Context) error {
			b, _ := p.button("cohort join", "")
			quote := "yes"
			if i%4 == 3 {
				quote = "no"
			}
			_, err := r.ask(ctx, m.Profile, pressing(b, r.channel), map[string]string{"quote": quote})
			m.joined = true
			return err
		})
	}
}

// answer has a member answer a question, or not.
func (r *rehearsal) answer(m *player, p *rehearsalPost) {
	today := schedules.DateOf(r.clock.Now().In(r.zone.Location()))
	dice := r.chance.IntN(10)
	if !m.joined {
		return
	}
	m.open = p
	if m.away && today.DaysUntil(r.start) <= -14 {
		m.away = false
		m.onLeave = schedules.Span{From: today.AddDays(2), To: today.AddDays(15)}
		r.at(r.soon(8), func(ctx context.Context) error {
			_, err := r.types(ctx, m.Profile, fmt.Sprintf(`settings leave dates:"%s to %s"`, m.onLeave.From, m.onLeave.To))
			return err
		})
		return
	}
	if m.onLeave.Has(today) {
		return
	}
	text := ""
	if m.habit != reminded && dice < 8 && (m.habit != quietly || dice < 2) {
		text = r.something(p.about())
	}
	switch {
	case m.habit == quietly && text == "":
		if dice < 5 {
			r.press(m.Profile, r.soon(60), p, "pass", "", nil)
		}
	case text == "": // silence is an answer, too
	case m.habit == inThread:
		r.reply(m, r.soon(60), p, text)
	case m.habit == byForm:
		choice := prompts.Group
		if dice < 2 {
			choice = prompts.Facilitators
		}
		r.press(m.Profile, r.soon(60), p, "reflect", string(choice), map[string]string{"text": text})
	case m.habit == directly:
		r.at(r.soon(60), func(ctx context.Context) error { return r.say(ctx, m.Profile, chat.Direct(m.User), text) })
	case m.habit == quietly:
		r.reply(m, r.soon(100), p, text)
	}
}

// beReminded has a member see a message of their own.
func (r *rehearsal) beReminded(m *player, p *rehearsalPost) {
	dice := r.chance.IntN(10)
	switch {
	case p.kind == "kept":
		if dice < 5 {
			r.press(m.Profile, r.soon(1), p, "share-answer", string(prompts.Group), nil)
		}
	case m.fewer:
		m.fewer = false
		r.press(m.Profile, r.soon(1), p, "settings reminders", "fewer", nil)
	case m.habit == reminded && m.open != nil:
		if text := r.something(m.open.about()); text != "" {
			r.reply(m, r.soon(12), m.open, text)
		}
	}
}

// reply has a member write in the thread under a post.
func (r *rehearsal) reply(m *player, at time.Time, p *rehearsalPost, text string) {
	r.at(at, func(ctx context.Context) error {
		place := p.address.Place.Root()
		place.Thread = p.address.ID
		if err := r.say(ctx, m.Profile, place, text); err != nil {
			return err
		}
		r.respond(m, place)
		return nil
	})
}

// press has somebody press a button, if it is there still.
func (r *rehearsal) press(who chat.Profile, at time.Time, p *rehearsalPost, command, choice string, answers map[string]string) {
	r.at(at, func(ctx context.Context) error {
		b, ok := p.button(command, choice)
		if !ok {
			return nil
		}
		q := pressing(b, p.address.Place)
		q.Message = &chat.Target{Address: p.address, Text: p.message.Text}
		_, err := r.ask(ctx, who, q, answers)
		return err
	})
}
