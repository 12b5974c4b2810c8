package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"slices"
	"strconv"
	"testing"

	"github.com/go-zeromq/zmq4"

	"hillock/kernel/server"
	"hillock/kernel/server/servertest"
	"hillock/kernel/wire"
)

func TestKernelInfoOnShellAndControl(t *testing.T) {
	language, c := start(t)
	for _, channel := range []servertest.Channel{servertest.Shell, servertest.Control} {
		m := c.Request(channel, wire.KernelInfoRequest{})
		r := servertest.Decode[wire.KernelInfoReply](t, m)
		info := language.Info()
		if m.Header.Type != "kernel_info_reply" || r.Status != wire.OK ||
			r.LanguageInfo.Name != info.Name || r.LanguageInfo.MIMEType != info.MIMEType ||
			r.LanguageInfo.FileExtension != info.FileExtension || r.Banner != info.Banner ||
			len(r.HelpLinks) != 1 || r.Debugger || !slices.Contains(r.SupportedFeatures, wire.FeatureSubshells) {
			t.Errorf("%s: %s is %s", channel, m.Header.Type, m.Content)
		}
	}
}

func TestRepliesComeOnTheChannelAsked(t *testing.T) {
	_, c := start(t)
	requests := []wire.Content{
		wire.KernelInfoRequest{}, wire.ConnectRequest{}, wire.CommInfoRequest{}, wire.InterruptRequest{},
		wire.CompleteRequest{Code: "o"}, wire.InspectRequest{Code: "o"}, wire.IsCompleteRequest{Code: "o"},
		wire.HistoryRequest{Access: wire.HistoryTail}, servertest.Raw{Type: "no_such_request"},
	}
	for _, channel := range []servertest.Channel{servertest.Shell, servertest.Control} {
		for _, request := range requests {
			m := c.Request(channel, request)
			if want, _ := wire.ReplyType(request.MessageType()); m.Header.Type != want {
				t.Errorf("%s: reply to %s is %s", channel, request.MessageType(), m.Header.Type)
			}
		}
	}
	for _, channel := range []servertest.Channel{servertest.Shell, servertest.Control, servertest.Stdin} {
		for _, m := range c.Pending(channel) {
			t.Errorf("%s: unasked for %s", channel, m.Header.Type)
		}
	}
}

func TestEveryRequestIsBusyThenIdle(t *testing.T) {
	_, c := start(t)
	for _, channel := range []servertest.Channel{servertest.Shell, servertest.Control} {
		for _, request := range []wire.Content{
			wire.KernelInfoRequest{}, wire.CompleteRequest{Code: "o"}, wire.InterruptRequest{},
			servertest.Raw{Type: "no_such_request"}, servertest.Raw{Type: "no_such_message"},
			servertest.Raw{Type: "debug_request"}, servertest.Raw{Type: "complete_request", JSON: `{"code": 7}`},
			servertest.Raw{Type: "input_reply"},
		} {
			id := c.Send(channel, request)
			sequence(t, servertest.Of(c.Until(servertest.IOPub, servertest.IdleOf(id)), id), "busy", "idle")
		}
	}
}

func TestRequestsThatCannotBeAnsweredGetAnError(t *testing.T) {
	_, c := start(t)
	for _, test := range []struct {
		channel servertest.Channel
		request wire.Content
	}{
		{servertest.Shell, servertest.Raw{Type: "no_such_request"}},
		{servertest.Control, servertest.Raw{Type: "debug_request", JSON: `{"type": "request", "command": "attach"}`}},
		{servertest.Shell, servertest.Raw{Type: "complete_request", JSON: `{"code": 7}`}},
		{servertest.Shell, servertest.Raw{Type: "execute_request", JSON: `{"code": []}`}},
		{servertest.Control, wire.ExecuteRequest{Code: "out"}},
		{servertest.Shell, wire.HistoryRequest{Access: "all"}},
		{servertest.Shell, wire.IsCompleteRequest{Code: "?"}},
		{servertest.Shell, wire.CreateSubshellRequest{}},
	} {
		m := c.Request(test.channel, test.request)
		r := servertest.Decode[wire.ErrorReply](t, m)
		want, _ := wire.ReplyType(test.request.MessageType())
		if m.Header.Type != want || r.Status != wire.Error || r.Name == "" || r.Value == "" || r.Traceback == nil {
			t.Errorf("%s on %s: reply %s is %s", test.request.MessageType(), test.channel, m.Header.Type, m.Content)
		}
	}
}

