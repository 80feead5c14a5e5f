package main

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"cohortbot/adapters/browsertest"
)

// A member of the demonstration goes all the way in a browser: from "I facilitated a
// hui" to a portfolio that is submitted, and somebody outside who judges it.
func TestFromAHuiToAResultInTheDemo(t *testing.T) {
	t.Parallel()
	s := seat{browsertest.New(t)}
	url := demonstration(t)
	s.Dark(false)
	s.Desk()
	as := func(who string) { s.Sit(url + "/?as=" + who + "&place=@cohortbot") }

	as("mere")
	s.gives("/portfolio open")
	s.Sees("#messages .only-you", "You have no portfolio yet")
	s.press("#messages", "Start a portfolio")
	s.fills(map[string]string{"group": "alone"})
	s.Sees("#messages .only-you", "Your portfolio is started")
	s.Sees("#messages .only-you", "0 of 6 parts have what they need")
	s.Shot("1-started")

	// What she did, with a picture.
	s.gives("/evidence add")
	s.attaches("file", "hui.png", gatePicture())
	s.fills(map[string]string{"text": "I facilitated a hui about who looks after the harbour."})
	s.Sees("#messages .only-you", "Kept: I facilitated a hui")
	s.press("#messages", "Say what it shows")
	s.fills(map[string]string{"do": "plan"})
	s.Sees("#messages .only-you", "Plan a process")
	s.gives("/hours log 3h the hui yesterday")
	s.press("#messages", "The work that the case study is about")
	s.Sees("#messages .only-you", "50 to 80 hours")
	s.Shot("2-evidence")

	// A few words of two who took part, on a page, and of somebody here.
	for _, name := range []string{"Moana", "Rewi"} {
		as("mere")
		s.gives(`/attest ask name:` + name + ` role:participant about:"the harbour hui"`)
		s.Sees("#messages .only-you", name)
		s.follows("/l/")
		s.Tap("Write a few words")
		s.puts(map[string]string{"saw": "She asked the quiet ones first.", "relation": "we live on one street"}, "show=yes", "badge=no", "conflict=no")
		s.Shot("3-words-" + name)
		s.Tap("Send it to Mere")
		s.Reads("Thank you.")
	}
	as("mere")
	s.gives(`/attest ask who:@sione role:peer about:"the harbour hui"`)
	s.Sees("#messages .only-you", "Sione is asked in private")
	as("sione")
	s.press("#messages", "Write a few words")
	s.fills(map[string]string{"saw": "She wrote down what we said, in our words.", "relation": "we sing together", "conflict": "no", "show": "yes", "badge": "no"})
	s.Sees("#messages .only-you", "Thank you.")

	// The parts: one in the chat, the others on the page.
	as("mere")
	s.gives("/portfolio open")
	s.Sees("#messages .only-you", "1 of 6 parts have what they need")
	s.press("#messages", "Write: Background and role")
	s.fills(map[string]string{"text": "I look after the hall."})
	s.Sees("#messages .only-you", "now has 5 words")
	s.gives("/portfolio open")
	s.Sees("#messages .only-you", "2 of 6 parts have what they need")
	s.press("#messages", "Write on a page")
	s.Sees("#messages .only-you", "The link works once, in one browser")
	s.follows("/l/")
	s.Shot("4-link")
	s.Tap("Open my page")
	s.Reads("Choose a part to write")
	for _, part := range []string{"A case study", "Reflections", "From here on"} {
		s.Tap(part)
		s.puts(map[string]string{"text": "What I have to say about it: " + part})
		s.Reads("Kept, ")
		s.Shot("5-page")
		s.Tap("All parts")
		s.Reads("Choose a part to write")
	}

	// Papers, and who agreed; then it is whole.
	as("mere")
	s.gives("/portfolio submit")
	s.Sees("#messages .only-you", "Papers and pictures has nothing in it")
	s.Shot("6-refused")
	s.press("#messages", "Choose papers")
	s.ticks("items1", 0)
	s.Sees("#messages .only-you", "1 piece of evidence")
	s.press("#messages", "Say who agreed")
	s.fills(map[string]string{"file1": "agreed"})
	s.gives("/portfolio submit")
	s.Sees("#messages .only-you", "I take a copy of Facilitating in a community")
	s.press("#messages", "Submit it")
	s.Sees("#messages .only-you", "Submitted: copy 1")
	s.Shot("7-submitted")

	// Nobody facilitates a portfolio of one's own: an administrator is told.
	as("aroha")
	s.Sees("#messages", "Mere has submitted a portfolio")
	s.press("#messages", "Appoint an assessor")
	s.fills(map[string]string{"outside": "Kahu"})
	s.Sees("#messages .only-you", "Kahu is appointed")
	s.follows("/l/")
	s.puts(nil, "conflict=none")
	s.Tap("Go on")
	s.Reads("The portfolio of Mere")
	s.Reads("hui.png")
	s.Shot("8-copy")
	s.Tap("Judge a criterion")
	for n := range 5 {
		s.puts(nil, "result=met")
		s.Tap("Keep it")
		s.Reads("Kept: met")
		if n < 4 {
			s.Tap("The next criterion")
		}
	}
	s.Tap("Decide")
	s.puts(map[string]string{"words": "Go on like this."})
	s.Tap("Go on")
	s.Tap("Give the result")
	s.Reads("Done. The result is: met")
	as("mere")
	// She is away, so that the letter waits until she is back; what she asks for comes.
	s.gives("/portfolio results")
	s.Sees("#messages .only-you", "met, decided by Kahu")
	s.Shot("9-result")
	s.Fits()
}

