package pages

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"sync"

	"cohortbot/bot/portfolios"
)

//go:embed page/worker.js
var workerSource string

// offline is the page that a browser shows where there is no connection. It is the same
// for everybody; the worker that shows it is named by what it keeps, so that a browser
// takes a new one where any of that has changed.
var offline, worker = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	if err := frame.ExecuteTemplate(&b, "offline", writingSheet{Most: portfolios.MostText}); err != nil {
		panic("pages: " + err.Error()) // a test makes it
	}
	return b.Bytes()
}), sync.OnceValue(func() []byte {
	sum := sha256.Sum256(slices.Concat(offline(), style, writeScript))
	return []byte(strings.Replace(workerSource, "VERSION", hex.EncodeToString(sum[:8]), 1))
})

// serveOffline serves the page for browsers without a connection, ahead of time.
func serveOffline(w http.ResponseWriter, _ *http.Request) {
	serve(w, http.StatusOK, offline(), writeMay)
}

// serveWorker serves what shows it. It may reach this site, and nothing else.
func serveWorker(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", "default-src 'none'; connect-src 'self'")
	asset("text/javascript; charset=utf-8", worker())(w, r)
}
