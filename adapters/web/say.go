package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"cohortbot/bot/chat"
	"cohortbot/bot/store"
)

// Say posts a message for somebody: plain text, and files that were uploaded
// before, by their ids. It is durable when Say returns. In a thread, or in the
// direct messages of the bot, the bot hears it soon after. The event, where one
// is given, makes a repeat harmless: it gives the address of the first.
func (w *Workspace) Say(ctx context.Context, as string, at chat.Place, text string, uploads []string, event string) (chat.Address, error) {
	text = strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), " \t\n")
	if err := mustBeSayable(text, len(uploads)); err != nil {
		return chat.Address{}, err
	}
	var address chat.Address
	var replaced bool
	err := w.store.Update(ctx, func(tx store.Tx) error {
		address, replaced = chat.Address{}, false
		who, err := findPerson(tx, as)
		if err != nil {
			return err
		}
		own, err := ownEvent(tx, as, event)
		if err != nil {
			return err
		}
		if done, found, err := kept(tx, own); err != nil {
			return err
		} else if found {
			replaced = true
			address = chat.Address{Place: at, ID: string(done.Message)}
			return nil
		}
		if err := mustBePlace(tx, as, at); err != nil {
			return err
		}
		m := message{Place: at, Author: as, At: w.o.Clock.Now(), Body: chat.Message{Text: text}}
		if m.Body.Files, err = uploaded(tx, uploads); err != nil {
			return err
		}
		id, err := post(tx, m)
		if err != nil {
			return err
		}
		address = m.address(id)
		if err := results.Put(tx, eventID(own), result{Message: id}); err != nil {
			return err
		}
		return tell(tx, who.Profile, own, address, m)
	})
	if err != nil {
		return chat.Address{}, tooLong(err)
	}
	if !replaced {
		w.changed(at, messageID(address.ID), "")
		w.deliver(as)
	}
	return address, nil
}

// EditSaid puts text in the place of what somebody said.
func (w *Workspace) EditSaid(ctx context.Context, as, id, text string) error {
	text = strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), " \t\n")
	return w.change(ctx, as, id, func(tx store.Tx, m *message) (chat.Said, error) {
		if err := mustBeSayable(text, len(m.Body.Files)); err != nil {
			return chat.Said{}, err
		}
		m.Body.Text, m.Edited = text, true
		return chat.Said{Text: text, Files: m.Body.Files, Edited: true}, messages.Put(tx, messageID(id), *m)
	})
}

// DeleteSaid takes away what somebody said. Where replies hang under it, an
// empty place stays.
func (w *Workspace) DeleteSaid(ctx context.Context, as, id string) error {
	return w.change(ctx, as, id, func(tx store.Tx, m *message) (chat.Said, error) {
		return chat.Said{Deleted: true}, remove(tx, messageID(id), *m)
	})
}

// change does something to a message of somebody's own, and tells the bot.
func (w *Workspace) change(ctx context.Context, as, id string, do func(store.Tx, *message) (chat.Said, error)) error {
	var at chat.Place
	err := w.store.Update(ctx, func(tx store.Tx) error {
		who, err := findPerson(tx, as)
		if err != nil {
			return err
		}
		m, err := messages.Get(tx, messageID(id))
		if errors.Is(err, store.ErrNotFound) || err == nil && (m.Deleted || m.For != "") {
			return refuse(http.StatusNotFound, "That message is gone.")
		}
		if err != nil {
			return err
		}
		if m.Author != as {
			return refuse(http.StatusForbidden, "Only whoever wrote a message can change it.")
		}
		at = m.Place
		said, err := do(tx, &m)
		if err != nil {
			return err
		}
		own, err := ownEvent(tx, as, "")
		if err != nil || !heard(at) {
			return err
		}
		said.Event, said.Profile, said.Address = own, who.Profile, m.address(messageID(id))
		return enqueue(tx, delivery{Person: as, Said: &said})
	})
	if err != nil {
		return tooLong(err)
	}
	w.changed(at, messageID(id), "")
	w.deliver(as)
	return nil
}

