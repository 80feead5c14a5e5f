package deeds

import (
	"errors"
	"fmt"

	"cohortbot/bot/chat"
)

// Error is a refusal or a failure of a deed: a code for the program, a sentence
// for the person that says what to do next, and the cause.
type Error struct {
	Code    Code
	Say     string // Markdown
	Buttons []chat.Button
	Field   string // which answer it is about, if it is about one
	Err     error
}

// Code is what sort of refusal it is.
type Code string

// The codes.
const (
	Invalid     Code = "invalid"
	NotFound    Code = "not found"
	Conflict    Code = "conflict"
	Forbidden   Code = "forbidden"
	Unavailable Code = "unavailable"
	Internal    Code = "internal"
)

// Error gives code and cause, for logs; it never holds what a person typed.
func (e *Error) Error() string {
	if e.Err != nil {
		return string(e.Code) + ": " + e.Err.Error()
	}
	return string(e.Code)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Refuse makes a refusal with a sentence for the person.
func Refuse(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Say: fmt.Sprintf(format, args...)}
}

// RefuseField makes a refusal that is about one answer: in a form it is shown at
// that field.
func RefuseField(field, format string, args ...any) *Error {
	return &Error{Code: Invalid, Field: field, Say: fmt.Sprintf(format, args...)}
}

// As gives the refusal inside an error; false where there is none.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}
