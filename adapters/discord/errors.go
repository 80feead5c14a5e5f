package discord

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"cohortbot/bot/chat"
)

// refusal is an answer of the API that says no. It names fields and codes, and
// nothing that people wrote.
type refusal struct {
	route  string
	status int
	code   int
	fields []string // "content: BASE_TYPE_MAX_LENGTH"
}

// Error names the route, the code and the fields.
func (e *refusal) Error() string {
	s := fmt.Sprintf("%s: %d %s, code %d", e.route, e.status, http.StatusText(e.status), e.code)
	if len(e.fields) > 0 {
		s += " (" + strings.Join(e.fields, ", ") + ")"
	}
	return s
}

// Codes that discordgo does not name.
const (
	codeCannotDMUser      = 50278 // no server in common, or the person's settings
	codeUnknownMember     = discordgo.ErrCodeUnknownMember
	codeAlreadyAnswered   = discordgo.ErrCodeInteractionHasAlreadyBeenAcknowledged
	codeThreadStands      = discordgo.ErrCodeThreadAlreadyCreatedForThisMessage
	codeArchived          = discordgo.ErrCodePerformedOperationOnArchivedThread
	codeUnknownChannel    = discordgo.ErrCodeUnknownChannel
	codeUnknownMessage    = discordgo.ErrCodeUnknownMessage
	codeMissingAccess     = discordgo.ErrCodeMissingAccess
	codeMissingPermission = discordgo.ErrCodeMissingPermissions
)

var (
	goneCodes = []int{
		codeUnknownChannel, discordgo.ErrCodeUnknownGuild, codeUnknownMessage, discordgo.ErrCodeUnknownUser,
		discordgo.ErrCodeUnknownWebhook, discordgo.ErrCodeInvalidWebhookTokenProvided, codeArchived, discordgo.ErrCodeThreadIsLocked,
	}
	closedCodes = []int{discordgo.ErrCodeOpeningDirectMessagesTooFast, discordgo.ErrCodeCannotSendMessagesToThisUser, codeCannotDMUser}
)

func (e *refusal) isAny(codes ...int) bool { return slices.Contains(codes, e.code) }

// refusedWith tells whether the API answered with one of these codes.
func refusedWith(err error, codes ...int) bool {
	var no *refusal
	return errors.As(err, &no) && no.isAny(codes...)
}

// refusedField tells whether the API found this fault with a field.
func refusedField(err error, fault string) bool {
	var no *refusal
	return errors.As(err, &no) && slices.ContainsFunc(no.fields, func(f string) bool { return strings.HasSuffix(f, ": "+fault) })
}

// Unwrap gives what the code means to the port; passing troubles have none.
func (e *refusal) Unwrap() error {
	switch {
	case e.status == http.StatusUnauthorized:
		return chat.ErrFatal
	case e.isAny(closedCodes...):
		return chat.ErrClosed
	case e.isAny(goneCodes...):
		return chat.ErrGone
	case e.status >= http.StatusInternalServerError, e.status == http.StatusRequestTimeout, e.status == http.StatusTooManyRequests:
		return nil
	case e.status == http.StatusNotFound:
		return chat.ErrGone
	}
	return chat.ErrRefused
}

// errToken is why everything stops at a 401: a bot that goes on asking with a
// dead token has its address banned after 10,000 refusals.
var errToken = fmt.Errorf("%w: Discord does not accept the bot's token; reset it in the developer portal under Bot, Reset Token, and put the new one into the configuration", chat.ErrFatal)

// readRefusal reads what the API says of a request that it did not carry out.
func readRefusal(route string, status int, body []byte) *refusal {
	e := &refusal{route: route, status: status}
	var said struct {
		Code   int             `json:"code"`
		Errors json.RawMessage `json:"errors"`
	}
	if json.Unmarshal(body, &said) == nil {
		e.code = said.Code
		e.fields = faultyFields("", said.Errors, nil)
	}
	return e
}

// faultyFields flattens the nested errors of code 50035. Their messages may
// repeat what was sent, so only the codes are taken.
func faultyFields(path string, raw json.RawMessage, found []string) []string {
	var node map[string]json.RawMessage
	if len(raw) == 0 || json.Unmarshal(raw, &node) != nil || len(found) > 10 {
		return found
	}
	names := make([]string, 0, len(node))
	for name := range node {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if name == "_errors" {
			var all []struct {
				Code string `json:"code"`
			}
			if json.Unmarshal(node[name], &all) == nil {
				for _, e := range all {
					found = append(found, strings.TrimPrefix(path, ".")+": "+e.Code)
				}
			}
			continue
		}
		found = faultyFields(path+"."+name, node[name], found)
	}
	return found
}
