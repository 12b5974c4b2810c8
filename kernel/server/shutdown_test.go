package server_test

import (
	"net"
	"strconv"
	"strings"
	"testing"

	"hillock/kernel/server"
	"hillock/kernel/server/servertest"
	"hillock/kernel/wire"
)

func TestShutdownRepliesToAllAndEnds(t *testing.T) {
	for _, channel := range []servertest.Channel{servertest.Control, servertest.Shell} {
		for _, restart := range []bool{true, false} {
			language := &servertest.Echo{}
			k := servertest.Start(t, language, server.Options{Orphan: true})
			c, other := servertest.Connect(t, k.Connection), servertest.Connect(t, k.Connection)
			reply := c.Request(channel, wire.ShutdownRequest{Restart: restart})
			if r := servertest.Decode[wire.ShutdownReply](t, reply); r.Status != wire.OK || r.Restart != restart {
				t.Errorf("%s: reply is %s", channel, reply.Content)
			}
			id := servertest.ParentID(reply)
			for _, client := range []*servertest.Client{c, other} {
				sequence(t, servertest.Of(client.Until(servertest.IOPub, servertest.IdleOf(id)), id), "busy", "shutdown_reply", "idle")
			}
			if err := k.Wait(); err != nil {
				t.Errorf("kernel ends with %v", err)
			}
			if n := language.Closed(); n != 1 {
				t.Errorf("language was closed %d times", n)
			}
		}
	}
}

func TestShutdownEndsARunningCellAndAbortsTheOthers(t *testing.T) {
	k := servertest.Start(t, &servertest.Echo{}, server.Options{Orphan: true})
	c := servertest.Connect(t, k.Connection)
	running := c.Send(servertest.Shell, cell("out begun\nwait for ever"))
	asking := c.Send(servertest.Shell, cell("input never"))
	c.Next(servertest.Shell, servertest.ReplyTo(c.Send(servertest.Shell, wire.KernelInfoRequest{})))
	c.Request(servertest.Control, wire.ShutdownRequest{})
	if reply, _ := c.Collect(running); status(t, reply) != wire.Error {
		t.Errorf("running cell ends with %s", reply.Content)
	}
	if reply, _ := c.Collect(asking); status(t, reply) != wire.Aborted {
		t.Errorf("queued cell ends with %s", reply.Content)
	}
	if err := k.Wait(); err != nil {
		t.Errorf("kernel ends with %v", err)
	}
}

func TestPortInUseIsAClearError(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := servertest.NewConnection(t)
	c.StdinPort = l.Addr().(*net.TCPAddr).Port
	language := &servertest.Echo{}
	err = server.Run(t.Context(), servertest.WriteConnection(t, c), language, server.Options{Orphan: true})
	if err == nil || !strings.Contains(err.Error(), "stdin") || !strings.Contains(err.Error(), strconv.Itoa(c.StdinPort)) {
		t.Errorf("error is %v", err)
	}
	if language.Closed() != 1 {
		t.Error("language was not closed")
	}
}
