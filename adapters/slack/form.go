package slack

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	api "github.com/slack-go/slack"

	"cohortbot/bot/chat"
)

// opened is what travels with a form through Slack and comes back when it is
// handed in, so that nothing needs to be remembered meanwhile.
type opened struct {
	Form    chat.FormID `json:"f,omitempty"`
	Page    int         `json:"p,omitempty"`
	Command string      `json:"c,omitempty"`
	Record  string      `json:"r,omitempty"`
	Channel string      `json:"ch,omitempty"` // where it was asked for
	Thread  string      `json:"th,omitempty"`
	Reply   string      `json:"u,omitempty"` // response_url of what opened it
	Whisper bool        `json:"e,omitempty"` // that was a reply of ours, which may be replaced
	Home    bool        `json:"h,omitempty"` // it was opened from the home
}

// The callback_ids of our views.
const (
	formView  = "form"
	shownView = "shown" // a reply in a modal, where there is no channel to reply in
)

// modal renders the page of a form that is to be shown.
func modal(f chat.Form, o opened) (api.ModalViewRequest, error) {
	pages := f.Pages()
	page := min(max(f.Page, 0), len(pages)-1)
	o.Form, o.Page, o.Command, o.Record = f.ID, page, f.Command, f.Record
	meta, err := json.Marshal(o)
	if err != nil {
		return api.ModalViewRequest{}, err
	}
	if utf8.RuneCount(meta) > maxPrivate { // only an address of Slack's could be that long
		o.Reply = ""
		meta, _ = json.Marshal(o)
	}
	title, submit := f.Title, f.Submit
	if len(pages) > 1 {
		title = fmt.Sprintf("%s (%d of %d)", f.Title, page+1, len(pages))
		if page+1 < len(pages) {
			submit = "Next"
		}
	}
	if submit == "" {
		submit = "Done"
	}
	v := api.ModalViewRequest{
		Type: api.VTModal, CallbackID: formView, PrivateMetadata: string(meta),
		Title: words(title, maxTitle), Submit: words(submit, maxTitle), Close: words("Not now", maxTitle),
	}
	var blocks []api.Block
	if utf8.RuneCountInString(title) > maxTitle { // nothing is cut without being said in full
		blocks = append(blocks, rich([]passage{{spans: []span{{text: f.Title, bold: true}}}}))
	}
	if page == 0 || len(f.Errors) > 0 {
		blocks = append(blocks, textBlocks(f.Intro)...)
	}
	for _, field := range pages[page] {
		if fault := f.Errors[field.Name]; fault != "" {
			for _, b := range smallPrint([]passage{{spans: []span{{text: field.Label + ": ", bold: true}, {text: plain(fault)}}}}) {
				blocks = append(blocks, b)
			}
		}
		blocks = append(blocks, inputs(page, field, f.Filled[field.Name])...)
	}
	if len(blocks) == 0 && f.Note == "" {
		blocks = append(blocks, rich([]passage{{spans: []span{{text: f.Title}}}}))
	}
	for _, b := range smallPrint(readMarkdown(f.Note)) {
		blocks = append(blocks, b)
	}
	v.Blocks = api.Blocks{BlockSet: blocks}
	return v, checkView(v)
}

// textBlocks renders Markdown as blocks of a view, which may hold more text than
// those of a message.
func textBlocks(markdown string) []api.Block {
	var blocks []api.Block
	for rest := readMarkdown(markdown); len(rest) > 0; {
		var piece []passage
		piece, rest = cut(rest, blockRoom)
		blocks = append(blocks, rich(piece))
	}
	return blocks
}

// The name of a field within a view, as block_id and as action_id:
// "<page>.<name>", with ".<n>" after it where
// a long text needs several inputs. Other pages must not use the same block_id:
// Slack would fill in what stood there before.
func blockID(page int, name string) string { return fmt.Sprintf("%d.%s", page, name) }

var fieldID = regexp.MustCompile(`^(\d+)\.([a-z][a-z0-9-]*)(?:\.(\d+))?$`)

// inputs renders a field, with what stands in it.
func inputs(page int, f chat.Field, filled chat.Answer) []api.Block {
	if f.Kind == chat.LongText && utf8.RuneCountInString(filled.Text()) > maxInput {
		return longInputs(page, f, filled.Text())
	}
	id := blockID(page, f.Name)
	return []api.Block{input(id, f, f.Label, element(id, f, filled))}
}

func input(id string, f chat.Field, label string, e api.BlockElement) *api.InputBlock {
	b := api.NewInputBlock(id, words(label, maxLabel), nil, e)
	b.Optional = !f.Required
	hint := f.Hint
	if f.Example != "" && f.Kind != chat.Upload {
		if hint != "" {
			hint = strings.TrimRight(hint, ". ") + ". "
		}
		hint += "For example: " + f.Example
	}
	if hint != "" {
		b.Hint = words(plain(hint), maxHint)
	}
	return b
}

// longInputs gives a text that is too long for one input several.
func longInputs(page int, f chat.Field, text string) []api.Block {
	var parts []string
	for rest := text; rest != ""; {
		runes := []rune(rest)
		head := rest
		if len(runes) > maxInput-200 { // with room for a few words more
			head = string(runes[:maxInput-200])
			for _, sign := range []string{"\n\n", "\n", " "} {
				if i := strings.LastIndex(head, sign); i > len(head)/2 {
					head = head[:i]
					break
				}
			}
		}
		parts = append(parts, strings.TrimSpace(head))
		rest = strings.TrimSpace(strings.TrimPrefix(rest, head))
	}
	var blocks []api.Block
	for i, part := range parts {
		one := f
		if i > 0 {
			one.Required = false
		}
		label := fmt.Sprintf("%s (%d of %d)", f.Label, i+1, len(parts))
		id := fmt.Sprintf("%s.%d", blockID(page, f.Name), i+1)
		blocks = append(blocks, input(id, one, label, textInput(id, f, part)))
	}
	return blocks
}

