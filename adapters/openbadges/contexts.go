package openbadges

import (
	"bytes"
	_ "embed"
	"fmt"
	"sync"

	"github.com/piprate/json-gold/ld"
)

// The contexts that every document of ours has, in this order and no other. What
// the terms of a document mean stands in them, so that a document with another
// list could say one thing and be signed for another.
const (
	contextVC = "https://www.w3.org/ns/credentials/v2"
	contextOB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
)

//go:embed contexts/credentials-v2.json
var credentialsV2 []byte

//go:embed contexts/ob-3.0.3.json
var openBadges303 []byte

func context() []any { return []any{contextVC, contextOB} }

func isContext(v any) bool {
	list, ok := v.([]any)
	return ok && len(list) == 2 && list[0] == contextVC && list[1] == contextOB
}

// parsed are the contexts by their addresses, read once.
var parsed = sync.OnceValue(func() map[string]any {
	docs := map[string]any{}
	for address, data := range map[string][]byte{contextVC: credentialsV2, contextOB: openBadges303} {
		doc, err := ld.DocumentFromReader(bytes.NewReader(data))
		if err != nil {
			panic(err) // they are part of the program
		}
		docs[address] = doc
	}
	return docs
})

// embedded gives the contexts that come along, and loads nothing.
type embedded struct{}

// LoadDocument gives the context at an address.
func (embedded) LoadDocument(address string) (*ld.RemoteDocument, error) {
	doc := parsed()[address]
	if doc == nil {
		return nil, fmt.Errorf("the context %s does not come along, and nothing is loaded from the network", address)
	}
	return &ld.RemoteDocument{DocumentURL: address, Document: doc}, nil
}
