package portfolios

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/links"
	"cohortbot/bot/outbox"
	"cohortbot/bot/portfolios/bundle"
	"cohortbot/bot/store"
)

const (
	exportPath   = "portfolio export"
	takePath     = "portfolio take"     // the same for an assessor
	downloadPath = "portfolio download" // the page for what is too large for a message

	exportKind = "portfolio export"

	// mostInChat is how many bytes of files go into a message. Platforms take 10 MB at
	// least, and the pages beside the files need some of that.
	mostInChat   = 6_000_000
	downloadTime = 7 * 24 * time.Hour
	asItIs       = "now"
)

// exportDeed packs a portfolio for its owner, as it is now or as it was submitted.
func (f feature) exportDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: exportPath, Summary: "Your portfolio as one zip, to keep or to hand on", Role: chat.Anyone, Fields: []chat.Field{
			{Name: "copy", Label: "Which copy", Kind: chat.Text, Hint: "now, or the number of one that you submitted", Example: "now"},
		}},
		Ask: func(tx store.Tx, c deeds.Call) (*chat.Form, error) {
			c.Path = exportPath
			p, err := f.own(tx, c)
			if err != nil || c.Given.Has("copy") || c.Choice != "" || p.Snapshots == 0 {
				return nil, err
			}
			return exportForm(tx, p, c)
		},
		Run: f.owned(exportPath, func(tx store.Tx, c deeds.Call, p Portfolio) (chat.Outcome, error) {
			archive, err := copyNamed(tx, p, cmp.Or(c.Given.Text("copy"), c.Choice))
			if err != nil {
				return chat.Outcome{}, err
			}
			return f.pack(tx, c, archive)
		}),
	}
}

func exportForm(tx store.Tx, p Portfolio, c deeds.Call) (*chat.Form, error) {
	copies, err := SnapshotsOf(tx, p.ID)
	if err != nil {
		return nil, err
	}
	judged, err := AssessmentsOf(tx, p.ID)
	if err != nil {
		return nil, err
	}
	field := chat.Field{Name: "copy", Label: "Which copy", Kind: chat.Choice, Required: true}
	for _, s := range slices.Backward(copies) {
		label := fmt.Sprintf("Copy %d, submitted on %s", s.Number, plainDay(s.At, c))
		for _, a := range judged {
			if a.Snapshot == s.ID && !a.Decided.IsZero() {
				label = fmt.Sprintf("Copy %d, with its result: %s", s.Number, a.Result)
			}
		}
		if len(field.Options) < 24 {
			field.Options = append(field.Options, chat.Option{Value: strconv.Itoa(s.Number), Label: label})
		}
	}
	field.Options = append(field.Options, chat.Option{Value: asItIs, Label: "The portfolio as it is now"})
	return &chat.Form{
		Title: "One zip of it", Submit: "Pack it", Record: string(p.ID), Fields: []chat.Field{field},
		Filled: chat.Answers{"copy": chat.Given(field.Options[0].Value)},
		Note:   "It comes to you alone. A result goes along with the feedback. Words of others that they kept for the assessor do not.",
	}, nil
}

// copyNamed gives the name of what to pack.
func copyNamed(tx store.Tx, p Portfolio, said string) (string, error) {
	said = strings.ToLower(strings.TrimSpace(said))
	if said == asItIs || said == "" && p.Latest == "" {
		return draftArchive + string(p.ID), nil
	}
	copies, err := SnapshotsOf(tx, p.ID)
	if err != nil {
		return "", err
	}
	for _, s := range copies {
		if strconv.Itoa(s.Number) == strings.TrimSpace(strings.TrimPrefix(said, "copy")) || said == "" && s.ID == p.Latest {
			return copyArchive + string(s.ID), nil
		}
	}
	if len(copies) == 0 {
		return "", deeds.RefuseField("copy", "You have submitted no copy of it yet. Say now to get it as it is.")
	}
	return "", deeds.RefuseField("copy", "There is no copy “%s”. Say now, or a number from 1 to %d.", chat.Plain(said), len(copies))
}

