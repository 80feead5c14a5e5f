package bundle

import (
	"archive/zip"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"cohortbot/bot/attestations"
)

// Page is one file that was made of a bundle, such as portfolio.html.
type Page struct {
	Path string
	Data []byte
}

// Proven is what stands in attestations/<number>.json: what somebody said exactly
// as it was hashed and signed, and the entry that proves it.
type Proven struct {
	Attestation attestations.Attestation `json:"attestation"`
	Proof       attestations.Entry       `json:"proof"`
}

// Write packs a bundle that is [Bundle.Ready], with its pages and with the files
// that open gives by their hash, into a zip. open is asked twice for each file. With
// a key the manifest is signed. Nothing is packed under another hash than the
// bundle's: a file that was changed behind our back is an error.
func Write(ctx context.Context, w io.Writer, b Bundle, pages []Page, key ed25519.PrivateKey, open func(ctx context.Context, hash string) (io.ReadCloser, error)) error {
	p := packer{zip: zip.NewWriter(w), open: open}
	m := Manifest{Format: ManifestFormat, Version: Version, Title: b.Title, Name: b.Name, Made: b.Made}
	data, err := encode(b)
	if err != nil {
		return err
	}
	made := append([]Page{{ReadMePath, readMe(b)}}, pages...)
	made = append(made, Page{DataPath, data})
	for _, a := range b.Attestations {
		if a.Withheld {
			continue
		}
		data, err := encode(Proven{a.Given, a.Proof})
		if err != nil {
			return err
		}
		made = append(made, Page{a.Path, data})
	}
	for _, page := range made {
		sum := sha256.Sum256(page.Data)
		m.Files = append(m.Files, Listed{Path: page.Path, Size: int64(len(page.Data)), Hash: hex.EncodeToString(sum[:])})
		if err := p.page(page); err != nil {
			return err
		}
	}
	for _, i := range b.Evidence {
		for _, f := range i.Files {
			l := Listed{f.Path, f.Size, f.Hash, f.Apart}
			if f.Apart && slices.Contains(m.Files, l) {
				continue // it belongs to several pieces of evidence, and comes once
			}
			m.Files = append(m.Files, l)
			if f.Apart {
				continue
			}
			if err := p.file(ctx, f); err != nil {
				return fmt.Errorf("packing %q: %w", f.Path, err)
			}
		}
	}
	if key != nil {
		m.Key = base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
	}
	manifest, err := encode(m)
	if err != nil {
		return err
	}
	if err := p.page(Page{ManifestPath, manifest}); err != nil {
		return err
	}
	if key != nil {
		if err := p.page(Page{SignedPath, sign(key, manifest)}); err != nil {
			return err
		}
	}
	return p.zip.Close()
}

// packer writes a zip of which every byte follows from what is in it, so that a
// byte changed anywhere is found: no times, no owners, no comments.
type packer struct {
	zip  *zip.Writer
	open func(ctx context.Context, hash string) (io.ReadCloser, error)
}

// header gives all that the zip says of one file. Nothing is compressed: pictures
// and PDF are small already, and a zip that nothing can be hidden in is easily told
// from a bomb.
func header(name string, crc uint32, size uint64) *zip.FileHeader {
	return &zip.FileHeader{
		Name: name, Method: zip.Store, CRC32: crc, CompressedSize64: size, UncompressedSize64: size,
		Flags: 0x800, CreatorVersion: 20, ReaderVersion: 20, // a name in UTF-8, and what any reader can do
		ModifiedDate: 1<<5 | 1, //nolint:staticcheck // 1 January 1980, the first that a zip knows; Modified would add a field of its own
	}
}

// page packs what was made.
func (p packer) page(page Page) error {
	w, err := p.zip.CreateRaw(header(page.Path, crc32.ChecksumIEEE(page.Data), uint64(len(page.Data))))
	if err != nil {
		return err
	}
	_, err = w.Write(page.Data)
	return err
}

// file packs a file of evidence as it is: pictures and recordings are small already.
func (p packer) file(ctx context.Context, f File) error {
	crc := crc32.NewIEEE()
	if err := p.copy(ctx, crc, f); err != nil {
		return err
	}
	w, err := p.zip.CreateRaw(header(f.Path, crc.Sum32(), uint64(f.Size)))
	if err != nil {
		return err
	}
	return p.copy(ctx, w, f)
}

// copy copies the bytes of a file, and tells whether they are what they should be.
func (p packer) copy(ctx context.Context, to io.Writer, f File) error {
	r, err := p.open(ctx, f.Hash)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // it was only read
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(to, sum), io.LimitReader(r, f.Size+1))
	switch {
	case err != nil:
		return err
	case n != f.Size || hex.EncodeToString(sum.Sum(nil)) != f.Hash:
		return errors.New("the file that is kept is not the one that was submitted")
	}
	return ctx.Err()
}

func readMe(b Bundle) []byte {
	return []byte(b.Title + "\n" + b.Name + "\n\n" +
		"Open " + PagePath + " in any browser; no network is needed. " + PrintPath + " is the same to print or to send.\n" +
		apartWords(b) +
		DataPath + " is the same as data, for programs. files/ holds what was handed in, attestations/ what\n" +
		"others said, exactly as it was recorded.\n" +
		certificateWords(b) + "\n" +
		ManifestPath + " lists a SHA-256 hash of every file. To find out whether anything was changed since\n" +
		"this copy was made, on any computer and without an account:\n\n" +
		"    cohortbot verify FILE.zip\n\n" +
		"That shows that nothing was changed. It doesn't show who wrote what: how each writer was reached\n" +
		"stands beside their words.\n")
}

// certificateWords tell in the readme of the certificate; empty where the result led
// to none.
func certificateWords(b Bundle) string {
	if b.Credential == nil {
		return ""
	}
	return PaperPath + " is the certificate to print and " + PicturePath + " the same as a picture.\n" +
		AwardPath + " is the signed credential (Open Badges 3.0), for programs.\n"
}
