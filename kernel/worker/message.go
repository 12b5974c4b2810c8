package worker

import (
	"hillock/kernel/server"
)

// kind says what a frame holds.
type kind byte

// From the front to the interpreter's process.
const (
	kindStart      kind = iota + 1 // startMessage
	kindExecute                    // server.Cell; the number names the cell from now on
	kindInterrupt                  // no body; the number of the cell
	kindInputReply                 // inputReply; the number of the input
	kindComplete                   // queryMessage
	kindInspect                    // queryMessage
	kindIsComplete                 // queryMessage
)

// From the interpreter's process to the front.
const (
	kindReady   kind = iota + 64 // no body
	kindResult                   // resultMessage; the number of the cell
	kindReply                    // reply to a query, by its number
	kindDisplay                  // displayMessage
	kindClear                    // clearMessage
	kindInput                    // inputMessage; the number of the input
	kindGroup                    // groupMessage
)

// startMessage is the first message: what the process has to know.
type startMessage struct {
	Nonce       string // of the marks in the streams
	MemoryLimit uint64 // bytes
}

// queryMessage asks for a completion, a description or whether code is complete.
type queryMessage struct {
	Code   string
	Cursor int
	Detail int
}

// reply answers a query; one of its fields is set.
type reply struct {
	Error        string               `json:",omitempty"`
	Completion   *server.Completion   `json:",omitempty"`
	Inspection   *inspection          `json:",omitempty"`
	Completeness *server.Completeness `json:",omitempty"`
}

// inspection is server.Inspection on the pipe.
type inspection struct {
	Found  bool
	Bundle bundle
}

// resultMessage says how a cell ended.
type resultMessage struct {
	Mark        uint64
	Value       *bundle                      `json:",omitempty"`
	Failure     *server.Failure              `json:",omitempty"`
	Expressions map[string]expressionMessage `json:",omitempty"`
	Payload     []map[string]any             `json:",omitempty"`
}

// expressionMessage is server.Expression on the pipe.
type expressionMessage struct {
	Value   bundle
	Failure *server.Failure `json:",omitempty"`
}

// displayMessage shows a value.
type displayMessage struct {
	Mark   uint64
	Cell   uint64
	Bundle bundle
	ID     string `json:",omitempty"`
	Update bool   `json:",omitempty"`
}

// clearMessage removes a cell's output.
type clearMessage struct {
	Mark uint64
	Cell uint64
	Wait bool
}

// inputMessage asks the person for a line.
type inputMessage struct {
	Mark     uint64
	Cell     uint64
	Prompt   string
	Password bool
}

// inputReply is what the person typed, or why there is nothing.
type inputReply struct {
	Text  string
	Error string `json:",omitempty"`
	// Interrupted is the number of the cell that was interrupted while it asked, which
	// it has to learn before the question ends: else it goes on with the error.
	Interrupted uint64 `json:",omitempty"`
}

// groupMessage tells of a process group that a cell started or that has ended,
// so that the front can end it when the interpreter dies.
type groupMessage struct {
	Group int
	Ended bool
}
