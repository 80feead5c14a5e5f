package bottest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"iter"
	"maps"
	"net/http"
	"slices"
	"sync"

	"cohortbot/bot/evidence"
)

// Vault keeps files in memory. It may be used at once from several goroutines.
type Vault struct {
	mu    sync.Mutex
	bytes map[string][]byte
}

var _ evidence.Vault = (*Vault)(nil)

// Keep keeps what r holds.
func (v *Vault) Keep(_ context.Context, r io.Reader, most int64) (evidence.Content, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return evidence.Content{}, err
	}
	if int64(len(data)) > most {
		return evidence.Content{}, evidence.ErrTooLarge
	}
	sum := sha256.Sum256(data)
	c := evidence.Content{Hash: hex.EncodeToString(sum[:]), Size: int64(len(data)), Looks: http.DetectContentType(data)}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.bytes == nil {
		v.bytes = map[string][]byte{}
	}
	v.bytes[c.Hash] = data
	return c, nil
}

// Open gives the bytes kept under a hash.
func (v *Vault) Open(_ context.Context, hash string) (io.ReadCloser, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	data, ok := v.bytes[hash]
	if !ok {
		return nil, evidence.ErrNoContent
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// Remove takes bytes away.
func (v *Vault) Remove(_ context.Context, hash string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.bytes, hash)
	return nil
}

// All gives every hash, in order.
func (v *Vault) All(context.Context) iter.Seq2[string, error] {
	v.mu.Lock()
	hashes := slices.Sorted(maps.Keys(v.bytes))
	v.mu.Unlock()
	return func(yield func(string, error) bool) {
		for _, h := range hashes {
			if !yield(h, nil) {
				return
			}
		}
	}
}
