package slackfake

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// responseURL is where an app may answer for a while without being a member.
type responseURL struct {
	channel *channel
	user    *user
	about   *message // what replace_original and delete_original mean; nil until a first answer
	until   time.Time
	uses    int
}

// responseURL makes an address to answer to; the lock is held.
func (s *Server) responseURL(ch *channel, u *user, about *message) string {
	s.seq["response"]++
	id := s.id("R")
	s.replyTo[id] = &responseURL{channel: ch, user: u, about: about, until: time.Now().Add(s.opts.ResponseFor)}
	return s.base + "/commands/" + u.team.id + "/" + id
}

// serveResponse takes an answer to a response_url.
func (s *Server) serveResponse(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	rec := Call{At: time.Now(), Method: "response_url", Team: r.PathValue("team"), Args: object{}}
	var args object
	if err == nil && json.Unmarshal(body, &args) == nil {
		rec.Args = args
	}
	s.mu.Lock()
	f := s.takeFault("response_url", "")
	s.mu.Unlock()
	if f != nil && !f.After {
		s.record(rec, f.describe(), "")
		f.apply(w, r)
		return
	}
	status, code := s.respond(r.PathValue("id"), args)
	if f != nil {
		s.record(rec, f.describe(), "")
		f.apply(w, r)
		return
	}
	s.record(rec, "", code)
	switch {
	case code == "":
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "ok")
	case status == http.StatusOK:
		reply(w, status, object{"ok": false, "error": code})
	default:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, code)
	}
}

func (s *Server) respond(id string, args object) (int, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ru := s.replyTo[id]
	switch {
	case ru == nil:
		return http.StatusNotFound, "expired_url"
	case time.Now().After(ru.until):
		return http.StatusNotFound, "expired_url"
	case ru.uses >= s.opts.ResponseUses:
		return http.StatusNotFound, "used_url"
	case args == nil:
		return http.StatusInternalServerError, "invalid_payload"
	}
	ru.uses++
	if code := s.answer(ru.channel, ru.user, args, ru); code != "" {
		return http.StatusOK, code
	}
	return http.StatusOK, ""
}

// answer shows an answer to a command or an interaction; the lock is held.
func (s *Server) answer(ch *channel, u *user, args object, ru *responseURL) string {
	c := &call{s: s, method: "response_url", team: u.team, tok: s.tokens[u.team.token], args: args, header: object{}}
	if c.bool("delete_original") {
		if ru == nil || ru.about == nil {
			return "message_not_found"
		}
		s.discard(ru.about)
		ru.about = nil
		return ""
	}
	in, no := c.content()
	if no != nil {
		return no.code
	}
	if in.text == "" && len(in.blocks) == 0 && len(in.attachments) == 0 {
		return "no_text"
	}
	// An interaction's own message is replaced unless the app says otherwise and
	// the answer is of the same kind.
	if ru != nil && ru.about != nil && c.bool("replace_original") {
		if ru.about.to != nil {
			in.hasBlocks = true
			ru.about.version++
			ru.about.text, ru.about.blocks, ru.about.attachments, ru.about.inputs = in.text, in.blocks, in.attachments, nil
		} else if ru.about.byApp {
			s.change(ru.about, in)
		} else {
			return "cant_update_message"
		}
		return ""
	}
	thread := s.threadOf(ch, c.str("thread_ts"))
	if c.str("response_type") == "in_channel" {
		s.add(&message{channel: ch, user: u.team.bot, byApp: true, text: in.text, blocks: in.blocks, attachments: in.attachments, thread: thread})
		return ""
	}
	s.whisper(ch, u, in, thread)
	return ""
}

// discard takes a message away; an ephemeral one leaves no event.
func (s *Server) discard(m *message) {
	if m.to == nil {
		s.remove(m)
		return
	}
	list := m.channel.whispers
	for i, o := range list {
		if o == m {
			m.channel.whispers = append(list[:i:i], list[i+1:]...)
			return
		}
	}
}

// answerCommand shows what came with the acknowledgement of a command: a message,
// or nothing. The lock is held.
func (s *Server) answerCommand(ch *channel, u *user, payload json.RawMessage) {
	if len(payload) == 0 {
		return
	}
	var args object
	var text string
	if json.Unmarshal(payload, &text) == nil {
		args = object{"text": text}
	} else if json.Unmarshal(payload, &args) != nil {
		s.violateLocked("bad ack", "a payload that is no message: %.80s", strings.TrimSpace(string(payload)))
		return
	}
	if code := s.answer(ch, u, args, nil); code != "" {
		s.violateLocked("bad ack", "the message in an acknowledgement: %s", code)
	}
}
