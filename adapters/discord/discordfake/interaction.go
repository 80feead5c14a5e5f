package discordfake

import (
	"strconv"
	"time"
)

// Kinds of interaction.
const (
	kindCommand      = 2
	kindComponent    = 3
	kindAutocomplete = 4
	kindModal        = 5
)

// Kinds of callback.
const (
	backMessage     = 4
	backDeferred    = 5
	backDeferUpdate = 6
	backUpdate      = 7
	backChoices     = 8
	backModal       = 9
	backPremium     = 10
	backLaunch      = 12
)

// interaction is one act of a person and what the bot made of it.
type interaction struct {
	s        *Server
	id       string
	token    string
	kind     int
	user     *user
	channel  *channel
	on       *message // that the component is on
	parent   *interaction
	made     time.Time
	answered bool
	back     int      // callback kind
	original *message // what @original is
	followed []*message
	modal    obj // as the bot sent it
	choices  []any
	target   *message
	whom     *user
}

// begin makes an interaction and sends it to the bot.
func (s *Server) begin(i *interaction, data obj) *interaction {
	i.s, i.id, i.made = s, s.next(), s.now()
	i.token = "aW50ZXJhY3Rpb246" + i.id + "-" + strconv.FormatInt(int64(len(s.acts)), 36)
	s.acts[i.token] = i
	s.dispatch("INTERACTION_CREATE", audience{guild: i.channel.guild}, s.renderInteraction(i, data))
	return i
}

func (s *Server) renderInteraction(i *interaction, data obj) obj {
	c := i.channel
	o := obj{
		"id": i.id, "application_id": s.appID, "type": i.kind, "data": data, "channel_id": c.id,
		"channel": with(s.renderChannel(c), obj{"permissions": strconv.FormatInt(s.may(i.user.ID, c), 10)}),
		"token":   i.token, "version": 1, "locale": i.user.Locale, "entitlements": []any{},
		"app_permissions":       strconv.FormatInt(s.may(s.bot.ID, c), 10),
		"attachment_size_limit": maxBody, "authorizing_integration_owners": i.owners(), "context": 1,
	}
	if i.on != nil {
		o["message"] = s.renderMessage(i.on)
	}
	if c.guild == nil {
		o["user"] = renderUser(i.user)
		return o
	}
	o["context"] = 0
	o["guild_id"], o["guild_locale"] = c.guild.id, "en-US"
	o["guild"] = obj{"id": c.guild.id, "locale": "en-US", "features": []any{}}
	m := c.guild.members[i.user.ID]
	o["member"] = with(s.renderMember(m), obj{"permissions": strconv.FormatInt(s.may(i.user.ID, c), 10)})
	return o
}

func (i *interaction) owners() obj {
	if i.channel.guild == nil {
		return obj{"0": "0"}
	}
	return obj{"0": i.channel.guild.id}
}

// metadata is what a message tells about the interaction that it answers.
func (s *Server) metadata(i *interaction) obj {
	o := obj{
		"id": i.id, "type": i.kind, "user": renderUser(i.user), "authorizing_integration_owners": i.owners(),
	}
	switch i.kind {
	case kindComponent:
		o["interacted_message_id"] = i.on.id
	case kindModal:
		o["triggering_interaction_metadata"] = s.metadata(i.parent)
	}
	if i.original != nil && len(i.followed) > 0 {
		o["original_response_message_id"] = i.original.id
	}
	return o
}

// dead says whether the first answer has been missed.
func (i *interaction) dead() bool {
	return !i.answered && i.s.now().Sub(i.made) > i.s.opt.FirstAnswer
}

