package web

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/store"
)

//go:embed page
var page embed.FS

// noTime is the modification time of what never changes under its address.
var noTime time.Time

func (w *Workspace) routes() *http.ServeMux {
	mux := http.NewServeMux()
	shown, err := fs.Sub(page, "page")
	if err != nil {
		panic(err) // the folder is embedded
	}
	mux.HandleFunc("GET /{$}", func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery == "" && w.o.Opening != nil {
			if link := w.o.Opening(r.Context()); link != "" {
				http.Redirect(rw, r, link, http.StatusFound)
				return
			}
		}
		rw.Header().Set("Cache-Control", "no-cache")
		http.ServeFileFS(rw, r, shown, "page.html")
	})
	mux.HandleFunc("/", func(rw http.ResponseWriter, _ *http.Request) {
		http.Error(rw, "There is nothing at this address. The workspace is at /, and other pages at the addresses that you were given.", http.StatusNotFound)
	})
	mux.Handle("GET /page/", http.StripPrefix("/page/", fresh(http.FileServerFS(shown))))
	mux.HandleFunc("GET /files/{id}", w.serveFile)
	mux.HandleFunc("GET /api/events", w.serveEvents)
	mux.HandleFunc("GET /api/state", w.answerState)
	mux.HandleFunc("GET /api/messages", w.answerMessages)
	for path, do := range w.calls() {
		mux.HandleFunc("POST /api/"+path, func(rw http.ResponseWriter, r *http.Request) { w.call(rw, r, do) })
	}
	return mux
}

// fresh lets the browser keep a file only as long as it is the same.
func fresh(h http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Cache-Control", "no-cache")
		h.ServeHTTP(rw, r)
	})
}

// ServeHTTP serves the page and the API, to this machine alone: a Host that is
// not a loopback address means that a name elsewhere was pointed here.
func (w *Workspace) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	head := rw.Header()
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	head.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	if !loopback(r.Host) {
		w.fail(rw, refuse(http.StatusForbidden, "This workspace is for trying out, on this machine only. Open it as http://localhost."))
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if kind != "application/json" {
			w.fail(rw, refuse(http.StatusUnsupportedMediaType, "Send JSON, with the header Content-Type: application/json."))
			return
		}
		if origin := r.Header.Get("Origin"); origin != "" && origin != "http://"+r.Host {
			w.fail(rw, refuse(http.StatusForbidden, "That request came from another site's page."))
			return
		}
	}
	w.mux.ServeHTTP(rw, r)
}

func loopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// asked is the body of a call: each call reads the fields that it needs.
type asked struct {
	As      string         `json:"as"`
	Event   string         `json:"event"`
	Place   string         `json:"place"`
	Thread  string         `json:"thread"`
	Text    string         `json:"text"`
	Files   []string       `json:"files"`
	Message string         `json:"message"`
	Button  string         `json:"button"`
	Command string         `json:"command"`
	Form    string         `json:"form"`
	Answers map[string]any `json:"answers"`
	ID      string         `json:"id"`
	Name    string         `json:"name"`
	Zone    string         `json:"zone"`
	Admin   bool           `json:"admin"`
	Topic   string         `json:"topic"`
	Closed  bool           `json:"closed"`
	Type    string         `json:"type"`
	Alt     string         `json:"alt"`
	Data    []byte         `json:"data"`
	Move    string         `json:"move"`
	Fast    *bool          `json:"fast"`
}

type deed func(ctx context.Context, a asked) (any, error)

func (w *Workspace) calls() map[string]deed {
	done := struct{}{}
	return map[string]deed{
		"say": func(ctx context.Context, a asked) (any, error) {
			at, err := w.Say(ctx, a.As, placeOf(a.As, a.Place, a.Thread), a.Text, a.Files, a.Event)
			if err != nil {
				return nil, err
			}
			shown, _, err := w.seeOne(ctx, a.As, messageID(at.ID))
			return map[string]any{"message": shown}, err
		},
		"edit":   func(ctx context.Context, a asked) (any, error) { return done, w.EditSaid(ctx, a.As, a.Message, a.Text) },
		"delete": func(ctx context.Context, a asked) (any, error) { return done, w.DeleteSaid(ctx, a.As, a.Message) },
		"command": func(ctx context.Context, a asked) (any, error) {
			return w.Command(ctx, a.As, placeOf(a.As, a.Place, a.Thread), a.Text, a.Event)
		},
		"menu": func(ctx context.Context, a asked) (any, error) {
			return w.UseMenu(ctx, a.As, a.Message, a.Command, a.Event)
		},
		"press": func(ctx context.Context, a asked) (any, error) {
			return w.Press(ctx, a.As, a.Message, a.Button, a.Event)
		},
		"submit": func(ctx context.Context, a asked) (any, error) {
			answers, err := answersOf(a.Answers)
			if err != nil {
				return nil, err
			}
			return w.Submit(ctx, a.As, a.Form, answers, a.Event)
		},
		"close": func(ctx context.Context, a asked) (any, error) { return done, w.CloseForm(ctx, a.As, a.Form) },
		"upload": func(ctx context.Context, a asked) (any, error) {
			f, err := w.Upload(ctx, a.As, chat.File{Name: a.Name, Type: a.Type, Alt: a.Alt, Data: a.Data})
			return map[string]any{"file": showFile(f)}, err
		},
		"describe": func(ctx context.Context, a asked) (any, error) { return done, w.Describe(ctx, a.ID, a.Alt) },
		"people": func(ctx context.Context, a asked) (any, error) {
			return done, w.AddPerson(ctx, chat.Profile{User: user(a.ID), Name: a.Name, Zone: a.Zone, Admin: a.Admin})
		},
		"channels": func(ctx context.Context, a asked) (any, error) { return done, w.AddChannel(ctx, a.ID, a.Topic) },
		"door":     func(ctx context.Context, a asked) (any, error) { return done, w.CloseDoor(ctx, a.As, a.Closed) },
		"clock": func(ctx context.Context, a asked) (any, error) {
			if a.Fast != nil {
				w.runClock(*a.Fast)
			}
			if a.Move != "" {
				if err := w.moveClock(ctx, a.As, a.Move); err != nil {
					return nil, err
				}
			}
			return w.clockView(), nil
		},
	}
}

