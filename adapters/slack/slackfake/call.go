package slackfake

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// call is one call of a Web API method while it is being answered.
type call struct {
	s      *Server
	method string
	tok    *token
	team   *team // nil for the app-level token
	args   object
	header object // added to every answer, such as warnings
}

// refusal is an error as Slack tells it: a code, and fields beside it.
type refusal struct {
	code string
	more object
}

func (r *refusal) Error() string { return r.code }

func refuse(code string) *refusal { return &refusal{code: code} }

// method is what the fake knows of a Web API method.
type method struct {
	run    func(*call) (object, *refusal)
	token  string   // xoxb or xapp
	scopes []string // one of these is needed, before anything else is looked at
	tier   int      // 1 to 4; 0 is unlimited here, post has limits of its own
	json   bool     // takes arguments as JSON; the reading methods ignore them
}

const post = -1 // the tier of chat.postMessage: by channel and by workspace

// methods is everything that the fake speaks.
var methods = map[string]method{
	"auth.test":                    {run: authTest, token: "xoxb", json: true},
	"apps.connections.open":        {run: connectionsOpen, token: "xapp", scopes: []string{"connections:write"}, tier: 2, json: true},
	"chat.postMessage":             {run: chatPost, token: "xoxb", scopes: []string{"chat:write"}, tier: post, json: true},
	"chat.update":                  {run: chatUpdate, token: "xoxb", scopes: []string{"chat:write"}, tier: 3, json: true},
	"chat.delete":                  {run: chatDelete, token: "xoxb", scopes: []string{"chat:write"}, tier: 3, json: true},
	"chat.postEphemeral":           {run: chatEphemeral, token: "xoxb", scopes: []string{"chat:write"}, tier: 4, json: true},
	"chat.getPermalink":            {run: chatPermalink, token: "xoxb"},
	"conversations.open":           {run: convOpen, token: "xoxb", scopes: []string{"im:write"}, tier: 3, json: true},
	"conversations.info":           {run: convInfo, token: "xoxb", scopes: readScopes, tier: 3},
	"conversations.list":           {run: convList, token: "xoxb", scopes: readScopes, tier: 2},
	"conversations.members":        {run: convMembers, token: "xoxb", scopes: readScopes, tier: 4},
	"conversations.join":           {run: convJoin, token: "xoxb", scopes: []string{"channels:join"}, tier: 3, json: true},
	"conversations.history":        {run: convHistory, token: "xoxb", scopes: historyScopes, tier: 3},
	"conversations.replies":        {run: convReplies, token: "xoxb", scopes: historyScopes, tier: 3},
	"users.info":                   {run: usersInfo, token: "xoxb", scopes: []string{"users:read"}, tier: 4},
	"users.list":                   {run: usersList, token: "xoxb", scopes: []string{"users:read"}, tier: 2},
	"bots.info":                    {run: botsInfo, token: "xoxb", scopes: []string{"users:read"}, tier: 3},
	"views.open":                   {run: viewsOpen, token: "xoxb", tier: 4, json: true},
	"views.push":                   {run: viewsPush, token: "xoxb", tier: 4, json: true},
	"views.update":                 {run: viewsUpdate, token: "xoxb", tier: 4, json: true},
	"views.publish":                {run: viewsPublish, token: "xoxb", tier: 4, json: true},
	"files.getUploadURLExternal":   {run: filesUploadURL, token: "xoxb", scopes: []string{"files:write"}, tier: 4},
	"files.completeUploadExternal": {run: filesComplete, token: "xoxb", scopes: []string{"files:write"}, tier: 4, json: true},
	"files.info":                   {run: filesInfo, token: "xoxb", scopes: []string{"files:read"}, tier: 4},
	"files.delete":                 {run: filesDelete, token: "xoxb", scopes: []string{"files:write"}, tier: 3, json: true},
}

var (
	readScopes    = []string{"channels:read", "groups:read", "im:read", "mpim:read"}
	historyScopes = []string{"channels:history", "groups:history", "im:history", "mpim:history"}
	// allScopes is what an app gets that asks for everything this package knows.
	allScopes = []string{
		"app_mentions:read", "channels:history", "channels:join", "channels:read", "chat:write", "commands",
		"files:read", "files:write", "groups:history", "groups:read", "im:history", "im:read", "im:write", "users:read", "users:read.email",
	}
)

// serveCall answers one call: faults first, then the token, the rate, the scope,
// and only then the method itself. Refusals are HTTP 200 with ok false.
func (s *Server) serveCall(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("method")
	c := &call{s: s, method: name, args: object{}, header: object{}}
	tok, bad := c.read(r)
	rec := Call{At: time.Now(), Method: name, Args: maps.Clone(c.args)}
	m, known := methods[name]

	s.mu.Lock()
	f := s.takeFault(name, c.str("channel"))
	s.mu.Unlock()
	if f != nil && !f.After {
		s.record(rec, f.describe(), "")
		f.apply(w, r)
		return
	}
	var answer object
	var no *refusal
	wait := time.Duration(0)
	switch {
	case bad != nil:
		no = bad
	case !known:
		no = refuse("unknown_method")
	default:
		s.mu.Lock()
		no = c.admit(tok, m)
		if no == nil {
			rec.Team = c.teamID()
			if wait = s.rate(c, m); wait == 0 {
				answer, no = m.run(c)
			}
		}
		if f != nil && (no != nil || wait > 0) {
			f.spare()
			f = nil
		}
		s.mu.Unlock()
	}
	if f != nil { // done, and nobody hears of it
		s.record(rec, f.describe(), "")
		f.apply(w, r)
		return
	}
	if wait > 0 {
		seconds := int((wait + time.Second - 1) / time.Second)
		s.record(rec, "", "ratelimited")
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		reply(w, http.StatusTooManyRequests, object{"ok": false, "error": "ratelimited"})
		return
	}
	out := object{"ok": true}
	if no != nil {
		out = object{"ok": false, "error": no.code}
		maps.Copy(out, no.more)
		s.record(rec, "", no.code)
	} else {
		maps.Copy(out, answer)
		s.record(rec, "", "")
	}
	for k, v := range c.header {
		if _, there := out[k]; !there {
			out[k] = v
		}
	}
	reply(w, http.StatusOK, out)
}

