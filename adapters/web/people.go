package web

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/store"
)

var accountID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// AddPerson adds an account, or changes what is known of it, and tells the bot.
// Profile.User.ID is a short lower-case name; its workspace may be left empty.
func (w *Workspace) AddPerson(ctx context.Context, p chat.Profile) error {
	p.User.Workspace, p.Bot = Name, false
	if !accountID.MatchString(p.User.ID) || p.User.ID == BotID {
		return refuse(http.StatusBadRequest, "A person's id is a short lower-case name other than %q, for example \"ana\".", BotID)
	}
	if p.Name = strings.TrimSpace(p.Name); p.Name == "" {
		p.Name = strings.ToUpper(p.User.ID[:1]) + p.User.ID[1:]
	}
	if _, err := time.LoadLocation(p.Zone); err != nil {
		return refuse(http.StatusBadRequest, "%q is not a time zone that is known here; try \"Pacific/Auckland\".", p.Zone)
	}
	err := w.store.Update(ctx, func(tx store.Tx) error {
		old, err := people.Get(tx, personID(p.User.ID))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err == nil && old.Profile == p {
			return nil
		}
		old.Profile = p
		if old.Added == 0 {
			if old.Added, err = next(tx); err != nil {
				return err
			}
		}
		if err := people.Put(tx, personID(p.User.ID), old); err != nil {
			return err
		}
		return enqueue(tx, delivery{Person: p.User.ID, Meet: &p})
	})
	if err == nil {
		w.deliver(p.User.ID)
		w.hub.tell(change{kind: "people"})
	}
	return err
}

// AddChannel adds a channel that everybody can read, or changes its topic. The
// id is its name without the "#".
func (w *Workspace) AddChannel(ctx context.Context, id, topic string) error {
	if !accountID.MatchString(id) {
		return refuse(http.StatusBadRequest, "A channel's name is lower-case letters, digits and hyphens, for example \"explorers\".")
	}
	err := w.store.Update(ctx, func(tx store.Tx) error {
		c, err := channels.Get(tx, channelID(id))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if c.Added == 0 {
			if c.Added, err = next(tx); err != nil {
				return err
			}
		}
		c.Topic = topic
		return channels.Put(tx, channelID(id), c)
	})
	if err == nil {
		w.hub.tell(change{kind: "people"})
	}
	return err
}

// CloseDoor says whether a person takes no direct messages from the bot.
func (w *Workspace) CloseDoor(ctx context.Context, id string, closed bool) error {
	err := w.store.Update(ctx, func(tx store.Tx) error {
		p, err := findPerson(tx, id)
		if err != nil {
			return err
		}
		p.Closed = closed
		return people.Put(tx, personID(id), p)
	})
	if err == nil {
		w.hub.tell(change{kind: "people"})
	}
	return err
}

func findPerson(tx store.Tx, id string) (person, error) {
	p, err := people.Get(tx, personID(id))
	if errors.Is(err, store.ErrNotFound) {
		return p, refuse(http.StatusNotFound, "There is nobody with the id %q here.", id)
	}
	return p, err
}

// everybody gives all people in the order in which they came.
func everybody(tx store.Tx) ([]person, error) {
	var all []person
	for row, err := range people.All(tx) {
		if err != nil {
			return nil, err
		}
		all = append(all, row.Value)
	}
	slices.SortFunc(all, func(a, b person) int { return int(a.Added - b.Added) })
	return all, nil
}

// names gives what accounts are called, the bot's among them.
func names(tx store.Tx) (map[string]string, error) {
	all, err := everybody(tx)
	if err != nil {
		return nil, err
	}
	called := map[string]string{BotID: BotID}
	for _, p := range all {
		called[p.Profile.User.ID] = p.Profile.Name
	}
	return called, nil
}

// mustBePlace refuses a place that somebody cannot write in: one that does not
// exist, or the direct messages of another.
func mustBePlace(tx store.Tx, as string, at chat.Place) error {
	if at.Workspace != Name {
		return refuse(http.StatusNotFound, "That place is not in this workspace.")
	}
	if at.IsDirect() {
		if at.User != as {
			return refuse(http.StatusForbidden, "Those are the direct messages of somebody else.")
		}
	} else if known, err := channels.Has(tx, channelID(at.Channel)); err != nil {
		return err
	} else if !known {
		return refuse(http.StatusNotFound, "There is no channel #%s here.", at.Channel)
	}
	if at.Thread == "" {
		return nil
	}
	top, err := messages.Get(tx, messageID(at.Thread))
	if errors.Is(err, store.ErrNotFound) || err == nil && (top.Place != at.Root() || top.Deleted || top.For != "") {
		return refuse(http.StatusNotFound, "The message that this thread hung under is gone.")
	}
	return err
}
