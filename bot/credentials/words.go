package credentials

import (
	"crypto/sha256"
	"encoding/hex"
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
		Day: day(b.From), ID: b.ID.Number(), Check: check,
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
			para("By the criteria of “%s”:", chat.Plain(b.Standard))
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
		para("Look at [%s](%s), and compare the name and the number with this page.", chat.Plain(check), check)
	} else {
		para("Ask %s, and give the number below.", chat.Plain(b.Issuer))
	}
	para("This page is for reading. What can be checked is the signed file that came with it: its signature shows that nothing in it was changed.")
	para("Number `%s`", b.ID.Number())
	return chat.Document{Name: "certificate", Title: b.Name, Text: strings.TrimSpace(t.String())}
}

// State is what is known of a credential that somebody asks about.
type State string

// The states. Unknown is the answer to anything that is not on record here, which
// says nothing for or against it. The last four are of files alone.
const (
	Unknown    State = "unknown"
	Stands     State = "stands"
	Withdrawn  State = "withdrawn"
	Altered    State = "altered"    // its signature does not fit
	Foreign    State = "foreign"    // somebody else signed it
	Outside    State = "outside"    // it begins later, or has ended
	Unreadable State = "unreadable" // it is no such file
)

// Checked is the answer to whoever asks about a number or a file. It names no holder:
// who asks has a name to compare, or none of their business.
type Checked struct {
	State           State
	Name, Issuer    string
	Claim, Standing string
	Given, Ended    time.Time
	Named           string   // as asked; empty where no name was given
	Same            bool     // whether it is the holder's name
	File            []byte   // the signed file, to compare; empty where it was not signed yet
	Sound           bool     // a file was checked, and nothing in it was changed
	Listed          bool     // that file names the list of what was taken back
	Words           []ID     // of other people that stand on it now
	Gone            []string // whose words in that file were taken back since
}

// Check gives what is known of a number that somebody has typed, and whether a
// name that they may have given is its holder's.
func Check(tx store.Tx, number, name string) (Checked, error) {
	id, ok := Numbered(number)
	if !ok {
		return Checked{State: Unknown}, nil
	}
	i, ok, err := Table.Find(tx, id)
	if err != nil || !ok {
		return Checked{State: Unknown}, err
	}
	b := i.Badge
	c := Checked{State: Stands, Name: b.Name, Issuer: b.Issuer, Claim: b.Claim(), Standing: b.Standing(), Given: b.From, File: i.File}
	if c.Named = strings.TrimSpace(name); c.Named != "" {
		c.Same = people.SameName(c.Named, b.Holder)
	}
	for _, s := range b.Supporters {
		c.Words = append(c.Words, s.ID)
	}
	if !i.Revoked.At.IsZero() {
		c.State, c.Ended, c.Claim, c.Standing = Withdrawn, i.Revoked.At.In(b.From.Location()), "", ""
	}
	return c, nil
}

// Message gives the answer in words.
func (c Checked) Message() chat.Message {
	var t strings.Builder
	switch c.State {
	case Stands:
		fmt.Fprintf(&t, "**This certificate stands**\n\n**%s**, given by %s on %s.\n\n%s", chat.Plain(c.Name), chat.Plain(c.Issuer), day(c.Given), chat.Plain(c.Claim))
		if c.Standing != "" {
			fmt.Fprintf(&t, "\n\n%s", c.Standing)
		}
	case Withdrawn:
		fmt.Fprintf(&t, "**This certificate does not stand any more**\n\n**%s** was given by %s on %s and withdrawn on %s.", chat.Plain(c.Name), chat.Plain(c.Issuer), day(c.Given), day(c.Ended))
	case Altered:
		return chat.Message{Text: "**This file was altered**\n\nIts signature does not fit what stands in it, so nothing in it can be relied on. Ask its holder for the file as they were given it, or check the number on their certificate."}
	case Foreign:
		return chat.Message{Text: fmt.Sprintf("**Unknown: it was signed elsewhere**\n\nNothing in this file was changed since it was signed, but not here. It says that it is from %s; ask there whether it stands.", chat.Plain(c.Issuer))}
	case Outside:
		return chat.Message{Text: "**It is not valid now**\n\nThe file says itself that it begins later, or that its time is over."}
	case Unreadable:
		return chat.Message{Text: "**Unknown: this is no signed file**\n\nWhat was given cannot be read as a credential. The file to check is called credential.json; a picture or a printed page cannot be checked, but the number on it can."}
	default:
		text := "**Unknown**\n\nNo credential with this number is on record here. That says nothing for or against it: the number may be mistyped, it may have been given elsewhere, or its holder may have had it deleted.\n\nCompare the number with the certificate, or ask its holder for the signed file."
		if c.Sound {
			text = "**Unknown**\n\nNothing in this file was changed since it was signed here, but no such credential is on record any more. Its holder may have had it deleted; whether it still stands can't be said."
		}
		return chat.Message{Text: text}
	}
	if c.Sound {
		t.WriteString("\n\nNothing in the file was changed since it was signed here.")
		if !c.Listed {
			t.WriteString(" It was signed before there was a public list of what is withdrawn, so that it can't be checked against one: only this page tells. Its holder can get it anew.")
		}
	}
	for _, who := range c.Gone {
		fmt.Fprintf(&t, "\n\nThe words of %s in this file were taken back or changed since, and no longer count. Its holder can get it anew.", chat.Plain(who))
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
