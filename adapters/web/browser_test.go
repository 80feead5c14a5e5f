package web_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"math"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"cohortbot/adapters/browsertest"
	"cohortbot/adapters/web"
	"cohortbot/bot/chat"
	"cohortbot/bot/store/storetest"
	"cohortbot/schedules"
)

// scene fills a workspace with a week of a group, and serves it.
func scene(t *testing.T, in chat.Inbox) (w *web.Workspace, url string, cut func()) {
	t.Helper()
	clock := schedules.NewMovable(start, false)
	w = open(t, storetest.New(t), web.Options{
		Clock: clock, Title: "Explorers",
		MoveClock: func(_ context.Context, to time.Time) error { clock.MoveTo(to); return nil },
		Tour: []web.TourStep{
			{Title: "Insert a week", Text: "Type `/plan insert` and see the dates move."},
			{Title: "Jump to Monday", Text: "The next prompt goes out by itself."},
			{Title: "Take a seat on a phone", Text: "Be Ana for a moment.", Link: "/?as=ana&place=explorers"},
		},
	})
	for _, p := range []chat.Profile{{User: chat.User{ID: "mere"}, Name: "Mere", Zone: "Pacific/Auckland"}, {User: chat.User{ID: "tama"}, Name: "Tāma", Zone: "Pacific/Auckland"}} {
		if err := w.AddPerson(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.AddChannel(ctx, "working-out-loud", "Things to show each other"); err != nil {
		t.Fatal(err)
	}
	listen(t, w, in)
	place := chat.Channel(web.Name, "explorers")
	prompt, err := w.Send(ctx, place, "prompt/3", chat.Message{
		Text:    "**Week 3 · Ideas.** Think of one moment this week when people came together without being asked. What made it possible?\n\n*A few lines, a voice note or a photo are all welcome.*",
		Buttons: []chat.Button{{Label: "Answer", Command: "reflect", Record: "w3", Main: true}, {Label: "Just to my facilitator", Command: "reflect", Record: "w3", Choice: "private"}, {Label: "Not this week", Command: "reflect", Record: "w3", Choice: "skip"}},
		Note:    "Answers are read by this group. You can change or delete yours whenever you like.",
	})
	if err != nil {
		t.Fatal(err)
	}
	thread := place
	thread.Thread = prompt.ID
	photo, err := w.Upload(ctx, "mere", chat.File{Name: "kitchen.png", Type: "image/png", Alt: "Four people around a kitchen table, one of them drawing a map", Data: picture(t)})
	if err != nil {
		t.Fatal(err)
	}
	note, err := w.Upload(ctx, "tama", chat.File{Name: "voice-note.wav", Type: "audio/wav", Data: tone()})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct {
		as, text string
		at       chat.Place
		files    []string
	}{
		{"ben", "Kia ora koutou. I'm late with last week's, it is in the thread now.", place, nil},
		{"mere", "The fence between the two gardens came down in the storm, and by noon nine people stood there with tools. Nobody had called anyone.", thread, []string{photo.ID}},
		{"tama", "I'd rather say it than write it.", thread, []string{note.ID}},
		{"mere", "Here is the map that came out of it, if somebody wants to use it:\nhttps://example.org/map", place, nil},
	} {
		if _, err := w.Say(ctx, s.as, s.at, s.text, s.files, ""); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections) // streams of events do not end by themselves
	return w, server.URL, server.CloseClientConnections
}

// picture draws something that looks a little like a photo.
func picture(t *testing.T) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 480, 320))
	for y := range 320 {
		for x := range 480 {
			img.Set(x, y, color.RGBA{R: uint8(120 + x/5), G: uint8(140 + y/6), B: uint8(110 + (x+y)/10), A: 255})
			if d := math.Hypot(float64(x%160-80), float64(y-190)); d < 46 {
				img.Set(x, y, color.RGBA{R: 60, G: uint8(70 + x/8), B: 80, A: 255})
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tone gives two seconds of a quiet tone, as WAV.
func tone() []byte {
	const rate, n = 8000, 16000
	var b bytes.Buffer
	b.WriteString("RIFF")
	_ = binary.Write(&b, binary.LittleEndian, uint32(36+n))
	b.WriteString("WAVEfmt ")
	_ = binary.Write(&b, binary.LittleEndian, []any{uint32(16), uint16(1), uint16(1), uint32(rate), uint32(rate), uint16(1), uint16(8)}[0])
	for _, v := range []any{uint16(1), uint16(1), uint32(rate), uint32(rate), uint16(1), uint16(8)} {
		_ = binary.Write(&b, binary.LittleEndian, v)
	}
	b.WriteString("data")
	_ = binary.Write(&b, binary.LittleEndian, uint32(n))
	for i := range n {
		b.WriteByte(byte(128 + 20*math.Sin(2*math.Pi*440*float64(i)/rate)))
	}
	return b.Bytes()
}

func TestAWeekOnADesktop(t *testing.T) {
	s := browsertest.New(t)
	in := &echo{}
	w, url, cut := scene(t, in)
	s.Dark(false)
	s.Desk()
	s.Sit(url + "/?as=ana&place=explorers")
	s.Sees("#messages", "Week 3 · Ideas.")
	s.Shot("1-channel")

	// A command, by keyboard alone: completed, chosen, sent.
	s.Write("#composer textarea", "/ses")
	s.Sees("#composer [role=option]", "/session schedule")
	s.Shot("2-completion")
	s.Keys(kb.Tab)
	s.Wait(`document.querySelector("#composer textarea").value === "/session schedule "`)
	s.Sees("#composer [role=option]", "title:")
	s.Keys(kb.ArrowDown + kb.Enter + `"Q&A session"` + kb.Escape)
	s.Wait(`document.querySelector("#composer textarea").value === '/session schedule title:"Q&A session"'`)
	s.Keys(kb.Enter)

	// The form: what is wrong is said beside the field, and nothing is lost.
	s.Wait(`document.querySelector("dialog[open]")`)
	s.Wait(`document.activeElement.id === "field-title"`)
	s.Keys("Q&A session" + kb.Tab + "next blursday")
	s.Shot("3-form")
	s.Do(chromedp.Click(chromedp.CSS("dialog button.main")))
	s.Sees("dialog [data-field=when] .fault", "next blursday")
	s.Wait(`document.activeElement.id === "field-when" && document.activeElement.value === "next blursday"`)
	s.Shot("4-form-error")
	// Typed text outlives the page.
	s.Sit(url + "/?as=ana&place=explorers")
	s.Wait(`document.querySelector("dialog[open] #field-when").value === "next blursday"`)
	s.Do(chromedp.Focus(chromedp.CSS("#field-when")))
	browsertest.Eval[bool](s, `(document.activeElement.select(), true)`)
	s.Keys("thu 9am" + kb.Enter)
	s.Sees("#messages .only-you", "14 people will be told")
	s.Sees("#messages .only-you time[datetime]", "Thursday 4 February, 9:00 am")
	s.Shot("5-preview")
	s.Click(`.only-you button[data-token="session schedule|s1|yes"]`)
	s.Sees("#messages .only-you", "Everyone has been told")
	s.Wait(`!document.querySelector('[data-token="session schedule|s1|yes"]')`)

	// A chart, with its words.
	s.Write("#composer textarea", "/home"+kb.Escape+kb.Enter)
	s.Wait(`document.querySelector("#messages .chart svg")`)
	s.Click("#messages .chart summary")
	s.Sees("#messages .chart details", "organised 1 then 3")

	s.Shot("6-chart")

	// A thread.
	s.Sit(url + "/?as=ana&place=explorers&thread=" + browsertest.Eval[string](s, `document.querySelector("#messages [data-reply]").dataset.reply`))
	s.Sees("#thread", "nine people stood there")
	s.Wait(`document.querySelector("#thread .photo img").naturalWidth === 480`)
	s.Write("#thread-composer textarea", "At the bus stop, when the driver knew everyone's name."+kb.Enter)
	s.Sees("#thread-messages", "the driver knew")
	s.Sees("#messages .replies", "3 replies")
	s.Shot("7-thread")
	// Who stands at the end of a place stays there when a thread narrows it.
	s.Wait(`(() => { const m = document.getElementById("messages"); return m.scrollHeight - m.scrollTop - m.clientHeight < 4; })()`)
	s.Wait(`document.querySelector("#thread-composer textarea").value === ""`)
	// The menu on a message.
	s.Write("#thread-messages .message:nth-child(3) .more", kb.Enter)
	s.Sees("#thread [role=menu]", "Keep as evidence")
	s.Shot("8-menu")
	s.Keys(kb.Enter)
	s.Sees("#thread-messages .only-you", "evidence add")
	s.Click("#thread-close")

	// Another person does not see what was only for Ana; the clock can be moved.
	s.Dark(true)
	browsertest.Eval[bool](s, `(() => { const p = document.getElementById("person"); p.value = "ben"; p.dispatchEvent(new Event("change")); return true; })()`)
	s.Seated("ben")
	s.Sees("#messages", "Week 3 · Ideas.")
	s.Wait(`!document.querySelector("#messages .only-you")`)
	s.Sees("#now", "8:00 pm") // Dublin
	s.Click(`[data-move="1d"]`)
	s.Sees("#now", "Thu")
	s.Shot("9-dark")
	// What comes elsewhere is marked until it is looked at.
	if _, err := w.Send(context.Background(), chat.Direct(chat.User{Workspace: web.Name, ID: "ben"}), "nudge", chat.Message{Text: "Monday's question is still open, if you feel like it."}); err != nil {
		t.Fatal(err)
	}
	s.Sees("#direct a", "new")
	s.Click("#direct a")
	s.Sees("#messages", "still open, if you feel like it")
	s.Wait(`!document.querySelector("#direct .new")`)
	s.Shot("10-direct-dark")
	// What is said while the connection is down is there when it is back.
	cut()
	if _, err := w.Send(context.Background(), chat.Direct(chat.User{Workspace: web.Name, ID: "ben"}), "later", chat.Message{Text: "Said meanwhile."}); err != nil {
		t.Fatal(err)
	}
	s.Sees("#messages", "Said meanwhile.")
	s.Wait(`!document.body.classList.contains("cut-off")`)
	if in.mustHear(t, "the driver knew").Address.Place.Thread == "" {
		t.Error("the reply was not heard as one in a thread")
	}
}

func TestTheAuditFindsFaults(t *testing.T) {
	s := browsertest.New(t)
	_, url, _ := scene(t, &echo{})
	s.Sit(url + "/?as=ana")
	browsertest.Eval[bool](s, `(() => {
		const box = document.createElement("div");
		box.innerHTML = '<p style="color:#999;background:#fff">faint</p><button></button><img src="/page/icon.svg" width="30"><p id="place">twice</p>';
		document.getElementById("messages").append(box);
		box.querySelector("p").style.cssText = "color:#999;background:#fff";
		return true;
	})()`)
	faults := strings.Join(s.Faults(), "\n")
	for _, want := range []string{`of "faint"`, "no name: <button>", "no name: <img", `"place" stands twice`} {
		if !strings.Contains(faults, want) {
			t.Errorf("the audit does not find %s in:\n%s", want, faults)
		}
	}
}

func (e *echo) mustHear(t *testing.T, part string) chat.Said {
	t.Helper()
	return e.mustHearOne(t, func(s chat.Said) bool { return strings.Contains(s.Text, part) })
}

// mustHearFile waits for a message of Ana's with one file of this kind.
func (e *echo) mustHearFile(t *testing.T, kind string) chat.Said {
	t.Helper()
	return e.mustHearOne(t, func(s chat.Said) bool {
		return s.Profile.Name == "Ana" && len(s.Files) == 1 && s.Files[0].Kind() == kind
	})
}

func (e *echo) mustHearOne(t *testing.T, fits func(chat.Said) bool) chat.Said {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		e.mu.Lock()
		i := slices.IndexFunc(e.heard, fits)
		var found chat.Said
		if i >= 0 {
			found = e.heard[i]
		}
		e.mu.Unlock()
		if i >= 0 {
			return found
		}
	}
	t.Fatal("the bot did not hear it")
	return chat.Said{}
}

func TestAWeekOnAPhone(t *testing.T) {
	s := browsertest.New(t)
	in := &echo{}
	_, url, _ := scene(t, in)
	s.Dark(false)
	s.Phone()
	s.Sit(url + "/?as=ana")
	s.Sees("#messages", "Week 3 · Ideas.")
	s.Shot("1-channel")
	s.Click("#tour-close")
	s.Shot("2-without-tour")

	s.Click("#open-side")
	s.Wait(`document.body.classList.contains("side-open") && document.activeElement.id === "close-side"`)
	s.Shot("3-drawer")
	s.Keys(kb.Escape)
	s.Wait(`document.activeElement.id === "open-side"`)

	// A photo, described, in the thread of the prompt.
	s.Click("#messages .message .replies")
	s.Wait(`!document.getElementById("thread").hidden`)
	s.Sees("#thread-messages", "nine people")
	file := filepath.Join(t.TempDir(), "garden.png")
	if err := os.WriteFile(file, picture(t), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Do(chromedp.SetUploadFiles(chromedp.CSS("#thread-composer input[type=file]"), []string{file}, chromedp.NodeReady))
	s.Wait(`document.querySelector("#thread-composer .attached input")`)
	s.Write("#thread-composer .attached input", "Our garden after the storm")
	s.Write("#thread-composer textarea", "Like this")
	s.Shot("4-photo")
	s.Click("#thread-composer .send")
	s.Wait(`[...document.querySelectorAll("#thread-messages .photo img")].some((i) => i.alt === "Our garden after the storm" && i.naturalWidth > 0)`)
	s.Shot("5-thread")
	said := in.mustHear(t, "Like this")
	if len(said.Files) != 1 || said.Files[0].Alt != "Our garden after the storm" || said.Files[0].Kind() != "photo" {
		t.Errorf("the bot got the files %+v", said.Files)
	}

	// A voice note, recorded here.
	s.Click("#thread-composer .record")
	s.Wait(`document.querySelector("#thread-composer .record").getAttribute("aria-pressed") === "true"`)
	s.Reads("Recording.") // so there is something to hear
	s.Click("#thread-composer .record")
	s.Wait(`document.querySelector("#thread-composer .attached")`)
	s.Shot("5-voice")
	s.Click("#thread-composer .send")
	if said := in.mustHearFile(t, "voice note"); said.Address.Place.Thread == "" || said.Files[0].Size == 0 {
		t.Errorf("the voice note came as %+v", said)
	}
	s.Wait(`document.querySelectorAll("#thread-messages audio").length === 2`)
	s.Click("#thread-close")

	s.Write("#composer textarea", "/session s")
	s.Shot("6-completion")
	s.Keys(kb.Tab + kb.Escape + kb.Enter)
	s.Wait(`document.querySelector("dialog[open]")`)
	s.Shot("7-form")
	s.Keys(kb.Escape)
	s.Wait(`!document.querySelector("dialog[open]")`)

	s.Click("#clock-open")
	s.Dark(true)
	s.Shot("8-clock-dark")
	s.Click(`[data-move="monday"]`)
	s.Sees("#now", "8 Feb")

	// Nothing is wider than the narrowest phone.
	s.SmallPhone()
	s.Dark(false)
	s.Fits()
	s.Shot("9-narrow")
}

func TestWhatIsPressedWhileASeatIsTakenIsDone(t *testing.T) {
	s := browsertest.New(t)
	_, url, _ := scene(t, &echo{})
	s.Sit(url + "/?as=ana")
	browsertest.Eval[bool](s, `(() => {
		const p = document.getElementById("person");
		p.value = "ben";
		p.dispatchEvent(new Event("change"));
		document.querySelector("#messages .replies").click();
		return true;
	})()`)
	s.Seated("ben")
	s.Sees("#thread-messages", "nine people stood there")
	if got := browsertest.Eval[string](s, `document.title + location.search`); !strings.Contains(got, "Ben") || !strings.Contains(got, "as=ben") || !strings.Contains(got, "thread=") {
		t.Errorf("the page shows %s", got)
	}
}
