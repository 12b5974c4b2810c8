package worker

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"hillock/kernel/server"
)

// Info describes Go and this kernel.
func (s *Supervisor) Info() server.Info {
	version := strings.TrimPrefix(runtime.Version(), "go")
	version, _, _ = strings.Cut(version, " ")
	return server.Info{
		Name:                  "go",
		Version:               version,
		MIMEType:              "text/x-go",
		FileExtension:         ".go",
		PygmentsLexer:         "go",
		CodeMirrorMode:        "go",
		NBExporter:            "script",
		Implementation:        "hillock",
		ImplementationVersion: implementationVersion,
		Banner: "hillock " + implementationVersion + ": Go " + version + " notebooks for neuron inference.\n" +
			"%help lists what a cell can do beyond Go.",
		HelpLinks: []server.HelpLink{
			{Text: "Go language", URL: "https://go.dev/ref/spec"},
			{Text: "Go standard library", URL: "https://pkg.go.dev/std"},
			{Text: "Gonum", URL: "https://pkg.go.dev/gonum.org/v1/gonum"},
		},
	}
}

// implementationVersion is the version of the kernel.
const implementationVersion = "0.1.0"

// Complete proposes continuations of code at cursor.
func (s *Supervisor) Complete(ctx context.Context, code string, cursor int) (server.Completion, error) {
	answer, err := s.ask(ctx, kindComplete, queryMessage{Code: code, Cursor: cursor})
	if err != nil || answer.Completion == nil {
		return server.Completion{Start: cursor, End: cursor}, err
	}
	return *answer.Completion, nil
}

// Inspect describes what stands at cursor.
func (s *Supervisor) Inspect(ctx context.Context, code string, cursor, detail int) (server.Inspection, error) {
	answer, err := s.ask(ctx, kindInspect, queryMessage{Code: code, Cursor: cursor, Detail: detail})
	if err != nil || answer.Inspection == nil {
		return server.Inspection{}, err
	}
	return server.Inspection{Found: answer.Inspection.Found, Bundle: answer.Inspection.Bundle.server()}, nil
}

// IsComplete says whether code can be run as it is.
func (s *Supervisor) IsComplete(ctx context.Context, code string) (server.Completeness, error) {
	answer, err := s.ask(ctx, kindIsComplete, queryMessage{Code: code})
	if err != nil || answer.Completeness == nil {
		return server.Completeness{Status: server.Unknown}, err
	}
	return *answer.Completeness, nil
}

// Comm answers that no one listens: nothing in the standard library opens comms.
func (s *Supervisor) Comm(context.Context, server.CommEvent, server.Output) error {
	return server.ErrUnknownTarget
}

// ask sends a question to the interpreter and waits for its answer.
func (s *Supervisor) ask(ctx context.Context, k kind, question any) (reply, error) {
	p, err := s.current()
	if err != nil {
		return reply{}, err
	}
	select {
	case <-p.ready:
	case <-p.done:
		return reply{}, errors.New("the interpreter is being restarted")
	case <-ctx.Done():
		return reply{}, ctx.Err()
	}
	number := s.number.Add(1)
	answers := make(chan frame, 1)
	defer p.expect(number, func(f frame) { answers <- f })()
	if err := p.requests.send(k, number, question); err != nil {
		return reply{}, fmt.Errorf("ask the interpreter: %w", err)
	}
	select {
	case f := <-answers:
		var answer reply
		if err := f.decode(&answer); err != nil {
			return reply{}, err
		}
		if answer.Error != "" {
			return answer, errors.New(answer.Error)
		}
		return answer, nil
	case <-p.done:
		return reply{}, errors.New("the interpreter is being restarted")
	case <-ctx.Done():
		return reply{}, ctx.Err()
	}
}
