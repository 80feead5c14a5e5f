// Package privacy is what people may do with what is kept about them: see it, take
// it along, say what it may be used for, and have it erased. All of it is made of
// the holdings that each feature declares (deeds.Holding), so that a new table is
// part of it as soon as it exists.
//
// Start reading at [Feature]; held.go is what somebody is shown, export.go what
// they take along, erasing.go what goes and what stays, eraser.go the slow work that
// follows an erasure: files, other places, and the bytes that a deletion leaves.
package privacy

import (
	"context"
	"time"

	"cohortbot/bot/chat"
	"cohortbot/bot/consents"
	"cohortbot/bot/deeds"
	"cohortbot/bot/evidence"
	"cohortbot/bot/jobs"
	"cohortbot/bot/outbox"
	"cohortbot/bot/people"
	"cohortbot/bot/store"
)

// Options is what this package needs from outside.
type Options struct {
	// Holdings gives those of every feature, in the order in which they are erased. It
	// is called when all features are put together.
	Holdings func() []deeds.Holding
	// Scrub makes anew what is kept for a while beside the records and may show what
	// was erased, such as the open forms of others. Nil where there is nothing of the
	// kind.
	Scrub func(ctx context.Context, s store.Store) error
	// Stands tells whether a record that [Forget] was told of is in the store, and Again
	// deletes it again. Nil where there are none.
	Stands func(tx store.Tx, what string) (bool, error)
	Again  func(tx store.Tx, what string, now time.Time) error

	Vault evidence.Vault // where the files of people are; nil: nowhere
	// TakenBack is called when somebody takes a consent back that is asked for here. Nil
	// where nobody has to know.
	TakenBack func(tx store.Tx, c consents.Consent) error
	Pages     string // where the bot's pages are found; empty: it has none
	Keep      Retention
}

// Retention is how long things are kept that nobody asked to have erased, in the
// civil clock. Zero keeps them until somebody does.
type Retention struct {
	// Groups is how long after a group has come to its end what its members wrote
	// there is kept.
	Groups time.Duration
	// Guests is how long what is known of somebody without an account is kept after
	// their link has ended.
	Guests time.Duration
}

type feature struct{ Options }

// Feature is what this package brings to the bot.
func Feature(o Options) deeds.Feature {
	f := feature{o}
	return deeds.Feature{
		Deeds: []deeds.Deed{f.dataDeed(), f.exportDeed(), f.consentDeed(), f.eraseDeed()},
		Jobs:  []jobs.Kind{{Name: keepJob, Run: f.look}, {Name: groupJob, Run: f.letGo}},
		Reasons: []outbox.Reason{
			{Kind: receiptKind, Render: receiptMessage},
			{Kind: exportKind, Render: f.exportMessage},
			{Kind: warnedKind, Render: f.warnedMessage},
			{Kind: erasedKind, Render: erasedMessage},
			{Kind: anewKind, Render: anewMessage},
		},
		Tables: []store.Prepared{consents.Table, Erasures},
		Holdings: []deeds.Holding{
			deeds.Holds(consents.Table, deeds.Records[string, consents.Consent]{
				What: "what you agreed to, and took back", Purpose: deeds.Remembering, Seen: "nobody but you", Index: "person",
				Stays: "What you agreed to and when stays as a proof, in my words and under an id that leads to nobody.",
				Erase: deeds.Stay[string, consents.Consent],
			}),
			deeds.Holds(Erasures, deeds.Records[people.ID, Erasure]{
				What: "that you had your data erased", Purpose: deeds.Remembering, Seen: "nobody",
				Mine: func(id people.ID, _ Erasure, p people.ID) bool { return id == p }, Erase: deeds.Stay[people.ID, Erasure],
			}),
		},
	}
}

// Allows tells whether somebody agrees to a purpose of consent that has no scope,
// such as consents.Research. Where nothing was said, they don't.
func Allows(tx store.Tx, p people.ID, purpose consents.Purpose) (bool, error) {
	return consents.Allows(tx, p, purpose, "")
}

const (
	dataPath    = "settings data"
	consentPath = "settings consent"
	erasePath   = "settings erase"

	// ExportPath is the deed behind the address of a copy.
	ExportPath = exportPath
	exportPath = "settings export"

	receiptKind = "consent receipt" // to who agreed or took it back, about the consent
	exportKind  = "data export"     // to who asked for theirs
	erasedKind  = "erased"          // to who was, once nothing is left
	anewKind    = "begun anew"      // to who was, and is here again
)

// onlyOwn refuses to do any of this for somebody else, whoever asks.
func onlyOwn(c deeds.Call, path string) error {
	who, named := c.Given["person"]
	if !named || who.Person.ID == c.Person.ID {
		return nil
	}
	name := chat.Plain(who.Person.Name)
	return deeds.Refuse(deeds.Forbidden, "Only %s can do that, with /%s in a message to me. What is kept about somebody is shown to them and to nobody else, and nobody can have it erased for them, facilitators and administrators included.", name, path)
}

// personField is there to be refused: who runs a group will try.
var personField = chat.Field{Name: "person", Label: "Whose (only your own)", Kind: chat.Person, Hint: "Left empty: yours. It works for nobody else's."}