func textInput(id string, f chat.Field, text string) *api.PlainTextInputBlockElement {
	e := api.NewPlainTextInputBlockElement(nil, id)
	e.Multiline = f.Kind == chat.LongText
	e.InitialValue = text
	e.MaxLength = maxInput
	if f.Max > 0 && f.Max < maxInput {
		e.MaxLength = max(f.Max, utf8.RuneCountInString(text))
	}
	return e
}

var (
	accountID = regexp.MustCompile(`^[UW][A-Z0-9]{2,}$`)
	channelID = regexp.MustCompile(`^[CG][A-Z0-9]{2,}$`)
)

// element renders what a field takes. Where something stands in it that the
// element cannot show, it is a text, so that nothing typed gets lost.
func element(id string, f chat.Field, filled chat.Answer) api.BlockElement {
	stands := filled.Text()
	switch f.Kind {
	case chat.YesNo:
		f.Options = []chat.Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}}
		if e := radios(id, f, stands); e != nil {
			return e
		}
	case chat.Choice:
		if e := choice(id, f, stands); e != nil {
			return e
		}
	case chat.Choices:
		if e := choices(id, f, filled.Values); e != nil {
			return e
		}
	case chat.Person:
		if who := strings.TrimPrefix(stands, "@"); stands == "" || accountID.MatchString(who) {
			e := api.NewOptionsSelectBlockElement(api.OptTypeUser, words("Pick a person", maxHolder), id)
			e.InitialUser = who
			return e
		}
	case chat.InPlace:
		if where := strings.TrimPrefix(stands, "#"); stands == "" || channelID.MatchString(where) {
			e := api.NewOptionsSelectBlockElement(api.OptTypeConversations, words("Pick a channel", maxHolder), id)
			e.Filter = &api.SelectBlockElementFilter{Include: []string{"public", "private"}, ExcludeBotUsers: true}
			e.InitialConversation = where
			return e
		}
	case chat.Upload:
		return api.NewFileInputBlockElement(id).WithMaxFiles(10)
	}
	return textInput(id, f, stands)
}

func option(o chat.Option) *api.OptionBlockObject {
	return api.NewOptionBlockObject(o.Value, words(o.Label, maxOption), nil)
}

func optionList(options []chat.Option) []*api.OptionBlockObject {
	var all []*api.OptionBlockObject
	for _, o := range options {
		all = append(all, option(o))
	}
	return all
}

// standing finds an option by its value or its label; found is true as well where
// nothing stands.
func standing(options []chat.Option, s string) (*api.OptionBlockObject, bool) {
	if strings.TrimSpace(s) == "" {
		return nil, true
	}
	for _, o := range options {
		if o.Value == s || strings.EqualFold(o.Label, s) || strings.EqualFold(o.Value, s) {
			return option(o), true
		}
	}
	return nil, false
}

func radios(id string, f chat.Field, stands string) api.BlockElement {
	at, found := standing(f.Options, stands)
	if !found {
		return nil
	}
	e := api.NewRadioButtonsBlockElement(id, optionList(f.Options)...)
	e.InitialOption = at
	return e
}

func choice(id string, f chat.Field, stands string) api.BlockElement {
	at, found := standing(f.Options, stands)
	if !found || len(f.Options) == 0 || len(f.Options) > maxOptions*maxOptions {
		return nil
	}
	holder := words("Choose one", maxHolder)
	var e *api.SelectBlockElement
	if len(f.Options) <= maxOptions {
		e = api.NewOptionsSelectBlockElement(api.OptTypeStatic, holder, id, optionList(f.Options)...)
	} else {
		e = api.NewOptionsGroupSelectBlockElement(api.OptTypeStatic, holder, id, groups(f.Options)...)
	}
	e.InitialOption = at
	return e
}

func choices(id string, f chat.Field, stands []string) api.BlockElement {
	var at []*api.OptionBlockObject
	for _, s := range stands {
		o, found := standing(f.Options, s)
		if !found {
			return nil
		}
		if o != nil {
			at = append(at, o)
		}
	}
	holder := words("Choose some", maxHolder)
	switch {
	case len(f.Options) == 0 || len(f.Options) > maxOptions*maxOptions:
		return nil
	case len(f.Options) <= maxFew:
		e := api.NewCheckboxGroupsBlockElement(id, optionList(f.Options)...)
		e.InitialOptions = at
		return e
	case len(f.Options) <= maxOptions:
		return api.NewOptionsMultiSelectBlockElement(api.MultiOptTypeStatic, holder, id, optionList(f.Options)...).WithInitialOptions(at...)
	}
	e := api.NewOptionsGroupMultiSelectBlockElement(api.MultiOptTypeStatic, holder, id, groups(f.Options)...)
	e.InitialOptions = at
	return e
}

// groups parts more options than a menu takes into groups, each named after its
// first and last; the menu can be searched by typing.
func groups(options []chat.Option) []*api.OptionGroupBlockObject {
	var all []*api.OptionGroupBlockObject
	for some := range slices.Chunk(options, maxOptions) {
		label := clip(some[0].Label, maxOption/2-2) + " – " + clip(some[len(some)-1].Label, maxOption/2-2)
		all = append(all, api.NewOptionGroupBlockElement(words(label, maxOption), optionList(some)...))
	}
	return all
}
