package discord

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
)

// A workspace's calendar is the server's scheduled events, which everybody there
// sees. All of ours are external: they have a place in words, and an end.

// Discord's limits of a scheduled event.
const (
	eventNameMax        = 100
	eventPlaceMax       = 100
	eventDescriptionMax = 1000
)

// What a scheduled event has.
const (
	externalEvent  = 3
	guildOnly      = 2
	eventScheduled = 1
	eventActive    = 2
	eventCompleted = 3
	eventCanceled  = 4
)

const (
	codeUnknownEvent = 10070
	codeEventsFull   = 30038
	codeEventStatus  = 180000 // it has begun, is over, or was cancelled
	eventPast        = "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST"
)

// scheduled is a scheduled event that leaves.
type scheduled struct {
	Name        string    `json:"name"`
	Description string    `json:"description"`
	Start       time.Time `json:"scheduled_start_time,omitzero"`
	End         time.Time `json:"scheduled_end_time"`
	Privacy     int       `json:"privacy_level"`
	Kind        int       `json:"entity_type"`
	Metadata    location  `json:"entity_metadata"`
}

type location struct {
	Location string `json:"location"`
}

// faults says what Discord would refuse.
func (e scheduled) faults() []string {
	var r ruler
	r.long("name", e.Name, 1, eventNameMax)
	r.long("description", e.Description, 0, eventDescriptionMax)
	r.long("entity_metadata.location", e.Metadata.Location, 1, eventPlaceMax)
	return r.found
}

// standing is a scheduled event as Discord tells it.
type standing struct {
	ID          string `json:"id"`
	Description string `json:"description"`
	Creator     string `json:"creator_id"`
	Status      int    `json:"status"`
}

// noPlace stands where an event has no place yet; Discord wants one.
const noPlace = "To be announced"

// renderEvent makes a scheduled event. The last line of its description is what
// it is found by again: Discord has no nonce for events.
func renderEvent(e chat.Event) scheduled {
	mark := eventMark(e.UID)
	var about strings.Builder
	left := eventDescriptionMax - size(mark) - len("\n\n")
	blocks, rest := pack(marked(e.About), left)
	if len(rest) > 0 { // longer than a message's event may be, by what mark-up takes
		blocks, _ = pack(marked(e.About), left-len("\n\n…"))
		blocks += "\n\n…"
	}
	about.WriteString(blocks)
	if about.Len() > 0 {
		about.WriteString("\n\n")
	}
	about.WriteString(mark)
	where := e.Where
	if where == "" {
		where = noPlace
	}
	return scheduled{
		Name: clip(e.Title, eventNameMax), Description: about.String(), Start: e.Start.UTC(), End: e.End.UTC(),
		Privacy: guildOnly, Kind: externalEvent, Metadata: location{clip(where, eventPlaceMax)},
	}
}

// eventMark names an event in a few letters.
func eventMark(uid string) string {
	sum := sha256.Sum256([]byte(uid))
	return "cohortbot " + base64.RawURLEncoding.EncodeToString(sum[:])[:8]
}

// schedule puts an event into a server's calendar. What is off or has begun is
// too late for one, which is no error: nobody can act on it.
func (d *Discord) schedule(ctx context.Context, to chat.Place, m chat.Message) (chat.Address, error) {
	if err := to.Takes(m); err != nil {
		return chat.Address{}, err
	}
	guild, err := d.guildOf(to.Workspace)
	if err != nil {
		return chat.Address{}, err
	}
	nowhere := chat.Address{Place: to, ID: chat.NoCalendar}
	if m.Event.Off {
		return nowhere, nil
	}
	var made standing
	err = d.rest.do(ctx, post("/guilds/{}/scheduled-events", guild).with(renderEvent(*m.Event)), &made)
	switch {
	case refusedField(err, eventPast):
		return nowhere, nil
	case refusedWith(err, codeEventsFull):
		return chat.Address{}, fmt.Errorf("%w: %w: the server has 100 scheduled events, which is all that Discord takes", chat.ErrRefused, err)
	case refusedWith(err, codeMissingPermission, codeMissingAccess):
		return chat.Address{}, fmt.Errorf("%w: %w: the bot may not schedule events; give its role Create Events", chat.ErrRefused, err)
	case err != nil:
		return chat.Address{}, err
	}
	return chat.Address{Place: to, ID: made.ID}, nil
}

// reschedule brings an event in a server's calendar up to date, or cancels it.
func (d *Discord) reschedule(ctx context.Context, at chat.Address, m chat.Message) error {
	if err := at.Place.Takes(m); err != nil {
		return err
	}
	guild, err := d.guildOf(at.Place.Workspace)
	if err != nil || at.ID == chat.NoCalendar {
		return err
	}
	if m.Event.Off {
		return d.callOff(ctx, guild, at.ID)
	}
	out := renderEvent(*m.Event)
	var now standing
	err = d.rest.do(ctx, patch("/guilds/{}/scheduled-events/{}", guild, at.ID).with(out), &now)
	if refusedField(err, eventPast) { // it has begun; the rest can still be changed
		out.Start = time.Time{}
		err = d.rest.do(ctx, patch("/guilds/{}/scheduled-events/{}", guild, at.ID).with(out), &now)
	}
	if err == nil && now.Status == eventCanceled { // no way leads back
		err = fmt.Errorf("%w: the scheduled event was cancelled", chat.ErrGone)
	}
	return err
}

// callOff cancels an event. One that has begun can only be over.
func (d *Discord) callOff(ctx context.Context, guild, id string) error {
	end := func(status int) error {
		return d.rest.do(ctx, patch("/guilds/{}/scheduled-events/{}", guild, id).with(map[string]int{"status": status}), nil)
	}
	err := end(eventCanceled)
	if refusedWith(err, codeEventStatus) {
		var now standing
		if err = d.rest.do(ctx, get("/guilds/{}/scheduled-events/{}", guild, id), &now); err == nil && now.Status == eventActive {
			err = end(eventCompleted)
		}
	}
	if refusedWith(err, codeUnknownEvent) {
		return nil
	}
	return err
}

// unschedule takes an event out of a server's calendar.
func (d *Discord) unschedule(ctx context.Context, at chat.Address) error {
	guild, err := d.guildOf(at.Place.Workspace)
	if err != nil || at.ID == chat.NoCalendar {
		return err
	}
	err = d.rest.do(ctx, remove("/guilds/{}/scheduled-events/{}", guild, at.ID), nil)
	if refusedWith(err, codeUnknownEvent) {
		return nil
	}
	return err
}

// findScheduled looks for an event of ours that stands in a server's calendar.
func (d *Discord) findScheduled(ctx context.Context, to chat.Place, m chat.Message) (chat.Address, error) {
	guild, err := d.guildOf(to.Workspace)
	if err != nil || m.Event == nil {
		return chat.Address{}, err
	}
	me, err := d.whoAmI(ctx)
	if err != nil {
		return chat.Address{}, unclear(err)
	}
	var all []standing
	if err := d.rest.do(ctx, get("/guilds/{}/scheduled-events", guild), &all); err != nil {
		return chat.Address{}, unclear(err)
	}
	mark := eventMark(m.Event.UID)
	for _, e := range all {
		if e.Creator == me.User && strings.HasSuffix(e.Description, mark) && (e.Status == eventScheduled || e.Status == eventActive) {
			return chat.Address{Place: to, ID: e.ID}, nil
		}
	}
	return chat.Address{}, nil
}
