package bundletest

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash/crc32"
	"io"
	"slices"

	"cohortbot/bot/portfolios/bundle"
)

// Entry is a file of an unpacked zip.
type Entry struct {
	Name string
	Data []byte
	Head func(*zip.FileHeader) // changes what the zip says of it; nil: nothing
}

// Unpack gives the files of a zip, in order.
func Unpack(archive []byte) (all []Entry, err error) {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, err
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		all = append(all, Entry{Name: f.Name, Data: data})
	}
	return all, nil
}

// Pack packs files as a portfolio is packed: nothing but what was changed shows.
func Pack(all []Entry) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, o := range all {
		n := uint64(len(o.Data))
		h := &zip.FileHeader{Name: o.Name, CRC32: crc32.ChecksumIEEE(o.Data), CompressedSize64: n, UncompressedSize64: n, Flags: 0x800, CreatorVersion: 20, ReaderVersion: 20, ModifiedDate: 33} //nolint:staticcheck // as the archive writes it
		if o.Head != nil {
			o.Head(h)
		}
		w, err := z.CreateRaw(h)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(o.Data); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}

// Listed writes the manifest anew, as somebody would who knows how it is made. The
// signature goes, since nobody else can make one. edit may change the rest; nil
// changes nothing.
func Listed(all []Entry, edit func(*bundle.Manifest)) ([]Entry, error) {
	var m bundle.Manifest
	all = slices.DeleteFunc(slices.Clone(all), func(o Entry) bool { return o.Name == bundle.SignedPath })
	at := slices.IndexFunc(all, func(o Entry) bool { return o.Name == bundle.ManifestPath })
	if err := json.Unmarshal(all[at].Data, &m); err != nil {
		return nil, err
	}
	m.Files, m.Key = nil, ""
	for n, o := range all {
		if n != at {
			sum := sha256.Sum256(o.Data)
			m.Files = append(m.Files, bundle.Listed{Path: o.Name, Size: int64(len(o.Data)), Hash: hex.EncodeToString(sum[:])})
		}
	}
	if edit != nil {
		edit(&m)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	err := e.Encode(m)
	all[at].Data = b.Bytes()
	return all, err
}
