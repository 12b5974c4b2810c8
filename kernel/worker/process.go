package worker

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"hillock/kernel/server"
)

// pipesVariable is the environment variable that tells the interpreter's
// process which descriptors its pipes have: requests, events, standard error.
const pipesVariable = "HILLOCK_WORKER_PIPES"

// drainTime is how long output is still read after the process has ended, when
// a program that it started holds the stream open.
const drainTime = 200 * time.Millisecond

// process is one life of the interpreter's process, seen from the front.
type process struct {
	cmd      *exec.Cmd
	requests frameWriter
	order    *barrier
	coroner  coroner
	ready    chan struct{} // closed when it can run cells
	done     chan struct{} // closed when it has ended and all its output is out
	death    death         // why; to be read after done
	killed   atomic.Bool   // the front ended it
	mourned  bool          // a reader was told of its death; for the one who has the turn

	mu      sync.Mutex
	cells   map[uint64]cellRun     // its cells, since they may print after their end
	cell    uint64                 // the last cell
	results map[uint64]func(frame) // who waits for the answer of that number
	groups  map[int]bool           // process groups that its cells have started
}

// cellRun is what is kept of a cell that runs or has run.
type cellRun struct {
	ctx context.Context // ends with the cell, and when it is interrupted
	out server.Output
}

// startProcess starts an interpreter.
func startProcess(o Options) (*process, error) {
	limit, err := o.memoryLimit()
	if err != nil {
		return nil, err
	}
	executable := o.Executable
	if executable == "" {
		if executable, err = os.Executable(); err != nil {
			return nil, fmt.Errorf("find this program to start the interpreter: %w", err)
		}
	}
	arguments := o.Arguments
	if arguments == nil {
		arguments = []string{"worker"}
	}
	p := &process{
		cmd:     exec.Command(executable, arguments...),
		order:   newBarrier(),
		ready:   make(chan struct{}),
		done:    make(chan struct{}),
		cells:   map[uint64]cellRun{},
		results: map[uint64]func(frame){},
		groups:  map[int]bool{},
	}
	p.cmd.Dir = o.Directory
	p.cmd.Env = append(os.Environ(), o.Environment...)
	if err := p.start(startMessage{Nonce: rand.Text()[:nonceSize], MemoryLimit: limit}); err != nil {
		return nil, fmt.Errorf("start the interpreter: %w", err)
	}
	return p, nil
}

// pipe is a pipe between the processes.
type pipe struct{ read, write *os.File }

// start makes the pipes, starts the process and everything that listens to it.
func (p *process) start(m startMessage) error {
	var pipes [5]pipe // requests, events, standard output, standard error, last words
	closeAll := func() {
		for _, x := range pipes {
			if x.read != nil {
				_ = x.read.Close()
				_ = x.write.Close()
			}
		}
	}
	for i := range pipes {
		r, w, err := os.Pipe()
		if err != nil {
			closeAll()
			return err
		}
		pipes[i] = pipe{r, w}
	}
	requests, events, stdout, stderr, words := pipes[0], pipes[1], pipes[2], pipes[3], pipes[4]
	p.cmd.Stdout, p.cmd.Stderr = stdout.write, words.write
	passPipes(p.cmd, []*os.File{requests.read, events.write, stderr.write})
	if err := p.cmd.Start(); err != nil {
		closeAll()
		return err
	}
	for _, f := range []*os.File{requests.read, events.write, stdout.write, stderr.write, words.write} {
		_ = f.Close()
	}

	p.requests.w = requests.write
	p.coroner.text = func(b []byte) { p.stream(p.lastCell(), server.Stderr, b) }
	var readers sync.WaitGroup
	readers.Go(func() { p.readEvents(events.read) })
	readers.Go(func() { p.readStream(stdout.read, 0, server.Stdout, m.Nonce) })
	readers.Go(func() { p.readStream(stderr.read, 1, server.Stderr, m.Nonce) })
	readers.Go(func() { p.readWords(words.read) })
	go func() {
		_ = p.cmd.Wait()
		last := time.Now().Add(drainTime)
		for _, f := range []*os.File{events.read, stdout.read, stderr.read, words.read} {
			if f.SetReadDeadline(last) != nil { // Windows
				time.AfterFunc(drainTime, func() { _ = f.Close() })
			}
		}
		p.killGroups()
		readers.Wait()
		for _, f := range []*os.File{requests.write, events.read, stdout.read, stderr.read, words.read} {
			_ = f.Close()
		}
		report, places := p.coroner.report()
		p.death = autopsy(p.cmd.ProcessState, report, places, p.killed.Load())
		close(p.done)
	}()
	return p.requests.send(kindStart, 0, m)
}

// kill ends the process at once.
func (p *process) kill() {
	p.killed.Store(true)
	_ = p.cmd.Process.Kill()
}

// killGroups ends the programs that the process's cells have started: those of
// the process's own group and those that were told of.
func (p *process) killGroups() {
	killGroup(p.cmd.Process.Pid)
	p.mu.Lock()
	defer p.mu.Unlock()
	for group := range p.groups {
		killGroup(group)
	}
	clear(p.groups)
}

