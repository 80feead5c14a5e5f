package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// A record is stored as "v2 {json}": the version it was written in, then the
// value. The version stands outside the JSON so that a record of a newer
// version is refused before anything tries to understand it.

func (t *Table[ID, T]) encode(id ID, value T) ([]byte, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return nil, t.fail(id, fmt.Errorf("cannot be written as JSON: %w", err))
	}
	record := append([]byte("v"), strconv.Itoa(t.version)...)
	return append(append(record, ' '), data...), nil
}

func (t *Table[ID, T]) decode(id ID, record []byte) (T, error) {
	var value, none T
	version, data, err := splitRecord(record)
	if err != nil {
		return none, t.fail(id, err)
	}
	if version > t.version {
		return none, t.fail(id, fmt.Errorf("%w: the record has version %d, this program knows up to %d", ErrNewer, version, t.version))
	}
	for ; version < t.version; version++ {
		upgrade := t.upgrades[version]
		if upgrade == nil {
			return none, t.fail(id, fmt.Errorf("the record has version %d and no Upgrade from it is declared", version))
		}
		if data, err = upgrade(data); err != nil {
			return none, t.fail(id, fmt.Errorf("upgrading from version %d: %w", version, err))
		}
	}
	if err := json.Unmarshal(data, &value); err != nil {
		return none, t.fail(id, fmt.Errorf("%w: %s", ErrCorrupt, describe(err)))
	}
	return value, nil
}

func splitRecord(record []byte) (version int, data json.RawMessage, err error) {
	head, data, found := bytes.Cut(record, []byte(" "))
	if found && len(head) > 1 && head[0] == 'v' {
		version, err = strconv.Atoi(string(head[1:]))
		if err == nil && version > 0 {
			return version, data, nil
		}
	}
	return 0, nil, fmt.Errorf("%w: the record does not start with its version", ErrCorrupt)
}

// describe says where JSON went wrong and never what stood there: it may be
// something a person wrote, and errors reach the log.
func describe(err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("not JSON at byte %d", syntax.Offset)
	case errors.As(err, &kind):
		return fmt.Sprintf("field %q does not hold a %v", kind.Field, kind.Type)
	}
	return fmt.Sprintf("a field cannot be read (%T)", err)
}

// fail names the table and the record that err is about.
func (t *Table[ID, T]) fail(id ID, err error) error {
	return fmt.Errorf("%s %q: %w", t.name, string(id), err)
}
