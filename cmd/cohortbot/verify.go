package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"os"

	"cohortbot/bot/portfolios/bundle"
)

type verifyCommand struct {
	File string   `arg:"" help:"The zip that a portfolio was exported as."`
	Key  []string `placeholder:"KEY" help:"A public key, in base64, that must have signed it; say --key again for another. Ask the organisation for theirs."`
}

// Run says whether an exported portfolio is exactly as it was made, and changes
// nothing. It needs no configuration and no network.
func (c *verifyCommand) Run(m *Main) error {
	var keys []ed25519.PublicKey
	for _, text := range c.Key {
		key, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(key) != ed25519.PublicKeySize {
			return fmt.Errorf("%q is no key: it should be the 44 signs that stand as \"key\" in a manifest.json", text)
		}
		keys = append(keys, key)
	}
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	about, err := f.Stat()
	if err != nil {
		return err
	}
	if about.IsDir() {
		return fmt.Errorf("%s is a folder; verify the zip as it was given out, not what was unpacked from it", c.File)
	}
	report, err := bundle.Verify(f, about.Size(), keys...)
	if err != nil {
		return fmt.Errorf("reading %s: %w", c.File, err)
	}
	for _, fault := range report.Faults {
		fmt.Fprintln(m.err, fault)
	}
	switch n := len(report.Faults); {
	case n == 1:
		return fmt.Errorf("%s is not as it was made", c.File)
	case n > 1:
		return fmt.Errorf("%s is not as it was made: %d faults", c.File, n)
	}
	return c.tell(m, report, len(keys) > 0)
}

// tell says what holds, and what it does not show.
func (c *verifyCommand) tell(m *Main, r bundle.Report, known bool) error {
	words := fmt.Sprintf("Nothing was changed since this copy was made on %s.\n%s, by %s: %d files and %d people's words are as they were.\n",
		r.Made.Format("2 January 2006"), r.Title, r.Name, r.Files, r.Said)
	switch {
	case known:
		words += "It was signed with the key that you gave.\n"
	case r.Signed != nil:
		words += "It was signed with the key " + base64.StdEncoding.EncodeToString(r.Signed) + ".\nAsk the organisation whether that is theirs; then --key says so next time.\n"
	default:
		words += "It isn't signed: somebody who knows how could have made all of it anew.\n"
	}
	_, err := fmt.Fprint(m.out, words+"How each writer was reached stands in the portfolio; a hash doesn't show who wrote what.\n")
	return err
}
