package deeds

import (
	"net/url"
	"strings"

	"cohortbot/bot/chat"
)

// ReadLink reads an address of the web as people paste it into a field.
func ReadLink(field, typed string) (string, error) {
	s := strings.Trim(strings.TrimSpace(typed), "<>")
	if !strings.Contains(s, "://") && strings.Contains(s, ".") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.ContainsAny(s, " \t\r\n\"<>") {
		return "", RefuseField(field, "I couldn't read “%s” as a link. Try https://example.org/minutes.", chat.Plain(typed))
	}
	if u.User != nil { // a name and a password have no place in what others will read
		u.User = nil
	}
	return u.String(), nil
}
