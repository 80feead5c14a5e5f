package discordfake_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cohortbot/adapters/discord/discordfake"
)

// register gives the guild a small tree of commands.
func (w *world) register() {
	w.t.Helper()
	r := w.call("PUT", "/applications/"+w.AppID()+"/guilds/"+w.guild+"/commands", []any{
		obj{"name": "home", "description": "Where you are", "options": []any{}},
		obj{"name": "find", "description": "Find", "options": []any{
			obj{"type": 3, "name": "what", "description": "What", "autocomplete": true, "required": true},
			obj{"type": 4, "name": "weeks", "description": "Weeks", "min_value": 1, "max_value": 12},
			obj{"type": 11, "name": "file", "description": "File"},
		}},
		obj{"name": "secret", "description": "For admins", "default_member_permissions": "0", "options": []any{}},
		obj{"type": 3, "name": "Keep as evidence"},
		obj{"type": 2, "name": "Ask a peer"},
	})
	if r.status != 200 {
		w.t.Fatal(r.body)
	}
}

func (w *world) act(i *discordfake.Interaction, err error) *discordfake.Interaction {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	return i
}

func (w *world) home() *discordfake.Interaction {
	w.t.Helper()
	return w.act(w.Command(w.ana, w.room, "home", nil))
}

// back answers an interaction, as the bot.
func (w *world) back(i *discordfake.Interaction, kind int, data obj) reply {
	w.t.Helper()
	body := obj{"type": kind}
	if data != nil {
		body["data"] = data
	}
	return w.request("POST", "/interactions/"+i.ID()+"/"+i.Token()+"/callback", body, "")
}

// hook calls the interaction's webhook.
func (w *world) hook(method string, i *discordfake.Interaction, rest string, body any) reply {
	w.t.Helper()
	return w.request(method, "/webhooks/"+w.AppID()+"/"+i.Token()+rest, body, "")
}

func TestAnInteractionIsAnsweredOnceAndInTime(t *testing.T) {
	w := newWorld(t, generous())
	w.register()
	late := w.home()
	w.Advance(3100 * time.Millisecond)
	if r := w.back(late, 4, quiet(obj{"content": "late"})); r.status != 404 || r.code() != 10062 {
		t.Errorf("late: %v", r.body)
	}
	if !late.Now().Failed {
		t.Error("the person does not see that it failed")
	}
	twice := w.home()
	if r := w.back(twice, 4, quiet(obj{"content": "a"})); r.status != 204 {
		t.Errorf("first: %v", r.body)
	}
	if r := w.back(twice, 5, nil); r.status != 400 || r.code() != 40060 {
		t.Errorf("twice: %v", r.body)
	}
	if r := w.request("POST", "/interactions/1/nobody/callback", obj{"type": 5}, ""); r.code() != 10062 {
		t.Errorf("unknown: %v", r.body)
	}
	for _, kind := range []int{1, 6, 7, 8, 10, 12, 99} {
		if r := w.back(w.home(), kind, obj{"choices": []any{}}); r.code() != 50035 || r.faults() != "type" {
			t.Errorf("callback %d on a command: %v", kind, r.body)
		}
	}
}

func TestADeferredAnswerIsFilledWhileItsTokenLives(t *testing.T) {
	w := newWorld(t, generous())
	w.register()
	i := w.home()
	if r := w.hook("PATCH", i, "/messages/@original", quiet(obj{"content": "early"})); r.code() != 10015 {
		t.Errorf("before the first answer: %v", r.body)
	}
	r := w.request("POST", "/interactions/"+i.ID()+"/"+i.Token()+"/callback?with_response=true", obj{"type": 5, "data": obj{"flags": 64}}, "")
	if act, _ := r.obj()["interaction"].(obj); act["response_message_loading"] != true || act["response_message_ephemeral"] != true {
		t.Errorf("with_response: %v", r.body)
	}
	if seen := w.See(w.ana, w.room).Messages; len(seen) != 1 || !seen[0].Thinking || !seen[0].Ephemeral {
		t.Errorf("seen %+v", seen)
	}
	if len(w.See(w.bill, w.room).Messages) != 0 {
		t.Error("bill sees it too")
	}
	if r := w.hook("PATCH", i, "/messages/@original", quiet(obj{"content": "done"})); r.status != 200 || r.obj()["content"] != "done" {
		t.Errorf("filled: %v", r.body)
	}
	if a := i.Now(); a.Thinking || a.Message.Edited {
		t.Errorf("answer %+v", a.Message)
	}
	f := w.hook("POST", i, "?wait=true", quiet(obj{"content": "and more", "flags": 64}))
	if f.status != 200 || len(i.Now().Followed) != 1 {
		t.Errorf("follow-up: %v", f.body)
	}
	if r := w.hook("PATCH", i, "/messages/"+f.obj()["id"].(string), quiet(obj{"content": "less"})); r.status != 200 {
		t.Errorf("edit of the follow-up: %v", r.body)
	}
	// Nobody but the person reaches an ephemeral message in the channel.
	if r := w.call("PATCH", "/channels/"+w.room+"/messages/"+f.obj()["id"].(string), quiet(obj{"content": "x"})); r.code() != 10008 {
		t.Errorf("an ephemeral message was reached: %v", r.body)
	}
	if r := w.hook("DELETE", i, "/messages/"+f.obj()["id"].(string), nil); r.status != 204 {
		t.Errorf("delete: %v", r.body)
	}
	w.Advance(15 * time.Minute)
	if r := w.hook("PATCH", i, "/messages/@original", quiet(obj{"content": "late"})); r.status != 401 || r.code() != 50027 {
		t.Errorf("after 15 minutes: %v", r.body)
	}
}

