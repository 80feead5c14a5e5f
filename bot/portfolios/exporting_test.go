package portfolios_test

import (
	"strings"
	"testing"
	"time"

	"cohortbot/bot/bottest"
	"cohortbot/bot/evidence"
	"cohortbot/bot/store"
)

// heavy makes somebody's one piece of evidence larger than a message carries.
func heavy(w *bottest.World) { weighing(w, 8_000_000) }

func weighing(w *bottest.World, size int64) {
	w.Update(func(tx store.Tx) error {
		i, err := evidence.Table.Get(tx, "item-1")
		if err != nil {
			return err
		}
		i.Files[0].Size = size
		return evidence.Table.Put(tx, i.ID, i)
	})
}

func TestAZipComesInPrivateAndNamesWhatItIsOf(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
		complete(w, "Ana")
		w.Do("Ana", "/portfolio export")
		bottest.Says(t, w.Answer("Ana"), "I am packing", "as it is now")
		inbox := w.Inbox("Ana")
		m := inbox[len(inbox)-1].Message
		if m.Document == nil || !strings.HasPrefix(m.Document.Archive, "portfolio/now/") || m.Document.Name != "portfolio-draft" {
			t.Fatalf("Ana got %+v", m)
		}
		b, err := w.Bot.Portfolio(t.Context(), m.Document.Archive)
		if err != nil || !b.Submitted.IsZero() || len(b.Evidence) != 1 || b.Parts[0].Text == "" {
			t.Errorf("packed %v %+v", err, b)
		}
		submit(w, "Ana")
		w.Do("Ana", "/portfolio export")
		w.Submit("Ana", map[string]string{"copy": "1"})
		bottest.Says(t, w.Answer("Ana"), "I am packing", "copy 1")
		w.Do("Ana", "/portfolio export copy:2")
		bottest.Says(t, w.Answer("Ana"), "There is no copy")
		// What was deleted meanwhile is packed no more.
		w.Do("Ana", "/portfolio delete")
		w.Press("Ana", "Delete it for good")
		if _, err := w.Bot.Portfolio(t.Context(), m.Document.Archive); err == nil {
			t.Error("a deleted portfolio is still packed")
		}
	})
}

func TestWhatIsTooLargeForAMessageIsHadOnAPage(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		complete(w, "Ana")
		heavy(w)
		w.Pages = "https://bot.example"
		w.Restart()
		w.Do("Ana", "/portfolio export")
		bottest.Says(t, w.Answer("Ana"), "You can download it here, for a week", "https://bot.example/l/")
		first := w.Token("Ana")
		out, err := w.Follow("Vera", first)
		if err != nil || out.Reply == nil || out.Reply.Document == nil {
			t.Fatalf("the page: %v %+v", err, out)
		}
		if may, err := w.Bot.MayTake(t.Context(), first, out.Reply.Document.Archive); err != nil || !may {
			t.Errorf("what the page offers can't be had: %v %v", may, err)
		}
		if may, _ := w.Bot.MayTake(t.Context(), first, "portfolio/now/other"); may {
			t.Error("the page opens something else as well")
		}
		w.Do("Ana", "/portfolio export")
		if may, _ := w.Bot.MayTake(t.Context(), first, out.Reply.Document.Archive); may {
			t.Error("the address before is still open")
		}
		last := w.Token("Ana")
		w.Do("Ana", "/portfolio delete")
		w.Press("Ana", "Delete it for good")
		if _, err := w.Follow("Vera", last); err == nil {
			t.Error("the page outlives the portfolio")
		}
	})
}

// archives gives the names of what somebody got in private, in order.
func archives(w *bottest.World, who string) (all []string) {
	for _, post := range w.Inbox(who) {
		if d := post.Message.Document; d != nil && d.Archive != "" {
			all = append(all, d.Archive)
		}
	}
	return all
}

func TestWithoutPagesWhatIsTooLargeForOneMessageComesInSeveral(t *testing.T) {
	for size, pieces := range map[int64]int{8_000_000: 1, 25_000_000: 3} {
		bottest.Run(t, func(w *bottest.World) {
			w.Cohort("Explorers", "Wiremu", "Ana")
			complete(w, "Ana")
			weighing(w, size)
			w.Do("Ana", "/portfolio export")
			bottest.Says(t, w.Answer("Ana"), "too large for one message", "01-minutes.pdf")
			got := archives(w, "Ana")
			if len(got) != 1+pieces || !strings.HasPrefix(got[0], "portfolio/light/portfolio/now/") {
				t.Fatalf("of %d bytes she got %q", size, got)
			}
			b, err := w.Bot.Portfolio(t.Context(), got[0])
			if err != nil || len(b.Beside()) != 1 || b.Evidence[0].Files[0].Size != size {
				t.Errorf("the zip: %v %+v", err, b.Evidence)
			}
			var total int64
			for n, archive := range got[1:] {
				f, piece, err := w.Bot.Piece(t.Context(), archive)
				if err != nil || piece != n+1 || f.Hash != fileHash {
					t.Errorf("piece %d: %v, %d of %+v", n+1, err, piece, f)
				}
				_, from, to := f.Piece(piece)
				total += to - from
			}
			if total != size {
				t.Errorf("the pieces have %d bytes of %d", total, size)
			}
			for _, none := range []string{"portfolio/piece/" + fileHash + "/9/" + got[0][len("portfolio/light/"):], "portfolio/piece/x", "portfolio/light/portfolio/light/x"} {
				if _, _, err := w.Bot.Piece(t.Context(), none); err == nil {
					t.Errorf("%s gives something", none)
				}
			}
			w.Do("Ana", "/portfolio delete")
			w.Press("Ana", "Delete it for good")
			if _, _, err := w.Bot.Piece(t.Context(), got[1]); err == nil {
				t.Error("a file of a deleted portfolio is still sent")
			}
		})
	}
}

