package bot

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

type reason = outbox.Reason

const (
	undeliveredKind = "undelivered"
	parkedKind      = "parked"
)

// undelivered tells the facilitators, or where there are none the workspace's
// administrators, that something could not be said. Of somebody whose direct
// messages are closed they hear once, until that person has been here.
func (b *Bot) undelivered(tx store.Tx, i outbox.Item, now time.Time) error {
	if i.State == outbox.Missed {
		p, err := people.Table.Get(tx, people.ID(i.Person))
		if errors.Is(err, store.ErrNotFound) || err == nil && !p.Unreachable.IsZero() {
			return nil
		}
		if err != nil {
			return err
		}
		p.Unreachable = now
		if err := people.Table.Put(tx, p.ID, p); err != nil {
			return err
		}
	}
	told := outbox.Item{Kind: undeliveredKind, Record: i.Key}
	if i.Place.Calendar { // what keeps one entry out of it keeps out all: once is enough
		told.Key = fmt.Sprintf("%s/%s/%s", undeliveredKind, i.Place, i.Cohort)
	}
	return tellCarers(tx, i.Cohort, i.Place.Workspace, now, i.Order, people.ID(i.Person), told)
}

// parked tells the same people that something could not be done. What belongs to
// no cohort is in the log alone.
func (b *Bot) parked(tx store.Tx, j jobs.Job, now time.Time) error {
	if j.Cohort == "" {
		return nil
	}
	c, ok, err := cohorts.Table.Find(tx, cohorts.ID(j.Cohort))
	if err != nil || !ok {
		return err
	}
	return tellCarers(tx, j.Cohort, c.Place.Workspace, now, j.First.UTC().Format(time.RFC3339), "", outbox.Item{Kind: parkedKind, Record: j.Key})
}

// tellCarers says an item to each person who can act for a cohort. occasion tells
// apart what may happen several times to one record, where the item has no key of
// its own that does; but is not told, since it is them who cannot be reached.
func tellCarers(tx store.Tx, cohort string, w chat.Workspace, now time.Time, occasion string, but people.ID, i outbox.Item) error {
	carers, err := carersOf(tx, cohort, w, but)
	if err != nil {
		return err
	}
	for _, p := range carers {
		told := i
		told.Key = cmp.Or(i.Key, fmt.Sprintf("%s/%s/%s", i.Kind, i.Record, occasion)) + "/" + string(p.ID)
		told.Cohort, told.Person, told.Place, told.Silent = cohort, string(p.ID), p.Direct(w), true
		if err := outbox.Say(tx, told, now); err != nil {
			return err
		}
	}
	return nil
}

// carersOf gives who can act for a cohort, somebody excepted: its facilitators, or
// else whoever administers the workspace.
func carersOf(tx store.Tx, cohort string, w chat.Workspace, but people.ID) ([]people.Person, error) {
	others := func(all []people.Person) []people.Person {
		return slices.DeleteFunc(all, func(p people.Person) bool { return p.ID == but })
	}
	if cohort != "" {
		carers, err := cohorts.Facilitators(tx, cohorts.ID(cohort))
		if carers = others(carers); err != nil || len(carers) > 0 {
			return carers, err
		}
	}
	admins, err := people.Admins(tx, w)
	return others(admins), err
}

func (b *Bot) undeliveredReason() reason {
	return reason{Kind: undeliveredKind, Render: func(tx store.Tx, told outbox.Item, now time.Time) (chat.Message, bool, error) {
		i, err := outbox.Table.Get(tx, told.Record)
		if err != nil {
			return chat.Message{}, false, err
		}
		var text string
		if i.State == outbox.Missed {
			p, err := people.Table.Get(tx, people.ID(i.Person))
			if err != nil {
				return chat.Message{}, false, err
			}
			text = fmt.Sprintf("%s's direct messages are closed to me, so they haven't had a message of mine (%s). You could tell them in person; I'll show it to them when they next use a command.", chat.Plain(p.Name), i.Kind)
		} else {
			where, remedy := chat.InChannel(i.Place), "Check that the channel is still there and that I am in it, then use /home to see what is open."
			if i.Place.Calendar {
				where, remedy = "the calendar of this workspace", "The session stands all the same; only the calendar does not show it. Whoever looks after me can run cohortbot check, which says what is missing."
			}
			if i.Place.IsDirect() {
				where, remedy = "direct messages", "You could tell them in person."
				if p, err := people.Table.Get(tx, people.ID(i.Person)); err == nil {
					where = "direct messages to " + chat.Plain(p.Name)
				}
			}
			text = fmt.Sprintf("I couldn't post a message (%s) in %s: %s. %s", i.Kind, where, chat.Plain(plainFault(i.Fault)), remedy)
		}
		return chat.Message{Text: text, Note: "Only facilitators see this."}, true, nil
	}}
}

