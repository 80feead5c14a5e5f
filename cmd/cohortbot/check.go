package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"cohortbot/bot/programmes"
)

// askLimit is how long the platforms may take to say whether they take the tokens.
const askLimit = 30 * time.Second

type checkCommand struct {
	Config string `required:"" placeholder:"FILE" help:"The configuration file."`
}

// Run says everything that is wrong with a configuration, and changes nothing.
func (c *checkCommand) Run(m *Main) error {
	config, err := load(c.Config)
	var wrong programmes.Faults
	switch {
	case errors.As(err, &wrong):
		fmt.Fprintln(m.err, wrong)
		return toPutRight(len(wrong))
	case err != nil:
		return err
	}
	if len(config.slack) > 0 {
		s, err := newSlack(config, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		asked, cancel := context.WithTimeout(m.ctx, askLimit)
		defer cancel()
		if faults := s.Check(asked); len(faults) > 0 {
			for _, fault := range faults {
				fmt.Fprintln(m.err, fault)
			}
			return toPutRight(len(faults))
		}
	}
	fmt.Fprintln(m.out, "Everything needed is there.")
	return nil
}

func toPutRight(n int) error {
	if n == 1 {
		return errors.New("one thing to put right")
	}
	return fmt.Errorf("%d things to put right", n)
}