func TestConnectReplyNamesThePorts(t *testing.T) {
	k := servertest.Start(t, &servertest.Echo{}, server.Options{Orphan: true})
	c := servertest.Connect(t, k.Connection)
	r := servertest.Decode[wire.ConnectReply](t, c.Request(servertest.Shell, wire.ConnectRequest{}))
	got := []int{r.ShellPort, r.IOPubPort, r.StdinPort, r.ControlPort, r.HBPort}
	conn := k.Connection
	want := []int{conn.ShellPort, conn.IOPubPort, conn.StdinPort, conn.ControlPort, conn.HBPort}
	if !slices.Equal(got, want) {
		t.Errorf("ports are %v, want %v", got, want)
	}
}

func TestTwoClientsBothSeeOutputs(t *testing.T) {
	k := servertest.Start(t, &servertest.Echo{}, server.Options{Orphan: true})
	one, two := servertest.Connect(t, k.Connection), servertest.Connect(t, k.Connection)
	sessions := make(map[string]bool)
	for _, sender := range []*servertest.Client{one, two} {
		id := sender.Send(servertest.Shell, wire.ExecuteRequest{Code: "out hello", StoreHistory: true})
		for _, c := range []*servertest.Client{one, two} {
			output := servertest.Of(c.Until(servertest.IOPub, servertest.IdleOf(id)), id)
			sequence(t, output, "busy", "execute_input", "stdout", "idle")
			for _, m := range output {
				sessions[m.Header.Session] = true
			}
		}
		sessions[sender.Next(servertest.Shell, servertest.ReplyTo(id)).Header.Session] = true
	}
	if len(sessions) != 1 || sessions[one.Session.ID] || sessions[two.Session.ID] {
		t.Errorf("the kernel's sessions are %v, want one of its own", sessions)
	}
}

func TestNewSubscribersAreWelcomed(t *testing.T) {
	k := servertest.Start(t, &servertest.Echo{}, server.Options{Orphan: true})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	sub := zmq4.NewSub(ctx)
	defer sub.Close()
	if err := sub.Dial("tcp://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(k.Connection.IOPubPort))); err != nil {
		t.Fatal(err)
	}
	if err := sub.SetOption(zmq4.OptionSubscribe, "status"); err != nil {
		t.Fatal(err)
	}
	raw, err := sub.Recv()
	if err != nil {
		t.Fatal(err)
	}
	signer, err := wire.NewSigner(k.Connection.SignatureScheme, k.Connection.Key)
	if err != nil {
		t.Fatal(err)
	}
	m, err := wire.NewReader(signer).Read(raw.Frames)
	if err != nil {
		t.Fatal(err)
	}
	if m.Header.Type != "iopub_welcome" || string(m.Content) != `{"subscription":"status"}` || string(m.Parent) != "{}" {
		t.Errorf("first message is %s with content %s and parent %s", m.Header.Type, m.Content, m.Parent)
	}
	if topic := string(m.Identities[0]); topic != "status" {
		t.Errorf("its topic is %q, which the client did not subscribe to", topic)
	}
}

func TestStartingComesOnceBeforeAll(t *testing.T) {
	k := servertest.Start(t, &servertest.Echo{}, server.Options{Orphan: true})
	one, two := servertest.Connect(t, k.Connection), servertest.Connect(t, k.Connection)
	var states []string
	for _, c := range []*servertest.Client{one, two} {
		id := c.Send(servertest.Shell, wire.KernelInfoRequest{})
		for _, m := range c.Until(servertest.IOPub, servertest.IdleOf(id)) {
			status := servertest.Decode[wire.KernelStatus](t, m)
			states = append(states, string(status.State))
			if status.State == wire.Starting && string(m.Parent) != "{}" {
				t.Errorf("parent of starting is %s", m.Parent)
			}
		}
	}
	// The second client also sees the first one's request.
	if want := []string{"starting", "busy", "idle", "busy", "idle", "busy", "idle"}; !slices.Equal(states, want) {
		t.Errorf("states are %q, want %q", states, want)
	}
}

