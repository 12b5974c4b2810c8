package worker

// Colours of a traceback, as ANSI escapes.
const (
	ansiRed   = "\x1b[31;1m"
	ansiGreen = "\x1b[32m"
	ansiBlue  = "\x1b[34m"
	ansiReset = "\x1b[0m"
)

// red colours the name of a failure.
func red(text string) string { return ansiRed + text + ansiReset }

// green colours a place in a cell.
func green(text string) string { return ansiGreen + text + ansiReset }

// blue colours the name of a function.
func blue(text string) string { return ansiBlue + text + ansiReset }
