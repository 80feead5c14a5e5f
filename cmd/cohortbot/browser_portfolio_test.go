package main

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A member of the demonstration goes all the way in a browser: from "I facilitated a
// hui" to a portfolio that is submitted, and somebody outside who judges it.
func TestFromAHuiToAResultInTheDemo(t *testing.T) {
	s := seat{t, browser(t)}
	url := demonstration(t)
	s.light()
	s.do(chromedp.EmulateViewport(1280, 900))
	as := func(who string) { s.open(url + "/?as=" + who + "&place=@cohortbot") }

	as("mere")
	s.gives("/portfolio open")
	s.sees("#messages .only-you", "You have no portfolio yet")
	s.press("#messages", "Start a portfolio")
	s.fills(map[string]string{"group": "alone"})
	s.sees("#messages .only-you", "Your portfolio is started")
	s.sees("#messages .only-you", "0 of 6 parts have what they need")
	s.shot("1-started")

	// What she did, with a picture.
	s.gives("/evidence add")
	s.attaches("file", "hui.png", gatePicture())
	s.fills(map[string]string{"text": "I facilitated a hui about who looks after the harbour."})
	s.sees("#messages .only-you", "Kept: I facilitated a hui")
	s.press("#messages", "Say what it shows")
	s.fills(map[string]string{"do": "plan"})
	s.sees("#messages .only-you", "Plan a process")
	s.gives("/hours log 3h the hui yesterday")
	s.press("#messages", "The work that the case study is about")
	s.sees("#messages .only-you", "50 to 80 hours")
	s.shot("2-evidence")

	// A few words of two who took part, on a page, and of somebody here.
	for _, name := range []string{"Moana", "Rewi"} {
		as("mere")
		s.gives(`/attest ask name:` + name + ` role:participant about:"the harbour hui"`)
		s.sees("#messages .only-you", name)
		s.follows("/l/")
		s.taps("Write a few words")
		s.puts(map[string]string{"saw": "She asked the quiet ones first.", "relation": "we live on one street"}, "show=yes", "badge=no", "conflict=no")
		s.shot("3-words-" + name)
		s.taps("Send it to Mere")
		s.reads("Thank you.")
	}
	as("mere")
	s.gives(`/attest ask who:@sione role:peer about:"the harbour hui"`)
	s.sees("#messages .only-you", "Sione is asked in private")
	as("sione")
	s.press("#messages", "Write a few words")
	s.fills(map[string]string{"saw": "She wrote down what we said, in our words.", "relation": "we sing together", "conflict": "no", "show": "yes", "badge": "no"})
	s.sees("#messages .only-you", "Thank you.")

	// The parts: one in the chat, the others on the page.
	as("mere")
	s.gives("/portfolio open")
	s.sees("#messages .only-you", "1 of 6 parts have what they need")
	s.press("#messages", "Write: Background and role")
	s.fills(map[string]string{"text": "I look after the hall."})
	s.sees("#messages .only-you", "now has 5 words")
	s.gives("/portfolio open")
	s.sees("#messages .only-you", "2 of 6 parts have what they need")
	s.press("#messages", "Write on a page")
	s.sees("#messages .only-you", "The link works once, in one browser")
	s.follows("/l/")
	s.shot("4-link")
	s.taps("Open my page")
	s.reads("Choose a part to write")
	for _, part := range []string{"A case study", "Reflections", "From here on"} {
		s.taps(part)
		s.puts(map[string]string{"text": "What I have to say about it: " + part})
		s.reads("Kept, ")
		s.shot("5-page")
		s.taps("All parts")
		s.reads("Choose a part to write")
	}

	// Papers, and who agreed; then it is whole.
	as("mere")
	s.gives("/portfolio submit")
	s.sees("#messages .only-you", "Papers and pictures has nothing in it")
	s.shot("6-refused")
	s.press("#messages", "Choose papers")
	s.ticks("items1", 0)
	s.sees("#messages .only-you", "1 piece of evidence")
	s.press("#messages", "Say who agreed")
	s.fills(map[string]string{"file1": "agreed"})
	s.gives("/portfolio submit")
	s.sees("#messages .only-you", "I take a copy of Facilitating in a community")
	s.press("#messages", "Submit it")
	s.sees("#messages .only-you", "Submitted: copy 1")
	s.shot("7-submitted")

	// Nobody facilitates a portfolio of one's own: an administrator is told.
	as("aroha")
	s.sees("#messages", "Mere has submitted a portfolio")
	s.press("#messages", "Appoint an assessor")
	s.fills(map[string]string{"outside": "Kahu"})
	s.sees("#messages .only-you", "Kahu is appointed")
	s.follows("/l/")
	s.puts(nil, "conflict=none")
	s.taps("Go on")
	s.reads("The portfolio of Mere")
	s.reads("hui.png")
	s.shot("8-copy")
	s.taps("Judge a criterion")
	for n := range 5 {
		s.puts(nil, "result=met")
		s.taps("Keep it")
		s.reads("Kept: met")
		if n < 4 {
			s.taps("The next criterion")
		}
	}
	s.taps("Decide")
	s.puts(map[string]string{"words": "Go on like this."})
	s.taps("Go on")
	s.taps("Give the result")
	s.reads("Done. The result is: met")
	as("mere")
	s.sees("#messages", "The result of your portfolio: met")
	s.shot("9-result")
	s.fits()
}

