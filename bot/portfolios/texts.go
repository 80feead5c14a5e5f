package portfolios

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"cohortbot/bot/links"
	"cohortbot/bot/store"
)

// Text is what stands in a part that is written.
type Text struct {
	Portfolio ID        `json:"portfolio"`
	Part      string    `json:"part"`
	Text      string    `json:"text"`              // as typed
	At        time.Time `json:"at"`                // when it was changed last
	Changes   int       `json:"changes,omitempty"` // how many versions were made of it

	// Sitting is the session of a page on which it is being written, since Began.
	// What is kept while somebody types makes no version each time.
	Sitting links.ID  `json:"sitting,omitempty"`
	Began   time.Time `json:"began,omitzero"`
	// Fresh marks the sentences that came with the last change alone, see [Text.loses].
	Fresh []string `json:"fresh,omitempty"`
}

// Version is how a text read before it was changed.
type Version struct {
	Portfolio ID        `json:"portfolio"`
	Part      string    `json:"part"`
	Number    int       `json:"number"` // from 1
	Text      string    `json:"text"`
	Until     time.Time `json:"until"` // when it was changed
	// Spare tells that every sentence of it stands in the next version, too. It is found
	// out when that is made, since comparing all of them each time holds everybody up.
	Spare bool `json:"spare,omitempty"`
}

const (
	// MostText is how many characters the text of a part has at most.
	MostText = 40_000
	// keptVersions is how many versions of one text are kept, see [spare].
	keptVersions = 100
)

// Texts keeps what stands in the parts, by [textID].
var Texts = store.NewTable[string, Text]("portfolio texts", 1)

// Versions keeps how texts read before.
var Versions = store.NewTable[string, Version]("portfolio versions", 1,
	store.Index[Version]{Name: "text", Keys: func(v Version) [][]byte {
		return [][]byte{store.Key(textID(v.Portfolio, v.Part), v.Number)}
	}})

func textID(p ID, part string) string { return string(p) + "/" + part }

// TextOf gives what stands in a part; the zero Text where nothing was written.
func TextOf(tx store.Tx, p ID, part string) (Text, error) {
	t, err := Texts.Get(tx, textID(p, part))
	if errors.Is(err, store.ErrNotFound) {
		return Text{Portfolio: p, Part: part}, nil
	}
	return t, err
}

// Write puts a text in the place of what stands in a part, which is kept as a
// version. The text is the same wherever it is written: in a chat or on a page.
func Write(tx store.Tx, p ID, part, text string, now time.Time) (Text, error) {
	t, err := TextOf(tx, p, part)
	if err != nil {
		return t, err
	}
	return t.change(tx, text, "", now)
}

// oneSitting is how long what somebody types on a page counts as one change, as long
// as nothing is taken out.
const oneSitting = 10 * time.Minute

// change keeps a text in the place of t, which becomes a version of it, unless it is
// what was typed just before in the same sitting, and nothing of it is lost.
func (t Text) change(tx store.Tx, text string, sitting links.ID, now time.Time) (Text, error) {
	if t.Text == text {
		return t, nil
	}
	goesOn := sitting != "" && t.Sitting == sitting && now.Sub(t.Began) < oneSitting
	if goesOn {
		lost, err := t.loses(tx, text, now)
		if err != nil {
			return t, err
		}
		goesOn = !lost
	}
	if t.Text != "" && !goesOn {
		var err error
		if t, err = t.version(tx, t.Text, now); err != nil {
			return t, err
		}
	}
	if !goesOn {
		t.Sitting, t.Began = sitting, now
	}
	t.Fresh = fresh(t.Text, text)
	t.Text, t.At = text, now
	return t, Texts.Put(tx, textID(t.Portfolio, t.Part), t)
}

// version keeps a text as the youngest version of t, which the caller keeps.
func (t Text) version(tx store.Tx, text string, now time.Time) (Text, error) {
	before, err := Versions.Get(tx, versionID(Version{Portfolio: t.Portfolio, Part: t.Part, Number: t.Changes}))
	if err == nil && len(lacking(before.Text, text)) == 0 {
		before.Spare = true
		err = Versions.Put(tx, versionID(before), before)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return t, err
	}
	t.Changes++
	v := Version{Portfolio: t.Portfolio, Part: t.Part, Number: t.Changes, Text: text, Until: now}
	if err := Versions.Put(tx, versionID(v), v); err != nil {
		return t, err
	}
	if t.Changes <= keptVersions {
		return t, nil
	}
	all, err := VersionsOf(tx, t.Portfolio, t.Part)
	if err != nil || len(all) <= keptVersions {
		return t, err
	}
	return t, Versions.Delete(tx, versionID(spare(all)))
}

// spare gives the version that can best be done without: the oldest that is said to be
// spare, so that the one after it is still there; where there is none, the oldest.
func spare(all []Version) Version {
	return all[max(0, slices.IndexFunc(all, func(v Version) bool { return v.Spare }))]
}

func versionID(v Version) string {
	return fmt.Sprintf("%s/%06d", textID(v.Portfolio, v.Part), v.Number)
}

// VersionsOf gives how a text read before, the oldest first.
func VersionsOf(tx store.Tx, p ID, part string) ([]Version, error) {
	var found []Version
	for row, err := range Versions.By(tx, "text", textID(p, part)) {
		if err != nil {
			return nil, err
		}
		found = append(found, row.Value)
	}
	return found, nil
}
