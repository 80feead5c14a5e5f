package discordfake

import (
	"fmt"
	"reflect"
	"slices"
	"time"
)

func (s *Server) appCheck(c *call) (string, *apiError) {
	if c.id("application_id") != s.appID {
		return "", errUnknownApplication
	}
	scope := c.id("guild_id")
	if scope != "" && s.guilds[scope] == nil {
		return "", errMissingAccess // as Discord answers for a guild that it is not in
	}
	return scope, nil
}

func (s *Server) listCommands(c *call) (answer, *apiError) {
	scope, err := s.appCheck(c)
	if err != nil {
		return no(err)
	}
	return ok(s.renderCommands(scope))
}

func (s *Server) renderCommands(scope string) []any {
	out := []any{}
	for _, cmd := range s.commands[scope] {
		out = append(out, s.renderCommand(cmd))
	}
	return out
}

// overwriteCommands is the bulk PUT: what is new counts towards the day's
// creations, and an unchanged command keeps id and version.
func (s *Server) overwriteCommands(c *call) (answer, *apiError) {
	scope, err := s.appCheck(c)
	if err != nil {
		return no(err)
	}
	list, isList := c.body.([]any)
	if !isList && c.body != nil {
		var f faults
		f.add("", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
		return no(f.err())
	}
	if err := s.checkCommands(list); err != nil {
		return no(err)
	}
	old := s.commands[scope]
	var made []*command
	created := 0
	for _, v := range list {
		cmd := s.newCommand(v.(obj), scope)
		i := slices.IndexFunc(old, func(o *command) bool { return o.kind == cmd.kind && str(o.body["name"]) == str(cmd.body["name"]) })
		switch {
		case i < 0:
			created++
		default:
			cmd.id = old[i].id
			if reflect.DeepEqual(old[i].body, cmd.body) {
				cmd.version = old[i].version
			}
		}
		made = append(made, cmd)
	}
	if err := s.countCreates(scope, created); err != nil {
		return no(err)
	}
	s.commands[scope] = made
	return ok(s.renderCommands(scope))
}

// countCreates holds a scope to 200 new commands a day.
func (s *Server) countCreates(scope string, n int) *apiError {
	day := s.now().Add(-24 * time.Hour)
	s.creates[scope] = slices.DeleteFunc(s.creates[scope], func(t time.Time) bool { return t.Before(day) })
	if len(s.creates[scope])+n > s.opt.CommandCreates {
		return refuse(400, 30034, fmt.Sprintf("Max number of daily application command creates has been reached (%d)", s.opt.CommandCreates))
	}
	for range n {
		s.creates[scope] = append(s.creates[scope], s.now())
	}
	return nil
}

func (s *Server) newCommand(body obj, scope string) *command {
	kind := 1
	if k, given := whole(body["type"]); given {
		kind = int(k)
	}
	id := s.next()
	kept := without(plain(body)).(obj)
	return &command{id: id, version: s.next(), scope: scope, kind: kind, body: kept}
}

// without drops nulls and empty lists at every depth, as they do not come back.
func without(v any) any {
	switch v := v.(type) {
	case obj:
		for k, inner := range v {
			if list, isList := inner.([]any); inner == nil || isList && len(list) == 0 {
				delete(v, k)
				continue
			}
			v[k] = without(inner)
		}
	case []any:
		for i := range v {
			v[i] = without(v[i])
		}
	}
	return v
}

func (s *Server) renderCommand(cmd *command) obj {
	o := with(cmd.body, obj{
		"id": cmd.id, "application_id": s.appID, "version": cmd.version, "type": cmd.kind,
		"description": str(cmd.body["description"]), "nsfw": cmd.body["nsfw"] == true,
		"default_member_permissions": nil, "integration_types": []any{0},
	})
	if p := cmd.body["default_member_permissions"]; p != nil {
		o["default_member_permissions"] = fmt.Sprint(p)
	}
	if cmd.scope != "" {
		o["guild_id"] = cmd.scope
	} else {
		o["dm_permission"] = cmd.body["dm_permission"] != false
	}
	return o
}

// createCommand is the single POST; the same name again replaces it.
func (s *Server) createCommand(c *call) (answer, *apiError) {
	scope, err := s.appCheck(c)
	if err != nil {
		return no(err)
	}
	var f faults
	kind := f.whole(c.obj(), "", "type", 1, 1, 4)
	s.checkCommand(&f, c.obj(), "", kind)
	if err := f.err(); err != nil {
		return no(err)
	}
	cmd := s.newCommand(c.obj(), scope)
	list := s.commands[scope]
	i := slices.IndexFunc(list, func(o *command) bool { return o.kind == cmd.kind && str(o.body["name"]) == str(cmd.body["name"]) })
	if i >= 0 {
		cmd.id = list[i].id
		list[i] = cmd
		return ok(s.renderCommand(cmd))
	}
	same := 0
	for _, o := range list {
		if o.kind == cmd.kind {
			same++
		}
	}
	if high := map[int]int{1: 100, 2: 15, 3: 15}[cmd.kind]; same >= high {
		return no(refuse(400, 30032, fmt.Sprintf("Maximum number of application commands reached (%d)", high)))
	}
	if err := s.countCreates(scope, 1); err != nil {
		return no(err)
	}
	s.commands[scope] = append(list, cmd)
	return answer{201, s.renderCommand(cmd)}, nil
}

func (s *Server) deleteCommand(c *call) (answer, *apiError) {
	scope, err := s.appCheck(c)
	if err != nil {
		return no(err)
	}
	n := len(s.commands[scope])
	s.commands[scope] = slices.DeleteFunc(s.commands[scope], func(o *command) bool { return o.id == c.id("command_id") })
	if len(s.commands[scope]) == n {
		return no(errUnknownCommand)
	}
	return none()
}