// gives types a command and sends it.
func (s seat) gives(command string) {
	s.T.Helper()
	s.Click("#composer textarea")
	s.Wait(fmt.Sprintf(`(() => {
		const t = document.querySelector("#composer textarea");
		t.value = %q;
		t.dispatchEvent(new Event("input", { bubbles: true }));
		return true;
	})()`, command))
	s.Keys(kb.Escape + kb.Enter)
	s.Wait(`document.querySelector("#composer textarea").value === ""`)
}

// fills fills the form that opens, and hands it in.
func (s seat) fills(answers map[string]string) {
	s.T.Helper()
	s.Wait(`document.querySelector("dialog[open] button.main")`)
	form := browsertest.Eval[string](s.Window, `document.querySelector("dialog").dataset.form || ""`)
	for name, value := range answers {
		s.Wait(fmt.Sprintf(`(() => {
			const one = document.querySelector('dialog [name=%[1]q][value=%[2]q]');
			if (one) { if (!one.checked) one.click(); return true; }
			const field = document.getElementById("field-" + %[1]q);
			if (!field) return false;
			field.value = %[2]q;
			field.dispatchEvent(new Event("input", { bubbles: true }));
			field.dispatchEvent(new Event("change", { bubbles: true }));
			return true;
		})()`, name, value))
	}
	s.Click("dialog button.main")
	s.Wait(fmt.Sprintf(`document.querySelector("dialog")?.dataset.form !== %q || !document.querySelector("dialog[open]")`, form))
}

// ticks ticks one of the choices of a question, by its place, and hands the form in.
func (s seat) ticks(name string, n int) {
	s.T.Helper()
	s.Wait(fmt.Sprintf(`document.querySelectorAll("dialog[open] [name=%s]")[%d]`, name, n))
	s.Wait(fmt.Sprintf(`(() => { document.querySelectorAll("dialog[open] [name=%s]")[%d].click(); return true; })()`, name, n))
	s.Click("dialog button.main")
	s.Wait(`!document.querySelector("dialog[open]")`)
}

// attaches gives a file to the form that opens.
func (s seat) attaches(field, name string, data []byte) {
	s.T.Helper()
	s.Wait(fmt.Sprintf(`document.querySelector("dialog[open] #field-%s")`, field))
	s.Wait(fmt.Sprintf(`(() => {
		const bytes = Uint8Array.from(atob(%q), (c) => c.charCodeAt(0));
		const list = new DataTransfer();
		list.items.add(new File([bytes], %q, { type: "image/png" }));
		const input = document.querySelector("dialog[open] #field-%s");
		input.files = list.files;
		input.dispatchEvent(new Event("change", { bubbles: true }));
		return true;
	})()`, base64.StdEncoding.EncodeToString(data), name, field))
	s.Wait(`document.querySelector("dialog[open] .attachments").children.length > 0`)
}

// follows opens the last address that begins so in the messages.
func (s seat) follows(path string) {
	s.T.Helper()
	find := fmt.Sprintf(`[...document.getElementById("messages").innerText.matchAll(/http:\/\/[0-9.:]+(\/l\/[A-Za-z0-9_-]{43})/g)].map((m) => m[0]).filter((a) => a.includes(%q)).at(-1) || ""`, path)
	s.Wait(find)
	s.Open(browsertest.Eval[string](s.Window, find))
}

// puts writes into the fields of a page, and chooses.
func (s seat) puts(fields map[string]string, choices ...string) {
	s.T.Helper()
	for name, text := range fields {
		s.Fill(name, text)
	}
	for _, c := range choices {
		name, value, _ := strings.Cut(c, "=")
		s.Choose(name, value)
	}
}
