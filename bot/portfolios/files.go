package portfolios

import (
	"slices"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/evidence"
	"cohortbot/bot/links"
	"cohortbot/bot/store"
)

// FilesFor gives the files that somebody can open who came by a link to assess: those
// of the newest copy, in their order, from when they have said that there is no
// conflict of interest until they have decided. Others get none.
func FilesFor(tx store.Tx, l links.Link) ([]evidence.File, error) {
	if l.Command != assessPath {
		return nil, nil
	}
	a, ok, err := appointment(tx, l.Record)
	if err != nil || !ok || a.Link != l.ID || !a.Reads() {
		return nil, err
	}
	p, ok, err := Get(tx, a.Portfolio)
	if err != nil || !ok || p.Latest == "" {
		return nil, err
	}
	if over, err := judged(tx, p, a.ID); err != nil || over {
		return nil, err
	}
	s, err := Snapshots.Get(tx, p.Latest)
	if err != nil {
		return nil, err
	}
	contents, err := Read(tx, s)
	if err != nil {
		return nil, err
	}
	held := map[string]bool{} // what the copy itself says it holds
	for _, piece := range s.Pieces {
		if piece.Kind == OfFile {
			held[piece.Hash] = true
		}
	}
	var files []evidence.File
	for _, i := range contents.Items {
		for _, f := range i.Files {
			if held[f.Hash] && f.Copy == evidence.Here {
				files = append(files, f)
			}
		}
	}
	return files, nil
}

// judged tells whether an assessor has decided on the newest copy of a portfolio: then
// it is closed to them.
func judged(tx store.Tx, p Portfolio, by AppointmentID) (bool, error) {
	all, err := AssessmentsOf(tx, p.ID)
	return slices.ContainsFunc(all, func(x Assessment) bool {
		return x.Snapshot == p.Latest && x.Appointment == by && !x.Decided.IsZero()
	}), err
}

const (
	filesPath = "portfolio files"
	filesTime = 24 * time.Hour // how long the link of an assessor who is here is open
)

// filesDeed gives an assessor who is in a workspace the page on which the files of the
// copy can be opened. One who is outside is on it already.
func (f feature) filesDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: filesPath, Summary: "Open the files of a portfolio that you are asked to assess", Role: chat.Anyone},
		Run: func(tx store.Tx, c deeds.Call) (chat.Outcome, error) {
			a, _, s, _, err := copyMeant(tx, c, filesPath)
			if err != nil {
				return chat.Outcome{}, err
			}
			if !s.hasFiles() {
				return chat.Say("There are no files in this copy."), nil
			}
			if f.Pages == "" { // then they come in private, with all of the copy
				return f.pack(tx, c, assessorArchive+string(a.ID)+"/"+string(s.ID))
			}
			l, err := anew(tx, assessPath, string(a.ID), filesTime, c.Now)
			if err != nil {
				return chat.Outcome{}, err
			}
			a.Link = l.ID
			out := chat.Say("Here is a page with the copy and its files. Each opens by downloading it:\n\n<" + f.Pages + l.Path() + ">")
			out.Reply.Note = "It is for you alone, until this time tomorrow or until you have decided. Asking again ends it and gives you another."
			return out, Appointments.Put(tx, a.ID, a)
		},
	}
}

// hasFiles tells whether files were submitted.
func (s Snapshot) hasFiles() bool {
	return slices.ContainsFunc(s.Pieces, func(p Piece) bool { return p.Kind == OfFile })
}
