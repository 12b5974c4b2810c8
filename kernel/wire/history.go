package wire

// HistoryAccess says which entries of the history are asked for.
type HistoryAccess string

// The ways to ask for history.
const (
	HistoryRange  HistoryAccess = "range"
	HistoryTail   HistoryAccess = "tail"
	HistorySearch HistoryAccess = "search"
)

// HistoryRequest asks for cells that ran before.
type HistoryRequest struct {
	Output bool          `json:"output"` // with each cell's result
	Raw    bool          `json:"raw"`
	Access HistoryAccess `json:"hist_access_type"`
	// Session, Start and Stop belong to a range: cells [Start, Stop) of a
	// session. Session 0 is the current one, and -1 the one before it.
	Session int  `json:"session"`
	Start   int  `json:"start"`
	Stop    *int `json:"stop"` // nil: to the end
	// N belongs to tail and search: at most so many, the newest; nil: all.
	N *int `json:"n"`
	// Pattern and Unique belong to search: a glob with *, ? and [sets], and
	// whether equal cells are given once.
	Pattern string `json:"pattern"`
	Unique  bool   `json:"unique"`
}

// MessageType is history_request.
func (HistoryRequest) MessageType() string { return "history_request" }

// HistoryReply lists cells, oldest first.
type HistoryReply struct {
	Status  Status         `json:"status"`
	History []HistoryEntry `json:"history"`
}

// MessageType is history_reply.
func (HistoryReply) MessageType() string { return "history_reply" }

// HistoryEntry is one cell of the history.
type HistoryEntry struct {
	Session int
	Line    int // the cell's execution count
	Input   string
	// Output is the cell's result as text, when it was asked for and there is one.
	Output     string
	WithOutput bool
}

// MarshalJSON writes (session, line, input), or (session, line, (input,
// output)) when outputs were asked for.
func (e HistoryEntry) MarshalJSON() ([]byte, error) {
	if !e.WithOutput {
		return Marshal([]any{e.Session, e.Line, e.Input})
	}
	var output any
	if e.Output != "" {
		output = e.Output
	}
	return Marshal([]any{e.Session, e.Line, []any{e.Input, output}})
}
