package documents

// For the tests.
var (
	Shown        = shown
	ErrNoPicture = errNoPicture
)
