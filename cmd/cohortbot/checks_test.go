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
		signer := func(seed byte, earlier ...string) openbadges.Signer {
			s, err := openbadges.NewSigner(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize)), "did:web:bot.example", earlier...)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		stranger, old := signer(2), signer(3)
		ours := signer(1, old.Key())
		all := programmes.BuiltIn()
		i := slices.IndexFunc(all, func(p programmes.Programme) bool { return p.ID == "facilitation-credential" })
		b := credentials.New(all[i], credentials.Met, "Ana", "Explorers", w.Now())
		b.IssuerURL, b.List = "https://bot.example", "https://bot.example/credential/status"
		b.Supporters = []credentials.Support{{Who: "Hana", Relation: "mentor", Said: w.Now(), Known: "By a link.", Words: "She listens.", Consented: w.Now()}}
		ana, sina := w.Known("Ana").ID, w.Known("Sina").ID
		w.Update(func(tx store.Tx) error {
			i, err := credentials.Issue(tx, ana, "p", b, sina, w.Now())
			b = i.Badge
			return err
		})
		c := checks{bot: w.Bot, signer: ours, issuer: "Explorers", base: "https://bot.example", clock: w.Clock}
		check := func(by openbadges.Signer, b credentials.Badge, want string, not ...string) {
			t.Helper()
			file, err := by.Credential(b)
			m, _, checked := c.Check(t.Context(), file, "", "")
			if err := errors.Join(err, checked); err != nil || !strings.Contains(m.Text, want) {
				t.Errorf("%v, %q, want %q", err, m.Text, want)
			}
			for _, part := range not {
				if strings.Contains(m.Text, part) {
					t.Errorf("%q, and not %q", m.Text, part)
				}
			}
		}
		check(ours, b, "This certificate stands", "before there was", "no longer count")
		check(stranger, b, "it was signed elsewhere")
		check(old, b, "This certificate stands") // with the key that was in use before
		unlisted := b
		unlisted.List = "" // signed before there were pages
		check(old, unlisted, "signed before there was a public list of what is withdrawn", "no longer count")
		w.Update(func(tx store.Tx) error { return credentials.Withdraw(tx, b.Supporters[0].ID, w.Now()) })
		check(ours, b, "The words of Hana")
		check(old, unlisted, "The words of Hana")
		w.Update(func(tx store.Tx) error {
			_, err := credentials.Revoke(tx, b.ID, sina, "A mistake.", w.Now())
			return err
		})
		check(old, unlisted, "does not stand any more")
		document, err := c.Issuer()
		if err != nil || !strings.Contains(string(document), old.Key()) || !strings.Contains(string(document), ours.Key()) {
			t.Errorf("the document at the address is %s, %v", document, err)
		}
	})
}
