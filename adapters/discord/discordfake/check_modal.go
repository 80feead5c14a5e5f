package discordfake

import "strconv"

// checkModal holds a modal to its limits: title 45, one to five components,
// each a label (the current kind), a text, or a row with one text input (the
// old kind, still taken).
func checkModal(data obj) *apiError {
	var f faults
	const path = "data"
	f.text(data, path, "custom_id", 1, 100)
	f.text(data, path, "title", 1, 45)
	t := &tree{faults: &f, ids: map[string]bool{}}
	made := []any{}
	for i, c := range f.list(data, path, "components", 1, 5) {
		at := join(path, "components", strconv.Itoa(i))
		switch kind, _ := whole(c["type"]); kind {
		case labelComponent:
			made = append(made, t.label(c, at))
		case textDisplay:
			made = append(made, t.top(c, at, kind, false))
		case rowComponent:
			out := t.give(c, obj{})
			inner := []any{}
			for j, item := range t.list(c, at, "components", 1, 1) {
				in := join(at, "components", strconv.Itoa(j))
				if k, _ := whole(item["type"]); k != textInput {
					t.add(join(in, "type"), "UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (4,).")
					continue
				}
				inner = append(inner, t.input(item, in, true))
			}
			out["components"] = inner
			made = append(made, out)
		default:
			t.add(join(at, "type"), "UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (1, 10, 18).")
		}
	}
	if err := f.err(); err != nil {
		return err
	}
	data["components"] = made
	return nil
}

// label names and describes the one component in it.
func (t *tree) label(c obj, at string) any {
	out := t.give(c, obj{"label": t.text(c, at, "label", 1, 45)})
	if c["description"] != nil { // left out, or not empty
		out["description"] = t.text(c, at, "description", 1, 100)
	}
	inner, isObj := c["component"].(obj)
	if !isObj {
		t.add(join(at, "component"), "BASE_TYPE_REQUIRED", "This field is required")
		return out
	}
	in := join(at, "component")
	switch kind, _ := whole(inner["type"]); kind {
	case textInput:
		out["component"] = t.input(inner, in, false)
	case stringSelect, userSelect, roleSelect, mentionSelect, channelSelect:
		out["component"] = t.menu(inner, in, kind, true)
	case fileUpload:
		low := t.whole(inner, in, "min_values", 1, 0, 10)
		high := t.whole(inner, in, "max_values", 1, 1, 10)
		if low > high {
			t.add(join(in, "min_values"), "FILE_UPLOAD_MIN_VALUES_EXCEEDS_MAX", "min_values cannot exceed max_values")
		}
		out["component"] = t.give(inner, obj{
			"custom_id": t.custom(inner, in), "min_values": low, "max_values": high,
			"required": t.truth(inner, in, "required", true),
		})
	case radioGroup, checkboxGroup:
		high := 10
		low := 1
		if kind == radioGroup {
			low = 2
		}
		t.list(inner, in, "options", low, high)
		out["component"] = t.give(inner, with(inner, obj{"custom_id": t.custom(inner, in), "required": t.truth(inner, in, "required", true)}))
	case checkbox:
		out["component"] = t.give(inner, with(inner, obj{"custom_id": t.custom(inner, in)}))
	default:
		t.add(join(in, "type"), "UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (3, 4, 5, 6, 7, 8, 19, 21, 22, 23).")
	}
	return out
}

// input is a text input; in a row it carries its label itself.
func (t *tree) input(c obj, at string, inRow bool) any {
	out := t.give(c, obj{"custom_id": t.custom(c, at), "required": t.truth(c, at, "required", true)})
	if c["style"] == nil {
		t.add(join(at, "style"), "BASE_TYPE_REQUIRED", "This field is required")
	}
	out["style"] = t.whole(c, at, "style", 1, 1, 2)
	switch {
	case inRow:
		out["label"] = t.text(c, at, "label", 1, 45)
	case str(c["label"]) != "":
		t.add(join(at, "label"), "TEXT_INPUT_LABEL_IN_LABEL", "A text input in a label cannot have a label of its own")
	}
	low := t.whole(c, at, "min_length", 0, 0, 4000)
	high := t.whole(c, at, "max_length", 4000, 1, 4000)
	if low > high {
		t.add(join(at, "min_length"), "TEXT_INPUT_MIN_LENGTH_EXCEEDS_MAX", "min_length cannot exceed max_length")
	}
	out["min_length"], out["max_length"] = low, high
	if v := t.text(c, at, "value", 0, 4000); v != "" {
		out["value"] = v
		if n := int64(len([]rune(v))); n > high || n < low {
			t.add(join(at, "value"), "BASE_TYPE_BAD_LENGTH", "The value does not fit min_length and max_length")
		}
	}
	if p := t.text(c, at, "placeholder", 0, 100); p != "" {
		out["placeholder"] = p
	}
	return out
}
