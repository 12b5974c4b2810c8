package server_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"hillock/kernel/server/servertest"
	"hillock/kernel/wire"
)

// comms asks for the open comms of a target.
func comms(t *testing.T, c *servertest.Client, target string) map[string]wire.CommInfo {
	t.Helper()
	return servertest.Decode[wire.CommInfoReply](t, c.Request(servertest.Shell, wire.CommInfoRequest{Target: target})).Comms
}

func TestUnknownCommTargetIsClosed(t *testing.T) {
	_, c := start(t)
	id := c.Send(servertest.Shell, wire.CommOpen{ID: "c1", Target: "nobody", Data: json.RawMessage("{}")})
	output := servertest.Of(c.Until(servertest.IOPub, servertest.IdleOf(id)), id)
	sequence(t, output, "busy", "comm_close", "idle")
	if closed := servertest.Decode[wire.CommClose](t, output[1]); closed.ID != "c1" {
		t.Errorf("closed is %s", output[1].Content)
	}
	if open := comms(t, c, ""); len(open) != 0 {
		t.Errorf("open comms are %v", open)
	}
}

func TestCommsCarryDataMetadataAndBuffers(t *testing.T) {
	language, c := start(t)
	c.Send(servertest.Shell, wire.CommOpen{ID: "c1", Target: servertest.Target, Data: json.RawMessage(`{"a":1}`)})
	m := c.Message(wire.CommMessage{ID: "c1", Data: json.RawMessage(`{"value":"日本"}`)})
	m.Metadata = json.RawMessage(`{"version":"2.1.0"}`)
	m.Buffers = [][]byte{{0, 1, 2}, {}, bytes.Repeat([]byte{255}, 1<<17)}
	c.SendFrames(servertest.Shell, c.Session.Frames(m))
	back := c.Next(servertest.IOPub, servertest.OfType("comm_msg"))
	if servertest.ParentID(back) != m.Header.ID || !bytes.Equal(back.Content, m.Content) || !bytes.Equal(back.Metadata, m.Metadata) {
		t.Errorf("came back as %s with metadata %s", back.Content, back.Metadata)
	}
	if len(back.Buffers) != len(m.Buffers) {
		t.Fatalf("%d buffers came back, want %d", len(back.Buffers), len(m.Buffers))
	}
	for i := range m.Buffers {
		if !bytes.Equal(back.Buffers[i], m.Buffers[i]) {
			t.Errorf("buffer %d of %d bytes came back as %d", i, len(m.Buffers[i]), len(back.Buffers[i]))
		}
	}
	if open := comms(t, c, servertest.Target); open["c1"].Target != servertest.Target {
		t.Errorf("open comms are %v", open)
	}
	id := c.Send(servertest.Shell, wire.CommClose{ID: "c1", Data: json.RawMessage(`{}`)})
	sequence(t, servertest.Of(c.Until(servertest.IOPub, servertest.IdleOf(id)), id), "busy", "idle")
	if open := comms(t, c, ""); len(open) != 0 {
		t.Errorf("open comms are %v", open)
	}
	if events := language.Events(); len(events) != 3 || events[0].Target != servertest.Target || string(events[0].Data) != `{"a":1}` {
		t.Errorf("events are %v", events)
	}
	for _, m := range c.Pending(servertest.Shell) {
		t.Errorf("%s was sent on shell", m.Header.Type)
	}
}

func TestCellsOpenComms(t *testing.T) {
	_, c := start(t)
	_, output := c.Run("out before\nopen c1 slider\nopen c2 chart\nsend c1 {\"v\":1}\nclose c2\nout after")
	sequence(t, output, "busy", "execute_input", "stdout", "comm_open", "comm_open", "comm_msg", "comm_close", "stdout", "idle")
	opened := servertest.Decode[wire.CommOpen](t, output[3])
	if opened.ID != "c1" || opened.Target != "slider" || string(opened.Data) != "{}" || string(output[3].Metadata) != `{"version":"2.1.0"}` {
		t.Errorf("open is %s with metadata %s", output[3].Content, output[3].Metadata)
	}
	if m := output[5]; len(m.Buffers) != 1 || !bytes.Equal(m.Buffers[0], []byte{0, 1, 255}) {
		t.Errorf("buffers are %v", m.Buffers)
	}
	if open := comms(t, c, ""); len(open) != 1 || open["c1"].Target != "slider" {
		t.Errorf("open comms are %v", open)
	}
	if open := comms(t, c, "chart"); len(open) != 0 {
		t.Errorf("open charts are %v", open)
	}
}

func TestCommsWorkWhileALongCellRuns(t *testing.T) {
	language, c := start(t)
	id := c.Send(servertest.Shell, cell("wait go"))
	c.Send(servertest.Shell, wire.CommOpen{ID: "c1", Target: servertest.Target, Data: json.RawMessage("{}")})
	c.Send(servertest.Shell, wire.CommMessage{ID: "c1", Data: json.RawMessage(`{"slide":3}`)})
	if back := c.Next(servertest.IOPub, servertest.OfType("comm_msg")); string(back.Content) != `{"comm_id":"c1","data":{"slide":3}}` {
		t.Errorf("came back as %s", back.Content)
	}
	language.Release("go")
	if reply, _ := c.Collect(id); status(t, reply) != wire.OK {
		t.Errorf("reply is %s", reply.Content)
	}
}
