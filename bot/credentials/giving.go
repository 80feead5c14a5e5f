package credentials

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"cohortbot/bot/attestations"
	"cohortbot/bot/cohorts"
	"cohortbot/bot/evidence"
	"cohortbot/bot/people"
	"cohortbot/bot/portfolios"
	"cohortbot/bot/programmes"
	"cohortbot/bot/store"
)

// Options is what this package needs from outside.
type Options struct {
	Library evidence.Library
	// Issuer is the name in which credentials are given, and Address a page about it;
	// where there is no name it is the programme's own.
	Issuer, Address string
	Pages           string // where the bot's pages are found; empty: no status list, and nothing to check on
}

// The paths below the bot's pages.
const (
	CheckPath  = "/credential"        // where anybody checks one; its number may follow
	StatusPath = "/credential/status" // the list of what was taken back
)

// list gives the address of the status list; empty where there is none.
func (o Options) list() string {
	if o.Pages == "" {
		return ""
	}
	return o.Pages + StatusPath
}

// CheckAddress gives the address at which a credential can be checked; empty where
// there is none.
func CheckAddress(pages string, id ID) string {
	if pages == "" {
		return ""
	}
	return pages + CheckPath + "/" + id.short()
}

// mostSaid is how many bytes of other people's words a credential carries: its file
// has to fit into one record. The portfolio has all of them.
const mostSaid = 40_000

// OnMet gives the credential that a confirmed result leads to, in the deed that
// confirms it, and has its holder told. A programme that names no credential leads
// to none.
func OnMet(o Options) func(store.Tx, portfolios.Confirmed, time.Time) error {
	return func(tx store.Tx, r portfolios.Confirmed, now time.Time) error {
		x, ok := o.Library.Programme(r.Portfolio.Programme)
		if !ok { // it is no longer offered: what it asked for then is what was judged
			x = programmes.Programme{ID: r.Portfolio.Programme, Title: r.Portfolio.Asks.Title, Portfolio: r.Portfolio.Asks}
			x.Portfolio.Credential.Awarded = "" // that is for whoever configures it now to say
		}
		if x.Portfolio.Credential.Name == "" {
			return nil
		}
		owner, err := people.Table.Get(tx, r.Portfolio.Owner)
		if err != nil {
			return err
		}
		lives, err := cohorts.ZoneOf(tx, owner)
		if err != nil {
			return err
		}
		zone := lives.Location()
		b := New(x, Met, HolderOf(r.Snapshot.Name), cmp.Or(o.Issuer, "the programme "+x.Title), now.In(zone))
		b.IssuerURL, b.List = o.Address, o.list()
		f, _ := o.Library.Framework(r.Snapshot.Asks.Framework)
		b.Standard = f.Title
		for _, c := range r.Snapshot.Criteria[:min(len(r.Snapshot.Criteria), maxItems)] {
			if item, ok := f.Find(c.ID); ok {
				b.Items = append(b.Items, Item{URI: "urn:uuid:" + f.ItemID(item), Code: c.Code, Text: c.Text})
			}
		}
		b.Evidence = []Proof{proof(r.Snapshot, r.Contents, zone)}
		var said []string
		for _, a := range r.Contents.Attested {
			said = append(said, string(a.Attestation.ID))
			now, err := attestations.Table.Get(tx, a.Attestation.ID) // what its writer says today counts
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			b.support(now)
		}
		made, err := Issue(tx, r.Portfolio.Owner, string(r.Portfolio.ID), b, r.By, now)
		if errors.Is(err, ErrThere) {
			return nil // another assessor confirmed the same before
		}
		if err != nil {
			return err
		}
		made.Said = said
		if err := Table.Put(tx, made.ID, made); err != nil {
			return err
		}
		return tell(tx, givenKind, made, string(made.ID), r.Portfolio.Workspace, now)
	}
}

