package zmq

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/null"
)

const anyPort = "tcp://127.0.0.1:0"

// router opens a router for a test.
func router(t *testing.T, o Options) (*Router, string) {
	t.Helper()
	r, err := ListenRouter(anyPort, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(0) })
	return r, fmt.Sprintf("tcp://127.0.0.1:%d", r.Port())
}

// dealer connects a DEALER socket of zmq4 to an endpoint.
func dealer(t *testing.T, endpoint, identity string) zmq4.Socket {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	d := zmq4.NewDealer(ctx, zmq4.WithID(zmq4.SocketIdentity(identity)), zmq4.WithLogger(log.New(io.Discard, "", 0)))
	if err := d.Dial(endpoint); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		d.Close()
		cancel()
	})
	return d
}

// raw makes a bare ZMTP connection that reads and writes only when told to.
func raw(t *testing.T, port int, kind zmq4.SocketType, identity string) *zmq4.Conn {
	t.Helper()
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	conn, err := zmq4.Open(c, null.Security(), kind, zmq4.SocketIdentity(identity), false, nil)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// frames makes a message of strings.
func frames(parts ...string) [][]byte {
	var f [][]byte
	for _, p := range parts {
		f = append(f, []byte(p))
	}
	return f
}

func TestRouterKnowsItsClients(t *testing.T) {
	r, endpoint := router(t, Options{})
	long := strings.Repeat("long", 1<<16)
	for _, name := range []string{"one", "two", "\x01\xff binary"} {
		d := dealer(t, endpoint, name)
		sent := frames("", "hello "+name, long, "")
		if err := d.SendMulti(zmq4.NewMsgFrom(sent...)); err != nil {
			t.Fatal(err)
		}
		got, err := r.Receive(t.Context())
		if err != nil || string(got[0]) != name || !equal(got[1:], sent) {
			t.Fatalf("received %d frames from %q, %v", len(got), got[0], err)
		}
		if err := r.Send(got); err != nil {
			t.Fatal(err)
		}
		back, err := d.Recv()
		if err != nil || !equal(back.Frames, sent) {
			t.Errorf("%q got %d frames back, %v", name, len(back.Frames), err)
		}
	}
	if err := r.Send(frames("nobody", "x")); !errors.Is(err, ErrNoPeer) {
		t.Errorf("sending to nobody: %v", err)
	}
}

func equal(a, b [][]byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !bytes.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

func TestClientsWithoutIdentityAreToldApart(t *testing.T) {
	r, _ := router(t, Options{})
	one, two := raw(t, r.Port(), zmq4.Dealer, ""), raw(t, r.Port(), zmq4.Dealer, "")
	for i, c := range []*zmq4.Conn{one, two} {
		if err := c.SendMsg(zmq4.NewMsgString(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
		m, err := r.Receive(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Send(m); err != nil {
			t.Fatal(err)
		}
		if back, err := c.RecvMsg(); err != nil || string(back.Frames[0]) != fmt.Sprint(i) {
			t.Errorf("client %d got %q, %v", i, back.Frames, err)
		}
	}
}

func TestNewConnectionTakesThePlaceOfTheOld(t *testing.T) {
	r, _ := router(t, Options{})
	old := raw(t, r.Port(), zmq4.Dealer, "same")
	if err := r.Await(t.Context(), "same"); err != nil {
		t.Fatal(err)
	}
	fresh := raw(t, r.Port(), zmq4.Dealer, "same")
	if _, err := old.RecvMsg(); err == nil {
		t.Error("the old connection was not closed")
	}
	if err := fresh.SendMsg(zmq4.NewMsgString("x")); err != nil {
		t.Fatal(err)
	}
	m, err := r.Receive(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Send(m); err != nil {
		t.Fatal(err)
	}
	if back, err := fresh.RecvMsg(); err != nil || string(back.Frames[0]) != "x" {
		t.Errorf("the new connection got %q, %v", back.Frames, err)
	}
}

func TestAwaitEndsWithItsContext(t *testing.T) {
	r, endpoint := router(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Await(ctx, "later"); !errors.Is(err, ErrNoPeer) {
		t.Errorf("error is %v", err)
	}
	waited := make(chan error, 1)
	go func() { waited <- r.Await(t.Context(), "later") }()
	dealer(t, endpoint, "later")
	if err := <-waited; err != nil {
		t.Errorf("error is %v", err)
	}
}

func TestAStrangerDoesNotHoldUpOthers(t *testing.T) {
	r, endpoint := router(t, Options{})
	silent, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", r.Port()))
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	d := dealer(t, endpoint, "one")
	if err := d.Send(zmq4.NewMsgString("x")); err != nil {
		t.Fatal(err)
	}
	if m, err := r.Receive(t.Context()); err != nil || string(m[0]) != "one" {
		t.Errorf("received %q, %v", m, err)
	}
}

// greeting is what a ZMTP 3.0 client with the NULL mechanism sends first.
var greeting = "\xff\x00\x00\x00\x00\x00\x00\x00\x00\x7f\x03\x00NULL" + strings.Repeat("\x00", 48)

func TestNonsenseOnlyClosesItsConnection(t *testing.T) {
	r, endpoint := router(t, Options{MessageLimit: 1 << 20})
	ready := "\x04\x26\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER\x08Identity\x00\x00\x00\x00"
	for name, data := range map[string]string{
		"http":              "GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: a browser with a long name, longer than a greeting\r\n\r\n",
		"greeting, rubbish": greeting + strings.Repeat("\xff", 64),
		"short metadata":    greeting + "\x04\x08\x05READY\x0bS",
		"huge frame":        greeting + ready + "\x02\x7f\xff\xff\xff\xff\xff\xff\xff",
		"large frame":       greeting + ready + "\x02\x00\x00\x00\x00\x40\x00\x00\x00",
		"many frames":       greeting + ready + strings.Repeat("\x01\x00", framesLimit+1),
		"large message":     greeting + ready + strings.Repeat("\x03\x00\x00\x00\x00\x00\x08\x00\x00"+strings.Repeat("x", 1<<19), 3),
		"empty command":     greeting + ready + "\x04\x00",
	} {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", r.Port()))
		if err != nil {
			t.Fatal(err)
		}
		go io.WriteString(c, data)
		if _, err := io.Copy(io.Discard, c); err != nil && !errors.Is(err, net.ErrClosed) && !strings.Contains(err.Error(), "reset") {
			t.Errorf("%s: %v", name, err)
		}
		c.Close()
	}
	d := dealer(t, endpoint, "good")
	if err := d.Send(zmq4.NewMsgString("x")); err != nil {
		t.Fatal(err)
	}
	if m, err := r.Receive(t.Context()); err != nil || string(m[0]) != "good" {
		t.Errorf("received %q, %v", m, err)
	}
}

// publisher opens a publisher for a test.
func publisher(t *testing.T, welcome func(string) [][][]byte, o Options) *Publisher {
	t.Helper()
	p, err := ListenPublisher(anyPort, welcome, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close(0) })
	return p
}

// subscribe connects a subscriber and waits until it is one.
func subscribe(t *testing.T, p *Publisher, topics ...string) *zmq4.Conn {
	t.Helper()
	c := raw(t, p.Port(), zmq4.Sub, "")
	for _, topic := range topics {
		if err := c.SendMsg(zmq4.NewMsgString("\x01" + topic)); err != nil {
			t.Fatal(err)
		}
		if m, err := c.RecvMsg(); err != nil || string(m.Frames[0]) != "welcome to "+topic {
			t.Fatalf("welcome is %q, %v", m.Frames, err)
		}
	}
	return c
}

func welcome(topic string) [][][]byte { return [][][]byte{frames("welcome to " + topic)} }

func TestSubscribersGetWhatTheySubscribedTo(t *testing.T) {
	p := publisher(t, welcome, Options{})
	all, some := subscribe(t, p, ""), subscribe(t, p, "stream", "stat")
	for _, topic := range []string{"other", "stream", "status", "st"} {
		p.Publish(frames(topic, "body"))
	}
	for _, test := range []struct {
		client *zmq4.Conn
		want   []string
	}{{all, []string{"other", "stream", "status", "st"}}, {some, []string{"stream", "status"}}} {
		for _, topic := range test.want {
			if m, err := test.client.RecvMsg(); err != nil || !equal(m.Frames, frames(topic, "body")) {
				t.Errorf("got %q, %v, want topic %s", m.Frames, err, topic)
			}
		}
	}
	for _, command := range []string{"\x00stream", "\x01last"} {
		if err := some.SendMsg(zmq4.NewMsgString(command)); err != nil {
			t.Fatal(err)
		}
	}
	if m, err := some.RecvMsg(); err != nil || string(m.Frames[0]) != "welcome to last" {
		t.Fatalf("got %q, %v", m.Frames, err)
	}
	p.Publish(frames("stream"))
	p.Publish(frames("last"))
	if m, err := some.RecvMsg(); err != nil || string(m.Frames[0]) != "last" {
		t.Errorf("after the subscription was ended it got %q, %v", m.Frames, err)
	}
}

func TestRoomIsGoneWhileAClientDoesNotRead(t *testing.T) {
	p := publisher(t, welcome, Options{QueueLimit: 1 << 20})
	if p.Room() != nil {
		t.Error("no room without a client")
	}
	c := subscribe(t, p, "")
	body := strings.Repeat("x", 1<<16)
	sent := 0
	for p.Room() == nil { // the system takes some megabytes before that
		p.Publish(frames("topic", fmt.Sprint(sent), body))
		sent++
	}
	room := p.Room()
	for i := range sent {
		if m, err := c.RecvMsg(); err != nil || string(m.Frames[1]) != fmt.Sprint(i) {
			t.Fatalf("message %d is %q, %v", i, m.Frames[1], err)
		}
	}
	<-room
	if p.Room() != nil {
		t.Error("no room for a client that has read everything")
	}
}

func TestClientThatLeavesMakesRoom(t *testing.T) {
	p := publisher(t, welcome, Options{QueueLimit: 1 << 20})
	c := subscribe(t, p, "")
	body := strings.Repeat("x", 1<<16)
	for p.Room() == nil {
		p.Publish(frames("topic", body))
	}
	room := p.Room()
	c.Close()
	<-room
}

func TestClientThatReadsNothingIsDisconnected(t *testing.T) {
	p := publisher(t, welcome, Options{QueueLimit: 1 << 20, StallTimeout: 50 * time.Millisecond})
	subscribe(t, p, "")
	good := subscribe(t, p, "")
	go io.Copy(io.Discard, good)
	body := strings.Repeat("x", 1<<16)
	for clients := 2; clients == 2; { // ends only when one is disconnected
		if room := p.Room(); room != nil {
			<-room
		}
		p.Publish(frames("topic", body))
		p.topics.Lock()
		clients = len(p.wants)
		p.topics.Unlock()
	}
}

func TestRepliesThatNoOneReadsAreBounded(t *testing.T) {
	r, _ := router(t, Options{QueueLimit: 1 << 16})
	raw(t, r.Port(), zmq4.Dealer, "deaf")
	if err := r.Await(t.Context(), "deaf"); err != nil {
		t.Fatal(err)
	}
	body := bytes.Repeat([]byte("x"), 1<<16)
	for r.Send([][]byte{[]byte("deaf"), body}) == nil {
	}
	if err := r.Send(frames("deaf", "x")); !errors.Is(err, ErrNoPeer) {
		t.Errorf("client is still there: %v", err)
	}
}

func TestCloseDeliversWhatIsQueued(t *testing.T) {
	p := publisher(t, welcome, Options{})
	c := subscribe(t, p, "")
	body := strings.Repeat("x", 1<<10)
	const n = 5000
	for i := range n {
		p.Publish(frames("topic", fmt.Sprint(i), body))
	}
	go p.Close(time.Hour)
	for i := range n {
		if m, err := c.RecvMsg(); err != nil || string(m.Frames[1]) != fmt.Sprint(i) {
			t.Fatalf("message %d is lost: %v", i, err)
		}
	}
	if _, err := c.RecvMsg(); err == nil {
		t.Error("the connection is still open")
	}
}

func TestEndpointsThatCannotBe(t *testing.T) {
	for endpoint, want := range map[string]string{
		"127.0.0.1:1": "tcp://host:port", "udp://127.0.0.1:1": "udp", "tcp://127.0.0.1:x": "listen at",
	} {
		if _, err := ListenRouter(endpoint, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error is %v, want it to name %s", endpoint, err, want)
		}
	}
}

func TestPingIsAnsweredAmongMessages(t *testing.T) {
	r, _ := router(t, Options{})
	c := raw(t, r.Port(), zmq4.Dealer, "one")
	for _, body := range []string{"a", "b"} {
		if err := c.SendCmd(zmq4.CmdPing, nil); err != nil {
			t.Fatal(err)
		}
		if pong, err := c.RecvCmd(); err != nil || pong.Name != zmq4.CmdPong {
			t.Fatalf("answer is %v, %v", pong, err)
		}
		if err := c.SendMsg(zmq4.NewMsgString(body)); err != nil {
			t.Fatal(err)
		}
		m, err := r.Receive(t.Context())
		if err != nil || !equal(m, frames("one", body)) {
			t.Fatalf("received %q, %v", m, err)
		}
		if err := r.Send(m); err != nil {
			t.Fatal(err)
		}
		if back, err := c.RecvMsg(); err != nil || !equal(back.Frames, frames(body)) {
			t.Fatalf("got %q back, %v", back.Frames, err)
		}
	}
}

// pipe is a connection that gives what it was made of and takes everything.
type pipe struct {
	net.Conn
	in io.Reader
}

func (p pipe) Read(b []byte) (int, error)         { return p.in.Read(b) }
func (p pipe) Write(b []byte) (int, error)        { return len(b), nil }
func (p pipe) Close() error                       { return nil }
func (p pipe) SetDeadline(time.Time) error        { return nil }
func (p pipe) SetWriteDeadline(t time.Time) error { return nil }

// FuzzPeer lets a peer send anything: it must be an error or a message within
// the limits.
func FuzzPeer(f *testing.F) {
	ready := "\x04\x26\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER\x08Identity\x00\x00\x00\x00"
	f.Add([]byte(greeting + ready + "\x01\x01a\x00\x02bc"))
	f.Add([]byte(greeting + ready + "\x02\x00\x00\x00\x00\x00\x00\x00\x03abc"))
	f.Add([]byte(greeting + ready + "\x04\x05\x04PING\x00\x01a"))
	f.Add([]byte(greeting + "\x04\x08\x05READY\x0bS"))
	f.Fuzz(func(t *testing.T, data []byte) {
		o := Options{MessageLimit: 1 << 10}.withDefaults()
		p, err := handshake(pipe{in: bytes.NewReader(data)}, zmq4.Router, o)
		if err != nil {
			return
		}
		for range len(data) {
			m, err := p.receive()
			if err != nil {
				return
			}
			total := 0
			for _, frame := range m {
				total += len(frame)
			}
			if total > o.MessageLimit {
				t.Fatalf("message of %d bytes", total)
			}
		}
		t.Fatal("the stream does not end")
	})
}
