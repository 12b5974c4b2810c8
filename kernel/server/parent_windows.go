package server

import (
	"context"
	"sync"
)

// watchParent gives a channel that is closed when the process has ended whose
// handle front ends pass as a number; nil, which is never closed, when there is
// none. It stops to look when ctx ends.
func watchParent(ctx context.Context, handle string) <-chan struct{} {
	parent, ok := inheritedHandle(handle)
	if !ok {
		return nil
	}
	orphaned := make(chan struct{})
	var once sync.Once
	done, stop := context.WithCancel(ctx)
	go watchEvent(parent, done.Done(), func() {
		once.Do(func() { close(orphaned) })
		stop()
	})
	return orphaned
}
