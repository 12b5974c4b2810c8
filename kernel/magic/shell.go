package magic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"

	"hillock/kernel/interp"
)

// grace is how long an interrupted command may go on before it is killed.
const grace = 75 * time.Millisecond

// leftover is how long the output of a command that has ended is awaited when a
// program that it has started goes on: what comes later still reaches the cell.
const leftover = 100 * time.Millisecond

// shell runs a command of the shell. What it prints is shown as it comes. An
// interrupt ends it with everything that it has started.
func (r *Runner) shell(ctx context.Context, c call) Result {
	if c.text == "" {
		return failed(errNoArgument("!", "!ls"))
	}
	cmd := shellCommand(c.text)
	ownGroup(cmd)
	copied, err := r.connect(cmd)
	if err != nil {
		return failed(fmt.Errorf("run %s: %w", c.text, err))
	}
	err = cmd.Start()
	closeWriters(cmd)
	if err != nil {
		return failed(fmt.Errorf("run %s: %w", c.text, err))
	}
	group := cmd.Process.Pid
	if r.Group != nil {
		r.Group(group, false)
		defer r.Group(group, true)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err = <-ended:
	case <-ctx.Done():
		interruptGroup(group)
		select {
		case <-ended:
			killGroup(group)
		case <-time.After(grace):
			killGroup(group)
			<-ended
		}
		return failed(interp.ErrInterrupted)
	}
	select {
	case <-copied:
	case <-time.After(leftover):
	case <-ctx.Done():
	}
	var status *exec.ExitError
	if errors.As(err, &status) {
		return failed(fmt.Errorf("%s (of the command %s)", status.ProcessState, c.text))
	}
	if err != nil {
		return failed(fmt.Errorf("run %s: %w", c.text, err))
	}
	return done()
}

// connect gives the command pipes whose contents are copied to the cell's
// streams. copied is closed when all has been copied.
func (r *Runner) connect(cmd *exec.Cmd) (copied <-chan struct{}, err error) {
	stdout, stdoutWriter, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	stderr, stderrWriter, err := os.Pipe()
	if err != nil {
		_ = stdout.Close()
		_ = stdoutWriter.Close()
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = stdoutWriter, stderrWriter
	var copies sync.WaitGroup
	for _, c := range []struct {
		from *os.File
		to   io.Writer
	}{{stdout, r.Stdout}, {stderr, r.Stderr}} {
		copies.Go(func() {
			_, _ = io.Copy(struct{ io.Writer }{c.to}, c.from)
			_ = c.from.Close()
		})
	}
	all := make(chan struct{})
	go func() { copies.Wait(); close(all) }()
	return all, nil
}

// closeWriters closes this process's copies of the command's ends.
func closeWriters(cmd *exec.Cmd) {
	_ = cmd.Stdout.(*os.File).Close()
	_ = cmd.Stderr.(*os.File).Close()
}
