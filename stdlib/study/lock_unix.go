//go:build unix

package study

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lockFile locks a file, which it makes, against other processes and other calls
// until the file is closed or the process ends, and waits until it can. A file system
// that knows no locks does without.
func lockFile(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	for {
		err := unix.Flock(int(file.Fd()), unix.LOCK_EX)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err == nil, errors.Is(err, errors.ErrUnsupported), errors.Is(err, unix.ENOLCK):
			return file, nil
		}
		return nil, errors.Join(&os.PathError{Op: "lock", Path: path, Err: err}, file.Close())
	}
}
