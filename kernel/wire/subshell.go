package wire

// CreateSubshellRequest asks for a new subshell.
type CreateSubshellRequest struct{}

// MessageType is create_subshell_request.
func (CreateSubshellRequest) MessageType() string { return "create_subshell_request" }

// CreateSubshellReply names the new subshell.
type CreateSubshellReply struct {
	Status Status `json:"status"`
	ID     string `json:"subshell_id"`
}

// MessageType is create_subshell_reply.
func (CreateSubshellReply) MessageType() string { return "create_subshell_reply" }

// DeleteSubshellRequest asks to end a subshell.
type DeleteSubshellRequest struct {
	ID string `json:"subshell_id"`
}

// MessageType is delete_subshell_request.
func (DeleteSubshellRequest) MessageType() string { return "delete_subshell_request" }

// DeleteSubshellReply confirms that a subshell has ended.
type DeleteSubshellReply struct {
	Status Status `json:"status"`
}

// MessageType is delete_subshell_reply.
func (DeleteSubshellReply) MessageType() string { return "delete_subshell_reply" }

// ListSubshellRequest asks for the ids of all subshells.
type ListSubshellRequest struct{}

// MessageType is list_subshell_request.
func (ListSubshellRequest) MessageType() string { return "list_subshell_request" }

// ListSubshellReply lists the ids of all subshells.
type ListSubshellReply struct {
	Status Status   `json:"status"`
	IDs    []string `json:"subshell_id"`
}

// MessageType is list_subshell_reply.
func (ListSubshellReply) MessageType() string { return "list_subshell_reply" }
