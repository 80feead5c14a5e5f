package main

import (
	"errors"
	"fmt"
	"os"

	"cohortbot/bot/thinking"
	"cohortbot/bot/yamlfile"
)

type chapterCommand struct {
	List chapterList `cmd:"" help:"Print the chapters that come along."`
	Show chapterShow `cmd:"" help:"Print a chapter as a file that you can change."`
}

type chapterList struct{}

// Run prints a line for each chapter.
func (c *chapterList) Run(m *Main) error {
	for _, chapter := range thinking.BuiltIn() {
		if _, err := fmt.Fprintf(m.out, "%s  %s (%d questions)\n", chapter.ID, chapter.Title, len(chapter.Questions)); err != nil {
			return err
		}
	}
	return nil
}

type chapterShow struct {
	Chapter string `arg:"" help:"The id of a chapter that comes along."`
}

// Run prints the file.
func (c *chapterShow) Run(m *Main) error {
	text, ok := thinking.Source(c.Chapter)
	if !ok {
		return fmt.Errorf("there is no chapter %q. cohortbot chapter list prints those that come along", c.Chapter)
	}
	_, err := m.out.Write(text)
	return err
}

// chapters reads the chapters of the organisation's own, and holds them against
// each other and those that come along.
func (r *reader) chapters(c *loaded, beside func(string) string) {
	ids := map[string]string{}
	for i, path := range c.Chapters {
		at := fmt.Sprintf("chapters[%d]", i)
		chapter, ok := r.chapter(at, beside(path))
		if !ok {
			continue
		}
		if other := ids[chapter.ID]; other != "" {
			r.note(at, "This chapter has the id %q, and so has %s. Give one of them another id.", chapter.ID, other)
		}
		ids[chapter.ID] = path
		c.chapters = append(c.chapters, chapter)
	}
	if len(c.chapters) < len(c.Chapters) {
		return // what is missing is in one that cannot be read, perhaps
	}
	library := thinking.NewLibrary(c.chapters)
	for i, chapter := range c.chapters {
		for _, name := range library.Missing(chapter) {
			r.note(fmt.Sprintf("chapters[%d]", i), "The answer to %q is to stand beside a question of this chapter, and no chapter has such a question. Write it as chapter/question; cohortbot chapter show prints a chapter's.", name)
		}
	}
}

func (r *reader) chapter(at, path string) (thinking.Chapter, bool) {
	text, err := os.ReadFile(path)
	if err != nil {
		r.note(at, "The chapter %s cannot be read. %s", path, unreadable(err))
		return thinking.Chapter{}, false
	}
	c, err := thinking.Parse(path, text)
	var wrong yamlfile.Faults
	switch {
	case errors.As(err, &wrong):
		r.beside = append(r.beside, wrong...)
	case err != nil:
		r.note(at, "The chapter %s cannot be read: %v.", path, err)
	}
	return c, err == nil
}
