package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"cohortbot/adapters/openbadges"
	"cohortbot/bot/credentials"
)

type credentialCommand struct {
	Verify credentialVerify `cmd:"" help:"Check the file of a credential, on any machine and without a network."`
	Issuer credentialIssuer `cmd:"" help:"Print by which key credentials are signed here, to make it known."`
}

type credentialIssuer struct {
	Config string `required:"" placeholder:"FILE" help:"The configuration file."`
}

// Run prints who signs. For an address on the organisation's own domain it is the
// document to put there.
func (c *credentialIssuer) Run(m *Main) error {
	config, err := load(c.Config)
	if err != nil {
		return err
	}
	_, signer, err := config.signer()
	if err != nil {
		return err
	}
	if strings.HasPrefix(signer.Issuer(), "did:key:") {
		_, err = fmt.Fprintln(m.out, signer.Issuer())
		return err
	}
	document, err := signer.Controller()
	if err == nil {
		_, err = m.out.Write(document)
	}
	return err
}

type credentialVerify struct {
	File   string   `arg:"" type:"path" help:"The signed file, in JSON."`
	Issuer []string `placeholder:"ID" help:"Who should have signed it, as you know it from them: a did:key, a key (z6Mk…), or a file with the document that stands at their address, such as did.json, which names all their keys. An address alone (did:web, https) shows another signer, and proves none. Say it again for another key."`
	Holder string   `placeholder:"NAME" help:"Whose it should be. Only a hash of the name stands in the file."`
	Status string   `placeholder:"FILE" type:"path" help:"The status list that the credential names, saved to a file: it tells whether the credential was withdrawn."`
}

// Run prints what the file says and what it cannot show, or fails with what is
// wrong with it.
func (c *credentialVerify) Run(m *Main) error {
	data, err := readShort(c.File)
	if err != nil {
		return err
	}
	if bytes.HasPrefix(data, []byte("PK")) {
		return fmt.Errorf("%[1]s is a zip. Whether it is whole tells: cohortbot verify %[1]s. This command takes the credential.json that is in it", filepath.Base(c.File))
	}
	against := openbadges.Against{Holder: c.Holder, Now: m.clock.Now()}
	if err := known(c.Issuer, &against); err != nil {
		return err
	}
	if c.Status != "" {
		if against.List, err = readShort(c.Status); err != nil {
			return err
		}
	}
	r, err := openbadges.Verify(data, against)
	if err != nil {
		return fmt.Errorf("%s must not be relied on: %s", filepath.Base(c.File), shown(err.Error()))
	}
	_, err = io.WriteString(m.out, told(filepath.Base(c.File), r))
	return err
}

// known notes who should have signed a file.
func known(issuers []string, a *openbadges.Against) error {
	for _, id := range issuers {
		key := strings.TrimPrefix(id, "did:key:")
		switch {
		case strings.HasPrefix(key, "z"):
			key, _, _ = strings.Cut(key, "#")
			a.Keys = append(a.Keys, key)
		case strings.HasPrefix(id, "did:"), strings.HasPrefix(id, "https:"):
			if address, key, ok := strings.Cut(id, "#"); ok {
				id, a.Keys = address, append(a.Keys, key)
			}
			a.Issuer = id
		default:
			data, err := readShort(id)
			if err != nil {
				return err
			}
			address, keys, err := openbadges.ReadIssuer(data)
			if err != nil {
				return fmt.Errorf("%s cannot be used: %w", filepath.Base(id), err)
			}
			a.Issuer, a.Keys = address, append(a.Keys, keys...)
		}
	}
	return nil
}

// readShort reads a file that is no longer than a credential may be, by one byte.
func readShort(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read. %s", path, unreadable(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, openbadges.MostBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read. %s", path, unreadable(err))
	}
	return data, nil
}

// told says what is known of a sound file.
func told(name string, r openbadges.Report) string {
	var b strings.Builder
	line := func(format string, args ...any) {
		for i, a := range args {
			if s, ok := a.(string); ok {
				args[i] = shown(s)
			}
		}
		fmt.Fprintf(&b, format+"\n", args...)
	}
	day := func(t time.Time) string { return t.Format("2 January 2006") }
	line("%s is sound: nothing in it was changed since it was signed.", name)
	line("")
	line("  %s", r.Name)
	line("  %s", r.Says)
	line("  %s", r.Claim)
	line("  Given on %s, in the name of %s", day(r.From), r.Issuer)
	if !r.Until.IsZero() {
		line("  Valid until %s", day(r.Until))
	}
	if id, ok := credentials.Numbered(r.ID); ok {
		line("  Number %s", id.Number())
	} else {
		line("  Number %s", r.ID)
	}
	for _, i := range r.Items {
		line("  Shown: %s", i)
	}
	for _, w := range r.Words {
		line("")
		if w.Withdrawn {
			line("  %s has taken these words back since: they no longer count.", w.Who)
			continue
		}
		line("  %s: %s", w.Who, w.Text)
		line("  %s", w.About)
	}
	line("")
	switch {
	case r.Known:
		line("Signer: %s, as you asked.", r.Signer)
	case !strings.HasPrefix(r.Signer, "did:key:"): // an address: anybody can write it
		line("Signer: unknown. It says that it is by %s, and was signed with the key %s. Anybody can say so: look whether that key stands in the document at that address, or ask %s for theirs, and give the key with --issuer, or that document, saved to a file.", r.Signer, r.Key, r.Issuer)
	default:
		line("Signer: unknown. It was signed by %s. Whose that is no file can show: ask %s for it by a way that you trust, and give it with --issuer.", r.Signer, r.Issuer)
	}
	switch {
	case !r.Checked.IsZero():
		line("Withdrawn: no, as of %s.", day(r.Checked))
	case r.List == "":
		line("Withdrawn: unknown. It was signed where there was no list of what was withdrawn, so that no list can tell; ask %s, who can.", r.Issuer)
	default:
		line("Withdrawn: unknown. Save %s to a file, and give it with --status.", r.List)
	}
	if r.Held {
		line("Holder: the one whom you named.")
	} else {
		line("Holder: unknown. Only a hash of the name stands in the file; give the name with --holder to compare it.")
	}
	return b.String()
}

// shown makes what stands in a file of strangers safe to print: no sign of it
// moves the cursor, colours the screen or turns the direction of reading.
func shown(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029':
			return -1
		}
		return r
	}, s)
}
