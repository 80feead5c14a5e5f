// Package documents makes a standalone page of a [chat.Document]: one HTML file
// that opens years later on a machine without a network, reads well on a phone,
// in the dark and on paper, and loads nothing from anywhere. Start reading at
// [HTML].
package documents

import (
	"bytes"
	_ "embed"
	"html"

	"cohortbot/bot/chat"
	"cohortbot/bot/chat/markdown"
)

// Type is the media type of the files.
const Type = "text/html; charset=utf-8"

var (
	//go:embed page.css
	style string
	//go:embed certificate.css
	certificateStyle string
)

// HTML gives the page. What the document's Markdown does not mean stands in it as
// it was written; no sign of it becomes a tag.
func HTML(d chat.Document) ([]byte, error) { return page(d, "", "") }

// Certificate gives the page of a certificate: what stands before its first heading
// is set as something to hang up.
func Certificate(d chat.Document) ([]byte, error) {
	return page(d, certificateStyle, "<p class=\"kind\">Certificate</p>\n")
}

// page puts a document into a page with more style, and something above its title.
func page(d chat.Document, more, above string) ([]byte, error) {
	var b bytes.Buffer
	title := html.EscapeString(d.Title)
	// Nothing may be loaded or run, even if a mistake here let a tag through.
	b.WriteString(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>` + title + `</title>
<style>
` + style + more + `</style>
</head>
<body>
<main>
` + above + `<h1>` + title + `</h1>
`)
	text, err := markdown.HTML(d.Text, markdown.Pages)
	if err != nil {
		return nil, err
	}
	b.WriteString(text + "</main>\n</body>\n</html>\n")
	return inOrder(b.Bytes()), nil
}
