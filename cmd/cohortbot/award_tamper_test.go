package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"cohortbot/bot/bottest"
	"cohortbot/bot/credentials"
	"cohortbot/bot/portfolios/bundle"
	"cohortbot/bot/portfolios/bundle/bundletest"
	"cohortbot/bot/store"
)

func unpackZip(t *testing.T, data []byte) []bundletest.Entry {
	t.Helper()
	all, err := bundletest.Unpack(data)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// packAnew packs files as somebody would who knows how it is done: with a list of
// hashes that fits, and without the signature that nobody else can make.
func packAnew(t *testing.T, all []bundletest.Entry) []byte {
	t.Helper()
	all, err := bundletest.Listed(all, nil)
	if err != nil {
		t.Fatal(err)
	}
	data, err := bundletest.Pack(all)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// tamperAward changes the certificate in a zip, each time with hashes made anew, so
// that nothing but its own proof and what it says can tell.
func tamperAward(t *testing.T, w *bottest.World, whole []byte) {
	t.Helper()
	var held credentials.Issued
	w.View(func(tx store.Tx) error {
		for row, err := range credentials.Table.All(tx) {
			if err != nil {
				return err
			}
			held = row.Value
		}
		return nil
	})
	signed := func(change func(*credentials.Badge)) func([]byte) []byte {
		b := held.Badge
		b.Evidence = slices.Clone(b.Evidence)
		change(&b)
		file, err := w.Signer.Credential(b)
		if err != nil {
			t.Fatal(err)
		}
		return func([]byte) []byte { return file }
	}
	replace := func(from, to string) func([]byte) []byte {
		return func(data []byte) []byte {
			if !bytes.Contains(data, []byte(from)) {
				t.Fatalf("there is no %q to change", from)
			}
			return bytes.ReplaceAll(data, []byte(from), []byte(to))
		}
	}
	gone := func([]byte) []byte { return nil }
	if r := verified(t, packAnew(t, unpackZip(t, whole))); len(r.Faults) > 0 || !r.Awarded {
		t.Fatalf("packed anew with nothing changed: %+v", r)
	}
	for name, c := range map[string]struct {
		file   string
		change func([]byte) []byte
		place  string
		said   string
	}{
		"a word of the signed file":   {bundle.AwardPath, replace("The long silences", "The loud silences"), bundle.AwardPath, "must not be relied on"},
		"the day of the signed file":  {bundle.AwardPath, replace("2026-11", "2025-11"), bundle.AwardPath, "must not be relied on"},
		"no proof":                    {bundle.AwardPath, replace(`"proofValue": "z`, `"proofValue": "zz`), bundle.AwardPath, "must not be relied on"},
		"somebody else's certificate": {bundle.AwardPath, signed(func(b *credentials.Badge) { b.Holder = "Ben" }), bundle.AwardPath, "somebody else's"},
		"that of another portfolio":   {bundle.AwardPath, signed(func(b *credentials.Badge) { b.Evidence[0].About = "Another." }), bundle.AwardPath, "another portfolio"},
		"another number in the data":  {bundle.DataPath, replace(string(held.ID), "0b8f7a52-6f0e-4d3c-9a51-2f7f6f1f0c11"), bundle.AwardPath, "another number"},
		"no signed file":              {bundle.AwardPath, gone, bundle.AwardPath, "missing"},
		"no page":                     {bundle.PaperPath, gone, bundle.PaperPath, "missing"},
		"no picture":                  {bundle.PicturePath, gone, bundle.PicturePath, "missing"},
		"a certificate that is not named": {bundle.DataPath, func(data []byte) []byte {
			var b bundle.Bundle
			if err := json.Unmarshal(data, &b); err != nil {
				t.Fatal(err)
			}
			b.Credential = nil
			data, err := json.Marshal(b)
			if err != nil {
				t.Fatal(err)
			}
			return data
		}, bundle.AwardPath, "it was added"},
	} {
		all := unpackZip(t, whole)
		for i := range all {
			if all[i].Name == c.file {
				all[i].Data = c.change(all[i].Data)
			}
		}
		all = slices.DeleteFunc(all, func(f bundletest.Entry) bool { return f.Data == nil })
		r := verified(t, packAnew(t, all))
		if !slices.ContainsFunc(r.Faults, func(f bundle.Fault) bool { return f.Place == c.place && strings.Contains(f.Said, c.said) }) {
			t.Errorf("%s: %q", name, r.Faults)
		}
	}
}

func verified(t *testing.T, data []byte) bundle.Report {
	t.Helper()
	r, err := bundle.Verify(bytes.NewReader(data), int64(len(data)), bundle.With{Credential: soundFor})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
