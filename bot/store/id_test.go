package store_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"cohortbot/bot/store"
)

func TestNewIDIsAUUIDOfTheClockThatWasPassed(t *testing.T) {
	at := time.Date(2027, 2, 1, 18, 30, 0, 123456789, time.FixedZone("", 13*3600))
	id, err := uuid.Parse(store.NewID(at))
	if err != nil || id.Version() != 7 || id.Variant() != uuid.RFC4122 {
		t.Fatalf("%v, %v is no UUIDv7", id, err)
	}
	var ms int64
	for _, b := range id[:6] {
		ms = ms<<8 | int64(b)
	}
	if ms != at.UnixMilli() {
		t.Errorf("its time is %v, want %v", time.UnixMilli(ms), at)
	}
	if before := store.NewID(time.Time{}); before > store.NewID(at) {
		t.Errorf("an id of no time at all, %s, sorts after one of 2027", before)
	}
}

func TestNewIDsOfOneMillisecondSortAsMade(t *testing.T) {
	at := time.Date(2027, 2, 1, 18, 30, 0, 0, time.UTC)
	const makers, each = 8, 5000
	ids := make([][]string, makers)
	var group sync.WaitGroup
	for i := range makers {
		group.Go(func() {
			for range each {
				ids[i] = append(ids[i], store.NewID(at))
				store.NewID(at.Add(time.Hour)) // another clock in the same process
			}
		})
	}
	group.Wait()
	for i := range makers {
		if !slices.IsSorted(ids[i]) {
			t.Fatal("ids made one after another do not sort in that order")
		}
	}
	every := slices.Concat(ids...)
	slices.Sort(every)
	if len(slices.Compact(every)) != makers*each {
		t.Error("two ids are the same")
	}
	if later := store.NewID(at.Add(time.Millisecond)); later < every[len(every)-1] {
		t.Error("an id of the next millisecond sorts before")
	}
}
