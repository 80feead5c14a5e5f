package bundle_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cohortbot/bot/portfolios/bundle"
	"cohortbot/bot/portfolios/bundle/bundletest"
)

// pages stand for what is drawn elsewhere.
var pages = []bundle.Page{{Path: bundle.PagePath, Data: []byte("<!DOCTYPE html><p>Āwhina saw the hui")}, {Path: bundle.PrintPath, Data: []byte("%PDF-1.7 hui")}}

func packed(t testing.TB, key ed25519.PrivateKey) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := bundle.Write(context.Background(), &b, bundletest.Sample(), pages, key, bundletest.Files()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func verify(t interface {
	Helper()
	Fatal(...any)
}, data []byte, keys ...ed25519.PublicKey,
) bundle.Report {
	t.Helper()
	report, err := bundle.Verify(bytes.NewReader(data), int64(len(data)), bundle.With{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func public(key ed25519.PrivateKey) ed25519.PublicKey { return key.Public().(ed25519.PublicKey) }

var other = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, ed25519.SeedSize))

func TestWhatNobodyTouchedHasNoFaults(t *testing.T) {
	for name, key := range map[string]ed25519.PrivateKey{"signed": bundletest.Key, "not signed": nil} {
		r := verify(t, packed(t, key))
		if len(r.Faults) > 0 || r.Files != 11 || r.Said != 3 || (r.Signed != nil) != (key != nil) || r.Title == "" || r.Name == "" {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if r := verify(t, packed(t, bundletest.Key), public(other), public(bundletest.Key)); len(r.Faults) > 0 || !r.Signed.Equal(public(bundletest.Key)) {
		t.Errorf("with its key among those given: %+v", r)
	}
	if !bytes.Equal(packed(t, bundletest.Key), packed(t, bundletest.Key)) {
		t.Error("the same portfolio is packed in two ways")
	}
}

func TestWhatItsWriterDidNotAgreeToShowIsNowhere(t *testing.T) {
	if data := packed(t, nil); bytes.Contains(data, []byte("assessor's eyes")) || bytes.Contains(data, []byte("Somebody who said no")) {
		t.Error("the words, or the name, of somebody who did not agree went out")
	}
}

type one = bundletest.Entry

func unpack(t *testing.T, data []byte) []one {
	t.Helper()
	all, err := bundletest.Unpack(data)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func repacked(t *testing.T, all []one) []byte {
	t.Helper()
	data, err := bundletest.Pack(all)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestPackingAgainAsItWasIsNoChange(t *testing.T) {
	if data := packed(t, bundletest.Key); !bytes.Equal(data, repacked(t, unpack(t, data))) {
		t.Error("the other tests would find the packing instead of the change")
	}
}

// swap changes the file with a name.
func swap(name string, change func([]byte) []byte) func([]one) []one {
	return func(all []one) []one {
		i := slices.IndexFunc(all, func(o one) bool { return o.Name == name })
		all[i].Data = change(all[i].Data)
		return all
	}
}

func replace(from, to string) func([]byte) []byte {
	return func(data []byte) []byte {
		if !bytes.Contains(data, []byte(from)) {
			panic("nothing to change: " + from)
		}
		return bytes.Replace(data, []byte(from), []byte(to), 1)
	}
}

func listing(all []one, edit func(*bundle.Manifest)) []one {
	all, err := bundletest.Listed(all, edit)
	if err != nil {
		panic(err) // the manifest is one of ours
	}
	return all
}

func without(name string) func([]one) []one {
	return func(all []one) []one { return slices.DeleteFunc(all, func(o one) bool { return o.Name == name }) }
}

func add(o one) func([]one) []one {
	return func(all []one) []one { return append(all, o) }
}

func then(steps ...func([]one) []one) func([]one) []one {
	return func(all []one) []one {
		for _, step := range steps {
			all = step(all)
		}
		return all
	}
}

func relisted(all []one) []one { return listing(all, nil) }

// Each way of tampering is found, and where it was done is said.
func TestWhatWasChangedIsFoundWhereItWas(t *testing.T) {
	const photo, minutes, said = "files/01 harbour.jpg", "files/02 minutes.pdf", "attestations/01.json"
	flip := func(data []byte) []byte { data[len(data)/2] ^= 1; return data }
	for _, c := range []struct {
		name  string
		files func([]one) []one   // what is done to the files, or
		bytes func([]byte) []byte // to the zip as a whole
		keys  []ed25519.PublicKey
		place string
		said  string
	}{
		{name: "a byte of the page", files: swap(bundle.PagePath, flip), place: bundle.PagePath, said: "changed"},
		{name: "a byte of the PDF", files: swap(bundle.PrintPath, flip), place: bundle.PrintPath, said: "changed"},
		{name: "a word of the data", files: swap(bundle.DataPath, replace("Āwhina", "Awhina")), place: bundle.DataPath, said: "changed"},
		{name: "a byte of a picture", files: swap(photo, flip), place: photo, said: "changed"},
		{name: "a byte of a paper", files: swap(minutes, flip), place: minutes, said: "changed"},
		{name: "a byte at the end of a paper", files: swap(minutes, func(d []byte) []byte { return append(d, 'x') }), place: minutes, said: "bytes and had"},
		{name: "a byte of the readme", files: swap(bundle.ReadMePath, flip), place: bundle.ReadMePath, said: "changed"},
		{name: "the words of an attestation", files: swap(said, replace("waste of time", "fine idea")), place: said, said: "not what was signed"},
		{name: "how its writer was reached", files: swap("attestations/02.json", replace(`"phone"`, `"account"`)), place: "attestations/02.json", said: "not what was signed"},
		{name: "the words of an attestation, with a manifest made anew", files: then(swap(said, replace("waste of time", "fine idea")), relisted), place: said, said: "not what was signed"},
		{name: "the same in the data alone", files: then(swap(bundle.DataPath, replace("waste of time", "fine idea")), relisted), place: said, said: "something else"},
		{name: "the signature of an attestation", files: then(swap(said, replace(`"signature": "`, `"signature": "AA`)), relisted), place: said, said: "signature"},
		{name: "a file removed", files: without(minutes), place: minutes, said: "missing"},
		{name: "a file removed, with a manifest made anew", files: then(without(minutes), relisted), place: minutes, said: "don't agree"},
		{name: "an attestation removed, with a manifest made anew", files: then(without(said), relisted), place: said, said: "missing"},
		{name: "a file added", files: add(one{Name: "files/05 praise.pdf", Data: []byte("well done")}), place: "files/05 praise.pdf", said: "added"},
		{name: "a file added, with a manifest made anew", files: then(add(one{Name: "files/05 praise.pdf", Data: []byte("well done")}), relisted), place: "files/05 praise.pdf", said: "added"},
		{name: "a file renamed", files: func(all []one) []one {
			all[slices.IndexFunc(all, func(o one) bool { return o.Name == photo })].Name = "files/01 hui.jpg"
			return all
		}, place: "files/01 hui.jpg", said: "renamed"},
		{name: "two files with each other's names", files: func(all []one) []one {
			i, j := slices.IndexFunc(all, func(o one) bool { return o.Name == photo }), slices.IndexFunc(all, func(o one) bool { return o.Name == minutes })
			all[i].Name, all[j].Name = all[j].Name, all[i].Name
			return all
		}, place: photo, said: "had"},
		{name: "a hash in the manifest", files: swap(bundle.ManifestPath, func(d []byte) []byte {
			i := bytes.Index(d, []byte(`"sha256": "`)) + 11
			d[i] = map[bool]byte{true: 'b', false: 'a'}[d[i] == 'a']
			return d
		}), place: bundle.SignedPath, said: "signature"},
		{name: "a blank in the manifest", files: swap(bundle.ManifestPath, func(d []byte) []byte { return append(d, ' ') }), place: bundle.ManifestPath, said: "edited"},
		{name: "a field in the manifest", files: swap(bundle.ManifestPath, replace("{", `{"more": 1,`)), place: bundle.ManifestPath, said: "unknown field"},
		{name: "the name in a manifest made anew", files: func(all []one) []one { return listing(all, func(m *bundle.Manifest) { m.Name = "Somebody else" }) }, place: bundle.ManifestPath, said: "another title, name"},
		{name: "a file listed twice", files: func(all []one) []one {
			return listing(all, func(m *bundle.Manifest) { m.Files = append(m.Files, m.Files[1]) })
		}, place: bundle.PagePath, said: "twice"},
		{name: "no manifest", files: without(bundle.ManifestPath), place: bundle.ManifestPath, said: "missing"},
		{name: "a manifest of a later version", files: func(all []one) []one { return listing(all, func(m *bundle.Manifest) { m.Version = 2 }) }, place: bundle.ManifestPath, said: "later version"},
		{name: "no signature", files: without(bundle.SignedPath), place: bundle.SignedPath, said: "missing"},
		{name: "the signature", files: swap(bundle.SignedPath, replace("A", "B")), place: bundle.SignedPath, said: "signature"},
		{name: "signed by nobody, where somebody should have", files: relisted, keys: []ed25519.PublicKey{public(bundletest.Key)}, place: bundle.SignedPath, said: "isn't signed"},
		{name: "signed by somebody else", keys: []ed25519.PublicKey{public(other)}, place: bundle.SignedPath, said: "another key"},
		{name: "a file twice in the zip", files: add(one{Name: minutes, Data: []byte("another")}), place: minutes, said: "twice"},
		{name: "a file twice but for capitals", files: add(one{Name: "Portfolio.HTML", Data: []byte("another")}), place: "Portfolio.HTML", said: "twice"},
		{name: "a path that leads out", files: add(one{Name: "../../.bashrc", Data: []byte("another")}), place: `"../../.bashrc"`, said: "leads out"},
		{name: "a path from the top", files: add(one{Name: "/etc/passwd", Data: []byte("another")}), place: `"/etc/passwd"`, said: "leads out"},
		{name: "a path of another system", files: add(one{Name: `..\start.bat`, Data: []byte("another")}), place: `"..\\start.bat"`, said: "leads out"},
		{name: "a name written backwards", files: add(one{Name: "files/cv\u202efdp.exe", Data: []byte("another")}), place: `"files/cv\u202efdp.exe"`, said: "hide"},
		{name: "a pointer to another place", files: add(one{Name: "files/link", Data: []byte("/etc/passwd"), Head: func(h *zip.FileHeader) { h.SetMode(fs.ModeSymlink | 0o777) }}), place: "files/link", said: "pointer"},
		{name: "a zip bomb", files: add(one{Name: "files/bomb", Data: deflated(8 << 20), Head: func(h *zip.FileHeader) { h.Method, h.UncompressedSize64 = zip.Deflate, 8<<20 }}), place: "files/bomb", said: "grows"},
		{name: "a size that is not true", files: add(one{Name: "files/bomb", Data: []byte("x"), Head: func(h *zip.FileHeader) { h.UncompressedSize64 = 8 << 20 }}), place: "files/bomb", said: "grows"},
		{name: "a comment on a file", files: func(all []one) []one { all[2].Head = func(h *zip.FileHeader) { h.Comment = "hello" }; return all }, place: "the zip", said: "at its end"},
		{name: "a time on a file", files: func(all []one) []one { all[1].Head = func(h *zip.FileHeader) { h.ModifiedTime = 5 }; return all }, place: "", said: "What the zip says of it"}, //nolint:staticcheck // as the archive writes it
		{name: "cut off", bytes: func(d []byte) []byte { return d[:len(d)-40] }, place: "the zip", said: "no whole zip"},
		{name: "cut off in the middle", bytes: func(d []byte) []byte { return d[:len(d)/2] }, place: "the zip", said: "no whole zip"},
		{name: "nothing at all", bytes: func([]byte) []byte { return nil }, place: "the zip", said: "no whole zip"},
		{name: "something before it", bytes: func(d []byte) []byte { return append([]byte("#!/bin/sh\n"), d...) }, place: bundle.ReadMePath, said: "before it"},
		{name: "something after it", bytes: func(d []byte) []byte {
			d = append(d, "hello"...) // as the zip's own comment, which every reader takes
			binary.LittleEndian.PutUint16(d[len(d)-7:], 5)
			return d
		}, place: "the zip", said: "at its end"},
		{name: "another name in front of the bytes", bytes: func(d []byte) []byte {
			for at := 30; at < len(d); at++ {
				if bytes.HasPrefix(d[at:], []byte(minutes)) && bytes.HasPrefix(d[at-30:], []byte("PK\x03\x04")) {
					d[at+len(minutes)-1] = 'x'
				}
			}
			return d
		}, place: minutes, said: "What the zip says of it"},
		{name: "a byte of a picture under the same sums of the zip", bytes: func(d []byte) []byte { d[bytes.Index(d, []byte("\xff\xd8\xff"))+400] ^= 1; return d }, place: photo, said: "damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := packed(t, bundletest.Key)
			if c.files != nil {
				data = repacked(t, c.files(unpack(t, data)))
			}
			if c.bytes != nil {
				data = c.bytes(data)
			}
			r := verify(t, data, c.keys...)
			if !slices.ContainsFunc(r.Faults, func(f bundle.Fault) bool {
				return (c.place == "" || f.Place == c.place) && strings.Contains(f.Said, c.said)
			}) {
				t.Errorf("it found %q, not %q: %q", r.Faults, c.place, c.said)
			}
		})
	}
}

func deflated(size int) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression)
	_, _ = w.Write(make([]byte, size))
	_ = w.Close()
	return b.Bytes()
}

func TestAByteChangedAnywhereIsFound(t *testing.T) {
	whole := packed(t, bundletest.Key)
	rapid.Check(t, func(r *rapid.T) {
		data := bytes.Clone(whole)
		at := rapid.IntRange(0, len(data)-1).Draw(r, "at")
		if rapid.Bool().Draw(r, "near the end") { // where the zip says what is in it
			at = len(data) - 1 - at%3000
		}
		data[at] ^= rapid.ByteRange(1, 255).Draw(r, "by")
		if got := verify(t, data); len(got.Faults) == 0 {
			t.Fatalf("byte %d was changed, and nothing was found", at)
		}
	})
}

func TestAFileThatWasChangedWhereItIsKeptIsNotPacked(t *testing.T) {
	lying := func(ctx context.Context, hash string) (io.ReadCloser, error) {
		r, err := bundletest.Files()(ctx, hash)
		if err != nil {
			return nil, err
		}
		defer func() { _ = r.Close() }()
		data, err := io.ReadAll(r)
		data[0] ^= 1
		return io.NopCloser(bytes.NewReader(data)), err
	}
	err := bundle.Write(context.Background(), io.Discard, bundletest.Sample(), pages, nil, lying)
	if err == nil || !strings.Contains(err.Error(), "harbour.jpg") {
		t.Errorf("error %v", err)
	}
}

// apart packs the sample without its heaviest file, and gives that file and its bytes.
func apart(t *testing.T, key ed25519.PrivateKey) (zip []byte, f bundle.File, data []byte) {
	t.Helper()
	b := bundletest.Sample()
	var total int64
	for _, i := range b.Evidence {
		for _, x := range i.Files {
			if total += x.Size; x.Size > f.Size {
				f = x
			}
		}
	}
	b = b.Within(total - 1).Ready()
	if all := b.Beside(); len(all) != 1 || all[0].Hash != f.Hash || all[0].Path != "files/01-harbour.jpg" {
		t.Fatalf("%+v come apart, of which the heaviest is %+v", all, f)
	}
	var out bytes.Buffer
	if err := bundle.Write(context.Background(), &out, b, pages, key, bundletest.Files()); err != nil {
		t.Fatal(err)
	}
	r, err := bundletest.Files()(context.Background(), f.Hash)
	if err != nil {
		t.Fatal(err)
	}
	data, err = io.ReadAll(r)
	if err != nil || bytes.Contains(out.Bytes(), data) {
		t.Fatalf("the heavy file is in the zip all the same, %v", err)
	}
	return out.Bytes(), f, data
}

func TestWhatComesApartIsNamedInTheZipAndMissedWhereItIsNot(t *testing.T) {
	data, f, _ := apart(t, bundletest.Key)
	for _, one := range unpack(t, data) {
		if one.Name == bundle.ReadMePath && !bytes.Contains(one.Data, []byte("NOT IN THIS ZIP")) {
			t.Errorf("%s doesn't say what is missing:\n%s", one.Name, one.Data)
		}
	}
	faults := func(data []byte, lies func(int64, string) (bool, error)) bundle.Report {
		r, err := bundle.Verify(bytes.NewReader(data), int64(len(data)), bundle.With{Beside: lies})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	there := func(size int64, hash string) (bool, error) { return size == f.Size && hash == f.Hash, nil }
	if r := faults(data, there); len(r.Faults) > 0 || r.Beside != 1 {
		t.Errorf("with the file beside it: %+v", r)
	}
	for name, lies := range map[string]func(int64, string) (bool, error){"nothing": nil, "something else": func(int64, string) (bool, error) { return false, nil }} {
		if r := faults(data, lies); len(r.Faults) != 1 || r.Faults[0].Place != "files/01-harbour.jpg" || !strings.Contains(r.Faults[0].Said, "came by itself") {
			t.Errorf("with %s beside it: %q", name, r.Faults)
		}
	}
	// Nobody takes a file out of a zip by saying that it comes apart.
	whole := packed(t, nil)
	out := repacked(t, listing(without("files/02 minutes.pdf")(unpack(t, whole)), func(m *bundle.Manifest) {
		m.Files = append(m.Files, bundle.Listed{Path: "files/02 minutes.pdf", Size: 1, Hash: "00", Apart: true})
	}))
	if r := faults(out, func(int64, string) (bool, error) { return true, nil }); len(r.Faults) == 0 {
		t.Error("a file was taken out, and nothing is found")
	}
}

func TestPiecesOfAFileAreAllOfIt(t *testing.T) {
	for size, want := range map[int64]int{0: 1, 1: 1, bundle.MostAlone: 1, bundle.MostAlone + 1: 2, 25_000_000: 3} {
		f := bundle.File{Path: "files/01-a.bin", Size: size}
		var at int64
		for n := range f.Pieces() {
			name, from, to := f.Piece(n + 1)
			if from != at || to-from > bundle.MostAlone || (want == 1) != (name == "01-a.bin") {
				t.Errorf("%d: piece %d is %s, from %d to %d", size, n+1, name, from, to)
			}
			at = to
		}
		if f.Pieces() != want || at != size {
			t.Errorf("%d bytes: %d pieces of %d bytes", size, f.Pieces(), at)
		}
	}
}

func TestAHeavyFileOfTwoPiecesOfEvidenceComesOnceAndIsFoundFromBoth(t *testing.T) {
	b := bundletest.Sample()
	var heavy bundle.File
	for _, i := range b.Evidence {
		for _, f := range i.Files {
			if f.Size > heavy.Size {
				heavy = f
			}
		}
	}
	b.Evidence = append(slices.Clone(b.Evidence), bundle.Item{ID: "again", Title: "The same once more", Files: []bundle.File{heavy}})
	b = b.Within(1).Ready()
	var paths []string
	for _, i := range b.Evidence {
		for _, f := range i.Files {
			if f.Hash == heavy.Hash {
				paths = append(paths, f.Path)
			}
		}
	}
	if len(paths) != 2 || paths[0] != paths[1] {
		t.Errorf("what comes once is looked for at %q", paths)
	}
	names := map[string]int{}
	for _, f := range b.Beside() {
		names[f.Hash]++
	}
	if names[heavy.Hash] != 1 {
		t.Errorf("it is said to come %d times", names[heavy.Hash])
	}
	var out bytes.Buffer
	if err := bundle.Write(context.Background(), &out, b, pages, bundletest.Key, bundletest.Files()); err != nil {
		t.Fatal(err)
	}
	r, err := bundle.Verify(bytes.NewReader(out.Bytes()), int64(out.Len()), bundle.With{Beside: func(int64, string) (bool, error) { return true, nil }})
	if err != nil || len(r.Faults) > 0 {
		t.Errorf("it is found changed: %v %q", err, r.Faults)
	}
}
