package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"cohortbot/adapters/calendar"
	"cohortbot/adapters/charts"
	"cohortbot/adapters/documents"
	"cohortbot/bot"
	"cohortbot/bot/chat"
	"cohortbot/schedules"
)

// attaching gives what platforms attach messages' charts, events and documents
// with. All of them say the same in words. What a document names as its archive is
// made by handing.
func attaching(clock schedules.Clock, handing *archives) func(chat.Message) ([]chat.File, error) {
	return func(m chat.Message) ([]chat.File, error) {
		var files []chat.File
		if c := m.Chart; c != nil {
			data, err := charts.PNG(*c)
			if err != nil {
				return nil, fmt.Errorf("drawing a chart: %w", err)
			}
			files = append(files, chat.File{Name: "chart.png", Type: "image/png", Alt: c.Title + ". " + c.Alt, Data: data})
		}
		if e := m.Event; e != nil {
			files = append(files, chat.File{
				Name: calendar.FileName(*e), Type: calendar.Type, Alt: e.Alt(), Data: calendar.Entry(*e, clock.Now()),
			})
		}
		if d := m.Document; d != nil && d.Archive != "" {
			packed, err := handing.files(*d)
			if err == nil {
				return append(files, packed...), nil
			}
			// The page says that it stands for what could not be made. What went while the
			// message was on its way is nobody's fault.
			level := slog.LevelError
			if errors.Is(err, bot.ErrNoArchive) {
				level = slog.LevelInfo
			}
			handing.log.Log(context.Background(), level, "what belongs to a message could not be packed", "err", err)
		}
		if d := m.Document; d != nil {
			data, err := documents.HTML(*d)
			if err != nil {
				return nil, fmt.Errorf("making a page: %w", err)
			}
			files = append(files, chat.File{Name: d.Name + ".html", Type: documents.Type, Alt: d.Alt(), Data: data})
		}
		return files, nil
	}
}