// proof names what was judged, by the hash that the exported copy has too.
func proof(s portfolios.Snapshot, c portfolios.Contents, zone *time.Location) Proof {
	return Proof{
		ID: uuid.NewString(), Name: fmt.Sprintf("Portfolio, copy %d", s.Number),
		About: fmt.Sprintf("Submitted on %s: %s, %s and %s. Its SHA-256 hash is %s, as it stands in the copy that its holder can export.", day(s.At.In(zone)),
			plural(len(c.Texts), "text"), pieces(len(c.Items)), plural(len(c.Attested), "attestation"), s.Hash),
	}
}

// support adds somebody's word where they have agreed to that and it fits.
func (b *Badge) support(a attestations.Attestation) {
	s, ok := From(a)
	s.Said = s.Said.In(b.From.Location())
	size := len(s.Words)
	for _, x := range b.Supporters {
		size += len(x.Words)
	}
	if ok && size <= mostSaid && len(b.Supporters) < maxWords {
		b.Supporters = append(b.Supporters, s)
	}
}

// Changed has credentials follow what a writer says of their own words: taken back,
// or no longer to stand on a badge, they vanish, and what was signed with them is
// struck; corrected or newly agreed to, they stand there as they are now.
func Changed(tx store.Tx, a attestations.Attestation, now time.Time) error {
	all, err := Of(tx, a.Learner)
	if err != nil {
		return err
	}
	for _, i := range all {
		if err := i.follow(tx, a, now); err != nil {
			return err
		}
	}
	return nil
}

func (i Issued) follow(tx store.Tx, a attestations.Attestation, now time.Time) error {
	same := func(s Support) bool { return s.Of == string(a.ID) }
	stands, agreed := From(a)
	if n := slices.IndexFunc(i.Badge.Supporters, same); n >= 0 {
		old := i.Badge.Supporters[n]
		if agreed && old.Words == stands.Words && old.Who == stands.Who && old.Relation == stands.Relation && old.Known == stands.Known {
			return nil
		}
		if err := Withdraw(tx, old.ID, now); err != nil {
			return err
		}
	}
	if !agreed || !i.Revoked.At.IsZero() || !slices.Contains(i.Said, string(a.ID)) {
		return nil
	}
	i, err := Table.Get(tx, i.ID)
	if err != nil {
		return err
	}
	b := i.Badge.clone()
	b.support(a)
	if len(b.Supporters) == len(i.Badge.Supporters) {
		return nil // there is no room for it
	}
	added := &b.Supporters[len(b.Supporters)-1]
	added.ID = newID()
	if err := b.Check(); err != nil {
		return err
	}
	if added.Index, err = take(tx, added.ID, i.ID); err != nil {
		return err
	}
	i.Badge, i.File = b, nil
	return Table.Put(tx, i.ID, i)
}

// ArchiveOf names the files of a credential: what its holder keeps.
func ArchiveOf(id ID) string { return archive + string(id) }

const archive = "credential/"

// For gives the credential that stands for a portfolio; false where none does.
func For(tx store.Tx, portfolio string) (Issued, bool, error) {
	for row, err := range Table.By(tx, "portfolio", portfolio) {
		if err != nil {
			return Issued{}, false, err
		}
		if row.Value.Revoked.At.IsZero() {
			return row.Value, true, nil
		}
	}
	return Issued{}, false, nil
}

// InArchive gives the credential that an archive's name is about; false for others.
func InArchive(name string) (ID, bool) {
	id, ok := strings.CutPrefix(name, archive)
	return ID(id), ok && ID(id).ok()
}

// holders gives what somebody holds, the newest first.
func holders(tx store.Tx, p people.ID) ([]Issued, error) {
	all, err := Of(tx, p)
	slices.Reverse(all)
	return all, err
}

func pieces(n int) string {
	if n == 1 {
		return "1 piece of evidence"
	}
	return fmt.Sprintf("%d pieces of evidence", n)
}
