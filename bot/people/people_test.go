package people_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
	"cohortbot/bot/store/storetest"
	"cohortbot/schedules"
)

var (
	monday   = time.Date(2026, time.November, 2, 9, 0, 0, 0, schedules.MustZone("Pacific/Auckland").Location())
	auckland = schedules.MustZone("Pacific/Auckland")
	anaUser  = chat.User{Workspace: "test", ID: "U1"}
)

func newStore(t testing.TB) store.Store { return storetest.New(t, people.Table) }

func update(t testing.TB, s store.Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func meet(t testing.TB, s store.Store, p chat.Profile) (met people.Person) {
	t.Helper()
	update(t, s, func(tx store.Tx) (err error) {
		met, err = people.Meet(tx, p, monday)
		return err
	})
	return met
}

func kept(t testing.TB, s store.Store, u chat.User) (p people.Person) {
	t.Helper()
	update(t, s, func(tx store.Tx) (err error) {
		p, err = people.ByAccount(tx, u)
		return err
	})
	return p
}

func TestSomebodyIsMetOnceAndKeepsTheirIDThroughNewNames(t *testing.T) {
	s := newStore(t)
	first := meet(t, s, chat.Profile{User: anaUser, Name: "Ana", Zone: "Pacific/Auckland"})
	if first.ID == "" || first.Quiet != people.DefaultQuiet || !first.Met.Equal(monday) {
		t.Errorf("met %+v", first)
	}
	renamed := meet(t, s, chat.Profile{User: anaUser, Name: "Āna Tūī"})
	if renamed.ID != first.ID || renamed.Name != "Āna Tūī" {
		t.Errorf("after a new name: %+v", renamed)
	}
	if nameless := meet(t, s, chat.Profile{User: anaUser}); nameless.Name != "Āna Tūī" {
		t.Errorf("a profile without a name took it away: %+v", nameless)
	}
	if other := meet(t, s, chat.Profile{User: chat.User{Workspace: "other", ID: "U1"}, Name: "Ana"}); other.ID == first.ID {
		t.Error("the same account id in another workspace is taken for the same person")
	}
	update(t, s, func(tx store.Tx) error {
		if _, err := people.ByAccount(tx, chat.User{Workspace: "test", ID: "U2"}); !errors.Is(err, people.ErrUnknown) {
			t.Errorf("a stranger: %v, want ErrUnknown", err)
		}
		return nil
	})
}

func TestTheirOwnZoneCountsMoreThanThePlatforms(t *testing.T) {
	s := newStore(t)
	p := meet(t, s, chat.Profile{User: anaUser, Name: "Ana"})
	if p.HasZone || p.ZoneOr(auckland) != auckland {
		t.Errorf("a zone from nowhere: %s", p.Zone)
	}
	for _, step := range []struct{ says, want string }{
		{"UTC", "UTC"}, // as some accounts have it
		{"Australia/Sydney", "Australia/Sydney"},
		{"Nowhere/Atlantis", "Australia/Sydney"},
		{"", "Australia/Sydney"},
		{"Pacific/Auckland", "Pacific/Auckland"},
	} {
		p = meet(t, s, chat.Profile{User: anaUser, Name: "Ana", Zone: step.says})
		if !p.HasZone || p.ZoneOr(schedules.MustZone("Asia/Tokyo")).String() != step.want {
			t.Errorf("the platform says %q: %s (known %v), want %s", step.says, p.Zone, p.HasZone, step.want)
		}
	}
	p.Zone, p.OwnZone = schedules.MustZone("Europe/Paris"), true
	update(t, s, func(tx store.Tx) error { return people.Table.Put(tx, p.ID, p) })
	if p = meet(t, s, chat.Profile{User: anaUser, Name: "Ana", Zone: "Pacific/Auckland"}); p.Zone.String() != "Europe/Paris" {
		t.Errorf("the platform's zone took the place of their own: %s", p.Zone)
	}
}

// reading is a deed that may not write.
type reading struct{ store.Tx }

func (reading) Put(_, _ []byte) error { return store.ErrReadOnly }

func TestMeetingSomebodyAgainWritesOnlyWhatIsNew(t *testing.T) {
	s := newStore(t)
	for _, zone := range []string{"", "UTC", "Pacific/Auckland", "nz", "Nowhere/Atlantis"} {
		profile := chat.Profile{User: anaUser, Name: "Ana", Zone: zone, Admin: true}
		meet(t, s, profile)
		update(t, s, func(tx store.Tx) error {
			if _, err := people.Meet(reading{tx}, profile, monday); err != nil {
				t.Errorf("zone %q: met again, it writes: %v", zone, err)
			}
			return nil
		})
	}
}

func TestAdministratorsAreKeptByWorkspace(t *testing.T) {
	s := newStore(t)
	meet(t, s, chat.Profile{User: anaUser, Name: "Ana", Admin: true})
	meet(t, s, chat.Profile{User: chat.User{Workspace: "test", ID: "U2"}, Name: "Ben"})
	admins := func(w chat.Workspace) (names []string) {
		update(t, s, func(tx store.Tx) error {
			names = nil
			all, err := people.Admins(tx, w)
			for _, p := range all {
				names = append(names, p.Name)
			}
			return err
		})
		return names
	}
	if got := admins("test"); !slices.Equal(got, []string{"Ana"}) {
		t.Errorf("administrators %q", got)
	}
	if got := admins("other"); len(got) != 0 {
		t.Errorf("administrators of another workspace %q", got)
	}
	meet(t, s, chat.Profile{User: anaUser, Name: "Ana"})
	if got := admins("test"); len(got) != 0 {
		t.Errorf("who no longer administers it is still listed: %q", got)
	}
}

func TestSeveralAccountsAreOnePerson(t *testing.T) {
	s := newStore(t)
	p := meet(t, s, chat.Profile{User: anaUser, Name: "Ana"})
	second := chat.User{Workspace: "other", ID: "77"}
	p.Accounts = append(p.Accounts, second)
	update(t, s, func(tx store.Tx) error { return people.Table.Put(tx, p.ID, p) })
	if got := meet(t, s, chat.Profile{User: second, Name: "Ana"}); got.ID != p.ID {
		t.Error("the second account is taken for somebody else")
	}
	p = kept(t, s, second)
	if p.Direct("other") != chat.Direct(second) || p.Direct("test") != chat.Direct(anaUser) || p.Account("a third") != anaUser {
		t.Errorf("reached at %s, %s and %s", p.Direct("other"), p.Direct("test"), p.Account("a third"))
	}
	if none := (people.Person{}); !none.Account("test").IsZero() {
		t.Error("somebody without accounts has one")
	}
}

func TestPeopleAreFoundByNameInWhateverCase(t *testing.T) {
	s := newStore(t)
	meet(t, s, chat.Profile{User: anaUser, Name: "Āna"})
	meet(t, s, chat.Profile{User: chat.User{Workspace: "test", ID: "U2"}, Name: "āna"})
	meet(t, s, chat.Profile{User: chat.User{Workspace: "other", ID: "U3"}, Name: "Āna"})
	meet(t, s, chat.Profile{User: chat.User{Workspace: "test", ID: "U4"}, Name: "Ānahera"})
	for name, want := range map[string]int{"ĀNA": 2, "Ānahera": 1, "Āna T": 0, "": 0} {
		update(t, s, func(tx store.Tx) error {
			found, err := people.Named(tx, "test", name)
			if len(found) != want {
				t.Errorf("%d go by %q, want %d", len(found), name, want)
			}
			return err
		})
	}
}

func TestLeaveIsCountedInTheirZone(t *testing.T) {
	third := schedules.Date{Year: 2026, Month: time.November, Day: 3}
	p := people.Person{Zone: auckland, HasZone: true, Leave: schedules.Calendar{{From: third, To: third}}}
	for at, want := range map[string]bool{
		"2026-11-02T10:59:59Z": false, // just before midnight in Auckland
		"2026-11-02T11:00:00Z": true,
		"2026-11-03T10:59:59Z": true,
		"2026-11-03T11:00:00Z": false,
	} {
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.OnLeave(when, schedules.MustZone("America/New_York")); got != want {
			t.Errorf("on leave at %s: %v, want %v", at, got, want)
		}
	}
}

func TestANameIsFoundWithoutItsMacrons(t *testing.T) {
	s := newStore(t)
	meet(t, s, chat.Profile{User: chat.User{Workspace: "test", ID: "U7"}, Name: "Māia Tūī"})
	meet(t, s, chat.Profile{User: chat.User{Workspace: "test", ID: "U8"}, Name: "Zoë"})
	meet(t, s, chat.Profile{User: chat.User{Workspace: "test", ID: "U9"}, Name: "Zoe"})
	for typed, want := range map[string][]string{
		"maia tui": {"Māia Tūī"}, "MĀIA  TŪĪ": {"Māia Tūī"}, "Ma\u0304ia Tu\u0304i\u0304": {"Māia Tūī"},
		"zoe": {"Zoe"}, "Zoë": {"Zoë"}, "maia": nil,
	} {
		update(t, s, func(tx store.Tx) error {
			found, err := people.Named(tx, "test", typed)
			var names []string
			for _, p := range found {
				names = append(names, p.Name)
			}
			if !slices.Equal(names, want) {
				t.Errorf("%q finds %q, want %q", typed, names, want)
			}
			return err
		})
	}
}
