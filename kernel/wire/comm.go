package wire

import "encoding/json"

// CommOpen opens a comm. Either side sends it.
type CommOpen struct {
	ID     string          `json:"comm_id"`
	Target string          `json:"target_name"`
	Data   json.RawMessage `json:"data"`
}

// MessageType is comm_open.
func (CommOpen) MessageType() string { return "comm_open" }

// CommMessage carries data over an open comm.
type CommMessage struct {
	ID   string          `json:"comm_id"`
	Data json.RawMessage `json:"data"`
}

// MessageType is comm_msg.
func (CommMessage) MessageType() string { return "comm_msg" }

// CommClose closes a comm.
type CommClose struct {
	ID   string          `json:"comm_id"`
	Data json.RawMessage `json:"data"`
}

// MessageType is comm_close.
func (CommClose) MessageType() string { return "comm_close" }

// CommInfoRequest asks for the open comms, of one target or of all.
type CommInfoRequest struct {
	Target string `json:"target_name,omitempty"`
}

// MessageType is comm_info_request.
func (CommInfoRequest) MessageType() string { return "comm_info_request" }

// CommInfoReply lists open comms by their id.
type CommInfoReply struct {
	Status Status              `json:"status"`
	Comms  map[string]CommInfo `json:"comms"`
}

// MessageType is comm_info_reply.
func (CommInfoReply) MessageType() string { return "comm_info_reply" }

// CommInfo describes an open comm.
type CommInfo struct {
	Target string `json:"target_name"`
}
