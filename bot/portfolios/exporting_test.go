package portfolios_test

import (
	"strings"
	"testing"

	"cohortbot/bot/bottest"
	"cohortbot/bot/evidence"
	"cohortbot/bot/store"
)

// heavy makes somebody's one piece of evidence larger than a message carries.
func heavy(w *bottest.World) {
	w.Update(func(tx store.Tx) error {
		i, err := evidence.Table.Get(tx, "item-1")
		if err != nil {
			return err
		}
		i.Files[0].Size = 9_000_000
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
		w.Do("Ana", "/portfolio export")
		bottest.Says(t, w.Answer("Ana"), "more than fits in a message", "has no pages", "/portfolio read gives all but the files")
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
