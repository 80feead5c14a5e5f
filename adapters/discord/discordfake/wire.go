package discordfake

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"unicode/utf8"
)

// obj is a JSON object on its way in or out. Numbers that came in are
// json.Number, so that a 64-bit value survives.
type obj = map[string]any

// apiError is a refusal as Discord words it.
type apiError struct {
	status  int
	code    int
	message string
	errors  obj // nested by path for 50035
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s", e.code, e.message) }

func (e *apiError) body() obj {
	b := obj{"code": e.code, "message": e.message}
	if len(e.errors) > 0 {
		b["errors"] = e.errors
	}
	return b
}

func refuse(status, code int, message string) *apiError {
	return &apiError{status: status, code: code, message: message}
}

var (
	errUnauthorized       = refuse(401, 0, "401: Unauthorized")
	errNotFound           = refuse(404, 0, "404: Not Found")
	errUnknownApplication = refuse(404, 10002, "Unknown Application")
	errUnknownChannel     = refuse(404, 10003, "Unknown Channel")
	errUnknownGuild       = refuse(404, 10004, "Unknown Guild")
	errUnknownMember      = refuse(404, 10007, "Unknown Member")
	errUnknownMessage     = refuse(404, 10008, "Unknown Message")
	errUnknownUser        = refuse(404, 10013, "Unknown User")
	errUnknownWebhook     = refuse(404, 10015, "Unknown Webhook")
	errUnknownInteraction = refuse(404, 10062, "Unknown interaction")
	errUnknownCommand     = refuse(404, 10063, "Unknown application command")
	errUnknownEvent       = refuse(404, 10070, "Unknown Guild Scheduled Event")
	errAnswered           = refuse(400, 40060, "Interaction has already been acknowledged.")
	errMissingAccess      = refuse(403, 50001, "Missing Access")
	errNotYours           = refuse(403, 50005, "Cannot edit a message authored by another user")
	errEmpty              = refuse(400, 50006, "Cannot send an empty message")
	errMissingPermissions = refuse(403, 50013, "Missing Permissions")
	errWebhookToken       = refuse(401, 50027, "Invalid Webhook Token")
	errArchived           = refuse(400, 50083, "Thread is archived")
	errLocked             = refuse(400, 160005, "Thread is locked")
	errJSON               = refuse(400, 50109, "The request body contains invalid JSON.")
)

// faults gathers what is wrong with a body, nested by path as Discord nests it.
type faults struct{ tree obj }

// add notes a fault at a dotted path such as "components.0.components.1.label".
func (f *faults) add(path, code, message string) {
	if f.tree == nil {
		f.tree = obj{}
	}
	at := f.tree
	if path != "" {
		for step := range strings.SplitSeq(path, ".") {
			next, ok := at[step].(obj)
			if !ok {
				next = obj{}
				at[step] = next
			}
			at = next
		}
	}
	list, _ := at["_errors"].([]any)
	at["_errors"] = append(list, obj{"code": code, "message": message})
}

func (f *faults) err() *apiError {
	if len(f.tree) == 0 {
		return nil
	}
	return &apiError{status: 400, code: 50035, message: "Invalid Form Body", errors: f.tree}
}

// text reads a string field and holds it to a length in characters. Missing
// or null is the empty string, and a fault where low is above zero.
func (f *faults) text(o obj, path, key string, low, high int) string {
	at := join(path, key)
	v, ok := o[key]
	if !ok || v == nil {
		if low > 0 {
			f.add(at, "BASE_TYPE_REQUIRED", "This field is required")
		}
		return ""
	}
	s, ok := v.(string)
	if !ok {
		f.add(at, "BASE_TYPE_BAD_TYPE", "Could not interpret as string.")
		return ""
	}
	switch n := utf8.RuneCountInString(s); {
	case n == 0 && low > 0:
		f.add(at, "BASE_TYPE_REQUIRED", "This field is required")
	case n < low || n > high:
		if low > 0 {
			f.add(at, "BASE_TYPE_BAD_LENGTH", fmt.Sprintf("Must be between %d and %d in length.", low, high))
		} else {
			f.add(at, "BASE_TYPE_MAX_LENGTH", fmt.Sprintf("Must be %d or fewer in length.", high))
		}
	}
	return s
}

// whole reads an integer field, def where it is missing or null.
func (f *faults) whole(o obj, path, key string, def, low, high int64) int64 {
	v, ok := o[key]
	if !ok || v == nil {
		return def
	}
	n, ok := whole(v)
	if !ok {
		f.add(join(path, key), "NUMBER_TYPE_COERCE", fmt.Sprintf("Value %q is not int.", fmt.Sprint(v)))
		return def
	}
	if n < low {
		f.add(join(path, key), "NUMBER_TYPE_MIN", fmt.Sprintf("int value should be greater than or equal to %d.", low))
	}
	if n > high {
		f.add(join(path, key), "NUMBER_TYPE_MAX", fmt.Sprintf("int value should be less than or equal to %d.", high))
	}
	return n
}

// must faults a field that is missing or null.
func (f *faults) must(o obj, path, key string) {
	if o[key] == nil {
		f.add(join(path, key), "BASE_TYPE_REQUIRED", "This field is required")
	}
}

// object reads an object, nil where it is missing or null.
func (f *faults) object(o obj, path, key string) obj {
	v, isObj := o[key].(obj)
	if !isObj && o[key] != nil {
		f.add(join(path, key), "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
	}
	return v
}

// words reads an array of strings.
func (f *faults) words(o obj, path, key string, high int) []string {
	items, isList := o[key].([]any)
	if !isList {
		if o[key] != nil {
			f.add(join(path, key), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
		}
		return nil
	}
	if len(items) > high {
		f.add(join(path, key), "BASE_TYPE_MAX_LENGTH", fmt.Sprintf("Must be %d or fewer in length.", high))
	}
	for i, it := range items {
		if _, isText := it.(string); !isText {
			f.add(join(path, key, strconv.Itoa(i)), "BASE_TYPE_BAD_TYPE", "Could not interpret as string.")
		}
	}
	return strs(items)
}

// truth reads a boolean field; it must be a boolean where it is there.
func (f *faults) truth(o obj, path, key string, def bool) bool {
	v, ok := o[key]
	if !ok || v == nil {
		return def
	}
	b, ok := v.(bool)
	if !ok {
		f.add(join(path, key), "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
	}
	return b
}

// list reads an array field of objects, holding it to a length.
func (f *faults) list(o obj, path, key string, low, high int) []obj {
	v, ok := o[key]
	if !ok || v == nil {
		if low > 0 {
			f.add(join(path, key), "BASE_TYPE_REQUIRED", "This field is required")
		}
		return nil
	}
	items, ok := v.([]any)
	if !ok {
		f.add(join(path, key), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
		return nil
	}
	if len(items) < low || len(items) > high {
		f.add(join(path, key), "BASE_TYPE_BAD_LENGTH", fmt.Sprintf("Must be between %d and %d in length.", low, high))
	}
	out := make([]obj, 0, len(items))
	for i, it := range items {
		m, ok := it.(obj)
		if !ok {
			f.add(join(path, key, strconv.Itoa(i)), "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
			m = obj{}
		}
		out = append(out, m)
	}
	return out
}

func join(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, ".")
}

func whole(v any) (int64, bool) {
	switch n := v.(type) {
	case json.Number:
		i, err := n.Int64()
		return i, err == nil
	case int:
		return int64(n), true
	case int64:
		return n, true
	case float64:
		return int64(n), n == float64(int64(n))
	}
	return 0, false
}

func str(v any) string { s, _ := v.(string); return s }

func strs(v any) []string {
	items, _ := v.([]any)
	out := make([]string, 0, len(items))
	for _, it := range items {
		out = append(out, str(it))
	}
	return out
}

// orNull is the string, or JSON's null where there is none.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// plain turns any Go value into what a decoder would have given for its JSON,
// so that a record never shares memory with the world.
func plain(v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		panic("discordfake: not JSON: " + err.Error())
	}
	out, err := decode(b)
	if err != nil {
		panic("discordfake: not JSON: " + err.Error())
	}
	return out
}

func decode(b []byte) (any, error) {
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if d.More() {
		return nil, fmt.Errorf("more than one value")
	}
	return v, nil
}

func with(o obj, more obj) obj {
	out := maps.Clone(o)
	maps.Copy(out, more)
	return out
}
