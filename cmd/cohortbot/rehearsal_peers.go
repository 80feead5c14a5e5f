package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"cohortbot/schedules"
)

// reflectionsGiven is what the made-up members write to each other on drafts, by a
// part of them.
var reflectionsGiven = map[string]string{
	"Come and cook": "It is the leaving early that would bring me. I'd say it first.",
	"the kettle":    "You make the cold sound like company. I'd come for the kettle, and would not know whether to ring.",
}

// reflectionOn gives what a peer writes on what they were shown.
func reflectionOn(shown string) string {
	for part, text := range reflectionsGiven {
		if strings.Contains(shown, part) {
			return text
		}
	}
	return "You call it small. I don't think it is. I would like to hear what the others in it would say."
}

// askPeers has members ask each other for a reflection: on something they wrote in
// the group, on a draft, and whoever was asked least. One wants to meet somebody.
func (r *rehearsal) askPeers(first schedules.Date) {
	if len(r.cast) < 4 {
		return
	}
	there := func(m *player) bool { return m.joined && !m.onLeave.Has(r.today()) }
	r.after(first, 12, 18, func(ctx context.Context) error {
		for _, s := range slices.Backward(r.said) {
			if i := slices.IndexFunc(r.cast, func(m *player) bool { return m.User == s.author.User && there(m) && !s.response }); i >= 0 {
				_, err := r.menu(ctx, r.cast[i].Profile, "peer ask", s, map[string]string{"text": "I am not sure that I said it well."})
				return err
			}
		}
		return nil
	})
	for i, draft := range []string{
		"Come and cook on Tuesday. You need bring nothing, and you may leave early.",
		"Dear neighbours, the hall is cold and the kettle works. Who would sit with us on Sundays?",
	} {
		r.after(first, 38+21*i, 12, func(ctx context.Context) error {
			m := r.cast[(3+4*i)%len(r.cast)]
			if !there(m) {
				return nil
			}
			_, err := r.types(ctx, m.Profile, `peer ask text:"`+draft+`"`)
			return err
		})
	}
	r.after(first, 30, 12, func(ctx context.Context) error {
		if m := r.cast[2]; there(m) {
			_, err := r.types(ctx, m.Profile, "peer meet")
			return err
		}
		return nil
	})
}

// reflect has a member see what a peer asks of them, or gave them.
func (r *rehearsal) reflect(m *player, p *rehearsalPost, dice int, at time.Time) {
	switch p.kind {
	case "peer ask":
		if dice == 0 {
			r.press(m.Profile, at, p, "peer decline", "", nil)
			return
		}
		r.press(m.Profile, at.AddDate(0, 0, 1), p, "peer give", "", map[string]string{"q1": reflectionOn(p.first.Text)})
	case "peer reflection":
		r.press(m.Profile, at, p, "peer thank", "", nil)
	}
}
