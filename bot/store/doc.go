// Package store is what the rest of the product needs from a database: one
// ordered space of keys, changed one deed at a time, and typed tables laid
// over it.
//
// Start with [Store] and [Tx], the small port that adapters implement
// (adapters/bolt today); then [Table], which is what features use. A feature
// declares its tables once, as package variables:
//
//	var weeks = store.NewTable[WeekID, Week]("weeks", 1,
//		store.Index[Week]{Name: "by cohort", Keys: func(w Week) [][]byte {
//			return [][]byte{store.Key(w.Cohort, w.Starts)}
//		}})
//
// and reads and writes them inside a deed:
//
//	err := s.Update(ctx, func(tx store.Tx) error {
//		for row, err := range weeks.By(tx, "by cohort", cohort) {
//			...
//		}
//		return weeks.Put(tx, id, week)
//	})
//
// [Prepare] is called once at start, with every table. Package storetest holds
// the conformance suite for adapters and an in-memory store for tests.
package store
