package main

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"slices"
	"strings"
	"testing"

	"cohortbot/adapters/openbadges"
	"cohortbot/bot/bottest"
	"cohortbot/bot/credentials"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

// Who signs writes themself in whose name they do: a stranger's key behind our own
// address, and a number of ours, is no certificate of ours.
func TestACertificateForgedInOurNameIsNotSaidToStand(t *testing.T) {
	bottest.Run(t, func(w *bottest.World) {
		signer := func(seed byte) openbadges.Signer {
			s, err := openbadges.NewSigner(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize)), "did:web:bot.example")
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		ours, stranger := signer(1), signer(2)
		all := programmes.BuiltIn()
		i := slices.IndexFunc(all, func(p programmes.Programme) bool { return p.ID == "facilitation-credential" })
		b := credentials.New(all[i], credentials.Met, "Ana", "Explorers", w.Now())
		b.IssuerURL, b.List = "https://bot.example", "https://bot.example/credential/status"
		ana, sina := w.Known("Ana").ID, w.Known("Sina").ID
		w.Update(func(tx store.Tx) error {
			i, err := credentials.Issue(tx, ana, "p", b, sina, w.Now())
			b = i.Badge
			return err
		})
		c := checks{bot: w.Bot, signer: ours, issuer: "Explorers", base: "https://bot.example", clock: w.Clock}
		for _, x := range []struct {
			by   openbadges.Signer
			says string
		}{{ours, "This certificate stands"}, {stranger, "it was signed elsewhere"}} {
			file, err := x.by.Credential(b)
			m, _, checked := c.Check(t.Context(), file, "", "")
			if err := errors.Join(err, checked); err != nil || !strings.Contains(m.Text, x.says) {
				t.Errorf("%v, %q, want %q", err, m.Text, x.says)
			}
		}
	})
}
