package discordfake

import (
	"fmt"
	"slices"
	"strconv"
)

// Kinds of component.
const (
	rowComponent     = 1
	buttonComponent  = 2
	stringSelect     = 3
	textInput        = 4
	userSelect       = 5
	roleSelect       = 6
	mentionSelect    = 7
	channelSelect    = 8
	sectionComponent = 9
	textDisplay      = 10
	thumbnail        = 11
	mediaGallery     = 12
	fileComponent    = 13
	separator        = 14
	container        = 17
	labelComponent   = 18
	fileUpload       = 19
	radioGroup       = 21
	checkboxGroup    = 22
	checkbox         = 23
)

// walk calls fn for every component of a tree.
func walk(list []any, fn func(obj)) {
	for _, v := range list {
		o, isObj := v.(obj)
		if !isObj {
			continue
		}
		fn(o)
		inner, _ := o["components"].([]any)
		walk(inner, fn)
		for _, k := range []string{"component", "accessory"} {
			if one, isObj := o[k].(obj); isObj {
				walk([]any{one}, fn)
			}
		}
	}
}

// tree is a check of one message's or modal's components.
type tree struct {
	*faults
	ids    map[string]bool // custom ids seen
	number int64           // last component id given
	count  int
}

// components checks a message's components, and gives them back with what
// Discord adds: ids and defaults.
func (f *faults) components(body obj, path string, v2 bool) []any {
	high := 5
	if v2 {
		high = 40
	}
	t := &tree{faults: f, ids: map[string]bool{}}
	var out []any
	for i, c := range f.list(body, path, "components", 0, high) {
		at := join(path, "components", strconv.Itoa(i))
		kind, _ := whole(c["type"])
		if kind != rowComponent && !v2 {
			f.add(join(at, "type"), "UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (1,).")
			continue
		}
		out = append(out, t.top(c, at, kind, false))
	}
	if t.count > 40 {
		f.add(join(path, "components"), "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "The total number of components is more than 40")
	}
	return out
}

func (t *tree) give(c, out obj) obj {
	t.count++
	t.number++
	if n, given := whole(c["id"]); given && n > 0 {
		t.number = n
	}
	out["type"], out["id"] = c["type"], t.number
	return out
}

// top checks one that may stand alone.
func (t *tree) top(c obj, at string, kind int64, inside bool) any {
	switch kind {
	case rowComponent:
		return t.row(c, at)
	case textDisplay:
		return t.give(c, obj{"content": t.text(c, at, "content", 1, 4000)})
	case separator:
		return t.give(c, obj{"divider": t.truth(c, at, "divider", true), "spacing": t.whole(c, at, "spacing", 1, 1, 2)})
	case sectionComponent:
		out := t.give(c, obj{})
		var inner []any
		for i, s := range t.list(c, at, "components", 1, 3) {
			in := join(at, "components", strconv.Itoa(i))
			inner = append(inner, t.give(s, obj{"content": t.text(s, in, "content", 1, 4000)}))
		}
		acc, isObj := c["accessory"].(obj)
		if !isObj {
			t.add(join(at, "accessory"), "BASE_TYPE_REQUIRED", "This field is required")
			acc = obj{}
		}
		out["components"] = inner
		if k, _ := whole(acc["type"]); k == buttonComponent {
			out["accessory"] = t.button(acc, join(at, "accessory"))
		} else {
			out["accessory"] = t.give(acc, with(acc, nil))
		}
		return out
	case mediaGallery, fileComponent, thumbnail:
		return t.give(c, with(c, nil))
	case container:
		if inside {
			break
		}
		out := t.give(c, obj{"accent_color": c["accent_color"], "spoiler": t.truth(c, at, "spoiler", false)})
		inner := []any{}
		for i, s := range t.list(c, at, "components", 1, 39) {
			k, _ := whole(s["type"])
			inner = append(inner, t.top(s, join(at, "components", strconv.Itoa(i)), k, true))
		}
		out["components"] = inner
		return out
	}
	t.add(join(at, "type"), "UNION_TYPE_CHOICES", fmt.Sprintf("Value of field \"type\" must not be %d here.", kind))
	return obj{}
}

// row is an action row: five buttons, or one select.
func (t *tree) row(c obj, at string) any {
	out := t.give(c, obj{})
	inner := []any{}
	items := t.list(c, at, "components", 1, 5)
	buttons := 0
	for i, item := range items {
		in := join(at, "components", strconv.Itoa(i))
		switch kind, _ := whole(item["type"]); {
		case kind == buttonComponent:
			buttons++
			inner = append(inner, t.button(item, in))
		case kind == stringSelect || kind >= userSelect && kind <= channelSelect:
			if len(items) > 1 {
				t.add(join(at, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The layout of the component is too wide: a select fills its row")
			}
			inner = append(inner, t.menu(item, in, kind, false))
		default:
			t.add(join(in, "type"), "UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (2, 3, 5, 6, 7, 8).")
		}
	}
	out["components"] = inner
	return out
}

// custom checks a custom id: 1 to 100 characters, once in a message.
func (t *tree) custom(c obj, at string) string {
	id := t.text(c, at, "custom_id", 1, 100)
	if id != "" && t.ids[id] {
		t.add(join(at, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
	}
	t.ids[id] = true
	return id
}

func (t *tree) button(c obj, at string) any {
	out := t.give(c, obj{})
	style := t.whole(c, at, "style", 0, 1, 6)
	out["style"] = style
	label := t.text(c, at, "label", 0, 80)
	if label != "" {
		out["label"] = label
	}
	emoji, hasEmoji := c["emoji"].(obj)
	if hasEmoji {
		out["emoji"] = emoji
	}
	if label == "" && !hasEmoji && style != 6 {
		t.add(at, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A button must have a label or an emoji")
	}
	if t.truth(c, at, "disabled", false) {
		out["disabled"] = true
	}
	link := str(c["url"])
	switch {
	case style == 5:
		if link == "" {
			t.add(join(at, "url"), "BASE_TYPE_REQUIRED", "This field is required")
		}
		if c["custom_id"] != nil && str(c["custom_id"]) != "" {
			t.add(at, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified")
		}
		t.text(c, at, "url", 1, 512)
		t.link(c, at, "url")
		out["url"] = link
	case style >= 1 && style <= 4:
		if link != "" {
			t.add(at, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified")
		}
		out["custom_id"] = t.custom(c, at)
	}
	return out
}

// menu is a select, of a message or of a modal.
func (t *tree) menu(c obj, at string, kind int64, inModal bool) any {
	out := t.give(c, obj{"custom_id": t.custom(c, at)})
	if p := t.text(c, at, "placeholder", 0, 150); p != "" {
		out["placeholder"] = p
	}
	low := t.whole(c, at, "min_values", 1, 0, 25)
	high := t.whole(c, at, "max_values", 1, 1, 25)
	if low > high {
		t.add(join(at, "min_values"), "SELECT_COMPONENT_MIN_VALUES_EXCEEDS_MAX", "min_values cannot exceed max_values")
	}
	out["min_values"], out["max_values"] = low, high
	if t.truth(c, at, "disabled", false) {
		if inModal {
			t.add(join(at, "disabled"), "MODAL_COMPONENT_DISABLED", "Components in a modal cannot be disabled")
		}
		out["disabled"] = true
	}
	required := t.truth(c, at, "required", true)
	if inModal {
		out["required"] = required
		if required && low == 0 {
			t.add(join(at, "min_values"), "SELECT_COMPONENT_REQUIRED_MIN_VALUES", "A required select needs min_values of at least 1")
		}
	}
	if kind != stringSelect {
		if c["default_values"] != nil {
			out["default_values"] = t.standing(c, at, kind, high)
		}
		return out
	}
	out["options"] = t.options(c, at, high)
	return out
}

// standing is who or what a select begins with: as many as it takes at most, each
// of the select's own kind.
func (t *tree) standing(c obj, at string, kind, high int64) []any {
	kinds := map[int64][]string{userSelect: {"user"}, roleSelect: {"role"}, channelSelect: {"channel"}, mentionSelect: {"user", "role"}}[kind]
	var values []any
	for i, o := range t.list(c, at, "default_values", 0, 25) {
		in := join(at, "default_values", strconv.Itoa(i))
		if !slices.Contains(kinds, str(o["type"])) {
			t.add(join(in, "type"), "BASE_TYPE_CHOICES", fmt.Sprintf("Value must be one of %v.", kinds))
		}
		values = append(values, obj{"id": t.text(o, in, "id", 1, 20), "type": o["type"]})
	}
	if int64(len(values)) > high {
		t.add(join(at, "default_values"), "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", "More defaults than max_values")
	}
	return values
}

// options are a string select's: 1 to 25, values once each.
func (t *tree) options(c obj, at string, high int64) []any {
	options := []any{}
	values := map[string]bool{}
	defaults := int64(0)
	list := t.list(c, at, "options", 1, 25)
	if high > int64(len(list)) && c["max_values"] != nil {
		t.add(join(at, "max_values"), "SELECT_COMPONENT_MAX_VALUES_EXCEEDS_OPTIONS", "max_values cannot exceed the number of options")
	}
	for i, o := range list {
		in := join(at, "options", strconv.Itoa(i))
		made := obj{"label": t.text(o, in, "label", 1, 100), "value": t.text(o, in, "value", 1, 100)}
		if values[str(made["value"])] {
			t.add(join(in, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
		}
		values[str(made["value"])] = true
		if d := t.text(o, in, "description", 0, 100); d != "" {
			made["description"] = d
		}
		if e, isObj := o["emoji"].(obj); isObj {
			made["emoji"] = e
		}
		if t.truth(o, in, "default", false) {
			made["default"] = true
			defaults++
		}
		options = append(options, made)
	}
	if defaults > high {
		t.add(join(at, "options"), "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", "More defaults than max_values")
	}
	return options
}
