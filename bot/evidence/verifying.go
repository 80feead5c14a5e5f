package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"cohortbot/bot/store"
)

// Kept gives what is known of all bytes that records hold on to, in the order of
// their hashes. What nobody holds any more is left out: it may be gone already.
func Kept(tx store.Tx) ([]Content, error) {
	var all []Content
	for row, err := range Contents.All(tx) {
		if err != nil {
			return nil, err
		}
		if !row.Value.Unheld {
			all = append(all, row.Value)
		}
	}
	return all, nil
}

// FileFault is bytes that a record names and that are not in the vault as they were
// kept.
type FileFault struct {
	Hash string
	Said string
}

// Verify holds the records against the bytes: that whatever is held is there, whole,
// and that what items and other holders name is known. It gives the number of files.
func Verify(ctx context.Context, tx store.Tx, v Vault) (files int, faults []FileFault, err error) {
	kept, err := Kept(tx)
	if err != nil {
		return 0, nil, err
	}
	for _, c := range kept {
		said, err := look(ctx, v, c)
		if err != nil {
			return len(kept), faults, err
		}
		if said != "" {
			faults = append(faults, FileFault{c.Hash, said})
		}
	}
	named := map[string]string{}
	for row, err := range holds.All(tx) {
		if err != nil {
			return len(kept), faults, err
		}
		named[row.Value.Hash] = row.Value.Holder
	}
	for row, err := range Table.All(tx) {
		if err != nil {
			return len(kept), faults, err
		}
		for _, f := range row.Value.Files {
			if f.Copy == Here {
				named[f.Hash] = holder(row.ID)
			}
		}
	}
	for _, c := range kept {
		delete(named, c.Hash)
	}
	for hash, by := range named {
		faults = append(faults, FileFault{hash, fmt.Sprintf("%s has it, and nothing is known of it", by)})
	}
	return len(kept), faults, nil
}

// look says what is wrong with the bytes of a content; nothing where they are whole.
func look(ctx context.Context, v Vault, c Content) (string, error) {
	r, err := v.Open(ctx, c.Hash)
	if errors.Is(err, ErrNoContent) {
		return "it is not there", nil
	}
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	n, err := io.Copy(sum, r)
	switch err = errors.Join(err, r.Close()); {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
		return "it cannot be read: " + err.Error(), nil
	case hex.EncodeToString(sum.Sum(nil)) != c.Hash:
		return "its bytes are not those that were kept", nil
	case n != c.Size:
		return fmt.Sprintf("it has %d bytes, and its record says %d", n, c.Size), nil
	}
	return "", nil
}
