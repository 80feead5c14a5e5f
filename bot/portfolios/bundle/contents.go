package bundle

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"errors"
	"io"
	"reflect"

	"cohortbot/bot/attestations"
	"cohortbot/bot/frameworks"
)

// contents holds portfolio.json against the manifest and against the proofs of what
// others said: a manifest can be written anew by anybody, their proofs cannot.
func (v *verifier) contents() {
	if v.listed.Format == "" {
		return // without a manifest there is nothing to compare
	}
	for _, page := range []string{ReadMePath, PagePath, PrintPath} {
		if _, there := v.entries[page]; !there && !v.lists(page) {
			v.fault(page, "It is missing, and the manifest was edited to not say so.")
		}
	}
	data, err := v.bytes(DataPath)
	if err != nil {
		if !v.lists(DataPath) {
			v.fault(DataPath, "It is missing, and the manifest was edited to not say so.")
		}
		return
	}
	var b Bundle
	if err := decode(data, &b); err != nil {
		v.fault(DataPath, "%s.", capital(err.Error()))
		return
	}
	if b.Title != v.listed.Title || b.Name != v.listed.Name || !b.Made.Equal(v.listed.Made) {
		v.fault(ManifestPath, "It says another title, name or time than %s.", DataPath)
	}
	known := map[string]bool{ReadMePath: true, PagePath: true, PrintPath: true, DataPath: true, ChartPath(frameworks.Do): true, ChartPath(frameworks.Know): true}
	for _, i := range b.Evidence {
		for _, f := range i.Files {
			known[f.Path] = true
			if at, listed := v.listing(f.Path); !listed || at.Hash != f.Hash || at.Size != f.Size || at.Apart != f.Apart {
				v.fault(quoted(f.Path), "%s and the manifest don't agree on it.", DataPath)
			}
		}
	}
	for _, a := range b.Attestations {
		known[a.Path] = true
		if !a.Withheld {
			v.attestation(a)
		}
	}
	if b.Credential != nil {
		for _, path := range []string{AwardPath, PaperPath, PicturePath} {
			known[path] = true
			if _, there := v.entries[path]; !there && !v.lists(path) {
				v.fault(path, "It is missing, and the manifest was edited to not say so.")
			}
		}
		v.credential(b)
	}
	for _, l := range v.listed.Files {
		if !known[l.Path] && (v.sums[l.Path] != Listed{}) {
			v.fault(quoted(l.Path), "The manifest lists it, and %s knows nothing of it: it was added.", DataPath)
		}
	}
}

func (v *verifier) attestation(a Attestation) {
	data, err := v.bytes(a.Path)
	if err != nil {
		if !v.lists(a.Path) {
			v.fault(quoted(a.Path), "It is missing, and the manifest was edited to not say so.")
		}
		return
	}
	var p Proven
	if err := decode(data, &p); err != nil {
		v.fault(quoted(a.Path), "%s.", capital(err.Error()))
		return
	}
	var keys []ed25519.PublicKey
	if p.Proof.Signature != "" {
		keys = v.Keys
	}
	switch err := attestations.Check(p.Attestation, p.Proof, keys...); {
	case err != nil:
		v.fault(quoted(a.Path), "%s.", capital(err.Error()))
	case a.Words == nil || !reflect.DeepEqual(normal(*a.Words), normal(p.Attestation.Content)):
		v.fault(quoted(a.Path), "%s says something else than what was signed.", DataPath)
	default:
		v.Said++
	}
}

// credential holds the signed file of the certificate against its own proof, and
// against whose portfolio this is.
func (v *verifier) credential(b Bundle) {
	data, err := v.bytes(AwardPath)
	if err != nil || v.Credential == nil {
		return // which was said, or is nobody's to say
	}
	switch err := v.Credential(data, b.Name, b.Made); {
	case err != nil:
		v.fault(AwardPath, "The signed file must not be relied on: %v.", err)
	case !bytes.Contains(data, []byte(b.Snapshot)):
		v.fault(AwardPath, "It is sound, and was given for another portfolio than this one.")
	case !bytes.Contains(data, []byte(b.Credential.Number)):
		v.fault(AwardPath, "%s gives another number than it has.", DataPath)
	default:
		v.Awarded = true
	}
}

// normal takes away what two readings of the same time differ in.
func normal(c attestations.Content) attestations.Content {
	c.At = c.At.UTC()
	if len(c.Criteria) == 0 {
		c.Criteria = nil
	}
	return c
}

func (v *verifier) listing(path string) (Listed, bool) {
	for _, l := range v.listed.Files {
		if l.Path == path {
			return l, true
		}
	}
	return Listed{}, false
}

func (v *verifier) lists(path string) bool {
	_, there := v.listing(path)
	return there
}

// packing packs the same files again and compares: what stands before, between or
// after them, or in what the zip says of them, is found so.
func (v *verifier) packing(z *zip.Reader, r io.ReaderAt, size int64) error {
	c := &comparing{with: io.NewSectionReader(r, 0, size)}
	place, err := repack(z, c)
	switch {
	case errors.Is(err, errDiffers):
		if place == "" {
			v.fault(whole, "What it says of its files at its end was changed, about byte %d.", c.at)
		} else {
			v.fault(quoted(place), "What the zip says of it was changed, or something was put before it, about byte %d.", c.at)
		}
	case err != nil:
		return err
	case c.at != size:
		v.fault(whole, "Something stands after its end, from byte %d on.", c.at)
	}
	return nil
}

// repack writes a zip of the same files, and gives the one at which it failed.
func repack(z *zip.Reader, to io.Writer) (place string, err error) {
	w := zip.NewWriter(to)
	for _, f := range z.File {
		part, err := w.CreateRaw(header(f.Name, f.CRC32, f.UncompressedSize64))
		if err != nil {
			return f.Name, err
		}
		from, err := f.OpenRaw()
		if err != nil {
			return f.Name, errDiffers
		}
		if _, err := io.Copy(part, from); err != nil {
			return f.Name, errDiffers
		}
		if err := w.Flush(); err != nil {
			return f.Name, err
		}
	}
	return "", w.Close()
}

var errDiffers = errors.New("it differs")

// comparing takes what is written and holds it against what is there.
type comparing struct {
	with io.Reader
	at   int64
}

// Write gives errDiffers at the first difference.
func (c *comparing) Write(p []byte) (int, error) {
	had := make([]byte, len(p))
	n, err := io.ReadFull(c.with, had)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, err
	}
	if n < len(p) || !bytes.Equal(had, p) {
		for i := range p {
			if i >= n || had[i] != p[i] {
				break
			}
			c.at++
		}
		return 0, errDiffers
	}
	c.at += int64(n)
	return n, nil
}
