package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/store"
)

const (
	// MaxFile is how many bytes a file may have.
	MaxFile = 16 << 20
	// partSize keeps a part, which is stored as base64, below store.MaxValue.
	partSize = 160 << 10
)

// Upload keeps a file for somebody, to be named in a message or a form later,
// and gives it back with its id.
func (w *Workspace) Upload(ctx context.Context, as string, f chat.File) (chat.File, error) {
	switch {
	case len(f.Data) == 0:
		return f, refuse(http.StatusBadRequest, "That file is empty.")
	case len(f.Data) > MaxFile:
		return f, refuse(http.StatusRequestEntityTooLarge, "That file has %d MB; %d MB is the most.", len(f.Data)>>20, MaxFile>>20)
	}
	var kept chat.File
	err := w.store.Update(ctx, func(tx store.Tx) error {
		if _, err := findPerson(tx, as); err != nil {
			return err
		}
		all, err := keepFiles(tx, []chat.File{f})
		if err != nil {
			return err
		}
		kept = all[0]
		own, err := files.Get(tx, fileID(kept.ID))
		if err != nil {
			return err
		}
		own.By = as
		return files.Put(tx, fileID(kept.ID), own)
	})
	return kept, err
}

// File gives a file with its bytes.
func (w *Workspace) File(ctx context.Context, id string) (chat.File, error) {
	var f chat.File
	err := w.store.View(ctx, func(tx store.Tx) (err error) {
		if f, err = wholeFile(tx, fileID(id)); errors.Is(err, store.ErrNotFound) {
			return refuse(http.StatusNotFound, "That file is gone.")
		}
		return err
	})
	return f, err
}

// wholeFile reads a file with its bytes.
func wholeFile(tx store.Tx, id fileID) (chat.File, error) {
	kept, err := files.Get(tx, id)
	if err != nil {
		return chat.File{}, err
	}
	f := kept.File
	for i := range kept.Parts {
		p, err := parts.Get(tx, partOf(id, i))
		if err != nil {
			return f, err
		}
		f.Data = append(f.Data, p.Data...)
	}
	return f, nil
}

// attached makes files of a message's event and document. What cannot be made is
// said in words.
func (w *Workspace) attached(m chat.Message) chat.Message {
	if m.Event == nil && m.Document == nil {
		return m
	}
	chart := m.Chart // the page draws it
	m.Chart = nil
	files, err := []chat.File(nil), errors.ErrUnsupported
	if w.o.Attach != nil {
		if files, err = w.o.Attach(m); err != nil {
			w.o.Log.Error("an event or a document is said in words", "err", err)
		}
	}
	if err != nil {
		m = m.InWords()
	}
	m.Files = append(files, m.Files...)
	m.Chart, m.Event, m.Document = chart, nil, nil
	return m
}

// Open gives the bytes of a file that somebody uploaded.
func (w *Workspace) Open(ctx context.Context, f chat.File) (io.ReadCloser, error) {
	if f.ID == "" || f.Workspace != Name {
		return nil, fmt.Errorf("%w: it is no file of the local workspace", chat.ErrRefused)
	}
	kept, err := w.File(ctx, f.ID)
	var no Refused
	if errors.As(err, &no) {
		return nil, fmt.Errorf("%w: file %s", chat.ErrGone, f.ID)
	}
	if err != nil {
		return nil, err
	}
	return io.NopCloser(bytes.NewReader(kept.Data)), nil
}

// keepFiles keeps files with their bytes, and gives them with ids instead. What
// somebody sent is copied: it goes with its author's message, and the copy with
// the bot's. One that is gone already is left out.
func keepFiles(tx store.Tx, given []chat.File) ([]chat.File, error) {
	var kept []chat.File
	for _, f := range given {
		if sent(f) {
			whole, err := wholeFile(tx, fileID(f.ID))
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			f.Data = whole.Data
		}
		id, err := nextID(tx, "f")
		if err != nil {
			return nil, err
		}
		data := f.Data
		f.Workspace, f.ID, f.Data, f.Size = Name, id, nil, int64(len(data))
		f.Name = strings.TrimSpace(path.Base(strings.ReplaceAll(f.Name, "\\", "/")))
		if f.Name == "" || f.Name == "." || f.Name == "/" {
			f.Name = f.Kind()
		}
		n := 0
		for chunk := range slices.Chunk(data, partSize) {
			if err := parts.Put(tx, partOf(fileID(id), n), part{Data: chunk}); err != nil {
				return nil, err
			}
			n++
		}
		if err := files.Put(tx, fileID(id), file{File: f, Parts: n}); err != nil {
			return nil, err
		}
		kept = append(kept, f)
	}
	return kept, nil
}

