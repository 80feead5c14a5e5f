package slack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	api "github.com/slack-go/slack"

	"cohortbot/bot/chat"
)

// What Slack's codes mean to the port. A code that stands nowhere is passing.
var (
	gone = codes(`channel_not_found is_archived message_not_found thread_not_found not_in_channel
		user_not_found users_not_found no_such_channel`)
	closed = codes(`cannot_dm_bot cannot_dm_user user_disabled messages_tab_disabled user_not_visible
		user_is_bot user_is_restricted cannot_message_user im_disabled`)
	fatal = codes(`invalid_auth not_authed account_inactive token_revoked token_expired missing_scope
		no_permission org_login_required ekm_access_denied team_access_not_granted not_allowed_token_type
		access_denied app_not_installed socket_mode_not_enabled socket_mode_disabled`)
	refused = codes(`invalid_blocks invalid_blocks_format msg_too_long msg_blocks_too_long no_text
		too_many_attachments invalid_metadata_format invalid_metadata_schema metadata_too_large metadata_must_be_sent_from_app
		invalid_arguments invalid_arg_name invalid_array_arg invalid_charset invalid_form_data invalid_json
		cant_update_message cant_delete_message edit_window_closed block_mismatch as_user_not_supported
		restricted_action restricted_action_read_only_channel restricted_action_thread_only_channel
		restricted_action_thread_locked restricted_action_non_threadable_channel view_too_large`)
	limited = codes(`ratelimited rate_limited message_limit_exceeded`)
	// After these, Slack says, some of it may have been carried out.
	unclear = codes(`internal_error fatal_error request_timeout service_unavailable`)
)

func codes(s string) map[string]bool {
	m := map[string]bool{}
	for _, c := range strings.Fields(s) {
		m[c] = true
	}
	return m
}

// trouble turns an error of a call into one of the port's. It never holds a
// token, a response_url or anybody's words.
func (w *workspace) trouble(method string, err error) error {
	var limit *api.RateLimitedError
	var status api.StatusCodeError
	var said api.SlackErrorResponse
	var nothing unwritten
	switch {
	case err == nil:
		return nil
	case errors.As(err, &limit):
		w.rates.rest(method, limit.RetryAfter)
		return fmt.Errorf("%s: %w", method, chat.RateLimited{After: limit.RetryAfter})
	case errors.As(err, &said):
		return w.refusal(method, said)
	case errors.As(err, &status):
		switch {
		case status.Code == http.StatusTooManyRequests:
			w.rates.rest(method, noHint)
			return fmt.Errorf("%s: %w", method, chat.RateLimited{After: noHint})
		case status.Code == http.StatusRequestEntityTooLarge:
			return fmt.Errorf("%s: %w: HTTP %d", method, chat.ErrRefused, status.Code)
		case status.Code >= http.StatusInternalServerError:
			return fmt.Errorf("%s: %w: HTTP %d", method, chat.ErrUnclear, status.Code)
		}
		return fmt.Errorf("%s: HTTP %d", method, status.Code)
	case errors.As(err, &nothing):
		return fmt.Errorf("%s: Slack could not be reached: %w", method, withoutURL(nothing.error))
	}
	return fmt.Errorf("%s: %w: %w", method, chat.ErrUnclear, withoutURL(err))
}

// noHint is how long to wait where Slack does not say.
const noHint = 5 * time.Second

func (w *workspace) refusal(method string, said api.SlackErrorResponse) error {
	code := said.Err
	switch {
	case gone[code]:
		return fmt.Errorf("%s: %w: %s", method, chat.ErrGone, code)
	case closed[code]:
		return fmt.Errorf("%s: %w: %s", method, chat.ErrClosed, code)
	case fatal[code]:
		return fmt.Errorf("%s: %w: %s", method, chat.ErrFatal, advice(method, said))
	case limited[code]:
		w.rates.rest(method, noHint)
		return fmt.Errorf("%s: %w", method, chat.RateLimited{After: noHint})
	case unclear[code]:
		return fmt.Errorf("%s: %w: %s", method, chat.ErrUnclear, code)
	case refused[code]:
		return fmt.Errorf("%s: %w: %s", method, chat.ErrRefused, strings.Join(append([]string{code}, pointers(said)...), " "))
	}
	return fmt.Errorf("%s: Slack says %s", method, code)
}

// pointers gives where Slack found fault, without the words that stand there.
func pointers(said api.SlackErrorResponse) []string {
	var at []string
	for _, m := range said.ResponseMetadata.Messages {
		if i := strings.Index(m, "[json-pointer:"); i >= 0 {
			at = append(at, m[i:])
		}
	}
	slices.Sort(at)
	return slices.Compact(at)
}

// advice says what the operator can change.
func advice(method string, said api.SlackErrorResponse) string {
	token := "bot token (xoxb-…; api.slack.com/apps, your app, OAuth & Permissions)"
	if method == "apps.connections.open" {
		token = "app-level token (xapp-…; api.slack.com/apps, your app, Basic Information, App-Level Tokens)"
	}
	switch said.Err {
	case "missing_scope":
		needed := said.Needed
		if needed == "" {
			needed = "a scope"
		}
		if method == "apps.connections.open" {
			return fmt.Sprintf("missing_scope: the app-level token lacks %s. Make a new one under Basic Information, App-Level Tokens, and put it in its place", needed)
		}
		return fmt.Sprintf("missing_scope: the bot token lacks %s. Add it under OAuth & Permissions, Scopes, then press Reinstall to Workspace", needed)
	case "not_allowed_token_type":
		return said.Err + ": this is the wrong kind of token; needed is the " + token
	case "socket_mode_not_enabled", "socket_mode_disabled":
		return said.Err + ": switch Socket Mode on (api.slack.com/apps, your app, Socket Mode)"
	case "account_inactive", "app_not_installed":
		return said.Err + ": the app is no longer installed in this workspace. Install it again under OAuth & Permissions, and take over the new bot token"
	case "invalid_auth", "not_authed", "token_revoked", "token_expired":
		return said.Err + ": Slack does not accept the " + token + ". Copy it anew, or make a new one"
	}
	return said.Err + ": ask an administrator of the workspace to allow the app; then check the " + token
}

// withoutURL takes the address out of an error: those of response URLs and of
// sockets are secrets.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var nothing unwritten
	if errors.As(err, &nothing) {
		err = nothing.error
	}
	return err
}

// passing tells an edit or a look-up that may as well be done again: what is
// unclear of a new message is only passing there.
func passing(err error) error {
	if errors.Is(err, chat.ErrUnclear) && !errors.Is(err, context.Canceled) {
		return errors.New(strings.ReplaceAll(err.Error(), chat.ErrUnclear.Error(), "no answer"))
	}
	return err
}