func TestParentIsTheRequestsHeaderUnchanged(t *testing.T) {
	_, c := start(t)
	m := c.Message(wire.KernelInfoRequest{})
	m.Raw = json.RawMessage(`{ "msg_id":"é<&>-1","msg_type":"kernel_info_request","session":"s","version":"5.0","date":"","username":"", "more": [1, {"x": null}]}`)
	c.SendFrames(servertest.Shell, c.Session.Frames(m))
	reply := c.Next(servertest.Shell, servertest.OfType("kernel_info_reply"))
	if !bytes.Equal(reply.Parent, m.Raw) {
		t.Errorf("parent is %s, want %s", reply.Parent, m.Raw)
	}
}

func TestBadMessagesAreDropped(t *testing.T) {
	_, c := start(t)
	good := c.Session.Frames(c.Message(wire.KernelInfoRequest{}))
	c.SendFrames(servertest.Shell, good)
	c.Next(servertest.Shell, servertest.OfType("kernel_info_reply"))
	c.Next(servertest.IOPub, servertest.StateOf(wire.Idle, headerID(t, good)))

	fresh := func() [][]byte { return c.Session.Frames(c.Message(wire.KernelInfoRequest{})) }
	signed := func(parts ...string) [][]byte {
		m := c.Message(wire.KernelInfoRequest{})
		m.Raw, m.Parent, m.Metadata, m.Content = []byte(parts[0]), []byte(parts[1]), []byte(parts[2]), []byte(parts[3])
		return c.Session.Frames(m)
	}
	changed := func(at int, to string) [][]byte {
		frames := fresh()
		frames[at] = []byte(to)
		return frames
	}
	header := string(fresh()[2])
	for name, frames := range map[string][][]byte{
		"replayed":          good,
		"nothing":           {{}},
		"no delimiter":      fresh()[1:],
		"too few frames":    fresh()[:5],
		"wrong signature":   changed(1, "00"),
		"no signature":      changed(1, ""),
		"changed content":   changed(5, `{"x":1}`),
		"header no JSON":    signed("{", "{}", "{}", "{}"),
		"header no object":  signed("[]", "{}", "{}", "{}"),
		"header empty":      signed("{}", "{}", "{}", "{}"),
		"header of numbers": signed(`{"msg_id":1,"msg_type":2}`, "{}", "{}", "{}"),
		"content no JSON":   signed(header, "{}", "{}", "nonsense"),
		"content no object": signed(header, "{}", "{}", "7"),
		"parent no JSON":    signed(header, "", "{}", "{}"),
		"metadata no JSON":  signed(header, "{}", "{]", "{}"),
		"not UTF-8 at all":  {{0xff}, {0xfe}},
	} {
		for _, channel := range []servertest.Channel{servertest.Shell, servertest.Control, servertest.Stdin} {
			c.SendFrames(channel, frames)
		}
		for _, channel := range []servertest.Channel{servertest.Shell, servertest.Control} {
			id := c.Send(channel, wire.KernelInfoRequest{})
			if before := c.Until(channel, servertest.ReplyTo(id)); len(before) != 1 {
				t.Errorf("%s: was answered on %s", name, channel)
			}
			for _, m := range c.Until(servertest.IOPub, servertest.IdleOf(id)) {
				if servertest.ParentID(m) != id {
					t.Errorf("%s: caused %s", name, m.Header.Type)
				}
			}
		}
	}
}

// headerID gives the message id in the frames of a message.
func headerID(t *testing.T, frames [][]byte) string {
	t.Helper()
	var h wire.Header
	if err := json.Unmarshal(frames[2], &h); err != nil {
		t.Fatal(err)
	}
	return h.ID
}

func TestEmptyKeyMeansNoSigning(t *testing.T) {
	conn := servertest.NewConnection(t)
	conn.Key = ""
	servertest.StartAt(t, conn, &servertest.Echo{}, server.Options{Orphan: true})
	c := servertest.Connect(t, conn)
	frames := c.Session.Frames(c.Message(wire.KernelInfoRequest{}))
	if len(frames[1]) != 0 {
		t.Errorf("signature is %q, want none", frames[1])
	}
	for range 2 { // without signatures a repeated message can't be told from another
		c.SendFrames(servertest.Shell, frames)
		reply := c.Next(servertest.Shell, servertest.OfType("kernel_info_reply"))
		if id := headerID(t, frames); servertest.ParentID(reply) != id {
			t.Errorf("reply has parent %s, want %s", servertest.ParentID(reply), id)
		}
	}
}

