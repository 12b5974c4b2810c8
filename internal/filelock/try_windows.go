package filelock

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// try locks a file if no one else has.
func try(file *os.File) (bool, error) {
	err := windows.LockFileEx(windows.Handle(file.Fd()),
		windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, new(windows.Overlapped))
	switch {
	case errors.Is(err, windows.ERROR_LOCK_VIOLATION), errors.Is(err, windows.ERROR_IO_PENDING):
		return false, nil
	case err == nil, errors.Is(err, errors.ErrUnsupported):
		return true, nil
	}
	return false, err
}
