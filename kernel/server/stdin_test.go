package server_test

import (
	"testing"

	"hillock/kernel/server"
	"hillock/kernel/server/servertest"
	"hillock/kernel/wire"
)

func TestStdinGoesToTheRequester(t *testing.T) {
	k := servertest.Start(t, &servertest.Echo{}, server.Options{Orphan: true})
	one, two := servertest.Connect(t, k.Connection), servertest.Connect(t, k.Connection)
	id := two.Send(servertest.Shell, cell("out first\ninput name? \npassword key? "))
	asked := two.Next(servertest.Stdin, servertest.OfType("input_request"))
	want := wire.InputRequest{Prompt: "name? "}
	if got := servertest.Decode[wire.InputRequest](t, asked); got != want || servertest.ParentID(asked) != id {
		t.Errorf("question is %v of %s, want %v of %s", got, servertest.ParentID(asked), want, id)
	}
	one.Send(servertest.Stdin, wire.InputReply{Value: "not asked"})
	one.Request(servertest.Control, wire.KernelInfoRequest{})
	two.Send(servertest.Stdin, wire.InputReply{Value: "Ada"})
	asked = two.Next(servertest.Stdin, servertest.OfType("input_request"))
	if !servertest.Decode[wire.InputRequest](t, asked).Password {
		t.Errorf("second question is %s", asked.Content)
	}
	two.Send(servertest.Stdin, wire.InputReply{Value: "secret"})
	reply, output := two.Collect(id)
	if got := servertest.Text(t, output, "stdout"); status(t, reply) != wire.OK || got != "first\nAda\nsecret\n" {
		t.Errorf("%s: text is %q", reply.Content, got)
	}
	if unasked := one.Pending(servertest.Stdin); len(unasked) > 0 {
		t.Errorf("the other client was asked: %s", unasked[0].Content)
	}
}

func TestInputIsRefusedWhereItIsNotAllowed(t *testing.T) {
	_, c := start(t)
	request := cell("input name? ")
	request.AllowStdin = false
	reply, _ := c.Collect(c.Send(servertest.Shell, request))
	if r := servertest.Decode[wire.ExecuteErrorReply](t, reply); r.Value != server.ErrNoInput.Error() {
		t.Errorf("reply is %s", reply.Content)
	}
}

func TestInputCanBeInterrupted(t *testing.T) {
	_, c := start(t)
	id := c.Send(servertest.Shell, cell("input name? "))
	c.Next(servertest.Stdin, servertest.OfType("input_request"))
	c.Request(servertest.Control, wire.InterruptRequest{})
	if reply, _ := c.Collect(id); status(t, reply) != wire.Error {
		t.Errorf("reply is %s", reply.Content)
	}
}

func TestAnswerToAnEarlierQuestionIsDropped(t *testing.T) {
	_, c := start(t)
	id := c.Send(servertest.Shell, cell("input first? "))
	first := c.Next(servertest.Stdin, servertest.OfType("input_request"))
	c.Request(servertest.Control, wire.InterruptRequest{})
	c.Collect(id)

	id = c.Send(servertest.Shell, cell("input second? "))
	second := c.Next(servertest.Stdin, servertest.OfType("input_request"))
	sendAnswer(t, c, first, "old")
	sendAnswer(t, c, second, "new")
	reply, output := c.Collect(id)
	if got := servertest.Text(t, output, "stdout"); status(t, reply) != wire.OK || got != "new\n" {
		t.Errorf("%s: text is %q", reply.Content, got)
	}
}

// sendAnswer answers a question and names it as the parent.
func sendAnswer(t *testing.T, c *servertest.Client, question *wire.Message, value string) {
	t.Helper()
	m, err := c.Session.Message(question.Raw, wire.InputReply{Value: value})
	if err != nil {
		t.Fatal(err)
	}
	c.SendFrames(servertest.Stdin, c.Session.Frames(m))
}

func TestInputAfterTheCellEndedIsRefused(t *testing.T) {
	language, c := start(t)
	id := c.Send(servertest.Shell, cell("ask go"))
	c.Collect(id)
	language.Release("go")
	text := c.Next(servertest.IOPub, servertest.OfType("stream"))
	if servertest.ParentID(text) != id {
		t.Errorf("parent is %s, want %s", servertest.ParentID(text), id)
	}
	if asked := c.Pending(servertest.Stdin); len(asked) > 0 {
		t.Errorf("the client was asked: %s", asked[0].Content)
	}
}
