//go:build unix

package magic

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"hillock/kernel/interp"
)

func TestShellStreamsAndTellsItsStatus(t *testing.T) {
	b := newBench()
	if r := b.do("!echo out; echo err >&2"); r.Err != nil || b.out.String() != "out\n" || b.err.String() != "err\n" {
		t.Errorf("got %v, %q, %q", r.Err, b.out, b.err)
	}
	if r := b.do("!exit 3"); r.Err == nil || !strings.Contains(r.Err.Error(), "exit status 3") {
		t.Errorf("got %v", r.Err)
	}
	if r := b.do("!kill -9 $$"); r.Err == nil || !strings.Contains(r.Err.Error(), "killed") {
		t.Errorf("got %v", r.Err)
	}
	if r := b.do("!"); r.Err == nil {
		t.Error("no error for no command")
	}
	if !slices.Equal(b.groups, []string{"false", "true", "false", "true", "false", "true"}) {
		t.Errorf("groups: %v", b.groups)
	}
}

// interrupt runs a command that prints its shell's number, ends the context
// once it has, and gives the result and the number.
func interrupt(t *testing.T, command string) (Result, int) {
	t.Helper()
	b := newBench()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan Result)
	go func() { done <- b.Run(ctx, interp.Cell{Code: "!echo $$; " + command}) }()
	for !strings.Contains(b.out.String(), "\n") {
		<-b.out.got
	}
	cancel()
	r := <-done
	group, err := strconv.Atoi(strings.TrimSpace(strings.SplitN(b.out.String(), "\n", 2)[0]))
	if err != nil {
		t.Fatal(err)
	}
	return r, group
}

func TestInterruptEndsTheWholeGroup(t *testing.T) {
	for name, command := range map[string]string{
		"polite":     "sleep 600",
		"stubborn":   "trap '' INT; while true; do sleep 600; done",
		"background": "sleep 600 & sleep 600",
	} {
		r, group := interrupt(t, command)
		if !errors.Is(r.Err, interp.ErrInterrupted) {
			t.Errorf("%s: %v", name, r.Err)
		}
		// The orphans are dead, and disappear once init has seen them.
		deadline := time.Now().Add(time.Minute)
		for syscall.Kill(-group, 0) == nil {
			if time.Now().After(deadline) {
				t.Fatalf("%s: the group is still there", name)
			}
			time.Sleep(time.Millisecond)
		}
	}
}

func TestBackgroundProgramDoesNotHoldTheCell(t *testing.T) {
	b := newBench()
	if r := b.do("!sleep 600 & echo $!"); r.Err != nil {
		t.Fatal(r.Err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(b.out.String()))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Error(err)
	}
}
