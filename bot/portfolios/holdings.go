package portfolios

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"cohortbot/bot/deeds"
	"cohortbot/bot/evidence"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

// holdings is what this package keeps about people. Other people's copies hold
// words of somebody who is erased: they are taken out of them first, while the
// records still say whose they are.
func (f feature) holdings() []deeds.Holding {
	return []deeds.Holding{
		deeds.Holds(frozens, deeds.Records[string, frozen]{
			What: "what you submitted of your portfolios, and your words in what others submitted", Purpose: deeds.Attesting, Seen: "you and your assessor",
			Stays: "What somebody else submitted says where something of yours stood, without your words.",
			Of:    frozenOf,
			Show:  showFrozen,
			Erase: eraseFrozen,
		}),
		deeds.Holds(Texts, deeds.Records[string, Text]{
			What: "the texts of your portfolios", Purpose: deeds.Attesting, Seen: "you, and your assessor once they are submitted",
			Of: func(tx store.Tx, p people.ID) ([]string, error) {
				return ofOwn(tx, p, func(x Portfolio, part programmes.Part) ([]string, error) {
					there, err := Texts.Has(tx, textID(x.ID, part.ID))
					if !there {
						return nil, err
					}
					return []string{textID(x.ID, part.ID)}, err
				})
			},
		}),
		deeds.Holds(Versions, deeds.Records[string, Version]{
			What: "how those texts read before", Purpose: deeds.Attesting, Seen: "nobody but you",
			Of: func(tx store.Tx, p people.ID) ([]string, error) {
				return ofOwn(tx, p, func(x Portfolio, part programmes.Part) ([]string, error) {
					before, err := VersionsOf(tx, x.ID, part.ID)
					var ids []string
					for _, v := range before {
						ids = append(ids, versionID(v))
					}
					return ids, err
				})
			},
		}),
		deeds.Holds(Snapshots, deeds.Records[SnapshotID, Snapshot]{
			What: "when you submitted what", Purpose: deeds.Attesting, Seen: "you, your assessor, and the facilitators, who see nothing of what is in it",
			Mine:  func(_ SnapshotID, s Snapshot, p people.ID) bool { return s.Owner == p },
			Erase: func(tx store.Tx, _ people.ID, _ SnapshotID, s Snapshot, _ time.Time) error { return s.remove(tx) },
		}),
		deeds.Holds(Assessments, deeds.Records[AssessmentID, Assessment]{
			What: "what was judged of your portfolios, and what you judged of others'", Purpose: deeds.Attesting, Seen: "the owner, the assessor and, as a result, the facilitators",
			Stays: "What you decided as an assessor stays with the portfolio that it is about, with what you wrote to its owner, since it counts for them. Your name is taken off it.",
			Of:    assessmentsAbout,
			Erase: deeds.Stay[AssessmentID, Assessment],
		}),
		deeds.Holds(Appointments, deeds.Records[AppointmentID, Appointment]{
			What: "which portfolios you assess or assessed, or had assessed", Purpose: deeds.Attesting, Seen: "the owner, the assessor and the facilitators",
			Stays: "That somebody assessed a portfolio stays, without your name.",
			Mine:  func(_ AppointmentID, a Appointment, p people.ID) bool { return a.Person == p || a.By == p },
			Erase: f.eraseAppointment,
		}),
		deeds.Holds(Steps, deeds.Records[string, Step]{
			What: "what you did about portfolios, yours and others'", Purpose: deeds.Attesting, Seen: "the owner and the facilitators",
			Stays: "What happened to somebody else's portfolio stays, without your name.",
			Mine:  func(_ string, s Step, p people.ID) bool { return s.By == p },
			Erase: func(tx store.Tx, _ people.ID, id string, s Step, _ time.Time) error {
				s.Name = people.Someone
				return Steps.Put(tx, id, s)
			},
		}),
		deeds.Holds(Scholarships, deeds.Records[ID, Scholarship]{
			What: "that you asked for a scholarship, or answered somebody who did", Purpose: deeds.Attesting, Seen: "you and the facilitators",
			Stays: "Scholarships that you answered stay, since they count for others. They no longer lead to you.",
			Mine:  func(_ ID, s Scholarship, p people.ID) bool { return s.Person == p || s.By == p },
			Erase: func(tx store.Tx, p people.ID, id ID, s Scholarship, _ time.Time) error {
				if s.Person != p {
					return nil
				}
				return Scholarships.Delete(tx, id)
			},
		}),
		deeds.Holds(Table, deeds.Records[ID, Portfolio]{
			What: "your portfolios", Purpose: deeds.Attesting, Seen: "you; the facilitators see how far they have come, and nothing of what is in them",
			Index: "owner",
			Erase: func(tx store.Tx, _ people.ID, _ ID, p Portfolio, now time.Time) error { return remove(tx, p, now) },
		}),
	}
}

// ofOwn gathers ids over the parts of somebody's portfolios.
func ofOwn(tx store.Tx, p people.ID, ids func(Portfolio, programmes.Part) ([]string, error)) ([]string, error) {
	own, err := Of(tx, p)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, x := range own {
		for _, part := range x.Asks.Parts {
			some, err := ids(x, part)
			if err != nil {
				return nil, err
			}
			all = append(all, some...)
		}
	}
	return all, nil
}

