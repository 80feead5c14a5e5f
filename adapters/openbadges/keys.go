package openbadges

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// KeyName is the file in the data folder that holds the key made there.
const KeyName = "signing-key.pem"

const mostKey = 16 << 10

// OpenKey reads an organisation's own key: Ed25519 in PKCS #8 and PEM, as
// openssl genpkey -algorithm ed25519 writes it. A file that others on the machine
// can read is refused.
func OpenKey(path string) (ed25519.PrivateKey, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the signing key cannot be read: %w", err)
	}
	defer f.Close()
	about, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("the signing key cannot be read: %w", err)
	}
	if !about.Mode().IsRegular() || about.Size() > mostKey {
		return nil, fmt.Errorf("the signing key %s is no file with a key", path)
	}
	// Windows keeps other permissions than these.
	if about.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("the signing key %s can be read by others on this machine (its mode is %04o): whoever has it can sign as you. Run chmod 600 %s, and if somebody may have read it, make a new key", path, about.Mode().Perm(), path)
	}
	data := make([]byte, about.Size())
	if _, err := f.ReadAt(data, 0); err != nil {
		return nil, fmt.Errorf("the signing key cannot be read: %w", err)
	}
	block, rest := pem.Decode(data)
	if block == nil || block.Type != "PRIVATE KEY" || len(rest) > 0 {
		return nil, fmt.Errorf("the signing key %s is not one private key in PEM. openssl genpkey -algorithm ed25519 makes one", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(ed25519.PrivateKey)
	if err != nil || !ok {
		return nil, fmt.Errorf("the signing key %s is not of Ed25519. openssl genpkey -algorithm ed25519 makes one", path)
	}
	return key, nil
}

// Key gives the key in a data folder, and makes one where there is none yet. Two
// that make one at the same time both get the same.
func Key(folder string) (ed25519.PrivateKey, error) {
	path := filepath.Join(folder, KeyName)
	key, err := OpenKey(path)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	_, key, err = ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("a signing key cannot be kept: %w", err)
	}
	if err := keep(folder, path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})); err != nil {
		return nil, fmt.Errorf("a signing key cannot be kept: %w", err)
	}
	return OpenKey(path)
}

// keep writes a file whole or not at all, and never over another: a link fails
// where there is one, and what stands there first counts.
func keep(folder, path string, data []byte) error {
	f, err := os.CreateTemp(folder, KeyName+".*") // 0600 by itself
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
