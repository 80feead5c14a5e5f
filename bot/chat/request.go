package chat

// Answers are what a person gave for the fields of a command or a form, by the
// field's name, as it was typed or picked: texts, not yet understood. A field
// that was shown and left empty has an [Answer] without values; one that was
// never shown is missing.
type Answers map[string]Answer

// Answer is what was given for one field. Choices, people and channels are given
// by the option's value and the platform's id.
type Answer struct {
	Values []string `json:"v,omitempty"`
	Files  []File   `json:"f,omitempty"`
}

// Given makes an answer of one text.
func Given(text string) Answer { return Answer{Values: []string{text}} }

// Text gives the first value, or nothing.
func (a Answer) Text() string {
	if len(a.Values) == 0 {
		return ""
	}
	return a.Values[0]
}

// FormID names one form that was opened for one person. Handing the same form in
// twice does one deed.
type FormID string

// Request is a deed that a person asks for: a slash command, a button, a form
// handed in, an item of a message's menu, a link that an outsider opened.
type Request struct {
	Event   string // the platform's id of this very event; a repeat carries the same
	Profile Profile
	At      Place // where it was given

	Path string // the command; empty where Text begins with it
	Text string // what was typed by hand, if it was: "schedule title:\"Q&A\" when:\"thu 9am\""

	Answers Answers
	Form    FormID // the form that was handed in, if one was
	Page    int    // the last page of it that was shown, from 0
	Record  string // from a button: what it is about
	Choice  string // from a button: the answer that it brings

	Message *Target // the message whose button or menu was used
}

// Target is a message that a command acts on.
type Target struct {
	Address Address
	Author  User
	Text    string
	Files   []File
}

// Said is a message that a person wrote where the bot can read it: in a thread
// or in direct messages. The bot, never an adapter, decides what it means.
type Said struct {
	Event   string  // the platform's id of this very event; a repeat carries the same
	Profile Profile // of a deletion it may be nobody's, where the platform does not tell whose it was
	Address Address // where it stands; a message that is edited keeps its address
	To      Address // the message that it answers in particular, where the platform lets people say so
	Text    string
	Files   []File
	Edited  bool // the text takes the place of what stood there
	Deleted bool // the message is gone; Text and Files are empty
}

// Outcome is what a person gets back. Exactly one field is set, or none where
// nothing needs to be said.
type Outcome struct {
	Reply  *Reply      `json:"reply,omitempty"`
	Form   *Form       `json:"form,omitempty"`
	Errors FieldErrors `json:"errors,omitempty"`
}

// Reply is an answer that only the person who asked can see. What others are to
// see is said through the outbox.
type Reply struct {
	Message
	// Replace puts the reply in the place of the message whose button was
	// pressed, where that message was a reply itself.
	Replace bool `json:"replace,omitempty"`
}

// Say makes an outcome of a text.
func Say(markdown string, buttons ...Button) Outcome {
	return Outcome{Reply: &Reply{Message: Message{Text: markdown, Buttons: buttons}}}
}

// Answering makes an outcome of a message.
func Answering(m Message) Outcome { return Outcome{Reply: &Reply{Message: m}} }

// Asking makes an outcome of a form.
func Asking(f Form) Outcome { return Outcome{Form: &f} }

// FieldErrors says, by field name, what is wrong with what was given: what was
// expected, and an example that works. The form stays open with what was typed.
type FieldErrors map[string]string

// Form is the questions that are still open before a command can run. It is a
// durable draft: the answers are kept page by page.
type Form struct {
	ID      FormID      `json:"id"`
	Command string      `json:"command"`         // what handing it in runs
	Title   string      `json:"title"`           // at most 24 characters on the narrowest platform; adapters shorten
	Intro   string      `json:"intro,omitempty"` // Markdown, as in a message
	Fields  []Field     `json:"fields"`
	Filled  Answers     `json:"filled,omitempty"` // what stands in the fields already
	Submit  string      `json:"submit,omitempty"` // the button's words; empty is "Done"
	Note    string      `json:"note,omitempty"`   // who will see the answers
	Page    int         `json:"page,omitempty"`   // the page to show, from 0
	Errors  FieldErrors `json:"errors,omitempty"` // what was wrong with what was handed in before
	Record  string      `json:"record,omitempty"` // what it is about
}

// PageSize is how many fields a page has: the size of the smallest modal.
const PageSize = 5

// Pages gives the fields, a page each. A form without fields has one empty page.
func (f Form) Pages() [][]Field {
	if len(f.Fields) == 0 {
		return [][]Field{nil}
	}
	var pages [][]Field
	for rest := f.Fields; len(rest) > 0; {
		n := min(PageSize, len(rest))
		pages = append(pages, rest[:n])
		rest = rest[n:]
	}
	return pages
}
