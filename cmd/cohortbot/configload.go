package main

import (
	"cmp"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"cohortbot/adapters/slack"
	"cohortbot/bot/frameworks"
	"cohortbot/bot/programmes"
	"cohortbot/bot/thinking"
	"cohortbot/bot/yamlfile"
)

// loaded is a configuration without faults, with its paths made whole.
type loaded struct {
	Config
	programmes []programmes.Programme // the organisation's own
	frameworks []frameworks.Framework // likewise
	chapters   []thinking.Chapter     // likewise
	slack      []slack.Tokens
	discord    string             // the token
	key        ed25519.PrivateKey // the organisation's own; nil: the one in the data folder
	awarding   map[string]string  // bodies by the ids of programmes
}

// load reads the configuration file and everything that it names. The error is
// yamlfile.Faults with all that is wrong; nothing is changed on the disk.
func load(file string) (loaded, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return loaded{}, yamlfile.Faults{{File: file, Problem: unreadable(err) + " Name the file with --config; config.example.yaml shows what stands in one."}}
	}
	r := newReader(file, text)
	c := loaded{Config: defaults()}
	r.read(text, &c.Config)
	if _, read := r.where[""]; read {
		r.meaning(&c)
	}
	if len(r.found)+len(r.beside) == 0 {
		return c, nil
	}
	slices.SortStableFunc(r.found, func(a, b yamlfile.Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return loaded{}, append(r.found, r.beside...)
}

// dataOf reads where the data folder is from a configuration, and needs nothing else
// that the file names, such as tokens: it is for commands that look after the data.
func dataOf(file string) (string, error) {
	c, err := looked(file)
	return string(c.Data), err
}

// looked is a configuration as it is written, with the path of the data made whole.
func looked(file string) (Config, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Config{}, yamlfile.Faults{{File: file, Problem: unreadable(err) + " Name the file with --config; config.example.yaml shows what stands in one."}}
	}
	r := newReader(file, text)
	c := defaults()
	r.read(text, &c)
	if len(r.found) > 0 {
		return Config{}, r.found
	}
	if !filepath.IsAbs(string(c.Data)) {
		c.Data = dataFolder(filepath.Join(filepath.Dir(file), string(c.Data)))
	}
	return c, nil
}

// meaning holds values against each other and against the machine.
func (r *reader) meaning(c *loaded) {
	beside := func(path string) string {
		if filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(filepath.Dir(r.file), path)
	}
	if c.Data != "" {
		c.Data = dataFolder(beside(string(c.Data)))
		if err := writable(string(c.Data)); err != nil {
			r.note("data", "The folder for the data cannot be used: %v.", err)
		}
	}
	days := map[string]bool{}
	for i, h := range c.Holidays {
		if day := h.Date.String(); day != "" && days[day] {
			r.note(fmt.Sprintf("holidays[%d].date", i), "%s stands here twice. Keep one of them.", day)
		} else {
			days[day] = true
		}
	}
	if c.Local == nil && len(c.Slack) == 0 && c.Discord == nil {
		r.note("", `There is no platform to listen to. Add the section "slack" or "discord", or "local", a workspace in the browser for trying out; config.example.yaml shows all of them.`)
	}
	if c.Local != nil {
		r.local(*c.Local)
	}
	if c.Backup != nil && c.Backup.Folder != "" {
		r.backupFolder(c, beside)
	}
	for i, s := range c.Slack {
		c.slack = append(c.slack, slack.Tokens{
			App: r.token(fmt.Sprintf("slack[%d].app_token", i), s.AppToken, beside),
			Bot: r.token(fmt.Sprintf("slack[%d].bot_token", i), s.BotToken, beside),
		})
	}
	if c.Discord != nil {
		c.discord = r.token("discord.token", c.Discord.Token, beside)
	}
	ids := map[string]string{}
	for i, path := range c.Programmes {
		at := fmt.Sprintf("programmes[%d]", i)
		p, ok := r.programme(at, beside(path))
		if other := ids[p.ID]; ok && other != "" {
			r.note(at, "This programme has the id %q, and so has %s. Give one of them another id.", p.ID, other)
		}
		ids[p.ID] = path
		c.programmes = append(c.programmes, p)
	}
	r.frameworks(c, beside)
	r.chapters(c, beside)
	r.credentials(c, beside)
}

// token reads a token from where it is kept; empty where that was not named.
func (r *reader) token(at string, s secret, beside func(string) string) string {
	if s == "" {
		return "" // told already
	}
	token, err := s.read(beside)
	if err != nil {
		r.note(at, "The token cannot be read: %v.", err)
	}
	return token
}

func (r *reader) local(l LocalSpace) {
	ids, admins := map[accountName]bool{}, 0
	for i, p := range l.People {
		at := fmt.Sprintf("local.people[%d].id", i)
		switch {
		case p.ID == "": // told already
		case p.ID == botAccount:
			r.note(at, "%q is the bot's own. Choose another id.", p.ID)
		case ids[p.ID]:
			r.note(at, "%q is the id of two people. Give one of them another.", p.ID)
		}
		ids[p.ID] = true
		if p.Admin {
			admins++
		}
	}
	if len(l.People) > 0 && admins == 0 {
		r.note("local.people", "Nobody here is an admin, so nobody could appoint the first facilitator. Add \"admin: true\" to one of them.")
	}
	channels := map[accountName]bool{}
	for i, c := range l.Channels {
		if c.ID != "" && channels[c.ID] {
			r.note(fmt.Sprintf("local.channels[%d].id", i), "%q is the id of two channels. Give one of them another.", c.ID)
		}
		channels[c.ID] = true
	}
}

func (r *reader) programme(at, path string) (programmes.Programme, bool) {
	text, err := os.ReadFile(path)
	if err != nil {
		r.note(at, "The programme %s cannot be read. %s", path, unreadable(err))
		return programmes.Programme{}, false
	}
	p, err := programmes.Parse(path, text)
	var wrong yamlfile.Faults
	switch {
	case errors.As(err, &wrong):
		r.beside = append(r.beside, wrong...)
	case err != nil:
		r.note(at, "The programme %s cannot be read: %v.", path, err)
	}
	return p, err == nil
}

func unreadable(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "There is no such file."
	case errors.Is(err, fs.ErrPermission):
		return "This account may not read it."
	}
	return fmt.Sprintf("It cannot be read: %v.", err)
}

// writable says why files cannot be made in a folder, or where there is none yet,
// why it cannot be made. It leaves nothing behind.
func writable(folder string) error {
	info, err := os.Stat(folder)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		parent := filepath.Dir(folder)
		if parent == folder {
			return err
		}
		return writable(parent)
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is a file, not a folder; name another one", folder)
	}
	probe, err := os.CreateTemp(folder, ".cohortbot-*")
	if err != nil {
		return fmt.Errorf("this account may not write in %s; give it the folder, or name another one", folder)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}