func reply(w http.ResponseWriter, status int, body object) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// read takes the arguments and the token out of a request. A token in a JSON body
// is not one; neither are JSON arguments to a method that reads.
func (c *call) read(r *http.Request) (string, *refusal) {
	tok := strings.TrimSpace(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer"))
	for k, v := range r.URL.Query() {
		c.args[k] = v[0]
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil && r.Header.Get("Content-Type") != "" {
		return "", refuse("invalid_post_type")
	}
	switch kind {
	case "application/json":
		body, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
		if err != nil {
			return "", refuse("request_timeout")
		}
		if len(bytes.TrimSpace(body)) > 0 {
			var o object
			if err := json.Unmarshal(body, &o); err != nil {
				return "", refuse("invalid_json")
			}
			if methods[c.method].json {
				maps.Copy(c.args, o)
			}
			delete(c.args, "token")
		}
		if params["charset"] == "" {
			c.header["warning"] = "missing_charset"
			c.header["response_metadata"] = object{"warnings": []string{"missing_charset"}}
		}
		return tok, nil
	case "multipart/form-data":
		err = r.ParseMultipartForm(8 << 20)
	case "application/x-www-form-urlencoded", "":
		err = r.ParseForm()
	default:
		return "", refuse("invalid_post_type")
	}
	if err != nil {
		return "", refuse("invalid_form_data")
	}
	for k, v := range r.PostForm {
		c.args[k] = v[0]
	}
	if t := c.str("token"); t != "" && tok == "" {
		if c.method == "apps.connections.open" { // this one wants the header
			return "", refuse("not_authed")
		}
		tok = t
	}
	delete(c.args, "token")
	return tok, nil
}

// admit checks the token, its kind and its scopes; the lock is held.
func (c *call) admit(tok string, m method) *refusal {
	if tok == "" {
		return refuse("not_authed")
	}
	t := c.s.tokens[tok]
	switch {
	case t == nil:
		return refuse("invalid_auth")
	case t.gone != "":
		return refuse(t.gone)
	case c.method == "auth.test": // takes both kinds
	case t.kind != m.token:
		return refuse("not_allowed_token_type")
	}
	c.tok, c.team = t, t.team
	return c.need(m.scopes...)
}

// need refuses unless the token has one of these scopes.
func (c *call) need(scopes ...string) *refusal {
	if len(scopes) == 0 || slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(c.tok.scopes, s) }) {
		return nil
	}
	return &refusal{code: "missing_scope", more: object{"needed": strings.Join(scopes, ","), "provided": strings.Join(c.tok.scopes, ",")}}
}

func (c *call) teamID() string {
	if c.team == nil {
		return ""
	}
	return c.team.id
}

// str is an argument as text; numbers and truth values of a JSON body included.
func (c *call) str(key string) string {
	switch v := c.args[key].(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

func (c *call) bool(key string) bool {
	v := c.str(key)
	return v == "true" || v == "1"
}

func (c *call) has(key string) bool {
	v, ok := c.args[key]
	return ok && v != nil && v != ""
}

// value is an argument that is JSON: in a form it comes as text.
func (c *call) value(key string) (any, bool) {
	v, ok := c.args[key]
	if text, is := v.(string); is {
		if text == "" {
			return nil, true
		}
		var out any
		if json.Unmarshal([]byte(text), &out) != nil {
			return nil, false
		}
		return out, true
	}
	_ = ok
	return clone(v), true
}

// page cuts a list by the arguments cursor and limit; the cursor of the next page
// is empty at the end.
func page[T any](c *call, list []T, usual, most int) ([]T, string, *refusal) {
	limit := usual
	if c.has("limit") {
		n, err := strconv.Atoi(c.str("limit"))
		if err != nil || n < 0 {
			return nil, "", refuse("invalid_limit")
		}
		if n > 0 {
			limit = min(n, most)
		}
	}
	from := 0
	if cur := c.str("cursor"); cur != "" {
		at, ok := strings.CutPrefix(cur, "fake:")
		n, err := strconv.Atoi(strings.TrimSuffix(at, "="))
		if !ok || err != nil {
			return nil, "", refuse("invalid_cursor")
		}
		from = min(n, len(list))
	}
	to := min(from+limit, len(list))
	next := ""
	if to < len(list) {
		next = "fake:" + strconv.Itoa(to) + "="
	}
	return list[from:to], next, nil
}

func authTest(c *call) (object, *refusal) {
	if c.team == nil {
		return object{"app_name": c.s.opts.App.Name, "app_id": appID}, nil
	}
	t := c.team
	return object{
		"url": "https://" + t.domain + ".slack.com/", "team": t.name, "team_id": t.id,
		"user": t.bot.Name, "user_id": t.bot.ID, "bot_id": t.botID, "is_enterprise_install": false,
	}, nil
}
