package main

import (
	"context"
	"fmt"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/schedules"
)

// meetings has the facilitator plan what the group does beside its questions: a
// session for what people wonder about, a meal for which a time is found among
// three, and a walk that repeats and moves to another day when two of it are left.
func (r *rehearsal) meetings(start schedules.Date) {
	on := func(days, hour, minute int) schedules.Wall {
		return schedules.Wall{Date: start.AddDays(days), Time: schedules.TimeOfDay{Hour: hour, Minute: minute}}
	}
	r.after(start, 2, 10, func(ctx context.Context) error {
		_, err := r.types(ctx, r.facilitator, fmt.Sprintf(`session schedule title:"Q&A session" when:"%s"`, on(9, 18, 30)))
		return err
	})
	r.after(start, 24, 9, func(ctx context.Context) error {
		_, err := r.types(ctx, r.facilitator, fmt.Sprintf(`session find title:"Potluck" first:"%s" second:"%s" third:"%s" length:"2 hours"`,
			on(33, 18, 0), on(34, 12, 0), on(36, 18, 0)))
		return err
	})
	r.after(start, 38, 10, func(ctx context.Context) error {
		if _, err := r.types(ctx, r.facilitator, fmt.Sprintf(`session schedule title:"Walking hour" when:"%s" repeat:"fortnightly, 3 times" where:"The gate of the park"`,
			on(44, 12, 30))); err != nil {
			return err
		}
		_, err := r.types(ctx, r.facilitator, "session stages")
		return err
	})
	r.after(start, 46, 9, func(ctx context.Context) error {
		_, err := r.ask(ctx, r.facilitator, chat.Request{At: r.channel, Text: "session move"}, map[string]string{
			"when": on(59, 17, 30).String(), "reach": "following",
		})
		return err
	})
}

// meet has people say which times suit them and whether they come, and the
// facilitator pick a time and take notes.
func (r *rehearsal) meet(p *rehearsalPost) {
	rest := r.chance
	r.chance = r.beside
	defer func() { r.chance = rest }()
	inGroup := !p.address.Place.IsDirect()
	switch p.kind {
	case "session find pick":
		r.press(r.facilitator, r.soon(6).Add(48*time.Hour), p, "session pick", "1", nil)
	case "session after":
		n := notesTaken[r.met%len(notesTaken)]
		r.met++
		r.press(r.facilitator, r.soon(3), p, "session notes", "write", map[string]string{"text": n.text, "question": n.question})
		r.press(r.facilitator, r.soon(5), p, "session attend", "mark", nil)
	case "session":
		if inGroup && len(r.cast) > 0 {
			r.press(r.cast[r.met%len(r.cast)].Profile, r.soon(48), p, "session agenda", "add", map[string]string{"add": wondered[r.met%len(wondered)]})
		}
	}
	for i, m := range r.cast {
		if !m.joined || !inGroup || m.onLeave.Has(r.today()) {
			continue
		}
		switch n := r.chance.IntN(4); {
		case p.kind == "session" && n < 3:
			r.press(m.Profile, r.soon(48), p, "session answer", []string{"yes", "yes", "no"}[n], nil)
		case p.kind == "session find":
			r.press(m.Profile, r.soon(30), p, "session suits", []string{"0", "1", "1", "none"}[n], nil)
		case p.kind == "session notes" && m.habit == reminded:
			r.press(m.Profile, r.soon(6), p, "session attend", "catch-up", map[string]string{"answer": caughtUp[(i+r.met)%len(caughtUp)]})
		}
	}
}
