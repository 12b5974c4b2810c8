package servertest

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"hillock/kernel/server"
)

// Echo is a language for tests of a kernel. A cell has one command a line:
//
//	out TEXT          prints text and a newline; err TEXT to stderr
//	lines N           prints N lines
//	raw HEX           prints bytes given in hexadecimal
//	flood             prints until it is interrupted
//	value TEXT        makes text the cell's value
//	show ID TEXT      displays text; change ID TEXT updates it; clear
//	input PROMPT      asks for a line and prints it; password PROMPT
//	wait NAME         waits until Release(NAME), or for an interrupt
//	late NAME TEXT    prints text after Release(NAME), in a goroutine
//	ask NAME          asks for input after Release(NAME), in a goroutine
//	open ID TARGET    opens a comm; send ID DATA; close ID
//	page TEXT         shows text in the pager
//	nan               displays a number that JSON doesn't have
//	fail NAME         fails; panic breaks the promise not to
type Echo struct {
	mu       sync.Mutex
	released map[string]chan struct{}
	ran      []string
	events   []server.CommEvent
	closed   int
}

var _ server.Language = (*Echo)(nil)

// Target is the comm target that Echo listens to. It sends what it gets back.
const Target = "echo"

// Release lets go of everything that waits for a name, now and later.
func (e *Echo) Release(name string) { close(e.gate(name)) }

// gate gives the channel that Release closes.
func (e *Echo) gate(name string) chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.released == nil {
		e.released = make(map[string]chan struct{})
	}
	if e.released[name] == nil {
		e.released[name] = make(chan struct{})
	}
	return e.released[name]
}

// Ran lists the cells that ran.
func (e *Echo) Ran() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.ran...)
}

// Events lists the comm events that came.
func (e *Echo) Events() []server.CommEvent {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]server.CommEvent(nil), e.events...)
}

// Closed says how often Close was called.
func (e *Echo) Closed() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.closed
}

// Info describes the language.
func (e *Echo) Info() server.Info {
	return server.Info{
		Name: "echo", Version: "1.0", MIMEType: "text/x-echo", FileExtension: ".echo",
		Implementation: "servertest", ImplementationVersion: "1.0", Banner: "echo",
		HelpLinks: []server.HelpLink{{Text: "Help", URL: "https://example.org"}},
	}
}

// Execute runs the commands of a cell.
func (e *Echo) Execute(ctx context.Context, cell server.Cell, out server.Output) server.Result {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	e.mu.Lock()
	e.ran = append(e.ran, cell.Code)
	e.mu.Unlock()
	go func() {
		select {
		case <-cell.Interrupts:
			cancel()
		case <-ctx.Done():
		}
	}()
	result := server.Result{Expressions: make(map[string]server.Expression)}
	for line := range strings.Lines(cell.Code) {
		command, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if failure := e.do(ctx, command, rest, out, &result); failure != nil {
			result.Failure = failure
			return result
		}
	}
	for name, text := range cell.UserExpressions {
		result.Expressions[name] = server.Expression{Value: plain(text)}
		if text == "fail" {
			result.Expressions[name] = server.Expression{Failure: &server.Failure{Name: "Failed", Value: name}}
		}
	}
	return result
}

// plain is a bundle of text.
func plain(text string) server.Bundle {
	return server.Bundle{Data: map[string]any{"text/plain": text}}
}

// interrupted is the failure of an interrupted cell.
var interrupted = &server.Failure{Name: "Interrupted", Value: "the cell was interrupted", Traceback: []string{"interrupted"}}

