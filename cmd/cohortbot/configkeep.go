package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"cohortbot/bot/privacy"
)

// Keeping is how long things are kept by themselves.
type Keeping struct {
	Groups keptFor `yaml:"groups" help:"How long after a group has come to its end what its members wrote there is kept: answers, experiments, stars and the like. Evidence and portfolios stay their owner's. Days, months, years, or never." default:"2 years" example:"18 months"`
	Guests keptFor `yaml:"guests" help:"How long people without an account are remembered after the link that they came by has ended. What they wrote about somebody stays with whom it is about." default:"1 year" example:"90 days"`
}

const day = 24 * time.Hour

// usualKeeping is what holds where nothing else is said.
var usualKeeping = privacy.Retention{Groups: 730 * day, Guests: 365 * day}

// keep gives how long things are kept.
func (c Config) keep() privacy.Retention {
	r := usualKeeping
	if c.Retention == nil {
		return r
	}
	for _, x := range []struct {
		said keptFor
		at   *time.Duration
	}{{c.Retention.Groups, &r.Groups}, {c.Retention.Guests, &r.Guests}} {
		switch {
		case x.said.forever:
			*x.at = 0
		case x.said.span > 0:
			*x.at = x.said.span
		}
	}
	return r
}

// keptFor is a span of time, or for ever; nothing is the usual one.
type keptFor struct {
	span    time.Duration
	forever bool
}

var spans = regexp.MustCompile(`^(?i)(\d{1,4})\s*(day|month|year)s?$`)

// UnmarshalText takes a number of days, months or years, or "never". A month counts
// as 30 days and a year as 365.
func (k *keptFor) UnmarshalText(text []byte) error {
	said := strings.TrimSpace(string(text))
	if strings.EqualFold(said, "never") {
		k.forever = true
		return nil
	}
	m := spans.FindStringSubmatch(said)
	if m == nil {
		return fmt.Errorf("%q is no span of time; write a number with days, months or years, for example 18 months, or never", said)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n == 0 {
		return fmt.Errorf("%q is no span above nothing; for example 18 months, or never", said)
	}
	k.span = time.Duration(n) * map[string]time.Duration{"day": day, "month": 30 * day, "year": 365 * day}[strings.ToLower(m[2])]
	return nil
}
