package backups

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"io/fs"
	"iter"
	"slices"
	"strings"
)

// Content is something to be packed.
type Content struct {
	Name   string // its path in the data folder, with slashes
	SHA256 string // what its bytes must hash to, where that is known
	Dense  bool   // it is packed already, as pictures are, and is only stored
	// Open gives its bytes. Where the error is fs.ErrNotExist the backup goes on
	// without it, and says so.
	Open func() (io.ReadCloser, error)
}

// Write packs contents into w until ctx ends, and gives the manifest as it was
// written: m with Format, Lost and Entries filled in.
func Write(ctx context.Context, w io.Writer, m Manifest, contents iter.Seq2[Content, error]) (Manifest, error) {
	seal := &sealer{to: w, sum: sha256.New()}
	z := zip.NewWriter(seal)
	m.Format, m.Lost, m.Entries = Format, nil, nil
	p := packer{ctx, z, &m}
	if _, err := p.pack(aboutName, false, strings.NewReader(about)); err != nil {
		return m, err
	}
	for c, err := range contents {
		if err != nil {
			return m, err
		}
		if err := p.content(c); err != nil {
			return m, err
		}
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return m, err
	}
	if _, err := p.pack(manifestName, false, strings.NewReader(string(text)+"\n")); err != nil {
		return m, err
	}
	return m, errors.Join(z.SetComment(strings.Repeat("0", sealSize)), z.Close(), seal.close())
}

type packer struct {
	ctx context.Context
	z   *zip.Writer
	m   *Manifest
}

func (p packer) content(c Content) error {
	r, err := c.Open()
	if errors.Is(err, fs.ErrNotExist) {
		p.m.Lost = append(p.m.Lost, c.Name)
		return nil
	}
	if err != nil {
		return err
	}
	e, err := p.pack(c.Name, c.Dense, r)
	if err := errors.Join(err, r.Close()); err != nil {
		return err
	}
	if c.SHA256 != "" && e.SHA256 != c.SHA256 {
		p.m.Lost = append(p.m.Lost, c.Name)
	}
	p.m.Entries = append(p.m.Entries, e)
	return nil
}

func (p packer) pack(name string, dense bool, r io.Reader) (Entry, error) {
	header := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: p.m.Made}
	if dense {
		header.Method = zip.Store
	}
	header.SetMode(0o600)
	w, err := p.z.CreateHeader(header)
	if err != nil {
		return Entry{}, err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, sum), patient{p.ctx, r})
	return Entry{Name: name, Size: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}

// sealSize is how long a seal is: a SHA-256 in hexadecimal.
const sealSize = 2 * sha256.Size

// sealer passes on all but the last bytes, and at the end the hash of what it
// passed on in their place.
type sealer struct {
	to   io.Writer
	sum  hash.Hash
	last []byte // what was not passed on yet
}

// Write keeps back as many bytes as a seal has.
func (s *sealer) Write(b []byte) (int, error) {
	s.last = append(s.last, b...)
	n := max(len(s.last)-sealSize, 0)
	s.sum.Write(s.last[:n]) // never fails
	if _, err := s.to.Write(s.last[:n]); err != nil {
		return 0, err
	}
	s.last = slices.Delete(s.last, 0, n)
	return len(b), nil
}

func (s *sealer) close() error {
	_, err := io.WriteString(s.to, hex.EncodeToString(s.sum.Sum(nil)))
	return err
}

// patient reads until its context ends.
type patient struct {
	ctx context.Context
	r   io.Reader
}

// Read reads on, unless the context has ended.
func (p patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}
