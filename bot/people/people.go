// Package people keeps who somebody is: one random id a person, the accounts
// by which platforms know them, and how they want to be reached: zone, quiet
// hours, leave, and a weekly budget of reminders. Start reading at [Person].
//
// Everything else that is kept about a person carries only the id.
package people

import (
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"cohortbot/bot/chat"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// ID names a person for ever, and says nothing about them.
type ID string

// Person is somebody whom the bot has met.
type Person struct {
	ID       ID          `json:"id"`
	Name     string      `json:"name"` // as they write it
	Accounts []chat.User `json:"accounts"`

	Zone    schedules.Zone  `json:"zone"`
	HasZone bool            `json:"has_zone,omitempty"` // the zone is known, from the platform or from them
	OwnZone bool            `json:"own_zone,omitempty"` // they chose it themselves: the platform's no longer counts
	Quiet   schedules.Quiet `json:"quiet"`              // in their zone

	Leave     schedules.Calendar `json:"leave,omitempty"`
	Workdays  []time.Weekday     `json:"workdays,omitempty"` // as they chose; empty is Monday to Friday
	Reminders Reminders          `json:"reminders,omitempty"`
	Budget    Budget             `json:"budget"`

	Administers []chat.Workspace `json:"administers,omitempty"`
	Met         time.Time        `json:"met"`
	// Unreachable since then: their direct messages are closed.
	Unreachable time.Time `json:"unreachable,omitzero"`
	// Erased is when they had their data erased: nothing but the id is left then.
	Erased time.Time `json:"erased,omitzero"`
}

// Reminders is how many private reminders a person wants.
type Reminders string

// The levels of reminders.
const (
	Usual Reminders = ""
	Fewer Reminders = "fewer" // at most one a week
	Off   Reminders = "off"
)

// Budget counts the reminders of one week, Monday to Sunday in the person's
// zone.
type Budget struct {
	Week  schedules.Date `json:"week"` // its Monday
	Spent int            `json:"spent"`
}

// DefaultQuiet is when nobody is disturbed who has not said otherwise.
var DefaultQuiet = schedules.Quiet{From: schedules.TimeOfDay{Hour: 20}, To: schedules.TimeOfDay{Hour: 8}}

// Table keeps all people.
var Table = store.NewTable[ID, Person]("people", 1,
	store.Index[Person]{Name: "account", Keys: func(p Person) [][]byte {
		var keys [][]byte
		for _, u := range p.Accounts {
			keys = append(keys, store.Key(u.String()))
		}
		return keys
	}},
	store.Index[Person]{Name: "spoken", Keys: func(p Person) [][]byte {
		return [][]byte{store.Key(fold(p.Name))}
	}},
	store.Index[Person]{Name: "administers", Keys: func(p Person) [][]byte {
		var keys [][]byte
		for _, w := range p.Administers {
			keys = append(keys, store.Key(string(w)))
		}
		return keys
	}},
)

// ErrUnknown is returned for somebody whom the bot has never met.
var ErrUnknown = errors.New("nobody by this account is known")

// ByAccount gives the person behind an account, or ErrUnknown.
func ByAccount(tx store.Tx, u chat.User) (Person, error) {
	row, ok, err := store.First(Table.By(tx, "account", u.String()))
	if err == nil && !ok {
		err = ErrUnknown
	}
	return row.Value, err
}

// Meet gives the person behind a profile, makes them known if they were not, and
// keeps what the platform newly says of them. It writes only when something
// changed.
func Meet(tx store.Tx, profile chat.Profile, now time.Time) (Person, error) {
	p, err := ByAccount(tx, profile.User)
	changed := false
	switch {
	case errors.Is(err, ErrUnknown):
		p = Person{
			ID: ID(store.NewID(now)), Name: profile.User.ID,
			Accounts: []chat.User{profile.User}, Quiet: DefaultQuiet, Met: now,
		}
		changed = true
	case err != nil:
		return Person{}, err
	}
	if profile.Name != "" && profile.Name != p.Name {
		p.Name, changed = profile.Name, true
	}
	if profile.Zone != "" && !p.OwnZone && (!p.HasZone || profile.Zone != p.Zone.String()) {
		if z, err := schedules.ParseZone(profile.Zone); err == nil && (!p.HasZone || z.String() != p.Zone.String()) {
			p.Zone, p.HasZone, changed = z, true, true
		}
	}
	if w := profile.User.Workspace; profile.Admin != slices.Contains(p.Administers, w) {
		changed = true
		if profile.Admin {
			p.Administers = append(p.Administers, w)
		} else {
			p.Administers = slices.DeleteFunc(p.Administers, func(x chat.Workspace) bool { return x == w })
		}
	}
	if changed {
		err = Table.Put(tx, p.ID, p)
	}
	return p, err
}

// Someone is the name of somebody who had their data erased.
const Someone = "Someone who left"

// Erase takes away all that is known of a person. A stub stays, without a name, an
// account or anything else that leads to them, so that an id which is kept beside
// what others did still leads to somebody. If they ever come back, they are new.
func Erase(tx store.Tx, id ID, now time.Time) error {
	return Table.Put(tx, id, Person{ID: id, Name: Someone, Reminders: Off, Erased: now})
}

// Admins gives the people who administer a workspace.
func Admins(tx store.Tx, w chat.Workspace) ([]Person, error) {
	var admins []Person
	for row, err := range Table.By(tx, "administers", string(w)) {
		if err != nil {
			return nil, err
		}
		admins = append(admins, row.Value)
	}
	return admins, nil
}

// Account gives the account by which a person is reached in a workspace, or
// else the first they have.
func (p Person) Account(w chat.Workspace) chat.User {
	for _, u := range p.Accounts {
		if u.Workspace == w {
			return u
		}
	}
	if len(p.Accounts) == 0 {
		return chat.User{}
	}
	return p.Accounts[0]
}

// Direct gives the place where a person is reached in private.
func (p Person) Direct(w chat.Workspace) chat.Place { return chat.Direct(p.Account(w)) }

// ZoneOr gives the person's zone, or another where theirs is not known.
func (p Person) ZoneOr(other schedules.Zone) schedules.Zone {
	if p.HasZone {
		return p.Zone
	}
	return other
}

// OnLeave tells whether the person is away on the day of t in their zone.
func (p Person) OnLeave(t time.Time, other schedules.Zone) bool {
	_, away := p.Leave.On(schedules.DateOf(t.In(p.ZoneOr(other).Location())))
	return away
}

// Free gives when the person may be written to who need not hear it at once: now, or
// when their quiet hours and their leave are over. other is their zone where it is not
// known.
func (p Person) Free(now time.Time, other schedules.Zone) time.Time {
	zone, at := p.ZoneOr(other), now
	for range 30 { // leaves that follow one another
		away, ok := p.Leave.On(schedules.DateOf(at.In(zone.Location())))
		if !ok {
			return p.Quiet.Open(at, zone)
		}
		at = schedules.Wall{Date: away.To.AddDays(1), Time: schedules.TimeOfDay{Hour: 9}}.In(zone)
	}
	return at
}

// Works tells whether a day of the week is one of the person's working days.
func (p Person) Works(day time.Weekday) bool {
	if len(p.Workdays) == 0 {
		return day != time.Saturday && day != time.Sunday
	}
	return slices.Contains(p.Workdays, day)
}

// Nudge takes one reminder from the person's weekly budget, of which usual is
// the size. False means that they get none: turned off, spent, or on leave.
func Nudge(tx store.Tx, id ID, usual int, now time.Time, other schedules.Zone) (bool, error) {
	p, err := Table.Get(tx, id)
	if err != nil {
		return false, err
	}
	size := usual
	switch p.Reminders {
	case Off:
		return false, nil
	case Fewer:
		size = min(size, 1)
	}
	today := schedules.DateOf(now.In(p.ZoneOr(other).Location()))
	monday := today.AddDays(-(int(today.Weekday()) + 6) % 7)
	// Never back: somebody who flies west on a Monday, or whose cohorts live in
	// different zones, would get the same week's reminders twice.
	if p.Budget.Week.Before(monday) {
		p.Budget = Budget{Week: monday}
	}
	if p.Budget.Spent >= size || p.OnLeave(now, other) {
		return false, nil
	}
	p.Budget.Spent++
	return true, Table.Put(tx, id, p)
}

// fold gives a name as somebody types it in a hurry: without macrons and other
// marks, in lower case, with single blanks.
func fold(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(strings.Join(strings.Fields(name), " "))) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// SameName tells whether two names differ in nothing but case, marks and blanks.
func SameName(a, b string) bool { return fold(a) == fold(b) }

// Named gives the people of a workspace who go by a name, whatever its case and
// its marks; those who write it in just this way, if there are any.
func Named(tx store.Tx, w chat.Workspace, name string) ([]Person, error) {
	var found []Person
	for row, err := range Table.By(tx, "spoken", fold(name)) {
		if err != nil {
			return nil, err
		}
		if row.Value.Account(w).Workspace == w && fold(row.Value.Name) == fold(name) {
			found = append(found, row.Value)
		}
	}
	just := slices.DeleteFunc(slices.Clone(found), func(p Person) bool {
		return !strings.EqualFold(norm.NFC.String(p.Name), norm.NFC.String(name))
	})
	if len(just) > 0 {
		return just, nil
	}
	return found, nil
}
