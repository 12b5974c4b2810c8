package wire

import "strings"

// Status says how a request went.
type Status string

// The statuses of replies.
const (
	OK      Status = "ok"
	Error   Status = "error"
	Aborted Status = "aborted"
)

// ReplyType gives the type of the reply to a request type; ok is false for a
// type that isn't a request.
func ReplyType(request string) (reply string, ok bool) {
	name, ok := strings.CutSuffix(request, "_request")
	if !ok || name == "" {
		return "", false
	}
	return name + "_reply", true
}

// ErrorReply is the content of the reply to a request that failed. Every type
// of reply can have it.
type ErrorReply struct {
	Type      string   `json:"-"` // msg_type of the reply
	Status    Status   `json:"status"`
	Name      string   `json:"ename"`
	Value     string   `json:"evalue"`
	Traceback []string `json:"traceback"`
}

// MessageType is the type of the reply.
func (r ErrorReply) MessageType() string { return r.Type }

// AbortedReply is the content of the reply to a request that was given up
// because one before it failed.
type AbortedReply struct {
	Type   string `json:"-"` // msg_type of the reply
	Status Status `json:"status"`
}

// MessageType is the type of the reply.
func (r AbortedReply) MessageType() string { return r.Type }