// do runs one command.
func (e *Echo) do(ctx context.Context, command, rest string, out server.Output, result *server.Result) *server.Failure {
	first, second, _ := strings.Cut(rest, " ")
	switch command {
	case "out":
		out.Stream(server.Stdout, rest+"\n")
	case "err":
		out.Stream(server.Stderr, rest+"\n")
	case "lines":
		n, _ := strconv.Atoi(rest)
		for i := range n {
			out.Stream(server.Stdout, fmt.Sprintf("line %d\n", i))
		}
	case "raw":
		for _, part := range strings.Fields(rest) {
			var b []byte
			fmt.Sscanf(part, "%x", &b)
			out.Stream(server.Stdout, string(b))
		}
	case "flood":
		line := strings.Repeat("x", 1<<10) + "\n"
		for ctx.Err() == nil {
			out.Stream(server.Stdout, line)
		}
		return interrupted
	case "value":
		b := plain(rest)
		result.Value = &b
	case "show":
		out.Display(plain(second), first)
	case "change":
		out.Update(plain(second), first)
	case "clear":
		out.Clear(true)
	case "nan":
		out.Display(server.Bundle{Data: map[string]any{"application/json": nan(), "text/plain": "a number"}}, "")
	case "input", "password":
		line, err := out.Input(ctx, rest, command == "password")
		if err != nil {
			return &server.Failure{Name: "InputError", Value: err.Error()}
		}
		out.Stream(server.Stdout, line+"\n")
	case "page":
		result.Payload = append(result.Payload, map[string]any{"source": "page", "data": plain(rest).Data, "start": 0})
	case "fail":
		return &server.Failure{Name: rest, Value: "asked for", Traceback: []string{"\x1b[31mtrace\x1b[0m"}}
	case "panic":
		panic("asked for")
	default:
		return e.doLater(ctx, command, first, second, out)
	}
	return nil
}

// doLater runs the commands that wait for something, and those of comms.
func (e *Echo) doLater(ctx context.Context, command, first, second string, out server.Output) *server.Failure {
	switch command {
	case "wait":
		select {
		case <-e.gate(first):
		case <-ctx.Done():
			return interrupted
		}
	case "late":
		go func() {
			<-e.gate(first)
			out.Stream(server.Stdout, second+"\n")
		}()
	case "ask":
		go func() {
			<-e.gate(first)
			_, err := out.Input(context.Background(), "too late?", false)
			out.Stream(server.Stdout, err.Error()+"\n")
		}()
	case "open":
		out.Comm(server.CommEvent{Kind: server.CommOpen, ID: first, Target: second, Metadata: json.RawMessage(`{"version":"2.1.0"}`)})
	case "send":
		out.Comm(server.CommEvent{Kind: server.CommMessage, ID: first, Data: json.RawMessage(second), Buffers: [][]byte{{0, 1, 255}}})
	case "close":
		out.Comm(server.CommEvent{Kind: server.CommClose, ID: first})
	case "":
	default:
		return &server.Failure{Name: "UnknownCommand", Value: command}
	}
	return nil
}

// nan is a value that encoding/json refuses.
func nan() any { return func() {} }

// words are what Echo completes to.
var words = []string{"out", "lines", "late", "日本"}

// Complete proposes the commands that begin as the word at the cursor does.
func (e *Echo) Complete(_ context.Context, code string, cursor int) (server.Completion, error) {
	text := []rune(code)[:cursor]
	start := cursor
	for start > 0 && text[start-1] != ' ' && text[start-1] != '\n' {
		start--
	}
	c := server.Completion{Start: start, End: cursor}
	for _, w := range words {
		if strings.HasPrefix(w, string(text[start:])) {
			c.Matches = append(c.Matches, server.Match{Text: w, Kind: "keyword", Signature: w + " …"})
		}
	}
	return c, nil
}

// Inspect describes the cell by its length.
func (e *Echo) Inspect(_ context.Context, code string, cursor, detail int) (server.Inspection, error) {
	if code == "" {
		return server.Inspection{}, nil
	}
	text := fmt.Sprintf("%d code points, cursor %d, detail %d", utf8.RuneCountInString(code), cursor, detail)
	return server.Inspection{Found: true, Bundle: plain(text)}, nil
}

// IsComplete takes a backslash at the end as a promise of more.
func (e *Echo) IsComplete(_ context.Context, code string) (server.Completeness, error) {
	switch {
	case strings.HasSuffix(code, `\`):
		return server.Completeness{Status: server.Incomplete, Indent: "  "}, nil
	case code == "?":
		return server.Completeness{}, &server.Failure{Name: "Puzzled", Value: code}
	}
	return server.Completeness{Status: server.Complete}, nil
}

// Comm sends messages for Target back.
func (e *Echo) Comm(_ context.Context, event server.CommEvent, out server.Output) error {
	e.mu.Lock()
	e.events = append(e.events, event)
	e.mu.Unlock()
	if event.Kind == server.CommOpen && event.Target != Target {
		return fmt.Errorf("%w: %s", server.ErrUnknownTarget, event.Target)
	}
	if event.Kind == server.CommMessage {
		out.Comm(event)
	}
	return nil
}

// Close counts how often it was called.
func (e *Echo) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed++
	return nil
}
