package server_test

import (
	"encoding/json"
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

// cell is a request to run code as a notebook sends it.
func cell(code string) wire.ExecuteRequest {
	return wire.ExecuteRequest{Code: code, StoreHistory: true, AllowStdin: true, StopOnError: true}
}

// status gives the status of a reply.
func status(t *testing.T, reply *wire.Message) wire.Status {
	t.Helper()
	return servertest.Decode[wire.ExecuteReply](t, reply).Status
}

func TestSilentCellsShowNoInputResultOrError(t *testing.T) {
	_, c := start(t)
	request := cell("out printed\nvalue hidden")
	request.Silent = true
	reply, output := c.Collect(c.Send(servertest.Shell, request))
	sequence(t, output, "busy", "stdout", "idle")
	if status(t, reply) != wire.OK {
		t.Errorf("reply is %s", reply.Content)
	}
	request.Code = "fail Quietly"
	reply, output = c.Collect(c.Send(servertest.Shell, request))
	sequence(t, output, "busy", "idle")
	if r := servertest.Decode[wire.ExecuteErrorReply](t, reply); r.Name != "Quietly" {
		t.Errorf("reply is %s", reply.Content)
	}
}

func TestExecutionCountCountsWhatIsStored(t *testing.T) {
	_, c := start(t)
	for i, test := range []struct {
		silent, store bool
		want          int
	}{
		{false, true, 1}, {false, false, 2}, {true, true, 2}, {true, false, 2}, {false, true, 2}, {false, true, 3},
	} {
		request := cell("value x")
		request.Silent, request.StoreHistory = test.silent, test.store
		reply, output := c.Collect(c.Send(servertest.Shell, request))
		if got := servertest.Decode[wire.ExecuteReply](t, reply).ExecutionCount; got != test.want {
			t.Errorf("cell %d: count in the reply is %d, want %d", i, got, test.want)
		}
		for _, m := range output {
			var shown struct {
				Count *int `json:"execution_count"`
			}
			if err := m.Decode(&shown); err != nil {
				t.Fatal(err)
			}
			if shown.Count != nil && *shown.Count != test.want {
				t.Errorf("cell %d: count in %s is %d, want %d", i, m.Header.Type, *shown.Count, test.want)
			}
		}
	}
}

func TestDefaultsOfExecuteRequest(t *testing.T) {
	_, c := start(t)
	reply, output := c.Collect(c.Send(servertest.Shell, servertest.Raw{Type: "execute_request", JSON: `{"code": "input name"}`}))
	sequence(t, output, "busy", "execute_input", "error", "idle")
	r := servertest.Decode[wire.ExecuteErrorReply](t, reply)
	if r.Value != server.ErrNoInput.Error() {
		t.Errorf("without allow_stdin input says %q", r.Value)
	}
	reply, _ = c.Run("out")
	if n := servertest.Decode[wire.ExecuteReply](t, reply).ExecutionCount; n != 2 {
		t.Errorf("count after a stored cell is %d, want 2", n)
	}
}

func TestUserExpressions(t *testing.T) {
	_, c := start(t)
	request := cell("out")
	request.UserExpressions = map[string]string{"good": "text", "bad": "fail"}
	reply, _ := c.Collect(c.Send(servertest.Shell, request))
	got := servertest.Decode[wire.ExecuteReply](t, reply).UserExpressions
	if good := got["good"]; good.Status != wire.OK || good.Data["text/plain"] != "text" || good.Metadata == nil {
		t.Errorf("good expression is %v", good)
	}
	if bad := got["bad"]; bad.Status != wire.Error || bad.Name != "Failed" || bad.Value != "bad" || bad.Traceback == nil {
		t.Errorf("bad expression is %v", bad)
	}
}

func TestPagerPayload(t *testing.T) {
	_, c := start(t)
	reply, _ := c.Run("page help")
	payload := servertest.Decode[wire.ExecuteReply](t, reply).Payload
	if len(payload) != 1 || payload[0]["source"] != "page" || fmt.Sprint(payload[0]["data"]) != "map[text/plain:help]" {
		t.Errorf("payload is %v", payload)
	}
}

func TestDisplaysCanBeUpdatedAndCleared(t *testing.T) {
	_, c := start(t)
	_, output := c.Run("show a one\nchange a two\nclear\nnan")
	sequence(t, output, "busy", "execute_input", "display_data", "update_display_data", "clear_output", "display_data", "idle")
	shown, changed := servertest.Decode[wire.DisplayData](t, output[2]), servertest.Decode[wire.DisplayData](t, output[3])
	if shown.Transient.DisplayID != "a" || changed.Transient.DisplayID != "a" || changed.Data["text/plain"] != "two" {
		t.Errorf("display is %v, update %v", shown, changed)
	}
	if !servertest.Decode[wire.ClearOutput](t, output[4]).Wait {
		t.Errorf("clear_output is %s", output[4].Content)
	}
	if d := servertest.Decode[wire.DisplayData](t, output[5]); len(d.Data) != 1 || d.Data["text/plain"] != "a number" {
		t.Errorf("of a bundle with a value that is no JSON there is %v", d.Data)
	}
}

func TestFailureAbortsTheCellsBehindIt(t *testing.T) {
	language, c := start(t)
	first := c.Send(servertest.Shell, cell("wait go\nfail Oops"))
	second, third := c.Send(servertest.Shell, cell("out no")), c.Send(servertest.Shell, cell("out no"))
	info := c.Send(servertest.Shell, wire.KernelInfoRequest{})
	// The answer says that the kernel has read what was sent before it.
	c.Next(servertest.Shell, servertest.ReplyTo(info))
	language.Release("go")
	if reply, _ := c.Collect(first); status(t, reply) != wire.Error {
		t.Errorf("first reply is %s", reply.Content)
	}
	for _, id := range []string{second, third} {
		reply, output := c.Collect(id)
		sequence(t, output, "busy", "idle")
		if string(reply.Content) != `{"status":"aborted"}` {
			t.Errorf("reply is %s", reply.Content)
		}
	}
	if reply, _ := c.Run("out yes"); status(t, reply) != wire.OK {
		t.Errorf("cell after the aborted ones: %s", reply.Content)
	}
	if ran := language.Ran(); !slices.Equal(ran, []string{"wait go\nfail Oops", "out yes"}) {
		t.Errorf("cells that ran: %q", ran)
	}
}

func TestFailureAbortsTheCellsThatAreStillOnTheirWay(t *testing.T) {
	language, c := start(t)
	first, late := c.Message(cell("wait go\nfail Oops")), c.Message(cell("out no"))
	c.SendFrames(servertest.Shell, c.Session.Frames(first))
	c.Next(servertest.IOPub, servertest.OfType("execute_input"))
	language.Release("go")
	c.Next(servertest.Shell, servertest.ReplyTo(first.Header.ID))
	// Made before the failure, it arrives after it.
	c.SendFrames(servertest.Shell, c.Session.Frames(late))
	if reply, _ := c.Collect(late.Header.ID); status(t, reply) != wire.Aborted {
		t.Errorf("reply is %s", reply.Content)
	}
}

func TestFailureAbortsTheRestOfRunAll(t *testing.T) {
	_, c := start(t)
	// A notebook sends its cells one by one, and names each.
	send := func(code string) string {
		m := c.Message(cell(code))
		m.Metadata = json.RawMessage(`{"cellId":"id","trusted":true}`)
		c.SendFrames(servertest.Shell, c.Session.Frames(m))
		return m.Header.ID
	}
	// The second is made when the first has failed already, but before a person
	// could have reacted to it. On a slow machine that may take several tries.
	for aborted := false; !aborted; {
		if reply, _ := c.Collect(send("fail Oops")); status(t, reply) == wire.OK {
			t.Fatalf("reply is %s", reply.Content)
		}
		reply, _ := c.Collect(send("out no"))
		aborted = status(t, reply) == wire.Aborted
	}
}

func TestFailureWithoutStopOnErrorAbortsNothing(t *testing.T) {
	language, c := start(t)
	request := cell("wait go\nfail Oops")
	request.StopOnError = false
	first := c.Send(servertest.Shell, request)
	second := c.Send(servertest.Shell, cell("out yes"))
	language.Release("go")
	if reply, _ := c.Collect(first); status(t, reply) != wire.Error {
		t.Errorf("first reply is %s", reply.Content)
	}
	if reply, output := c.Collect(second); status(t, reply) != wire.OK || servertest.Text(t, output, "stdout") != "yes\n" {
		t.Errorf("second reply is %s", reply.Content)
	}
}

func TestPanickingLanguageIsAnError(t *testing.T) {
	_, c := start(t)
	reply, output := c.Run("out before\npanic")
	sequence(t, output, "busy", "execute_input", "stdout", "error", "idle")
	if r := servertest.Decode[wire.ExecuteErrorReply](t, reply); r.Status != wire.Error || r.Value != "asked for" {
		t.Errorf("reply is %s", reply.Content)
	}
	if reply, _ := c.Run("out after"); status(t, reply) != wire.OK {
		t.Errorf("reply after it is %s", reply.Content)
	}
}

func TestRequestsOvertakeALongCell(t *testing.T) {
	language, c := start(t)
	id := c.Send(servertest.Shell, cell("out begun\nwait go"))
	queued := c.Send(servertest.Shell, cell("out queued"))
	for _, request := range []wire.Content{
		wire.CompleteRequest{Code: "l"}, wire.InspectRequest{Code: "l"}, wire.IsCompleteRequest{Code: "l"},
		wire.HistoryRequest{Access: wire.HistoryTail}, wire.KernelInfoRequest{}, wire.CommInfoRequest{},
	} {
		asked := c.Send(servertest.Shell, request)
		c.Next(servertest.Shell, servertest.ReplyTo(asked))
		c.Next(servertest.IOPub, servertest.IdleOf(asked))
		// Front ends show the last state that they heard, and the cell runs on.
		if next := c.Next(servertest.IOPub, servertest.OfType("status")); !servertest.StateOf(wire.Busy, id)(next) {
			t.Errorf("state after %s is %s of %s", request.MessageType(), next.Content, servertest.ParentID(next))
		}
	}
	language.Release("go")
	for _, id := range []string{id, queued} {
		if reply, _ := c.Collect(id); status(t, reply) != wire.OK {
			t.Errorf("reply is %s", reply.Content)
		}
	}
}

func TestRequestsWaitForAQuickCellBeforeThem(t *testing.T) {
	_, c := start(t)
	for i := range 20 {
		c.Send(servertest.Shell, cell("value x"))
		request := wire.HistoryRequest{Access: wire.HistoryRange, Start: i + 1}
		r := c.Request(servertest.Shell, request)
		want := fmt.Sprintf(`{"status":"ok","history":[[1,%d,"value x"]]}`, i+1)
		if string(r.Content) != want {
			t.Fatalf("history right after cell %d is %s, want %s", i+1, r.Content, want)
		}
	}
}
