package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	api "github.com/slack-go/slack"

	"cohortbot/bot/chat"
)

// Check asks Slack about the tokens of every workspace, and gives all that is
// wrong: which token, scope or setting is missing, and where to click. Nothing is
// changed or said.
func (s *Slack) Check(ctx context.Context) []error {
	var faults []error
	for i, w := range s.workspaces {
		name := fmt.Sprintf("Slack workspace %d", i+1)
		if len(s.workspaces) == 1 {
			name = "Slack"
		}
		for _, err := range w.check(ctx) {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
		}
	}
	return faults
}

func (w *workspace) check(ctx context.Context) []error {
	var faults []error
	var who *api.AuthTestResponse
	err := w.call(ctx, "auth.test", "", func() (err error) {
		who, err = w.client.AuthTestContext(ctx)
		return err
	})
	switch {
	case err != nil:
		faults = append(faults, bare("the bot token", err))
	case who.BotID == "":
		faults = append(faults, errors.New("the bot token belongs to a person. Take the Bot User OAuth Token (xoxb-…) under OAuth & Permissions"))
	default:
		faults = append(faults, missing(who.Header)...)
		if err := w.sameApp(ctx, who.BotID); err != nil {
			faults = append(faults, err)
		}
	}
	err = w.call(ctx, "apps.connections.open", "", func() error {
		_, _, err := w.client.StartSocketModeContext(ctx)
		return err
	})
	if err != nil {
		faults = append(faults, bare("the app-level token", err))
	}
	return faults
}

// bare says an error without the words that are for programs.
func bare(what string, err error) error {
	if errors.Is(err, chat.ErrFatal) {
		_, advice, _ := strings.Cut(err.Error(), chat.ErrFatal.Error()+": ")
		return fmt.Errorf("%s is refused. %s", what, advice)
	}
	return fmt.Errorf("%s could not be tried: %w", what, err)
}

// missing names the scopes that the bot token lacks. Slack tells them with every
// answer.
func missing(h http.Header) []error {
	told := h.Get("X-Oauth-Scopes")
	if told == "" {
		return nil
	}
	var has []string
	for _, s := range strings.Split(told, ",") {
		has = append(has, strings.TrimSpace(s))
	}
	var faults []error
	for _, s := range botScopes {
		if !slices.Contains(has, s.name) {
			faults = append(faults, fmt.Errorf("the bot token lacks the scope %s (%s). Add it under OAuth & Permissions, Scopes, Bot Token Scopes; then press Reinstall to Workspace", s.name, s.why))
		}
	}
	return faults
}

// sameApp tells whether both tokens are of one app: the id stands within the
// app-level token. Where Slack does not say, nothing is wrong.
func (w *workspace) sameApp(ctx context.Context, bot string) error {
	parts := strings.Split(w.tokens.App, "-")
	if len(parts) < 3 || !strings.HasPrefix(parts[2], "A") {
		return nil
	}
	b, err := w.client.GetBotInfoContext(ctx, api.GetBotInfoParameters{Bot: bot})
	if err != nil || b.AppID == "" || b.AppID == parts[2] {
		return nil
	}
	return fmt.Errorf("the two tokens are of different apps: the bot token of %s, the app-level token of %s. Take both from the same app", b.AppID, parts[2])
}
