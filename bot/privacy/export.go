package privacy

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/evidence"
	"cohortbot/bot/links"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

const (
	// openFor is how long the page with somebody's copy is open.
	openFor = 24 * time.Hour
	// mostSent is how many bytes of files go out as a message at most: what the
	// platforms take.
	mostSent = 8 << 20
	// ExportName is what a copy is called.
	ExportName = "what-i-hold-about-you.zip"
)

func (f feature) exportDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: exportPath, Summary: "Take a copy along of what I hold about you, as one file", Role: chat.Anyone, Fields: []chat.Field{personField}},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			if err := onlyOwn(c, exportPath); err != nil {
				return chat.Outcome{}, err
			}
			if f.Pages == "" {
				if err := outbox.Say(tx, outbox.Item{
					Key: exportKind + "/" + c.ID, Kind: exportKind, Record: string(c.Person.ID), Person: string(c.Person.ID),
					Place: c.Person.Direct(c.Profile.User.Workspace), Until: c.Now.Add(openFor), Silent: true,
				}, c.Now); err != nil {
					return chat.Outcome{}, err
				}
				return chat.Say("I am putting it together and send it to you in a private message."), nil
			}
			before, err := links.To(tx, exportPath, string(c.Person.ID), c.Now)
			if err != nil {
				return chat.Outcome{}, err
			}
			for _, l := range before {
				if err := links.End(tx, l.ID, c.Now); err != nil {
					return chat.Outcome{}, err
				}
			}
			l, err := links.Make(tx, exportPath, string(c.Person.ID), c.Now.Add(openFor), c.Now)
			if err != nil {
				return chat.Outcome{}, err
			}
			out := chat.Say("Your copy is ready behind this address, for a day: [fetch it](" + f.Pages + ExportFolder + l.Token + ")\n\nIt has everything to read, the same as data for programs, and your files.")
			out.Reply.Note = "Only you see this. Whoever has the address can fetch the copy: don't pass it on. Asking again closes it and makes another."
			return out, nil
		},
	}
}

// ExportFolder is where copies are fetched, below the bot's pages.
const ExportFolder = "/copy/"

// exportMessage sends somebody their copy. Files that are too large for a message
// are named and left out.
func (f feature) exportMessage(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	p, err := people.Table.Get(tx, people.ID(i.Record))
	if err != nil || !p.Erased.IsZero() {
		return chat.Message{}, false, err
	}
	if i.State == outbox.Sent {
		return chat.Message{Text: "Here was your copy."}, true, nil
	}
	x, err := f.Gather(tx, p.ID, now)
	if err != nil {
		return chat.Message{}, false, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var b bytes.Buffer
	left, err := x.Write(ctx, &b, f.Vault, mostSent)
	if err != nil {
		return chat.Message{}, false, err
	}
	m := chat.Message{
		Text:  "**Your copy of what I hold about you.** It has everything to read, the same as data for programs, and your files.",
		Files: []chat.File{{Name: ExportName, Type: "application/zip", Alt: "A copy of what I hold about you", Data: b.Bytes()}},
		Note:  "Only you got this.",
	}
	if left > 0 {
		m.Text += fmt.Sprintf("\n\n%d of your files are too large for a message and are only named in it. You have them one by one with /evidence list.", left)
	}
	return m, true, nil
}

// Copy is everything that is held about a person, ready to be written.
type Copy struct {
	name   string
	made   time.Time
	tables []table
	files  []deeds.HeldFile
}

type table struct {
	What    string        `json:"what"`
	Purpose deeds.Purpose `json:"purpose"`
	Seen    string        `json:"seen_by"`
	Table   string        `json:"table"`
	Records []record      `json:"records"`
}

type record struct {
	ID    string   `json:"id"`
	Value any      `json:"record"`
	Files []string `json:"files,omitempty"` // in this copy
}

// Gather reads everything that is held about a person.
func (o Options) Gather(tx store.Tx, p people.ID, now time.Time) (Copy, error) {
	who, err := people.Table.Get(tx, p)
	if err != nil {
		return Copy{}, err
	}
	c := Copy{name: who.Name, made: now}
	all, err := (feature{o}).held(tx, p)
	if err != nil {
		return c, err
	}
	for _, h := range all {
		if len(h.records) == 0 {
			continue
		}
		t := table{What: h.What, Purpose: h.Purpose, Seen: h.Seen, Table: h.Table}
		for _, r := range h.records {
			x := record{ID: r.ID, Value: r.Value}
			for _, file := range r.Files {
				x.Files = append(x.Files, nameOf(file))
				c.files = append(c.files, file)
			}
			t.Records = append(t.Records, x)
		}
		c.tables = append(c.tables, t)
	}
	return c, nil
}

// nameOf gives the place of a file in the copy: the beginning of its hash keeps two
// of one name apart.
func nameOf(f deeds.HeldFile) string { return "files/" + f.Hash[:8] + "-" + f.Name }

// Write writes the copy as a zip, with as many bytes of files as most allows; zero
// is all. It gives how many files were left out: too large, or no longer there.
func (c Copy) Write(ctx context.Context, w io.Writer, v evidence.Vault, most int64) (left int, err error) {
	z := zip.NewWriter(w)
	data, err := json.MarshalIndent(map[string]any{"about": c.name, "made": c.made, "held": c.tables}, "", "  ")
	if err != nil {
		return 0, err
	}
	page, err := c.page()
	if err != nil {
		return 0, err
	}
	for _, f := range []struct {
		name string
		data []byte
	}{{"what-i-hold.html", page}, {"what-i-hold.json", data}} {
		to, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: c.made})
		if err == nil {
			_, err = to.Write(f.data)
		}
		if err != nil {
			return left, err
		}
	}
	seen := map[string]bool{}
	var written int64
	for _, f := range c.files {
		if seen[nameOf(f)] {
			continue
		}
		seen[nameOf(f)] = true
		n, err := copyFile(ctx, z, v, f, c.made, most-written, most > 0)
		if errors.Is(err, evidence.ErrNoContent) || errors.Is(err, evidence.ErrTooLarge) {
			left++
			continue
		}
		if err != nil {
			return left, err
		}
		written += n
	}
	return left, z.Close()
}

func copyFile(ctx context.Context, z *zip.Writer, v evidence.Vault, f deeds.HeldFile, made time.Time, room int64, limited bool) (int64, error) {
	if v == nil {
		return 0, evidence.ErrNoContent
	}
	from, err := v.Open(ctx, f.Hash)
	if err != nil {
		return 0, err
	}
	defer from.Close()
	source := io.Reader(from)
	if limited {
		data, err := io.ReadAll(io.LimitReader(from, room+1))
		if err != nil {
			return 0, err
		}
		if int64(len(data)) > room {
			return 0, evidence.ErrTooLarge
		}
		source = bytes.NewReader(data)
	}
	to, err := z.CreateHeader(&zip.FileHeader{Name: nameOf(f), Method: zip.Store, Modified: made})
	if err != nil {
		return 0, err
	}
	return io.Copy(to, source)
}
