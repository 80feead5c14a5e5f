package portfolios

import (
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
	all, err := AssessmentsOf(tx, p.ID)
	if err != nil {
		return nil, err
	}
	for _, x := range all {
		if x.Snapshot == p.Latest && !x.Decided.IsZero() {
			return nil, nil
		}
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
