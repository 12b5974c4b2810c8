//go:build unix

package server

import (
	"context"
	"errors"
	"os"
	"strconv"
	"syscall"
	"time"
)

// parentPoll is how often a kernel looks whether its parent is still there.
const parentPoll = time.Second

// watchParent gives a channel that is closed when the process with the id pid
// has ended; nil, which is never closed, when pid names none. It stops to look
// when ctx ends.
func watchParent(ctx context.Context, pid string) <-chan struct{} {
	parent, err := strconv.Atoi(pid)
	if err != nil || parent <= 1 {
		return nil
	}
	child := os.Getppid() == parent
	orphaned := make(chan struct{})
	go func() {
		ticker := time.NewTicker(parentPoll)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			gone := errors.Is(syscall.Kill(parent, 0), syscall.ESRCH)
			if child {
				// The id may belong to another process by now.
				gone = os.Getppid() != parent
			}
			if gone {
				close(orphaned)
				return
			}
		}
	}()
	return orphaned
}
