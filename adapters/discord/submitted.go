package discord

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"cohortbot/bot/chat"
)

// resolved is what the ids in an interaction stand for.
type resolved struct {
	Attachments map[string]*discordgo.MessageAttachment `json:"attachments"`
	Messages    map[string]heard                        `json:"messages"`
	Users       map[string]*discordgo.User              `json:"users"`
	Members     map[string]*discordgo.Member            `json:"members"`
	Channels    map[string]discordgo.Channel            `json:"channels"`
}

// submission is a modal that was handed in.
type submission struct {
	CustomID   string   `json:"custom_id"`
	Components []parts  `json:"components"`
	Resolved   resolved `json:"resolved"`
}

// handedIn puts what a modal brought into the request. It needs nothing that
// would be lost by a restart.
func (l *listener) handedIn(ctx context.Context, i interaction, r *chat.Request) error {
	var s submission
	if err := json.Unmarshal(i.Data, &s); err != nil {
		return errBroken
	}
	l.meet(ctx, r.Profile.User.Workspace, s.Resolved)
	id := strings.Split(s.CustomID, "|")
	if id[0] != modalID || len(id) < 3 {
		return errBroken
	}
	r.Page, _ = strconv.Atoi(id[1])
	r.Form = chat.FormID(id[2])
	open, known := l.forms.get(formKey(r.Form, r.Profile.User.ID))
	switch {
	case known:
		r.Path, r.Record = open.form.Command, open.form.Record
	case len(id) > 4:
		r.Path, r.Record = id[3], id[4]
	case len(id) > 3:
		r.Path = id[3]
	}
	r.Answers = chat.Answers{}
	for _, p := range s.Components {
		collect(r.At.Workspace, p, s.Resolved, r.Answers)
	}
	if known { // so that it opens again with all of it
		filled := chat.Answers{}
		for name, a := range open.filled {
			filled[name] = a
		}
		for name, a := range r.Answers {
			filled[name] = a
		}
		open.filled = filled
		l.forms.set(formKey(r.Form, r.Profile.User.ID), open)
	}
	return nil
}

func formKey(id chat.FormID, user string) string { return string(id) + "/" + user }

// collect takes the answers out of a label, or a row as modals had before labels.
func collect(w chat.Workspace, p parts, r resolved, answers chat.Answers) {
	for _, inner := range p.Components {
		collect(w, inner, r, answers)
	}
	if p.Component != nil {
		collect(w, *p.Component, r, answers)
	}
	if p.CustomID == "" {
		return
	}
	var a chat.Answer
	switch p.Type {
	case textInput:
		if kept, long := strings.CutPrefix(p.CustomID, tooLong); long {
			if p.Value == "" {
				return
			}
			p.CustomID = kept
		}
		if p.Value != "" {
			a = chat.Given(p.Value)
		}
	case fileUpload:
		for _, id := range p.Values {
			if f := r.Attachments[id]; f != nil {
				a.Files = append(a.Files, uploaded(w, f))
			}
		}
	default:
		a.Values = p.Values
		if len(a.Values) == 0 && p.Value != "" {
			a = chat.Given(p.Value)
		}
	}
	answers[p.CustomID] = a
}

// uploaded gives a file that came with a command or a form. It stands in no
// message: its address is all there is to find it by.
func uploaded(w chat.Workspace, f *discordgo.MessageAttachment) chat.File {
	all := files(w, "", []*discordgo.MessageAttachment{f})
	all[0].ID = f.URL
	return all[0]
}