// pack hands out a zip: in a message that goes out when this deed is done, or where
// it is too large for one, on a page.
func (f feature) pack(tx store.Tx, c deeds.Call, archive string) (chat.Outcome, error) {
	a, ok, err := named(tx, archive)
	if err != nil || !ok {
		return chat.Outcome{}, cmp.Or(err, error(deeds.Refuse(deeds.NotFound, "There is no such copy any more.")))
	}
	weight, err := a.weight(tx)
	if err != nil {
		return chat.Outcome{}, err
	}
	what, _ := a.called()
	if weight <= mostInChat {
		return chat.Say(fmt.Sprintf("I am packing **%s**, %s. In a moment the zip is in our direct messages.", chat.Plain(a.portfolio.Asks.Title), what)),
			send(tx, c, archive, c.ID)
	}
	if f.Pages == "" {
		return f.packApart(tx, c, a, archive)
	}
	l, err := anew(tx, downloadPath, archive, downloadTime, c.Now)
	if err != nil {
		return chat.Outcome{}, err
	}
	out := chat.Say(fmt.Sprintf("The files of **%s**, %s, have %s together: more than fits in a message. You can download it here, for a week:\n\n%s", chat.Plain(a.portfolio.Asks.Title), what, size(weight), f.Pages+l.Path()))
	out.Reply.Note = "The address is for you alone. Whoever has it can read all of it; asking for another ends this one."
	return out, nil
}

// packApart hands out a zip that is too large for a message in several: without its
// heaviest files, and each of those by itself.
func (f feature) packApart(tx store.Tx, c deeds.Call, a archived, archive string) (chat.Outcome, error) {
	b, ok, err := Pack(tx, f.Library, lightArchive+archive, c.Now)
	if err != nil || !ok {
		return chat.Outcome{}, cmp.Or(err, error(deeds.Refuse(deeds.NotFound, "There is no such copy any more.")))
	}
	if err := send(tx, c, lightArchive+archive, c.ID); err != nil {
		return chat.Outcome{}, err
	}
	var names []string
	for _, file := range b.Ready().Beside() {
		names = append(names, "- "+chat.Plain(file.Alone())+", "+size(file.Size)+inPieces(file))
		for n := range file.Pieces() {
			occasion := fmt.Sprintf("%s/%d", file.Hash, n+1)
			if err := send(tx, c, pieceArchive+occasion+"/"+archive, c.ID+"/"+occasion); err != nil {
				return chat.Outcome{}, err
			}
		}
	}
	what, _ := a.called()
	return chat.Say(fmt.Sprintf("**%s**, %s, is too large for one message. In a moment there are several in our direct messages: the zip, and by themselves the files that are too heavy for it:\n\n%s\n\nPut those into the folder “files” of the unpacked zip, and everything opens from there.",
		chat.Plain(a.portfolio.Asks.Title), what, strings.Join(names, "\n"))), nil
}

func inPieces(f bundle.File) string {
	if n := f.Pieces(); n > 1 {
		return fmt.Sprintf(", in %d pieces", n)
	}
	return ""
}

// send has something packed sent to whoever asks for it.
func send(tx store.Tx, c deeds.Call, archive, occasion string) error {
	return outbox.Say(tx, outbox.Item{
		Key: exportKind + "/" + occasion, Kind: exportKind, Record: archive, Person: string(c.Person.ID), Place: c.Person.Direct(c.Profile.User.Workspace),
		Until: c.Now.Add(24 * time.Hour), Silent: true,
	}, c.Now)
}

// renderPiece is the message that a file comes with which is too heavy for the zip.
func (f feature) renderPiece(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	file, n, ok, err := PieceOf(tx, f.Library, i.Record, now)
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	text := fmt.Sprintf("**%s** belongs to that zip, and is too heavy to be in it. Put it into the folder “files” that you unpacked.", chat.Plain(file.Alone()))
	if k := file.Pieces(); k > 1 {
		text = fmt.Sprintf("**%s** belongs to that zip, and is too heavy even for one message. This is piece %d of %d; README.txt in the zip says how to join them.", chat.Plain(file.Alone()), n, k)
	}
	return chat.Message{
		Text: text, Note: "To have it checked as well, lay it beside the zip before it is verified.",
		Document: &chat.Document{
			Name: "a-file-of-a-portfolio", Title: file.Alone(), Archive: i.Record,
			Text: "The file could not be sent just now. Nothing of it is lost: ask for the zip again in a while, with /portfolio export. If this page comes again, tell whoever looks after the bot; the reason stands in its log.",
		},
	}, true, nil
}

