package charts

var (
	Colours  = series
	Contrast = contrast
)
