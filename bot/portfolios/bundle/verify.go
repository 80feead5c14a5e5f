package bundle

import (
	"archive/zip"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// Report is what [Verify] found out.
type Report struct {
	Title, Name string
	Made        time.Time
	Files       int               // that are as they were, those beside the zip included
	Beside      int               // of these: that came apart and were found
	Awarded     bool              // the signed file of a certificate is among them, and sound
	Said        int               // attestations among them
	Signed      ed25519.PublicKey // by whose key the whole was signed; nil: by nobody's
	Faults      []Fault           // in the order of the zip; none: nothing was changed
}

// Fault is one thing that is not as it was made.
type Fault struct {
	Place string // a path in the zip, or "the zip"
	Said  string // what is wrong, as a sentence
}

// String gives the place and what is wrong there.
func (f Fault) String() string { return f.Place + ": " + f.Said }

// The limits of what is looked into.
const (
	mostEntries  = 20_000
	mostManifest = 16 << 20
	whole        = "the zip"
)

// With is what a zip is held against besides itself.
type With struct {
	// Keys are those of which one must have signed the whole. None: the key that the
	// zip names itself counts, and Report.Signed says which.
	Keys []ed25519.PublicKey
	// Beside tells whether a file of this size and hash (lower-case hexadecimal) lies
	// beside the zip. Nil: nothing does.
	Beside func(size int64, hash string) (bool, error)
	// Credential says what was wrong at a time with the signed file of a certificate,
	// which should be holder's. Nil: its signature is not looked at.
	Credential func(file []byte, holder string, at time.Time) error
}

// Verify tells whether a zip is exactly as it was made. It unpacks nothing to the
// disk and needs no network. A file that comes apart and is not there is a fault. An
// error is one of reading r or what lies beside it; what is wrong with the zip are
// faults.
func Verify(r io.ReaderAt, size int64, with With) (Report, error) {
	v := verifier{sums: map[string]Listed{}, entries: map[string]*zip.File{}, With: with}
	z, err := zip.NewReader(r, size)
	if err != nil {
		v.fault(whole, "It is no whole zip: its end is missing, or it is something else (%v).", err)
		return v.Report, nil
	}
	if !v.harmless(z, size) {
		return v.Report, nil
	}
	v.read(z)
	if err := v.manifest(); err != nil {
		return v.Report, err
	}
	v.contents()
	if err := v.packing(z, r, size); err != nil {
		return v.Report, err
	}
	return v.Report, nil
}

type verifier struct {
	Report
	With
	entries map[string]*zip.File
	order   []string
	sums    map[string]Listed // of every entry that could be read
	listed  Manifest
}

func (v *verifier) fault(place, format string, args ...any) {
	v.Faults = append(v.Faults, Fault{place, fmt.Sprintf(format, args...)})
}

// harmless looks at what the zip says of itself, before anything in it is read.
func (v *verifier) harmless(z *zip.Reader, size int64) bool {
	if len(z.File) > mostEntries {
		v.fault(whole, "It holds %d files, more than any portfolio; nothing was read.", len(z.File))
		return false
	}
	taken, total, safe := map[string]string{}, uint64(0), true
	for _, f := range z.File {
		total += f.CompressedSize64
		switch {
		case f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64:
			v.fault(f.Name, "It is packed so that it grows when it is opened (%d bytes from %d). A portfolio is never packed that way; nothing was read.", f.UncompressedSize64, f.CompressedSize64)
			safe = false
		case total > uint64(size):
			v.fault(f.Name, "The zip says that it holds more than it has room for; nothing was read.")
			safe = false
		}
		if why := unsafePath(f.Name); why != "" {
			v.fault(quoted(f.Name), "%s Don't unpack this zip.", why)
		}
		if f.Mode()&fs.ModeType != 0 {
			v.fault(quoted(f.Name), "It is no file, but a folder or a pointer to another place. Don't unpack this zip.")
		}
		if before, twice := taken[folded(f.Name)]; twice {
			v.fault(quoted(f.Name), "It stands in the zip twice, also as %q: which of the two is seen depends on the program.", before)
		}
		taken[folded(f.Name)] = f.Name
		if !safe {
			return false
		}
	}
	return true
}

// unsafePath says why a path must not be unpacked; nothing where it may.
func unsafePath(name string) string {
	switch {
	case !fs.ValidPath(name) || name == ".", strings.Contains(name, `\`), len(name) > 1 && name[1] == ':':
		return "Its path leads out of the folder that it is unpacked to."
	case strings.ContainsFunc(name, func(r rune) bool {
		return r < ' ' || r == 0x7f || r == '\ufffd' || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
	}):
		return "Its name holds signs that hide what it is called."
	}
	return ""
}

// quoted gives a name that may hold anything as one that can be printed.
func quoted(name string) string {
	if unsafePath(name) == "" {
		return name
	}
	return fmt.Sprintf("%q", name)
}

// read takes the hash of everything.
func (v *verifier) read(z *zip.Reader) {
	for _, f := range z.File {
		if _, twice := v.entries[f.Name]; twice {
			continue
		}
		v.entries[f.Name], v.order = f, append(v.order, f.Name)
		sum := sha256.New()
		r, err := f.Open()
		if err == nil {
			_, err = io.Copy(sum, r)
			_ = r.Close() // it was only read
		}
		if err != nil {
			v.fault(quoted(f.Name), "It is damaged: %v.", err)
			continue
		}
		v.sums[f.Name] = Listed{Path: f.Name, Size: int64(f.UncompressedSize64), Hash: hex.EncodeToString(sum.Sum(nil))}
	}
}

// bytes gives what is in a file that is to be understood.
func (v *verifier) bytes(name string) ([]byte, error) {
	f, there := v.entries[name]
	switch {
	case !there:
		return nil, errors.New("it is missing")
	case f.UncompressedSize64 > mostManifest && (name == ManifestPath || name == SignedPath):
		return nil, errors.New("it is far too large")
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return io.ReadAll(r)
}

// manifest holds every file against the manifest, and the manifest against its
// signature.
func (v *verifier) manifest() error {
	data, err := v.bytes(ManifestPath)
	if err == nil {
		err = decode(data, &v.listed)
	}
	if err != nil {
		v.fault(ManifestPath, "Without the list of hashes nothing else can be told: %v.", err)
		return nil
	}
	v.Title, v.Name, v.Made = v.listed.Title, v.listed.Name, v.listed.Made
	again, err := encode(v.listed)
	switch {
	case v.listed.Format != ManifestFormat:
		v.fault(ManifestPath, "It is a list of something else: %q.", v.listed.Format)
	case v.listed.Version > Version:
		v.fault(ManifestPath, "It was made by a later version (%d); this program knows version %d. Get a newer one.", v.listed.Version, Version)
	case err != nil || string(again) != string(data):
		v.fault(ManifestPath, "It was edited: it is not written as it was made.")
	}
	v.signature(data)
	var lost []Listed
	expected := map[string]bool{ManifestPath: true, SignedPath: true}
	for _, l := range v.listed.Files {
		if expected[l.Path] {
			v.fault(quoted(l.Path), "The manifest lists it twice, or lists itself.")
			continue
		}
		expected[l.Path] = true
		got, read := v.sums[l.Path]
		switch {
		case l.Apart && v.entries[l.Path] == nil:
			if err := v.beside(l); err != nil {
				return err
			}
		case v.entries[l.Path] == nil:
			lost = append(lost, l)
		case !read: // it is damaged, which was said
		case got.Size != l.Size:
			v.fault(quoted(l.Path), "It was changed: it has %d bytes and had %d.", got.Size, l.Size)
		case got.Hash != l.Hash:
			v.fault(quoted(l.Path), "It was changed: it is not what the manifest has the hash of.")
		default:
			v.Files++
		}
	}
	for _, name := range v.order {
		if expected[name] {
			continue
		}
		if i := slices.IndexFunc(lost, func(l Listed) bool { return l.Hash == v.sums[name].Hash }); i >= 0 {
			v.fault(quoted(name), "It was renamed; it was called %q.", lost[i].Path)
			lost = slices.Delete(lost, i, i+1)
			continue
		}
		v.fault(quoted(name), "It was added: the manifest doesn't know it.")
	}
	for _, l := range lost {
		v.fault(quoted(l.Path), "It is missing.")
	}
	return nil
}

// beside looks for a file that comes apart.
func (v *verifier) beside(l Listed) error {
	there := false
	if v.With.Beside != nil {
		var err error
		if there, err = v.With.Beside(l.Size, l.Hash); err != nil {
			return fmt.Errorf("looking for %q beside the zip: %w", l.Path, err)
		}
	}
	if !there {
		v.fault(quoted(l.Path), "It came by itself, since it is large (%d bytes), and does not lie beside the zip as it was: put it into the same folder, whole or in all its pieces.", l.Size)
		return nil
	}
	v.Files++
	v.Report.Beside++
	return nil
}

func (v *verifier) signature(manifest []byte) {
	_, there := v.entries[SignedPath]
	switch {
	case !there && v.listed.Key != "":
		v.fault(SignedPath, "It is missing, and the manifest says that it was signed.")
		return
	case !there && len(v.Keys) > 0:
		v.fault(SignedPath, "It isn't signed, so nobody answers for it.")
		return
	case !there:
		return
	}
	made, err := v.bytes(SignedPath)
	if err != nil {
		v.fault(SignedPath, "The signature can't be read: %v.", err)
		return
	}
	key, err := checkSignature(v.listed, manifest, made)
	switch {
	case err != nil:
		v.fault(SignedPath, "%s.", capital(err.Error()))
	case len(v.Keys) > 0 && !slices.ContainsFunc(v.Keys, func(k ed25519.PublicKey) bool { return key.Equal(k) }):
		v.fault(SignedPath, "It was signed with another key than the one that you gave.")
	default:
		v.Signed = key
	}
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
