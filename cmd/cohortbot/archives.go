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
	"cohortbot/bot/portfolios/bundle"
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
	if portfolios.IsPiece(d.Archive) {
		f, err := a.piece(ctx, d.Archive)
		return []chat.File{f}, err
	}
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
		from := documents.Sources{Open: a.bot.Open, Draw: charts.PNG, Key: a.key}
		if b.Credential != nil {
			if from.Certificate, err = a.certificate(ctx, credentials.ID(b.Credential.Number)); errors.Is(err, bot.ErrNoArchive) {
				b.Credential = nil // it was withdrawn at this moment
			} else if err != nil {
				return "", err
			}
		}
		return "A zip with the portfolio of " + b.Name, documents.Archive(ctx, w, b, from)
	}
	id, ok := credentials.InArchive(archive)
	if !ok {
		return "", bot.ErrNoArchive
	}
	return a.award(ctx, w, id, name)
}

// certificate makes the files of a credential for the zip of a portfolio.
func (a *archives) certificate(ctx context.Context, id credentials.ID) (all []bundle.Page, err error) {
	for _, f := range []struct{ name, path string }{{paperName, bundle.PaperPath}, {pictureName, bundle.PicturePath}, {signedName, bundle.AwardPath}} {
		var b bytes.Buffer
		if _, err := a.award(ctx, &b, id, f.name); err != nil {
			return nil, err
		}
		all = append(all, bundle.Page{Path: f.path, Data: b.Bytes()})
	}
	return all, nil
}

// piece gives a piece of a file that comes apart from its portfolio.
func (a *archives) piece(ctx context.Context, archive string) (chat.File, error) {
	if a.bot == nil {
		return chat.File{}, errors.New("nothing is running that could send it")
	}
	f, n, err := a.bot.Piece(ctx, archive)
	if err != nil {
		return chat.File{}, err
	}
	r, err := a.bot.Open(ctx, f.Hash)
	if err != nil {
		return chat.File{}, err
	}
	defer func() { _ = r.Close() }() // it was only read
	name, from, to := f.Piece(n)
	if _, err := io.CopyN(io.Discard, r, from); err != nil {
		return chat.File{}, err
	}
	data := make([]byte, to-from)
	_, err = io.ReadFull(r, data)
	return chat.File{Name: name, Type: "application/octet-stream", Alt: "A file that belongs to a portfolio: " + name, Data: data}, err
}

// award writes one file of a credential, and gives it in words.
func (a *archives) award(ctx context.Context, w io.Writer, id credentials.ID, name string) (alt string, err error) {
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
