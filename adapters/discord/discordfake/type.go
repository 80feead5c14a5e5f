package discordfake

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Command types a slash command, "session schedule" for instance, with what
// was given for its options: string, bool, int, float64, an id, or a File. It
// is refused where Discord's own client would not send it.
func (s *Server) Command(userID, channelID, path string, options map[string]any) (*Interaction, error) {
	return s.typed(userID, channelID, path, options, "")
}

// Autocomplete asks for completions of one option, whose value so far is in
// options, beside those that were filled before it.
func (s *Server) Autocomplete(userID, channelID, path string, options map[string]any, focused string) (*Interaction, error) {
	return s.typed(userID, channelID, path, options, focused)
}

// MessageCommand picks an entry of the menu on a message.
func (s *Server) MessageCommand(userID, channelID, name, messageID string) (*Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, c, err := s.who(userID, channelID, UseApplicationCommand)
	if err != nil {
		return nil, err
	}
	m := c.find(messageID)
	if m == nil || m.only != nil {
		return nil, fmt.Errorf("message %s: %w", messageID, ErrNotVisible)
	}
	cmd, err := s.registered(u, c, name, 3)
	if err != nil {
		return nil, err
	}
	data := commandData(cmd)
	data["target_id"] = m.id
	data["resolved"] = obj{"messages": obj{m.id: s.renderMessage(m)}}
	return s.started(&interaction{kind: kindCommand, user: u, channel: c, target: m}, data), nil
}

// UserCommand picks an entry of the menu on a person.
func (s *Server) UserCommand(userID, channelID, name, targetID string) (*Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, c, err := s.who(userID, channelID, UseApplicationCommand)
	if err != nil {
		return nil, err
	}
	whom := s.users[targetID]
	if whom == nil {
		return nil, fmt.Errorf("user %s: %w", targetID, ErrNotVisible)
	}
	cmd, err := s.registered(u, c, name, 2)
	if err != nil {
		return nil, err
	}
	data := commandData(cmd)
	data["target_id"] = targetID
	data["resolved"] = s.resolve(c, userSelect, []string{targetID})
	return s.started(&interaction{kind: kindCommand, user: u, channel: c, whom: whom}, data), nil
}

func commandData(cmd *command) obj {
	o := obj{"id": cmd.id, "name": cmd.body["name"], "type": cmd.kind}
	if cmd.scope != "" {
		o["guild_id"] = cmd.scope
	}
	return o
}

// registered finds a command that a person is shown: the guild's own go before
// the global ones, and default permissions hide it from others.
func (s *Server) registered(u *user, c *channel, name string, kind int) (*command, error) {
	scopes := []string{""}
	if c.guild != nil {
		scopes = []string{c.guild.id, ""}
	}
	var names []string
	for _, scope := range scopes {
		for _, cmd := range s.commands[scope] {
			if cmd.kind != kind {
				continue
			}
			names = append(names, str(cmd.body["name"]))
			if str(cmd.body["name"]) != name || !s.shown(u, c, cmd) {
				continue
			}
			return cmd, nil
		}
	}
	return nil, fmt.Errorf("no command %q of kind %d is shown to user %s here; registered: %s", name, kind, u.ID, strings.Join(names, ", "))
}

func (s *Server) shown(u *user, c *channel, cmd *command) bool {
	if c.guild == nil {
		if list, given := cmd.body["contexts"].([]any); given {
			return slices.ContainsFunc(list, func(v any) bool { n, _ := whole(v); return n == 1 })
		}
		return cmd.body["dm_permission"] != false
	}
	if list, given := cmd.body["contexts"].([]any); given && !slices.ContainsFunc(list, func(v any) bool { n, _ := whole(v); return n == 0 }) {
		return false
	}
	bits := cmd.body["default_member_permissions"]
	if bits == nil {
		return true
	}
	want, _ := strconv.ParseInt(fmt.Sprint(bits), 10, 64)
	has := s.may(u.ID, c)
	return has == everything || want != 0 && has&want == want
}

func (s *Server) typed(userID, channelID, path string, given map[string]any, focused string) (*Interaction, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, c, err := s.who(userID, channelID, UseApplicationCommand)
	if err != nil {
		return nil, err
	}
	words := strings.Fields(strings.TrimPrefix(path, "/"))
	if len(words) == 0 {
		return nil, fmt.Errorf("a command's path is like %q", "session schedule")
	}
	cmd, err := s.registered(u, c, words[0], 1)
	if err != nil {
		return nil, err
	}
	data := commandData(cmd)
	level, into := cmd.body, data
	for _, word := range words[1:] {
		next := child(level, word)
		if next == nil {
			return nil, fmt.Errorf("/%s has no sub-command %q", words[0], word)
		}
		part := obj{"name": word, "type": next["type"]}
		into["options"] = []any{part}
		level, into = next, part
	}
	resolved := obj{}
	options, err := s.optionValues(c, level, given, focused, resolved)
	if err != nil {
		return nil, fmt.Errorf("/%s: %w", strings.Join(words, " "), err)
	}
	into["options"] = options
	if len(resolved) > 0 {
		data["resolved"] = resolved
	}
	kind := kindCommand
	if focused != "" {
		kind = kindAutocomplete
	}
	return s.started(&interaction{kind: kind, user: u, channel: c}, data), nil
}

