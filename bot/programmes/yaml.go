package programmes

import (
	"fmt"
	"reflect"

	"github.com/goccy/go-yaml"
)

// YAML writes the programme as a file that [Parse] reads back to the same
// programme. The error is a fault of this package or of p, which Parse would
// refuse.
func (p Programme) YAML() ([]byte, error) {
	// Blocks of lines are for people; texts that they can't hold exactly, such
	// as one that begins with blanks, need quotation marks throughout.
	var err error
	for _, options := range [][]yaml.EncodeOption{
		{yaml.Indent(2), yaml.IndentSequence(true), yaml.UseLiteralStyleIfMultiline(true)},
		{yaml.Indent(2), yaml.IndentSequence(true)},
		{yaml.JSON()},
	} {
		var data []byte
		var back Programme
		if data, err = yaml.MarshalWithOptions(p, options...); err != nil {
			continue
		}
		if back, err = Parse(p.ID+".yaml", data); err == nil && reflect.DeepEqual(back, p) {
			return data, nil
		}
	}
	if err == nil {
		err = fmt.Errorf("it reads back differently")
	}
	return nil, fmt.Errorf("writing the programme %q: %w", p.ID, err)
}
