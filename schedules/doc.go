// Package schedules is time itself: zones, dates and times on the wall, rules
// that repeat, breaks and holidays, quiet hours, the civil clock, and the waker
// that sleeps until the next thing is due. It computes and wakes; it stores
// nothing and imports nothing of the product.
//
// Start with [Wall] and [Zone]: what people mean is a date and a time of day on
// the wall where they live, and that pair is what the records keep. The instant
// is computed from it, late, by [Wall.In], which is the one place that decides
// what daylight saving does: a time that the clocks jump over becomes the first
// instant after the jump, a time that happens twice is its first occurrence.
//
// [Rule] is a rhythm on the wall ("mondays 09:00") and [Calendar] the dates it
// passes over. [ParseWhen] reads a date and a time as people write them, and
// [Words] says one back. [Waker] runs whatever a [Queue] says is due by a [Clock].
package schedules
