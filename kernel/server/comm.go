package server

import (
	"context"
	"encoding/json"
	"errors"
	"sync"

	"hillock/kernel/wire"
)

// comms knows which comms are open.
type comms struct {
	mu      sync.Mutex
	targets map[string]string // by comm id
}

// follow takes note of an open or a close.
func (c *comms) follow(event CommEvent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch event.Kind {
	case CommOpen:
		if c.targets == nil {
			c.targets = make(map[string]string)
		}
		c.targets[event.ID] = event.Target
	case CommClose:
		delete(c.targets, event.ID)
	}
}

// list gives the open comms of a target, or of all targets when it is empty.
func (c *comms) list(target string) map[string]wire.CommInfo {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make(map[string]wire.CommInfo)
	for id, t := range c.targets {
		if target == "" || t == target {
			list[id] = wire.CommInfo{Target: t}
		}
	}
	return list
}

// commContent gives the content of the message that carries an event.
func commContent(event CommEvent) wire.Content {
	data := event.Data
	if len(data) == 0 {
		data = json.RawMessage("{}")
	}
	switch event.Kind {
	case CommOpen:
		return wire.CommOpen{ID: event.ID, Target: event.Target, Data: data}
	case CommClose:
		return wire.CommClose{ID: event.ID, Data: data}
	default:
		return wire.CommMessage{ID: event.ID, Data: data}
	}
}

func (s *Server) commOpen(ctx context.Context, r *request) (wire.Content, error) {
	var m wire.CommOpen
	if err := r.message.Decode(&m); err != nil {
		return nil, err
	}
	event := CommEvent{Kind: CommOpen, ID: m.ID, Target: m.Target, Data: m.Data}
	s.comms.follow(event) // first, for the language may close it at once
	if err := s.comm(ctx, r, event); err != nil {
		closing := CommEvent{Kind: CommClose, ID: m.ID}
		s.comms.follow(closing)
		s.iopub.publish(r, commContent(closing), publication{})
		if !errors.Is(err, ErrUnknownTarget) {
			return nil, err
		}
		s.log.Info("comm was closed", "target", m.Target, "reason", err)
	}
	return nil, nil
}

func (s *Server) commMessage(ctx context.Context, r *request) (wire.Content, error) {
	var m wire.CommMessage
	if err := r.message.Decode(&m); err != nil {
		return nil, err
	}
	return nil, s.comm(ctx, r, CommEvent{Kind: CommMessage, ID: m.ID, Data: m.Data})
}

func (s *Server) commClose(ctx context.Context, r *request) (wire.Content, error) {
	var m wire.CommClose
	if err := r.message.Decode(&m); err != nil {
		return nil, err
	}
	event := CommEvent{Kind: CommClose, ID: m.ID, Data: m.Data}
	s.comms.follow(event)
	return nil, s.comm(ctx, r, event)
}

// comm gives an event to the language.
func (s *Server) comm(ctx context.Context, r *request, event CommEvent) error {
	event.Metadata, event.Buffers = r.message.Metadata, r.message.Buffers
	out := &output{server: s, request: r}
	defer out.end()
	return s.language.Comm(ctx, event, out)
}

func (s *Server) commInfo(_ context.Context, r *request) (wire.Content, error) {
	var ask wire.CommInfoRequest
	if err := r.message.Decode(&ask); err != nil {
		return nil, err
	}
	return wire.CommInfoReply{Status: wire.OK, Comms: s.comms.list(ask.Target)}, nil
}
