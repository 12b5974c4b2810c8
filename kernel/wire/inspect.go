package wire

// InspectRequest asks what stands at the cursor.
type InspectRequest struct {
	Code string `json:"code"`
	// Cursor counts code points; without it, the end of the code is meant.
	Cursor *int `json:"cursor_pos"`
	Detail int  `json:"detail_level"` // 0 or 1
}

// MessageType is inspect_request.
func (InspectRequest) MessageType() string { return "inspect_request" }

// InspectReply describes what stands at the cursor.
type InspectReply struct {
	Status   Status         `json:"status"`
	Found    bool           `json:"found"`
	Data     map[string]any `json:"data"`
	Metadata map[string]any `json:"metadata"`
}

// MessageType is inspect_reply.
func (InspectReply) MessageType() string { return "inspect_reply" }
