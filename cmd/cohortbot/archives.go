package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"cohortbot/adapters/charts"
	"cohortbot/adapters/documents"
	"cohortbot/adapters/pages"
	"cohortbot/bot"
	"cohortbot/bot/chat"
	"cohortbot/bot/credentials"
	"cohortbot/bot/portfolios"
)

// archives makes the files that messages and pages name and do not hold: a portfolio
// as a zip, a certificate with its signed file. The bot is set before it runs.
type archives struct {
	bot  *bot.Bot
	key  ed25519.PrivateKey
	log  *slog.Logger
	base string // of the pages; empty without
}

// packLimit is how long packing may take.
const packLimit = time.Minute

const (
	zipName     = "portfolio.zip"
	pictureName = "certificate.png"
	paperName   = "certificate.html"
	signedName  = "credential.json"
	signedType  = "application/vc+ld+json"
	pictureType = "image/png"
)

var _ pages.Archives = (*archives)(nil)

// Held gives what an archive holds, without the bytes.
func (a *archives) Held(archive string) []chat.File {
	if portfolios.IsArchive(archive) {
		return []chat.File{{Name: zipName, Type: documents.ArchiveType, Alt: "The portfolio as one zip"}}
	}
	return []chat.File{
		{Name: pictureName, Type: pictureType, Alt: "The certificate as a picture; all of it stands on this page in words"},
		{Name: paperName, Type: documents.Type, Alt: "The certificate as a page to print"},
		{Name: signedName, Type: signedType, Alt: "The signed file, to be checked"},
	}
}

// files makes all of an archive in memory, for a message.
func (a *archives) files(d chat.Document) ([]chat.File, error) {
	ctx, cancel := context.WithTimeout(context.Background(), packLimit)
	defer cancel()
	var made []chat.File
	for _, f := range a.Held(d.Archive) {
		var b bytes.Buffer
		alt, err := a.make(ctx, &b, d.Archive, f.Name)
		if err != nil {
			return nil, err
		}
		if f.Alt = alt; f.Name == zipName {
			f.Name = d.Name + ".zip"
		}
		f.Data = b.Bytes()
		made = append(made, f)
	}
	return made, nil
}

// make writes one file of an archive, and gives it in words.
func (a *archives) make(ctx context.Context, w io.Writer, archive, name string) (alt string, err error) {
	if a.bot == nil {
		return "", errors.New("nothing is running that could pack it")
	}
	if portfolios.IsArchive(archive) {
		b, err := a.bot.Portfolio(ctx, archive)
		if err != nil {
			return "", err
		}
		return "A zip with the portfolio of " + b.Name, documents.Archive(ctx, w, b, documents.Sources{Open: a.bot.Open, Draw: charts.PNG, Key: a.key})
	}
	id, ok := credentials.InArchive(archive)
	if !ok {
		return "", bot.ErrNoArchive
	}
	badge, signed, err := a.bot.Credential(ctx, id)
	if err != nil {
		return "", err
	}
	check := credentials.CheckAddress(a.base, id)
	card := badge.Card(check)
	var data []byte
	switch name {
	case signedName:
		data, alt = signed, "The signed file of the certificate "+badge.Name
	case pictureName:
		data, err = charts.Certificate(card)
		alt = card.Alt
	case paperName:
		data, err = documents.Certificate(badge.Certificate(check))
		alt = "A page to print: the certificate " + badge.Name
	}
	if err != nil {
		return "", fmt.Errorf("making %s: %w", name, err)
	}
	_, err = w.Write(data)
	return alt, err
}

// Take opens one file for whoever came by a link. It is made in a file of its own
// that goes away when it is closed: a zip may be larger than the memory.
func (a *archives) Take(ctx context.Context, token, archive, name string) (io.ReadSeekCloser, bool, error) {
	may, err := a.bot.MayTake(ctx, token, archive)
	if err != nil || !may {
		return nil, false, err
	}
	f, err := os.CreateTemp("", "cohortbot-*")
	if err != nil {
		return nil, false, err
	}
	t := temporary{f}
	if _, err := a.make(ctx, f, archive, name); err != nil {
		err = errors.Join(err, t.Close())
		if errors.Is(err, bot.ErrNoArchive) {
			return nil, false, nil
		}
		return nil, false, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, false, errors.Join(err, t.Close())
	}
	return t, true, nil
}

// temporary is a file that nobody finds again.
type temporary struct{ *os.File }

// Close takes the file away.
func (t temporary) Close() error {
	return errors.Join(t.File.Close(), os.Remove(t.Name()))
}
