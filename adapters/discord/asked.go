package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"cohortbot/bot/chat"
)

// given is a command as Discord tells it.
type given struct {
	Name     string   `json:"name"`
	Type     int      `json:"type"`
	Options  []answer `json:"options"`
	TargetID string   `json:"target_id"`
	Resolved resolved `json:"resolved"`
}

type answer struct {
	Name    string          `json:"name"`
	Type    int             `json:"type"`
	Value   json.RawMessage `json:"value"`
	Options []answer        `json:"options"`
	Focused bool            `json:"focused"`
}

// used is a button or a select as Discord tells it.
type used struct {
	CustomID string   `json:"custom_id"`
	Values   []string `json:"values"`
}

// request makes what the bot understands of an interaction.
func (l *listener) request(ctx context.Context, i interaction) (chat.Request, error) {
	r := chat.Request{Event: "interaction/" + i.ID}
	guild, u := i.GuildID, i.User
	var err error
	if i.Member != nil {
		u = i.Member.User
	}
	if u == nil {
		return r, errBroken
	}
	if guild == "" {
		if guild, err = l.home(ctx, u.ID); err != nil {
			return r, err
		}
		if guild == "" {
			return r, errNoHome
		}
		r.Profile, err = l.met(ctx, guild, u)
		r.At = chat.Direct(chat.User{Workspace: workspace(guild), ID: u.ID})
	} else {
		if !slices.Contains(l.o.Guilds, guild) {
			return r, errNoHome
		}
		if r.Profile, err = l.profile(ctx, guild, u, i.Member); err == nil {
			r.At, err = l.at(ctx, guild, i)
		}
	}
	if err != nil {
		return r, err
	}
	l.introduce(r.Profile)
	switch i.Type {
	case commandGiven:
		err = l.given(ctx, i, &r)
	case componentUsed:
		err = l.used(ctx, i, &r)
	case modalHandedIn:
		err = l.handedIn(ctx, i, &r)
	default:
		err = errBroken
	}
	return r, err
}

// at gives where an interaction was made.
func (l *listener) at(ctx context.Context, guild string, i interaction) (chat.Place, error) {
	if i.Channel != nil && i.Channel.ID != "" && (!isThread(*i.Channel) || i.Channel.ParentID != "") {
		return place(guild, *i.Channel), nil
	}
	c, err := l.channel(ctx, i.ChannelID)
	return place(guild, c), err
}

// given puts a command into the request: its path, and what was typed as if it
// had been typed by hand, so that it can be given back.
func (l *listener) given(ctx context.Context, i interaction, r *chat.Request) error {
	var g given
	if json.Unmarshal(i.Data, &g) != nil {
		return errBroken
	}
	if g.Type == menuCommand {
		at := slices.IndexFunc(l.in.Tree(), func(c chat.Command) bool { return c.Menu == g.Name })
		m, ok := g.Resolved.Messages[g.TargetID]
		if at < 0 || !ok {
			return errBroken
		}
		r.Path = l.in.Tree()[at].Path
		r.Message = l.target(ctx, r.At, m)
		return nil
	}
	l.meet(ctx, r.Profile.User.Workspace, g.Resolved)
	r.Path = g.Name
	options := g.Options
	for len(options) == 1 && options[0].Type <= int(discordgo.ApplicationCommandOptionSubCommandGroup) {
		r.Path += " " + options[0].Name
		options = options[0].Options
	}
	var typed []string
	for _, o := range options {
		if o.Type == int(discordgo.ApplicationCommandOptionAttachment) {
			if f := g.Resolved.Attachments[o.text()]; f != nil {
				if r.Answers == nil {
					r.Answers = chat.Answers{}
				}
				r.Answers[o.Name] = chat.Answer{Files: []chat.File{uploaded(r.At.Workspace, f)}}
			}
			continue
		}
		typed = append(typed, o.Name+":"+quoted(o.text()))
	}
	r.Text = strings.Join(typed, " ")
	return nil
}

// text gives an option's value as people write it.
func (a answer) text() string {
	var v any
	if json.Unmarshal(a.Value, &v) != nil {
		return ""
	}
	switch v := v.(type) {
	case string:
		return v
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

// quoted writes a value so that it is read back as it is.
func quoted(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == '\\' || strings.ContainsRune("\"“”„‟«»＂", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return `"` + b.String() + `"`
}

// used puts a button into the request.
func (l *listener) used(ctx context.Context, i interaction, r *chat.Request) error {
	var u used
	if json.Unmarshal(i.Data, &u) != nil {
		return errBroken
	}
	if i.Message != nil {
		r.Message = l.target(ctx, r.At, *i.Message)
	}
	if id := strings.Split(u.CustomID, "|"); id[0] == openID && len(id) == 3 {
		r.Form = chat.FormID(id[2])
		r.Page, _ = strconv.Atoi(id[1])
		return nil
	}
	b, err := chat.ParseToken(u.CustomID)
	if err != nil {
		return errBroken
	}
	r.Path, r.Record, r.Choice = b.Command, b.Record, b.Choice
	if len(u.Values) > 0 {
		r.Choice = u.Values[0]
	}
	return nil
}

// target gives the message that a menu or a button is on.
func (l *listener) target(ctx context.Context, at chat.Place, m heard) *chat.Target {
	t := &chat.Target{
		Address: chat.Address{Place: at, ID: m.ID}, Text: l.typed(ctx, m),
		Files: files(at.Workspace, m.ChannelID+"/"+m.ID+"/", m.Attachments),
	}
	if m.Author != nil {
		t.Author = chat.User{Workspace: at.Workspace, ID: m.Author.ID}
	}
	return t
}

// complete offers options that fit what was typed so far.
func (l *listener) complete(i interaction) callback {
	offered := []optionChoice{}
	var g given
	if json.Unmarshal(i.Data, &g) != nil {
		return callback{Type: answerChoices, Data: map[string]any{"choices": offered}}
	}
	path, options := g.Name, g.Options
	for len(options) == 1 && options[0].Type <= int(discordgo.ApplicationCommandOptionSubCommandGroup) {
		path += " " + options[0].Name
		options = options[0].Options
	}
	c, _ := l.in.Tree().Find(path)
	for _, o := range options {
		at := slices.IndexFunc(c.Fields, func(f chat.Field) bool { return f.Name == o.Name })
		if !o.Focused || at < 0 {
			continue
		}
		want := strings.ToLower(o.text())
		for _, begins := range []bool{true, false} { // what begins so comes before what has it inside
			for _, x := range c.Fields[at].Options {
				label := strings.ToLower(x.Label)
				if strings.HasPrefix(label, want) == begins && strings.Contains(label, want) && len(offered) < optionsMax {
					offered = append(offered, optionChoice{Name: clip(x.Label, 100), Value: x.Value})
				}
			}
		}
	}
	return callback{Type: answerChoices, Data: map[string]any{"choices": offered}}
}

// words for what cannot be done at all.
const (
	sayNoHome = "I don't work in this server. Whoever set me up can add it to my configuration."
	sayBroken = "I no longer know what this was for. `/help` shows what I can do."
	sayBusy   = "I couldn't do that just now, and nothing was changed. Please try again in a minute."
)

func pageButton(label string, form chat.FormID, number int) component {
	return button(label, fmt.Sprintf("%s|%d|%s", openID, number, form), true)
}
