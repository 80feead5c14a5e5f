package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/bwmarrin/discordgo"

	"cohortbot/bot/chat"
)

// The kinds of commands.
const (
	slashCommand = int(discordgo.ChatApplicationCommand)
	menuCommand  = int(discordgo.MessageApplicationCommand)
)

// command is a registered command. Lists stand in it even if empty.
type command struct {
	Type         int      `json:"type"`
	Name         string   `json:"name"`
	Description  string   `json:"description"`
	Options      []option `json:"options"`
	Contexts     []int    `json:"contexts,omitempty"`          // 0 servers, 1 direct messages with the bot
	Integrations []int    `json:"integration_types,omitempty"` // 0 servers
}

type option struct {
	Type         int            `json:"type"`
	Name         string         `json:"name"`
	Description  string         `json:"description"`
	Required     bool           `json:"required,omitempty"`
	Autocomplete bool           `json:"autocomplete,omitempty"`
	Choices      []optionChoice `json:"choices,omitempty"`
	Options      []option       `json:"options,omitempty"`
	Kinds        []int          `json:"channel_types,omitempty"`
}

type optionChoice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// registered makes what Discord is told of the tree. Nothing is required: what
// was not typed, the bot asks for. Global commands can be given in direct
// messages too.
func registered(tree chat.Tree, global bool) commands {
	var all commands
	add := func(c command) {
		if global {
			c.Contexts, c.Integrations = []int{0, 1}, []int{0}
		}
		all = append(all, c)
	}
	for _, noun := range tree.Nouns() {
		c := command{Type: slashCommand, Name: noun, Options: []option{}}
		for _, x := range tree {
			if x.Hidden {
				continue
			}
			switch {
			case x.Path == noun:
				c.Description, c.Options = clip(x.Summary, 100), options(x.Fields)
			case len(x.Path) > len(noun) && x.Path[:len(noun)+1] == noun+" ":
				if c.Description == "" {
					c.Description = "About " + noun
					if x.About != "" {
						c.Description = x.About
					}
				}
				c.Options = append(c.Options, option{
					Type: int(discordgo.ApplicationCommandOptionSubCommand), Name: x.Path[len(noun)+1:],
					Description: clip(x.Summary, 100), Options: options(x.Fields),
				})
			}
		}
		add(c)
	}
	for _, x := range tree {
		if x.Menu != "" {
			add(command{Type: menuCommand, Name: clip(x.Menu, 32), Options: []option{}})
		}
	}
	return all
}

// options makes what can be typed after a command. Long texts have no room in a
// line; the form asks for them.
func options(fields []chat.Field) []option {
	all := []option{}
	for _, f := range fields {
		o := option{Name: f.Name, Description: f.Label, Type: int(discordgo.ApplicationCommandOptionString)}
		if both := f.Label + ": " + f.Hint; f.Hint != "" && size(both) <= 100 {
			o.Description = both
		}
		switch f.Kind {
		case chat.LongText:
			continue
		case chat.Number:
			o.Type = int(discordgo.ApplicationCommandOptionNumber)
		case chat.YesNo:
			o.Type = int(discordgo.ApplicationCommandOptionBoolean)
		case chat.Person:
			o.Type = int(discordgo.ApplicationCommandOptionUser)
		case chat.InPlace:
			o.Type = int(discordgo.ApplicationCommandOptionChannel)
			o.Kinds = []int{int(discordgo.ChannelTypeGuildText), int(discordgo.ChannelTypeGuildNews)}
		case chat.Upload:
			o.Type = int(discordgo.ApplicationCommandOptionAttachment)
		case chat.Choice:
			if o.Autocomplete = len(f.Options) > optionsMax; o.Autocomplete {
				break
			}
			for _, c := range f.Options {
				o.Choices = append(o.Choices, optionChoice{Name: clip(c.Label, 100), Value: c.Value})
			}
		}
		all = append(all, o)
	}
	return all
}

// register tells Discord of the commands, where it does not know them as they
// are: it takes 200 changes a day. The other scope is emptied, so that nothing
// stands twice.
func (d *Discord) register(ctx context.Context, tree chat.Tree) error {
	me, err := d.whoAmI(ctx)
	if err != nil {
		return err
	}
	global := registered(tree, true)
	if d.o.GuildCommands {
		global = commands{}
	}
	if err := d.overwrite(ctx, global, "/applications/{}/commands", me.App); errors.Is(err, chat.ErrRefused) {
		d.log.Error("commands are not registered", "err", err)
	} else if err != nil {
		return err
	}
	for _, guild := range d.o.Guilds {
		own := commands{}
		if d.o.GuildCommands {
			own = registered(tree, false)
		}
		if err := d.overwrite(ctx, own, "/applications/{}/guilds/{}/commands", me.App, guild); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			d.log.Error("commands are not registered in a server; was the bot invited with applications.commands?", "server", guild, "err", err)
		}
	}
	return nil
}

func (d *Discord) overwrite(ctx context.Context, want commands, route string, ids ...string) error {
	if faults := want.faults(); len(faults) > 0 {
		return fmt.Errorf("%w: commands: %s", chat.ErrRefused, faults[0])
	}
	var have commands
	if err := d.rest.do(ctx, get(route, ids...), &have); err != nil {
		return err
	}
	if want.same(have) {
		return nil
	}
	if want == nil {
		want = commands{}
	}
	d.log.Info("registering commands", "commands", len(want))
	return d.rest.do(ctx, put(route, ids...).with(want), nil)
}

// same tells whether Discord knows the commands as they are.
func (all commands) same(have commands) bool {
	text := func(cs commands) string {
		var lines []string
		for _, c := range cs {
			if c.Options == nil {
				c.Options = []option{}
			}
			if len(cs) > 0 && len(all) > 0 && all[0].Contexts == nil {
				c.Contexts, c.Integrations = nil, nil // a server's commands have none of their own
			}
			line, _ := json.Marshal(c)
			lines = append(lines, string(line))
		}
		slices.Sort(lines)
		return fmt.Sprint(lines)
	}
	return text(slices.Clone(all)) == text(slices.Clone(have))
}