// heard tells whether the bot hears what is said there.
func heard(at chat.Place) bool { return at.IsDirect() || at.Thread != "" }

func tell(tx store.Tx, who chat.Profile, event string, at chat.Address, m message) error {
	if !heard(m.Place) {
		return nil
	}
	return enqueue(tx, delivery{Person: m.Author, Said: &chat.Said{
		Event: event, Profile: who, Address: at, Text: m.Body.Text, Files: m.Body.Files,
	}})
}

// post keeps a new message and counts it where it is a reply.
func post(tx store.Tx, m message) (messageID, error) {
	id, err := nextID(tx, "m")
	if err != nil {
		return "", err
	}
	if m.Place.Thread != "" && m.For == "" {
		top, err := messages.Get(tx, messageID(m.Place.Thread))
		if err != nil {
			return "", err
		}
		top.Replies++
		top.Latest = m.At
		if err := messages.Put(tx, messageID(m.Place.Thread), top); err != nil {
			return "", err
		}
	}
	return messageID(id), messages.Put(tx, messageID(id), m)
}

// remove takes a message away, and the empty place above it that it was the last
// to hang under.
func remove(tx store.Tx, id messageID, m message) error {
	for _, f := range m.Body.Files {
		if err := removeFile(tx, fileID(f.ID)); err != nil {
			return err
		}
	}
	if m.Replies > 0 {
		m.Body, m.Key, m.Deleted = chat.Message{}, "", true
		return messages.Put(tx, id, m)
	}
	if err := messages.Delete(tx, id); err != nil || m.Place.Thread == "" || m.For != "" {
		return err
	}
	top, err := messages.Get(tx, messageID(m.Place.Thread))
	if err != nil {
		return err
	}
	if top.Replies--; top.Replies == 0 && top.Deleted {
		return messages.Delete(tx, messageID(m.Place.Thread))
	}
	return messages.Put(tx, messageID(m.Place.Thread), top)
}

func mustBeSayable(text string, files int) error {
	switch n := utf8.RuneCountInString(text); {
	case n > MaxText:
		return refuse(http.StatusRequestEntityTooLarge, "That is %d characters; %d fit into one message. Please send it in parts.", n, MaxText)
	case !utf8.ValidString(text):
		return refuse(http.StatusBadRequest, "That is not text.")
	case strings.TrimSpace(text) == "" && files == 0:
		return refuse(http.StatusBadRequest, "There is nothing in this message yet: write something or attach a file.")
	}
	return nil
}

func tooLong(err error) error {
	if errors.Is(err, store.ErrTooLarge) {
		return refuse(http.StatusRequestEntityTooLarge, "That is too long for one message. Please send it in parts.")
	}
	return err
}

// ownEvent gives the platform's id of an event: what a client calls it is
// unique only among the events of the same person.
func ownEvent(tx store.Tx, as, event string) (string, error) {
	if event == "" {
		return nextID(tx, "e")
	}
	if len(event) > 100 {
		return "", refuse(http.StatusBadRequest, "An event's id has at most 100 bytes.")
	}
	return as + "/" + event, nil
}

func kept(tx store.Tx, event string) (result, bool, error) {
	r, err := results.Get(tx, eventID(event))
	if errors.Is(err, store.ErrNotFound) {
		return r, false, nil
	}
	return r, err == nil, err
}

// changed tells all who look that a message is new, different or gone, and with
// a reply the message above it. Where only is set, only that person is told.
func (w *Workspace) changed(at chat.Place, id messageID, only string) {
	w.hub.tell(change{kind: "message", place: at, message: id, only: only})
	if at.Thread != "" && only == "" {
		w.hub.tell(change{kind: "message", place: at.Root(), message: messageID(at.Thread)})
	}
}
