package bot_test

import (
	"context"
	"errors"
	"testing"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/links"
)

func TestAFormIsGivenToWhoHasItOpenAndToNobodyElse(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Pages = "https://bot.example"
		w.Restart()
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		w.Do("Ana", `/attest ask name:Mere role:peer about:"the hui"`)
		if _, err := w.Follow("Mere", w.Token("Ana")); err != nil {
			t.Fatal(err)
		}
		form := w.Press("Mere", "Write a few words").Form
		guest := chat.User{Workspace: links.Guests, ID: guestOf(w, "Mere")}
		for name, c := range map[string]struct {
			who  chat.User
			id   chat.FormID
			open bool
		}{
			"whoever opened it":  {guest, form.ID, true},
			"another form":       {guest, "0193", false},
			"the learner":        {w.Known("Ana").Accounts[0], form.ID, false},
			"nobody whom we met": {chat.User{Workspace: links.Guests, ID: "x"}, form.ID, false},
		} {
			f, open, err := w.Bot.Opened(context.Background(), c.who, c.id)
			if err != nil || open != c.open || open && len(f.Fields) != len(form.Fields) || !open && len(f.Fields) > 0 {
				t.Errorf("%s: %v %v", name, open, err)
			}
		}
		w.Submit("Mere", map[string]string{"saw": "She waited.", "relation": "neighbours", "conflict": "no", "show": "no", "badge": "no"})
		if _, open, err := w.Bot.Opened(context.Background(), guest, form.ID); open || err != nil {
			t.Errorf("once it was handed in it is still open, or %v", err)
		}
		if _, _, err := w.Bot.Follow(context.Background(), "x", ""); !errors.Is(err, links.ErrNone) {
			t.Errorf("a token that is none gives %v", err)
		}
	})
}

// guestOf gives the account of somebody who follows a link.
func guestOf(w *bottest.World, who string) string {
	w.T.Helper()
	return w.Known(who).Accounts[0].ID
}
