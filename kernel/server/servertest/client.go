package servertest

import (
	"context"
	"encoding/json"

	"io"
	"log"
	"net"
	"strconv"
	"sync"
	"testing"

	"github.com/go-zeromq/zmq4"

	"hillock/kernel/server"
	"hillock/kernel/wire"
)

// Client is a front end without a face: it has one connection to each channel
// of a kernel, on the socket types of go-zeromq/zmq4.
type Client struct {
	Session *wire.Session
	t       testing.TB
	reader  *wire.Reader

	shell, control, stdin, iopub zmq4.Socket

	mu       sync.Mutex
	arrived  chan struct{} // closed when a message arrives
	messages map[Channel][]*wire.Message
	read     map[Channel]int
}

// Channel is a channel of a kernel, from the client's side.
type Channel string

// The channels.
const (
	Shell   Channel = "shell"
	Control Channel = "control"
	Stdin   Channel = "stdin"
	IOPub   Channel = "iopub"
)

// Connect connects a client to a kernel, and waits until the kernel has told
// it that its subscription to iopub has begun.
func Connect(t testing.TB, c server.Connection) *Client {
	t.Helper()
	signer, err := wire.NewSigner(c.SignatureScheme, c.Key)
	if err != nil {
		t.Fatal(err)
	}
	client := &Client{
		Session: wire.NewSession("tester", signer), t: t, reader: wire.NewReader(signer),
		arrived: make(chan struct{}), messages: make(map[Channel][]*wire.Message), read: make(map[Channel]int),
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	quiet := zmq4.WithLogger(log.New(io.Discard, "", 0))
	identity := zmq4.WithID(zmq4.SocketIdentity(client.Session.ID))
	client.shell = zmq4.NewDealer(ctx, identity, quiet)
	client.control = zmq4.NewDealer(ctx, identity, quiet)
	client.stdin = zmq4.NewDealer(ctx, identity, quiet)
	client.iopub = zmq4.NewSub(ctx, quiet)
	for _, s := range []struct {
		channel Channel
		socket  zmq4.Socket
		port    int
	}{
		{Shell, client.shell, c.ShellPort}, {Control, client.control, c.ControlPort},
		{Stdin, client.stdin, c.StdinPort}, {IOPub, client.iopub, c.IOPubPort},
	} {
		if err := s.socket.Dial("tcp://" + net.JoinHostPort(c.IP, strconv.Itoa(s.port))); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.socket.Close() })
		go client.receive(s.channel, s.socket)
	}
	if err := client.iopub.SetOption(zmq4.OptionSubscribe, ""); err != nil {
		t.Fatal(err)
	}
	client.Next(IOPub, OfType("iopub_welcome"))
	return client
}

// receive collects what comes on a channel.
func (c *Client) receive(channel Channel, socket zmq4.Socket) {
	for {
		raw, err := socket.Recv()
		if err != nil {
			return
		}
		m, err := c.reader.Read(raw.Frames)
		if err != nil {
			c.t.Errorf("%s: kernel sent a bad message: %v: %q", channel, err, raw.Frames)
			continue
		}
		c.mu.Lock()
		c.messages[channel] = append(c.messages[channel], m)
		close(c.arrived)
		c.arrived = make(chan struct{})
		c.mu.Unlock()
	}
}

// Match says whether a message is the one that is waited for.
type Match func(m *wire.Message) bool

// OfType matches messages of a type.
func OfType(kind string) Match {
	return func(m *wire.Message) bool { return m.Header.Type == kind }
}

// ReplyTo matches messages whose parent is the one with an id.
func ReplyTo(id string) Match {
	return func(m *wire.Message) bool { return ParentID(m) == id }
}

// IdleOf matches the status that ends the request with an id.
func IdleOf(id string) Match { return StateOf(wire.Idle, id) }

// StateOf matches a status with a state and the request with an id.
func StateOf(state wire.ExecutionState, id string) Match {
	return func(m *wire.Message) bool {
		var s wire.KernelStatus
		return m.Header.Type == s.MessageType() && m.Decode(&s) == nil && s.State == state && ParentID(m) == id
	}
}

// ParentID gives the id of the message that caused another.
func ParentID(m *wire.Message) string {
	var parent wire.Header
	if json.Unmarshal(m.Parent, &parent) != nil {
		return ""
	}
	return parent.ID
}

// Next waits for the next message on a channel that matches, and gives it. The
// messages before it are passed over.
func (c *Client) Next(channel Channel, match Match) *wire.Message {
	c.t.Helper()
	passed := c.Until(channel, match)
	return passed[len(passed)-1]
}

