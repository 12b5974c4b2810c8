package wire

// IsCompleteRequest asks whether code can run as it stands.
type IsCompleteRequest struct {
	Code string `json:"code"`
}

// MessageType is is_complete_request.
func (IsCompleteRequest) MessageType() string { return "is_complete_request" }

// IsCompleteReply answers with complete, incomplete, invalid or unknown.
type IsCompleteReply struct {
	Status string `json:"status"`
	Indent string `json:"indent"` // for the next line of incomplete code
}

// MessageType is is_complete_reply.
func (IsCompleteReply) MessageType() string { return "is_complete_reply" }
