package schedules

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // a machine without a zone database still has every zone
)

// Zone is a time zone that exists, under its IANA name. Zones of the same name
// are equal by ==. The zero Zone is UTC.
type Zone struct{ loc *time.Location }

// zoneNames is the names of the tz database, one a line.
//
//go:embed zones.txt
var zoneNames string

// zones is looked up in many times a second and loaded from slowly (17 to 40 µs),
// so every zone is loaded once and kept; there are about six hundred.
var zones struct {
	once   sync.Once
	names  []string
	known  map[string]string // name or city in lower case, to the name
	loaded sync.Map          // name to Zone
}

// notPlaces are the parts of the tz database whose second half is no city:
// "US/Central"; "Samoa", which there means American Samoa; and two islands that
// are feasts to everybody who does not live on them ("easter monday 9am").
var notPlaces = []string{"Etc/", "US/", "Canada/", "Brazil/", "Mexico/", "Chile/", "Pacific/Samoa", "Pacific/Easter", "Indian/Christmas"}

func indexZones() {
	zones.known = make(map[string]string)
	for name := range strings.Lines(zoneNames) {
		name = strings.TrimSpace(name)
		if name == "" || name == "Factory" {
			continue
		}
		zones.names = append(zones.names, name)
		zones.known[strings.ToLower(name)] = name
	}
	for _, name := range zones.names {
		if isPlace(name) {
			city := strings.ToLower(cityOf(name))
			if _, taken := zones.known[city]; !taken {
				zones.known[city] = name
			}
		}
	}
}

func isPlace(name string) bool {
	for _, p := range notPlaces {
		if strings.HasPrefix(name, p) {
			return false
		}
	}
	return strings.Contains(name, "/")
}

func cityOf(name string) string {
	return strings.ReplaceAll(name[strings.LastIndexByte(name, '/')+1:], "_", " ")
}

// knownZone finds a name or a city, in any case and with spaces or underscores.
func knownZone(s string) (string, bool) {
	zones.once.Do(indexZones)
	s = plainly(s)
	if name, ok := zones.known[s]; ok {
		return name, true
	}
	if name, ok := zones.known[strings.ReplaceAll(s, " ", "_")]; ok {
		return name, true
	}
	name, ok := zones.known[strings.ReplaceAll(s, "_", " ")]
	return name, ok
}

// ParseZone reads an IANA name ("Pacific/Auckland") or its city ("Auckland"), in
// any case. The error, an [*Unclear], suggests the names that come close.
func ParseZone(name string) (Zone, error) {
	if z, ok := zones.loaded.Load(name); ok {
		return z.(Zone), nil
	}
	full, ok := "", false
	if len(name) <= maxTyped {
		full, ok = knownZone(name)
	}
	if !ok {
		return Zone{}, unknownZone(name)
	}
	if z, ok := zones.loaded.Load(full); ok {
		return z.(Zone), nil
	}
	if full == "UTC" {
		return Zone{}, nil
	}
	loc, err := time.LoadLocation(full)
	if err != nil {
		return Zone{}, fmt.Errorf("load zone %s: %w", full, err)
	}
	z, _ := zones.loaded.LoadOrStore(full, Zone{loc})
	return z.(Zone), nil
}

func unknownZone(name string) error {
	u := &Unclear{Typed: name, Kind: "a time zone", Example: `"Pacific/Auckland", or a large city in the same zone`}
	if close := closeZones(name); len(close) > 0 {
		u.Problem = "did you mean " + strings.Join(close, " or ") + "?"
	}
	return u
}

// MustZone is ParseZone for names written in code; it panics when there is no
// such zone.
func MustZone(name string) Zone {
	z, err := ParseZone(name)
	if err != nil {
		panic(err)
	}
	return z
}

// Location is the zone for the standard library's use.
func (z Zone) Location() *time.Location {
	if z.loc == nil {
		return time.UTC
	}
	return z.loc
}

// String is the IANA name, "Pacific/Auckland".
func (z Zone) String() string { return z.Location().String() }

// City is what people call the zone, "Auckland".
func (z Zone) City() string { return cityOf(z.String()) }

// MarshalText gives the IANA name.
func (z Zone) MarshalText() ([]byte, error) { return []byte(z.String()), nil }

// UnmarshalText reads what [ParseZone] reads; empty text is UTC.
func (z *Zone) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*z = Zone{}
		return nil
	}
	v, err := ParseZone(string(text))
	if err != nil {
		return err
	}
	*z = v
	return nil
}

// closeZones is up to three names within a slip or two of what was typed.
func closeZones(typed string) []string {
	typed = plainly(shorten(typed, 40))
	most := min(2, len(typed)/3)
	var best []string
	for _, name := range zones.names {
		if !isPlace(name) {
			continue
		}
		slips := min(slipsBetween(typed, strings.ToLower(name)), slipsBetween(typed, strings.ToLower(cityOf(name))))
		if slips > most {
			continue
		}
		if slips < most {
			best, most = nil, slips
		}
		best = append(best, name)
	}
	return best[:min(3, len(best))]
}

// slipsBetween counts the letters to add, drop or change to get from a to b.
func slipsBetween(a, b string) int {
	if d := len(a) - len(b); d > 2 || d < -2 {
		return 3 // too far to be a slip
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
