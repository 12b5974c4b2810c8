package wire

// ShutdownRequest asks the kernel to end, for good or to be started again.
type ShutdownRequest struct {
	Restart bool `json:"restart"`
}

// MessageType is shutdown_request.
func (ShutdownRequest) MessageType() string { return "shutdown_request" }

// ShutdownReply confirms a shutdown. It goes to the client that asked and, on
// iopub, to all.
type ShutdownReply struct {
	Status  Status `json:"status"`
	Restart bool   `json:"restart"`
}

// MessageType is shutdown_reply.
func (ShutdownReply) MessageType() string { return "shutdown_reply" }

// InterruptRequest asks to stop the running cell.
type InterruptRequest struct{}

// MessageType is interrupt_request.
func (InterruptRequest) MessageType() string { return "interrupt_request" }

// InterruptReply confirms an interrupt.
type InterruptReply struct {
	Status Status `json:"status"`
}

// MessageType is interrupt_reply.
func (InterruptReply) MessageType() string { return "interrupt_reply" }
