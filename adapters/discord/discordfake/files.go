package discordfake

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	_ "image/gif" // sizes of pictures
	_ "image/jpeg"
	_ "image/png"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

func (s *Server) fileURL(u *upload) string {
	place := u.channel
	if place == "" {
		place = "0"
	}
	path := "/attachments/" + place + "/" + u.id + "/" + url.PathEscape(u.name)
	until := strconv.FormatInt(s.now().Add(s.opt.FilesFor).Unix(), 16)
	return "http://" + s.host + path + "?ex=" + until + "&is=" + strconv.FormatInt(s.now().Unix(), 16) + "&hm=" + s.signature(u.id, until) + "&"
}

// signature is what makes an address of a file good until a time.
func (s *Server) signature(id, until string) string {
	sum := sha256.Sum256([]byte(s.token + "/" + id + "/" + until))
	return hex.EncodeToString(sum[:])
}

// size is a picture's.
func (u *upload) size() (int, int, bool) {
	cfg, _, err := image.DecodeConfig(bytes.NewReader(u.data))
	return cfg.Width, cfg.Height, err == nil
}

func (s *Server) download(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/attachments/"), "/")
	s.mu.Lock()
	var u *upload
	q := r.URL.Query()
	until, err := strconv.ParseInt(q.Get("ex"), 16, 64)
	good := err == nil && len(parts) == 3 && q.Get("hm") == s.signature(parts[1], q.Get("ex")) && s.now().Before(time.Unix(until, 0))
	if good {
		u = s.files[parts[1]]
	}
	if r.Header.Get("Authorization") != "" {
		s.violate("a token for the CDN", r.URL.Path)
	}
	s.mu.Unlock()
	if u == nil {
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte("This content is no longer available."))
		return
	}
	w.Header().Set("Content-Type", u.kind)
	_, _ = w.Write(u.data)
}

func (s *Server) keep(name, kind, description string, data []byte) *upload {
	if kind == "" || kind == "application/octet-stream" {
		kind = http.DetectContentType(data)
	}
	u := &upload{id: s.next(), name: safeName(name), description: description, kind: kind, data: data}
	s.files[u.id] = u
	return u
}

// safeName is a file's name as Discord keeps it: spaces become underlines.
func safeName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' {
			return '_'
		}
		if r == '/' || r == '\\' {
			return -1
		}
		return r
	}, name)
}

// attach takes a message's files: those uploaded as files[n], with what the
// attachments array says of n, and on an edit those that stay.
func (s *Server) attach(c *call, f *faults, body obj, path string, d *draft, rules draftRules) {
	used := map[string]bool{}
	for i, a := range f.list(body, path, "attachments", 0, 10) {
		at := join(path, "attachments", strconv.Itoa(i))
		id := str(a["id"])
		if n, isNumber := whole(a["id"]); isNumber {
			id = strconv.FormatInt(n, 10)
		}
		description := f.text(a, at, "description", 0, 1024)
		if file, there := c.files["files["+id+"]"]; there {
			used["files["+id+"]"] = true
			name := str(a["filename"])
			if name == "" {
				name = file.name
			}
			d.attachments = append(d.attachments, s.keep(name, file.kind, description, file.data))
			continue
		}
		if kept := s.files[id]; kept != nil && rules.edits != nil {
			if description != "" {
				kept.description = description
			}
			d.attachments = append(d.attachments, kept)
			continue
		}
		f.add(join(at, "id"), "ATTACHMENT_NOT_FOUND", "No uploaded file has this id")
	}
	if rules.edits != nil && !d.has["attachments"] && len(c.files) > 0 {
		d.attachments = append(d.attachments, rules.edits.attachments...)
	}
	for n := range 10 { // in their order
		name := "files[" + strconv.Itoa(n) + "]"
		if file, there := c.files[name]; there && !used[name] {
			d.attachments = append(d.attachments, s.keep(file.name, file.kind, "", file.data))
			used[name] = true
		}
	}
	if file, there := c.files["file"]; there {
		d.attachments = append(d.attachments, s.keep(file.name, file.kind, "", file.data))
		used["file"] = true
	}
	for name := range c.files {
		if !used[name] {
			f.add(name, "FILE_NAME_INVALID", "Files are named files[0] to files[9]")
		}
	}
	if len(d.attachments) > 10 {
		f.add(join(path, "attachments"), "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
	}
}
