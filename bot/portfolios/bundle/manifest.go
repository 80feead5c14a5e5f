package bundle

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// Manifest is manifest.json: the hash of every other file in the zip.
type Manifest struct {
	Format  string    `json:"format"`  // always [ManifestFormat]
	Version int       `json:"version"` // always [Version]
	Title   string    `json:"title"`
	Name    string    `json:"name"`
	Made    time.Time `json:"made"`
	// Key is the public Ed25519 key, in base64, by which manifest.sig can be checked.
	// Empty where the bot that made it had none.
	Key   string   `json:"key,omitempty"`
	Files []Listed `json:"files"`
}

// Listed is one file in a manifest.
type Listed struct {
	Path string `json:"path"`
	Size int64  `json:"size"`   // bytes
	Hash string `json:"sha256"` // in lower-case hexadecimal
	// Apart tells that it is not in the zip, and comes by itself.
	Apart bool `json:"apart,omitempty"`
}

// ManifestFormat says what a manifest is.
const ManifestFormat = "cohortbot-manifest"

// signed gives what the signature of a manifest is made over.
func signed(manifest []byte) []byte {
	return append([]byte("cohortbot portfolio manifest\n"), manifest...)
}

func sign(key ed25519.PrivateKey, manifest []byte) []byte {
	return []byte(base64.StdEncoding.EncodeToString(ed25519.Sign(key, signed(manifest))) + "\n")
}

// checkSignature tells what is wrong with a signature, and gives the key that made
// it.
func checkSignature(m Manifest, manifest, signature []byte) (ed25519.PublicKey, error) {
	key, err := base64.StdEncoding.DecodeString(m.Key)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, errors.New("the manifest names no key that can be read")
	}
	made, err := base64.StdEncoding.DecodeString(string(bytes.TrimSuffix(signature, []byte("\n"))))
	if err != nil || !ed25519.Verify(key, signed(manifest), made) {
		return nil, errors.New("the signature is not of this manifest: one of the two was changed")
	}
	return key, nil
}

// encode gives v as JSON that people can read, and that reads the same everywhere.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}

// decode reads JSON of which every field is known, and nothing after it.
func decode(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("it cannot be read: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something stands after its end")
	}
	return nil
}
