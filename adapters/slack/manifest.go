package slack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"cohortbot/bot/chat"
)

// botScopes is what the bot token must allow, and what for.
var botScopes = []struct{ name, why string }{
	{"commands", "slash commands and the menu on a message"},
	{"chat:write", "saying, changing and taking back messages"},
	{"im:write", "writing to people directly"},
	{"im:history", "hearing direct messages"},
	{"channels:history", "hearing replies in public channels, and finding what was said"},
	{"groups:history", "the same in private channels"},
	{"channels:read", "knowing who joins a public channel"},
	{"groups:read", "the same in private channels"},
	{"users:read", "people's names and time zones"},
	{"files:read", "photos and voice notes in answers"},
	{"files:write", "pictures and files in messages"},
}

// botEvents is what the bot hears of.
var botEvents = []string{
	"app_home_opened", "member_joined_channel", "member_left_channel",
	"message.channels", "message.groups", "message.im", "user_change",
}

// Slack's limits for an app.
const (
	maxCommands     = 50
	maxShortcuts    = 10
	maxShortcutName = 24
	maxShortcutText = 150
	maxCommandText  = 2000
	maxUsage        = 1000
)

// A manifest, in the order in which an operator reads it. Every switch is written
// out: what is left out is sometimes on.
type manifest struct {
	Display struct {
		Name        string `json:"name"`
		Description string `json:"description"`
		Background  string `json:"background_color"`
	} `json:"display_information"`
	Features struct {
		Home struct {
			Home     bool `json:"home_tab_enabled"`
			Messages bool `json:"messages_tab_enabled"`
			ReadOnly bool `json:"messages_tab_read_only_enabled"`
		} `json:"app_home"`
		Bot struct {
			Name   string `json:"display_name"`
			Online bool   `json:"always_online"`
		} `json:"bot_user"`
		Shortcuts []manifestShortcut `json:"shortcuts,omitempty"`
		Commands  []manifestCommand  `json:"slash_commands"`
	} `json:"features"`
	OAuth struct {
		Scopes struct {
			Bot []string `json:"bot"`
		} `json:"scopes"`
	} `json:"oauth_config"`
	Settings struct {
		Events struct {
			Bot []string `json:"bot_events"`
		} `json:"event_subscriptions"`
		Interactivity struct {
			On bool `json:"is_enabled"`
		} `json:"interactivity"`
		OrgDeploy bool `json:"org_deploy_enabled"`
		Socket    bool `json:"socket_mode_enabled"`
		Rotation  bool `json:"token_rotation_enabled"`
	} `json:"settings"`
}

type manifestShortcut struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Callback    string `json:"callback_id"`
	Description string `json:"description"`
}

type manifestCommand struct {
	Command     string `json:"command"`
	Description string `json:"description"`
	Usage       string `json:"usage_hint,omitempty"`
	Escape      bool   `json:"should_escape"`
}

// Manifest gives what an operator makes the app from, as JSON: one slash command a
// noun of the tree, one shortcut an item of the message menu, and the scopes that
// are used. The error says what of the tree is beyond Slack's limits.
func Manifest(tree chat.Tree) ([]byte, error) {
	var m manifest
	m.Display.Name, m.Display.Description, m.Display.Background = "cohortbot", "Runs a facilitated learning group", "#1f4e46"
	m.Features.Home.Home, m.Features.Home.Messages = true, true
	m.Features.Bot.Name, m.Features.Bot.Online = "cohortbot", true
	m.Settings.Interactivity.On, m.Settings.Socket = true, true
	m.Settings.Events.Bot = botEvents
	for _, s := range botScopes {
		m.OAuth.Scopes.Bot = append(m.OAuth.Scopes.Bot, s.name)
	}
	for _, noun := range tree.Nouns() {
		m.Features.Commands = append(m.Features.Commands, slashCommand(tree, noun))
	}
	for _, c := range tree {
		if c.Menu == "" {
			continue
		}
		if n := utf8.RuneCountInString(c.Menu); n > maxShortcutName {
			return nil, fmt.Errorf("slack: the menu item %q has %d characters; %d fit", c.Menu, n, maxShortcutName)
		}
		m.Features.Shortcuts = append(m.Features.Shortcuts, manifestShortcut{
			Name: c.Menu, Type: "message", Callback: c.Path, Description: clip(c.Summary, maxShortcutText),
		})
	}
	if n := len(m.Features.Commands); n > maxCommands {
		return nil, fmt.Errorf("slack: %d slash commands; %d fit", n, maxCommands)
	}
	if n := len(m.Features.Shortcuts); n > maxShortcuts {
		return nil, fmt.Errorf("slack: %d items in the message menu; %d fit", n, maxShortcuts)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(m)
	return b.Bytes(), err
}

// slashCommand describes a noun by its verbs, or by what it does where it has
// none. People and channels typed after it come as ids.
func slashCommand(tree chat.Tree, noun string) manifestCommand {
	c := manifestCommand{Command: "/" + noun, Escape: true}
	var verbs, hints []string
	summary, about := "", ""
	for _, x := range tree {
		first, verb, _ := strings.Cut(x.Path, " ")
		if x.Hidden || first != noun {
			continue
		}
		if verb == "" {
			c.Description = x.Summary
			for _, f := range x.Fields {
				hints = append(hints, "["+f.Name+"]")
			}
			continue
		}
		verbs, summary, about = append(verbs, verb), x.Summary, x.About
	}
	if len(verbs) > 0 {
		c.Description, hints = about, []string{"[" + strings.Join(verbs, " | ") + "]"}
		if about == "" {
			c.Description = strings.Join(verbs, ", ")
		}
	}
	if len(verbs) == 1 {
		c.Description = summary
	}
	c.Description = clip(c.Description, maxCommandText)
	c.Usage = clip(strings.Join(hints, " "), maxUsage)
	return c
}