// An assessor who is in the workspace gets the files there, and keeps none of it there
// once it is decided, or once somebody else assesses.
func TestWithoutPagesAnAssessorGetsTheFilesInPrivateUntilTheyHaveDecided(t *testing.T) {
	for how, ends := range map[string]func(w *bottest.World, p string){
		"decided": func(w *bottest.World, _ string) { w.Press("Mere", "Give the result") },
		"replaced": func(w *bottest.World, _ string) {
			w.Known("Hine")
			w.Do("Wiremu", "/portfolio assessor person:@hine")
			w.Submit("Wiremu", map[string]string{"of": string(only(w, "Ana").ID)})
			w.Press("Wiremu", "Appoint instead")
		},
		"another copy": func(w *bottest.World, _ string) {
			w.Do("Ana", `/portfolio write part:background text:"Changed"`)
			submit(w, "Ana")
		},
	} {
		bottest.Run(t, func(w *bottest.World) {
			w.Cohort("Explorers", "Wiremu", "Ana", "Ben")
			p := complete(w, "Ana")
			heavy(w)
			submit(w, "Ana")
			appointed(w, p, "Mere")
			w.Do("Mere", "/portfolio files")
			bottest.Says(t, w.Answer("Mere"), "First say whether you have a conflict")
			met(w, "Mere")
			w.Do("Mere", "/portfolio files")
			bottest.Says(t, w.Answer("Mere"), "too large for one message", "01-minutes.pdf")
			got := archives(w, "Mere")
			if len(got) != 2 {
				t.Fatalf("Mere got %q", got)
			}
			if b, err := w.Bot.Portfolio(t.Context(), got[0]); err != nil || b.Number != 1 || len(b.Steps) != 0 {
				t.Errorf("the zip: %v, copy %d with %d steps", err, b.Number, len(b.Steps))
			}
			w.Do("Ben", "/portfolio files")
			bottest.Says(t, w.Answer("Ben"), "Nothing is waiting for you to assess")
			w.Do("Mere", "/portfolio decide")
			w.Submit("Mere", nil)
			ends(w, string(p.ID))
			w.Advance(time.Minute)
			if left := archives(w, "Mere"); len(left) > 0 {
				t.Errorf("%s: %q stand there still", how, left)
			}
			for _, archive := range got {
				if _, err := w.Bot.Portfolio(t.Context(), archive); err == nil {
					t.Errorf("%s: %s is still packed", how, archive)
				}
				if _, _, err := w.Bot.Piece(t.Context(), archive); err == nil {
					t.Errorf("%s: %s is still sent", how, archive)
				}
			}
		})
	}
}

func TestWhatAnAssessorWasSentGoesWithThePortfolio(t *testing.T) {
	for name, end := range map[string]func(*bottest.World){
		"deleted": func(w *bottest.World) {
			w.Do("Ana", "/portfolio delete")
			w.Press("Ana", "Delete it for good")
		},
		"erased": func(w *bottest.World) {
			w.Do("Ana", "/settings erase")
			w.Press("Ana", "Erase it for good")
			w.Settle()
			time.Sleep(time.Minute)
		},
	} {
		bottest.Run(t, func(w *bottest.World) {
			w.Cohort("Explorers", "Wiremu", "Ana")
			p := complete(w, "Ana")
			weighing(w, 25_000_000)
			submit(w, "Ana")
			appointed(w, p, "Mere")
			w.Do("Mere", "/portfolio assess")
			w.Submit("Mere", map[string]string{"conflict": "none"})
			w.Press("Mere", "All of it as a zip")
			if got := archives(w, "Mere"); len(got) != 4 {
				t.Fatalf("Mere got %q", got)
			}
			end(w)
			w.Settle()
			if got := archives(w, "Mere"); len(got) > 0 {
				t.Errorf("the portfolio is %s, and Mere still has %q", name, got)
			}
		})
	}
}
