package wire

// CompleteRequest asks how code can go on at the cursor.
type CompleteRequest struct {
	Code string `json:"code"`
	// Cursor counts code points; without it, the end of the code is meant.
	Cursor *int `json:"cursor_pos"`
}

// MessageType is complete_request.
func (CompleteRequest) MessageType() string { return "complete_request" }

// CompleteReply lists what can replace the code points [Start, End).
type CompleteReply struct {
	Status   Status         `json:"status"`
	Matches  []string       `json:"matches"`
	Start    int            `json:"cursor_start"`
	End      int            `json:"cursor_end"`
	Metadata map[string]any `json:"metadata"`
}

// MessageType is complete_reply.
func (CompleteReply) MessageType() string { return "complete_reply" }

// MatchTypesKey is the key of a complete_reply's metadata under which front
// ends look for a []MatchType.
const MatchTypesKey = "_jupyter_types_experimental"

// MatchType says what a match is; front ends show it as an icon.
type MatchType struct {
	Text      string `json:"text"`
	Type      string `json:"type"`
	Signature string `json:"signature,omitempty"`
	Start     int    `json:"start"`
	End       int    `json:"end"`
}
