package main

import (
	"crypto/ed25519"
	"fmt"
	"net/url"
	"slices"

	"cohortbot/adapters/openbadges"
	"cohortbot/bot/evidence"
	"cohortbot/bot/programmes"
)

// Credentials is in whose name credentials are given.
type Credentials struct {
	Issuer   string     `yaml:"issuer" help:"The name of the organisation that gives them, as it stands on certificates. Without it, the title of the programme stands there." example:"Harbour Community Trust"`
	Website  website    `yaml:"website" help:"The address of a page about that organisation." example:"https://example.org"`
	DID      string     `yaml:"did" help:"Where the organisation's key is found on its own domain: did:web and the domain. \"cohortbot credential issuer\" prints the document to put there; where that domain is the one of base_url, the pages serve it themselves. Without it the credentials name the key itself (did:key), which can never be changed." example:"did:web:example.org"`
	Key      string     `yaml:"key" help:"The file with the organisation's own key, relative to this file: Ed25519 in PEM, as \"openssl genpkey -algorithm ed25519\" writes it. It must be readable for this account alone (chmod 600). Without it a key is made in the data folder." example:"./signing-key.pem"`
	Earlier  []string   `yaml:"earlier" help:"The public keys by which credentials were signed here before the key was changed, each as \"cohortbot credential issuer\" printed it (z6Mk…). What they signed still counts as yours, and the document of a did:web goes on naming them." example:"[z6Mkon3Necd6NkkyfoGoHxid2znGc59LU3K7mubaRcFbLfLX]"`
	Awarding []Awarding `yaml:"awarding" help:"Which bodies have agreed that a result here counts as their decision, programme by programme. Only then do their name, level and credits stand on a certificate; never name a body that decides by itself."`
}

// Awarding is one body, for one programme.
type Awarding struct {
	Programme string `yaml:"programme" need:"yes" help:"The id of the programme." example:"facilitation-credential"`
	Body      string `yaml:"body" need:"yes" help:"The name of the awarding body." example:"Institute of Community Practice"`
}

type website string

// UnmarshalText takes an address on the web.
func (w *website) UnmarshalText(text []byte) error {
	u, err := url.Parse(string(text))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return fmt.Errorf("%q is no address of a web site; write one such as https://example.org", text)
	}
	*w = website(text)
	return nil
}

// credentials holds what is said of credentials against the programmes, and reads the
// key.
func (r *reader) credentials(c *loaded, beside func(string) string) {
	if c.Credentials == nil {
		return
	}
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) // to try the address with
	if c.Credentials.Key != "" {
		own, err := openbadges.OpenKey(beside(c.Credentials.Key))
		if err != nil {
			r.note("credentials.key", "The key cannot be used: %v.", err)
		} else {
			c.key, key = own, own
		}
	}
	if _, err := openbadges.NewSigner(key, c.Credentials.DID); err != nil {
		r.note("credentials.did", "%s.", upperFirst(err.Error()))
	}
	var usable []string
	for i, earlier := range c.Credentials.Earlier { // one after the other, to say of each what is wrong
		if _, err := openbadges.NewSigner(key, "", append(usable, earlier)...); err != nil {
			r.note(fmt.Sprintf("credentials.earlier[%d]", i), "%s.", upperFirst(err.Error()))
		} else {
			usable = append(usable, earlier)
		}
	}
	library := evidence.NewLibrary(c.programmes, c.frameworks)
	c.awarding = map[string]string{}
	for i, a := range c.Credentials.Awarding {
		at := fmt.Sprintf("credentials.awarding[%d].programme", i)
		n := slices.IndexFunc(library.Programmes, func(p programmes.Programme) bool { return p.ID == a.Programme })
		switch {
		case a.Programme == "": // told already
		case n < 0:
			r.note(at, "There is no programme %q that leads to a portfolio. Name its file under programmes, or use the id of a built-in one, such as facilitation-credential.", a.Programme)
		case library.Programmes[n].Portfolio.Credential.Name == "":
			r.note(at, "The programme %q names no credential, so there is nothing to award. Add portfolio.credential to its file.", a.Programme)
		case c.awarding[a.Programme] != "":
			r.note(at, "The programme %q stands here twice. Keep one of them.", a.Programme)
		default:
			c.awarding[a.Programme] = a.Body
		}
	}
}

// issuer gives the name and the page of who gives credentials; empty where none is
// configured.
func (c Config) issuer() (name, address string) {
	if c.Credentials == nil {
		return "", ""
	}
	return c.Credentials.Issuer, string(c.Credentials.Website)
}

// signer gives what signs: the organisation's own key, or the one in the data folder,
// which is made where it is missing.
func (c loaded) signer() (ed25519.PrivateKey, openbadges.Signer, error) {
	key, at, earlier := c.key, "", []string(nil)
	if c.Credentials != nil {
		at, earlier = c.Credentials.DID, c.Credentials.Earlier
	}
	if key == nil {
		var err error
		if key, err = openbadges.Key(string(c.Data)); err != nil {
			return nil, openbadges.Signer{}, err
		}
	}
	s, err := openbadges.NewSigner(key, at, earlier...)
	if err != nil { // what can be seen in the configuration alone was told when it was read
		err = fmt.Errorf("credentials.earlier: %w", err)
	}
	return key, s, err
}
