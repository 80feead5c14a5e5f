package documents

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"slices"

	"cohortbot/bot/chat"
	"cohortbot/bot/portfolios/bundle"
)

// ArchiveType is the media type of what [Archive] writes.
const ArchiveType = "application/zip"

// Sources is what a portfolio is made of, beside its own words.
type Sources struct {
	// Open gives the bytes of a file by its hash. It is asked several times for one.
	Open func(ctx context.Context, hash string) (io.ReadCloser, error)
	// Draw draws a chart as PNG. Nil draws none: its words stand in its place.
	Draw func(chat.Chart) ([]byte, error)
	// Key signs the whole. Nil signs nothing.
	Key ed25519.PrivateKey
	// Certificate is the files of the bundle's credential, where it has one.
	Certificate []bundle.Page
}

// pictures are what is shown as it is; everything else is linked.
var pictures = []string{"image/png", "image/jpeg", "image/gif", "image/webp"}

// Archive writes a portfolio as one zip that opens without a network: as a page, as
// a PDF, as data, with its files and the hashes of all of it. What it writes depends
// on what it is given alone.
func Archive(ctx context.Context, w io.Writer, b bundle.Bundle, s Sources) error {
	b = b.Ready()
	drawn, charts, err := pictured(ctx, b, s)
	if err != nil {
		return err
	}
	sections := layout(b, drawn)
	page, err := portfolioHTML(b, sections)
	if err != nil {
		return fmt.Errorf("making the page: %w", err)
	}
	printed, err := portfolioPDF(b, sections)
	if err != nil {
		return fmt.Errorf("making the PDF: %w", err)
	}
	pages := append([]bundle.Page{{Path: bundle.PagePath, Data: page}, {Path: bundle.PrintPath, Data: printed}}, charts...)
	pages = append(pages, s.Certificate...)
	return bundle.Write(ctx, w, b, pages, s.Key, s.Open)
}

// pictured gives what can be shown, and the charts as files of their own.
func pictured(ctx context.Context, b bundle.Bundle, s Sources) (map[string]picture, []bundle.Page, error) {
	drawn := map[string]picture{}
	var charts []bundle.Page
	for _, i := range b.Evidence {
		for _, f := range i.Files {
			if err := ctx.Err(); err != nil {
				return nil, nil, err
			}
			if !slices.Contains(pictures, f.Looks) {
				continue
			}
			p, err := shownFile(ctx, f, s)
			if errors.Is(err, errNoPicture) {
				continue // it is linked like any other file
			}
			if err != nil {
				return nil, nil, fmt.Errorf("reading %q: %w", f.Path, err)
			}
			drawn[f.Path] = p
		}
	}
	for _, how := range covers {
		c, ok := heatmap(b, how)
		if !ok || s.Draw == nil {
			continue
		}
		png, err := s.Draw(c)
		if err != nil {
			continue // the table beside it says the same
		}
		p, err := chartPicture(png)
		if err != nil {
			return nil, nil, fmt.Errorf("drawing %q: %w", c.Title, err)
		}
		drawn[string(how)] = p
		charts = append(charts, bundle.Page{Path: bundle.ChartPath(how), Data: png})
	}
	return drawn, charts, nil
}

func shownFile(ctx context.Context, f bundle.File, s Sources) (picture, error) {
	r, err := s.Open(ctx, f.Hash)
	if err != nil {
		return picture{}, err
	}
	defer func() { _ = r.Close() }() // it was only read
	return shown(r)
}