// frozenOf gives the pieces of copies that are somebody's: all of their own
// copies, and of others' what they wrote.
func frozenOf(tx store.Tx, p people.ID) ([]string, error) {
	var ids []string
	for row, err := range Snapshots.All(tx) {
		if err != nil {
			return nil, err
		}
		for n, piece := range row.Value.Pieces {
			if piece.Kind == OfFile {
				continue
			}
			id := frozenID(row.ID, n)
			if row.Value.Owner != p {
				f, err := frozens.Get(tx, id)
				if errors.Is(err, store.ErrNotFound) {
					continue
				}
				if err != nil {
					return nil, err
				}
				if writer, err := writerOf(piece.Kind, f.Data); err != nil || writer != p {
					continue // what cannot be read was changed behind our back, and says so elsewhere
				}
			}
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// writerOf gives whose words a piece of a copy holds, where they are not its
// owner's.
func writerOf(k PieceKind, data []byte) (people.ID, error) {
	switch k {
	case OfAttestation:
		var a Attested
		err := json.Unmarshal(data, &a)
		return a.Attestation.Writer, err
	case OfItem:
		var i evidence.Item
		err := json.Unmarshal(data, &i)
		return i.Author, err
	}
	return "", nil
}

// showFrozen shows a piece as what it is. Others' words in one's own copy are
// shown where they are about oneself, and not where they are kept as evidence.
func showFrozen(_ store.Tx, p people.ID, f frozen) (any, error) {
	var a Attested
	if err := json.Unmarshal(f.Data, &a); err == nil && a.Attestation.ID != "" {
		return a, nil
	}
	var i evidence.Item
	if err := json.Unmarshal(f.Data, &i); err == nil && i.ID != "" {
		if i.Author != "" && i.Author != p {
			i.Text, i.Files, i.Named, i.Link = "", nil, "", ""
		}
		return i, nil
	}
	return string(f.Data), nil
}

// eraseFrozen leaves the place of a piece empty, and lets go of the files of a piece
// of evidence whose author is erased.
func eraseFrozen(tx store.Tx, p people.ID, id string, f frozen, _ time.Time) error {
	if err := frozens.Put(tx, id, frozen{Erased: true}); err != nil {
		return err
	}
	snapshot := SnapshotID(id[:strings.LastIndexByte(id, '/')])
	s, err := Snapshots.Get(tx, snapshot)
	if err != nil || s.Owner == p { // their own goes as a whole
		return err
	}
	var i evidence.Item
	if err := json.Unmarshal(f.Data, &i); err != nil {
		return nil //nolint:nilerr // it is an attestation, or nothing that can be read: it has no files
	}
	for _, file := range i.Files {
		elsewhere := func(x Piece) bool { return x.Kind == OfFile && x.Hash == file.Hash && x.ID != string(i.ID) }
		if file.Hash == "" || slices.ContainsFunc(s.Pieces, elsewhere) {
			continue
		}
		if err := evidence.LetGo(tx, file.Hash, snapshot.Holder()); err != nil {
			return err
		}
	}
	return nil
}

// assessmentsAbout gives what was judged of somebody's portfolios, and what they
// judged of others'.
func assessmentsAbout(tx store.Tx, p people.ID) ([]AssessmentID, error) {
	var ids []AssessmentID
	for row, err := range Assessments.All(tx) {
		if err != nil {
			return nil, err
		}
		a, err := Appointments.Get(tx, row.Value.Appointment)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		x, _, err := Get(tx, row.Value.Portfolio)
		if err != nil {
			return nil, err
		}
		if a.Person == p && a.ID != "" || x.Owner == p {
			ids = append(ids, row.ID)
		}
	}
	return ids, nil
}

// eraseAppointment takes an assessor's name off, and has whoever appointed them
// look for another where they had not decided yet.
func (f feature) eraseAppointment(tx store.Tx, p people.ID, id AppointmentID, a Appointment, now time.Time) error {
	if a.Person != p {
		return nil
	}
	open := a.Ended.IsZero()
	for row, err := range Steps.By(tx, "portfolio", string(a.Portfolio)) {
		if err != nil {
			return err
		}
		if s := row.Value; s.Name == a.Name {
			s.Name = people.Someone
			if err := Steps.Put(tx, row.ID, s); err != nil {
				return err
			}
		}
	}
	a.Name, a.Conflict = people.Someone, ""
	all, err := AssessmentsOf(tx, a.Portfolio)
	if err != nil {
		return err
	}
	for _, x := range all {
		if x.Appointment != id {
			continue
		}
		x.Name = people.Someone
		if err := Assessments.Put(tx, x.ID, x); err != nil {
			return err
		}
	}
	if !open {
		return errors.Join(Appointments.Put(tx, id, a), outbox.Touch(tx, conflictKind, string(id)))
	}
	if err := a.end(tx, now); err != nil {
		return err
	}
	portfolio, there, err := Get(tx, a.Portfolio)
	if err != nil || !there || !portfolio.Met.IsZero() || portfolio.Owner == p {
		return err
	}
	return f.sayConflict(tx, a, now)
}
