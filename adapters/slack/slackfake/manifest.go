package slackfake

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

// manifest is what an app's manifest says, as far as this package acts on it.
type manifest struct {
	Display struct {
		Name        string `yaml:"name"`
		Description string `yaml:"description"`
	} `yaml:"display_information"`
	Features struct {
		Home struct {
			Home     bool `yaml:"home_tab_enabled"`
			Messages bool `yaml:"messages_tab_enabled"`
			ReadOnly bool `yaml:"messages_tab_read_only_enabled"`
		} `yaml:"app_home"`
		Bot struct {
			Name string `yaml:"display_name"`
		} `yaml:"bot_user"`
		Shortcuts []struct {
			Name        string `yaml:"name"`
			Type        string `yaml:"type"`
			CallbackID  string `yaml:"callback_id"`
			Description string `yaml:"description"`
		} `yaml:"shortcuts"`
		Commands []struct {
			Command     string `yaml:"command"`
			Description string `yaml:"description"`
			Hint        string `yaml:"usage_hint"`
			Escape      bool   `yaml:"should_escape"`
		} `yaml:"slash_commands"`
	} `yaml:"features"`
	OAuth struct {
		Scopes struct {
			Bot []string `yaml:"bot"`
		} `yaml:"scopes"`
	} `yaml:"oauth_config"`
	Settings struct {
		Events struct {
			Bot []string `yaml:"bot_events"`
		} `yaml:"event_subscriptions"`
		Interactivity struct {
			Enabled bool `yaml:"is_enabled"`
		} `yaml:"interactivity"`
		SocketMode bool `yaml:"socket_mode_enabled"`
	} `yaml:"settings"`
}

// taken are commands of Slack's own; an app's command of that name is never called.
var taken = map[string]bool{
	"/me": true, "/remind": true, "/invite": true, "/leave": true, "/star": true, "/away": true, "/feedback": true, "/join": true,
	"/archive": true, "/collapse": true, "/expand": true, "/dm": true, "/msg": true, "/dnd": true, "/mute": true, "/open": true,
	"/prefs": true, "/remove": true, "/kick": true, "/rename": true, "/search": true, "/shortcuts": true, "/shrug": true,
	"/status": true, "/topic": true, "/who": true, "/call": true, "/apps": true, "/active": true,
}

// FromManifest reads what an operator would paste into Slack, YAML or JSON, and
// refuses what Slack would: too many commands or shortcuts, texts that are too
// long, names that are taken.
func FromManifest(data []byte) (App, error) {
	var m manifest
	if err := yaml.Unmarshal(data, &m); err != nil {
		return App{}, fmt.Errorf("slackfake: manifest: %w", err)
	}
	var errs []string
	size := func(where, text string, least, most int) {
		if n := utf8.RuneCountInString(text); n < least || n > most {
			errs = append(errs, fmt.Sprintf("%s has %d characters, want %d to %d", where, n, least, most))
		}
	}
	size("display_information/name", m.Display.Name, 1, 35)
	size("display_information/description", m.Display.Description, 0, 140)
	size("features/bot_user/display_name", m.Features.Bot.Name, 1, 80)
	if n := len(m.Features.Commands); n > 50 {
		errs = append(errs, fmt.Sprintf("features/slash_commands has %d, want 50 at most", n))
	}
	if n := len(m.Features.Shortcuts); n > 10 {
		errs = append(errs, fmt.Sprintf("features/shortcuts has %d, want 10 at most", n))
	}
	app := App{
		Name: m.Features.Bot.Name, Scopes: orEmpty(m.OAuth.Scopes.Bot), Events: orEmpty(m.Settings.Events.Bot),
		Commands: map[string]bool{}, Shortcuts: []string{},
		NoHome: !m.Features.Home.Home, NoMessages: !m.Features.Home.Messages || m.Features.Home.ReadOnly,
		NoSocketMode: !m.Settings.SocketMode, NoInteract: !m.Settings.Interactivity.Enabled,
	}
	for _, c := range m.Features.Commands {
		size("the command "+c.Command, c.Command, 2, 32)
		size("the description of "+c.Command, c.Description, 1, 2000)
		size("the usage hint of "+c.Command, c.Hint, 0, 1000)
		if _, twice := app.Commands[c.Command]; twice || taken[c.Command] || c.Command == "" || c.Command[0] != '/' {
			errs = append(errs, fmt.Sprintf("the command %q is there twice, is Slack's own or has no slash", c.Command))
		}
		app.Commands[c.Command] = c.Escape
	}
	for _, s := range m.Features.Shortcuts {
		size("the shortcut "+s.Name, s.Name, 1, 24)
		size("the callback_id of "+s.Name, s.CallbackID, 1, 255)
		size("the description of "+s.Name, s.Description, 1, 150)
		if s.Type != "message" && s.Type != "global" {
			errs = append(errs, fmt.Sprintf("the type of the shortcut %s is %q, want message or global", s.Name, s.Type))
		}
		app.Shortcuts = append(app.Shortcuts, s.CallbackID)
	}
	for _, e := range app.Events {
		scope, known := eventScopes[e]
		if !known {
			errs = append(errs, fmt.Sprintf("settings/event_subscriptions/bot_events: %q is unknown here", e))
		}
		if scope != "" && !slices.Contains(app.Scopes, scope) {
			errs = append(errs, fmt.Sprintf("the event %s needs the scope %s", e, scope))
		}
	}
	if len(errs) > 0 {
		return App{}, fmt.Errorf("slackfake: manifest: %q", errs)
	}
	return app, nil
}
