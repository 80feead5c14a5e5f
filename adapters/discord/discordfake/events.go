package discordfake

import (
	"slices"
	"time"
)

// event is a guild scheduled event.
type event struct {
	id, name, description, location string
	guild                           *guild
	channel                         string
	start, end                      time.Time
	status, kind                    int
	rule                            any
	creator                         string
}

// Kinds of scheduled event.
const (
	stageEvent    = 1
	voiceEvent    = 2
	externalEvent = 3
)

func (s *Server) renderEvent(e *event) obj {
	o := obj{
		"id": e.id, "guild_id": e.guild.id, "name": e.name, "description": orNull(e.description),
		"channel_id": orNull(e.channel), "creator_id": e.creator, "creator": renderUser(s.users[e.creator]),
		"image": nil, "scheduled_start_time": stamp(e.start), "scheduled_end_time": stampOrNull(e.end),
		"status": e.status, "entity_type": e.kind, "entity_id": nil, "recurrence_rule": e.rule,
		"privacy_level": 2, "guild_scheduled_event_exceptions": []any{}, "entity_metadata": nil,
	}
	if e.kind == externalEvent {
		o["entity_metadata"] = obj{"location": e.location}
	}
	return o
}

func (s *Server) findEvent(c *call) (*guild, *event, *apiError) {
	g, err := s.guildOf(c)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range g.events {
		if e.id == c.id("event_id") {
			return g, e, nil
		}
	}
	return g, nil, errUnknownEvent
}

func (s *Server) listEvents(c *call) (answer, *apiError) {
	g, err := s.guildOf(c)
	if err != nil {
		return no(err)
	}
	out := []any{}
	for _, e := range g.events {
		out = append(out, s.renderEvent(e))
	}
	return ok(out)
}

func (s *Server) getEvent(c *call) (answer, *apiError) {
	_, e, err := s.findEvent(c)
	if err != nil {
		return no(err)
	}
	return ok(s.renderEvent(e))
}

func (s *Server) createEvent(c *call) (answer, *apiError) {
	g, err := s.guildOf(c)
	if err != nil {
		return no(err)
	}
	if g.can(s.bot.ID, nil)&CreateEvents == 0 { // Manage Events alone is not enough since February 2026
		return no(errMissingPermissions)
	}
	e := &event{guild: g, status: 1, creator: s.bot.ID}
	if err := s.readEvent(e, c.obj(), true); err != nil {
		return no(err)
	}
	open := 0
	for _, o := range g.events {
		if o.status < 3 {
			open++
		}
	}
	if open >= 100 {
		return no(refuse(400, 30038, "Maximum number of guild scheduled events reached (100)"))
	}
	e.id = s.next()
	g.events = append(g.events, e)
	s.dispatch("GUILD_SCHEDULED_EVENT_CREATE", toGuild(g, intentEvents), s.renderEvent(e))
	return ok(s.renderEvent(e))
}

func (s *Server) editEvent(c *call) (answer, *apiError) {
	g, e, err := s.findEvent(c)
	if err != nil {
		return no(err)
	}
	has := g.can(s.bot.ID, nil)
	if has&ManageEvents == 0 && (has&CreateEvents == 0 || e.creator != s.bot.ID) {
		return no(errMissingPermissions)
	}
	changed := *e
	if err := s.readEvent(&changed, c.obj(), false); err != nil {
		return no(err)
	}
	*e = changed
	s.dispatch("GUILD_SCHEDULED_EVENT_UPDATE", toGuild(g, intentEvents), s.renderEvent(e))
	return ok(s.renderEvent(e))
}

func (s *Server) deleteEvent(c *call) (answer, *apiError) {
	g, e, err := s.findEvent(c)
	if err != nil {
		return no(err)
	}
	has := g.can(s.bot.ID, nil)
	if has&ManageEvents == 0 && (has&CreateEvents == 0 || e.creator != s.bot.ID) {
		return no(errMissingPermissions)
	}
	g.events = slices.DeleteFunc(g.events, func(o *event) bool { return o == e })
	s.dispatch("GUILD_SCHEDULED_EVENT_DELETE", toGuild(g, intentEvents), s.renderEvent(e))
	return none()
}

