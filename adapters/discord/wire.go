package discord

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"

	"cohortbot/bot/chat"
)

// What travels, where discordgo's types lack the current kind or cannot be read
// without failing.

// message is a message that leaves. All lists stand in it even if empty: an edit
// takes away what is not there.
type message struct {
	Content      string                            `json:"content"`
	Embeds       []embed                           `json:"embeds"`
	Components   []component                       `json:"components"`
	Attachments  []attachment                      `json:"attachments"`
	Mentions     *discordgo.MessageAllowedMentions `json:"allowed_mentions"`
	Flags        int                               `json:"flags,omitempty"`
	Nonce        string                            `json:"nonce,omitempty"`
	EnforceNonce bool                              `json:"enforce_nonce,omitempty"`

	files []chat.File
}

// embed is text beside the content, which has room for more.
type embed struct {
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
}

type attachment struct {
	ID          string `json:"id"` // of the file that goes along: "0", "1"
	Filename    string `json:"filename"`
	Description string `json:"description,omitempty"`
}

const ephemeral = int(discordgo.MessageFlagsEphemeral)

// component is a part of a message or a modal that leaves.
type component struct {
	Type        int         `json:"type"`
	CustomID    string      `json:"custom_id,omitempty"`
	Components  []component `json:"components,omitempty"` // of a row
	Component   *component  `json:"component,omitempty"`  // of a label
	Label       string      `json:"label,omitempty"`
	Description string      `json:"description,omitempty"`
	Content     string      `json:"content,omitempty"`
	Style       int         `json:"style,omitempty"`
	Value       string      `json:"value,omitempty"`
	Placeholder string      `json:"placeholder,omitempty"`
	Required    *bool       `json:"required,omitempty"`
	MaxLength   int         `json:"max_length,omitempty"`
	MinValues   *int        `json:"min_values,omitempty"`
	MaxValues   int         `json:"max_values,omitempty"`
	Options     []choice    `json:"options,omitempty"`
	Defaults    []picked    `json:"default_values,omitempty"`
	Kinds       []int       `json:"channel_types,omitempty"`
}

// choice is an option of a select.
type choice struct {
	Label   string `json:"label"`
	Value   string `json:"value"`
	Default bool   `json:"default,omitempty"`
}

// picked is an account or a channel that stands in a select already.
type picked struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// The kinds of components.
const (
	actionRow     = 1
	buttonPart    = 2
	stringSelect  = 3
	textInput     = 4
	userSelect    = 5
	channelSelect = 8
	textDisplay   = 10
	labelPart     = 18
	fileUpload    = 19
)

// modal is a form that opens.
type modal struct {
	CustomID   string      `json:"custom_id"`
	Title      string      `json:"title"`
	Components []component `json:"components"`
}

// callback answers an interaction.
type callback struct {
	Type int `json:"type"`
	Data any `json:"data,omitempty"`
}

// The kinds of answers.
const (
	answerMessage = 4
	answerLater   = 5
	updateLater   = 6
	updateMessage = 7
	answerChoices = 8
	answerModal   = 9
)

// event is a frame of the gateway.
type event struct {
	Op   int             `json:"op"`
	Seq  int64           `json:"s"`
	Type string          `json:"t"`
	Data json.RawMessage `json:"d"`

	ticket ticket
	late   bool // it is told to a process that was not there when it happened
}

// interaction is something that a person did with the bot.
type interaction struct {
	ID        string             `json:"id"`
	App       string             `json:"application_id"`
	Type      int                `json:"type"`
	Data      json.RawMessage    `json:"data"`
	GuildID   string             `json:"guild_id"`
	ChannelID string             `json:"channel_id"`
	Channel   *discordgo.Channel `json:"channel"`
	Member    *discordgo.Member  `json:"member"`
	User      *discordgo.User    `json:"user"`
	Token     string             `json:"token"`
	Message   *heard             `json:"message"`
}

// The kinds of interactions.
const (
	commandGiven  = 2
	componentUsed = 3
	completion    = 4
	modalHandedIn = 5
)

// heard is a message that comes in.
type heard struct {
	ID          string                         `json:"id"`
	ChannelID   string                         `json:"channel_id"`
	GuildID     string                         `json:"guild_id"`
	Type        int                            `json:"type"`
	Author      *discordgo.User                `json:"author"`
	Member      *discordgo.Member              `json:"member"`
	Content     string                         `json:"content"`
	Edited      *time.Time                     `json:"edited_timestamp"`
	Attachments []*discordgo.MessageAttachment `json:"attachments"`
	Mentions    []*discordgo.User              `json:"mentions"`
	WebhookID   string                         `json:"webhook_id"`
	Flags       int                            `json:"flags"`
	Nonce       any                            `json:"nonce"`
	Embeds      []embed                        `json:"embeds"`
	Reference   *struct {
		Type      int    `json:"type"`
		MessageID string `json:"message_id"`
		ChannelID string `json:"channel_id"`
	} `json:"message_reference"`
	Referenced *struct {
		Author *discordgo.User `json:"author"`
	} `json:"referenced_message"`
	Components []parts `json:"components"`
}

// parts is as much of a component that comes in as matters. Of an unknown kind it
// is empty rather than an error.
type parts struct {
	Type       int
	CustomID   string
	Value      string
	Values     []string
	Component  *parts
	Components []parts
}

// UnmarshalJSON reads what can be read.
func (p *parts) UnmarshalJSON(raw []byte) error {
	var all map[string]json.RawMessage
	if json.Unmarshal(raw, &all) != nil {
		return nil
	}
	for name, into := range map[string]any{
		"type": &p.Type, "custom_id": &p.CustomID, "value": &p.Value, "values": &p.Values,
		"component": &p.Component, "components": &p.Components,
	} {
		if len(all[name]) > 0 {
			_ = json.Unmarshal(all[name], into)
		}
	}
	return nil
}

// discordEpoch is when ids begin, in milliseconds.
const discordEpoch = 1420070400000

// madeAt gives when an id was made.
func madeAt(id string) time.Time {
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(n>>22) + discordEpoch)
}

func ptr[T any](v T) *T { return &v }
