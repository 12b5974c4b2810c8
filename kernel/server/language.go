package server

import (
	"context"
	"encoding/json"
	"errors"
)

// Language is what the server needs of a programming language. The server
// calls Execute for one cell at a time; every other method may be called while
// a cell runs and must not wait for it.
type Language interface {
	// Info describes the language for kernel_info_reply.
	Info() Info
	// Execute runs a cell and returns when it has ended and all that it had
	// printed by then has reached out. Output of goroutines that outlive the
	// cell may go to out later, for as long as the language lives.
	// Ending ctx interrupts the cell for good; see Cell.Interrupts for a person's
	// wish that it stops.
	Execute(ctx context.Context, cell Cell, out Output) Result
	// Complete proposes continuations of code at cursor, a count of code points.
	Complete(ctx context.Context, code string, cursor int) (Completion, error)
	// Inspect describes what stands at cursor, a count of code points.
	// detail is 0 or 1, as in the protocol.
	Inspect(ctx context.Context, code string, cursor, detail int) (Inspection, error)
	// IsComplete says whether code can be run as it is.
	IsComplete(ctx context.Context, code string) (Completeness, error)
	// Comm delivers a comm event from a client. ErrUnknownTarget makes the
	// server answer a comm_open with a comm_close.
	Comm(ctx context.Context, event CommEvent, out Output) error
	// Close ends the language and frees what it holds.
	Close() error
}

// ErrUnknownTarget says that no one listens for a comm's target.
var ErrUnknownTarget = errors.New("unknown comm target")

// ErrNoInput says that the client that asked for the cell does not allow
// input requests.
var ErrNoInput = errors.New("this front end does not accept input requests (allow_stdin is false)")

// Info describes a language: the fields of language_info and the banner.
type Info struct {
	Name, Version, MIMEType, FileExtension    string
	PygmentsLexer, CodeMirrorMode, NBExporter string
	Implementation, ImplementationVersion     string
	Banner                                    string
	HelpLinks                                 []HelpLink
}

// HelpLink is an entry of the front end's help menu.
type HelpLink struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// Cell is a request to run code.
type Cell struct {
	Count           int               // execution count that the user sees; errors name the cell by it
	Code            string            // source text
	Silent          bool              // no result, no count
	UserExpressions map[string]string // name → expression, evaluated after the cell
	// Interrupts gets a value each time that a person wants this cell to stop,
	// perhaps before it has begun. The cell is then to stop and to keep all
	// state; after a second one it may give up the state to stop. Nil is none.
	Interrupts <-chan struct{} `json:"-"`
}

// Bundle is a value in several representations, keyed by MIME type. Values are
// strings (text types, and base64 for binary types) or JSON values.
type Bundle struct {
	Data     map[string]any `json:"data"`
	Metadata map[string]any `json:"metadata"`
}

// Failure is how a cell failed: the fields of an error message.
type Failure struct {
	Name      string   `json:"ename"`
	Value     string   `json:"evalue"`
	Traceback []string `json:"traceback"` // lines with ANSI colours
}

// Error gives the failure as one line.
func (f *Failure) Error() string { return f.Name + ": " + f.Value }

// Expression is the outcome of a user expression.
type Expression struct {
	Value   Bundle
	Failure *Failure // nil when it was evaluated
}

// Result is the outcome of a cell.
type Result struct {
	Value       *Bundle  // of the trailing expression; nil when there is nothing to show
	Failure     *Failure // nil when the cell ran to its end
	Expressions map[string]Expression
	Payload     []map[string]any // pager payloads: {"source": "page", "data": …, "start": 0}
}

// StreamName is stdout or stderr.
type StreamName string

// The two output streams.
const (
	Stdout StreamName = "stdout"
	Stderr StreamName = "stderr"
)

// Output receives what a cell sends to its reader. Its methods may be called
// from several goroutines, also after the cell has ended.
type Output interface {
	// Stream appends text to a stream. It blocks while the reader is too slow.
	Stream(name StreamName, text string)
	// Display shows a value. With an id it can be updated later.
	Display(b Bundle, id string)
	// Update replaces every display with that id.
	Update(b Bundle, id string)
	// Clear removes the cell's output, at once or when the next output comes.
	Clear(wait bool)
	// Input asks the person for a line. It ends early with ctx.
	Input(ctx context.Context, prompt string, password bool) (string, error)
	// Comm sends a comm event to the clients.
	Comm(event CommEvent)
}

// CommKind says what a comm event does.
type CommKind int

// The kinds of comm events.
const (
	CommOpen CommKind = iota
	CommMessage
	CommClose
)

// CommEvent is a comm_open, comm_msg or comm_close.
type CommEvent struct {
	Kind     CommKind
	ID       string
	Target   string // of an open
	Data     json.RawMessage
	Metadata json.RawMessage
	Buffers  [][]byte
}

// Match is one proposal of a completion.
type Match struct {
	Text      string // what replaces the range
	Kind      string // function, type, variable, constant, field, method, package, keyword, magic
	Signature string // shown beside it; may be empty
}

// Completion is a list of proposals for the range [Start, End), in code points.
type Completion struct {
	Matches    []Match
	Start, End int
	// Extra holds further keys for the reply's metadata.
	Extra map[string]any
}

// Inspection is what is known of the thing at the cursor.
type Inspection struct {
	Found  bool
	Bundle Bundle
}

// CompletenessStatus says whether code can run as it stands.
type CompletenessStatus string

// The statuses of is_complete_reply.
const (
	Complete   CompletenessStatus = "complete"
	Incomplete CompletenessStatus = "incomplete"
	Invalid    CompletenessStatus = "invalid"
	Unknown    CompletenessStatus = "unknown"
)

// Completeness is the answer to IsComplete.
type Completeness struct {
	Status CompletenessStatus
	Indent string // for the next line when Status is Incomplete
}
