package server_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hillock/kernel/server"
	"hillock/kernel/server/servertest"
	"hillock/kernel/wire"
)

// start runs a kernel with the echo language and connects a client.
func start(t *testing.T) (*servertest.Echo, *servertest.Client) {
	t.Helper()
	language := &servertest.Echo{}
	k := servertest.Start(t, language, server.Options{Orphan: true})
	return language, servertest.Connect(t, k.Connection)
}

// sequence fails the test unless messages have these types: of a status its
// state, of a stream its name.
func sequence(t *testing.T, messages []*wire.Message, want ...string) {
	t.Helper()
	if got := servertest.Types(messages); !slices.Equal(got, want) {
		t.Errorf("messages are %q, want %q", got, want)
	}
}

func TestCellFromBusyToIdle(t *testing.T) {
	_, c := start(t)
	reply, output := c.Run("out one\nshow a two\nerr three\nvalue four")
	sequence(t, output, "busy", "execute_input", "stdout", "display_data", "stderr", "execute_result", "idle")
	r := servertest.Decode[wire.ExecuteReply](t, reply)
	if r.Status != wire.OK || r.ExecutionCount != 1 {
		t.Errorf("reply is %s with count %d", r.Status, r.ExecutionCount)
	}
	for _, key := range []string{`"user_expressions":{}`, `"payload":[]`} {
		if !strings.Contains(string(reply.Content), key) {
			t.Errorf("reply %s lacks %s", reply.Content, key)
		}
	}
	if !strings.Contains(string(reply.Metadata), `"started":"2`) {
		t.Errorf("reply's metadata %s don't say when the cell started", reply.Metadata)
	}
	for _, m := range output {
		if topic := string(m.Identities[0]); topic != m.Header.Type {
			t.Errorf("topic of %s is %q", m.Header.Type, topic)
		}
	}
}

func TestErrorsCarryNameValueAndTraceback(t *testing.T) {
	_, c := start(t)
	reply, output := c.Run("out before\nfail Oops")
	sequence(t, output, "busy", "execute_input", "stdout", "error", "idle")
	want := wire.ErrorOutput{Name: "Oops", Value: "asked for", Traceback: []string{"\x1b[31mtrace\x1b[0m"}}
	if got := servertest.Decode[wire.ErrorOutput](t, output[3]); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("error is %q, want %q", got, want)
	}
	r := servertest.Decode[wire.ExecuteErrorReply](t, reply)
	if r.Status != wire.Error || r.Name != want.Name || r.Value != want.Value || !slices.Equal(r.Traceback, want.Traceback) {
		t.Errorf("reply is %s", reply.Content)
	}
}
