package wire

// InputRequest asks the person in front of a client for a line.
type InputRequest struct {
	Prompt   string `json:"prompt"`
	Password bool   `json:"password"`
}

// MessageType is input_request.
func (InputRequest) MessageType() string { return "input_request" }

// InputReply is the line that the person typed.
type InputReply struct {
	Value string `json:"value"`
}

// MessageType is input_reply.
func (InputReply) MessageType() string { return "input_reply" }