func sent(f chat.File) bool { return f.ID != "" && len(f.Data) == 0 }

// replaceFiles keeps the files of a message that takes the place of another, whose
// files go. What somebody sent and stands there already stays.
func replaceFiles(tx store.Tx, old, given []chat.File) ([]chat.File, error) {
	var stay []chat.File
	given = slices.DeleteFunc(slices.Clone(given), func(f chat.File) bool {
		i := slices.IndexFunc(old, func(x chat.File) bool { return sent(f) && x.Name == f.Name && x.Size == f.Size })
		if i < 0 {
			return false
		}
		stay = append(stay, old[i])
		old = slices.Delete(slices.Clone(old), i, i+1)
		return true
	})
	for _, f := range old {
		if err := removeFile(tx, fileID(f.ID)); err != nil {
			return nil, err
		}
	}
	made, err := keepFiles(tx, given)
	return append(made, stay...), err
}

// uploaded gives files by their ids.
func uploaded(tx store.Tx, ids []string) ([]chat.File, error) {
	var found []chat.File
	for _, id := range ids {
		f, err := files.Get(tx, fileID(id))
		if errors.Is(err, store.ErrNotFound) {
			return nil, refuse(http.StatusBadRequest, "The file %q is not there; please attach it again.", id)
		}
		if err != nil {
			return nil, err
		}
		found = append(found, f.File)
	}
	return found, nil
}

func removeFile(tx store.Tx, id fileID) error {
	f, err := files.Get(tx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for i := range f.Parts {
		if err := parts.Delete(tx, partOf(id, i)); err != nil {
			return err
		}
	}
	return files.Delete(tx, id)
}

func partOf(id fileID, n int) partID { return partID(fmt.Sprintf("%s/%04d", id, n)) }

// shownInline are the types that a browser shows without running anything.
// Whatever else somebody uploads is handed out as a download of no type.
var shownInline = []string{
	"image/png", "image/jpeg", "image/gif", "image/webp",
	"audio/mpeg", "audio/mp4", "audio/ogg", "audio/webm", "audio/wav", "audio/x-wav", "audio/aac", "audio/flac",
	"video/mp4", "video/webm",
}

func inline(f chat.File) bool {
	kind, _, _ := mime.ParseMediaType(f.Type)
	return slices.Contains(shownInline, kind)
}

func (w *Workspace) serveFile(rw http.ResponseWriter, r *http.Request) {
	f, err := w.File(r.Context(), r.PathValue("id"))
	if err != nil {
		w.fail(rw, err)
		return
	}
	head := rw.Header()
	disposition := "inline"
	if inline(f) {
		head.Set("Content-Type", f.Type)
	} else {
		disposition = "attachment"
		head.Set("Content-Type", "application/octet-stream")
	}
	head.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": f.Name}))
	head.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	head.Set("Cache-Control", "private, max-age=31536000, immutable")
	http.ServeContent(rw, r, "", noTime, strings.NewReader(string(f.Data)))
}

// Describe says in words what an uploaded file shows, for who cannot see it.
func (w *Workspace) Describe(ctx context.Context, id, alt string) error {
	return w.store.Update(ctx, func(tx store.Tx) error {
		f, err := files.Get(tx, fileID(id))
		if errors.Is(err, store.ErrNotFound) {
			return refuse(http.StatusNotFound, "That file is gone.")
		}
		if err != nil {
			return err
		}
		f.File.Alt = alt
		return files.Put(tx, fileID(id), f)
	})
}