func TestTheFirstFollowUpFillsADeferredAnswer(t *testing.T) {
	w := newWorld(t, generous())
	w.register()
	i := w.home()
	w.back(i, 5, obj{"flags": 64})
	w.hook("POST", i, "", quiet(obj{"content": "filled"}))
	if a := i.Now(); a.Message.Content != "filled" || !a.Message.Ephemeral || len(a.Followed) != 0 {
		t.Errorf("answer %+v", a)
	}
}

func TestCompletionIsAskedAndAnswered(t *testing.T) {
	w := newWorld(t, generous())
	w.register()
	i := w.act(w.Autocomplete(w.ana, w.room, "find", map[string]any{"what": "lis"}, "what"))
	if r := w.back(i, 4, quiet(obj{"content": "no"})); r.code() != 50035 {
		t.Errorf("a message as completion: %v", r.body)
	}
	choice := func(i int) any { return obj{"name": fmt.Sprint("n", i), "value": fmt.Sprint(i)} }
	if r := w.back(i, 8, obj{"choices": many(26, choice)}); r.faults() != "data.choices" {
		t.Errorf("26 choices: %v", r.body)
	}
	if r := w.back(i, 8, obj{"choices": many(25, choice)}); r.status != 204 || len(i.Now().Choices) != 25 {
		t.Errorf("25 choices: %v %d", r.body, len(i.Now().Choices))
	}
}

func TestPeopleTypeOnlyWhatIsRegistered(t *testing.T) {
	w := newWorld(t, generous())
	w.register()
	text := func(s string) map[string]any { return map[string]any{"what": s} }
	for name, c := range map[string]struct {
		path    string
		options map[string]any
	}{
		"unknown command": {"nothing", nil}, "required missing": {"find", nil}, "unknown option": {"home", text("a")},
		"not shown": {"secret", nil}, "empty text": {"find", text("")},
		"number too high": {"find", map[string]any{"what": "a", "weeks": 13}},
		"not a number":    {"find", map[string]any{"what": "a", "weeks": 1.5}},
		"no sub-command":  {"home schedule", nil},
	} {
		if _, err := w.Command(w.ana, w.room, c.path, c.options); err == nil {
			t.Errorf("%s was sent", name)
		}
	}
	w.act(w.Command(w.ana, w.room, "find", map[string]any{"what": "a", "weeks": 12, "file": discordfake.File{Name: "a.txt", Data: []byte("x")}}))
	said, err := w.Say(w.bill, w.room, "something good")
	if err != nil {
		t.Fatal(err)
	}
	w.act(w.MessageCommand(w.ana, w.room, "Keep as evidence", said))
	w.act(w.UserCommand(w.ana, w.room, "Ask a peer", w.bill))
	if _, err := w.UserCommand(w.ana, w.room, "Keep as evidence", w.bill); err == nil {
		t.Error("a message's entry was offered on a person")
	}
}

func label(name string, inner obj) obj {
	return obj{"type": 18, "label": name, "component": inner}
}

func input(id string) obj { return obj{"type": 4, "custom_id": id, "style": 2} }

func modal(list ...any) obj {
	return obj{"custom_id": "form", "title": "A form", "components": list}
}

