// Package filelock keeps processes, and the goroutines of one, from doing the same at
// the same time: who holds the lock of a file does it, the others wait.
package filelock

import (
	"context"
	"os"
	"time"
)

// askAgain is the time between two attempts at a lock that someone else holds.
const askAgain = 50 * time.Millisecond

// Lock makes a file and locks it until the file is closed or the process ends,
// however it ends. While someone else holds the lock it waits, and calls waiting,
// which may be nil, when it begins to. It fails with the context's error when that
// ends first. A file system that knows no locks does without. The file stays: one
// that is removed while another process waits for it no longer keeps them apart.
func Lock(ctx context.Context, path string, waiting func()) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	for {
		held, err := try(file)
		if err != nil {
			_ = file.Close() // the lock's error is the one that says why
			return nil, &os.PathError{Op: "lock", Path: path, Err: err}
		}
		if held {
			return file, nil
		}
		if waiting != nil {
			waiting()
			waiting = nil
		}
		select {
		case <-ctx.Done():
			_ = file.Close() // nothing was written
			return nil, context.Cause(ctx)
		case <-time.After(askAgain):
		}
	}
}