// renderExport is the message that the zip comes with.
func (f feature) renderExport(tx store.Tx, i outbox.Item, now time.Time) (chat.Message, bool, error) {
	if IsPiece(i.Record) {
		return f.renderPiece(tx, i, now)
	}
	a, ok, err := named(tx, strings.TrimPrefix(i.Record, lightArchive))
	if err != nil || !ok {
		return chat.Message{}, false, err
	}
	what, file := a.called()
	m := chat.Message{
		Text: fmt.Sprintf("Here is **%s**, %s, in one zip. Unpack it and open portfolio.html: it needs no network and no account.", chat.Plain(a.portfolio.Asks.Title), what),
		Note: "Whoever you give it to can read all of it.",
		Document: &chat.Document{
			Name: file, Title: a.portfolio.Asks.Title, Archive: i.Record,
			Text: "The zip could not be packed just now. Nothing of it is lost: ask for it again in a while, with /portfolio export. If this page comes again, tell whoever looks after the bot; the reason stands in its log.",
		},
	}
	if a.appointment != "" {
		m.Text = fmt.Sprintf("Here is the portfolio of **%s**, %s, in one zip. Unpack it and open portfolio.html: it needs no network.", chat.Plain(a.snapshot.Name), what)
		m.Note = forAssessors
	}
	if strings.HasPrefix(i.Record, lightArchive) {
		m.Text += " Its heaviest files come after it, each by itself; README.txt names them."
	}
	return m, true, nil
}

const forAssessors = "For you alone. When you have decided I take it away here, and you delete what you saved of it. Words that are for your eyes only stand on the page that you read, and not in the zip."

// takeDeed packs the copy that somebody assesses.
func (f feature) takeDeed() deeds.Deed {
	return deeds.Deed{
		Via:     assessPath,
		Command: chat.Command{Path: takePath, Summary: "The copy that you assess as one zip, with its files", Role: chat.Guest, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			a, _, s, _, err := copyMeant(tx, c, takePath)
			if err != nil {
				return chat.Outcome{}, err
			}
			archive := assessorArchive + string(a.ID) + "/" + string(s.ID)
			if !onPage(c) {
				return f.pack(tx, c, archive)
			}
			return chat.Answering(chat.Message{
				Text: fmt.Sprintf("**The portfolio of %s**\n\nCopy %d, in one zip.", chat.Plain(s.Name), s.Number), Note: forAssessors,
				Document: &chat.Document{Name: fmt.Sprintf("portfolio-copy-%d", s.Number), Title: "To download", Archive: archive, Text: inZip},
			}), nil
		},
	}
}

const inZip = "Unpack it and open portfolio.html in a browser. In it are the pages to read and to print, every file that was handed in, and the hashes by which anybody can check that nothing was changed."

// downloadDeed is the page of what is too large for a message.
func (f feature) downloadDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: downloadPath, Summary: "A zip that is too large for a message", Role: chat.Guest, Hidden: true},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			a, ok, err := named(tx, c.Record)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !ok || !onPage(c) {
				return chat.Say("**There is nothing here any more**\n\nThe copy that this address was for has been deleted."), nil
			}
			what, file := a.called()
			return chat.Answering(chat.Message{
				Text: "**" + chat.Plain(a.portfolio.Asks.Title) + "**\n\nIt is packed " + what + ".", Note: "Whoever has this address can download it. It is open for a week.",
				Document: &chat.Document{Name: file, Title: "To download", Archive: c.Record, Text: inZip},
			}), nil
		},
	}
}

// closeCopy takes away what an assessor was sent of a copy that is closed to them now.
func closeCopy(tx store.Tx, a AppointmentID, id SnapshotID) error {
	s, ok, err := Snapshots.Find(tx, id)
	if err != nil || !ok { // nothing was submitted yet, or it went when the snapshot did
		return err
	}
	return s.close(tx, a)
}

// close takes away what an assessor was sent of a snapshot.
func (s Snapshot) close(tx store.Tx, a AppointmentID) error {
	archive := assessorArchive + string(a) + "/" + string(s.ID)
	records := []string{archive, lightArchive + archive}
	for _, piece := range s.Pieces {
		if piece.Kind == OfFile {
			for n := range (bundle.File{Size: piece.Size}).Pieces() {
				records = append(records, fmt.Sprintf("%s%s/%d/%s", pieceArchive, piece.Hash, n+1, archive))
			}
		}
	}
	for _, record := range records {
		if err := outbox.Touch(tx, exportKind, record); err != nil {
			return err
		}
	}
	return nil
}

// endDownloads closes the pages of what is deleted.
func endDownloads(tx store.Tx, p Portfolio, copies []Snapshot, now time.Time) error {
	archives := []string{draftArchive + string(p.ID)}
	for _, s := range copies {
		archives = append(archives, copyArchive+string(s.ID))
	}
	for _, archive := range archives {
		open, err := links.To(tx, downloadPath, archive, now)
		if err != nil {
			return err
		}
		for _, l := range open {
			if err := links.End(tx, l.ID, now); err != nil {
				return err
			}
		}
	}
	return nil
}
