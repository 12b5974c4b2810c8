package wire

// Stream is text that a cell printed.
type Stream struct {
	Name string `json:"name"` // stdout or stderr
	Text string `json:"text"`
}

// MessageType is stream.
func (Stream) MessageType() string { return "stream" }

// DisplayData shows a value, with the representations that it has by MIME type.
type DisplayData struct {
	Data      map[string]any `json:"data"`
	Metadata  map[string]any `json:"metadata"`
	Transient Transient      `json:"transient"`
}

// MessageType is display_data.
func (DisplayData) MessageType() string { return "display_data" }

// Transient is what front ends need of a display while the kernel lives, and
// don't save.
type Transient struct {
	DisplayID string `json:"display_id,omitempty"`
}

// UpdateDisplayData replaces every display with its id.
type UpdateDisplayData DisplayData

// MessageType is update_display_data.
func (UpdateDisplayData) MessageType() string { return "update_display_data" }

// ExecuteResult is the value of a cell's last expression.
type ExecuteResult struct {
	ExecutionCount int            `json:"execution_count"`
	Data           map[string]any `json:"data"`
	Metadata       map[string]any `json:"metadata"`
}

// MessageType is execute_result.
func (ExecuteResult) MessageType() string { return "execute_result" }

// ErrorOutput shows how a cell failed.
type ErrorOutput struct {
	Name      string   `json:"ename"`
	Value     string   `json:"evalue"`
	Traceback []string `json:"traceback"`
}

// MessageType is error.
func (ErrorOutput) MessageType() string { return "error" }

// ClearOutput removes a cell's output, at once or when the next output comes.
type ClearOutput struct {
	Wait bool `json:"wait"`
}

// MessageType is clear_output.
func (ClearOutput) MessageType() string { return "clear_output" }
