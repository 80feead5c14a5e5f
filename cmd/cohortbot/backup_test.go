package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cohortbot/adapters/backups"
	"cohortbot/adapters/bolt"
	"cohortbot/adapters/files"
	"cohortbot/adapters/openbadges"
	"cohortbot/bot"
	"cohortbot/bot/chat"
	"cohortbot/bot/evidence"
	"cohortbot/bot/people"
	"cohortbot/bot/privacy"
	"cohortbot/bot/store"
	"cohortbot/schedules"
)

// atWork is a data folder that a bot works on.
type atWork struct {
	data  string
	store *bolt.Store
	files *files.Folder
	bot   *bot.Bot
	packs packing
}

func putToWork(t *testing.T) *atWork {
	t.Helper()
	w := &atWork{data: t.TempDir()}
	var err error
	if w.store, err = openStore(w.data, storeFile, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.store.Close() })
	if w.files, err = files.Open(filepath.Join(w.data, filesFolder)); err != nil {
		t.Fatal(err)
	}
	key, err := openbadges.Key(w.data)
	if err != nil {
		t.Fatal(err)
	}
	o := bot.Options{Store: w.store, Clock: schedules.System, Log: slog.New(slog.DiscardHandler), Files: w.files, Key: key}
	if w.bot, err = bot.New(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	w.packs = packing{data: w.data, store: w.store, clock: schedules.System, still: w.bot.StillFiles}
	return w
}

// people do things until ctx ends, as fast as they are answered.
func (w *atWork) people(ctx context.Context, t *testing.T, who string, done *atomic.Int64) {
	user := chat.User{Workspace: "test", ID: who}
	for n := 0; ctx.Err() == nil; n++ {
		text := fmt.Sprintf("evidence add title:\"Number %d\" text:\"What %s did, the %d. time\"", n, who, n)
		if n%7 == 6 {
			text = "evidence list"
		}
		_, err := w.bot.Do(ctx, chat.Request{
			Event: fmt.Sprintf("%s/%d", who, n), At: chat.Direct(user), Text: text, Profile: chat.Profile{User: user, Name: who},
		})
		if err != nil && ctx.Err() == nil {
			t.Errorf("%s: %v", who, err)
			return
		}
		done.Add(1)
	}
}

// holders keep files and let go of them again, while the bot takes away what nobody
// holds.
func (w *atWork) holders(ctx context.Context, t *testing.T, done *atomic.Int64) {
	for n := 0; ctx.Err() == nil; n++ {
		content, err := w.files.Keep(context.WithoutCancel(ctx), io.LimitReader(rand.Reader, 20_000), 1<<20)
		if err == nil {
			err = w.store.Update(context.WithoutCancel(ctx), func(tx store.Tx) error {
				if err := evidence.Contents.Put(tx, content.Hash, content); err != nil {
					return err
				}
				if n > 5 {
					if err := evidence.Release(tx, fmt.Sprintf("test/%d", n-5)); err != nil {
						return err
					}
				}
				return evidence.Hold(tx, content.Hash, fmt.Sprintf("test/%d", n))
			})
		}
		if err == nil {
			err = w.bot.Settle(context.WithoutCancel(ctx))
		}
		if err != nil {
			t.Error(err)
			return
		}
		done.Add(1)
	}
}

