package store

import (
	"fmt"
	"runtime"
	"strings"
)

// Panicked makes an error of a panic: where it happened and, for a fault of the
// program itself, which. Any other value may hold what a person typed, so only
// its type is told. It is called by the function that recovers.
func Panicked(p any) error {
	what := fmt.Sprintf("a value of type %T", p)
	if fault, ok := p.(runtime.Error); ok {
		what = fault.Error()
	}
	var callers [32]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers[:])])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") {
			return fmt.Errorf("panic in %s, line %d: %s", frame.Function, frame.Line, what)
		}
		if !more {
			return fmt.Errorf("panic: %s", what)
		}
	}
}
