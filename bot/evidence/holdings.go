package evidence

import (
	"slices"
	"time"

	"cohortbot/bot/deeds"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// holdings is what this package keeps about people.
func holdings() []deeds.Holding {
	return []deeds.Holding{
		deeds.Holds(Table, deeds.Records[ID, Item]{
			What: "what you keep as evidence, and what others keep of your words", Purpose: deeds.Attesting,
			Seen: "whoever keeps it, and an assessor once it is submitted",
			Of: func(tx store.Tx, p people.ID) ([]ID, error) {
				var ids []ID
				for _, index := range []string{"owner", "author"} {
					for row, err := range Table.By(tx, index, string(p)) {
						if err != nil {
							return nil, err
						}
						if !slices.Contains(ids, row.ID) {
							ids = append(ids, row.ID)
						}
					}
				}
				return ids, nil
			},
			Show: func(_ store.Tx, p people.ID, i Item) (any, error) {
				switch {
				case i.Owner != p: // their words are theirs; what somebody else makes of them is not
					return Item{ID: i.ID, At: i.At, Kind: i.Kind, Text: i.Text, Author: i.Author, Consent: i.Consent, Agreed: i.Agreed}, nil
				case i.Author != "" && i.Author != p:
					i.Text, i.Files, i.Named, i.Link = "", nil, "", ""
				}
				return i, nil
			},
			Files: func(i Item) []deeds.HeldFile {
				var files []deeds.HeldFile
				for _, f := range i.Files {
					if f.Hash != "" && (i.Author == "" || i.Author == i.Owner) {
						files = append(files, deeds.HeldFile{Name: f.SafeName(), Hash: f.Hash})
					}
				}
				return files
			},
			Erase: func(tx store.Tx, _ people.ID, _ ID, i Item, _ time.Time) error { return Delete(tx, i) },
		}),
		deeds.Holds(AimsTable, deeds.Records[people.ID, Aims]{
			What: "what you prepare for", Purpose: deeds.Attesting, Seen: "nobody but you",
			Mine: func(id people.ID, _ Aims, p people.ID) bool { return id == p },
		}),
		deeds.HoldsNothing(Contents, "how large the kept files are, under the hash of their bytes; whose they are stands with the evidence"),
		deeds.HoldsNothing(holds, "which record holds on to which file, by ids; both go with the evidence"),
	}
}
