package server_test

import (
	"slices"
	"testing"

	"hillock/kernel/server/servertest"
	"hillock/kernel/wire"
)

// inSubshell gives the frames of a message to a subshell, and its id.
func inSubshell(t *testing.T, c *servertest.Client, subshell string, content wire.Content) (frames [][]byte, id string) {
	t.Helper()
	m := c.Message(content)
	servertest.SetHeader(m, func(h *wire.Header) { h.Subshell = subshell })
	return c.Session.Frames(m), m.Header.ID
}

// createSubshell creates a subshell and gives its id.
func createSubshell(t *testing.T, c *servertest.Client) string {
	t.Helper()
	m := c.Request(servertest.Control, wire.CreateSubshellRequest{})
	r := servertest.Decode[wire.CreateSubshellReply](t, m)
	if r.Status != wire.OK || r.ID == "" {
		t.Fatalf("reply is %s", m.Content)
	}
	return r.ID
}

func TestSubshellsAreCreatedListedAndDeleted(t *testing.T) {
	_, c := start(t)
	list := func() []string {
		return servertest.Decode[wire.ListSubshellReply](t, c.Request(servertest.Control, wire.ListSubshellRequest{})).IDs
	}
	if ids := list(); ids == nil || len(ids) != 0 {
		t.Errorf("subshells at first are %v", ids)
	}
	one, two := createSubshell(t, c), createSubshell(t, c)
	if ids := list(); len(ids) != 2 || !slices.Contains(ids, one) || !slices.Contains(ids, two) {
		t.Errorf("subshells are %v, want %s and %s", ids, one, two)
	}
	c.Request(servertest.Control, wire.DeleteSubshellRequest{ID: one})
	if ids := list(); !slices.Equal(ids, []string{two}) {
		t.Errorf("subshells are %v, want %s", ids, two)
	}
	again := c.Request(servertest.Control, wire.DeleteSubshellRequest{ID: one})
	if r := servertest.Decode[wire.ErrorReply](t, again); r.Status != wire.Error {
		t.Errorf("deleting it again says %s", again.Content)
	}
}

func TestUnknownSubshellIsAnError(t *testing.T) {
	_, c := start(t)
	frames, id := inSubshell(t, c, "no-such-subshell", cell("out no"))
	c.SendFrames(servertest.Shell, frames)
	reply, output := c.Collect(id)
	sequence(t, output, "busy", "idle")
	if status(t, reply) != wire.Error {
		t.Errorf("reply is %s", reply.Content)
	}
}

func TestSubshellAnswersWhileTheMainShellRunsACell(t *testing.T) {
	language, c := start(t)
	subshell := createSubshell(t, c)
	id := c.Send(servertest.Shell, cell("wait go"))
	c.Next(servertest.IOPub, servertest.OfType("execute_input"))
	frames, asked := inSubshell(t, c, subshell, wire.CompleteRequest{Code: "l"})
	c.SendFrames(servertest.Shell, frames)
	c.Next(servertest.Shell, servertest.ReplyTo(asked))
	frames, other := inSubshell(t, c, subshell, cell("out from the subshell"))
	c.SendFrames(servertest.Shell, frames)
	// The cell in the subshell waits for the one that runs: see package server.
	frames, asked = inSubshell(t, c, subshell, wire.KernelInfoRequest{})
	c.SendFrames(servertest.Shell, frames)
	c.Next(servertest.Shell, servertest.ReplyTo(asked))
	if ran := language.Ran(); len(ran) != 1 {
		t.Errorf("cells that ran: %q", ran)
	}
	language.Release("go")
	for _, id := range []string{id, other} {
		if reply, _ := c.Collect(id); status(t, reply) != wire.OK {
			t.Errorf("reply is %s", reply.Content)
		}
	}
}

func TestFailureInTheMainShellDoesNotAbortSubshells(t *testing.T) {
	language, c := start(t)
	subshell := createSubshell(t, c)
	frames, other := inSubshell(t, c, subshell, cell("out yes"))
	id := c.Send(servertest.Shell, cell("wait go\nfail Oops"))
	c.Next(servertest.IOPub, servertest.OfType("execute_input"))
	c.SendFrames(servertest.Shell, frames)
	c.Next(servertest.Shell, servertest.ReplyTo(c.Send(servertest.Shell, wire.KernelInfoRequest{})))
	language.Release("go")
	c.Collect(id)
	if reply, _ := c.Collect(other); status(t, reply) != wire.OK {
		t.Errorf("reply is %s", reply.Content)
	}
}

func TestDeletedSubshellStillAnswersWhatItGot(t *testing.T) {
	language, c := start(t)
	subshell := createSubshell(t, c)
	running := c.Send(servertest.Shell, cell("wait go"))
	c.Next(servertest.IOPub, servertest.OfType("execute_input"))
	frames, queued := inSubshell(t, c, subshell, cell("out queued"))
	c.SendFrames(servertest.Shell, frames)
	c.Next(servertest.Shell, servertest.ReplyTo(c.Send(servertest.Shell, wire.KernelInfoRequest{})))
	c.Request(servertest.Control, wire.DeleteSubshellRequest{ID: subshell})
	frames, refused := inSubshell(t, c, subshell, wire.KernelInfoRequest{})
	c.SendFrames(servertest.Shell, frames)
	if r := servertest.Decode[wire.ErrorReply](t, c.Next(servertest.Shell, servertest.ReplyTo(refused))); r.Status != wire.Error {
		t.Errorf("request after the end of the subshell: %v", r)
	}
	language.Release("go")
	for _, id := range []string{running, queued} {
		if reply, _ := c.Collect(id); status(t, reply) != wire.OK {
			t.Errorf("reply is %s", reply.Content)
		}
	}
}