// Until waits for the next message on a channel that matches, and gives all
// that came up to it since the last call.
func (c *Client) Until(channel Channel, match Match) []*wire.Message {
	c.t.Helper()
	var passed []*wire.Message
	for {
		c.mu.Lock()
		arrived := c.arrived
		for c.read[channel] < len(c.messages[channel]) {
			m := c.messages[channel][c.read[channel]]
			c.read[channel]++
			passed = append(passed, m)
			if match(m) {
				c.mu.Unlock()
				return passed
			}
		}
		c.mu.Unlock()
		select {
		case <-arrived:
		case <-c.t.Context().Done():
			c.t.Fatalf("no such message on %s", channel)
		}
	}
}

// Pending gives what has come on a channel and was not read yet, without
// waiting.
func (c *Client) Pending(channel Channel) []*wire.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	pending := c.messages[channel][c.read[channel]:]
	c.read[channel] = len(c.messages[channel])
	return pending
}

// Send sends a message on shell, control or stdin, and gives its id.
func (c *Client) Send(channel Channel, content wire.Content) string {
	c.t.Helper()
	m := c.Message(content)
	c.SendFrames(channel, c.Session.Frames(m))
	return m.Header.ID
}

// Message makes a message of this client's session.
func (c *Client) Message(content wire.Content) *wire.Message {
	c.t.Helper()
	m, err := c.Session.Message(nil, content)
	if err != nil {
		c.t.Fatal(err)
	}
	return m
}

// SetHeader changes the header of a message before it is sent.
func SetHeader(m *wire.Message, change func(h *wire.Header)) {
	change(&m.Header)
	m.Raw, _ = wire.Marshal(m.Header)
}

// SendFrames sends frames as they are.
func (c *Client) SendFrames(channel Channel, frames [][]byte) {
	c.t.Helper()
	socket := map[Channel]zmq4.Socket{Shell: c.shell, Control: c.control, Stdin: c.stdin}[channel]
	if err := socket.SendMulti(zmq4.NewMsgFrom(frames...)); err != nil {
		c.t.Fatal(err)
	}
}

// Request sends a request and waits for its reply on the same channel.
func (c *Client) Request(channel Channel, content wire.Content) *wire.Message {
	c.t.Helper()
	return c.Next(channel, ReplyTo(c.Send(channel, content)))
}

// Run runs code as a notebook does, and gives the reply and what came on iopub
// from its busy to its idle status.
func (c *Client) Run(code string) (reply *wire.Message, output []*wire.Message) {
	c.t.Helper()
	return c.Collect(c.Send(Shell, wire.ExecuteRequest{Code: code, StoreHistory: true, AllowStdin: true, StopOnError: true}))
}

// Collect waits for the end of a request on shell, and gives its reply and what
// it caused on iopub, from its busy to its idle status.
func (c *Client) Collect(id string) (reply *wire.Message, output []*wire.Message) {
	c.t.Helper()
	for _, m := range c.Until(IOPub, IdleOf(id)) {
		if ParentID(m) == id {
			output = append(output, m)
		}
	}
	return c.Next(Shell, ReplyTo(id)), output
}

// Decode reads the content of a message into a struct, or ends the test.
func Decode[T any](t testing.TB, m *wire.Message) T {
	t.Helper()
	var content T
	if err := m.Decode(&content); err != nil {
		t.Fatal(err)
	}
	return content
}

// Text gives what a stream says in messages, in order.
func Text(t testing.TB, messages []*wire.Message, name string) string {
	t.Helper()
	text := ""
	for _, m := range messages {
		if m.Header.Type != (wire.Stream{}).MessageType() {
			continue
		}
		if s := Decode[wire.Stream](t, m); s.Name == name {
			text += s.Text
		}
	}
	return text
}

// Types lists the types of messages; of a status message its state, and of a
// stream message its name.
func Types(messages []*wire.Message) []string {
	var types []string
	for _, m := range messages {
		kind := m.Header.Type
		var more struct {
			State string `json:"execution_state"`
			Name  string `json:"name"`
		}
		if json.Unmarshal(m.Content, &more) == nil && more.State+more.Name != "" {
			kind = more.State + more.Name
		}
		types = append(types, kind)
	}
	return types
}

// Raw is a message content of any type and any JSON.
type Raw struct {
	Type string
	JSON string // empty is {}
}

// MessageType is the type.
func (r Raw) MessageType() string { return r.Type }

// MarshalJSON gives the JSON as it is.
func (r Raw) MarshalJSON() ([]byte, error) {
	if r.JSON == "" {
		return []byte("{}"), nil
	}
	return []byte(r.JSON), nil
}

// Of selects the messages that a request caused.
func Of(messages []*wire.Message, id string) []*wire.Message {
	var of []*wire.Message
	for _, m := range messages {
		if ParentID(m) == id {
			of = append(of, m)
		}
	}
	return of
}
