package discordfake

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Kinds of option.
const (
	optSub     = 1
	optGroup   = 2
	optString  = 3
	optInteger = 4
	optBoolean = 5
	optUser    = 6
	optChannel = 7
	optRole    = 8
	optMention = 9
	optNumber  = 10
	optFile    = 11
)

// slashName is Discord's rule for names; letters with a case must be lower.
var (
	slashName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)
	hasUpper  = regexp.MustCompile(`\p{Lu}`)
)

type command struct {
	id, version, scope string
	kind               int
	body               obj // as registered
}

// size is what counts towards 8000: names, descriptions and values.
type size struct{ n int }

func (z *size) add(s string) { z.n += utf8.RuneCountInString(s) }

// checkCommands holds a whole bulk overwrite to the limits.
func (s *Server) checkCommands(list []any) *apiError {
	var f faults
	kinds := map[int64]int{}
	seen := map[string]bool{}
	for i, v := range list {
		at := strconv.Itoa(i)
		c, isObj := v.(obj)
		if !isObj {
			f.add(at, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
			continue
		}
		kind := f.whole(c, at, "type", 1, 1, 4)
		kinds[kind]++
		s.checkCommand(&f, c, at, kind)
		key := fmt.Sprint(kind, " ", str(c["name"]))
		if seen[key] {
			f.add(join(at, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
		}
		seen[key] = true
	}
	if err := f.err(); err != nil {
		return err
	}
	if kinds[1] > 100 || kinds[2] > 15 || kinds[3] > 15 {
		return refuse(400, 30032, "Maximum number of application commands reached (100)")
	}
	return nil
}

func (s *Server) checkCommand(f *faults, c obj, at string, kind int64) {
	z := &size{}
	if bits := c["default_member_permissions"]; bits != nil {
		if n, err := strconv.ParseInt(fmt.Sprint(bits), 10, 64); err != nil || n < 0 {
			f.add(join(at, "default_member_permissions"), "NUMBER_TYPE_COERCE", "Value is not int.")
		}
	}
	name := f.text(c, at, "name", 1, 32)
	z.add(name)
	if kind != 1 {
		if str(c["description"]) != "" {
			f.add(join(at, "description"), "APPLICATION_COMMANDS_NO_DESCRIPTION", "Context menu commands cannot have a description")
		}
		if o, _ := c["options"].([]any); len(o) > 0 {
			f.add(join(at, "options"), "APPLICATION_COMMANDS_NO_OPTIONS", "Context menu commands cannot have options")
		}
		return
	}
	f.slashName(name, at)
	z.add(f.text(c, at, "description", 1, 100))
	if v, there := c["options"]; there && v == nil {
		s.violate("options null", "a command's options were null; send an empty list")
	}
	f.options(c, at, 0, z)
	if z.n > 8000 {
		f.add(at, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")
	}
}

func (f *faults) slashName(name, at string) {
	if name != "" && (!slashName.MatchString(name) || hasUpper.MatchString(name)) {
		f.add(join(at, "name"), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
	}
}

// options checks one level: depth 0 is the command's own.
func (f *faults) options(c obj, at string, depth int, z *size) {
	optional, plainOnes, subs := false, 0, 0
	names := map[string]bool{}
	for i, o := range f.list(c, at, "options", 0, 25) {
		in := join(at, "options", strconv.Itoa(i))
		name := f.text(o, in, "name", 1, 32)
		z.add(name)
		f.slashName(name, in)
		if names[name] {
			f.add(join(in, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE", "Option names must be unique")
		}
		names[name] = true
		z.add(f.text(o, in, "description", 1, 100))
		if o["type"] == nil {
			f.add(join(in, "type"), "BASE_TYPE_REQUIRED", "This field is required")
		}
		kind := f.whole(o, in, "type", optString, 1, 11)
		if kind == optSub || kind == optGroup {
			subs++
			if depth == 2 || kind == optGroup && depth > 0 {
				f.add(join(in, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command option type is invalid here")
				continue
			}
			if kind == optGroup {
				f.options(o, in, 1, z)
				for j, sub := range f.list(o, in, "options", 0, 25) {
					if k, _ := whole(sub["type"]); k != optSub {
						f.add(join(in, "options", strconv.Itoa(j), "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "A group holds only sub-commands")
					}
				}
				continue
			}
			f.options(o, in, 2, z)
			continue
		}
		plainOnes++
		required := f.truth(o, in, "required", false)
		if required && optional {
			f.add(in, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
		}
		optional = optional || !required
		f.choices(o, in, kind, z)
	}
	if subs > 0 && plainOnes > 0 {
		f.add(join(at, "options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and sub-command group option types are mutually exclusive to all other types")
	}
}

func (f *faults) choices(o obj, at string, kind int64, z *size) {
	auto := f.truth(o, at, "autocomplete", false)
	choices := f.list(o, at, "choices", 0, 25)
	if len(choices) > 0 && auto {
		f.add(join(at, "autocomplete"), "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES", "An option with choices cannot complete")
	}
	takes := slices.Contains([]int64{optString, optInteger, optNumber}, kind)
	if (auto || len(choices) > 0) && !takes {
		f.add(at, "APPLICATION_COMMAND_OPTIONS_CHOICES_TYPE", "Only text and numbers can have choices or complete")
	}
	names, values := map[string]bool{}, map[string]bool{}
	for i, ch := range choices {
		in := join(at, "choices", strconv.Itoa(i))
		name := f.text(ch, in, "name", 1, 100)
		z.add(name)
		value := fmt.Sprint(ch["value"])
		if kind == optString {
			value = f.text(ch, in, "value", 1, 100)
			z.add(value)
		} else if _, isNumber := whole(ch["value"]); kind == optInteger && !isNumber {
			f.add(join(in, "value"), "NUMBER_TYPE_COERCE", "Value is not int.")
		}
		if names[name] || values[value] {
			f.add(in, "APPLICATION_COMMAND_OPTIONS_CHOICE_DUPLICATE", "Choices must be unique")
		}
		names[name], values[value] = true, true
	}
	if kind == optString {
		f.whole(o, at, "min_length", 0, 0, 6000)
		f.whole(o, at, "max_length", 6000, 1, 6000)
	}
}
