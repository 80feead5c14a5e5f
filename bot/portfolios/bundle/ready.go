package bundle

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"cohortbot/bot/evidence"
	"cohortbot/bot/frameworks"
)

// Where things stand in the zip.
const (
	PagePath     = "portfolio.html"
	PrintPath    = "portfolio.pdf"
	DataPath     = "portfolio.json"
	ReadMePath   = "README.txt"
	ManifestPath = "manifest.json"
	SignedPath   = "manifest.sig"
	AwardPath    = "credential.json" // the signed file of the certificate
	PaperPath    = "certificate.html"
	PicturePath  = "certificate.png"
	filesFolder  = "files/"
	wordsFolder  = "attestations/"
)

// ChartPath is where the picture of what is covered stands.
func ChartPath(how frameworks.Covers) string { return "coverage-" + string(how) + ".png" }

// Ready gives a bundle with its format and with the paths of everything that stands
// in files of its own, and with the words of those who agreed to show them alone.
func (b Bundle) Ready() Bundle {
	b.Format, b.Version = Format, Version
	taken := map[string]bool{}
	apart := map[string]string{} // the paths of those that come apart, by hash: each comes once
	b.Evidence = slices.Clone(b.Evidence)
	for i := range b.Evidence {
		files := slices.Clone(b.Evidence[i].Files)
		for j := range files {
			if files[j].Apart {
				at, there := apart[files[j].Hash]
				if !there {
					at = free(taken, fmt.Sprintf("%s%02d-", filesFolder, i+1), plainly(harmless(files[j])))
					apart[files[j].Hash] = at
				}
				files[j].Path = at
				continue
			}
			files[j].Path = free(taken, fmt.Sprintf("%s%02d ", filesFolder, i+1), harmless(files[j]))
		}
		b.Evidence[i].Files = files
	}
	b.Attestations = slices.Clone(b.Attestations)
	for i := range b.Attestations {
		a := &b.Attestations[i]
		a.Withheld = !a.Given.Content.Show
		a.Path, a.Words = "", nil
		if !a.Withheld {
			words := a.Given.Content
			a.Words = &words
			a.Path = free(taken, wordsFolder, fmt.Sprintf("%02d.json", i+1))
		}
	}
	return b
}

// active are endings of files that a browser or a system would run or draw when
// they are opened from a page, and what their bytes look like.
var (
	active = []string{
		".html", ".htm", ".xhtml", ".xht", ".mht", ".mhtml", ".shtml", ".svg", ".svgz", ".xml", ".xsl", ".js", ".mjs", ".swf", ".hta", ".url", ".lnk", ".desktop",
		".webloc", ".exe", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".wsf", ".scr", ".msi", ".jar", ".sh", ".command", ".app", ".apk", ".reg",
	}
	drawn = []string{"text/html", "text/xml", "image/svg+xml", "application/xhtml+xml"}
)

// harmless gives the name under which a file can lie beside a page that links it: a
// drawing or a page with a script in it opens as text.
func harmless(f File) string {
	name := evidence.File{Name: f.Name}.SafeName()
	looks, _, _ := strings.Cut(f.Looks, ";")
	if slices.Contains(active, strings.ToLower(path.Ext(name))) || slices.Contains(drawn, looks) {
		return name + ".txt"
	}
	return name
}

// Renamed tells whether a file was given another ending so that nothing in it runs.
func (f File) Renamed() bool {
	return strings.HasSuffix(f.Path, ".txt") && strings.HasSuffix(harmless(f), ".txt") && !strings.HasSuffix(strings.ToLower(f.Name), ".txt")
}

// free gives a path that nothing else has, wherever the zip is unpacked: many
// systems take two names for the same that differ in capitals or in how an accent
// is written.
func free(taken map[string]bool, folder, name string) string {
	name = norm.NFC.String(name)
	for n := 1; ; n++ {
		at := folder + name
		if n > 1 {
			ending := path.Ext(name)
			at = fmt.Sprintf("%s%s (%d)%s", folder, strings.TrimSuffix(name, ending), n, ending)
			if strings.HasSuffix(folder, "-") { // of those without blanks
				at = fmt.Sprintf("%s%s-%d%s", folder, strings.TrimSuffix(name, ending), n, ending)
			}
		}
		if key := folded(at); !taken[key] {
			taken[key] = true
			return at
		}
	}
}

func folded(name string) string { return strings.ToLower(norm.NFC.String(name)) }
