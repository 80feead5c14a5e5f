package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"cohortbot/adapters/backups"
	"cohortbot/adapters/bolt"
	"cohortbot/adapters/openbadges"
	"cohortbot/bot"
	"cohortbot/bot/credentials"
	"cohortbot/bot/portfolios/bundle"
)

type verifyCommand struct {
	File string   `arg:"" help:"The zip that a portfolio was exported as, a backup, a data folder, or a store in one."`
	Key  []string `placeholder:"KEY" help:"Of a portfolio: a public key, in base64, that must have signed it; say --key again for another. Ask the organisation for theirs."`
}

// Run says whether an exported portfolio is exactly as it was made, or whether
// everything in a backup, a data folder or a store belongs together. It changes
// nothing, and needs no configuration and no network.
func (c *verifyCommand) Run(m *Main) error {
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	about, err := f.Stat()
	if err != nil {
		return err
	}
	switch {
	case about.IsDir() && isThere(filepath.Join(c.File, storeFile)):
		return c.folder(m)
	case about.IsDir():
		return fmt.Errorf("%s is a folder without a %s; verify a portfolio's zip as it was given out, not what was unpacked from it", c.File, storeFile)
	case isStore(f):
		return c.store(m)
	case isBackup(f, c.File):
		return c.backup(m)
	}
	head := make([]byte, 1)
	if _, err := f.ReadAt(head, 0); err == nil && head[0] == '{' {
		return fmt.Errorf("%s is no zip and no backup; whether a certificate's signed file is sound says: cohortbot credential verify %[1]s", c.File)
	}
	return c.portfolio(m, f, about.Size())
}

// isStore tells whether a file begins as a store does.
func isStore(f *os.File) bool {
	head := make([]byte, 20)
	_, err := f.ReadAt(head, 0)
	magic := head[16:]
	return err == nil && (bytes.Equal(magic, []byte{0xED, 0xDA, 0x0C, 0xED}) || bytes.Equal(magic, []byte{0xED, 0x0C, 0xDA, 0xED}))
}

func isBackup(f *os.File, path string) bool {
	if backups.Begins(f) {
		return true
	}
	b, err := backups.Open(path)
	if err != nil {
		return errors.Is(err, backups.ErrCut)
	}
	_ = b.Close() // it was only read
	return true
}

func (c *verifyCommand) folder(m *Main) error {
	sound, faults, err := verifyFolder(m.ctx, c.File)
	return c.sound(m, sound, faults, err)
}

func (c *verifyCommand) store(m *Main) error {
	sound, faults, err := verifyStore(m.ctx, c.File, "")
	if err := c.sound(m, sound, faults, err); err != nil {
		return err
	}
	fmt.Fprintln(m.out, "The files of evidence weren't looked at: verify the data folder for that.")
	return nil
}

// backup unpacks a backup into a folder that is thrown away, and checks that.
func (c *verifyCommand) backup(m *Main) error {
	b, err := backups.Open(c.File)
	if err != nil {
		return err
	}
	defer b.Close()
	faults, err := b.Check(m.ctx)
	if err != nil {
		return err
	}
	var wrong []bot.Fault
	for _, f := range faults {
		wrong = append(wrong, bot.Fault{Place: f.Place, Said: f.Said, Remedy: "take another backup"})
	}
	if len(faults) > 0 {
		return c.sound(m, bot.Sound{}, wrong, nil)
	}
	folder, err := os.MkdirTemp("", "cohortbot-verify-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	unpacked := filepath.Join(folder, "data")
	if err := b.Unpack(m.ctx, unpacked); err != nil {
		return fmt.Errorf("unpacking it into %s, to look at it: %w", folder, err)
	}
	sound, wrong, err := verifyFolder(m.ctx, unpacked)
	if err := c.sound(m, sound, wrong, err); err != nil {
		return err
	}
	fmt.Fprintf(m.out, "This backup was made on %s by version %s, and not a byte of it was changed since.\n", b.Made.Format("2 January 2006 at 15:04 MST"), b.Program)
	return nil
}

// sound says what was looked at, and what is wrong with it.
func (c *verifyCommand) sound(m *Main, s bot.Sound, faults []bot.Fault, err error) error {
	if errors.Is(err, bolt.ErrLocked) {
		return fmt.Errorf("cohortbot runs on it: stop it first, or run cohortbot backup and verify that (%w)", err)
	}
	if err != nil {
		return err
	}
	for _, f := range faults {
		fmt.Fprintf(m.err, "%s: %s: %s\n", f.Place, f.Said, f.Remedy)
	}
	if n := len(faults); n > 0 {
		return fmt.Errorf("%s is not as it should be: %s", c.File, counting(n, "fault", "faults"))
	}
	fmt.Fprintf(m.out, "All of it belongs together: %s with their indexes, %s of evidence, a chain of %s.\n",
		counting(s.Records, "record", "records"), counting(s.Files, "file", "files"), counting(s.Chain, "attestation", "attestations"))
	return nil
}

// portfolio says whether an exported portfolio is exactly as it was made.
func (c *verifyCommand) portfolio(m *Main, f *os.File, size int64) error {
	var keys []ed25519.PublicKey
	for _, text := range c.Key {
		key, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(key) != ed25519.PublicKeySize {
			return fmt.Errorf("%q is no key: it should be the 44 signs that stand as \"key\" in a manifest.json", text)
		}
		keys = append(keys, key)
	}
	report, err := bundle.Verify(f, size, bundle.With{Keys: keys, Beside: lyingBeside(c.File), Credential: soundFor})
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
	words := fmt.Sprintf("Nothing was changed since this copy was made on %s.\n%s, by %s: %d files, and the words of %s, are as they were.\n",
		r.Made.Format("2 January 2006"), r.Title, r.Name, r.Files, others(r.Said))
	if r.Beside > 0 {
		words += fmt.Sprintf("Of these files, %d lie beside the zip, as they came.\n", r.Beside)
	}
	if r.Awarded {
		words += "The signed file of its certificate is sound. By whom it was signed, and whether it was withdrawn since, tells: cohortbot credential verify credential.json.\n"
	}
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

// soundFor says what was wrong at a time with the signed file of somebody's
// certificate.
func soundFor(file []byte, holder string, at time.Time) error {
	_, err := openbadges.Verify(file, openbadges.Against{Holder: credentials.HolderOf(holder), Now: at})
	return err
}

func others(n int) string {
	switch n {
	case 0:
		return "nobody else"
	case 1:
		return "one other person"
	}
	return fmt.Sprintf("%d others", n)
}