// Many write, files come and go, and backups are taken meanwhile: each is whole, and
// what it restores to passes every check.
func TestABackupTakenUnderLoadRestoresToWhatPassesVerify(t *testing.T) {
	w := putToWork(t)
	ctx, stop := context.WithCancel(t.Context())
	var group sync.WaitGroup
	var done atomic.Int64
	for i := range 8 {
		group.Go(func() { w.people(ctx, t, fmt.Sprintf("person%d", i), &done) })
	}
	group.Go(func() { w.holders(ctx, t, &done) })
	orders := newOrders(w.packs, slog.New(slog.DiscardHandler))
	most := 0
	for i := range 4 {
		before := done.Load()
		for done.Load() < before+40 && !t.Failed() { // so that the load is there, however slow the machine
			time.Sleep(time.Millisecond)
		}
		path := filepath.Join(t.TempDir(), "backup.zip")
		if err := orders.place(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		b, err := backups.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if faults, err := b.Check(t.Context()); err != nil || len(faults) > 0 || len(b.Lost) > 0 {
			t.Errorf("backup %d: %v, %v; lost: %v", i, faults, err, b.Lost)
		}
		restored := filepath.Join(t.TempDir(), "data")
		if err := errors.Join(b.Unpack(t.Context(), restored), b.Close()); err != nil {
			t.Fatal(err)
		}
		sound, faults, err := verifyFolder(t.Context(), restored)
		if err != nil || len(faults) > 0 {
			t.Errorf("backup %d: %v, %v", i, faults, err)
		}
		if sound.Records == 0 || sound.Files == 0 {
			t.Errorf("backup %d has %+v: nothing was going on", i, sound)
		}
		most = max(most, sound.Records)
	}
	stop()
	group.Wait()
	t.Logf("%d deeds, %d records in the largest backup", done.Load(), most)
	if left, _ := filepath.Glob(filepath.Join(w.data, packingFolder+"*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// packed gives a configuration and a backup of a data folder with something in it.
func (w *atWork) packed(t *testing.T) (config, backup string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var done atomic.Int64
	var group sync.WaitGroup
	group.Go(func() { w.people(ctx, t, "ana", &done) })
	for done.Load() < 5 && !t.Failed() {
		time.Sleep(time.Millisecond)
	}
	stop()
	group.Wait()
	backup = filepath.Join(t.TempDir(), "backup.zip")
	if err := newOrders(w.packs, slog.New(slog.DiscardHandler)).place(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	config = filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(config, []byte("data: "+w.data+"\nlocal: {people: [{id: ana, admin: true}], channels: [{id: garden}]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return config, backup
}

// run carries out a command line and gives what it said.
func run(args ...string) (int, string) {
	var out bytes.Buffer
	code := NewMain(&out, &out).Run(args)
	return code, out.String()
}

// sums gives every file of a folder with its bytes.
func sums(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Type()&os.ModeSocket != 0 {
			return err
		}
		data, err := os.ReadFile(path)
		all[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Whatever is wrong with a backup, a restore says so and changes nothing.
func TestARestoreThatIsRefusedChangesNothing(t *testing.T) {
	w := putToWork(t)
	config, backup := w.packed(t)
	whole, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	if code, said := run("restore", "--config", config, "--replace", backup); code != exitFailed || !strings.Contains(said, "stop it first") {
		t.Errorf("while another program has the store: code %d, %s", code, said)
	}
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	before := sums(t, w.data)
	write := func(data []byte) string {
		path := filepath.Join(t.TempDir(), "backup.zip")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	damaged := func(spoil func(tx store.Tx) error) string { // whole as a file, and wrong inside
		folder := filepath.Join(t.TempDir(), "data")
		b, err := backups.Open(backup)
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		if err := b.Unpack(t.Context(), folder); err != nil {
			t.Fatal(err)
		}
		s, err := bolt.Open(filepath.Join(folder, storeFile), bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := s.Update(t.Context(), spoil); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "damaged.zip")
		p := packing{data: folder, store: s, clock: schedules.System}
		if err := newOrders(p, slog.New(slog.DiscardHandler)).place(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	flip := func(at int) []byte {
		data := bytes.Clone(whole)
		data[at] ^= 4
		return data
	}
	for name, c := range map[string]struct{ from, says string }{
		"half written":    {write(whole[:len(whole)/2]), "cut off before its end"},
		"a byte changed":  {write(flip(len(whole) / 3)), "nothing was changed"},
		"its seal":        {write(flip(len(whole) - 5)), "nothing was changed"},
		"no backup":       {write([]byte("hello")), "this is no backup of cohortbot"},
		"not there":       {filepath.Join(w.data, "none.zip"), "no such file"},
		"a newer table":   {damaged(func(tx store.Tx) error { return tx.Put([]byte("people\x00\x01v"), []byte("99")) }), "run the newer version"},
		"a broken record": {damaged(func(tx store.Tx) error { return tx.Put([]byte("people\x00\x02x"), []byte("v1 {")) }), `table people, record "x"`},
	} {
		t.Run(name, func(t *testing.T) {
			code, said := run("restore", "--config", config, "--replace", c.from)
			if code != exitFailed || !strings.Contains(said, c.says) {
				t.Errorf("code %d, and it said: %s", code, said)
			}
		})
	}
	if code, said := run("restore", "--config", config, backup); code != exitFailed || !strings.Contains(said, "--replace") {
		t.Errorf("over what is there: code %d, %s", code, said)
	}
	after := sums(t, w.data)
	for path, data := range before {
		if after[path] != data {
			t.Errorf("%s was changed", path)
		}
		delete(after, path)
	}
	for path := range after {
		t.Errorf("%s was left behind", path)
	}
	if code, said := run("restore", "--config", config, "--replace", backup); code != 0 {
		t.Errorf("and the whole one: code %d, %s", code, said)
	}
	if code, said := run("verify", w.data); code != 0 {
		t.Errorf("what was restored: code %d, %s", code, said)
	}
}

// Somebody was erased, and the program was ended before it had written that down
// outside the store: putting an older backup back erases them again all the same.
func TestAnErasureThatOnlyTheOldStoreKnowsIsNotUndone(t *testing.T) {
	w := putToWork(t)
	config, backup := w.packed(t)
	var ana people.Person
	err := w.store.View(t.Context(), func(tx store.Tx) (err error) {
		ana, err = people.ByAccount(tx, chat.User{Workspace: "test", ID: "ana"})
		return err
	})
	if err != nil || ana.ID == "" {
		t.Fatalf("%+v, %v", ana, err)
	}
	err = w.store.Update(t.Context(), func(tx store.Tx) error {
		return privacy.Erasures.Put(tx, ana.ID, privacy.Erasure{Person: ana.ID, At: time.Now()})
	})
	if err := errors.Join(err, w.store.Close()); err != nil {
		t.Fatal(err)
	}
	if code, said := run("restore", "--config", config, "--replace", backup); code != 0 || !strings.Contains(said, "Erased again from it: 1 person") {
		t.Errorf("code %d, %s", code, said)
	}
	data, err := os.ReadFile(mainStore(w.data))
	if err != nil || bytes.Contains(data, []byte("What ana did")) {
		t.Errorf("her words are back (%v)", err)
	}
	if code, said := run("verify", w.data); code != 0 {
		t.Errorf("code %d, %s", code, said)
	}
	if lines, err := files.OpenErased(w.data).All(t.Context()); err != nil || len(lines) != 1 || lines[0].Person != ana.ID {
		t.Errorf("the ledger has %v, %v", lines, err)
	}
}

// A restore that was cut off in the middle is finished before the program starts.
func TestAHalfRestoredFolderIsNotServed(t *testing.T) {
	w := putToWork(t)
	config, backup := w.packed(t)
	if err := errors.Join(w.store.Close(), os.Mkdir(filepath.Join(w.data, restoringMark), 0o700), os.Remove(filepath.Join(w.data, storeFile))); err != nil {
		t.Fatal(err)
	}
	if code, said := run("serve", "--config", config); code != exitFailed || !strings.Contains(said, "Run cohortbot restore --replace again") {
		t.Errorf("code %d, %s", code, said)
	}
	if isThere(filepath.Join(w.data, storeFile)) {
		t.Error("an empty store was made in the place of the lost one")
	}
	if code, said := run("restore", "--config", config, "--replace", backup); code != 0 {
		t.Errorf("code %d, %s", code, said)
	}
	s, err := openStore(w.data, storeFile, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}

// Files that are lost or spoilt do not keep all the rest from being backed up, and
// are named.
func TestWhatIsWrongWithFilesIsNamedAndTheRestIsKept(t *testing.T) {
	w := putToWork(t)
	var hashes []string
	for i := range 3 {
		content, err := w.files.Keep(t.Context(), strings.NewReader(fmt.Sprint("file ", i)), 100)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, content.Hash)
		err = w.store.Update(t.Context(), func(tx store.Tx) error {
			return errors.Join(evidence.Contents.Put(tx, content.Hash, content), evidence.Hold(tx, content.Hash, "test"))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	at := func(i int) string { return filepath.Join(w.data, filesFolder, hashes[i][:2], hashes[i]) }
	if err := errors.Join(os.Remove(at(0)), os.WriteFile(at(1), []byte("file X"), 0o600)); err != nil {
		t.Fatal(err)
	}
	config, backup := w.packed(t)
	w.store.Close()
	code, said := run("verify", w.data)
	if code != exitFailed || !strings.Contains(said, "file "+hashes[0]+": it is not there") || !strings.Contains(said, "file "+hashes[1]+": its bytes") || strings.Contains(said, hashes[2]) {
		t.Errorf("code %d, %s", code, said)
	}
	code, said = run("restore", "--config", config, "--replace", backup)
	if code != 0 || !strings.Contains(said, hashes[0]) || !strings.Contains(said, hashes[1]) || !isThere(at(2)) || isThere(at(1)) {
		t.Errorf("code %d, %s", code, said)
	}
}

// Somebody who asks for a backup and does not read it holds up neither the group nor
// the program's stop.
func TestASlowReaderOfABackupHoldsNothingUp(t *testing.T) {
	w := putToWork(t)
	content, err := w.files.Keep(t.Context(), io.LimitReader(rand.Reader, 30_000_000), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	err = w.store.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(evidence.Contents.Put(tx, content.Hash, content), evidence.Hold(tx, content.Hash, "test"))
	})
	if err != nil {
		t.Fatal(err)
	}
	config, _ := w.packed(t)
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("local: {"), []byte("log: {format: text}\nlocal: {address: 127.0.0.1:0, "), 1)
	if err := os.WriteFile(config, text, 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, "serve", "--config", config)
	p.waitFor(`address=(http://127\.0\.0\.1:\d+)`)
	conn, err := net.Dial("unix", controlPath(w.data))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /backup HTTP/1.1\r\nHost: program\r\n\r\n")
	if _, err := conn.Read(make([]byte, 1000)); err != nil { // it has begun, and nobody reads on
		t.Fatal(err)
	}
	if _, err := askProgram(t.Context(), w.data, http.MethodPost, "backup"); err == nil || !strings.Contains(err.Error(), "another backup is being made") {
		t.Errorf("a second one at the same time: %v", err)
	}
	began := time.Now()
	p.close()
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the stop waited for who does not read: %s", took)
	}
}

// The socket is for this account alone, and is there again after a crash.
func TestOnlyThisAccountCanGiveOrders(t *testing.T) {
	data := t.TempDir()
	for range 2 {
		l, err := listenControl(t.Context(), data)
		if err != nil {
			t.Fatal(err)
		}
		l.(*net.UnixListener).SetUnlinkOnClose(false) // as a crash leaves it
		for path, want := range map[string]os.FileMode{controlPath(data): 0o600, filepath.Dir(controlPath(data)): 0o700} {
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
				t.Errorf("%s: %v, %v; want %v", path, info.Mode(), err, want)
			}
		}
		l.Close()
		if _, err := askProgram(t.Context(), data, http.MethodPost, "backup"); !errors.Is(err, errNotRunning) {
			t.Errorf("after a crash: %v, want that nothing runs", err)
		}
	}
}

// The youngest daily backups are kept; what is called otherwise is somebody's own.
func TestOldDailyBackupsGo(t *testing.T) {
	folder := t.TempDir()
	day := time.Date(2031, 2, 5, 3, 0, 0, 0, time.UTC)
	for i := range 5 {
		if err := os.WriteFile(filepath.Join(folder, day.AddDate(0, 0, i).Format(backupNames)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "cohortbot-before-the-move.zip"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := thinOut(folder, 2); err != nil {
		t.Fatal(err)
	}
	made, err := madeBackups(folder)
	if err != nil || len(made) != 2 || !made[1].Equal(day.AddDate(0, 0, 4)) || !isThere(filepath.Join(folder, "cohortbot-before-the-move.zip")) {
		t.Errorf("left: %v, %v", made, err)
	}
	d := &daily{backups: Backups{Folder: folder, Keep: 2}}
	if due, ok, err := d.NextDue(t.Context()); err != nil || !ok || !due.Equal(day.AddDate(0, 0, 5)) {
		t.Errorf("the next is due at %v, %v", due, err)
	}
}
