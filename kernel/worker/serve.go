package worker

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"

	"hillock/kernel/gocell"
	"hillock/kernel/gocell/complete"
	"hillock/kernel/interp"
	"hillock/kernel/magic"
	"hillock/kernel/server"
	"hillock/stdlib/notebook"
)

// errNotStarted says that Serve was not called by a Supervisor's process.
var errNotStarted = errors.New("the worker is started by hillock itself; use hillock run or hillock lab")

// child is the interpreter's process, seen from inside.
type child struct {
	streams  streams
	keyboard keyboard
	session  session
	magic    magic.Runner
	last     *os.File // descriptor 2: what is written there is a crash report
	cells    chan job
	busy     sync.RWMutex // held while a cell runs, and shared by who looks at variables

	mu      sync.Mutex
	running job                        // the cell that runs, or the last one
	inputs  map[uint64]chan inputReply // who waits for a line
	input   uint64                     // number of the last input
	groups  map[int]bool               // process groups of the cells' commands
}

// session is what the process needs of an interpreter: *interp.Session.
type session interface {
	Run(ctx context.Context, cell interp.Cell) interp.Result
	Eval(ctx context.Context, expression string) (any, error)
	IsComplete(code string) (gocell.Completeness, string)
	State() *gocell.World
	Vars() []interp.Variable
	Reset() error
}

// job is a cell that is to be run.
type job struct {
	number uint64
	cell   server.Cell
	ctx    context.Context
	cancel context.CancelFunc
}

// Serve runs cells for the Supervisor that started this process. It returns
// when the Supervisor has gone or ctx has ended, or when it can't start; the
// process should end then. It takes over the process's standard streams.
func Serve(ctx context.Context) error {
	return serve(ctx, func(o interp.Options) (session, error) { return interp.New(o) })
}

// serve is Serve with any interpreter.
func serve(ctx context.Context, open func(interp.Options) (session, error)) error {
	requests, events, stderr, err := takePipes()
	if err != nil {
		return err
	}
	in := bufio.NewReaderSize(requests, 64<<10)
	first, err := readFrame(in)
	if err != nil {
		return fmt.Errorf("read the start message: %w", err)
	}
	var start startMessage
	if first.kind != kindStart {
		return fmt.Errorf("the first message is of kind %d, expected %d", first.kind, kindStart)
	}
	if err := first.decode(&start); err != nil {
		return err
	}
	c := &child{cells: make(chan job, 1), inputs: map[uint64]chan inputReply{}, groups: map[int]bool{}, last: os.Stderr}
	if err := c.takeStreams(start, events, stderr); err != nil {
		return fmt.Errorf("take over the standard streams: %w", err)
	}
	debug.SetMaxStack(stackLimit)
	limitMemory(start.MemoryLimit, "the cells", c.last)
	notebook.SetHost(c)
	c.session, err = open(interp.Options{
		Stdin:  os.Stdin,
		Stdout: &c.streams.out,
		Stderr: &c.streams.err,
		Note:   func(text string) { fmt.Fprintln(&c.streams.err, text) },
		Place:  func(goroutine int64, f interp.Frame) { tellPlace(c.last, place{goroutine, f}) },
	})
	if err != nil {
		return fmt.Errorf("start the interpreter: %w", err)
	}
	c.magic = magic.Runner{
		Session: c.session,
		Stdout:  &c.streams.out,
		Stderr:  &c.streams.err,
		Document: func(name string) (complete.Description, bool) {
			return complete.Doc(complete.Of(c.session.State(), nil), name)
		},
		Group: c.group,
	}
	if err := c.streams.control.send(kindReady, 0, nil); err != nil {
		return fmt.Errorf("say that the interpreter is ready: %w", err)
	}
	go c.run()
	stop := context.AfterFunc(ctx, func() { _ = requests.Close() })
	defer stop()
	defer c.killGroups()
	return c.serve(ctx, in)
}

// group notes the beginning or the end of a process group that a cell started,
// and tells the front, which ends it if this process can't.
func (c *child) group(group int, ended bool) {
	c.mu.Lock()
	if ended {
		delete(c.groups, group)
	} else {
		c.groups[group] = true
	}
	c.mu.Unlock()
	_ = c.streams.control.send(kindGroup, 0, groupMessage{Group: group, Ended: ended})
}

// killGroups ends the programs that cells have started and that still run.
func (c *child) killGroups() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for group := range c.groups {
		killGroup(group)
	}
}