func TestHeartbeatEchoes(t *testing.T) {
	k := servertest.Start(t, &servertest.Echo{}, server.Options{Orphan: true})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	req := zmq4.NewReq(ctx)
	defer req.Close()
	if err := req.Dial("tcp://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(k.Connection.HBPort))); err != nil {
		t.Fatal(err)
	}
	for _, ping := range []string{"ping", "", "\x00\xff<IDS|MSG>", string(bytes.Repeat([]byte("x"), 1<<17))} {
		if err := req.Send(zmq4.NewMsgString(ping)); err != nil {
			t.Fatal(err)
		}
		pong, err := req.Recv()
		if err != nil {
			t.Fatal(err)
		}
		if len(pong.Frames) != 1 || string(pong.Frames[0]) != ping {
			t.Errorf("heartbeat answers %.20q with %.20q", ping, pong.Frames)
		}
	}
}

func TestCompletionPositionsAndTypes(t *testing.T) {
	_, c := start(t)
	code := "日本🎉 l = l"
	for _, cursor := range []*int{new(5), nil, new(99), new(-3)} {
		r := servertest.Decode[wire.CompleteReply](t, c.Request(servertest.Shell, wire.CompleteRequest{Code: code, Cursor: cursor}))
		want := []string{"lines", "late"}
		start, end := 8, 9 // without a cursor, or beyond the end, the end of the code is meant
		switch {
		case cursor != nil && *cursor == 5:
			start, end = 4, 5
		case cursor != nil && *cursor < 0:
			want, start, end = []string{"out", "lines", "late", "日本"}, 0, 0
		}
		if r.Status != wire.OK || !slices.Equal(r.Matches, want) || r.Start != start || r.End != end {
			t.Errorf("completion is %v at [%d, %d), want %v at [%d, %d)", r.Matches, r.Start, r.End, want, start, end)
		}
		types, _ := r.Metadata[wire.MatchTypesKey].([]any)
		if len(types) != len(want) {
			t.Fatalf("metadata are %v", r.Metadata)
		}
		first, _ := types[0].(map[string]any)
		if first["text"] != want[0] || first["type"] != "keyword" || first["start"] != float64(start) || first["end"] != float64(end) {
			t.Errorf("type of the first match is %v", first)
		}
	}
}

func TestNoCompletionIsStillOK(t *testing.T) {
	_, c := start(t)
	m := c.Request(servertest.Shell, wire.CompleteRequest{Code: "zzz", Cursor: new(3)})
	r := servertest.Decode[wire.CompleteReply](t, m)
	if r.Status != wire.OK || r.Matches == nil || len(r.Matches) != 0 || r.Metadata == nil || r.Start != 3 || r.End != 3 {
		t.Errorf("reply is %s", m.Content)
	}
}

func TestInspectAndIsComplete(t *testing.T) {
	_, c := start(t)
	found := servertest.Decode[wire.InspectReply](t, c.Request(servertest.Shell, wire.InspectRequest{Code: "日本", Cursor: new(1), Detail: 1}))
	if !found.Found || found.Data["text/plain"] != "2 code points, cursor 1, detail 1" {
		t.Errorf("inspection is %v", found)
	}
	m := c.Request(servertest.Shell, wire.InspectRequest{})
	if nothing := servertest.Decode[wire.InspectReply](t, m); nothing.Status != wire.OK || nothing.Found || nothing.Data == nil || nothing.Metadata == nil {
		t.Errorf("inspection of nothing is %s", m.Content)
	}
	for code, want := range map[string]wire.IsCompleteReply{
		"out":   {Status: "complete"},
		`out \`: {Status: "incomplete", Indent: "  "},
	} {
		if got := servertest.Decode[wire.IsCompleteReply](t, c.Request(servertest.Shell, wire.IsCompleteRequest{Code: code})); got != want {
			t.Errorf("%q is %v, want %v", code, got, want)
		}
	}
}