func TestModalsAreHeldToTheLimits(t *testing.T) {
	w := newWorld(t, generous())
	w.register()
	x := strings.Repeat("x", 4001)
	mix := func(o obj, k string, v any) obj { o[k] = v; return o }
	for _, c := range []struct {
		name   string
		modal  obj
		faults string
	}{
		{"labels with all that they take", modal(
			label("a", input("a")), label("b", mix(menu(3), "custom_id", "b")),
			label("c", obj{"type": 19, "custom_id": "c"}), label("d", obj{"type": 5, "custom_id": "d"}), obj{"type": 10, "content": "words"}), ""},
		{"the old kind", modal(row(mix(input("a"), "label", "l"))), ""},
		{"six", modal(many(6, func(i int) any { return label("l", input(fmt.Sprint(i))) })...), "data.components"},
		{"none", modal(), "data.components"},
		{"title of 46", mix(modal(label("a", input("a"))), "title", x[:46]), "data.title"},
		{"no custom id", mix(modal(label("a", input("a"))), "custom_id", ""), "data.custom_id"},
		{"label of 46", modal(label(x[:46], input("a"))), "data.components.0.label"},
		{"description of 101", modal(mix(label("a", input("a")), "description", x[:101])), "data.components.0.description"},
		{"twice the same id", modal(label("a", input("a")), label("b", input("a"))), "data.components.1.component.custom_id"},
		{"value of 4001", modal(label("a", mix(input("a"), "value", x))), "data.components.0.component.value data.components.0.component.value"},
		{"value over max_length", modal(label("a", mix(mix(input("a"), "value", "long"), "max_length", 3))), "data.components.0.component.value"},
		{"placeholder of 101", modal(label("a", mix(input("a"), "placeholder", x[:101]))), "data.components.0.component.placeholder"},
		{"a label in a label", modal(label("a", mix(input("a"), "label", "l"))), "data.components.0.component.label"},
		{"a button", modal(row(button("b"))), "data.components.0.components.0.type"},
		{"a bare input", modal(input("a")), "data.components.0.type"},
		{"26 options", modal(label("a", menu(26))), "data.components.0.component.options"},
		{"a disabled menu", modal(label("a", mix(menu(2), "disabled", true))), "data.components.0.component.disabled"},
		{"required, of at least none", modal(label("a", mix(menu(2), "min_values", 0))), "data.components.0.component.min_values"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := w.back(w.home(), 9, c.modal)
			want := strings.Fields(c.faults + " ")
			if len(want) > 1 && want[0] == want[1] {
				want = want[:1]
			}
			if r.faults() != strings.Join(want, " ") {
				t.Errorf("got %d %v, want %q", r.status, r.body, c.faults)
			}
		})
	}
}

func TestALabelledModalComesBackInLabels(t *testing.T) {
	w := newWorld(t, generous())
	g := dial(t, w.Server)
	g.identify(0)
	w.register()
	i := w.home()
	if r := w.back(i, 9, modal(
		label("Why", input("why")), label("Which", obj{"type": 3, "custom_id": "which", "max_values": 2, "options": menu(3)["options"]}),
		label("Proof", obj{"type": 19, "custom_id": "proof", "max_values": 2, "required": false}),
		label("Who", obj{"type": 5, "custom_id": "who"}),
	)); r.status != 204 {
		t.Fatal(r.body)
	}
	open := w.OpenModal(w.ana)
	if open == nil || len(open.Fields) != 4 || !open.Fields[0].Required || open.Fields[2].Required || !open.Fields[0].Long {
		t.Fatalf("modal %+v", open)
	}
	if _, err := w.SubmitModal(w.bill, open, nil); err == nil {
		t.Error("somebody else sent it")
	}
	if _, err := w.SubmitModal(w.ana, open, map[string]any{"why": "x", "which": "9", "who": w.bill}); err == nil {
		t.Error("an option that is not there was chosen")
	}
	g.until("INTERACTION_CREATE")
	sent := w.act(w.SubmitModal(w.ana, open, map[string]any{
		"why": "because", "which": []string{"0", "2"}, "who": w.bill, "proof": []discordfake.File{{Name: "p.txt", Data: []byte("proof")}},
	}))
	d := g.until("INTERACTION_CREATE")["data"].(obj)
	list := d["components"].([]any)
	first := list[0].(obj)
	if first["type"] != 18.0 || first["component"].(obj)["value"] != "because" {
		t.Errorf("first %v", first)
	}
	proof := list[2].(obj)["component"].(obj)["values"].([]any)[0].(string)
	if f := d["resolved"].(obj)["attachments"].(obj)[proof].(obj); f["filename"] != "p.txt" || f["ephemeral"] != true {
		t.Errorf("file %v", f)
	}
	if d["resolved"].(obj)["users"].(obj)[w.bill] == nil {
		t.Errorf("resolved %v", d["resolved"])
	}
	if r := w.back(sent, 9, modal(label("a", input("a")))); r.faults() != "type" {
		t.Errorf("a modal after a modal: %v", r.body)
	}
	if w.OpenModal(w.ana) != nil {
		t.Error("the modal is still open")
	}
}

func TestComponentsUpdateTheirMessage(t *testing.T) {
	w := newWorld(t, generous())
	m := w.call("POST", "/channels/"+w.room+"/messages", quiet(obj{"content": "?", "components": []any{row(button("yes")), row(menu(3))}})).obj()["id"].(string)
	if _, err := w.Click(w.ana, w.room, m, "no"); err == nil {
		t.Error("a button that is not there was pressed")
	}
	if _, err := w.Select(w.ana, w.room, m, "menu", "0", "1"); err == nil {
		t.Error("two were chosen where one may be")
	}
	i := w.act(w.Select(w.ana, w.room, m, "menu", "1"))
	if r := w.back(i, 6, nil); r.status != 204 {
		t.Fatal(r.body)
	}
	w.hook("PATCH", i, "/messages/@original", quiet(obj{"content": "chosen", "components": []any{}}))
	if seen := w.See(w.bill, w.room).Messages; len(seen) != 1 || seen[0].Content != "chosen" || len(seen[0].Selects) != 0 || !seen[0].Edited {
		t.Errorf("seen %+v", seen)
	}
}
