package slackfake

import (
	"io"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// File is a file in the workspace.
type File struct {
	ID, Name, Title, Mimetype, AltText string
	User                               string
	Size                               int
	Data                               []byte
}

type file struct {
	File
	team   *team
	base   string
	ready  time.Time // from when a block may show it
	stored bool
	shares map[string][]string // ts by channel
	where  map[string]*channel
	gone   bool
	want   int  // the size that was announced
	handed bool // in by a form of the bot's

	elsewhere string // where it is, if Slack only links to it
}

func (f *file) json() object {
	if f.gone {
		return object{"id": f.ID, "mode": "tombstone"}
	}
	if f.elsewhere != "" {
		return object{"id": f.ID, "name": f.Name, "title": f.Title, "mimetype": f.Mimetype, "mode": "external", "is_external": true, "external_type": "gdrive", "url_private": f.elsewhere, "url_private_download": f.elsewhere, "size": f.Size}
	}
	address := f.base + "/files-pri/" + f.team.id + "-" + f.ID + "/" + f.Name
	kind := strings.TrimPrefix(path.Ext(f.Name), ".")
	o := object{
		"id": f.ID, "created": 1700000000, "timestamp": 1700000000, "name": f.Name, "title": f.Title, "mimetype": f.Mimetype,
		"filetype": kind, "pretty_type": strings.ToUpper(kind), "user": f.User, "user_team": f.team.id, "size": f.Size, "mode": "hosted",
		"is_external": false, "external_type": "", "is_public": false, "editable": false,
		"url_private": address, "url_private_download": address, "permalink": "https://" + f.team.domain + ".slack.com/files/" + f.User + "/" + f.ID + "/" + f.Name,
		"file_access": "visible", "alt_txt": f.AltText,
	}
	if time.Now().Before(f.ready) {
		o["mimetype"], o["filetype"] = "", "" // still being looked at
	}
	public, private, ims, channels, groups := object{}, object{}, []string{}, []string{}, []string{}
	for id, list := range f.shares {
		var each []object
		for _, ts := range list {
			each = append(each, object{"ts": ts, "channel_name": f.where[id].name, "team_id": f.team.id})
		}
		switch f.where[id].kind() {
		case "channel":
			public[id] = each
			channels = append(channels, id)
		case "group":
			private[id] = each
			groups = append(groups, id)
		default:
			private[id] = each
			ims = append(ims, id)
		}
	}
	o["channels"], o["groups"], o["ims"] = channels, groups, ims
	o["shares"] = object{"public": public, "private": private}
	return o
}

func (f *file) share(ch *channel, ts string) {
	f.shares[ch.id] = append(f.shares[ch.id], ts)
	f.where[ch.id] = ch
}

// newFile stores a file; the lock is held.
func (s *Server) newFile(u *user, name string, data []byte) *file {
	f := &file{
		File: File{ID: s.id("F"), Name: name, Title: name, User: u.ID, Size: len(data), Data: data},
		team: u.team, base: s.base, stored: true, shares: map[string][]string{}, where: map[string]*channel{},
	}
	f.Mimetype = mime.TypeByExtension(path.Ext(name))
	if f.Mimetype == "" {
		f.Mimetype = "application/octet-stream"
	}
	f.Mimetype, _, _ = strings.Cut(f.Mimetype, ";")
	s.files[f.ID] = f
	return f
}

// Files are all files of all workspaces, deleted ones left out, by id.
func (s *Server) Files() []File {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []File
	for _, f := range s.files {
		if !f.gone && f.stored {
			out = append(out, f.File)
		}
	}
	slices.SortFunc(out, func(a, b File) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// showable says why a block cannot show a file; empty when it can. The lock is
// held.
func (s *Server) showable(t *team, o object) string {
	id, _ := o["id"].(string)
	if address, _ := o["url"].(string); id == "" {
		for _, f := range s.files {
			if j := f.json(); address != "" && (j["url_private"] == address || j["permalink"] == address) {
				id = f.ID
			}
		}
	}
	f := s.files[id]
	if f == nil || f.gone || !f.stored || f.team != t || time.Now().Before(f.ready) || !strings.HasPrefix(f.Mimetype, "image/") {
		return "invalid slack file"
	}
	return ""
}

func filesUploadURL(c *call) (object, *refusal) {
	n, err := strconv.Atoi(c.str("length"))
	if c.str("filename") == "" || err != nil || n <= 0 {
		return nil, &refusal{code: "invalid_arguments", more: messages("[ERROR] missing required field: filename and length")}
	}
	if utf8.RuneCountInString(c.str("alt_txt")) > 1000 {
		return nil, refuse("alt_txt_too_large")
	}
	f := c.s.newFile(c.team.bot, path.Base(c.str("filename")), nil)
	f.stored, f.want, f.AltText = false, n, c.str("alt_txt")
	c.s.seq["upload"]++
	tok := "up" + strconv.Itoa(c.s.seq["upload"])
	c.s.uploads[tok] = f
	return object{"upload_url": c.s.base + "/upload/v1/" + tok, "file_id": f.ID}, nil
}

// serveUpload takes the bytes, raw or as a form, once.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) {
	tok := r.PathValue("token")
	s.mu.Lock()
	f := s.uploads[tok]
	fault := s.takeFault("upload", "")
	if fault == nil || fault.After {
		delete(s.uploads, tok)
	}
	s.mu.Unlock()
	if fault != nil && !fault.After {
		fault.apply(w, r)
		return
	}
	if f == nil {
		http.Error(w, "no such upload", http.StatusNotFound)
		return
	}
	var body io.Reader = r.Body
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "multipart/form-data" {
		parts, err := r.MultipartReader()
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		for {
			p, err := parts.NextPart()
			if err != nil {
				http.Error(w, "no file in the form", http.StatusBadRequest)
				return
			}
			if p.FileName() != "" || p.FormName() == "file" || p.FormName() == "filename" {
				body = p
				break
			}
		}
	}
	data, err := io.ReadAll(io.LimitReader(body, 64<<20))
	if err != nil || len(data) != f.want {
		http.Error(w, "the size is not the one announced", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	f.Data, f.Size, f.stored = data, len(data), true
	f.ready = time.Now().Add(s.opts.FileDelay)
	s.mu.Unlock()
	if fault != nil {
		fault.apply(w, r)
		return
	}
	_, _ = io.WriteString(w, "OK - "+strconv.Itoa(len(data)))
}

// filesComplete ends an upload and shares it, if a channel is named.
func filesComplete(c *call) (object, *refusal) {
	raw, ok := c.value("files")
	given, is := raw.([]any)
	if !ok || !is || len(given) == 0 {
		return nil, &refusal{code: "invalid_arguments", more: messages("[ERROR] missing required field: files")}
	}
	var list []*file
	for _, g := range given {
		o, _ := g.(object)
		id, _ := o["id"].(string)
		f := c.s.files[id]
		if f == nil || !f.stored || f.team != c.team || f.User != c.team.bot.ID {
			return nil, refuse("file_not_found")
		}
		if t, _ := o["title"].(string); t != "" {
			f.Title = t
		}
		list = append(list, f)
	}
	var places []string
	for _, p := range strings.Split(c.str("channel_id")+","+c.str("channels"), ",") {
		if p != "" {
			places = append(places, p)
		}
	}
	in, no := c.content()
	if no != nil {
		return nil, no
	}
	in.text = normal(c.str("initial_comment"))
	var chans []*channel
	for _, p := range places {
		c.args["channel"] = p
		ch, no := c.place("channel")
		if no != nil {
			return nil, no
		}
		chans = append(chans, ch)
	}
	for _, ch := range chans {
		m := &message{channel: ch, user: c.team.bot, byApp: true, text: in.text, blocks: in.blocks, files: list, thread: c.s.threadOf(ch, c.str("thread_ts")), subtype: "file_share"}
		c.s.add(m)
		for _, f := range list {
			f.share(ch, m.ts)
		}
	}
	out := []object{}
	for _, f := range list {
		out = append(out, f.json())
	}
	return object{"files": out}, nil
}

func filesInfo(c *call) (object, *refusal) {
	f := c.s.files[c.str("file")]
	if f == nil || f.gone || !f.stored || f.team != c.team || !c.s.reaches(f) {
		return nil, refuse("file_not_found")
	}
	return object{"file": clone(f.json()), "comments": []any{}}, nil
}

// DenyFiles has Slack show everybody who asks for a file the page where people
// sign in, as it does when a token may not read it.
func (s *Server) DenyFiles(yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.denied = yes
}

// KeepElsewhere makes a file one that Slack only links to.
func (s *Server) KeepElsewhere(id, address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[id].elsewhere = address
}

// reaches tells whether the bot may see a file: its own, one that was handed in by a
// form of its own (that is what the element's scope files:read is for), or one that
// is shared where it is.
func (s *Server) reaches(f *file) bool {
	if f.User == f.team.bot.ID || f.handed {
		return true
	}
	for id := range f.shares {
		if f.where[id].members[f.team.bot.ID] {
			return true
		}
	}
	return false
}

func filesDelete(c *call) (object, *refusal) {
	f := c.s.files[c.str("file")]
	switch {
	case f == nil || f.team != c.team:
		return nil, refuse("file_not_found")
	case f.gone:
		return nil, refuse("file_deleted")
	case f.User != c.team.bot.ID:
		return nil, refuse("cant_delete_file")
	}
	f.gone, f.Data = true, nil
	return object{}, nil
}

// serveFile gives a file to a token that may read it; anybody else is sent to the
// page where people sign in, which is what makes it a trap.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	_, id, _ := strings.Cut(r.PathValue("id"), "-")
	s.mu.Lock()
	f := s.files[id]
	tok := s.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	ok := f != nil && !s.denied && !f.gone && tok != nil && tok.gone == "" && tok.team == f.team && slices.Contains(tok.scopes, "files:read") && s.reaches(f)
	var data []byte
	var kind string
	if ok {
		data, kind = f.Data, f.Mimetype
	}
	s.mu.Unlock()
	if !ok {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head></html>")
		return
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(data)
}
