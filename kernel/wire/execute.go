package wire

import "encoding/json"

// ExecuteRequest asks to run a cell.
type ExecuteRequest struct {
	Code            string            `json:"code"`
	Silent          bool              `json:"silent"`
	StoreHistory    bool              `json:"store_history"`
	UserExpressions map[string]string `json:"user_expressions"`
	AllowStdin      bool              `json:"allow_stdin"`
	StopOnError     bool              `json:"stop_on_error"`
}

// MessageType is execute_request.
func (ExecuteRequest) MessageType() string { return "execute_request" }

// UnmarshalJSON reads a request. Fields that are left out have the protocol's
// defaults: store_history and stop_on_error true, the others false.
func (r *ExecuteRequest) UnmarshalJSON(data []byte) error {
	type plain ExecuteRequest
	full := plain{StoreHistory: true, StopOnError: true}
	if err := json.Unmarshal(data, &full); err != nil {
		return err
	}
	*r = ExecuteRequest(full)
	return nil
}

// ExecuteReply says how a cell ended.
type ExecuteReply struct {
	Status          Status                    `json:"status"`
	ExecutionCount  int                       `json:"execution_count"`
	UserExpressions map[string]UserExpression `json:"user_expressions"`
	Payload         []map[string]any          `json:"payload"`
}

// MessageType is execute_reply.
func (ExecuteReply) MessageType() string { return "execute_reply" }

// ExecuteErrorReply says how a cell failed.
type ExecuteErrorReply struct {
	ExecuteReply
	Name      string   `json:"ename"`
	Value     string   `json:"evalue"`
	Traceback []string `json:"traceback"`
}

// UserExpression is the outcome of one of a request's user expressions: the
// value's representations, or an error.
type UserExpression struct {
	Status    Status         `json:"status"`
	Data      map[string]any `json:"data"`
	Metadata  map[string]any `json:"metadata"`
	Name      string         `json:"ename"`
	Value     string         `json:"evalue"`
	Traceback []string       `json:"traceback"`
}

// MarshalJSON writes the fields that belong to the status, also empty ones.
func (e UserExpression) MarshalJSON() ([]byte, error) {
	if e.Status == OK {
		return Marshal(struct {
			Status   Status         `json:"status"`
			Data     map[string]any `json:"data"`
			Metadata map[string]any `json:"metadata"`
		}{e.Status, object(e.Data), object(e.Metadata)})
	}
	return Marshal(struct {
		Status    Status   `json:"status"`
		Name      string   `json:"ename"`
		Value     string   `json:"evalue"`
		Traceback []string `json:"traceback"`
	}{e.Status, e.Name, e.Value, list(e.Traceback)})
}

// ExecuteInput shows every client the code that runs.
type ExecuteInput struct {
	Code           string `json:"code"`
	ExecutionCount int    `json:"execution_count"`
}

// MessageType is execute_input.
func (ExecuteInput) MessageType() string { return "execute_input" }

// object makes a nil map an empty one, which JSON writes as {}.
func object(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// list makes a nil slice an empty one, which JSON writes as [].
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
