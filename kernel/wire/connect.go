package wire

// ConnectRequest asks for the kernel's ports.
type ConnectRequest struct{}

// MessageType is connect_request.
func (ConnectRequest) MessageType() string { return "connect_request" }

// ConnectReply lists the kernel's ports.
type ConnectReply struct {
	Status      Status `json:"status"`
	ShellPort   int    `json:"shell_port"`
	IOPubPort   int    `json:"iopub_port"`
	StdinPort   int    `json:"stdin_port"`
	HBPort      int    `json:"hb_port"`
	ControlPort int    `json:"control_port"`
}

// MessageType is connect_reply.
func (ConnectReply) MessageType() string { return "connect_reply" }
