package server

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"hillock/kernel/wire"
)

// executeRequest is the type of the requests that run cells.
var executeRequest = wire.ExecuteRequest{}.MessageType()

// execute has an execute request, from busy to idle. The executor calls it for
// one request at a time.
func (s *Server) execute(ctx context.Context, r *request) {
	s.iopub.busy(r, true)
	defer s.iopub.idle(r)
	var ask wire.ExecuteRequest
	if err := r.message.Decode(&ask); err != nil {
		s.fail(r, err)
		return
	}
	if ctx.Err() != nil || r.queue.aborted(r) {
		s.reply(r, wire.AbortedReply{Type: replyTo(r), Status: wire.Aborted}, nil)
		return
	}
	if ask.Silent {
		ask.StoreHistory = false
	}
	count := s.count + 1
	if ask.StoreHistory {
		s.count = count
	}
	if !ask.Silent {
		s.iopub.publish(r, wire.ExecuteInput{Code: ask.Code, ExecutionCount: count}, publication{})
	}
	started := time.Now()
	result := s.run(ctx, r, ask, count)
	if !ask.Silent {
		s.showResult(r, result, count)
	}
	// The queue must know of a failure before the client does.
	if result.Failure != nil && ask.StopOnError {
		r.queue.fail(r)
	}
	s.reply(r, s.executeReply(result, count), metadata(map[string]any{"started": wire.FormatTime(started)}))
	if ask.StoreHistory {
		s.remember(count, ask.Code, result.Value)
	}
}

// run gives the cell to the language.
func (s *Server) run(ctx context.Context, r *request, ask wire.ExecuteRequest, count int) (result Result) {
	out := &output{server: s, request: r, allowStdin: ask.AllowStdin}
	defer func() {
		if problem := recover(); problem != nil {
			s.log.Error("language failed on a cell", "panic", problem, "stack", string(debug.Stack()))
			result = Result{Failure: &Failure{Name: "KernelError", Value: fmt.Sprint(problem)}}
		}
		s.iopub.finish(r)
		out.end()
	}()
	return s.language.Execute(ctx, Cell{
		Count: count, Code: ask.Code, Silent: ask.Silent, UserExpressions: ask.UserExpressions,
		Interrupts: r.stops,
	}, out)
}

// showResult publishes the value of a cell, or its error.
func (s *Server) showResult(r *request, result Result, count int) {
	if result.Value != nil {
		b := s.encodable(*result.Value)
		s.iopub.publish(r, wire.ExecuteResult{ExecutionCount: count, Data: b.Data, Metadata: b.Metadata}, publication{})
	}
	if f := result.Failure; f != nil {
		s.iopub.publish(r, wire.ErrorOutput{Name: f.Name, Value: f.Value, Traceback: lines(f.Traceback)}, publication{})
	}
}

// executeReply gives the reply for a cell that ran.
func (s *Server) executeReply(result Result, count int) wire.Content {
	reply := wire.ExecuteReply{
		Status:          wire.OK,
		ExecutionCount:  count,
		UserExpressions: make(map[string]wire.UserExpression, len(result.Expressions)),
		Payload:         result.Payload,
	}
	if reply.Payload == nil {
		reply.Payload = []map[string]any{}
	}
	for name, e := range result.Expressions {
		value := s.encodable(e.Value)
		expression := wire.UserExpression{Status: wire.OK, Data: value.Data, Metadata: value.Metadata}
		if f := e.Failure; f != nil {
			expression = wire.UserExpression{Status: wire.Error, Name: f.Name, Value: f.Value, Traceback: f.Traceback}
		}
		reply.UserExpressions[name] = expression
	}
	f := result.Failure
	if f == nil {
		return reply
	}
	reply.Status = wire.Error
	return wire.ExecuteErrorReply{ExecuteReply: reply, Name: f.Name, Value: f.Value, Traceback: lines(f.Traceback)}
}

// remember adds a cell that ran to the history.
func (s *Server) remember(count int, code string, value *Bundle) {
	entry := historyEntry{Line: count, Input: code}
	if value != nil {
		entry.Output, _ = value.Data["text/plain"].(string)
	}
	if err := s.history.add(entry); err != nil {
		s.log.Warn("cell was not added to the history", "error", err)
	}
}

// lines makes a nil slice an empty one, which JSON writes as [].
func lines(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
