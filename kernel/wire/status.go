package wire

// ExecutionState says what the kernel is doing.
type ExecutionState string

// The execution states.
const (
	Starting ExecutionState = "starting"
	Busy     ExecutionState = "busy"
	Idle     ExecutionState = "idle"
)

// KernelStatus tells all clients that the kernel has begun or finished with a
// request.
type KernelStatus struct {
	State ExecutionState `json:"execution_state"`
}

// MessageType is status.
func (KernelStatus) MessageType() string { return "status" }

// Welcome is the first message that a new subscriber of iopub gets.
type Welcome struct {
	Subscription string `json:"subscription"`
}

// MessageType is iopub_welcome.
func (Welcome) MessageType() string { return "iopub_welcome" }
