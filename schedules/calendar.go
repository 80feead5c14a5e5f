package schedules

// Span is a run of dates, both ends included: a break, or a public holiday.
type Span struct {
	From, To Date
	Name     string // "Easter break"
}

// Has says whether d lies in the span.
func (s Span) Has(d Date) bool { return !d.Before(s.From) && !d.After(s.To) }

// Calendar is the dates on which nothing is sent or held, in any order.
type Calendar []Span

// On finds the span that d lies in, if there is one.
func (c Calendar) On(d Date) (Span, bool) {
	for _, s := range c {
		if s.Has(d) {
			return s, true
		}
	}
	return Span{}, false
}
