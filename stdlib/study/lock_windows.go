package study

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lockFile locks a file, which it makes, against other processes and other calls
// until the file is closed or the process ends, and waits until it can. A file system
// that knows no locks does without.
func lockFile(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	err = windows.LockFileEx(windows.Handle(file.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, new(windows.Overlapped))
	if err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return nil, errors.Join(&os.PathError{Op: "lock", Path: path, Err: err}, file.Close())
	}
	return file, nil
}
