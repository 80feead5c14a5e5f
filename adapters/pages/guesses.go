package pages

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"cohortbot/bot/chat"
	"cohortbot/bot/links"
)

// inVain is what somebody may try in vain: a person mistypes an address a few times,
// and many people at once have an old one.
var inVain = links.Allowance{AtOnce: 20, PerSec: 0.2, AllAtOnce: 300, AllPerSec: 10}

const forwardedFor = "X-Forwarded-For"

// guesses holds back those who try addresses that are none, by where they come from.
type guesses struct{ *links.Guesses }

func newGuesses(log *slog.Logger) guesses {
	return guesses{links.NewGuesses(log, "refused on the pages", inVain)}
}

// may tells whether an address is to be looked up at all.
func (g guesses) may(r *http.Request) bool {
	if g.May(from(r).String()) {
		return true
	}
	g.Seen("addresses tried by somebody who tried too many")
	return false
}

// missed counts an address that is none.
func (g guesses) missed(r *http.Request) { g.Missed(from(r).String(), "an address that is not open") }

// from tells who asks: an address, or of the newer kind the network that one
// household has. Behind a web server of our own it is whom that names last.
func from(r *http.Request) netip.Prefix {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	at, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{}
	}
	if named := r.Header.Values(forwardedFor); len(named) > 0 && (at.IsLoopback() || at.IsPrivate()) {
		all := strings.Split(named[len(named)-1], ",")
		if a, err := netip.ParseAddr(strings.TrimSpace(all[len(all)-1])); err == nil {
			at = a
		}
	}
	at = at.Unmap().WithZone("")
	bits := at.BitLen()
	if at.Is6() {
		bits = 64
	}
	p, _ := at.Prefix(bits) // never more bits than it has
	return p
}

// busy answers who tried too many.
func busy(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "60")
	show(w, http.StatusTooManyRequests, sheetOf(chat.Message{
		Text: "**Please wait a minute**\n\nToo many addresses that lead nowhere were tried from where you are. In a minute the link works again, if it is open.",
	}))
}
