package credentials

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Claim says in one sentence what the result is, and whose word that is. It is the
// same on the certificate, in the picture and in the signed file.
func (b Badge) Claim() string {
	switch {
	case b.Outcome == Prepared:
		return fmt.Sprintf("Everything that the programme %s asks for is there: the preparation is complete. Nobody has judged it yet, and no award comes with it.", b.Group)
	case b.Awarded != "":
		return fmt.Sprintf("An assessor has judged the portfolio and confirmed that it meets every criterion. Awarded by %s.", b.Awarded)
	}
	return fmt.Sprintf("An assessor of the programme %s has judged the portfolio and confirmed that it meets every criterion. It is the programme's own word, and no award of another body.", b.Group)
}

// Standing gives level and credits in words; empty where nobody awards them.
func (b Badge) Standing() string {
	if b.Awarded == "" || b.Outcome != Met {
		return ""
	}
	var parts []string
	if b.Level > 0 {
		parts = append(parts, fmt.Sprintf("Level %d", b.Level))
	}
	if b.Credits > 0 {
		parts = append(parts, plural(b.Credits, "credit"))
	}
	return strings.Join(parts, ", ")
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// NameHash gives a name as it stands in the signed file: salted, so that only who
// has both the file and the name can tell that they belong together.
func NameHash(name, salt string) string {
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(name), " ") + salt))
	return "sha256$" + hex.EncodeToString(sum[:])
}

// day gives a date in full; a certificate is read in any country.
func day(t time.Time) string { return t.Format("2 January 2006") }

// Card is the certificate as a picture that adapters draw.
type Card struct {
	Name, Holder, Issuer string
	Claim                string
	Standing             string // empty where nobody awards level or credits
	Day, ID              string
	Check                string // where it can be checked; empty where there is no such page
	Alt                  string // all of it in words
}

// Card gives the picture of a certificate. check is the address where it can be
// checked, empty where there is none.
func (b Badge) Card(check string) Card {
	c := Card{
		Name: b.Name, Holder: b.Holder, Issuer: b.Issuer, Claim: b.Claim(), Standing: b.Standing(),
		Day: day(b.From), ID: string(b.ID), Check: check,
	}
	parts := []string{"Certificate: " + c.Name, "held by " + c.Holder, "given by " + c.Issuer + " on " + c.Day}
	if c.Standing != "" {
		parts = append(parts, c.Standing)
	}
	c.Alt = strings.Join(parts, ", ") + ". " + c.Claim
	return c
}

// Certificate gives the page that its holder keeps and may print.
func (b Badge) Certificate(check string) chat.Document {
	var t strings.Builder
	para := func(format string, args ...any) { fmt.Fprintf(&t, format+"\n\n", args...) }
	para("**%s**", chat.Plain(b.Holder))
	para("%s", chat.Plain(b.Says))
	para("%s", chat.Plain(b.Claim()))
	if s := b.Standing(); s != "" {
		para("**%s**", s)
	}
	para("Given by %s on %s.", chat.Plain(b.Issuer), day(b.From))
	if len(b.Items) > 0 {
		para("## What was shown")
		if b.Standard != "" {
			para("From %s:", chat.Plain(b.Standard))
		}
		for _, i := range b.Items {
			text := i.Text
			if i.Code != "" {
				text = i.Code + " " + text
			}
			fmt.Fprintf(&t, "- %s\n", chat.Plain(text))
		}
		t.WriteString("\n")
	}
	if len(b.Supporters) > 0 {
		para("## Who spoke for it")
		for _, s := range b.Supporters {
			para("**%s**, %s, on %s. %s", chat.Plain(s.Who), chat.Plain(s.Relation), day(s.Said), chat.Plain(s.Known))
			para("%s", chat.Quote(s.Words))
		}
	}
	para("## Whether it still stands")
	if check != "" {
		para("Look at %s, and compare the name and the number with this page.", chat.Plain(check))
	} else {
		para("Ask %s, and give the number below.", chat.Plain(b.Issuer))
	}
	para("This page is for reading. What can be checked is the signed file that came with it: its signature shows that nothing in it was changed.")
	para("Number `%s`", b.ID)
	return chat.Document{Name: "certificate", Title: b.Name, Text: strings.TrimSpace(t.String())}
}

// State is what is known of a credential that somebody asks about.
type State string

// The states. Unknown is the answer to anything that is not on record here, which
// says nothing for or against it.
const (
	Unknown   State = "unknown"
	Stands    State = "stands"
	Withdrawn State = "withdrawn"
)

// Checked is the answer to whoever asks about a number. It names no holder: who
// asks has a name to compare, or none of their business.
type Checked struct {
	State           State
	Name, Issuer    string
	Claim, Standing string
	Given, Ended    time.Time
	Named           string // as asked; empty where no name was given
	Same            bool   // whether it is the holder's name
}

// Check gives what is known of a number that somebody has typed, and whether a
// name that they may have given is its holder's.
func Check(tx store.Tx, number, name string) (Checked, error) {
	id := ID(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(number)), "urn:uuid:"))
	if !id.ok() {
		return Checked{State: Unknown}, nil
	}
	i, err := Table.Get(tx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Checked{State: Unknown}, nil
	}
	if err != nil {
		return Checked{}, err
	}
	b := i.Badge
	c := Checked{State: Stands, Name: b.Name, Issuer: b.Issuer, Claim: b.Claim(), Standing: b.Standing(), Given: b.From}
	if c.Named = strings.TrimSpace(name); c.Named != "" {
		c.Same = people.SameName(c.Named, b.Holder)
	}
	if !i.Revoked.At.IsZero() {
		c.State, c.Ended, c.Claim, c.Standing = Withdrawn, i.Revoked.At, "", ""
	}
	return c, nil
}

// Message gives the answer in words.
func (c Checked) Message() chat.Message {
	var t strings.Builder
	switch c.State {
	case Stands:
		fmt.Fprintf(&t, "**%s** stands. %s gave it on %s.\n\n%s", chat.Plain(c.Name), chat.Plain(c.Issuer), day(c.Given), chat.Plain(c.Claim))
		if c.Standing != "" {
			fmt.Fprintf(&t, "\n\n%s", c.Standing)
		}
	case Withdrawn:
		fmt.Fprintf(&t, "**%s** was given by %s on %s and withdrawn on %s. It does not stand any more.", chat.Plain(c.Name), chat.Plain(c.Issuer), day(c.Given), day(c.Ended))
	default:
		return chat.Message{Text: "Unknown. No credential with this number is on record here. That says nothing for or against it: the number may be mistyped, it may have been given elsewhere, or its holder may have had it deleted.\n\nCompare the number with the certificate, or ask its holder for the signed file."}
	}
	switch {
	case c.Named == "":
		t.WriteString("\n\nWhose it is does not stand here. Type the name on the certificate, too, to compare it.")
	case c.Same:
		fmt.Fprintf(&t, "\n\nThe name %s is its holder's.", chat.Plain(c.Named))
	default:
		fmt.Fprintf(&t, "\n\nThe name %s is not the one that it was given to.", chat.Plain(c.Named))
	}
	return chat.Message{Text: t.String()}
}