// gives types a command and sends it.
func (s seat) gives(command string) {
	s.t.Helper()
	s.click("#composer textarea")
	s.wait(fmt.Sprintf(`(() => {
		const t = document.querySelector("#composer textarea");
		t.value = %q;
		t.dispatchEvent(new Event("input", { bubbles: true }));
		return true;
	})()`, command))
	s.keys(kb.Escape + kb.Enter)
	s.wait(`document.querySelector("#composer textarea").value === ""`)
}

// fills fills the form that opens, and hands it in.
func (s seat) fills(answers map[string]string) {
	s.t.Helper()
	s.wait(`document.querySelector("dialog[open] button.main")`)
	form := s.formID()
	for name, value := range answers {
		s.wait(fmt.Sprintf(`(() => {
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
	s.click("dialog button.main")
	s.wait(fmt.Sprintf(`document.querySelector("dialog")?.dataset.form !== %q || !document.querySelector("dialog[open]")`, form))
}

// ticks ticks one of the choices of a question, by its place, and hands the form in.
func (s seat) ticks(name string, n int) {
	s.t.Helper()
	s.wait(fmt.Sprintf(`document.querySelectorAll("dialog[open] [name=%s]")[%d]`, name, n))
	s.wait(fmt.Sprintf(`(() => { document.querySelectorAll("dialog[open] [name=%s]")[%d].click(); return true; })()`, name, n))
	s.click("dialog button.main")
	s.wait(`!document.querySelector("dialog[open]")`)
}

// attaches gives a file to the form that opens.
func (s seat) attaches(field, name string, data []byte) {
	s.t.Helper()
	s.wait(fmt.Sprintf(`document.querySelector("dialog[open] #field-%s")`, field))
	s.wait(fmt.Sprintf(`(() => {
		const bytes = Uint8Array.from(atob(%q), (c) => c.charCodeAt(0));
		const list = new DataTransfer();
		list.items.add(new File([bytes], %q, { type: "image/png" }));
		const input = document.querySelector("dialog[open] #field-%s");
		input.files = list.files;
		input.dispatchEvent(new Event("change", { bubbles: true }));
		return true;
	})()`, base64.StdEncoding.EncodeToString(data), name, field))
	s.wait(`document.querySelector("dialog[open] .attachments").children.length > 0`)
}

func (s seat) formID() string {
	id, err := chromedp.Run(s.ctx, chromedp.Evaluate[string](`document.querySelector("dialog").dataset.form || ""`))
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// follows opens the last address that begins so in the messages.
func (s seat) follows(path string) {
	s.t.Helper()
	find := fmt.Sprintf(`[...document.getElementById("messages").innerText.matchAll(/http:\/\/[0-9.:]+(\/l\/[A-Za-z0-9_-]{43})/g)].map((m) => m[0]).filter((a) => a.includes(%q)).at(-1) || ""`, path)
	s.wait(find)
	address, err := chromedp.Run(s.ctx, chromedp.Evaluate[string](find))
	if err != nil {
		s.t.Fatal(err)
	}
	s.do(chromedp.Navigate(address))
}

// reads waits until a page says something.
func (s seat) reads(text string) {
	s.t.Helper()
	s.wait(fmt.Sprintf(`document.body && document.body.innerText.includes(%q)`, text))
}

// taps presses a button of a page, or follows a link, by how its words begin.
func (s seat) taps(label string) {
	s.t.Helper()
	path := fmt.Sprintf(`//main//button[starts-with(normalize-space(),%[1]q)]|//main//a[starts-with(normalize-space(),%[1]q)]`, label)
	s.do(chromedp.Click(chromedp.Search(path)))
}

// puts writes into the fields of a page, and chooses.
func (s seat) puts(fields map[string]string, choices ...string) {
	s.t.Helper()
	for name, text := range fields {
		s.wait(fmt.Sprintf(`document.getElementById("f-%s")`, name))
		s.do(chromedp.Focus(chromedp.CSS("#f-" + name)))
		s.do(chromedp.SendKeys(chromedp.CSS("#f-"+name), text))
	}
	for _, c := range choices {
		name, value, _ := strings.Cut(c, "=")
		s.do(chromedp.Click(chromedp.CSS(fmt.Sprintf(`input[name="q.%s"][value=%q]`, name, value))))
	}
}
