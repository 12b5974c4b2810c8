package server_test

import (
	"maps"
	"net"
	"slices"
	"strconv"
	"testing"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/null"

	"hillock/kernel/server"
	"hillock/kernel/server/servertest"
	"hillock/kernel/wire"
)

func TestInterruptStopsTheCell(t *testing.T) {
	_, c := start(t)
	for _, channel := range []servertest.Channel{servertest.Control, servertest.Shell} {
		id := c.Send(servertest.Shell, cell("wait for ever"))
		queued := c.Send(servertest.Shell, cell("out no"))
		c.Next(servertest.Shell, servertest.ReplyTo(c.Send(servertest.Shell, wire.KernelInfoRequest{})))
		interrupt := c.Send(channel, wire.InterruptRequest{})
		requests := map[servertest.Channel][]string{channel: {interrupt}}
		requests[servertest.Shell] = append(requests[servertest.Shell], id, queued)
		replies := map[string]*wire.Message{}
		for on, ids := range requests {
			maps.Copy(replies, repliesTo(c, on, ids...))
		}
		if got := string(replies[interrupt].Content); got != `{"status":"ok"}` {
			t.Errorf("%s: reply is %s", channel, got)
		}
		if r := servertest.Decode[wire.ExecuteErrorReply](t, replies[id]); r.Name != "Interrupted" {
			t.Errorf("%s: cell ends with %s", channel, replies[id].Content)
		}
		if status(t, replies[queued]) != wire.Aborted {
			t.Errorf("%s: cell behind it ends with %s", channel, replies[queued].Content)
		}
		if reply, _ := c.Run("out yes"); status(t, reply) != wire.OK {
			t.Errorf("%s: cell after the interrupt: %s", channel, reply.Content)
		}
	}
}

// repliesTo waits for the replies to requests on one channel, in whatever order they
// come: an interrupt is answered beside the cell that it ends.
func repliesTo(c *servertest.Client, channel servertest.Channel, ids ...string) map[string]*wire.Message {
	replies := map[string]*wire.Message{}
	for len(replies) < len(ids) {
		m := c.Next(channel, func(m *wire.Message) bool { return slices.Contains(ids, servertest.ParentID(m)) })
		replies[servertest.ParentID(m)] = m
	}
	return replies
}

func TestInterruptWithNothingRunning(t *testing.T) {
	_, c := start(t)
	c.Request(servertest.Control, wire.InterruptRequest{})
	if reply, _ := c.Run("out yes"); status(t, reply) != wire.OK {
		t.Errorf("cell after the interrupt: %s", reply.Content)
	}
}

// An interrupt that was sent before a cell may come after it, since they have
// channels of their own: here it always does.
func TestInterruptThatACellOvertookLeavesTheCellAlone(t *testing.T) {
	language := &servertest.Echo{}
	k := servertest.Start(t, language, server.Options{Orphan: true})
	c := servertest.Connect(t, k.Connection)
	late := c.Message(wire.InterruptRequest{})
	id := c.Send(servertest.Shell, cell("out begun\nwait gate"))
	c.Next(servertest.IOPub, servertest.OfType("stream"))
	c.SendFrames(servertest.Control, c.Session.Frames(late))
	c.Next(servertest.Control, servertest.ReplyTo(late.Header.ID))
	language.Release("gate")
	if reply, _ := c.Collect(id); status(t, reply) != wire.OK {
		t.Errorf("cell that was sent after the interrupt: %s", reply.Content)
	}
}

// What another client sends has another clock: it is for the running cell.
func TestInterruptOfAnotherClientWhoseClockIsSlow(t *testing.T) {
	k := servertest.Start(t, &servertest.Echo{}, server.Options{Orphan: true})
	c := servertest.Connect(t, k.Connection)
	other := servertest.Connect(t, k.Connection)
	slow := other.Message(wire.InterruptRequest{})
	servertest.SetHeader(slow, func(h *wire.Header) { h.Date = "2001-01-01T00:00:00Z" })
	id := c.Send(servertest.Shell, cell("out begun\nwait for ever"))
	c.Next(servertest.IOPub, servertest.OfType("stream"))
	other.SendFrames(servertest.Control, other.Session.Frames(slow))
	if reply, _ := c.Collect(id); status(t, reply) != wire.Error {
		t.Errorf("cell ends with %s", reply.Content)
	}
}

// An interrupt that comes when the cell is known to run but has not come to the
// language yet is not lost.
func TestInterruptAtTheVeryBeginningOfACell(t *testing.T) {
	_, c := start(t)
	for range 20 {
		id := c.Send(servertest.Shell, cell("wait for ever"))
		c.Next(servertest.IOPub, servertest.StateOf(wire.Busy, id))
		c.Request(servertest.Control, wire.InterruptRequest{})
		if reply, _ := c.Collect(id); status(t, reply) != wire.Error {
			t.Errorf("cell ends with %s", reply.Content)
		}
	}
}

func TestRunawayPrintCanBeInterrupted(t *testing.T) {
	_, c := start(t)
	id := c.Send(servertest.Shell, cell("flood"))
	c.Next(servertest.IOPub, servertest.OfType("stream"))
	c.Request(servertest.Control, wire.InterruptRequest{})
	if reply, _ := c.Collect(id); status(t, reply) != wire.Error {
		t.Errorf("reply is %s", reply.Content)
	}
	if reply, output := c.Run("out fine"); status(t, reply) != wire.OK || servertest.Text(t, output, "stdout") != "fine\n" {
		t.Errorf("cell after it: %s", reply.Content)
	}
}

// subscribeAndReadNothing connects to iopub and then leaves everything unread.
func subscribeAndReadNothing(t *testing.T, c server.Connection) net.Conn {
	t.Helper()
	raw, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(c.IOPubPort)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { raw.Close() })
	conn, err := zmq4.Open(raw, null.Security(), zmq4.Sub, nil, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.SendMsg(zmq4.NewMsg([]byte{1})); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RecvMsg(); err != nil { // the welcome
		t.Fatal(err)
	}
	return raw
}

func TestRunawayPrintIntoAStuckClientCanBeInterrupted(t *testing.T) {
	k := servertest.Start(t, &servertest.Echo{}, server.Options{Orphan: true})
	stuck := subscribeAndReadNothing(t, k.Connection)
	c := servertest.Connect(t, k.Connection)
	id := c.Send(servertest.Shell, cell("flood"))
	// As much as the kernel keeps for one client.
	for text := 0; text < 8<<20; {
		text += len(c.Next(servertest.IOPub, servertest.OfType("stream")).Content)
	}
	c.Request(servertest.Control, wire.InterruptRequest{})
	if reply, _ := c.Collect(id); status(t, reply) != wire.Error {
		t.Errorf("reply is %s", reply.Content)
	}
	stuck.Close()
	if reply, output := c.Run("out fine"); status(t, reply) != wire.OK || servertest.Text(t, output, "stdout") != "fine\n" {
		t.Errorf("cell after it: %s", reply.Content)
	}
}
