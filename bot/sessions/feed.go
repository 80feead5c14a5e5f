package sessions

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

// Options is what sessions need from outside.
type Options struct {
	// Calendar makes a calendar file of a cohort's events. Nil makes none.
	Calendar func(name string, events []chat.Event, now time.Time) []byte
	// Pages is where the bot's pages are found, without a slash at the end. Empty
	// where it has none, and so no address to subscribe to.
	Pages string
	// Programmes are those that people can be interested in.
	Programmes []programmes.Programme
	// Interested gives the people of a workspace who registered interest in a
	// programme and want to be reached there, and counts the others. Nil knows of
	// nobody.
	Interested func(tx store.Tx, programme string, w chat.Workspace) (here []people.ID, outside int, err error)
}

// Feed is the secret address of a cohort's calendar: whoever has it sees when and
// where the whole group meets, and nothing of anybody in it.
type Feed struct {
	Cohort cohorts.ID `json:"cohort"`
	Token  string     `json:"token"` // 256 bits at random
	By     people.ID  `json:"by"`
	Made   time.Time  `json:"made"`
}

// Feeds keeps one feed a cohort.
var Feeds = store.NewTable[cohorts.ID, Feed]("feeds", 1,
	store.Index[Feed]{Name: "token", Keys: func(f Feed) [][]byte { return [][]byte{store.Key(hashed(f.Token))} }})

// hashed keeps tokens out of keys, where they could be guessed letter by letter
// from how long a search takes.
func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

const (
	calendarPath = "session calendar"
	newAddress   = "new" // the choice of the button that makes the old address stop

	feedBack = 90 * 24 * time.Hour // how far back a feed goes
	feedMost = 400                 // how many events it has at most
)

// Subscribed gives the calendar behind a feed's token: its name and its events.
// False where there is none, or none any more.
func Subscribed(tx store.Tx, token string, now time.Time) (name string, events []chat.Event, ok bool, err error) {
	row, ok, err := store.First(Feeds.By(tx, "token", hashed(token)))
	if err != nil || !ok {
		return "", nil, false, err
	}
	c, ok, err := cohorts.Table.Find(tx, row.Value.Cohort)
	if err != nil || !ok || c.State == cohorts.Deleted {
		return "", nil, false, err
	}
	if events, err = eventsOf(tx, c, "start", nil, now); err == nil {
		events, err = eventsOf(tx, c, "off", events, now)
	}
	return c.Name, events, err == nil, err
}

// eventsOf adds the sessions of the whole group as events, from some while ago on:
// those that are planned, by the index "start", or those that were cancelled, by
// "off". The latter stay in what people subscribe to: not every calendar takes out
// what no longer stands there.
func eventsOf(tx store.Tx, c cohorts.Cohort, index string, events []chat.Event, now time.Time) ([]chat.Event, error) {
	from, to := store.Key(string(c.ID), now.Add(-feedBack)), store.PrefixEnd(store.Key(string(c.ID)))
	for row, err := range Table.Range(tx, index, from, to, false) {
		if err != nil {
			return nil, err
		}
		if len(events) == feedMost {
			break
		}
		if len(row.Value.People) == 0 {
			events = append(events, *row.Value.event(c))
		}
	}
	return events, nil
}

func (o Options) calendarDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: calendarPath, Summary: "All sessions for your own calendar", Role: chat.Member},
		Scoped:  true,
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			cohort, err := cohorts.Get(tx, cohorts.ID(c.Cohort))
			if err != nil {
				return chat.Outcome{}, err
			}
			facilitates := c.Role.Includes(chat.Facilitator)
			if c.Choice == newAddress {
				if !facilitates {
					return chat.Outcome{}, deeds.Refuse(deeds.Forbidden, "Only facilitators can change the address, since everybody's calendar stops with the old one. Ask one of them.")
				}
				if !c.Sure {
					return deeds.Confirm("The address of the calendar of **"+chat.Plain(cohort.Name)+"** changes. The old one stops at once, for everybody who subscribed with it; I tell nobody.", "Change the address"), nil
				}
				if _, err := newFeed(tx, cohort.ID, c); err != nil {
					return chat.Outcome{}, err
				}
			}
			m, err := o.calendarMessage(tx, cohort, c)
			if err == nil && facilitates && o.Pages != "" {
				m.Buttons = append(m.Buttons, chat.Button{Label: "Change the address", Command: calendarPath, Record: c.Cohort, Choice: newAddress})
			}
			return chat.Answering(m), err
		},
	}
}

// calendarMessage has the file, and the address to subscribe to where there is
// one.
func (o Options) calendarMessage(tx store.Tx, cohort cohorts.Cohort, c deeds.Call) (chat.Message, error) {
	events, err := eventsOf(tx, cohort, "start", nil, c.Now)
	if err != nil {
		return chat.Message{}, err
	}
	name := chat.Plain(cohort.Name)
	m := chat.Message{Text: "No session of " + name + " is planned, so there is no file yet."}
	if len(events) > 0 && o.Calendar != nil {
		m.Text = fmt.Sprintf("Here are the sessions of %s as a file that calendars open, as they are planned now: %s.", name, sessionsCount(len(events)))
		m.Files = []chat.File{{
			Name: "sessions.ics", Type: "text/calendar; charset=utf-8", Data: o.Calendar(cohort.Name, events, c.Now),
			Alt: sessionsCount(len(events)) + " of " + cohort.Name + ", for a calendar",
		}}
	}
	if o.Pages == "" {
		m.Text += "\n\nThere is no address to subscribe to, because this bot has no pages of its own. When something moves, the message about it brings a new entry."
		return m, nil
	}
	feed, ok, err := Feeds.Find(tx, cohort.ID)
	if err == nil && !ok {
		feed, err = newFeed(tx, cohort.ID, c)
	}
	m.Text += "\n\nA calendar that subscribes to this address keeps itself up to date:\n\n`" + o.address(feed) + "`"
	m.Note = "Whoever has the address sees when and where the group meets, and nothing of who comes. Keep it within the group."
	return m, err
}

func (o Options) address(f Feed) string {
	return strings.TrimSuffix(o.Pages, "/") + "/calendar/" + f.Token + ".ics"
}

// newFeed gives a cohort a new address, in the place of the one that it had.
func newFeed(tx store.Tx, id cohorts.ID, c deeds.Call) (Feed, error) {
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // never fails: crypto/rand ends the process instead
	f := Feed{Cohort: id, Token: base64.RawURLEncoding.EncodeToString(secret[:]), By: c.Person.ID, Made: c.Now}
	return f, Feeds.Put(tx, id, f)
}
