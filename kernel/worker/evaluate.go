package worker

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"hillock/kernel/gocell"
	"hillock/kernel/interp"
	"hillock/kernel/server"
	"hillock/stdlib/notebook"
)

// cellPrefix begins the name of a cell in positions: cell[9].
const cellPrefix = "cell["

// evaluate runs a cell and gives its result.
func (c *child) evaluate(ctx context.Context, cell server.Cell) resultMessage {
	var m resultMessage
	ran := c.magic.Run(ctx, interp.Cell{
		Name:  fmt.Sprintf("%s%d]", cellPrefix, cell.Count),
		Count: cell.Count,
		Code:  cell.Code,
	})
	for _, page := range ran.Pages {
		data := map[string]any{"text/plain": page.Plain}
		if page.Markdown != "" {
			data["text/markdown"] = page.Markdown
		}
		m.Payload = append(m.Payload, map[string]any{"source": "page", "data": data, "start": 0})
	}
	if ran.Err != nil {
		m.Failure = failure(ran.Err)
		return m
	}
	if !ran.Hidden && !cell.Silent {
		value, err := encodeBundle(represent(ran.Shown))
		if err != nil {
			m.Failure = failure(fmt.Errorf("show the value: %w", err))
			return m
		}
		m.Value = &value
	}
	m.Expressions = c.expressions(ctx, cell.UserExpressions)
	return m
}

// expressions evaluates the user's expressions.
func (c *child) expressions(ctx context.Context, expressions map[string]string) map[string]expressionMessage {
	if len(expressions) == 0 {
		return nil
	}
	m := make(map[string]expressionMessage, len(expressions))
	for name, code := range expressions {
		value, err := c.session.Eval(ctx, code)
		var x expressionMessage
		if err == nil {
			x.Value, err = encodeBundle(notebook.Represent(value))
		}
		if err != nil {
			x.Failure = failure(err)
		}
		m[name] = x
	}
	return m
}

// represent gives the representations of what a cell shows; of several values
// it gives the text alone, in one line.
func represent(values []any) notebook.Bundle {
	if len(values) == 1 {
		return notebook.Represent(values[0])
	}
	texts := make([]string, len(values))
	for i, v := range values {
		text, _ := notebook.Represent(v).Data["text/plain"].(string)
		texts[i] = text
	}
	return notebook.Bundle{Data: map[string]any{"text/plain": strings.Join(texts, ", ")}}
}

// failure says how a cell failed, as its reader sees it.
func failure(err error) *server.Failure {
	var compile *interp.CompileError
	var panicked *interp.PanicError
	var value *interp.ErrorValue
	switch {
	case errors.As(err, &compile):
		return compileFailure(compile)
	case errors.As(err, &panicked):
		f := &server.Failure{Name: "panic", Value: panicked.Text}
		f.Traceback = append([]string{red("panic") + ": " + panicked.Text}, frames(panicked.Frames)...)
		return f
	case errors.Is(err, interp.ErrInterrupted), errors.Is(err, interp.ErrStillRunning), errors.Is(err, context.Canceled):
		text := "the cell was stopped; what it had done until then is kept"
		if said, found := strings.CutPrefix(err.Error(), interp.ErrInterrupted.Error()+": "); found {
			text += "\n" + said
		}
		return interruptedFailure(text)
	case errors.As(err, &value):
		f := &server.Failure{Name: "error", Value: value.Error()}
		f.Traceback = append([]string{red("error") + ": " + value.Error()}, frames(value.Frames)...)
		return f
	default:
		return &server.Failure{Name: "error", Value: err.Error(), Traceback: []string{red("error") + ": " + err.Error()}}
	}
}

// interruptedFailure says that a cell was stopped.
func interruptedFailure(text string) *server.Failure {
	return &server.Failure{Name: "interrupted", Value: text, Traceback: []string{red("interrupted") + ": " + text}}
}

// compileFailure shows everything that is wrong with a cell that was refused.
func compileFailure(err *interp.CompileError) *server.Failure {
	const name = "compile error"
	f := &server.Failure{Name: name, Value: err.Error()}
	for i, d := range err.Diagnostics {
		if i == 0 {
			f.Value = d.Message
			if d.Line > 0 {
				f.Value = fmt.Sprintf("%s:%d:%d: %s", d.Cell, d.Line, d.Column, d.Message)
			}
		}
		f.Traceback = append(f.Traceback, diagnostic(d)...)
	}
	return f
}

// diagnostic gives the lines of one thing that is wrong with a cell.
func diagnostic(d gocell.Diagnostic) []string {
	lines := strings.Split(d.String(), "\n")
	if place, message, ok := strings.Cut(lines[0], ": "); ok {
		lines[0] = green(place) + ": " + red(message)
	}
	for i, line := range lines[1:] {
		if strings.TrimSpace(line) == "^" {
			lines[1+i] = strings.Replace(line, "^", red("^"), 1)
		}
	}
	return lines
}

// frames gives the places in cells that a panic went through, with their lines.
// What is predeclared in every cell is none of them.
func frames(frames []interp.Frame) []string {
	var lines []string
	for _, f := range frames {
		if !strings.HasPrefix(f.Cell, cellPrefix) {
			continue
		}
		line := "  " + green(fmt.Sprintf("%s:%d", f.Cell, f.Line))
		if f.Func != "" {
			line += " in " + blue(f.Func)
		}
		lines = append(lines, line)
		if source := strings.TrimSpace(f.Source); source != "" {
			lines = append(lines, "      "+source)
		}
	}
	return lines
}
