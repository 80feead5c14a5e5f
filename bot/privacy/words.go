package privacy

import (
	"encoding/json"
	"slices"
	"strings"
)

// Words knows again what somebody wrote, wherever a copy of it stands.
type Words struct{ pieces []string }

// piece is how many bytes in a row make it certain enough that a text is a copy.
const piece = 24

// shortest is how many bytes a whole text of somebody's has at least that is looked
// for: shorter ones are the words of states, such as "not yet".
const shortest = 8

// ours are the fields of records in which a programme's or a framework's texts
// stand, which are nobody's own.
var ours = []string{"asks", "programme", "criteria", "badge", "change"}

// newWords takes down all texts in the values.
func newWords(values []any) (Words, error) {
	var w Words
	for _, v := range values {
		data, err := json.Marshal(v)
		if err != nil {
			return w, err
		}
		var read any
		if err := json.Unmarshal(data, &read); err != nil {
			return w, err
		}
		w.add(read)
	}
	return w, nil
}

func (w *Words) add(v any) {
	switch v := v.(type) {
	case string:
		// Only what is written has blanks: ids, times and addresses have none.
		text := plain(v)
		for from := 0; from+piece <= len(text); from += piece {
			if part := text[from : from+piece]; strings.Count(part, " ") > 0 {
				w.pieces = append(w.pieces, part)
			}
		}
		if len(text) < piece && len(text) >= shortest && strings.Contains(text, " ") {
			w.pieces = append(w.pieces, text)
		}
	case []any:
		for _, x := range v {
			w.add(x)
		}
	case map[string]any:
		for k, x := range v {
			if !slices.Contains(ours, k) {
				w.add(x)
			}
		}
	}
}

// In tells whether some of the words stand in a value as JSON keeps it.
func (w Words) In(v any) (bool, error) {
	if len(w.pieces) == 0 {
		return false, nil
	}
	data, err := json.Marshal(v)
	if err != nil {
		return false, err
	}
	var read any
	if err := json.Unmarshal(data, &read); err != nil {
		return false, err
	}
	return w.stand(read), nil
}

func (w Words) stand(v any) bool {
	switch v := v.(type) {
	case string:
		text := plain(v)
		for _, p := range w.pieces {
			if strings.Contains(text, p) {
				return true
			}
		}
	case []any:
		for _, x := range v {
			if w.stand(x) {
				return true
			}
		}
	case map[string]any:
		for _, x := range v {
			if w.stand(x) {
				return true
			}
		}
	}
	return false
}

// plain leaves of a text what every copy has in common: no mark-up, single blanks.
func plain(s string) string {
	s = strings.NewReplacer("\\", "", ">", " ", "*", "", "_", "").Replace(s)
	return strings.Join(strings.Fields(s), " ")
}
