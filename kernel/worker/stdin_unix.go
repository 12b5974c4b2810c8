//go:build unix

package worker

import (
	"os"

	"golang.org/x/sys/unix"
)

// waitingBytes says how many bytes can be read from a pipe at once.
func waitingBytes(f *os.File) int {
	n := 0
	if c, err := f.SyscallConn(); err == nil {
		_ = c.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), bytesWaiting) })
	}
	return n
}
