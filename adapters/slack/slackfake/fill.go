package slackfake

import (
	"strconv"
	"time"
)

// shaped is a date or a time written in the layout.
func shaped(layout string) rule {
	return func(c *checker, at string, v any) {
		s, _ := v.(string)
		if _, err := time.Parse(layout, s); err != nil {
			c.wrong(at, "must be like %s", layout)
		}
	}
}

// blockID makes an id as Slack does for blocks that came without one.
func (s *Server) blockID() string {
	s.seq["block"]++
	return "b" + strconv.FormatInt(int64(s.seq["block"]), 36)
}

// fill copies blocks and gives ids to those that have none. The lock is held.
func (s *Server) fill(blocks []any) []any {
	out, _ := clone(blocks).([]any)
	element := func(v any) {
		o, _ := v.(object)
		kind, _ := o["type"].(string)
		if o == nil || kind == "image" || kind == "plain_text" || kind == "mrkdwn" {
			return
		}
		if a, _ := o["action_id"].(string); a == "" {
			o["action_id"] = s.blockID()
		}
	}
	for _, b := range out {
		b, _ := b.(object)
		if b == nil {
			continue
		}
		if id, _ := b["block_id"].(string); id == "" {
			b["block_id"] = s.blockID()
		}
		element(b["accessory"])
		element(b["element"])
		if b["type"] == "actions" {
			list, _ := b["elements"].([]any)
			for _, e := range list {
				element(e)
			}
		}
	}
	return out
}
