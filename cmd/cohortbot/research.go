package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"cohortbot/bot"
	"cohortbot/bot/evidence"
	"cohortbot/bot/research"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

type researchCommand struct {
	Config string `required:"" placeholder:"FILE" help:"The configuration file."`
	Out    string `required:"" placeholder:"DIR" help:"The folder to write the release into. It is made, and must not be there yet."`
	Public bool   `help:"For everybody to read: eleven people look the same in place of five, so less is given out."`
	// A person is in one release, so that what they do after it is in none.
	Running bool      `help:"Take those, too, whose group still goes on. What they do from now on will be in no release."`
	After   time.Time `format:"2006-01-02" placeholder:"DAY" help:"Once after a backup was put back: the day of the last release that was handed over, such as 2027-02-28."`
}

// Run gives out what people did who agreed to it and stood in no release before,
// whether the program runs or not.
func (c *researchCommand) Run(m *Main) error {
	folder, err := dataOf(c.Config)
	if err != nil {
		return err
	}
	// Its people are marked as given out with the release, so that the folder has to be
	// there first.
	switch err := os.Mkdir(c.Out, 0o700); {
	case errors.Is(err, os.ErrExist):
		return fmt.Errorf("%s is there already; name another folder, so that no release is mixed with one before", c.Out)
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("there is no folder %s; make it first", filepath.Dir(c.Out))
	case err != nil:
		return err
	}
	data, err := c.release(m, folder)
	if err != nil {
		return errors.Join(err, os.Remove(c.Out))
	}
	files, err := data.Files()
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(c.Out, f.Name), f.Data, 0o600); err != nil {
			_, _ = m.out.Write(files[0].Data) // it cannot be made again, so it goes where it can
			return fmt.Errorf("%s cannot be written; the release, which cannot be made again, is printed instead (%w)", f.Name, err)
		}
	}
	_, err = fmt.Fprintf(m.out, "Given out to %s: %s, up to week %s. None of them will be in another release.\n", c.Out, counting(len(data.People), "person", "people"), data.To)
	return err
}

// release has the running program make a release, or where none runs, does so.
func (c *researchCommand) release(m *Main, folder string) (data research.Data, err error) {
	w := wanted{public: c.Public, running: c.Running}
	if !c.After.IsZero() {
		w.after = schedules.DateOf(c.After)
	}
	body, err := askProgram(m.ctx, folder, http.MethodPost, "research?"+w.query())
	if err == nil {
		err = json.NewDecoder(body).Decode(&data)
		return data, errors.Join(err, body.Close())
	}
	if !errors.Is(err, errNotRunning) {
		return data, err
	}
	if !isThere(mainStore(folder)) {
		return data, fmt.Errorf("%s holds no store. Look at \"data\" in the configuration", folder)
	}
	config, err := load(c.Config)
	if err != nil {
		return data, err
	}
	s, err := openStore(folder, storeFile, nil)
	if err != nil {
		return data, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return releaser(s, m.clock, config)(m.ctx, w)
}

// wanted is how a release is wanted.
type wanted struct {
	public, running bool
	after           schedules.Date
}

func (w wanted) query() string {
	q := url.Values{}
	if w.public {
		q.Set("public", "yes")
	}
	if w.running {
		q.Set("running", "yes")
	}
	if !w.after.IsZero() {
		q.Set("after", w.after.String())
	}
	return q.Encode()
}

func readWanted(q url.Values) (w wanted, err error) {
	w.public, w.running = q.Has("public"), q.Has("running")
	if q.Has("after") {
		err = w.after.UnmarshalText([]byte(q.Get("after")))
	}
	return w, err
}

// releaser makes releases for research.
func releaser(s store.Store, clock schedules.Clock, config loaded) func(context.Context, wanted) (research.Data, error) {
	dimensions, _ := evidence.NewLibrary(config.programmes, config.frameworks).Framework(bot.LookedAt)
	return func(ctx context.Context, w wanted) (research.Data, error) {
		o := research.Options{Least: research.Least, Dimensions: dimensions, Running: w.running, After: w.after, Random: rand.Reader}
		if w.public {
			o.Least = research.LeastPublic
		}
		return research.Make(ctx, s, clock.Now(), o)
	}
}

// research sends a release to an operator.
func (c *orders) research(w http.ResponseWriter, r *http.Request) {
	want, err := readWanted(r.URL.Query())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	data, err := c.release(r.Context(), want)
	if refused, ok := research.IsRefused(err); ok {
		http.Error(w, string(refused), http.StatusConflict)
		return
	}
	var text []byte
	if err == nil {
		text, err = json.Marshal(data)
	}
	if err != nil {
		c.log.Error("a release for research failed", "err", err)
		http.Error(w, "it failed; the log says why", http.StatusInternalServerError)
		return
	}
	c.log.Info("given out for research", "to", data.To, "least", data.Least)
	_, _ = w.Write(text) // who asked is gone, or has it
}
