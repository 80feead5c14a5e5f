package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"cohortbot/bot/yamlfile"
)

// askLimit is how long the platforms may take to say whether they take the tokens.
const askLimit = 30 * time.Second

type checkCommand struct {
	Config string `required:"" placeholder:"FILE" help:"The configuration file."`
}

// Run says everything that is wrong with a configuration, and changes nothing.
func (c *checkCommand) Run(m *Main) error {
	config, err := load(c.Config)
	var wrong yamlfile.Faults
	switch {
	case errors.As(err, &wrong):
		fmt.Fprintln(m.err, wrong)
		return toPutRight(len(wrong))
	case err != nil:
		return err
	}
	asked, cancel := context.WithTimeout(m.ctx, askLimit)
	defer cancel()
	faults, err := askPlatforms(asked, config)
	if err != nil {
		return err
	}
	for _, fault := range faults {
		fmt.Fprintln(m.err, fault)
	}
	if len(faults) > 0 {
		return toPutRight(len(faults))
	}
	fmt.Fprintln(m.out, "Everything needed is there.")
	return nil
}

// askPlatforms asks each platform whether it takes the tokens, and gives all that
// is wrong.
func askPlatforms(ctx context.Context, config loaded) (faults []error, err error) {
	quiet := slog.New(slog.DiscardHandler)
	if len(config.slack) > 0 {
		s, err := newSlack(config, 0, quiet, nil)
		if err != nil {
			return nil, err
		}
		faults = append(faults, s.Check(ctx)...)
	}
	if config.Discord != nil {
		d, err := newDiscord(config, quiet, nil, nil)
		if err != nil {
			return nil, err
		}
		faults = append(faults, d.Check(ctx)...)
	}
	return faults, nil
}

func toPutRight(n int) error {
	if n == 1 {
		return errors.New("one thing to put right")
	}
	return fmt.Errorf("%d things to put right", n)
}
