package main

import (
	"errors"
	"fmt"

	"cohortbot/bot/programmes"
)

type checkCommand struct {
	Config string `required:"" placeholder:"FILE" help:"The configuration file."`
}

// Run says everything that is wrong with a configuration, and changes nothing.
func (c *checkCommand) Run(m *Main) error {
	_, err := load(c.Config)
	var wrong programmes.Faults
	switch {
	case errors.As(err, &wrong):
		fmt.Fprintln(m.err, wrong)
		if len(wrong) == 1 {
			return errors.New("one thing to put right")
		}
		return fmt.Errorf("%d things to put right", len(wrong))
	case err != nil:
		return err
	}
	fmt.Fprintln(m.out, "Everything needed is there.")
	return nil
}
