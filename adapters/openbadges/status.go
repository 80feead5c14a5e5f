package openbadges

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"cohortbot/bot/credentials"
)

const listBytes = credentials.ListSize / 8

// status says where it stands whether a document was taken back. Without an
// address there is no such place, and the document says nothing of it.
func status(doc map[string]any, list string, index int) {
	if list == "" {
		return
	}
	n := strconv.Itoa(index)
	doc["credentialStatus"] = map[string]any{
		"id": list + "#" + n, "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
		"statusListIndex": n, "statusListCredential": list,
	}
}

// List gives the signed status list that is served at address: which places are
// struck as of a time.
func (s Signer) List(address, issuer string, struck []int, at time.Time) ([]byte, error) {
	bits := make([]byte, listBytes)
	for _, n := range struck {
		if n < 0 || n >= credentials.ListSize {
			return nil, fmt.Errorf("the list has no place %d", n)
		}
		bits[n/8] |= 0x80 >> (n % 8)
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(bits); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	id := credentials.ID(uuid.NewSHA1(uuid.NameSpaceURL, []byte(address)).String())
	doc := s.document(id, at, "BitstringStatusListCredential", "What was taken back", credentials.Badge{Issuer: issuer})
	doc["id"] = address
	doc["credentialSubject"] = map[string]any{
		"id": address + "#list", "type": "BitstringStatusList", "statusPurpose": "revocation",
		"encodedList": "u" + base64.RawURLEncoding.EncodeToString(packed.Bytes()),
	}
	if err := s.seal(doc, stamp(at)); err != nil {
		return nil, err
	}
	return indent(doc)
}

// statusList is a list that was checked.
type statusList struct {
	at   string // its address
	key  string // with which it was signed
	from time.Time
	bits []byte
}

func openList(data []byte, now time.Time) (statusList, error) {
	doc, err := parse(data)
	if err != nil {
		return statusList{}, err
	}
	signed, err := check(doc, "BitstringStatusListCredential", now)
	if err != nil {
		return statusList{}, err
	}
	l := statusList{key: signed.key, from: signed.from}
	l.at, _ = doc["id"].(string)
	subject, _ := doc["credentialSubject"].(map[string]any)
	if subject["type"] != "BitstringStatusList" || subject["statusPurpose"] != "revocation" {
		return l, errors.New("it is no list of what was revoked")
	}
	text, _ := subject["encodedList"].(string)
	if len(text) < 1 || text[0] != 'u' {
		return l, errors.New("its encodedList does not begin with u, as base64url does")
	}
	packed, err := base64.RawURLEncoding.Strict().DecodeString(text[1:])
	if err != nil {
		return l, errors.New("its encodedList is no base64url")
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return l, errors.New("its encodedList is not packed with gzip")
	}
	if l.bits, err = io.ReadAll(io.LimitReader(r, listBytes*8+1)); err != nil {
		return l, errors.New("its encodedList is broken")
	}
	if len(l.bits) < listBytes || len(l.bits) > listBytes*8 {
		return l, fmt.Errorf("its list has %d places; from %d to %d are read", len(l.bits)*8, credentials.ListSize, credentials.ListSize*8)
	}
	return l, nil
}

// struck tells whether the place that a document names is struck.
func (l statusList) struck(entry entry) (bool, error) {
	if entry.list != l.at {
		return false, fmt.Errorf("the status list is that of %s, and the credential names %s", l.at, entry.list)
	}
	if entry.index >= len(l.bits)*8 {
		return false, fmt.Errorf("the list has no place %d", entry.index)
	}
	return l.bits[entry.index/8]&(0x80>>(entry.index%8)) != 0, nil
}

// entry is where a document says that its status stands.
type entry struct {
	list  string
	index int
}

var entryKeys = []string{"id", "statusListCredential", "statusListIndex", "statusPurpose", "type"}

func readEntry(v any) (*entry, error) {
	if v == nil {
		return nil, nil
	}
	m, ok := v.(map[string]any)
	if !ok || !slices.Equal(slices.Sorted(maps.Keys(m)), entryKeys) || m["type"] != "BitstringStatusListEntry" || m["statusPurpose"] != "revocation" {
		return nil, errors.New("its credentialStatus is no place in a list of what was revoked")
	}
	list, _ := m["statusListCredential"].(string)
	text, _ := m["statusListIndex"].(string)
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || strconv.Itoa(n) != text || !address(list) {
		return nil, errors.New("its credentialStatus names no place in a list")
	}
	return &entry{list: list, index: n}, nil
}
