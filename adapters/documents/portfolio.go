package documents

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/url"
	"regexp"
	"strings"

	"cohortbot/bot/portfolios/bundle"
)

//go:embed portfolio.html
var portfolioSource string

//go:embed portfolio.css
var portfolioStyle string

var portfolioPage = template.Must(template.New("portfolio").Funcs(template.FuncMap{
	"typed": typed, "beside": beside, "date": day,
	"css": func() template.CSS { return template.CSS(style + portfolioStyle) }, // ours
}).Parse(portfolioSource))

// portfolioHTML gives the page of a portfolio: all of it in one file that loads
// nothing from anywhere.
func portfolioHTML(b bundle.Bundle, sections []section) ([]byte, error) {
	var out bytes.Buffer
	err := portfolioPage.Execute(&out, struct {
		bundle.Bundle
		Sections []section
	}{b, sections})
	return inOrder(out.Bytes()), err
}

// overrides turn the direction of all that follows them in a line, whatever it is, so
// that a name can read backwards, and what stands beside it, too. No language needs
// them; the data has them as they were typed.
var overrides = strings.NewReplacer("\u202d", "", "\u202e", "")

// inOrder takes them out of a page.
func inOrder(page []byte) []byte { return []byte(overrides.Replace(string(page))) }

// onTheWeb gives an address that may be linked; nothing of any other kind.
func onTheWeb(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http") {
		return address
	}
	return ""
}

// beside gives the address of a file in the same zip.
func beside(path string) string { return (&url.URL{Path: path}).String() }

// address finds what people type as an address on the web. Signs that end a
// sentence do not belong to it.
var address = regexp.MustCompile(`https?://[^\s<>"'“”]*[^\s<>"'“”.,;:!?)\]]`)

// typed gives what somebody typed as it was typed, each line on its own, with the
// addresses in it as links.
func typed(text string) template.HTML {
	var b strings.Builder
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteString("<br>\n")
		}
		at := 0
		for _, found := range address.FindAllStringIndex(line, -1) {
			b.WriteString(template.HTMLEscapeString(line[at:found[0]]))
			to := template.HTMLEscapeString(line[found[0]:found[1]])
			b.WriteString(`<a class="spelled" rel="noreferrer" href="` + to + `">` + to + `</a>`)
			at = found[1]
		}
		b.WriteString(template.HTMLEscapeString(line[at:]))
	}
	return template.HTML(b.String()) // every piece of it is escaped above
}