// callback is POST /interactions/{id}/{token}/callback: the first answer.
func (s *Server) callback(c *call) (answer, *apiError) {
	i := s.acts[c.id("token")]
	if i == nil || i.id != c.id("interaction_id") || i.dead() {
		return no(errUnknownInteraction)
	}
	if i.answered {
		return no(errAnswered)
	}
	body := c.obj()
	var f faults
	kind, given := whole(body["type"])
	if !given {
		f.add("type", "BASE_TYPE_REQUIRED", "This field is required")
		return no(f.err())
	}
	if !i.takes(int(kind)) {
		f.add("type", "INTERACTION_CALLBACK_TYPE_INVALID", "This callback type is not valid for this interaction")
		return no(f.err())
	}
	data, isObj := body["data"].(obj)
	switch {
	case body["data"] != nil && !isObj:
		f.add("data", "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
		return no(f.err())
	case data == nil && int(kind) != backDeferred && int(kind) != backDeferUpdate && int(kind) != backUpdate:
		f.add("data", "BASE_TYPE_REQUIRED", "This field is required")
		return no(f.err())
	case data == nil:
		data = obj{}
	}
	if err := s.answer(c, i, int(kind), data); err != nil {
		return no(err)
	}
	i.answered, i.back = true, int(kind)
	s.changed()
	if c.r.URL.Query().Get("with_response") != "true" && c.r.URL.Query().Get("with_response") != "1" {
		return none()
	}
	return ok(s.renderCallback(i))
}

// takes says which callbacks an interaction accepts.
func (i *interaction) takes(back int) bool {
	switch back {
	case backMessage, backDeferred:
		return i.kind != kindAutocomplete
	case backDeferUpdate, backUpdate:
		return i.on != nil && i.kind != kindAutocomplete
	case backChoices:
		return i.kind == kindAutocomplete
	case backModal:
		return i.kind == kindCommand || i.kind == kindComponent
	}
	return false
}

// answer does what a callback says.
func (s *Server) answer(c *call, i *interaction, kind int, data obj) *apiError {
	switch kind {
	case backMessage:
		d, err := s.draft(c, data, "data", draftRules{interaction: i})
		if err != nil {
			return err
		}
		i.original = s.say(i, d)
	case backDeferred:
		var f faults
		flags := f.whole(data, "data", "flags", 0, 0, 1<<31)
		if err := f.err(); err != nil {
			return err
		}
		if flags&^flagEphemeral != 0 {
			f.add("data.flags", "BASE_TYPE_CHOICES", "Only the ephemeral flag may be set on a deferred answer")
			return f.err()
		}
		if str(data["content"]) != "" || len(strs(data["components"]))+len(strs(data["embeds"])) > 0 {
			s.violate("deferred with content", "what a deferred answer says is dropped: edit it in afterwards")
		}
		i.original = s.say(i, &draft{flags: int(flags) | flagLoading})
	case backDeferUpdate:
		i.original = i.on
	case backUpdate:
		d, err := s.draft(c, data, "data", draftRules{interaction: i, edits: i.on})
		if err != nil {
			return err
		}
		i.original = i.on
		s.revise(i.on, d)
	case backChoices:
		return s.takeChoices(i, data)
	case backModal:
		if err := checkModal(data); err != nil {
			return err
		}
		i.modal = data
		i.user.modal = i
	}
	return nil
}

func (s *Server) takeChoices(i *interaction, data obj) *apiError {
	var f faults
	var choices []any
	list := f.list(data, "data", "choices", 0, 25)
	if _, there := data["choices"].([]any); !there {
		f.add("data.choices", "BASE_TYPE_REQUIRED", "This field is required")
	}
	for n, ch := range list {
		at := join("data.choices", strconv.Itoa(n))
		f.text(ch, at, "name", 1, 100)
		if _, isText := ch["value"].(string); isText {
			f.text(ch, at, "value", 0, 100)
		}
		choices = append(choices, ch)
	}
	if err := f.err(); err != nil {
		return err
	}
	i.choices = choices
	return nil
}

// say puts a message of the bot that answers an interaction.
func (s *Server) say(i *interaction, d *draft) *message {
	m := &message{channel: i.channel, author: s.bot, from: i, kind: 0}
	switch {
	case i.kind == kindCommand && i.target == nil && i.whom == nil:
		m.kind = 20 // the answer to a slash command
	case i.kind == kindCommand:
		m.kind = 23
	}
	d.fill(m)
	if d.flags&flagEphemeral != 0 {
		m.only = i.user
	}
	s.put(m)
	return m
}

func (s *Server) renderCallback(i *interaction) obj {
	act := obj{"id": i.id, "type": i.kind, "channel_id": i.channel.id}
	if i.channel.guild != nil {
		act["guild_id"] = i.channel.guild.id
	}
	o := obj{"interaction": act}
	if i.original != nil {
		act["response_message_id"] = i.original.id
		act["response_message_loading"] = i.original.flags&flagLoading != 0
		act["response_message_ephemeral"] = i.original.flags&flagEphemeral != 0
		if i.back == backMessage || i.back == backUpdate {
			o["resource"] = obj{"type": i.back, "message": s.renderMessage(i.original)}
		}
	}
	return o
}
