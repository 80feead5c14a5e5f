package documents_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cohortbot/bot/portfolios/bundle"
	"cohortbot/bot/portfolios/bundle/bundletest"
)

// hostile is what a text could try to become in a page, in a PDF or in data. The
// number tells which text it was.
const hostile = `pwned%d"><script>pwned()</script><img src=x onerror=pwned()> https://evil.example/?a=1&lt;b&gt;&quot;c '"<svg/onload=pwned()> [go](javascript:pwned()) javascript:pwned() ` +
	`https://evil.example/"onmouseover="pwned() </style></title></textarea> ]]> --> {{.}} &lt;script&gt; ) /JS (pwned) /S /JavaScript >> endobj ` + "\u202egnp.exe"

// texts gives every text of a bundle, to be poisoned. What has a type of its own is no
// text; nor is what other programs read: hashes, paths, ids, media types.
func texts(v reflect.Value, path string, all map[string]reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			texts(v.Elem(), path, all)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.IsExported() && f.Type != reflect.TypeFor[time.Time]() &&
				!slices.Contains([]string{"ID", "Hash", "Snapshot", "Path", "Looks", "Proof", "Format", "Part", "Evidence", "Criteria", "Band", "Salt", "On", "Framework.ID", "Words.Framework"}, f.Name) ||
				slices.Contains([]string{"Evidence", "Criteria"}, f.Name) && f.Type.Elem().Kind() == reflect.Struct {
				texts(v.Field(i), path+"."+f.Name, all)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			texts(v.Index(i), path, all)
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			for n := 0; ; n++ {
				at := fmt.Sprintf("%s#%d", path, n)
				if _, taken := all[at]; !taken {
					all[at] = v
					return
				}
			}
		}
	}
}

// elsewhere are texts that the page and the PDF leave to the data, and what replaces
// them.
var elsewhere = regexp.MustCompile(`^\.(Attestations\.Given\.(Portfolio|Slot|Content\.(Framework|Learner|Recorder))|Attestations\.Words\..*|Attestations\.Given\.Content\..*#3|Parts\.Text|Credential\.Number|Evidence\.Files\.Alt|Evidence\.Files\.Name|Hours\.Bands\.ID|Evidence\.By|Framework\.(ID|Version)|Credential\.Check|Criteria\.(Result|Said)|Result\.Result)`)

// Every text of a portfolio is tried in the page, in the PDF and in the data, each with
// a mark of its own.
func TestNoTextOfAPortfolioBecomesAnythingElse(t *testing.T) {
	b := bundletest.Sample()
	b.Credential = &bundle.Credential{Number: "n", Name: "n", Check: "https://bot.example/credential/n"}
	b.Evidence[0].Files[0].Apart = true
	all := map[string]reflect.Value{}
	texts(reflect.ValueOf(&b).Elem(), "", all)
	marks := map[string]string{}
	n := 0
	for path, v := range all {
		n++
		marks[path] = fmt.Sprintf("pwned%d\"", n)
		v.SetString(fmt.Sprintf(hostile, n))
	}
	if n < 80 {
		t.Fatalf("only %d texts were found", n)
	}
	for i := range b.Attestations {
		b.Attestations[i].Proof = bundletest.Prove(b.Attestations[i].Given)
	}
	b.Result.Result, b.Credential.Check = "met", "https://bot.example/credential/n"
	with := sources
	for _, path := range []string{bundle.AwardPath, bundle.PaperPath, bundle.PicturePath} {
		with.Certificate = append(with.Certificate, bundle.Page{Path: path, Data: []byte("it")})
	}
	files := archived(t, b, with)

	// The data says what was typed, letter by letter.
	var read bundle.Bundle
	if err := json.Unmarshal([]byte(files[bundle.DataPath]), &read); err != nil {
		t.Fatal(err)
	}
	if read.Title != b.Title || read.Parts[0].Text != b.Parts[0].Text || read.Evidence[0].Note != b.Evidence[0].Note {
		t.Error("the data says something else than was typed")
	}

	words := onlyText(t, files[bundle.PagePath])
	for path, mark := range marks {
		if !strings.Contains(words, mark) && !elsewhere.MatchString(path) {
			t.Errorf("%s stands nowhere on the page as it was typed, so that this test says nothing about it", path)
		}
	}
	if !strings.Contains(words, "https://evil.example/?a=1&lt;b&gt;&quot;c") {
		t.Error("an address reads otherwise than it was typed")
	}
	if strings.ContainsAny(files[bundle.PagePath], "\u202d\u202e") {
		t.Error("a text turns the direction of those around it")
	}
	for _, word := range []string{"/JavaScript", "/JS", "/Launch", "/AA"} {
		outside := regexp.MustCompile(`(?s)stream\r?\n.*?endstream`).ReplaceAllString(files[bundle.PrintPath], "")
		for _, at := range regexp.MustCompile(`(?s)\((?:\\.|[^\\)])*\)|<[0-9A-Fa-f\s]*>`).Split(outside, -1) { // what stands in no text
			if strings.Contains(at, word) {
				t.Errorf("the PDF has %s: %.200q", word, at)
			}
		}
	}
	for _, link := range regexp.MustCompile(`/URI \(([^)]*)`).FindAllStringSubmatch(files[bundle.PrintPath], -1) {
		if !strings.HasPrefix(link[1], "https://") {
			t.Errorf("a link in the PDF leads to %.60q", link[1])
		}
	}
}

// onlyText reads a page as a browser does that runs nothing, gives its words, and fails
// for each tag and attribute that a portfolio has no use for.
func onlyText(t *testing.T, page string) string {
	t.Helper()
	var words strings.Builder
	d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(page, "<!DOCTYPE html>")))
	d.Strict, d.AutoClose, d.Entity = false, []string{"meta", "br", "img"}, xml.HTMLEntity
	allowed := strings.Fields("html head meta title style body a main header p h1 h2 h3 h4 nav ul li section div dl dt dd table caption thead tbody tr th td figure figcaption img blockquote br span bdi")
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return words.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.CharData:
			words.Write(x)
		case xml.StartElement:
			if !slices.Contains(allowed, x.Name.Local) {
				t.Errorf("there is a tag <%s>", x.Name.Local)
			}
			for _, a := range x.Attr {
				at := strings.ToLower(a.Value)
				switch {
				case !slices.Contains(strings.Fields("lang charset http-equiv content name class id href rel src alt width height scope aria-label"), a.Name.Local):
					t.Errorf("<%s> has %s", x.Name.Local, a.Name.Local)
				case a.Name.Local == "src" && !strings.HasPrefix(at, "data:image/jpeg;base64,") && !strings.HasPrefix(at, "data:image/png;base64,"):
					t.Errorf("<%s> loads %.60q", x.Name.Local, a.Value)
				case a.Name.Local == "href" && !regexp.MustCompile(`^(https?://|#|files/|\.?/?files/|certificate\.|credential\.json)`).MatchString(at):
					t.Errorf("a link leads to %.60q", a.Value)
				}
				if a.Name.Local == "alt" {
					words.WriteString(a.Value)
				}
			}
		}
	}
}
