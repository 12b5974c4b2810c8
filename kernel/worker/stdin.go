package worker

import (
	"bytes"
	"context"
	"io"
	"os"
	"runtime"
	"time"
)

// Times of the keyboard's watch.
const (
	lookInterval = 20 * time.Millisecond // between two looks at whether a cell reads
	lookTime     = 5 * time.Millisecond  // after which a look suspects a reader
)

// keyboard is the standard input of the cells: a pipe in this process. When a
// cell reads from it and it is empty, the person is asked for a line.
//
// A pipe does not tell that someone waits at its other end. But a file's raw
// read has to wait for the reads before it, so one that waits gives them away.
type keyboard struct {
	// ask asks the person for a line.
	ask func(ctx context.Context, prompt string, password bool) (string, error)
	// note tells why there is no line.
	note func(text string)

	read, write *os.File
	written     chan struct{} // closed when the last line is in the pipe; nil before the first
}

// open makes a new pipe the process's standard input.
func (k *keyboard) open() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	k.read, k.write = r, w
	os.Stdin = r
	return nil
}

// watch asks for lines while a cell runs, until ended is closed. Once ctx has
// ended the cell's reads fail.
func (k *keyboard) watch(ctx context.Context, ended <-chan struct{}) {
	k.discard()
	for {
		select {
		case <-ended:
			return
		case <-time.After(lookInterval):
		}
		gone := make(chan struct{})
		go k.look(gone)
		select {
		case <-gone: // no one reads
			continue
		case <-time.After(lookTime):
		}
		for k.empty() && !isClosed(gone) && !isClosed(ended) {
			if waitsForInput() {
				k.line(ctx, gone)
			}
			select {
			case <-gone:
			case <-time.After(lookTime):
			}
		}
	}
}

// look closes gone once no one is reading.
func (k *keyboard) look(gone chan<- struct{}) {
	defer close(gone)
	if c, err := k.read.SyscallConn(); err == nil {
		_ = c.Read(func(uintptr) bool { return true })
	}
}

// isClosed says whether a channel has been closed.
func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// waitsForInput says whether a look waits for a read that waits for input: a
// look that has not come to its end may just not have had its turn.
func waitsForInput() bool {
	looking, reading := false, false
	for _, goroutine := range bytes.Split(stacks(), []byte("\n\n")) {
		head, calls, _ := bytes.Cut(goroutine, []byte("\n"))
		switch {
		case bytes.Contains(head, []byte("[semacquire")):
			looking = looking || bytes.Contains(calls, []byte("(*keyboard).look("))
		case bytes.Contains(head, []byte("[IO wait")), bytes.Contains(head, []byte("[syscall")):
			reading = reading || bytes.Contains(calls, []byte("internal/poll.(*FD)"))
		}
	}
	return looking && reading
}

// stacks gives the calls of all goroutines.
func stacks() []byte {
	for size := 64 << 10; ; size *= 2 {
		b := make([]byte, size)
		if n := runtime.Stack(b, true); n < size || size >= 16<<20 {
			return b[:n]
		}
	}
}

// empty says whether everything that was given has been read.
func (k *keyboard) empty() bool {
	return (k.written == nil || isClosed(k.written)) && waitingBytes(k.read) == 0
}

// line gets a line from the person and gives it to the reader, or ends the read
// with an error. gone is closed when the reader goes away.
func (k *keyboard) line(ctx context.Context, gone <-chan struct{}) {
	err := ctx.Err()
	text := ""
	if err == nil {
		text, err = k.ask(ctx, "", false)
	}
	if err == nil {
		k.written = make(chan struct{})
		go func(w io.Writer, written chan<- struct{}) { // waits where the line is longer than the pipe
			_, _ = io.WriteString(w, text+"\n")
			close(written)
		}(k.write, k.written)
		return
	}
	if ctx.Err() == nil {
		k.note("hillock: " + err.Error() + "\n")
	}
	k.dismiss(gone)
}

// dismiss ends the read that is waiting.
func (k *keyboard) dismiss(gone <-chan struct{}) {
	if k.read.SetReadDeadline(time.Unix(1, 0)) == nil {
		<-gone
		_ = k.read.SetReadDeadline(time.Time{})
		return
	}
	// Pipes of Windows know no deadlines: the reader sees the end of the input,
	// and later ones get a new pipe.
	_ = k.write.Close()
	<-gone
	_ = k.open()
}

// discard forgets what an earlier cell has left unread.
func (k *keyboard) discard() {
	for n := waitingBytes(k.read); n > 0; n = waitingBytes(k.read) {
		if _, err := k.read.Read(make([]byte, n)); err != nil {
			return
		}
	}
}