// begin makes out the output of a new cell. ctx ends when no one waits for its
// input any more.
func (p *process) begin(ctx context.Context, cell uint64, out server.Output) {
	p.coroner.release()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cells[cell] = cellRun{ctx, out}
	p.cell = cell
}

// run gives what is kept of a cell; the last one for a cell that is not known,
// and one without output before the first.
func (p *process) run(cell uint64) cellRun {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c, ok := p.cells[cell]; ok {
		return c
	}
	return p.cells[p.cell]
}

// output gives the output of a cell, as run does.
func (p *process) output(cell uint64) server.Output { return p.run(cell).out }

// lastCell gives the number of the last cell.
func (p *process) lastCell() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cell
}

// stream hands text to a cell's output.
func (p *process) stream(cell uint64, name server.StreamName, text []byte) {
	if out := p.output(cell); out != nil {
		out.Stream(name, string(text))
	}
}

// expect has the frame that answers number given to then; the function that it
// returns takes that back.
func (p *process) expect(number uint64, then func(frame)) (forget func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.results[number] = then
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.results, number)
	}
}

// answered gives the one who waits for the answer of that number, once.
func (p *process) answered(number uint64) func(frame) {
	p.mu.Lock()
	defer p.mu.Unlock()
	then := p.results[number]
	delete(p.results, number)
	return then
}

// readStream reads a stream of the process to its end.
func (p *process) readStream(r *os.File, index int, name server.StreamName, nonce string) {
	defer p.order.end(index)
	s := newSplitter(nonce,
		func(cell uint64, text []byte) { p.stream(cell, name, text) },
		func(event uint64) { p.order.arrive(index, event) })
	defer s.close()
	readAll(r, s.write)
}

// readWords reads what the Go runtime writes when it crashes.
func (p *process) readWords(r *os.File) { readAll(r, p.coroner.write) }

// readAll hands everything that comes from r to take.
func readAll(r *os.File, take func([]byte)) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := r.Read(buffer)
		if n > 0 {
			take(buffer[:n])
		}
		if err != nil {
			return
		}
	}
}

// readEvents reads the control pipe to its end. A frame that can't be read is
// the end of a process that can't be trusted any more.
func (p *process) readEvents(r *os.File) {
	defer p.order.close()
	in := bufio.NewReaderSize(r, 64<<10)
	for {
		f, err := readFrame(in)
		if err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, os.ErrDeadlineExceeded) {
				_ = p.cmd.Process.Kill()
			}
			return
		}
		if err := p.handle(f); err != nil {
			_ = p.cmd.Process.Kill()
			return
		}
	}
}

// handle acts on a frame from the process.
func (p *process) handle(f frame) error {
	switch f.kind {
	case kindReady:
		close(p.ready)
		return nil
	case kindReply:
		if then := p.answered(f.id); then != nil {
			then(f)
		}
		return nil
	case kindResult:
		return handleEvent(p, f, func(m *resultMessage) uint64 { return m.Mark }, func(*resultMessage) {
			if then := p.answered(f.id); then != nil {
				then(f)
			}
		})
	case kindDisplay:
		return handleEvent(p, f, func(m *displayMessage) uint64 { return m.Mark }, func(m *displayMessage) {
			switch out := p.output(m.Cell); {
			case out == nil:
			case m.Update:
				out.Update(m.Bundle.server(), m.ID)
			default:
				out.Display(m.Bundle.server(), m.ID)
			}
		})
	case kindClear:
		return handleEvent(p, f, func(m *clearMessage) uint64 { return m.Mark }, func(m *clearMessage) {
			if out := p.output(m.Cell); out != nil {
				out.Clear(m.Wait)
			}
		})
	case kindInput:
		return handleEvent(p, f, func(m *inputMessage) uint64 { return m.Mark }, func(m *inputMessage) {
			go p.input(f.id, m)
		})
	case kindGroup:
		var m groupMessage
		if err := f.decode(&m); err != nil {
			return err
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		if m.Ended {
			delete(p.groups, m.Group)
		} else {
			p.groups[m.Group] = true
		}
		return nil
	default:
		return fmt.Errorf("unknown message %d from the interpreter", f.kind)
	}
}

// handleEvent decodes a frame whose event keeps its place among the streams'
// text, waits for that place, and lets the event happen.
func handleEvent[M any](p *process, f frame, number func(*M) uint64, happen func(*M)) error {
	var m M
	if err := f.decode(&m); err != nil {
		return err
	}
	n := number(&m)
	p.order.await(n)
	happen(&m)
	p.order.pass(n)
	return nil
}

// input asks the person for a line and sends it.
func (p *process) input(number uint64, m *inputMessage) {
	var answer inputReply
	if c := p.run(m.Cell); c.out == nil {
		answer.Error = server.ErrNoInput.Error()
	} else {
		text, err := c.out.Input(c.ctx, m.Prompt, m.Password)
		answer.Text = text
		if err != nil {
			answer.Error = err.Error()
		}
		if errors.Is(err, server.ErrInterrupted) {
			answer.Interrupted = m.Cell
		}
	}
	_ = p.requests.send(kindInputReply, number, answer)
}
