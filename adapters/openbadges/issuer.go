package openbadges

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// ReadIssuer reads the document that an organisation puts at its address, such as
// https://example.org/.well-known/did.json: who it is, and all keys by which it
// signs or has signed. It must have come from that address, by HTTPS: nothing in it
// shows whose it is.
func ReadIssuer(data []byte) (id string, keys []string, err error) {
	if len(data) > MostBytes {
		return "", nil, errors.New("it is too long for the document of an issuer")
	}
	type method struct {
		ID         string `json:"id"`
		Type       string `json:"type"`
		Controller string `json:"controller"`
		Key        string `json:"publicKeyMultibase"`
	}
	var doc struct {
		ID      string   `json:"id"`
		Methods []method `json:"verificationMethod"`
		Asserts []any    `json:"assertionMethod"` // ids; other programs may write a method out
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return "", nil, errors.New("it is no document of an issuer, such as did.json")
	}
	if doc.ID == "" {
		return "", nil, errors.New("it does not say whose document it is")
	}
	for _, m := range doc.Methods {
		if m.Type != "Multikey" || m.Controller != doc.ID || !slices.Contains(doc.Asserts, any(m.ID)) {
			continue // for something else than to sign
		}
		if _, err := keyOf(m.Key); err != nil {
			continue // of another kind than ours
		}
		if !slices.Contains(keys, m.Key) {
			keys = append(keys, m.Key)
		}
	}
	if len(keys) == 0 {
		return "", nil, fmt.Errorf("the document of %s names no key of Ed25519 that signs for it", doc.ID)
	}
	return doc.ID, keys, nil
}
