package slack

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	api "github.com/slack-go/slack"

	"cohortbot/bot/chat"
)

// The Home tab shows the answer of the command "home".
const homePath = "home"

// homeOpened takes the event that somebody looks at the Home tab.
func (a arrival) homeOpened(event string, raw json.RawMessage) error {
	var e struct {
		User string `json:"user"`
		Tab  string `json:"tab"`
	}
	if json.Unmarshal(raw, &e) != nil || e.User == "" {
		return errUnreadable
	}
	if e.Tab == "messages" {
		a.acknowledge(nil)
		return nil
	}
	a.acknowledge(nil) // looking gives nothing that could get lost
	return a.publishHome(event, e.User)
}

// publishHome shows somebody their home as it is now.
func (a arrival) publishHome(event, person string) error {
	profile := a.w.people.profile(a.ctx, person, "")
	res := <-a.do(chat.Request{Event: event, Profile: profile, At: chat.Direct(profile.User), Path: homePath})
	if res.err != nil {
		return res.err
	}
	if res.out.Reply == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(a.ctx, callLimit)
	defer cancel()
	v := api.HomeTabViewRequest{Type: api.VTHomeTab, Blocks: api.Blocks{BlockSet: viewBlocks(homely(res.out.Reply.Message))}}
	if err := checkView(v); err != nil {
		return err
	}
	return a.w.call(ctx, "views.publish", "", func() error {
		_, err := a.w.client.PublishViewContext(ctx, api.PublishViewContextRequest{UserID: person, View: v})
		return err
	})
}

// homely gives a message for the home, which is shown again and again: what would
// be a file of its own each time is said in words.
func homely(m chat.Message) chat.Message {
	m = m.InWords()
	var texts []string
	for _, f := range m.Files {
		texts = append(texts, chat.Plain(altOf(f)))
	}
	m.Files = nil
	m.Text = strings.TrimSpace(m.Text + "\n\n" + strings.Join(texts, "\n\n"))
	return m
}

// refreshHome brings somebody's home up to date after a deed that began there.
func (a arrival) refreshHome(r chat.Request) {
	a.handle(func() error { return a.publishHome("home/"+r.Event, r.Profile.User.ID) })
}

// showInView shows a reply in a modal: a view has no channel to reply in.
func (a arrival) showInView(ctx context.Context, r chat.Request, to reach, reply chat.Reply) error {
	m := a.w.attached(reply.Message)
	v, err := showing(m)
	if err != nil {
		return err
	}
	switch {
	case to.inView == shownView:
		err = a.w.updateView(ctx, to.view, v)
	case to.trigger != "":
		err = a.w.openView(ctx, to.trigger, v)
	default:
		return a.w.reply(ctx, reach{person: to.person}, m, false)
	}
	if err == nil {
		err = a.w.shareDirect(ctx, to.person, m.Files)
	}
	if to.home {
		a.refreshHome(r)
	}
	return err
}

// showing renders a reply as a modal. It came from the home, and so do the forms
// that its buttons open.
func showing(m chat.Message) (api.ModalViewRequest, error) {
	meta, err := json.Marshal(opened{Home: true})
	if err != nil {
		return api.ModalViewRequest{}, err
	}
	v := api.ModalViewRequest{
		Type: api.VTModal, CallbackID: shownView, PrivateMetadata: string(meta),
		Title: words("Cohort", maxTitle), Close: words("Close", maxTitle),
		Blocks: api.Blocks{BlockSet: viewBlocks(m)},
	}
	return v, checkView(v)
}

// viewBlocks renders a message for a view. Files do not stand there; their words
// do, and say where they are.
func viewBlocks(m chat.Message) []api.Block {
	var blocks []api.Block
	posts, files := render(m)
	for i, p := range posts {
		p = withoutPictures(p)
		for _, b := range p.blocks {
			if row, ok := b.(*api.ActionBlock); ok && i > 0 {
				row.BlockID = ""
			}
			blocks = append(blocks, b)
		}
	}
	if made := slices.DeleteFunc(slices.Clone(m.Files), sent); len(made) > 0 {
		blocks = append(blocks, filesNotice(made).blocks...)
	}
	for _, f := range files { // pictures are there in words already
		for _, words := range smallPrint([]passage{{spans: []span{{text: altOf(f)}}}}) {
			blocks = append(blocks, words)
		}
	}
	if len(blocks) == 0 {
		blocks = textBlocks("Nothing to show just now.")
	}
	return blocks
}