func child(level obj, name string) obj {
	list, _ := level["options"].([]any)
	for _, v := range list {
		o, _ := v.(obj)
		if k, _ := whole(o["type"]); str(o["name"]) == name && k <= optGroup {
			return o
		}
	}
	return nil
}

// optionValues holds what was given to what was registered.
func (s *Server) optionValues(c *channel, level obj, given map[string]any, focused string, resolved obj) ([]any, error) {
	out := []any{}
	known := map[string]bool{}
	list, _ := level["options"].([]any)
	for _, v := range list {
		o, _ := v.(obj)
		kind, _ := whole(o["type"])
		name := str(o["name"])
		if kind <= optGroup {
			return nil, fmt.Errorf("choose a sub-command, %q for instance", name)
		}
		known[name] = true
		value, there := given[name]
		if !there {
			if o["required"] == true && focused == "" {
				return nil, fmt.Errorf("the option %q is required", name)
			}
			continue
		}
		if name == focused {
			if o["autocomplete"] != true {
				return nil, fmt.Errorf("the option %q does not complete", name)
			}
			out = append(out, obj{"name": name, "type": kind, "value": value, "focused": true})
			continue
		}
		sent, err := s.optionValue(c, o, int(kind), value, resolved)
		if err != nil {
			return nil, fmt.Errorf("the option %q: %w", name, err)
		}
		out = append(out, obj{"name": name, "type": kind, "value": sent})
	}
	for name := range given {
		if !known[name] {
			names := make([]string, 0, len(known))
			for k := range known {
				names = append(names, k)
			}
			sort.Strings(names)
			return nil, fmt.Errorf("no option %q; there are: %s", name, strings.Join(names, ", "))
		}
	}
	return out, nil
}

func (s *Server) optionValue(c *channel, o obj, kind int, value any, resolved obj) (any, error) {
	if choices, _ := o["choices"].([]any); len(choices) > 0 {
		if !slices.ContainsFunc(choices, func(v any) bool { ch, _ := v.(obj); return fmt.Sprint(ch["value"]) == fmt.Sprint(value) }) {
			return nil, fmt.Errorf("%v is no choice", value)
		}
	}
	switch kind {
	case optString:
		text, isText := value.(string)
		low, _ := whole(o["min_length"])
		high, given := whole(o["max_length"])
		if !given {
			high = 6000
		}
		if n := int64(len([]rune(text))); !isText || n < max(low, 1) || n > high {
			return nil, fmt.Errorf("takes a text of %d to %d characters", max(low, 1), high)
		}
		return text, nil
	case optInteger, optNumber:
		n, err := strconv.ParseFloat(fmt.Sprint(value), 64)
		if err != nil || kind == optInteger && n != float64(int64(n)) {
			return nil, fmt.Errorf("%v is no number that it takes", value)
		}
		for key, sign := range map[string]float64{"min_value": 1, "max_value": -1} {
			if edge, err := strconv.ParseFloat(fmt.Sprint(o[key]), 64); err == nil && sign*n < sign*edge {
				return nil, fmt.Errorf("%v is beyond %s %v", value, key, edge)
			}
		}
		if kind == optInteger {
			return int64(n), nil
		}
		return n, nil
	case optBoolean:
		if _, isBool := value.(bool); !isBool {
			return nil, fmt.Errorf("takes true or false")
		}
		return value, nil
	case optFile:
		f, isFile := value.(File)
		if !isFile {
			return nil, fmt.Errorf("takes a File")
		}
		up := s.keep(f.Name, f.Kind, f.Description, f.Data)
		up.ephemeral = true
		merge(resolved, obj{"attachments": obj{up.id: s.renderUpload(up)}})
		return up.id, nil
	}
	id, _ := value.(string)
	as := map[int]int{optUser: userSelect, optChannel: channelSelect, optRole: roleSelect, optMention: mentionSelect}[kind]
	found := s.resolve(c, as, []string{id})
	if found == nil {
		return nil, fmt.Errorf("%v is nobody and nothing here", value)
	}
	merge(resolved, found)
	return id, nil
}

// merge adds maps of resolved things to each other.
func merge(into, more obj) {
	for k, v := range more {
		have, isObj := into[k].(obj)
		if !isObj {
			into[k] = v
			continue
		}
		into[k] = with(have, v.(obj))
	}
}
