package main

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
)

// keyFile is the file in the data folder with the key that the organisation signs
// with.
const keyFile = "signing-key.pem"

// signingKey gives the key that the organisation signs with, and makes it where
// there is none yet. Nobody else on the machine may read it.
func signingKey(data string) (ed25519.PrivateKey, error) {
	path := filepath.Join(data, keyFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(data, path)
	}
	if err != nil {
		return nil, fmt.Errorf("the signing key cannot be read: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s is no key: it should begin with -----BEGIN PRIVATE KEY-----", path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read as a key: %w", path, err)
	}
	signing, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s is a key of another sort: an Ed25519 key is needed", path)
	}
	return signing, nil
}

// makeKey makes a key that is whole on the disk before it signs anything.
func makeKey(data, path string) (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	bytes, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	fail := func(err error) (ed25519.PrivateKey, error) {
		return nil, fmt.Errorf("the signing key cannot be kept: %w", err)
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return fail(err)
	}
	f, err := os.CreateTemp(data, keyFile+".*") // 0600
	if err != nil {
		return fail(err)
	}
	defer os.Remove(f.Name())
	err = pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: bytes})
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fail(err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fail(err)
	}
	folder, err := os.Open(data)
	if err != nil {
		return fail(err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fail(err)
	}
	return key, nil
}
