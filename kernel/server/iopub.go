package server

import (
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"hillock/kernel/wire"
)

// iopub publishes what all clients see, in one order: what a cell printed comes
// before what it showed after that, and before its end. Text is collected for a
// moment so that many small prints become few messages.
type iopub struct {
	session   *wire.Session
	transport transport
	log       *slog.Logger

	mu      sync.Mutex
	started bool     // the status starting has been published
	running *request // the cell that runs, if any
	text    batch
	timer   *time.Timer // flushes text; nil when none is pending
	flushed time.Time

	drainMu  sync.Mutex
	draining chan struct{} // closed from an interrupt to the next cell
	closed   chan struct{}
}

// How text is batched.
const (
	// flushInterval is the shortest time between two flushes that nothing but
	// time asked for. 100,000 lines take a cell well below a second.
	flushInterval = 150 * time.Millisecond
	// firstDelay is how long the first text after a pause waits for more.
	firstDelay = 10 * time.Millisecond
	// flushSize is how much text is collected at most.
	flushSize = 512 << 10
	// pieceSize is how much text a writer may add at once.
	pieceSize = 64 << 10
)

func newIOPub(session *wire.Session, log *slog.Logger) *iopub {
	return &iopub{session: session, log: log, draining: make(chan struct{}), closed: make(chan struct{})}
}

// welcome gives the first messages of a new subscriber: that its subscription
// has begun and, to the first of all, that the kernel is starting.
func (p *iopub) welcome(topic string) [][][]byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	welcome := p.frames(nil, wire.Welcome{Subscription: topic}, publication{})
	if topic != "" {
		welcome[0] = []byte(topic) // clients drop what they didn't subscribe to
	}
	messages := [][][]byte{welcome}
	if !p.started {
		p.started = true
		messages = append(messages, p.frames(nil, wire.KernelStatus{State: wire.Starting}, publication{}))
	}
	return messages
}

// publication holds what a published message may have besides its content.
type publication struct {
	metadata json.RawMessage
	buffers  [][]byte
}

// frames makes a message; nil when its content can't be encoded.
func (p *iopub) frames(parent json.RawMessage, content wire.Content, extra publication) [][]byte {
	m, err := p.session.Message(parent, content)
	if err != nil {
		p.log.Error("message was left out", "error", err)
		return nil
	}
	m.Identities = [][]byte{[]byte(m.Header.Type)}
	if len(extra.metadata) > 0 {
		m.Metadata = extra.metadata
	}
	m.Buffers = extra.buffers
	return p.session.Frames(m)
}

// put publishes a message at once. The caller holds mu.
func (p *iopub) put(parent json.RawMessage, content wire.Content, extra publication) {
	if !p.started {
		p.started = true
		p.put(nil, wire.KernelStatus{State: wire.Starting}, publication{})
	}
	if frames := p.frames(parent, content, extra); frames != nil {
		p.transport.publish(frames)
	}
}

// publish publishes a message after all text so far.
func (p *iopub) publish(r *request, content wire.Content, extra publication) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flush(nil)
	p.put(r.message.Raw, content, extra)
}

// busy says that work on a request begins. cell says that it runs code.
func (p *iopub) busy(r *request, cell bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if cell {
		p.running = r
		p.undrain()
	}
	p.flush(nil)
	p.put(r.message.Raw, wire.KernelStatus{State: wire.Busy}, publication{})
}

// finish flushes all text of a request, which has ended.
func (p *iopub) finish(r *request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flush(r)
}

// idle says that work on a request has ended. Front ends take the last state
// they hear as the kernel's: while a cell runs beside this request, they are
// reminded of it.
func (p *iopub) idle(r *request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flush(r)
	p.put(r.message.Raw, wire.KernelStatus{State: wire.Idle}, publication{})
	if p.running == r {
		p.running = nil
	} else if p.running != nil {
		p.put(p.running.message.Raw, wire.KernelStatus{State: wire.Busy}, publication{})
	}
}

// flush publishes the text collected so far. The beginning of a character
// whose rest hasn't come yet waits, unless its request is ended. The caller
// holds mu.
func (p *iopub) flush(ended *request) {
	for _, c := range p.text.take(ended) {
		p.put(c.request.message.Raw, wire.Stream{Name: string(c.name), Text: string(c.text)}, publication{})
	}
	p.flushed = time.Now()
	if p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
	if !p.text.empty() {
		p.schedule()
	}
}

// schedule makes sure that text is flushed soon. The caller holds mu.
func (p *iopub) schedule() {
	if p.timer != nil {
		return
	}
	delay := max(firstDelay, flushInterval-time.Since(p.flushed))
	p.timer = time.AfterFunc(delay, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.flush(nil)
	})
}

// stream adds text to a stream of a request. It blocks while clients have much
// unread, but not after an interrupt: then what there is no room for is left
// out. It says how many bytes that were.
func (p *iopub) stream(r *request, name StreamName, text string) (dropped int) {
	for len(text) > 0 {
		piece := text[:min(len(text), pieceSize)]
		text = text[len(piece):]
		if !p.wait() {
			dropped += len(piece)
			continue
		}
		p.mu.Lock()
		p.text.add(r, name, piece)
		if p.text.size >= flushSize {
			p.flush(nil)
		} else {
			p.schedule()
		}
		p.mu.Unlock()
	}
	return dropped
}

// wait waits until there is room for more output. It says false when there is
// none and no one is to wait for it.
func (p *iopub) wait() bool {
	for {
		room := p.transport.room()
		if room == nil {
			return true
		}
		p.drainMu.Lock()
		draining := p.draining
		p.drainMu.Unlock()
		select {
		case <-room:
		case <-draining:
			return p.transport.room() == nil
		case <-p.closed:
			return false
		}
	}
}

// drain lets go of everyone who waits for room, until the next cell starts.
func (p *iopub) drain() {
	p.drainMu.Lock()
	defer p.drainMu.Unlock()
	select {
	case <-p.draining:
	default:
		close(p.draining)
	}
}

// undrain makes output wait for room again.
func (p *iopub) undrain() {
	p.drainMu.Lock()
	defer p.drainMu.Unlock()
	select {
	case <-p.draining:
		p.draining = make(chan struct{})
	default:
	}
}

// close publishes what is left and lets go of everyone who waits.
func (p *iopub) close() {
	close(p.closed)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flush(nil)
	if p.timer != nil {
		p.timer.Stop()
	}
}
