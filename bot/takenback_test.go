package bot_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
	"cohortbot/bot/consents"
	"cohortbot/bot/interest"
	"cohortbot/bot/links"
	"cohortbot/bot/privacy"
	"cohortbot/bot/store"
)

func TestABackupBringsNobodyBackWhoTookThemselvesOffAList(t *testing.T) {
	const builder = "community-builder"
	bottest.Run(t, func(w *bottest.World) {
		w.Pages = "https://bot.example"
		w.Restart()
		for _, name := range []string{"Ana", "Ben"} {
			w.Do(name, "/interest register programme:community-builder way:here before:yes consent:yes")
		}
		secret := ""
		connects := "" // the code of somebody who will have an account
		for _, name := range []string{"Mere", "Tama", "Rangi"} {
			out, err := w.Bot.HandedIn(context.Background(), builder, name, chat.Answers{
				"name": chat.Given(name), "way": chat.Given("email"), "address": chat.Given(name + "@example.org"), "before": chat.Given("yes"), "consent": chat.Given("yes"),
			})
			if err != nil || out.Reply == nil {
				t.Fatal(err, out.Errors)
			}
			_, after, _ := strings.Cut(out.Reply.Text, "/l/")
			switch name {
			case "Mere":
				secret = after[:43]
			case "Rangi":
				if _, err := w.Follow(name, after[:43]); err != nil {
					t.Fatal(err)
				}
				_, connects, _ = strings.Cut(w.Page(name), "connect code:")
			}
		}
		list := func() (names []string) {
			w.View(func(tx store.Tx) error {
				all, err := interest.In(tx, builder)
				for _, i := range all {
					names = append(names, i.Name+string(i.Person))
				}
				return err
			})
			return names
		}
		w.Do("Ben", "/settings consent purpose:research agree:yes")
		w.Press("Ben", "I agree")
		w.Do("Lena", "/settings consent purpose:research agree:yes")
		w.Press("Lena", "I agree")
		backup := map[string][]byte{}
		w.View(func(tx store.Tx) error {
			for kv, err := range tx.Scan(nil, nil, false) {
				if err != nil {
					return err
				}
				backup[string(kv.Key)] = kv.Value
			}
			return nil
		})
		w.Do("Ben", "/settings consent purpose:research agree:no")
		w.Do("Ana", "/interest mine")
		w.Press("Ana", "Take me off the list")
		if _, err := w.Follow("Mere", secret); err != nil {
			t.Fatal(err)
		}
		w.Press("Mere", "Take me off the list")
		w.Do("Kiri", "/interest connect code:"+connects[:11])
		bottest.Says(t, w.Answer("Kiri"), "Connected.")
		w.Do("Kiri", "/settings erase")
		w.Press("Kiri", "Erase it for good")
		w.Settle()
		var erased bottest.Ledger
		w.View(func(tx store.Tx) error {
			for row, err := range privacy.Erasures.All(tx) {
				if err != nil {
					return err
				}
				if err := erased.Add(context.Background(), privacy.Erased{Person: row.ID, At: row.Value.At}); err != nil {
					return err
				}
			}
			return nil
		})
		w.Update(func(tx store.Tx) error {
			for key, value := range maps.All(backup) {
				if err := tx.Put([]byte(key), value); err != nil {
					return err
				}
			}
			return nil
		})
		if n := len(list()); n != 5 {
			t.Fatalf("the backup has %d", n)
		}
		for _, want := range []int{3, 0} {
			if n, err := w.Bot.ReplayFrom(context.Background(), &erased); err != nil || n != want {
				t.Errorf("%d were taken off again, want %d, %v", n, want, err)
			}
		}
		if names := list(); len(names) != 2 || names[0] != string(w.Known("Ben").ID) || names[1] != "Tama" {
			t.Errorf("after the backup was put back the list has %q", names)
		}
		if _, err := w.Follow("Mere", secret); !errors.Is(err, links.ErrNone) {
			t.Errorf("the page is open again: %v", err)
		}
		w.View(func(tx store.Tx) error {
			for name, want := range map[string]bool{"Ben": false, "Lena": true} {
				if agrees, err := privacy.Allows(tx, w.Known(name).ID, consents.Research); err != nil || agrees != want {
					t.Errorf("%s agrees to research: %t, %v", name, agrees, err)
				}
			}
			return nil
		})
		w.Do("Ana", "/settings consent")
		bottest.Says(t, w.Answer("Ana"), "you took it back on")
	})
}