// readEvent takes what a body says into an event and checks the whole.
func (s *Server) readEvent(e *event, body obj, isNew bool) *apiError {
	var f faults
	has := func(k string) bool { _, there := body[k]; return there }
	if isNew || has("name") {
		e.name = f.text(body, "", "name", 1, 100)
	}
	if has("description") {
		e.description = f.text(body, "", "description", 0, 1000)
	}
	if isNew || has("entity_type") {
		f.must(body, "", "entity_type")
		e.kind = int(f.whole(body, "", "entity_type", 0, 1, 3))
	}
	if isNew || has("privacy_level") {
		if f.whole(body, "", "privacy_level", 0, 0, 10) != 2 {
			f.add("privacy_level", "BASE_TYPE_CHOICES", "Value must be one of (2,).")
		}
	}
	if has("channel_id") {
		e.channel = f.text(body, "", "channel_id", 0, 20)
	}
	if meta := f.object(body, "", "entity_metadata"); meta != nil {
		e.location = f.text(meta, "entity_metadata", "location", 0, 100)
	}
	if isNew || has("scheduled_start_time") {
		e.start = f.time(body, "", "scheduled_start_time", true)
		if !e.start.IsZero() && e.start.Before(s.now()) {
			f.add("scheduled_start_time", "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST", "Cannot schedule event in the past.")
		}
	}
	if has("scheduled_end_time") {
		e.end = f.time(body, "", "scheduled_end_time", false)
	}
	if !e.end.IsZero() && !e.end.After(e.start) {
		f.add("scheduled_end_time", "GUILD_SCHEDULED_EVENT_END_BEFORE_START", "Cannot schedule event to end before it starts.")
	}
	switch e.kind {
	case externalEvent:
		if e.location == "" {
			f.add("entity_metadata.location", "BASE_TYPE_REQUIRED", "This field is required")
		}
		if e.end.IsZero() {
			f.add("scheduled_end_time", "BASE_TYPE_REQUIRED", "This field is required")
		}
		if e.channel != "" {
			f.add("channel_id", "GUILD_SCHEDULED_EVENT_CHANNEL_EXTERNAL", "An external event has no channel.")
		}
	case voiceEvent, stageEvent:
		if ch := s.channels[e.channel]; ch == nil || ch.kind != VoiceChannel && ch.kind != 13 {
			f.add("channel_id", "BASE_TYPE_REQUIRED", "This field is required")
		}
	}
	if has("status") {
		next := int(f.whole(body, "", "status", int64(e.status), 1, 4))
		begins := e.status == 1 && (next == 2 || next == 4)
		ends := e.status == 2 && next == 3
		if next != e.status && !begins && !ends {
			return refuse(400, 180000, "Invalid Guild Scheduled Event Status Update")
		}
		e.status = next
	}
	if has("recurrence_rule") {
		e.rule = nil
		if o := f.object(body, "", "recurrence_rule"); o != nil {
			e.rule = f.recurrence(o)
		}
	}
	return f.err()
}

// time reads a moment, zero where it is missing or null.
func (f *faults) time(o obj, path, key string, required bool) time.Time {
	if o[key] == nil {
		if required {
			f.must(o, path, key)
		}
		return time.Time{}
	}
	v, _ := o[key].(string)
	t, err := time.Parse(time.RFC3339, v)
	if err != nil {
		f.add(join(path, key), "DATE_TIME_TYPE_PARSE", "Could not parse "+v+". Should be ISO8601.")
	}
	return t
}

// recurrence holds a rule to what Discord allows: weekly takes one weekday,
// and an interval of 1 or 2.
func (f *faults) recurrence(o obj) any {
	const at = "recurrence_rule"
	f.time(o, at, "start", true)
	f.must(o, at, "frequency")
	f.must(o, at, "interval")
	freq := f.whole(o, at, "frequency", -1, 0, 3)
	interval := f.whole(o, at, "interval", 1, 1, 2)
	days, _ := o["by_weekday"].([]any)
	if interval == 2 && freq != 2 {
		f.add(join(at, "interval"), "BASE_TYPE_CHOICES", "An interval of 2 is only for weekly events.")
	}
	for _, d := range days {
		if n, isNumber := whole(d); !isNumber || n < 0 || n > 6 {
			f.add(join(at, "by_weekday"), "BASE_TYPE_CHOICES", "A weekday is 0 (Monday) to 6.")
		}
	}
	if freq == 2 && len(days) != 1 {
		f.add(join(at, "by_weekday"), "BASE_TYPE_BAD_LENGTH", "Weekly events take exactly one weekday.")
	}
	out := obj{
		"start": o["start"], "end": nil, "frequency": freq, "interval": interval, "by_weekday": nil,
		"by_n_weekday": nil, "by_month": nil, "by_month_day": nil, "by_year_day": nil, "count": nil,
	}
	for _, k := range []string{"by_weekday", "by_n_weekday", "by_month", "by_month_day"} {
		if l, isList := o[k].([]any); isList && len(l) > 0 {
			out[k] = l
		}
	}
	return out
}

// Scheduled is an event that people see in a server.
type Scheduled struct {
	ID, Name, Description, Location string
	Start, End                      time.Time
}

// Scheduled gives the events of a server that are to come or under way.
func (s *Server) Scheduled(guildID string) []Scheduled {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Scheduled
	for _, e := range s.guilds[guildID].events {
		if e.status < 3 {
			all = append(all, Scheduled{ID: e.id, Name: e.name, Description: e.description, Location: e.location, Start: e.start, End: e.end})
		}
	}
	return all
}

// BeginEvent has a scheduled event begin, as Discord does by itself.
func (s *Server) BeginEvent(guildID, eventID string) { s.setEvent(guildID, eventID, 2) }

// EndEvent has a scheduled event be over, as Discord does by itself.
func (s *Server) EndEvent(guildID, eventID string) { s.setEvent(guildID, eventID, 3) }

func (s *Server) setEvent(guildID, eventID string, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.guilds[guildID].events {
		if e.id == eventID {
			e.status = status
			s.dispatch("GUILD_SCHEDULED_EVENT_UPDATE", toGuild(e.guild, intentEvents), s.renderEvent(e))
		}
	}
}
