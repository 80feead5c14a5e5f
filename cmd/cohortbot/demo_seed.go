package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"cohortbot/adapters/web"
	"cohortbot/bot"
	"cohortbot/bot/chat"
	"cohortbot/schedules"
)

// stage is what the demonstration's past is acted out on: people act through the
// workspace, and the clock moves between their acts.
type stage struct {
	bot       *bot.Bot
	workspace *web.Workspace
	clock     *schedules.Movable
}

// liveTo moves the clock once the bot has heard what was said.
func (s stage) liveTo(ctx context.Context, to time.Time) error {
	if err := s.workspace.Settle(ctx); err != nil {
		return err
	}
	return s.bot.Live(ctx, s.clock, to)
}

var demoZone = schedules.MustZone("Pacific/Auckland")

const (
	// demoWeek is the week of the programme in which the demonstration opens, and
	// demoFurther that of its second group.
	demoWeek    = 8
	demoFurther = 12
)

// demoOpens is the civil time at which the demonstration opens: the last
// Wednesday afternoon before now, so that Monday's question has been answered by
// some, Thursday's reminder is still to come, and the third of five days is open.
func demoOpens(now time.Time) time.Time {
	date := schedules.DateOf(now.In(demoZone.Location()))
	for {
		wall := schedules.Wall{Date: date, Time: schedules.TimeOfDay{Hour: 14, Minute: 10}}
		if at := wall.In(demoZone); date.Weekday() == time.Wednesday && !at.After(now) {
			return at
		}
		date = date.AddDays(-1)
	}
}

// demoBegins is when the life of the demonstration begins: before the first day
// of the group that is further on.
func demoBegins(now time.Time) time.Time {
	opens := schedules.DateOf(demoOpens(now).In(demoZone.Location()))
	return schedules.Wall{Date: opens.AddDays(-2 - 7*(demoFurther-1) - 5), Time: schedules.TimeOfDay{Hour: 10}}.In(demoZone)
}

// moment is something that somebody does in the demonstration's past.
type moment struct {
	at time.Time
	do func(context.Context) error
}

// seedDemo acts out the past of the demonstration, in an empty workspace whose
// clock stands at demoBegins. When it returns, the clock stands at demoOpens.
func seedDemo(ctx context.Context, s stage) error {
	p := play{stage: s, opens: demoOpens(schedules.System.Now())}
	if err := p.furnish(ctx); err != nil {
		return err
	}
	p.script()
	slices.SortStableFunc(p.acts, func(a, b moment) int { return a.at.Compare(b.at) })
	for _, a := range p.acts {
		if a.at.After(p.opens) {
			break
		}
		if err := s.liveTo(ctx, a.at); err != nil {
			return err
		}
		if err := s.bot.Settle(ctx); err != nil {
			return err
		}
		if err := a.do(ctx); err != nil {
			return err
		}
	}
	return s.liveTo(ctx, p.opens)
}

// play is the demonstration's past: who is there, and what they do when.
type play struct {
	stage
	opens time.Time
	acts  []moment
}

// monday gives a time of day on the Monday of the opening week, or some days
// after it or before.
func (p *play) monday(days, hour, minute int) time.Time {
	opens := schedules.DateOf(p.opens.In(demoZone.Location()))
	return schedules.Wall{Date: opens.AddDays(days - 2), Time: schedules.TimeOfDay{Hour: hour, Minute: minute}}.In(demoZone)
}

func (p *play) at(t time.Time, do func(context.Context) error) {
	p.acts = append(p.acts, moment{t, do})
}

func channel(id string) chat.Place { return chat.Channel(web.Name, id) }

// replies has somebody write in the thread under the youngest question.
func (p *play) replies(t time.Time, as, in, text string, files ...chat.File) {
	p.at(t, func(ctx context.Context) error {
		question, err := youngestQuestion(ctx, p.workspace, as, in)
		if err == nil && question == "" {
			err = errors.New("no question to answer")
		}
		if err != nil {
			return because(err, as, text)
		}
		var ids []string
		for _, f := range files {
			kept, err := p.workspace.Upload(ctx, as, f)
			if err != nil {
				return because(err, as, f.Name)
			}
			ids = append(ids, kept.ID)
		}
		place := channel(in)
		place.Thread = question
		_, err = p.workspace.Say(ctx, as, place, text, ids, "")
		return because(err, as, text)
	})
}

// youngestQuestion gives the id of the weekly question that went out last in a
// channel; empty where there is none among the latest messages.
func youngestQuestion(ctx context.Context, w *web.Workspace, as, in string) (string, error) {
	seen, _, err := w.See(ctx, as, channel(in), "", 0)
	if err != nil {
		return "", err
	}
	for _, m := range slices.Backward(seen) {
		if m.Author.Bot && !m.OnlyYou && strings.HasPrefix(m.Text, "**Week ") {
			return m.ID, nil
		}
	}
	return "", nil
}

// says has somebody write to the bot in private.
func (p *play) says(t time.Time, as, text string) {
	p.at(t, func(ctx context.Context) error {
		_, err := p.workspace.Say(ctx, as, chat.Direct(chat.User{Workspace: web.Name, ID: as}), text, nil, "")
		return because(err, as, text)
	})
}
