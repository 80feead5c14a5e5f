package evidence_test

import (
	"archive/zip"
	"bytes"
	"testing"

	"cohortbot/bot/bottest"
	"cohortbot/bot/chat"
)

// bomb is a small archive that unpacks to a thousand times as much.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	f, err := z.Create("../../word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	for range 8 {
		if _, err := f.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAnArchiveIsRefusedAndADocumentThatIsOneIsNeverUnpacked(t *testing.T) {
	sent := bomb(t)
	bottest.Run(t, func(w *bottest.World) {
		w.Cohort("Explorers", "Wiremu", "Ana")
		add(w, "Ana", "an archive", chat.File{Name: "bomb.zip", Type: "application/zip", Data: sent})
		bottest.Says(t, texts(w.Inbox("Ana")), "**bomb.zip**: files of that type")
		if n := len(hashes(w)); n != 0 {
			t.Errorf("%d files are kept", n)
		}
		add(w, "Ana", "a document", chat.File{Name: "minutes.docx", Data: sent})
		all := items(w, "Ana")
		f := all[len(all)-1].Files[0]
		if f.Size != int64(len(sent)) || f.Shown() || len(hashes(w)) != 1 {
			t.Errorf("of %d bytes there are %d in %d files, shown: %t", len(sent), f.Size, len(hashes(w)), f.Shown())
		}
	})
}
