package server

import (
	"context"
	"fmt"
	"sort"
	"sync"

	"hillock/kernel/wire"
)

// subshells are the queues beside the main shell's. Requests with a subshell's
// id are handled in the order in which they come to it, beside those of the
// main shell and of other subshells. Cells are the exception: the language runs
// one at a time, so that a cell sent to a subshell waits until those before it,
// wherever they were sent to, have ended.
type subshells struct {
	open func() *queue // makes a queue whose requests are handled

	mu    sync.Mutex
	known map[string]*queue
}

// find gives the queue of a subshell.
func (s *subshells) find(id string) (*queue, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q := s.known[id]; q != nil {
		return q, nil
	}
	return nil, fmt.Errorf("subshell %q is not known: create it with create_subshell_request", id)
}

// create makes a subshell and gives its id.
func (s *subshells) create() string {
	id := wire.NewUUID()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = make(map[string]*queue)
	}
	s.known[id] = s.open()
	return id
}

// remove ends a subshell. Requests that have come to it are still handled.
func (s *subshells) remove(id string) error {
	q, err := s.find(id)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.known, id)
	q.close()
	return nil
}

// list gives the ids of all subshells.
func (s *subshells) list() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]string, 0, len(s.known))
	for id := range s.known {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	return ids
}

func (s *Server) createSubshell(context.Context, *request) (wire.Content, error) {
	return wire.CreateSubshellReply{Status: wire.OK, ID: s.subshells.create()}, nil
}

func (s *Server) deleteSubshell(_ context.Context, r *request) (wire.Content, error) {
	var ask wire.DeleteSubshellRequest
	if err := r.message.Decode(&ask); err != nil {
		return nil, err
	}
	if err := s.subshells.remove(ask.ID); err != nil {
		return nil, err
	}
	return wire.DeleteSubshellReply{Status: wire.OK}, nil
}

func (s *Server) listSubshells(context.Context, *request) (wire.Content, error) {
	return wire.ListSubshellReply{Status: wire.OK, IDs: s.subshells.list()}, nil
}
