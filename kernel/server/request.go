package server

import (
	"encoding/json"
	"time"

	"hillock/kernel/wire"
)

// request is a message that a client sent, on its way through the server.
type request struct {
	channel  channel
	message  *wire.Message
	received time.Time
	number   uint64        // position among the requests of its queue
	queue    *queue        // that it came through; nil on control
	done     chan struct{} // closed when a cell has ended; nil for other requests
}

func newRequest(from channel, m *wire.Message) *request {
	return &request{channel: from, message: m, received: time.Now()}
}

// kind is the message's type.
func (r *request) kind() string { return r.message.Header.Type }

// fromNotebook says whether a cell comes from a notebook, where a person runs
// it: such requests name the cell.
func (r *request) fromNotebook() bool {
	var m struct {
		Cell string `json:"cellId"`
	}
	return json.Unmarshal(r.message.Metadata, &m) == nil && m.Cell != ""
}

// metadata writes the metadata of a message; nil when there is nothing to write.
func metadata(values map[string]any) json.RawMessage {
	raw, err := wire.Marshal(values)
	if err != nil {
		return nil
	}
	return raw
}
