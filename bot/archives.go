package bot

import (
	"context"
	"errors"
	"io"

	"cohortbot/bot/credentials"
	"cohortbot/bot/evidence"
	"cohortbot/bot/links"
	"cohortbot/bot/portfolios"
	"cohortbot/bot/portfolios/bundle"
	"cohortbot/bot/store"
)

// This file is what a message's document names as its archive: too large to be kept
// in a message, and made anew whenever it is handed out.

// ErrNoArchive is returned where there is nothing under a name, or nothing any more,
// or nothing for whoever asks.
var ErrNoArchive = errors.New("there is nothing under this name")

// Portfolio gives what is packed under the name of an archive; the certificate that its
// result led to, where one stands, goes by packed.Credential.Number. Errors:
// ErrNoArchive, portfolios.ErrChanged.
func (b *Bot) Portfolio(ctx context.Context, archive string) (packed bundle.Bundle, err error) {
	err = b.store.View(ctx, func(tx store.Tx) error {
		found, ok, err := portfolios.Pack(tx, b.library, archive, b.clock.Now())
		if err == nil && !ok {
			err = ErrNoArchive
		}
		if err != nil || found.Result == nil || found.Result.Result != string(portfolios.Met) || b.signer == nil {
			packed = found
			return err
		}
		p, own, err := portfolios.Whose(tx, archive)
		if err == nil && own {
			var i credentials.Issued
			if i, own, err = credentials.For(tx, string(p)); own {
				found.Credential = &bundle.Credential{Number: string(i.ID), Name: i.Badge.Name, Check: credentials.CheckAddress(b.privacy.Pages, i.ID)}
			}
		}
		packed = found
		return err
	})
	return packed, err
}

// Piece gives a file that comes apart from the portfolio that it belongs to, and which
// piece of it goes by the name, counted from 1. Errors: ErrNoArchive,
// portfolios.ErrChanged.
func (b *Bot) Piece(ctx context.Context, archive string) (f bundle.File, piece int, err error) {
	err = b.store.View(ctx, func(tx store.Tx) error {
		found, n, ok, err := portfolios.PieceOf(tx, b.library, archive, b.clock.Now())
		if err == nil && !ok {
			err = ErrNoArchive
		}
		f, piece = found, n
		return err
	})
	return f, piece, err
}

// Open gives the bytes of a file that is kept as evidence, by its hash. Errors:
// evidence.ErrNoContent.
func (b *Bot) Open(ctx context.Context, hash string) (io.ReadCloser, error) {
	if b.vault == nil {
		return nil, evidence.ErrNoContent
	}
	return b.vault.Open(ctx, hash)
}

// Credential gives what a credential says, and its signed file. Errors: ErrNoArchive
// for one that is not there or does not stand.
func (b *Bot) Credential(ctx context.Context, id credentials.ID) (credentials.Badge, []byte, error) {
	var i credentials.Issued
	err := b.store.View(ctx, func(tx store.Tx) (err error) {
		i, err = credentials.Table.Get(tx, id)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && (!i.Revoked.At.IsZero() || b.signer == nil) {
		err = ErrNoArchive
	}
	if err != nil {
		return i.Badge, nil, err
	}
	file, err := credentials.File(ctx, b.store, b.signer, b.privacy.Pages, id)
	return i.Badge, file, err
}

// MayTake tells whether whoever comes by a link may have an archive.
func (b *Bot) MayTake(ctx context.Context, token, archive string) (may bool, err error) {
	err = b.store.View(ctx, func(tx store.Tx) error {
		l, err := links.Open(tx, token, b.clock.Now())
		if errors.Is(err, links.ErrNone) {
			may = false
			return nil
		}
		if err != nil {
			return err
		}
		if id, ok := credentials.InArchive(archive); ok {
			may, err = credentials.MayTake(tx, l, id)
			return err
		}
		may, err = portfolios.MayTake(tx, l, archive)
		return err
	})
	return may, err
}

// Checked gives what is known of a credential's number, and of a name beside it.
func (b *Bot) Checked(ctx context.Context, number, name string) (known credentials.Checked, err error) {
	err = b.store.View(ctx, func(tx store.Tx) error {
		known, err = credentials.Check(tx, number, name)
		return err
	})
	return known, err
}

// Struck gives the places in the status list of what was taken back.
func (b *Bot) Struck(ctx context.Context) (struck []int, err error) {
	err = b.store.View(ctx, func(tx store.Tx) error {
		struck, err = credentials.List(tx)
		return err
	})
	return struck, err
}
