package worker

import (
	"fmt"

	"hillock/kernel/gocell"
	"hillock/kernel/gocell/complete"
	"hillock/kernel/magic"
	"hillock/kernel/server"
	"hillock/stdlib/notebook"
)

// answer answers a query about code.
func (c *child) answer(k kind, q queryMessage) (answer reply) {
	defer func() {
		if r := recover(); r != nil { // a cell goes on when a proposal can't be made
			answer = reply{Error: fmt.Sprintf("looking at the code failed: %v", r)}
		}
	}()
	switch k {
	case kindComplete:
		return reply{Completion: c.complete(q)}
	case kindInspect:
		return c.inspect(q)
	default:
		return reply{Completeness: c.isComplete(q.Code)}
	}
}

// complete proposes continuations.
func (c *child) complete(q queryMessage) *server.Completion {
	found := complete.At(complete.Of(c.session.State(), c.value), q.Code, q.Cursor)
	completion := &server.Completion{Start: found.Start, End: found.End}
	for _, m := range found.Matches {
		completion.Matches = append(completion.Matches, server.Match{Text: m.Text, Kind: string(m.Kind), Signature: m.Signature})
	}
	return completion
}

// inspect describes what stands at the cursor.
func (c *child) inspect(q queryMessage) reply {
	about, found := complete.Inspect(complete.Of(c.session.State(), c.value), q.Code, q.Cursor, q.Detail)
	if !found {
		return reply{Inspection: &inspection{}}
	}
	data := map[string]any{"text/plain": about.Plain}
	if about.Markdown != "" {
		data["text/markdown"] = about.Markdown
	}
	b, err := encodeBundle(notebook.Bundle{Data: data})
	if err != nil {
		return reply{Error: err.Error()}
	}
	return reply{Inspection: &inspection{Found: true, Bundle: b}}
}

// value gives a live variable's value in a few words, unless a cell is running.
func (c *child) value(name string) (text string, ok bool) {
	if !c.busy.TryRLock() {
		return "", false
	}
	defer c.busy.RUnlock()
	for _, v := range c.session.Vars() {
		if v.Name == name {
			return v.Value, true
		}
	}
	return "", false
}

// isComplete says whether code can be run as it stands. Commands always can.
func (c *child) isComplete(code string) *server.Completeness {
	last := server.Completeness{Status: server.Complete}
	for _, p := range magic.Split(code) {
		if p.Name != "" {
			continue
		}
		switch status, indent := c.session.IsComplete(p.Text); status {
		case gocell.Incomplete:
			last = server.Completeness{Status: server.Incomplete, Indent: indent}
		case gocell.Invalid:
			return &server.Completeness{Status: server.Invalid}
		}
	}
	return &last
}
