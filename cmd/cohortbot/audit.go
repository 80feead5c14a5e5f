package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"cohortbot/adapters/bolt"
	"cohortbot/bot"
	"cohortbot/bot/store"
)

type auditCommand struct {
	Config string    `required:"" placeholder:"FILE" help:"The configuration file."`
	Since  time.Time `format:"2006-01-02" placeholder:"DAY" help:"The first day to show, such as 2027-02-28; without it, all."`
}

// Run prints what facilitators and administrators changed, a line a deed, whether the
// program runs or not: when, in which cohort, by whom, what. People and cohorts are
// their ids.
func (c *auditCommand) Run(m *Main) error {
	data, err := dataOf(c.Config)
	if err != nil {
		return err
	}
	body, err := askProgram(m.ctx, data, http.MethodGet, "audit?since="+url.QueryEscape(c.Since.Format(time.RFC3339)))
	if err == nil {
		_, err = io.Copy(m.out, body)
		return errors.Join(err, body.Close())
	}
	if !errors.Is(err, errNotRunning) {
		return err
	}
	if !isThere(mainStore(data)) {
		return fmt.Errorf("%s holds no store. Look at \"data\" in the configuration", data)
	}
	s, err := bolt.Open(mainStore(data), bolt.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	return errors.Join(writeLog(m.ctx, s, c.Since, m.out), s.Close())
}

// writeLog writes the log of deeds, the oldest first.
func writeLog(ctx context.Context, s store.Store, since time.Time, to io.Writer) error {
	w := bufio.NewWriter(to)
	var lines []string
	err := s.View(ctx, func(tx store.Tx) error {
		lines = nil
		for d, err := range bot.Log(tx, since) {
			if err != nil {
				return err
			}
			lines = append(lines, lineOf(d))
		}
		return nil
	})
	for _, line := range lines { // when nothing is read any more: who takes them may be slow
		fmt.Fprintln(w, line)
	}
	return errors.Join(err, w.Flush())
}

func lineOf(d bot.Done) string {
	or := func(text, without string) string {
		if text == "" {
			return without
		}
		return text
	}
	line := fmt.Sprintf("%s cohort=%s by=%s /%s", d.At.UTC().Format(time.RFC3339), or(d.Cohort, "-"), or(string(d.By), "-"), d.Path)
	if d.Record != "" {
		line += " about=" + d.Record
	}
	var given []string
	for _, g := range d.Given {
		value := g.Value
		switch {
		case g.Person != "":
			value = string(g.Person)
		case !g.Place.IsZero():
			value = g.Place.String()
		}
		given = append(given, g.Label+": "+value)
	}
	if len(given) > 0 {
		line += " (" + strings.Join(given, "; ") + ")"
	}
	return line
}
