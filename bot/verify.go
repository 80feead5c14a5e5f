package bot

import (
	"context"
	"errors"
	"fmt"
	"path"

	"cohortbot/bot/attestations"
	"cohortbot/bot/evidence"
	"cohortbot/bot/store"
)

// Fault is one thing that is wrong with what is kept: where, what, and what to do.
// It holds ids and hashes, nothing that people wrote.
type Fault struct{ Place, Said, Remedy string }

// Sound is what was looked at.
type Sound struct {
	Records int
	Files   int
	Chain   int // entries of the chain of attestations
}

// Tables gives every table that a bot keeps.
func Tables() ([]store.Prepared, error) {
	_, all, err := assemble(Options{})
	return all.Tables, err
}

// StillFiles has the files of evidence stay as they are until release is called; see
// [evidence.Copier.Still].
func (b *Bot) StillFiles() (release func()) { return b.copier.Still() }

// Verify goes over everything that a bot keeps: every record and index of its
// tables and of more, every file of evidence (where files is not nil), and the chain
// of attestations. Nothing is changed. The store should be one that nobody writes.
func Verify(ctx context.Context, s store.Store, files evidence.Vault, more ...store.Prepared) (sound Sound, faults []Fault, err error) {
	tables, err := Tables()
	if err != nil {
		return sound, nil, err
	}
	err = s.View(ctx, func(tx store.Tx) error {
		records, found, err := store.Verify(ctx, tx, append(tables, more...)...)
		if err != nil {
			return err
		}
		sound.Records = records
		for _, f := range found {
			faults = append(faults, recordFault(f))
		}
		if len(found) > 0 { // what reads records would only stumble over the same ones
			return nil
		}
		if files != nil {
			n, lost, err := evidence.Verify(ctx, tx, files)
			if err != nil {
				return err
			}
			sound.Files = n
			for _, f := range lost {
				faults = append(faults, Fault{
					"file " + f.Hash, f.Said,
					fmt.Sprintf("take files/%s out of a backup that has it; no other copy of it is kept", path.Join(f.Hash[:min(2, len(f.Hash))], f.Hash)),
				})
			}
		}
		broken, err := attestations.Verify(tx)
		if err != nil {
			return err
		}
		for _, f := range broken {
			faults = append(faults, Fault{
				fmt.Sprintf("attestation %q, entry %d of the chain", f.About, f.Entry), f.Err.Error(),
				"something other than cohortbot changed it: compare it with a backup that passes, and ask who had access",
			})
		}
		sound.Chain, err = attestations.Entered(tx)
		return err
	})
	return sound, faults, err
}

func recordFault(f store.Fault) Fault {
	place := "table " + f.Table
	if f.ID != "" {
		place += fmt.Sprintf(", record %q", f.ID)
	}
	remedy := "restore the latest backup that passes cohortbot verify"
	if errors.Is(f.Err, store.ErrNewer) {
		remedy = "run the newer version of cohortbot that wrote it; nothing was changed"
	}
	return Fault{place, f.Err.Error(), remedy}
}
