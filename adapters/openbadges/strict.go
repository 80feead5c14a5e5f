package openbadges

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// MostBytes is how many bytes a file may have to be read.
const MostBytes = 1 << 20

const mostDepth = 24

// lists are the keys whose values are lists in Open Badges 3.0, and no others. A
// list of one and its content are signed alike, and programs read them differently.
var lists = []string{
	"@context", "type", "proof", "alignment", "allowedValue", "credentialSchema", "endorsement", "endorsementJwt", "evidence",
	"identifier", "otherIdentifier", "related", "result", "resultDescription", "rubricCriterionLevel", "tag", "termsOfUse",
}

// parse reads a document in which every byte that means anything will be signed.
// What JSON readers disagree on is refused: a key that stands twice, nulls and
// empty lists (which canonical form drops), keywords of JSON-LD beside the
// contexts (which could say anything), and half characters.
func parse(data []byte) (map[string]any, error) {
	switch {
	case len(data) > MostBytes:
		return nil, fmt.Errorf("the file has %d bytes; a credential has at most %d", len(data), MostBytes)
	case !utf8.Valid(data):
		return nil, errors.New("the file is not UTF-8 text")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	value, err := read(d, "", 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the credential in the file")
	}
	doc, ok := value.(map[string]any)
	if !ok {
		return nil, errors.New("the file holds no JSON object")
	}
	return doc, nil
}

func read(d *json.Decoder, at string, depth int) (any, error) {
	if depth > mostDepth {
		return nil, fmt.Errorf("%s: the file is nested too deeply", at)
	}
	token, err := d.Token()
	if err != nil {
		return nil, notJSON(err)
	}
	switch t := token.(type) {
	case nil:
		return nil, fmt.Errorf("%s is null, which no signature covers", name(at))
	case string:
		if strings.ContainsRune(t, utf8.RuneError) {
			return nil, fmt.Errorf("%s holds a character that is none", name(at))
		}
		return t, nil
	case json.Number:
		n, err := t.Float64()
		if err != nil {
			return nil, fmt.Errorf("%s is a number that is too large", name(at))
		}
		return n, nil
	case json.Delim:
		if t == '[' {
			return readList(d, at, depth)
		}
		return readObject(d, at, depth)
	}
	return token, nil
}

func readList(d *json.Decoder, at string, depth int) (any, error) {
	var list []any
	for d.More() {
		v, err := read(d, fmt.Sprintf("%s[%d]", at, len(list)), depth+1)
		if err != nil {
			return nil, err
		}
		if _, ok := v.([]any); ok {
			return nil, fmt.Errorf("%s is a list in a list", name(at))
		}
		list = append(list, v)
	}
	if _, err := d.Token(); err != nil {
		return nil, notJSON(err)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s is an empty list, which no signature covers", name(at))
	}
	return list, nil
}

func readObject(d *json.Decoder, at string, depth int) (any, error) {
	object := map[string]any{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, notJSON(err)
		}
		key := token.(string) // the decoder takes nothing else there
		inside := key
		if at != "" {
			inside = at + "." + key
		}
		if _, twice := object[key]; twice {
			return nil, fmt.Errorf("%s stands there twice", name(inside))
		}
		value, err := read(d, inside, depth+1)
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(key, "@") && (key != "@context" || !isContext(value)) {
			if key == "@context" {
				return nil, fmt.Errorf("%s is not exactly the contexts of Verifiable Credentials 2.0 and Open Badges 3.0.3, in this order; another list can change what the words of a document mean", name(inside))
			}
			return nil, fmt.Errorf("%s is a keyword that has no place in a credential", name(inside))
		}
		if _, many := value.([]any); many != slices.Contains(lists, key) && (many || key != "type") {
			if many {
				return nil, fmt.Errorf("%s is a list, and should not be", name(inside))
			}
			return nil, fmt.Errorf("%s should be a list", name(inside))
		}
		object[key] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, notJSON(err)
	}
	if len(object) == 0 {
		return nil, fmt.Errorf("%s is empty, which no signature covers", name(at))
	}
	return object, nil
}

// once finds an id that is told about twice, in different ways. What is signed is all
// that is said of an id wherever it stands: without this, parts could be moved from
// where programs look to where they do not. What a word in a credential says of the
// credential itself is signed apart, with the word.
func once(doc map[string]any) error {
	told := map[string]map[string]any{}
	var visit func(v any, key string) error
	visit = func(v any, key string) error {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				if err := visit(e, key); err != nil {
					return err
				}
			}
		case map[string]any:
			id, _ := v["id"].(string)
			before, again := told[id]
			if id != "" && again && !reflect.DeepEqual(before, v) && (key != "credentialSubject" || id != doc["id"]) {
				return fmt.Errorf("%s stands there more than once, and not the same each time", name(id))
			}
			if !again {
				told[id] = v
			}
			for k, inside := range v {
				if err := visit(inside, k); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return visit(doc, "")
}

func notJSON(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the file ends in the middle")
	}
	return errors.New("the file is no JSON")
}

// name gives a place in the file in a form to be shown: it may hold anything.
func name(at string) string {
	if at == "" {
		return "the file"
	}
	if len(at) > 120 {
		at = strings.ToValidUTF8(at[:120], "") + "…"
	}
	return fmt.Sprintf("%q", at)
}