func plainFault(fault string) string {
	if i := strings.LastIndex(fault, ": "); i >= 0 {
		return fault[i+2:]
	}
	return fault
}

func (b *Bot) parkedReason() reason {
	return reason{Kind: parkedKind, Render: func(tx store.Tx, told outbox.Item, now time.Time) (chat.Message, bool, error) {
		j, err := jobs.Table.Get(tx, told.Record)
		if err != nil || !j.Parked { // it has been set anew since
			return chat.Message{}, false, err
		}
		return chat.Message{
			Text: fmt.Sprintf("Something that was due (%s) failed %d times, so I have put it aside. Please tell whoever looks after me; the log says why.", j.Kind, j.Tries),
			Note: "Only facilitators see this.",
		}, true, nil
	}}
}

// showMissed adds to a reply what could not be delivered to the person before.
func (b *Bot) showMissed(tx store.Tx, p people.Person, out *chat.Outcome, now time.Time) error {
	if out.Reply == nil {
		return nil
	}
	shown, length := 0, len(out.Reply.Text)
	waiting := false
	there, err := outbox.Visit(tx, string(p.ID), func(i outbox.Item) bool {
		m, wanted, err := b.missed(tx, i, now)
		if err != nil { // it must not keep the person from whatever they came for
			b.log.Error("a missed message cannot be shown", "key", i.Key, "kind", i.Kind, "err", err)
			return true
		}
		if !wanted {
			return true
		}
		if shown++; shown > maxMissed || shown > 1 && length+len(m.Text) > maxMissedText {
			waiting = true
			return false
		}
		if out.Reply.Chart != nil || out.Reply.Event != nil || out.Reply.Document != nil {
			m = m.InWords() // a reply has room for one of each
		}
		length += len(m.Text)
		out.Reply.Text += "\n\n**While your direct messages were closed:**\n\n" + m.Text
		out.Reply.Chart, out.Reply.Event, out.Reply.Document = cmp.Or(out.Reply.Chart, m.Chart), cmp.Or(out.Reply.Event, m.Event), cmp.Or(out.Reply.Document, m.Document)
		out.Reply.Files = append(out.Reply.Files, m.Files...)
		for _, button := range m.Buttons {
			same := func(other chat.Button) bool { return other.Token() == button.Token() }
			if len(out.Reply.Buttons) < chat.MaxButtons && !slices.ContainsFunc(out.Reply.Buttons, same) {
				out.Reply.Buttons = append(out.Reply.Buttons, button)
			}
		}
		return true
	})
	if err != nil || !there {
		return err
	}
	if waiting {
		out.Reply.Text += "\n\nThere is more; I show it with the next thing you ask for, such as /home."
	}
	if p, err = people.Table.Get(tx, p.ID); err != nil { // the deed may have changed it
		return err
	}
	p.Unreachable = time.Time{}
	return people.Table.Put(tx, p.ID, p)
}

// How much of what somebody missed is shown at once: how many messages, and from
// the second on, up to how many bytes in all.
const (
	maxMissed     = 5
	maxMissedText = 10_000
)

// missed gives the words of something missed, if it is still to be said.
func (b *Bot) missed(tx store.Tx, i outbox.Item, now time.Time) (m chat.Message, wanted bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = store.Panicked(p)
		}
	}()
	if !i.Until.IsZero() && now.After(i.Until) {
		return m, false, nil
	}
	reason, ok := b.reasons[i.Kind]
	if !ok {
		return m, false, fmt.Errorf("no reason is called %q", i.Kind)
	}
	m, wanted, err = reason.Render(tx, i, now)
	if errors.Is(err, store.ErrNotFound) {
		return m, false, nil
	}
	return m, wanted, err
}

// tooLong tells somebody that what they wrote could not be kept.
func (b *Bot) tooLong(tx store.Tx, s chat.Said) error {
	now := b.clock.Now()
	p, err := b.meet(tx, s.Profile, now)
	if err != nil {
		return err
	}
	w := s.Profile.User.Workspace
	if err := outbox.Say(tx, outbox.Item{
		Key: tooLongKind + "/" + s.Address.String(), Kind: tooLongKind, Person: string(p.ID), Place: p.Direct(w), Silent: true,
	}, now); err != nil {
		return err
	}
	return remember(tx, w, s.Event, chat.Outcome{}, now)
}

const tooLongKind = "too-long"

func tooLongReason() reason {
	return reason{Kind: tooLongKind, Render: func(store.Tx, outbox.Item, time.Time) (chat.Message, bool, error) {
		return chat.Message{Text: "What you just wrote is more than I can keep in one piece; about 200,000 letters fit. It still stands where you wrote it. Please give it in parts, or attach it as a file."}, true, nil
	}}
}