// takePipes finds the pipes that this process was given.
func takePipes() (requests, events, stderr *os.File, err error) {
	numbers := strings.Split(os.Getenv(pipesVariable), ",")
	if len(numbers) != 3 {
		return nil, nil, nil, errNotStarted
	}
	_ = os.Unsetenv(pipesVariable)
	files := make([]*os.File, len(numbers))
	for i, name := range []string{"requests", "events", "/dev/stderr"} {
		number, err := strconv.ParseUint(numbers[i], 10, 64)
		if err != nil {
			return nil, nil, nil, errNotStarted
		}
		keepPrivate(uintptr(number))
		files[i] = os.NewFile(uintptr(number), name)
	}
	return files[0], files[1], files[2], nil
}

// takeStreams sets the process's standard streams up: os.Stderr becomes a pipe
// of its own, since the Go runtime writes to descriptor 2 when it crashes.
func (c *child) takeStreams(start startMessage, events, stderr *os.File) error {
	s := &c.streams
	s.nonce = start.Nonce
	s.control.w = events
	s.out.all, s.err.all = s, s
	os.Stderr = stderr
	log.SetOutput(stderr)
	var err error
	if s.out.file, err = duplicate(os.Stdout); err != nil {
		return err
	}
	if s.err.file, err = duplicate(stderr); err != nil {
		return err
	}
	c.keyboard.ask = c.ask
	c.keyboard.note = func(text string) { _, _ = io.WriteString(&s.err, text) }
	return c.keyboard.open()
}

// serve acts on requests until there are no more.
func (c *child) serve(ctx context.Context, in io.Reader) error {
	for {
		f, err := readFrame(in)
		switch {
		case errors.Is(err, io.EOF) || ctx.Err() != nil:
			return nil
		case err != nil:
			return fmt.Errorf("read a request: %w", err)
		}
		if err := c.handle(ctx, f); err != nil {
			return err
		}
	}
}

// handle acts on one request and never waits.
func (c *child) handle(ctx context.Context, f frame) error {
	switch f.kind {
	case kindExecute:
		j := job{number: f.id}
		if err := f.decode(&j.cell); err != nil {
			return err
		}
		j.ctx, j.cancel = context.WithCancel(ctx)
		c.mu.Lock()
		c.running = j
		c.mu.Unlock()
		c.cells <- j
	case kindInterrupt:
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.running.number == f.id {
			c.running.cancel()
		}
	case kindInputReply:
		var answer inputReply
		if err := f.decode(&answer); err != nil {
			return err
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if answer.Interrupted != 0 && answer.Interrupted == c.running.number {
			c.running.cancel()
		}
		if waiting, ok := c.inputs[f.id]; ok {
			waiting <- answer
			delete(c.inputs, f.id)
		}
	case kindComplete, kindInspect, kindIsComplete:
		var q queryMessage
		if err := f.decode(&q); err != nil {
			return err
		}
		go func() { _ = c.streams.control.send(kindReply, f.id, c.answer(f.kind, q)) }()
	default:
		return fmt.Errorf("unknown request %d", f.kind)
	}
	return nil
}

// run runs cells, one after the other.
func (c *child) run() {
	for j := range c.cells {
		if err := c.runCell(j); err != nil {
			// Without its pipes the process is of no use to anyone.
			fmt.Fprintln(c.last, "fatal error:", err)
			os.Exit(1)
		}
	}
}

// runCell runs a cell and sends its result.
func (c *child) runCell(j job) error {
	result, err := c.evaluateAlone(j)
	if err != nil {
		return err
	}
	return c.streams.event(kindResult, j.number, func(number uint64) any {
		result.Mark = number
		return result
	})
}

// evaluateAlone evaluates a cell while no one looks at variables. They can be
// looked at again before the result is sent, so that who has it can ask.
func (c *child) evaluateAlone(j job) (resultMessage, error) {
	defer j.cancel()
	c.busy.Lock()
	defer c.busy.Unlock()
	c.streams.owners.claim(j.number)
	if err := c.streams.begin(j.number); err != nil {
		return resultMessage{}, err
	}
	ended := make(chan struct{})
	var keyboard sync.WaitGroup
	keyboard.Go(func() { c.keyboard.watch(j.ctx, ended) })
	result := c.evaluate(j.ctx, j.cell)
	j.cancel()
	close(ended)
	keyboard.Wait()
	return result, nil
}
