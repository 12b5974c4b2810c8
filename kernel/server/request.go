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
	stops    chan struct{} // a person's wishes that a cell stops; nil for other requests
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

// isCell makes the request one that runs a cell.
func (r *request) isCell() {
	r.done, r.stops = make(chan struct{}), make(chan struct{}, 1)
}

// stop wishes that a cell stops. One wish that it has not seen yet is enough.
func (r *request) stop() {
	select {
	case r.stops <- struct{}{}:
	default:
	}
}

// madeBefore says whether a client made this request before another that came
// on another channel and perhaps overtook it. Its own clock tells, if both are
// of one session; but not of a request that came long ago, since clocks are set
// back at times.
func (r *request) madeBefore(other *request) bool {
	if r.message.Header.Session != other.message.Header.Session || r.received.Sub(other.received) > transit {
		return false
	}
	mine, err := r.message.Time()
	theirs, otherErr := other.message.Time()
	return err == nil && otherErr == nil && mine.Before(theirs)
}

// metadata writes the metadata of a message; nil when there is nothing to write.
func metadata(values map[string]any) json.RawMessage {
	raw, err := wire.Marshal(values)
	if err != nil {
		return nil
	}
	return raw
}
