package evidence

import (
	"context"
	"errors"
	"io"
	"iter"

	"cohortbot/bot/store"
)

// Vault keeps the bytes of files by what they hold: the same bytes once, however
// often they are kept. All methods may be called at once from several goroutines.
type Vault interface {
	// Keep copies at most so many bytes of r, durably. Errors: ErrTooLarge for a file
	// that has more.
	Keep(ctx context.Context, r io.Reader, most int64) (Content, error)
	// Open gives the bytes kept under a hash. Errors: ErrNoContent.
	Open(ctx context.Context, hash string) (io.ReadCloser, error)
	// Remove takes what is kept under a hash away for good. What is not there is no
	// error.
	Remove(ctx context.Context, hash string) error
	// All gives the hash of everything that is kept.
	All(ctx context.Context) iter.Seq2[string, error]
}

// Errors of a [Vault], and of [Hold].
var (
	ErrTooLarge  = errors.New("the file is larger than what is kept")
	ErrNoContent = errors.New("nothing is kept under this hash")
)

// Content is the bytes of a file, kept once for all who hold on to them.
type Content struct {
	Hash   string `json:"hash"` // SHA-256, in lower-case hexadecimal
	Size   int64  `json:"size"`
	Looks  string `json:"looks"`            // the media type that the bytes look like
	Unheld bool   `json:"unheld,omitempty"` // nobody holds on to it: to be removed
}

// held is one reason for keeping a content: an item of evidence, or something
// that was submitted and must stay as it was.
type held struct {
	Hash   string `json:"hash"`
	Holder string `json:"holder"`
}

// Contents keeps what is known of the bytes that are kept, by hash.
var Contents = store.NewTable[string, Content]("evidence contents", 1,
	store.Index[Content]{Name: "unheld", Keys: func(c Content) [][]byte {
		if !c.Unheld {
			return nil
		}
		return [][]byte{store.Key(c.Hash)}
	}})

// holds keeps who holds on to what, by holdID.
var holds = store.NewTable[string, held]("evidence holds", 1,
	store.Index[held]{Name: "hash", Keys: func(h held) [][]byte { return [][]byte{store.Key(h.Hash)} }},
	store.Index[held]{Name: "holder", Keys: func(h held) [][]byte { return [][]byte{store.Key(h.Holder)} }})

func holdID(hash, holder string) string { return hash + "/" + holder }

// Hold keeps bytes for as long as the holder wants them, whatever becomes of the
// evidence that they were kept with: a submitted portfolio stays as it was. The
// holder is a name of the caller's, such as "snapshot/<id>". Errors: ErrNoContent.
func Hold(tx store.Tx, hash, holder string) error {
	c, err := Contents.Get(tx, hash)
	if errors.Is(err, store.ErrNotFound) {
		return ErrNoContent
	}
	if err != nil {
		return err
	}
	if c.Unheld {
		c.Unheld = false
		if err := Contents.Put(tx, hash, c); err != nil {
			return err
		}
	}
	return holds.Put(tx, holdID(hash, holder), held{Hash: hash, Holder: holder})
}

// Release lets go of all that a holder held. Bytes that nobody holds any more are
// removed soon.
func Release(tx store.Tx, holder string) error {
	for row, err := range holds.By(tx, "holder", holder) {
		if err != nil {
			return err
		}
		if row.Value.Holder != holder {
			continue
		}
		if err := release(tx, row.Value); err != nil {
			return err
		}
	}
	return nil
}

// LetGo lets go of one content that a holder held.
func LetGo(tx store.Tx, hash, holder string) error {
	there, err := holds.Has(tx, holdID(hash, holder))
	if err != nil || !there {
		return err
	}
	return release(tx, held{Hash: hash, Holder: holder})
}

func release(tx store.Tx, h held) error {
	if err := holds.Delete(tx, holdID(h.Hash, h.Holder)); err != nil {
		return err
	}
	free, err := unheld(tx, h.Hash)
	if err != nil || !free {
		return err
	}
	c, ok, err := Contents.Find(tx, h.Hash)
	if err != nil || !ok {
		return err
	}
	c.Unheld = true
	return Contents.Put(tx, c.Hash, c)
}

// unheld tells whether nobody holds on to a content.
func unheld(tx store.Tx, hash string) (bool, error) {
	_, ok, err := store.First(holds.By(tx, "hash", hash))
	return !ok, err
}
