package server

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"hillock/kernel/wire"
)

// handler answers one type of request. A nil reply is none. An error becomes an
// error reply.
type handler func(ctx context.Context, r *request) (wire.Content, error)

// dispatchTable says who answers what. Cells have a path of their own, through
// the executor.
func (s *Server) dispatchTable() [channels]map[string]handler {
	both := map[string]handler{
		wire.KernelInfoRequest{}.MessageType(): s.kernelInfo,
		wire.ConnectRequest{}.MessageType():    s.connect,
		wire.CompleteRequest{}.MessageType():   s.complete,
		wire.InspectRequest{}.MessageType():    s.inspect,
		wire.IsCompleteRequest{}.MessageType(): s.isComplete,
		wire.HistoryRequest{}.MessageType():    s.historyOf,
		wire.CommInfoRequest{}.MessageType():   s.commInfo,
		wire.ShutdownRequest{}.MessageType():   s.shutdown,
		wire.InterruptRequest{}.MessageType():  s.interrupt,
	}
	onShell := map[string]handler{
		wire.CommOpen{}.MessageType():    s.commOpen,
		wire.CommMessage{}.MessageType(): s.commMessage,
		wire.CommClose{}.MessageType():   s.commClose,
	}
	onControl := map[string]handler{
		wire.CreateSubshellRequest{}.MessageType(): s.createSubshell,
		wire.DeleteSubshellRequest{}.MessageType(): s.deleteSubshell,
		wire.ListSubshellRequest{}.MessageType():   s.listSubshells,
	}
	for kind, h := range both {
		onShell[kind], onControl[kind] = h, h
	}
	return [channels]map[string]handler{shell: onShell, control: onControl}
}

// receive reads messages from a channel until ctx ends. What isn't a good
// message is logged and dropped.
func (s *Server) receive(ctx context.Context, from channel, take func(*wire.Message)) {
	for {
		frames, err := s.transport.receive(ctx, from)
		if err != nil {
			return
		}
		m, err := s.reader.Read(frames)
		if err == nil && len(m.Identities) == 0 {
			err = errors.New("no sender's identity")
		}
		if err != nil {
			s.log.Warn("message was dropped", "channel", from, "error", err)
			continue
		}
		take(m)
	}
}

// takeShell passes a message on shell to its queue.
func (s *Server) takeShell(ctx context.Context, m *wire.Message) {
	r := newRequest(shell, m)
	switch {
	case m.Header.Type == wire.InterruptRequest{}.MessageType():
		s.handle(ctx, r)
	case m.Header.Subshell == "":
		s.main.push(r)
	default:
		q, err := s.subshells.find(m.Header.Subshell)
		if err != nil {
			s.refuse(r, err)
			return
		}
		q.push(r)
	}
}

// takeControl handles a message on control at once when that takes no time,
// and otherwise beside the next ones: nothing may keep an interrupt waiting.
func (s *Server) takeControl(ctx context.Context, m *wire.Message) {
	r := newRequest(control, m)
	switch m.Header.Type {
	case wire.CompleteRequest{}.MessageType(), wire.InspectRequest{}.MessageType(),
		wire.IsCompleteRequest{}.MessageType(), wire.HistoryRequest{}.MessageType():
		s.aside.push(r)
	case executeRequest:
		s.refuse(r, errors.New("execute_request is not accepted on control: send it on shell"))
	default:
		s.handle(ctx, r)
	}
}

// takeStdin passes on the answer to a question.
func (s *Server) takeStdin(_ context.Context, m *wire.Message) { s.stdin.receive(m) }

// handle has a request that is not a cell, from busy to idle.
func (s *Server) handle(ctx context.Context, r *request) {
	s.iopub.busy(r, false)
	reply, err := s.answer(ctx, r)
	s.iopub.finish(r)
	switch {
	case err != nil:
		s.fail(r, err)
	case reply != nil:
		s.reply(r, reply, nil)
	}
	_, last := reply.(wire.ShutdownReply)
	if last {
		s.iopub.publish(r, reply, publication{}) // for the clients that didn't ask
	}
	s.iopub.idle(r)
	if last {
		s.stopOnce.Do(func() { close(s.stop) })
	}
}

// refuse has a request that is answered with an error.
func (s *Server) refuse(r *request, reason error) {
	s.iopub.busy(r, false)
	defer s.iopub.idle(r)
	s.fail(r, reason)
}

// answer calls the handler of a request.
func (s *Server) answer(ctx context.Context, r *request) (reply wire.Content, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			s.log.Error("request failed", "type", r.kind(), "panic", problem, "stack", string(debug.Stack()))
			reply, err = nil, fmt.Errorf("%s: %v", r.kind(), problem)
		}
	}()
	h := s.handlers[r.channel][r.kind()]
	if h == nil {
		return nil, fmt.Errorf("message type %q is not known on %s", r.kind(), r.channel)
	}
	return h(ctx, r)
}

// fail logs why a request was not answered and, if its type has a reply, says
// so to the client.
func (s *Server) fail(r *request, reason error) {
	kind := replyTo(r)
	if kind == "" {
		s.log.Warn("message was not handled", "type", r.kind(), "error", reason)
		return
	}
	reply := wire.ErrorReply{Type: kind, Status: wire.Error, Name: "RequestError", Value: reason.Error(), Traceback: []string{}}
	var f *Failure
	if errors.As(reason, &f) {
		reply.Name, reply.Value, reply.Traceback = f.Name, f.Value, lines(f.Traceback)
	}
	s.reply(r, reply, nil)
}

// replyTo is the type of the reply to a request; empty when it has none.
func replyTo(r *request) string {
	kind, _ := wire.ReplyType(r.kind())
	return kind
}

// reply sends the reply to a request, on the channel that the request came on.
func (s *Server) reply(r *request, content wire.Content, meta []byte) {
	m, err := s.session.Message(r.message.Raw, content)
	if err != nil {
		s.log.Error("reply can't be encoded", "error", err)
		s.fail(r, err)
		return
	}
	if meta != nil {
		m.Metadata = meta
	}
	m.Identities = r.message.Identities
	if err := s.transport.send(r.channel, s.session.Frames(m)); err != nil {
		s.log.Warn("reply was not sent", "type", m.Header.Type, "channel", r.channel, "error", err)
	}
}

// shutdown answers a shutdown request. The kernel ends when the reply and the
// status after it have been sent: see handle.
func (s *Server) shutdown(_ context.Context, r *request) (wire.Content, error) {
	var ask wire.ShutdownRequest
	if err := r.message.Decode(&ask); err != nil {
		return nil, err
	}
	return wire.ShutdownReply{Status: wire.OK, Restart: ask.Restart}, nil
}

// interrupt stops the running cell, but not one that the client sent after it
// and that came before it: the channels know no common order.
func (s *Server) interrupt(_ context.Context, r *request) (wire.Content, error) {
	s.interruptCell(func(running *request) bool { return !r.madeBefore(running) })
	return wire.InterruptReply{Status: wire.OK}, nil
}
