package worker

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"

	"hillock/kernel/interp"
	"hillock/kernel/server"
)

// lost is said at the end of every report of a death.
const lost = "the interpreter was restarted; variables, functions and imports are gone"

// death is why an interpreter's process ended.
type death struct {
	name   string // in a few words
	detail string // what is known beyond that; may be empty
	frames []interp.Frame
}

// failure gives the death as the failure of the cell that ran.
func (d death) failure() *server.Failure {
	value := lost
	if d.detail != "" {
		value = d.detail + "; " + lost
	}
	return &server.Failure{
		Name:      d.name,
		Value:     value,
		Traceback: append([]string{red(d.name) + ": " + value}, frames(d.frames)...),
	}
}

// notice gives the death as a line for a stream.
func (d death) notice() string {
	text := d.name
	if d.detail != "" {
		text += ": " + d.detail
	}
	return "hillock: " + text + "; " + lost + "\n"
}

// autopsy finds out why a process ended: from how it exited, from the Go
// runtime's last words, and from whether the front itself ended it.
func autopsy(state *os.ProcessState, words []byte, places []place, killed bool) death {
	switch signal := signalName(state); {
	case killed:
		return death{name: "interrupted", detail: "the interpreter was ended because the cell did not stop"}
	case bytes.Contains(words, []byte(outOfMemoryText)):
		_, detail, _ := strings.Cut(string(words), outOfMemoryText)
		detail, _, _ = strings.Cut(detail, "\n")
		return death{name: "out of memory", detail: detail + " (the environment variable " + memoryVariable + " sets it)"}
	case signal != "":
		if d, ok := lastWords(words, places); ok {
			return d
		}
		return death{name: "killed", detail: "the interpreter was ended from outside (signal: " + signal + ")"}
	default:
		if d, ok := lastWords(words, places); ok && state.ExitCode() == 2 {
			return d
		}
		return death{name: fmt.Sprintf("exit status %d", state.ExitCode()), detail: "the program ended itself (os.Exit or log.Fatal)"}
	}
}

var (
	fatalLine   = regexp.MustCompile(`(?m)^fatal error: (.*)$`)
	runtimeLine = regexp.MustCompile(`(?m)^runtime: (.*)$`)
	panicText   = regexp.MustCompile(`(?ms)^panic: (.*?)(?:\n\n|\ngoroutine |\n\[signal |\z)`)
	repanicked  = regexp.MustCompile(`(?s) \[recovered(, repanicked)?\].*`)
)

// lastWords reads the Go runtime's report of a crash.
func lastWords(words []byte, places []place) (death, bool) {
	if m := fatalLine.FindSubmatch(words); m != nil {
		switch what := string(m[1]); what {
		case "stack overflow":
			return death{name: "stack overflow", detail: "infinite recursion, or recursion deeper than the interpreter can go"}, true
		case "out of memory", "runtime: out of memory", "runtime: cannot allocate memory", "cannot allocate memory":
			return death{name: "out of memory", detail: "the system refused to give more"}, true
		case "concurrent map writes", "concurrent map read and map write", "concurrent map iteration and map write":
			return death{name: what, detail: "goroutines use a map at the same time; guard it with a sync.Mutex"}, true
		case "all goroutines are asleep - deadlock!":
			return death{name: "deadlock", detail: "all goroutines are asleep"}, true
		default:
			if r := runtimeLine.FindSubmatch(words); r != nil {
				what += " (" + string(r[1]) + ")"
			}
			return death{name: "fatal error", detail: what}, true
		}
	}
	if m := panicText.FindSubmatch(words); m != nil {
		text := repanicked.ReplaceAllString(strings.TrimSpace(string(m[1])), "")
		d := death{name: "panic in a goroutine", detail: text, frames: passed(words, places)}
		if len(d.frames) > 0 {
			d.detail += " (" + d.frames[0].String() + ")"
		}
		return d, true
	}
	return death{}, false
}

// crashStart finds where the Go runtime's report of a crash begins.
var crashStart = regexp.MustCompile(`(?m)^(panic: |fatal error: |runtime: |fatal: |SIG[A-Z]+: |unexpected fault |unexpected signal |goroutine \d+ |` + outOfMemoryText + `)`)

// coroner keeps what the Go runtime writes when it crashes apart from what a
// cell writes to the same descriptor past os.Stderr.
type coroner struct {
	mu     sync.Mutex
	words  []byte  // of the crash; bounded
	places []place // that panics went through lately
	text   func([]byte)
}

// wordsLimit is how many bytes of a crash report are kept: the cause stands at
// its beginning.
const wordsLimit = 64 << 10

// write takes the next bytes. What stands before a crash report is handed on.
func (c *coroner) write(b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if b = c.takePlaces(b); len(b) == 0 {
		return
	}
	if len(c.words) == 0 {
		at := crashStart.FindIndex(b)
		if at == nil {
			c.text(b)
			return
		}
		if at[0] > 0 {
			c.text(b[:at[0]])
		}
		b = b[at[0]:]
	}
	c.words = append(c.words, b[:min(len(b), wordsLimit-len(c.words))]...)
}

// release hands on what looked like a crash, since the process lives on.
func (c *coroner) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.words) > 0 {
		c.text(c.words)
		c.words = nil
	}
}

// report gives the crash report and the places that panics went through.
func (c *coroner) report() ([]byte, []place) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.words, c.places
}
