// Package markdown reads the Markdown of chat.Message, for the adapters that
// render it: paragraphs, lists, quotations, emphasis, code and links, and no more.
// Start reading at [Parser]; [Words] needs no renderer.
package markdown

import (
	"slices"

	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/util"
)

// Parser reads the vocabulary of chat.Message and no more of it: no HTML, no
// headings, no indented code. What is not in the vocabulary stands as it was
// written, so that a person's text which slips through cannot become a heading or
// vanish as a tag. It may be used by many goroutines.
var Parser = parser.NewParser(parser.WithBlockParsers(blocks...), spans)

// Pages reads the text of chat.Document: the same with headings.
var Pages = parser.NewParser(
	parser.WithBlockParsers(append(slices.Clone(blocks), util.Prioritized(parser.NewATXHeadingParser(), 600))...), spans,
)

var (
	blocks = []util.PrioritizedValue{
		util.Prioritized(parser.NewListParser(), 300),
		util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(parser.NewBlockquoteParser(), 800),
		util.Prioritized(paragraphs{parser.NewParagraphParser()}, 1000),
	}
	spans = parser.WithInlineParsers(
		util.Prioritized(parser.NewCodeSpanParser(), 100),
		util.Prioritized(parser.NewLinkParser(), 200),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(parser.NewEmphasisParser(), 500),
	)
)

// paragraphs take indented lines as well: with no parser for indented code, the
// line would be dropped.
type paragraphs struct{ parser.BlockParser }

// CanAcceptIndentedLine tells that they do.
func (paragraphs) CanAcceptIndentedLine() bool { return true }