// mostJSON is how large a call may be: a file of MaxFile bytes in base64.
const mostJSON = MaxFile/3*4 + 1<<20

func (w *Workspace) call(rw http.ResponseWriter, r *http.Request, do deed) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, mostJSON))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		w.fail(rw, refuse(http.StatusRequestEntityTooLarge, "That is too large; %d MB is the most.", MaxFile>>20))
		return
	}
	if err != nil {
		return // the client went away
	}
	var a asked
	if err := json.Unmarshal(body, &a); err != nil {
		w.fail(rw, refuse(http.StatusBadRequest, "The body is not the JSON that this call expects; see docs/local-workspace.md."))
		return
	}
	// What somebody gave is carried out even if they do not wait for the answer.
	answer, err := do(context.WithoutCancel(r.Context()), a)
	if err != nil {
		w.failGivingBack(rw, err, a.Text)
		return
	}
	respond(rw, http.StatusOK, answer)
}

// placeOf reads a place as the API names it: a channel by its name, the direct
// messages with the bot as "@cohortbot".
func placeOf(as, place, thread string) chat.Place {
	if place == "@"+BotID {
		return chat.Direct(user(as))
	}
	p := chat.Channel(Name, strings.TrimPrefix(place, "#"))
	p.Thread = thread
	return p
}

// answersOf reads what was given for the fields of a form: a text, a list of
// texts, or {"files": [ids]}.
func answersOf(given map[string]any) (chat.Answers, error) {
	answers := chat.Answers{}
	for name, v := range given {
		var a chat.Answer
		switch v := v.(type) {
		case nil:
		case string:
			if v != "" {
				a = chat.Given(v)
			}
		case bool:
			a = chat.Given(map[bool]string{true: "yes", false: "no"}[v])
		case float64:
			a = chat.Given(strconv.FormatFloat(v, 'f', -1, 64))
		case []any:
			for _, one := range v {
				if text, ok := one.(string); ok {
					a.Values = append(a.Values, text)
				}
			}
		case map[string]any:
			ids, _ := v["files"].([]any)
			for _, one := range ids {
				if id, ok := one.(string); ok {
					a.Files = append(a.Files, chat.File{ID: id})
				}
			}
		default:
			return nil, refuse(http.StatusBadRequest, "The answer for %q is neither a text nor a list of texts.", name)
		}
		answers[name] = a
	}
	return answers, nil
}

func (w *Workspace) answerMessages(rw http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	limit, _ := strconv.Atoi(q.Get("limit"))
	as, thread := q.Get("as"), q.Get("thread")
	at := placeOf(as, q.Get("place"), thread)
	seen, earlier, err := w.See(r.Context(), as, at, q.Get("before"), limit)
	if err != nil {
		w.fail(rw, err)
		return
	}
	answer := map[string]any{"messages": seen, "earlier": earlier}
	if thread != "" {
		top, found, err := w.seeOne(r.Context(), as, messageID(thread))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			w.fail(rw, err)
			return
		}
		if found {
			answer["top"] = top
		}
	}
	respond(rw, http.StatusOK, answer)
}

func showFile(f chat.File) ShownFile {
	return ShownFile{ID: f.ID, Name: f.Name, Type: f.Type, Kind: f.Kind(), Size: f.Size, Alt: f.Alt, URL: "/files/" + url.PathEscape(f.ID)}
}

func respond(rw http.ResponseWriter, status int, v any) {
	rw.Header().Set("Content-Type", "application/json; charset=utf-8")
	rw.Header().Set("Cache-Control", "no-store")
	rw.WriteHeader(status)
	_ = json.NewEncoder(rw).Encode(v) // nobody is left to tell
}

func (w *Workspace) fail(rw http.ResponseWriter, err error) { w.failGivingBack(rw, err, "") }

// failGivingBack says in words why something was not done, and gives back what
// was typed.
func (w *Workspace) failGivingBack(rw http.ResponseWriter, err error, text string) {
	var no Refused
	if !errors.As(err, &no) {
		w.o.Log.Warn("a call to the local workspace failed", "error", err)
		no = Refused{Status: http.StatusServiceUnavailable, Words: "That did not work just now; nothing you typed is lost. Please try again."}
	}
	answer := map[string]string{"error": no.Words}
	if text != "" {
		answer["text"] = text
	}
	respond(rw, no.Status, answer)
}
