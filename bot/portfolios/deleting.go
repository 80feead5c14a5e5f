package portfolios

import (
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/deeds"
	"cohortbot/bot/store"
)

// deleteDeed takes a portfolio away for good.
func (f feature) deleteDeed() deeds.Deed {
	return deeds.Deed{
		Command: chat.Command{Path: "portfolio delete", Summary: "Delete a portfolio, with everything that was submitted of it", Role: chat.Anyone},
		Run: f.owned("portfolio delete", func(tx store.Tx, c deeds.Call, p Portfolio) (chat.Outcome, error) {
			if !c.Sure {
				return deeds.ConfirmAbout(string(p.ID), "This deletes **"+chat.Plain(p.Asks.Title)+"** for good: its texts and their versions, every copy that was submitted, and what an assessor said. Your evidence, your hours, a certificate and what others said of you stay yours. It can't be undone.", "Delete it for good"), nil
			}
			return chat.Say("Deleted. Nothing of it is left here; copies that somebody saved can't be called back."), remove(tx, p, c.Now)
		}),
	}
}

// remove takes a portfolio away with all that hangs on it.
func remove(tx store.Tx, p Portfolio, now time.Time) error {
	for _, part := range p.Asks.Parts {
		if err := Texts.Delete(tx, textID(p.ID, part.ID)); err != nil {
			return err
		}
		before, err := VersionsOf(tx, p.ID, part.ID)
		if err != nil {
			return err
		}
		for _, v := range before {
			if err := Versions.Delete(tx, versionID(v)); err != nil {
				return err
			}
		}
	}
	copies, err := SnapshotsOf(tx, p.ID)
	if err != nil {
		return err
	}
	for _, s := range copies {
		if err := s.remove(tx); err != nil {
			return err
		}
	}
	judged, err := AssessmentsOf(tx, p.ID)
	if err != nil {
		return err
	}
	for _, a := range judged {
		if err := Assessments.Delete(tx, a.ID); err != nil {
			return err
		}
	}
	for row, err := range Appointments.By(tx, "portfolio", string(p.ID)) {
		if err == nil {
			err = row.Value.end(tx, now)
		}
		if err == nil {
			err = Appointments.Delete(tx, row.ID)
		}
		if err != nil {
			return err
		}
	}
	for row, err := range Steps.By(tx, "portfolio", string(p.ID)) {
		if err == nil {
			err = Steps.Delete(tx, row.ID)
		}
		if err != nil {
			return err
		}
	}
	if _, err := stopWriting(tx, p.ID, now); err != nil {
		return err
	}
	if err := endDownloads(tx, p, copies, now); err != nil {
		return err
	}
	if err := Scholarships.Delete(tx, p.ID); err != nil {
		return err
	}
	return Table.Delete(tx, p.ID)
}
