package server

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"hillock/kernel/wire"
)

// fullTransport is a transport whose clients have read nothing for long, until
// it is told that they have.
type fullTransport struct {
	mu        sync.Mutex
	full      chan struct{} // nil when there is room
	asked     chan struct{} // gets a value each time there was no room
	published []*wire.Message
}

func newFullTransport() *fullTransport {
	return &fullTransport{full: make(chan struct{}), asked: make(chan struct{}, 1000)}
}

func (f *fullTransport) room() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.full == nil {
		return nil
	}
	f.asked <- struct{}{}
	return f.full
}

func (f *fullTransport) makeRoom() {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.full)
	f.full = nil
}

func (f *fullTransport) publish(frames [][]byte) {
	m, err := wire.NewReader(wire.Signer{}).Read(frames)
	if err != nil {
		panic(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.published = append(f.published, m)
}

// text gives what streams said so far.
func (f *fullTransport) text() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all strings.Builder
	for _, m := range f.published {
		var s wire.Stream
		if m.Header.Type == s.MessageType() && m.Decode(&s) == nil {
			all.WriteString(s.Text)
		}
	}
	return all.String()
}

func (f *fullTransport) receive(ctx context.Context, _ channel) ([][]byte, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}
func (f *fullTransport) send(channel, [][]byte) error                 { return nil }
func (f *fullTransport) await(context.Context, channel, []byte) error { return nil }
func (f *fullTransport) close(time.Duration)                          {}

// outputInto gives an output into a transport, for a cell that has begun.
func outputInto(t *testing.T, transport transport) *output {
	t.Helper()
	session := wire.NewSession("test", wire.Signer{})
	s := &Server{session: session, log: slog.New(slog.DiscardHandler), transport: transport}
	s.iopub = newIOPub(session, s.log)
	s.iopub.transport = transport
	m, err := session.Message(nil, wire.ExecuteRequest{})
	if err != nil {
		t.Fatal(err)
	}
	out := &output{server: s, request: newRequest(shell, m)}
	s.iopub.busy(out.request, true)
	return out
}

func TestPrintWaitsForClientsThatDoNotRead(t *testing.T) {
	transport := newFullTransport()
	out := outputInto(t, transport)
	text := strings.Repeat("x", 3*pieceSize)
	done := make(chan struct{})
	go func() {
		defer close(done)
		out.Stream(Stdout, text)
	}()
	<-transport.asked
	if got := transport.text(); got != "" {
		t.Errorf("%d bytes were published though there was no room", len(got))
	}
	transport.makeRoom()
	<-done
	out.server.iopub.finish(out.request)
	if got := transport.text(); got != text {
		t.Errorf("%d bytes were published, want %d", len(got), len(text))
	}
}

func TestInterruptLetsGoOfAPrintAndSaysWhatIsMissing(t *testing.T) {
	transport := newFullTransport()
	out := outputInto(t, transport)
	done := make(chan struct{})
	go func() {
		defer close(done)
		out.Stream(Stdout, strings.Repeat("x", 3*pieceSize))
		out.Display(Bundle{}, "")
	}()
	<-transport.asked
	out.server.iopub.drain()
	<-done
	out.end()
	if got, want := transport.text(), "[196608 bytes of output were left out after the interrupt]\n"; got != want {
		t.Errorf("published is %q, want %q", got, want)
	}
	next := &output{server: out.server, request: out.request}
	out.server.iopub.busy(next.request, true)
	for len(transport.asked) > 0 {
		<-transport.asked
	}
	go next.Stream(Stdout, "next")
	<-transport.asked // the next cell waits for room again
	transport.makeRoom()
}
